// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712Upgradeable} from "@openzeppelin/contracts-upgradeable/utils/cryptography/EIP712Upgradeable.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Addresses} from "../common/Addresses.sol";
import {Kyc} from "../common/Kyc.sol";
import {Page} from "../common/Page.sol";
import {PlatformModule} from "../common/PlatformModule.sol";
import {Roles} from "../common/Roles.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {IDocumentStore} from "../interfaces/IDocumentStore.sol";
import {IKycRegistry} from "../interfaces/IKycRegistry.sol";
import {ISpvOwners} from "../interfaces/ISpvOwners.sol";

/// @notice A document to anchor. Types: 1 title deed, 2 appraisal, 3 prospectus, 4 audit, 5 subscription, 6 policy, 7 court order, 8 model
/// report. `cid` is a multihash of at most 64 bytes; `validUntil` 0 means without end.
struct DocInput {
    bytes32 subject;
    uint16 docType;
    bytes32 sha256Hash;
    bytes cid;
    string uri;
    uint64 validUntil;
    bool encrypted;
}

/// @notice An anchored document. Status: 1 active, 2 superseded, 3 revoked.
struct Doc {
    bytes32 id;
    DocInput input;
    uint32 version;
    bytes32 prevId;
    address issuer;
    uint64 createdAt;
    uint8 status;
}

/// @title DocumentRegistry
/// @notice Anchors documents kept on IPFS or encrypted off chain: hashes, versions, attestations; and the store behind ERC-1643 of tokens.
contract DocumentRegistry is PlatformModule, EIP712Upgradeable, IDocumentStore {
    struct TokenDocument {
        string uri;
        bytes32 documentHash;
        uint64 updatedAt;
        uint32 position; // in the list of names, from 1; 0 means none
    }

    /// @custom:storage-location erc7201:defactor.DocumentRegistry.v1
    struct RegistryStorage {
        mapping(bytes32 docId => Doc) docs;
        mapping(bytes32 subject => bytes32[]) bySubject;
        mapping(bytes32 subject => mapping(uint16 docType => bytes32)) heads;
        mapping(bytes32 docId => address[]) attesters;
        mapping(bytes32 docId => mapping(address signer => bool)) attested;
        mapping(bytes32 root => uint64) batches;
        mapping(address token => mapping(bytes32 name => TokenDocument)) tokenDocuments;
        mapping(address token => bytes32[]) tokenNames;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.DocumentRegistry.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant REGISTRY_STORAGE = 0x6bbf68f0dd8fd55b5298ed3bb04338b5b0a98e020b9aff34aa313672c31d8900;

    /// @notice Type hash of an attestation.
    bytes32 public constant ATTESTATION_TYPEHASH = keccak256("Attestation(bytes32 docId,bytes32 sha256,uint64 validUntil)");

    uint8 private constant ACTIVE = 1;
    uint8 private constant SUPERSEDED = 2;
    uint8 private constant REVOKED = 3;
    uint16 private constant DOC_TYPE_MAX = 8;
    uint256 private constant CID_MAX_BYTES = 64;
    uint256 private constant URI_MAX_BYTES = 256;
    uint256 private constant ATTESTATIONS_MAX = 64;
    uint256 private constant TOKEN_DOCUMENTS_MAX = 256;

    /// @notice A document was anchored.
    event DocumentAnchored(bytes32 indexed docId, bytes32 indexed subject, uint16 indexed docType, bytes32 sha256Hash, bytes cid);
    /// @notice A new version took a document's place.
    event DocumentSuperseded(bytes32 indexed oldDocId, bytes32 indexed newDocId);
    /// @notice A document is no longer valid.
    event DocumentRevoked(bytes32 indexed docId, bytes32 reason);
    /// @notice `signer` attested a document.
    event DocumentAttested(bytes32 indexed docId, address indexed signer, uint64 validUntil);
    /// @notice The root of `count` documents was anchored.
    event BatchAnchored(bytes32 indexed root, uint32 count, bytes32 ref);

    /// @notice The document is anchored already, or an active one has this subject and type.
    error DocExists(bytes32 docId);
    /// @notice No such document.
    error DocUnknown(bytes32 docId);
    /// @notice The account may not write here.
    error NotIssuer(address account);
    /// @notice The content identifier is no multihash of at most 64 bytes.
    error BadCid();
    /// @notice The document is superseded or revoked.
    error DocNotActive(bytes32 docId);
    /// @notice The signature is wrong or late, or the signer attested before.
    error BadAttestation(address signer);

    /// @notice Sets the administrator (the Timelock) and the guardian.
    function initialize(address admin, address guardian) external initializer {
        __EIP712_init("DefactorDocuments", "1");
        __PlatformModule_init(admin, guardian);
    }

    /// @notice Anchors a document: the document service, or the subject's owner (an SPV's manager, or the token itself).
    function anchor(DocInput calldata d) external returns (bytes32 docId) {
        if (!hasRole(Roles.ANCHOR, msg.sender) && !_ownsSubject(msg.sender, d.subject)) revert NotIssuer(msg.sender);
        bytes32 head = _registry().heads[d.subject][d.docType];
        if (head != 0 && _registry().docs[head].status == ACTIVE) revert DocExists(head);
        return _anchor(d, head);
    }

    /// @notice Anchors the Merkle root of `count` documents.
    function anchorBatch(bytes32 merkleRoot, uint32 count, bytes32 batchRef) external onlyRole(Roles.ANCHOR) {
        if (merkleRoot == 0) revert RwaErrors.InvalidParameter("merkleRoot");
        if (count == 0) revert RwaErrors.ZeroAmount();
        RegistryStorage storage $ = _registry();
        if ($.batches[merkleRoot] != 0) revert DocExists(merkleRoot);
        $.batches[merkleRoot] = uint64(block.timestamp);
        emit BatchAnchored(merkleRoot, count, batchRef);
    }

    /// @notice Whether a document's hash is in an anchored batch. Leaves are hashed twice, pairs are sorted.
    function verifyInBatch(bytes32 root, bytes32 docHash, bytes32[] calldata proof) external view returns (bool) {
        if (_registry().batches[root] == 0) return false;
        return MerkleProof.verifyCalldata(proof, root, keccak256(bytes.concat(keccak256(abi.encode(docHash)))));
    }

    /// @notice Puts a new version in the place of an active document: its issuer or the document service.
    function supersede(bytes32 docId, DocInput calldata d) external returns (bytes32 newDocId) {
        Doc storage old = _writable(docId);
        if (d.subject != old.input.subject) revert RwaErrors.InvalidParameter("subject");
        if (d.docType != old.input.docType) revert RwaErrors.InvalidParameter("docType");
        old.status = SUPERSEDED;
        newDocId = _anchor(d, docId);
        emit DocumentSuperseded(docId, newDocId);
    }

    /// @notice Revokes an active document for good: its issuer or the document service.
    function revoke(bytes32 docId, bytes32 reason) external {
        _writable(docId).status = REVOKED;
        emit DocumentRevoked(docId, reason);
    }

    /// @notice Records the attestation of an eligible signer, relayed by anyone. Contract wallets sign by ERC-1271.
    function attest(bytes32 docId, address signer, uint64 validUntil, bytes calldata signature) external {
        RegistryStorage storage $ = _registry();
        Doc storage d = _active(docId);
        if (validUntil < block.timestamp || $.attested[docId][signer]) revert BadAttestation(signer);
        Kyc.requireEligible(signer);
        uint256 count = $.attesters[docId].length;
        if (count == ATTESTATIONS_MAX) revert RwaErrors.TooMany(count + 1, ATTESTATIONS_MAX);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(ATTESTATION_TYPEHASH, docId, d.input.sha256Hash, validUntil)));
        if (!SignatureChecker.isValidSignatureNow(signer, digest, signature)) revert BadAttestation(signer);
        $.attested[docId][signer] = true;
        $.attesters[docId].push(signer);
        emit DocumentAttested(docId, signer, validUntil);
    }

    /// @inheritdoc IDocumentStore
    function setDocument(bytes32 name, string calldata uri, bytes32 documentHash) external {
        if (!_isToken(msg.sender)) revert NotIssuer(msg.sender);
        if (name == 0) revert RwaErrors.InvalidParameter("name");
        if (bytes(uri).length > URI_MAX_BYTES) revert RwaErrors.InvalidParameter("uri");
        RegistryStorage storage $ = _registry();
        TokenDocument storage document = $.tokenDocuments[msg.sender][name];
        if (document.position == 0) {
            bytes32[] storage names = $.tokenNames[msg.sender];
            if (names.length == TOKEN_DOCUMENTS_MAX) revert RwaErrors.TooMany(names.length + 1, TOKEN_DOCUMENTS_MAX);
            names.push(name);
            document.position = uint32(names.length);
        }
        document.uri = uri;
        document.documentHash = documentHash;
        document.updatedAt = uint64(block.timestamp);
    }

    /// @inheritdoc IDocumentStore
    function removeDocument(bytes32 name) external {
        RegistryStorage storage $ = _registry();
        uint32 position = $.tokenDocuments[msg.sender][name].position;
        if (position == 0) revert DocUnknown(name);
        bytes32[] storage names = $.tokenNames[msg.sender];
        bytes32 last = names[names.length - 1];
        names[position - 1] = last;
        $.tokenDocuments[msg.sender][last].position = position;
        names.pop();
        delete $.tokenDocuments[msg.sender][name];
    }

    /// @inheritdoc IDocumentStore
    function documentOf(address token, bytes32 name) external view returns (string memory uri, bytes32 documentHash, uint256 updatedAt) {
        TokenDocument storage document = _registry().tokenDocuments[token][name];
        return (document.uri, document.documentHash, document.updatedAt);
    }

    /// @inheritdoc IDocumentStore
    function documentNamesOf(address token) external view returns (bytes32[] memory) {
        return _registry().tokenNames[token];
    }

    /// @notice A document; reverts `DocUnknown` if there is none.
    function doc(bytes32 docId) external view returns (Doc memory) {
        Doc storage d = _registry().docs[docId];
        if (d.status == 0) revert DocUnknown(docId);
        return d;
    }

    /// @notice Documents of a subject, oldest first, at most 500 a call.
    function docsOf(bytes32 subject, uint256 offset, uint256 limit) external view returns (bytes32[] memory) {
        return Page.slice(_registry().bySubject[subject], offset, limit);
    }

    /// @notice The active document of a subject and type, 0 if there is none.
    function latest(bytes32 subject, uint16 docType) external view returns (bytes32) {
        bytes32 head = _registry().heads[subject][docType];
        return _registry().docs[head].status == ACTIVE ? head : bytes32(0);
    }

    /// @notice Whether a document is active and belongs to a subject.
    function isActive(bytes32 docId, bytes32 subject) external view returns (bool) {
        Doc storage d = _registry().docs[docId];
        return d.status == ACTIVE && d.input.subject == subject;
    }

    /// @notice Who attested a document.
    function attestations(bytes32 docId) external view returns (address[] memory) {
        return _registry().attesters[docId];
    }

    /// @dev A new version after `prevId`, the last one of its chain (0 if it is the first).
    function _anchor(DocInput calldata d, bytes32 prevId) private returns (bytes32 docId) {
        _checkInput(d);
        RegistryStorage storage $ = _registry();
        uint32 version = $.docs[prevId].version + 1;
        docId = keccak256(abi.encode(d.subject, d.docType, d.sha256Hash, version));
        $.docs[docId] = Doc(docId, d, version, prevId, msg.sender, uint64(block.timestamp), ACTIVE);
        $.heads[d.subject][d.docType] = docId;
        $.bySubject[d.subject].push(docId);
        emit DocumentAnchored(docId, d.subject, d.docType, d.sha256Hash, d.cid);
    }

    function _checkInput(DocInput calldata d) private view {
        if (d.subject == 0) revert RwaErrors.InvalidParameter("subject");
        if (d.docType == 0 || d.docType > DOC_TYPE_MAX) revert RwaErrors.InvalidParameter("docType");
        if (d.sha256Hash == 0) revert RwaErrors.InvalidParameter("sha256Hash");
        if (d.cid.length == 1 || d.cid.length > CID_MAX_BYTES) revert BadCid();
        if (bytes(d.uri).length > URI_MAX_BYTES) revert RwaErrors.InvalidParameter("uri");
        if (d.validUntil != 0 && d.validUntil <= block.timestamp) revert RwaErrors.InvalidParameter("validUntil");
        // No personal data in clear: what is about a natural person is encrypted and nowhere linked.
        IKycRegistry.Identity memory identity = Kyc.KYC.getIdentity(d.subject);
        if (identity.status != 0 && identity.kind == 0 && (!d.encrypted || bytes(d.uri).length != 0)) revert RwaErrors.InvalidParameter("encrypted");
    }

    function _ownsSubject(address account, bytes32 subject) private view returns (bool) {
        if (subject == bytes32(uint256(uint160(account)))) return _isToken(account);
        return ISpvOwners(Addresses.SPV_REGISTRY).managerOf(subject) == account;
    }

    function _isToken(address account) private view returns (bool) {
        (address ruleAdmin, , , , ) = Kyc.ENGINE.rulesOf(account);
        return ruleAdmin != address(0);
    }

    function _active(bytes32 docId) private view returns (Doc storage d) {
        d = _registry().docs[docId];
        if (d.status == 0) revert DocUnknown(docId);
        if (d.status != ACTIVE) revert DocNotActive(docId);
    }

    function _writable(bytes32 docId) private view returns (Doc storage d) {
        d = _active(docId);
        if (d.issuer != msg.sender && !hasRole(Roles.ANCHOR, msg.sender)) revert NotIssuer(msg.sender);
    }

    function _registry() private pure returns (RegistryStorage storage $) {
        assembly {
            $.slot := REGISTRY_STORAGE
        }
    }
}
