// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Feed, FeedConfig, Round, RoundRecord} from "./OracleStorage.sol";
import {OracleFeeds} from "./OracleFeeds.sol";

/// The views, and AggregatorV3 behind the facades (sections 6.3, 6.5 and 6.7).
abstract contract OracleViews is OracleFeeds {
    function view_(bytes4 s, bytes calldata a) internal view returns (bytes memory) {
        if (s == 0xfccccc00) return fresh(abi.decode(a, (bytes32)), type(uint64).max);
        if (s == 0x293043ab) {
            (bytes32 id, uint64 maxAge) = abi.decode(a, (bytes32, uint64));
            return fresh(id, maxAge);
        }
        if (s == 0x34a50861) return abi.encode(latest(abi.decode(a, (bytes32)), true));
        if (s == 0x41c84c71) {
            (bytes32 id, uint80 roundId) = abi.decode(a, (bytes32, uint80));
            return abi.encode(roundAt(id, roundId, true));
        }
        if (s == 0x14e23f94) {
            (bytes32 id, uint256 back, uint256 limit) = abi.decode(a, (bytes32, uint256, uint256));
            return rounds(id, back, limit);
        }
        if (s == 0x7b3ec53c) return abi.encode(health(abi.decode(a, (bytes32))));
        if (s == 0xb9d74156) {
            (bytes32 id, uint64 window) = abi.decode(a, (bytes32, uint64));
            return twap(id, window);
        }
        if (s == 0xdffe0c33) return config(abi.decode(a, (bytes32)));
        if (s == 0x1127550b) return abi.encode(find(abi.decode(a, (bytes32))).reporters);
        if (s == 0x4628986d) return abi.encode(db().ids.length);
        if (s == 0x6dc0ae64) {
            (uint256 offset, uint256 limit) = abi.decode(a, (uint256, uint256));
            return feeds(offset, limit);
        }
        if (s == 0x562f37f0) {
            bytes32 id = abi.decode(a, (bytes32));
            find(id);
            return abi.encode(facadeOf(id));
        }
        if (s == 0xa94ac05d) return abi.encode(db().facades[abi.decode(a, (address))]);
        if (s == 0x5a119535) {
            (bytes32 id, int256 value, uint64 observedAt, bytes32 evidence) = abi.decode(a, (bytes32, int256, uint64, bytes32));
            return abi.encode(digest(id, value, observedAt, evidence));
        }
        if (s == 0xf698da25) return abi.encode(domain());
        return unknown();
    }

    function health(bytes32 id) internal view returns (uint8) {
        Feed storage f = db().feeds[id];
        if (f.kind == 0) return 5;
        if (f.paused) return 3;
        if (f.seq == f.phaseStartSeq) return 1;
        if (f.held) return 4;
        return block.timestamp - last(f).updatedAt > f.staleAfter ? 2 : 0;
    }

    function fresh(bytes32 id, uint64 maxAge) internal view returns (bytes memory) {
        Feed storage f = db().feeds[id];
        uint8 code = health(id);
        if (code == 1) revert NoData(id);
        if (code >= 3) revert FeedUnhealthy(id, code);
        RoundRecord storage r = last(f);
        uint64 most = f.staleAfter < maxAge ? f.staleAfter : maxAge;
        uint64 updatedAt = r.updatedAt;
        if (block.timestamp - updatedAt > most) revert StaleData(id, updatedAt, most);
        return abi.encode(r.answer, updatedAt, f.decimals);
    }

    function findWithData(bytes32 id) internal view returns (Feed storage f) {
        f = find(id);
        if (f.seq == f.phaseStartSeq) revert NoData(id);
    }

    function latest(bytes32 id, bool withEvidence) internal view returns (Round memory r) {
        Feed storage f = findWithData(id);
        (, r) = read(f, f.seq, withEvidence);
    }

    function roundAt(bytes32 id, uint256 roundId, bool withEvidence) internal view returns (Round memory r) {
        Feed storage f = findWithData(id);
        uint64 seq = uint64(roundId);
        bool known = roundId == idOf(f, seq) && seq > f.phaseStartSeq && seq <= f.seq;
        if (known) (known, r) = read(f, seq, withEvidence);
        if (!known) revert RoundNotAvailable(uint80(roundId));
    }

    function read(Feed storage f, uint64 seq, bool withEvidence) internal view returns (bool, Round memory r) {
        RoundRecord storage from = f.ring[seq % (1 << f.ringLog2)];
        if (from.seq != seq) return (false, r);
        r.roundId = idOf(f, seq);
        r.answer = from.answer;
        r.observedAt = from.observedAt;
        r.updatedAt = from.updatedAt;
        r.reporterBitmap = from.reporterBitmap;
        r.spreadBps = from.spreadBps;
        r.count = from.count;
        r.flags = from.flags;
        if (withEvidence && r.flags & 2 != 0) r.evidence = from.evidence;
        return (true, r);
    }

    function rounds(bytes32 id, uint256 back, uint256 limit) internal view returns (bytes memory) {
        Feed storage f = find(id);
        if (limit > 100) limit = 100;
        Round[] memory found = new Round[](limit);
        uint256 count;
        if (back < f.seq) {
            for (uint64 seq = f.seq - uint64(back); seq > f.phaseStartSeq && count < limit; seq--) {
                (bool known, Round memory r) = read(f, seq, true);
                if (!known) break;
                found[count++] = r;
            }
        }
        assembly ("memory-safe") {
            mstore(found, count)
        }
        return abi.encode(found);
    }

    function twap(bytes32 id, uint64 window) internal view returns (bytes memory) {
        Feed storage f = findWithData(id);
        uint256 start = window > block.timestamp ? 0 : block.timestamp - window;
        uint256 end = block.timestamp;
        int256 sum;
        int256 weights;
        int256 answer;
        uint8 samples;
        for (uint64 seq = f.seq; seq > f.phaseStartSeq && samples < 32; seq--) {
            (bool known, Round memory r) = read(f, seq, false);
            if (!known) break;
            if (samples == 0) answer = r.answer;
            samples++;
            int256 weight = int256(end - (r.updatedAt > start ? r.updatedAt : start));
            sum += r.answer * weight;
            weights += weight;
            end = r.updatedAt;
            if (r.updatedAt <= start) break;
        }
        return abi.encode(weights == 0 ? answer : sum / weights, samples);
    }

    function config(bytes32 id) internal view returns (bytes memory) {
        Feed storage f = find(id);
        FeedConfig memory c;
        c.kind = f.kind;
        c.decimals = f.decimals;
        c.quorum = f.quorum;
        c.ringLog2 = f.ringLog2;
        c.heartbeat = f.heartbeat;
        c.staleAfter = f.staleAfter;
        c.reportWindow = f.reportWindow;
        c.minInterval = f.minInterval;
        c.deviationBps = f.deviationBps;
        c.maxDeviationBps = f.maxDeviationBps;
        c.minAnswer = f.minAnswer;
        c.maxAnswer = f.maxAnswer;
        c.description = f.description;
        return abi.encode(c, f.paused, f.held, f.phase, f.reporterCount);
    }

    function feeds(uint256 offset, uint256 limit) internal view returns (bytes memory) {
        bytes32[] storage list = db().ids;
        uint256 length = list.length;
        if (limit > 500) limit = 500;
        uint256 count = offset >= length ? 0 : length - offset < limit ? length - offset : limit;
        bytes32[] memory items = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) items[i] = list[offset + i];
        return abi.encode(items);
    }

    // AggregatorV3 behind the facades: the feed is named by the last word of the calldata.

    function isFacade(bytes4 s) internal pure returns (bool) {
        return s == 0xfeaf968c || s == 0x9a6fc8f5 || s == 0x313ce567 || s == 0x7284e416 || s == 0x54fd4d50 || s == 0x50d25bcd || s == 0x8205bf6a
            || s == 0x668a0f02 || s == 0xb5ab58dc || s == 0xb633620c;
    }

    function facadeView(bytes4 s, bytes calldata a) internal view returns (bytes memory) {
        bool takesRound = s == 0x9a6fc8f5 || s == 0xb5ab58dc || s == 0xb633620c;
        uint256 roundId;
        if (s == 0x9a6fc8f5) roundId = abi.decode(a, (uint80));
        else if (takesRound) roundId = abi.decode(a, (uint256));
        within(takesRound ? 64 : 32, a);
        bytes32 id = bytes32(a[a.length - 32:]);
        if (s == 0x54fd4d50) return abi.encode(6);
        if (s == 0x313ce567) return abi.encode(find(id).decimals);
        if (s == 0x7284e416) return abi.encode(text(find(id).description));
        if (s == 0x668a0f02) {
            Feed storage f = findWithData(id);
            return abi.encode(idOf(f, f.seq));
        }
        if (s == 0x50d25bcd) return abi.encode(last(findWithData(id)).answer);
        if (s == 0x8205bf6a) return abi.encode(last(findWithData(id)).updatedAt);
        Round memory r = takesRound ? roundAt(id, roundId, false) : latest(id, false);
        if (s == 0xb5ab58dc) return abi.encode(r.answer);
        if (s == 0xb633620c) return abi.encode(r.updatedAt);
        return abi.encode(r.roundId, r.answer, r.observedAt, r.updatedAt, r.roundId);
    }

    function text(bytes32 word) internal pure returns (string memory) {
        uint256 length;
        while (length < 32 && word[length] != 0) length++;
        bytes memory result = new bytes(length);
        for (uint256 i = 0; i < length; i++) result[i] = word[i];
        return string(result);
    }
}
