// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {PermissionedAMM} from "../amm/PermissionedAMM.sol";
import {PermissionedPair} from "../amm/PermissionedPair.sol";
import {Assets} from "../common/Assets.sol";
import {PairStrategy} from "./PairStrategy.sol";
import {StrategyBase} from "./StrategyBase.sol";

/// @title LiquidityStrategy
/// @notice Provides a vault's assets as liquidity of one pair. Liquidity is worth what its reserves would be at the net asset value of the listed
/// token, 2·√(r0·r1·p) over the shares, so that a trade that moves the spot price moves nothing here. It sends back what is not provided as
/// liquidity; the operator divests before.
contract LiquidityStrategy is PairStrategy {
    /// @notice Binds the strategy to its vault and to a pair whose policy has a feed of the net asset value.
    constructor(address vault_, PermissionedAMM amm_, PermissionedPair pair_) PairStrategy(vault_, amm_, pair_) {}

    /// @notice Swaps `assetsIn` to the listed token and adds all that fits as liquidity: the vault's operator.
    function invest(uint256 assetsIn, uint256 minOut, uint256 minLp) external onlyOperator returns (uint256 lp) {
        if (assetsIn != 0) _buy(assetsIn, minOut);
        uint256 assetAmount = Assets.balance(asset);
        uint256 listedAmount = IERC20(listed).balanceOf(address(this));
        (uint256 amount0, uint256 amount1) = listed < asset ? (listedAmount, assetAmount) : (assetAmount, listedAmount);
        return amm.addLiquidity(address(pair), amount0, amount1, minLp, address(this), block.timestamp);
    }

    /// @notice Takes liquidity out and swaps `listedIn` of the listed token back: the vault's operator.
    function divest(uint256 lp, uint256 min0, uint256 min1, uint256 listedIn, uint256 minOut) external onlyOperator {
        if (lp != 0) amm.removeLiquidity(address(pair), lp, min0, min1, address(this), block.timestamp);
        if (listedIn != 0) _sell(listedIn, minOut);
    }

    /// @inheritdoc StrategyBase
    function totalValue() public view override returns (uint256) {
        uint256 value = Assets.balance(asset);
        uint256 held = IERC20(listed).balanceOf(address(this));
        uint256 lp = pair.balanceOf(address(this));
        if (held == 0 && lp == 0) return value;
        uint256 price = _price();
        value += _inAsset(held, price);
        if (lp == 0) return value;
        (uint112 reserve0, uint112 reserve1, ) = pair.reserves();
        (uint256 listedReserve, uint256 assetReserve) = listed < asset ? (reserve0, reserve1) : (reserve1, reserve0);
        return value + Math.mulDiv(2 * Math.sqrt(_inAsset(listedReserve, price) * assetReserve), lp, pair.totalSupply());
    }
}
