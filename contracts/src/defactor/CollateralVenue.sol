// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Assets} from "../common/Assets.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {IDividendVenue} from "../interfaces/IDividendVenue.sol";
import {EligiblePayouts} from "./EligiblePayouts.sol";

/// @title CollateralVenue
/// @notice Books whose ERC-20 collateral a contract holds, at every moment of the past, so that dividends of a pledged token reach who pledged it.
/// What is owed but not yet delivered stays booked.
abstract contract CollateralVenue is EligiblePayouts, IDividendVenue {
    using Checkpoints for Checkpoints.Trace208;

    /// @custom:storage-location erc7201:defactor.CollateralVenue.v1
    struct VenueStorage {
        mapping(address token => mapping(address account => Checkpoints.Trace208)) held;
        mapping(address token => Checkpoints.Trace208) total;
        mapping(address token => mapping(address account => uint256)) undelivered;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.CollateralVenue.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant VENUE_STORAGE = 0xae170a2e9e80e1ac621729b20f29b89ff6e6467df49f8ef76d99cbc5017bf300;

    /// @inheritdoc IDividendVenue
    function shareAt(address token, address holder, uint48 timepoint) external view returns (uint256 part, uint256 whole) {
        if (timepoint >= block.timestamp) revert RwaErrors.InvalidParameter("timepoint");
        VenueStorage storage $ = _venue();
        return ($.held[token][holder].upperLookupRecent(timepoint), $.total[token].upperLookupRecent(timepoint));
    }

    /// @inheritdoc EligiblePayouts
    function withdrawOwed(address asset) public override returns (uint256 amount) {
        VenueStorage storage $ = _venue();
        uint256 collateral = $.undelivered[asset][msg.sender];
        if (collateral != 0) {
            $.undelivered[asset][msg.sender] = 0;
            _book(asset, msg.sender, 0, collateral);
        }
        return super.withdrawOwed(asset);
    }

    /// @dev Takes collateral from the caller.
    function _takeCollateral(address token, uint256 amount) internal {
        Assets.pull(token, msg.sender, amount);
        _book(token, msg.sender, amount, 0);
    }

    /// @dev Gives collateral back to its owner, or keeps it as owed.
    function _returnCollateral(address token, address account, uint256 amount) internal {
        if (_payEligible(token, account, amount)) _book(token, account, 0, amount);
        else _venue().undelivered[token][account] += amount;
    }

    /// @dev Gives an account's collateral to the caller, who seized it.
    function _seizeCollateral(address token, address from, uint256 amount) internal {
        _book(token, from, 0, amount);
        Assets.push(token, msg.sender, amount);
    }

    /// @dev Pays out collateral that is booked to this contract itself.
    function _payProtocolCollateral(address token, address to, uint256 amount) internal {
        _book(token, address(this), 0, amount);
        Assets.push(token, to, amount);
    }

    /// @dev Books collateral to another account; nothing is delivered.
    function _rebookCollateral(address token, address from, address to, uint256 amount) internal {
        _book(token, from, 0, amount);
        _book(token, to, amount, 0);
    }

    /// @dev Moves what is owed in an asset, and its booking as collateral, to a replacement wallet.
    function _migrateOwedCollateral(address asset, address lost, address replacement) internal {
        VenueStorage storage $ = _venue();
        uint256 collateral = $.undelivered[asset][lost];
        if (collateral != 0) {
            $.undelivered[asset][lost] = 0;
            $.undelivered[asset][replacement] += collateral;
            _rebookCollateral(asset, lost, replacement, collateral);
        }
        _migrateOwed(asset, lost, replacement);
    }

    /// @dev Changes what is booked to an account, and the total, by units added and removed.
    function _book(address token, address account, uint256 added, uint256 removed) private {
        VenueStorage storage $ = _venue();
        _change($.held[token][account], added, removed);
        _change($.total[token], added, removed);
    }

    function _change(Checkpoints.Trace208 storage trace, uint256 added, uint256 removed) private {
        trace.push(uint48(block.timestamp), SafeCast.toUint208(trace.latest() + added - removed));
    }

    function _venue() private pure returns (VenueStorage storage $) {
        assembly {
            $.slot := VENUE_STORAGE
        }
    }
}
