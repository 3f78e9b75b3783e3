// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILendingEvents, LendingState} from "./LendingState.sol";
import {RateParams} from "./LendingTypes.sol";

/// @title LendingInterest
/// @notice Interest and debts of the pool.
library LendingInterest {
    /// @notice Adds the interest since the last call to the debts and the reserves; anyone.
    function accrue() internal {
        LendingState.Data storage $ = LendingState.load();
        if ($.accruedAt == block.timestamp) return;
        (uint256 perYear, uint256 utilisation) = rate($);
        (uint256 index, uint256 reserves) = accrued($, perYear);
        $.index = index;
        $.reserves = reserves;
        $.accruedAt = uint48(block.timestamp);
        emit ILendingEvents.Accrued(index, perYear, utilisation);
    }

    /// @notice Debt of an account with interest until now, rounded up.
    function debtOf(address account) internal view returns (uint256) {
        LendingState.Data storage $ = LendingState.load();
        (uint256 perYear, ) = rate($);
        (uint256 index, ) = accrued($, perYear);
        return Math.mulDiv($.scaledDebtOf[account], index, LendingState.INDEX_ONE, Math.Rounding.Ceil);
    }

    /// @notice What belongs to the suppliers: cash and debts without the reserves, with interest until now.
    function totalAssets() internal view returns (uint256) {
        LendingState.Data storage $ = LendingState.load();
        (uint256 perYear, ) = rate($);
        (uint256 index, uint256 reserves) = accrued($, perYear);
        return $.cash + Math.mulDiv($.scaledDebt, index, LendingState.INDEX_ONE) - reserves;
    }

    /// @notice Debts of all accounts at the last accrual, rounded down.
    function totalDebt(LendingState.Data storage $) internal view returns (uint256) {
        return Math.mulDiv($.scaledDebt, $.index, LendingState.INDEX_ONE);
    }

    /// @notice Adds debt to an account.
    function increase(LendingState.Data storage $, address account, uint256 assets) internal {
        uint256 scaled = Math.mulDiv(assets, LendingState.INDEX_ONE, $.index, Math.Rounding.Ceil);
        $.scaledDebtOf[account] += scaled;
        $.scaledDebt += scaled;
    }

    /// @notice Takes debt from an account: all of it if `assets` is the whole debt, else rounded down.
    function decrease(LendingState.Data storage $, address account, uint256 assets) internal {
        uint256 scaled = $.scaledDebtOf[account];
        if (assets < Math.mulDiv(scaled, $.index, LendingState.INDEX_ONE, Math.Rounding.Ceil)) scaled = Math.mulDiv(assets, LendingState.INDEX_ONE, $.index);
        $.scaledDebtOf[account] -= scaled;
        $.scaledDebt -= scaled;
    }

    /// @notice Removes the debt of an account that has nothing left: the reserves bear it first, then the suppliers.
    function writeOff(LendingState.Data storage $, address account) internal returns (uint256 debt, uint256 fromReserves) {
        debt = Math.mulDiv($.scaledDebtOf[account], $.index, LendingState.INDEX_ONE, Math.Rounding.Ceil);
        uint256 before = totalDebt($);
        decrease($, account, debt);
        fromReserves = Math.min($.reserves, before - totalDebt($));
        $.reserves -= fromReserves;
    }

    /// @dev Yearly rate and utilisation, both in 18 decimals.
    function rate(LendingState.Data storage $) internal view returns (uint256 perYear, uint256 utilisation) {
        uint256 debt = totalDebt($);
        if (debt == 0) return (0, 0);
        utilisation = Math.min(LendingState.WAD, Math.mulDiv(debt, LendingState.WAD, $.cash + debt - Math.min($.reserves, $.cash)));
        RateParams memory r = $.rates;
        uint256 kink = (r.kinkBps * LendingState.WAD) / LendingState.BPS;
        perYear = (r.slope1Bps * Math.min(utilisation, kink)) / r.kinkBps;
        if (utilisation > kink) perYear += (r.slope2Bps * (utilisation - kink)) / (LendingState.BPS - r.kinkBps);
    }

    /// @dev Index and reserves with the interest until now.
    function accrued(LendingState.Data storage $, uint256 perYear) internal view returns (uint256 index, uint256 reserves) {
        index = $.index + Math.mulDiv($.index, perYear * (block.timestamp - $.accruedAt), LendingState.WAD * 365 days);
        uint256 interest = Math.mulDiv($.scaledDebt, index, LendingState.INDEX_ONE) - totalDebt($);
        reserves = $.reserves + (interest * $.rates.reserveBps) / LendingState.BPS;
    }
}
