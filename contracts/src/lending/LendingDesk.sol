// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Addresses} from "../common/Addresses.sol";
import {Assets} from "../common/Assets.sol";
import {Kyc} from "../common/Kyc.sol";
import {Owed} from "../common/Owed.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {IPositions} from "../interfaces/IPositions.sol";
import {ISpvOwners} from "../interfaces/ISpvOwners.sol";
import {LendingCollateral} from "./LendingCollateral.sol";
import {LendingInterest} from "./LendingInterest.sol";
import {ILendingEvents, LendingState} from "./LendingState.sol";
import {MarketParams, RateParams} from "./LendingTypes.sol";

/// @title ISpvToken
/// @notice What the pool asks a collateral that belongs to an SPV.
interface ISpvToken {
    /// @notice SPV of the token.
    function spvId() external view returns (bytes32);
}

/// @title LendingDesk
/// @notice Borrowers' positions: collateral, debt, liquidation. A linked library of the LendingPool, which would exceed the size limit with it.
library LendingDesk {
    uint256 private constant FULL_CLOSE_HEALTH = 0.95e18;
    uint256 private constant SMALL_DEBT_WHOLE_UNITS = 1_000;
    uint48 private constant GRACE_AFTER_UNPAUSE = 24 hours;
    uint48 private constant SEIZE_AFTER = 7 days;

    /// @notice Sets the asset and the interest model that a new pool begins with.
    function setUp(address asset) external {
        LendingState.Data storage $ = LendingState.load();
        if (asset == address(0)) revert RwaErrors.ZeroAddress();
        $.asset = asset;
        $.assetDecimals = IERC20Metadata(asset).decimals();
        $.index = LendingState.INDEX_ONE;
        $.accruedAt = uint48(block.timestamp);
        _setRates(RateParams({kinkBps: 8_000, slope1Bps: 400, slope2Bps: 6_000, reserveBps: 1_000}));
    }

    /// @notice Adds interest up to now.
    function accrue() external {
        LendingInterest.accrue();
    }

    /// @notice Takes what the caller supplies for `shares`.
    function takeSupply(uint256 assets, uint256 shares) external {
        if (assets == 0 || shares == 0) revert RwaErrors.ZeroAmount();
        Kyc.requireEligible(msg.sender);
        LendingState.Data storage $ = LendingState.load();
        $.cash += assets;
        Assets.pull($.asset, msg.sender, assets);
    }

    /// @notice Pays a supplier out, after its shares are burnt.
    function paySupply(uint256 assets, address to) external {
        if (assets == 0) revert RwaErrors.ZeroAmount();
        Kyc.requireEligible(msg.sender);
        Kyc.requireEligible(to);
        LendingState.Data storage $ = LendingState.load();
        if (assets > $.cash) revert ILendingEvents.InsufficientLiquidity($.cash);
        $.cash -= assets;
        Assets.push($.asset, to, assets);
    }

    /// @notice Lists a collateral (`isNew`) or changes its terms.
    function setMarket(address token, MarketParams calldata p, bool isNew) external {
        if (isNew == LendingState.load().markets[token].listed) {
            if (isNew) revert RwaErrors.InvalidParameter("token");
            revert ILendingEvents.CollateralUnknown(token);
        }
        LendingCollateral.setMarket(token, p);
    }

    /// @notice Changes the interest model from now on.
    function setRates(RateParams calldata p) external {
        LendingInterest.accrue();
        _setRates(p);
    }

    /// @notice Adds collateral of the caller; always possible.
    function depositCollateral(address token, uint256 amount) external {
        if (amount == 0) revert RwaErrors.ZeroAmount();
        LendingState.Market storage market = LendingState.market(token);
        if (!market.params.active) revert ILendingEvents.CollateralUnknown(token);
        Kyc.requireLevel(msg.sender, market.params.minTier, 0);
        LendingCollateral.add(msg.sender, token, amount);
        uint256 cap = market.params.supplyCap;
        if (LendingCollateral.totalOf(market) > cap) revert ILendingEvents.CapExceeded(cap);
        Assets.pull(token, msg.sender, amount);
        emit ILendingEvents.CollateralDeposited(msg.sender, token, amount);
    }

    /// @notice Takes collateral of the caller out, as far as the rest allows its debt.
    function withdrawCollateral(address token, uint256 amount) external {
        if (amount == 0) revert RwaErrors.ZeroAmount();
        Kyc.requireEligible(msg.sender);
        LendingInterest.accrue();
        LendingCollateral.remove(msg.sender, token, amount);
        LendingCollateral.requireBacked(msg.sender);
        Assets.push(token, msg.sender, amount);
        emit ILendingEvents.CollateralWithdrawn(msg.sender, token, amount);
    }

    /// @notice Borrows `assets` to `to` against the caller's collateral.
    function borrow(uint256 assets, address to) external {
        if (assets == 0) revert RwaErrors.ZeroAmount();
        Kyc.requireEligible(msg.sender);
        Kyc.requireEligible(to);
        LendingInterest.accrue();
        LendingState.Data storage $ = LendingState.load();
        if (assets > $.cash) revert ILendingEvents.InsufficientLiquidity($.cash);
        $.cash -= assets;
        LendingInterest.increase($, msg.sender, assets);
        LendingCollateral.requireBacked(msg.sender);
        Assets.push($.asset, to, assets);
        emit ILendingEvents.Borrowed(msg.sender, to, assets);
    }

    /// @notice Repays at most `assets` of an account's debt; anyone eligible, paused or not, whatever the oracle says.
    function repay(uint256 assets, address onBehalf) external returns (uint256 repaid) {
        Kyc.requireEligible(msg.sender);
        LendingInterest.accrue();
        repaid = Math.min(assets, LendingInterest.debtOf(onBehalf));
        if (repaid == 0) revert RwaErrors.ZeroAmount();
        LendingState.Data storage $ = LendingState.load();
        LendingInterest.decrease($, onBehalf, repaid);
        $.cash += repaid;
        Assets.pull($.asset, msg.sender, repaid);
        emit ILendingEvents.Repaid(msg.sender, onBehalf, repaid);
    }

    /// @notice Repays debt of an account whose health is below 1 for its collateral with a bonus, at least `minSeized`. What is then left
    /// without collateral is written off.
    function liquidate(address borrower, address collateral, uint256 repayAssets, uint256 minSeized)
        external
        returns (uint256 seized)
    {
        Kyc.requireEligible(msg.sender);
        uint256 wad = _requireLiquidatable(borrower);
        MarketParams storage p = LendingState.market(collateral).params;
        uint256 debt = LendingInterest.debtOf(borrower);
        bool isFullClose = wad < FULL_CLOSE_HEALTH || debt < SMALL_DEBT_WHOLE_UNITS * 10 ** LendingState.load().assetDecimals;
        uint256 limit = isFullClose ? debt : (debt * p.closeFactorBps) / LendingState.BPS;
        seized = _seize(borrower, collateral, Math.min(repayAssets, limit), p.liqBonusBps, msg.sender);
        if (seized < minSeized) revert RwaErrors.Slippage(seized, minSeized);
    }

    /// @notice Starts the seven days after which collateral of an unhealthy account can go to its issuer, or stops them; anyone.
    function flag(address borrower) external {
        LendingState.Data storage $ = LendingState.load();
        bool isUnhealthy = LendingCollateral.health(borrower) < LendingState.WAD;
        if (isUnhealthy == ($.flaggedSince[borrower] != 0)) return;
        $.flaggedSince[borrower] = isUnhealthy ? uint48(block.timestamp) : 0;
        emit ILendingEvents.Flagged(borrower, $.flaggedSince[borrower]);
    }

    /// @notice Sells collateral that nobody liquidated in seven days to the manager of its SPV at the oracle's price; the manager has approved
    /// the payment.
    function seizeToIssuer(address borrower, address collateral, uint256 repayAssets) external returns (uint256 seized) {
        _requireLiquidatable(borrower);
        uint48 since = LendingState.load().flaggedSince[borrower];
        if (since == 0 || block.timestamp < since + SEIZE_AFTER) revert ILendingEvents.GracePeriod(since == 0 ? 0 : since + SEIZE_AFTER);
        address manager = ISpvOwners(Addresses.SPV_REGISTRY).managerOf(ISpvToken(collateral).spvId());
        if (manager == address(0)) revert RwaErrors.InvalidParameter("collateral");
        return _seize(borrower, collateral, Math.min(repayAssets, LendingInterest.debtOf(borrower)), 0, manager);
    }

    /// @notice Writes off the debt of an account without collateral; anyone.
    function writeOff(address borrower) external {
        LendingInterest.accrue();
        if (LendingInterest.debtOf(borrower) == 0 || LendingState.load().collateralsOf[borrower].length != 0) revert RwaErrors.InvalidParameter("borrower");
        _writeOff(borrower);
    }

    /// @notice Pays reserves out, at most the cash.
    function withdrawReserves(address to, uint256 amount) external {
        LendingInterest.accrue();
        LendingState.Data storage $ = LendingState.load();
        uint256 available = Math.min($.reserves, $.cash);
        if (amount > available) revert ILendingEvents.InsufficientLiquidity(available);
        $.reserves -= amount;
        $.cash -= amount;
        Assets.push($.asset, to, amount);
        emit ILendingEvents.ReservesWithdrawn(to, amount);
    }

    /// @notice Moves collateral, debt and what is owed from a recovered wallet to its replacement.
    function migratePosition(address lost, address replacement) external {
        Kyc.requireRecovered(lost, replacement);
        LendingState.Data storage $ = LendingState.load();
        LendingCollateral.move(lost, replacement);
        $.scaledDebtOf[replacement] += $.scaledDebtOf[lost];
        delete $.scaledDebtOf[lost];
        if ($.flaggedSince[replacement] == 0) $.flaggedSince[replacement] = $.flaggedSince[lost];
        delete $.flaggedSince[lost];
        Owed.migrate($.asset, lost, replacement);
        emit IPositions.PositionMigrated(lost, replacement);
    }

    /// @notice Health of an account, see the pool.
    function health(address account) external view returns (uint256) {
        return LendingCollateral.health(account);
    }

    /// @notice Debt of an account, see the pool.
    function debtOf(address account) external view returns (uint256) {
        return LendingInterest.debtOf(account);
    }

    /// @notice What belongs to the suppliers, see the pool.
    function totalAssets() external view returns (uint256) {
        return LendingInterest.totalAssets();
    }

    /// @notice The sums of the pool at the last accrual.
    function poolState()
        external
        view
        returns (uint256 cash, uint256 debt, uint256 reserves, uint256 index, uint256 ratePerYear, uint256 utilisation)
    {
        LendingState.Data storage $ = LendingState.load();
        (ratePerYear, utilisation) = LendingInterest.rate($);
        return ($.cash, LendingInterest.totalDebt($), $.reserves, $.index, ratePerYear, utilisation);
    }

    /// @notice An account's part of the collateral in a token at a past second.
    function shareAt(address token, address holder, uint48 timepoint) external view returns (uint256 part, uint256 whole) {
        return LendingCollateral.shareAt(token, holder, timepoint);
    }

    /// @dev Accrues, and reverts unless liquidation is open and the account's health is below 1.
    function _requireLiquidatable(address borrower) private returns (uint256 wad) {
        uint48 unpausedAt = LendingState.load().unpausedAt;
        if (unpausedAt != 0 && block.timestamp < unpausedAt + GRACE_AFTER_UNPAUSE) revert ILendingEvents.GracePeriod(unpausedAt + GRACE_AFTER_UNPAUSE);
        LendingInterest.accrue();
        wad = LendingCollateral.health(borrower);
        if (wad >= LendingState.WAD) revert ILendingEvents.Healthy(wad);
    }

    /// @dev Collateral for `repayAssets` and the bonus; if that is more than there is, all of it, for less. Books before it pays.
    function _seize(address borrower, address collateral, uint256 repayAssets, uint256 bonusBps, address receiver) private returns (uint256 seized) {
        uint256 repaid = repayAssets;
        {
            LendingState.Market storage market = LendingState.market(collateral);
            uint256 price = LendingCollateral.price(market);
            uint256 unit = 10 ** market.decimals * LendingState.WAD;
            uint256 assetUnit = 10 ** LendingState.load().assetDecimals;
            seized = Math.mulDiv(repaid * (LendingState.BPS + bonusBps), unit, LendingState.BPS * assetUnit) / price;
            uint256 available = LendingCollateral.amountOf(borrower, collateral);
            if (seized > available) {
                seized = available;
                uint256 value = Math.mulDiv(available * assetUnit, price, unit, Math.Rounding.Ceil);
                repaid = Math.min(repaid, Math.mulDiv(value, LendingState.BPS, LendingState.BPS + bonusBps, Math.Rounding.Ceil));
            }
        }
        if (seized == 0 || repaid == 0) revert RwaErrors.ZeroAmount();
        _requireReceives(collateral, receiver, seized);
        LendingState.Data storage $ = LendingState.load();
        LendingCollateral.remove(borrower, collateral, seized);
        LendingInterest.decrease($, borrower, repaid);
        $.cash += repaid;
        emit ILendingEvents.Liquidated(borrower, receiver, collateral, repaid, seized);
        if ($.collateralsOf[borrower].length == 0 && $.scaledDebtOf[borrower] != 0) _writeOff(borrower);
        Assets.pull($.asset, receiver, repaid);
        Assets.push(collateral, receiver, seized);
    }

    function _writeOff(address borrower) private {
        (uint256 debt, uint256 fromReserves) = LendingInterest.writeOff(LendingState.load(), borrower);
        emit ILendingEvents.WrittenOff(borrower, debt, fromReserves);
    }

    function _requireReceives(address token, address receiver, uint256 amount) private view {
        (address ruleAdmin, , , , ) = Kyc.ENGINE.rulesOf(token);
        if (ruleAdmin == address(0)) return;
        uint8 code = Kyc.ENGINE.canTransfer(token, address(this), receiver, amount);
        if (code != 0) revert ILendingEvents.LiquidatorCannotReceive(code);
    }

    function _setRates(RateParams memory p) private {
        if (p.kinkBps == 0 || p.kinkBps >= LendingState.BPS) revert RwaErrors.InvalidParameter("kinkBps");
        if (p.reserveBps > LendingState.BPS) revert RwaErrors.InvalidParameter("reserveBps");
        LendingState.load().rates = p;
        emit ILendingEvents.RatesSet(keccak256(abi.encode(p)));
    }
}
