// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {StakingV1Base} from "./StakingV1Base.sol";

/// @title StakingV1
/// @notice Staking of FACTR, first version.
contract StakingV1 is StakingV1Base {
    /// @notice A plan, as the SDK reads it.
    struct Plan {
        uint48 lockDuration;
        uint16 apy;
    }

    /// @notice Sets roles, token and dates.
    /// @param admin DEFAULT_ADMIN.
    /// @param factr Token staked.
    /// @param stakingEnd Last second for new stakes.
    /// @param rewardsEnd Last second that earns.
    // solhint-disable-next-line func-name-mixedcase
    function __Staking_init(address admin, address factr, uint48 stakingEnd, uint48 rewardsEnd) external initializer {
        _initializeStaking(admin, factr, stakingEnd, rewardsEnd);
    }

    /// @notice Token staked.
    // solhint-disable-next-line func-name-mixedcase
    function FACTR() external view returns (address) {
        return _staking().token;
    }

    /// @notice All plans, by number.
    function getPlans() external view returns (Plan[] memory) {
        PlanTerms[] storage all = _staking().plans;
        Plan[] memory plans = new Plan[](all.length);
        for (uint256 i; i < plans.length; ++i) plans[i] = Plan(all[i].lockDuration, all[i].apy);
        return plans;
    }
}
