// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {PairPolicy} from "../src/amm/AmmTypes.sol";
import {PermissionedPair} from "../src/amm/PermissionedPair.sol";
import {RwaErrors} from "../src/common/RwaErrors.sol";
import {IActivatable} from "../src/interfaces/IActivatable.sol";
import {IPositions} from "../src/interfaces/IPositions.sol";
import {LendingStrategy} from "../src/vault/LendingStrategy.sol";
import {LiquidityStrategy} from "../src/vault/LiquidityStrategy.sol";
import {StrategyBase} from "../src/vault/StrategyBase.sol";
import {Vault} from "../src/vault/Vault.sol";
import {IVaultEvents} from "../src/vault/VaultDesk.sol";
import {VaultParams} from "../src/vault/VaultTypes.sol";
import {Platform} from "./base/Platform.sol";
import {Coin} from "./defactor/Mocks.sol";
import {TestStrategy} from "./mocks/TestStrategy.sol";

contract VaultTest is Platform {
    address private constant newWallet = address(0xB001);
    address private constant feeRecipient = address(0xFEE);
    Vault private vault;
    TestStrategy private strategy;

    function setUp() public {
        installPlatform();
        vm.prank(ivy);
        vault = Vault(
            vaultFactory.createVault(
                VaultParams(address(usdc), "Vault", "vUSDC", timelock, servicer, guardian, ruleAdmin, feeRecipient, 10_000_000e6),
                rulesOnlyKyc()
            )
        );
        protocol(address(vault));
        strategy = new TestStrategy(usdc);
        vm.prank(timelock);
        vault.addStrategy(address(strategy), 500_000e6);
        fund(alice, address(vault), 1_000_000e6);
        fund(bob, address(vault), 1_000_000e6);
    }

    function test_inactiveVault_takesNothing() public {
        eq(vault.maxDeposit(alice), 0, "inactive");
        vault.activate();
        eq(vault.maxDeposit(alice), 10_000_000e6, "active");
        eq(vault.maxDeposit(mallory), 0, "unknown");
        eq(vault.decimals(), 12, "decimals");
        vm.expectRevert();
        vm.prank(alice);
        vault.deposit(1e6, mallory);
    }

    function test_deposit_thenRedeem_neverProfits() public {
        _enter(alice, 100_000e6);
        uint256 shares = _enter(bob, 33_333_333_333);
        vm.prank(bob);
        uint256 assets = vault.redeem(shares, bob, bob);
        le(assets, 33_333_333_333, "no profit");
        ge(assets + 1, 33_333_333_333, "a wei at most");
    }

    function test_firstDeposit_cannotBeInflated() public {
        _enter(alice, 1);
        vm.prank(alice);
        usdc.transfer(address(vault), 100_000e6);
        uint256 shares = _enter(bob, 50_000e6);
        vault.report();
        vm.warp(block.timestamp + 2 days);
        ge(vault.convertToAssets(shares), 49_999e6, "bob keeps his money");
    }

    function test_profit_isReleasedOverADay() public {
        _enter(alice, 100_000e6);
        _allocate(100_000e6);
        usdc.mint(address(strategy), 10_000e6);
        eq(vault.totalAssets(), 100_000e6, "a gain counts once reported");
        vault.report();
        eq(vault.totalAssets(), 100_000e6, "locked at first");
        vm.warp(block.timestamp + 12 hours);
        eq(vault.totalAssets(), 105_000e6, "half of it");
        // A second report of next to nothing does not delay the rest.
        usdc.mint(address(strategy), 1);
        vault.report();
        vm.warp(block.timestamp + 12 hours + 1);
        eq(vault.totalAssets(), 110_000e6 + 1, "all of it");
    }

    function test_loss_countsAtOnce_afterUnreleasedProfit() public {
        _enter(alice, 100_000e6);
        _allocate(100_000e6);
        usdc.mint(address(strategy), 10_000e6);
        vault.report();
        strategy.lose(4_000e6);
        eq(vault.totalAssets(), 100_000e6, "unreleased profit bears it");
        strategy.lose(16_000e6);
        eq(vault.totalAssets(), 90_000e6, "then the holders");
        vault.report();
        eq(vault.totalAssets(), 90_000e6, "reported");
        vm.warp(block.timestamp + 2 days);
        eq(vault.totalAssets(), 90_000e6, "nothing is left to release");
    }

    function test_fees_aboveTheHighWaterMarkOnly() public {
        vm.prank(timelock);
        vault.setFees(0, 2_000);
        _enter(alice, 100_000e6);
        _allocate(80_000e6);
        usdc.mint(address(strategy), 10_000e6);
        vault.report();
        near(usdc.balanceOf(feeRecipient), 2_000e6, 2, "a fifth of the gain");
        strategy.lose(8_000e6);
        vault.report();
        usdc.mint(address(strategy), 5_000e6);
        vault.report();
        near(usdc.balanceOf(feeRecipient), 2_000e6, 2, "nothing below the mark");
        vm.startPrank(timelock);
        vm.expectRevert(abi.encodeWithSelector(IVaultEvents.FeeTooHigh.selector, uint16(201)));
        vault.setFees(201, 0);
        vm.expectRevert(abi.encodeWithSelector(IVaultEvents.FeeTooHigh.selector, uint16(2_001)));
        vault.setFees(0, 2_001);
        vm.stopPrank();
    }

    function test_managementFee_accruesByTime() public {
        vm.prank(timelock);
        vault.setFees(200, 0);
        _enter(alice, 100_000e6);
        vm.warp(block.timestamp + 365 days);
        vault.report();
        eq(usdc.balanceOf(feeRecipient), 2_000e6, "two per cent");
        eq(vault.totalAssets(), 98_000e6, "rest");
    }

    function test_queue_isFirstComeFirstServed() public {
        uint256 sharesA = _enter(alice, 100_000e6);
        uint256 sharesB = _enter(bob, 50_000e6);
        _allocate(140_000e6);
        uint256 first = _request(alice, sharesA);
        uint256 second = _request(bob, sharesB / 10);
        eq(vault.maxRedeem(bob), 0, "nobody overtakes");
        vm.expectRevert();
        vm.prank(bob);
        vault.redeem(1e12, bob, bob);
        eq(vault.processQueue(10), 0, "idle does not suffice for the first");
        vm.prank(servicer);
        vault.deallocate(address(strategy), 91_000e6);
        eq(vault.processQueue(10), 1, "the first");
        vm.expectRevert(abi.encodeWithSelector(IVaultEvents.QueueNotReady.selector, second));
        vault.claimRedeem(second);
        eq(vault.pendingRedeemRequest(second, bob), sharesB / 10, "pending");
        eq(vault.claimableRedeemRequest(first, alice), sharesA, "claimable");
        eq(vault.claimRedeem(first), 100_000e6, "alice");
        eq(usdc.balanceOf(alice), 1_000_000e6, "paid");
        vm.expectRevert(abi.encodeWithSelector(IVaultEvents.QueueNotReady.selector, first));
        vault.claimRedeem(first);
        vm.prank(servicer);
        vault.deallocate(address(strategy), 49_000e6);
        eq(vault.processQueue(10), 1, "the second");
        vault.claimRedeem(second);
        isTrue(vault.maxRedeem(bob) != 0, "the queue is empty");
    }

    function test_request_rules() public {
        uint256 shares = _enter(alice, 100_000e6);
        vm.expectRevert();
        vm.prank(bob);
        vault.requestRedeem(shares, bob, alice);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("shares")));
        vm.prank(alice);
        vault.requestRedeem(1e6, alice, alice);
        vm.prank(guardian);
        vault.setAddressFrozen(alice, true);
        vm.expectRevert(abi.encodeWithSignature("ERC7943CannotSend(address)", alice));
        vm.prank(alice);
        vault.requestRedeem(shares, alice, alice);
        eq(vault.maxWithdraw(alice), 0, "frozen");
        vm.prank(guardian);
        vault.setAddressFrozen(alice, false);
        vm.prank(guardian);
        vault.pause();
        eq(vault.maxDeposit(alice), 0, "paused");
        _request(alice, shares);
        eq(vault.processQueue(10), 1, "exit stays open");
        vault.claimRedeem(1);
    }

    function test_recoveredController_isPaidAtTheNewWallet() public {
        uint256 shares = _enter(alice, 100_000e6);
        uint256 id = _request(alice, shares);
        vault.processQueue(1);
        recoverWallet(alice, newWallet);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, alice, uint8(3)));
        vault.claimRedeem(id);
        vm.prank(guardian);
        vault.migratePosition(alice, newWallet);
        vault.claimRedeem(id);
        eq(usdc.balanceOf(newWallet), 100_000e6, "paid");
    }

    function test_staleStrategy_stopsPricing() public {
        uint256 shares = _enter(alice, 100_000e6);
        _allocate(50_000e6);
        strategy.setStale(true);
        eq(vault.maxDeposit(bob), 0, "no deposit");
        eq(vault.maxWithdraw(alice), 0, "no instant exit");
        vm.expectRevert();
        vm.prank(alice);
        vault.requestRedeem(shares / 2, alice, alice);
        strategy.setStale(false);
        _request(alice, shares / 2);
    }

    function test_strategies_areCappedAndOwned() public {
        _enter(alice, 600_000e6);
        vm.startPrank(servicer);
        vm.expectRevert(abi.encodeWithSelector(IVaultEvents.StrategyCapExceeded.selector, 500_000e6));
        vault.allocate(address(strategy), 500_001e6);
        vm.expectRevert(abi.encodeWithSelector(IVaultEvents.NotStrategy.selector, alice));
        vault.allocate(alice, 1);
        vault.allocate(address(strategy), 500_000e6);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("totalValue")));
        vm.prank(timelock);
        vault.removeStrategy(address(strategy));
        vm.prank(servicer);
        eq(vault.deallocate(address(strategy), 500_000e6), 500_000e6, "back");
        vm.startPrank(timelock);
        vault.setStrategyCap(address(strategy), 1);
        vault.removeStrategy(address(strategy));
        vm.stopPrank();
        eq(vault.strategies().length, 0, "removed");
        vm.expectRevert();
        vm.prank(servicer);
        vault.addStrategy(address(strategy), 1);
    }

    function test_lendingStrategy_earnsInterestForTheVault() public {
        _enter(alice, 100_000e6);
        LendingStrategy lending = new LendingStrategy(address(vault), pool);
        protocol(address(lending));
        vm.prank(timelock);
        vault.addStrategy(address(lending), 100_000e6);
        vm.prank(servicer);
        vault.allocate(address(lending), 100_000e6);
        near(vault.totalAssets(), 100_000e6, 1, "allocated");
        // Somebody borrows half for a year.
        installToken(rulesOnlyKyc(), 10_000e18);
        admitVenue(address(pool));
        vm.prank(timelock);
        pool.listCollateral(address(token), marketParams());
        give(bob, 1_000e18);
        vm.startPrank(bob);
        token.approve(address(pool), type(uint256).max);
        pool.depositCollateral(address(token), 1_000e18);
        pool.borrow(50_000e6, bob);
        vm.stopPrank();
        vm.warp(block.timestamp + 365 days);
        vm.prank(servicer);
        int256 pnl = vault.harvest(address(lending));
        // 2.5 % on 50,000, less a tenth for the reserves.
        near(uint256(pnl), 1_125e6, 1e4, "interest");
        vm.prank(servicer);
        vault.deallocate(address(lending), 40_000e6);
        vm.expectRevert(StrategyBase.VaultOnly.selector);
        lending.withdraw(1);
        vm.warp(block.timestamp + 1 days);
        ge(vault.totalAssets(), 101_124e6, "released");
    }

    function test_liquidityStrategy_isValuedAtNavNotAtSpot() public {
        installToken(rulesOnlyKyc(), 100_000e18);
        vm.prank(ivy);
        PermissionedPair pair = PermissionedPair(
            amm.createPair(address(token), address(usdc), 3_000, PairPolicy(1, 0, NAV, 0, 500, 1_000), ruleAdmin, rulesOnlyKyc())
        );
        protocol(address(pair));
        pair.activate();
        admitVenue(address(pair));
        give(bob, 11_000e18);
        usdc.mint(bob, 2_000_000e6);
        vm.startPrank(bob);
        token.approve(address(amm), type(uint256).max);
        usdc.approve(address(amm), type(uint256).max);
        bool isTokenFirst = address(token) < address(usdc);
        (uint256 a0, uint256 a1) = isTokenFirst ? (uint256(10_000e18), uint256(1_000_000e6)) : (uint256(1_000_000e6), uint256(10_000e18));
        amm.addLiquidity(address(pair), a0, a1, 0, bob, block.timestamp);
        vm.stopPrank();
        LiquidityStrategy liquidity = new LiquidityStrategy(address(vault), amm, pair);
        protocol(address(liquidity));
        vm.prank(timelock);
        vault.addStrategy(address(liquidity), 100_000e6);
        _enter(alice, 100_000e6);
        vm.startPrank(servicer);
        vault.allocate(address(liquidity), 50_000e6);
        liquidity.invest(20_000e6, 0, 0);
        vm.stopPrank();
        uint256 value = liquidity.totalValue();
        near(value, 50_000e6, 700e6, "fee and price impact");
        vm.prank(bob);
        amm.exactInputSingle(address(token), address(usdc), 3_000, bob, block.timestamp, 200e18, 0);
        near(liquidity.totalValue(), value, 5e6, "a trade moves the spot price, not the value");
        uint256 lp = pair.balanceOf(address(liquidity));
        vm.expectRevert();
        vm.prank(bob);
        liquidity.divest(lp, 0, 0, 0, 0);
        vm.prank(servicer);
        liquidity.divest(lp, 0, 0, 0, 0);
        uint256 held = token.balanceOf(address(liquidity));
        vm.startPrank(servicer);
        liquidity.divest(0, 0, 0, held, 0);
        uint256 back = vault.deallocate(address(liquidity), 60_000e6);
        vm.stopPrank();
        near(back, 50_000e6, 1_500e6, "back");
        eq(liquidity.totalValue(), 0, "nothing left");
    }

    function _enter(address account, uint256 assets) private returns (uint256 shares) {
        if (!vault.active()) vault.activate();
        vm.prank(account);
        return vault.deposit(assets, account);
    }

    function _allocate(uint256 assets) private {
        vm.prank(servicer);
        vault.allocate(address(strategy), assets);
    }

    function _request(address account, uint256 shares) private returns (uint256) {
        vm.prank(account);
        return vault.requestRedeem(shares, account, account);
    }

    function test_books_tellIdleReservedAndUnreleased() public {
        vm.prank(timelock);
        vault.setFees(0, 0);
        uint256 shares = _enter(alice, 100_000e6);
        _allocate(60_000e6);
        usdc.mint(address(strategy), 1_000e6);
        vault.report();
        uint256 id = _request(alice, shares / 4);
        vault.processQueue(1);
        (uint256 idle, uint256 reserved, uint256 unreleased, uint256 feesDue) = vault.books();
        eq(reserved, vault.requestAssets(id), "reserved for the request");
        eq(idle + reserved, 40_000e6, "the rest is idle");
        eq(unreleased, 1_000e6, "the profit");
        eq(feesDue, 0, "no fees");
        (uint256 requested, uint256 processed) = vault.queueState();
        eq(requested, 1, "requested");
        eq(processed, 1, "processed");
        (uint256 cap, bool isActive) = vault.strategyOf(address(strategy));
        isTrue(cap == 500_000e6 && isActive, "strategy");
        (cap, isActive) = vault.strategyOf(alice);
        isTrue(cap == 0 && !isActive, "none");
    }

    function test_mint_takesExactlyItsPreview() public {
        _enter(alice, 1e6);
        isTrue(vault.maxMint(bob) != 0, "open");
        eq(vault.maxMint(mallory), 0, "unknown");
        uint256 preview = vault.previewMint(5e12);
        vm.prank(bob);
        eq(vault.mint(5e12, bob), preview, "assets");
        eq(vault.balanceOf(bob), 5e12, "shares");
    }

    function test_pause_isThePausers_andStopsTransfersOfShares() public {
        uint256 shares = _enter(alice, 100_000e6);
        vm.expectRevert();
        vm.prank(mallory);
        vault.pause();
        vm.prank(guardian);
        vault.pause();
        eq(vault.detectTransferRestriction(alice, bob, 1), 130, "told before");
        vm.expectRevert();
        vm.prank(alice);
        vault.transfer(bob, shares);
        vm.prank(alice);
        vault.redeem(shares / 2, alice, alice);
        vm.expectRevert();
        vm.prank(mallory);
        vault.unpause();
        vm.prank(timelock);
        vault.unpause();
        vm.prank(alice);
        vault.transfer(bob, shares / 4);
        eq(vault.balanceOf(bob), shares / 4, "moved");
        vm.expectRevert();
        vm.prank(bob);
        vault.migratePosition(alice, newWallet);
    }

    function test_aSpender_actsWithinItsAllowance() public {
        uint256 shares = _enter(alice, 100_000e6);
        vm.startPrank(alice);
        vault.approve(bob, shares / 2);
        vm.expectRevert(RwaErrors.ZeroAddress.selector);
        vault.requestRedeem(shares, address(0), alice);
        vm.expectRevert(RwaErrors.ZeroAmount.selector);
        vault.requestRedeem(0, alice, alice);
        vm.stopPrank();
        vm.startPrank(bob);
        uint256 assets = vault.redeem(shares / 4, bob, alice);
        vault.requestRedeem(shares / 4, bob, alice);
        vm.expectRevert();
        vault.requestRedeem(shares / 4, bob, alice);
        vm.stopPrank();
        near(assets, 25_000e6, 1, "a quarter");
        vault.processQueue(1);
        near(vault.claimRedeem(1), 25_000e6, 1, "another quarter");
        near(usdc.balanceOf(bob), 1_050_000e6, 2, "both his");
    }

    function test_factory_listsItsVaults_andChecksThem() public {
        eq(vaultFactory.vaultCount(), 1, "count");
        eq(vaultFactory.vaultAt(0), address(vault), "vault");
        isTrue(vault.supportsInterface(type(IERC4626).interfaceId), "ERC-4626");
        isTrue(vault.supportsInterface(type(IPositions).interfaceId), "positions");
        isTrue(vault.supportsInterface(type(IActivatable).interfaceId), "activatable");
        isTrue(!vault.supportsInterface(0xffffffff), "nothing else");
        vm.expectRevert(RwaErrors.ZeroAddress.selector);
        vm.prank(ivy);
        vaultFactory.createVault(VaultParams(address(usdc), "Vault", "V", timelock, address(0), guardian, ruleAdmin, feeRecipient, 1), rulesOnlyKyc());
        vm.expectRevert();
        vm.prank(alice);
        vaultFactory.createVault(VaultParams(address(usdc), "Vault", "V", timelock, servicer, guardian, ruleAdmin, feeRecipient, 1), rulesOnlyKyc());
    }

    function test_feesWithoutIdleAssets_areDue_andOwedWhereTheyCannotBePaid() public {
        Coin coin = new Coin();
        vm.prank(ivy);
        Vault other = Vault(
            vaultFactory.createVault(
                VaultParams(address(coin), "Other", "OTH", timelock, servicer, guardian, ruleAdmin, lara, 1_000_000e18), rulesOnlyKyc()
            )
        );
        protocol(address(other));
        other.activate();
        coin.mint(alice, 100_000e18);
        vm.startPrank(alice);
        coin.approve(address(other), type(uint256).max);
        other.deposit(100_000e18, alice);
        vm.stopPrank();
        vm.prank(timelock);
        other.setFees(200, 0);
        coin.refuse(lara);
        vm.warp(block.timestamp + 365 days);
        other.report();
        eq(other.owed(address(coin), lara), 2_000e18, "kept for the recipient");
        eq(other.totalAssets(), 98_000e18, "no longer the holders'");
        recoverWallet(lara, newWallet);
        vm.prank(guardian);
        other.migratePosition(lara, newWallet);
        vm.prank(newWallet);
        eq(other.withdrawOwed(address(coin)), 2_000e18, "pulled by the replacement");
    }
}
