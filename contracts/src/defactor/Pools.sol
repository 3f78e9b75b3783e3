// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PoolsBase} from "./PoolsBase.sol";

/// @title Pools
/// @notice Counterparty pools that any eligible account may open, for a fee of 200 USDC.
contract Pools is PoolsBase {
    /// @notice A pool, as the SDK reads it.
    struct Pool {
        uint256 softCap;
        uint256 hardCap;
        uint256 totalCommitted;
        uint256 totalRewards;
        uint256 rewardsPaidOut;
        uint48 createdAt;
        uint48 deadline;
        uint48 closedTime;
        uint48 minimumAPR;
        uint8 poolStatus;
        address poolOwner;
        CollateralToken[] collateralTokens;
    }

    /// @dev A pool without its collateral.
    struct Summary {
        uint256 softCap;
        uint256 hardCap;
        uint256 totalCommitted;
        uint256 totalRewards;
        uint256 rewardsPaidOut;
        uint48 createdAt;
        uint48 deadline;
        uint48 closedTime;
        uint48 minimumAPR;
        uint8 poolStatus;
        address poolOwner;
    }

    /// @notice Fee for creating a pool, units of USDC.
    uint256 public constant POOL_FEE = 200e6;

    /// @notice More than 30 days have passed since the deadline.
    error CannotCollect30DaysAfterDeadline();
    /// @notice The deadline has not passed.
    error PoolDeadlineNotReached();
    /// @notice The pool holds commits.
    error PoolIsNotEmpty();
    /// @notice The commits are below the soft cap.
    error PoolSoftCapNotReached();
    /// @notice The commits reach the soft cap: the pool's owner may collect.
    error PoolSoftCapReached();
    /// @notice Less than 60 days have passed since the deadline.
    error PoolStatusMustBeAtLeast60DaysPastDeadline();
    /// @notice The pool is neither closed nor open for commits.
    error PoolStatusMustBeEitherClosedOrCreated();

    /// @notice A pool with its collateral.
    /// @param index Number of the pool.
    function getPool(uint256 index) external view returns (Pool memory) {
        PoolData storage pool = _poolOf(index);
        return
            Pool({
                softCap: pool.softCap,
                hardCap: pool.hardCap,
                totalCommitted: pool.totalCommitted,
                totalRewards: pool.totalRewards,
                rewardsPaidOut: pool.rewardsPaidOut,
                createdAt: pool.createdAt,
                deadline: pool.deadline,
                closedTime: pool.closedTime,
                minimumAPR: pool.minimumAPR,
                poolStatus: pool.poolStatus,
                poolOwner: pool.poolOwner,
                collateralTokens: pool.collateralTokens
            });
    }

    /// @notice A pool without its collateral.
    /// @param index Number of the pool.
    function pools(uint256 index)
        external
        view
        returns (
            uint256 softCap,
            uint256 hardCap,
            uint256 totalCommitted,
            uint256 totalRewards,
            uint256 rewardsPaidOut,
            uint48 createdAt,
            uint48 deadline,
            uint48 closedTime,
            uint48 minimumAPR,
            uint8 poolStatus,
            address poolOwner
        )
    {
        // So many values are too many for the stack; the encoding of a struct without dynamic members is that of its members.
        return abi.decode(_encodedSummary(index), (uint256, uint256, uint256, uint256, uint256, uint48, uint48, uint48, uint48, uint8, address));
    }

    /// @inheritdoc PoolsBase
    function _requireCreator() internal view override {
        _requireLevel(msg.sender);
    }

    /// @inheritdoc PoolsBase
    function _requireManager(PoolData storage pool) internal view override {
        if (msg.sender != pool.poolOwner) revert MustBePoolOwner();
    }

    /// @inheritdoc PoolsBase
    function _requireCollectable(PoolData storage pool) internal view override {
        if (pool.totalCommitted < pool.softCap) revert PoolSoftCapNotReached();
        if (block.timestamp < pool.deadline) revert PoolDeadlineNotReached();
        if (block.timestamp > pool.deadline + COLLECT_POOL_MAX_TIME) revert CannotCollect30DaysAfterDeadline();
    }

    /// @inheritdoc PoolsBase
    function _requireReturnable(PoolData storage pool, uint256 poolId) internal view override {
        if (pool.poolStatus == CLOSED) {
            if (pool.isCollected) revert CommitIsLocked(poolId);
        } else if (pool.poolStatus == CREATED) {
            if (block.timestamp >= pool.deadline && _isCollectableLater(pool)) revert PoolSoftCapReached();
        } else {
            revert PoolStatusMustBeEitherClosedOrCreated();
        }
    }

    /// @inheritdoc PoolsBase
    function _requireClosableUncollected(PoolData storage pool) internal view override {
        if (pool.poolStatus != CREATED) revert PoolStatusMustBeCreated();
        if (block.timestamp < pool.deadline) revert PoolDeadlineNotReached();
        if (_isCollectableLater(pool)) revert PoolSoftCapReached();
    }

    /// @inheritdoc PoolsBase
    function _requireArchivableUncollected(PoolData storage pool) internal view override {
        if (pool.poolStatus != CREATED) revert PoolStatusMustBeEitherClosedOrCreated();
        if (block.timestamp < pool.deadline + MIN_POOL_CLOSED_TIME) revert PoolStatusMustBeAtLeast60DaysPastDeadline();
        if (pool.totalCommitted != 0) revert PoolIsNotEmpty();
    }

    /// @inheritdoc PoolsBase
    function _creationFee() internal pure override returns (uint256) {
        return POOL_FEE;
    }

    /// @dev Whether the owner can still collect, after the deadline.
    function _isCollectableLater(PoolData storage pool) private view returns (bool) {
        return pool.totalCommitted >= pool.softCap && block.timestamp <= pool.deadline + COLLECT_POOL_MAX_TIME;
    }

    function _encodedSummary(uint256 index) private view returns (bytes memory) {
        PoolData storage pool = _poolOf(index);
        return
            abi.encode(
                Summary({
                    softCap: pool.softCap,
                    hardCap: pool.hardCap,
                    totalCommitted: pool.totalCommitted,
                    totalRewards: pool.totalRewards,
                    rewardsPaidOut: pool.rewardsPaidOut,
                    createdAt: pool.createdAt,
                    deadline: pool.deadline,
                    closedTime: pool.closedTime,
                    minimumAPR: pool.minimumAPR,
                    poolStatus: pool.poolStatus,
                    poolOwner: pool.poolOwner
                })
            );
    }
}
