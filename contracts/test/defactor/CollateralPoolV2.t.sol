// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {Roles} from "../../src/common/Roles.sol";
import {RwaErrors} from "../../src/common/RwaErrors.sol";
import {ERC20CollateralPoolV2} from "../../src/defactor/ERC20CollateralPoolV2.sol";
import {IDividendVenue} from "../../src/interfaces/IDividendVenue.sol";
import {IPositions} from "../../src/interfaces/IPositions.sol";
import {Test} from "../base/Test.sol";
import {DefactorTest} from "./DefactorTest.sol";
import {Coin, Feed} from "./Mocks.sol";

abstract contract CollateralPoolFixture is DefactorTest {
    ERC20CollateralPoolV2 internal pool;
    Coin internal gold;
    Feed internal goldFeed;
    Feed internal usdcFeed;
    uint48 internal start;

    function installPool() internal {
        install();
        start = uint48(block.timestamp);
        gold = new Coin();
        goldFeed = new Feed(8, 100e8);
        usdcFeed = new Feed(8, 1e8);
        ERC20CollateralPoolV2.InitPool[] memory first = new ERC20CollateralPoolV2.InitPool[](1);
        first[0] = initPool();
        bytes memory call = abi.encodeCall(ERC20CollateralPoolV2.__ERC20CollateralPool_init, (timelock, address(usdc), address(usdcFeed), address(0), first));
        pool = ERC20CollateralPoolV2(proxy(address(new ERC20CollateralPoolV2()), call, timelock));
        vm.prank(timelock);
        pool.grantRole(Roles.PAUSER, guardian);
        address[3] memory users = [alice, bob, lara];
        for (uint256 i; i < 3; ++i) {
            give(users[i], 1_000_000e6, address(pool));
            gold.mint(users[i], 100_000e18);
            vm.prank(users[i]);
            gold.approve(address(pool), type(uint256).max);
        }
    }

    function initPool() internal view returns (ERC20CollateralPoolV2.InitPool memory) {
        return
            ERC20CollateralPoolV2.InitPool({
                collateralToken: address(gold),
                collateralTokenPriceOracle: address(goldFeed),
                collateralTokenSequencerOracle: address(0),
                maxPoolCapacity: 500_000e6,
                minLended: 1e6,
                minBorrow: 1e6,
                endTime: start + 1000 days,
                collateralTokenFactor: 10_000,
                collateralTokenLTVPercentage: 5_000,
                interest: 500
            });
    }

    function amounts() internal view returns (ERC20CollateralPoolV2.PoolAmounts memory a) {
        (a, , , , , , ) = pool.pools(0);
    }
}

contract CollateralPoolV2Test is CollateralPoolFixture {
    function setUp() public {
        installPool();
        vm.prank(alice);
        pool.lend(0, 10_000e6);
        vm.prank(bob);
        pool.borrow(0, 1_000e6, 20e18);
    }

    function refresh(int256 price) private {
        goldFeed.set(price);
        usdcFeed.set(1e8);
    }

    function one(uint256 amount) private pure returns (ERC20CollateralPoolV2.Claim[] memory claims) {
        claims = new ERC20CollateralPoolV2.Claim[](1);
        claims[0] = ERC20CollateralPoolV2.Claim(0, amount);
    }

    function bobs(uint256 amount) private pure returns (ERC20CollateralPoolV2.Liquidation[] memory items) {
        items = new ERC20CollateralPoolV2.Liquidation[](1);
        items[0] = ERC20CollateralPoolV2.Liquidation(0, bob, amount);
    }

    function test_story_collateral_interest_and_reward() public {
        eq(pool.calculateCollateralTokenAmount(0, 1_000e6), 20e18, "20 tokens for 1,000 USDC at 50 %");
        vm.warp(start + 73 days);
        eq(pool.calculateRepayInterest(0, 0, bob), 10e6, "73 days at 5 %");
        near(pool.calculateReward(0, 0, alice), 10e6, 1, "the lender earns it");
        vm.prank(bob);
        pool.repay(0, 0, 1_000e6);
        eq(usdc.balanceOf(bob), 1_000_000e6 - 10e6, "principal and interest");
        eq(gold.balanceOf(bob), 100_000e18, "collateral came back");
        vm.prank(alice);
        pool.claim(0, one(10_000e6));
        near(usdc.balanceOf(alice), 1_000_000e6 + 10e6, 1, "principal and reward");
    }

    function test_story_liquidatable_below_its_price() public {
        refresh(83.34e8);
        isTrue(!pool.isPositionLiquidatable(0, bob, 0), "83.34 is within the limit");
        refresh(83.33e8);
        isTrue(pool.isPositionLiquidatable(0, bob, 0), "83.33 is not");
    }

    function test_liquidation_pays_premium_fee_and_rest() public {
        refresh(80e8);
        uint256 before = usdc.balanceOf(lara);
        vm.prank(lara);
        pool.liquidate(0, bobs(1_000e6));
        eq(before - usdc.balanceOf(lara), 1_050e6, "5 % for the protocol");
        eq(gold.balanceOf(lara), 100_000e18 + 13.75e18, "110 % of 1,000 at 80");
        eq(gold.balanceOf(bob), 100_000e18 - 13.75e18, "the rest to the borrower");
        eq(pool.usdcFeesCollected(), 50e6, "fee");
        vm.prank(lara);
        vm.expectRevert(ERC20CollateralPoolV2.BorrowAlreadyLiquidated.selector);
        pool.liquidate(0, bobs(1));
        vm.prank(timelock);
        pool.withdrawProtocolRewards(address(usdc), ivy);
        eq(usdc.balanceOf(ivy), 50e6, "paid out");
    }

    function test_an_ineligible_borrower_does_not_stop_a_liquidation() public {
        refresh(80e8);
        freezeWallet(bob);
        vm.prank(lara);
        pool.liquidate(0, bobs(1_000e6));
        eq(pool.owed(address(gold), bob), 6.25e18, "kept for the borrower");
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, bob, uint8(2)));
        pool.withdrawOwed(address(gold));
        unfreezeWallet(bob);
        vm.prank(bob);
        pool.withdrawOwed(address(gold));
        eq(gold.balanceOf(bob), 100_000e18 - 13.75e18, "pulled later");
    }

    function test_a_lender_nets_its_claim() public {
        refresh(80e8);
        vm.prank(alice);
        pool.claimCollateral(0, one(1_500e6), bobs(1_000e6));
        eq(gold.balanceOf(alice), 100_000e18 + 13.75e18, "110 % in collateral");
        eq(pool.getCollateralTokenProtocolFee(address(gold)), 0.625e18, "5 % in collateral");
        eq(usdc.balanceOf(alice), 990_000e6 + 500e6, "the rest in USDC");
        vm.prank(alice);
        vm.expectRevert(ERC20CollateralPoolV2.BorrowAlreadyLiquidated.selector);
        pool.claimCollateral(0, one(1_000e6), bobs(1));
        vm.prank(timelock);
        pool.withdrawProtocolRewards(address(gold), ivy);
        eq(gold.balanceOf(ivy), 0.625e18, "fee paid out");
    }

    function test_claims_must_cover_liquidations() public {
        refresh(80e8);
        vm.prank(alice);
        vm.expectRevert(ERC20CollateralPoolV2.NotEnoughUSDCClaimedToLiquidatePositions.selector);
        pool.claimCollateral(0, one(999e6), bobs(1_000e6));
    }

    function test_repaying_and_adding_need_no_price_and_no_open_door() public {
        vm.warp(start + 30 days);
        goldFeed.set(0);
        vm.prank(guardian);
        pool.pause();
        vm.startPrank(bob);
        pool.changeCollateralAmount(0, 0, 25e18, 0);
        pool.repay(0, 0, 400e6);
        vm.expectRevert();
        pool.changeCollateralAmount(0, 0, 1e18, 5_000);
        pool.repay(0, 0, 600e6);
        vm.stopPrank();
        eq(gold.balanceOf(bob), 100_000e18, "all of the collateral");
        vm.prank(guardian);
        pool.unpause();
        refresh(1e8);
        vm.prank(lara);
        vm.expectRevert(ERC20CollateralPoolV2.PauseGracePeriodNotPassed.selector);
        pool.liquidate(0, bobs(1));
    }

    function test_prices_must_be_fresh_and_positive() public {
        vm.warp(start + 1 days + 1);
        vm.startPrank(bob);
        vm.expectRevert(ERC20CollateralPoolV2.OracleDataTooOld.selector);
        pool.borrow(0, 100e6, 100e18);
        goldFeed.set(0);
        vm.expectRevert(ERC20CollateralPoolV2.CollateralTokenPriceIsZero.selector);
        pool.borrow(0, 100e6, 100e18);
        goldFeed.set(100e8);
        usdcFeed.set(-1);
        vm.expectRevert(ERC20CollateralPoolV2.UsdcPriceIsZero.selector);
        pool.borrow(0, 100e6, 100e18);
        vm.stopPrank();
    }

    function test_a_native_feed_counts_by_its_health() public {
        bytes32 id = "PRICE:GOLD/USD";
        createFeed(id, 1, 8, 2_000);
        report(id, 100e8);
        ERC20CollateralPoolV2.InitPool memory native = initPool();
        native.collateralTokenPriceOracle = ORACLE.facadeOf(id);
        // The mirror of the oracle answers for its facades.
        vm.etch(native.collateralTokenPriceOracle, address(goldFeed).code);
        Feed(native.collateralTokenPriceOracle).set(100e8);
        vm.prank(timelock);
        pool.addPool(native);
        usdcFeed.set(1e8);
        vm.prank(alice);
        pool.lend(1, 1_000e6);
        vm.prank(bob);
        pool.borrow(1, 100e6, 20e18);
        vm.warp(block.timestamp + 108_001);
        Feed(native.collateralTokenPriceOracle).set(100e8);
        usdcFeed.set(1e8);
        vm.prank(bob);
        vm.expectRevert(ERC20CollateralPoolV2.OracleDataTooOld.selector);
        pool.borrow(1, 100e6, 20e18);
    }

    function test_limits_of_lending_and_borrowing() public {
        vm.startPrank(alice);
        vm.expectRevert(ERC20CollateralPoolV2.AmountTooLow.selector);
        pool.lend(0, 1);
        vm.expectRevert(ERC20CollateralPoolV2.MaxPoolCapacityIsReached.selector);
        pool.lend(0, 500_000e6);
        vm.expectRevert(ERC20CollateralPoolV2.PoolDoesNotExist.selector);
        pool.lend(1, 1e6);
        vm.expectRevert(ERC20CollateralPoolV2.CollateralAmountTooLow.selector);
        pool.borrow(0, 1_000e6, 20e18 - 1);
        vm.expectRevert(ERC20CollateralPoolV2.NotEnoughUSDCInPool.selector);
        pool.borrow(0, 9_000e6 + 1, 1_000e18);
        vm.expectRevert(ERC20CollateralPoolV2.NotEnoughUSDCInPool.selector);
        pool.claim(0, one(9_000e6 + 1));
        vm.warp(start + 1000 days);
        vm.expectRevert(ERC20CollateralPoolV2.PoolIsClosed.selector);
        pool.lend(0, 1e6);
        vm.stopPrank();
        vm.prank(mallory);
        vm.expectRevert();
        pool.addPool(initPool());
    }

    function test_after_its_end_a_debt_is_liquidatable() public {
        vm.warp(start + 1000 days + 1);
        refresh(100e8);
        isTrue(pool.isPositionLiquidatable(0, bob, 0), "past the end");
    }

    function test_taking_collateral_back_keeps_both_limits() public {
        vm.startPrank(bob);
        pool.changeCollateralAmount(0, 0, 40e18, 0);
        vm.expectRevert(ERC20CollateralPoolV2.CollateralAmountTooLow.selector);
        pool.changeCollateralAmount(0, 0, 24e18, 4_000);
        pool.changeCollateralAmount(0, 0, 25e18, 4_000);
        pool.changeCollateralAmount(0, 0, 20e18, 6_000);
        vm.expectRevert(ERC20CollateralPoolV2.CollateralAmountNotChanged.selector);
        pool.changeCollateralAmount(0, 0, 20e18, 6_000);
        vm.expectRevert(ERC20CollateralPoolV2.CollateralAmountTooLow.selector);
        pool.changeCollateralAmount(0, 0, 20e18 - 1, 6_000);
        vm.stopPrank();
    }

    function test_edits_wait_seven_days() public {
        ERC20CollateralPoolV2.EditPool memory edit = ERC20CollateralPoolV2.EditPool({
            collateralTokenPriceOracle: address(goldFeed),
            collateralTokenSequencerOracle: address(0),
            maxPoolCapacity: 600_000e6,
            minLended: 2e6,
            minBorrow: 2e6,
            endTime: start + 2000 days,
            collateralTokenFactor: 10_500,
            collateralTokenLTVPercentage: 6_000,
            interest: 600
        });
        vm.startPrank(timelock);
        pool.announceEditPool(0, edit);
        vm.expectRevert(ERC20CollateralPoolV2.ThereIsAlreadyActiveAnnouncementForThisPool.selector);
        pool.announceEditPool(0, edit);
        vm.warp(start + 7 days - 1);
        vm.expectRevert(ERC20CollateralPoolV2.PoolAnnouncementIsLocked.selector);
        pool.commitEditPool(0);
        vm.warp(start + 7 days);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("interest")));
        pool.commitEditPool(0);
        pool.cancelEditPool(0);
        edit.interest = 500;
        pool.announceEditPool(0, edit);
        vm.warp(start + 14 days);
        pool.commitEditPool(0);
        vm.stopPrank();
        (, ERC20CollateralPoolV2.CollateralDetails memory details, , , , uint48 endTime, uint24 interest) = pool.pools(0);
        eq(details.maxPoolCapacity, 600_000e6, "capacity");
        eq(details.collateralTokenLTVPercentage, 6_000, "LTV");
        eq(details.collateralTokenFactor, 10_500, "factor");
        eq(endTime, start + 2000 days, "end");
        eq(interest, 500, "interest");
        eq(details.collateralToken, address(gold), "collateral stays");
    }

    function test_positions_follow_a_recovered_wallet() public {
        address fresh = address(0xB0B2);
        recoverWallet(bob, fresh);
        vm.prank(guardian);
        pool.migratePosition(bob, fresh);
        eq(pool.borrowsLength(0, bob), 0, "moved");
        give(fresh, 2_000e6, address(pool));
        vm.prank(fresh);
        pool.repay(0, 0, 1_000e6);
        eq(gold.balanceOf(fresh), 20e18, "the replacement gets the collateral");
    }

    function test_dividends_find_who_pledged() public {
        uint48 then = uint48(block.timestamp);
        vm.warp(then + 1);
        (uint256 part, uint256 whole) = pool.shareAt(address(gold), bob, then);
        eq(part, 20e18, "part");
        eq(whole, 20e18, "whole");
    }

    function test_what_a_deployment_tells() public {
        address[] memory tokens = pool.getCollateralTokens();
        eq(tokens.length, 1, "one collateral");
        eq(tokens[0], address(gold), "gold");
        eq(pool.usdcPriceOracle(), address(usdcFeed), "feed");
        eq(pool.usdcSequencerOracle(), address(0), "no sequencer");
        eq(pool.unPausedTimestamp(), 0, "never paused");
        vm.prank(guardian);
        pool.pause();
        vm.warp(start + 5);
        vm.prank(guardian);
        pool.unpause();
        eq(pool.unPausedTimestamp(), start + 5, "end of the pause");
        vm.warp(start + 73 days);
        // Principal and 10 of interest, with 5 %.
        eq(pool.getLiquidatableAmountWithProtocolFee(0, bob, 0), 1_060.5e6, "what a liquidator pays");
        isTrue(pool.supportsInterface(type(IPositions).interfaceId), "positions");
        isTrue(pool.supportsInterface(type(IDividendVenue).interfaceId), "venue");
        isTrue(!pool.supportsInterface(0xffffffff), "nothing else");
    }

    function test_an_announcement_is_shown_until_it_is_called_off() public {
        ERC20CollateralPoolV2.EditPool memory edit;
        edit.collateralTokenPriceOracle = address(goldFeed);
        (edit.maxPoolCapacity, edit.minLended, edit.minBorrow) = (600_000e6, 2e6, 2e6);
        (edit.endTime, edit.collateralTokenFactor, edit.collateralTokenLTVPercentage) = (start + 2000 days, 10_000, 5_000);
        vm.startPrank(timelock);
        vm.expectRevert(ERC20CollateralPoolV2.PoolAnnouncementIsLocked.selector);
        pool.cancelEditPool(0);
        pool.announceEditPool(0, edit);
        (uint256 unlocksAt, ERC20CollateralPoolV2.EditPool memory shown) = pool.announcedPoolEdit(0);
        eq(unlocksAt, start + 7 days, "time");
        eq(shown.maxPoolCapacity, 600_000e6, "values");
        pool.cancelEditPool(0);
        (unlocksAt, ) = pool.announcedPoolEdit(0);
        eq(unlocksAt, 0, "called off");
        vm.stopPrank();
    }

    function test_a_pool_is_checked() public {
        ERC20CollateralPoolV2.InitPool memory bad = initPool();
        bad.collateralToken = address(0);
        refuses(bad, abi.encodeWithSelector(ERC20CollateralPoolV2.PoolCollateralTokenCannotBeZeroAddress.selector));
        bad = initPool();
        bad.collateralToken = address(usdc);
        refuses(bad, abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("collateralToken")));
        bad = initPool();
        bad.collateralTokenPriceOracle = address(0);
        refuses(bad, abi.encodeWithSelector(RwaErrors.ZeroAddress.selector));
        bad = initPool();
        bad.endTime = start;
        refuses(bad, abi.encodeWithSelector(ERC20CollateralPoolV2.PoolEndsAtIsInThePast.selector));
        bad = initPool();
        bad.minLended = bad.maxPoolCapacity + 1;
        refuses(bad, abi.encodeWithSelector(ERC20CollateralPoolV2.MinLendedGreaterThanMaxPoolCapacity.selector));
        bad = initPool();
        bad.minBorrow = 0;
        refuses(bad, abi.encodeWithSelector(ERC20CollateralPoolV2.AmountCannotBeZero.selector));
        bad = initPool();
        bad.collateralTokenLTVPercentage = 6_501;
        refuses(bad, abi.encodeWithSelector(ERC20CollateralPoolV2.CollateralTokenLTVPercentageTooHigh.selector));
        bad.collateralTokenLTVPercentage = 0;
        refuses(bad, abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("collateralTokenLTVPercentage")));
        bad = initPool();
        bad.collateralTokenFactor = 0;
        refuses(bad, abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("collateralTokenFactor")));
    }

    function refuses(ERC20CollateralPoolV2.InitPool memory bad, bytes memory reason) private {
        vm.prank(timelock);
        vm.expectRevert(reason);
        pool.addPool(bad);
    }

    function test_a_sequencer_that_is_down_stops_borrowing() public {
        Feed sequencer = new Feed(0, 0);
        ERC20CollateralPoolV2.InitPool memory onLayer2 = initPool();
        onLayer2.collateralTokenSequencerOracle = address(sequencer);
        vm.prank(timelock);
        pool.addPool(onLayer2);
        vm.prank(alice);
        pool.lend(1, 1_000e6);
        vm.startPrank(bob);
        pool.borrow(1, 100e6, 2e18);
        sequencer.set(1);
        vm.expectRevert(ERC20CollateralPoolV2.OracleSequencerDown.selector);
        pool.borrow(1, 100e6, 2e18);
        pool.repay(1, 0, 100e6);
        vm.stopPrank();
    }

    function test_limits_of_repaying_claiming_and_liquidating() public {
        vm.startPrank(bob);
        vm.expectRevert(ERC20CollateralPoolV2.AmountCannotBeZero.selector);
        pool.repay(0, 0, 0);
        vm.expectRevert(ERC20CollateralPoolV2.AmountTooBig.selector);
        pool.repay(0, 0, 1_000e6 + 1);
        vm.expectRevert(ERC20CollateralPoolV2.BorrowDoesNotExist.selector);
        pool.repay(0, 1, 1);
        vm.stopPrank();
        vm.startPrank(alice);
        vm.expectRevert(ERC20CollateralPoolV2.NoClaimsProvided.selector);
        pool.claim(0, new ERC20CollateralPoolV2.Claim[](0));
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("batch")));
        pool.claim(0, new ERC20CollateralPoolV2.Claim[](101));
        vm.expectRevert(ERC20CollateralPoolV2.AmountCannotBeZero.selector);
        pool.claim(0, one(0));
        vm.expectRevert(ERC20CollateralPoolV2.AmountTooBig.selector);
        pool.claim(0, one(10_000e6 + 1));
        vm.expectRevert(ERC20CollateralPoolV2.NoLiquidationsProvided.selector);
        pool.liquidate(0, new ERC20CollateralPoolV2.Liquidation[](0));
        vm.expectRevert(ERC20CollateralPoolV2.PositionNotLiquidatable.selector);
        pool.liquidate(0, bobs(1_000e6));
        vm.stopPrank();
        refresh(80e8);
        vm.startPrank(lara);
        vm.expectRevert(ERC20CollateralPoolV2.AmountCannotBeZero.selector);
        pool.liquidate(0, bobs(0));
        vm.expectRevert(ERC20CollateralPoolV2.AmountTooBig.selector);
        pool.liquidate(0, bobs(1_000e6 + 1));
        vm.stopPrank();
    }

    function test_fees_go_where_the_admin_says() public {
        vm.startPrank(timelock);
        vm.expectRevert(RwaErrors.ZeroAddress.selector);
        pool.withdrawProtocolRewards(address(usdc), address(0));
        vm.expectRevert(ERC20CollateralPoolV2.CollateralTokenDoesNotExist.selector);
        pool.withdrawProtocolRewards(address(factr), ivy);
        vm.stopPrank();
        vm.prank(bob);
        vm.expectRevert();
        pool.withdrawProtocolRewards(address(usdc), bob);
    }

    function test_loans_and_what_is_owed_follow_a_recovered_lender() public {
        refresh(80e8);
        freezeWallet(bob);
        vm.prank(lara);
        pool.liquidate(0, bobs(1_000e6));
        unfreezeWallet(bob);
        (address freshAlice, address freshBob) = (address(0xA1CE), address(0xB0B2));
        recoverWallet(alice, freshAlice);
        recoverWallet(bob, freshBob);
        vm.startPrank(guardian);
        pool.migratePosition(alice, freshAlice);
        pool.migratePosition(bob, freshBob);
        vm.stopPrank();
        vm.warp(block.timestamp + 1);
        (uint256 part, ) = pool.shareAt(address(gold), freshBob, uint48(block.timestamp - 1));
        eq(part, 6.25e18, "the booking moved too");
        vm.prank(freshBob);
        eq(pool.withdrawOwed(address(gold)), 6.25e18, "collateral");
        vm.prank(freshAlice);
        pool.claim(0, one(10_000e6));
        eq(usdc.balanceOf(freshAlice), 10_000e6, "principal");
        eq(pool.lendingsLength(0, alice), 0, "nothing stays");
    }

    function test_a_level_binds_new_positions() public {
        vm.prank(timelock);
        pool.setAccessLevel(4, 0);
        vm.prank(alice);
        vm.expectRevert();
        pool.lend(0, 1_000e6);
        vm.prank(bob);
        vm.expectRevert();
        pool.borrow(0, 100e6, 10e18);
        vm.prank(lara);
        pool.lend(0, 1_000e6);
        vm.prank(bob);
        pool.repay(0, 0, 1_000e6);
    }

    function test_an_initialiser_is_checked() public {
        refusesDeployment(address(0), address(usdc), address(usdcFeed), abi.encodeWithSelector(ERC20CollateralPoolV2.AdminMustNotBeZeroAddress.selector));
        refusesDeployment(timelock, address(usdc), address(0), abi.encodeWithSelector(RwaErrors.ZeroAddress.selector));
        bytes memory notUsdc = abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("usdc"));
        refusesDeployment(timelock, address(gold), address(usdcFeed), notUsdc);
    }

    function refusesDeployment(address admin, address token, address feed, bytes memory reason) private {
        ERC20CollateralPoolV2.InitPool[] memory none = new ERC20CollateralPoolV2.InitPool[](0);
        address implementation = address(new ERC20CollateralPoolV2());
        bytes memory call = abi.encodeCall(ERC20CollateralPoolV2.__ERC20CollateralPool_init, (admin, token, feed, address(0), none));
        vm.expectRevert(reason);
        new ERC1967Proxy(implementation, call);
    }
}

contract CollateralPoolHandler is Test {
    ERC20CollateralPoolV2 private immutable pool;
    Feed private immutable gold;
    Feed private immutable usdc;
    address[3] private users;
    bool public isAboveLtv;
    bool public isRepaymentBlocked;

    constructor(ERC20CollateralPoolV2 pool_, Feed gold_, Feed usdc_, address[3] memory users_) {
        (pool, gold, usdc, users) = (pool_, gold_, usdc_, users_);
    }

    function lend(uint256 who, uint256 amount) external {
        vm.prank(users[who % 3]);
        pool.lend(0, bound(amount, 1e6, 50_000e6));
    }

    /// C4: with what the price demands or anything near it; at 50 % a loan needs twice its amount.
    function borrow(uint256 who, uint256 amount, uint256 extra) external {
        (uint256 available, ) = pool.getAvailableAmountsInPool(0);
        amount = bound(amount, 1e6, available < 20_000e6 ? available : 20_000e6);
        refresh();
        uint256 collateral = pool.calculateCollateralTokenAmount(0, amount) + bound(extra, 0, 10e18) - 2e18;
        vm.prank(users[who % 3]);
        pool.borrow(0, amount, collateral);
        if (amount * 2 > (collateral * uint256(gold.answer())) / 1e20 + 1) isAboveLtv = true;
    }

    /// C5: whatever the price and its age.
    function repay(uint256 who, uint256 index, uint256 amount) external {
        (address user, uint256 id, uint256 debt) = indebted(who, index);
        amount = bound(amount, 1, debt);
        vm.prank(user);
        try pool.repay(0, id, amount) {} catch {
            isRepaymentBlocked = true;
        }
    }

    function claim(uint256 who, uint256 index, uint256 amount) external {
        (address user, uint256 id, uint256 lent) = lender(who, index);
        (uint256 available, ) = pool.getAvailableAmountsInPool(0);
        ERC20CollateralPoolV2.Claim[] memory claims = new ERC20CollateralPoolV2.Claim[](1);
        claims[0] = ERC20CollateralPoolV2.Claim(id, bound(amount, 1, lent < available ? lent : available));
        vm.prank(user);
        pool.claim(0, claims);
    }

    /// At a price near the limit, which is 60 % of the collateral.
    function liquidate(uint256 who, uint256 whom, uint256 index, uint256 amount, bool asLender) external {
        (address user, uint256 id, uint256 debt) = indebted(whom, index);
        (, , uint256 collateral, ) = pool.borrows(0, user, id);
        gold.set(int256((debt * bound(amount, 70, 110) * 1e22) / (collateral * 6_000)));
        usdc.set(1e8);
        ERC20CollateralPoolV2.Liquidation[] memory items = new ERC20CollateralPoolV2.Liquidation[](1);
        items[0] = ERC20CollateralPoolV2.Liquidation(id, user, bound(amount, 1, debt));
        if (asLender) {
            (address creditor, uint256 lendId, uint256 lent) = lender(who, index);
            ERC20CollateralPoolV2.Claim[] memory claims = new ERC20CollateralPoolV2.Claim[](1);
            claims[0] = ERC20CollateralPoolV2.Claim(lendId, lent);
            vm.prank(creditor);
            pool.claimCollateral(0, claims, items);
        } else {
            vm.prank(users[who % 3]);
            pool.liquidate(0, items);
        }
    }

    function price(uint256 value) external {
        gold.set(int256(bound(value, 40e8, 200e8)));
    }

    function pass(uint256 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 30 days));
    }

    function refresh() private {
        gold.set(gold.answer());
        usdc.set(1e8);
    }

    /// A position with debt, from random ones on; reverts if there is none.
    function indebted(uint256 who, uint256 index) private view returns (address user, uint256 id, uint256 debt) {
        for (uint256 u; u < 3; ++u) {
            user = users[((who % 3) + u) % 3];
            uint256 count = pool.borrowsLength(0, user);
            for (uint256 i; i < count; ++i) {
                id = ((index % count) + i) % count;
                (, debt, , ) = pool.borrows(0, user, id);
                if (debt != 0) return (user, id, debt);
            }
        }
        revert("no debt");
    }

    /// A lending position, from random ones on; reverts if there is none.
    function lender(uint256 who, uint256 index) private view returns (address user, uint256 id, uint256 lent) {
        for (uint256 u; u < 3; ++u) {
            user = users[((who % 3) + u) % 3];
            uint256 count = pool.lendingsLength(0, user);
            for (uint256 i; i < count; ++i) {
                id = ((index % count) + i) % count;
                (, lent, ) = pool.lendings(0, user, id);
                if (lent != 0) return (user, id, lent);
            }
        }
        revert("nothing is lent");
    }
}

contract CollateralPoolV2Invariants is CollateralPoolFixture {
    CollateralPoolHandler private handler;

    function setUp() public {
        installPool();
        handler = new CollateralPoolHandler(pool, goldFeed, usdcFeed, [alice, bob, lara]);
        target(address(handler));
    }

    /// C4, C5.
    function invariant_loans_are_backed_and_repayable() public view {
        isTrue(!handler.isAboveLtv(), "C4");
        isTrue(!handler.isRepaymentBlocked(), "C5");
    }

    /// C1, C3: what a pool can pay is there; totals only grow in their order.
    function invariant_usdc_is_there() public view {
        ERC20CollateralPoolV2.PoolAmounts memory a = amounts();
        ge(a.lended, a.claimed, "C3: lended and claimed");
        ge(a.borrowed, a.repaid, "C3: borrowed and repaid");
        (uint256 available, ) = pool.getAvailableAmountsInPool(0);
        ge(usdc.balanceOf(address(pool)), available + pool.usdcFeesCollected(), "C1");
    }

    /// C2: every unit of collateral belongs to a position, to the protocol or is owed.
    function invariant_collateral_is_booked() public view {
        uint256 positions;
        uint256 owed;
        address[3] memory users = [alice, bob, lara];
        for (uint256 u; u < 3; ++u) {
            owed += pool.owed(address(gold), users[u]);
            for (uint256 i; i < pool.borrowsLength(0, users[u]); ++i) {
                (, , uint256 collateral, ) = pool.borrows(0, users[u], i);
                positions += collateral;
            }
        }
        eq(positions, amounts().collateralTokenAmount, "C2: positions");
        eq(gold.balanceOf(address(pool)), positions + pool.getCollateralTokenProtocolFee(address(gold)) + owed, "C2: balance");
    }

    /// C6: lenders never earned more than borrowers paid and owe.
    function invariant_rewards_are_earned() public {
        uint256 rewards = amounts().claimedRewards;
        uint256 interest = amounts().rewards;
        address[3] memory users = [alice, bob, lara];
        for (uint256 u; u < 3; ++u) {
            for (uint256 i; i < pool.lendingsLength(0, users[u]); ++i) rewards += pool.calculateReward(0, i, users[u]);
            for (uint256 i; i < pool.borrowsLength(0, users[u]); ++i) interest += pool.calculateRepayInterest(0, i, users[u]);
        }
        le(rewards, interest, "C6");
    }
}
