// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Assets} from "../common/Assets.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {ERC20CollateralPoolV2} from "../defactor/ERC20CollateralPoolV2.sol";
import {StrategyBase} from "./StrategyBase.sol";

/// @title CollateralPoolStrategy
/// @notice Lends a vault's assets to one pool of ERC20.loans. Each deposit is a position of its own; the oldest is claimed first.
contract CollateralPoolStrategy is StrategyBase {
    using SafeERC20 for IERC20;

    uint256 private constant POSITIONS_MAX = 32;
    uint256 private constant INDEX_SCALE = 1e18;

    /// @notice The contract of the pools.
    ERC20CollateralPoolV2 public immutable pools;
    /// @notice The pool it lends to.
    uint256 public immutable poolId;
    /// @notice Number of the oldest position that is not claimed in full.
    uint256 public firstOpen;

    /// @notice Binds the strategy to its vault and to a pool.
    constructor(address vault_, ERC20CollateralPoolV2 pools_, uint256 poolId_) StrategyBase(vault_, pools_.USDC()) {
        if (poolId_ >= pools_.poolsLength()) revert RwaErrors.InvalidParameter("poolId");
        (pools, poolId) = (pools_, poolId_);
    }

    /// @inheritdoc StrategyBase
    function totalValue() public view override returns (uint256 value) {
        value = Assets.balance(asset);
        uint256 index = _index();
        uint256 count = _count();
        for (uint256 id = firstOpen; id < count; ++id) {
            (uint256 principal, uint256 reward) = _position(id, index);
            value += principal + reward;
        }
    }

    function _invest(uint256 assets) internal override {
        uint256 open = _count() - firstOpen;
        if (open == POSITIONS_MAX) revert RwaErrors.TooMany(open + 1, POSITIONS_MAX);
        IERC20(asset).forceApprove(address(pools), assets);
        pools.lend(poolId, assets);
    }

    /// @dev Claims what the pool can pay, a part of the last position if that suffices.
    function _divest(uint256 assets) internal override {
        (uint256 available, ) = pools.getAvailableAmountsInPool(poolId);
        uint256 left = Math.min(assets - Math.min(assets, Assets.balance(asset)), available);
        uint256 index = _index();
        uint256 count = _count();
        for (uint256 id = firstOpen; id < count; ++id) {
            (uint256 principal, uint256 reward) = _position(id, index);
            uint256 part = left < principal + reward ? Math.mulDiv(left, principal, principal + reward) : principal;
            if (part == 0) return;
            ERC20CollateralPoolV2.Claim[] memory claims = new ERC20CollateralPoolV2.Claim[](1);
            claims[0] = ERC20CollateralPoolV2.Claim(id, part);
            pools.claim(poolId, claims);
            if (part < principal) return;
            left -= principal + reward;
            firstOpen = id + 1;
        }
    }

    function _position(uint256 id, uint256 index) private view returns (uint256 principal, uint256 reward) {
        uint256 ignored;
        (, principal, ignored) = pools.lendings(poolId, address(this), id);
        reward = Math.mulDiv(index - ignored, principal, INDEX_SCALE);
    }

    /// @dev The pool's reward index now: `calculateReward` gives the same, but its ABI is not that of a view.
    function _index() private view returns (uint256) {
        (, , uint256 rewardPerToken, uint256 rewardRate, uint48 lastUpdated, , ) = pools.pools(poolId);
        return rewardPerToken + (block.timestamp - lastUpdated) * rewardRate;
    }

    function _count() private view returns (uint256) {
        return pools.lendingsLength(poolId, address(this));
    }
}
