// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {Roles} from "../../src/common/Roles.sol";
import {RwaErrors} from "../../src/common/RwaErrors.sol";
import {AdminPools} from "../../src/defactor/AdminPools.sol";
import {Pools} from "../../src/defactor/Pools.sol";
import {PoolsBase} from "../../src/defactor/PoolsBase.sol";
import {IDividendVenue} from "../../src/interfaces/IDividendVenue.sol";
import {IPositions} from "../../src/interfaces/IPositions.sol";
import {Test} from "../base/Test.sol";
import {DefactorTest} from "./DefactorTest.sol";
import {Bars, Coin, Deed, FeeCoin, StubbornBars, StubbornDeed} from "./Mocks.sol";

contract PoolsTest is DefactorTest {
    uint256 private constant SOFT = 1_000e6;
    uint256 private constant HARD = 2_000e6;

    Pools private pools;
    Coin private coin;
    uint48 private deadline;

    function setUp() public {
        install();
        pools = Pools(proxy(address(new Pools()), abi.encodeCall(PoolsBase.__Pools_init, (address(usdc))), timelock));
        coin = new Coin();
        coin.mint(bob, 1_000e18);
        vm.prank(bob);
        coin.approve(address(pools), type(uint256).max);
        give(alice, 10_000e6, address(pools));
        give(bob, 10_000e6, address(pools));
        give(lara, 10_000e6, address(pools));
        deadline = uint48(block.timestamp + 10 days);
        vm.prank(timelock);
        pools.grantRole(Roles.PAUSER, guardian);
    }

    function collateral() private view returns (PoolsBase.CollateralToken[] memory tokens) {
        tokens = new PoolsBase.CollateralToken[](1);
        tokens[0] = PoolsBase.CollateralToken(address(coin), 100e18, 0);
    }

    function create() private {
        vm.prank(bob);
        pools.createPool(SOFT, HARD, deadline, 2_000_000, collateral());
    }

    function commit(address who, uint256 amount) private {
        vm.prank(who);
        pools.commitToPool(0, amount);
    }

    function collectedPool() private {
        create();
        commit(alice, 1_100e6);
        vm.warp(deadline);
        vm.prank(bob);
        pools.collectPool(0);
    }

    function test_story_example_of_the_documentation() public {
        uint256 before = usdc.balanceOf(bob);
        collectedPool();
        eq(usdc.balanceOf(bob), before - 200e6 + 1_078e6, "2 % fee and the fee for creation");
        eq(pools.feesCollected(), 222e6, "fees");
        vm.prank(bob);
        pools.depositRewards(0, 1_122e6);
        vm.prank(alice);
        pools.claim(0);
        eq(usdc.balanceOf(alice), 10_000e6 + 22e6, "principal and 2 %");
        vm.prank(bob);
        pools.closePool(0);
        eq(coin.balanceOf(bob), 1_000e18, "collateral came back");
        vm.prank(alice);
        pools.claim(0);
        vm.warp(block.timestamp + 60 days - 1);
        vm.prank(bob);
        vm.expectRevert(PoolsBase.PoolStatusMustBeClosedForAtLeast60Days.selector);
        pools.archivePool(0);
        vm.warp(block.timestamp + 1);
        vm.prank(bob);
        pools.archivePool(0);
        eq(pools.getPool(0).poolStatus, pools.ARCHIVED(), "archived");
    }

    function test_the_last_claim_takes_all_roundings() public {
        create();
        commit(alice, 333_333_333);
        commit(lara, 777_777_777);
        vm.warp(deadline);
        vm.startPrank(bob);
        pools.collectPool(0);
        pools.depositRewards(0, 1_200_000_001);
        pools.closePool(0);
        vm.stopPrank();
        vm.prank(lara);
        pools.claim(0);
        vm.prank(alice);
        pools.claim(0);
        Pools.Pool memory pool = pools.getPool(0);
        eq(pool.rewardsPaidOut, pool.totalRewards, "all paid");
        eq(usdc.balanceOf(address(pools)), pools.feesCollected(), "only fees are left");
        vm.prank(alice);
        vm.expectRevert(RwaErrors.ZeroAmount.selector);
        pools.claim(0);
    }

    function test_conditions_of_commits() public {
        create();
        vm.prank(bob);
        vm.expectRevert(PoolsBase.PoolOwnerCannotCommitToHisOwnPool.selector);
        pools.commitToPool(0, 1);
        vm.prank(alice);
        vm.expectRevert(PoolsBase.PoolHardCapReached.selector);
        pools.commitToPool(0, HARD + 1);
        vm.prank(alice);
        vm.expectRevert(PoolsBase.PoolDoesNotExists.selector);
        pools.commitToPool(1, 1);
        usdc.mint(mallory, 1e6);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, mallory, uint8(1)));
        pools.commitToPool(0, 1);
        vm.warp(deadline);
        vm.prank(alice);
        vm.expectRevert(PoolsBase.PoolDeadlineReached.selector);
        pools.commitToPool(0, 1);
    }

    function test_commits_return_when_the_soft_cap_is_missed() public {
        create();
        commit(alice, 999e6);
        vm.warp(deadline);
        vm.prank(bob);
        vm.expectRevert(Pools.PoolSoftCapNotReached.selector);
        pools.collectPool(0);
        address[] memory users = new address[](1);
        users[0] = alice;
        vm.prank(bob);
        pools.uncommitForUsers(0, users);
        eq(usdc.balanceOf(alice), 10_000e6, "returned");
        vm.prank(bob);
        pools.closePool(0);
        eq(coin.balanceOf(bob), 1_000e18, "collateral came back");
        vm.warp(block.timestamp + 60 days);
        vm.prank(bob);
        pools.archivePool(0);
    }

    function test_commits_are_locked_only_while_the_owner_may_collect() public {
        create();
        commit(alice, 1_000e6);
        vm.warp(deadline + 30 days);
        vm.prank(alice);
        vm.expectRevert(Pools.PoolSoftCapReached.selector);
        pools.uncommitFromPool(0);
        vm.warp(deadline + 30 days + 1);
        vm.prank(bob);
        vm.expectRevert(Pools.CannotCollect30DaysAfterDeadline.selector);
        pools.collectPool(0);
        vm.prank(alice);
        pools.uncommitFromPool(0);
        eq(usdc.balanceOf(alice), 10_000e6, "returned");
    }

    function test_rewards_must_cover_commits_before_the_collateral_returns() public {
        collectedPool();
        vm.startPrank(bob);
        pools.depositRewards(0, 1_122e6 - 1);
        vm.expectRevert(PoolsBase.MustDepositAtleastCommittedAmount.selector);
        pools.closePool(0);
        pools.depositRewards(0, 1);
        pools.closePool(0);
        vm.stopPrank();
    }

    function test_deeds_and_bars_are_collateral_too() public {
        Deed deed = new Deed();
        Bars bars = new Bars();
        deed.mint(bob, 7);
        bars.mint(bob, 3, 20);
        PoolsBase.CollateralToken[] memory tokens = new PoolsBase.CollateralToken[](2);
        tokens[0] = PoolsBase.CollateralToken(address(deed), 1, 7);
        tokens[1] = PoolsBase.CollateralToken(address(bars), 15, 3);
        vm.startPrank(bob);
        deed.approve(address(pools), 7);
        bars.setApprovalForAll(address(pools), true);
        pools.createPool(SOFT, HARD, deadline, 0, tokens);
        // Outside createPool nothing is accepted.
        vm.expectRevert();
        bars.safeTransferFrom(bob, address(pools), 3, 5, "");
        vm.warp(deadline);
        pools.closePool(0);
        vm.stopPrank();
        eq(deed.ownerOf(7), bob, "deed");
        eq(bars.balanceOf(bob, 3), 20, "bars");
    }

    function test_a_failing_return_does_not_stop_the_close() public {
        create();
        coin.refuse(bob);
        vm.warp(deadline);
        vm.prank(bob);
        pools.closePool(0);
        eq(pools.owed(address(coin), bob), 100e18, "owed");
        coin.refuse(address(0));
        vm.prank(bob);
        pools.withdrawOwed(address(coin));
        eq(coin.balanceOf(bob), 1_000e18, "pulled later");
    }

    function test_collateral_must_arrive_in_full() public {
        FeeCoin fee = new FeeCoin();
        fee.mint(bob, 100e18);
        PoolsBase.CollateralToken[] memory tokens = new PoolsBase.CollateralToken[](1);
        tokens[0] = PoolsBase.CollateralToken(address(fee), 100e18, 0);
        vm.startPrank(bob);
        fee.approve(address(pools), type(uint256).max);
        vm.expectRevert(RwaErrors.TokenTransferAmountIncludedFees.selector);
        pools.createPool(SOFT, HARD, deadline, 0, tokens);
        tokens[0] = PoolsBase.CollateralToken(address(coin), 1e18, 1);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("id")));
        pools.createPool(SOFT, HARD, deadline, 0, tokens);
        vm.expectRevert(PoolsBase.SoftCapMustBeLessThanHardCap.selector);
        pools.createPool(HARD + 1, HARD, deadline, 0, collateral());
        vm.expectRevert(PoolsBase.DeadlineMustNotBeMoreThan1YearInTheFuture.selector);
        pools.createPool(SOFT, HARD, uint48(block.timestamp + 365 days + 1), 0, collateral());
        vm.stopPrank();
    }

    function test_the_last_resort_is_the_paused_timelocks() public {
        create();
        commit(alice, 1_000e6);
        vm.startPrank(timelock);
        vm.expectRevert();
        pools.adminWithdrawAll();
        pools.grantRole(bytes32(0), lara);
        pools.pause();
        vm.stopPrank();
        vm.prank(lara);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.TimelockOnly.selector, lara));
        pools.adminWithdrawAll();
        vm.prank(timelock);
        pools.adminWithdrawAll();
        eq(usdc.balanceOf(timelock), 1_200e6, "all of it");
    }

    function test_positions_follow_a_recovered_wallet() public {
        collectedPool();
        address fresh = address(0xA1CE);
        recoverWallet(alice, fresh);
        vm.prank(bob);
        pools.depositRewards(0, 1_122e6);
        vm.prank(mallory);
        vm.expectRevert();
        pools.migratePosition(alice, fresh);
        vm.prank(guardian);
        pools.migratePosition(alice, fresh);
        vm.prank(fresh);
        pools.claim(0);
        eq(usdc.balanceOf(fresh), 1_122e6, "the replacement claims");
        address owner = address(0xB0B2);
        recoverWallet(bob, owner);
        vm.prank(guardian);
        pools.migratePosition(bob, owner);
        vm.prank(owner);
        pools.closePool(0);
        eq(coin.balanceOf(owner), 100e18, "and so does the owner");
    }

    function test_dividends_find_who_pledged() public {
        create();
        uint48 then = uint48(block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("timepoint")));
        pools.shareAt(address(coin), bob, then);
        vm.warp(deadline);
        (uint256 part, uint256 whole) = pools.shareAt(address(coin), bob, then);
        eq(part, 100e18, "part");
        eq(whole, 100e18, "whole");
        vm.prank(bob);
        pools.closePool(0);
        vm.warp(deadline + 1);
        (part, whole) = pools.shareAt(address(coin), bob, deadline);
        eq(part + whole, 0, "gone");
    }

    function test_admin_pools_are_the_operators() public {
        address operator = lara;
        AdminPools admin = AdminPools(proxy(address(new AdminPools()), abi.encodeCall(PoolsBase.__Pools_init, (address(usdc))), operator));
        PoolsBase.CollateralToken[] memory none = new PoolsBase.CollateralToken[](0);
        vm.prank(bob);
        vm.expectRevert();
        admin.createPool(SOFT, HARD, deadline, 0, none);
        vm.startPrank(operator);
        usdc.approve(address(admin), type(uint256).max);
        admin.createPool(SOFT, HARD, deadline, 0, none);
        admin.createPool(SOFT, HARD, deadline, 0, none);
        vm.stopPrank();
        vm.startPrank(alice);
        usdc.approve(address(admin), type(uint256).max);
        admin.commitToPool(0, 100e6);
        admin.commitToPool(1, 100e6);
        vm.stopPrank();
        vm.startPrank(operator);
        admin.collectPool(0);
        admin.depositRewards(0, 110e6);
        vm.stopPrank();
        vm.startPrank(alice);
        admin.claim(0);
        vm.expectRevert(abi.encodeWithSelector(PoolsBase.CommitIsLocked.selector, uint256(1)));
        admin.uncommitFromPool(1);
        vm.warp(deadline + 30 days + 1);
        admin.uncommitFromPool(1);
        vm.stopPrank();
        eq(admin.getPool(0).partialClaimed, 110e6, "claimed while active");
        eq(usdc.balanceOf(alice), 10_010e6, "both pools");
    }

    function test_summaries_are_the_pools_without_collateral() public {
        collectedPool();
        vm.prank(bob);
        pools.depositRewards(0, 500e6);
        vm.prank(alice);
        pools.claim(0);
        (uint256 soft, uint256 hard, uint256 committed, uint256 rewards, uint256 paid, uint48 created, uint48 end, , , uint8 status, address owner) = pools.pools(0);
        eq(soft, SOFT, "soft cap");
        eq(hard, HARD, "hard cap");
        eq(committed, 1_100e6, "committed");
        eq(rewards, 500e6, "rewards");
        eq(paid, 500e6, "paid");
        eq(created + 10 days, end, "times");
        eq(status, pools.ACTIVE(), "active");
        eq(owner, bob, "owner");
        (uint256 amount, uint256 claimed) = pools.poolCommits(alice, 0);
        eq(amount, 1_100e6, "commit");
        eq(claimed, 500e6, "claimed");
        eq(pools.USDC(), address(usdc), "payment token");
        vm.expectRevert(PoolsBase.PoolDoesNotExists.selector);
        pools.pools(1);
    }

    function test_rewards_are_pushed_to_lenders_sixty_days_after_the_close() public {
        create();
        commit(alice, 600e6);
        commit(lara, 600e6);
        vm.warp(deadline);
        address[] memory users = new address[](3);
        (users[0], users[1], users[2]) = (alice, mallory, lara);
        vm.startPrank(bob);
        pools.collectPool(0);
        pools.depositRewards(0, 1_300e6);
        vm.expectRevert(PoolsBase.PoolStatusMustBeClosed.selector);
        pools.claimRewardsForUsers(0, users);
        pools.closePool(0);
        vm.warp(block.timestamp + 60 days - 1);
        vm.expectRevert(PoolsBase.PoolStatusMustBeClosedForAtLeast60Days.selector);
        pools.claimRewardsForUsers(0, users);
        vm.warp(block.timestamp + 1);
        vm.expectRevert(PoolsBase.RewardsHaveNotYetBeenPaidOut.selector);
        pools.archivePool(0);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("users")));
        pools.claimRewardsForUsers(0, new address[](101));
        pools.claimRewardsForUsers(0, users);
        pools.archivePool(0);
        vm.stopPrank();
        eq(usdc.balanceOf(alice), 10_000e6 - 600e6 + 650e6, "half");
        eq(usdc.balanceOf(lara), 10_000e6 - 600e6 + 650e6, "half");
        vm.prank(mallory);
        vm.expectRevert(PoolsBase.MustBePoolOwnerOrAdmin.selector);
        pools.claimRewardsForUsers(0, users);
    }

    function test_an_ineligible_lender_is_owed_its_reward() public {
        collectedPool();
        vm.startPrank(bob);
        pools.depositRewards(0, 1_122e6);
        pools.closePool(0);
        vm.stopPrank();
        freezeWallet(alice);
        address[] memory users = new address[](1);
        users[0] = alice;
        vm.warp(block.timestamp + 60 days);
        vm.prank(bob);
        pools.claimRewardsForUsers(0, users);
        eq(pools.owed(address(usdc), alice), 1_122e6, "kept");
        address fresh = address(0xA1CE);
        unfreezeWallet(alice);
        recoverWallet(alice, fresh);
        vm.prank(guardian);
        pools.migratePosition(alice, fresh);
        vm.prank(fresh);
        eq(pools.withdrawOwed(address(usdc)), 1_122e6, "pulled by the replacement");
    }

    function test_fees_are_the_admins() public {
        collectedPool();
        vm.prank(bob);
        vm.expectRevert();
        pools.withdrawFeesCollected();
        vm.prank(timelock);
        pools.withdrawFeesCollected();
        eq(usdc.balanceOf(timelock), 222e6, "paid");
        eq(pools.feesCollected(), 0, "once");
    }

    function test_what_cannot_be_delivered_waits_and_is_tried_again() public {
        StubbornDeed deed = new StubbornDeed();
        StubbornBars bars = new StubbornBars();
        deed.mint(bob, 7);
        bars.mint(bob, 3, 20);
        PoolsBase.CollateralToken[] memory tokens = new PoolsBase.CollateralToken[](2);
        tokens[0] = PoolsBase.CollateralToken(address(deed), 1, 7);
        tokens[1] = PoolsBase.CollateralToken(address(bars), 15, 3);
        vm.startPrank(bob);
        deed.approve(address(pools), 7);
        bars.setApprovalForAll(address(pools), true);
        pools.createPool(SOFT, HARD, deadline, 0, tokens);
        vm.warp(deadline);
        deed.setStuck(true);
        bars.setStuck(true);
        pools.closePool(0);
        eq(deed.ownerOf(7), address(pools), "still here");
        vm.warp(block.timestamp + 60 days);
        vm.expectRevert(PoolsBase.RewardsHaveNotYetBeenPaidOut.selector);
        pools.archivePool(0);
        vm.stopPrank();
        pools.returnCollateral(0);
        eq(deed.ownerOf(7), address(pools), "tried in vain");
        deed.setStuck(false);
        bars.setStuck(false);
        vm.prank(mallory);
        pools.returnCollateral(0);
        eq(deed.ownerOf(7), bob, "to its owner");
        eq(bars.balanceOf(bob, 3), 20, "to its owner");
        vm.expectRevert(RwaErrors.ZeroAmount.selector);
        pools.returnCollateral(0);
    }

    function test_collateral_comes_in_by_a_pool_only() public {
        Deed deed = new Deed();
        Bars bars = new Bars();
        deed.mint(bob, 1);
        bars.mint(bob, 1, 1);
        bars.mint(bob, 2, 1);
        uint256[] memory ids = new uint256[](2);
        uint256[] memory counts = new uint256[](2);
        (ids[0], ids[1], counts[0], counts[1]) = (1, 2, 1, 1);
        vm.startPrank(bob);
        vm.expectRevert(abi.encodeWithSelector(PoolsBase.UnexpectedCollateral.selector, address(deed)));
        deed.safeTransferFrom(bob, address(pools), 1);
        vm.expectRevert(abi.encodeWithSelector(PoolsBase.UnexpectedCollateral.selector, address(bars)));
        bars.safeBatchTransferFrom(bob, address(pools), ids, counts, "");
        vm.stopPrank();
        isTrue(pools.supportsInterface(type(IERC1155Receiver).interfaceId), "receives inside");
        isTrue(pools.supportsInterface(type(IPositions).interfaceId), "positions");
        isTrue(pools.supportsInterface(type(IDividendVenue).interfaceId), "venue");
        isTrue(!pools.supportsInterface(0xffffffff), "nothing else");
    }

    function test_a_forgotten_pool_is_archived_with_its_collateral() public {
        create();
        commit(alice, 500e6);
        vm.warp(deadline + 60 days - 1);
        vm.startPrank(bob);
        vm.expectRevert(Pools.PoolStatusMustBeAtLeast60DaysPastDeadline.selector);
        pools.archivePool(0);
        vm.warp(deadline + 60 days);
        vm.expectRevert(Pools.PoolIsNotEmpty.selector);
        pools.archivePool(0);
        vm.stopPrank();
        vm.prank(alice);
        pools.uncommitFromPool(0);
        vm.startPrank(bob);
        pools.archivePool(0);
        eq(coin.balanceOf(bob), 1_000e18, "collateral came back");
        vm.expectRevert(Pools.PoolStatusMustBeEitherClosedOrCreated.selector);
        pools.archivePool(0);
        vm.stopPrank();
    }

    function test_collected_commits_stay() public {
        collectedPool();
        vm.prank(alice);
        vm.expectRevert(Pools.PoolStatusMustBeEitherClosedOrCreated.selector);
        pools.uncommitFromPool(0);
        vm.startPrank(bob);
        pools.depositRewards(0, 1_122e6);
        pools.closePool(0);
        vm.stopPrank();
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(PoolsBase.CommitIsLocked.selector, uint256(0)));
        pools.uncommitFromPool(0);
    }

    function test_two_commits_of_one_person_become_one() public {
        create();
        address fresh = address(0xA1CE);
        commit(alice, 600e6);
        vm.prank(kira);
        KYC.proposeRecovery(alice, fresh, "lost key");
        vm.prank(otto);
        KYC.confirmRecovery(alice);
        give(fresh, 1_000e6, address(pools));
        commit(fresh, 500e6);
        vm.prank(guardian);
        pools.migratePosition(alice, fresh);
        (uint256 amount, ) = pools.poolCommits(fresh, 0);
        eq(amount, 1_100e6, "one commit");
        vm.warp(deadline);
        vm.startPrank(bob);
        pools.collectPool(0);
        pools.depositRewards(0, 1_122_000_001);
        pools.closePool(0);
        vm.stopPrank();
        vm.prank(fresh);
        pools.claim(0);
        eq(pools.getPool(0).rewardsPaidOut, 1_122_000_001, "one claim takes all");
    }

    function test_a_level_binds_lenders_and_owners() public {
        vm.prank(mallory);
        vm.expectRevert();
        pools.setAccessLevel(3, 0);
        vm.prank(timelock);
        pools.setAccessLevel(3, 0);
        (uint8 tier, uint8 mask) = pools.accessLevel();
        eq(tier, 3, "tier");
        eq(mask, 0, "any type");
        vm.prank(bob);
        vm.expectRevert();
        pools.createPool(SOFT, HARD, deadline, 0, collateral());
        vm.startPrank(lara);
        pools.createPool(SOFT, HARD, deadline, 0, new PoolsBase.CollateralToken[](0));
        vm.stopPrank();
        vm.prank(alice);
        vm.expectRevert();
        pools.commitToPool(0, 1e6);
    }

    function test_a_pause_is_lifted_by_who_may_set_it() public {
        create();
        vm.prank(mallory);
        vm.expectRevert();
        pools.pause();
        vm.prank(guardian);
        pools.pause();
        vm.prank(alice);
        vm.expectRevert();
        pools.commitToPool(0, 1e6);
        vm.prank(mallory);
        vm.expectRevert();
        pools.unpause();
        vm.prank(timelock);
        pools.unpause();
        commit(alice, 1e6);
    }

    function test_an_operators_pool_closes_and_archives_in_order() public {
        AdminPools admin = AdminPools(proxy(address(new AdminPools()), abi.encodeCall(PoolsBase.__Pools_init, (address(usdc))), lara));
        vm.startPrank(lara);
        usdc.approve(address(admin), type(uint256).max);
        admin.createPool(SOFT, HARD, deadline, 0, new PoolsBase.CollateralToken[](0));
        vm.expectRevert(PoolsBase.PoolStatusMustBeActive.selector);
        admin.closePool(0);
        vm.expectRevert(PoolsBase.PoolStatusMustBeClosed.selector);
        admin.archivePool(0);
        vm.stopPrank();
        vm.startPrank(alice);
        usdc.approve(address(admin), type(uint256).max);
        admin.commitToPool(0, 100e6);
        vm.stopPrank();
        vm.startPrank(lara);
        admin.collectPool(0);
        admin.depositRewards(0, 110e6);
        vm.stopPrank();
        vm.prank(alice);
        admin.claim(0);
        (, , uint256 committed, uint256 partialClaimed, uint256 rewards, uint256 paid, , , , , uint8 status, address owner) = admin.pools(0);
        eq(committed, 100e6, "committed");
        eq(partialClaimed, 110e6, "claimed while active");
        eq(rewards, 110e6, "rewards");
        eq(paid, 110e6, "paid");
        eq(status, admin.ACTIVE(), "active");
        eq(owner, lara, "owner");
    }
}

contract PoolsHandler is Test {
    uint8 private constant CREATED = 0;
    uint8 private constant ACTIVE = 1;
    uint8 private constant CLOSED = 2;
    Pools private immutable pools;
    Coin private immutable coin;
    address private immutable owner;
    address[3] private lenders;
    mapping(uint256 => uint8) private lastStatus;
    bool public isStatusLowered;

    constructor(Pools pools_, Coin coin_, address owner_, address[3] memory lenders_) {
        (pools, coin, owner, lenders) = (pools_, coin_, owner_, lenders_);
    }

    /// P5.
    modifier watched() {
        _;
        for (uint256 id; id < pools.poolIndex(); ++id) {
            uint8 status = pools.getPool(id).poolStatus;
            if (status < lastStatus[id]) isStatusLowered = true;
            lastStatus[id] = status;
        }
    }

    function create(uint256 soft, uint256 hard, uint48 apr) public watched {
        hard = bound(hard, 1e6, 5_000e6);
        PoolsBase.CollateralToken[] memory tokens = new PoolsBase.CollateralToken[](1);
        tokens[0] = PoolsBase.CollateralToken(address(coin), 1e18, 0);
        vm.prank(owner);
        pools.createPool(bound(soft, 0, hard / 4), hard, uint48(block.timestamp + 5 days), uint48(bound(apr, 0, 1e7)), tokens);
    }

    function commit(uint256 who, uint256 id, uint256 amount) external watched {
        id = open(id);
        Pools.Pool memory pool = pools.getPool(id);
        amount = bound(amount, 1, pool.hardCap - pool.totalCommitted);
        vm.prank(lenders[who % 3]);
        pools.commitToPool(id, amount);
    }

    function uncommit(uint256 who, uint256 id) external watched {
        id = pick(id, CREATED);
        address lender = lenderOf(who, id);
        vm.prank(lender);
        pools.uncommitFromPool(id);
    }

    /// With at least one commit, at the deadline.
    function collect(uint256 who, uint256 id) external watched {
        id = open(id);
        Pools.Pool memory pool = pools.getPool(id);
        vm.prank(lenders[who % 3]);
        pools.commitToPool(id, bound(id, 1, pool.hardCap - pool.totalCommitted));
        uint48 deadline = pools.getPool(id).deadline;
        if (block.timestamp < deadline) vm.warp(deadline);
        vm.prank(owner);
        pools.collectPool(id);
    }

    function reward(uint256 id, uint256 amount) external watched {
        id = pick(id, ACTIVE);
        vm.prank(owner);
        pools.depositRewards(id, bound(amount, 1, 3_000e6));
    }

    /// Of an active pool that is rewarded now, or of a closed one.
    function claim(uint256 who, uint256 id, bool isClosed) external watched {
        id = pick(id, isClosed ? CLOSED : ACTIVE);
        address lender = lenderOf(who, id);
        if (!isClosed) {
            vm.prank(owner);
            pools.depositRewards(id, 1e6);
        }
        vm.prank(lender);
        pools.claim(id);
    }

    function close(uint256 id, bool isActive) external watched {
        id = pick(id, isActive ? ACTIVE : CREATED);
        vm.prank(owner);
        pools.closePool(id);
    }

    /// After the wait, with what lenders have not claimed themselves.
    function archive(uint256 id) external watched {
        id = pick(id, CLOSED);
        vm.warp(block.timestamp + 60 days);
        address[] memory users = new address[](3);
        (users[0], users[1], users[2]) = (lenders[0], lenders[1], lenders[2]);
        vm.prank(owner);
        pools.claimRewardsForUsers(id, users);
        vm.prank(owner);
        pools.archivePool(id);
    }

    function pass(uint256 duration) external watched {
        vm.warp(block.timestamp + bound(duration, 1, 10 days));
    }

    /// A pool that still takes commits, if need be a new one.
    function open(uint256 seed) private returns (uint256 id) {
        uint256 count = pools.poolIndex();
        for (uint256 i; i < count; ++i) {
            id = ((seed % count) + i) % count;
            Pools.Pool memory pool = pools.getPool(id);
            if (pool.poolStatus == CREATED && block.timestamp < pool.deadline && pool.totalCommitted < pool.hardCap) return id;
        }
        create(0, seed, 0);
        return count;
    }

    /// A pool in this status, if there is one.
    function pick(uint256 seed, uint8 status) private view returns (uint256 id) {
        uint256 count = pools.poolIndex();
        for (uint256 i; i < count; ++i) {
            id = ((seed % count) + i) % count;
            if (pools.getPool(id).poolStatus == status) return id;
        }
    }

    /// A lender with a commit, if there is one.
    function lenderOf(uint256 seed, uint256 id) private view returns (address lender) {
        for (uint256 i; i < 3; ++i) {
            lender = lenders[((seed % 3) + i) % 3];
            (uint256 amount, ) = pools.poolCommits(lender, id);
            if (amount != 0) return lender;
        }
    }
}

contract PoolsInvariants is DefactorTest {
    Pools private pools;
    PoolsHandler private handler;
    Coin private coin;
    address[3] private lenders;

    function setUp() public {
        install();
        pools = Pools(proxy(address(new Pools()), abi.encodeCall(PoolsBase.__Pools_init, (address(usdc))), timelock));
        coin = new Coin();
        coin.mint(bob, 100e18);
        vm.prank(bob);
        coin.approve(address(pools), type(uint256).max);
        lenders = [alice, lara, ivy];
        for (uint256 i; i < 3; ++i) give(lenders[i], 1_000_000e6, address(pools));
        give(bob, 1_000_000e6, address(pools));
        handler = new PoolsHandler(pools, coin, bob, lenders);
        target(address(handler));
    }

    /// P3, P5: collateral is here while its pool is created or active, and no pool goes back.
    function invariant_collateral_leaves_on_close_only() public view {
        uint256 held;
        for (uint256 id; id < pools.poolIndex(); ++id) if (pools.getPool(id).poolStatus <= 1) held += 1e18;
        eq(coin.balanceOf(address(pools)), held, "P3");
        isTrue(!handler.isStatusLowered(), "P5");
    }

    /// P1, P2, P4: commits add up, rewards are not overpaid, the money is there.
    function invariant_books_balance() public view {
        uint256 needed = pools.feesCollected();
        for (uint256 id; id < pools.poolIndex(); ++id) {
            Pools.Pool memory pool = pools.getPool(id);
            uint256 sum;
            for (uint256 i; i < 3; ++i) {
                (uint256 amount, ) = pools.poolCommits(lenders[i], id);
                sum += amount;
            }
            eq(sum, pool.totalCommitted, "P1: commits add up");
            le(pool.rewardsPaidOut, pool.totalRewards, "P2: rewards are not overpaid");
            needed += pool.totalRewards - pool.rewardsPaidOut;
            if (pool.poolStatus == 0) needed += pool.totalCommitted;
        }
        ge(usdc.balanceOf(address(pools)), needed, "P4: the money is there");
    }
}
