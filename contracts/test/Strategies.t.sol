// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {PairPolicy} from "../src/amm/AmmTypes.sol";
import {PermissionedPair} from "../src/amm/PermissionedPair.sol";
import {PaymentToken} from "../src/assets/PaymentToken.sol";
import {RwaErrors} from "../src/common/RwaErrors.sol";
import {ERC20CollateralPoolV2} from "../src/defactor/ERC20CollateralPoolV2.sol";
import {IStrategy} from "../src/interfaces/IStrategy.sol";
import {TrancheDeal} from "../src/tranche/TrancheDeal.sol";
import {DealParams, TrancheParams} from "../src/tranche/TrancheTypes.sol";
import {CollateralPoolStrategy} from "../src/vault/CollateralPoolStrategy.sol";
import {DividendStrategy} from "../src/vault/DividendStrategy.sol";
import {LendingStrategy} from "../src/vault/LendingStrategy.sol";
import {StrategyBase} from "../src/vault/StrategyBase.sol";
import {TrancheStrategy} from "../src/vault/TrancheStrategy.sol";
import {Vault} from "../src/vault/Vault.sol";
import {VaultParams} from "../src/vault/VaultTypes.sol";
import {Platform} from "./base/Platform.sol";
import {Coin, Feed} from "./defactor/Mocks.sol";

/// A vault with 100,000 USDC of Alice's, and a strategy of it.
abstract contract StrategyFixture is Platform {
    Vault internal vault;

    function installVault() internal {
        installPlatform();
        vm.prank(ivy);
        vault = Vault(
            vaultFactory.createVault(
                VaultParams(address(usdc), "Vault", "vUSDC", timelock, servicer, guardian, ruleAdmin, address(0xFEE), 10_000_000e6),
                rulesOnlyKyc()
            )
        );
        protocol(address(vault));
        vault.activate();
        fund(alice, address(vault), 100_000e6);
        vm.prank(alice);
        vault.deposit(100_000e6, alice);
    }

    function admit(address strategy) internal {
        protocol(strategy);
        vm.prank(timelock);
        vault.addStrategy(strategy, 1_000_000e6);
    }

    function allocate(address strategy, uint256 assets) internal {
        vm.prank(servicer);
        vault.allocate(strategy, assets);
    }

    function deallocate(address strategy, uint256 assets) internal returns (uint256) {
        vm.prank(servicer);
        return vault.deallocate(strategy, assets);
    }

    function harvest(address strategy) internal returns (int256) {
        vm.prank(servicer);
        return vault.harvest(strategy);
    }

    /// Only its vault moves a strategy's assets.
    function belongsToItsVault(StrategyBase strategy) internal {
        vm.startPrank(servicer);
        vm.expectRevert(StrategyBase.VaultOnly.selector);
        strategy.deposit(1);
        vm.expectRevert(StrategyBase.VaultOnly.selector);
        strategy.withdraw(1);
        vm.expectRevert(StrategyBase.VaultOnly.selector);
        strategy.harvest();
        vm.stopPrank();
        eq(strategy.vault(), address(vault), "vault");
        eq(strategy.asset(), address(usdc), "asset");
        isTrue(strategy.supportsInterface(type(IStrategy).interfaceId), "IStrategy");
        isTrue(strategy.supportsInterface(type(IERC165).interfaceId), "ERC-165");
        isTrue(!strategy.supportsInterface(0xffffffff), "nothing else");
    }
}

contract CollateralPoolStrategyTest is StrategyFixture {
    ERC20CollateralPoolV2 private pools;
    CollateralPoolStrategy private strategy;
    Coin private gold;
    Feed private goldFeed;
    Feed private usdcFeed;

    function setUp() public {
        installVault();
        gold = new Coin();
        (goldFeed, usdcFeed) = (new Feed(8, 100e8), new Feed(8, 1e8));
        ERC20CollateralPoolV2.InitPool[] memory first = new ERC20CollateralPoolV2.InitPool[](1);
        first[0] = ERC20CollateralPoolV2.InitPool({
            collateralToken: address(gold),
            collateralTokenPriceOracle: address(goldFeed),
            collateralTokenSequencerOracle: address(0),
            maxPoolCapacity: 500_000e6,
            minLended: 1e6,
            minBorrow: 1e6,
            endTime: uint48(block.timestamp + 1000 days),
            collateralTokenFactor: 10_000,
            collateralTokenLTVPercentage: 5_000,
            interest: 500
        });
        bytes memory call = abi.encodeCall(ERC20CollateralPoolV2.__ERC20CollateralPool_init, (timelock, address(usdc), address(usdcFeed), address(0), first));
        pools = ERC20CollateralPoolV2(address(new ERC1967Proxy(address(new ERC20CollateralPoolV2()), call)));
        strategy = new CollateralPoolStrategy(address(vault), pools, 0);
        admit(address(strategy));
        gold.mint(bob, 10_000e18);
        usdc.mint(bob, 100_000e6);
        vm.startPrank(bob);
        gold.approve(address(pools), type(uint256).max);
        usdc.approve(address(pools), type(uint256).max);
        vm.stopPrank();
    }

    function test_binding() public {
        belongsToItsVault(strategy);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("poolId")));
        new CollateralPoolStrategy(address(vault), pools, 1);
        vm.expectRevert(RwaErrors.ZeroAddress.selector);
        new CollateralPoolStrategy(address(0), pools, 0);
    }

    function test_interest_isTheVaultsProfit() public {
        allocate(address(strategy), 60_000e6);
        allocate(address(strategy), 40_000e6);
        eq(pools.lendingsLength(0, address(strategy)), 2, "a position each");
        eq(strategy.totalValue(), 100_000e6, "lent");
        _borrow(50_000e6, 1_000e18);
        vm.warp(block.timestamp + 73 days);
        // 50,000 at 5 % for a fifth of a year.
        near(strategy.totalValue(), 100_500e6, 2, "earned");
        near(
            strategy.totalValue() - 100_000e6,
            pools.calculateReward(0, 0, address(strategy)) + pools.calculateReward(0, 1, address(strategy)),
            0,
            "as the pool computes it"
        );
        near(uint256(harvest(address(strategy))), 500e6, 2, "profit");
        eq(uint256(harvest(address(strategy))), 0, "once");
        vm.warp(block.timestamp + 1 days);
        ge(vault.totalAssets(), 100_499e6, "released over a day");
    }

    function test_withdrawal_takesTheOldestFirst_andAPartOfTheLast() public {
        allocate(address(strategy), 30_000e6);
        allocate(address(strategy), 40_000e6);
        _borrow(20_000e6, 400e18);
        vm.warp(block.timestamp + 73 days);
        uint256 value = strategy.totalValue();
        uint256 received = deallocate(address(strategy), 45_000e6);
        near(received, 45_000e6, 3, "to the rounding of the parts");
        eq(strategy.firstOpen(), 1, "the oldest is claimed in full");
        near(strategy.totalValue() + received, value, 3, "nothing is lost");
        le(strategy.recordedValue(), 25_000e6 + 3, "recorded");
    }

    function test_withdrawal_isBoundByThePoolsCash_theRestFollows() public {
        allocate(address(strategy), 50_000e6);
        _borrow(40_000e6, 800e18);
        eq(deallocate(address(strategy), 50_000e6), 10_000e6, "what the pool has");
        eq(deallocate(address(strategy), 50_000e6), 0, "nothing more");
        eq(strategy.totalValue(), 40_000e6, "still owed");
        vm.warp(block.timestamp + 73 days);
        vm.startPrank(bob);
        pools.repay(0, 0, 40_000e6);
        vm.stopPrank();
        near(deallocate(address(strategy), 50_000e6), 40_400e6, 2, "principal and interest");
        le(strategy.totalValue(), 2, "dust");
    }

    function test_donatedAssets_leaveFirst() public {
        allocate(address(strategy), 10_000e6);
        usdc.mint(address(strategy), 5_000e6);
        eq(strategy.totalValue(), 15_000e6, "counts");
        eq(deallocate(address(strategy), 4_000e6), 4_000e6, "from the balance");
        (, uint256 principal, ) = pools.lendings(0, address(strategy), 0);
        eq(principal, 10_000e6, "the position stays");
    }

    function test_positions_areLimited() public {
        for (uint256 i = 0; i < 32; ++i) allocate(address(strategy), 1e6);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.TooMany.selector, uint256(33), uint256(32)));
        vm.prank(servicer);
        vault.allocate(address(strategy), 1e6);
        deallocate(address(strategy), 1e6);
        allocate(address(strategy), 1e6);
        eq(strategy.totalValue(), 32e6, "one came and one went");
    }

    /// Any order of allocations, loans, times and withdrawals: what came back and what is left is what went in and what was earned.
    function test_fuzz_valueIsConserved(uint256[4] calldata amounts, uint256 borrowed, uint256 back, uint256 time) public {
        uint256 put = 0;
        for (uint256 i = 0; i < 4; ++i) {
            uint256 amount = bound(amounts[i], 1e6, 25_000e6);
            allocate(address(strategy), amount);
            put += amount;
        }
        borrowed = bound(borrowed, 1e6, put);
        _borrow(borrowed, 2_000e18);
        vm.warp(block.timestamp + bound(time, 0, 365 days));
        uint256 value = strategy.totalValue();
        ge(value, put, "interest is never negative");
        le(value, put + pools.calculateRepayInterest(0, 0, bob), "nor more than the borrower owes");
        uint256 received = deallocate(address(strategy), bound(back, 1, 200_000e6));
        near(received + strategy.totalValue(), value, 8, "conserved");
        le(received, put - borrowed, "from what the pool has");
    }

    function _borrow(uint256 amount, uint256 collateral) private {
        goldFeed.set(100e8);
        usdcFeed.set(1e8);
        vm.prank(bob);
        pools.borrow(0, amount, collateral);
    }
}

contract TrancheStrategyTest is StrategyFixture {
    bytes32 private constant COLLATERAL = "NAV:DEAL-1/USD";
    uint48 private constant QUARTER = 7_884_000;
    TrancheDeal private deal;

    function setUp() public {
        installVault();
        installSpv();
        createFeed(COLLATERAL, 2, 8, 0);
        report(COLLATERAL, 10_000_000e8);
        _createDeal(COLLATERAL);
    }

    function test_binding() public {
        TrancheStrategy strategy = _strategy(1);
        belongsToItsVault(strategy);
        eq(strategy.tranche(), 1, "tranche");
        eq(address(strategy.token()), deal.tokenOf(1), "its token");
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("tranche")));
        new TrancheStrategy(address(vault), deal, 2);
    }

    function test_interestAndPrincipal_comeBackAsDividends() public {
        TrancheStrategy strategy = _strategy(0);
        allocate(address(strategy), 80_000e6);
        eq(strategy.totalValue(), 80_000e6, "escrow");
        _fill(720_000e6, 200_000e6);
        eq(strategy.totalValue(), 80_000e6, "a tenth of the principal");
        _pay(200_000e6);
        vm.warp(block.timestamp + QUARTER);
        report(COLLATERAL, 10_000_000e8);
        deal.runWaterfall();
        // A tenth of 10,000 interest; 5 % amortisation of 800,000 a period.
        eq(strategy.pending(), 1_000e6 + 4_000e6, "declared");
        eq(strategy.totalValue(), 81_000e6, "interest is gained, principal moved");
        eq(uint256(harvest(address(strategy))), 1_000e6, "profit");
        eq(usdc.balanceOf(address(strategy)), 5_000e6, "claimed");
        eq(strategy.pending(), 0, "nothing twice");
        eq(strategy.collected(), 2, "both dividends");
        eq(deallocate(address(strategy), 80_000e6), 5_000e6, "what is liquid");
        eq(strategy.totalValue(), 76_000e6, "the rest of the principal");
    }

    function test_anyoneCollects() public {
        TrancheStrategy strategy = _strategy(0);
        allocate(address(strategy), 80_000e6);
        _fill(720_000e6, 200_000e6);
        _pay(100_000e6);
        vm.warp(block.timestamp + QUARTER);
        report(COLLATERAL, 10_000_000e8);
        deal.runWaterfall();
        uint256 value = strategy.totalValue();
        vm.prank(mallory);
        strategy.collect();
        eq(usdc.balanceOf(address(strategy)), 5_000e6, "paid to the strategy");
        eq(strategy.totalValue(), value, "a claim moves no value");
    }

    function test_unitsAreWorthWhatTheCollateralCovers_seniorFirst() public {
        TrancheStrategy senior = _strategy(0);
        TrancheStrategy junior = _strategy(1);
        allocate(address(senior), 80_000e6);
        allocate(address(junior), 20_000e6);
        _fill(720_000e6, 180_000e6);
        report(COLLATERAL, 900_000e8);
        eq(senior.totalValue(), 80_000e6, "covered");
        eq(junior.totalValue(), 10_000e6, "half of 200,000 is covered");
        report(COLLATERAL, 400_000e8);
        eq(senior.totalValue(), 40_000e6, "half");
        eq(junior.totalValue(), 0, "nothing");
        _pay(500_000e6);
        eq(senior.totalValue(), 80_000e6, "collections count");
        eq(junior.totalValue(), 10_000e6, "and overflow to the junior");
        report(COLLATERAL, 5_000_000e8);
        eq(junior.totalValue(), 20_000e6, "never above the principal");
        vm.warp(block.timestamp + 10 days);
        vm.expectRevert();
        senior.totalValue();
        eq(vault.maxWithdraw(alice), 0, "a stale feed stops pricing");
    }

    function test_withoutAFeed_thePrincipalCounts_andLossesReduceIt() public {
        _createDeal(0);
        TrancheStrategy strategy = _strategy(1);
        allocate(address(strategy), 20_000e6);
        _fill(800_000e6, 180_000e6);
        vm.prank(servicer);
        bytes32 loss = deal.proposeLoss(50_000e6, "loss");
        vm.prank(guardian);
        deal.confirmLoss(loss);
        eq(strategy.totalValue(), 15_000e6, "a quarter is lost");
        eq(uint256(-harvest(address(strategy))), 5_000e6, "reported");
    }

    function test_repaidDeal_needsNoPrice() public {
        TrancheStrategy strategy = _strategy(0);
        allocate(address(strategy), 80_000e6);
        _fill(720_000e6, 200_000e6);
        _pay(2_000_000e6);
        vm.warp(deal.params().maturity + QUARTER);
        deal.runWaterfall();
        eq(deal.state().status, 4, "matured");
        strategy.collect();
        uint256 value = usdc.balanceOf(address(strategy));
        ge(value, 80_000e6, "principal and interest");
        eq(strategy.totalValue(), value, "though the feed is stale");
        eq(deallocate(address(strategy), value), value, "back");
        vm.prank(timelock);
        vault.removeStrategy(address(strategy));
    }

    function test_cancelledDeal_refunds() public {
        TrancheStrategy strategy = _strategy(0);
        allocate(address(strategy), 80_000e6);
        vm.expectRevert(abi.encodeWithSignature("WrongStatus(uint8)", uint8(1)));
        strategy.refund();
        vm.warp(block.timestamp + 30 days);
        deal.closeFunding();
        eq(strategy.totalValue(), 80_000e6, "owed by the escrow");
        eq(deallocate(address(strategy), 80_000e6), 0, "not refunded yet");
        vm.prank(mallory);
        strategy.refund();
        eq(strategy.totalValue(), 80_000e6, "in hand");
        eq(deallocate(address(strategy), 80_000e6), 80_000e6, "back");
        vm.prank(timelock);
        vault.removeStrategy(address(strategy));
    }

    function test_allocation_afterFunding_isRefused() public {
        TrancheStrategy strategy = _strategy(0);
        _fill(800_000e6, 200_000e6);
        vm.expectRevert(abi.encodeWithSignature("WrongStatus(uint8)", uint8(2)));
        vm.prank(servicer);
        vault.allocate(address(strategy), 1e6);
    }

    function _createDeal(bytes32 feed) private {
        TrancheParams[] memory t = new TrancheParams[](2);
        t[0] = TrancheParams("Senior", "SNR", 800_000e6, 500, 500, rulesOnlyKyc());
        t[1] = TrancheParams("Equity", "EQT", 200_000e6, 0, 0, rulesOnlyKyc());
        uint48 start = uint48(block.timestamp);
        DealParams memory p = DealParams(
            SPV_ID, address(usdc), feed, start + 30 days, QUARTER, start + 1095 days, 0, 0, 0, 0, servicer, guardian, agent, ruleAdmin
        );
        vm.prank(ivy);
        (address created, ) = trancheFactory.createDeal(p, t);
        deal = TrancheDeal(created);
        protocol(created);
        deal.activate();
    }

    function _strategy(uint8 tranche) private returns (TrancheStrategy strategy) {
        strategy = new TrancheStrategy(address(vault), deal, tranche);
        admit(address(strategy));
    }

    function _fill(uint256 senior, uint256 junior) private {
        fund(bob, address(deal), senior + junior);
        vm.startPrank(bob);
        deal.invest(0, senior);
        deal.invest(1, junior);
        vm.stopPrank();
        deal.closeFunding();
    }

    function _pay(uint256 amount) private {
        fund(servicer, address(deal), amount);
        vm.prank(servicer);
        deal.pay(amount, "report");
    }
}

contract DividendStrategyTest is StrategyFixture {
    PermissionedPair private pair;
    DividendStrategy private strategy;

    function setUp() public {
        installVault();
        installToken(rulesOnlyKyc(), 100_000e18);
        vm.prank(ivy);
        pair = PermissionedPair(
            amm.createPair(address(token), address(usdc), 3_000, PairPolicy(1, 0, NAV, 0, 500, 1_000), ruleAdmin, rulesOnlyKyc())
        );
        protocol(address(pair));
        pair.activate();
        admitVenue(address(pair));
        give(bob, 9_000e18);
        usdc.mint(bob, 1_000_000e6);
        vm.startPrank(bob);
        token.approve(address(amm), type(uint256).max);
        usdc.approve(address(amm), type(uint256).max);
        bool isTokenFirst = address(token) < address(usdc);
        (uint256 a0, uint256 a1) = isTokenFirst ? (uint256(9_000e18), uint256(900_000e6)) : (uint256(900_000e6), uint256(9_000e18));
        amm.addLiquidity(address(pair), a0, a1, 0, bob, block.timestamp);
        vm.stopPrank();
        give(agent, 1_000e18);
        strategy = new DividendStrategy(address(vault), amm, pair);
        admit(address(strategy));
        allocate(address(strategy), 50_000e6);
    }

    function test_binding() public {
        belongsToItsVault(strategy);
        eq(address(strategy.token()), address(token), "token");
        vm.startPrank(mallory);
        vm.expectRevert();
        strategy.buy(1e6, 0);
        vm.expectRevert();
        strategy.sell(1, 0);
        vm.stopPrank();
        vm.prank(timelock);
        amm.setPolicy(address(pair), PairPolicy(1, 0, 0, 0, 0, 1_000));
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("navFeedId")));
        new DividendStrategy(address(vault), amm, pair);
    }

    function test_buy_sell_atNavNotAtSpot() public {
        vm.prank(servicer);
        uint256 bought = strategy.buy(20_000e6, 190e18);
        eq(token.balanceOf(address(strategy)), bought, "bought");
        near(strategy.totalValue(), 30_000e6 + bought / 1e10, 1, "tokens at 100");
        uint256 value = strategy.totalValue();
        vm.prank(bob);
        amm.exactInputSingle(address(usdc), address(token), 3_000, bob, block.timestamp, 2_000e6, 0);
        eq(strategy.totalValue(), value, "a trade moves the spot price, not the value");
        eq(deallocate(address(strategy), 50_000e6), 30_000e6, "what is not invested");
        vm.prank(servicer);
        uint256 out = strategy.sell(bought, 19_000e6);
        eq(strategy.totalValue(), out, "sold");
        vm.warp(block.timestamp + 10 days);
        eq(strategy.totalValue(), out, "no exposure left, no price needed");
    }

    function test_foreignCurrency_isConverted() public {
        bytes32 fx = "FX:USD/EUR";
        createFeed(fx, 3, 8, 0);
        report(fx, 0.5e8);
        vm.prank(servicer);
        uint256 bought = strategy.buy(10_000e6, 0);
        vm.prank(timelock);
        amm.setPolicy(address(pair), PairPolicy(1, 0, NAV, fx, 500, 1_000));
        near(strategy.totalValue(), 40_000e6 + bought / 2e10, 1, "half of the net asset value");
    }

    function test_dividends_countOnceDeclared_andAreCollected() public {
        vm.prank(servicer);
        uint256 bought = strategy.buy(20_000e6, 0);
        uint256 value = strategy.totalValue();
        vm.warp(block.timestamp + 1);
        _declare(usdc, 10_000e6, 0);
        uint256 share = (uint256(10_000e6) * bought) / 10_000e18;
        eq(strategy.pending(), share, "declared");
        eq(strategy.totalValue(), value + share, "counts");
        // The cost of the purchase: fee and price impact.
        int256 cost = 50_000e6 - int256(value);
        eq(uint256(harvest(address(strategy)) + cost), share, "profit less the cost");
        eq(strategy.totalValue(), value + share, "a claim moves no value");
        eq(usdc.balanceOf(address(strategy)), 30_000e6 + share, "paid");
        eq(strategy.collected(), 1, "collected");
    }

    function test_dividends_wait_orAreSkipped() public {
        // Nothing is held at the first record time, the second is in another asset, the third is due tomorrow, the fourth now.
        vm.warp(block.timestamp + 1);
        _declare(usdc, 1_000e6, 0);
        vm.prank(servicer);
        uint256 bought = strategy.buy(20_000e6, 0);
        vm.warp(block.timestamp + 1);
        PaymentToken other = new PaymentToken("Euro", "EUR", address(this));
        _declare(other, 1_000e6, 0);
        _declare(usdc, 1_000e6, 1 days);
        _declare(usdc, 1_000e6, 0);
        uint256 share = (uint256(1_000e6) * bought) / 10_000e18;
        eq(strategy.pending(), 2 * share, "those in the asset");
        strategy.collect();
        eq(strategy.collected(), 2, "up to the one that is not due");
        eq(usdc.balanceOf(address(strategy)), 30_000e6, "none is paid");
        address[] memory holders = new address[](1);
        holders[0] = address(strategy);
        token.claimDividendFor(4, holders);
        eq(strategy.pending(), share, "paid out of turn");
        vm.warp(block.timestamp + 1 days);
        strategy.collect();
        eq(strategy.collected(), 4, "all");
        eq(usdc.balanceOf(address(strategy)), 30_000e6 + 2 * share, "each once");
        eq(other.balanceOf(address(strategy)), 0, "not claimed");
    }

    function test_withholding_isNotValue() public {
        vm.startPrank(servicer);
        token.setWithholding(0, 1_000);
        uint256 bought = strategy.buy(20_000e6, 0);
        vm.stopPrank();
        vm.warp(block.timestamp + 1);
        _declare(usdc, 10_000e6, 0);
        uint256 gross = (uint256(10_000e6) * bought) / 10_000e18;
        uint256 net = gross - (gross * 1_000 + 9_999) / 10_000;
        eq(strategy.pending(), net, "less the tax");
        strategy.collect();
        eq(usdc.balanceOf(address(strategy)), 30_000e6 + net, "paid net");
    }

    function test_manyDividends_areCollectedInSteps() public {
        vm.prank(servicer);
        strategy.buy(20_000e6, 0);
        vm.warp(block.timestamp + 1);
        for (uint256 i = 0; i < 33; ++i) _declare(usdc, 1_000e6, 0);
        strategy.collect();
        eq(strategy.collected(), 32, "a step");
        isTrue(strategy.pending() != 0, "the last one");
        strategy.collect();
        eq(strategy.pending(), 0, "done");
    }

    function _declare(PaymentToken paidIn, uint256 amount, uint48 delay) private {
        paidIn.mint(servicer, amount);
        vm.startPrank(servicer);
        paidIn.approve(address(token), amount);
        token.declareDividend(address(paidIn), amount, 1, uint48(block.timestamp - 1), uint48(block.timestamp) + delay, 0);
        vm.stopPrank();
    }
}

contract LendingStrategyTest is StrategyFixture {
    function setUp() public {
        installVault();
    }

    function test_binding_andFullExit() public {
        LendingStrategy strategy = new LendingStrategy(address(vault), pool);
        admit(address(strategy));
        belongsToItsVault(strategy);
        allocate(address(strategy), 50_000e6);
        near(strategy.totalValue(), 50_000e6, 1, "supplied");
        uint256 value = strategy.totalValue();
        eq(deallocate(address(strategy), value), value, "back");
        le(strategy.recordedValue(), 1, "recorded");
    }
}
