// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Assets} from "../common/Assets.sol";
import {Kyc} from "../common/Kyc.sol";
import {Owed} from "../common/Owed.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {IPositions} from "../interfaces/IPositions.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {VaultState} from "./VaultState.sol";
import {RedeemRequestData} from "./VaultTypes.sol";

/// @title IVaultEvents
/// @notice Events and errors of a vault, which it inherits so that its ABI has them.
interface IVaultEvents {
    /// @notice Shares were put into the redemption queue (topic of ERC-7540).
    event RedeemRequest(address indexed controller, address indexed owner, uint256 indexed requestId, address sender, uint256 shares);
    /// @notice A processed request was paid.
    event RedeemClaimed(uint256 indexed requestId, address indexed controller, uint256 assets);
    /// @notice A strategy was added, changed or removed.
    event StrategySet(address indexed strategy, uint256 cap, bool active);
    /// @notice Assets went to a strategy.
    event Allocated(address indexed strategy, uint256 assets);
    /// @notice Assets came back from a strategy.
    event Deallocated(address indexed strategy, uint256 assets);
    /// @notice A strategy collected its income.
    event Harvested(address indexed strategy, int256 pnl, uint256 fees);
    /// @notice The vault's value was reported.
    event Reported(uint256 gain, uint256 loss, uint256 fees);
    /// @notice The fees were set.
    event FeesSet(uint16 managementBps, uint16 performanceBps);

    /// @notice The strategy may not hold more than this.
    error StrategyCapExceeded(uint256 cap);
    /// @notice Not a strategy of this vault.
    error NotStrategy(address strategy);
    /// @notice The request is not processed, is paid, or does not exist.
    error QueueNotReady(uint256 requestId);
    /// @notice The fee is above its limit.
    error FeeTooHigh(uint16 bps);
}

/// @title VaultDesk
/// @notice Strategies, reports, fees and paid claims of a vault. A linked library, for the vault would exceed the size limit with it.
library VaultDesk {
    using SafeERC20 for IERC20;
    using VaultState for VaultState.Data;

    uint256 private constant BPS = 10_000;
    uint256 private constant RAY = 1e27;
    uint256 private constant VIRTUAL_SHARES = 1e6;
    uint256 private constant STRATEGIES_MAX = 16;
    uint16 private constant MANAGEMENT_MAX_BPS = 200;
    uint16 private constant PERFORMANCE_MAX_BPS = 2_000;
    uint48 private constant RELEASE_SECONDS = 24 hours;

    /// @notice Adds a strategy that works with the vault's asset.
    function addStrategy(address strategy, uint256 cap) external {
        VaultState.Data storage $ = VaultState.load();
        if ($.strategies[strategy].active || IStrategy(strategy).asset() != $.asset) revert IVaultEvents.NotStrategy(strategy);
        if ($.strategyList.length == STRATEGIES_MAX) revert RwaErrors.TooMany(STRATEGIES_MAX + 1, STRATEGIES_MAX);
        $.strategies[strategy] = VaultState.Strategy(cap, true);
        $.strategyList.push(strategy);
        emit IVaultEvents.StrategySet(strategy, cap, true);
    }

    /// @notice Changes the cap of a strategy.
    function setStrategyCap(address strategy, uint256 cap) external {
        _strategy(strategy).cap = cap;
        emit IVaultEvents.StrategySet(strategy, cap, true);
    }

    /// @notice Removes a strategy that holds nothing.
    function removeStrategy(address strategy) external {
        _strategy(strategy);
        if (IStrategy(strategy).totalValue() != 0) revert RwaErrors.InvalidParameter("totalValue");
        VaultState.Data storage $ = VaultState.load();
        delete $.strategies[strategy];
        for (uint256 i = 0; i < $.strategyList.length; ++i) {
            if ($.strategyList[i] != strategy) continue;
            $.strategyList[i] = $.strategyList[$.strategyList.length - 1];
            $.strategyList.pop();
            break;
        }
        emit IVaultEvents.StrategySet(strategy, 0, false);
    }

    /// @notice Gives idle assets to a strategy, within its cap.
    function allocate(address strategy, uint256 assets) external {
        uint256 cap = _strategy(strategy).cap;
        VaultState.Data storage $ = VaultState.load();
        if (assets == 0) revert RwaErrors.ZeroAmount();
        if (assets > $.idle) revert RwaErrors.InvalidParameter("assets");
        if (IStrategy(strategy).totalValue() + assets > cap) revert IVaultEvents.StrategyCapExceeded(cap);
        $.idle -= assets;
        IERC20($.asset).forceApprove(strategy, assets);
        IStrategy(strategy).deposit(assets);
        IERC20($.asset).forceApprove(strategy, 0);
        emit IVaultEvents.Allocated(strategy, assets);
    }

    /// @notice Takes assets back from a strategy; what arrives counts.
    function deallocate(address strategy, uint256 assets) external returns (uint256 received) {
        _strategy(strategy);
        VaultState.Data storage $ = VaultState.load();
        uint256 before = IERC20($.asset).balanceOf(address(this));
        IStrategy(strategy).withdraw(assets);
        received = IERC20($.asset).balanceOf(address(this)) - before;
        $.idle += received;
        emit IVaultEvents.Deallocated(strategy, received);
    }

    /// @notice Lets a strategy collect its income, then reports.
    function harvest(address strategy) external returns (int256 pnl) {
        _strategy(strategy);
        pnl = IStrategy(strategy).harvest();
        uint256 fees = _report();
        emit IVaultEvents.Harvested(strategy, pnl, fees);
    }

    /// @notice Books gains and losses since the last report, see `VaultState`.
    function report() external {
        _report();
    }

    /// @notice Sets the yearly management fee and the performance fee above the high-water mark.
    function setFees(uint16 managementBps, uint16 performanceBps) external {
        if (managementBps > MANAGEMENT_MAX_BPS) revert IVaultEvents.FeeTooHigh(managementBps);
        if (performanceBps > PERFORMANCE_MAX_BPS) revert IVaultEvents.FeeTooHigh(performanceBps);
        _report();
        VaultState.Data storage $ = VaultState.load();
        ($.managementBps, $.performanceBps) = (managementBps, performanceBps);
        emit IVaultEvents.FeesSet(managementBps, performanceBps);
    }

    /// @notice Pays a processed request to its controller.
    function claimRedeem(uint256 requestId) external returns (uint256 assets) {
        VaultState.Data storage $ = VaultState.load();
        RedeemRequestData storage request = $.requests[requestId];
        if (!request.processed || request.claimed) revert IVaultEvents.QueueNotReady(requestId);
        address controller = request.controller;
        Kyc.requireEligible(controller);
        request.claimed = true;
        assets = request.assets;
        $.reserved -= assets;
        Assets.push($.asset, controller, assets);
        emit IVaultEvents.RedeemClaimed(requestId, controller, assets);
    }

    /// @notice Moves the requests and what is owed from a recovered wallet to its replacement.
    function migratePosition(address lost, address replacement) external {
        Kyc.requireRecovered(lost, replacement);
        VaultState.Data storage $ = VaultState.load();
        uint256[] memory ids = $.requestsOf[lost];
        delete $.requestsOf[lost];
        for (uint256 i = 0; i < ids.length; ++i) {
            if ($.requests[ids[i]].claimed) continue;
            $.requests[ids[i]].controller = replacement;
            $.requestsOf[replacement].push(ids[i]);
        }
        Owed.migrate($.asset, lost, replacement);
        emit IPositions.PositionMigrated(lost, replacement);
    }

    /// @dev Fees are owed in assets and paid from what is idle. The release of profit is averaged by amount, so that a small report does not
    /// delay a large profit.
    function _report() private returns (uint256 fees) {
        VaultState.Data storage $ = VaultState.load();
        uint256 surplus = IERC20($.asset).balanceOf(address(this)) - $.idle - $.reserved - Owed.total($.asset);
        $.idle += surplus;
        uint256 live = $.gross();
        uint256 recorded = $.recorded;
        uint256 unreleased = $.lockedNow();
        uint256 supply = IERC20(address(this)).totalSupply();
        fees = Math.mulDiv($.netOf(live) * $.managementBps, block.timestamp - $.reportedAt, BPS * 365 days);
        $.reportedAt = uint48(block.timestamp);
        if (live > recorded) {
            uint256 gain = live - recorded;
            uint256 performance = _performanceFee($, live - Math.min(live, $.feesDue + fees), gain, supply);
            _lock($, unreleased, gain - performance);
            fees += performance;
            emit IVaultEvents.Reported(gain, 0, fees);
        } else if (live < recorded) {
            _lock($, unreleased - Math.min(unreleased, recorded - live), 0);
            emit IVaultEvents.Reported(0, recorded - live, fees);
        }
        $.recorded = live;
        _payFees($, fees);
    }

    function _performanceFee(VaultState.Data storage $, uint256 net, uint256 gain, uint256 supply) private returns (uint256 fee) {
        uint256 price = Math.mulDiv(net + 1, RAY, supply + VIRTUAL_SHARES);
        if (supply == 0 || price <= $.highWaterMark) return 0;
        uint256 profit = Math.mulDiv(price - $.highWaterMark, supply + VIRTUAL_SHARES, RAY);
        fee = (Math.min(profit, gain) * $.performanceBps) / BPS;
        $.highWaterMark = Math.mulDiv(net - fee + 1, RAY, supply + VIRTUAL_SHARES);
    }

    function _lock(VaultState.Data storage $, uint256 unreleased, uint256 gain) private {
        uint256 total = unreleased + gain;
        uint256 remaining = $.releaseEnd > block.timestamp ? $.releaseEnd - block.timestamp : 0;
        if (total != 0) remaining = Math.mulDiv(unreleased, remaining, total) + Math.mulDiv(gain, RELEASE_SECONDS, total);
        $.locked = total;
        $.releaseStart = uint48(block.timestamp);
        $.releaseEnd = uint48(block.timestamp + remaining);
    }

    function _payFees(VaultState.Data storage $, uint256 fees) private {
        uint256 due = $.feesDue + fees;
        uint256 paid = Math.min(due, $.idle);
        $.feesDue = due - paid;
        $.idle -= paid;
        $.recorded -= paid;
        Owed.payOrOwe($.asset, $.feeRecipient, paid);
    }

    function _strategy(address strategy) private view returns (VaultState.Strategy storage s) {
        s = VaultState.load().strategies[strategy];
        if (!s.active) revert IVaultEvents.NotStrategy(strategy);
    }
}
