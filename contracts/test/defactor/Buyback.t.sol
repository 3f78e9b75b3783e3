// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RwaErrors} from "../../src/common/RwaErrors.sol";
import {Buyback} from "../../src/defactor/Buyback.sol";
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
