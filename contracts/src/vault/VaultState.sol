// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {RedeemRequestData} from "./VaultTypes.sol";

/// @title VaultState
/// @notice Books of a vault. `recorded` is what the vault was worth at the last report, moved by deposits and withdrawals since; a gain above it
/// counts only once reported, and then over 24 hours; a loss below it counts at once, after profit that is not released yet.
library VaultState {
    struct Strategy {
        uint256 cap;
        bool active;
    }

    /// @custom:storage-location erc7201:defactor.Vault.v1
    struct Data {
        address asset;
        address feeRecipient;
        uint16 managementBps;
        uint16 performanceBps;
        uint48 reportedAt;
        uint48 releaseStart;
        uint48 releaseEnd;
        uint256 depositCap;
        uint256 idle;
        uint256 recorded;
        uint256 locked;
        uint256 feesDue;
        uint256 reserved;
        uint256 highWaterMark;
        address[] strategyList;
        mapping(address strategy => Strategy) strategies;
        uint256 requestCount;
        uint256 processedCount;
        mapping(uint256 requestId => RedeemRequestData) requests;
        mapping(address controller => uint256[]) requestsOf;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.Vault.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant VAULT_STORAGE = 0xdd4fe3c376a734e29891c957913eef38d500811bc80d96b3d1a3864e02034b00;

    /// @notice Idle assets and the live value of all strategies; reverts if one cannot tell its value.
    function gross(Data storage $) internal view returns (uint256 total) {
        total = $.idle;
        for (uint256 i = 0; i < $.strategyList.length; ++i) total += IStrategy($.strategyList[i]).totalValue();
    }

    /// @notice Profit that is not released yet.
    function lockedNow(Data storage $) internal view returns (uint256) {
        if (block.timestamp >= $.releaseEnd) return 0;
        return Math.mulDiv($.locked, $.releaseEnd - block.timestamp, $.releaseEnd - $.releaseStart);
    }

    /// @notice What the shares stand for, given the live value.
    function netOf(Data storage $, uint256 live) internal view returns (uint256) {
        uint256 recorded = $.recorded;
        uint256 unreleased = lockedNow($);
        if (live < recorded) {
            unreleased -= Math.min(unreleased, recorded - live);
            recorded = live;
        }
        uint256 liabilities = unreleased + $.feesDue;
        return recorded > liabilities ? recorded - liabilities : 0;
    }

    /// @notice The vault's books.
    function load() internal pure returns (Data storage $) {
        assembly {
            $.slot := VAULT_STORAGE
        }
    }
}
