// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {PermissionedToken} from "../../src/token/PermissionedToken.sol";
import {Platform} from "../base/Platform.sol";

contract LendingHandler is Platform {
    bool public isUnhealthyAction;
    bool public isHealthLowered;
    bool public isBadDebtLeft;
    bool public isRepaymentBlocked;
    bool public isIndexLowered;
    uint256 private _lastIndex = 1e27;
    int256 private _price = 100e8;
    address[2] private _borrowers = [alice, bob];

    constructor(PermissionedToken token_, PaymentToken usdc_) {
        (token, usdc) = (token_, usdc_);
    }

    function supply(uint256 assets) external {
        assets = bound(assets, 1, 100_000e6);
        fund(lara, address(pool), assets);
        vm.prank(lara);
        pool.supply(assets, lara);
    }

    /// Any part of the shares that the cash pays.
    function redeem(uint256 shares) external {
        (uint256 cash, , , , , ) = pool.poolState();
        uint256 held = pool.balanceOf(lara);
        if (pool.convertToAssets(held) > cash) held = (held * cash) / (pool.convertToAssets(held) + 1);
        shares = bound(shares, 1, held);
        vm.prank(lara);
        pool.redeem(shares, lara);
    }

    function pledge(uint256 a, uint256 amount) external {
        address account = _borrower(a);
        give(account, 1_000e18);
        vm.prank(account);
        pool.depositCollateral(address(token), bound(amount, 1, 1_000e18));
    }

    function release(uint256 a, uint256 amount) external {
        address account = _borrower(a);
        amount = bound(amount, 1, pool.collateralOf(account, address(token)));
        vm.prank(account);
        pool.withdrawCollateral(address(token), amount);
        if (pool.health(account) < 1e18) isUnhealthyAction = true;
    }

    /// More than the collateral allows at times.
    function borrow(uint256 a, uint256 assets) external {
        address account = _borrower(a);
        vm.prank(account);
        pool.borrow(bound(assets, 1, 20_000e6), account);
        if (pool.health(account) < 1e18) isUnhealthyAction = true;
    }

    /// L6: whatever the price's age, and while the pool is paused.
    function repay(uint256 a, uint256 assets, bool isPaused) external {
        address account = _indebted(a);
        uint256 debt = pool.debtOf(account);
        assets = bound(assets, 1, debt);
        fund(lara, address(pool), debt);
        if (isPaused) {
            vm.prank(guardian);
            pool.pause();
        }
        vm.prank(lara);
        try pool.repay(assets, account) {} catch {
            isRepaymentBlocked = true;
        }
        if (isPaused) {
            vm.prank(guardian);
            pool.unpause();
            // Liquidation waits for a day.
            vm.warp(block.timestamp + 1 days);
            report(NAV, _price);
        }
    }

    /// At a price that leaves the account a health between 0.4 and 1.2.
    function liquidate(uint256 a, uint256 assets, uint256 target) external {
        address account = _indebted(a);
        uint256 debt = pool.debtOf(account);
        target = bound(target, 0.4e18, 1.2e18);
        _price = int256((debt * target * 1e6) / (pool.collateralOf(account, address(token)) * 6_500));
        if (_price == 0) _price = 1;
        report(NAV, _price);
        uint256 before = pool.health(account);
        debt = pool.debtOf(account);
        assets = bound(assets, 1, debt);
        fund(lara, address(pool), debt);
        vm.prank(lara);
        pool.liquidate(account, address(token), assets, 0);
        uint256 later = pool.debtOf(account);
        if (later > debt) isHealthLowered = true;
        if (later != 0 && pool.collateralOf(account, address(token)) == 0) isBadDebtLeft = true;
        // L3: at 65 % · 1.05 and above a liquidation raises health, but for the rounding of two millionths of a unit of debt.
        if (later > 1e6 && before >= 0.6825e18 && pool.health(account) + 2e12 < before) isHealthLowered = true;
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
        if (index < _lastIndex) isIndexLowered = true;
        _lastIndex = index;
    }

    /// The grace of a day after a pause, in which nobody is liquidated.
    function pauseAndResume() external {
        vm.prank(guardian);
        pool.pause();
        vm.prank(guardian);
        pool.unpause();
        address account = _indebted(0);
        vm.prank(lara);
        try pool.liquidate(account, address(token), 1e6, 0) {
            isUnhealthyAction = true;
        } catch {}
        vm.warp(block.timestamp + 1 days);
        report(NAV, _price);
    }

    function _borrower(uint256 seed) private view returns (address) {
        return _borrowers[seed % 2];
    }

    /// A borrower with debt, if there is one.
    function _indebted(uint256 seed) private view returns (address account) {
        account = _borrower(seed);
        if (pool.debtOf(account) == 0) account = _borrower((seed % 2) + 1);
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
        ge(cash + pool.debtOf(alice) + pool.debtOf(bob), pool.totalAssets(), "debts");
    }

    /// L2, L3, L5.
    function invariant_noActionHarmsHealth() public view {
        isTrue(!handler.isUnhealthyAction(), "borrow, withdrawal or liquidation in the grace");
        isTrue(!handler.isHealthLowered(), "liquidation");
        isTrue(!handler.isBadDebtLeft(), "written off in the same call");
        isTrue(!handler.isIndexLowered(), "index");
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
