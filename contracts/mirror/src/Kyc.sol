// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AllowList, Phase} from "./Module.sol";
import {Messages} from "./Messages.sol";

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

contract KycMirror is AllowList {
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

    uint256 private constant MAX_WALLETS = 64;
    uint256 private constant PAGE = 500;

    function module() internal pure override returns (address) {
        return KYC;
    }

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

    function write(bytes4 s, bytes calldata a) private {
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

    // Roles

    function requireAgent() private view {
        if (roleOf(msg.sender) == 0) revert Unauthorized(msg.sender, AGENT);
    }

    function requireAgentOrOfficer() private view {
        if (roleOf(msg.sender) == 0 && !isOfficer(msg.sender)) revert Unauthorized(msg.sender, AGENT);
    }

    function requireAdmin() private view {
        if (roleOf(msg.sender) != 2) revert Unauthorized(msg.sender, ADMIN);
    }

    function requireOfficer() private view {
        if (!isOfficer(msg.sender)) revert Unauthorized(msg.sender, OFFICER);
    }

    function isOfficer(address account) private view returns (bool) {
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

    function setOfficer(address account, bool enabled) private {
        requireAdmin();
        Phase.effects();
        KycReads.db().officers[account] = enabled ? 1 : 0;
        emit OfficerSet(account, enabled, msg.sender);
    }

    // Identities

    function expiryOk(uint64 expiry, bool isProtocol) private view returns (bool) {
        if (expiry == type(uint64).max) return isProtocol;
        return expiry > block.timestamp && expiry <= block.timestamp + 5 * 365 days;
    }

    function checkFields(IdentityInput memory f) private view {
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

    function register(IdentityInput memory f, address[] memory wallets) private {
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

    function registerBatch(IdentityInput[] memory inputs, address[][] memory wallets) private {
        requireAgent();
        if (inputs.length > MAX_BATCH) revert BatchTooLarge(inputs.length, MAX_BATCH);
        if (wallets.length > MAX_BATCH) revert BatchTooLarge(wallets.length, MAX_BATCH);
        if (inputs.length != wallets.length) revert LengthMismatch();
        for (uint256 i = 0; i < inputs.length; i++) checkFields(inputs[i]);
        for (uint256 i = 0; i < inputs.length; i++) register(inputs[i], wallets[i]);
    }

    function setFields(IdentityRecord storage r, IdentityInput memory f) private {
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

    function update(IdentityInput memory f) private {
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

    function renew(bytes32 id, uint64 expiry, bytes32 claims) private {
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

    function isLegal(uint8 from, uint8 to) private pure returns (bool) {
        return (from == 1 && (to == 2 || to == 3)) || (from == 2 && (to == 1 || to == 3));
    }

    function setIdentityStatus(bytes32 id, uint8 to, bytes32 reason) private {
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

    // Wallets

    function isFixed(address a) private pure returns (bool) {
        uint160 n = uint160(a);
        return (n >= 1 && n <= 0x11) || n == 0x100 || a == DEPLOYERS || a == SENDERS || (n >= uint160(KYC) && n <= uint160(KYC) + 3)
            || a == 0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02 || a == 0x0000F90827F1C53a10cb7A02335B175320002935
            || a == 0x00000961Ef480Eb55e80D19ad83579A64c007002 || a == 0x0000BBdDc7CE488642fb579F8B00f3a590007251
            || n == type(uint160).max - 1;
    }

    function checkNewWallet(address wallet, bool mayRelink, bytes32 id, uint256 count, bool needsCode) private view {
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
    function hasCode(address account) private view returns (bool) {
        uint256 size = account.code.length;
        if (size != 23) return size != 0;
        return bytes3(account.code) != 0xef0100;
    }

    function kindByCode(address wallet) private view returns (uint8) {
        return hasCode(wallet) ? 1 : 0;
    }

    function onchainIdOf(bytes32 id) private view returns (address) {
        address own = KycReads.db().identities[id].onchainId;
        return own != address(0) ? own : defaultOnchainId(id);
    }

    function defaultOnchainId(bytes32 id) private pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), KYC, id, bytes32(0))))));
    }

    function link(address wallet, bytes32 id, uint8 kind) private {
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

    function element(address[] storage list, uint256 i) private view returns (address item) {
        assembly ("memory-safe") {
            mstore(0, list.slot)
            item := sload(add(keccak256(0, 32), i))
        }
    }

    function linkWallet(bytes32 id, address wallet, uint8 kind, uint64 deadline, bytes memory consent) private {
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

    function isSigned(bytes32 id, address wallet, uint64 deadline, bytes memory signature) private view returns (bool) {
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

    function unlink(address wallet) private {
        requireAgent();
        WalletRecord storage w = KycReads.db().wallets[wallet];
        uint8 from = w.status;
        if (from == 0) revert WalletUnknown(wallet);
        if (from == 3) revert InvalidStatus(3, 3);
        Phase.effects();
        emit WalletUnlinked(wallet, w.identityId, msg.sender);
        revoke(wallet);
    }

    function setWalletStatus(address wallet, uint8 to, bytes32 reason) private {
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

    function revoke(address wallet) private {
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

    function propose(address lost, address replacement, bytes32 reason) private {
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
    function checkReplacement(WalletRecord storage w, address replacement) private view {
        bytes32 id = w.identityId;
        IdentityRecord storage r = KycReads.db().identities[id];
        uint256 count = r.walletCount;
        if (w.status != 3) count--;
        checkNewWallet(replacement, false, id, count, r.kind == 2);
    }

    function confirm(address lost) private {
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

    function cancel(address lost) private {
        requireOfficer();
        RecoveryRecord storage p = KycReads.db().recoveries[lost];
        if (p.replacement == address(0)) revert RecoveryUnknown(lost);
        Phase.effects();
        clear(p);
        emit RecoveryCancelled(lost, msg.sender);
    }

    function clear(RecoveryRecord storage p) private {
        p.replacement = address(0);
        p.proposedAt = 0;
        p.proposer = address(0);
    }

    // Lists

    function setSanctioned(address[] memory wallets, bool listed, uint32 listId) private {
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

    function setCountryBlocked(uint16[] memory countries, bool blocked) private {
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

    function setMinTier(uint8 tier) private {
        requireAdmin();
        if (tier > 4) revert InvalidField(2);
        KycConfig storage c = KycReads.db().config;
        Phase.effects();
        emit ConfigSet("minTier", c.minTier, tier, msg.sender);
        c.minTier = tier;
    }

    function setConsentRequired(bool required) private {
        requireAdmin();
        KycConfig storage c = KycReads.db().config;
        Phase.effects();
        emit ConfigSet("consentRequired", c.consentRequired ? 1 : 0, required ? 1 : 0, msg.sender);
        c.consentRequired = required;
    }

    function raiseMode(uint8 mode) private {
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
    function senderCode(address a) private view returns (uint8) {
        uint8 code = KycReads.status(a, 0, 0);
        if (roleOf(a) == 2) return 0;
        if (code != 1) return code;
        (bool ok, bytes memory answer) = SENDERS.staticcall(abi.encodeWithSelector(0xeb54dae1, a));
        return ok && answer.length == 32 && abi.decode(answer, (uint256)) != 0 ? 0 : 1;
    }

    // Views

    function view_(bytes4 s, bytes calldata a) private view returns (bytes memory) {
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

    function getIdentity(bytes32 id) private view returns (bytes memory) {
        IdentityRecord memory r = KycReads.db().identities[id];
        if (r.status != 0 && r.onchainId == address(0)) r.onchainId = defaultOnchainId(id);
        return abi.encode(r);
    }

    function page(uint256 length, uint256 offset, uint256 limit) private pure returns (uint256) {
        if (offset >= length) return 0;
        if (limit > PAGE) limit = PAGE;
        return limit < length - offset ? limit : length - offset;
    }

    function ids(uint256 offset, uint256 limit) private view returns (bytes memory) {
        bytes32[] storage list = KycReads.db().ids;
        bytes32[] memory items = new bytes32[](page(list.length, offset, limit));
        for (uint256 i = 0; i < items.length; i++) items[i] = list[offset + i];
        return abi.encode(items);
    }

    function addresses(address[] storage list, uint256 offset, uint256 limit) private view returns (bytes memory) {
        address[] memory items = new address[](page(list.length, offset, limit));
        for (uint256 i = 0; i < items.length; i++) items[i] = list[offset + i];
        return abi.encode(items);
    }
}
