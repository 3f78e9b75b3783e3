// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {RwaErrors} from "../../src/common/RwaErrors.sol";
import {Buyback} from "../../src/defactor/Buyback.sol";
import {FACTR} from "../../src/defactor/FACTR.sol";
import {Test} from "../base/Test.sol";
import {DefactorTest} from "./DefactorTest.sol";
import {Coin, MockAmm, MockPair} from "./Mocks.sol";

contract BuybackTest is DefactorTest {
    Buyback private buyback;
    MockAmm private amm;
    MockPair private first;
    MockPair private second;
    Coin private weth;
    address[] private vaults;

    function setUp() public {
        install();
        weth = new Coin();
        amm = new MockAmm();
        first = new MockPair(address(usdc), address(weth));
        second = new MockPair(address(weth), address(factr));
        amm.add(address(usdc), address(weth), 500, address(first));
        amm.add(address(weth), address(factr), 3_000, address(second));
        // 1 WDFC = 2 USDC = 20 FACTR
        price(first, address(usdc), 2_000_000e6, 1_000_000e18);
        price(second, address(weth), 1_000_000e18, 20_000_000e18);
        vaults = [alice, bob, lara, ivy];
        bytes memory call = abi.encodeCall(
            Buyback.initialize, (guardian, 7 days, vaults, 300, address(amm), address(factr), address(usdc), address(weth), address(amm))
        );
        buyback = Buyback(proxy(address(new Buyback()), call, timelock));
        factr.transfer(address(amm), 10_000_000e18);
        usdc.mint(address(buyback), 5_000e6);
    }

    function price(MockPair pair, address token, uint112 amount, uint112 other) private {
        if (token == pair.token0()) pair.set(amount, other);
        else pair.set(other, amount);
    }

    function test_story_buy_lock_and_pay_four_vaults() public {
        buyback.buyback(5_000e6);
        eq(factr.balanceOf(address(buyback)), 50_000e18, "bought");
        vm.expectRevert(abi.encodeWithSelector(Buyback.CoolDown.selector, block.timestamp + 7 days));
        buyback.buyback(5_000e6);
        vm.warp(block.timestamp + 365 days);
        vm.expectRevert(abi.encodeWithSelector(Buyback.Locked.selector, block.timestamp));
        buyback.buybackWithdraw(0);
        vm.warp(block.timestamp + 1);
        buyback.buybackWithdraw(0);
        for (uint256 i; i < 4; ++i) eq(factr.balanceOf(vaults[i]), 12_500e18, "a quarter each");
        vm.expectRevert(abi.encodeWithSelector(Buyback.AlreadyWithdrawn.selector, uint256(0)));
        buyback.buybackWithdraw(0);
        eq(buyback.fetchActiveLocks(0).length, 0, "no lock is left");
    }

    function test_story_custom_split_of_the_callers_money() public {
        give(bob, 2_000e6, address(buyback));
        Buyback.BuybackAmounts[] memory split = new Buyback.BuybackAmounts[](2);
        split[0] = Buyback.BuybackAmounts(alice, 7_000);
        split[1] = Buyback.BuybackAmounts(mallory, 3_000);
        vm.prank(bob);
        buyback.customBuyback(2_000e6, split);
        eq(usdc.balanceOf(address(buyback)), 5_000e6, "the contract's own money stays");
        buyback.buyback(1_000e6); // its own clock
        eq(buyback.fetchActiveCustomLocks(0)[0].distributionArray[1].bps, 3_000, "kept");
        vm.warp(block.timestamp + 365 days + 1);
        buyback.customBuybackWithdraw(0);
        eq(factr.balanceOf(alice), 14_000e18, "70 %");
        eq(factr.balanceOf(mallory), 0, "not eligible");
        eq(buyback.owed(address(factr), mallory), 6_000e18, "owed instead");
        person(mallory, 2, 1, GERMANY);
        vm.prank(mallory);
        buyback.withdrawOwed(address(factr));
        eq(factr.balanceOf(mallory), 6_000e18, "pulled once eligible");
    }

    function test_manipulated_prices_are_refused() public {
        // B3: spot more than 1 % off the time-weighted price of either pair.
        (uint112 r0, uint112 r1, ) = second.reserves();
        second.setSpot(uint112((uint256(r0) * 103) / 100), r1);
        vm.expectRevert();
        buyback.buyback(5_000e6);
        second.setSpot(r0, r1);
        amm.setSlippage(301);
        vm.expectRevert();
        buyback.buyback(5_000e6);
        amm.setSlippage(299);
        buyback.buyback(5_000e6);
    }

    function test_a_young_pair_is_refused() public {
        first.setAge(1_799);
        vm.expectRevert();
        buyback.buyback(5_000e6);
    }

    function test_amounts_and_distributions() public {
        vm.expectRevert(abi.encodeWithSelector(Buyback.AmountTooLow.selector, 999e6, 1_000e6));
        buyback.buyback(999e6);
        give(bob, 2_000e6, address(buyback));
        Buyback.BuybackAmounts[] memory split = new Buyback.BuybackAmounts[](1);
        split[0] = Buyback.BuybackAmounts(alice, 9_999);
        vm.startPrank(bob);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("bps")));
        buyback.customBuyback(2_000e6, split);
        split[0] = Buyback.BuybackAmounts(address(0), 10_000);
        vm.expectRevert(RwaErrors.ZeroAddress.selector);
        buyback.customBuyback(2_000e6, split);
        split = new Buyback.BuybackAmounts[](51);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("distributionArray")));
        buyback.customBuyback(2_000e6, split);
        vm.stopPrank();
    }

    function test_estimates_and_optimal_amount() public {
        near(buyback.estimateAmountOut(address(usdc), 2e6, address(weth), 1_800, address(first)), 1e18, 1e6, "one coin for two dollars");
        near(buyback.getOptimalTwapAmountThreshold(1_000e6, address(first), address(second)), 9_700e18, 1e12, "less the slippage");
        bytes memory path = abi.encodePacked(address(usdc), uint24(500), address(weth), uint24(3_000), address(factr));
        eq(buyback.calculateOptimalAmount(path, address(first), address(second), 5_000e6), 5_000e6, "all of it");
        amm.setSlippage(400);
        uint256 reduced = buyback.calculateOptimalAmount(path, address(first), address(second), 5_000e6);
        le(reduced, 100e6, "44 steps of a tenth");
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("pool")));
        buyback.estimateAmountOut(address(usdc), 1, address(factr), 1_800, address(first));
    }

    function test_recovery_spares_factr_and_usdc() public {
        weth.mint(address(buyback), 5e18);
        vm.expectRevert(abi.encodeWithSelector(Buyback.NotRecoverer.selector, address(this)));
        buyback.recoverERC20(address(weth));
        vm.startPrank(guardian);
        buyback.recoverERC20(address(weth));
        vm.expectRevert(abi.encodeWithSelector(Buyback.TokenNotRecoverable.selector, address(usdc)));
        buyback.recoverERC20(address(usdc));
        vm.expectRevert(abi.encodeWithSelector(Buyback.TokenNotRecoverable.selector, address(factr)));
        buyback.recoverERC20(address(factr));
        vm.stopPrank();
        eq(weth.balanceOf(guardian), 5e18, "recovered");
    }

    /// B1, B2: the contract holds every lock in full, and each pays once, to the unit.
    function test_fuzz_locks_are_covered(uint256[6] calldata amounts, uint256 withdrawals) public {
        uint256 locked;
        for (uint256 i; i < 6; ++i) {
            uint256 amount = bound(amounts[i], 1_000e6, 7_777_777_777);
            usdc.mint(address(buyback), amount);
            buyback.buyback(amount);
            (, uint256 bought, , ) = buyback.buybacks(i);
            locked += bought;
            vm.warp(block.timestamp + 7 days);
        }
        vm.warp(block.timestamp + 366 days);
        for (uint256 i; i < 6; ++i) {
            if ((withdrawals >> i) & 1 == 0) continue;
            (, uint256 bought, , ) = buyback.buybacks(i);
            uint256 before = factr.balanceOf(alice) + factr.balanceOf(bob) + factr.balanceOf(lara) + factr.balanceOf(ivy);
            buyback.buybackWithdraw(i);
            uint256 paid = factr.balanceOf(alice) + factr.balanceOf(bob) + factr.balanceOf(lara) + factr.balanceOf(ivy) - before;
            eq(paid, bought, "B2: in full");
            locked -= bought;
        }
        eq(factr.balanceOf(address(buyback)), locked, "B1: covered");
    }

    function test_what_a_deployment_tells() public {
        eq(buyback.vault1(), alice, "first vault");
        eq(buyback.vault2(), bob, "second vault");
        eq(buyback.vault3(), lara, "third vault");
        eq(buyback.vault4(), ivy, "fourth vault");
        eq(buyback.RECOVERER(), guardian, "recoverer");
        eq(buyback.BUY_FREQUENCY(), 7 days, "cool-down");
        eq(buyback.MAX_LIQUIDITY_SLIPPAGE(), 300, "slippage");
        eq(buyback.FACTR(), address(factr), "FACTR");
        eq(buyback.USDC(), address(usdc), "USDC");
        eq(buyback.WETH(), address(weth), "wrapped coin");
        eq(buyback.QUOTER(), address(amm), "quoter");
        eq(buyback.uniswapFactory(), address(amm), "factory");
        eq(buyback.uniswapRouter(), address(amm), "router");
        isTrue(buyback.supportsInterface(0x01ffc9a7) && !buyback.supportsInterface(0xffffffff), "ERC-165");
        vm.expectRevert(Buyback.NoPositions.selector);
        buyback.migratePosition(alice, bob);
        vm.expectRevert(abi.encodeWithSelector(Buyback.BuybackUnknown.selector, uint256(0)));
        buyback.buybackWithdraw(0);
        vm.expectRevert(abi.encodeWithSelector(Buyback.BuybackUnknown.selector, uint256(0)));
        buyback.customBuybackWithdraw(0);
    }

    function test_a_custom_lock_is_shown() public {
        give(bob, 2_000e6, address(buyback));
        Buyback.BuybackAmounts[] memory split = new Buyback.BuybackAmounts[](1);
        split[0] = Buyback.BuybackAmounts(alice, 10_000);
        vm.prank(bob);
        buyback.customBuyback(2_000e6, split);
        (uint64 locked, uint256 bought, uint256 spent, bool withdrawn) = buyback.customBuybacks(0);
        eq(locked, block.timestamp, "time");
        eq(bought, 20_000e18, "bought");
        eq(spent, 2_000e6, "spent");
        isTrue(!withdrawn, "locked");
        vm.warp(block.timestamp + 365 days + 1);
        buyback.customBuybackWithdraw(0);
        (, , , withdrawn) = buyback.customBuybacks(0);
        isTrue(withdrawn, "paid");
        (locked, bought, spent, withdrawn) = buyback.customBuybacks(1);
        isTrue(locked == 0 && bought == 0 && spent == 0 && !withdrawn, "unknown");
    }

    function test_a_missing_pair_is_named() public {
        amm.add(address(weth), address(factr), 3_000, address(0));
        vm.expectRevert(abi.encodeWithSelector(Buyback.PairMissing.selector, address(weth), address(factr), uint24(3_000)));
        buyback.buyback(5_000e6);
    }
}

/// Buybacks of both kinds while the price of one pair leaves its average and comes back.
contract BuybackHandler is Test {
    Buyback private immutable buyback;
    MockPair private immutable pair;
    PaymentToken private immutable usdc;
    FACTR private immutable factr;
    address[4] private payees;
    uint112 private reserve0;
    uint112 private reserve1;
    uint256 private lastStandard;
    uint256 private lastCustom;
    uint256 private offsetBps = 10_000;
    uint256 public count;
    uint256 public customCount;
    bool public isRuleBroken;
    bool public isPaidWrongly;

    constructor(Buyback buyback_, MockPair pair_, PaymentToken usdc_, FACTR factr_, address[4] memory payees_) {
        (buyback, pair, usdc, factr, payees) = (buyback_, pair_, usdc_, factr_, payees_);
        (reserve0, reserve1, ) = pair.reserves();
    }

    function buy(uint256 amount) external {
        amount = bound(amount, 1_000e6, 5_000e6);
        usdc.mint(address(buyback), amount);
        buyback.buyback(amount);
        checkRules(lastStandard);
        lastStandard = block.timestamp;
        ++count;
    }

    function buyCustom(uint256 amount, uint256 bps) external {
        amount = bound(amount, 1_000e6, 5_000e6);
        usdc.mint(address(this), amount);
        usdc.approve(address(buyback), amount);
        Buyback.BuybackAmounts[] memory split = new Buyback.BuybackAmounts[](2);
        bps = bound(bps, 1, 9_999);
        split[0] = Buyback.BuybackAmounts(payees[0], bps);
        split[1] = Buyback.BuybackAmounts(payees[1], 10_000 - bps);
        buyback.customBuyback(amount, split);
        checkRules(lastCustom);
        lastCustom = block.timestamp;
        ++customCount;
    }

    /// B2: once, in full, after its year; a second time fails.
    function pay(uint256 id, bool isCustom, bool isPatient) external {
        id = bound(id, 0, (isCustom ? customCount : count) - 1);
        for (uint256 i; i < (isCustom ? customCount : count) && isPaid(id, isCustom); ++i) id = (id + 1) % (isCustom ? customCount : count);
        if (isPatient) vm.warp(block.timestamp + 365 days + 1);
        (uint64 locked, uint256 bought, , ) = isCustom ? buyback.customBuybacks(id) : buyback.buybacks(id);
        uint256 before = held();
        withdraw(id, isCustom);
        if (held() - before != bought || block.timestamp <= locked + 365 days) isPaidWrongly = true;
        if (isCustom) {
            try buyback.customBuybackWithdraw(id) {
                isPaidWrongly = true;
            } catch {}
        } else {
            try buyback.buybackWithdraw(id) {
                isPaidWrongly = true;
            } catch {}
        }
    }

    /// The spot price, up to 2 % from the average; more often at home.
    function move(uint256 seed) external {
        offsetBps = seed % 2 == 0 ? 10_000 : bound(seed / 2, 9_800, 10_200);
        pair.setSpot(uint112((uint256(reserve0) * offsetBps) / 10_000), reserve1);
    }

    function pass(uint256 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 14 days));
    }

    /// B3.
    function checkRules(uint256 last) private {
        if (last != 0 && block.timestamp < last + 7 days) isRuleBroken = true;
        // A spot of 1 / 1.0102 of the average is 1.01 % off.
        if (offsetBps > 10_102 || offsetBps < 9_899) isRuleBroken = true;
    }

    function withdraw(uint256 id, bool isCustom) private {
        if (isCustom) buyback.customBuybackWithdraw(id);
        else buyback.buybackWithdraw(id);
    }

    function isPaid(uint256 id, bool isCustom) private view returns (bool isDone) {
        (, , , isDone) = isCustom ? buyback.customBuybacks(id) : buyback.buybacks(id);
    }

    /// Paid, or owed to who is not eligible any more.
    function held() private view returns (uint256 sum) {
        for (uint256 i; i < 4; ++i) sum += factr.balanceOf(payees[i]) + buyback.owed(address(factr), payees[i]);
    }
}

contract BuybackInvariants is DefactorTest {
    Buyback private buyback;
    BuybackHandler private handler;

    function setUp() public {
        install();
        Coin weth = new Coin();
        MockAmm amm = new MockAmm();
        MockPair first = new MockPair(address(usdc), address(weth));
        MockPair second = new MockPair(address(weth), address(factr));
        amm.add(address(usdc), address(weth), 500, address(first));
        amm.add(address(weth), address(factr), 3_000, address(second));
        if (address(usdc) == first.token0()) first.set(2_000_000e6, 1_000_000e18);
        else first.set(1_000_000e18, 2_000_000e6);
        if (address(weth) == second.token0()) second.set(1_000_000e18, 20_000_000e18);
        else second.set(20_000_000e18, 1_000_000e18);
        address[] memory vaults = new address[](4);
        (vaults[0], vaults[1], vaults[2], vaults[3]) = (alice, bob, lara, ivy);
        bytes memory call = abi.encodeCall(
            Buyback.initialize, (guardian, 7 days, vaults, 300, address(amm), address(factr), address(usdc), address(weth), address(amm))
        );
        buyback = Buyback(proxy(address(new Buyback()), call, timelock));
        factr.transfer(address(amm), 100_000_000e18);
        handler = new BuybackHandler(buyback, second, usdc, factr, [alice, bob, lara, ivy]);
        usdc.grantRole(usdc.MINTER_ROLE(), address(handler));
        target(address(handler));
    }

    /// B1.
    function invariant_locks_are_covered() public view {
        uint256 locked;
        for (uint256 id; id < handler.count(); ++id) {
            (, uint256 bought, , bool isPaid) = buyback.buybacks(id);
            if (!isPaid) locked += bought;
        }
        for (uint256 id; id < handler.customCount(); ++id) {
            (, uint256 bought, , bool isPaid) = buyback.customBuybacks(id);
            if (!isPaid) locked += bought;
        }
        address[4] memory payees = [alice, bob, lara, ivy];
        for (uint256 i; i < 4; ++i) locked += buyback.owed(address(factr), payees[i]);
        eq(factr.balanceOf(address(buyback)), locked, "B1");
    }

    /// B2, B3.
    function invariant_buybacks_keep_their_rules() public view {
        isTrue(!handler.isPaidWrongly(), "B2");
        isTrue(!handler.isRuleBroken(), "B3");
    }
}
