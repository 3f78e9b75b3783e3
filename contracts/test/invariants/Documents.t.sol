// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Doc, DocInput} from "../../src/documents/DocumentRegistry.sol";
import {Platform} from "../base/Platform.sol";

/// Chains of documents of one subject in two types, and documents about a person.
contract DocumentHandler is Platform {
    bytes32[] private _ids;
    mapping(bytes32 docId => bytes32) public hashOf;
    mapping(bytes32 docId => bool) public wasRevoked;
    bool public isClearText;
    bool public isRevived;

    function anchor(uint256 docType, bytes32 hash) external {
        _add(_anchor(DocInput(SPV_ID, uint16(1 + (docType % 2)), hash, "", "ipfs://x", 0, false)), hash);
    }

    function supersede(uint256 i, bytes32 hash) external {
        bytes32 old = _pick(i, 1);
        DocInput memory input = DocInput(SPV_ID, documents.doc(old).input.docType, hash, "", "", 0, false);
        vm.prank(agent);
        _add(documents.supersede(old, input), hash);
    }

    function revoke(uint256 i) external {
        bytes32 id = _pick(i, 1);
        vm.prank(agent);
        documents.revoke(id, "reason");
        wasRevoked[id] = true;
    }

    /// D4: a revoked document is neither superseded nor revoked again.
    function revive(uint256 i, bytes32 hash) external {
        bytes32 id = _pick(i, 3);
        DocInput memory input = DocInput(SPV_ID, documents.doc(id).input.docType, hash, "", "", 0, false);
        vm.prank(agent);
        try documents.supersede(id, input) {
            isRevived = true;
        } catch {}
        vm.prank(agent);
        try documents.revoke(id, "again") {
            isRevived = true;
        } catch {}
    }

    /// D5: about a person, in clear or encrypted, with and without a link.
    function anchorPerson(uint256 seed, bytes32 hash, bool isEncrypted, bool hasUri) external {
        bytes32 subject = idOf(seed % 2 == 0 ? alice : bob);
        bytes32 id = _anchor(DocInput(subject, uint16(1 + (seed % 8)), hash, "", hasUri ? "ipfs://x" : "", 0, isEncrypted));
        if (!isEncrypted || hasUri) isClearText = true;
        _add(id, hash);
    }

    function ids() external view returns (bytes32[] memory) {
        return _ids;
    }

    function _anchor(DocInput memory input) private returns (bytes32) {
        vm.prank(agent);
        return documents.anchor(input);
    }

    function _add(bytes32 id, bytes32 hash) private {
        _ids.push(id);
        hashOf[id] = hash;
    }

    /// A document of the SPV in this status, from a random one on; reverts if there is none.
    function _pick(uint256 seed, uint8 status) private view returns (bytes32 id) {
        for (uint256 i = 0; i < _ids.length; ++i) {
            id = _ids[((seed % _ids.length) + i) % _ids.length];
            Doc memory d = documents.doc(id);
            if (d.status == status && d.input.subject == SPV_ID) return id;
        }
        revert("no such document");
    }
}

contract DocumentInvariants is Platform {
    DocumentHandler private handler;

    function setUp() public {
        installPlatform();
        installSpv();
        // The deed of the SPV's activation makes way for the sequence.
        bytes32 deed = documents.latest(SPV_ID, 1);
        vm.prank(ivy);
        documents.revoke(deed, "sequence");
        handler = new DocumentHandler();
        target(address(handler));
    }

    /// D1, D2, D4: hashes stay, predecessors have one version less, what is revoked stays revoked.
    function invariant_historyStands() public view {
        isTrue(!handler.isRevived(), "D4: final");
        bytes32[] memory ids = handler.ids();
        for (uint256 i = 0; i < ids.length; ++i) {
            Doc memory d = documents.doc(ids[i]);
            eq(d.input.sha256Hash, handler.hashOf(ids[i]), "D1");
            if (handler.wasRevoked(ids[i])) eq(d.status, 3, "D4");
            if (d.prevId == 0) continue;
            Doc memory before = documents.doc(d.prevId);
            eq(before.version + 1, d.version, "D2: one version less");
            isTrue(before.input.subject == d.input.subject && before.input.docType == d.input.docType, "D2: one chain");
            isTrue(before.status != 1, "D2: one active");
            for (uint256 j = 0; j < i; ++j) isTrue(documents.doc(ids[j]).prevId != d.prevId, "D2: no fork");
        }
    }

    /// D3, D5.
    function invariant_theLatestIsActive_andPersonsAreEncrypted() public view {
        for (uint16 docType = 1; docType <= 2; ++docType) {
            bytes32 id = documents.latest(SPV_ID, docType);
            if (id != 0) eq(documents.doc(id).status, 1, "D3");
        }
        isTrue(!handler.isClearText(), "D5");
    }
}
