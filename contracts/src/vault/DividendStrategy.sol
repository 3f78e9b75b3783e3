// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PermissionedAMM} from "../amm/PermissionedAMM.sol";
import {PermissionedPair} from "../amm/PermissionedPair.sol";
import {Assets} from "../common/Assets.sol";
import {PermissionedToken} from "../token/PermissionedToken.sol";
import {DividendHolder} from "./DividendHolder.sol";
import {PairStrategy} from "./PairStrategy.sol";
import {StrategyBase} from "./StrategyBase.sol";

/// @title DividendStrategy
/// @notice Holds the listed token of a pair for its dividends. The operator buys and sells in the pair; the token counts at its net asset value.
contract DividendStrategy is PairStrategy, DividendHolder {
    /// @notice Binds the strategy to its vault and to a pair whose policy has a feed of the net asset value.
    constructor(address vault_, PermissionedAMM amm_, PermissionedPair pair_)
        PairStrategy(vault_, amm_, pair_)
        DividendHolder(PermissionedToken(amm_.listedToken(address(pair_))))
    {}

    /// @notice Buys the token for `assetsIn`: the vault's operator.
    function buy(uint256 assetsIn, uint256 minOut) external onlyOperator returns (uint256) {
        return _buy(assetsIn, minOut);
    }

    /// @notice Sells `amount` of the token: the vault's operator.
    function sell(uint256 amount, uint256 minOut) external onlyOperator returns (uint256) {
        return _sell(amount, minOut);
    }

    /// @inheritdoc StrategyBase
    function totalValue() public view override returns (uint256) {
        uint256 held = token.balanceOf(address(this));
        return Assets.balance(asset) + pending() + (held == 0 ? 0 : _inAsset(held, _price()));
    }

    function _collect() internal override(StrategyBase, DividendHolder) {
        super._collect();
    }
}
