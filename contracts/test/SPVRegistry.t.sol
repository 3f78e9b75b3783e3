// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {RwaErrors} from "../src/common/RwaErrors.sol";
import {RuleSetup} from "../src/common/Structs.sol";
import {IComplianceEngine} from "../src/interfaces/IComplianceEngine.sol";
import {IPositions} from "../src/interfaces/IPositions.sol";
import {SpvBook} from "../src/spv/SpvBook.sol";
import {ISpvSaleEvents} from "../src/spv/SpvSaleDesk.sol";
import {ISpvErrors} from "../src/spv/SpvState.sol";
import {SaleParams, Spv} from "../src/spv/SpvTypes.sol";
import {PermissionedToken} from "../src/token/PermissionedToken.sol";
import {Platform} from "./base/Platform.sol";

contract SPVRegistryTest is Platform {
    bytes32 private constant VALUATION = "VAL:PROP-0001/EUR";
    address private constant newWallet = address(0xB001);
    uint256 private saleId;

    function setUp() public {
        installPlatform();
        RuleSetup memory rules = rulesOnlyKyc();
        rules.rules.ruleMask |= 1 << 7;
        rules.rules.maxBalance = 70_000e18;
        installToken(rules, 100_000e18);
    }

    function test_tokenise_onceAtThePredictedAddress() public {
        eq(address(token), registry.predictToken(SPV_ID), "address");
        (address admin, , , , IComplianceEngine.RuleSet memory rules) = ENGINE.rulesOf(address(token));
        eq(admin, ruleAdmin, "rule admin");
        eq(rules.supplyCap, 100_000e18, "cap");
        isTrue(rules.ruleMask & (1 << 16) != 0, "cap bit is forced");
        vm.expectRevert(abi.encodeWithSignature("AlreadyTokenised(bytes32)", SPV_ID));
        vm.prank(ivy);
        registry.tokenise(SPV_ID, tokenParams(1e18), rulesOnlyKyc());
    }

    function test_nav_sumsFreshValuations() public {
        createFeed(VALUATION, 6, 2, 0);
        vm.prank(ivy);
        registry.addProperty(SPV_ID, "PROP-0001", GERMANY, "title", VALUATION, 0, 5_000_000);
        vm.expectRevert();
        registry.nav(SPV_ID);
        report(VALUATION, 10_000_000_00);
        (uint256 total, uint256 perToken, uint64 oldest) = registry.nav(SPV_ID);
        eq(total, 10_000_000e18, "total");
        eq(perToken, 100e18, "per token");
        eq(oldest, block.timestamp, "time");
        vm.startPrank(servicer);
        registry.reportIncome(SPV_ID, 1, 100_000e18, "rent");
        registry.reportIncome(SPV_ID, 2, 40_000e18, "repairs");
        vm.stopPrank();
        (total, , ) = registry.nav(SPV_ID);
        eq(total, 10_060_000e18, "with the ledger");
        vm.startPrank(ivy);
        registry.setPropertyStatus("PROP-0001", 2, 0);
        registry.setPropertyStatus("PROP-0001", 3, 0);
        registry.setPropertyStatus("PROP-0001", 4, 0);
        vm.expectRevert(abi.encodeWithSelector(ISpvErrors.BadStatus.selector, uint8(4)));
        registry.setPropertyStatus("PROP-0001", 2, 0);
        vm.stopPrank();
        (total, , ) = registry.nav(SPV_ID);
        eq(total, 60_000e18, "sold property does not count");
        vm.warp(block.timestamp + 30 days);
    }

    function test_createSpv_needsIssuerAndQualifiedManager() public {
        vm.expectRevert();
        vm.prank(alice);
        registry.createSpv("X", "X", GERMANY, 0, 0, ivy);
        vm.startPrank(ivy);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, alice, uint8(7)));
        registry.createSpv("X", "X", GERMANY, 0, 0, alice);
        vm.expectRevert(abi.encodeWithSelector(SpvBook.SpvExists.selector, SPV_ID));
        registry.createSpv(SPV_ID, "X", GERMANY, 0, 0, ivy);
        registry.createSpv("X", "X", GERMANY, 0, 0, ivy);
        vm.stopPrank();
        eq(registry.spvCount(), 2, "count");
    }

    function test_activation_needsAnotherPairOfEyesAndADocument() public {
        vm.prank(ivy);
        registry.createSpv("X", "X", GERMANY, 0, 0, ivy);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("docId")));
        vm.prank(guardian);
        registry.activateSpv("X", bytes32(uint256(1)));
        vm.expectRevert();
        vm.prank(ivy);
        registry.activateSpv("X", bytes32(uint256(1)));
    }

    function test_managerToken_isSoulbound_andMovesWithTheManager() public {
        uint256 id = uint256(SPV_ID);
        eq(registry.ownerOf(id), ivy, "manager");
        vm.expectRevert(abi.encodeWithSelector(SpvBook.Soulbound.selector, id));
        vm.prank(ivy);
        registry.transferFrom(ivy, lara, id);
        vm.prank(timelock);
        registry.setManager(SPV_ID, lara);
        eq(registry.ownerOf(id), lara, "new manager");
        eq(registry.managerOf(SPV_ID), lara, "new manager");
        vm.expectRevert(abi.encodeWithSelector(ISpvErrors.NotManager.selector, SPV_ID));
        vm.prank(ivy);
        registry.openSale(SPV_ID, _terms());
    }

    function test_sale_success_mintsAndPaysTheManager() public {
        _open();
        _subscribe(alice, 1_250e18);
        _subscribe(bob, 60_000e18);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, mallory, uint8(1)));
        vm.prank(mallory);
        registry.subscribe(saleId, 1e18, 0);
        vm.expectRevert(abi.encodeWithSelector(ISpvErrors.NotManager.selector, SPV_ID));
        vm.prank(alice);
        registry.closeSale(saleId);
        vm.warp(block.timestamp + 8 days);
        vm.expectRevert(abi.encodeWithSelector(ISpvSaleEvents.SaleNotOpen.selector, saleId));
        vm.prank(alice);
        registry.subscribe(saleId, 1e18, 0);
        registry.closeSale(saleId);
        registry.settleSale(saleId, _both());
        registry.settleSale(saleId, _both());
        eq(token.totalSupply(), 61_250e18, "minted");
        eq(usdc.balanceOf(ivy), 6_125_000e6, "manager");
        eq(usdc.balanceOf(address(registry)), 0, "escrow");
        eq(registry.sale(saleId).escrow, 0, "escrow");
    }

    function test_sale_frozenInvestor_staysInEscrow() public {
        _open();
        _subscribe(alice, 1_250e18);
        _subscribe(bob, 60_000e18);
        vm.warp(block.timestamp + 8 days);
        registry.closeSale(saleId);
        freezeWallet(bob);
        registry.settleSale(saleId, _both());
        eq(token.totalSupply(), 1_250e18, "alice is served");
        eq(registry.sale(saleId).escrow, 6_000_000e6, "bob waits");
        unfreezeWallet(bob);
        registry.settleSale(saleId, _both());
        eq(token.balanceOf(bob), 60_000e18, "bob is served");
    }

    function test_sale_softCapMissed_refunds() public {
        _open();
        _subscribe(alice, 1_250e18);
        vm.warp(block.timestamp + 8 days);
        registry.closeSale(saleId);
        registry.settleSale(saleId, _both());
        eq(usdc.balanceOf(alice), 125_000e6, "refund");
        eq(token.totalSupply(), 0, "nothing minted");
    }

    function test_sale_refusedMint_isRefunded() public {
        _open();
        _subscribe(bob, 60_000e18);
        // Bob fills his balance elsewhere, so that the rules refuse the mint.
        give(bob, 20_000e18);
        vm.warp(block.timestamp + 8 days);
        registry.closeSale(saleId);
        registry.settleSale(saleId, _both());
        eq(usdc.balanceOf(bob), 6_000_000e6, "refund");
        eq(usdc.balanceOf(ivy), 0, "manager");
        eq(token.balanceOf(bob), 20_000e18, "no more");
    }

    function test_sale_limits() public {
        _open();
        fund(alice, address(registry), 20_000_000e6);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(ISpvSaleEvents.BelowMinTicket.selector, 1_000e6));
        registry.subscribe(saleId, 1e18, 0);
        vm.expectRevert(abi.encodeWithSelector(ISpvSaleEvents.SaleCapExceeded.selector, 100_000e18));
        registry.subscribe(saleId, 100_001e18, 0);
        vm.expectRevert(abi.encodeWithSelector(IComplianceEngine.ComplianceViolation.selector, uint8(73), address(0), alice, 70_001e18));
        registry.subscribe(saleId, 70_001e18, 0);
        registry.subscribe(saleId, 10e18, 0);
        registry.subscribe(saleId, 1, 0);
        vm.stopPrank();
        (uint256 tokens, uint256 paid, ) = registry.subscriptionOf(saleId, alice);
        eq(tokens, 10e18 + 1, "tokens");
        eq(paid, 1_000e6 + 1, "rounded up");
        vm.expectRevert(abi.encodeWithSelector(ISpvSaleEvents.SaleCapExceeded.selector, 0));
        vm.prank(ivy);
        registry.openSale(SPV_ID, _terms());
    }

    function test_pause_stopsEntryNotSettlement() public {
        _open();
        _subscribe(alice, 1_250e18);
        vm.prank(guardian);
        registry.pause();
        vm.expectRevert();
        vm.prank(alice);
        registry.subscribe(saleId, 1e18, 0);
        vm.warp(block.timestamp + 8 days);
        registry.closeSale(saleId);
        registry.settleSale(saleId, _both());
        eq(usdc.balanceOf(alice), 125_000e6, "refunded while paused");
    }

    function test_migratePosition_movesSubscriptionOfRecoveredWallet() public {
        _open();
        _subscribe(alice, 1_250e18);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("lost")));
        vm.prank(guardian);
        registry.migratePosition(alice, newWallet);
        recoverWallet(alice, newWallet);
        vm.expectRevert();
        vm.prank(kira);
        registry.migratePosition(alice, newWallet);
        vm.prank(guardian);
        registry.migratePosition(alice, newWallet);
        vm.warp(block.timestamp + 8 days);
        registry.closeSale(saleId);
        address[] memory list = new address[](2);
        (list[0], list[1]) = (alice, newWallet);
        registry.settleSale(saleId, list);
        eq(usdc.balanceOf(newWallet), 125_000e6, "refund to the new wallet");
    }

    function test_lifecycle_onlyForwards() public {
        _open();
        vm.startPrank(guardian);
        registry.setSpvStatus(SPV_ID, 3, "end");
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("openSales")));
        registry.setSpvStatus(SPV_ID, 4, "end");
        vm.stopPrank();
        vm.warp(block.timestamp + 8 days);
        registry.closeSale(saleId);
        give(alice, 1e18);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("supply")));
        vm.prank(guardian);
        registry.setSpvStatus(SPV_ID, 4, "end");
        vm.prank(agent);
        token.burn(alice, 1e18);
        vm.expectRevert();
        vm.prank(ivy);
        registry.setSpvStatus(SPV_ID, 4, "end");
        vm.startPrank(guardian);
        registry.setSpvStatus(SPV_ID, 4, "end");
        vm.expectRevert(abi.encodeWithSelector(ISpvErrors.BadStatus.selector, uint8(4)));
        registry.setSpvStatus(SPV_ID, 3, "back");
        vm.stopPrank();
        Spv memory s = registry.spv(SPV_ID);
        eq(s.status, 4, "closed");
    }

    function test_closedSpv_issuesNothingMore() public {
        isTrue(!registry.isClosed(SPV_ID), "active");
        vm.startPrank(guardian);
        registry.setSpvStatus(SPV_ID, 3, "end");
        vm.stopPrank();
        give(alice, 1e18);
        vm.prank(agent);
        token.burn(alice, 1e18);
        vm.prank(guardian);
        registry.setSpvStatus(SPV_ID, 4, "end");
        isTrue(registry.isClosed(SPV_ID), "closed");
        vm.expectRevert(abi.encodeWithSelector(PermissionedToken.SpvIsClosed.selector, SPV_ID));
        vm.prank(agent);
        token.mint(alice, 1);
    }

    function test_distribute_declaresForHolders() public {
        give(alice, 100e18);
        vm.warp(block.timestamp + 10);
        fund(ivy, address(registry), 1_000e6);
        vm.prank(ivy);
        uint256 id = registry.distribute(SPV_ID, address(usdc), 1_000e6, 2, uint48(block.timestamp - 1), uint48(block.timestamp), 0);
        vm.prank(alice);
        eq(token.claimDividend(id), 1_000e6, "paid");
    }

    function _terms() private view returns (SaleParams memory) {
        return SaleParams(address(usdc), 100e6, 100_000e18, 50_000e18, 1_000e6, uint48(block.timestamp), uint48(block.timestamp + 7 days));
    }

    function _open() private {
        vm.prank(ivy);
        saleId = registry.openSale(SPV_ID, _terms());
    }

    function _subscribe(address investor, uint256 tokens) private {
        fund(investor, address(registry), (tokens * 100e6) / 1e18);
        vm.prank(investor);
        registry.subscribe(saleId, tokens, "agreement");
    }

    function _both() private pure returns (address[] memory list) {
        list = new address[](2);
        (list[0], list[1]) = (alice, bob);
    }

    function test_nav_convertsForeignValuations() public {
        bytes32 fx = "FX:EUR/USD";
        createFeed(VALUATION, 6, 2, 0);
        createFeed(fx, 3, 8, 0);
        report(VALUATION, 10_000_000_00);
        report(fx, 1.1e8);
        vm.prank(ivy);
        registry.addProperty(SPV_ID, "PROP-0001", GERMANY, "title", VALUATION, fx, 5_000_000);
        vm.prank(servicer);
        registry.reportIncome(SPV_ID, 3, 1_000_000e18, "tax");
        (uint256 total, , uint64 oldest) = registry.nav(SPV_ID);
        eq(total, 10_000_000e18, "11 million less the tax");
        le(oldest, block.timestamp - 1, "the valuation is older than the rate");
        eq(uint256(-registry.cashOf(SPV_ID)), 1_000_000e18, "cash");
        vm.warp(block.timestamp + 10 days);
        vm.expectRevert();
        registry.nav(SPV_ID);
    }

    function test_books_areListed() public {
        vm.startPrank(ivy);
        registry.createSpv("SPV-0002", "Property Two", GERMANY, bytes20("LEI"), "registration", ivy);
        registry.addProperty(SPV_ID, "PROP-0001", GERMANY, "title", VALUATION, 0, 5_000_000);
        registry.addProperty(SPV_ID, "PROP-0002", FRANCE, "title", VALUATION, 0, 1);
        vm.stopPrank();
        eq(registry.spvCount(), 2, "count");
        eq(registry.spvIds(1, 10)[0], "SPV-0002", "second");
        eq(registry.propertiesOf(SPV_ID, 0, 10).length, 2, "properties");
        eq(registry.propertiesOf(SPV_ID, 1, 10)[0], "PROP-0002", "second property");
        eq(registry.property("PROP-0002").country, FRANCE, "country");
        eq(registry.property("PROP-0002").status, 1, "listed");
        eq(registry.property("PROP-0003").status, 0, "unknown");
        isTrue(registry.supportsInterface(type(IPositions).interfaceId), "positions");
        isTrue(registry.supportsInterface(type(IERC721).interfaceId), "ERC-721");
        isTrue(!registry.supportsInterface(0xffffffff), "nothing else");
    }

    function test_property_isTheManagers_andChecked() public {
        vm.expectRevert(abi.encodeWithSelector(ISpvErrors.NotManager.selector, SPV_ID));
        vm.prank(alice);
        registry.addProperty(SPV_ID, "PROP-0001", GERMANY, "title", VALUATION, 0, 1);
        vm.startPrank(ivy);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("country")));
        registry.addProperty(SPV_ID, "PROP-0001", 1_000, "title", VALUATION, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("valuationFeedId")));
        registry.addProperty(SPV_ID, "PROP-0001", GERMANY, "title", 0, 0, 1);
        registry.addProperty(SPV_ID, "PROP-0001", GERMANY, "title", VALUATION, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(SpvBook.BadProperty.selector, bytes32("PROP-0001")));
        registry.addProperty(SPV_ID, "PROP-0001", GERMANY, "title", VALUATION, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(SpvBook.BadProperty.selector, bytes32("PROP-0002")));
        registry.setPropertyStatus("PROP-0002", 2, 0);
        vm.expectRevert(abi.encodeWithSelector(ISpvErrors.BadStatus.selector, uint8(1)));
        registry.setPropertyStatus("PROP-0001", 3, 0);
        vm.stopPrank();
    }

    function test_sale_closedEarly_onlyOnceSold() public {
        _open();
        vm.expectRevert(abi.encodeWithSelector(ISpvErrors.BadStatus.selector, uint8(1)));
        vm.prank(ivy);
        registry.closeSale(saleId);
        vm.expectRevert(abi.encodeWithSelector(ISpvErrors.NotManager.selector, SPV_ID));
        vm.prank(alice);
        registry.closeSale(saleId);
        _subscribe(alice, 60_000e18);
        _subscribe(bob, 40_000e18);
        vm.prank(ivy);
        registry.closeSale(saleId);
        eq(registry.sale(saleId).status, 2, "success");
        eq(registry.salesOf(alice)[0], saleId, "her sales");
    }

    function test_migratePosition_skipsSettledAndMergesIntoOne() public {
        // The first sale is settled before the wallet is lost, in the second both wallets subscribe.
        _open();
        _subscribe(alice, 50_000e18);
        vm.warp(block.timestamp + 8 days);
        registry.closeSale(saleId);
        registry.settleSale(saleId, _both());
        eq(token.balanceOf(alice), 50_000e18, "minted");
        vm.prank(ivy);
        saleId = registry.openSale(SPV_ID, SaleParams(address(usdc), 100e6, 50_000e18, 1, 0, uint48(block.timestamp), uint48(block.timestamp + 7 days)));
        _subscribe(alice, 100e18);
        recoverWallet(alice, newWallet);
        _subscribe(newWallet, 200e18);
        vm.prank(guardian);
        registry.migratePosition(alice, newWallet);
        (uint256 tokens, uint256 paid, bool isSettled) = registry.subscriptionOf(saleId, newWallet);
        eq(tokens, 300e18, "both");
        eq(paid, 30_000e6, "paid for both");
        isTrue(!isSettled, "open");
        (tokens, , ) = registry.subscriptionOf(saleId, alice);
        eq(tokens, 0, "nothing stays");
        (tokens, , isSettled) = registry.subscriptionOf(saleId - 1, alice);
        isTrue(tokens == 50_000e18 && isSettled, "history stays");
    }
}
