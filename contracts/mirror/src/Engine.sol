// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Holder, Move, RuleSet, Token} from "./EngineStorage.sol";
import {EngineHooks} from "./EngineHooks.sol";
import {Lots} from "./Lots.sol";
import {Messages} from "./Messages.sol";

/// The engine: dispatch and views.
contract EngineMirror is EngineHooks {
    function isWrite(bytes4 s) internal pure override returns (bool) {
        return s == 0x09824a80 || s == 0x16d039e1 || s == 0x7de56585 || s == 0xb7600b27 || s == 0x580b27d6 || s == 0xcd549f8f || s == 0x84a9bc06
            || s == 0x8d4238c1 || s == 0x4507c99d || s == 0xcc1cc637 || s == 0xa5030f23 || s == 0x627e05cf || s == 0x62257470 || s == 0xdacac923
            || s == 0xa481ddbf || isHook(s);
    }

    function isHook(bytes4 s) internal pure returns (bool) {
        return s == 0x8baf29b4 || s == 0x5f8dead3 || s == 0x8d2ea772 || s == 0x5c8b5f4f || s == 0xb16f44db;
    }

    function run(bytes4 s, bytes calldata a) internal override returns (bytes memory) {
        if (isHook(s)) hook(s, a);
        else if (!isWrite(s)) return view_(s, a);
        else if (s == 0xdacac923 || s == 0x627e05cf || s == 0x62257470 || s == 0xa481ddbf) writeOther(s, a);
        else if (s == 0x09824a80 || s == 0x16d039e1 || s == 0x7de56585 || s == 0xb7600b27) writeToken(s, a);
        else writeRules(s, a);
        return "";
    }

    // Views

    function view_(bytes4 s, bytes calldata a) internal view returns (bytes memory) {
        if (s == 0x6d62a4fe) {
            (address token, address from, address to, uint256 amount) = abi.decode(a, (address, address, address, uint256));
            return abi.encode(transferCode(begin(token, from, to, amount)));
        }
        if (s == 0xe46638e6) {
            (address from, address to, uint256 amount) = abi.decode(a, (address, address, uint256));
            return abi.encode(transferCode(begin(msg.sender, from, to, amount)) == 0);
        }
        if (s == 0x624a7dc7) {
            (address token, address to, uint256 amount) = abi.decode(a, (address, address, uint256));
            return abi.encode(mintCode(begin(token, address(0), to, amount)));
        }
        if (s == 0x18d1d841) return rulesOf(abi.decode(a, (address)));
        if (s == 0x8c5c042a) {
            (address token, bytes32 key) = abi.decode(a, (address, bytes32));
            return holderOf(token, key);
        }
        if (s == 0xe8589581) {
            (address token, address account) = abi.decode(a, (address, address));
            Move memory m = begin(token, address(0), address(0), 0);
            return abi.encode(keyOf(m, account));
        }
        if (s == 0x7f4ab1dd) return abi.encode(Messages.of_(abi.decode(a, (uint8))));
        return unknown();
    }

    function holderOf(address token, bytes32 key) internal view returns (bytes memory) {
        Holder storage h = holder(token, key);
        uint256 locked;
        if (db().tokens[token].ruleMask & HOLDING_PERIOD != 0) locked = Lots.lockedAt(Lots.load(db().lots, token, key, h.lotCount));
        return abi.encode(h.balance, h.legalHold, locked, h.country, h.investorType, h.counted);
    }

    function rulesOf(address token) internal view returns (bytes memory) {
        Token storage t = db().tokens[token];
        RuleSet memory r;
        r.ruleMask = t.ruleMask;
        r.minTierFrom = t.minTierFrom;
        r.minTierTo = t.minTierTo;
        r.typeMask = t.typeMask;
        r.maxHolders = t.maxHolders;
        r.holdingPeriod = t.holdingPeriod;
        r.lockupUntil = t.lockupUntil;
        r.maxShareBps = t.maxShareBps;
        r.holdingRestarts = t.holdingRestarts;
        r.travelThreshold = t.travelThreshold;
        r.maxBalance = t.maxBalance;
        r.minHolding = t.minHolding;
        r.supplyCap = t.supplyCap;
        r.travelFeedId = t.travelFeedId;
        return abi.encode(t.ruleAdmin, t.paused, t.holders, t.supply, r);
    }
}
