// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {RwaErrors} from "./RwaErrors.sol";

/// @title Assets
/// @notice Movements of ERC-20 assets into a contract, to the unit.
library Assets {
    using SafeERC20 for IERC20;

    /// @notice Pulls `amount` from `from` and reverts unless exactly that arrived (an asset with a transfer fee is refused).
    function pull(address asset, address from, uint256 amount) internal {
        uint256 before = balance(asset);
        IERC20(asset).safeTransferFrom(from, address(this), amount);
        if (balance(asset) - before != amount) revert RwaErrors.TokenTransferAmountIncludedFees();
    }

    /// @notice Sends `amount` to the caller's choice of recipient; a failure reverts.
    function push(address asset, address to, uint256 amount) internal {
        if (amount != 0) IERC20(asset).safeTransfer(to, amount);
    }

    /// @notice Units of `asset` that this contract holds.
    function balance(address asset) internal view returns (uint256) {
        return IERC20(asset).balanceOf(address(this));
    }
}
