// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAllowList} from "./IAllowList.sol";

/// @title IOracle
/// @notice The native oracle at 0x0300000000000000000000000000000000000003.
interface IOracle is IAllowList {
    /// @notice Configuration of a feed.
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

    /// @notice An observation signed by a reporter.
    struct Observation {
        int256 value;
        uint64 observedAt;
        bytes32 evidence;
        bytes signature;
    }

    /// @notice Observations of one feed.
    struct Submission {
        bytes32 feedId;
        Observation[] observations;
    }

    /// @notice An accepted round.
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

    /// @notice A feed was created.
    event FeedCreated(bytes32 indexed feedId, address indexed facade, uint8 kind, uint8 decimals, address indexed sender);
    /// @notice The settings of a feed changed.
    event FeedUpdated(bytes32 indexed feedId, uint16 phase, address indexed sender);
    /// @notice A feed has other reporters.
    event ReportersSet(bytes32 indexed feedId, address[] reporters, uint8 quorum, address indexed sender);
    /// @notice A feed was paused, or unpaused.
    event FeedPauseSet(bytes32 indexed feedId, bool paused, address indexed sender);
    /// @notice A round was accepted.
    event RoundAccepted(bytes32 indexed feedId, uint80 indexed roundId, int256 answer, uint64 observedAt, uint32 reporterBitmap, uint16 spreadBps, bytes32 evidence, address indexed submitter);
    /// @notice A round outside the band is held for an officer.
    event RoundHeld(bytes32 indexed feedId, int256 answer, uint64 observedAt, int256 previousAnswer, address indexed submitter);
    /// @notice A held round was accepted, or refused.
    event HeldResolved(bytes32 indexed feedId, bool accepted, address indexed officer);
    /// @notice One feed of a batch was passed over; `code` says why.
    event SubmissionRejected(bytes32 indexed feedId, uint8 code, address indexed submitter);
    /// @notice As price aggregators tell a new answer.
    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);

    /// @notice The feed is paused, held or unknown.
    error FeedUnhealthy(bytes32 feedId, uint8 code);
    /// @notice The feed has no round.
    error NoData(bytes32 feedId);
    /// @notice The latest answer is too old.
    error StaleData(bytes32 feedId, uint64 updatedAt, uint64 maxAge);
    /// @notice The feed exists already.
    error FeedExists(bytes32 feedId);
    /// @notice No such feed.
    error FeedUnknown(bytes32 feedId);
    /// @notice `account` reported what it would decide on: another one must.
    error FourEyes(address account);
    /// @notice A setting is out of its domain; `field` is its index.
    error InvalidFeedConfig(uint8 field);
    /// @notice The round is not kept, or never was.
    error RoundNotAvailable(uint80 roundId);
    /// @notice The observations make no round; `code` says why.
    error SubmissionInvalid(uint8 code);

    /// @notice Creates a feed and its facade.
    function createFeed(bytes32 feedId, FeedConfig calldata config, address[] calldata reporters) external returns (address facade);
    /// @notice Changes a feed.
    function updateFeed(bytes32 feedId, FeedConfig calldata config) external;
    /// @notice Sets the reporters and the quorum.
    function setReporters(bytes32 feedId, address[] calldata reporters, uint8 quorum) external;
    /// @notice Pauses a feed.
    function setFeedPaused(bytes32 feedId, bool paused) external;
    /// @notice Accepts or drops a held round.
    function resolveHeld(bytes32 feedId, bool accept) external;
    /// @notice Submits signed observations.
    function submit(bytes32 feedId, Observation[] calldata observations) external returns (uint80 roundId);
    /// @notice Submits for up to 50 feeds.
    function submitBatch(Submission[] calldata items, bool atomic) external returns (uint8[] memory codes);
    /// @notice Submits as the only reporter needed.
    function submitDirect(bytes32 feedId, int256 value, uint64 observedAt, bytes32 evidence) external returns (uint80 roundId);
    /// @notice The latest round, fresh or not.
    function latestRound(bytes32 feedId) external view returns (Round memory);
    /// @notice A round of the ring.
    function roundAt(bytes32 feedId, uint80 roundId) external view returns (Round memory);
    /// @notice Rounds, newest first, at most 100.
    function rounds(bytes32 feedId, uint256 back, uint256 limit) external view returns (Round[] memory);
    /// @notice The latest answer; reverts unless the feed is healthy.
    function readFresh(bytes32 feedId) external view returns (int256 answer, uint64 updatedAt, uint8 decimals);
    /// @notice As `readFresh`, not older than `maxAge` seconds.
    function readFreshWithin(bytes32 feedId, uint64 maxAge) external view returns (int256 answer, uint64 updatedAt, uint8 decimals);
    /// @notice 0 ok, 1 no data, 2 stale, 3 paused, 4 held, 5 unknown.
    function health(bytes32 feedId) external view returns (uint8 code);
    /// @notice Time-weighted answer of a window in seconds.
    function twap(bytes32 feedId, uint64 window) external view returns (int256 answer, uint8 samples);
    /// @notice Configuration and state of a feed.
    function feedConfig(bytes32 feedId)
        external
        view
        returns (FeedConfig memory config, bool paused, bool held, uint16 phase, uint8 reporterCount);
    /// @notice Reporters of a feed.
    function reportersOf(bytes32 feedId) external view returns (address[] memory);
    /// @notice Number of feeds.
    function feedCount() external view returns (uint256);
    /// @notice Feeds, oldest first.
    function feeds(uint256 offset, uint256 limit) external view returns (bytes32[] memory);
    /// @notice AggregatorV3 facade of a feed.
    function facadeOf(bytes32 feedId) external view returns (address);
    /// @notice Feed of a facade.
    function feedOfFacade(address facade) external view returns (bytes32);
    /// @notice What a reporter signs.
    function observationDigest(bytes32 feedId, int256 value, uint64 observedAt, bytes32 evidence) external view returns (bytes32);
    /// @notice EIP-712 domain of the oracle.
    function domainSeparator() external view returns (bytes32);
}
