// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IPositions} from "../interfaces/IPositions.sol";
import {Assets} from "./Assets.sol";
import {RwaErrors} from "./RwaErrors.sol";

/// @title Owed
/// @notice Payouts that never block somebody else's action: what cannot be delivered is kept and pulled later.
library Owed {
    using SafeERC20 for IERC20;

    /// @custom:storage-location erc7201:defactor.OwedLedger.v1
    struct OwedStorage {
        mapping(address asset => mapping(address account => uint256)) owed;
        mapping(address asset => uint256) total;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.OwedLedger.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant OWED_STORAGE = 0x3e8e0c9ccfa768858fdcec1a3f1936782cb0ba7502d26f697e6cf54e4df82e00;

    /// @notice Amount of `asset` kept for `account`.
    function amountOf(address asset, address account) internal view returns (uint256) {
        return _load().owed[asset][account];
    }

    /// @notice Amount of `asset` kept for all accounts.
    function total(address asset) internal view returns (uint256) {
        return _load().total[asset];
    }

    /// @notice Tries to pay `to`; what cannot be delivered is credited. Returns whether it was delivered.
    function payOrOwe(address asset, address to, uint256 amount) internal returns (bool isPaid) {
        isPaid = amount == 0 || IERC20(asset).trySafeTransfer(to, amount);
        if (!isPaid) credit(asset, to, amount);
    }

    /// @notice Keeps `amount` for `account`.
    function credit(address asset, address account, uint256 amount) internal {
        OwedStorage storage $ = _load();
        $.owed[asset][account] += amount;
        $.total[asset] += amount;
        emit IPositions.Owed(asset, account, amount);
    }

    /// @notice Pays the caller what is kept for it.
    function withdraw(address asset) internal returns (uint256 amount) {
        OwedStorage storage $ = _load();
        amount = $.owed[asset][msg.sender];
        if (amount == 0) revert RwaErrors.ZeroAmount();
        $.owed[asset][msg.sender] = 0;
        $.total[asset] -= amount;
        Assets.push(asset, msg.sender, amount);
    }

    /// @notice Moves what is kept in `asset` from a recovered wallet to its replacement.
    function migrate(address asset, address lost, address replacement) internal {
        OwedStorage storage $ = _load();
        uint256 amount = $.owed[asset][lost];
        if (amount == 0) return;
        $.owed[asset][lost] = 0;
        $.total[asset] -= amount;
        credit(asset, replacement, amount);
    }

    function _load() private pure returns (OwedStorage storage $) {
        assembly {
            $.slot := OWED_STORAGE
        }
    }
}
