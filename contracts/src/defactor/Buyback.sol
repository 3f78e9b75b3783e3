// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Assets} from "../common/Assets.sol";
import {PlatformUpgradeable} from "../common/PlatformUpgradeable.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {EligiblePayouts} from "./EligiblePayouts.sol";
import {IAmmPair, IAmmRouter} from "./IAmm.sol";

/// @title Buyback
/// @notice Buys FACTR with USDC through the AMM (USDC, wrapped coin, FACTR), locks it for 365 days, then pays four vaults equally or a list of
/// accounts. Anyone may call; the price is bounded by the time-weighted price of both pairs, and no caller chooses the path.
contract Buyback is PlatformUpgradeable, EligiblePayouts, IERC165 {
    using SafeERC20 for IERC20;

    /// @notice A purchase for the four vaults.
    struct BuybackLock {
        uint64 timeLocked;
        uint256 buyAmount;
        uint256 spendAmount;
        bool withdrawn;
    }

    /// @notice A share of a custom purchase, basis points.
    struct BuybackAmounts {
        address account;
        uint256 bps;
    }

    /// @notice A purchase for a list of accounts.
    struct CustomBuybackLock {
        uint64 timeLocked;
        uint256 buyAmount;
        uint256 spendAmount;
        BuybackAmounts[] distributionArray;
        bool withdrawn;
    }

    /// @custom:storage-location erc7201:defactor.Buyback.v1
    struct BuybackStorage {
        address recoverer;
        uint16 maxLiquiditySlippage;
        address factr;
        address usdc;
        address weth;
        address router;
        address quoter;
        uint256 buyFrequency;
        uint64 lastBuyback;
        uint64 lastCustomBuyback;
        address[4] vaults;
        BuybackLock[] buybacks;
        CustomBuybackLock[] customBuybacks;
    }

    /// @notice Fee of the pair USDC / wrapped coin, hundredths of a basis point.
    uint24 public constant POOL_1_FEE = 500;
    /// @notice Fee of the pair wrapped coin / FACTR, hundredths of a basis point.
    uint24 public constant POOL_2_FEE = 3_000;
    /// @notice Divider of percent: the spot price may be 1 % off the time-weighted price.
    uint32 public constant ONE_HUNDRED = 100;
    /// @notice Kept for clients.
    uint256 public constant THREE_HUNDRED = 300;
    /// @notice Smallest purchase, whole USDC; also the largest slippage, basis points.
    uint256 public constant ONE_THOUSAND = 1_000;
    /// @notice Divider of basis points.
    uint256 public constant TEN_THOUSAND = 10_000;
    /// @notice Window of the time-weighted price, seconds.
    uint32 public constant TWAP_WINDOW = 1_800;
    /// @notice Seconds that bought FACTR stays here.
    uint256 public constant LOCK_DURATION = 365 days;

    uint256 private constant DISTRIBUTION_MAX = 50;
    uint256 private constant PAGE_MAX = 100;
    uint256 private constant STEPS_MAX = 44;
    // keccak256(abi.encode(uint256(keccak256("defactor.Buyback.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant BUYBACK_STORAGE = 0x6decaf11def42523e7de0f854aa1099b10f3201bb8bb8e1172548187daf5ff00;

    /// @notice FACTR was bought for the vaults.
    event BuybackCall(uint256 usdcAmount, uint256 factrAmount, uint256 id);
    /// @notice FACTR was bought for a list of accounts.
    event CustomBuybackCall(uint256 usdcAmount, uint256 factrAmount, uint256 id);
    /// @notice A purchase was paid to the vaults.
    event Withdraw(uint256 Id);
    /// @notice A custom purchase was paid to its list.
    event CustomWithdraw(uint256 Id);
    /// @notice A token sent here by mistake was recovered.
    event ERC20Recovered(address token, uint256 amount);

    /// @notice The cool-down runs until `until`.
    error CoolDown(uint256 until);
    /// @notice Less than 1,000 USDC.
    error AmountTooLow(uint256 amount, uint256 min);
    /// @notice The spot price of a pair is more than 1 % off its time-weighted price (both Q112).
    error SpotOutsideTwap(address pair, uint256 spot, uint256 twap);
    /// @notice The AMM has no such pair.
    error PairMissing(address tokenA, address tokenB, uint24 fee);
    /// @notice No purchase has this number.
    error BuybackUnknown(uint256 id);
    /// @notice The purchase was paid.
    error AlreadyWithdrawn(uint256 id);
    /// @notice The purchase is locked until `until`, that second included.
    error Locked(uint256 until);
    /// @notice The caller may not recover tokens.
    error NotRecoverer(address caller);
    /// @notice This token cannot be recovered.
    error TokenNotRecoverable(address token);
    /// @notice Positions here are not tied to wallets of investors.
    error NoPositions();

    /// @notice Sets the deployment's constants.
    /// @param recoverer Account that may recover tokens sent here by mistake.
    /// @param buyFrequency Seconds between two purchases of a kind.
    /// @param vaults The four vaults.
    /// @param maxLiquiditySlippage Most that a purchase may lie below the time-weighted price, basis points, at most 1,000.
    /// @param router The AMM, as router and factory.
    /// @param factr FACTR.
    /// @param usdc USDC.
    /// @param weth The wrapped coin.
    /// @param quoter The AMM, as quoter.
    function initialize(
        address recoverer,
        uint256 buyFrequency,
        address[] memory vaults,
        uint16 maxLiquiditySlippage,
        address router,
        address factr,
        address usdc,
        address weth,
        address quoter
    ) external initializer {
        if (vaults.length != 4) revert RwaErrors.InvalidParameter("vaults");
        if (maxLiquiditySlippage > ONE_THOUSAND) revert RwaErrors.InvalidParameter("maxLiquiditySlippage");
        BuybackStorage storage $ = _buyback();
        for (uint256 i; i < 4; ++i) $.vaults[i] = vaults[i];
        ($.recoverer, $.buyFrequency, $.maxLiquiditySlippage) = (recoverer, buyFrequency, maxLiquiditySlippage);
        ($.router, $.factr, $.usdc, $.weth, $.quoter) = (router, factr, usdc, weth, quoter);
        _requireComplete($);
    }

    /// @notice Spends USDC of this contract on FACTR for the vaults. Anyone, once per `BUY_FREQUENCY`.
    /// @param providedOptimalAmount Most USDC to spend; see `calculateOptimalAmount`.
    function buyback(uint256 providedOptimalAmount) external nonReentrant {
        BuybackStorage storage $ = _buyback();
        _requireCooledDown($.lastBuyback);
        $.lastBuyback = uint64(block.timestamp);
        uint256 spent = Math.min(providedOptimalAmount, IERC20($.usdc).balanceOf(address(this)));
        uint256 bought = _buy(spent);
        $.buybacks.push(BuybackLock(uint64(block.timestamp), bought, spent, false));
        emit BuybackCall(spent, bought, $.buybacks.length - 1);
    }

    /// @notice Spends USDC of the caller on FACTR for a list of accounts. Anyone, once per `BUY_FREQUENCY`, on its own clock.
    /// @param usdcAmount USDC to spend.
    /// @param distributionArray Accounts and shares, at most 50; the shares sum to 10,000.
    function customBuyback(uint256 usdcAmount, BuybackAmounts[] calldata distributionArray) external nonReentrant {
        BuybackStorage storage $ = _buyback();
        _requireCooledDown($.lastCustomBuyback);
        $.lastCustomBuyback = uint64(block.timestamp);
        _requireDistribution(distributionArray);
        Assets.pull($.usdc, msg.sender, usdcAmount);
        uint256 bought = _buy(usdcAmount);
        CustomBuybackLock storage entry = $.customBuybacks.push();
        (entry.timeLocked, entry.buyAmount, entry.spendAmount) = (uint64(block.timestamp), bought, usdcAmount);
        for (uint256 i; i < distributionArray.length; ++i) entry.distributionArray.push(distributionArray[i]);
        emit CustomBuybackCall(usdcAmount, bought, $.customBuybacks.length - 1);
    }

    /// @notice Pays a purchase to the four vaults after its lock. Anyone. A vault that is not eligible gets `owed`.
    /// @param id Purchase.
    function buybackWithdraw(uint256 id) external nonReentrant {
        BuybackStorage storage $ = _buyback();
        if (id >= $.buybacks.length) revert BuybackUnknown(id);
        BuybackLock storage entry = $.buybacks[id];
        _requireUnlocked(id, entry.timeLocked, entry.withdrawn);
        entry.withdrawn = true;
        uint256 part = entry.buyAmount / 4;
        for (uint256 i; i < 3; ++i) _payEligible($.factr, $.vaults[i], part);
        _payEligible($.factr, $.vaults[3], entry.buyAmount - 3 * part);
        emit Withdraw(id);
    }

    /// @notice Pays a custom purchase to its list after its lock. Anyone. An account that is not eligible gets `owed`; the last one the remainder.
    /// @param id Purchase.
    function customBuybackWithdraw(uint256 id) external nonReentrant {
        BuybackStorage storage $ = _buyback();
        if (id >= $.customBuybacks.length) revert BuybackUnknown(id);
        CustomBuybackLock storage entry = $.customBuybacks[id];
        _requireUnlocked(id, entry.timeLocked, entry.withdrawn);
        entry.withdrawn = true;
        uint256 rest = entry.buyAmount;
        uint256 last = entry.distributionArray.length - 1;
        for (uint256 i; i < last; ++i) {
            BuybackAmounts storage share = entry.distributionArray[i];
            uint256 part = Math.mulDiv(entry.buyAmount, share.bps, TEN_THOUSAND);
            rest -= part;
            _payEligible($.factr, share.account, part);
        }
        _payEligible($.factr, entry.distributionArray[last].account, rest);
        emit CustomWithdraw(id);
    }

    /// @notice Sends a token that came here by mistake to the recoverer, who alone may call. Neither FACTR nor USDC.
    /// @param token Token.
    function recoverERC20(address token) external nonReentrant {
        BuybackStorage storage $ = _buyback();
        if (msg.sender != $.recoverer) revert NotRecoverer(msg.sender);
        if (token == $.factr || token == $.usdc) revert TokenNotRecoverable(token);
        uint256 amount = IERC20(token).balanceOf(address(this));
        emit ERC20Recovered(token, amount);
        Assets.push(token, msg.sender, amount);
    }

    /// @notice The largest amount, from `maxAmount` down by tenths, whose quote reaches the threshold; called statically.
    /// @param path Path of the swap.
    /// @param pool1 Pair USDC / wrapped coin.
    /// @param pool2 Pair wrapped coin / FACTR.
    /// @param maxAmount USDC to start from.
    function calculateOptimalAmount(bytes memory path, address pool1, address pool2, uint256 maxAmount)
        external
        returns (uint256 maxAcceptableAmount)
    {
        maxAcceptableAmount = maxAmount;
        for (uint256 i; i < STEPS_MAX; ++i) {
            (uint256 quote, , , ) = IAmmRouter(_buyback().quoter).quoteExactInput(path, maxAcceptableAmount);
            if (quote >= getOptimalTwapAmountThreshold(maxAcceptableAmount, pool1, pool2)) break;
            maxAcceptableAmount -= maxAcceptableAmount / 10;
        }
    }

    /// @notice Never moves anything: no position here belongs to a wallet that can be recovered.
    function migratePosition(address, address) external pure {
        revert NoPositions();
    }

    /// @notice A purchase for the vaults.
    /// @param id Its number.
    function buybacks(uint256 id) external view returns (uint64 timeLocked, uint256 buyAmount, uint256 spendAmount, bool withdrawn) {
        BuybackStorage storage $ = _buyback();
        if (id < $.buybacks.length) {
            BuybackLock storage entry = $.buybacks[id];
            return (entry.timeLocked, entry.buyAmount, entry.spendAmount, entry.withdrawn);
        }
    }

    /// @notice A custom purchase.
    /// @param id Its number.
    function customBuybacks(uint256 id) external view returns (uint64 timeLocked, uint256 buyAmount, uint256 spendAmount, bool withdrawn) {
        BuybackStorage storage $ = _buyback();
        if (id < $.customBuybacks.length) {
            CustomBuybackLock storage entry = $.customBuybacks[id];
            return (entry.timeLocked, entry.buyAmount, entry.spendAmount, entry.withdrawn);
        }
    }

    /// @notice Purchases not yet paid, from number `fromId` on, at most 100.
    /// @param fromId First number looked at.
    function fetchActiveLocks(uint256 fromId) external view returns (BuybackLock[] memory) {
        BuybackLock[] storage all = _buyback().buybacks;
        BuybackLock[] memory locks = new BuybackLock[](PAGE_MAX);
        uint256 count;
        for (uint256 i = fromId; i < all.length && count < PAGE_MAX; ++i) if (!all[i].withdrawn) locks[count++] = all[i];
        assembly {
            mstore(locks, count)
        }
        return locks;
    }

    /// @notice Custom purchases not yet paid, from number `fromId` on, at most 100.
    /// @param fromId First number looked at.
    function fetchActiveCustomLocks(uint256 fromId) external view returns (CustomBuybackLock[] memory) {
        CustomBuybackLock[] storage all = _buyback().customBuybacks;
        CustomBuybackLock[] memory locks = new CustomBuybackLock[](PAGE_MAX);
        uint256 count;
        for (uint256 i = fromId; i < all.length && count < PAGE_MAX; ++i) if (!all[i].withdrawn) locks[count++] = all[i];
        assembly {
            mstore(locks, count)
        }
        return locks;
    }

    /// @notice First vault.
    function vault1() external view returns (address) {
        return _buyback().vaults[0];
    }

    /// @notice Second vault.
    function vault2() external view returns (address) {
        return _buyback().vaults[1];
    }

    /// @notice Third vault.
    function vault3() external view returns (address) {
        return _buyback().vaults[2];
    }

    /// @notice Fourth vault, which takes the remainder of a division by four.
    function vault4() external view returns (address) {
        return _buyback().vaults[3];
    }

    /// @notice Account that may recover tokens.
    function RECOVERER() external view returns (address) {
        return _buyback().recoverer;
    }

    /// @notice Seconds between two purchases of a kind.
    function BUY_FREQUENCY() external view returns (uint256) {
        return _buyback().buyFrequency;
    }

    /// @notice Most that a purchase may lie below the time-weighted price, basis points.
    function MAX_LIQUIDITY_SLIPPAGE() external view returns (uint16) {
        return _buyback().maxLiquiditySlippage;
    }

    /// @notice FACTR.
    function FACTR() external view returns (address) {
        return _buyback().factr;
    }

    /// @notice USDC.
    function USDC() external view returns (address) {
        return _buyback().usdc;
    }

    /// @notice The wrapped coin.
    function WETH() external view returns (address) {
        return _buyback().weth;
    }

    /// @notice The AMM, as quoter.
    function QUOTER() external view returns (address) {
        return _buyback().quoter;
    }

    /// @notice The AMM, as factory.
    function uniswapFactory() external view returns (address) {
        return _buyback().router;
    }

    /// @notice The AMM, as router.
    function uniswapRouter() external view returns (address) {
        return _buyback().router;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId;
    }

    /// @notice Least FACTR for `amountIn` USDC: the time-weighted prices of both pairs less the slippage allowed.
    /// @param amountIn USDC.
    /// @param pool1 Pair USDC / wrapped coin.
    /// @param pool2 Pair wrapped coin / FACTR.
    function getOptimalTwapAmountThreshold(uint256 amountIn, address pool1, address pool2) public view returns (uint256) {
        BuybackStorage storage $ = _buyback();
        uint256 middle = Math.mulDiv(amountIn, _twap($.usdc, pool1, TWAP_WINDOW), 1 << 112);
        uint256 out = Math.mulDiv(middle, _twap($.weth, pool2, TWAP_WINDOW), 1 << 112);
        return Math.mulDiv(out, TEN_THOUSAND - $.maxLiquiditySlippage, TEN_THOUSAND);
    }

    /// @notice Units of `tokenOut` for `amountIn` at the time-weighted price of a pair.
    /// @param tokenIn Token given.
    /// @param amountIn Units given.
    /// @param tokenOut Token taken.
    /// @param secondsAgo Window, seconds.
    /// @param pool Pair.
    function estimateAmountOut(address tokenIn, uint128 amountIn, address tokenOut, uint32 secondsAgo, address pool)
        public
        view
        returns (uint256 amountOut)
    {
        if (secondsAgo == 0) revert RwaErrors.InvalidParameter("secondsAgo");
        (address first, address second) = (IAmmPair(pool).token0(), IAmmPair(pool).token1());
        bool isPair = (tokenIn == first && tokenOut == second) || (tokenIn == second && tokenOut == first);
        if (!isPair) revert RwaErrors.InvalidParameter("pool");
        amountOut = Math.mulDiv(amountIn, _twap(tokenIn, pool, secondsAgo), 1 << 112);
    }

    /// @dev Swaps USDC held here for FACTR within the band of both pairs.
    function _buy(uint256 spent) private returns (uint256 bought) {
        BuybackStorage storage $ = _buyback();
        uint256 min = ONE_THOUSAND * 10 ** IERC20Metadata($.usdc).decimals();
        if (spent < min) revert AmountTooLow(spent, min);
        address pool1 = _pair($.usdc, $.weth, POOL_1_FEE);
        address pool2 = _pair($.weth, $.factr, POOL_2_FEE);
        _requireInBand($.usdc, pool1);
        _requireInBand($.weth, pool2);
        uint256 least = getOptimalTwapAmountThreshold(spent, pool1, pool2);
        uint256 before = IERC20($.factr).balanceOf(address(this));
        IERC20($.usdc).forceApprove($.router, spent);
        IAmmRouter($.router).exactInput(
            IAmmRouter.ExactInputParams({
                path: abi.encodePacked($.usdc, POOL_1_FEE, $.weth, POOL_2_FEE, $.factr),
                recipient: address(this),
                deadline: block.timestamp,
                amountIn: spent,
                amountOutMinimum: least
            })
        );
        bought = IERC20($.factr).balanceOf(address(this)) - before;
        if (bought < least) revert RwaErrors.Slippage(bought, least);
    }

    function _requireCooledDown(uint256 last) private view {
        uint256 until = last + _buyback().buyFrequency;
        if (last != 0 && block.timestamp < until) revert CoolDown(until);
    }

    function _requireInBand(address tokenIn, address pair) private view {
        (uint112 reserve0, uint112 reserve1, ) = IAmmPair(pair).reserves();
        bool isFirst = tokenIn == IAmmPair(pair).token0();
        uint256 spot = isFirst ? (uint256(reserve1) << 112) / reserve0 : (uint256(reserve0) << 112) / reserve1;
        uint256 twap = _twap(tokenIn, pair, TWAP_WINDOW);
        uint256 distance = spot > twap ? spot - twap : twap - spot;
        if (distance > twap / ONE_HUNDRED) revert SpotOutsideTwap(pair, spot, twap);
    }

    /// @dev Time-weighted price of `tokenIn` in the pair's other token, Q112.
    function _twap(address tokenIn, address pair, uint32 window) private view returns (uint256) {
        uint32[] memory moments = new uint32[](2);
        moments[0] = window;
        (uint256[] memory sums0, uint256[] memory sums1) = IAmmPair(pair).observe(moments);
        uint256[] memory sums = tokenIn == IAmmPair(pair).token0() ? sums0 : sums1;
        // The sums wrap; their difference does not.
        unchecked {
            return (sums[1] - sums[0]) / window;
        }
    }

    function _pair(address tokenA, address tokenB, uint24 fee) private view returns (address pair) {
        pair = IAmmRouter(_buyback().router).getPool(tokenA, tokenB, fee);
        if (pair == address(0)) revert PairMissing(tokenA, tokenB, fee);
    }

    function _requireComplete(BuybackStorage storage $) private view {
        bool isComplete = $.recoverer != address(0) && $.router != address(0) && $.factr != address(0) && $.usdc != address(0);
        isComplete = isComplete && $.weth != address(0) && $.quoter != address(0);
        for (uint256 i; i < 4; ++i) isComplete = isComplete && $.vaults[i] != address(0);
        if (!isComplete) revert RwaErrors.ZeroAddress();
    }

    function _requireUnlocked(uint256 id, uint256 timeLocked, bool withdrawn) private view {
        if (withdrawn) revert AlreadyWithdrawn(id);
        if (block.timestamp <= timeLocked + LOCK_DURATION) revert Locked(timeLocked + LOCK_DURATION);
    }

    function _requireDistribution(BuybackAmounts[] calldata distribution) private pure {
        if (distribution.length > DISTRIBUTION_MAX) revert RwaErrors.InvalidParameter("distributionArray");
        uint256 sum;
        for (uint256 i; i < distribution.length; ++i) {
            if (distribution[i].account == address(0)) revert RwaErrors.ZeroAddress();
            if (distribution[i].bps == 0) revert RwaErrors.ZeroAmount();
            sum += distribution[i].bps;
        }
        if (sum != TEN_THOUSAND) revert RwaErrors.InvalidParameter("bps");
    }

    function _buyback() private pure returns (BuybackStorage storage $) {
        assembly {
            $.slot := BUYBACK_STORAGE
        }
    }
}
