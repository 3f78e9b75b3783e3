// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAllowList} from "./IAllowList.sol";

/// @title IKycRegistry
/// @notice The native registry of identities and wallets at 0x0300000000000000000000000000000000000001.
interface IKycRegistry is IAllowList {
    /// @notice Fields of an identity; the index of a field names it in errors.
    struct IdentityInput {
        bytes32 identityId;
        uint8 kind;
        uint8 tier;
        uint8 investorType;
        uint16 country;
        uint16 taxCountry;
        uint32 attributes;
        uint64 expiry;
        uint32 providerId;
        address onchainId;
        bytes32 claimsHash;
    }

    /// @notice An identity record.
    struct Identity {
        uint8 status;
        uint8 kind;
        uint8 tier;
        uint8 investorType;
        uint16 country;
        uint16 taxCountry;
        uint32 attributes;
        uint64 expiry;
        uint64 updatedAt;
        uint32 walletCount;
        bytes32 claimsHash;
        address onchainId;
        uint32 providerId;
        uint64 createdAt;
    }

    /// @notice A wallet record.
    struct Wallet {
        bytes32 identityId;
        uint8 status;
        uint8 kind;
        uint16 flags;
        uint64 linkedAt;
        uint32 index;
        uint64 statusSince;
    }

    /// @notice A setting of the registry changed.
    event ConfigSet(bytes32 indexed key, uint256 oldValue, uint256 newValue, address indexed sender);
    /// @notice A country was blocked, or unblocked.
    event CountryRuleSet(uint16 indexed country, bool blocked, address indexed officer);
    /// @notice `account` became a compliance officer, or ceased to be one.
    event OfficerSet(address indexed account, bool enabled, address indexed sender);
    /// @notice An identity was registered.
    event IdentityCreated(bytes32 indexed identityId, address indexed agent, uint8 kind, uint8 tier, uint8 investorType, uint16 country, uint64 expiry, bytes32 claimsHash);
    /// @notice An identity was renewed or changed.
    event IdentityChanged(bytes32 indexed identityId, address indexed agent, uint8 tier, uint8 investorType, uint16 country, uint64 expiry, bytes32 claimsHash);
    /// @notice The status of an identity changed.
    event IdentityStatusSet(bytes32 indexed identityId, address indexed officer, uint8 oldStatus, uint8 newStatus, bytes32 reason);
    /// @notice A wallet was linked to an identity.
    event WalletLinked(address indexed wallet, bytes32 indexed identityId, address indexed agent, uint8 kind);
    /// @notice A wallet was unlinked from its identity.
    event WalletUnlinked(address indexed wallet, bytes32 indexed identityId, address indexed agent);
    /// @notice The status of a wallet changed.
    event WalletStatusSet(address indexed wallet, address indexed officer, uint8 oldStatus, uint8 newStatus, bytes32 reason);
    /// @notice A wallet was put on a sanctions list, or taken off it.
    event SanctionSet(address indexed wallet, bool indexed listed, address indexed officer, uint32 listId);
    /// @notice The recovery of a lost wallet was proposed.
    event RecoveryProposed(address indexed lost, address indexed replacement, address indexed proposer, bytes32 reason);
    /// @notice A second pair of eyes confirmed a recovery.
    event RecoveryConfirmed(address indexed lost, address indexed replacement, address indexed officer, bytes32 identityId);
    /// @notice A proposed recovery was cancelled.
    event RecoveryCancelled(address indexed lost, address indexed sender);
    /// @notice ERC-3643: a wallet was linked.
    event IdentityRegistered(address indexed investorAddress, address indexed identity);
    /// @notice ERC-3643: a wallet was unlinked or revoked.
    event IdentityRemoved(address indexed investorAddress, address indexed identity);
    /// @notice ERC-3643: the country of an identity changed; told of its first wallet.
    event CountryUpdated(address indexed investorAddress, uint16 indexed country);

    /// @notice The signature does not give the consent of `wallet`.
    error ConsentInvalid(address wallet);
    /// @notice `account` has made the first step: another one must make the second.
    error FourEyes(address account);
    /// @notice The identity is registered already.
    error IdentityExists(bytes32 identityId);
    /// @notice No such identity.
    error IdentityUnknown(bytes32 identityId);
    /// @notice A field of the input is out of its domain; `field` is its index.
    error InvalidField(uint8 field);
    /// @notice No such change of status.
    error InvalidStatus(uint8 fromStatus, uint8 toStatus);
    /// @notice The last admin cannot go.
    error LastAdmin();
    /// @notice The mode only rises.
    error ModeCannotBeLowered(uint8 current, uint8 requested);
    /// @notice No recovery of `lost` is proposed.
    error RecoveryUnknown(address lost);
    /// @notice The identity has as many wallets as it may have.
    error TooManyWallets(bytes32 identityId);
    /// @notice The wallet belongs to an identity already.
    error WalletAlreadyLinked(address wallet, bytes32 identityId);
    /// @notice No such wallet.
    error WalletUnknown(address wallet);
    /// @notice Raised by the chain: the callee is blocked; `code` says why.
    error KycBlocked(address account, uint8 code);
    /// @notice Raised by the chain: no permission to deploy.
    error KycDeployDenied(address origin, address creator, uint8 code);
    /// @notice Raised by the chain: native value may not move so; `code` says why.
    error KycTransferDenied(address from, address to, uint8 code);

    /// @notice Flags `account` as compliance officer, or not (admin).
    function setOfficer(address account, bool enabled) external;
    /// @notice Whether `account` is a compliance officer.
    function isOfficer(address account) external view returns (bool);

    /// @notice Registers an identity with its wallets (agent).
    function registerIdentity(IdentityInput calldata input, address[] calldata wallets) external;
    /// @notice Registers up to 80 identities, all or none (agent).
    function registerIdentityBatch(IdentityInput[] calldata inputs, address[][] calldata wallets) external;
    /// @notice Sets the fields of an identity (agent).
    function updateIdentity(IdentityInput calldata input) external;
    /// @notice Extends the validity of an identity (agent).
    function renewIdentity(bytes32 identityId, uint64 expiry, bytes32 claimsHash) external;
    /// @notice Links a wallet to an identity (agent or officer).
    function linkWallet(bytes32 identityId, address wallet, uint8 kind, uint64 deadline, bytes calldata consent) external;
    /// @notice Takes a wallet off its identity (agent).
    function unlinkWallet(address wallet) external;
    /// @notice Proposes a replacement of a lost wallet (agent or officer).
    function proposeRecovery(address lost, address replacement, bytes32 reason) external;

    /// @notice Freezes, unfreezes or revokes an identity (officer).
    function setIdentityStatus(bytes32 identityId, uint8 status, bytes32 reason) external;
    /// @notice Freezes, unfreezes or revokes a wallet (officer).
    function setWalletStatus(address wallet, uint8 status, bytes32 reason) external;
    /// @notice Lists or delists wallets (officer).
    function setSanctioned(address[] calldata wallets, bool listed, uint32 listId) external;
    /// @notice Blocks or unblocks countries (officer).
    function setCountryBlocked(uint16[] calldata countries, bool blocked) external;
    /// @notice Confirms a recovery that somebody else proposed (officer).
    function confirmRecovery(address lost) external;
    /// @notice Drops a proposed recovery (officer).
    function cancelRecovery(address lost) external;

    /// @notice Sets the least tier of an eligible account (admin).
    function setMinTier(uint8 tier) external;
    /// @notice Sets whether wallets must consent to be linked (admin).
    function setConsentRequired(bool required) external;
    /// @notice Raises the enforcement mode of the chain (admin).
    function raiseMode(uint8 mode) external;

    /// @notice A record, zeros if there is none.
    function getIdentity(bytes32 identityId) external view returns (Identity memory);
    /// @notice A wallet, zeros if it was never linked.
    function getWallet(address wallet) external view returns (Wallet memory);
    /// @notice Identity of a wallet, also of a revoked one.
    function identityIdOf(address wallet) external view returns (bytes32);
    /// @notice Why the account is not eligible, 0 if it is.
    function kycStatus(address account) external view returns (uint8 code);
    /// @notice Whether the account is eligible.
    function isEligible(address account) external view returns (bool);
    /// @notice As `kycStatus`, with at least `minTier` and a type in `typeMask` (0: any).
    function checkLevel(address account, uint8 minTier, uint8 typeMask) external view returns (uint8 code);
    /// @notice Number of identities.
    function identityCount() external view returns (uint256);
    /// @notice Identities, oldest first, at most 500.
    function identities(uint256 offset, uint256 limit) external view returns (bytes32[] memory);
    /// @notice Wallets of an identity, at most 500.
    function walletsOf(bytes32 identityId, uint256 offset, uint256 limit) external view returns (address[] memory);
    /// @notice Number of sanctioned wallets.
    function sanctionedCount() external view returns (uint256);
    /// @notice Sanctioned wallets, at most 500.
    function sanctioned(uint256 offset, uint256 limit) external view returns (address[] memory);
    /// @notice Whether a country is blocked.
    function isCountryBlocked(uint16 country) external view returns (bool);
    /// @notice A proposed recovery, zeros if there is none.
    function pendingRecovery(address lost) external view returns (address replacement, address proposer, uint64 proposedAt);
    /// @notice The configuration.
    function config()
        external
        view
        returns (uint8 mode, uint8 minTier, bool consentRequired, uint8 contractPolicy, address feeSink, uint32 adminCount);
    /// @notice Text of a reason code.
    function messageOf(uint8 code) external view returns (string memory);

    /// @notice As `isEligible`.
    function isVerified(address account) external view returns (bool);
    /// @notice Whether the wallet was ever linked.
    function contains(address account) external view returns (bool);
    /// @notice Identity address of a wallet.
    function identity(address account) external view returns (address);
    /// @notice Country of a wallet's identity.
    function investorCountry(address account) external view returns (uint16);
    /// @notice This registry.
    function identityStorage() external view returns (address);
    /// @notice Zero: there is none.
    function issuersRegistry() external view returns (address);
    /// @notice Zero: there is none.
    function topicsRegistry() external view returns (address);
    /// @notice Whether the account has a role here.
    function isAgent(address account) external view returns (bool);
}
