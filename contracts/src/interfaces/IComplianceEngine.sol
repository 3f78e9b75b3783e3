// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IComplianceEngine
/// @notice The native rule engine at 0x0300000000000000000000000000000000000002.
interface IComplianceEngine {
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

    struct HolderInfo {
        uint256 balance;
        uint256 legalHold;
        uint256 locked;
        uint16 country;
        uint8 investorType;
        bool counted;
    }

    /// @notice The movement breaks a rule; `code` names it.
    error ComplianceViolation(uint8 code, address from, address to, uint256 amount);

    function registerToken(address ruleAdmin) external;
    function registerTokenFor(address token, address ruleAdmin) external;
    function setRuleAdmin(address token, address newAdmin) external;
    function acceptRuleAdmin(address token) external;
    function setRules(address token, RuleSet calldata rules) external;
    function setCountries(address token, uint16[] calldata countries, bool listed) external;
    function setCountryHolderCap(address token, uint16 country, uint32 cap) external;
    function setTypeCaps(address token, uint8 investorType, uint32 holderCap, uint256 balanceCap) external;
    function setWindows(address token, uint32[] calldata secondsPerWindow, uint224[] calldata maxPerWindow) external;
    function setExempt(address token, address account, uint8 flags) external;
    function approveTransfer(address token, address from, address to, uint256 amount, uint32 count, uint64 expiry) external;
    function recordTravelRule(address token, address from, address to, uint256 amount, bytes32 ref, uint64 expiry) external;
    function setTokenPaused(address token, bool paused) external;
    function setLegalHold(address token, bytes32 identityId, uint256 amount, bytes32 reason) external;
    function resync(address token, bytes32 identityId) external;
    function canTransfer(address token, address from, address to, uint256 amount) external view returns (uint8 code);
    function canTransfer(address from, address to, uint256 amount) external view returns (bool);
    function canMint(address token, address to, uint256 amount) external view returns (uint8 code);
    function transferred(address from, address to, uint256 amount) external;
    function created(address to, uint256 amount) external;
    function destroyed(address from, uint256 amount) external;
    function forced(address from, address to, uint256 amount, bytes32 reason) external;
    function recovered(address from, address to, uint256 amount) external;
    function rulesOf(address token)
        external
        view
        returns (address ruleAdmin, bool paused, uint32 holders, uint256 supply, RuleSet memory rules);
    function holderOf(address token, bytes32 identityKey) external view returns (HolderInfo memory);
    function holderKey(address token, address account) external view returns (bytes32);
    function messageForTransferRestriction(uint8 code) external view returns (string memory);
}
