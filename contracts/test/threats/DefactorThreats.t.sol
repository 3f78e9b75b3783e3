// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {WDFC} from "../../src/assets/WDFC.sol";
import {ERC20Factory} from "../../src/assets/ERC20Factory.sol";
import {RwaErrors} from "../../src/common/RwaErrors.sol";
import {AdminPools} from "../../src/defactor/AdminPools.sol";
import {Buyback} from "../../src/defactor/Buyback.sol";
import {ERC20CollateralPoolV2} from "../../src/defactor/ERC20CollateralPoolV2.sol";
import {Pools} from "../../src/defactor/Pools.sol";
import {PoolsBase} from "../../src/defactor/PoolsBase.sol";
import {StakingExpiration} from "../../src/defactor/StakingExpiration.sol";
import {StakingV1} from "../../src/defactor/StakingV1.sol";
import {StakingV1Base} from "../../src/defactor/StakingV1Base.sol";
import {StakingV2} from "../../src/defactor/StakingV2.sol";
import {Vesting} from "../../src/defactor/Vesting.sol";
import {DefactorTest} from "../defactor/DefactorTest.sol";
import {Bars, Coin, Feed, MockAmm, MockPair} from "../defactor/Mocks.sol";
import {HookCoin, HookUnwrapper} from "./Hostile.sol";

/// A pool owner whose receiver hook calls back while its bars return.
contract HookOwner is IERC1155Receiver {
    Pools private immutable pools;
    bytes4 public refusal;

    constructor(Pools pools_) {
        pools = pools_;
    }

    function open(PaymentToken usdc, Bars bars) external {
        usdc.approve(address(pools), type(uint256).max);
        bars.setApprovalForAll(address(pools), true);
        PoolsBase.CollateralToken[] memory tokens = new PoolsBase.CollateralToken[](1);
        tokens[0] = PoolsBase.CollateralToken(address(bars), 5, 1);
        pools.createPool(1_000e6, 2_000e6, uint48(block.timestamp + 1 days), 0, tokens);
    }

    function close() external {
        pools.closePool(0);
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external returns (bytes4) {
        try pools.returnCollateral(0) {} catch (bytes memory data) {
            refusal = bytes4(data);
        }
        return this.onERC1155Received.selector;
    }

    function onERC1155BatchReceived(address, address, uint256[] calldata, uint256[] calldata, bytes calldata) external pure returns (bytes4) {
        return this.onERC1155BatchReceived.selector;
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IERC1155Receiver).interfaceId || id == type(IERC165).interfaceId;
    }
}

/// Attacks on Defactor's systems by tokens with hooks, by donations, by splitting and by starved gas.
contract DefactorThreatsTest is DefactorTest {
    bytes4 private constant REENTERED = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;

    HookCoin private coin;
    uint48 private start;

    function setUp() public {
        install();
        coin = new HookCoin();
        start = uint48(block.timestamp);
    }

    function test_collateralPool_reentrantCollateral_isRefused() public {
        ERC20CollateralPoolV2 pool = _collateralPool(address(coin));
        give(alice, 10_000e6, address(pool));
        give(bob, 10_000e6, address(pool));
        _fundCoin(bob, address(pool), 1_000e6);
        vm.prank(alice);
        pool.lend(0, 10_000e6);
        coin.arm(address(pool), abi.encodeCall(pool.borrow, (0, 1_000e6, 20e6)));
        vm.startPrank(bob);
        pool.borrow(0, 1_000e6, 20e6);
        _requireRefused();
        coin.arm(address(pool), abi.encodeCall(pool.repay, (0, 0, 1_000e6)));
        pool.repay(0, 0, 1_000e6);
        vm.stopPrank();
        _requireRefused();
        eq(coin.balanceOf(bob), 1_000e6, "returned once");
        eq(usdc.balanceOf(bob), 10_000e6, "no gain");
    }

    function test_collateralPool_donation_isNobodys() public {
        ERC20CollateralPoolV2 pool = _collateralPool(address(coin));
        give(alice, 10_000e6, address(pool));
        vm.prank(alice);
        pool.lend(0, 10_000e6);
        usdc.mint(address(pool), 5_000e6);
        (uint256 lent, ) = _amounts(pool);
        eq(lent, 10_000e6, "what was lent");
        ERC20CollateralPoolV2.Claim[] memory claims = new ERC20CollateralPoolV2.Claim[](1);
        claims[0] = ERC20CollateralPoolV2.Claim(0, 10_000e6);
        vm.prank(alice);
        pool.claim(0, claims);
        eq(usdc.balanceOf(alice), 10_000e6, "no share of the donation");
    }

    /// Rounding: a lender that comes and goes gains nothing, and paying a debt in parts costs no less than paying it at once.
    function test_fuzz_collateralPool_roundingFavoursThePool(uint256 lent, uint256 part) public {
        ERC20CollateralPoolV2 pool = _collateralPool(address(coin));
        lent = bound(lent, 1e6, 400_000e6);
        part = bound(part, 1, 999_999_999);
        address[3] memory users = [alice, bob, lara];
        for (uint256 i; i < 3; ++i) {
            give(users[i], 500_000e6, address(pool));
            _fundCoin(users[i], address(pool), 1_000e6);
        }
        vm.prank(ivy);
        usdc.approve(address(pool), type(uint256).max);
        usdc.mint(ivy, 10_000e6);
        vm.prank(ivy);
        pool.lend(0, 10_000e6);
        vm.prank(bob);
        pool.borrow(0, 1_000e6, 20e6);
        vm.prank(lara);
        pool.borrow(0, 1_000e6, 20e6);
        vm.warp(start + 73 days + 1);
        ERC20CollateralPoolV2.Claim[] memory claims = new ERC20CollateralPoolV2.Claim[](1);
        claims[0] = ERC20CollateralPoolV2.Claim(0, lent);
        vm.startPrank(alice);
        pool.lend(0, lent);
        pool.claim(0, claims);
        vm.stopPrank();
        le(usdc.balanceOf(alice), 500_000e6, "nothing for nothing");
        vm.prank(bob);
        pool.repay(0, 0, 1_000e6);
        vm.startPrank(lara);
        pool.repay(0, 0, part);
        pool.repay(0, 0, 1_000e6 - part);
        vm.stopPrank();
        le(usdc.balanceOf(lara), usdc.balanceOf(bob), "parts cost no less");
        le(coin.balanceOf(lara), 1_000e6, "collateral once");
    }

    function test_pools_reentrantCollateral_isRefused() public {
        Pools pools = _pools();
        give(bob, 1_000e6, address(pools));
        _fundCoin(bob, address(pools), 200e6);
        PoolsBase.CollateralToken[] memory tokens = new PoolsBase.CollateralToken[](1);
        tokens[0] = PoolsBase.CollateralToken(address(coin), 100e6, 0);
        coin.arm(address(pools), abi.encodeCall(pools.createPool, (1e6, 2e6, start + 1 days, 0, tokens)));
        vm.startPrank(bob);
        pools.createPool(1_000e6, 2_000e6, start + 1 days, 0, tokens);
        _requireRefused();
        eq(pools.poolIndex(), 1, "one pool");
        coin.arm(address(pools), abi.encodeCall(pools.closePool, (0)));
        vm.warp(start + 1 days);
        pools.closePool(0);
        vm.stopPrank();
        _requireRefused();
        eq(coin.balanceOf(bob), 200e6, "returned once");
    }

    function test_pools_reentrantReceiver_isRefused() public {
        Pools pools = _pools();
        Bars bars = new Bars();
        HookOwner owner = new HookOwner(pools);
        person(address(owner), 2, 1, GERMANY);
        usdc.mint(address(owner), 1_000e6);
        bars.mint(address(owner), 1, 5);
        owner.open(usdc, bars);
        vm.warp(start + 1 days);
        owner.close();
        eq(bytes32(owner.refusal()), bytes32(REENTERED), "by the guard");
        eq(bars.balanceOf(address(owner), 1), 5, "returned once");
    }

    function test_pools_donation_changesNoClaim() public {
        Pools pools = _pools();
        give(bob, 10_000e6, address(pools));
        give(alice, 2_000e6, address(pools));
        vm.prank(bob);
        pools.createPool(1_000e6, 2_000e6, start + 1 days, 0, new PoolsBase.CollateralToken[](0));
        vm.prank(alice);
        pools.commitToPool(0, 1_000e6);
        usdc.mint(address(pools), 700e6);
        vm.warp(start + 1 days);
        vm.startPrank(bob);
        pools.collectPool(0);
        pools.depositRewards(0, 1_000e6);
        vm.stopPrank();
        vm.prank(alice);
        pools.claim(0);
        eq(usdc.balanceOf(alice), 2_000e6, "rewards only");
    }

    function test_adminPools_operatorGone_commitsComeBack() public {
        AdminPools pools = AdminPools(proxy(address(new AdminPools()), abi.encodeCall(PoolsBase.__Pools_init, (address(usdc))), ivy));
        give(alice, 1_000e6, address(pools));
        vm.prank(ivy);
        pools.createPool(1_000e6, 2_000e6, start + 1 days, 0, new PoolsBase.CollateralToken[](0));
        vm.prank(alice);
        pools.commitToPool(0, 1_000e6);
        vm.prank(ivy);
        pools.renounceRole(0x00, ivy);
        vm.warp(start + 31 days + 1);
        vm.prank(alice);
        pools.uncommitFromPool(0);
        eq(usdc.balanceOf(alice), 1_000e6, "without any operator");
    }

    function test_stakingV1_reentrantToken_isRefused() public {
        bytes memory call = abi.encodeCall(StakingV1.__Staking_init, (timelock, address(coin), start + 100 days, start + 365 days));
        StakingV1 staking = StakingV1(proxy(address(new StakingV1()), call, timelock));
        vm.prank(timelock);
        staking.addPlan(30 days, 10);
        _fundCoin(alice, address(staking), 5_000e18);
        vm.startPrank(alice);
        staking.stake(0, 2_000e18);
        vm.warp(start + 30 days);
        coin.arm(address(staking), abi.encodeCall(staking.unstake, (0)));
        staking.unstake(0);
        vm.stopPrank();
        _requireRefused();
        eq(coin.balanceOf(alice), 5_000e18, "principal once");
    }

    function test_stakingExpiration_reentrantToken_isRefused() public {
        bytes memory call = abi.encodeCall(StakingExpiration.__Staking_init, (timelock, address(coin), start + 100 days, start + 365 days));
        StakingExpiration staking = StakingExpiration(proxy(address(new StakingExpiration()), call, timelock));
        vm.startPrank(timelock);
        staking.addPlan(30 days, 10);
        staking.setPlanExpiration(0, start + 50 days);
        vm.stopPrank();
        _fundCoin(alice, address(staking), 5_000e18);
        vm.startPrank(alice);
        coin.arm(address(staking), abi.encodeCall(staking.stake, (0, 1_000e18)));
        staking.stake(0, 2_000e18);
        vm.stopPrank();
        _requireRefused();
        eq(staking.balanceOf(alice), 2_000e18, "booked once");
    }

    function test_stakingV2_reentrantToken_isRefused() public {
        StakingV2 staking = _stakingV2(address(coin));
        _fundCoin(alice, address(staking), 5_000e18);
        vm.startPrank(alice);
        staking.stake(0, 2_000e18);
        vm.warp(start + 365 days);
        coin.arm(address(staking), abi.encodeCall(staking.unstake, (0)));
        staking.unstake(0);
        vm.stopPrank();
        _requireRefused();
        eq(coin.balanceOf(alice), 5_000e18, "principal once");
    }

    /// Rounding: splitting a stake into parts earns no more than the stake.
    function test_fuzz_staking_splittingEarnsNoMore(uint256 amount, uint256 part) public {
        StakingV2 staking = _stakingV2(address(coin));
        amount = bound(amount, 2e18 + 2, 400_000e18);
        part = bound(part, 1e18, amount - 1e18);
        _fundCoin(alice, address(staking), 1_000_000e18);
        _fundCoin(bob, address(staking), 1_000_000e18);
        vm.prank(alice);
        staking.stake(0, amount);
        vm.startPrank(bob);
        staking.stake(0, part);
        staking.stake(0, amount - part);
        vm.stopPrank();
        uint48 end = start + 365 days;
        uint256 whole = staking.calculateStakeRewardByIndex(alice, end, 0);
        uint256 parts = staking.calculateStakeRewardByIndex(bob, end, 0) + staking.calculateStakeRewardByIndex(bob, end, 1);
        le(parts, whole, "rounded down each");
        le(whole, parts + 1, "by a unit at most");
    }

    /// The same for the first generation, whose reward is linear in amount and time.
    function test_fuzz_stakingV1_splittingEarnsNoMore(uint256 amount, uint256 part) public {
        bytes memory call = abi.encodeCall(StakingV1.__Staking_init, (timelock, address(coin), start + 100 days, start + 365 days));
        StakingV1 staking = StakingV1(proxy(address(new StakingV1()), call, timelock));
        vm.prank(timelock);
        staking.addPlan(30 days, 10);
        amount = bound(amount, 2_000e18, 400_000e18);
        part = bound(part, 1_000e18, amount - 1_000e18);
        _fundCoin(alice, address(staking), amount);
        _fundCoin(bob, address(staking), amount);
        coin.mint(address(staking), 1_000_000e18);
        vm.prank(alice);
        staking.stake(0, amount);
        vm.startPrank(bob);
        staking.stake(0, part);
        staking.stake(0, amount - part);
        vm.warp(start + 200 days + 1);
        staking.unstake(0);
        staking.unstake(1);
        vm.stopPrank();
        vm.prank(alice);
        staking.unstake(0);
        le(coin.balanceOf(bob), coin.balanceOf(alice), "rounded down each");
        le(coin.balanceOf(alice), coin.balanceOf(bob) + 1, "by a unit at most");
    }

    function test_vesting_reentrantToken_isRefused() public {
        Vesting vesting = new Vesting(timelock, address(this));
        coin.mint(address(vesting), 1_000e18);
        Vesting.VestingSchedule memory s = Vesting.VestingSchedule(start, start, 100, 1, alice, address(coin), 100e18, 0);
        bytes memory times = abi.encodePacked(s.cliff, s.start, s.duration, s.secondsPerSlice);
        bytes32 leaf = keccak256(abi.encodePacked(times, s.beneficiary, s.tokenAddress, s.amount, s.initialAmount));
        vesting.addValidMerkletreeRoot(leaf, true);
        vm.warp(start + 50);
        coin.arm(address(vesting), abi.encodeCall(vesting.release, (s, new bytes32[](0))));
        vm.prank(alice);
        vesting.release(s, new bytes32[](0));
        _requireRefused();
        eq(coin.balanceOf(alice), 50e18, "half, once");
    }

    function test_buyback_reentrantAsset_isRefused_andDonationIsNotBought() public {
        (Buyback buyback, MockAmm amm) = _buyback(address(coin));
        coin.mint(address(buyback), 5_000e6);
        factr.transfer(address(amm), 1_000_000e18);
        factr.transfer(address(buyback), 123e18);
        coin.arm(address(buyback), abi.encodeCall(buyback.buyback, (1_000e6)));
        buyback.buyback(2_000e6);
        _requireRefused();
        (, uint256 bought, uint256 spent, ) = buyback.buybacks(0);
        eq(spent, 2_000e6, "once");
        eq(factr.balanceOf(address(buyback)) - bought, 123e18, "what was sent in is in no lock");
    }

    /// A payment starved of gas either fails as a whole or pays: it never leaves an eligible vault with a claim instead.
    function test_buyback_starvedPayment_neverOwes() public {
        (Buyback buyback, MockAmm amm) = _buyback(address(coin));
        coin.mint(address(buyback), 5_000e6);
        factr.transfer(address(amm), 1_000_000e18);
        buyback.buyback(5_000e6);
        (, uint256 bought, , ) = buyback.buybacks(0);
        vm.warp(block.timestamp + 365 days + 1);
        uint256 failures;
        for (uint256 gasLimit = 50_000; ; gasLimit += 3_000) {
            (bool isDone, ) = address(buyback).call{gas: gasLimit}(abi.encodeCall(buyback.buybackWithdraw, (0)));
            if (isDone) break;
            ++failures;
            le(gasLimit, 3_000_000, "never enough");
        }
        ge(failures, 2, "it was starved at first");
        eq(factr.balanceOf(alice) + factr.balanceOf(bob) + factr.balanceOf(lara) + factr.balanceOf(ivy), bought, "all is paid");
    }

    /// Every list that a call walks through is bounded, so that nobody makes it too long to be walked.
    function test_defactor_lists_areBounded() public {
        Pools pools = _pools();
        give(bob, 10_000e6, address(pools));
        vm.startPrank(bob);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("collateralTokens")));
        pools.createPool(1_000e6, 2_000e6, start + 1 days, 0, new PoolsBase.CollateralToken[](11));
        pools.createPool(1_000e6, 2_000e6, start + 1 days, 0, new PoolsBase.CollateralToken[](0));
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("users")));
        pools.uncommitForUsers(0, new address[](101));
        vm.stopPrank();

        ERC20CollateralPoolV2 pool = _collateralPool(address(coin));
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("batch")));
        vm.prank(lara);
        pool.liquidate(0, new ERC20CollateralPoolV2.Liquidation[](101));

        Vesting vesting = new Vesting(timelock, address(this));
        vm.expectRevert(abi.encodeWithSelector(Vesting.BatchTooLarge.selector, 101, 100));
        vesting.revokeSchedules(bytes32(uint256(1)), new bytes32[](101));

        bytes memory call = abi.encodeCall(StakingV1.__Staking_init, (timelock, address(coin), start + 100 days, start + 365 days));
        StakingV1 staking = StakingV1(proxy(address(new StakingV1()), call, timelock));
        vm.startPrank(timelock);
        for (uint256 i; i < 256; ++i) staking.addPlan(30 days, 10);
        vm.expectRevert(StakingV1Base.InvalidPlan.selector);
        staking.addPlan(30 days, 10);
        vm.stopPrank();
    }

    function test_wdfc_reentrantReceiver_isRefused_andForcedCoinIsNobodys() public {
        WDFC wrapped = new WDFC();
        HookUnwrapper attacker = new HookUnwrapper(payable(address(wrapped)));
        vm.deal(address(attacker), 10 ether);
        vm.deal(address(wrapped), 5 ether);
        attacker.run(4 ether);
        eq(bytes32(attacker.refusal()), bytes32(REENTERED), "by the guard");
        eq(wrapped.balanceOf(address(attacker)), 2 ether, "half is left");
        eq(wrapped.totalSupply(), 2 ether, "forced coin is not minted");
        eq(address(attacker).balance, 8 ether, "paid once");
    }

    function test_paymentToken_lostMinter_isReplacedByItsAdmin() public {
        bytes32 minter = usdc.MINTER_ROLE();
        usdc.grantRole(minter, lara);
        usdc.revokeRole(minter, address(this));
        vm.expectRevert();
        usdc.mint(alice, 1);
        vm.prank(lara);
        usdc.mint(alice, 1);
        vm.expectRevert();
        vm.prank(lara);
        usdc.grantRole(minter, mallory);
        eq(usdc.balanceOf(alice), 1, "the new minter only");
    }

    function test_erc20Factory_holdsNoPowerOverItsTokens() public {
        ERC20Factory factory = new ERC20Factory();
        vm.prank(alice);
        Coin plain = Coin(factory.createERC20Token("Plain", "PLN", 6, 1_000, "data"));
        vm.expectRevert();
        vm.prank(address(factory));
        plain.mint(mallory, 1);
        eq(plain.balanceOf(alice), 1_000, "the whole supply is the creator's");
        // A second token of the same name replaces nothing.
        vm.prank(mallory);
        address copy = factory.createERC20Token("Plain", "PLN", 6, 1_000, "other");
        isTrue(copy != address(plain) && factory.staticData(address(plain)) == "data", "two tokens, two data");
    }

    function _requireRefused() private view {
        isTrue(coin.wasCalled(), "the attack was tried");
        eq(bytes32(coin.refusal()), bytes32(REENTERED), "by the guard");
    }

    function _fundCoin(address account, address spender, uint256 amount) private {
        coin.mint(account, amount);
        vm.prank(account);
        coin.approve(spender, type(uint256).max);
    }

    function _amounts(ERC20CollateralPoolV2 pool) private view returns (uint256 lent, uint256 borrowed) {
        (ERC20CollateralPoolV2.PoolAmounts memory a, , , , , , ) = pool.pools(0);
        return (a.lended, a.borrowed);
    }

    function _pools() private returns (Pools) {
        return Pools(proxy(address(new Pools()), abi.encodeCall(PoolsBase.__Pools_init, (address(usdc))), timelock));
    }

    function _collateralPool(address collateral) private returns (ERC20CollateralPoolV2) {
        ERC20CollateralPoolV2.InitPool[] memory first = new ERC20CollateralPoolV2.InitPool[](1);
        first[0].collateralToken = collateral;
        first[0].collateralTokenPriceOracle = address(new Feed(8, 100e8));
        (first[0].maxPoolCapacity, first[0].minLended, first[0].minBorrow, first[0].endTime) = (500_000e6, 1e6, 1e6, start + 1000 days);
        (first[0].collateralTokenFactor, first[0].collateralTokenLTVPercentage, first[0].interest) = (10_000, 5_000, 500);
        bytes memory call = abi.encodeCall(
            ERC20CollateralPoolV2.__ERC20CollateralPool_init, (timelock, address(usdc), address(new Feed(8, 1e8)), address(0), first)
        );
        return ERC20CollateralPoolV2(proxy(address(new ERC20CollateralPoolV2()), call, timelock));
    }

    function _stakingV2(address token) private returns (StakingV2 staking) {
        staking = StakingV2(proxy(address(new StakingV2()), abi.encodeCall(StakingV2.__Staking_init, (timelock)), timelock));
        vm.prank(timelock);
        staking.addPlan(token, token, 1_000_000e18, 1e18, 1e18, start + 365 days, start + 4 * 365 days, 365 days, 1250, 0);
    }

    /// 1 WDFC = 2 of the asset = 20 FACTR.
    function _buyback(address asset) private returns (Buyback buyback, MockAmm amm) {
        Coin weth = new Coin();
        amm = new MockAmm();
        amm.add(asset, address(weth), 500, _pair(asset, address(weth), 2_000_000e6, 1_000_000e18));
        amm.add(address(weth), address(factr), 3_000, _pair(address(weth), address(factr), 1_000_000e18, 20_000_000e18));
        address[] memory vaults = new address[](4);
        (vaults[0], vaults[1], vaults[2], vaults[3]) = (alice, bob, lara, ivy);
        bytes memory call = abi.encodeCall(
            Buyback.initialize, (guardian, 7 days, vaults, 300, address(amm), address(factr), asset, address(weth), address(amm))
        );
        buyback = Buyback(proxy(address(new Buyback()), call, timelock));
    }

    function _pair(address a, address b, uint112 amountA, uint112 amountB) private returns (address) {
        MockPair pair = new MockPair(a, b);
        if (a == pair.token0()) pair.set(amountA, amountB);
        else pair.set(amountB, amountA);
        return address(pair);
    }
}
