// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Assets} from "../common/Assets.sol";
import {Roles} from "../common/Roles.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";

/// @title StrategyBase
/// @notice What every strategy shares: it works for one vault, alone moves assets at its call, and is registered as a protocol contract like any
/// venue.
abstract contract StrategyBase is IStrategy, ERC165 {
    /// @notice The vault it works for.
    address public immutable vault;
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

    modifier onlyOperator() {
        if (!IAccessControl(vault).hasRole(Roles.OPERATOR, msg.sender)) {
            revert IAccessControl.AccessControlUnauthorizedAccount(msg.sender, Roles.OPERATOR);
        }
        _;
    }

    /// @notice Binds the strategy to its vault.
    constructor(address vault_, address asset_) {
        if (vault_ == address(0)) revert RwaErrors.ZeroAddress();
        (vault, asset) = (vault_, asset_);
    }

    /// @inheritdoc IStrategy
    function deposit(uint256 assets) external onlyVault {
        Assets.pull(asset, vault, assets);
        recordedValue += assets;
        _invest(assets);
    }

    /// @inheritdoc IStrategy
    function withdraw(uint256 assets) external onlyVault returns (uint256 sent) {
        _divest(assets);
        sent = Math.min(assets, Assets.balance(asset));
        recordedValue -= Math.min(sent, recordedValue);
        Assets.push(asset, vault, sent);
    }

    /// @inheritdoc IStrategy
    function harvest() external onlyVault returns (int256 pnl) {
        _collect();
        uint256 value = totalValue();
        pnl = int256(value) - int256(recordedValue);
        recordedValue = value;
    }

    /// @inheritdoc IStrategy
    function totalValue() public view virtual returns (uint256);

    /// @inheritdoc ERC165
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IStrategy).interfaceId || super.supportsInterface(interfaceId);
    }

    /// @dev Puts assets that have arrived to work, or leaves them for the operator.
    function _invest(uint256 assets) internal virtual {}

    /// @dev Frees up to `assets` where that needs no operator.
    function _divest(uint256 assets) internal virtual {}

    /// @dev Collects income.
    function _collect() internal virtual {}
}
