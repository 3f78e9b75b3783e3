// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {ERC20Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC20/ERC20Upgradeable.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {OwedLedger} from "../common/OwedLedger.sol";
import {PausableModule} from "../common/PausableModule.sol";
import {Roles} from "../common/Roles.sol";
import {RuleSetup} from "../common/Structs.sol";
import {IDividendVenue} from "../interfaces/IDividendVenue.sol";
import {IPositions} from "../interfaces/IPositions.sol";
import {ComplianceERC20} from "../token/ComplianceERC20.sol";
import {TokenDeployer} from "../token/TokenDeployer.sol";
import {LendingDesk} from "./LendingDesk.sol";
import {ILendingEvents, LendingState} from "./LendingState.sol";
import {MarketParams, RateParams} from "./LendingTypes.sol";

/// @title LendingPool
/// @notice Variable-rate lending of one asset against permissioned collateral, and the share token of its suppliers. Repayment, added collateral
/// and the suppliers' exit depend neither on the oracle nor on a pause.
contract LendingPool is ComplianceERC20, PausableModule, OwedLedger, ILendingEvents, IDividendVenue {
    using Checkpoints for Checkpoints.Trace208;

    uint256 private constant VIRTUAL_SHARES = 1e6;

    /// @notice Sets the pool up, with itself as first rule administrator of its shares; `admin` (the Timelock) accepts the rules.
    function initialize(
        address admin,
        address guardian,
        address asset_,
        string memory name_,
        string memory symbol_,
        RuleSetup memory shareRules
    ) external initializer {
        __PausableModule_init(admin, guardian);
        __ComplianceERC20_init(name_, symbol_, address(this));
        _grantRole(Roles.AGENT, guardian);
        _grantRole(Roles.RISK, admin);
        LendingDesk.setUp(asset_);
        TokenDeployer.applyRules(address(this), shareRules, admin);
    }

    /// @notice Supplies `assets` for shares of `to`.
    function supply(uint256 assets, address to) external nonReentrant whenNotPaused returns (uint256 shares) {
        LendingDesk.accrue();
        shares = _toShares(assets, Math.Rounding.Floor);
        LendingDesk.takeSupply(assets, shares);
        _mint(to, shares);
        emit Supplied(msg.sender, to, assets, shares);
    }

    /// @notice Takes `assets` out for as many shares of the caller as that needs.
    function withdraw(uint256 assets, address to) external nonReentrant returns (uint256 shares) {
        LendingDesk.accrue();
        shares = _toShares(assets, Math.Rounding.Ceil);
        _withdraw(assets, shares, to);
    }

    /// @notice Takes what `shares` of the caller are worth out.
    function redeem(uint256 shares, address to) external nonReentrant returns (uint256 assets) {
        LendingDesk.accrue();
        assets = Math.mulDiv(shares, totalAssets() + 1, totalSupply() + VIRTUAL_SHARES);
        _withdraw(assets, shares, to);
    }

    /// @notice Adds collateral of the caller; always possible.
    function depositCollateral(address token, uint256 amount) external nonReentrant {
        LendingDesk.depositCollateral(token, amount);
    }

    /// @notice Takes collateral of the caller out, as far as the rest allows its debt.
    function withdrawCollateral(address token, uint256 amount) external nonReentrant {
        LendingDesk.withdrawCollateral(token, amount);
    }

    /// @notice Borrows `assets` to `to` against the caller's collateral.
    function borrow(uint256 assets, address to) external nonReentrant whenNotPaused {
        LendingDesk.borrow(assets, to);
    }

    /// @notice Repays at most `assets` of an account's debt; anyone eligible, paused or not, whatever the oracle says.
    function repay(uint256 assets, address onBehalf) external nonReentrant returns (uint256 repaid) {
        return LendingDesk.repay(assets, onBehalf);
    }

    /// @notice Repays debt of an account whose health is below 1 for its collateral with a bonus, at least `minSeized`. What is then left
    /// without collateral is written off.
    function liquidate(address borrower, address collateral, uint256 repayAssets, uint256 minSeized)
        external
        nonReentrant
        whenNotPaused
        returns (uint256 seized)
    {
        return LendingDesk.liquidate(borrower, collateral, repayAssets, minSeized);
    }

    /// @notice Starts the seven days after which collateral of an unhealthy account can go to its issuer, or stops them; anyone.
    function flag(address borrower) external {
        LendingDesk.flag(borrower);
    }

    /// @notice Sells collateral that nobody liquidated in seven days to the manager of its SPV at the oracle's price; the manager has approved
    /// the payment.
    function seizeToIssuer(address borrower, address collateral, uint256 repayAssets)
        external
        nonReentrant
        whenNotPaused
        onlyRole(Roles.GUARDIAN)
        returns (uint256 seized)
    {
        return LendingDesk.seizeToIssuer(borrower, collateral, repayAssets);
    }

    /// @notice Writes off the debt of an account without collateral; anyone.
    function writeOff(address borrower) external {
        LendingDesk.writeOff(borrower);
    }

    /// @notice Lists a collateral.
    function listCollateral(address token, MarketParams calldata p) external onlyRole(Roles.RISK) {
        LendingDesk.setMarket(token, p, true);
    }

    /// @notice Changes the terms of a collateral.
    function setParams(address token, MarketParams calldata p) external onlyRole(Roles.RISK) {
        LendingDesk.setMarket(token, p, false);
    }

    /// @notice Changes the interest model from now on.
    function setRates(RateParams calldata p) external onlyRole(Roles.RISK) {
        LendingDesk.setRates(p);
    }

    /// @notice Pays reserves out, at most the cash.
    function withdrawReserves(address to, uint256 amount) external nonReentrant onlyRole(DEFAULT_ADMIN_ROLE) {
        LendingDesk.withdrawReserves(to, amount);
    }

    /// @inheritdoc IPositions
    function migratePosition(address lost, address replacement) external onlyRole(Roles.GUARDIAN) {
        LendingDesk.migratePosition(lost, replacement);
    }

    /// @notice Adds the interest since the last call to the debts and the reserves; anyone.
    function accrue() external {
        LendingDesk.accrue();
    }

    /// @notice Health of an account in 18 decimals: below 1 it can be liquidated; the largest number without debt. Reverts if a price is not fresh.
    function health(address account) external view returns (uint256 wad) {
        return LendingDesk.health(account);
    }

    /// @notice Debt of an account with interest until now, rounded up.
    function debtOf(address account) external view returns (uint256) {
        return LendingDesk.debtOf(account);
    }

    /// @notice What belongs to the suppliers: cash and debts without the reserves, with interest until now.
    function totalAssets() public view returns (uint256) {
        return LendingDesk.totalAssets();
    }

    /// @notice Cash, debts and reserves at the last accrual, with the index (27 decimals), the yearly rate and the utilisation (18 decimals).
    function poolState()
        external
        view
        returns (uint256 cash, uint256 debt, uint256 reserves, uint256 index, uint256 ratePerYear, uint256 utilisation)
    {
        return LendingDesk.poolState();
    }

    /// @notice The interest model.
    function rateParams() external view returns (RateParams memory) {
        return LendingState.load().rates;
    }

    /// @notice Collateral of an account in a token.
    function collateralOf(address account, address token) external view returns (uint256) {
        return LendingState.load().markets[token].collateral[account].latest();
    }

    /// @notice Collateral of all accounts in a token.
    function totalCollateral(address token) external view returns (uint256) {
        return LendingState.load().markets[token].total.latest();
    }

    /// @notice Tokens of which an account has collateral.
    function collateralsOf(address account) external view returns (address[] memory) {
        return LendingState.load().collateralsOf[account];
    }

    /// @notice Terms of a collateral.
    function marketOf(address token) external view returns (MarketParams memory) {
        return LendingState.market(token).params;
    }

    /// @notice Tokens that are collateral here.
    function markets() external view returns (address[] memory) {
        return LendingState.load().tokens;
    }

    /// @inheritdoc IDividendVenue
    function shareAt(address token, address holder, uint48 timepoint) external view returns (uint256 part, uint256 whole) {
        return LendingDesk.shareAt(token, holder, timepoint);
    }

    /// @notice The asset that is lent.
    function asset() external view returns (address) {
        return LendingState.load().asset;
    }

    /// @notice Assets that `shares` are worth now, rounded down.
    function convertToAssets(uint256 shares) external view returns (uint256) {
        return Math.mulDiv(shares, totalAssets() + 1, totalSupply() + VIRTUAL_SHARES);
    }

    /// @notice Since when an account is flagged for a seizure, 0 if it is not.
    function flaggedSince(address borrower) external view returns (uint48) {
        return LendingState.load().flaggedSince[borrower];
    }

    /// @inheritdoc ERC20Upgradeable
    function decimals() public view override returns (uint8) {
        return LendingState.load().assetDecimals + 6;
    }

    /// @inheritdoc ComplianceERC20
    function supportsInterface(bytes4 interfaceId) public view override(ComplianceERC20, AccessControlUpgradeable) returns (bool) {
        return
            interfaceId == type(IPositions).interfaceId ||
            interfaceId == type(IDividendVenue).interfaceId ||
            super.supportsInterface(interfaceId);
    }

    /// @notice A pause also stops transfers of shares.
    function _transfersPaused() internal view override returns (bool) {
        return paused();
    }

    /// @notice Liquidation waits after a pause, so the time is kept.
    function _unpause() internal override {
        super._unpause();
        LendingState.load().unpausedAt = uint48(block.timestamp);
    }

    function _withdraw(uint256 assets, uint256 shares, address to) private {
        _burnOfHolder(msg.sender, shares);
        LendingDesk.paySupply(assets, to);
        emit Withdrawn(msg.sender, to, assets, shares);
    }

    function _toShares(uint256 assets, Math.Rounding rounding) private view returns (uint256) {
        return Math.mulDiv(assets, totalSupply() + VIRTUAL_SHARES, totalAssets() + 1, rounding);
    }
}
