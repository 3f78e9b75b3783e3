// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {Assets} from "../common/Assets.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {LendingPool} from "../lending/LendingPool.sol";

/// @title LendingStrategy
/// @notice Supplies a vault's assets to the lending pool. It belongs to one vault, holds nothing but pool shares, and is registered as a
/// protocol contract like any venue.
contract LendingStrategy is IStrategy, ERC165 {
    using SafeERC20 for IERC20;

    /// @notice The vault it works for.
    address public immutable vault;
    /// @notice The pool it supplies.
    LendingPool public immutable pool;
    /// @inheritdoc IStrategy
    address public immutable asset;
    /// @notice Value after the last movement or harvest, in asset units.
    uint256 public recordedValue;

    /// @notice Only the vault moves assets.
    error VaultOnly();

    modifier onlyVault() {
        if (msg.sender != vault) revert VaultOnly();
        _;
    }

    /// @notice Binds the strategy to its vault and pool.
    constructor(address vault_, LendingPool pool_) {
        if (vault_ == address(0)) revert RwaErrors.ZeroAddress();
        (vault, pool, asset) = (vault_, pool_, pool_.asset());
    }

    /// @inheritdoc IStrategy
    function deposit(uint256 assets) external onlyVault {
        Assets.pull(asset, vault, assets);
        IERC20(asset).forceApprove(address(pool), assets);
        pool.supply(assets, address(this));
        recordedValue += assets;
    }

    /// @inheritdoc IStrategy
    function withdraw(uint256 assets) external onlyVault returns (uint256) {
        pool.withdraw(assets, vault);
        recordedValue = assets < recordedValue ? recordedValue - assets : 0;
        return assets;
    }

    /// @inheritdoc IStrategy
    function harvest() external onlyVault returns (int256 pnl) {
        uint256 value = totalValue();
        pnl = int256(value) - int256(recordedValue);
        recordedValue = value;
    }

    /// @inheritdoc IStrategy
    function totalValue() public view returns (uint256) {
        return pool.convertToAssets(pool.balanceOf(address(this)));
    }

    /// @inheritdoc ERC165
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IStrategy).interfaceId || super.supportsInterface(interfaceId);
    }
}
