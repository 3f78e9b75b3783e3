// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PairPolicy} from "../../src/amm/AmmTypes.sol";
import {PermissionedPair} from "../../src/amm/PermissionedPair.sol";
import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {PermissionedToken} from "../../src/token/PermissionedToken.sol";
import {Platform} from "../base/Platform.sol";

contract AmmHandler is Platform {
    PermissionedPair private immutable _pair;
    bool public isProductLowered;
    bool public isOutsideBand;
    bool public isQuoteWrong;
    bool public isIneligibleServed;
    address[3] private _traders = [bob, lara, mallory];
    uint256 private constant LATER = type(uint256).max;

    constructor(PermissionedPair pair_, PermissionedToken token_, PaymentToken usdc_) {
        _pair = pair_;
        (token, usdc) = (token_, usdc_);
    }

    /// Eligible traders, at times frozen ones, and one nobody knows.
    function swap(uint256 a, uint256 amount, bool isBuy) external {
        address trader = _traders[a % 8 < 5 ? 0 : (a % 8) - 5];
        address tokenIn = isBuy ? address(usdc) : address(token);
        amount = isBuy ? bound(amount, 1, 40_000e6) : bound(amount, 1, 400e18);
        (uint256 quoted, , , ) = amm.quoteExactInput(abi.encodePacked(tokenIn, uint24(3_000), isBuy ? address(token) : address(usdc)), amount);
        uint256 before = _product();
        vm.prank(trader);
        uint256 out = amm.exactInputSingle(tokenIn, isBuy ? address(token) : address(usdc), 3_000, trader, LATER, amount, 0);
        if (!KYC.isEligible(trader)) isIneligibleServed = true;
        if (out != quoted) isQuoteWrong = true;
        if (_product() < before) isProductLowered = true;
        (uint256 tokens, uint256 money) = _reserves();
        uint256 spot = (money * 1e30) / tokens;
        if (spot < 95e18 || spot > 105e18) isOutsideBand = true;
    }

    function add(uint256 tokens, uint256 money) external {
        (uint256 a0, uint256 a1) = address(token) < address(usdc)
            ? (bound(tokens, 1, 1_000e18), bound(money, 1, 100_000e6))
            : (bound(money, 1, 100_000e6), bound(tokens, 1, 1_000e18));
        uint256 before = _product();
        vm.prank(bob);
        amm.addLiquidity(address(_pair), a0, a1, 0, bob, LATER);
        if (_product() < before) isProductLowered = true;
    }

    function remove(uint256 lp) external {
        uint256 held = _pair.balanceOf(bob);
        vm.prank(bob);
        amm.removeLiquidity(address(_pair), lp % (held + 1), 0, 0, bob, LATER);
    }

    /// More often lifted than given.
    function freeze(uint256 a) external {
        address trader = _traders[a % 2];
        if (!KYC.isEligible(trader)) unfreezeWallet(trader);
        else if (a % 4 == 1) freezeWallet(trader);
    }

    function donate(uint256 amount) external {
        vm.prank(bob);
        usdc.transfer(address(_pair), amount % 1_000e6);
    }

    function wait(uint256 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 1 hours));
        report(NAV, 100e8);
    }

    function _reserves() private view returns (uint256 tokens, uint256 money) {
        (uint112 r0, uint112 r1, ) = _pair.reserves();
        return address(token) < address(usdc) ? (uint256(r0), uint256(r1)) : (uint256(r1), uint256(r0));
    }

    function _product() private view returns (uint256) {
        (uint256 tokens, uint256 money) = _reserves();
        return tokens * money;
    }
}

contract AmmInvariants is Platform {
    PermissionedPair private pair;
    AmmHandler private handler;

    function setUp() public {
        installPlatform();
        installToken(rulesOnlyKyc(), 1_000_000e18);
        vm.prank(ivy);
        pair = PermissionedPair(
            amm.createPair(address(token), address(usdc), 3_000, PairPolicy(1, 0, NAV, 0, 500, 1_000), ruleAdmin, rulesOnlyKyc())
        );
        protocol(address(pair));
        pair.activate();
        admitVenue(address(pair));
        give(bob, 500_000e18);
        give(lara, 100_000e18);
        fund(lara, address(amm), 100_000_000e6);
        fund(mallory, address(amm), 100_000_000e6);
        vm.prank(lara);
        token.approve(address(amm), type(uint256).max);
        fund(bob, address(amm), 100_000_000e6);
        vm.startPrank(bob);
        token.approve(address(amm), type(uint256).max);
        (uint256 a0, uint256 a1) = address(token) < address(usdc)
            ? (uint256(10_000e18), uint256(1_000_000e6))
            : (uint256(1_000_000e6), uint256(10_000e18));
        amm.addLiquidity(address(pair), a0, a1, 0, bob, type(uint256).max);
        vm.stopPrank();
        handler = new AmmHandler(pair, token, usdc);
        target(address(handler));
    }

    /// A1, A3, A5, A6.
    function invariant_swapsAreFair() public view {
        isTrue(!handler.isProductLowered(), "product");
        isTrue(!handler.isQuoteWrong(), "quote");
        isTrue(!handler.isOutsideBand(), "band");
        isTrue(!handler.isIneligibleServed(), "eligible traders");
    }

    /// A2, A4.
    function invariant_reservesAreThere() public view {
        (uint112 r0, uint112 r1, ) = pair.reserves();
        ge(PaymentToken(pair.token0()).balanceOf(address(pair)), r0, "token0");
        ge(PaymentToken(pair.token1()).balanceOf(address(pair)), r1, "token1");
        eq(pair.balanceOf(address(pair)), 1_000, "locked");
    }
}
