// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Addresses} from "../common/Addresses.sol";
import {Kyc} from "../common/Kyc.sol";
import {Oracle} from "../common/Oracle.sol";
import {PausableModule} from "../common/PausableModule.sol";
import {Page} from "../common/Page.sol";
import {Roles} from "../common/Roles.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {IKycRegistry} from "../interfaces/IKycRegistry.sol";
import {ISpvOwners} from "../interfaces/ISpvOwners.sol";
import {PermissionedToken} from "../token/PermissionedToken.sol";
import {ISpvErrors, SpvState} from "./SpvState.sol";
import {Property, Spv} from "./SpvTypes.sol";

/// @title IDocumentCheck
/// @notice What the registry asks about documents.
interface IDocumentCheck {
    /// @notice Whether a document is active and belongs to a subject.
    function isActive(bytes32 docId, bytes32 subject) external view returns (bool);
}

/// @title SpvBook
/// @notice SPVs with their soulbound manager tokens, properties, the servicer's ledger and the net asset value.
abstract contract SpvBook is PausableModule, ERC721Upgradeable, ISpvErrors, ISpvOwners {
    uint8 private constant LISTED = 1;
    uint8 private constant ACQUIRED = 2;
    uint8 private constant UNDER_OFFER = 3;
    uint8 private constant SOLD = 4;
    uint8 private constant KIND_ENTITY = 1;
    uint8 private constant MANAGER_TIER_MIN = 3;
    uint8 private constant ENTRY_RENT = 1;
    uint8 private constant ENTRY_SALE = 4;
    uint256 private constant PROPERTIES_MAX = 64;

    /// @notice An SPV was created as a draft.
    event SpvCreated(bytes32 indexed spvId, address indexed manager, uint16 jurisdiction, bytes32 registrationHash);
    /// @notice An SPV moved to another status.
    event SpvStatusSet(bytes32 indexed spvId, uint8 oldStatus, uint8 newStatus, bytes32 reason);
    /// @notice An SPV has a new manager.
    event ManagerSet(bytes32 indexed spvId, address indexed manager);
    /// @notice A property was added.
    event PropertyAdded(bytes32 indexed spvId, bytes32 indexed propertyId, bytes32 titleHash, bytes32 valuationFeedId);
    /// @notice A property moved to another status.
    event PropertyStatusSet(bytes32 indexed propertyId, uint8 oldStatus, uint8 newStatus, bytes32 docId);
    /// @notice The servicer reported income or a cost.
    event IncomeReported(bytes32 indexed spvId, uint8 indexed kind, int256 amount, bytes32 docHash);

    /// @notice The SPV exists already.
    error SpvExists(bytes32 spvId);
    /// @notice The manager token moves only with the manager.
    error Soulbound(uint256 tokenId);
    /// @notice The property exists already, or does not.
    error BadProperty(bytes32 propertyId);

    /// @notice Creates an SPV as a draft; its manager is a legal entity of tier 3 or more and receives the SPV's soulbound token.
    function createSpv(bytes32 spvId, string calldata name_, uint16 jurisdiction, bytes20 lei, bytes32 registrationHash, address manager)
        external
        whenNotPaused
        onlyRole(Roles.ISSUER)
    {
        if (spvId == 0) revert RwaErrors.InvalidParameter("spvId");
        if (jurisdiction == 0 || jurisdiction > 999) revert RwaErrors.InvalidParameter("jurisdiction");
        _requireManager(manager);
        SpvState.Data storage $ = SpvState.load();
        if ($.spvs[spvId].status != 0) revert SpvExists(spvId);
        $.spvs[spvId] = Spv(spvId, name_, jurisdiction, lei, registrationHash, manager, SpvState.DRAFT, address(0), uint64(block.timestamp));
        $.spvIds.push(spvId);
        _mint(manager, uint256(spvId));
        emit SpvCreated(spvId, manager, jurisdiction, registrationHash);
    }

    /// @notice Activates a draft with its document: the guardian, who is not the manager (four eyes).
    function activateSpv(bytes32 spvId, bytes32 docId) external onlyRole(Roles.GUARDIAN) {
        Spv storage s = SpvState.existing(spvId);
        if (s.status != SpvState.DRAFT) revert BadStatus(s.status);
        if (s.manager == msg.sender) revert RwaErrors.InvalidParameter("guardian");
        if (!IDocumentCheck(Addresses.DOCUMENT_REGISTRY).isActive(docId, spvId)) revert RwaErrors.InvalidParameter("docId");
        _setStatus(s, SpvState.ACTIVE, docId);
    }

    /// @notice Active to liquidating (manager or guardian), liquidating to closed (guardian; nothing issued, no open sale).
    function setSpvStatus(bytes32 spvId, uint8 status, bytes32 reason) external {
        Spv storage s = SpvState.existing(spvId);
        bool isGuardian = hasRole(Roles.GUARDIAN, msg.sender);
        if (!isGuardian && s.manager != msg.sender) revert NotManager(spvId);
        if (status == SpvState.LIQUIDATING) {
            if (s.status != SpvState.ACTIVE) revert BadStatus(s.status);
        } else {
            if (status != SpvState.CLOSED || s.status != SpvState.LIQUIDATING) revert BadStatus(s.status);
            if (!isGuardian) revert AccessControlUnauthorizedAccount(msg.sender, Roles.GUARDIAN);
            if (SpvState.load().openSales[spvId] != 0) revert RwaErrors.InvalidParameter("openSales");
            if (s.token != address(0) && IERC20(s.token).totalSupply() != 0) revert RwaErrors.InvalidParameter("supply");
        }
        _setStatus(s, status, reason);
    }

    /// @notice Gives an SPV another manager, with its token.
    function setManager(bytes32 spvId, address manager) external onlyRole(DEFAULT_ADMIN_ROLE) {
        Spv storage s = SpvState.existing(spvId);
        _requireManager(manager);
        address old = s.manager;
        s.manager = manager;
        _transfer(old, manager, uint256(spvId));
        emit ManagerSet(spvId, manager);
    }

    /// @notice Adds a property; `fxFeedId` converts its valuation to the base currency, 0 if it is the same.
    function addProperty(
        bytes32 spvId,
        bytes32 propertyId,
        uint16 country,
        bytes32 titleHash,
        bytes32 valuationFeedId,
        bytes32 fxFeedId,
        uint64 areaCm2
    ) external whenNotPaused {
        Spv storage s = SpvState.managed(spvId);
        if (s.status > SpvState.ACTIVE) revert BadStatus(s.status);
        if (country == 0 || country > 999) revert RwaErrors.InvalidParameter("country");
        if (valuationFeedId == 0) revert RwaErrors.InvalidParameter("valuationFeedId");
        SpvState.Data storage $ = SpvState.load();
        if (propertyId == 0 || $.properties[propertyId].status != 0) revert BadProperty(propertyId);
        bytes32[] storage ids = $.propertyIds[spvId];
        if (ids.length == PROPERTIES_MAX) revert RwaErrors.TooMany(ids.length + 1, PROPERTIES_MAX);
        ids.push(propertyId);
        $.properties[propertyId] = Property(propertyId, spvId, country, titleHash, valuationFeedId, fxFeedId, areaCm2, LISTED);
        emit PropertyAdded(spvId, propertyId, titleHash, valuationFeedId);
    }

    /// @notice Listed to acquired; acquired to under offer and back; acquired or under offer to sold.
    function setPropertyStatus(bytes32 propertyId, uint8 status, bytes32 docId) external {
        Property storage p = SpvState.load().properties[propertyId];
        if (p.status == 0) revert BadProperty(propertyId);
        SpvState.managed(p.spvId);
        uint8 old = p.status;
        bool isAllowed = (old == LISTED && status == ACQUIRED) ||
            (old == ACQUIRED && (status == UNDER_OFFER || status == SOLD)) ||
            (old == UNDER_OFFER && (status == ACQUIRED || status == SOLD));
        if (!isAllowed) revert BadStatus(old);
        p.status = status;
        emit PropertyStatusSet(propertyId, old, status, docId);
    }

    /// @notice The servicer's statement, in 18 decimals of the base currency: 1 rent and 4 sale proceeds add to the cash, 2 expense and 3 tax
    /// take from it; a negative amount corrects an earlier statement.
    function reportIncome(bytes32 spvId, uint8 kind, int256 amount, bytes32 docHash) external onlyRole(Roles.SERVICER) {
        SpvState.existing(spvId);
        if (kind < ENTRY_RENT || kind > ENTRY_SALE) revert RwaErrors.InvalidParameter("kind");
        SpvState.load().cash[spvId] += kind == ENTRY_RENT || kind == ENTRY_SALE ? amount : -amount;
        emit IncomeReported(spvId, kind, amount, docHash);
    }

    /// @notice Net asset value in 18 decimals of the base currency, per whole token of the supply at most, and the time of the oldest valuation.
    /// Information: nothing on chain lends or trades on it. Reverts unless every feed is fresh.
    function nav(bytes32 spvId) external view returns (uint256 total, uint256 perToken, uint64 oldestUpdate) {
        Spv storage s = SpvState.existing(spvId);
        bytes32[] storage ids = SpvState.load().propertyIds[spvId];
        for (uint256 i = 0; i < ids.length; ++i) {
            Property storage p = SpvState.load().properties[ids[i]];
            if (p.status == SOLD) continue;
            (uint256 value, uint64 updatedAt) = Oracle.price18(p.valuationFeedId);
            oldestUpdate = _older(oldestUpdate, updatedAt);
            if (p.fxFeedId != 0) {
                uint256 rate;
                (rate, updatedAt) = Oracle.price18(p.fxFeedId);
                oldestUpdate = _older(oldestUpdate, updatedAt);
                value = Math.mulDiv(value, rate, 1e18);
            }
            total += value;
        }
        int256 net = int256(total) + SpvState.load().cash[spvId];
        total = net > 0 ? uint256(net) : 0;
        if (s.token != address(0)) {
            PermissionedToken token = PermissionedToken(s.token);
            perToken = Math.mulDiv(total, 10 ** token.decimals(), token.maxSupply());
        }
    }

    /// @notice An SPV; status 0 if there is none.
    function spv(bytes32 id) external view returns (Spv memory) {
        return SpvState.load().spvs[id];
    }

    /// @inheritdoc ISpvOwners
    function managerOf(bytes32 spvId) external view returns (address) {
        return SpvState.load().spvs[spvId].manager;
    }

    /// @inheritdoc ISpvOwners
    function isClosed(bytes32 spvId) external view returns (bool) {
        return SpvState.load().spvs[spvId].status == SpvState.CLOSED;
    }

    /// @notice A property; status 0 if there is none.
    function property(bytes32 id) external view returns (Property memory) {
        return SpvState.load().properties[id];
    }

    /// @notice Properties of an SPV, oldest first, at most 500 a call.
    function propertiesOf(bytes32 spvId, uint256 offset, uint256 limit) external view returns (bytes32[] memory) {
        return Page.slice(SpvState.load().propertyIds[spvId], offset, limit);
    }

    /// @notice Cash according to the servicer's statements, in 18 decimals of the base currency.
    function cashOf(bytes32 spvId) external view returns (int256) {
        return SpvState.load().cash[spvId];
    }

    /// @notice Number of SPVs.
    function spvCount() external view returns (uint256) {
        return SpvState.load().spvIds.length;
    }

    /// @notice SPVs, oldest first, at most 500 a call.
    function spvIds(uint256 offset, uint256 limit) external view returns (bytes32[] memory) {
        return Page.slice(SpvState.load().spvIds, offset, limit);
    }

    /// @inheritdoc ERC721Upgradeable
    function supportsInterface(bytes4 interfaceId) public view virtual override(AccessControlUpgradeable, ERC721Upgradeable) returns (bool) {
        return super.supportsInterface(interfaceId);
    }

    /// @dev Only transfers asked by accounts carry `auth`; minting and the manager's change do not.
    function _update(address to, uint256 tokenId, address auth) internal override returns (address) {
        if (auth != address(0)) revert Soulbound(tokenId);
        return super._update(to, tokenId, auth);
    }

    function _setStatus(Spv storage s, uint8 status, bytes32 reason) private {
        uint8 old = s.status;
        s.status = status;
        emit SpvStatusSet(s.id, old, status, reason);
    }

    function _requireManager(address manager) private view {
        Kyc.requireLevel(manager, MANAGER_TIER_MIN, 0);
        IKycRegistry.Identity memory identity = Kyc.KYC.getIdentity(Kyc.KYC.identityIdOf(manager));
        if (identity.kind != KIND_ENTITY) revert RwaErrors.InvalidParameter("manager");
    }

    function _older(uint64 a, uint64 b) private pure returns (uint64) {
        return a == 0 || b < a ? b : a;
    }
}
