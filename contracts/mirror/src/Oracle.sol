// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Phase} from "./Module.sol";
import {Feed, FeedConfig, Observation, Submission} from "./OracleStorage.sol";
import {OracleViews} from "./OracleViews.sol";

/// The oracle: dispatch.
contract OracleMirror is OracleViews {
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

    function write(bytes4 s, bytes calldata a) internal returns (bytes memory) {
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
    function sizeOf(Observation[] memory observations) internal pure returns (uint256 size) {
        for (uint256 i = 0; i < observations.length; i++) size += 6 * 32 + observations[i].signature.length;
    }

    function requireManager() internal view {
        uint256 role = roleOf(msg.sender);
        if (role != 2 && role != 3) revert Unauthorized(msg.sender, MANAGER);
    }
}
