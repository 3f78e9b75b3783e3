// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RuleSetup} from "../common/Structs.sol";

/// @notice Terms of a deal. `navFeedId` is the total value of the collateral in the asset's currency; a trigger of 0 is off; fees are per year.
struct DealParams {
    bytes32 spvId;
    address asset;
    bytes32 navFeedId;
    uint48 fundingEnd;
    uint48 periodLength;
    uint48 maturity;
    uint16 feeBps;
    uint16 ocTriggerBps;
    uint16 icTriggerBps;
    uint256 reserveTarget;
    address servicer;
    address guardian;
    address agent;
    address ruleAdmin;
}

/// @notice Terms of a tranche, the first being the most senior. The coupon is per year, the scheduled amortisation per period, both in bps
/// (of outstanding and of issued principal).
struct TrancheParams {
    string name;
    string symbol;
    uint256 targetPrincipal;
    uint16 couponBps;
    uint16 scheduledAmortBps;
    RuleSetup setup;
}

/// @notice A deal now. Status: 1 funding, 2 active, 3 amortising, 4 matured, 5 defaulted, 6 cancelled. `periodEnd` is when the next period ends.
struct DealState {
    uint8 status;
    uint48 periodEnd;
    uint256 cash;
    uint256 reserve;
    uint256[] principal;
    uint256[] arrears;
    uint256[] losses;
}

/// @notice A tranche within its deal, in asset units.
struct Tranche {
    address token;
    uint16 couponBps;
    uint16 scheduledAmortBps;
    uint256 issued;
    uint256 principal;
    uint256 arrears;
    uint256 paidInterest;
    uint256 repaid;
    uint256 losses;
    uint256 target;
}
