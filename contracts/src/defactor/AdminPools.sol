// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PoolsBase} from "./PoolsBase.sol";

/// @title AdminPools
/// @notice Counterparty pools of the pool operator, who opens, collects, rewards and closes all of them.
contract AdminPools is PoolsBase {
    /// @notice A pool, as the SDK reads it; `partialClaimed` is what was claimed while the pool was active.
    struct Pool {
        uint256 softCap;
        uint256 hardCap;
        uint256 totalCommitted;
        uint256 partialClaimed;
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
        uint256 partialClaimed;
        uint256 totalRewards;
        uint256 rewardsPaidOut;
        uint48 createdAt;
        uint48 deadline;
        uint48 closedTime;
        uint48 minimumAPR;
        uint8 poolStatus;
        address poolOwner;
    }

    /// @notice A pool with its collateral.
    /// @param index Number of the pool.
    function getPool(uint256 index) external view returns (Pool memory) {
        PoolData storage pool = _poolOf(index);
        return
            Pool({
                softCap: pool.softCap,
                hardCap: pool.hardCap,
                totalCommitted: pool.totalCommitted,
                partialClaimed: pool.partialClaimed,
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
            uint256 partialClaimed,
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
        return abi.decode(_encodedSummary(index), (uint256, uint256, uint256, uint256, uint256, uint256, uint48, uint48, uint48, uint48, uint8, address));
    }

    /// @inheritdoc PoolsBase
    function _requireCreator() internal view override {
        _checkRole(DEFAULT_ADMIN_ROLE);
        _requireLevel(msg.sender);
    }

    /// @inheritdoc PoolsBase
    function _requireManager(PoolData storage) internal view override {
        _checkRole(DEFAULT_ADMIN_ROLE);
    }

    /// @inheritdoc PoolsBase
    /// @dev At any time while the pool is open.
    function _requireCollectable(PoolData storage) internal view override {}

    /// @inheritdoc PoolsBase
    /// @dev Before that time the operator may still collect; after it an idle operator cannot lock commits.
    function _requireReturnable(PoolData storage pool, uint256 poolId) internal view override {
        if (pool.isCollected || block.timestamp <= pool.deadline + COLLECT_POOL_MAX_TIME) revert CommitIsLocked(poolId);
    }

    /// @inheritdoc PoolsBase
    function _requireClosableUncollected(PoolData storage) internal pure override {
        revert PoolStatusMustBeActive();
    }

    /// @inheritdoc PoolsBase
    function _requireArchivableUncollected(PoolData storage) internal pure override {
        revert PoolStatusMustBeClosed();
    }

    /// @inheritdoc PoolsBase
    function _creationFee() internal pure override returns (uint256) {
        return 0;
    }

    function _encodedSummary(uint256 index) private view returns (bytes memory) {
        PoolData storage pool = _poolOf(index);
        return
            abi.encode(
                Summary({
                    softCap: pool.softCap,
                    hardCap: pool.hardCap,
                    totalCommitted: pool.totalCommitted,
                    partialClaimed: pool.partialClaimed,
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
