// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Phase} from "./Module.sol";
import {IdentityInput, IdentityRecord, KycReads, KycStorage} from "./KycStorage.sol";
import {KycWallets} from "./KycWallets.sol";

/// Identities: domains of their fields, registration, update, status (sections 2.3 and 2.5).
abstract contract KycRecords is KycWallets {
    function expiryOk(uint64 expiry, bool isProtocol) internal view returns (bool) {
        if (expiry == type(uint64).max) return isProtocol;
        return expiry > block.timestamp && expiry <= block.timestamp + 5 * 365 days;
    }

    function checkFields(IdentityInput memory f) internal view {
        bool isProtocol = f.kind == 2;
        if (f.identityId == 0) revert InvalidField(0);
        if (f.kind > 2) revert InvalidField(1);
        if (f.tier > 4 || (isProtocol && f.tier != 4)) revert InvalidField(2);
        if (f.investorType > 3 || (isProtocol && f.investorType != 0)) revert InvalidField(3);
        if (f.country > 999 || (f.country == 0) != isProtocol) revert InvalidField(4);
        if (f.taxCountry > 999 || (f.taxCountry == 0 && !isProtocol)) revert InvalidField(5);
        if (f.attributes > 31) revert InvalidField(6);
        if (!expiryOk(f.expiry, isProtocol)) revert InvalidField(7);
    }

    function register(IdentityInput memory f, address[] memory wallets) internal {
        KycStorage storage $ = KycReads.db();
        Phase.tests();
        bool consentRequired = $.config.consentRequired;
        if (f.onchainId != address(0) && $.onchainIds[f.onchainId] != 0) revert InvalidField(9);
        if (consentRequired && wallets.length != 0 && !isOfficer(msg.sender)) revert ConsentInvalid(wallets[0]);
        IdentityRecord storage r = $.identities[f.identityId];
        if (r.status != 0) revert IdentityExists(f.identityId);
        Phase.effects();
        $.ids.push(f.identityId);
        r.status = 1;
        r.kind = f.kind;
        r.createdAt = uint64(block.timestamp);
        r.onchainId = f.onchainId;
        if (f.onchainId != address(0)) $.onchainIds[f.onchainId] = f.identityId;
        setFields(r, f);
        emit IdentityCreated(f.identityId, msg.sender, f.kind, f.tier, f.investorType, f.country, f.expiry, f.claimsHash);
        for (uint256 i = 0; i < wallets.length; i++) {
            Phase.tests();
            checkNewWallet(wallets[i], false, f.identityId, r.walletCount, f.kind == 2);
            Phase.effects();
            link(wallets[i], f.identityId, f.kind == 2 ? 2 : kindByCode(wallets[i]));
        }
    }

    function registerBatch(IdentityInput[] memory inputs, address[][] memory wallets) internal {
        requireAgent();
        if (inputs.length > MAX_BATCH) revert BatchTooLarge(inputs.length, MAX_BATCH);
        if (wallets.length > MAX_BATCH) revert BatchTooLarge(wallets.length, MAX_BATCH);
        if (inputs.length != wallets.length) revert LengthMismatch();
        for (uint256 i = 0; i < inputs.length; i++) checkFields(inputs[i]);
        for (uint256 i = 0; i < inputs.length; i++) register(inputs[i], wallets[i]);
    }

    function setFields(IdentityRecord storage r, IdentityInput memory f) internal {
        r.tier = f.tier;
        r.investorType = f.investorType;
        r.country = f.country;
        r.taxCountry = f.taxCountry;
        r.attributes = f.attributes;
        r.expiry = f.expiry;
        r.updatedAt = uint64(block.timestamp);
        r.providerId = f.providerId;
        r.claimsHash = f.claimsHash;
    }

    function update(IdentityInput memory f) internal {
        requireAgent();
        checkFields(f);
        KycStorage storage $ = KycReads.db();
        IdentityRecord storage r = $.identities[f.identityId];
        if (r.status == 0) revert IdentityUnknown(f.identityId);
        if (r.kind != f.kind) revert InvalidField(1);
        address known = r.onchainId;
        bool isNew = f.onchainId != address(0) && f.onchainId != known;
        if (isNew && (known != address(0) || $.onchainIds[f.onchainId] != 0)) revert InvalidField(9);
        Phase.effects();
        bool moves = r.country != f.country;
        if (isNew) {
            r.onchainId = f.onchainId;
            $.onchainIds[f.onchainId] = f.identityId;
        }
        setFields(r, f);
        emit IdentityChanged(f.identityId, msg.sender, f.tier, f.investorType, f.country, f.expiry, f.claimsHash);
        if (moves && r.walletCount != 0) emit CountryUpdated(element($.walletsOf[f.identityId], 0), f.country);
    }

    function renew(bytes32 id, uint64 expiry, bytes32 claims) internal {
        requireAgent();
        if (!expiryOk(expiry, true)) revert InvalidField(7);
        IdentityRecord storage r = KycReads.db().identities[id];
        if (r.status == 0) revert IdentityUnknown(id);
        if (!expiryOk(expiry, r.kind == 2) || expiry <= r.expiry) revert InvalidField(7);
        Phase.effects();
        r.expiry = expiry;
        r.claimsHash = claims;
        r.updatedAt = uint64(block.timestamp);
        emit IdentityChanged(id, msg.sender, r.tier, r.investorType, r.country, expiry, claims);
    }

    function setIdentityStatus(bytes32 id, uint8 to, bytes32 reason) internal {
        requireOfficer();
        IdentityRecord storage r = KycReads.db().identities[id];
        uint8 from = r.status;
        if (from == 0) revert IdentityUnknown(id);
        if (!isLegal(from, to)) revert InvalidStatus(from, to);
        Phase.effects();
        r.status = to;
        r.updatedAt = uint64(block.timestamp);
        emit IdentityStatusSet(id, msg.sender, from, to, reason);
    }
}
