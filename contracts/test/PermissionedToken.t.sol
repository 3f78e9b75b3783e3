// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Roles} from "../src/common/Roles.sol";
import {RwaErrors} from "../src/common/RwaErrors.sol";
import {TokenParams} from "../src/common/Structs.sol";
import {IComplianceEngine} from "../src/interfaces/IComplianceEngine.sol";
import {IERC1404} from "../src/interfaces/IERC1404.sol";
import {IERC1643} from "../src/interfaces/IERC1643.sol";
import {IERC3643} from "../src/interfaces/IERC3643.sol";
import {IERC7943} from "../src/interfaces/IERC7943.sol";
import {PermissionedToken} from "../src/token/PermissionedToken.sol";
import {Platform} from "./base/Platform.sol";
import {Coin} from "./defactor/Mocks.sol";

contract PermissionedTokenTest is Platform {
    address private constant newWallet = address(0xB001);

    function setUp() public {
        installPlatform();
        installToken(rulesOnlyKyc(), 1_000_000e18);
        give(alice, 100e18);
    }

    function test_interfaceIds_areThoseOfTheStandards() public view {
        eq(bytes32(type(IERC3643).interfaceId), bytes32(bytes4(0xb97d944c)), "ERC-3643");
        eq(bytes32(type(IERC7943).interfaceId), bytes32(bytes4(0x3edbb4c4)), "ERC-7943");
        eq(bytes32(type(IERC1404).interfaceId), bytes32(bytes4(0xab84a5c8)), "ERC-1404");
        eq(bytes32(type(IERC1643).interfaceId), bytes32(bytes4(0xecfecec8)), "ERC-1643");
        isTrue(token.supportsInterface(0xb97d944c) && token.supportsInterface(0x3edbb4c4), "3643, 7943");
        isTrue(token.supportsInterface(0xab84a5c8) && token.supportsInterface(0xecfecec8), "1404, 1643");
        isTrue(!token.supportsInterface(0xffffffff), "invalid id");
    }

    function test_initialize_secondTime_reverts() public {
        vm.expectRevert();
        token.initialize(tokenParams(1e18), SPV_ID, address(this));
    }

    function test_transfer_toUnknown_revertsWithReceiverCode() public {
        vm.expectRevert(abi.encodeWithSelector(IComplianceEngine.ComplianceViolation.selector, uint8(33), alice, mallory, 1e18));
        vm.prank(alice);
        token.transfer(mallory, 1e18);
    }

    function test_mint_onlyAgent_withinMaxSupply() public {
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, alice, Roles.AGENT));
        vm.prank(alice);
        token.mint(alice, 1);
        vm.expectRevert();
        vm.prank(agent);
        token.mint(alice, 1_000_000e18);
        eq(token.totalSupply(), 100e18, "supply");
    }

    function test_pause_stopsHoldersNotAgents() public {
        vm.prank(guardian);
        token.pause();
        vm.expectRevert(PausableUpgradeable.EnforcedPause.selector);
        vm.prank(alice);
        token.transfer(bob, 1e18);
        eq(token.detectTransferRestriction(alice, bob, 1e18), 130, "code");
        vm.startPrank(agent);
        token.forcedTransfer(alice, bob, 10e18);
        token.mint(bob, 1e18);
        token.burn(bob, 1e18);
        vm.stopPrank();
        eq(token.balanceOf(bob), 10e18, "forced while paused");
        vm.expectRevert();
        vm.prank(alice);
        token.unpause();
        vm.prank(guardian);
        token.unpause();
        vm.prank(alice);
        token.transfer(bob, 1e18);
    }

    function test_freeze_ofWallet_blocksBothSides() public {
        vm.prank(agent);
        token.setAddressFrozen(alice, true);
        isTrue(token.isFrozen(alice) && !token.canSend(alice) && !token.canReceive(alice), "frozen");
        vm.expectRevert(abi.encodeWithSelector(IERC7943.ERC7943CannotSend.selector, alice));
        vm.prank(alice);
        token.transfer(bob, 1e18);
        give(bob, 5e18);
        vm.expectRevert(abi.encodeWithSelector(IERC7943.ERC7943CannotReceive.selector, alice));
        vm.prank(bob);
        token.transfer(alice, 1e18);
        vm.prank(agent);
        token.setAddressFrozen(alice, false);
        isTrue(token.canSend(alice), "free again");
    }

    function test_partialFreeze_boundsTransfers_andForcedTransferReleases() public {
        vm.startPrank(agent);
        token.freezePartialTokens(alice, 70e18);
        vm.expectRevert(abi.encodeWithSelector(IERC7943.ERC7943InsufficientUnfrozenBalance.selector, alice, 31e18, 30e18));
        token.freezePartialTokens(alice, 31e18);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IERC7943.ERC7943InsufficientUnfrozenBalance.selector, alice, 31e18, 30e18));
        vm.prank(alice);
        token.transfer(bob, 31e18);
        eq(token.detectTransferRestriction(alice, bob, 31e18), 129, "frozen code");
        eq(token.detectTransferRestriction(alice, bob, 101e18), 128, "balance code");
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, 100e18, 101e18));
        vm.prank(alice);
        token.transfer(bob, 101e18);
        vm.prank(agent);
        token.forcedTransferWithReason(alice, bob, 50e18, "court order");
        eq(token.getFrozenTokens(alice), 50e18, "released what was missing");
        vm.startPrank(agent);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("amount")));
        token.unfreezePartialTokens(alice, 51e18);
        token.unfreezePartialTokens(alice, 20e18);
        token.setFrozenTokens(alice, 500e18);
        vm.stopPrank();
        eq(token.getFrozenTokens(alice), 500e18, "may exceed the balance");
        vm.prank(agent);
        token.burn(alice, 10e18);
        eq(token.getFrozenTokens(alice), 40e18, "burn releases");
    }

    function test_forcedTransfer_toZeroOrUnknown_reverts() public {
        vm.startPrank(agent);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        token.forcedTransfer(alice, address(0), 1);
        vm.expectRevert(abi.encodeWithSelector(IComplianceEngine.ComplianceViolation.selector, uint8(33), alice, mallory, 1));
        token.forcedTransfer(alice, mallory, 1);
        vm.stopPrank();
        vm.expectRevert();
        vm.prank(bob);
        token.forcedTransfer(alice, bob, 1);
    }

    function test_recovery_carriesBalanceFreezeAndClaims() public {
        vm.startPrank(agent);
        token.freezePartialTokens(alice, 30e18);
        token.setAddressFrozen(alice, true);
        vm.stopPrank();
        vm.warp(block.timestamp + 10);
        uint256 id = _declare(1_000e6, 2);
        recoverWallet(alice, newWallet);
        address onchainId = KYC.identity(newWallet);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("investorOnchainID")));
        vm.prank(agent);
        token.recoveryAddress(alice, newWallet, address(1));
        vm.prank(agent);
        token.recoveryAddress(alice, newWallet, onchainId);
        eq(token.balanceOf(newWallet), 100e18, "balance");
        eq(token.getFrozenTokens(newWallet), 30e18, "frozen amount");
        eq(token.getFrozenTokens(alice), 0, "frozen amount left");
        isTrue(token.isFrozen(newWallet), "wallet freeze");
        eq(token.successor(alice), newWallet, "successor");
        (, , uint32 holders, , ) = ENGINE.rulesOf(address(token));
        eq(holders, 1, "holders unchanged");
        address[] memory list = new address[](1);
        list[0] = alice;
        token.claimDividendFor(id, list);
        eq(usdc.balanceOf(newWallet), 1_000e6, "claims follow");
    }

    function test_recovery_backToTheFirstWallet_closesNoCircle() public {
        recoverWallet(alice, newWallet);
        address onchainId = KYC.identity(newWallet);
        vm.prank(agent);
        token.recoveryAddress(alice, newWallet, onchainId);
        vm.prank(otto);
        KYC.linkWallet(idOf(alice), alice, 0, 0, "");
        vm.prank(agent);
        token.recoveryAddress(newWallet, alice, onchainId);
        eq(token.successor(alice), address(0), "alice is the end");
        eq(token.balanceOf(alice), 100e18, "balance");
        vm.warp(block.timestamp + 10);
        uint256 id = _declare(100e6, 2);
        vm.prank(alice);
        eq(token.claimDividend(id), 100e6, "claim ends");
    }

    function test_dividend_withWithholding_paysNetAndRemits() public {
        give(bob, 60_000e18 - 0);
        give(alice, 1_150e18);
        vm.prank(agent);
        token.mint(lara, 38_750e18);
        eq(token.totalSupply(), 100_000e18, "supply");
        vm.prank(servicer);
        token.setWithholding(GERMANY, 1_500);
        vm.warp(block.timestamp + 10);
        uint256 id = _declare(50_000e6, 1);
        // A rate set after the declaration does not reach back, and a transfer does not move the entitlement.
        vm.prank(servicer);
        token.setWithholding(GERMANY, 5_000);
        vm.prank(alice);
        token.transfer(bob, 1_000e18);
        (uint256 gross, uint256 tax) = token.claimable(id, address(0), alice);
        eq(gross, 625e6, "gross");
        eq(tax, 93_750_000, "tax");
        vm.prank(alice);
        eq(token.claimDividend(id), 531_250_000, "net");
        vm.expectRevert(abi.encodeWithSignature("AlreadyClaimed(uint256)", id));
        vm.prank(alice);
        token.claimDividend(id);
        vm.prank(bob);
        eq(token.claimDividend(id), 30_000e6, "French rate is not set");
        (, , , , uint256 withheld, , , ) = token.dividends(id);
        eq(withheld, 93_750_000, "withheld");
        vm.prank(servicer);
        token.remitWithholding(id, agent);
        (, , , , withheld, , , ) = token.dividends(id);
        eq(withheld, 0, "remitted");
        eq(usdc.balanceOf(agent), 93_750_000, "authority");
        vm.expectRevert(RwaErrors.ZeroAmount.selector);
        vm.prank(servicer);
        token.remitWithholding(id, agent);
    }

    function test_dividend_ofFrozenHolder_waits() public {
        vm.warp(block.timestamp + 10);
        uint256 id = _declare(100e6, 1);
        freezeWallet(alice);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, alice, uint8(2)));
        vm.prank(alice);
        token.claimDividend(id);
        address[] memory list = new address[](2);
        (list[0], list[1]) = (alice, bob);
        token.claimDividendFor(id, list);
        eq(usdc.balanceOf(alice), 0, "skipped");
        unfreezeWallet(alice);
        token.claimDividendFor(id, list);
        token.claimDividendFor(id, list);
        eq(usdc.balanceOf(alice), 100e6, "paid once");
    }

    function test_dividend_recordTimeMustBeRecentPast() public {
        fund(servicer, address(token), 10e6);
        uint48 time = uint48(block.timestamp);
        vm.startPrank(servicer);
        vm.expectRevert(abi.encodeWithSignature("RecordTimeInvalid(uint48)", time));
        token.declareDividend(address(usdc), 10e6, 1, time, time, 0);
        vm.warp(time + 31 days);
        vm.expectRevert(abi.encodeWithSignature("RecordTimeInvalid(uint48)", time));
        token.declareDividend(address(usdc), 10e6, 1, time, time, 0);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("asset")));
        token.declareDividend(address(token), 10e6, 1, time + 30 days, time, 0);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("kind")));
        token.declareDividend(address(usdc), 10e6, 3, time + 30 days, time, 0);
        vm.stopPrank();
    }

    function test_dividend_reclaim_onlyAfterThreeYears_keepsTheTax() public {
        give(bob, 100e18);
        vm.prank(servicer);
        token.setWithholding(GERMANY, 1_000);
        vm.warp(block.timestamp + 10);
        uint256 id = _declare(100e6, 1);
        vm.prank(alice);
        token.claimDividend(id);
        vm.expectRevert(abi.encodeWithSignature("NotPayable(uint256)", id));
        vm.prank(servicer);
        token.reclaimDividend(id, lara);
        vm.warp(block.timestamp + 1_095 days);
        vm.prank(servicer);
        token.reclaimDividend(id, lara);
        eq(usdc.balanceOf(lara), 50e6, "Bob's part");
        vm.expectRevert(abi.encodeWithSignature("NotPayable(uint256)", id));
        vm.prank(bob);
        token.claimDividend(id);
        vm.prank(servicer);
        eq(token.remitWithholding(id, agent), 5e6, "tax remains");
        eq(usdc.balanceOf(address(token)), 0, "nothing left");
    }

    function test_venue_isProtected_andItsParticipantsClaim() public {
        _listMarket();
        admitVenue(address(pool));
        vm.startPrank(alice);
        token.approve(address(pool), type(uint256).max);
        pool.depositCollateral(address(token), 40e18);
        vm.stopPrank();
        vm.warp(block.timestamp + 10);
        vm.prank(servicer);
        token.setWithholding(GERMANY, 1_500);
        uint256 id = _declare(1_000e6, 1);
        vm.prank(alice);
        eq(token.claimDividendVia(id, address(pool), alice), 340e6, "400 less 15 %");
        vm.prank(alice);
        eq(token.claimDividend(id), 510e6, "600 less 15 %");
        vm.expectRevert(abi.encodeWithSignature("AlreadyClaimed(uint256)", id));
        token.claimDividendVia(id, address(pool), alice);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.VenueProtected.selector, address(pool)));
        vm.prank(address(pool));
        token.claimDividend(id);
        vm.startPrank(agent);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.VenueProtected.selector, address(pool)));
        token.forcedTransfer(address(pool), bob, 1e18);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.VenueProtected.selector, address(pool)));
        token.burn(address(pool), 1e18);
        vm.stopPrank();
        // Switched off, the venue cannot claim again what its participants were paid.
        vm.prank(timelock);
        token.setDividendVenue(address(pool), false);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.VenueProtected.selector, address(pool)));
        vm.prank(address(pool));
        token.claimDividend(id);
    }

    function test_setDividendVenue_needsAProtocolContract() public {
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, alice, uint8(49)));
        vm.prank(timelock);
        token.setDividendVenue(alice, true);
    }

    function test_documents_goThroughTheRegistry() public {
        vm.startPrank(agent);
        token.setDocument("prospectus", "ipfs://a", keccak256("a"));
        token.setDocument("audit", "ipfs://b", keccak256("b"));
        token.setDocument("prospectus", "ipfs://c", keccak256("c"));
        eq(token.getAllDocuments().length, 2, "two documents");
        token.removeDocument("prospectus");
        vm.stopPrank();
        (, bytes32 hash, ) = token.getDocument("audit");
        eq(hash, keccak256("b"), "audit");
        eq(token.getAllDocuments().length, 1, "one document");
        vm.expectRevert(abi.encodeWithSignature("NotIssuer(address)", alice));
        vm.prank(alice);
        documents.setDocument("x", "", 0);
    }

    function test_nativeModules_cannotBeReplaced() public {
        vm.expectRevert(PermissionedToken.NativeModule.selector);
        token.setIdentityRegistry(alice);
        vm.expectRevert(PermissionedToken.NativeModule.selector);
        token.setCompliance(alice);
        eq(token.identityRegistry(), address(KYC), "registry");
        eq(token.compliance(), address(ENGINE), "engine");
    }

    function test_administration_isTheAdmins() public {
        eq(token.owner(), timelock, "owner");
        vm.expectRevert();
        vm.prank(alice);
        token.addAgent(alice);
        vm.startPrank(timelock);
        token.addAgent(bob);
        isTrue(token.isAgent(bob), "agent");
        token.removeAgent(bob);
        token.setName("Other");
        token.setSymbol("OTH");
        token.setOnchainID(bob);
        vm.stopPrank();
        isTrue(!token.isAgent(bob), "no agent");
        eq(keccak256(bytes(token.name())), keccak256("Other"), "name");
        eq(token.onchainID(), bob, "id");
    }

    function test_batches_areBounded() public {
        address[] memory to = new address[](2);
        uint256[] memory amounts = new uint256[](2);
        (to[0], to[1], amounts[0], amounts[1]) = (alice, bob, 1e18, 2e18);
        vm.prank(agent);
        token.batchMint(to, amounts);
        vm.prank(alice);
        token.batchTransfer(to, amounts);
        eq(token.balanceOf(bob), 4e18, "bob");
        vm.expectRevert(RwaErrors.LengthMismatch.selector);
        vm.prank(agent);
        token.batchMint(to, new uint256[](1));
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.TooMany.selector, 101, 100));
        vm.prank(agent);
        token.batchMint(new address[](101), new uint256[](101));
        vm.prank(agent);
        token.batchBurn(to, amounts);
        eq(token.totalSupply(), 100e18, "burnt");
    }

    function test_checkpoints_tellThePast() public {
        uint48 first = uint48(block.timestamp);
        vm.warp(first + 100);
        vm.prank(alice);
        token.transfer(bob, 40e18);
        vm.warp(first + 200);
        eq(token.balanceOfAt(alice, first), 100e18, "before");
        eq(token.balanceOfAt(alice, first + 100), 60e18, "after");
        eq(token.totalSupplyAt(first + 100), 100e18, "supply");
        vm.expectRevert();
        token.balanceOfAt(alice, first + 200);
    }

    /// T6: what canTransfer promises happens, and what it denies does not.
    function testFuzz_canTransfer_agreesWithTransfer(uint8 who, uint256 amount, uint8 state) public {
        address to = [bob, mallory, lara, address(0)][who % 4];
        amount = amount % 150e18;
        if (state & 1 != 0) {
            vm.prank(guardian);
            token.pause();
        }
        if (state & 2 != 0) {
            vm.prank(agent);
            token.setFrozenTokens(alice, 60e18);
        }
        if (state & 4 != 0) {
            vm.prank(agent);
            token.setAddressFrozen(bob, true);
        }
        if (state & 8 != 0) freezeWallet(alice);
        bool promised = token.canTransfer(alice, to, amount);
        vm.prank(alice);
        (bool done, ) = address(token).call(abi.encodeCall(token.transfer, (to, amount)));
        isTrue(done == promised, "canTransfer");
    }

    function _declare(uint256 amount, uint8 kind) private returns (uint256) {
        fund(servicer, address(token), amount);
        vm.prank(servicer);
        return token.declareDividend(address(usdc), amount, kind, uint48(block.timestamp - 1), uint48(block.timestamp), "minutes");
    }

    function _listMarket() private {
        vm.prank(timelock);
        pool.listCollateral(address(token), marketParams());
    }

    function test_batches_ofTheAgent() public {
        give(bob, 50e18);
        address[] memory holders = new address[](2);
        uint256[] memory amounts = new uint256[](2);
        bool[] memory flags = new bool[](2);
        (holders[0], holders[1], amounts[0], amounts[1]) = (alice, bob, 10e18, 20e18);
        (flags[0], flags[1]) = (true, false);
        address[] memory to = new address[](2);
        (to[0], to[1]) = (lara, lara);
        vm.startPrank(agent);
        token.batchFreezePartialTokens(holders, amounts);
        eq(token.getFrozenTokens(bob), 20e18, "frozen");
        token.batchUnfreezePartialTokens(holders, amounts);
        eq(token.getFrozenTokens(alice) + token.getFrozenTokens(bob), 0, "unfrozen");
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("amount")));
        token.batchUnfreezePartialTokens(holders, amounts);
        token.batchSetAddressFrozen(holders, flags);
        isTrue(token.isFrozen(alice) && !token.isFrozen(bob), "wallets");
        token.batchForcedTransfer(holders, to, amounts);
        eq(token.balanceOf(lara), 30e18, "forced, the frozen wallet's too");
        vm.expectRevert(RwaErrors.LengthMismatch.selector);
        token.batchForcedTransfer(holders, to, new uint256[](1));
        vm.expectRevert(RwaErrors.LengthMismatch.selector);
        token.batchSetAddressFrozen(holders, new bool[](1));
        vm.stopPrank();
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, alice, Roles.AGENT));
        token.batchForcedTransfer(holders, to, amounts);
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, alice, Roles.AGENT));
        token.batchSetAddressFrozen(holders, flags);
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, alice, Roles.AGENT));
        token.batchFreezePartialTokens(holders, amounts);
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, alice, Roles.AGENT));
        token.batchUnfreezePartialTokens(holders, amounts);
        vm.stopPrank();
    }

    function test_whatTheTokenTells() public {
        eq(keccak256(bytes(token.version())), keccak256("1.0.0"), "version");
        eq(token.clock(), block.timestamp, "clock");
        eq(keccak256(bytes(token.CLOCK_MODE())), keccak256("mode=timestamp"), "clock mode");
        eq(keccak256(bytes(token.messageForTransferRestriction(33))), keccak256(bytes(ENGINE.messageForTransferRestriction(33))), "the engine's words");
        isTrue(bytes(token.messageForTransferRestriction(33)).length != 0, "words");
        isTrue(!token.isDividendVenue(address(pool)), "no venue yet");
        _listMarket();
        admitVenue(address(pool));
        isTrue(token.isDividendVenue(address(pool)), "a venue");
    }

    function test_initialize_isChecked() public {
        TokenParams memory p = tokenParams(0);
        _expectInvalid(p, "maxSupply");
        p = tokenParams(uint256(type(uint208).max) + 1);
        _expectInvalid(p, "maxSupply");
        p = tokenParams(1e18);
        p.decimals = 19;
        _expectInvalid(p, "decimals");
        p = tokenParams(1e18);
        p.admin = address(0);
        vm.expectRevert(RwaErrors.ZeroAddress.selector);
        vm.prank(ivy);
        assetFactory.deploySuite(p, rulesOnlyKyc(), 0, 0);
    }

    function test_anUndeliverableShare_isSkippedInABatch() public {
        Coin coin = new Coin();
        give(bob, 100e18);
        vm.warp(block.timestamp + 1);
        coin.mint(servicer, 200e18);
        vm.startPrank(servicer);
        token.setWithholding(FRANCE, 1_000);
        coin.approve(address(token), 200e18);
        uint256 id = token.declareDividend(address(coin), 200e18, 1, uint48(block.timestamp - 1), uint48(block.timestamp), 0);
        vm.stopPrank();
        coin.refuse(bob);
        address[] memory holders = new address[](3);
        (holders[0], holders[1], holders[2]) = (bob, alice, mallory);
        token.claimDividendFor(id, holders);
        eq(coin.balanceOf(alice), 100e18, "paid");
        (uint256 gross, uint256 tax) = token.claimable(id, address(0), bob);
        eq(gross, 100e18, "his share waits");
        eq(tax, 10e18, "with its tax");
        (, , , uint256 paid, uint256 withheld, , , ) = token.dividends(id);
        eq(paid + withheld, 100e18, "nothing is booked for him");
        coin.refuse(address(0));
        token.claimDividendFor(id, holders);
        eq(coin.balanceOf(bob), 90e18, "paid later");
    }

    function test_dividend_isChecked() public {
        fund(servicer, address(token), 1_000e6);
        vm.warp(block.timestamp + 1);
        uint48 then = uint48(block.timestamp - 1);
        vm.startPrank(servicer);
        vm.expectRevert(RwaErrors.ZeroAddress.selector);
        token.declareDividend(address(0), 1, 1, then, then, 0);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("asset")));
        token.declareDividend(address(token), 1, 1, then, then, 0);
        vm.expectRevert(RwaErrors.ZeroAmount.selector);
        token.declareDividend(address(usdc), 0, 1, then, then, 0);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("kind")));
        token.declareDividend(address(usdc), 1, 3, then, then, 0);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("bps")));
        token.setWithholding(GERMANY, 5_001);
        uint256 id = token.declareDividend(address(usdc), 1_000e6, 1, then, then, 0);
        vm.expectRevert(RwaErrors.ZeroAmount.selector);
        token.remitWithholding(id, agent);
        vm.expectRevert(RwaErrors.ZeroAddress.selector);
        token.remitWithholding(id, address(0));
        vm.expectRevert(RwaErrors.ZeroAddress.selector);
        token.reclaimDividend(id, address(0));
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.VenueProtected.selector, address(pool)));
        token.claimDividendVia(id, address(pool), alice);
        vm.expectRevert(RwaErrors.ZeroAddress.selector);
        token.claimDividendVia(id, address(0), alice);
        vm.expectRevert();
        vm.prank(alice);
        token.declareDividend(address(usdc), 1, 1, then, then, 0);
    }

    function _expectInvalid(TokenParams memory p, bytes32 name) private {
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, name));
        vm.prank(ivy);
        assetFactory.deploySuite(p, rulesOnlyKyc(), 0, 0);
    }
}
