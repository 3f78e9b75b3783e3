// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IPositions} from "../interfaces/IPositions.sol";
import {Assets} from "./Assets.sol";
import {RwaErrors} from "./RwaErrors.sol";

/// @title OwedLedger
/// @notice Payouts that never block somebody else's action: what cannot be delivered is kept and pulled later.
abstract contract OwedLedger is IPositions, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @custom:storage-location erc7201:defactor.OwedLedger.v1
    struct OwedStorage {
        mapping(address asset => mapping(address account => uint256)) owed;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.OwedLedger.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant OWED_STORAGE = 0x3e8e0c9ccfa768858fdcec1a3f1936782cb0ba7502d26f697e6cf54e4df82e00;

    /// @inheritdoc IPositions
    function owed(address asset, address account) public view returns (uint256) {
        return _owedStorage().owed[asset][account];
    }

    /// @inheritdoc IPositions
    function withdrawOwed(address asset) public virtual nonReentrant returns (uint256 amount) {
        OwedStorage storage $ = _owedStorage();
        amount = $.owed[asset][msg.sender];
        if (amount == 0) revert RwaErrors.ZeroAmount();
        $.owed[asset][msg.sender] = 0;
        Assets.push(asset, msg.sender, amount);
    }

    /// @notice Tries to pay `to`; what cannot be delivered is credited to `owed`. Returns whether it was delivered.
    function _payOrOwe(address asset, address to, uint256 amount) internal returns (bool isPaid) {
        isPaid = amount == 0 || IERC20(asset).trySafeTransfer(to, amount);
        if (!isPaid) _owe(asset, to, amount);
    }

    /// @notice Credits `amount` to `owed`.
    function _owe(address asset, address to, uint256 amount) internal {
        if (amount == 0) return;
        _owedStorage().owed[asset][to] += amount;
        emit Owed(asset, to, amount);
    }

    /// @notice Moves what is owed in `asset` from a recovered wallet to its replacement.
    function _migrateOwed(address asset, address lost, address replacement) internal {
        OwedStorage storage $ = _owedStorage();
        uint256 amount = $.owed[asset][lost];
        if (amount == 0) return;
        $.owed[asset][lost] = 0;
        $.owed[asset][replacement] += amount;
        emit Owed(asset, replacement, amount);
    }

    function _owedStorage() private pure returns (OwedStorage storage $) {
        assembly {
            $.slot := OWED_STORAGE
        }
    }
}
