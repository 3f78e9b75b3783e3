import { concat, encodeAbiParameters, keccak256, sha256, stringToHex, zeroHash } from "viem";
import { Admin, Alice, Bob, Ivy, Lara, Mallory, SPV_ID, documentHash } from "./fixture.mjs";
import { at, day, id32 } from "./world.mjs";
import tokenisation, { document } from "./02-tokenisation.mjs";

export const title = "Documents: anchored, attested, replaced, revoked";

const documents = at("DocumentRegistry");
const PROSPECTUS = 3;
const Status = { active: 1, superseded: 2, revoked: 3 };
const NOT_REGISTERED = 1;

export default async function documentAnchoring({ act, before, signTyped, check, now, read, refused }) {
  await before(tokenisation);
  const [firstText, secondText] = ["Prospectus of Property One, first edition", "Prospectus of Property One, second edition"];
  await refused("Bob may not anchor documents of this SPV.", Bob, documents.anchor(document(SPV_ID, PROSPECTUS, firstText)), "NotIssuer", Bob.address);
  await act("Ivy anchors the prospectus: its SHA-256 and where IPFS has it.", Ivy, documents.anchor(document(SPV_ID, PROSPECTUS, firstText)));
  const first = await read(documents.latest(SPV_ID, PROSPECTUS));
  check("It is version 1, and the latest.", [(await read(documents.doc(first))).version, (await read(documents.doc(first))).status], [1, Status.active]);

  const validUntil = (await now()) + 365n * day;
  const attested = { docId: first, sha256: sha256(stringToHex(firstText)), validUntil };
  const attestation = (who) => signTyped(who, "DefactorDocuments", documents, "Attestation", "bytes32 docId,bytes32 sha256,uint64 validUntil", attested);
  await act("Alice has read it and signs; Ivy relays her attestation.", Ivy, documents.attest(first, Alice.address, validUntil, await attestation(Alice)));
  await act("Lara signs too.", Ivy, documents.attest(first, Lara.address, validUntil, await attestation(Lara)));
  check("Two have attested it.", await read(documents.attestations(first)), [Alice.address, Lara.address]);
  await refused(
    "Alice's signature does not count for Bob.",
    Ivy,
    documents.attest(first, Bob.address, validUntil, await attestation(Alice)),
    "BadAttestation",
    Bob.address,
  );
  await refused(
    "Mallory, whom nobody registered, attests nothing.",
    Ivy,
    documents.attest(first, Mallory.address, validUntil, await attestation(Mallory)),
    "NotEligible",
    Mallory.address,
    NOT_REGISTERED,
  );

  await act("Ivy replaces it by the second edition.", Ivy, documents.supersede(first, document(SPV_ID, PROSPECTUS, secondText)));
  const second = await read(documents.latest(SPV_ID, PROSPECTUS));
  const { version, prevId } = await read(documents.doc(second));
  check("The latest is now version 2, which names version 1 as the one before.", [version, prevId], [2, first]);
  const old = await read(documents.doc(first));
  check(
    "The first edition still verifies by its hash, and is marked as superseded.",
    [old.input.sha256Hash, old.status],
    [sha256(stringToHex(firstText)), Status.superseded],
  );
  await refused("Nobody can attest it any more.", Ivy, documents.attest(first, Bob.address, validUntil, await attestation(Bob)), "DocNotActive", first);

  await act("The second edition had an error: Ivy revokes it.", Ivy, documents.revoke(second, documentHash("notice of the error")));
  check(
    "It is flagged as revoked, and there is no latest prospectus.",
    [(await read(documents.doc(second))).status, await read(documents.isActive(second, SPV_ID)), await read(documents.latest(SPV_ID, PROSPECTUS))],
    [Status.revoked, false, zeroHash],
  );
  await refused("A revocation is final.", Ivy, documents.revoke(second, documentHash("again")), "DocNotActive", second);

  const leaf = (hash) => keccak256(keccak256(encodeAbiParameters([{ type: "bytes32" }], [hash])));
  const [lease, invoice] = ["lease of flat 1", "invoice 17"].map((text) => sha256(stringToHex(text)));
  const root = keccak256(concat([leaf(lease), leaf(invoice)].sort()));
  await act("The document service anchors two documents at once, by the root of their Merkle tree.", Admin, documents.anchorBatch(root, 2, id32("batch 1")));
  check(
    "Each is proved by its sibling; another hash is not.",
    [await read(documents.verifyInBatch(root, lease, [leaf(invoice)])), await read(documents.verifyInBatch(root, documentHash("another"), [leaf(invoice)]))],
    [true, false],
  );
}
