// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {StakingV1Base} from "./StakingV1Base.sol";

/// @title StakingExpiration
/// @notice Staking of one token with plans that may expire.
contract StakingExpiration is StakingV1Base {
    /// @notice A plan, as the SDK reads it; `expires` is the last second for new stakes, 0 for never.
    struct Plan {
        uint48 lockDuration;
        uint48 expires;
        uint16 apy;
    }

    /// @notice The end of a plan was set.
    event PlanExpirationSet(uint256 indexed planId, uint48 expires);

    /// @notice The plan has expired.
    error PlanHasExpired();

    /// @notice Sets roles, token and dates.
    /// @param admin DEFAULT_ADMIN.
    /// @param token Token staked.
    /// @param stakingEnd Last second for new stakes.
    /// @param rewardsEnd Last second that earns.
    // solhint-disable-next-line func-name-mixedcase
    function __Staking_init(address admin, address token, uint48 stakingEnd, uint48 rewardsEnd) external initializer {
        _initializeStaking(admin, token, stakingEnd, rewardsEnd);
    }

    /// @notice Sets the last second for new stakes of a plan. DEFAULT_ADMIN_ROLE.
    /// @param planId Plan.
    /// @param planExpiration Seconds since 1970; 0 for never.
    function setPlanExpiration(uint256 planId, uint48 planExpiration) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _planOf(planId).expires = planExpiration;
        emit PlanExpirationSet(planId, planExpiration);
    }

    /// @notice Token staked.
    // solhint-disable-next-line func-name-mixedcase
    function TOKEN() external view returns (address) {
        return _staking().token;
    }

    /// @notice All plans, by number.
    function getPlans() external view returns (Plan[] memory) {
        PlanTerms[] storage all = _staking().plans;
        Plan[] memory plans = new Plan[](all.length);
        for (uint256 i; i < plans.length; ++i) plans[i] = Plan(all[i].lockDuration, all[i].expires, all[i].apy);
        return plans;
    }

    /// @inheritdoc StakingV1Base
    function _requireOpen(PlanTerms storage plan) internal view override {
        if (plan.expires != 0 && plan.expires < block.timestamp) revert PlanHasExpired();
    }
}
