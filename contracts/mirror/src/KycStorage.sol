// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

struct KycConfig {
    uint8 mode;
    uint8 minTier;
    bool consentRequired;
    uint8 contractPolicy;
    uint32 adminCount;
    address feeSink;
}

struct IdentityRecord {
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

struct WalletRecord {
    bytes32 identityId;
    uint8 status;
    uint8 kind;
    uint16 flags;
    uint64 linkedAt;
    uint32 index;
    uint64 statusSince;
}

struct SanctionRecord {
    uint32 listId;
    uint32 index;
    uint64 since;
}

struct RecoveryRecord {
    address replacement;
    uint64 proposedAt;
    address proposer;
}

struct KycStorage {
    KycConfig config;
    mapping(bytes32 => IdentityRecord) identities;
    mapping(address => WalletRecord) wallets;
    bytes32[] ids;
    mapping(bytes32 => address[]) walletsOf;
    uint256[4] blocked;
    mapping(address => uint256) officers;
    address[] sanctioned;
    mapping(address => SanctionRecord) sanctions;
    mapping(address => RecoveryRecord) recoveries;
    mapping(address => bytes32) onchainIds;
}

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

/// Section 2.4 and what other modules ask of the registry.
library KycReads {
    function db() internal pure returns (KycStorage storage $) {
        assembly {
            $.slot := 0x7b697db96667b44dd5786dd9a772cb9db7baa8c2754b56edf8e36b84e6eacd00
        }
    }

    /// kycStatus and checkLevel: the first row that matches.
    function status(address account, uint8 minTier, uint8 typeMask) internal view returns (uint8) {
        KycStorage storage $ = db();
        uint8 least = $.config.minTier;
        if (minTier > least) least = minTier;
        WalletRecord storage w = $.wallets[account];
        if (w.flags & 1 != 0) return 9;
        uint8 s = w.status;
        if (s == 0) return 1;
        if (s == 3) return 3;
        if (s == 2) return 2;
        IdentityRecord storage i = $.identities[w.identityId];
        s = i.status;
        if (s == 3) return 5;
        if (s == 2) return 4;
        if (block.timestamp >= i.expiry) return 6;
        if (i.tier < least) return 7;
        uint16 country = i.country;
        if (country != 0 && isBlocked(country)) return 8;
        if (typeMask != 0 && typeMask & (1 << i.investorType) == 0) return 10;
        return 0;
    }

    function isBlocked(uint16 country) internal view returns (bool) {
        if (country > 999) return false;
        return (db().blocked[country >> 8] >> (country & 255)) & 1 != 0;
    }
}
