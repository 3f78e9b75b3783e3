// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Module} from "./Module.sol";
import {Cap, EngineStorage, Holder} from "./EngineStorage.sol";

/// Errors, events and slots of the engine, and what it reads of other modules.
abstract contract EngineBase is Module {
    error ComplianceViolation(uint8 code, address from, address to, uint256 amount);
    error InvalidField(uint8 field);
    error InvalidRules(uint8 field);
    error NotRuleAdmin(address caller);
    error TokenAlreadyRegistered(address token);
    error TokenUnknown(address token);
    error WalletUnknown(address wallet);

    event Decision(address indexed token, address indexed from, address indexed to, uint256 amount, uint8 kind, uint8 code, bytes32 ref);
    event ExemptSet(address indexed token, address indexed account, uint8 flags, address indexed sender);
    event LegalHoldSet(address indexed token, bytes32 indexed identityId, uint256 amount, address indexed officer, bytes32 reason);
    event RulesSet(address indexed token, address indexed sender, bytes32 rulesHash);
    event TokenPauseSet(address indexed token, bool paused, address indexed sender);
    event TokenRegistered(address indexed token, address indexed ruleAdmin);
    event TransferApprovalSet(address indexed token, bytes32 indexed transferHash, uint32 count, uint64 expiry, address indexed sender);
    event TravelRuleRecorded(address indexed token, bytes32 indexed transferHash, bytes32 indexed ref, uint64 expiry);

    uint32 internal constant KYC_RULE = 1;
    uint32 internal constant COUNTRY_ALLOW = 1 << 1;
    uint32 internal constant COUNTRY_DENY = 1 << 2;
    uint32 internal constant TYPE = 1 << 3;
    uint32 internal constant MAX_HOLDERS = 1 << 4;
    uint32 internal constant COUNTRY_HOLDERS = 1 << 5;
    uint32 internal constant TYPE_HOLDERS = 1 << 6;
    uint32 internal constant MAX_BALANCE = 1 << 7;
    uint32 internal constant MAX_SHARE = 1 << 8;
    uint32 internal constant TYPE_BALANCE = 1 << 9;
    uint32 internal constant MIN_HOLDING = 1 << 10;
    uint32 internal constant LOCKUP = 1 << 11;
    uint32 internal constant HOLDING_PERIOD = 1 << 12;
    uint32 internal constant WINDOWS = 1 << 13;
    uint32 internal constant APPROVAL = 1 << 14;
    uint32 internal constant TRAVEL = 1 << 15;
    uint32 internal constant SUPPLY_CAP = 1 << 16;
    uint32 internal constant EMIT_DECISIONS = 1 << 17;

    uint8 internal constant EXEMPT_COUNT = 1;
    uint8 internal constant EXEMPT_BALANCE = 2;
    uint8 internal constant EXEMPT_PROFILE = 4;
    uint8 internal constant EXEMPT_TIME = 8;
    uint8 internal constant EXEMPT_APPROVAL = 16;
    uint8 internal constant EXEMPT_TRAVEL = 32;

    uint256 internal constant KYC_BASE = 0x7b697db96667b44dd5786dd9a772cb9db7baa8c2754b56edf8e36b84e6eacd00;

    function db() internal pure returns (EngineStorage storage $) {
        assembly {
            $.slot := 0xb3391473f0c0b81f373a740fa16becc9ef504b1335223241fb792122fa17d000
        }
    }

    function module() internal pure override returns (address) {
        return ENGINE;
    }

    // Other modules

    function kycSlot(uint256 slot) internal view returns (uint256) {
        return slotOf(KYC, slot);
    }

    function kycMap(uint256 position, uint256 key) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(key, KYC_BASE + position)));
    }

    function checkLevel(address account, uint8 minTier) internal view returns (uint8) {
        (bool ok, bytes memory answer) = KYC.staticcall(abi.encodeWithSelector(0xf791ca62, account, minTier, uint8(0)));
        require(ok);
        return abi.decode(answer, (uint8));
    }

    function identityIdOf(address account) internal view returns (bytes32) {
        return bytes32(kycSlot(kycMap(2, uint160(account))));
    }

    function profileOfId(bytes32 id) internal view returns (uint16 country, uint8 investorType) {
        if (id == 0) return (0, 0);
        uint256 word = kycSlot(kycMap(1, uint256(id)));
        return (uint16(word >> 32), uint8(word >> 24));
    }

    function profileOf(address account) internal view returns (uint16, uint8) {
        return profileOfId(identityIdOf(account));
    }

    function isOfficer(address account) internal view returns (bool) {
        return kycSlot(kycMap(9, uint160(account))) != 0;
    }

    function holder(address token, bytes32 key) internal view returns (Holder storage) {
        return db().holders[keccak256(abi.encode(token, key))];
    }

    function count(address token, uint16 country, uint8 investorType, bool more) internal {
        Cap storage c = db().countryCaps[keccak256(abi.encode(token, uint256(country)))];
        Cap storage t = db().typeCaps[keccak256(abi.encode(token, uint256(investorType)))];
        if (more) {
            c.count++;
            t.count++;
        } else {
            c.count--;
            t.count--;
        }
    }
}
