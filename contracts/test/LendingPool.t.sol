// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import {RwaErrors} from "../src/common/RwaErrors.sol";
import {RuleSetup} from "../src/common/Structs.sol";
import {IDividendVenue} from "../src/interfaces/IDividendVenue.sol";
import {IPositions} from "../src/interfaces/IPositions.sol";
import {ILendingEvents} from "../src/lending/LendingState.sol";
import {MarketParams, RateParams} from "../src/lending/LendingTypes.sol";
import {Platform} from "./base/Platform.sol";

contract LendingPoolTest is Platform {
    address private constant newWallet = address(0xB001);

    function setUp() public {
        installPlatform();
        RuleSetup memory rules = rulesOnlyKyc();
        rules.rules.ruleMask |= 1 << 7;
        rules.rules.maxBalance = 70_000e18;
        rules.rules.minTierTo = 2;
        installToken(rules, 100_000e18);
        admitVenue(address(pool));
        vm.prank(timelock);
        pool.listCollateral(address(token), marketParams());
        fund(lara, address(pool), 300_000e6);
        vm.prank(lara);
        pool.supply(200_000e6, lara);
        give(bob, 2_000e18);
        vm.startPrank(bob);
        token.approve(address(pool), type(uint256).max);
        usdc.approve(address(pool), type(uint256).max);
        pool.depositCollateral(address(token), 1_000e18);
        vm.stopPrank();
    }

    function test_borrow_storyNumbers() public {
        vm.startPrank(bob);
        pool.borrow(50_000e6, bob);
        eq(pool.health(bob), 1.3e18, "health");
        vm.expectRevert(abi.encodeWithSelector(ILendingEvents.HealthTooLow.selector, 1_299_974_000_519_989_600));
        pool.borrow(1e6, bob);
        vm.stopPrank();
        eq(usdc.balanceOf(bob), 50_000e6, "borrowed");
        eq(pool.health(alice), type(uint256).max, "no debt");
    }

    function test_liquidation_storyNumbers() public {
        vm.prank(bob);
        pool.borrow(50_000e6, bob);
        vm.expectRevert(abi.encodeWithSelector(ILendingEvents.Healthy.selector, 1.3e18));
        vm.prank(lara);
        pool.liquidate(bob, address(token), 1e6, 0);
        report(NAV, 74e8);
        vm.prank(lara);
        uint256 seized = pool.liquidate(bob, address(token), 25_000e6, 0);
        eq(seized, uint256(25_000e18 * 105) / 7_400, "354.7297");
        near(pool.debtOf(bob), 25_000e6, 1_000, "half is repaid");
        eq(pool.collateralOf(bob, address(token)), 1_000e18 - seized, "rest");
        ge(pool.health(bob), 1e18, "healthy again");
    }

    function test_liquidation_respectsCloseFactorAndMinimum() public {
        vm.prank(bob);
        pool.borrow(50_000e6, bob);
        report(NAV, 74e8);
        vm.startPrank(lara);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.Slippage.selector, 354_729_729_729_729_729_729, 355e18));
        pool.liquidate(bob, address(token), 25_000e6, 355e18);
        uint256 before = usdc.balanceOf(lara);
        pool.liquidate(bob, address(token), 50_000e6, 0);
        near(before - usdc.balanceOf(lara), 25_000e6, 1_000, "at most half");
        vm.stopPrank();
    }

    function test_liquidator_mustBeAbleToReceive() public {
        vm.prank(bob);
        pool.borrow(50_000e6, bob);
        address basic = address(0xB002);
        person(basic, 1, 1, GERMANY);
        fund(basic, address(pool), 25_000e6);
        report(NAV, 74e8);
        // Tier 1 is enough for the pool, not for the token.
        vm.expectRevert(abi.encodeWithSelector(ILendingEvents.LiquidatorCannotReceive.selector, uint8(39)));
        vm.prank(basic);
        pool.liquidate(bob, address(token), 25_000e6, 0);
    }

    function test_badDebt_isWrittenOffInTheSameCall() public {
        vm.prank(bob);
        pool.borrow(50_000e6, bob);
        report(NAV, 20e8);
        uint256 assets = pool.totalAssets();
        vm.prank(lara);
        uint256 seized = pool.liquidate(bob, address(token), 50_000e6, 0);
        eq(seized, 1_000e18, "all");
        eq(pool.debtOf(bob), 0, "no debt left");
        le(pool.totalAssets(), assets - 30_000e6, "the suppliers bear it");
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("borrower")));
        pool.writeOff(bob);
    }

    function test_staleFeed_stopsRisk_neverRepaymentNorExit() public {
        vm.prank(bob);
        pool.borrow(50_000e6, bob);
        vm.warp(block.timestamp + 2 days);
        vm.startPrank(bob);
        vm.expectRevert();
        pool.borrow(1, bob);
        vm.expectRevert();
        pool.withdrawCollateral(address(token), 1);
        pool.depositCollateral(address(token), 1e18);
        pool.repay(10_000e6, bob);
        vm.stopPrank();
        vm.startPrank(lara);
        vm.expectRevert();
        pool.liquidate(bob, address(token), 1e6, 0);
        pool.repay(1_000e6, bob);
        pool.withdraw(10_000e6, lara);
        vm.stopPrank();
    }

    function test_pause_stopsEntry_andLiquidationWaitsAfterwards() public {
        vm.prank(bob);
        pool.borrow(50_000e6, bob);
        vm.prank(guardian);
        pool.pause();
        vm.startPrank(lara);
        vm.expectRevert();
        pool.supply(1e6, lara);
        pool.repay(1e6, bob);
        pool.withdraw(1e6, lara);
        vm.stopPrank();
        vm.startPrank(bob);
        vm.expectRevert();
        pool.borrow(1, bob);
        pool.depositCollateral(address(token), 1e18);
        vm.stopPrank();
        vm.prank(guardian);
        pool.unpause();
        uint48 until = uint48(block.timestamp + 24 hours);
        report(NAV, 60e8);
        vm.expectRevert(abi.encodeWithSelector(ILendingEvents.GracePeriod.selector, until));
        vm.prank(lara);
        pool.liquidate(bob, address(token), 1_000e6, 0);
        vm.warp(until);
        vm.prank(lara);
        pool.liquidate(bob, address(token), 1_000e6, 0);
    }

    function test_interest_followsUtilisation() public {
        vm.prank(bob);
        pool.borrow(50_000e6, bob);
        // U = 25 %, rate = 4 % · 25/80 = 1.25 % a year.
        vm.warp(block.timestamp + 365 days);
        eq(pool.debtOf(bob), 50_625e6, "a year later");
        pool.accrue();
        (uint256 cash, uint256 debt, uint256 reserves, , , ) = pool.poolState();
        eq(cash, 150_000e6, "cash");
        eq(debt, 50_625e6, "debt");
        eq(reserves, 62_500_000, "a tenth of the interest");
        eq(pool.totalAssets(), 200_562_500_000, "suppliers");
        vm.expectRevert();
        vm.prank(lara);
        pool.withdrawReserves(lara, 1);
        vm.prank(timelock);
        pool.withdrawReserves(lara, 62_500_000);
    }

    function test_supplyAndRedeem_neverProfits_andDonationsDoNotCount() public {
        uint256 before = usdc.balanceOf(lara);
        vm.startPrank(lara);
        uint256 shares = pool.supply(7_777_777, lara);
        usdc.transfer(address(pool), 1_000e6);
        pool.redeem(shares, lara);
        vm.stopPrank();
        le(usdc.balanceOf(lara), before - 1_000e6, "no profit");
        ge(usdc.balanceOf(lara), before - 1_000e6 - 1, "a wei at most");
    }

    function test_withdraw_isLimitedByCash() public {
        vm.prank(bob);
        pool.borrow(50_000e6, bob);
        vm.expectRevert(abi.encodeWithSelector(ILendingEvents.InsufficientLiquidity.selector, 150_000e6));
        vm.prank(lara);
        pool.withdraw(150_001e6, lara);
    }

    function test_shares_obeyTheRulesAndFreezes() public {
        vm.expectRevert();
        vm.prank(lara);
        pool.transfer(mallory, 1);
        vm.prank(guardian);
        pool.setAddressFrozen(lara, true);
        vm.expectRevert(abi.encodeWithSignature("ERC7943CannotSend(address)", lara));
        vm.prank(lara);
        pool.withdraw(1e6, lara);
        vm.prank(guardian);
        pool.setAddressFrozen(lara, false);
        vm.prank(otto);
        ENGINE.setLegalHold(address(pool), idOf(lara), type(uint128).max, "court");
        vm.expectRevert();
        vm.prank(lara);
        pool.withdraw(1e6, lara);
    }

    function test_seizeToIssuer_afterSevenDaysOfIllness() public {
        vm.prank(bob);
        pool.borrow(50_000e6, bob);
        report(NAV, 74e8);
        fund(ivy, address(pool), 100_000e6);
        vm.expectRevert(abi.encodeWithSelector(ILendingEvents.GracePeriod.selector, uint48(0)));
        vm.prank(guardian);
        pool.seizeToIssuer(bob, address(token), 10_000e6);
        pool.flag(bob);
        uint48 since = uint48(block.timestamp);
        vm.warp(since + 7 days - 2);
        report(NAV, 74e8);
        vm.expectRevert(abi.encodeWithSelector(ILendingEvents.GracePeriod.selector, since + 7 days));
        vm.prank(guardian);
        pool.seizeToIssuer(bob, address(token), 10_000e6);
        vm.warp(since + 7 days);
        vm.prank(guardian);
        uint256 seized = pool.seizeToIssuer(bob, address(token), 7_400e6);
        eq(seized, 100e18, "no bonus");
        eq(token.balanceOf(ivy), 100e18, "to the manager");
        report(NAV, 200e8);
        pool.flag(bob);
        eq(pool.flaggedSince(bob), 0, "cleared");
        vm.expectRevert();
        vm.prank(lara);
        pool.seizeToIssuer(bob, address(token), 1e6);
    }

    function test_migratePosition_movesCollateralAndDebt() public {
        vm.prank(bob);
        pool.borrow(50_000e6, bob);
        recoverWallet(bob, newWallet);
        vm.prank(guardian);
        pool.migratePosition(bob, newWallet);
        eq(pool.collateralOf(newWallet, address(token)), 1_000e18, "collateral");
        eq(pool.debtOf(newWallet), 50_000e6, "debt");
        eq(pool.collateralOf(bob, address(token)) + pool.debtOf(bob), 0, "nothing stays");
    }

    function test_frozenBorrower_isRepaidAndLiquidated() public {
        vm.prank(bob);
        pool.borrow(50_000e6, bob);
        freezeWallet(bob);
        report(NAV, 74e8);
        vm.startPrank(lara);
        pool.repay(1_000e6, bob);
        pool.liquidate(bob, address(token), 1_000e6, 0);
        vm.stopPrank();
    }

    function test_markets_areCheckedAndCapped() public {
        MarketParams memory p = marketParams();
        vm.startPrank(timelock);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("token")));
        pool.listCollateral(address(token), p);
        p.ltvBps = 6_500;
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("ltvBps")));
        pool.setParams(address(token), p);
        p = marketParams();
        (p.liqThresholdBps, p.liqBonusBps) = (9_000, 1_200);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("liqThresholdBps")));
        pool.setParams(address(token), p);
        p = marketParams();
        p.supplyCap = 1_000e18;
        pool.setParams(address(token), p);
        vm.expectRevert(abi.encodeWithSelector(ILendingEvents.CollateralUnknown.selector, address(usdc)));
        pool.setParams(address(usdc), p);
        pool.setRates(RateParams(5_000, 100, 100, 0));
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(ILendingEvents.CapExceeded.selector, 1_000e18));
        vm.prank(bob);
        pool.depositCollateral(address(token), 1);
        vm.expectRevert();
        vm.prank(guardian);
        pool.setParams(address(token), p);
    }

    function test_unknownAccounts_takeNoPart() public {
        fund(mallory, address(pool), 1e6);
        vm.startPrank(mallory);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, mallory, uint8(1)));
        pool.supply(1e6, mallory);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, mallory, uint8(1)));
        pool.repay(1e6, bob);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, mallory, uint8(1)));
        pool.borrow(1e6, mallory);
        vm.stopPrank();
    }

    function test_collateral_comesBack_asFarAsTheDebtAllows() public {
        vm.startPrank(bob);
        vm.expectRevert(RwaErrors.ZeroAmount.selector);
        pool.withdrawCollateral(address(token), 0);
        pool.borrow(25_000e6, bob);
        vm.expectRevert(abi.encodeWithSelector(ILendingEvents.HealthTooLow.selector, (uint256(499e18) * 100 * 6_500) / (25_000 * 10_000)));
        pool.withdrawCollateral(address(token), 501e18);
        vm.expectEmit(true, true, false, true);
        emit ILendingEvents.CollateralWithdrawn(bob, address(token), 500e18);
        pool.withdrawCollateral(address(token), 500e18);
        vm.stopPrank();
        eq(token.balanceOf(bob), 1_500e18, "back");
        eq(pool.collateralOf(bob, address(token)), 500e18, "rest");
        eq(pool.totalCollateral(address(token)), 500e18, "total");
        eq(pool.collateralsOf(bob).length, 1, "still one");
        vm.startPrank(bob);
        pool.repay(25_000e6, bob);
        pool.withdrawCollateral(address(token), 500e18);
        vm.stopPrank();
        eq(pool.collateralsOf(bob).length, 0, "none");
    }

    function test_writeOff_needsDebtWithoutCollateral() public {
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("borrower")));
        pool.writeOff(bob);
        vm.prank(bob);
        pool.borrow(1_000e6, bob);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("borrower")));
        pool.writeOff(bob);
    }

    function test_prices_areConvertedToTheAsset() public {
        bytes32 fx = "FX:EUR/USD";
        createFeed(fx, 3, 8, 0);
        report(fx, 0.5e8);
        MarketParams memory p = marketParams();
        p.fxFeedId = fx;
        vm.prank(timelock);
        pool.setParams(address(token), p);
        vm.startPrank(bob);
        vm.expectRevert();
        pool.borrow(25_001e6, bob);
        pool.borrow(25_000e6, bob);
        vm.stopPrank();
        eq(pool.health(bob), 1.3e18, "half the value");
    }

    function test_whatThePoolTells() public view {
        eq(pool.decimals(), 12, "six more decimals than the asset");
        eq(pool.markets().length, 1, "one market");
        eq(pool.markets()[0], address(token), "the token");
        MarketParams memory p = pool.marketOf(address(token));
        eq(p.ltvBps, 5_000, "terms");
        RateParams memory r = pool.rateParams();
        eq(r.kinkBps, 8_000, "kink");
        eq(r.slope1Bps, 400, "slope");
        eq(r.slope2Bps, 6_000, "slope above the kink");
        eq(r.reserveBps, 1_000, "reserves");
        isTrue(pool.supportsInterface(type(IPositions).interfaceId), "positions");
        isTrue(pool.supportsInterface(type(IDividendVenue).interfaceId), "venue");
        isTrue(!pool.supportsInterface(0xffffffff), "nothing else");
    }

    function test_rates_areChecked() public {
        vm.startPrank(timelock);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("kinkBps")));
        pool.setRates(RateParams(10_000, 100, 100, 0));
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("reserveBps")));
        pool.setRates(RateParams(5_000, 100, 100, 10_001));
        vm.stopPrank();
    }

    function test_sharesDoNotMove_whilePaused() public {
        vm.prank(guardian);
        pool.pause();
        eq(pool.detectTransferRestriction(lara, bob, 1), 130, "told before");
        vm.expectRevert(PausableUpgradeable.EnforcedPause.selector);
        vm.prank(lara);
        pool.transfer(bob, 1);
        vm.expectRevert();
        vm.prank(mallory);
        pool.unpause();
        vm.prank(timelock);
        pool.unpause();
        vm.prank(lara);
        pool.transfer(bob, 1);
        eq(pool.balanceOf(bob), 1, "moved");
    }
}
