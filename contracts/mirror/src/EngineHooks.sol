// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Phase} from "./Module.sol";
import {Holder, Move, Token, TravelReference, Window, WindowUse} from "./EngineStorage.sol";
import {EngineRows} from "./EngineRows.sol";
import {Lot, Lots} from "./Lots.sol";

/// Hooks and their effects (section 4.3).
abstract contract EngineHooks is EngineRows {
    function hook(bytes4 s, bytes calldata a) internal {
        Move memory m;
        uint8 c;
        uint8 kind;
        if (s == 0x8baf29b4) {
            (address from, address to, uint256 amount) = abi.decode(a, (address, address, uint256));
            m = begin(msg.sender, from, to, amount);
            c = transferCode(m);
            kind = 1;
        } else if (s == 0x5f8dead3) {
            (address to, uint256 amount) = abi.decode(a, (address, uint256));
            m = begin(msg.sender, address(0), to, amount);
            c = mintCode(m);
            kind = 2;
        } else if (s == 0x8d2ea772) {
            (address from, uint256 amount) = abi.decode(a, (address, uint256));
            m = begin(msg.sender, from, address(0), amount);
            c = rowToken(m, false);
            if (c == 0) c = rowBalance(m, false);
            kind = 3;
        } else if (s == 0x5c8b5f4f) {
            bytes32 reason;
            address from;
            address to;
            uint256 amount;
            (from, to, amount, reason) = abi.decode(a, (address, address, uint256, bytes32));
            m = begin(msg.sender, from, to, amount);
            m.ref = reason;
            c = rowToken(m, false);
            if (c == 0) c = rowReceiver(m);
            if (c == 0) c = rowBalance(m, false);
            kind = 4;
        } else {
            (address from, address to, uint256 amount) = abi.decode(a, (address, address, uint256));
            m = begin(msg.sender, from, to, amount);
            c = recoveryCode(m);
            kind = 5;
        }
        if (c != 0) revert ComplianceViolation(c, m.from, m.to, m.amount);
        Phase.effects();
        apply_(m, kind);
        if (has(m, EMIT_DECISIONS)) emit Decision(m.token, m.from, m.to, m.amount, kind, 0, m.ref);
    }

    function apply_(Move memory m, uint8 kind) internal {
        Token storage t = db().tokens[m.token];
        if (kind == 1) {
            if (m.senderKey != m.receiverKey) {
                debit(m);
                credit(m);
                if (has(m, WINDOWS) && !isExempt(m, m.from, EXEMPT_TIME)) useWindows(m);
                if (has(m, HOLDING_PERIOD) && t.holdingRestarts) lock(m);
            }
            if (m.usesApproval) db().approvals[transferHash(m)].count--;
            if (m.usesReference) {
                TravelReference storage r = db().travel[transferHash(m)];
                r.ref = 0;
                r.expiry = 0;
            }
        } else if (kind == 2) {
            t.supply += m.amount;
            credit(m);
            if (has(m, HOLDING_PERIOD)) lock(m);
        } else if (kind == 3) {
            t.supply -= m.amount;
            debit(m);
            reduce(m);
        } else if (kind == 4) {
            m.receiverKey = keyOf(m, m.to);
            if (m.senderKey == m.receiverKey) return;
            debit(m);
            credit(m);
            reduce(m);
        }
    }

    function debit(Move memory m) internal {
        Holder storage f = holder(m.token, m.senderKey);
        f.balance -= m.amount;
        if (!f.counted || f.balance != 0) return;
        db().tokens[m.token].holders--;
        count(m.token, f.country, f.investorType, false);
        f.counted = false;
        f.country = 0;
        f.investorType = 0;
    }

    function credit(Move memory m) internal {
        Holder storage r = holder(m.token, m.receiverKey);
        r.balance += m.amount;
        if (r.counted || r.balance == 0 || isExempt(m, m.to, EXEMPT_COUNT)) return;
        (uint16 country, uint8 investorType) = profileOf(m.to);
        db().tokens[m.token].holders++;
        count(m.token, country, investorType, true);
        r.counted = true;
        r.country = country;
        r.investorType = investorType;
    }

    function useWindows(Move memory m) internal {
        Token storage t = db().tokens[m.token];
        uint256 n = t.windowCount;
        for (uint256 i = 0; i < n; i++) {
            Window storage w = t.windows[i];
            uint256 used = usedIn(m, w, i) + m.amount;
            WindowUse storage u = windowUse(m, i);
            u.bucket = uint64(block.timestamp / w.secs);
            u.used = uint192(used);
        }
    }

    function lock(Move memory m) internal {
        if (m.amount == 0 || isExempt(m, m.to, EXEMPT_TIME)) return;
        Holder storage r = holder(m.token, m.receiverKey);
        uint8 n = r.lotCount;
        Lot[] memory list = Lots.load(db().lots, m.token, m.receiverKey, n);
        uint64 unlockAt = uint64(block.timestamp) + db().tokens[m.token].holdingPeriod;
        r.lotCount = Lots.store(db().lots, m.token, m.receiverKey, Lots.push(list, m.amount, unlockAt), n);
    }

    function reduce(Move memory m) internal {
        if (!has(m, HOLDING_PERIOD)) return;
        Holder storage f = holder(m.token, m.senderKey);
        uint8 n = f.lotCount;
        Lot[] memory list = Lots.load(db().lots, m.token, m.senderKey, n);
        f.lotCount = Lots.store(db().lots, m.token, m.senderKey, Lots.reduce(list, f.balance), n);
    }
}
