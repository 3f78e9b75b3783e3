// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

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
