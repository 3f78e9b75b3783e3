// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Oracle} from "../common/Oracle.sol";
import {PermissionedToken} from "../token/PermissionedToken.sol";
import {TrancheBase} from "./TrancheBase.sol";
import {Tranche} from "./TrancheTypes.sol";

/// @title TrancheWaterfall
/// @notice Distributes what the servicer collected, senior to junior, as dividends of the tranche tokens.
abstract contract TrancheWaterfall is TrancheBase {
    using SafeERC20 for IERC20;

    /// @dev One run in memory. `left` is the cash not given out yet.
    struct Run {
        uint256 elapsed;
        uint256 periods;
        uint256 left;
        uint256 fees;
        uint256 residual;
        uint256[] interest;
        uint256[] principal;
        uint48 recordTime;
    }

    /// @dev The triggers of a run. `ocCure` is the principal of tranche 0 above which the collateral does not suffice.
    struct Triggers {
        bool ocBreached;
        bool icBreached;
        uint256 ocBps;
        uint256 icBps;
        uint256 ocCure;
    }

    uint256 private constant YEAR_BPS = 365 days * BPS;
    uint8 private constant KIND_INCOME = 1;
    uint8 private constant KIND_CAPITAL = 2;
    uint8 private constant TRIGGER_OC = 1;
    uint8 private constant TRIGGER_IC = 2;
    uint48 private constant RECORD_AGE_MAX = 30 days;

    /// @notice One or more periods were distributed; `period` is the number of periods so far.
    event WaterfallRun(uint256 indexed period, uint256 fees, uint256[] interest, uint256[] principal, uint256 residual);
    /// @notice A trigger (1 over-collateralisation, 2 interest coverage) is breached at this value; 0 if its feed is not fresh.
    event TriggerBreached(uint8 indexed kind, uint256 valueBps);
    /// @notice A trigger is met again.
    event TriggerCured(uint8 indexed kind);

    /// @notice The period still runs until `next`.
    error PeriodNotElapsed(uint48 next);
    /// @notice Nothing is outstanding and nothing was collected.
    error NothingToDistribute();

    /// @notice Distributes the cash for the complete periods since the last run; anyone, once per period.
    function runWaterfall() external nonReentrant returns (uint256[] memory interest, uint256[] memory principal, uint256 residual) {
        _requireRunning();
        DealStorage storage $ = _deal();
        if (block.timestamp < $.periodEnd) revert PeriodNotElapsed($.periodEnd);
        uint256 outstanding = _totalPrincipal();
        if (outstanding == 0 && $.cash == 0) revert NothingToDistribute();

        Run memory run = _startRun($);
        Triggers memory triggers = _triggers(run.left, run.elapsed);
        _report($, triggers);
        run.fees = Math.min(run.left, Math.mulDiv(outstanding * $.params.feeBps, run.elapsed, YEAR_BPS));
        run.left -= run.fees;
        if ($.status == ACTIVE) _distributeActive($, run, triggers);
        else _distributeSequential($, run);
        if (_totalPrincipal() == 0) {
            run.left += $.reserve;
            $.reserve = 0;
            _setStatus(MATURED);
        }
        run.residual = run.left;
        $.cash = 0;

        emit WaterfallRun($.period, run.fees, run.interest, run.principal, run.residual);
        _payOut($, run);
        return (run.interest, run.principal, run.residual);
    }

    /// @notice Whether the triggers are breached now, for the complete periods since the last run.
    function trigger() external view returns (bool ocBreached, bool icBreached) {
        DealStorage storage $ = _deal();
        uint48 length = $.params.periodLength;
        uint256 elapsed = block.timestamp < $.periodEnd || length == 0 ? 0 : ((block.timestamp - $.periodEnd) / length + 1) * length;
        Triggers memory triggers = _triggers($.cash, elapsed);
        return (triggers.ocBreached, triggers.icBreached);
    }

    /// @dev Advances the period, decides the record time and, at maturity, the amortisation. In default the reserve is cash.
    function _startRun(DealStorage storage $) private returns (Run memory run) {
        uint48 length = $.params.periodLength;
        run.periods = (block.timestamp - $.periodEnd) / length + 1;
        run.elapsed = run.periods * length;
        uint48 end = $.periodEnd + uint48(run.elapsed) - length;
        $.periodEnd = end + length;
        $.period += run.periods;
        if ($.status == ACTIVE && end >= $.params.maturity) _setStatus(AMORTISING);
        run.recordTime = end == block.timestamp ? end - 1 : end;
        if (run.recordTime + RECORD_AGE_MAX < block.timestamp) run.recordTime = uint48(block.timestamp) - RECORD_AGE_MAX;
        run.left = $.cash;
        if ($.status == DEFAULTED) {
            run.left += $.reserve;
            $.reserve = 0;
        }
        run.interest = new uint256[]($.tranches.length);
        run.principal = new uint256[]($.tranches.length);
    }

    /// @dev Interest senior to junior, then the cure of a breached trigger, scheduled principal and the reserve.
    function _distributeActive(DealStorage storage $, Run memory run, Triggers memory triggers) private {
        uint256 count = $.tranches.length;
        for (uint256 i = 0; i < count; ++i) _payInterest($, run, i);
        uint256 senior = $.tranches[0].principal;
        if (triggers.icBreached) _repay($, run, 0, senior);
        else if (triggers.ocBreached) _repay($, run, 0, senior - Math.min(senior, triggers.ocCure));
        for (uint256 i = 0; i < count; ++i) {
            Tranche storage tranche = $.tranches[i];
            uint256 due = Math.mulDiv(tranche.issued * run.periods, tranche.scheduledAmortBps, BPS);
            _repay($, run, i, Math.min(due, tranche.principal));
        }
        uint256 target = $.params.reserveTarget;
        if ($.reserve < target) {
            uint256 topUp = Math.min(run.left, target - $.reserve);
            $.reserve += topUp;
            run.left -= topUp;
        }
    }

    /// @dev Tranche after tranche: its interest, then its principal, before the next one receives anything.
    function _distributeSequential(DealStorage storage $, Run memory run) private {
        for (uint256 i = 0; i < $.tranches.length; ++i) {
            _payInterest($, run, i);
            _repay($, run, i, $.tranches[i].principal);
        }
    }

    /// @dev Pays interest and arrears of a tranche; a shortfall of tranche 0 is drawn from the reserve; the rest becomes arrears.
    function _payInterest(DealStorage storage $, Run memory run, uint256 i) private {
        Tranche storage tranche = $.tranches[i];
        uint256 due = tranche.arrears + Math.mulDiv(tranche.principal * tranche.couponBps, run.elapsed, YEAR_BPS);
        uint256 paid = Math.min(due, run.left);
        run.left -= paid;
        if (i == 0 && paid < due) {
            uint256 drawn = Math.min(due - paid, $.reserve);
            $.reserve -= drawn;
            paid += drawn;
        }
        tranche.arrears = due - paid;
        tranche.paidInterest += paid;
        run.interest[i] = paid;
        if (i == 0) {
            if (paid == due) $.arrearsSince = 0;
            else if ($.arrearsSince == 0) $.arrearsSince = $.periodEnd - $.params.periodLength;
        }
    }

    function _repay(DealStorage storage $, Run memory run, uint256 i, uint256 amount) private {
        Tranche storage tranche = $.tranches[i];
        uint256 paid = Math.min(amount, run.left);
        run.left -= paid;
        run.principal[i] += paid;
        tranche.principal -= paid;
        tranche.repaid += paid;
    }

    /// @dev A feed that is not fresh counts as breached, and then nothing but full repayment cures it.
    function _triggers(uint256 cash, uint256 elapsed) private view returns (Triggers memory t) {
        DealStorage storage $ = _deal();
        Tranche storage senior = $.tranches[0];
        uint256 principal = senior.principal;
        if ($.params.ocTriggerBps != 0 && principal != 0) {
            uint256 value = Oracle.valueOrZero($.params.navFeedId, $.assetDecimals);
            t.ocBps = Math.mulDiv(value, BPS, principal);
            t.ocCure = Math.mulDiv(value, BPS, $.params.ocTriggerBps);
            t.ocBreached = t.ocBps < $.params.ocTriggerBps;
        }
        uint256 due = senior.arrears + Math.mulDiv(principal * senior.couponBps, elapsed, YEAR_BPS);
        if ($.params.icTriggerBps != 0 && due != 0) {
            uint256 fees = Math.mulDiv(_totalPrincipal() * $.params.feeBps, elapsed, YEAR_BPS);
            t.icBps = Math.mulDiv(cash - Math.min(cash, fees), BPS, due);
            t.icBreached = t.icBps < $.params.icTriggerBps;
        }
    }

    function _report(DealStorage storage $, Triggers memory t) private {
        if (t.ocBreached) emit TriggerBreached(TRIGGER_OC, t.ocBps);
        else if ($.ocBreached) emit TriggerCured(TRIGGER_OC);
        if (t.icBreached) emit TriggerBreached(TRIGGER_IC, t.icBps);
        else if ($.icBreached) emit TriggerCured(TRIGGER_IC);
        $.ocBreached = t.ocBreached;
        $.icBreached = t.icBreached;
    }

    function _payOut(DealStorage storage $, Run memory run) private {
        address asset = $.params.asset;
        _payOrOwe(asset, $.params.servicer, run.fees);
        uint256 last = $.tranches.length - 1;
        for (uint256 i = 0; i <= last; ++i) {
            address token = $.tranches[i].token;
            _declare(asset, token, run.interest[i], KIND_INCOME, run.recordTime);
            _declare(asset, token, run.principal[i], KIND_CAPITAL, run.recordTime);
            if (i == last) _declare(asset, token, run.residual, KIND_INCOME, run.recordTime);
        }
    }

    function _declare(address asset, address token, uint256 amount, uint8 kind, uint48 recordTime) private {
        if (amount == 0) return;
        IERC20(asset).forceApprove(token, amount);
        PermissionedToken(token).declareDividend(asset, amount, kind, recordTime, uint48(block.timestamp), _deal().lastReport);
    }
}
