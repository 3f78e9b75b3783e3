// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {AccessControlEnumerableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/extensions/AccessControlEnumerableUpgradeable.sol";
import {ERC20Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC20/ERC20Upgradeable.sol";
import {ERC20PermitUpgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC20/extensions/ERC20PermitUpgradeable.sol";
import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IDocumentStore} from "../interfaces/IDocumentStore.sol";
import {IERC1643} from "../interfaces/IERC1643.sol";
import {IERC3643, IERC3643TokenEvents} from "../interfaces/IERC3643.sol";
import {ISpvOwners} from "../interfaces/ISpvOwners.sol";
import {Addresses} from "../common/Addresses.sol";
import {Kyc} from "../common/Kyc.sol";
import {Roles} from "../common/Roles.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {TokenParams} from "../common/Structs.sol";
import {ComplianceERC20} from "./ComplianceERC20.sol";
import {ITokenDividendEvents, TokenDividends} from "./TokenDividends.sol";

/// @title PermissionedToken
/// @notice Share or debt unit of an asset: ERC-20 with the interfaces of ERC-3643, ERC-7943, ERC-1404 and ERC-1643, whose identities and rules
/// the chain itself keeps, and which pays dividends by record date.
contract PermissionedToken is
    ComplianceERC20,
    ERC20PermitUpgradeable,
    AccessControlEnumerableUpgradeable,
    PausableUpgradeable,
    ReentrancyGuardTransient,
    IERC3643TokenEvents,
    ITokenDividendEvents,
    IERC1643
{
    using TokenDividends for TokenDividends.State;

    /// @custom:storage-location erc7201:defactor.PermissionedToken.v1
    struct TokenStorage {
        string name;
        string symbol;
        uint8 decimals;
        address onchainID;
        bytes32 spvId;
        bytes32 navFeedId;
        uint256 maxSupply;
        TokenDividends.State dividends;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.PermissionedToken.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant TOKEN_STORAGE = 0x95ebb9780da19ccf6666fa7e0025237b4f46b5473d85190485ca1b85e9f86e00;

    uint256 private constant BATCH_MAX = 100;

    /// @notice `agent` may act for holders.
    event AgentAdded(address indexed agent);
    /// @notice `agent` may no longer act for holders.
    event AgentRemoved(address indexed agent);

    /// @notice Identities and rules are those of the chain; no other module can be set.
    error NativeModule();
    /// @notice The supply would exceed what the token was created with.
    error MaxSupplyExceeded(uint256 supply, uint256 max);
    /// @notice The SPV of the token is closed.
    error SpvIsClosed(bytes32 spvId);

    /// @notice Locks the implementation: tokens are beacon proxies.
    constructor() {
        _disableInitializers();
    }

    /// @notice Sets the token up and registers it with the rule engine; the caller (the factory) is its first rule administrator.
    /// `controller` is the contract that mints at settlement and declares dividends.
    function initialize(TokenParams calldata p, bytes32 spvId_, address controller) external initializer {
        if (p.admin == address(0) || controller == address(0)) revert RwaErrors.ZeroAddress();
        if (p.decimals > 18) revert RwaErrors.InvalidParameter("decimals");
        if (p.maxSupply == 0 || p.maxSupply > type(uint208).max) revert RwaErrors.InvalidParameter("maxSupply");
        __ComplianceERC20_init("", "", msg.sender);
        __ERC20Permit_init(p.name);
        TokenStorage storage $ = _token();
        $.name = p.name;
        $.symbol = p.symbol;
        $.decimals = p.decimals;
        $.spvId = spvId_;
        $.navFeedId = p.navFeedId;
        $.maxSupply = p.maxSupply;
        _grantRole(DEFAULT_ADMIN_ROLE, p.admin);
        _grantRole(Roles.AGENT, controller);
        _grantRole(Roles.DIVIDEND, controller);
        _grantIfSet(Roles.AGENT, p.agent);
        _grantIfSet(Roles.PAUSER, p.pauser);
        _grantIfSet(Roles.DIVIDEND, p.paymaster);
        emit IdentityRegistryAdded(identityRegistry());
        emit ComplianceAdded(compliance());
        _emitInformation();
    }

    /// @notice Mints `amount` to `to`, who must be admitted by the rules. Nothing is issued for an SPV that is closed.
    function mint(address to, uint256 amount) public onlyRole(Roles.AGENT) {
        TokenStorage storage $ = _token();
        uint256 supply = totalSupply() + amount;
        if (supply > $.maxSupply) revert MaxSupplyExceeded(supply, $.maxSupply);
        if ($.spvId != 0 && ISpvOwners(Addresses.SPV_REGISTRY).isClosed($.spvId)) revert SpvIsClosed($.spvId);
        _mint(to, amount);
    }

    /// @notice Burns `amount` of `from`, unfreezing the part that is missing.
    function burn(address from, uint256 amount) public onlyRole(Roles.AGENT) {
        _releaseForAgent(from, amount);
        _burn(from, amount);
    }

    /// @notice Sends the caller's tokens to up to 100 receivers.
    function batchTransfer(address[] calldata to, uint256[] calldata amounts) external {
        _checkBatch(to.length, amounts.length);
        for (uint256 i = 0; i < to.length; ++i) _transfer(msg.sender, to[i], amounts[i]);
    }

    /// @notice Mints to up to 100 receivers.
    function batchMint(address[] calldata to, uint256[] calldata amounts) external {
        _checkBatch(to.length, amounts.length);
        for (uint256 i = 0; i < to.length; ++i) mint(to[i], amounts[i]);
    }

    /// @notice Burns from up to 100 holders.
    function batchBurn(address[] calldata from, uint256[] calldata amounts) external {
        _checkBatch(from.length, amounts.length);
        for (uint256 i = 0; i < from.length; ++i) burn(from[i], amounts[i]);
    }

    /// @notice Up to 100 forced transfers.
    function batchForcedTransfer(address[] calldata from, address[] calldata to, uint256[] calldata amounts) external {
        _checkBatch(from.length, to.length);
        _checkBatch(from.length, amounts.length);
        for (uint256 i = 0; i < from.length; ++i) _forcedTransfer(from[i], to[i], amounts[i], 0);
    }

    /// @notice Freezes or unfreezes up to 100 wallets.
    function batchSetAddressFrozen(address[] calldata accounts, bool[] calldata freeze) external onlyRole(Roles.AGENT) {
        _checkBatch(accounts.length, freeze.length);
        for (uint256 i = 0; i < accounts.length; ++i) _setAddressFrozen(accounts[i], freeze[i]);
    }

    /// @notice Freezes parts of up to 100 balances.
    function batchFreezePartialTokens(address[] calldata accounts, uint256[] calldata amounts) external onlyRole(Roles.AGENT) {
        _checkBatch(accounts.length, amounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) _freezePartialTokens(accounts[i], amounts[i]);
    }

    /// @notice Unfreezes parts of up to 100 balances.
    function batchUnfreezePartialTokens(address[] calldata accounts, uint256[] calldata amounts) external onlyRole(Roles.AGENT) {
        _checkBatch(accounts.length, amounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) _unfreezePartialTokens(accounts[i], amounts[i]);
    }

    /// @notice Stops transfers by holders: pauser, agent or administrator.
    function pause() external {
        _requirePauser();
        _pause();
    }

    /// @notice Lets holders transfer again: pauser, agent or administrator.
    function unpause() external {
        _requirePauser();
        _unpause();
    }

    /// @notice Makes `account` an agent; the administrator's power.
    function addAgent(address account) external {
        grantRole(Roles.AGENT, account);
        emit AgentAdded(account);
    }

    /// @notice Takes the agent role away; the administrator's power.
    function removeAgent(address account) external {
        revokeRole(Roles.AGENT, account);
        emit AgentRemoved(account);
    }

    /// @notice Whether `account` is an agent.
    function isAgent(address account) external view returns (bool) {
        return hasRole(Roles.AGENT, account);
    }

    /// @notice The first administrator.
    function owner() external view returns (address) {
        return getRoleMemberCount(DEFAULT_ADMIN_ROLE) == 0 ? address(0) : getRoleMember(DEFAULT_ADMIN_ROLE, 0);
    }

    /// @notice Changes the name; the domain of permits keeps the first one.
    function setName(string calldata newName) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _token().name = newName;
        _emitInformation();
    }

    /// @notice Changes the symbol.
    function setSymbol(string calldata newSymbol) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _token().symbol = newSymbol;
        _emitInformation();
    }

    /// @notice Sets the identity contract of the token itself.
    function setOnchainID(address id) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _token().onchainID = id;
        _emitInformation();
    }

    /// @notice Part of ERC-3643; the registry is the chain's, so this reverts.
    function setIdentityRegistry(address) external pure {
        revert NativeModule();
    }

    /// @notice Part of ERC-3643; the rule engine is the chain's, so this reverts.
    function setCompliance(address) external pure {
        revert NativeModule();
    }

    /// @inheritdoc IERC1643
    function setDocument(bytes32 docName, string calldata uri, bytes32 documentHash) external onlyRole(Roles.AGENT) {
        _documents().setDocument(docName, uri, documentHash);
        emit DocumentUpdated(docName, uri, documentHash);
    }

    /// @inheritdoc IERC1643
    function removeDocument(bytes32 docName) external onlyRole(Roles.AGENT) {
        (string memory uri, bytes32 documentHash, ) = _documents().documentOf(address(this), docName);
        _documents().removeDocument(docName);
        emit DocumentRemoved(docName, uri, documentHash);
    }

    /// @inheritdoc IERC1643
    function getDocument(bytes32 docName) external view returns (string memory, bytes32, uint256) {
        return _documents().documentOf(address(this), docName);
    }

    /// @inheritdoc IERC1643
    function getAllDocuments() external view returns (bytes32[] memory) {
        return _documents().documentNamesOf(address(this));
    }

    /// @notice Pulls `amount` of `asset` from the caller and declares it to those who held the token at `recordTime` (the last 30 days).
    /// `kind` 1 is income, which is taxed; 2 is a return of capital, which is not.
    function declareDividend(address asset, uint256 amount, uint8 kind, uint48 recordTime, uint48 payTime, bytes32 docHash)
        external
        nonReentrant
        onlyRole(Roles.DIVIDEND)
        returns (uint256 id)
    {
        return _dividends().declare(asset, amount, kind, recordTime, payTime, docHash);
    }

    /// @notice Pays the caller's share of a dividend, less withholding tax.
    function claimDividend(uint256 id) external nonReentrant returns (uint256 net) {
        return _dividends().claim(id, address(0), msg.sender, _currentWallet(msg.sender));
    }

    /// @notice Pays the shares of `holders` to them, skipping those that cannot be paid now. At most 100.
    function claimDividendFor(uint256 id, address[] calldata holders) external nonReentrant {
        _checkBatch(holders.length, holders.length);
        address[] memory payees = new address[](holders.length);
        for (uint256 i = 0; i < holders.length; ++i) payees[i] = _currentWallet(holders[i]);
        _dividends().claimFor(id, holders, payees);
    }

    /// @notice Pays the share that `holder` has through a venue's balance.
    function claimDividendVia(uint256 id, address venue, address holder) external nonReentrant returns (uint256 net) {
        if (venue == address(0)) revert RwaErrors.ZeroAddress();
        return _dividends().claim(id, venue, holder, _currentWallet(holder));
    }

    /// @notice Gross amount and tax of a share that is not paid yet; `venue` is zero for a direct holding.
    function claimable(uint256 id, address venue, address holder) external view returns (uint256 gross, uint256 tax) {
        return _dividends().claimable(id, venue, holder, _currentWallet(holder));
    }

    /// @notice Admits or removes a venue whose participants claim for themselves.
    function setDividendVenue(address venue, bool on) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _dividends().setVenue(venue, on);
    }

    /// @notice Whether the account is a dividend venue.
    function isDividendVenue(address venue) external view returns (bool) {
        return _isVenue(venue);
    }

    /// @notice Rate of tax withheld from residents of `taxCountry`, for dividends declared from now on; at most 5,000 bps.
    function setWithholding(uint16 taxCountry, uint16 bps) external onlyRole(Roles.DIVIDEND) {
        _dividends().setWithholding(taxCountry, bps);
    }

    /// @notice Sends what was withheld to the tax authority's account.
    function remitWithholding(uint256 id, address to) external nonReentrant onlyRole(Roles.DIVIDEND) returns (uint256) {
        return _dividends().remit(id, to);
    }

    /// @notice Sends what nobody claimed within 1,095 days of the payment to `to` and closes the dividend.
    function reclaimDividend(uint256 id, address to) external nonReentrant onlyRole(Roles.DIVIDEND) {
        _dividends().reclaim(id, to);
    }

    /// @notice A dividend; `withheld` is what is held for the tax authority now.
    function dividends(uint256 id)
        external
        view
        returns (address asset, uint8 kind, uint256 amount, uint256 paid, uint256 withheld, uint48 recordTime, uint48 payTime, bytes32 docHash)
    {
        TokenDividends.Dividend storage d = _dividends().list[id];
        return (d.asset, d.kind, d.amount, d.paid, d.withheld - d.remitted, d.recordTime, d.payTime, d.docHash);
    }

    /// @notice Number of dividends; their ids are 1 to this number.
    function dividendCount() external view returns (uint256) {
        return _dividends().count;
    }

    /// @inheritdoc ERC20Upgradeable
    function name() public view override returns (string memory) {
        return _token().name;
    }

    /// @inheritdoc ERC20Upgradeable
    function symbol() public view override returns (string memory) {
        return _token().symbol;
    }

    /// @inheritdoc ERC20Upgradeable
    function decimals() public view override returns (uint8) {
        return _token().decimals;
    }

    /// @notice SPV that the token belongs to, zero for an asset without one.
    function spvId() external view returns (bytes32) {
        return _token().spvId;
    }

    /// @notice Feed of the token's net asset value.
    function navFeedId() external view returns (bytes32) {
        return _token().navFeedId;
    }

    /// @notice Supply at most.
    function maxSupply() external view returns (uint256) {
        return _token().maxSupply;
    }

    /// @notice The native KYC registry.
    function identityRegistry() public pure returns (address) {
        return address(Kyc.KYC);
    }

    /// @notice The native rule engine.
    function compliance() public pure returns (address) {
        return address(Kyc.ENGINE);
    }

    /// @notice The identity contract of the token itself.
    function onchainID() external view returns (address) {
        return _token().onchainID;
    }

    /// @notice Version of the token's code.
    function version() public pure returns (string memory) {
        return "1.0.0";
    }

    /// @inheritdoc ComplianceERC20
    function supportsInterface(bytes4 interfaceId) public view override(ComplianceERC20, AccessControlEnumerableUpgradeable) returns (bool) {
        return
            interfaceId == type(IERC3643).interfaceId ||
            interfaceId == type(IERC1643).interfaceId ||
            interfaceId == type(IERC20Permit).interfaceId ||
            super.supportsInterface(interfaceId);
    }

    /// @notice Whether holders' transfers are stopped.
    function _transfersPaused() internal view override returns (bool) {
        return paused();
    }

    /// @notice Whether the account is a dividend venue.
    function _isVenue(address account) internal view override returns (bool) {
        return _dividends().venues[account];
    }

    /// @notice Every movement passes the rule engine.
    function _update(address from, address to, uint256 amount) internal override(ComplianceERC20, ERC20Upgradeable) {
        super._update(from, to, amount);
    }

    /// @notice Keeps the list of members.
    function _grantRole(bytes32 role, address account)
        internal
        override(AccessControlUpgradeable, AccessControlEnumerableUpgradeable)
        returns (bool)
    {
        return super._grantRole(role, account);
    }

    /// @notice Keeps the list of members.
    function _revokeRole(bytes32 role, address account)
        internal
        override(AccessControlUpgradeable, AccessControlEnumerableUpgradeable)
        returns (bool)
    {
        return super._revokeRole(role, account);
    }

    function _grantIfSet(bytes32 role, address account) private {
        if (account != address(0)) _grantRole(role, account);
    }

    function _requirePauser() private view {
        if (!hasRole(Roles.PAUSER, msg.sender) && !hasRole(Roles.AGENT, msg.sender)) _checkRole(DEFAULT_ADMIN_ROLE);
    }

    function _checkBatch(uint256 length, uint256 other) private pure {
        if (length != other) revert RwaErrors.LengthMismatch();
        if (length > BATCH_MAX) revert RwaErrors.TooMany(length, BATCH_MAX);
    }

    function _emitInformation() private {
        TokenStorage storage $ = _token();
        emit UpdatedTokenInformation($.name, $.symbol, $.decimals, version(), $.onchainID);
    }

    function _documents() private pure returns (IDocumentStore) {
        return IDocumentStore(Addresses.DOCUMENT_REGISTRY);
    }

    function _dividends() private view returns (TokenDividends.State storage) {
        return _token().dividends;
    }

    function _token() private pure returns (TokenStorage storage $) {
        assembly {
            $.slot := TOKEN_STORAGE
        }
    }
}
