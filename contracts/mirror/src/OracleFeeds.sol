// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Phase} from "./Module.sol";
import {Feed, FeedConfig, OracleStorage} from "./OracleStorage.sol";
import {OracleSubmissions} from "./OracleSubmissions.sol";

/// Feeds and their reporters (section 6.3).
abstract contract OracleFeeds is OracleSubmissions {
    function checkConfig(FeedConfig memory c) internal pure {
        if (c.kind == 0 || c.kind > 8) revert InvalidFeedConfig(0);
        if (c.decimals > 18) revert InvalidFeedConfig(1);
    }

    function checkRest(FeedConfig memory c) internal pure {
        if (c.ringLog2 < 4 || c.ringLog2 > 12) revert InvalidFeedConfig(3);
        if (c.staleAfter < c.heartbeat) revert InvalidFeedConfig(5);
        if (c.reportWindow < 60 || c.reportWindow > c.staleAfter) revert InvalidFeedConfig(6);
        bool mayBeLow = c.kind == 3 || c.kind == 5 || c.kind == 7 || c.kind == 8;
        if (c.minAnswer <= 0 && !mayBeLow) revert InvalidFeedConfig(10);
        if (c.minAnswer > c.maxAnswer) revert InvalidFeedConfig(11);
    }

    function checkQuorum(uint256 quorum, uint256 reporters) internal pure {
        if (quorum > reporters || reporters >= 2 * quorum) revert InvalidFeedConfig(2);
    }

    function checkReporters(address[] memory reporters) internal pure {
        for (uint256 i = 0; i < reporters.length; i++) {
            if (reporters[i] == address(0)) revert InvalidFeedConfig(13);
            for (uint256 k = 0; k < i; k++) {
                if (reporters[k] == reporters[i]) revert InvalidFeedConfig(13);
            }
        }
    }

    function checkReporterCount(uint256 count) internal pure {
        if (count == 0 || count > MAX_REPORTERS) revert InvalidFeedConfig(13);
    }

    function create(bytes32 id, FeedConfig memory c, address[] memory reporters) internal returns (address facade) {
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

    function setConfig(Feed storage f, FeedConfig memory c) internal {
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

    function writeReporters(Feed storage f, address[] memory reporters) internal {
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

    function update(bytes32 id, FeedConfig memory c) internal {
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

    function setReporters(bytes32 id, address[] memory reporters, uint8 quorum) internal {
        checkReporterCount(reporters.length);
        checkReporters(reporters);
        checkQuorum(quorum, reporters.length);
        Feed storage f = find(id);
        Phase.effects();
        f.quorum = quorum;
        writeReporters(f, reporters);
        emit ReportersSet(id, reporters, quorum, msg.sender);
    }
}
