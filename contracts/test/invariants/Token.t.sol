// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {PermissionedToken} from "../../src/token/PermissionedToken.sol";
import {Platform} from "../base/Platform.sol";

contract TokenHandler is Platform {
    uint256 public paidTotal;
    uint256 public remittedTotal;
    bool public isPaidTwice;
    address[3] private _actors = [alice, bob, lara];

    constructor(PermissionedToken token_, PaymentToken usdc_) {
        (token, usdc) = (token_, usdc_);
    }

    function transfer(uint256 a, uint256 b, uint256 amount) external {
        amount = amount % (token.balanceOf(_actor(a)) + 1);
        vm.prank(_actor(a));
        token.transfer(_actor(b), amount);
    }

    function mint(uint256 a, uint256 amount) external {
        vm.prank(agent);
        token.mint(_actor(a), amount % 1_000e18);
    }

    function burn(uint256 a, uint256 amount) external {
        amount = amount % (token.balanceOf(_actor(a)) + 1);
        vm.prank(agent);
        token.burn(_actor(a), amount);
    }

    function force(uint256 a, uint256 b, uint256 amount) external {
        amount = amount % (token.balanceOf(_actor(a)) + 1);
        vm.prank(agent);
        token.forcedTransfer(_actor(a), _actor(b), amount);
    }

    function freeze(uint256 a, uint256 amount) external {
        vm.prank(agent);
        token.setFrozenTokens(_actor(a), amount % 2_000e18);
    }

    function pledge(uint256 a, uint256 amount) external {
        vm.startPrank(_actor(a));
        token.approve(address(pool), type(uint256).max);
        pool.depositCollateral(address(token), amount % (token.balanceOf(_actor(a)) + 1));
        vm.stopPrank();
    }

    function redeem(uint256 a, uint256 amount) external {
        uint256 held = pool.collateralOf(_actor(a), address(token));
        vm.prank(_actor(a));
        pool.withdrawCollateral(address(token), amount % (held + 1));
    }

    function declare(uint256 amount, uint256 kind) external {
        fund(servicer, address(token), bound(amount, 1, 10_000e6));
        uint256 balance = usdc.balanceOf(servicer);
        vm.prank(servicer);
        token.declareDividend(address(usdc), balance, uint8(1 + (kind % 2)), uint48(block.timestamp - 1), uint48(block.timestamp), 0);
    }

    function claim(uint256 a, uint256 id, bool isVia) external {
        id = token.dividendCount() == 0 ? 0 : 1 + (id % token.dividendCount());
        address actor = _actor(a);
        (uint256 gross, ) = token.claimable(id, isVia ? address(pool) : address(0), actor);
        uint256 before = usdc.balanceOf(actor);
        vm.prank(actor);
        if (isVia) token.claimDividendVia(id, address(pool), actor);
        else token.claimDividend(id);
        // A claim that succeeded although nothing was due pays twice.
        if (gross == 0) isPaidTwice = true;
        paidTotal += usdc.balanceOf(actor) - before;
    }

    function remit(uint256 id) external {
        id = token.dividendCount() == 0 ? 0 : 1 + (id % token.dividendCount());
        vm.prank(servicer);
        remittedTotal += token.remitWithholding(id, guardian);
    }

    function wait(uint256 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 10 days));
    }

    function _actor(uint256 seed) private view returns (address) {
        return _actors[seed % 3];
    }
}

contract TokenInvariants is Platform {
    TokenHandler private handler;

    function setUp() public {
        installPlatform();
        installToken(rulesOnlyKyc(), 1_000_000e18);
        vm.prank(timelock);
        pool.listCollateral(address(token), marketParams());
        admitVenue(address(pool));
        give(alice, 500e18);
        vm.prank(servicer);
        token.setWithholding(GERMANY, 1_500);
        handler = new TokenHandler(token, usdc);
        usdc.grantRole(usdc.MINTER_ROLE(), address(handler));
        target(address(handler));
    }

    /// T1.
    function invariant_supplyIsTheSumOfBalances() public view {
        uint256 sum = token.balanceOf(alice) + token.balanceOf(bob) + token.balanceOf(lara) + token.balanceOf(address(pool));
        eq(sum, token.totalSupply(), "balances");
        (, , , uint256 supply, ) = ENGINE.rulesOf(address(token));
        eq(supply, sum, "engine");
    }

    /// T4, T5.
    function invariant_dividendsAreFunded() public view {
        uint256 open = 0;
        for (uint256 id = 1; id <= token.dividendCount(); ++id) {
            (, , uint256 amount, uint256 paid, uint256 withheld, , , ) = token.dividends(id);
            le(paid + withheld, amount, "paid and withheld");
            open += amount;
        }
        eq(usdc.balanceOf(address(token)), open - handler.paidTotal() - handler.remittedTotal(), "the token holds the rest");
        isTrue(!handler.isPaidTwice(), "paid once");
    }

    /// T8.
    function invariant_checkpointsSumToTheSupply() public view {
        uint48 time = uint48(block.timestamp - 1);
        uint256 sum = token.balanceOfAt(alice, time) +
            token.balanceOfAt(bob, time) +
            token.balanceOfAt(lara, time) +
            token.balanceOfAt(address(pool), time);
        eq(sum, token.totalSupplyAt(time), "past balances");
    }
}
