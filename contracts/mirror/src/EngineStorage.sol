// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Lot} from "./Lots.sol";

struct Window {
    uint32 secs;
    uint224 max;
}

struct Token {
    address ruleAdmin;
    uint32 ruleMask;
    uint8 minTierFrom;
    uint8 minTierTo;
    uint8 typeMask;
    bool paused;
    uint32 holders;
    uint32 maxHolders;
    uint32 holdingPeriod;
    uint64 lockupUntil;
    uint16 maxShareBps;
    uint8 windowCount;
    bool holdingRestarts;
    uint96 travelThreshold;
    uint256 maxBalance;
    uint256 minHolding;
    uint256 supplyCap;
    uint256 supply;
    bytes32 travelFeedId;
    uint256[4] countries;
    Window[4] windows;
    address pendingAdmin;
}

struct Holder {
    uint256 balance;
    uint256 legalHold;
    uint16 country;
    uint8 investorType;
    bool counted;
    uint8 lotCount;
}

struct WindowUse {
    uint64 bucket;
    uint192 used;
}

struct Cap {
    uint32 count;
    uint32 cap;
}

struct Approval {
    uint32 count;
    uint64 expiry;
}

struct TravelReference {
    bytes32 ref;
    uint64 expiry;
}

struct EngineStorage {
    mapping(address => Token) tokens;
    mapping(bytes32 => Holder) holders;
    mapping(bytes32 => Lot) lots;
    mapping(bytes32 => WindowUse) windowUses;
    mapping(bytes32 => Cap) countryCaps;
    mapping(bytes32 => Cap) typeCaps;
    mapping(bytes32 => uint256) typeBalanceCaps;
    mapping(bytes32 => Approval) approvals;
    mapping(bytes32 => TravelReference) travel;
    mapping(bytes32 => uint8) exempt;
    address[] list;
}

struct RuleSet {
    uint32 ruleMask;
    uint8 minTierFrom;
    uint8 minTierTo;
    uint8 typeMask;
    uint32 maxHolders;
    uint32 holdingPeriod;
    uint64 lockupUntil;
    uint16 maxShareBps;
    bool holdingRestarts;
    uint96 travelThreshold;
    uint256 maxBalance;
    uint256 minHolding;
    uint256 supplyCap;
    bytes32 travelFeedId;
}

/// A movement under evaluation.
struct Move {
    address token;
    address from;
    address to;
    uint256 amount;
    uint32 mask;
    bytes32 senderKey;
    bytes32 receiverKey;
    bytes32 ref;
    bool usesApproval;
    bool usesReference;
}
