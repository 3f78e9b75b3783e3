// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RwaErrors} from "../../src/common/RwaErrors.sol";
import {FACTR} from "../../src/defactor/FACTR.sol";
import {StakingExpiration} from "../../src/defactor/StakingExpiration.sol";
import {StakingV1} from "../../src/defactor/StakingV1.sol";
import {StakingV1Base} from "../../src/defactor/StakingV1Base.sol";
import {Test} from "../base/Test.sol";
import {DefactorTest} from "./DefactorTest.sol";

contract StakingV1Test is DefactorTest {
    StakingV1 private staking;
    uint48 private start;

    function setUp() public {
        install();
        start = uint48(block.timestamp);
        bytes memory call = abi.encodeCall(StakingV1.__Staking_init, (timelock, address(factr), start + 100 days, start + 365 days));
        staking = StakingV1(proxy(address(new StakingV1()), call, timelock));
        vm.prank(timelock);
        staking.addPlan(30 days, 10);
        factr.transfer(alice, 10_000e18);
        vm.startPrank(alice);
        factr.approve(address(staking), type(uint256).max);
        staking.stake(0, 2_000e18);
        vm.stopPrank();
    }

    function test_reward_stops_at_its_end() public {
        factr.transfer(address(staking), 1_000e18);
        vm.warp(start + 400 days);
        vm.prank(alice);
        staking.unstake(0);
        eq(factr.balanceOf(alice), 10_200e18, "10 % of a year");
    }

    function test_what_is_missing_stays_claimable() public {
        factr.transfer(address(staking), 150e18);
        vm.warp(start + 365 days);
        vm.prank(alice);
        staking.unstake(0);
        eq(factr.balanceOf(alice), 10_150e18, "principal and what was there");
        factr.transfer(address(staking), 100e18);
        vm.startPrank(alice);
        staking.claimRewards(0);
        eq(factr.balanceOf(alice), 10_200e18, "the rest");
        vm.expectRevert(StakingV1Base.StakeAlreadyUnstaked.selector);
        staking.claimRewards(0);
        vm.stopPrank();
        eq(staking.getUserStakes(alice)[0].claimed, 200e18, "claimed");
    }

    function test_admin_takes_the_surplus_only() public {
        factr.transfer(address(staking), 150e18);
        vm.prank(timelock);
        staking.withdraw(address(factr), bob);
        eq(factr.balanceOf(bob), 150e18, "surplus");
        eq(factr.balanceOf(address(staking)), 2_000e18, "principal stays");
        vm.prank(timelock);
        vm.expectRevert(RwaErrors.ZeroAddress.selector);
        staking.withdraw(address(factr), address(0));
    }

    function test_conditions() public {
        vm.startPrank(alice);
        vm.expectRevert(StakingV1Base.StakeAmountTooLow.selector);
        staking.stake(0, 999e18);
        vm.expectRevert(StakingV1Base.InvalidPlan.selector);
        staking.stake(1, 1_000e18);
        vm.expectRevert(StakingV1Base.StakeIsLocked.selector);
        staking.unstake(0);
        vm.expectRevert(StakingV1Base.InvalidStakeIndex.selector);
        staking.unstake(1);
        vm.warp(start + 100 days + 1);
        vm.expectRevert(StakingV1Base.StakingHasEnded.selector);
        staking.stake(0, 1_000e18);
        vm.stopPrank();
        vm.startPrank(timelock);
        vm.expectRevert(StakingV1Base.StakingCantBeLessThanRewardsEnd.selector);
        staking.setDates(start + 364 days, start + 900 days);
        staking.setDates(start + 365 days, start + 900 days);
        vm.stopPrank();
        vm.prank(alice);
        staking.restake(0, 0);
        eq(staking.totalFactrStaked(), 2_000e18, "restaked");
        eq(staking.getPlans()[0].apy, 10, "plan");
        eq(staking.FACTR(), address(factr), "token");
    }

    function test_expiring_plans() public {
        bytes memory call = abi.encodeCall(StakingExpiration.__Staking_init, (timelock, address(factr), start + 100 days, start + 365 days));
        StakingExpiration expiring = StakingExpiration(proxy(address(new StakingExpiration()), call, timelock));
        vm.startPrank(timelock);
        expiring.addPlan(0, 10);
        expiring.setPlanExpiration(0, start + 1 days);
        vm.stopPrank();
        vm.startPrank(alice);
        factr.approve(address(expiring), type(uint256).max);
        expiring.stake(0, 1_000e18);
        vm.warp(start + 1 days + 1);
        vm.expectRevert(StakingExpiration.PlanHasExpired.selector);
        expiring.stake(0, 1_000e18);
        expiring.unstake(0);
        vm.stopPrank();
        eq(expiring.getPlans()[0].expires, start + 1 days, "expires");
        eq(expiring.TOKEN(), address(factr), "token");
    }

    function test_what_a_deployment_tells() public view {
        eq(staking.balanceOf(alice), 2_000e18, "at stake");
        eq(staking.balanceOf(bob), 0, "nothing");
        eq(staking.stakingEndTime(), start + 100 days, "end of staking");
        eq(staking.rewardsEndTime(), start + 365 days, "end of rewards");
    }

    /// K2: a reward grows with time and stands still after its end.
    function test_fuzz_the_reward_is_monotone(uint256 first, uint256 second) public {
        factr.transfer(address(staking), 1_000e18);
        uint256 early = bound(first, start, start + 500 days);
        vm.warp(early);
        vm.prank(alice);
        try staking.claimRewards(0) {} catch {}
        uint256 claimed = staking.getUserStakes(alice)[0].claimed;
        uint256 late = bound(second, early, start + 600 days);
        vm.warp(late);
        vm.prank(alice);
        try staking.claimRewards(0) {} catch {}
        uint256 later = staking.getUserStakes(alice)[0].claimed;
        ge(later, claimed, "grows");
        uint256 end = late < start + 365 days ? late : start + 365 days;
        eq(later, (uint256(2_000e18) * 10 * (end - start)) / (365 days * 100), "to the end, whenever it is claimed");
    }
}

contract StakingV1Handler is Test {
    StakingV1 private immutable staking;
    FACTR private immutable factr;
    address[2] private users;
    uint256 public expectedPrincipal;

    constructor(StakingV1 staking_, FACTR factr_, address first, address second) {
        (staking, factr, users) = (staking_, factr_, [first, second]);
    }

    function stake(uint256 who, uint256 amount) external {
        amount = bound(amount, 1_000e18, 5_000e18);
        vm.prank(users[who % 2]);
        staking.stake(0, amount);
        expectedPrincipal += amount;
    }

    function unstake(uint256 who, uint256 index, bool again) external {
        (address user, uint256 id, uint256 amount) = running(who, index);
        vm.prank(user);
        if (again) {
            staking.restake(0, id);
        } else {
            staking.unstake(id);
            expectedPrincipal -= amount;
        }
    }

    function claim(uint256 who, uint256 index) external {
        (address user, uint256 id, ) = running(who, index);
        vm.prank(user);
        staking.claimRewards(id);
    }

    /// A stake that has not ended, from random ones on; reverts if there is none.
    function running(uint256 who, uint256 index) private view returns (address user, uint256 id, uint256 amount) {
        for (uint256 u; u < 2; ++u) {
            user = users[((who % 2) + u) % 2];
            StakingV1Base.UserStake[] memory stakes = staking.getUserStakes(user);
            for (uint256 i; i < stakes.length; ++i) {
                id = ((index % stakes.length) + i) % stakes.length;
                if (!stakes[id].unstaked) return (user, id, stakes[id].amount);
            }
        }
        revert("no stake");
    }

    function fund(uint256 amount) external {
        factr.transfer(address(staking), bound(amount, 0, 100e18));
    }

    function pass(uint256 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 20 days));
    }
}

contract StakingV1Invariants is DefactorTest {
    StakingV1 private staking;
    StakingV1Handler private handler;

    function setUp() public {
        install();
        uint48 start = uint48(block.timestamp);
        bytes memory call = abi.encodeCall(StakingV1.__Staking_init, (timelock, address(factr), start + 800 days, start + 900 days));
        staking = StakingV1(proxy(address(new StakingV1()), call, timelock));
        vm.prank(timelock);
        staking.addPlan(10 days, 20);
        handler = new StakingV1Handler(staking, factr, alice, bob);
        factr.transfer(address(handler), 100_000e18);
        address[2] memory users = [alice, bob];
        for (uint256 i; i < 2; ++i) {
            factr.transfer(users[i], 50_000e18);
            vm.prank(users[i]);
            factr.approve(address(staking), type(uint256).max);
        }
        target(address(handler));
    }

    /// K1, K3: the contract always holds the principal of running stakes.
    function invariant_principal_is_there() public view {
        eq(staking.totalFactrStaked(), handler.expectedPrincipal(), "principal as the sequence made it");
        ge(factr.balanceOf(address(staking)), handler.expectedPrincipal(), "balance covers principal");
    }
}
