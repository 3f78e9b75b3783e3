// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Phase} from "./Module.sol";
import {KycConfig, KycReads, KycStorage, WalletRecord, SanctionRecord} from "./KycStorage.sol";
import {KycRecords} from "./KycRecords.sol";

/// Sanctions, blocked countries and the configuration (sections 2.5 and 2.6).
abstract contract KycLists is KycRecords {
    function setSanctioned(address[] memory wallets, bool listed, uint32 listId) internal {
        requireOfficer();
        if (wallets.length > MAX_BATCH) revert BatchTooLarge(wallets.length, MAX_BATCH);
        KycStorage storage $ = KycReads.db();
        Phase.effects();
        for (uint256 i = 0; i < wallets.length; i++) {
            address wallet = wallets[i];
            WalletRecord storage w = $.wallets[wallet];
            if ((w.flags & 1 != 0) == listed) continue;
            w.flags ^= 1;
            if (listed) {
                $.sanctions[wallet] = SanctionRecord(listId, uint32($.sanctioned.length), uint64(block.timestamp));
                $.sanctioned.push(wallet);
            } else {
                uint256 last = $.sanctioned.length - 1;
                uint32 index = $.sanctions[wallet].index;
                if (index != last) {
                    address moved = $.sanctioned[last];
                    $.sanctioned[index] = moved;
                    $.sanctions[moved].index = index;
                }
                $.sanctioned.pop();
                delete $.sanctions[wallet];
            }
            emit SanctionSet(wallet, listed, msg.sender, listId);
        }
    }

    function setCountryBlocked(uint16[] memory countries, bool blocked) internal {
        requireOfficer();
        if (countries.length > MAX_BATCH) revert BatchTooLarge(countries.length, MAX_BATCH);
        for (uint256 i = 0; i < countries.length; i++) {
            if (countries[i] == 0 || countries[i] > 999) revert InvalidField(4);
        }
        Phase.effects();
        KycStorage storage $ = KycReads.db();
        for (uint256 i = 0; i < countries.length; i++) {
            uint16 c = countries[i];
            if (KycReads.isBlocked(c) == blocked) continue;
            $.blocked[c >> 8] ^= 1 << (c & 255);
            emit CountryRuleSet(c, blocked, msg.sender);
        }
    }

    // Configuration

    function setMinTier(uint8 tier) internal {
        requireAdmin();
        if (tier > 4) revert InvalidField(2);
        KycConfig storage c = KycReads.db().config;
        Phase.effects();
        emit ConfigSet("minTier", c.minTier, tier, msg.sender);
        c.minTier = tier;
    }

    function setConsentRequired(bool required) internal {
        requireAdmin();
        KycConfig storage c = KycReads.db().config;
        Phase.effects();
        emit ConfigSet("consentRequired", c.consentRequired ? 1 : 0, required ? 1 : 0, msg.sender);
        c.consentRequired = required;
    }

    function raiseMode(uint8 mode) internal {
        requireAdmin();
        KycConfig storage c = KycReads.db().config;
        uint8 current = c.mode;
        if (mode > 3 || mode <= current) revert ModeCannotBeLowered(current, mode);
        Phase.chainRule();
        bool maySend = senderCode(tx.origin) == 0;
        Phase.tests();
        if (!maySend) revert Unauthorized(tx.origin, AGENT);
        Phase.effects();
        c.mode = mode;
        emit ConfigSet("mode", current, mode, msg.sender);
    }

    /// Section 3.2.
    function senderCode(address a) internal view returns (uint8) {
        uint8 code = KycReads.status(a, 0, 0);
        if (roleOf(a) == 2) return 0;
        if (code != 1) return code;
        (bool ok, bytes memory answer) = SENDERS.staticcall(abi.encodeWithSelector(0xeb54dae1, a));
        return ok && answer.length == 32 && abi.decode(answer, (uint256)) != 0 ? 0 : 1;
    }
}
