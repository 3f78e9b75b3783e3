// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AllowList, Phase} from "./Module.sol";
import {KycConfig, KycReads} from "./KycStorage.sol";

/// Errors, events and roles of the registry.
abstract contract KycBase is AllowList {
    error ConsentInvalid(address wallet);
    error FourEyes(address account);
    error IdentityExists(bytes32 identityId);
    error IdentityUnknown(bytes32 identityId);
    error InvalidField(uint8 field);
    error InvalidStatus(uint8 fromStatus, uint8 toStatus);
    error LastAdmin();
    error ModeCannotBeLowered(uint8 current, uint8 requested);
    error RecoveryUnknown(address lost);
    error TooManyWallets(bytes32 identityId);
    error WalletAlreadyLinked(address wallet, bytes32 identityId);
    error WalletUnknown(address wallet);

    event ConfigSet(bytes32 indexed key, uint256 oldValue, uint256 newValue, address indexed sender);
    event CountryRuleSet(uint16 indexed country, bool blocked, address indexed officer);
    event CountryUpdated(address indexed investorAddress, uint16 indexed country);
    event IdentityChanged(bytes32 indexed identityId, address indexed agent, uint8 tier, uint8 investorType, uint16 country, uint64 expiry, bytes32 claimsHash);
    event IdentityCreated(bytes32 indexed identityId, address indexed agent, uint8 kind, uint8 tier, uint8 investorType, uint16 country, uint64 expiry, bytes32 claimsHash);
    event IdentityRegistered(address indexed investorAddress, address indexed identity);
    event IdentityRemoved(address indexed investorAddress, address indexed identity);
    event IdentityStatusSet(bytes32 indexed identityId, address indexed officer, uint8 oldStatus, uint8 newStatus, bytes32 reason);
    event OfficerSet(address indexed account, bool enabled, address indexed sender);
    event RecoveryCancelled(address indexed lost, address indexed sender);
    event RecoveryConfirmed(address indexed lost, address indexed replacement, address indexed officer, bytes32 identityId);
    event RecoveryProposed(address indexed lost, address indexed replacement, address indexed proposer, bytes32 reason);
    event SanctionSet(address indexed wallet, bool indexed listed, address indexed officer, uint32 listId);
    event WalletLinked(address indexed wallet, bytes32 indexed identityId, address indexed agent, uint8 kind);
    event WalletStatusSet(address indexed wallet, address indexed officer, uint8 oldStatus, uint8 newStatus, bytes32 reason);
    event WalletUnlinked(address indexed wallet, bytes32 indexed identityId, address indexed agent);

    uint256 internal constant MAX_WALLETS = 64;
    uint256 internal constant PAGE = 500;

    function module() internal pure override returns (address) {
        return KYC;
    }

    // Roles

    function requireAgent() internal view {
        if (roleOf(msg.sender) == 0) revert Unauthorized(msg.sender, AGENT);
    }

    function requireAgentOrOfficer() internal view {
        if (roleOf(msg.sender) == 0 && !isOfficer(msg.sender)) revert Unauthorized(msg.sender, AGENT);
    }

    function requireAdmin() internal view {
        if (roleOf(msg.sender) != 2) revert Unauthorized(msg.sender, ADMIN);
    }

    function requireOfficer() internal view {
        if (!isOfficer(msg.sender)) revert Unauthorized(msg.sender, OFFICER);
    }

    function isOfficer(address account) internal view returns (bool) {
        return KycReads.db().officers[account] != 0;
    }

    function beforeRoleChange(uint256 from, uint256 to) internal override {
        if (from == to || (from != 2 && to != 2)) return;
        KycConfig storage config = KycReads.db().config;
        if (from == 2 && config.adminCount == 1) revert LastAdmin();
        Phase.effects();
        if (from == 2) config.adminCount--;
        else config.adminCount++;
    }

    function setOfficer(address account, bool enabled) internal {
        requireAdmin();
        Phase.effects();
        KycReads.db().officers[account] = enabled ? 1 : 0;
        emit OfficerSet(account, enabled, msg.sender);
    }

    function isLegal(uint8 from, uint8 to) internal pure returns (bool) {
        return (from == 1 && (to == 2 || to == 3)) || (from == 2 && (to == 1 || to == 3));
    }
}
