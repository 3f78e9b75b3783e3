// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {PermissionedToken} from "../../src/token/PermissionedToken.sol";
import {Platform} from "../base/Platform.sol";

contract LendingHandler is Platform {
    bool public isUnhealthyAction;
    bool public isHealthLowered;
    bool public isRepaymentBlocked;
    uint256 public lastIndex = 1e27;
    int256 private _price = 100e8;
    address[2] private _borrowers = [alice, bob];

    constructor(PermissionedToken token_, PaymentToken usdc_) {
        (token, usdc) = (token_, usdc_);
    }

    function supply(uint256 assets) external {
        fund(lara, address(pool), bound(assets, 1, 100_000e6));
        uint256 balance = usdc.balanceOf(lara);
        vm.prank(lara);
        pool.supply(balance, lara);
    }

    function redeem(uint256 shares) external {
        uint256 held = pool.balanceOf(lara);
        vm.prank(lara);
        pool.redeem(shares % (held + 1), lara);
    }

    function pledge(uint256 a, uint256 amount) external {
        amount = amount % (token.balanceOf(_borrower(a)) + 1);
        vm.prank(_borrower(a));
        pool.depositCollateral(address(token), amount);
    }

    function release(uint256 a, uint256 amount) external {
        address account = _borrower(a);
        uint256 held = pool.collateralOf(account, address(token));
        vm.prank(account);
        pool.withdrawCollateral(address(token), amount % (held + 1));
        if (pool.health(account) < 1e18) isUnhealthyAction = true;
    }

    function borrow(uint256 a, uint256 assets) external {
        address account = _borrower(a);
        vm.prank(account);
        pool.borrow(bound(assets, 1, 50_000e6), account);
        if (pool.health(account) < 1e18) isUnhealthyAction = true;
    }

    function repay(uint256 a, uint256 assets) external {
        address account = _borrower(a);
        uint256 debt = pool.debtOf(account);
        if (debt == 0) return;
        fund(lara, address(pool), debt);
        vm.prank(lara);
        try pool.repay(bound(assets, 1, debt), account) {} catch {
            isRepaymentBlocked = true;
        }
    }

    /// After a fall of the price.
    function liquidate(uint256 a, uint256 assets, uint256 fall) external {
        address account = _borrower(a);
        _price = int256(bound(fall, 15e8, 80e8));
        report(NAV, _price);
        uint256 before = pool.health(account);
        fund(lara, address(pool), 200_000e6);
        vm.prank(lara);
        pool.liquidate(account, address(token), bound(assets, 1, 200_000e6), 0);
        // L3: at 65 % · 1.05 and above a liquidation raises health, but for the rounding of two millionths of a unit of debt.
        uint256 later = pool.health(account);
        bool isWhole = pool.debtOf(account) > 1e6;
        if (isWhole && before >= 0.6825e18 && later < before && before - later > 2e12) isHealthLowered = true;
    }

    function price(uint256 seed) external {
        _price = int256(bound(seed, 40e8, 160e8));
        report(NAV, _price);
    }

    function wait(uint256 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 20 days));
        report(NAV, _price);
        pool.accrue();
        (, , , uint256 index, , ) = pool.poolState();
        isTrue(index >= lastIndex, "index");
        lastIndex = index;
    }

    /// Rarely, for liquidation then waits a day.
    function pauseAndResume(uint256 seed) external {
        if (seed % 16 != 7) return;
        vm.startPrank(guardian);
        pool.pause();
        pool.unpause();
        vm.stopPrank();
    }

    function repayWhilePaused(uint256 a) external {
        vm.prank(guardian);
        pool.pause();
        uint256 debt = pool.debtOf(_borrower(a));
        if (debt != 0) {
            fund(lara, address(pool), debt);
            vm.prank(lara);
            pool.repay(debt / 2 + 1, _borrower(a));
        }
        vm.prank(guardian);
        pool.unpause();
        vm.warp(block.timestamp + 1 days);
        report(NAV, _price);
    }

    function _borrower(uint256 seed) private view returns (address) {
        return _borrowers[seed % 2];
    }
}

contract LendingInvariants is Platform {
    LendingHandler private handler;

    function setUp() public {
        installPlatform();
        installToken(rulesOnlyKyc(), 1_000_000e18);
        vm.prank(timelock);
        pool.listCollateral(address(token), marketParams());
        admitVenue(address(pool));
        fund(lara, address(pool), 200_000e6);
        vm.prank(lara);
        pool.supply(200_000e6, lara);
        _equip(alice);
        _equip(bob);
        handler = new LendingHandler(token, usdc);
        usdc.grantRole(usdc.MINTER_ROLE(), address(handler));
        target(address(handler));
    }

    /// L1: what belongs to the suppliers covers their shares, and the cash is there.
    function invariant_poolIsSolvent() public view {
        (uint256 cash, , , , , ) = pool.poolState();
        ge(usdc.balanceOf(address(pool)), cash, "cash");
        ge(pool.totalAssets(), pool.convertToAssets(pool.totalSupply()), "shares");
    }

    /// L2, L3.
    function invariant_noActionHarmsHealth() public view {
        isTrue(!handler.isUnhealthyAction(), "borrow or withdrawal");
        isTrue(!handler.isHealthLowered(), "liquidation");
    }

    /// L4.
    function invariant_collateralIsThere() public view {
        uint256 sum = pool.collateralOf(alice, address(token)) + pool.collateralOf(bob, address(token));
        eq(sum, pool.totalCollateral(address(token)), "sum");
        ge(token.balanceOf(address(pool)), sum, "balance");
    }

    /// L6.
    function invariant_debtCanBeRepaid() public view {
        isTrue(!handler.isRepaymentBlocked(), "repayment");
    }

    function _equip(address account) private {
        give(account, 2_000e18);
        vm.startPrank(account);
        token.approve(address(pool), type(uint256).max);
        usdc.approve(address(pool), type(uint256).max);
        pool.depositCollateral(address(token), 1_000e18);
        vm.stopPrank();
    }
}
