// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {PairPolicy} from "../amm/AmmTypes.sol";
import {PermissionedAMM} from "../amm/PermissionedAMM.sol";
import {PermissionedPair} from "../amm/PermissionedPair.sol";
import {Assets} from "../common/Assets.sol";
import {Oracle} from "../common/Oracle.sol";
import {Roles} from "../common/Roles.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";

/// @title LiquidityStrategy
/// @notice Provides a vault's assets as liquidity of one pair. Liquidity is worth what its reserves would be at the net asset value of the listed
/// token, 2·√(r0·r1·p) over the shares, so that a trade that moves the spot price moves nothing here.
contract LiquidityStrategy is IStrategy, ERC165 {
    using SafeERC20 for IERC20;

    /// @notice The vault it works for.
    address public immutable vault;
    /// @notice The exchange.
    PermissionedAMM public immutable amm;
    /// @notice The pair, of `asset` and `listed`.
    PermissionedPair public immutable pair;
    /// @inheritdoc IStrategy
    address public immutable asset;
    /// @notice The token whose net asset value prices the pair.
    address public immutable listed;
    /// @notice Value after the last movement or harvest, in asset units.
    uint256 public recordedValue;

    uint256 private immutable _listedUnit;
    uint256 private immutable _assetUnit;

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

    /// @notice Binds the strategy to its vault and to a pair whose policy has a feed of the net asset value.
    constructor(address vault_, PermissionedAMM amm_, PermissionedPair pair_) {
        if (vault_ == address(0)) revert RwaErrors.ZeroAddress();
        if (amm_.policyOf(address(pair_)).navFeedId == 0) revert RwaErrors.InvalidParameter("navFeedId");
        (vault, amm, pair) = (vault_, amm_, pair_);
        listed = amm_.listedToken(address(pair_));
        asset = listed == pair_.token0() ? pair_.token1() : pair_.token0();
        _listedUnit = 10 ** IERC20Metadata(listed).decimals();
        _assetUnit = 10 ** IERC20Metadata(asset).decimals();
        IERC20(asset).forceApprove(address(amm_), type(uint256).max);
        IERC20(listed).forceApprove(address(amm_), type(uint256).max);
    }

    /// @inheritdoc IStrategy
    function deposit(uint256 assets) external onlyVault {
        Assets.pull(asset, vault, assets);
        recordedValue += assets;
    }

    /// @notice Sends back what is not provided as liquidity; the operator divests before.
    function withdraw(uint256 assets) external onlyVault returns (uint256 sent) {
        sent = Math.min(assets, IERC20(asset).balanceOf(address(this)));
        recordedValue = sent < recordedValue ? recordedValue - sent : 0;
        Assets.push(asset, vault, sent);
    }

    /// @notice Swaps `assetsIn` to the listed token and adds all that fits as liquidity: the vault's operator.
    function invest(uint256 assetsIn, uint256 minOut, uint256 minLp) external onlyOperator returns (uint256 lp) {
        if (assetsIn != 0) amm.exactInputSingle(asset, listed, pair.fee(), address(this), block.timestamp, assetsIn, minOut);
        uint256 assetAmount = IERC20(asset).balanceOf(address(this));
        uint256 listedAmount = IERC20(listed).balanceOf(address(this));
        (uint256 amount0, uint256 amount1) = listed < asset ? (listedAmount, assetAmount) : (assetAmount, listedAmount);
        return amm.addLiquidity(address(pair), amount0, amount1, minLp, address(this), block.timestamp);
    }

    /// @notice Takes liquidity out and swaps `listedIn` of the listed token back: the vault's operator.
    function divest(uint256 lp, uint256 min0, uint256 min1, uint256 listedIn, uint256 minOut) external onlyOperator {
        if (lp != 0) amm.removeLiquidity(address(pair), lp, min0, min1, address(this), block.timestamp);
        if (listedIn != 0) amm.exactInputSingle(listed, asset, pair.fee(), address(this), block.timestamp, listedIn, minOut);
    }

    /// @inheritdoc IStrategy
    function harvest() external onlyVault returns (int256 pnl) {
        uint256 value = totalValue();
        pnl = int256(value) - int256(recordedValue);
        recordedValue = value;
    }

    /// @inheritdoc IStrategy
    function totalValue() public view returns (uint256) {
        uint256 price = _price();
        uint256 value = IERC20(asset).balanceOf(address(this)) + _inAsset(IERC20(listed).balanceOf(address(this)), price);
        uint256 lp = pair.balanceOf(address(this));
        if (lp == 0) return value;
        (uint112 reserve0, uint112 reserve1, ) = pair.reserves();
        (uint256 listedReserve, uint256 assetReserve) = listed < asset ? (reserve0, reserve1) : (reserve1, reserve0);
        return value + Math.mulDiv(2 * Math.sqrt(_inAsset(listedReserve, price) * assetReserve), lp, pair.totalSupply());
    }

    /// @inheritdoc ERC165
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IStrategy).interfaceId || super.supportsInterface(interfaceId);
    }

    /// @dev Fresh price of a whole listed token in the asset's currency, 18 decimals.
    function _price() private view returns (uint256 price) {
        PairPolicy memory policy = amm.policyOf(address(pair));
        (price, ) = Oracle.price18(policy.navFeedId);
        if (policy.fxFeedId != 0) {
            (uint256 rate, ) = Oracle.price18(policy.fxFeedId);
            price = Math.mulDiv(price, rate, 1e18);
        }
    }

    function _inAsset(uint256 amount, uint256 price) private view returns (uint256) {
        return Math.mulDiv(amount * _assetUnit, price, _listedUnit * 1e18);
    }
}
