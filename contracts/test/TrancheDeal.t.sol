// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RwaErrors} from "../src/common/RwaErrors.sol";
import {IActivatable} from "../src/interfaces/IActivatable.sol";
import {IPositions} from "../src/interfaces/IPositions.sol";
import {PermissionedToken} from "../src/token/PermissionedToken.sol";
import {TrancheDeal} from "../src/tranche/TrancheDeal.sol";
import {DealParams, DealState, TrancheParams} from "../src/tranche/TrancheTypes.sol";
import {TrancheWaterfall} from "../src/tranche/TrancheWaterfall.sol";
import {Platform} from "./base/Platform.sol";
import {Coin} from "./defactor/Mocks.sol";

contract TrancheDealTest is Platform {
    bytes32 private constant COLLATERAL = "NAV:DEAL-1/USD";
    uint48 private constant QUARTER = 7_884_000;
    TrancheDeal private deal;
    address[] private tokens;

    function setUp() public {
        installPlatform();
        installSpv();
        createFeed(COLLATERAL, 2, 8, 0);
        report(COLLATERAL, 10_000_000e8);
    }

    function test_waterfall_storyNumbers() public {
        _deal(0, 0, 0);
        _fundAll();
        eq(usdc.balanceOf(ivy), 10_000_000e6, "manager");
        _pay(250_000e6);
        uint48 next = deal.state().periodEnd;
        vm.expectRevert(abi.encodeWithSignature("PeriodNotElapsed(uint48)", next));
        deal.runWaterfall();
        vm.warp(block.timestamp + QUARTER);
        (uint256[] memory interest, uint256[] memory principal, uint256 residual) = deal.runWaterfall();
        eq(interest[0], 87_500e6, "senior");
        eq(interest[1], 45_000e6, "mezzanine");
        eq(interest[2], 0, "equity");
        eq(principal[0] + principal[1] + principal[2], 0, "no principal");
        eq(residual, 92_500e6, "residual");
        eq(usdc.balanceOf(servicer), 25_000e6, "fees");
        vm.prank(alice);
        eq(PermissionedToken(tokens[0]).claimDividend(1), 87_500e6, "alice is senior");
    }

    function test_waterfall_shortfall_storyNumbers() public {
        _deal(0, 0, 0);
        _fundAll();
        _pay(100_000e6);
        vm.warp(block.timestamp + QUARTER);
        (uint256[] memory interest, , uint256 residual) = deal.runWaterfall();
        eq(interest[0], 75_000e6, "senior");
        eq(interest[1], 0, "mezzanine");
        eq(residual, 0, "residual");
        DealState memory s = deal.state();
        eq(s.arrears[0], 12_500e6, "senior arrears");
        eq(s.arrears[1], 45_000e6, "mezzanine arrears");
        // Arrears come first in the next period.
        _pay(1_000_000e6);
        vm.warp(block.timestamp + QUARTER);
        (interest, , residual) = deal.runWaterfall();
        eq(interest[0], 100_000e6, "with arrears");
        eq(interest[1], 90_000e6, "with arrears");
        eq(residual, 1_000_000e6 - 25_000e6 - 190_000e6, "residual");
    }

    function test_loss_fromJuniorToSenior_storyNumbers() public {
        _deal(0, 0, 0);
        _fundAll();
        vm.prank(servicer);
        bytes32 id = deal.proposeLoss(1_500_000e6, "report");
        vm.expectRevert();
        vm.prank(servicer);
        deal.confirmLoss(id);
        vm.prank(guardian);
        deal.confirmLoss(id);
        DealState memory s = deal.state();
        eq(s.principal[0], 7_000_000e6, "senior");
        eq(s.principal[1], 1_500_000e6, "mezzanine");
        eq(s.principal[2], 0, "equity");
        eq(PermissionedToken(tokens[2]).totalSupply(), 1_000_000e6, "units stay");
        vm.expectRevert(abi.encodeWithSelector(TrancheDeal.SecondSignatureMissing.selector, id));
        vm.prank(guardian);
        deal.confirmLoss(id);
    }

    function test_loss_expiresAfterThirtyDays() public {
        _deal(0, 0, 0);
        _fundAll();
        vm.prank(servicer);
        bytes32 id = deal.proposeLoss(1e6, "report");
        vm.warp(block.timestamp + 30 days + 1);
        vm.expectRevert(abi.encodeWithSelector(TrancheDeal.SecondSignatureMissing.selector, id));
        vm.prank(guardian);
        deal.confirmLoss(id);
    }

    function test_funding_missed_refundsAndBurns() public {
        _deal(0, 0, 0);
        _invest(alice, 0, 1_000e6);
        vm.expectRevert(abi.encodeWithSignature("WrongStatus(uint8)", uint8(1)));
        deal.closeFunding();
        vm.expectRevert();
        vm.prank(alice);
        PermissionedToken(tokens[0]).transfer(bob, 1);
        vm.warp(block.timestamp + 31 days);
        fund(alice, address(deal), 1e6);
        vm.expectRevert(RwaErrors.Expired.selector);
        vm.prank(alice);
        deal.invest(0, 1e6);
        deal.closeFunding();
        vm.prank(alice);
        deal.refund(0);
        eq(usdc.balanceOf(alice), 1_001e6, "refund");
        eq(PermissionedToken(tokens[0]).totalSupply(), 0, "burnt");
        vm.expectRevert(RwaErrors.ZeroAmount.selector);
        vm.prank(alice);
        deal.refund(0);
    }

    function test_invest_limits() public {
        _deal(0, 0, 0);
        fund(alice, address(deal), 8_000_000e6);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(TrancheDeal.TrancheFull.selector, uint8(0)));
        deal.invest(0, 7_000_001e6);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("tranche")));
        deal.invest(3, 1e6);
        vm.stopPrank();
        fund(mallory, address(deal), 1e6);
        vm.expectRevert();
        vm.prank(mallory);
        deal.invest(0, 1e6);
    }

    function test_inactiveDeal_takesNoMoney() public {
        _deal(0, 0, 0);
        DealParams memory p = _params(0, 0, 0);
        vm.prank(ivy);
        (address other, ) = trancheFactory.createDeal(p, _tranches());
        fund(alice, other, 1e6);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.Inactive.selector, other));
        vm.prank(alice);
        TrancheDeal(other).invest(0, 1e6);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, other, uint8(1)));
        TrancheDeal(other).activate();
    }

    function test_overcollateralisation_breach_repaysSeniorUntilCured() public {
        _deal(14_000, 0, 0);
        _fundAll();
        _pay(500_000e6);
        vm.warp(block.timestamp + QUARTER);
        report(COLLATERAL, 9_500_000e8);
        (bool oc, ) = deal.trigger();
        isTrue(oc, "9.5 / 7 < 1.4");
        (uint256[] memory interest, uint256[] memory principal, uint256 residual) = deal.runWaterfall();
        eq(interest[1], 45_000e6, "interest of the mezzanine first");
        uint256 cure = 7_000_000e6 - (uint256(9_500_000e6) * 10_000) / 14_000;
        eq(principal[0], cure, "just cured");
        eq(residual, 500_000e6 - 25_000e6 - 132_500e6 - cure, "rest flows on");
        (oc, ) = deal.trigger();
        isTrue(!oc, "cured");
    }

    function test_staleFeed_countsAsBreached_seniorFirst() public {
        _deal(10_000, 0, 0);
        _fundAll();
        _pay(500_000e6);
        vm.warp(block.timestamp + QUARTER);
        (, uint256[] memory principal, uint256 residual) = deal.runWaterfall();
        eq(principal[0], 500_000e6 - 25_000e6 - 132_500e6, "all to the senior principal");
        eq(residual, 0, "nothing to equity");
    }

    function test_interestCoverage_breach() public {
        _deal(0, 20_000, 0);
        _fundAll();
        _pay(180_000e6);
        vm.warp(block.timestamp + QUARTER);
        (, bool ic) = deal.trigger();
        isTrue(ic, "155,000 / 87,500 < 2");
        (, uint256[] memory principal, ) = deal.runWaterfall();
        eq(principal[0], 180_000e6 - 25_000e6 - 132_500e6, "rest to senior principal");
    }

    function test_reserve_isFilled_drawnAndReleased() public {
        _deal(0, 0, 50_000e6);
        _fundAll();
        _pay(250_000e6);
        vm.warp(block.timestamp + QUARTER);
        (, , uint256 residual) = deal.runWaterfall();
        eq(residual, 42_500e6, "after the reserve");
        eq(deal.state().reserve, 50_000e6, "filled");
        _pay(100_000e6);
        vm.warp(block.timestamp + QUARTER);
        (uint256[] memory interest, , ) = deal.runWaterfall();
        eq(interest[0], 87_500e6, "12,500 from the reserve");
        eq(deal.state().reserve, 37_500e6, "drawn");
        eq(interest[1], 0, "not for the mezzanine");
    }

    function test_maturity_repaysSequentially_thenMatured() public {
        _deal(0, 0, 0);
        _fundAll();
        _pay(13_000_000e6);
        vm.warp(deal.params().maturity + QUARTER);
        (uint256[] memory interest, uint256[] memory principal, uint256 residual) = deal.runWaterfall();
        eq(principal[0] + principal[1] + principal[2], 10_000_000e6, "all repaid");
        uint256 fees = usdc.balanceOf(servicer);
        eq(fees + interest[0] + interest[1] + interest[2] + 10_000_000e6 + residual, 13_000_000e6, "to the wei");
        eq(deal.state().status, 4, "matured");
        vm.expectRevert(abi.encodeWithSignature("WrongStatus(uint8)", uint8(4)));
        deal.runWaterfall();
    }

    function test_default_afterTwoPeriodsOfArrears() public {
        _deal(0, 0, 0);
        _fundAll();
        vm.warp(block.timestamp + QUARTER);
        deal.runWaterfall();
        vm.expectRevert(abi.encodeWithSignature("WrongStatus(uint8)", uint8(2)));
        deal.declareDefault();
        vm.warp(block.timestamp + 2 * QUARTER + 1);
        deal.declareDefault();
        eq(deal.state().status, 5, "defaulted");
        _pay(1_000_000e6);
        (uint256[] memory interest, uint256[] memory principal, uint256 residual) = deal.runWaterfall();
        eq(interest[0], 3 * 87_500e6, "senior interest");
        eq(principal[0], 1_000_000e6 - 2 * 25_000e6 - 3 * 87_500e6, "then its principal");
        eq(interest[1] + principal[1] + residual, 0, "nothing to juniors");
    }

    function test_servicer_replacedByGuardian() public {
        _deal(0, 0, 0);
        _fundAll();
        vm.expectRevert();
        vm.prank(servicer);
        deal.setServicer(lara);
        vm.prank(guardian);
        deal.setServicer(lara);
        fund(servicer, address(deal), 1e6);
        vm.expectRevert();
        vm.prank(servicer);
        deal.pay(1e6, 0);
    }

    function test_createDeal_checksItsTerms() public {
        DealParams memory p = _params(0, 0, 0);
        p.spvId = "none";
        _expectInvalid(p, "spvId");
        p = _params(0, 0, 0);
        p.guardian = p.servicer;
        _expectInvalid(p, "guardian");
        p = _params(0, 0, 0);
        p.fundingEnd = uint48(block.timestamp);
        _expectInvalid(p, "fundingEnd");
        p = _params(0, 0, 0);
        p.periodLength = 1 hours;
        _expectInvalid(p, "periodLength");
        p = _params(1, 0, 0);
        p.navFeedId = 0;
        _expectInvalid(p, "navFeedId");
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("tranches")));
        vm.prank(ivy);
        trancheFactory.createDeal(_params(0, 0, 0), new TrancheParams[](1));
    }

    function _expectInvalid(DealParams memory p, bytes32 name) private {
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, name));
        vm.prank(ivy);
        trancheFactory.createDeal(p, _tranches());
    }

    function _params(uint16 oc, uint16 ic, uint256 reserve) private view returns (DealParams memory) {
        return
            DealParams(
                SPV_ID,
                address(usdc),
                COLLATERAL,
                uint48(block.timestamp + 30 days),
                QUARTER,
                uint48(block.timestamp + 3 * 365 days),
                100,
                oc,
                ic,
                reserve,
                servicer,
                guardian,
                agent,
                ruleAdmin
            );
    }

    function _tranches() private pure returns (TrancheParams[] memory t) {
        t = new TrancheParams[](3);
        t[0] = TrancheParams("Senior", "SNR", 7_000_000e6, 500, 0, rulesOnlyKyc());
        t[1] = TrancheParams("Mezzanine", "MEZ", 2_000_000e6, 900, 0, rulesOnlyKyc());
        t[2] = TrancheParams("Equity", "EQT", 1_000_000e6, 0, 0, rulesOnlyKyc());
    }

    function _deal(uint16 oc, uint16 ic, uint256 reserve) private {
        vm.prank(ivy);
        (address created, address[] memory list) = trancheFactory.createDeal(_params(oc, ic, reserve), _tranches());
        deal = TrancheDeal(created);
        tokens = list;
        protocol(created);
        deal.activate();
    }

    function _invest(address investor, uint8 tranche, uint256 amount) private {
        fund(investor, address(deal), amount);
        vm.prank(investor);
        deal.invest(tranche, amount);
    }

    function _fundAll() private {
        _invest(alice, 0, 7_000_000e6);
        _invest(bob, 1, 2_000_000e6);
        _invest(lara, 2, 1_000_000e6);
        deal.closeFunding();
    }

    function _pay(uint256 amount) private {
        uint256 before = usdc.balanceOf(servicer);
        fund(servicer, address(deal), amount);
        vm.prank(servicer);
        deal.pay(amount, "report");
        eq(usdc.balanceOf(servicer), before, "paid");
    }

    function test_whatAnUnpayableManagerIsOwed_followsItsReplacement() public {
        // The collections are in a coin that refuses the manager.
        Coin coin = new Coin();
        DealParams memory p = _params(0, 0, 0);
        p.asset = address(coin);
        vm.prank(ivy);
        (address created, ) = trancheFactory.createDeal(p, _tranches());
        protocol(created);
        deal = TrancheDeal(created);
        deal.activate();
        address[3] memory investors = [alice, bob, lara];
        uint256[3] memory amounts = [uint256(7_000_000e6), 2_000_000e6, 1_000_000e6];
        for (uint8 i = 0; i < 3; ++i) {
            coin.mint(investors[i], amounts[i]);
            vm.startPrank(investors[i]);
            coin.approve(created, amounts[i]);
            deal.invest(i, amounts[i]);
            vm.stopPrank();
        }
        coin.refuse(ivy);
        deal.closeFunding();
        eq(deal.owed(address(coin), ivy), 10_000_000e6, "kept");
        eq(deal.state().status, 2, "the deal starts all the same");
        address fresh = address(0xB001);
        recoverWallet(ivy, fresh);
        vm.expectRevert();
        vm.prank(mallory);
        deal.migratePosition(ivy, fresh);
        vm.prank(guardian);
        deal.migratePosition(ivy, fresh);
        vm.prank(fresh);
        eq(deal.withdrawOwed(address(coin)), 10_000_000e6, "pulled");
        vm.expectRevert(RwaErrors.ZeroAmount.selector);
        vm.prank(fresh);
        deal.withdrawOwed(address(coin));
    }

    function test_overcollateralisation_isReportedAsItComes_andGoes() public {
        _deal(14_000, 0, 0);
        _fundAll();
        _pay(180_000e6);
        vm.warp(block.timestamp + QUARTER);
        report(COLLATERAL, 9_500_000e8);
        vm.expectEmit(true, false, false, true);
        emit TrancheWaterfall.TriggerBreached(1, 13_571);
        deal.runWaterfall();
        vm.warp(block.timestamp + QUARTER);
        report(COLLATERAL, 10_000_000e8);
        vm.expectEmit(true, false, false, false);
        emit TrancheWaterfall.TriggerCured(1);
        deal.runWaterfall();
    }

    function test_interestCoverage_isReportedAsItComes_andGoes() public {
        _deal(0, 20_000, 0);
        _fundAll();
        _pay(180_000e6);
        vm.warp(block.timestamp + QUARTER);
        vm.expectEmit(true, false, false, true);
        emit TrancheWaterfall.TriggerBreached(2, 17_714);
        deal.runWaterfall();
        _pay(1_000_000e6);
        vm.warp(block.timestamp + QUARTER);
        vm.expectEmit(true, false, false, false);
        emit TrancheWaterfall.TriggerCured(2);
        deal.runWaterfall();
    }

    function test_deals_areListed() public {
        _deal(0, 0, 0);
        eq(trancheFactory.dealCount(), 1, "count");
        eq(trancheFactory.dealAt(1), address(deal), "first");
        isTrue(trancheFactory.isDeal(address(deal)) && !trancheFactory.isDeal(alice), "known");
        isTrue(deal.supportsInterface(type(IActivatable).interfaceId), "activatable");
        isTrue(deal.supportsInterface(type(IPositions).interfaceId), "positions");
        isTrue(!deal.supportsInterface(0xffffffff), "nothing else");
    }

    function test_loss_reachesTheSenior_andAllOfIt() public {
        _deal(0, 0, 0);
        _fundAll();
        _lose(4_000_000e6);
        DealState memory s = deal.state();
        eq(s.losses[2], 1_000_000e6, "equity");
        eq(s.losses[1], 2_000_000e6, "mezzanine");
        eq(s.losses[0], 1_000_000e6, "senior");
        _lose(6_000_000e6);
        s = deal.state();
        eq(s.principal[0] + s.principal[1] + s.principal[2], 0, "everything");
    }

    function _lose(uint256 amount) private {
        vm.prank(servicer);
        bytes32 id = deal.proposeLoss(amount, "loss");
        vm.prank(guardian);
        deal.confirmLoss(id);
    }

    function test_loss_isChecked() public {
        _deal(0, 0, 0);
        vm.expectRevert(abi.encodeWithSignature("WrongStatus(uint8)", uint8(1)));
        vm.prank(servicer);
        deal.proposeLoss(1, "loss");
        _fundAll();
        vm.startPrank(servicer);
        vm.expectRevert(RwaErrors.ZeroAmount.selector);
        deal.proposeLoss(0, "loss");
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("amount")));
        deal.proposeLoss(10_000_000e6 + 1, "loss");
        vm.expectRevert(RwaErrors.ZeroAmount.selector);
        deal.pay(0, "report");
        bytes32 first = deal.proposeLoss(9_000_000e6, "loss");
        bytes32 second = deal.proposeLoss(9_000_000e6, "loss");
        vm.stopPrank();
        isTrue(first != second, "each its own");
        vm.startPrank(guardian);
        deal.confirmLoss(first);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("amount")));
        deal.confirmLoss(second);
        vm.expectRevert(RwaErrors.ZeroAddress.selector);
        deal.setServicer(address(0));
        vm.stopPrank();
    }
}
