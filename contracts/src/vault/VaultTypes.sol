// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Parameters of a new vault. `pauser` is also the agent of the share token; `depositCap` bounds the assets under management.
struct VaultParams {
    address asset;
    string name;
    string symbol;
    address admin;
    address operator;
    address pauser;
    address ruleAdmin;
    address feeRecipient;
    uint256 depositCap;
}

/// @notice A request to redeem. `assets` is set when it is processed.
struct RedeemRequestData {
    address controller;
    bool processed;
    bool claimed;
    uint256 shares;
    uint256 assets;
}
