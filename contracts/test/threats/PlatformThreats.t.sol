// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {PairPolicy} from "../../src/amm/AmmTypes.sol";
import {PermissionedPair} from "../../src/amm/PermissionedPair.sol";
import {Roles} from "../../src/common/Roles.sol";
import {RwaErrors} from "../../src/common/RwaErrors.sol";
import {LendingPool} from "../../src/lending/LendingPool.sol";
import {Source} from "../../src/oracle/PriceSources.sol";
import {SaleParams} from "../../src/spv/SpvTypes.sol";
import {TrancheDeal} from "../../src/tranche/TrancheDeal.sol";
import {DealParams, TrancheParams} from "../../src/tranche/TrancheTypes.sol";
import {Vault} from "../../src/vault/Vault.sol";
import {VaultParams} from "../../src/vault/VaultTypes.sol";
import {Platform} from "../base/Platform.sol";
import {TestStrategy} from "../mocks/TestStrategy.sol";
import {BurningFeed, HookCoin} from "./Hostile.sol";

/// Attacks on the platform's contracts by their payment asset, by donations, by starved gas and by lost keys.
contract PlatformThreatsTest is Platform {
    uint256 private constant LATER = type(uint256).max;
    uint48 private constant QUARTER = 7_884_000;
    bytes32 private constant COLLATERAL = "NAV:DEAL-1/USD";
    bytes4 private constant REENTERED = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;

    HookCoin private coin;

    function setUp() public {
        installPlatform();
        installToken(rulesOnlyKyc(), 100_000e18);
        coin = new HookCoin();
    }

    function test_token_reentrantDividendAsset_isRefused() public {
        give(alice, 60e18);
        give(bob, 40e18);
        vm.warp(block.timestamp + 10);
        _fundCoin(servicer, address(token), 1_000e6);
        vm.prank(servicer);
        uint256 id = token.declareDividend(address(coin), 1_000e6, 2, uint48(block.timestamp - 1), uint48(block.timestamp), "minutes");
        address[] memory holders = new address[](1);
        holders[0] = bob;
        coin.arm(address(token), abi.encodeCall(token.claimDividendFor, (id, holders)));
        vm.prank(alice);
        token.claimDividend(id);
        _requireRefused();
        eq(coin.balanceOf(alice), 600e6, "alice");
        eq(coin.balanceOf(bob), 0, "bob was not paid inside");
    }

    /// Whoever submits a signed permit first: the allowance is the signer's word, and a second submission changes nothing.
    function test_token_permitSubmittedByAnother_setsWhatWasSigned() public {
        (uint256 key, address holder) = (0xA11CE, vm.addr(0xA11CE));
        person(holder, 2, 1, GERMANY);
        give(holder, 10e18);
        bytes32 typeHash = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 content = keccak256(abi.encode(typeHash, holder, bob, 7e18, token.nonces(holder), LATER));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), content)));
        vm.prank(mallory);
        token.permit(holder, bob, 7e18, LATER, v, r, s);
        vm.expectRevert();
        token.permit(holder, bob, 7e18, LATER, v, r, s);
        vm.prank(bob);
        token.transferFrom(holder, bob, 7e18);
        eq(token.balanceOf(bob), 7e18, "spent once");
    }

    function test_token_lostAgentAndPauser_areReplacedByTheAdmin() public {
        vm.prank(guardian);
        token.pause();
        vm.startPrank(timelock);
        token.removeAgent(agent);
        token.revokeRole(Roles.PAUSER, guardian);
        token.addAgent(lara);
        token.unpause();
        vm.stopPrank();
        vm.prank(lara);
        token.mint(alice, 1e18);
        vm.expectRevert();
        vm.prank(agent);
        token.mint(alice, 1e18);
        eq(token.balanceOf(alice), 1e18, "the new agent only");
    }

    function test_sale_reentrantAsset_isRefused() public {
        uint256 id = _openSale(address(coin));
        _fundCoin(alice, address(registry), 10_000e6);
        coin.arm(address(registry), abi.encodeCall(registry.subscribe, (id, 50e18, "agreement")));
        vm.prank(alice);
        registry.subscribe(id, 100e18, "agreement");
        _requireRefused();
        eq(registry.sale(id).escrow, 10_000e6, "booked once");
    }

    /// A fraction of the asset's unit is paid by the investor.
    function test_sale_costIsRoundedUp() public {
        uint256 id = _openSale(address(usdc));
        fund(alice, address(registry), 2_000e6);
        vm.prank(alice);
        registry.subscribe(id, 10e18 + 1, "agreement");
        eq(usdc.balanceOf(alice), 2_000e6 - 1_000e6 - 1, "a unit for the fraction");
    }

    function test_sale_donation_countsForNobody() public {
        uint256 id = _openSale(address(usdc));
        usdc.mint(address(registry), 777e6);
        fund(alice, address(registry), 5_000e6);
        vm.prank(alice);
        registry.subscribe(id, 50e18, "agreement");
        vm.warp(block.timestamp + 8 days);
        registry.closeSale(id);
        registry.settleSale(id, _only(alice));
        eq(usdc.balanceOf(ivy), 5_000e6, "the manager gets what was subscribed");
        eq(token.balanceOf(alice), 50e18, "alice what she paid for");
        eq(usdc.balanceOf(address(registry)), 777e6, "the donation stays outside");
    }

    /// A settlement starved of gas either fails as a whole or mints: it never turns a purchase into a refund.
    function test_sale_starvedSettlement_neverRefunds() public {
        uint256 id = _openSale(address(usdc));
        fund(alice, address(registry), 5_000e6);
        vm.prank(alice);
        registry.subscribe(id, 50e18, "agreement");
        vm.warp(block.timestamp + 8 days);
        registry.closeSale(id);
        _untilDone(address(registry), abi.encodeCall(registry.settleSale, (id, _only(alice))), 100_000, 4_000);
        eq(token.balanceOf(alice), 50e18, "minted");
        eq(usdc.balanceOf(alice), 0, "not refunded");
    }

    function test_deal_reentrantAsset_isRefused() public {
        TrancheDeal deal = _deal(address(coin));
        _fundCoin(alice, address(deal), 8_000_000e6);
        coin.arm(address(deal), abi.encodeCall(deal.invest, (0, 1_000_000e6)));
        vm.prank(alice);
        deal.invest(0, 7_000_000e6);
        _requireRefused();
        vm.warp(block.timestamp + 30 days);
        deal.closeFunding();
        coin.arm(address(deal), abi.encodeCall(deal.refund, (0)));
        vm.prank(alice);
        deal.refund(0);
        _requireRefused();
        eq(coin.balanceOf(alice), 8_000_000e6, "all of it, once");
    }

    function test_deal_donation_isNotDistributed() public {
        TrancheDeal deal = _fundedDeal();
        usdc.mint(address(deal), 500_000e6);
        vm.warp(block.timestamp + QUARTER);
        (uint256[] memory interest, uint256[] memory principal, uint256 residual) = deal.runWaterfall();
        eq(interest[0] + interest[1] + principal[0] + principal[1] + residual, 0, "nothing was collected");
        eq(usdc.balanceOf(address(deal)), 500_000e6, "it stays outside");
    }

    /// A run starved of gas either fails as a whole or reads the feed: it never takes a healthy trigger for a breached one.
    function test_deal_starvedRun_neverBreachesATrigger() public {
        TrancheDeal deal = _fundedDeal();
        fund(servicer, address(deal), 250_000e6);
        vm.prank(servicer);
        deal.pay(250_000e6, "report");
        vm.warp(block.timestamp + QUARTER);
        report(COLLATERAL, 20_000_000e8);
        _untilDone(address(deal), abi.encodeCall(deal.runWaterfall, ()), 100_000, 10_000);
        eq(deal.state().principal[0], 7_000_000e6, "no senior principal was repaid");
    }

    function test_vault_reentrantAsset_isRefused() public {
        Vault vault = _vault(address(coin));
        _fundCoin(alice, address(vault), 200e6);
        coin.arm(address(vault), abi.encodeCall(vault.report, ()));
        vm.prank(alice);
        uint256 shares = vault.deposit(100e6, alice);
        _requireRefused();
        (uint256 idle, , , ) = vault.books();
        eq(idle, 100e6, "booked once");
        coin.arm(address(vault), abi.encodeCall(vault.processQueue, (1)));
        vm.prank(alice);
        vault.redeem(shares, alice, alice);
        _requireRefused();
        eq(coin.balanceOf(alice), 200e6, "paid once");
    }

    function test_amm_reentrantToken_isRefused() public {
        vm.prank(ivy);
        PermissionedPair pair = PermissionedPair(
            amm.createPair(address(coin), address(usdc), 3_000, PairPolicy(1, 0, 0, 0, 0, 0), ruleAdmin, rulesOnlyKyc())
        );
        protocol(address(pair));
        pair.activate();
        _fundCoin(bob, address(amm), 2_000_000e6);
        fund(bob, address(amm), 2_000_000e6);
        vm.startPrank(bob);
        amm.addLiquidity(address(pair), 1_000_000e6, 1_000_000e6, 0, bob, LATER);
        coin.arm(address(amm), abi.encodeCall(amm.exactInputSingle, (address(usdc), address(coin), 3_000, bob, LATER, 1e6, 0)));
        uint256 before = usdc.balanceOf(bob);
        uint256 out = amm.exactInputSingle(address(coin), address(usdc), 3_000, bob, LATER, 10_000e6, 0);
        vm.stopPrank();
        _requireRefused();
        eq(usdc.balanceOf(bob) - before, out, "one swap");
    }

    function test_lending_reentrantAsset_isRefused() public {
        bytes memory call = abi.encodeCall(LendingPool.initialize, (timelock, guardian, address(coin), "Hook Lending", "dHOOK", rulesOnlyKyc()));
        LendingPool own = LendingPool(address(new ERC1967Proxy(address(new LendingPool()), call)));
        protocol(address(own));
        _fundCoin(lara, address(own), 300e6);
        coin.arm(address(own), abi.encodeCall(own.supply, (50e6, lara)));
        vm.startPrank(lara);
        uint256 shares = own.supply(200e6, lara);
        _requireRefused();
        eq(own.totalAssets(), 200e6, "booked once");
        coin.arm(address(own), abi.encodeCall(own.redeem, (shares, lara)));
        own.redeem(shares, lara);
        vm.stopPrank();
        _requireRefused();
        eq(coin.balanceOf(lara), 300e6, "paid once");
    }

    function test_feed_burningGas_blocksNobody() public {
        createFeed("NAV:GOLD/USD", 2, 8, 0);
        report("NAV:GOLD/USD", 100e8);
        _priced(address(new BurningFeed()));
        (uint256 price, ) = aggregator.getPrice(address(coin));
        eq(price, 100e18, "the other source");
    }

    /// A question starved of gas fails: no caller takes a source out of the median by that.
    function test_feed_starvedQuestion_neverSkipsASource() public {
        createFeed("NAV:GOLD/USD", 2, 8, 0);
        report("NAV:GOLD/USD", 100e8);
        _priced(address(new SteadyFeed()));
        bytes memory question = abi.encodeCall(aggregator.getPrice, (address(coin)));
        (uint256 price, ) = aggregator.getPrice(address(coin));
        uint256 answered;
        for (uint256 gasLimit = 10_000; gasLimit < 300_000; gasLimit += 500) {
            (bool isDone, bytes memory data) = address(aggregator).staticcall{gas: gasLimit}(question);
            if (!isDone) continue;
            ++answered;
            (uint256 starved, ) = abi.decode(data, (uint256, uint64));
            eq(starved, price, "the same median");
        }
        ge(answered, 1, "enough gas in the end");
    }

    /// Every list that a call walks through is bounded, so that nobody makes it too long to be walked.
    function test_platform_lists_areBounded() public {
        uint256 id = _openSale(address(usdc));
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.TooMany.selector, 101, 100));
        registry.settleSale(id, new address[](101));

        Vault vault = _vault(address(usdc));
        vm.startPrank(timelock);
        for (uint256 i; i < 16; ++i) vault.addStrategy(address(new TestStrategy(usdc)), 1);
        TestStrategy another = new TestStrategy(usdc);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.TooMany.selector, 17, 16));
        vault.addStrategy(address(another), 1);
        vm.stopPrank();

        for (uint256 i; i < 9; ++i) {
            HookCoin collateral = new HookCoin();
            vm.prank(timelock);
            pool.listCollateral(address(collateral), marketParams());
            collateral.mint(bob, 1);
            vm.startPrank(bob);
            collateral.approve(address(pool), 1);
            if (i == 8) vm.expectRevert(abi.encodeWithSelector(RwaErrors.TooMany.selector, 9, 8));
            pool.depositCollateral(address(collateral), 1);
            vm.stopPrank();
        }

        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("tranches")));
        vm.prank(ivy);
        trancheFactory.createDeal(_dealParams(address(usdc)), new TrancheParams[](9));
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("sources")));
        vm.prank(timelock);
        aggregator.setAsset(address(coin), new Source[](6), 1, 10_000, 0);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("path")));
        amm.quoteExactInput(new bytes(20 + 5 * 23), 1);
    }

    function test_pauser_thatRefuses_isReplacedByTheTimelock() public {
        vm.startPrank(guardian);
        registry.pause();
        pool.pause();
        vm.stopPrank();
        vm.startPrank(timelock);
        registry.revokeRole(Roles.PAUSER, guardian);
        pool.revokeRole(Roles.PAUSER, guardian);
        registry.unpause();
        pool.unpause();
        vm.stopPrank();
        vm.expectRevert();
        vm.prank(guardian);
        pool.pause();
        isTrue(!registry.paused() && !pool.paused(), "open again");
    }

    /// What factories make is initialised in its own transaction, and the templates behind it never.
    function test_templatesAndClones_cannotBeInitialised() public {
        Vault vault = _vault(address(usdc));
        TrancheDeal deal = _deal(address(usdc));
        vm.prank(ivy);
        address pair = amm.createPair(address(coin), address(usdc), 3_000, PairPolicy(1, 0, 0, 0, 0, 0), ruleAdmin, rulesOnlyKyc());
        VaultParams memory v = VaultParams(address(usdc), "V", "V", mallory, mallory, mallory, mallory, mallory, 1);
        DealParams memory d;
        _requireInitialised(address(vault), abi.encodeCall(Vault.initialize, (v)));
        _requireInitialised(address(new Vault()), abi.encodeCall(Vault.initialize, (v)));
        bytes memory dealCall = abi.encodeCall(TrancheDeal.initialize, (d, new TrancheParams[](0), new address[](0)));
        _requireInitialised(address(deal), dealCall);
        _requireInitialised(address(new TrancheDeal()), dealCall);
        bytes memory pairCall = abi.encodeCall(PermissionedPair.initialize, (address(coin), address(usdc), 3_000, "X", mallory, mallory));
        _requireInitialised(pair, pairCall);
        _requireInitialised(address(new PermissionedPair()), pairCall);
        bytes memory moduleCall = abi.encodeCall(registry.initialize, (mallory, mallory));
        address[7] memory modules = [
            address(registry), address(documents), address(amm), address(aggregator), address(assetFactory), address(trancheFactory), address(vaultFactory)
        ];
        for (uint256 i; i < modules.length; ++i) _requireInitialised(modules[i], moduleCall);
    }

    /// Nobody gets an address of the factory by deploying first: it follows from the factory and its own count.
    function test_assetFactory_addressesAreItsOwn_andItsRolesGo() public {
        vm.startPrank(ivy);
        address first = assetFactory.deploySuite(tokenParams(1e18), rulesOnlyKyc(), "gold", 0);
        address second = assetFactory.deploySuite(tokenParams(1e18), rulesOnlyKyc(), "gold", 0);
        vm.stopPrank();
        isTrue(first != second, "equal parameters, two tokens");
        vm.expectRevert();
        vm.prank(address(assetFactory));
        token.mint(alice, 1);
        vm.expectRevert();
        vm.prank(mallory);
        assetFactory.deploySuite(tokenParams(1e18), rulesOnlyKyc(), "gold", 0);
        // A caller who is not eligible gets no supply, and no token is left behind.
        vm.prank(timelock);
        assetFactory.grantRole(Roles.ISSUER, mallory);
        vm.expectRevert();
        vm.prank(mallory);
        assetFactory.deploySuite(tokenParams(1e18), rulesOnlyKyc(), "gold", 1);
    }

    function _requireInitialised(address account, bytes memory call) private {
        vm.prank(mallory);
        (bool isDone, bytes memory data) = account.call(call);
        isTrue(!isDone && bytes4(data) == Initializable.InvalidInitialization.selector, "initialised once");
    }

    function _requireRefused() private view {
        isTrue(coin.wasCalled(), "the attack was tried");
        eq(bytes32(coin.refusal()), bytes32(REENTERED), "by the guard");
    }

    /// Calls with more and more gas until the first success.
    function _untilDone(address account, bytes memory call, uint256 gasLimit, uint256 step) private {
        uint256 failures;
        for (; ; gasLimit += step) {
            (bool isDone, ) = account.call{gas: gasLimit}(call);
            if (isDone) break;
            ++failures;
            le(gasLimit, 5_000_000, "never enough");
        }
        ge(failures, 2, "it was starved at first");
    }

    function _fundCoin(address account, address spender, uint256 amount) private {
        coin.mint(account, amount);
        vm.prank(account);
        coin.approve(spender, type(uint256).max);
    }

    function _only(address account) private pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = account;
    }

    function _openSale(address asset) private returns (uint256) {
        vm.prank(ivy);
        return registry.openSale(SPV_ID, SaleParams(asset, 100e6, 100_000e18, 1e18, 1_000e6, uint48(block.timestamp), uint48(block.timestamp + 7 days)));
    }

    function _deal(address asset) private returns (TrancheDeal deal) {
        createFeed(COLLATERAL, 2, 8, 0);
        report(COLLATERAL, 20_000_000e8);
        TrancheParams[] memory tranches = new TrancheParams[](2);
        tranches[0] = TrancheParams("Senior", "SEN", 7_000_000e6, 500, 0, rulesOnlyKyc());
        tranches[1] = TrancheParams("Equity", "EQU", 1_000_000e6, 0, 0, rulesOnlyKyc());
        vm.prank(ivy);
        (address created, ) = trancheFactory.createDeal(_dealParams(asset), tranches);
        protocol(created);
        deal = TrancheDeal(created);
        deal.activate();
    }

    function _dealParams(address asset) private view returns (DealParams memory) {
        return DealParams(
            SPV_ID, asset, COLLATERAL, uint48(block.timestamp + 30 days), QUARTER, uint48(block.timestamp + 3 * 365 days), 0, 12_000, 0, 0,
            servicer, guardian, agent, ruleAdmin
        );
    }

    function _fundedDeal() private returns (TrancheDeal deal) {
        deal = _deal(address(usdc));
        fund(alice, address(deal), 7_000_000e6);
        fund(bob, address(deal), 1_000_000e6);
        vm.prank(alice);
        deal.invest(0, 7_000_000e6);
        vm.prank(bob);
        deal.invest(1, 1_000_000e6);
        deal.closeFunding();
    }

    function _vault(address asset) private returns (Vault vault) {
        VaultParams memory p = VaultParams(asset, "Vault", "vHOOK", timelock, servicer, guardian, ruleAdmin, lara, 10_000_000e6);
        vm.prank(ivy);
        vault = Vault(vaultFactory.createVault(p, rulesOnlyKyc()));
        protocol(address(vault));
        vault.activate();
    }

    /// The coin's price from a native feed and another source, one of which suffices.
    function _priced(address other) private {
        Source[] memory sources = new Source[](2);
        sources[0] = Source(1, address(0), "NAV:GOLD/USD", 1 hours);
        sources[1] = Source(2, other, 0, 1 hours);
        vm.prank(timelock);
        aggregator.setAsset(address(coin), sources, 1, 10_000, 0);
    }
}

/// Says 90, always fresh.
contract SteadyFeed {
    uint8 public constant decimals = 8;

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (1, 90e8, block.timestamp, block.timestamp, 1);
    }
}
