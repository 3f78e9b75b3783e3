// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Activatable} from "../common/Activatable.sol";
import {Addresses} from "../common/Addresses.sol";
import {Assets} from "../common/Assets.sol";
import {Kyc} from "../common/Kyc.sol";
import {Roles} from "../common/Roles.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {IActivatable} from "../interfaces/IActivatable.sol";
import {IPositions} from "../interfaces/IPositions.sol";
import {ISpvOwners} from "../interfaces/ISpvOwners.sol";
import {PermissionedToken} from "../token/PermissionedToken.sol";
import {DealParams, DealState, Tranche, TrancheParams} from "./TrancheTypes.sol";
import {TrancheWaterfall} from "./TrancheWaterfall.sol";

/// @title TrancheDeal
/// @notice Splits an asset's cash flows into classes from senior to equity. A clone of the template; not upgradeable.
contract TrancheDeal is TrancheWaterfall, Activatable {
    uint48 private constant LOSS_CONFIRM_WITHIN = 30 days;
    uint48 private constant ARREAR_PERIODS_MAX = 2;

    /// @notice `investor` put `amount` into a tranche.
    event Invested(uint8 indexed tranche, address indexed investor, uint256 amount);
    /// @notice Funding ended; after a failure investors are refunded.
    event FundingClosed(bool success, uint256 total);
    /// @notice The servicer paid collections in.
    event Collected(uint256 amount, bytes32 report);
    /// @notice `investor` got its money back.
    event Refunded(uint8 indexed tranche, address indexed investor, uint256 amount);
    /// @notice The servicer proposed a loss.
    event LossProposed(bytes32 indexed lossId, uint256 amount, bytes32 docHash);
    /// @notice A confirmed loss was written off the tranches.
    event LossAllocated(uint256 amount, uint256[] perTranche, bytes32 docHash);
    /// @notice The deal has another servicer.
    event ServicerSet(address indexed servicer);

    /// @notice The tranche takes no more than is left of its target.
    error TrancheFull(uint8 tranche);
    /// @notice The loss is unknown or older than 30 days, or the caller proposed it.
    error SecondSignatureMissing(bytes32 lossId);

    /// @notice Locks the template: deals are clones.
    constructor() {
        _disableInitializers();
    }

    /// @notice Sets the deal up with its tokens, on which it is the controller; the factory calls this as it clones.
    function initialize(DealParams calldata p, TrancheParams[] calldata tranches, address[] calldata tokens) external initializer {
        _grantRole(DEFAULT_ADMIN_ROLE, Addresses.TIMELOCK);
        _grantRole(Roles.GUARDIAN, p.guardian);
        _grantRole(Roles.SERVICER, p.servicer);
        DealStorage storage $ = _deal();
        $.params = p;
        $.assetDecimals = IERC20Metadata(p.asset).decimals();
        for (uint256 i = 0; i < tranches.length; ++i) {
            Tranche storage tranche = $.tranches.push();
            tranche.token = tokens[i];
            tranche.couponBps = tranches[i].couponBps;
            tranche.scheduledAmortBps = tranches[i].scheduledAmortBps;
            tranche.target = tranches[i].targetPrincipal;
            PermissionedToken(tokens[i]).pause();
        }
        _setStatus(FUNDING);
    }

    /// @notice Escrows `amount` and mints as many units, which stay paused until the deal is funded; the tranche's rules admit the caller.
    function invest(uint8 tranche, uint256 amount) external nonReentrant {
        _requireActive();
        DealStorage storage $ = _deal();
        if ($.status != FUNDING) revert WrongStatus($.status);
        if (block.timestamp >= $.params.fundingEnd) revert RwaErrors.Expired();
        if (amount == 0) revert RwaErrors.ZeroAmount();
        Tranche storage t = _tranche(tranche);
        if (amount > t.target - t.issued) revert TrancheFull(tranche);
        t.issued += amount;
        $.escrow += amount;
        Assets.pull($.params.asset, msg.sender, amount);
        PermissionedToken(t.token).mint(msg.sender, amount);
        emit Invested(tranche, msg.sender, amount);
    }

    /// @notice Ends the funding; anyone. Every tranche full: the money goes to the SPV's manager and the deal starts. Else, after the
    /// funding's end, the deal is cancelled.
    function closeFunding() external nonReentrant {
        DealStorage storage $ = _deal();
        if ($.status != FUNDING) revert WrongStatus($.status);
        uint256 total = $.escrow;
        if (!_isFull()) {
            if (block.timestamp < $.params.fundingEnd) revert WrongStatus(FUNDING);
            _setStatus(CANCELLED);
            emit FundingClosed(false, total);
            return;
        }
        _setStatus(ACTIVE);
        $.escrow = 0;
        $.periodEnd = uint48(block.timestamp) + $.params.periodLength;
        for (uint256 i = 0; i < $.tranches.length; ++i) {
            Tranche storage t = $.tranches[i];
            t.principal = t.issued;
            if (PermissionedToken(t.token).paused()) PermissionedToken(t.token).unpause();
        }
        emit FundingClosed(true, total);
        _payOrOwe($.params.asset, ISpvOwners(Addresses.SPV_REGISTRY).managerOf($.params.spvId), total);
    }

    /// @notice Burns the caller's units of a cancelled deal and pays the same amount back.
    function refund(uint8 tranche) external nonReentrant {
        DealStorage storage $ = _deal();
        if ($.status != CANCELLED) revert WrongStatus($.status);
        Kyc.requireEligible(msg.sender);
        PermissionedToken token = PermissionedToken(_tranche(tranche).token);
        uint256 amount = token.balanceOf(msg.sender);
        if (amount == 0) revert RwaErrors.ZeroAmount();
        $.escrow -= amount;
        token.burn(msg.sender, amount);
        Assets.push($.params.asset, msg.sender, amount);
        emit Refunded(tranche, msg.sender, amount);
    }

    /// @notice The servicer pays collections in, with the hash of its report.
    function pay(uint256 amount, bytes32 servicerReport) external nonReentrant onlyRole(Roles.SERVICER) {
        _requireRunning();
        if (amount == 0) revert RwaErrors.ZeroAmount();
        DealStorage storage $ = _deal();
        $.cash += amount;
        $.lastReport = servicerReport;
        Assets.pull($.params.asset, msg.sender, amount);
        emit Collected(amount, servicerReport);
    }

    /// @notice Proposes a loss of collateral, at most the outstanding principal.
    function proposeLoss(uint256 amount, bytes32 docHash) external onlyRole(Roles.SERVICER) returns (bytes32 lossId) {
        _requireRunning();
        if (amount == 0) revert RwaErrors.ZeroAmount();
        if (amount > _totalPrincipal()) revert RwaErrors.InvalidParameter("amount");
        DealStorage storage $ = _deal();
        lossId = keccak256(abi.encode(address(this), ++$.lossCount, amount, docHash));
        $.proposedLosses[lossId] = Loss(amount, docHash, msg.sender, uint48(block.timestamp));
        emit LossProposed(lossId, amount, docHash);
    }

    /// @notice Confirms a loss: the guardian, who did not propose it, within 30 days. It is written off from junior to senior.
    function confirmLoss(bytes32 lossId) external onlyRole(Roles.GUARDIAN) {
        _requireRunning();
        DealStorage storage $ = _deal();
        Loss memory loss = $.proposedLosses[lossId];
        if (loss.proposer == address(0) || loss.proposer == msg.sender) revert SecondSignatureMissing(lossId);
        if (loss.proposedAt + LOSS_CONFIRM_WITHIN < block.timestamp) revert SecondSignatureMissing(lossId);
        if (loss.amount > _totalPrincipal()) revert RwaErrors.InvalidParameter("amount");
        delete $.proposedLosses[lossId];
        uint256 count = $.tranches.length;
        uint256[] memory perTranche = new uint256[](count);
        uint256 left = loss.amount;
        for (uint256 i = count; i != 0 && left != 0; --i) {
            Tranche storage t = $.tranches[i - 1];
            uint256 taken = Math.min(left, t.principal);
            t.principal -= taken;
            t.losses += taken;
            perTranche[i - 1] = taken;
            left -= taken;
        }
        emit LossAllocated(loss.amount, perTranche, loss.docHash);
    }

    /// @notice Declares the default: anyone, once the maturity has passed with principal outstanding, or interest of tranche 0 is in arrears
    /// for two periods.
    function declareDefault() external {
        DealStorage storage $ = _deal();
        if ($.status != ACTIVE && $.status != AMORTISING) revert WrongStatus($.status);
        bool isOverdue = block.timestamp > $.params.maturity && _totalPrincipal() != 0;
        bool isInArrears = $.arrearsSince != 0 && block.timestamp > $.arrearsSince + ARREAR_PERIODS_MAX * $.params.periodLength;
        if (!isOverdue && !isInArrears) revert WrongStatus($.status);
        _setStatus(DEFAULTED);
    }

    /// @notice Replaces the servicer.
    function setServicer(address servicer) external onlyRole(Roles.GUARDIAN) {
        if (servicer == address(0)) revert RwaErrors.ZeroAddress();
        DealStorage storage $ = _deal();
        _revokeRole(Roles.SERVICER, $.params.servicer);
        $.params.servicer = servicer;
        _grantRole(Roles.SERVICER, servicer);
        emit ServicerSet(servicer);
    }

    /// @inheritdoc IPositions
    function migratePosition(address lost, address replacement) external onlyRole(Roles.GUARDIAN) {
        Kyc.requireRecovered(lost, replacement);
        _migrateOwed(_deal().params.asset, lost, replacement);
        emit PositionMigrated(lost, replacement);
    }

    /// @notice The deal now.
    function state() external view returns (DealState memory s) {
        DealStorage storage $ = _deal();
        uint256 count = $.tranches.length;
        s = DealState($.status, $.periodEnd, $.cash, $.reserve, new uint256[](count), new uint256[](count), new uint256[](count));
        for (uint256 i = 0; i < count; ++i) {
            Tranche storage t = $.tranches[i];
            s.principal[i] = t.principal;
            s.arrears[i] = t.arrears;
            s.losses[i] = t.losses;
        }
    }

    /// @notice The terms of the deal.
    function params() external view returns (DealParams memory) {
        return _deal().params;
    }

    /// @notice A tranche with its sums.
    function trancheAt(uint8 tranche) external view returns (Tranche memory) {
        return _tranche(tranche);
    }

    /// @notice What investors have in escrow while the deal is funded.
    function escrow() external view returns (uint256) {
        return _deal().escrow;
    }

    /// @notice Token of a tranche.
    function tokenOf(uint8 tranche) external view returns (address) {
        return _tranche(tranche).token;
    }

    /// @inheritdoc AccessControlUpgradeable
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return
            interfaceId == type(IActivatable).interfaceId || interfaceId == type(IPositions).interfaceId || super.supportsInterface(interfaceId);
    }

    function _tranche(uint8 tranche) private view returns (Tranche storage) {
        DealStorage storage $ = _deal();
        if (tranche >= $.tranches.length) revert RwaErrors.InvalidParameter("tranche");
        return $.tranches[tranche];
    }

    function _isFull() private view returns (bool) {
        Tranche[] storage tranches = _deal().tranches;
        for (uint256 i = 0; i < tranches.length; ++i) {
            if (tranches[i].issued != tranches[i].target) return false;
        }
        return true;
    }
}
