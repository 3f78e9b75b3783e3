import { eligibility, eligibilitySlots, prove } from "../../tests/Chain.EndToEnd.Tests/clients/state-proof.mjs";
import { numberToHex, parseEther } from "viem";
import { Admin, Alice, GERMANY, Kira, Mallory, documentHash, identityIdOf, kyc, person } from "./fixture.mjs";
import { year } from "./world.mjs";

export const title = "Onboarding: an investor becomes eligible, proves it, and expires";

const NOT_AUTHORIZED = -32007;
const Code = { ok: 0, notRegistered: 1, expired: 6 };
const EOA = 0;

export default async function onboarding({ act, check, signTyped, deliver, fund, head, now, read, rejected, rpc, travelTo }) {
  const coin = { to: Admin.address, value: 1n };
  for (const who of [Alice, Mallory]) await fund(Admin, who, parseEther("10"));

  const deadline = (await now()) + 3_600n;
  const fields = "bytes32 identityId,address wallet,uint64 deadline";
  const consent = await signTyped(Alice, "DefactorKyc", kyc, "LinkWallet", fields, {
    identityId: identityIdOf(Alice),
    wallet: Alice.address,
    deadline,
  });
  check("Alice signs her consent that her wallet be linked; the chain does not know her yet.", await read(kyc.kycStatus(Alice.address)), Code.notRegistered);

  const expiry = (await now()) + year;
  await act(
    "The provider has checked her. Kira registers her identity: tier 2, retail, tax resident in Germany (276), for one year.",
    Kira,
    kyc.registerIdentity(person(Alice, 2, 1, GERMANY, expiry), []),
  );
  await act("Kira links Alice's wallet with her consent.", Kira, kyc.linkWallet(identityIdOf(Alice), Alice.address, EOA, deadline, consent));
  check("Alice is verified.", await read(kyc.isVerified(Alice.address)), true);
  await deliver(Alice, coin);
  await rejected(
    "Mallory, whom nobody registered, sends a transaction: the node refuses it, code -32007, NOT_REGISTERED.",
    Mallory,
    coin,
    NOT_AUTHORIZED,
    "NOT_REGISTERED",
  );

  const slots = eligibilitySlots(Alice.address, identityIdOf(Alice), GERMANY);
  const proofOf = async (block) => prove(block.stateRoot, kyc.address, await rpc("eth_getProof", kyc.address, slots, numberToHex(block.number)));
  const block = await head();
  check(
    `Her eligibility is proved from five storage words against the state root of block ${block.number}, by a library that shares no code with the node.`,
    eligibility(Alice.address, await proofOf(block), block.timestamp),
    Code.ok,
  );

  await travelTo(expiry);
  await rejected("A year later her transaction is refused: EXPIRED.", Alice, coin, NOT_AUTHORIZED, "EXPIRED");
  const late = await head();
  check("The proof says so too: code 6.", eligibility(Alice.address, await proofOf(late), late.timestamp), Code.expired);

  await act(
    "Kira renews her identity for another year.",
    Kira,
    kyc.renewIdentity(identityIdOf(Alice), expiry + year, documentHash("claims of Alice, renewed")),
  );
  await deliver(Alice, coin);
  check("Alice is verified again, and her transaction is mined.", await read(kyc.isVerified(Alice.address)), true);
}
