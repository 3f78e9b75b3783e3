// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Phase} from "./Module.sol";
import {Approval, Holder, RuleSet, Token, TravelReference} from "./EngineStorage.sol";
import {EngineBase} from "./EngineBase.sol";

/// Registration of tokens and their rules (section 4.1).
abstract contract EngineRules is EngineBase {
    // Tokens

    function writeToken(bytes4 s, bytes calldata a) internal {
        if (s == 0x09824a80) {
            register(msg.sender, abi.decode(a, (address)));
        } else if (s == 0x16d039e1) {
            (address token, address admin) = abi.decode(a, (address, address));
            uint256 role = kycSlot(uint160(msg.sender));
            if (role != 2 && role != 3) revert Unauthorized(msg.sender, MANAGER);
            register(token, admin);
        } else if (s == 0x7de56585) {
            (address token, address admin) = abi.decode(a, (address, address));
            Token storage t = owned(token);
            Phase.effects();
            t.pendingAdmin = admin;
        } else {
            address token = abi.decode(a, (address));
            Token storage t = db().tokens[token];
            if (msg.sender == address(0) || t.pendingAdmin != msg.sender) revert NotRuleAdmin(msg.sender);
            Phase.effects();
            t.ruleAdmin = msg.sender;
            t.pendingAdmin = address(0);
            emit TokenRegistered(token, msg.sender);
        }
    }

    function register(address token, address admin) internal {
        if (admin == address(0)) revert NotRuleAdmin(admin);
        Token storage t = db().tokens[token];
        if (t.ruleAdmin != address(0)) revert TokenAlreadyRegistered(token);
        Phase.effects();
        t.ruleAdmin = admin;
        db().list.push(token);
        emit TokenRegistered(token, admin);
    }

    function owned(address token) internal view returns (Token storage t) {
        t = db().tokens[token];
        if (t.ruleAdmin != msg.sender || msg.sender == address(0)) revert NotRuleAdmin(msg.sender);
    }

    function known(address token) internal view returns (Token storage t) {
        t = db().tokens[token];
        if (t.ruleAdmin == address(0)) revert TokenUnknown(token);
    }

    function writeOther(bytes4 s, bytes calldata a) internal {
        if (s == 0x62257470) {
            (address token, bool paused) = abi.decode(a, (address, bool));
            Token storage t = db().tokens[token];
            bool isAdmin = t.ruleAdmin == msg.sender && msg.sender != address(0);
            if (!isAdmin && !isOfficer(msg.sender)) revert NotRuleAdmin(msg.sender);
            known(token);
            Phase.effects();
            t.paused = paused;
            emit TokenPauseSet(token, paused, msg.sender);
        } else if (s == 0xdacac923) {
            (address token, bytes32 id, uint256 amount, bytes32 reason) = abi.decode(a, (address, bytes32, uint256, bytes32));
            if (!isOfficer(msg.sender)) revert Unauthorized(msg.sender, OFFICER);
            known(token);
            Phase.effects();
            holder(token, id).legalHold = amount;
            emit LegalHoldSet(token, id, amount, msg.sender, reason);
        } else if (s == 0x627e05cf) {
            recordTravel(a);
        } else {
            (address token, bytes32 key) = abi.decode(a, (address, bytes32));
            resync(token, key);
        }
    }

    function recordTravel(bytes calldata a) internal {
        (address token, address from, address to, uint256 amount, bytes32 ref, uint64 expiry) = abi.decode(a, (address, address, address, uint256, bytes32, uint64));
        if (kycSlot(uint160(msg.sender)) == 0 && !isOfficer(msg.sender)) revert Unauthorized(msg.sender, AGENT);
        known(token);
        Phase.effects();
        bytes32 hash = keccak256(abi.encode(token, from, to, amount));
        TravelReference storage t = db().travel[hash];
        t.ref = ref;
        t.expiry = expiry;
        emit TravelRuleRecorded(token, hash, ref, expiry);
    }

    function resync(address token, bytes32 key) internal {
        Token storage t = known(token);
        Holder storage h = holder(token, key);
        if (!h.counted) return;
        Phase.effects();
        bytes32 id = t.ruleMask & KYC_RULE != 0 ? key : identityIdOf(address(uint160(uint256(key))));
        (uint16 country, uint8 investorType) = profileOfId(id);
        count(token, h.country, h.investorType, false);
        count(token, country, investorType, true);
        h.country = country;
        h.investorType = investorType;
    }

    // Rules

    function writeRules(bytes4 s, bytes calldata a) internal {
        if (s == 0x580b27d6) {
            (address token, RuleSet memory r) = abi.decode(a, (address, RuleSet));
            setRules(token, r);
            return;
        }
        if (s == 0xcc1cc637) {
            (address token, address account, uint8 flags) = abi.decode(a, (address, address, uint8));
            setExempt(token, account, flags);
            return;
        }
        if (s == 0xa5030f23) {
            approve(a);
            return;
        }
        address changed;
        if (s == 0xcd549f8f) {
            (address token, uint16[] memory countries, bool listed) = abi.decode(a, (address, uint16[], bool));
            within(4 * 32 + 32 * countries.length, a);
            setCountries(token, countries, listed);
            changed = token;
        } else if (s == 0x84a9bc06) {
            (address token, uint16 country, uint32 cap) = abi.decode(a, (address, uint16, uint32));
            owned(token);
            Phase.effects();
            db().countryCaps[keccak256(abi.encode(token, uint256(country)))].cap = cap;
            changed = token;
        } else if (s == 0x8d4238c1) {
            (address token, uint8 investorType, uint32 holderCap, uint256 balanceCap) = abi.decode(a, (address, uint8, uint32, uint256));
            owned(token);
            Phase.effects();
            bytes32 key = keccak256(abi.encode(token, uint256(investorType)));
            db().typeCaps[key].cap = holderCap;
            db().typeBalanceCaps[key] = balanceCap;
            changed = token;
        } else {
            (address token, uint32[] memory secs, uint224[] memory max) = abi.decode(a, (address, uint32[], uint224[]));
            within(5 * 32 + 32 * (secs.length + max.length), a);
            setWindows(token, secs, max);
            changed = token;
        }
        emit RulesSet(changed, msg.sender, keccak256(msg.data));
    }

    function setRules(address token, RuleSet memory r) internal {
        Token storage t = owned(token);
        if (r.ruleMask >> 18 != 0 || r.ruleMask & 6 == 6) revert InvalidRules(0);
        if ((t.ruleMask ^ r.ruleMask) & KYC_RULE != 0 && t.supply != 0) revert InvalidRules(0);
        Phase.effects();
        t.ruleMask = r.ruleMask;
        t.minTierFrom = r.minTierFrom;
        t.minTierTo = r.minTierTo;
        t.typeMask = r.typeMask;
        t.maxHolders = r.maxHolders;
        t.holdingPeriod = r.holdingPeriod;
        t.lockupUntil = r.lockupUntil;
        t.maxShareBps = r.maxShareBps;
        t.holdingRestarts = r.holdingRestarts;
        t.travelThreshold = r.travelThreshold;
        t.maxBalance = r.maxBalance;
        t.minHolding = r.minHolding;
        t.supplyCap = r.supplyCap;
        t.travelFeedId = r.travelFeedId;
        emit RulesSet(token, msg.sender, keccak256(abi.encode(r)));
    }

    function setCountries(address token, uint16[] memory countries, bool listed) internal {
        Token storage t = owned(token);
        if (countries.length > MAX_BATCH) revert BatchTooLarge(countries.length, MAX_BATCH);
        for (uint256 i = 0; i < countries.length; i++) {
            if (countries[i] == 0 || countries[i] > 999) revert InvalidField(4);
        }
        Phase.effects();
        for (uint256 i = 0; i < countries.length; i++) {
            uint256 bit = 1 << (countries[i] & 255);
            if (listed) t.countries[countries[i] >> 8] |= bit;
            else t.countries[countries[i] >> 8] &= ~bit;
        }
    }

    function setWindows(address token, uint32[] memory secs, uint224[] memory max) internal {
        Token storage t = owned(token);
        if (secs.length > 4) revert BatchTooLarge(secs.length, 4);
        if (max.length > 4) revert BatchTooLarge(max.length, 4);
        if (secs.length != max.length) revert LengthMismatch();
        for (uint256 i = 0; i < secs.length; i++) {
            if (secs[i] == 0) revert InvalidRules(0);
        }
        Phase.effects();
        uint256 before = t.windowCount;
        t.windowCount = uint8(secs.length);
        for (uint256 i = 0; i < secs.length; i++) {
            t.windows[i].secs = secs[i];
            t.windows[i].max = max[i];
        }
        for (uint256 i = secs.length; i < before; i++) {
            t.windows[i].secs = 0;
            t.windows[i].max = 0;
        }
    }

    function setExempt(address token, address account, uint8 flags) internal {
        owned(token);
        uint256 w = kycMap(2, uint160(account));
        if (uint8(kycSlot(w + 1)) == 0) revert WalletUnknown(account);
        uint256 identity = kycSlot(kycMap(1, kycSlot(w)));
        if (uint8(identity >> 8) != 2) revert InvalidField(1);
        Phase.effects();
        db().exempt[keccak256(abi.encode(token, account))] = flags;
        emit ExemptSet(token, account, flags, msg.sender);
    }

    function approve(bytes calldata a) internal {
        (address token, address from, address to, uint256 amount, uint32 times, uint64 expiry) = abi.decode(a, (address, address, address, uint256, uint32, uint64));
        owned(token);
        Phase.effects();
        bytes32 hash = keccak256(abi.encode(token, from, to, amount));
        Approval storage p = db().approvals[hash];
        p.count = times;
        p.expiry = expiry;
        emit TransferApprovalSet(token, hash, times, expiry, msg.sender);
    }
}
