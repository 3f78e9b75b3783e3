// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AllowList, Phase} from "./Module.sol";

struct RoundRecord {
    int192 answer;
    uint64 updatedAt;
    uint64 seq;
    uint64 observedAt;
    uint64 maxObservedAt;
    uint32 reporterBitmap;
    uint16 spreadBps;
    uint8 count;
    uint8 flags;
    bytes32 evidence;
}

struct Feed {
    uint8 kind;
    uint8 decimals;
    uint8 quorum;
    uint8 reporterCount;
    bool paused;
    bool held;
    uint16 phase;
    uint8 ringLog2;
    uint32 heartbeat;
    uint32 staleAfter;
    uint32 reportWindow;
    uint32 minInterval;
    uint16 deviationBps;
    uint16 maxDeviationBps;
    int128 minAnswer;
    int128 maxAnswer;
    uint64 seq;
    uint64 maxObservedAt;
    uint64 phaseStartSeq;
    bytes32 description;
    address[] reporters;
    mapping(address => uint256) places;
    int192 heldAnswer;
    uint64 heldObservedAt;
    bytes32 heldEvidence;
    mapping(uint256 => RoundRecord) ring;
}

struct OracleStorage {
    bytes32[] ids;
    mapping(bytes32 => Feed) feeds;
    mapping(address => bytes32) facades;
}

struct FeedConfig {
    uint8 kind;
    uint8 decimals;
    uint8 quorum;
    uint8 ringLog2;
    uint32 heartbeat;
    uint32 staleAfter;
    uint32 reportWindow;
    uint32 minInterval;
    uint16 deviationBps;
    uint16 maxDeviationBps;
    int128 minAnswer;
    int128 maxAnswer;
    bytes32 description;
}

struct Observation {
    int256 value;
    uint64 observedAt;
    bytes32 evidence;
    bytes signature;
}

struct Submission {
    bytes32 feedId;
    Observation[] observations;
}

struct Round {
    uint80 roundId;
    int256 answer;
    uint64 observedAt;
    uint64 updatedAt;
    uint32 reporterBitmap;
    uint16 spreadBps;
    uint8 count;
    uint8 flags;
    bytes32 evidence;
}

contract OracleMirror is AllowList {
    error FeedExists(bytes32 feedId);
    error FeedUnhealthy(bytes32 feedId, uint8 code);
    error FeedUnknown(bytes32 feedId);
    error FourEyes(address account);
    error InvalidFeedConfig(uint8 field);
    error NoData(bytes32 feedId);
    error RoundNotAvailable(uint80 roundId);
    error StaleData(bytes32 feedId, uint64 updatedAt, uint64 maxAge);
    error SubmissionInvalid(uint8 code);

    /// The facade logs this one; the test moves it there.
    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);
    event FeedCreated(bytes32 indexed feedId, address indexed facade, uint8 kind, uint8 decimals, address indexed sender);
    event FeedPauseSet(bytes32 indexed feedId, bool paused, address indexed sender);
    event FeedUpdated(bytes32 indexed feedId, uint16 phase, address indexed sender);
    event HeldResolved(bytes32 indexed feedId, bool accepted, address indexed officer);
    event ReportersSet(bytes32 indexed feedId, address[] reporters, uint8 quorum, address indexed sender);
    event RoundAccepted(bytes32 indexed feedId, uint80 indexed roundId, int256 answer, uint64 observedAt, uint32 reporterBitmap, uint16 spreadBps, bytes32 evidence, address indexed submitter);
    event RoundHeld(bytes32 indexed feedId, int256 answer, uint64 observedAt, int256 previousAnswer, address indexed submitter);
    event SubmissionRejected(bytes32 indexed feedId, uint8 code, address indexed submitter);

    uint8 private constant HELD = 12;
    uint256 private constant MAX_REPORTERS = 31;
    bytes32 private constant FACADE_SALT = 0x4a6142fdc34b4a5052ff5b4826cd171f2c52b2566ec09a96455e909c24e42f0c;
    bytes32 private constant OBSERVATION = 0xbf58ba08552b6a4f6ea51d91fa57beb453a364dcef24dee265633e6d36932079;

    function db() private pure returns (OracleStorage storage $) {
        assembly {
            $.slot := 0x0390f3dacb900b8faf017d402974e00c82c529a2631798be13e227b1b53ec800
        }
    }

    function module() internal pure override returns (address) {
        return ORACLE;
    }

    function isWrite(bytes4 s) internal pure override returns (bool) {
        return isAllowListWrite(s) || s == 0xa0229a88 || s == 0xa375291e || s == 0xf5888d96 || s == 0xef76642a || s == 0x08d47a5e || s == 0x4b3aa3e9
            || s == 0x9bfe2927 || s == 0xb1b78e94;
    }

    function run(bytes4 s, bytes calldata a) internal override returns (bytes memory) {
        (bool done, bytes memory result) = runAllowList(s, a);
        if (done) return result;
        if (isWrite(s)) return write(s, a);
        return isFacade(s) ? facadeView(s, a) : view_(s, a);
    }

    function write(bytes4 s, bytes calldata a) private returns (bytes memory) {
        if (s == 0x4b3aa3e9) {
            (bytes32 id, Observation[] memory observations) = abi.decode(a, (bytes32, Observation[]));
            within(3 * 32 + sizeOf(observations), a);
            return abi.encode(orRevert(id, observations, false));
        }
        if (s == 0x9bfe2927) {
            (Submission[] memory items, bool atomic) = abi.decode(a, (Submission[], bool));
            uint256 size = 3 * 32;
            for (uint256 i = 0; i < items.length; i++) size += 4 * 32 + sizeOf(items[i].observations);
            within(size, a);
            return abi.encode(submitBatch(items, atomic));
        }
        if (s == 0xb1b78e94) {
            Observation[] memory observations = new Observation[](1);
            bytes32 id;
            (id, observations[0].value, observations[0].observedAt, observations[0].evidence) = abi.decode(a, (bytes32, int256, uint64, bytes32));
            return abi.encode(orRevert(id, observations, true));
        }
        if (s == 0x08d47a5e) {
            (bytes32 id, bool accept) = abi.decode(a, (bytes32, bool));
            if (roleOf(msg.sender) == 0) revert Unauthorized(msg.sender, AGENT);
            resolve(id, accept);
            return "";
        }
        if (s == 0xa0229a88) {
            (bytes32 id, FeedConfig memory c, address[] memory reporters) = abi.decode(a, (bytes32, FeedConfig, address[]));
            within(16 * 32 + 32 * reporters.length, a);
            requireManager();
            return abi.encode(create(id, c, reporters));
        }
        if (s == 0xa375291e) {
            (bytes32 id, FeedConfig memory c) = abi.decode(a, (bytes32, FeedConfig));
            requireManager();
            update(id, c);
        } else if (s == 0xf5888d96) {
            (bytes32 id, address[] memory reporters, uint8 quorum) = abi.decode(a, (bytes32, address[], uint8));
            within(4 * 32 + 32 * reporters.length, a);
            requireManager();
            setReporters(id, reporters, quorum);
        } else {
            (bytes32 id, bool paused) = abi.decode(a, (bytes32, bool));
            requireManager();
            Feed storage f = find(id);
            Phase.effects();
            f.paused = paused;
            emit FeedPauseSet(id, paused, msg.sender);
        }
        return "";
    }

    /// Heads and tails of an array's elements.
    function sizeOf(Observation[] memory observations) private pure returns (uint256 size) {
        for (uint256 i = 0; i < observations.length; i++) size += 6 * 32 + observations[i].signature.length;
    }

    function requireManager() private view {
        uint256 role = roleOf(msg.sender);
        if (role != 2 && role != 3) revert Unauthorized(msg.sender, MANAGER);
    }

    function find(bytes32 id) private view returns (Feed storage f) {
        f = db().feeds[id];
        if (f.kind == 0) revert FeedUnknown(id);
    }

    // Feeds

    function checkConfig(FeedConfig memory c) private pure {
        if (c.kind == 0 || c.kind > 8) revert InvalidFeedConfig(0);
        if (c.decimals > 18) revert InvalidFeedConfig(1);
    }

    function checkRest(FeedConfig memory c) private pure {
        if (c.ringLog2 < 4 || c.ringLog2 > 12) revert InvalidFeedConfig(3);
        if (c.staleAfter < c.heartbeat) revert InvalidFeedConfig(5);
        if (c.reportWindow < 60 || c.reportWindow > c.staleAfter) revert InvalidFeedConfig(6);
        bool mayBeLow = c.kind == 3 || c.kind == 5 || c.kind == 7 || c.kind == 8;
        if (c.minAnswer <= 0 && !mayBeLow) revert InvalidFeedConfig(10);
        if (c.minAnswer > c.maxAnswer) revert InvalidFeedConfig(11);
    }

    function checkQuorum(uint256 quorum, uint256 reporters) private pure {
        if (quorum > reporters || reporters >= 2 * quorum) revert InvalidFeedConfig(2);
    }

    function checkReporters(address[] memory reporters) private pure {
        for (uint256 i = 0; i < reporters.length; i++) {
            if (reporters[i] == address(0)) revert InvalidFeedConfig(13);
            for (uint256 k = 0; k < i; k++) {
                if (reporters[k] == reporters[i]) revert InvalidFeedConfig(13);
            }
        }
    }

    function checkReporterCount(uint256 count) private pure {
        if (count == 0 || count > MAX_REPORTERS) revert InvalidFeedConfig(13);
    }

    function facadeOf(bytes32 id) private pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), ORACLE, id, FACADE_SALT)))));
    }

    function create(bytes32 id, FeedConfig memory c, address[] memory reporters) private returns (address facade) {
        checkReporterCount(reporters.length);
        if (id == 0) revert FeedUnknown(id);
        checkConfig(c);
        checkQuorum(c.quorum, reporters.length);
        checkRest(c);
        checkReporters(reporters);
        OracleStorage storage $ = db();
        Feed storage f = $.feeds[id];
        if (f.kind != 0) revert FeedExists(id);
        Phase.effects();
        facade = facadeOf(id);
        $.ids.push(id);
        $.facades[facade] = id;
        f.phase = 1;
        setConfig(f, c);
        writeReporters(f, reporters);
        emit FeedCreated(id, facade, c.kind, c.decimals, msg.sender);
        emit ReportersSet(id, reporters, c.quorum, msg.sender);
    }

    function setConfig(Feed storage f, FeedConfig memory c) private {
        f.kind = c.kind;
        f.decimals = c.decimals;
        f.quorum = c.quorum;
        f.ringLog2 = c.ringLog2;
        f.heartbeat = c.heartbeat;
        f.staleAfter = c.staleAfter;
        f.reportWindow = c.reportWindow;
        f.minInterval = c.minInterval;
        f.deviationBps = c.deviationBps;
        f.maxDeviationBps = c.maxDeviationBps;
        f.minAnswer = c.minAnswer;
        f.maxAnswer = c.maxAnswer;
        f.description = c.description;
    }

    function writeReporters(Feed storage f, address[] memory reporters) private {
        address[] storage list = f.reporters;
        uint256 old = list.length;
        for (uint256 i = 0; i < old; i++) f.places[list[i]] = 0;
        while (list.length > reporters.length) list.pop();
        for (uint256 i = 0; i < reporters.length; i++) {
            if (i < old) list[i] = reporters[i];
            else list.push(reporters[i]);
            f.places[reporters[i]] = i + 1;
        }
        f.reporterCount = uint8(reporters.length);
    }

    function update(bytes32 id, FeedConfig memory c) private {
        checkConfig(c);
        if (c.quorum == 0 || c.quorum > MAX_REPORTERS) revert InvalidFeedConfig(2);
        checkRest(c);
        Feed storage f = find(id);
        checkQuorum(c.quorum, f.reporterCount);
        Phase.effects();
        if (c.kind != f.kind || c.decimals != f.decimals || c.ringLog2 != f.ringLog2) {
            f.phase++;
            f.phaseStartSeq = f.seq;
            f.maxObservedAt = uint64(block.timestamp);
            clearHeld(f);
        }
        setConfig(f, c);
        emit FeedUpdated(id, f.phase, msg.sender);
    }

    function setReporters(bytes32 id, address[] memory reporters, uint8 quorum) private {
        checkReporterCount(reporters.length);
        checkReporters(reporters);
        checkQuorum(quorum, reporters.length);
        Feed storage f = find(id);
        Phase.effects();
        f.quorum = quorum;
        writeReporters(f, reporters);
        emit ReportersSet(id, reporters, quorum, msg.sender);
    }

    function clearHeld(Feed storage f) private {
        if (!f.held) return;
        f.held = false;
        f.heldAnswer = 0;
        f.heldObservedAt = 0;
        f.heldEvidence = 0;
    }

    function resolve(bytes32 id, bool accept) private {
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

    // Submissions

    function orRevert(bytes32 id, Observation[] memory observations, bool direct) private returns (uint80) {
        (uint8 code, uint80 roundId) = submit(id, observations, direct);
        if (code != 0 && code != HELD) revert SubmissionInvalid(code);
        return roundId;
    }

    function submitBatch(Submission[] memory items, bool atomic) private returns (uint8[] memory codes) {
        if (items.length > 50) revert BatchTooLarge(items.length, 50);
        codes = new uint8[](items.length);
        for (uint256 i = 0; i < items.length; i++) {
            (codes[i],) = submit(items[i].feedId, items[i].observations, false);
            if (codes[i] == 0 || codes[i] == HELD) continue;
            if (atomic) revert SubmissionInvalid(codes[i]);
            emit SubmissionRejected(items[i].feedId, codes[i], msg.sender);
        }
    }

    function submit(bytes32 id, Observation[] memory o, bool direct) private returns (uint8 code, uint80 roundId) {
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

    function place(Feed storage f, address signer, uint32 bitmap) private view returns (uint8, uint32) {
        uint256 index = f.places[signer];
        if (index == 0) return (5, bitmap);
        uint32 bit = uint32(1 << (index - 1));
        if (bitmap & bit != 0) return (6, bitmap);
        return (0, bitmap | bit);
    }

    function recoverAll(bytes32 id, Feed storage f, Observation[] memory o) private view returns (uint8 code, uint32 bitmap) {
        for (uint256 i = 0; i < o.length; i++) {
            address signer = recover(id, o[i]);
            if (signer == address(0)) return (4, bitmap);
            (code, bitmap) = place(f, signer, bitmap);
            if (code != 0) return (code, bitmap);
        }
    }

    function recover(bytes32 id, Observation memory o) private view returns (address) {
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

    function domain() private view returns (bytes32) {
        return keccak256(abi.encode(
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"), keccak256("DefactorOracle"), keccak256("1"), block.chainid, ORACLE));
    }

    function digest(bytes32 id, int256 value, uint64 observedAt, bytes32 evidence) private view returns (bytes32) {
        return keccak256(abi.encodePacked(bytes2(0x1901), domain(), keccak256(abi.encode(OBSERVATION, id, value, observedAt, evidence))));
    }

    /// Rows 4 to 7.
    function checkTimes(Feed storage f, Observation[] memory o, RoundRecord memory r) private view returns (uint8) {
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
    function aggregate(Feed storage f, Observation[] memory o, RoundRecord memory r) private view returns (uint8) {
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

    function abs(int256 n) private pure returns (uint256) {
        unchecked {
            return n < 0 ? uint256(-n) : uint256(n);
        }
    }

    function bps(uint256 range, int256 base) private pure returns (uint16) {
        if (range == 0) return 0;
        if (base == 0 || range > type(uint256).max / 10_000) return 65_535;
        uint256 value = range * 10_000 / abs(base);
        return value > 65_535 ? 65_535 : uint16(value);
    }

    /// Rows 9 and 10.
    function compare(Feed storage f, int192 answer) private view returns (uint8, int256) {
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

    function append(bytes32 id, Feed storage f, RoundRecord memory r) private returns (uint80 roundId) {
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

    function idOf(Feed storage f, uint64 seq) private view returns (uint80) {
        return (uint80(f.phase) << 64) | seq;
    }

    // Views

    function view_(bytes4 s, bytes calldata a) private view returns (bytes memory) {
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

    function health(bytes32 id) private view returns (uint8) {
        Feed storage f = db().feeds[id];
        if (f.kind == 0) return 5;
        if (f.paused) return 3;
        if (f.seq == f.phaseStartSeq) return 1;
        if (f.held) return 4;
        return block.timestamp - last(f).updatedAt > f.staleAfter ? 2 : 0;
    }

    function last(Feed storage f) private view returns (RoundRecord storage) {
        return f.ring[f.seq % (1 << f.ringLog2)];
    }

    function fresh(bytes32 id, uint64 maxAge) private view returns (bytes memory) {
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

    function findWithData(bytes32 id) private view returns (Feed storage f) {
        f = find(id);
        if (f.seq == f.phaseStartSeq) revert NoData(id);
    }

    function latest(bytes32 id, bool withEvidence) private view returns (Round memory r) {
        Feed storage f = findWithData(id);
        (, r) = read(f, f.seq, withEvidence);
    }

    function roundAt(bytes32 id, uint256 roundId, bool withEvidence) private view returns (Round memory r) {
        Feed storage f = findWithData(id);
        uint64 seq = uint64(roundId);
        bool known = roundId == idOf(f, seq) && seq > f.phaseStartSeq && seq <= f.seq;
        if (known) (known, r) = read(f, seq, withEvidence);
        if (!known) revert RoundNotAvailable(uint80(roundId));
    }

    function read(Feed storage f, uint64 seq, bool withEvidence) private view returns (bool, Round memory r) {
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

    function rounds(bytes32 id, uint256 back, uint256 limit) private view returns (bytes memory) {
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

    function twap(bytes32 id, uint64 window) private view returns (bytes memory) {
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

    function config(bytes32 id) private view returns (bytes memory) {
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

    function feeds(uint256 offset, uint256 limit) private view returns (bytes memory) {
        bytes32[] storage list = db().ids;
        uint256 length = list.length;
        if (limit > 500) limit = 500;
        uint256 count = offset >= length ? 0 : length - offset < limit ? length - offset : limit;
        bytes32[] memory items = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) items[i] = list[offset + i];
        return abi.encode(items);
    }

    // AggregatorV3 behind the facades: the feed is named by the last word of the calldata.

    function isFacade(bytes4 s) private pure returns (bool) {
        return s == 0xfeaf968c || s == 0x9a6fc8f5 || s == 0x313ce567 || s == 0x7284e416 || s == 0x54fd4d50 || s == 0x50d25bcd || s == 0x8205bf6a
            || s == 0x668a0f02 || s == 0xb5ab58dc || s == 0xb633620c;
    }

    function facadeView(bytes4 s, bytes calldata a) private view returns (bytes memory) {
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

    function text(bytes32 word) private pure returns (string memory) {
        uint256 length;
        while (length < 32 && word[length] != 0) length++;
        bytes memory result = new bytes(length);
        for (uint256 i = 0; i < length; i++) result[i] = word[i];
        return string(result);
    }
}
