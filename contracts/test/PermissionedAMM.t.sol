// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ExactInputParams, PairPolicy} from "../src/amm/AmmTypes.sol";
import {PermissionedAMM} from "../src/amm/PermissionedAMM.sol";
import {PermissionedPair} from "../src/amm/PermissionedPair.sol";
import {PriceHistory} from "../src/amm/PriceHistory.sol";
import {PaymentToken} from "../src/assets/PaymentToken.sol";
import {RwaErrors} from "../src/common/RwaErrors.sol";
import {IActivatable} from "../src/interfaces/IActivatable.sol";
import {IComplianceEngine} from "../src/interfaces/IComplianceEngine.sol";
import {IDividendVenue} from "../src/interfaces/IDividendVenue.sol";
import {OracleAggregator} from "../src/oracle/OracleAggregator.sol";
import {Source} from "../src/oracle/PriceSources.sol";
import {Platform} from "./base/Platform.sol";

contract PermissionedAMMTest is Platform {
    PermissionedPair private pair;
    uint256 private constant LATER = type(uint256).max;

    function setUp() public {
        installPlatform();
        installToken(rulesOnlyKyc(), 100_000e18);
        vm.prank(ivy);
        pair = PermissionedPair(amm.createPair(address(token), address(usdc), 3_000, _policy(), ruleAdmin, rulesOnlyKyc()));
        protocol(address(pair));
        pair.activate();
        admitVenue(address(pair));
        give(bob, 20_000e18);
        fund(bob, address(amm), 2_000_000e6);
        vm.prank(bob);
        token.approve(address(amm), type(uint256).max);
        _add(10_000e18, 1_000_000e6);
    }

    function test_swap_storyNumbers() public {
        uint256 before = token.balanceOf(bob);
        vm.prank(bob);
        uint256 out = amm.exactInputSingle(address(usdc), address(token), 3_000, bob, LATER, 10_000e6, 0);
        eq(out, uint256(10_000e18 * 9_970e6) / (1_009_970e6), "out");
        eq(token.balanceOf(bob) - before, out, "received");
        (uint256 rt, uint256 ru) = _reserves();
        near((ru * 1e18 * 100) / rt / 1e6, 10_201, 1, "spot 102.01");
    }

    function test_swap_outsideTheBand_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(PermissionedAMM.OutsideBand.selector, 112_340_919_999_999_999_999, 100e18));
        vm.prank(bob);
        amm.exactInputSingle(address(usdc), address(token), 3_000, bob, LATER, 60_000e6, 0);
    }

    function test_swap_tooLarge_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(PermissionedAMM.TradeTooLarge.selector, 100_000e6));
        vm.prank(bob);
        amm.exactInputSingle(address(usdc), address(token), 3_000, bob, LATER, 100_001e6, 0);
    }

    function test_swap_checksDeadlineMinimumAndEligibility() public {
        vm.startPrank(bob);
        vm.expectRevert(RwaErrors.Expired.selector);
        amm.exactInputSingle(address(usdc), address(token), 3_000, bob, block.timestamp - 1, 1_000e6, 0);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.Slippage.selector, 9_960_069_810_399_032_164, 10e18));
        amm.exactInputSingle(address(usdc), address(token), 3_000, bob, LATER, 1_000e6, 10e18);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, mallory, uint8(1)));
        amm.exactInputSingle(address(usdc), address(token), 3_000, mallory, LATER, 1_000e6, 0);
        vm.stopPrank();
        fund(mallory, address(amm), 1_000e6);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, mallory, uint8(1)));
        vm.prank(mallory);
        amm.exactInputSingle(address(usdc), address(token), 3_000, mallory, LATER, 1_000e6, 0);
        vm.expectRevert(abi.encodeWithSelector(IComplianceEngine.ComplianceViolation.selector, uint8(33), bob, mallory, 1e18));
        vm.prank(bob);
        token.transfer(mallory, 1e18);
    }

    function test_heldOrStaleFeed_haltsTradingNotExit() public {
        vm.warp(block.timestamp + 2 days);
        vm.expectRevert();
        vm.prank(bob);
        amm.exactInputSingle(address(usdc), address(token), 3_000, bob, LATER, 1_000e6, 0);
        uint256 lp = pair.balanceOf(bob);
        vm.prank(guardian);
        amm.setHalted(address(pair), true);
        vm.prank(bob);
        amm.removeLiquidity(address(pair), lp / 2, 0, 0, bob, LATER);
        report(NAV, 100e8);
        vm.expectRevert(abi.encodeWithSelector(PermissionedAMM.PairIsHalted.selector, address(pair)));
        vm.prank(bob);
        amm.exactInputSingle(address(usdc), address(token), 3_000, bob, LATER, 1_000e6, 0);
        vm.expectRevert();
        vm.prank(bob);
        amm.setHalted(address(pair), false);
    }

    function test_pair_obeysItsRouterAlone() public {
        vm.startPrank(bob);
        vm.expectRevert(PermissionedPair.RouterOnly.selector);
        pair.swap(true, 1, bob);
        vm.expectRevert(PermissionedPair.RouterOnly.selector);
        pair.mint(bob, 1, 1);
        vm.expectRevert(PermissionedPair.RouterOnly.selector);
        pair.burn(bob, 1, bob);
        vm.stopPrank();
        eq(pair.balanceOf(address(pair)), 1_000, "locked");
    }

    function test_donation_changesNothing() public {
        (uint256 rt, uint256 ru) = _reserves();
        vm.prank(bob);
        usdc.transfer(address(pair), 50_000e6);
        (uint256 rt2, uint256 ru2) = _reserves();
        eq(rt, rt2, "token");
        eq(ru, ru2, "usdc");
    }

    function test_liquidity_roundTrip_neverProfits() public {
        uint256 tokens = token.balanceOf(bob);
        uint256 money = usdc.balanceOf(bob);
        uint256 lp = _add(1_234e18, 200_000e6);
        vm.prank(bob);
        amm.removeLiquidity(address(pair), lp, 0, 0, bob, LATER);
        le(token.balanceOf(bob), tokens, "token");
        le(usdc.balanceOf(bob), money, "usdc");
        near(token.balanceOf(bob), tokens, 1e13, "token dust");
    }

    function test_firstLiquidity_mustBeInsideTheBand() public {
        vm.prank(ivy);
        address other = amm.createPair(address(token), address(usdc), 500, _policy(), ruleAdmin, rulesOnlyKyc());
        vm.expectRevert(abi.encodeWithSelector(PermissionedAMM.PairInactive.selector, other));
        vm.prank(bob);
        amm.addLiquidity(other, 1e18, 1e18, 0, bob, LATER);
        protocol(other);
        PermissionedPair(other).activate();
        admitVenue(other);
        (uint256 a0, uint256 a1) = _sorted(100e18, 12_000e6);
        vm.expectRevert(abi.encodeWithSelector(PermissionedAMM.OutsideBand.selector, 120e18, 100e18));
        vm.prank(bob);
        amm.addLiquidity(other, a0, a1, 0, bob, LATER);
    }

    function test_createPair_rules() public {
        vm.startPrank(ivy);
        vm.expectRevert(abi.encodeWithSelector(PermissionedAMM.PairExists.selector, address(pair)));
        amm.createPair(address(usdc), address(token), 3_000, _policy(), ruleAdmin, rulesOnlyKyc());
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("fee")));
        amm.createPair(address(usdc), address(token), 100, _policy(), ruleAdmin, rulesOnlyKyc());
        PairPolicy memory p = _policy();
        p.bandBps = 0;
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("bandBps")));
        amm.createPair(address(usdc), address(token), 500, p, ruleAdmin, rulesOnlyKyc());
        vm.stopPrank();
        vm.expectRevert();
        vm.prank(alice);
        amm.createPair(address(usdc), address(token), 500, _policy(), ruleAdmin, rulesOnlyKyc());
        eq(amm.getPool(address(usdc), address(token), 3_000), address(pair), "either order");
        eq(amm.listedToken(address(pair)), address(token), "listed");
    }

    function test_policy_levelBinds() public {
        PairPolicy memory p = _policy();
        p.minTier = 3;
        vm.prank(timelock);
        amm.setPolicy(address(pair), p);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, bob, uint8(7)));
        vm.prank(bob);
        amm.exactInputSingle(address(usdc), address(token), 3_000, bob, LATER, 1_000e6, 0);
        // An LP of before still gets out.
        vm.prank(bob);
        amm.removeLiquidity(address(pair), 1e12, 0, 0, bob, LATER);
    }

    function test_exactInput_twoHops_equalsTheQuote() public {
        PaymentToken other = new PaymentToken("Other", "OTH", address(this));
        PairPolicy memory open;
        vm.prank(ivy);
        address second = amm.createPair(address(usdc), address(other), 500, open, ruleAdmin, rulesOnlyKyc());
        protocol(second);
        PermissionedPair(second).activate();
        other.mint(bob, 1_000_000e6);
        vm.startPrank(bob);
        other.approve(address(amm), type(uint256).max);
        amm.addLiquidity(second, 500_000e6, 500_000e6, 0, bob, LATER);
        bytes memory path = abi.encodePacked(address(other), uint24(500), address(usdc), uint24(3_000), address(token));
        (uint256 quoted, uint160[] memory list, , ) = amm.quoteExactInput(path, 5_000e6);
        eq(list.length, 2, "one entry per pair");
        uint256 out = amm.exactInput(ExactInputParams(path, bob, LATER, 5_000e6, quoted));
        eq(out, quoted, "quote");
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("path")));
        amm.exactInput(ExactInputParams(abi.encodePacked(address(other), uint24(500)), bob, LATER, 5_000e6, 0));
        vm.stopPrank();
    }

    function test_observe_averagesThePrice() public {
        uint256 start = block.timestamp;
        uint32[] memory agos = new uint32[](1);
        agos[0] = 1;
        vm.expectRevert(abi.encodeWithSelector(PriceHistory.ObservationTooOld.selector, uint32(1)));
        pair.observe(agos);
        vm.warp(start + 1_000);
        uint256 before = _average(1_000);
        vm.prank(bob);
        amm.exactInputSingle(address(usdc), address(token), 3_000, bob, LATER, 10_000e6, 0);
        vm.warp(start + 2_000);
        uint256 later = _average(1_000);
        near(before, 100e18, 1e12, "before the swap");
        near(later, 102.009e18, 1e16, "after the swap");
        near(_average(2_000), (before + later) / 2, 1e12, "over both");
        near(_average(1_500), (before + 2 * later) / 3, 1e12, "in between");
    }

    function test_observe_ringKeepsTwoThousandSeconds() public {
        for (uint256 i = 0; i < 300; ++i) {
            vm.warp(block.timestamp + 3);
            if (i % 100 == 0) report(NAV, 100e8);
            vm.prank(bob);
            amm.exactInputSingle(address(usdc), address(token), 3_000, bob, LATER, 1e6, 0);
        }
        near(_average(890), 100e18, 2e17, "history at a 3 s block time");
    }

    function test_dividend_goesToLiquidityProviders() public {
        vm.warp(block.timestamp + 10);
        fund(servicer, address(token), 2_000e6);
        vm.prank(servicer);
        uint256 id = token.declareDividend(address(usdc), 2_000e6, 2, uint48(block.timestamp - 1), uint48(block.timestamp), 0);
        // Half of the supply is in the pair; Bob owns all of it but the locked part.
        vm.prank(bob);
        near(token.claimDividendVia(id, address(pair), bob), 1_000e6, 1, "through the pair");
        vm.prank(bob);
        eq(token.claimDividend(id), 1_000e6, "direct");
    }

    function _policy() private pure returns (PairPolicy memory) {
        return PairPolicy(1, 0, NAV, 0, 500, 1_000);
    }

    function _add(uint256 tokens, uint256 money) private returns (uint256 lp) {
        (uint256 a0, uint256 a1) = _sorted(tokens, money);
        vm.prank(bob);
        return amm.addLiquidity(address(pair), a0, a1, 0, bob, LATER);
    }

    function _sorted(uint256 tokens, uint256 money) private view returns (uint256, uint256) {
        return address(token) < address(usdc) ? (tokens, money) : (money, tokens);
    }

    function _reserves() private view returns (uint256 tokens, uint256 money) {
        (uint112 r0, uint112 r1, ) = pair.reserves();
        return address(token) < address(usdc) ? (uint256(r0), uint256(r1)) : (uint256(r1), uint256(r0));
    }

    /// Average price of a whole token in 18 decimals of USDC.
    function _average(uint32 window) private view returns (uint256) {
        uint32[] memory agos = new uint32[](2);
        agos[0] = window;
        (uint256[] memory c0, uint256[] memory c1) = pair.observe(agos);
        uint256[] memory c = address(token) < address(usdc) ? c0 : c1;
        return (((c[1] - c[0]) / window) * 1e30) >> 112;
    }

    function test_halt_byTheGuardian_stopsTradingNotExit() public {
        vm.expectRevert();
        vm.prank(mallory);
        amm.setHalted(address(pair), true);
        vm.expectRevert(abi.encodeWithSelector(PermissionedAMM.PairInactive.selector, alice));
        vm.prank(guardian);
        amm.setHalted(alice, true);
        vm.expectEmit(true, false, false, true);
        emit PermissionedAMM.PairHalted(address(pair), true);
        vm.prank(guardian);
        amm.setHalted(address(pair), true);
        isTrue(amm.isHalted(address(pair)), "halted");
        vm.expectRevert(abi.encodeWithSelector(PermissionedAMM.PairIsHalted.selector, address(pair)));
        vm.prank(bob);
        amm.exactInputSingle(address(usdc), address(token), 3_000, bob, LATER, 1_000e6, 0);
        vm.prank(bob);
        amm.removeLiquidity(address(pair), 1e12, 0, 0, bob, LATER);
        vm.prank(guardian);
        amm.setHalted(address(pair), false);
        vm.prank(bob);
        amm.exactInputSingle(address(usdc), address(token), 3_000, bob, LATER, 1_000e6, 0);
    }

    function test_band_convertsTheCurrencyOfTheNav() public {
        bytes32 fx = "FX:EUR/USD";
        createFeed(fx, 3, 8, 0);
        report(fx, 1.2e8);
        PairPolicy memory p = _policy();
        p.fxFeedId = fx;
        vm.prank(timelock);
        amm.setPolicy(address(pair), p);
        // 100 euros are 120 dollars: the spot price of 100 is outside, and trading towards 120 does not reach the band in one step.
        (uint256 rt, uint256 ru) = _reserves();
        vm.expectRevert(abi.encodeWithSelector(PermissionedAMM.OutsideBand.selector, ((ru + 1_000e6) * 1e30) / (rt - _out(1_000e6)), 120e18));
        vm.prank(bob);
        amm.exactInputSingle(address(usdc), address(token), 3_000, bob, LATER, 1_000e6, 0);
        report(fx, 1e8);
        vm.prank(bob);
        amm.exactInputSingle(address(usdc), address(token), 3_000, bob, LATER, 1_000e6, 0);
    }

    function test_pairs_areListed_andTellWhatTheyAre() public {
        eq(amm.pairCount(), 1, "count");
        eq(amm.pairAt(0), address(pair), "pair");
        eq(pair.router(), address(amm), "router");
        isTrue(pair.supportsInterface(type(IActivatable).interfaceId), "activatable");
        isTrue(pair.supportsInterface(type(IDividendVenue).interfaceId), "venue");
        isTrue(!pair.supportsInterface(0xffffffff), "nothing else");
        vm.expectRevert(abi.encodeWithSelector(PermissionedAMM.PairInactive.selector, alice));
        vm.prank(timelock);
        amm.setPolicy(alice, _policy());
        vm.expectRevert(abi.encodeWithSelector(PermissionedAMM.PairInactive.selector, alice));
        vm.prank(bob);
        amm.removeLiquidity(alice, 1, 0, 0, bob, LATER);
    }

    function test_removal_keepsItsLimits() public {
        vm.startPrank(bob);
        vm.expectRevert(RwaErrors.Expired.selector);
        amm.removeLiquidity(address(pair), 1e12, 0, 0, bob, block.timestamp - 1);
        vm.expectRevert();
        amm.removeLiquidity(address(pair), 1e12, type(uint256).max, 0, bob, LATER);
        vm.expectRevert();
        amm.removeLiquidity(address(pair), 1e12, 0, type(uint256).max, bob, LATER);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, mallory, uint8(1)));
        amm.removeLiquidity(address(pair), 1e12, 0, 0, mallory, LATER);
        vm.stopPrank();
    }

    /// O1: the aggregator reads the pair over its window, beside another source, and not before the pair is that old.
    function test_timeWeightedPrice_isASource() public {
        Source[] memory s = new Source[](2);
        s[0] = Source(1, address(0), NAV, 1 days);
        s[1] = Source(3, address(pair), 0, 2 hours);
        PaymentToken other = new PaymentToken("Other", "OTH", address(this));
        vm.startPrank(timelock);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("minSources")));
        aggregator.setAsset(address(token), s, 1, 1_000, 0);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("aggregator")));
        aggregator.setAsset(address(other), s, 2, 1_000, 0);
        aggregator.setAsset(address(token), s, 2, 1_000, 0);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(OracleAggregator.NotEnoughSources.selector, uint8(1), uint8(2)));
        aggregator.getPrice(address(token));
        uint256 start = block.timestamp;
        vm.prank(bob);
        amm.exactInputSingle(address(usdc), address(token), 3_000, bob, LATER, 10_000e6, 0);
        vm.warp(start + 1_800);
        (uint256 price, uint64 updatedAt) = aggregator.getPrice(address(token));
        // The lower of the net asset value 100 and the pair's 102.01.
        eq(price, 100e18, "the lower middle");
        le(updatedAt, start, "as old as the last trade");
        report(NAV, 104e8);
        (price, ) = aggregator.getPrice(address(token));
        near(price, 102.009e18, 1e16, "the pair's average");
        vm.prank(bob);
        amm.exactInputSingle(address(token), address(usdc), 3_000, bob, LATER, 1e18, 0);
        vm.warp(block.timestamp + 2 hours + 1);
        vm.expectRevert(abi.encodeWithSelector(OracleAggregator.NotEnoughSources.selector, uint8(1), uint8(2)));
        aggregator.getPrice(address(token));
    }

    function _out(uint256 money) private view returns (uint256) {
        (uint256 rt, uint256 ru) = _reserves();
        return (rt * money * 997) / (ru * 1_000 + money * 997);
    }
}
