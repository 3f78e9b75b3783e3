// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {OwedLedger} from "../common/OwedLedger.sol";
import {DealParams, Tranche} from "./TrancheTypes.sol";

/// @title TrancheBase
/// @notice State and questions that the parts of a deal share.
abstract contract TrancheBase is AccessControlUpgradeable, OwedLedger {
    struct Loss {
        uint256 amount;
        bytes32 docHash;
        address proposer;
        uint48 proposedAt;
    }

    /// @custom:storage-location erc7201:defactor.TrancheDeal.v1
    struct DealStorage {
        DealParams params;
        Tranche[] tranches;
        uint8 status;
        uint48 periodEnd;
        uint48 arrearsSince;
        bool ocBreached;
        bool icBreached;
        uint8 assetDecimals;
        uint256 escrow;
        uint256 cash;
        uint256 reserve;
        uint256 period;
        uint256 lossCount;
        bytes32 lastReport;
        mapping(bytes32 lossId => Loss) proposedLosses;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.TrancheDeal.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant DEAL_STORAGE = 0x85c5e5ca88b4ec910a9ddf60da66b2d24a7f79f423882954f33f69b0be903100;

    uint8 internal constant FUNDING = 1;
    uint8 internal constant ACTIVE = 2;
    uint8 internal constant AMORTISING = 3;
    uint8 internal constant MATURED = 4;
    uint8 internal constant DEFAULTED = 5;
    uint8 internal constant CANCELLED = 6;
    uint256 internal constant BPS = 10_000;

    /// @notice The deal moved to another status.
    event DealStatusSet(uint8 oldStatus, uint8 newStatus);

    /// @notice The action does not fit this status.
    error WrongStatus(uint8 status);

    /// @notice Moves the deal to another status.
    function _setStatus(uint8 status) internal {
        DealStorage storage $ = _deal();
        emit DealStatusSet($.status, status);
        $.status = status;
    }

    /// @notice Reverts unless the deal is running: active, amortising or defaulted.
    function _requireRunning() internal view {
        uint8 status = _deal().status;
        if (status != ACTIVE && status != AMORTISING && status != DEFAULTED) revert WrongStatus(status);
    }

    /// @notice Outstanding principal of all tranches.
    function _totalPrincipal() internal view returns (uint256 total) {
        Tranche[] storage tranches = _deal().tranches;
        for (uint256 i = 0; i < tranches.length; ++i) total += tranches[i].principal;
    }

    /// @notice The deal's state.
    function _deal() internal pure returns (DealStorage storage $) {
        assembly {
            $.slot := DEAL_STORAGE
        }
    }
}
