// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RwaErrors} from "../src/common/RwaErrors.sol";
import {Doc, DocInput, DocumentRegistry} from "../src/documents/DocumentRegistry.sol";
import {Platform} from "./base/Platform.sol";

contract DocumentRegistryTest is Platform {
    uint256 private constant SIGNER_KEY = 0xA11CE;
    uint256 private constant OTHER_KEY = 0xB0B;
    bytes32 private first;

    function setUp() public {
        installPlatform();
        installSpv();
        person(vm.addr(SIGNER_KEY), 2, 1, GERMANY);
        person(vm.addr(OTHER_KEY), 2, 1, GERMANY);
        first = anchorDocument(ivy, SPV_ID, 2, "appraisal 1");
    }

    function test_anchor_byOwnerOrServiceOnly() public {
        vm.expectRevert(abi.encodeWithSelector(DocumentRegistry.NotIssuer.selector, alice));
        vm.prank(alice);
        documents.anchor(_input(SPV_ID, 4, "x"));
        anchorDocument(agent, SPV_ID, 4, "x");
        vm.expectRevert(abi.encodeWithSelector(DocumentRegistry.DocExists.selector, first));
        vm.prank(ivy);
        documents.anchor(_input(SPV_ID, 2, "again"));
        eq(first, keccak256(abi.encode(SPV_ID, uint16(2), bytes32("appraisal 1"), uint32(1))), "id");
    }

    function test_supersede_movesLatest_keepsHistory() public {
        vm.prank(ivy);
        bytes32 second = documents.supersede(first, _input(SPV_ID, 2, "appraisal 2"));
        eq(documents.latest(SPV_ID, 2), second, "latest");
        Doc memory old = documents.doc(first);
        eq(old.status, 2, "superseded");
        eq(old.input.sha256Hash, "appraisal 1", "hash stays");
        Doc memory d = documents.doc(second);
        eq(d.version, 2, "version");
        eq(d.prevId, first, "chain");
        vm.expectRevert(abi.encodeWithSelector(DocumentRegistry.DocNotActive.selector, first));
        vm.prank(ivy);
        documents.supersede(first, _input(SPV_ID, 2, "fork"));
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("docType")));
        vm.prank(ivy);
        documents.supersede(second, _input(SPV_ID, 3, "other type"));
        eq(documents.docsOf(SPV_ID, 0, 10).length, 3, "deed and two appraisals");
        eq(documents.docsOf(SPV_ID, 3, 10).length, 0, "past the end");
    }

    function test_revoke_isFinal_andVersionsGoOn() public {
        vm.prank(ivy);
        documents.revoke(first, "wrong");
        eq(documents.latest(SPV_ID, 2), bytes32(0), "none");
        vm.expectRevert(abi.encodeWithSelector(DocumentRegistry.DocNotActive.selector, first));
        vm.prank(ivy);
        documents.revoke(first, "again");
        bytes32 next = anchorDocument(ivy, SPV_ID, 2, "appraisal 1");
        isTrue(next != first, "another id for the same hash");
        eq(documents.doc(next).version, 2, "version");
        vm.expectRevert(abi.encodeWithSelector(DocumentRegistry.DocUnknown.selector, bytes32("none")));
        documents.doc("none");
    }

    function test_attest_bySigners_oncePerDocument() public {
        eq(documents.ATTESTATION_TYPEHASH(), 0xca3512ad8afe87892fcec684eec741c8f0fcb980744311f0a9eb75cb57180727, "type hash");
        uint64 until = uint64(block.timestamp + 1 days);
        documents.attest(first, vm.addr(SIGNER_KEY), until, _sign(SIGNER_KEY, first, until));
        documents.attest(first, vm.addr(OTHER_KEY), until, _sign(OTHER_KEY, first, until));
        eq(documents.attestations(first).length, 2, "two");
        bytes memory signature = _sign(SIGNER_KEY, first, until);
        vm.expectRevert(abi.encodeWithSelector(DocumentRegistry.BadAttestation.selector, vm.addr(SIGNER_KEY)));
        documents.attest(first, vm.addr(SIGNER_KEY), until, signature);
    }

    function test_attest_refusesWrongLateAndIneligible() public {
        uint64 until = uint64(block.timestamp + 1 days);
        bytes memory signature = _sign(OTHER_KEY, first, until);
        address signer = vm.addr(SIGNER_KEY);
        vm.expectRevert(abi.encodeWithSelector(DocumentRegistry.BadAttestation.selector, signer));
        documents.attest(first, signer, until, signature);
        signature = _sign(SIGNER_KEY, first, until);
        freezeWallet(signer);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, signer, uint8(2)));
        documents.attest(first, signer, until, signature);
        unfreezeWallet(signer);
        vm.warp(until + 1);
        vm.expectRevert(abi.encodeWithSelector(DocumentRegistry.BadAttestation.selector, signer));
        documents.attest(first, signer, until, signature);
    }

    function test_batch_provesItsLeaves() public {
        bytes32 left = keccak256(bytes.concat(keccak256(abi.encode(bytes32("a")))));
        bytes32 right = keccak256(bytes.concat(keccak256(abi.encode(bytes32("b")))));
        bytes32 root = left < right ? keccak256(abi.encode(left, right)) : keccak256(abi.encode(right, left));
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = right;
        isTrue(!documents.verifyInBatch(root, "a", proof), "not anchored yet");
        vm.prank(agent);
        documents.anchorBatch(root, 2, "batch");
        isTrue(documents.verifyInBatch(root, "a", proof), "a");
        isTrue(!documents.verifyInBatch(root, "c", proof), "c");
        vm.expectRevert(abi.encodeWithSelector(DocumentRegistry.DocExists.selector, root));
        vm.prank(agent);
        documents.anchorBatch(root, 2, "batch");
        vm.expectRevert();
        vm.prank(ivy);
        documents.anchorBatch("x", 2, "batch");
    }

    function test_input_limits() public {
        DocInput memory d = _input(SPV_ID, 4, "x");
        d.cid = new bytes(65);
        vm.expectRevert(DocumentRegistry.BadCid.selector);
        vm.prank(ivy);
        documents.anchor(d);
        d = _input(SPV_ID, 9, "x");
        _expectInvalid(d, "docType");
        d = _input(SPV_ID, 4, 0);
        _expectInvalid(d, "sha256Hash");
        d = _input(SPV_ID, 4, "x");
        d.uri = string(new bytes(257));
        _expectInvalid(d, "uri");
        d = _input(SPV_ID, 4, "x");
        d.validUntil = uint64(block.timestamp);
        _expectInvalid(d, "validUntil");
    }

    function test_documentsAboutPersons_areEncryptedAndUnlinked() public {
        DocInput memory d = _input(idOf(alice), 5, "x");
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("encrypted")));
        vm.prank(agent);
        documents.anchor(d);
        d.encrypted = true;
        d.uri = "https://example.org";
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("encrypted")));
        vm.prank(agent);
        documents.anchor(d);
        d.uri = "";
        vm.prank(agent);
        documents.anchor(d);
    }

    function _expectInvalid(DocInput memory d, bytes32 name) private {
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, name));
        vm.prank(ivy);
        documents.anchor(d);
    }

    function _input(bytes32 subject, uint16 docType, bytes32 hash) private pure returns (DocInput memory) {
        return DocInput(subject, docType, hash, hex"1220", "", 0, false);
    }

    function _sign(uint256 key, bytes32 docId, uint64 until) private view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("DefactorDocuments"),
                keccak256("1"),
                block.chainid,
                address(documents)
            )
        );
        bytes32 hash = documents.doc(docId).input.sha256Hash;
        bytes32 message = keccak256(abi.encode(documents.ATTESTATION_TYPEHASH(), docId, hash, until));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, message)));
        return abi.encodePacked(r, s, v);
    }
}
