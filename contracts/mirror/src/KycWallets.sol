// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Phase} from "./Module.sol";
import {IdentityRecord, KycReads, KycStorage, RecoveryRecord, WalletRecord} from "./KycStorage.sol";
import {KycBase} from "./KycBase.sol";

/// Wallets of identities, and their recovery (section 2.5).
abstract contract KycWallets is KycBase {
    function isFixed(address a) internal pure returns (bool) {
        uint160 n = uint160(a);
        return (n >= 1 && n <= 0x11) || n == 0x100 || a == DEPLOYERS || a == SENDERS || (n >= uint160(KYC) && n <= uint160(KYC) + 3)
            || a == 0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02 || a == 0x0000F90827F1C53a10cb7A02335B175320002935
            || a == 0x00000961Ef480Eb55e80D19ad83579A64c007002 || a == 0x0000BBdDc7CE488642fb579F8B00f3a590007251
            || n == type(uint160).max - 1;
    }

    function checkNewWallet(address wallet, bool mayRelink, bytes32 id, uint256 count, bool needsCode) internal view {
        if (wallet == address(0) || isFixed(wallet)) revert WalletUnknown(wallet);
        WalletRecord storage w = KycReads.db().wallets[wallet];
        uint8 s = w.status;
        if (s != 0) {
            bytes32 owner = w.identityId;
            if (!mayRelink || s != 3 || owner != id || !isOfficer(msg.sender)) revert WalletAlreadyLinked(wallet, owner);
        }
        if (count >= MAX_WALLETS) revert TooManyWallets(id);
        if (needsCode && !hasCode(wallet)) revert InvalidField(1);
    }

    /// EXTCODESIZE and, only where that is the size of a delegation designator, a look at the bytes.
    function hasCode(address account) internal view returns (bool) {
        uint256 size = account.code.length;
        if (size != 23) return size != 0;
        return bytes3(account.code) != 0xef0100;
    }

    function kindByCode(address wallet) internal view returns (uint8) {
        return hasCode(wallet) ? 1 : 0;
    }

    function onchainIdOf(bytes32 id) internal view returns (address) {
        address own = KycReads.db().identities[id].onchainId;
        return own != address(0) ? own : defaultOnchainId(id);
    }

    function defaultOnchainId(bytes32 id) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), KYC, id, bytes32(0))))));
    }

    function link(address wallet, bytes32 id, uint8 kind) internal {
        KycStorage storage $ = KycReads.db();
        address[] storage list = $.walletsOf[id];
        WalletRecord storage w = $.wallets[wallet];
        w.identityId = id;
        w.status = 1;
        w.kind = kind;
        w.linkedAt = uint64(block.timestamp);
        w.statusSince = uint64(block.timestamp);
        w.index = uint32(list.length);
        list.push(wallet);
        $.identities[id].walletCount++;
        emit WalletLinked(wallet, id, msg.sender, kind);
        emit IdentityRegistered(wallet, onchainIdOf(id));
    }

    function element(address[] storage list, uint256 i) internal view returns (address item) {
        assembly ("memory-safe") {
            mstore(0, list.slot)
            item := sload(add(keccak256(0, 32), i))
        }
    }

    function linkWallet(bytes32 id, address wallet, uint8 kind, uint64 deadline, bytes memory consent) internal {
        requireAgentOrOfficer();
        if (kind > 2) revert InvalidField(1);
        KycStorage storage $ = KycReads.db();
        IdentityRecord storage r = $.identities[id];
        if (r.status == 0) revert IdentityUnknown(id);
        checkNewWallet(wallet, true, id, r.walletCount, false);
        bool isProtocol = r.kind == 2;
        if (isProtocol != (kind == 2)) revert InvalidField(1);
        if (isProtocol && !hasCode(wallet)) revert InvalidField(1);
        if (consent.length == 0) {
            if ($.config.consentRequired && !isOfficer(msg.sender)) revert ConsentInvalid(wallet);
        } else if (block.timestamp > deadline || !isSigned(id, wallet, deadline, consent)) {
            revert ConsentInvalid(wallet);
        }
        Phase.effects();
        link(wallet, id, kind);
    }

    function isSigned(bytes32 id, address wallet, uint64 deadline, bytes memory signature) internal view returns (bool) {
        if (signature.length != 65) return false;
        bytes32 r;
        bytes32 s;
        uint8 v = uint8(signature[64]);
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
        }
        if ((v != 27 && v != 28) || uint256(s) > 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0) return false;
        bytes32 domain = keccak256(abi.encode(
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"), keccak256("DefactorKyc"), keccak256("1"), block.chainid, KYC));
        bytes32 message = keccak256(abi.encode(0x773b37d4fed1713add860bb54ff044570e4a6e3653a49e39f28a5382068ab2a8, id, wallet, deadline));
        address signer = ecrecover(keccak256(abi.encodePacked(bytes2(0x1901), domain, message)), v, r, s);
        return signer != address(0) && signer == wallet;
    }

    function unlink(address wallet) internal {
        requireAgent();
        WalletRecord storage w = KycReads.db().wallets[wallet];
        uint8 from = w.status;
        if (from == 0) revert WalletUnknown(wallet);
        if (from == 3) revert InvalidStatus(3, 3);
        Phase.effects();
        emit WalletUnlinked(wallet, w.identityId, msg.sender);
        revoke(wallet);
    }

    function setWalletStatus(address wallet, uint8 to, bytes32 reason) internal {
        requireOfficer();
        WalletRecord storage w = KycReads.db().wallets[wallet];
        uint8 from = w.status;
        if (from == 0) revert WalletUnknown(wallet);
        if (!isLegal(from, to)) revert InvalidStatus(from, to);
        Phase.effects();
        emit WalletStatusSet(wallet, msg.sender, from, to, reason);
        if (to == 3) {
            revoke(wallet);
            return;
        }
        w.status = to;
        w.statusSince = uint64(block.timestamp);
    }

    function revoke(address wallet) internal {
        KycStorage storage $ = KycReads.db();
        WalletRecord storage w = $.wallets[wallet];
        bytes32 id = w.identityId;
        address[] storage list = $.walletsOf[id];
        uint256 last = list.length - 1;
        uint32 index = w.index;
        if (index != last) {
            address moved = list[last];
            list[index] = moved;
            $.wallets[moved].index = index;
        }
        list.pop();
        w.status = 3;
        w.index = 0;
        w.statusSince = uint64(block.timestamp);
        $.identities[id].walletCount--;
        emit IdentityRemoved(wallet, onchainIdOf(id));
    }

    // Recovery

    function propose(address lost, address replacement, bytes32 reason) internal {
        requireAgentOrOfficer();
        KycStorage storage $ = KycReads.db();
        WalletRecord storage w = $.wallets[lost];
        if (w.status == 0) revert WalletUnknown(lost);
        checkReplacement(w, replacement);
        Phase.effects();
        RecoveryRecord storage p = $.recoveries[lost];
        p.replacement = replacement;
        p.proposedAt = uint64(block.timestamp);
        p.proposer = msg.sender;
        emit RecoveryProposed(lost, replacement, msg.sender, reason);
    }

    /// As in a registration, the lost wallet having made room.
    function checkReplacement(WalletRecord storage w, address replacement) internal view {
        bytes32 id = w.identityId;
        IdentityRecord storage r = KycReads.db().identities[id];
        uint256 count = r.walletCount;
        if (w.status != 3) count--;
        checkNewWallet(replacement, false, id, count, r.kind == 2);
    }

    function confirm(address lost) internal {
        requireOfficer();
        KycStorage storage $ = KycReads.db();
        RecoveryRecord storage p = $.recoveries[lost];
        address replacement = p.replacement;
        if (replacement == address(0) || block.timestamp - p.proposedAt > 30 days) revert RecoveryUnknown(lost);
        if (p.proposer == msg.sender) revert FourEyes(msg.sender);
        WalletRecord storage w = $.wallets[lost];
        if (w.flags & 1 != 0) revert InvalidStatus(w.status, 3);
        bytes32 id = w.identityId;
        if ($.identities[id].status == 3) revert InvalidStatus(3, 1);
        checkReplacement(w, replacement);
        Phase.effects();
        emit RecoveryConfirmed(lost, replacement, msg.sender, id);
        if (w.status != 3) revoke(lost);
        link(replacement, id, $.identities[id].kind == 2 ? 2 : kindByCode(replacement));
        clear(p);
    }

    function cancel(address lost) internal {
        requireOfficer();
        RecoveryRecord storage p = KycReads.db().recoveries[lost];
        if (p.replacement == address(0)) revert RecoveryUnknown(lost);
        Phase.effects();
        clear(p);
        emit RecoveryCancelled(lost, msg.sender);
    }

    function clear(RecoveryRecord storage p) internal {
        p.replacement = address(0);
        p.proposedAt = 0;
        p.proposer = address(0);
    }
}
