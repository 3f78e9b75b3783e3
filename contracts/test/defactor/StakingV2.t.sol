// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {FACTR} from "../../src/defactor/FACTR.sol";
import {StakingV2} from "../../src/defactor/StakingV2.sol";
import {Test} from "../base/Test.sol";
import {DefactorTest} from "./DefactorTest.sol";

contract StakingV2Test is DefactorTest {
    uint256 private constant RATIO = 1e18;

    StakingV2 private staking;
    uint48 private start;

    function setUp() public {
        install();
        staking = StakingV2(proxy(address(new StakingV2()), abi.encodeCall(StakingV2.__Staking_init, (timelock)), timelock));
        start = uint48(block.timestamp);
        addPlan(365 days, 1250);
        factr.transfer(alice, 50_000e18);
        vm.prank(alice);
        factr.approve(address(staking), type(uint256).max);
    }

    function addPlan(uint48 lock, uint16 apy) private {
        vm.prank(timelock);
        staking.addPlan(address(factr), address(factr), 1_000_000e18, 1e18, RATIO, start + 365 days, start + 4 * 365 days, lock, apy, 0);
    }

    function stakeOf(uint256 amount) private {
        vm.prank(alice);
        staking.stake(0, amount);
    }

    function test_story_reward_is_paid_with_the_principal() public {
        stakeOf(10_000e18);
        factr.transfer(address(staking), 1_250e18);
        vm.warp(start + 365 days);
        eq(staking.calculateStakeRewardByIndex(alice, uint48(block.timestamp), 0), 1_250e18, "reward");
        vm.prank(alice);
        staking.unstake(0);
        eq(factr.balanceOf(alice), 51_250e18, "principal and reward");
        eq(factr.balanceOf(address(staking)), 0, "nothing is left");
    }

    function test_story_principal_comes_back_without_rewards() public {
        stakeOf(10_000e18);
        factr.transfer(address(staking), 1_249e18);
        vm.warp(start + 365 days);
        vm.expectEmit(true, false, false, true);
        emit StakingV2.UnstakedWithoutRewards(alice, 0, 10_000e18, 1_250e18, 0);
        vm.prank(alice);
        staking.unstake(0);
        eq(factr.balanceOf(alice), 50_000e18, "principal");
        vm.prank(alice);
        vm.expectRevert(StakingV2.NotEnoughTokensToRepayReward.selector);
        staking.claimRewards(0);
        factr.transfer(address(staking), 1e18);
        vm.prank(alice);
        staking.claimRewards(0);
        eq(factr.balanceOf(alice), 51_250e18, "the reward stayed claimable");
        vm.prank(alice);
        vm.expectRevert(StakingV2.RewardAlreadyClaimed.selector);
        staking.claimRewards(0);
    }

    function test_principal_of_others_never_pays_rewards() public {
        stakeOf(10_000e18);
        factr.transfer(bob, 20_000e18);
        vm.startPrank(bob);
        factr.approve(address(staking), type(uint256).max);
        staking.stake(0, 20_000e18);
        vm.stopPrank();
        vm.warp(start + 200 days);
        vm.prank(alice);
        vm.expectRevert(StakingV2.NotEnoughTokensToRepayReward.selector);
        staking.claimRewards(0);
    }

    function test_lock_and_double_unstake() public {
        stakeOf(10_000e18);
        vm.warp(start + 365 days - 1);
        vm.prank(alice);
        vm.expectRevert(StakingV2.StakeIsLocked.selector);
        staking.unstake(0);
        vm.warp(start + 365 days);
        vm.startPrank(alice);
        staking.unstake(0);
        vm.expectRevert(StakingV2.StakeAlreadyUnstaked.selector);
        staking.unstake(0);
        vm.stopPrank();
    }

    function test_an_edit_binds_later_stakes_only() public {
        stakeOf(10_000e18);
        vm.prank(timelock);
        staking.editPlan(0, 1_000_000e18, 1e18, start + 365 days, start + 6 * 365 days, 730 days, 100, 0);
        stakeOf(10_000e18);
        eq(staking.getPlans()[0].totalStaked, 20_000e18, "an edit keeps the totals");
        eq(staking.termsOf(alice, 0).lockDuration, 365 days, "old lock");
        eq(staking.termsOf(alice, 1).lockDuration, 730 days, "new lock");
        uint48 later = start + 365 days;
        eq(staking.calculateStakeRewardByIndex(alice, later, 0), 1_250e18, "old rate");
        eq(staking.calculateStakeRewardByIndex(alice, later, 1), 100e18, "new rate");
    }

    function test_a_ratio_counts_from_its_time_on() public {
        stakeOf(10_000e18);
        vm.warp(start + 100 days);
        vm.prank(timelock);
        staking.changeTokenRatioForPlan(0, 2e18);
        uint256 expected = (uint256(10_000e18) * 1250 * (100 + 2 * 265)) / (365 * 10_000);
        eq(staking.calculateStakeRewardByIndex(alice, start + 365 days, 0), expected, "two intervals");
    }

    function test_restake_needs_the_same_token_and_an_open_plan() public {
        vm.prank(timelock);
        staking.addPlan(address(usdc), address(factr), 1_000_000e18, 1, RATIO, start + 3 * 365 days, start + 5 * 365 days, 0, 100, 100);
        stakeOf(10_000e18);
        vm.warp(start + 365 days);
        vm.startPrank(alice);
        vm.expectRevert(StakingV2.RestakedWithWrongToken.selector);
        staking.restake(1, 0);
        staking.restake(0, 0);
        vm.stopPrank();
        eq(staking.balanceOf(alice, address(factr)), 10_000e18, "still at stake");
        isTrue(staking.getUserStake(alice, 0).unstaked, "the old stake ended");
    }

    function test_conditions_of_plans() public {
        vm.startPrank(timelock);
        vm.expectRevert(StakingV2.RewardEndTimeTooLow.selector);
        staking.addPlan(address(factr), address(factr), 1e18, 1, RATIO, start + 10, start + 19, 10, 1, 1);
        vm.expectRevert(StakingV2.TimestampInThePast.selector);
        staking.addPlan(address(factr), address(factr), 1e18, 1, RATIO, start - 1, start + 19, 10, 1, 1);
        vm.expectRevert(StakingV2.PlanAlreadyExists.selector);
        staking.addPlan(address(factr), address(factr), 1_000_000e18, 1e18, RATIO, start + 365 days, start + 4 * 365 days, 365 days, 1250, 0);
        for (uint256 i = 1; i < 100; ++i) staking.changeTokenRatioForPlan(0, i);
        vm.expectRevert(StakingV2.TokenRatioChangedTooManyTimes.selector);
        staking.changeTokenRatioForPlan(0, 1);
        vm.stopPrank();
        vm.prank(mallory);
        vm.expectRevert();
        staking.addPlan(address(factr), address(factr), 1, 1, RATIO, start + 10, start + 20, 10, 1, 1);
    }

    function test_limits_of_stakes_and_pause() public {
        vm.startPrank(alice);
        vm.expectRevert(StakingV2.StakeAmountTooLow.selector);
        staking.stake(0, 1);
        vm.expectRevert(StakingV2.InvalidPlan.selector);
        staking.stake(9, 1e18);
        vm.expectRevert(StakingV2.InvalidStakeIndex.selector);
        staking.unstake(0);
        staking.stake(0, 1e18);
        vm.stopPrank();
        vm.prank(timelock);
        staking.pause();
        vm.prank(alice);
        vm.expectRevert();
        staking.stake(0, 1e18);
        vm.warp(start + 365 days);
        vm.prank(alice);
        staking.unstake(0);
        eq(factr.balanceOf(alice), 50_000e18, "exit stays open");
    }

    function test_only_the_timelock_upgrades() public {
        address next = address(new StakingV2());
        vm.expectRevert();
        staking.upgradeToAndCall(next, "");
        vm.prank(timelock);
        staking.upgradeToAndCall(next, "");
    }

    function test_all_rewards_at_once() public {
        stakeOf(10_000e18);
        stakeOf(20_000e18);
        factr.transfer(address(staking), 3_750e18);
        vm.warp(start + 365 days);
        uint256 before = factr.balanceOf(alice);
        vm.prank(alice);
        staking.claimAllRewards();
        eq(factr.balanceOf(alice) - before, 3_750e18, "both");
        StakingV2.UserStake[] memory stakes = staking.getUserStakes(alice);
        eq(stakes[0].claimedAmount, 1_250e18, "first");
        eq(stakes[1].claimedAmount, 2_500e18, "second");
    }

    /// K2: a reward grows with time and stands still after its end.
    function test_fuzz_reward_is_monotone(uint256 first, uint256 second) public {
        stakeOf(10_000e18);
        uint48 a = uint48(bound(first, start, start + 8 * 365 days));
        uint48 b = uint48(bound(second, a, start + 8 * 365 days));
        uint256 ra = staking.calculateStakeRewardByIndex(alice, a, 0);
        uint256 rb = staking.calculateStakeRewardByIndex(alice, b, 0);
        le(ra, rb, "monotone");
        if (a >= start + 4 * 365 days) eq(ra, rb, "constant after the end");
    }

    function test_what_a_deployment_tells() public {
        stakeOf(10_000e18);
        stakeOf(20_000e18);
        eq(staking.principalOf(address(factr)), 30_000e18, "principal");
        uint256[] memory rewards = staking.calculateStakeRewardsForUser(alice, start + 365 days);
        eq(rewards.length, 2, "a reward each");
        eq(rewards[0], 1_250e18, "first");
        eq(rewards[1], 2_500e18, "second");
        StakingV2.TokenRatio[] memory ratios = staking.getPlanTokenRatios(0);
        eq(ratios.length, 1, "one ratio");
        eq(ratios[0].ratio, 1e18, "one to one");
    }

    /// K2: a reward grows with time and stands still after its end.
    function test_fuzz_the_reward_is_monotone(uint256 first, uint256 second, uint256 amount) public {
        stakeOf(bound(amount, 1e18, 50_000e18));
        uint48 end = staking.getPlans()[0].rewardEndTime;
        uint48 early = uint48(bound(first, start, end + 100 days));
        uint48 late = uint48(bound(second, early, end + 200 days));
        uint256 before = staking.calculateStakeRewardByIndex(alice, early, 0);
        uint256 later = staking.calculateStakeRewardByIndex(alice, late, 0);
        le(before, later, "grows");
        if (early >= end) eq(before, later, "stands still");
    }
}

/// Random sequences of stakes of two users in two plans.
contract StakingHandler is Test {
    StakingV2 private immutable staking;
    FACTR private immutable factr;
    address[2] private users;
    uint256 public expectedPrincipal;
    bool public isUnstakedTwice;
    bool public isRewardWrong;
    mapping(address => uint256) public paid;

    constructor(StakingV2 staking_, FACTR factr_, address first, address second) {
        (staking, factr, users) = (staking_, factr_, [first, second]);
    }

    function stake(uint256 who, uint8 plan, uint256 amount) external {
        address user = users[who % 2];
        amount = bound(amount, 1e18, 5_000e18);
        vm.prank(user);
        staking.stake(plan % 2, amount);
        expectedPrincipal += amount;
    }

    /// K3: a stake that is still there, and never again.
    function unstake(uint256 who, uint256 index) external {
        address user = users[who % 2];
        StakingV2.UserStake[] memory stakes = staking.getUserStakes(user);
        index = bound(index, 0, stakes.length - 1);
        for (uint256 i; i < stakes.length && stakes[index].unstaked; ++i) index = (index + 1) % stakes.length;
        vm.prank(user);
        staking.unstake(index);
        expectedPrincipal -= stakes[index].stakedAmount;
        vm.prank(user);
        try staking.unstake(index) {
            isUnstakedTwice = true;
        } catch {}
    }

    function claim(uint256 who) external {
        vm.prank(users[who % 2]);
        staking.claimAllRewards();
    }

    /// K2: what a stake earns grows and stands still after the end.
    function look(uint256 who, uint256 index, uint48 first, uint48 second) external {
        address user = users[who % 2];
        index = bound(index, 0, staking.getUserStakes(user).length - 1);
        first = uint48(bound(first, block.timestamp, block.timestamp + 3000 days));
        second = uint48(bound(second, first, first + 1000 days));
        uint256 early = staking.calculateStakeRewardByIndex(user, first, index);
        uint256 late = staking.calculateStakeRewardByIndex(user, second, index);
        if (late < early || (first >= staking.termsOf(user, index).rewardEndTime && late != early)) isRewardWrong = true;
    }

    function fund(uint256 amount) external {
        amount = bound(amount, 0, 500e18);
        if (factr.balanceOf(address(this)) >= amount) factr.transfer(address(staking), amount);
    }

    function pass(uint256 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 60 days));
    }
}

contract StakingV2Invariants is DefactorTest {
    StakingV2 private staking;
    StakingHandler private handler;

    function setUp() public {
        install();
        staking = StakingV2(proxy(address(new StakingV2()), abi.encodeCall(StakingV2.__Staking_init, (timelock)), timelock));
        uint48 start = uint48(block.timestamp);
        vm.startPrank(timelock);
        staking.addPlan(address(factr), address(factr), 1_000_000e18, 1e18, 1e18, start + 1000 days, start + 2000 days, 30 days, 1250, 500);
        staking.addPlan(address(factr), address(factr), 20_000e18, 1e18, 2e18, start + 1000 days, start + 2000 days, 0, 300, 0);
        vm.stopPrank();
        handler = new StakingHandler(staking, factr, alice, bob);
        factr.transfer(address(handler), 100_000e18);
        factr.transfer(alice, 50_000e18);
        factr.transfer(bob, 50_000e18);
        vm.prank(alice);
        factr.approve(address(staking), type(uint256).max);
        vm.prank(bob);
        factr.approve(address(staking), type(uint256).max);
        target(address(handler));
    }

    /// K1 and K3: principal is there, and each stake left once.
    function invariant_principal_is_there() public view {
        eq(staking.principalOf(address(factr)), handler.expectedPrincipal(), "principal as the sequence made it");
        ge(factr.balanceOf(address(staking)), handler.expectedPrincipal(), "balance covers principal");
        uint256 sum = staking.balanceOf(alice, address(factr)) + staking.balanceOf(bob, address(factr));
        eq(sum, handler.expectedPrincipal(), "sum of balances");
        isTrue(!handler.isUnstakedTwice(), "K3");
        isTrue(!handler.isRewardWrong(), "K2");
    }

    /// K4: nothing more is paid than was earned.
    function invariant_claims_are_earned() public view {
        StakingV2.UserStake[] memory stakes = staking.getUserStakes(alice);
        for (uint256 i; i < stakes.length; ++i) {
            uint256 due = staking.calculateStakeRewardByIndex(alice, type(uint48).max, i);
            uint256 most = (stakes[i].stakedAmount * 2 * 1250 * 2000) / (365 * 10_000);
            le(stakes[i].claimedAmount, most, "claimed at most what 2000 days earn");
            if (stakes[i].claimed) eq(due, 0, "a finished stake owes nothing");
        }
    }
}
