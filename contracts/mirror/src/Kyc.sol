// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IdentityInput, IdentityRecord, KycReads, KycStorage, RecoveryRecord, WalletRecord} from "./KycStorage.sol";
import {KycLists} from "./KycLists.sol";
import {Messages} from "./Messages.sol";

/// The registry: dispatch and views.
contract KycMirror is KycLists {
    function isWrite(bytes4 s) internal pure override returns (bool) {
        return isAllowListWrite(s) || s == 0x0502b8f6 || s == 0x2041994c || s == 0x150d3760 || s == 0xa08bd24c || s == 0x37196ad5 || s == 0x0388300a
            || s == 0x5027dbe2 || s == 0x196d2799 || s == 0x4e252cf7 || s == 0x1656d5b0 || s == 0xe16a375f || s == 0x12d877d7 || s == 0xbc1c2804
            || s == 0xc90db447 || s == 0x1b417753 || s == 0x9db5ac4d || s == 0xf1e8079e;
    }

    function run(bytes4 s, bytes calldata a) internal override returns (bytes memory) {
        // The chain asks this most; it comes first.
        if (s == 0x46cc599e) return abi.encode(KycReads.status(abi.decode(a, (address)), 0, 0));
        (bool done, bytes memory result) = runAllowList(s, a);
        if (done) return result;
        if (isWrite(s)) {
            write(s, a);
            return "";
        }
        return view_(s, a);
    }

    function write(bytes4 s, bytes calldata a) internal {
        if (s == 0x0502b8f6) {
            (address account, bool enabled) = abi.decode(a, (address, bool));
            setOfficer(account, enabled);
        } else if (s == 0x2041994c) {
            (IdentityInput memory input, address[] memory wallets) = abi.decode(a, (IdentityInput, address[]));
            within(13 * 32 + 32 * wallets.length, a);
            requireAgent();
            checkFields(input);
            register(input, wallets);
        } else if (s == 0x150d3760) {
            (IdentityInput[] memory inputs, address[][] memory wallets) = abi.decode(a, (IdentityInput[], address[][]));
            uint256 size = 4 * 32 + inputs.length * 352;
            for (uint256 i = 0; i < wallets.length; i++) size += 64 + 32 * wallets[i].length;
            within(size, a);
            registerBatch(inputs, wallets);
        } else if (s == 0xa08bd24c) {
            update(abi.decode(a, (IdentityInput)));
        } else if (s == 0x37196ad5) {
            (bytes32 id, uint64 expiry, bytes32 claims) = abi.decode(a, (bytes32, uint64, bytes32));
            renew(id, expiry, claims);
        } else if (s == 0x0388300a) {
            (bytes32 id, address wallet, uint8 kind, uint64 deadline, bytes memory consent) = abi.decode(a, (bytes32, address, uint8, uint64, bytes));
            within(6 * 32 + consent.length, a);
            linkWallet(id, wallet, kind, deadline, consent);
        } else if (s == 0x5027dbe2) {
            unlink(abi.decode(a, (address)));
        } else if (s == 0x196d2799) {
            (address lost, address replacement, bytes32 reason) = abi.decode(a, (address, address, bytes32));
            propose(lost, replacement, reason);
        } else if (s == 0x4e252cf7) {
            (bytes32 id, uint8 status, bytes32 reason) = abi.decode(a, (bytes32, uint8, bytes32));
            setIdentityStatus(id, status, reason);
        } else if (s == 0x1656d5b0) {
            (address wallet, uint8 status, bytes32 reason) = abi.decode(a, (address, uint8, bytes32));
            setWalletStatus(wallet, status, reason);
        } else if (s == 0xe16a375f) {
            (address[] memory wallets, bool listed, uint32 listId) = abi.decode(a, (address[], bool, uint32));
            within(4 * 32 + 32 * wallets.length, a);
            setSanctioned(wallets, listed, listId);
        } else if (s == 0x12d877d7) {
            (uint16[] memory countries, bool blocked) = abi.decode(a, (uint16[], bool));
            within(3 * 32 + 32 * countries.length, a);
            setCountryBlocked(countries, blocked);
        } else if (s == 0xbc1c2804) {
            confirm(abi.decode(a, (address)));
        } else if (s == 0xc90db447) {
            cancel(abi.decode(a, (address)));
        } else if (s == 0x1b417753) {
            setMinTier(abi.decode(a, (uint8)));
        } else if (s == 0x9db5ac4d) {
            setConsentRequired(abi.decode(a, (bool)));
        } else {
            raiseMode(abi.decode(a, (uint8)));
        }
    }

    // Views

    function view_(bytes4 s, bytes calldata a) internal view returns (bytes memory) {
        KycStorage storage $ = KycReads.db();
        if (s == 0x66e305fd || s == 0xb9209e33) return abi.encode(KycReads.status(abi.decode(a, (address)), 0, 0) == 0);
        if (s == 0xf791ca62) {
            (address account, uint8 minTier, uint8 typeMask) = abi.decode(a, (address, uint8, uint8));
            return abi.encode(KycReads.status(account, minTier, typeMask));
        }
        if (s == 0x6816442d) return abi.encode(isOfficer(abi.decode(a, (address))));
        if (s == 0xa7867212) return getIdentity(abi.decode(a, (bytes32)));
        if (s == 0x04d0a647) return abi.encode($.wallets[abi.decode(a, (address))]);
        if (s == 0xeca2d90b) return abi.encode($.wallets[abi.decode(a, (address))].identityId);
        if (s == 0x38678ba5) return abi.encode($.ids.length);
        if (s == 0x215bb35e) return abi.encode($.sanctioned.length);
        if (s == 0xe20490b5 || s == 0x44ed5352) {
            (uint256 offset, uint256 limit) = abi.decode(a, (uint256, uint256));
            return s == 0xe20490b5 ? ids(offset, limit) : addresses($.sanctioned, offset, limit);
        }
        if (s == 0x90ca17a5) {
            (bytes32 id, uint256 offset, uint256 limit) = abi.decode(a, (bytes32, uint256, uint256));
            return addresses($.walletsOf[id], offset, limit);
        }
        if (s == 0x05abe2ec) return abi.encode(KycReads.isBlocked(abi.decode(a, (uint16))));
        if (s == 0xea969265) {
            RecoveryRecord storage p = $.recoveries[abi.decode(a, (address))];
            return abi.encode(p.replacement, p.proposer, p.proposedAt);
        }
        if (s == 0x79502c55) return abi.encode($.config.mode, $.config.minTier, $.config.consentRequired, $.config.contractPolicy, $.config.feeSink, $.config.adminCount);
        if (s == 0xe978def6) return abi.encode(Messages.of_(abi.decode(a, (uint8))));
        if (s == 0x5dbe47e8) return abi.encode($.wallets[abi.decode(a, (address))].status != 0);
        if (s == 0xf0eb5e54) {
            WalletRecord storage w = $.wallets[abi.decode(a, (address))];
            return abi.encode(w.status == 0 ? address(0) : onchainIdOf(w.identityId));
        }
        if (s == 0x7e42683b) {
            WalletRecord storage w = $.wallets[abi.decode(a, (address))];
            return abi.encode(w.status == 0 ? 0 : $.identities[w.identityId].country);
        }
        if (s == 0xf11abfd8) return abi.encode(KYC);
        if (s == 0xb4f3fcb7 || s == 0x3b3e12f4) return abi.encode(address(0));
        if (s == 0x1ffbb064) return abi.encode(roleOf(abi.decode(a, (address))) != 0);
        return unknown();
    }

    function getIdentity(bytes32 id) internal view returns (bytes memory) {
        IdentityRecord memory r = KycReads.db().identities[id];
        if (r.status != 0 && r.onchainId == address(0)) r.onchainId = defaultOnchainId(id);
        return abi.encode(r);
    }

    function page(uint256 length, uint256 offset, uint256 limit) internal pure returns (uint256) {
        if (offset >= length) return 0;
        if (limit > PAGE) limit = PAGE;
        return limit < length - offset ? limit : length - offset;
    }

    function ids(uint256 offset, uint256 limit) internal view returns (bytes memory) {
        bytes32[] storage list = KycReads.db().ids;
        bytes32[] memory items = new bytes32[](page(list.length, offset, limit));
        for (uint256 i = 0; i < items.length; i++) items[i] = list[offset + i];
        return abi.encode(items);
    }

    function addresses(address[] storage list, uint256 offset, uint256 limit) internal view returns (bytes memory) {
        address[] memory items = new address[](page(list.length, offset, limit));
        for (uint256 i = 0; i < items.length; i++) items[i] = list[offset + i];
        return abi.encode(items);
    }
}
