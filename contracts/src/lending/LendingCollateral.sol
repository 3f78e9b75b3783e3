// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {Oracle} from "../common/Oracle.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {LendingInterest} from "./LendingInterest.sol";
import {ILendingEvents, LendingState} from "./LendingState.sol";
import {MarketParams} from "./LendingTypes.sol";

/// @title LendingCollateral
/// @notice Collateral of accounts: markets, values at fresh prices, health.
library LendingCollateral {
    using Checkpoints for Checkpoints.Trace208;

    /// @dev What an account's collateral is worth, in asset units.
    struct Backing {
        uint256 borrowable;
        uint256 liquidatable;
    }

    uint256 private constant COLLATERALS_MAX = 8;

    /// @notice Health of an account in 18 decimals: below 1 it can be liquidated; the largest number without debt. Reverts if a price is not fresh.
    function health(address account) internal view returns (uint256 wad) {
        uint256 debt = LendingInterest.debtOf(account);
        if (debt == 0) return type(uint256).max;
        return Math.mulDiv(backing(account).liquidatable, LendingState.WAD, debt);
    }

    /// @notice Collateral of an account in a token.
    function amountOf(address account, address token) internal view returns (uint256) {
        return LendingState.load().markets[token].collateral[account].latest();
    }

    /// @notice An account's part of the collateral in a token at a past second.
    function shareAt(address token, address holder, uint48 timepoint) internal view returns (uint256 part, uint256 whole) {
        if (timepoint >= block.timestamp) revert RwaErrors.InvalidParameter("timepoint");
        LendingState.Market storage m = LendingState.load().markets[token];
        return (m.collateral[holder].upperLookupRecent(timepoint), m.total.upperLookupRecent(timepoint));
    }

    /// @notice Collateral of all accounts in a market.
    function totalOf(LendingState.Market storage market) internal view returns (uint256) {
        return market.total.latest();
    }

    /// @notice Lists a token or changes its terms.
    function setMarket(address token, MarketParams memory p) internal {
        if (p.ltvBps >= p.liqThresholdBps) revert RwaErrors.InvalidParameter("ltvBps");
        // Else a liquidation could lower the health that it should restore.
        if (uint256(p.liqThresholdBps) * (LendingState.BPS + p.liqBonusBps) >= LendingState.BPS * LendingState.BPS) revert RwaErrors.InvalidParameter("liqThresholdBps");
        if (p.closeFactorBps == 0 || p.closeFactorBps > LendingState.BPS) revert RwaErrors.InvalidParameter("closeFactorBps");
        if (p.feedId == 0) revert RwaErrors.InvalidParameter("feedId");
        if (p.minTier > 4) revert RwaErrors.InvalidParameter("minTier");
        LendingState.Data storage $ = LendingState.load();
        LendingState.Market storage market = $.markets[token];
        if (!market.listed) {
            if (token == $.asset || token == address(this)) revert RwaErrors.InvalidParameter("token");
            uint8 decimals = IERC20Metadata(token).decimals();
            if (decimals > 18) revert RwaErrors.InvalidParameter("decimals");
            (market.listed, market.decimals) = (true, decimals);
            $.tokens.push(token);
        }
        market.params = p;
        emit ILendingEvents.MarketSet(token, keccak256(abi.encode(p)));
    }

    /// @notice Adds collateral to an account.
    function add(address account, address token, uint256 amount) internal {
        LendingState.Market storage market = LendingState.market(token);
        uint256 old = market.collateral[account].latest();
        if (old == 0 && amount != 0) {
            address[] storage list = LendingState.load().collateralsOf[account];
            if (list.length >= COLLATERALS_MAX) revert RwaErrors.TooMany(list.length + 1, COLLATERALS_MAX);
            list.push(token);
        }
        _setCollateral(market, account, old + amount, market.total.latest() + amount);
    }

    /// @notice Takes collateral from an account.
    function remove(address account, address token, uint256 amount) internal {
        LendingState.Market storage market = LendingState.market(token);
        uint256 old = market.collateral[account].latest();
        if (amount > old) revert RwaErrors.InvalidParameter("amount");
        _setCollateral(market, account, old - amount, market.total.latest() - amount);
        if (old != amount) return;
        address[] storage list = LendingState.load().collateralsOf[account];
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] != token) continue;
            list[i] = list[list.length - 1];
            list.pop();
            return;
        }
    }

    /// @notice Moves all collateral of a recovered wallet; within one identity the limit of tokens does not bind.
    function move(address lost, address replacement) internal {
        LendingState.Data storage $ = LendingState.load();
        address[] memory tokens = $.collateralsOf[lost];
        delete $.collateralsOf[lost];
        for (uint256 i = 0; i < tokens.length; ++i) {
            LendingState.Market storage market = $.markets[tokens[i]];
            uint256 amount = market.collateral[lost].latest();
            uint256 old = market.collateral[replacement].latest();
            if (old == 0) $.collateralsOf[replacement].push(tokens[i]);
            uint256 total = market.total.latest();
            _setCollateral(market, lost, 0, total);
            _setCollateral(market, replacement, old + amount, total);
        }
    }

    /// @notice Value of an account's collateral at fresh prices, weighted for borrowing and for liquidation.
    function backing(address account) internal view returns (Backing memory b) {
        LendingState.Data storage $ = LendingState.load();
        address[] storage tokens = $.collateralsOf[account];
        for (uint256 i = 0; i < tokens.length; ++i) {
            LendingState.Market storage market = $.markets[tokens[i]];
            MarketParams storage p = market.params;
            uint256 value = valueOf(market, market.collateral[account].latest(), price(market));
            if (p.active) b.borrowable += (value * p.ltvBps) / LendingState.BPS;
            b.liquidatable += (value * p.liqThresholdBps) / LendingState.BPS;
        }
    }

    /// @notice Reverts unless the account's collateral allows its debt.
    function requireBacked(address account) internal view {
        uint256 debt = LendingInterest.debtOf(account);
        if (debt == 0) return;
        Backing memory b = backing(account);
        if (debt > b.borrowable) revert ILendingEvents.HealthTooLow(Math.mulDiv(b.liquidatable, LendingState.WAD, debt));
    }

    /// @notice Fresh price of a whole token in the asset's currency, 18 decimals.
    function price(LendingState.Market storage market) internal view returns (uint256 price18) {
        (price18, ) = Oracle.price18(market.params.feedId);
        if (market.params.fxFeedId != 0) {
            (uint256 rate, ) = Oracle.price18(market.params.fxFeedId);
            price18 = Math.mulDiv(price18, rate, LendingState.WAD);
        }
    }

    /// @notice Value of an amount of collateral in asset units, rounded down.
    function valueOf(LendingState.Market storage market, uint256 amount, uint256 price18) internal view returns (uint256) {
        return Math.mulDiv(amount * 10 ** LendingState.load().assetDecimals, price18, 10 ** market.decimals * LendingState.WAD);
    }

    /// @notice Sets an account's collateral and its checkpoints.
    function _setCollateral(LendingState.Market storage market, address account, uint256 amount, uint256 total) private {
        uint48 time = uint48(block.timestamp);
        market.collateral[account].push(time, SafeCast.toUint208(amount));
        market.total.push(time, SafeCast.toUint208(total));
    }
}
