// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC20/ERC20Upgradeable.sol";
import {ERC20PermitUpgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC20/extensions/ERC20PermitUpgradeable.sol";
import {ERC4626Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC20/extensions/ERC4626Upgradeable.sol";
import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Activatable} from "../common/Activatable.sol";
import {Assets} from "../common/Assets.sol";
import {Kyc} from "../common/Kyc.sol";
import {OwedLedger} from "../common/OwedLedger.sol";
import {Roles} from "../common/Roles.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {IActivatable} from "../interfaces/IActivatable.sol";
import {IPositions} from "../interfaces/IPositions.sol";
import {ComplianceERC20} from "../token/ComplianceERC20.sol";
import {IVaultEvents, VaultDesk} from "./VaultDesk.sol";
import {VaultState} from "./VaultState.sol";
import {RedeemRequestData, VaultParams} from "./VaultTypes.sol";

/// @title Vault
/// @notice ERC-4626 vault over strategies of real-world assets, with a first-come redemption queue because those are illiquid. It counts its
/// assets itself; the share token obeys the rule engine.
contract Vault is ComplianceERC20, ERC4626Upgradeable, ERC20PermitUpgradeable, PausableUpgradeable, OwedLedger, Activatable, IVaultEvents {
    using VaultState for VaultState.Data;

    uint8 private constant SHARE_DECIMALS_MORE = 6;
    uint256 private constant REQUESTS_MAX = 100;

    /// @notice Locks the implementation: vaults are beacon proxies.
    constructor() {
        _disableInitializers();
    }

    /// @notice Sets the vault up; the calling factory is the first rule administrator of the shares.
    function initialize(VaultParams calldata p) external initializer {
        if (p.admin == address(0) || p.operator == address(0) || p.pauser == address(0) || p.feeRecipient == address(0)) {
            revert RwaErrors.ZeroAddress();
        }
        __ComplianceERC20_init(p.name, p.symbol, msg.sender);
        __ERC20Permit_init(p.name);
        __ERC4626_init(IERC20(p.asset));
        _grantRole(DEFAULT_ADMIN_ROLE, p.admin);
        _grantRole(Roles.OPERATOR, p.operator);
        _grantRole(Roles.PAUSER, p.pauser);
        _grantRole(Roles.AGENT, p.pauser);
        VaultState.Data storage $ = VaultState.load();
        ($.asset, $.feeRecipient, $.depositCap) = (p.asset, p.feeRecipient, p.depositCap);
        $.reportedAt = uint48(block.timestamp);
        $.highWaterMark = 1e27 / 10 ** SHARE_DECIMALS_MORE;
    }

    /// @notice Puts `shares` of `owner_` into the queue for `controller`: the owner or a spender it has approved. At least the shares of one whole
    /// asset, or the whole balance.
    function requestRedeem(uint256 shares, address controller, address owner_) external nonReentrant returns (uint256 requestId) {
        if (controller == address(0)) revert RwaErrors.ZeroAddress();
        if (shares == 0) revert RwaErrors.ZeroAmount();
        if (msg.sender != owner_) _spendAllowance(owner_, msg.sender, shares);
        uint256 unit = 10 ** (decimals() - SHARE_DECIMALS_MORE);
        if (shares != balanceOf(owner_) && convertToAssets(shares) < unit) revert RwaErrors.InvalidParameter("shares");
        // A movement into escrow is an exit: a pause does not stop it, a freeze does, and the rules are asked.
        _requireSpendable(owner_, shares);
        Kyc.ENGINE.transferred(owner_, address(this), shares);
        _account(owner_, address(this), shares);
        VaultState.Data storage $ = VaultState.load();
        requestId = ++$.requestCount;
        $.requests[requestId] = RedeemRequestData(controller, false, false, shares, 0);
        $.requestsOf[controller].push(requestId);
        emit RedeemRequest(controller, owner_, requestId, msg.sender, shares);
    }

    /// @notice Prices and burns the shares of waiting requests, first come first served, while idle assets suffice; anyone, at most 100.
    function processQueue(uint256 maxRequests) external nonReentrant returns (uint256 processed) {
        VaultState.Data storage $ = VaultState.load();
        uint256 limit = Math.min(Math.min(maxRequests, REQUESTS_MAX), $.requestCount - $.processedCount);
        while (processed < limit) {
            RedeemRequestData storage request = $.requests[$.processedCount + 1];
            uint256 assets = convertToAssets(request.shares);
            if (assets > $.idle) break;
            (request.processed, request.assets) = (true, assets);
            $.idle -= assets;
            $.recorded -= assets;
            $.reserved += assets;
            ++$.processedCount;
            ++processed;
            _burn(address(this), request.shares);
        }
    }

    /// @notice Pays a processed request to its controller; anyone may call.
    function claimRedeem(uint256 requestId) external nonReentrant returns (uint256 assets) {
        return VaultDesk.claimRedeem(requestId);
    }

    /// @notice Adds a strategy with a cap on its value.
    function addStrategy(address strategy, uint256 cap) external onlyRole(DEFAULT_ADMIN_ROLE) {
        VaultDesk.addStrategy(strategy, cap);
    }

    /// @notice Changes the cap of a strategy.
    function setStrategyCap(address strategy, uint256 cap) external onlyRole(DEFAULT_ADMIN_ROLE) {
        VaultDesk.setStrategyCap(strategy, cap);
    }

    /// @notice Removes a strategy that holds nothing.
    function removeStrategy(address strategy) external onlyRole(DEFAULT_ADMIN_ROLE) {
        VaultDesk.removeStrategy(strategy);
    }

    /// @notice Gives idle assets to a strategy, within its cap.
    function allocate(address strategy, uint256 assets) external nonReentrant whenNotPaused onlyRole(Roles.OPERATOR) {
        VaultDesk.allocate(strategy, assets);
    }

    /// @notice Takes assets back from a strategy and returns what arrived.
    function deallocate(address strategy, uint256 assets) external nonReentrant onlyRole(Roles.OPERATOR) returns (uint256) {
        return VaultDesk.deallocate(strategy, assets);
    }

    /// @notice Lets a strategy collect its income, then reports.
    function harvest(address strategy) external nonReentrant onlyRole(Roles.OPERATOR) returns (int256 pnl) {
        return VaultDesk.harvest(strategy);
    }

    /// @notice Books gains, which are released over 24 hours, losses, and fees; anyone.
    function report() external nonReentrant {
        VaultDesk.report();
    }

    /// @notice Sets the fees: management at most 200 bps a year, performance at most 2,000 bps above the high-water mark.
    function setFees(uint16 managementBps, uint16 performanceBps) external nonReentrant onlyRole(DEFAULT_ADMIN_ROLE) {
        VaultDesk.setFees(managementBps, performanceBps);
    }

    /// @notice Stops deposits and allocations, never redemption: pauser or administrator.
    function pause() external {
        _requirePauser();
        _pause();
    }

    /// @notice Lets deposits go on: pauser or administrator.
    function unpause() external {
        _requirePauser();
        _unpause();
    }

    /// @notice Moves the requests of a recovered wallet to its replacement: the pauser.
    function migratePosition(address lost, address replacement) external onlyRole(Roles.PAUSER) {
        VaultDesk.migratePosition(lost, replacement);
    }

    /// @notice Shares of a request that waits, for its controller.
    function pendingRedeemRequest(uint256 requestId, address controller) external view returns (uint256 shares) {
        RedeemRequestData storage request = VaultState.load().requests[requestId];
        return request.controller != controller || request.processed ? 0 : request.shares;
    }

    /// @notice Shares of a request that is processed and not paid, for its controller.
    function claimableRedeemRequest(uint256 requestId, address controller) external view returns (uint256 shares) {
        RedeemRequestData storage request = VaultState.load().requests[requestId];
        return request.controller != controller || !request.processed || request.claimed ? 0 : request.shares;
    }

    /// @notice Assets a processed request is paid.
    function requestAssets(uint256 requestId) external view returns (uint256) {
        return VaultState.load().requests[requestId].assets;
    }

    /// @notice Number of requests so far and how many of them are processed.
    function queueState() external view returns (uint256 requested, uint256 processed) {
        VaultState.Data storage $ = VaultState.load();
        return ($.requestCount, $.processedCount);
    }

    /// @notice Idle assets, assets reserved for claims, unreleased profit and fees not paid yet.
    function books() external view returns (uint256 idle, uint256 reserved, uint256 unreleased, uint256 feesDue) {
        VaultState.Data storage $ = VaultState.load();
        return ($.idle, $.reserved, $.lockedNow(), $.feesDue);
    }

    /// @notice The strategies.
    function strategies() external view returns (address[] memory) {
        return VaultState.load().strategyList;
    }

    /// @notice Cap of a strategy, and whether it is one.
    function strategyOf(address strategy) external view returns (uint256 cap, bool isActive) {
        VaultState.Strategy storage s = VaultState.load().strategies[strategy];
        return (s.cap, s.active);
    }

    /// @inheritdoc IERC4626
    function totalAssets() public view override returns (uint256) {
        VaultState.Data storage $ = VaultState.load();
        return $.netOf($.gross());
    }

    /// @inheritdoc IERC4626
    function maxDeposit(address receiver) public view override returns (uint256) {
        if (!_mayEnter(receiver)) return 0;
        (bool isKnown, uint256 total) = _tryTotalAssets();
        uint256 cap = VaultState.load().depositCap;
        return !isKnown || total >= cap ? 0 : cap - total;
    }

    /// @inheritdoc IERC4626
    function maxMint(address receiver) public view override returns (uint256) {
        uint256 assets = maxDeposit(receiver);
        return assets == 0 ? 0 : _convertToShares(assets, Math.Rounding.Floor);
    }

    /// @inheritdoc IERC4626
    function maxWithdraw(address owner_) public view override returns (uint256) {
        (bool isKnown, ) = _tryTotalAssets();
        if (!isKnown || !_mayLeaveNow(owner_)) return 0;
        return Math.min(_convertToAssets(_spendable(owner_), Math.Rounding.Floor), VaultState.load().idle);
    }

    /// @inheritdoc IERC4626
    function maxRedeem(address owner_) public view override returns (uint256) {
        (bool isKnown, ) = _tryTotalAssets();
        if (!isKnown || !_mayLeaveNow(owner_)) return 0;
        return Math.min(_spendable(owner_), _convertToShares(VaultState.load().idle, Math.Rounding.Floor));
    }

    /// @inheritdoc ERC4626Upgradeable
    function decimals() public view override(ERC20Upgradeable, ERC4626Upgradeable) returns (uint8) {
        return super.decimals();
    }

    /// @inheritdoc ComplianceERC20
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return
            interfaceId == type(IERC4626).interfaceId ||
            interfaceId == type(IPositions).interfaceId ||
            interfaceId == type(IActivatable).interfaceId ||
            super.supportsInterface(interfaceId);
    }

    /// @notice Takes the assets in; books before it pulls.
    function _deposit(address caller, address receiver, uint256 assets, uint256 shares) internal override nonReentrant {
        if (assets == 0 || shares == 0) revert RwaErrors.ZeroAmount();
        VaultState.Data storage $ = VaultState.load();
        $.idle += assets;
        $.recorded += assets;
        _mint(receiver, shares);
        Assets.pull($.asset, caller, assets);
        emit Deposit(caller, receiver, assets, shares);
    }

    /// @notice Pays idle assets out, free of freezes and legal holds only.
    function _withdraw(address caller, address receiver, address owner_, uint256 assets, uint256 shares) internal override nonReentrant {
        if (caller != owner_) _spendAllowance(owner_, caller, shares);
        Kyc.requireEligible(receiver);
        VaultState.Data storage $ = VaultState.load();
        $.idle -= assets;
        $.recorded -= assets;
        _burnOfHolder(owner_, shares);
        Assets.push($.asset, receiver, assets);
        emit Withdraw(caller, receiver, owner_, assets, shares);
    }

    /// @notice Every movement passes the rule engine.
    function _update(address from, address to, uint256 amount) internal override(ComplianceERC20, ERC20Upgradeable) {
        super._update(from, to, amount);
    }

    /// @notice A pause also stops transfers of shares.
    function _transfersPaused() internal view override returns (bool) {
        return paused();
    }

    /// @notice Six more decimals than the asset: a margin of a million against inflated first deposits.
    function _decimalsOffset() internal pure override returns (uint8) {
        return SHARE_DECIMALS_MORE;
    }

    function _mayEnter(address receiver) private view returns (bool) {
        return active() && !paused() && Kyc.isEligible(receiver);
    }

    function _mayLeaveNow(address owner_) private view returns (bool) {
        VaultState.Data storage $ = VaultState.load();
        return $.requestCount == $.processedCount && Kyc.isEligible(owner_);
    }

    function _tryTotalAssets() private view returns (bool isKnown, uint256 total) {
        try this.totalAssets() returns (uint256 value) {
            return (true, value);
        } catch {}
    }

    function _requirePauser() private view {
        if (!hasRole(Roles.PAUSER, msg.sender)) _checkRole(DEFAULT_ADMIN_ROLE);
    }
}
