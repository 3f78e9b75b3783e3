// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {LendingPool} from "../lending/LendingPool.sol";
import {StrategyBase} from "./StrategyBase.sol";

/// @title LendingStrategy
/// @notice Supplies a vault's assets to the lending pool; holds nothing but pool shares.
contract LendingStrategy is StrategyBase {
    using SafeERC20 for IERC20;

    /// @notice The pool it supplies.
    LendingPool public immutable pool;

    /// @notice Binds the strategy to its vault and pool.
    constructor(address vault_, LendingPool pool_) StrategyBase(vault_, pool_.asset()) {
        pool = pool_;
    }

    /// @inheritdoc StrategyBase
    function totalValue() public view override returns (uint256) {
        return pool.convertToAssets(pool.balanceOf(address(this)));
    }

    function _invest(uint256 assets) internal override {
        IERC20(asset).forceApprove(address(pool), assets);
        pool.supply(assets, address(this));
    }

    function _divest(uint256 assets) internal override {
        pool.withdraw(assets, address(this));
    }
}
