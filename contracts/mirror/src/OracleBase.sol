// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AllowList} from "./Module.sol";
import {Feed, OracleStorage, RoundRecord} from "./OracleStorage.sol";

/// Errors, events and slots of the oracle.
abstract contract OracleBase is AllowList {
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

    uint8 internal constant HELD = 12;
    uint256 internal constant MAX_REPORTERS = 31;
    bytes32 internal constant FACADE_SALT = 0x4a6142fdc34b4a5052ff5b4826cd171f2c52b2566ec09a96455e909c24e42f0c;
    bytes32 internal constant OBSERVATION = 0xbf58ba08552b6a4f6ea51d91fa57beb453a364dcef24dee265633e6d36932079;

    function db() internal pure returns (OracleStorage storage $) {
        assembly {
            $.slot := 0x0390f3dacb900b8faf017d402974e00c82c529a2631798be13e227b1b53ec800
        }
    }

    function module() internal pure override returns (address) {
        return ORACLE;
    }

    function find(bytes32 id) internal view returns (Feed storage f) {
        f = db().feeds[id];
        if (f.kind == 0) revert FeedUnknown(id);
    }

    function last(Feed storage f) internal view returns (RoundRecord storage) {
        return f.ring[f.seq % (1 << f.ringLog2)];
    }

    function idOf(Feed storage f, uint64 seq) internal view returns (uint80) {
        return (uint80(f.phase) << 64) | seq;
    }

    function facadeOf(bytes32 id) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), ORACLE, id, FACADE_SALT)))));
    }
}
