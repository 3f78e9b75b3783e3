// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAllowList} from "./IAllowList.sol";

/// @title IOracle
/// @notice The native oracle at 0x0300000000000000000000000000000000000003.
interface IOracle is IAllowList {
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

    error FeedUnhealthy(bytes32 feedId, uint8 code);
    error NoData(bytes32 feedId);
    error StaleData(bytes32 feedId, uint64 updatedAt, uint64 maxAge);

    function createFeed(bytes32 feedId, FeedConfig calldata config, address[] calldata reporters) external returns (address facade);
    function updateFeed(bytes32 feedId, FeedConfig calldata config) external;
    function setReporters(bytes32 feedId, address[] calldata reporters, uint8 quorum) external;
    function setFeedPaused(bytes32 feedId, bool paused) external;
    function resolveHeld(bytes32 feedId, bool accept) external;
    function submit(bytes32 feedId, Observation[] calldata observations) external returns (uint80 roundId);
    function submitBatch(Submission[] calldata items, bool atomic) external returns (uint8[] memory codes);
    function submitDirect(bytes32 feedId, int256 value, uint64 observedAt, bytes32 evidence) external returns (uint80 roundId);
    function latestRound(bytes32 feedId) external view returns (Round memory);
    function roundAt(bytes32 feedId, uint80 roundId) external view returns (Round memory);
    function rounds(bytes32 feedId, uint256 back, uint256 limit) external view returns (Round[] memory);
    function readFresh(bytes32 feedId) external view returns (int256 answer, uint64 updatedAt, uint8 decimals);
    function readFreshWithin(bytes32 feedId, uint64 maxAge) external view returns (int256 answer, uint64 updatedAt, uint8 decimals);
    function health(bytes32 feedId) external view returns (uint8 code);
    function twap(bytes32 feedId, uint64 window) external view returns (int256 answer, uint8 samples);
    function feedConfig(bytes32 feedId)
        external
        view
        returns (FeedConfig memory config, bool paused, bool held, uint16 phase, uint8 reporterCount);
    function reportersOf(bytes32 feedId) external view returns (address[] memory);
    function feedCount() external view returns (uint256);
    function feeds(uint256 offset, uint256 limit) external view returns (bytes32[] memory);
    function facadeOf(bytes32 feedId) external view returns (address);
    function feedOfFacade(address facade) external view returns (bytes32);
    function observationDigest(bytes32 feedId, int256 value, uint64 observedAt, bytes32 evidence) external view returns (bytes32);
    function domainSeparator() external view returns (bytes32);
}
