// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAllowList} from "./IAllowList.sol";

/// @title IKycRegistry
/// @notice The native registry of identities and wallets at 0x0300000000000000000000000000000000000001.
interface IKycRegistry is IAllowList {
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

    struct Wallet {
        bytes32 identityId;
        uint8 status;
        uint8 kind;
        uint16 flags;
        uint64 linkedAt;
        uint32 index;
        uint64 statusSince;
    }

    function setOfficer(address account, bool enabled) external;
    function isOfficer(address account) external view returns (bool);

    function registerIdentity(IdentityInput calldata input, address[] calldata wallets) external;
    function registerIdentityBatch(IdentityInput[] calldata inputs, address[][] calldata wallets) external;
    function updateIdentity(IdentityInput calldata input) external;
    function renewIdentity(bytes32 identityId, uint64 expiry, bytes32 claimsHash) external;
    function linkWallet(bytes32 identityId, address wallet, uint8 kind, uint64 deadline, bytes calldata consent) external;
    function unlinkWallet(address wallet) external;
    function proposeRecovery(address lost, address replacement, bytes32 reason) external;

    function setIdentityStatus(bytes32 identityId, uint8 status, bytes32 reason) external;
    function setWalletStatus(address wallet, uint8 status, bytes32 reason) external;
    function setSanctioned(address[] calldata wallets, bool listed, uint32 listId) external;
    function setCountryBlocked(uint16[] calldata countries, bool blocked) external;
    function confirmRecovery(address lost) external;
    function cancelRecovery(address lost) external;

    function setMinTier(uint8 tier) external;
    function setConsentRequired(bool required) external;
    function raiseMode(uint8 mode) external;

    function getIdentity(bytes32 identityId) external view returns (Identity memory);
    function getWallet(address wallet) external view returns (Wallet memory);
    function identityIdOf(address wallet) external view returns (bytes32);
    function kycStatus(address account) external view returns (uint8 code);
    function isEligible(address account) external view returns (bool);
    function checkLevel(address account, uint8 minTier, uint8 typeMask) external view returns (uint8 code);
    function identityCount() external view returns (uint256);
    function identities(uint256 offset, uint256 limit) external view returns (bytes32[] memory);
    function walletsOf(bytes32 identityId, uint256 offset, uint256 limit) external view returns (address[] memory);
    function sanctionedCount() external view returns (uint256);
    function sanctioned(uint256 offset, uint256 limit) external view returns (address[] memory);
    function isCountryBlocked(uint16 country) external view returns (bool);
    function pendingRecovery(address lost) external view returns (address replacement, address proposer, uint64 proposedAt);
    function config()
        external
        view
        returns (uint8 mode, uint8 minTier, bool consentRequired, uint8 contractPolicy, address feeSink, uint32 adminCount);
    function messageOf(uint8 code) external view returns (string memory);

    function isVerified(address account) external view returns (bool);
    function contains(address account) external view returns (bool);
    function identity(address account) external view returns (address);
    function investorCountry(address account) external view returns (uint16);
    function identityStorage() external view returns (address);
    function issuersRegistry() external view returns (address);
    function topicsRegistry() external view returns (address);
    function isAgent(address account) external view returns (bool);
}
