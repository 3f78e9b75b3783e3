// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A special-purpose vehicle. Status: 1 draft, 2 active, 3 liquidating, 4 closed. `lei` is its ISO 17442 identifier.
struct Spv {
    bytes32 id;
    string name;
    uint16 jurisdiction;
    bytes20 lei;
    bytes32 registrationHash;
    address manager;
    uint8 status;
    address token;
    uint64 createdAt;
}

/// @notice A property of an SPV. Status: 1 listed, 2 acquired, 3 under offer, 4 sold. `fxFeedId` converts the valuation to the base currency.
struct Property {
    bytes32 id;
    bytes32 spvId;
    uint16 country;
    bytes32 titleHash;
    bytes32 valuationFeedId;
    bytes32 fxFeedId;
    uint64 areaCm2;
    uint8 status;
}

/// @notice Terms of a primary sale. `pricePerToken` is in asset units per 10^decimals token units, `minTicket` in asset units; caps are in
/// token units.
struct SaleParams {
    address asset;
    uint256 pricePerToken;
    uint256 cap;
    uint256 softCap;
    uint256 minTicket;
    uint48 start;
    uint48 end;
}

/// @notice A primary sale. Status: 1 open, 2 success, 3 failed. `escrow` is what unsettled subscriptions paid.
struct Sale {
    bytes32 spvId;
    SaleParams p;
    uint256 sold;
    uint256 escrow;
    uint8 status;
}

/// @notice What an investor subscribed in a sale.
struct Subscription {
    uint256 tokens;
    uint256 paid;
    bool settled;
}
