// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Approval, Cap, Holder, Move, Token, TravelReference, Window, WindowUse} from "./EngineStorage.sol";
import {EngineRules} from "./EngineRules.sol";
import {Lots} from "./Lots.sol";

/// The rows of section 4.3 and what each kind of movement asks of them.
abstract contract EngineRows is EngineRules {
    function has(Move memory m, uint32 bits) internal pure returns (bool) {
        return m.mask & bits != 0;
    }

    function keyOf(Move memory m, address account) internal view returns (bytes32) {
        return has(m, KYC_RULE) ? identityIdOf(account) : bytes32(uint256(uint160(account)));
    }

    function isExempt(Move memory m, address account, uint8 flag) internal view returns (bool) {
        return db().exempt[keccak256(abi.encode(m.token, account))] & flag != 0;
    }

    function begin(address token, address from, address to, uint256 amount) internal view returns (Move memory m) {
        m.token = token;
        m.from = from;
        m.to = to;
        m.amount = amount;
        m.mask = db().tokens[token].ruleMask;
    }

    /// Rows 1 and 2.
    function rowToken(Move memory m, bool asksPause) internal view returns (uint8) {
        Token storage t = db().tokens[m.token];
        if (t.ruleAdmin == address(0)) return 64;
        return asksPause && t.paused ? 65 : 0;
    }

    /// Row 3.
    function rowSender(Move memory m) internal view returns (uint8) {
        if (!has(m, KYC_RULE)) return 0;
        uint8 c = checkLevel(m.from, db().tokens[m.token].minTierFrom);
        return c == 0 ? 0 : 16 + c;
    }

    /// Row 4.
    function rowReceiver(Move memory m) internal view returns (uint8) {
        if (!has(m, KYC_RULE)) return 0;
        uint8 c = checkLevel(m.to, db().tokens[m.token].minTierTo);
        return c == 0 ? 0 : 32 + c;
    }

    /// Rows 5 and 6.
    function rowProfile(Move memory m) internal view returns (uint8) {
        if (!has(m, COUNTRY_ALLOW | COUNTRY_DENY | TYPE) || isExempt(m, m.to, EXEMPT_PROFILE)) return 0;
        Token storage t = db().tokens[m.token];
        (uint16 country, uint8 investorType) = profileOf(m.to);
        if (has(m, COUNTRY_ALLOW | COUNTRY_DENY)) {
            bool listed = (t.countries[country >> 8] >> (country & 255)) & 1 != 0;
            if (listed != has(m, COUNTRY_ALLOW)) return 67;
        }
        return has(m, TYPE) && (t.typeMask >> investorType) & 1 == 0 ? 69 : 0;
    }

    /// Row 7.
    function rowBalance(Move memory m, bool asksHold) internal view returns (uint8) {
        m.senderKey = keyOf(m, m.from);
        Holder storage f = holder(m.token, m.senderKey);
        uint256 balance = f.balance;
        if (balance < m.amount) return 128;
        return asksHold && balance - m.amount < f.legalHold ? 66 : 0;
    }

    /// Rows 8 to 10.
    function rowTime(Move memory m) internal view returns (uint8) {
        if (!has(m, LOCKUP | HOLDING_PERIOD | WINDOWS) || isExempt(m, m.from, EXEMPT_TIME)) return 0;
        Token storage t = db().tokens[m.token];
        if (has(m, LOCKUP) && block.timestamp < t.lockupUntil) return 76;
        Holder storage f = holder(m.token, m.senderKey);
        if (has(m, HOLDING_PERIOD)) {
            uint256 locked = Lots.lockedAt(Lots.load(db().lots, m.token, m.senderKey, f.lotCount));
            if (f.balance < locked || f.balance - locked < m.amount) return 77;
        }
        if (!has(m, WINDOWS)) return 0;
        uint256 n = t.windowCount;
        for (uint256 i = 0; i < n; i++) {
            Window storage w = t.windows[i];
            uint256 used = usedIn(m, w, i) + m.amount;
            if (used > w.max || used >> 192 != 0) return 78;
        }
        return 0;
    }

    function windowUse(Move memory m, uint256 i) internal view returns (WindowUse storage) {
        return db().windowUses[keccak256(abi.encode(m.token, m.senderKey, i))];
    }

    function usedIn(Move memory m, Window storage w, uint256 i) internal view returns (uint256) {
        WindowUse storage u = windowUse(m, i);
        return u.bucket == block.timestamp / w.secs ? u.used : 0;
    }

    /// Sum, or the largest number: amounts of a mint may exceed every limit.
    function plus(uint256 a, uint256 b) internal pure returns (uint256) {
        unchecked {
            uint256 sum = a + b;
            return sum < a ? type(uint256).max : sum;
        }
    }

    /// Rows 11 to 13.
    function rowBalances(Move memory m, bool isMint) internal view returns (uint8) {
        if (!has(m, MIN_HOLDING | MAX_BALANCE | TYPE_BALANCE | MAX_SHARE)) return 0;
        if ((!isMint && isExempt(m, m.from, EXEMPT_BALANCE)) || isExempt(m, m.to, EXEMPT_BALANCE)) return 0;
        Token storage t = db().tokens[m.token];
        if (has(m, MIN_HOLDING) && !isMint) {
            uint256 remaining = holder(m.token, m.senderKey).balance - m.amount;
            if (remaining != 0 && remaining < t.minHolding) return 75;
        }
        uint256 balance = holder(m.token, m.receiverKey).balance;
        (bool overflows, uint256 received) = addition(balance, m.amount);
        if (has(m, MIN_HOLDING) && !overflows && received != 0 && received < t.minHolding) return 75;
        if (has(m, MAX_BALANCE) && (overflows || received > t.maxBalance)) return 73;
        if (has(m, TYPE_BALANCE)) {
            (, uint8 investorType) = profileOf(m.to);
            uint256 cap = db().typeBalanceCaps[keccak256(abi.encode(m.token, uint256(investorType)))];
            if (overflows || received > cap) return 82;
        }
        if (!has(m, MAX_SHARE)) return 0;
        return shareOk(balance, m.amount, t.maxShareBps, t.supply, isMint) ? 0 : 74;
    }

    function addition(uint256 a, uint256 b) internal pure returns (bool overflows, uint256 sum) {
        unchecked {
            sum = a + b;
            overflows = sum < a;
        }
    }

    /// (balance + amount) * 10,000 <= bps * supply on exact integers. A transfer's numbers stay below 2^192; a mint's amount may be anything, and with x = amount the
    /// question is 10,000 * balance - bps * supply <= (bps - 10,000) * x.
    function shareOk(uint256 balance, uint256 amount, uint256 bps, uint256 supply, bool isMint) internal pure returns (bool) {
        if (!isMint) return (balance + amount) * 10_000 <= bps * supply;
        uint256 l = balance * 10_000;
        uint256 r = supply * bps;
        if (bps >= 10_000) return l <= r || (bps > 10_000 && amount >= (l - r + (bps - 10_000) - 1) / (bps - 10_000));
        return r >= l && amount <= (r - l) / (10_000 - bps);
    }

    /// Rows 14 and 15.
    function rowHolders(Move memory m, bool isMint) internal view returns (uint8) {
        if (!has(m, MAX_HOLDERS | COUNTRY_HOLDERS | TYPE_HOLDERS)) return 0;
        if ((!isMint && isExempt(m, m.from, EXEMPT_COUNT)) || isExempt(m, m.to, EXEMPT_COUNT)) return 0;
        Token storage t = db().tokens[m.token];
        Holder storage r = holder(m.token, m.receiverKey);
        bool counted = r.counted;
        bool isNew = !counted && (r.balance != 0 || m.amount != 0);
        bool leaves;
        if (!isMint) {
            Holder storage f = holder(m.token, m.senderKey);
            leaves = f.counted && f.balance == m.amount;
        }
        if (has(m, MAX_HOLDERS) && !countOk(t.holders, isNew, leaves, t.maxHolders)) return 70;
        if (!has(m, COUNTRY_HOLDERS | TYPE_HOLDERS)) return 0;
        return rowBuckets(m, counted, isNew, leaves);
    }

    function rowBuckets(Move memory m, bool counted, bool isNew, bool leaves) internal view returns (uint8) {
        Holder storage f = holder(m.token, m.senderKey);
        (uint16 country, uint8 investorType) = profileCounted(m, counted);
        if (has(m, COUNTRY_HOLDERS)) {
            Cap storage c = db().countryCaps[keccak256(abi.encode(m.token, uint256(country)))];
            if (c.cap != 0 && !countOk(c.count, isNew, leaves && f.country == country, c.cap)) return 71;
        }
        if (has(m, TYPE_HOLDERS)) {
            Cap storage c = db().typeCaps[keccak256(abi.encode(m.token, uint256(investorType)))];
            if (c.cap != 0 && !countOk(c.count, isNew, leaves && f.investorType == investorType, c.cap)) return 72;
        }
        return 0;
    }

    function profileCounted(Move memory m, bool counted) internal view returns (uint16, uint8) {
        if (!counted) return profileOf(m.to);
        Holder storage r = holder(m.token, m.receiverKey);
        return (r.country, r.investorType);
    }

    function countOk(uint256 n, bool isNew, bool leaves, uint256 max) internal pure returns (bool) {
        return n + (isNew ? 1 : 0) <= max + (leaves ? 1 : 0);
    }

    function transferHash(Move memory m) internal pure returns (bytes32) {
        return keccak256(abi.encode(m.token, m.from, m.to, m.amount));
    }

    /// Row 16.
    function rowApproval(Move memory m) internal view returns (uint8) {
        if (!has(m, APPROVAL) || isExempt(m, m.from, EXEMPT_APPROVAL) || isExempt(m, m.to, EXEMPT_APPROVAL)) return 0;
        Approval storage p = db().approvals[transferHash(m)];
        if (p.count == 0 || block.timestamp > p.expiry) return 79;
        m.usesApproval = true;
        return 0;
    }

    /// Row 17.
    function rowTravel(Move memory m) internal view returns (uint8) {
        if (!has(m, TRAVEL) || isExempt(m, m.from, EXEMPT_TRAVEL) || isExempt(m, m.to, EXEMPT_TRAVEL) || isBelowThreshold(m)) return 0;
        TravelReference storage r = db().travel[transferHash(m)];
        bytes32 ref = r.ref;
        if (ref == 0 || block.timestamp > r.expiry) return 80;
        m.usesReference = true;
        m.ref = ref;
        return 0;
    }

    function isBelowThreshold(Move memory m) internal view returns (bool) {
        Token storage t = db().tokens[m.token];
        uint256 threshold = t.travelThreshold;
        bytes32 feed = t.travelFeedId;
        if (feed == 0) return m.amount < threshold;
        (bool ok, bytes memory answer) = ORACLE.staticcall(abi.encodeWithSelector(0xfccccc00, feed));
        if (!ok) return false;
        (int256 price,, uint8 decimals) = abi.decode(answer, (int256, uint64, uint8));
        if (price <= 0) return false;
        // Exact: amount * price < threshold * 10^decimals, the right side below 2^156.
        uint256 limit = threshold * 10 ** decimals;
        if (limit == 0) return false;
        return m.amount == 0 || m.amount <= (limit - 1) / uint256(price);
    }

    /// What a mint may add.
    function rowSupply(Move memory m) internal view returns (uint8) {
        Token storage t = db().tokens[m.token];
        (bool overflows, uint256 supply) = addition(t.supply, m.amount);
        if (overflows || supply >> 192 != 0) return 81;
        return has(m, SUPPLY_CAP) && supply > t.supplyCap ? 81 : 0;
    }

    function transferCode(Move memory m) internal view returns (uint8 c) {
        c = rowToken(m, true);
        if (c == 0) c = rowSender(m);
        if (c == 0) c = rowReceiver(m);
        if (c == 0) c = rowProfile(m);
        if (c == 0) c = rowBalance(m, true);
        if (c != 0) return c;
        m.receiverKey = keyOf(m, m.to);
        if (m.senderKey != m.receiverKey) {
            c = rowTime(m);
            if (c == 0) c = rowBalances(m, false);
            if (c == 0) c = rowHolders(m, false);
        }
        if (c == 0) c = rowApproval(m);
        if (c == 0) c = rowTravel(m);
    }

    function mintCode(Move memory m) internal view returns (uint8 c) {
        c = rowToken(m, true);
        if (c == 0) c = rowReceiver(m);
        if (c == 0) c = rowProfile(m);
        if (c != 0) return c;
        m.receiverKey = keyOf(m, m.to);
        c = rowBalances(m, true);
        if (c == 0) c = rowHolders(m, true);
        if (c == 0) c = rowSupply(m);
    }

    function recoveryCode(Move memory m) internal view returns (uint8) {
        uint8 c = rowToken(m, false);
        if (c != 0) return c;
        bytes32 id = identityIdOf(m.from);
        if (id != identityIdOf(m.to)) return 33;
        c = checkLevel(m.to, 0);
        if (c != 0) return 32 + c;
        m.ref = id;
        return 0;
    }
}
