// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {PairPolicy} from "../amm/AmmTypes.sol";
import {PermissionedAMM} from "../amm/PermissionedAMM.sol";
import {PermissionedPair} from "../amm/PermissionedPair.sol";
import {Oracle} from "../common/Oracle.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {StrategyBase} from "./StrategyBase.sol";

/// @title PairStrategy
/// @notice A strategy that trades the listed token of one pair against the vault's asset and values it at its net asset value, never at the spot
/// price.
abstract contract PairStrategy is StrategyBase {
    using SafeERC20 for IERC20;

    /// @notice The exchange.
    PermissionedAMM public immutable amm;
    /// @notice The pair, of `asset` and `listed`.
    PermissionedPair public immutable pair;
    /// @notice The token whose net asset value prices the pair.
    address public immutable listed;

    uint256 private immutable _listedUnit;
    uint256 private immutable _assetUnit;

    /// @notice Binds the strategy to a pair whose policy has a feed of the net asset value.
    constructor(address vault_, PermissionedAMM amm_, PermissionedPair pair_) StrategyBase(vault_, _otherToken(amm_, pair_)) {
        if (amm_.policyOf(address(pair_)).navFeedId == 0) revert RwaErrors.InvalidParameter("navFeedId");
        (amm, pair) = (amm_, pair_);
        listed = amm_.listedToken(address(pair_));
        _listedUnit = 10 ** IERC20Metadata(listed).decimals();
        _assetUnit = 10 ** IERC20Metadata(asset).decimals();
        IERC20(asset).forceApprove(address(amm_), type(uint256).max);
        IERC20(listed).forceApprove(address(amm_), type(uint256).max);
    }

    function _buy(uint256 assetsIn, uint256 minOut) internal returns (uint256) {
        return amm.exactInputSingle(asset, listed, pair.fee(), address(this), block.timestamp, assetsIn, minOut);
    }

    function _sell(uint256 listedIn, uint256 minOut) internal returns (uint256) {
        return amm.exactInputSingle(listed, asset, pair.fee(), address(this), block.timestamp, listedIn, minOut);
    }

    /// @dev Fresh price of a whole listed token in the asset's currency, 18 decimals.
    function _price() internal view returns (uint256 price) {
        PairPolicy memory policy = amm.policyOf(address(pair));
        (price, ) = Oracle.price18(policy.navFeedId);
        if (policy.fxFeedId != 0) {
            (uint256 rate, ) = Oracle.price18(policy.fxFeedId);
            price = Math.mulDiv(price, rate, 1e18);
        }
    }

    function _inAsset(uint256 amount, uint256 price) internal view returns (uint256) {
        return Math.mulDiv(amount * _assetUnit, price, _listedUnit * 1e18);
    }

    function _otherToken(PermissionedAMM amm_, PermissionedPair pair_) private view returns (address) {
        address token0 = pair_.token0();
        return amm_.listedToken(address(pair_)) == token0 ? pair_.token1() : token0;
    }
}
