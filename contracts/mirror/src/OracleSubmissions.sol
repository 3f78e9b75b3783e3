// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Phase} from "./Module.sol";
import {Feed, Observation, RoundRecord, Submission} from "./OracleStorage.sol";
import {OracleBase} from "./OracleBase.sol";

/// Acceptance of submissions and what becomes of held values (section 6.5).
abstract contract OracleSubmissions is OracleBase {
    function orRevert(bytes32 id, Observation[] memory observations, bool direct) internal returns (uint80) {
        (uint8 code, uint80 roundId) = submit(id, observations, direct);
        if (code != 0 && code != HELD) revert SubmissionInvalid(code);
        return roundId;
    }

    function submitBatch(Submission[] memory items, bool atomic) internal returns (uint8[] memory codes) {
        if (items.length > 50) revert BatchTooLarge(items.length, 50);
        codes = new uint8[](items.length);
        for (uint256 i = 0; i < items.length; i++) {
            (codes[i],) = submit(items[i].feedId, items[i].observations, false);
            if (codes[i] == 0 || codes[i] == HELD) continue;
            if (atomic) revert SubmissionInvalid(codes[i]);
            emit SubmissionRejected(items[i].feedId, codes[i], msg.sender);
        }
    }

    function submit(bytes32 id, Observation[] memory o, bool direct) internal returns (uint8 code, uint80 roundId) {
        Phase.tests();
        Feed storage f = db().feeds[id];
        if (f.kind == 0) return (1, 0);
        if (f.paused) return (2, 0);
        if (o.length > MAX_REPORTERS) return (13, 0);
        if (o.length < f.quorum) return (3, 0);
        RoundRecord memory r;
        (code, r.reporterBitmap) = direct ? place(f, msg.sender, 0) : recoverAll(id, f, o);
        if (code != 0) return (code, 0);
        code = checkTimes(f, o, r);
        if (code != 0) return (code, 0);
        code = aggregate(f, o, r);
        if (code != 0) return (code, 0);
        int256 previous;
        (code, previous) = compare(f, r.answer);
        if (code == 11) return (code, 0);
        Phase.effects();
        f.maxObservedAt = r.maxObservedAt;
        if (code == HELD) {
            f.held = true;
            f.heldAnswer = r.answer;
            f.heldObservedAt = r.observedAt;
            f.heldEvidence = r.evidence;
            emit RoundHeld(id, r.answer, r.observedAt, previous, msg.sender);
            return (code, 0);
        }
        clearHeld(f);
        return (0, append(id, f, r));
    }

    function place(Feed storage f, address signer, uint32 bitmap) internal view returns (uint8, uint32) {
        uint256 index = f.places[signer];
        if (index == 0) return (5, bitmap);
        uint32 bit = uint32(1 << (index - 1));
        if (bitmap & bit != 0) return (6, bitmap);
        return (0, bitmap | bit);
    }

    function recoverAll(bytes32 id, Feed storage f, Observation[] memory o) internal view returns (uint8 code, uint32 bitmap) {
        for (uint256 i = 0; i < o.length; i++) {
            address signer = recover(id, o[i]);
            if (signer == address(0)) return (4, bitmap);
            (code, bitmap) = place(f, signer, bitmap);
            if (code != 0) return (code, bitmap);
        }
    }

    function recover(bytes32 id, Observation memory o) internal view returns (address) {
        bytes memory signature = o.signature;
        if (signature.length != 65) return address(0);
        bytes32 r;
        bytes32 s;
        uint8 v = uint8(signature[64]);
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
        }
        if ((v != 27 && v != 28) || uint256(s) > 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0) return address(0);
        return ecrecover(digest(id, o.value, o.observedAt, o.evidence), v, r, s);
    }

    function domain() internal view returns (bytes32) {
        return keccak256(abi.encode(
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"), keccak256("DefactorOracle"), keccak256("1"), block.chainid, ORACLE));
    }

    function digest(bytes32 id, int256 value, uint64 observedAt, bytes32 evidence) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(bytes2(0x1901), domain(), keccak256(abi.encode(OBSERVATION, id, value, observedAt, evidence))));
    }

    /// Rows 4 to 7.
    function checkTimes(Feed storage f, Observation[] memory o, RoundRecord memory r) internal view returns (uint8) {
        for (uint256 i = 0; i < o.length; i++) {
            if (o[i].observedAt > block.timestamp) return 7;
        }
        for (uint256 i = 0; i < o.length; i++) {
            if (uint256(o[i].observedAt) + f.reportWindow < block.timestamp) return 8;
        }
        uint64 newest = f.maxObservedAt;
        for (uint256 i = 0; i < o.length; i++) {
            if (o[i].observedAt <= newest) return 9;
            if (o[i].observedAt > r.maxObservedAt) r.maxObservedAt = o[i].observedAt;
        }
        uint8 kind = f.kind;
        if (kind == 2 || kind == 4 || kind == 6 || kind == 7) {
            for (uint256 i = 0; i < o.length; i++) {
                if (o[i].evidence == 0) return 14;
            }
        }
        return 0;
    }

    /// Row 8: the median, stable among equal values, and the spread.
    function aggregate(Feed storage f, Observation[] memory o, RoundRecord memory r) internal view returns (uint8) {
        for (uint256 i = 1; i < o.length; i++) {
            Observation memory moved = o[i];
            uint256 k = i;
            for (; k > 0 && o[k - 1].value > moved.value; k--) o[k] = o[k - 1];
            o[k] = moved;
        }
        Observation memory median = o[o.length / 2];
        if (median.value < f.minAnswer || median.value > f.maxAnswer) return 10;
        r.answer = int192(median.value);
        r.observedAt = median.observedAt;
        r.evidence = median.evidence;
        r.count = uint8(o.length);
        uint256 range;
        unchecked {
            range = uint256(o[o.length - 1].value) - uint256(o[0].value);
        }
        r.spreadBps = bps(range, median.value);
        uint16 most = f.maxDeviationBps;
        return most != 0 && r.spreadBps > most ? 15 : 0;
    }

    function abs(int256 n) internal pure returns (uint256) {
        unchecked {
            return n < 0 ? uint256(-n) : uint256(n);
        }
    }

    function bps(uint256 range, int256 base) internal pure returns (uint16) {
        if (range == 0) return 0;
        if (base == 0 || range > type(uint256).max / 10_000) return 65_535;
        uint256 value = range * 10_000 / abs(base);
        return value > 65_535 ? 65_535 : uint16(value);
    }

    /// Rows 9 and 10.
    function compare(Feed storage f, int192 answer) internal view returns (uint8, int256) {
        if (f.seq == f.phaseStartSeq) return (0, 0);
        RoundRecord storage latestOne = last(f);
        int256 previous = latestOne.answer;
        uint256 deviation;
        if (previous == 0) deviation = answer == 0 ? 0 : 65_535;
        else deviation = abs(answer - previous) * 10_000 / abs(previous);
        if (block.timestamp - latestOne.updatedAt < f.minInterval && deviation < f.deviationBps) return (11, 0);
        if (f.maxDeviationBps != 0 && deviation > f.maxDeviationBps) return (HELD, previous);
        return (0, previous);
    }

    function append(bytes32 id, Feed storage f, RoundRecord memory r) internal returns (uint80 roundId) {
        r.seq = f.seq + 1;
        f.seq = r.seq;
        r.updatedAt = uint64(block.timestamp);
        if (r.evidence != 0) r.flags |= 2;
        RoundRecord storage to = f.ring[r.seq % (1 << f.ringLog2)];
        bool hadEvidence = to.flags & 2 != 0;
        to.answer = r.answer;
        to.updatedAt = r.updatedAt;
        to.seq = r.seq;
        to.observedAt = r.observedAt;
        to.maxObservedAt = r.maxObservedAt;
        to.reporterBitmap = r.reporterBitmap;
        to.spreadBps = r.spreadBps;
        to.count = r.count;
        to.flags = r.flags;
        if (r.evidence != 0 || hadEvidence) to.evidence = r.evidence;
        roundId = idOf(f, r.seq);
        emit RoundAccepted(id, roundId, r.answer, r.observedAt, r.reporterBitmap, r.spreadBps, r.evidence, msg.sender);
        emit AnswerUpdated(r.answer, roundId, block.timestamp);
    }

    function clearHeld(Feed storage f) internal {
        if (!f.held) return;
        f.held = false;
        f.heldAnswer = 0;
        f.heldObservedAt = 0;
        f.heldEvidence = 0;
    }

    function resolve(bytes32 id, bool accept) internal {
        Feed storage f = find(id);
        if (f.places[msg.sender] != 0) revert FourEyes(msg.sender);
        if (!f.held) revert NoData(id);
        if (accept) {
            if (f.heldAnswer < f.minAnswer || f.heldAnswer > f.maxAnswer) revert SubmissionInvalid(10);
            if (block.timestamp - f.heldObservedAt > f.staleAfter) revert StaleData(id, f.heldObservedAt, f.staleAfter);
        }
        Phase.effects();
        emit HeldResolved(id, accept, msg.sender);
        if (accept) {
            RoundRecord memory r;
            r.answer = f.heldAnswer;
            r.observedAt = f.heldObservedAt;
            r.maxObservedAt = f.maxObservedAt;
            r.evidence = f.heldEvidence;
            r.flags = 1;
            append(id, f, r);
        }
        clearHeld(f);
    }
}
