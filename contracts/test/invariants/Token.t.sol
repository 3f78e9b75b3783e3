// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {PermissionedToken} from "../../src/token/PermissionedToken.sol";
import {Platform} from "../base/Platform.sol";

/// Movements, freezes, recoveries and dividends of a token, of which the lending pool is a venue.
contract TokenHandler is Platform {
    uint256 public paidTotal;
    uint256 public remittedTotal;
    bool public isPaidTwice;
    bool public isForecastWrong;
    bool public isTaken;
    bool public isMovedWhilePaused;
    bool public isIneligiblePaid;
    uint48 public markTime;
    address[3] private _actors = [alice, bob, lara];
    address[] private _everyone = [alice, bob, lara];

    constructor(PermissionedToken token_, PaymentToken usdc_) {
        (token, usdc) = (token_, usdc_);
        markTime = uint48(block.timestamp);
    }

    function transfer(uint256 a, uint256 b, uint256 amount) external {
        address from = _holder(a);
        amount = bound(amount, 1, token.balanceOf(from));
        vm.prank(from);
        token.transfer(_actor(b), amount);
        _received(_actor(b));
    }

    /// T6: any amount between any two accounts, one of them unknown.
    function attempt(uint256 a, uint256 b, uint256 amount) external {
        address from = _actor(a);
        address to = b % 4 == 3 ? mallory : _actor(b);
        amount = bound(amount, 0, token.balanceOf(from) + 10e18);
        bool isForecast = token.canTransfer(from, to, amount);
        vm.prank(from);
        try token.transfer(to, amount) {
            if (!isForecast) isForecastWrong = true;
            _received(to);
        } catch {
            if (isForecast) isForecastWrong = true;
        }
    }

    /// T3: neither a stranger nor the agent at a venue's cost.
    function take(uint256 a, uint256 b, uint256 amount) external {
        address victim = _actor(a);
        amount = bound(amount, 1, 100e18);
        vm.prank(_actor(b) == victim ? mallory : _actor(b));
        try token.transferFrom(victim, _actor(b), amount) {
            isTaken = true;
        } catch {}
        vm.prank(agent);
        try token.forcedTransfer(address(pool), _actor(b), amount) {
            isTaken = true;
        } catch {}
        vm.prank(agent);
        try token.burn(address(pool), amount) {
            isTaken = true;
        } catch {}
    }

    function mint(uint256 a, uint256 amount) external {
        vm.prank(agent);
        token.mint(_actor(a), bound(amount, 1, 1_000e18));
        _received(_actor(a));
    }

    function burn(uint256 a, uint256 amount) external {
        address from = _holder(a);
        amount = bound(amount, 1, token.balanceOf(from));
        vm.prank(agent);
        token.burn(from, amount);
    }

    function force(uint256 a, uint256 b, uint256 amount) external {
        address from = _holder(a);
        amount = bound(amount, 1, token.balanceOf(from));
        vm.prank(agent);
        token.forcedTransfer(from, _actor(b), amount);
        _received(_actor(b));
    }

    /// T7.
    function moveWhilePaused(uint256 a, uint256 b, uint256 amount) external {
        address from = _holder(a);
        amount = bound(amount, 1, token.balanceOf(from));
        vm.prank(guardian);
        token.pause();
        vm.prank(from);
        try token.transfer(_actor(b), amount) {
            isMovedWhilePaused = true;
        } catch {}
        vm.prank(agent);
        token.forcedTransfer(from, _actor(b), amount);
        vm.prank(guardian);
        token.unpause();
    }

    function freeze(uint256 a, uint256 amount) external {
        vm.prank(agent);
        token.setFrozenTokens(_actor(a), bound(amount, 0, 500e18));
    }

    /// The officer's order, more often lifted than given.
    function freezeIdentity(uint256 a) external {
        address account = _actor(a);
        if (!KYC.isEligible(account)) unfreezeWallet(account);
        else if (a % 4 == 0) freezeWallet(account);
    }

    /// The account goes on with a new wallet.
    function recover(uint256 a) external {
        if (_everyone.length == 8) return;
        address lost = _actor(a);
        address replacement = address(uint160(0xC000 + _everyone.length));
        recoverWallet(lost, replacement);
        address onchainId = KYC.identity(replacement);
        vm.prank(agent);
        token.recoveryAddress(lost, replacement, onchainId);
        vm.prank(replacement);
        token.approve(address(pool), type(uint256).max);
        vm.prank(guardian);
        pool.migratePosition(lost, replacement);
        _actors[a % 3] = replacement;
        _everyone.push(replacement);
    }

    function pledge(uint256 a, uint256 amount) external {
        address from = _holder(a);
        amount = bound(amount, 1, token.balanceOf(from));
        vm.prank(from);
        pool.depositCollateral(address(token), amount);
    }

    function redeem(uint256 a, uint256 amount) external {
        address account = _actor(a);
        for (uint256 i = 1; i < 3 && pool.collateralOf(account, address(token)) == 0; ++i) account = _actor((a % 3) + i);
        amount = bound(amount, 1, pool.collateralOf(account, address(token)));
        vm.prank(account);
        pool.withdrawCollateral(address(token), amount);
    }

    function declare(uint256 amount, uint256 kind) public {
        amount = bound(amount, 1, 10_000e6);
        fund(servicer, address(token), amount);
        vm.prank(servicer);
        token.declareDividend(address(usdc), amount, uint8(1 + (kind % 2)), uint48(block.timestamp - 1), uint48(block.timestamp), 0);
    }

    /// T5: somebody's share, direct or through the pool, of which a second claim must fail.
    function claim(uint256 a, uint256 id, bool isVia) external {
        uint256 count = token.dividendCount();
        address venue = isVia ? address(pool) : address(0);
        address holder = _everyone[a % _everyone.length];
        uint256 gross = 0;
        for (uint256 i = 0; i < count && gross == 0; ++i) {
            id = 1 + ((id % count) + i) % count;
            for (uint256 j = 0; j < _everyone.length && gross == 0; ++j) {
                holder = _everyone[(a % _everyone.length + j) % _everyone.length];
                (gross, ) = token.claimable(id, venue, holder);
            }
        }
        uint256 before = usdc.balanceOf(address(token));
        _claim(id, venue, holder);
        paidTotal += before - usdc.balanceOf(address(token));
        if (gross == 0) isPaidTwice = true;
        vm.prank(holder);
        if (isVia) {
            try token.claimDividendVia(id, venue, holder) {
                isPaidTwice = true;
            } catch {}
        } else {
            try token.claimDividend(id) {
                isPaidTwice = true;
            } catch {}
        }
    }

    /// The rest of a dividend, to whom it is due, in one batch.
    function claimForAll(uint256 id) public {
        uint256 before = usdc.balanceOf(address(token));
        token.claimDividendFor(_dividend(id), _everyone);
        paidTotal += before - usdc.balanceOf(address(token));
    }

    /// What was withheld of a dividend, if need be of a new one.
    function remit(uint256 id, bool isNew) external {
        uint256 count = token.dividendCount();
        if (isNew || count == 0) {
            declare(id, 0);
            claimForAll(count);
            (id, count) = (count, count + 1);
        }
        for (uint256 i = 0; i < count; ++i) {
            (, , , , uint256 withheld, , , ) = token.dividends(1 + ((id % count) + i) % count);
            if (withheld == 0) continue;
            id = 1 + ((id % count) + i) % count;
            break;
        }
        vm.prank(servicer);
        remittedTotal += token.remitWithholding(id, guardian);
    }

    function wait(uint256 seconds_) external {
        markTime = uint48(block.timestamp);
        vm.warp(block.timestamp + bound(seconds_, 1, 10 days));
    }

    /// All wallets that ever belonged to an actor.
    function everyone() external view returns (address[] memory) {
        return _everyone;
    }

    function _claim(uint256 id, address venue, address holder) private {
        vm.prank(holder);
        if (venue == address(0)) token.claimDividend(id);
        else token.claimDividendVia(id, venue, holder);
    }

    function _dividend(uint256 seed) private view returns (uint256) {
        uint256 count = token.dividendCount();
        return count == 0 ? 0 : 1 + (seed % count);
    }

    /// T2.
    function _received(address account) private {
        if (!KYC.isEligible(account)) isIneligiblePaid = true;
    }

    function _actor(uint256 seed) private view returns (address) {
        return _actors[seed % 3];
    }

    /// An actor with a balance, if there is one.
    function _holder(uint256 seed) private view returns (address account) {
        account = _actor(seed);
        for (uint256 i = 1; i < 3 && token.balanceOf(account) == 0; ++i) account = _actor((seed % 3) + i);
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
        address[3] memory actors = [alice, bob, lara];
        for (uint256 i = 0; i < 3; ++i) {
            give(actors[i], 500e18);
            vm.prank(actors[i]);
            token.approve(address(pool), type(uint256).max);
        }
        vm.startPrank(servicer);
        token.setWithholding(GERMANY, 1_500);
        token.setWithholding(FRANCE, 3_000);
        vm.stopPrank();
        handler = new TokenHandler(token, usdc);
        usdc.grantRole(usdc.MINTER_ROLE(), address(handler));
        vm.warp(block.timestamp + 1);
        target(address(handler));
    }

    /// T1.
    function invariant_supplyIsTheSumOfBalances() public view {
        uint256 sum = token.balanceOf(address(pool));
        address[] memory everyone = handler.everyone();
        for (uint256 i = 0; i < everyone.length; ++i) sum += token.balanceOf(everyone[i]);
        eq(sum, token.totalSupply(), "balances");
        (, , , uint256 supply, ) = ENGINE.rulesOf(address(token));
        eq(supply, sum, "engine");
    }

    /// T2, T3, T6, T7.
    function invariant_movementsAreAllowed() public view {
        isTrue(!handler.isIneligiblePaid(), "receivers are eligible");
        isTrue(!handler.isTaken(), "nobody takes");
        isTrue(!handler.isForecastWrong(), "canTransfer tells the truth");
        isTrue(!handler.isMovedWhilePaused(), "paused");
    }

    /// T4, T5.
    function invariant_dividendsAreFunded() public view {
        uint256 declared = 0;
        for (uint256 id = 1; id <= token.dividendCount(); ++id) {
            (, , uint256 amount, uint256 paid, uint256 withheld, , , ) = token.dividends(id);
            le(paid + withheld, amount, "paid and withheld");
            declared += amount;
        }
        eq(usdc.balanceOf(address(token)), declared - handler.paidTotal() - handler.remittedTotal(), "the token holds the rest");
        isTrue(!handler.isPaidTwice(), "paid once");
    }

    /// T8: now, and when time last moved.
    function invariant_checkpointsSumToTheSupply() public view {
        _checkpointsSum(uint48(block.timestamp - 1));
        if (handler.markTime() < block.timestamp) _checkpointsSum(handler.markTime());
    }

    function _checkpointsSum(uint48 time) private view {
        uint256 sum = token.balanceOfAt(address(pool), time);
        address[] memory everyone = handler.everyone();
        for (uint256 i = 0; i < everyone.length; ++i) sum += token.balanceOfAt(everyone[i], time);
        eq(sum, token.totalSupplyAt(time), "past balances");
    }
}
