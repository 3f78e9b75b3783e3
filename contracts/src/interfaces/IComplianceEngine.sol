// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IModuleErrors} from "./IModuleErrors.sol";

/// @title IComplianceEngine
/// @notice The native rule engine at 0x0300000000000000000000000000000000000002.
interface IComplianceEngine is IModuleErrors {
    /// @notice Rules of a token; the index of a field names it in errors.
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

    /// @notice A holder in the engine's books.
    struct HolderInfo {
        uint256 balance;
        uint256 legalHold;
        uint256 locked;
        uint16 country;
        uint8 investorType;
        bool counted;
    }

    /// @notice A token was registered, or its rules have another administrator.
    event TokenRegistered(address indexed token, address indexed ruleAdmin);
    /// @notice Rules, countries, caps or windows changed; `rulesHash` is that of what was set.
    event RulesSet(address indexed token, address indexed sender, bytes32 rulesHash);
    /// @notice The exemptions of an account changed.
    event ExemptSet(address indexed token, address indexed account, uint8 flags, address indexed sender);
    /// @notice A token was paused, or unpaused.
    event TokenPauseSet(address indexed token, bool paused, address indexed sender);
    /// @notice An amount of a holder was put on hold.
    event LegalHoldSet(address indexed token, bytes32 indexed identityId, uint256 amount, address indexed officer, bytes32 reason);
    /// @notice Movements were approved in advance.
    event TransferApprovalSet(address indexed token, bytes32 indexed transferHash, uint32 count, uint64 expiry, address indexed sender);
    /// @notice A travel-rule reference was recorded.
    event TravelRuleRecorded(address indexed token, bytes32 indexed transferHash, bytes32 indexed ref, uint64 expiry);
    /// @notice A movement was accepted, where the rules ask for the event.
    event Decision(address indexed token, address indexed from, address indexed to, uint256 amount, uint8 kind, uint8 code, bytes32 ref);

    /// @notice The movement breaks a rule; `code` names it.
    error ComplianceViolation(uint8 code, address from, address to, uint256 amount);
    /// @notice A field of the rules is out of its domain; `field` is its index.
    error InvalidRules(uint8 field);
    /// @notice `caller` does not administer the rules of the token.
    error NotRuleAdmin(address caller);
    /// @notice The token is registered already.
    error TokenAlreadyRegistered(address token);
    /// @notice No such token.
    error TokenUnknown(address token);

    /// @notice Registers the calling token.
    function registerToken(address ruleAdmin) external;
    /// @notice Registers a token (KYC manager or admin).
    function registerTokenFor(address token, address ruleAdmin) external;
    /// @notice Offers the rules of a token to another administrator.
    function setRuleAdmin(address token, address newAdmin) external;
    /// @notice Accepts the rules of a token.
    function acceptRuleAdmin(address token) external;
    /// @notice Sets the rules of a token.
    function setRules(address token, RuleSet calldata rules) external;
    /// @notice Lists or delists countries of a token.
    function setCountries(address token, uint16[] calldata countries, bool listed) external;
    /// @notice Limits the holders of a country.
    function setCountryHolderCap(address token, uint16 country, uint32 cap) external;
    /// @notice Limits the holders and the balance of an investor type.
    function setTypeCaps(address token, uint8 investorType, uint32 holderCap, uint256 balanceCap) external;
    /// @notice Sets up to four transfer windows.
    function setWindows(address token, uint32[] calldata secondsPerWindow, uint224[] calldata maxPerWindow) external;
    /// @notice Exempts a venue from some rules.
    function setExempt(address token, address account, uint8 flags) external;
    /// @notice Approves a movement in advance.
    function approveTransfer(address token, address from, address to, uint256 amount, uint32 count, uint64 expiry) external;
    /// @notice Records a travel-rule reference of a movement.
    function recordTravelRule(address token, address from, address to, uint256 amount, bytes32 ref, uint64 expiry) external;
    /// @notice Pauses a token in the engine.
    function setTokenPaused(address token, bool paused) external;
    /// @notice Holds an amount of an identity by law (officer).
    function setLegalHold(address token, bytes32 identityId, uint256 amount, bytes32 reason) external;
    /// @notice Refreshes the country and type of a counted holder.
    function resync(address token, bytes32 identityId) external;
    /// @notice Why a transfer would be refused, 0 (or true) if it would not.
    function canTransfer(address token, address from, address to, uint256 amount) external view returns (uint8 code);
    /// @notice Why a transfer would be refused, 0 (or true) if it would not.
    function canTransfer(address from, address to, uint256 amount) external view returns (bool);
    /// @notice Why minting would be refused, 0 if it would not.
    function canMint(address token, address to, uint256 amount) external view returns (uint8 code);
    /// @notice Hook of a transfer.
    function transferred(address from, address to, uint256 amount) external;
    /// @notice Hook of a mint.
    function created(address to, uint256 amount) external;
    /// @notice Hook of a burn.
    function destroyed(address from, uint256 amount) external;
    /// @notice Hook of a forced transfer.
    function forced(address from, address to, uint256 amount, bytes32 reason) external;
    /// @notice Hook of a recovery within one identity.
    function recovered(address from, address to, uint256 amount) external;
    /// @notice The rules and sums of a token.
    function rulesOf(address token)
        external
        view
        returns (address ruleAdmin, bool paused, uint32 holders, uint256 supply, RuleSet memory rules);
    /// @notice A holder by its key.
    function holderOf(address token, bytes32 identityKey) external view returns (HolderInfo memory);
    /// @notice Key of an account in a token.
    function holderKey(address token, address account) external view returns (bytes32);
    /// @notice Text of a reason code.
    function messageForTransferRestriction(uint8 code) external view returns (string memory);
}
