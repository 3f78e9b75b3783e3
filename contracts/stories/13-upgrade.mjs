import { readFileSync } from "node:fs";
import { keccak256, toHex, zeroHash as DEFAULT_ADMIN_ROLE } from "viem";
import { linkedCode } from "../scripts/link.mjs";
import { addresses } from "../typescript/index.js";
import { Admin, Alice, Bob, Kira, Lara, Mallory, giveUsdc, people, timelock } from "./fixture.mjs";
import { at, day, encoded, tokens, usdc } from "./world.mjs";

export const title = "Upgrade: proposed, voted, delayed, executed";

const factr = at("FACTR");
const governor = at("DefactorGovernor");
const pool = at("LendingPool");
const IMPLEMENTATION_SLOT = "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc";
const State = { pending: 0, active: 1, succeeded: 4, queued: 5, executed: 7 };
const FOR = 1;
const NOT_REGISTERED = 1;

export default async function upgrade(world) {
  const { act, before, check, deliver, nextBlockAt, now, prepare, read, refused, rpc, travel, travelTo } = world;
  await before(people);
  await prepare(Admin, factr.transfer(Alice.address, tokens(100_000)));
  await prepare(Admin, factr.transfer(Bob.address, tokens(11_900_000)));
  await prepare(Admin, factr.transfer(Mallory.address, tokens(1_000_000)));
  await giveUsdc(world, Lara, pool, usdc(200_000));
  await act("Lara supplies 200,000 USDC to the lending pool.", Lara, pool.supply(usdc(200_000), Lara.address));
  const shares = await read(pool.balanceOf(Lara.address));
  await act("Alice, who holds 100,000 FACTR, delegates to herself.", Alice, factr.delegate(Alice.address));
  await act("So does Bob with 11,900,000.", Bob, factr.delegate(Bob.address));
  await travel(1);

  const artifact = JSON.parse(readFileSync(new URL("../build/LendingPool.json", import.meta.url), "utf8"));
  const { contractAddress: implementation } = await deliver(Admin, { data: linkedCode(artifact, addresses) });
  const installed = async () => `0x${(await rpc("eth_getStorageAt", pool.address, IMPLEMENTATION_SLOT, "latest")).slice(26)}`;
  const old = await installed();
  const upgradeCall = pool.upgradeToAndCall(implementation, "0x");
  await refused(
    "A new implementation of the pool is deployed. Nobody may install it directly, not even the administrator.",
    Admin,
    upgradeCall,
    "TimelockOnly",
    Admin.address,
  );

  const description = "Upgrade of the lending pool";
  const proposal = [[pool.address], [0n], [encoded(upgradeCall).data]];
  const queued = [...proposal, keccak256(toHex(description))];
  await refused(
    "Kira has no FACTR and cannot propose: 100,000 are needed.",
    Kira,
    governor.propose(...proposal, description),
    "GovernorInsufficientProposerVotes",
    Kira.address,
    0n,
    tokens(100_000),
  );
  await act("Alice proposes the upgrade.", Alice, governor.propose(...proposal, description));
  const id = await read(governor.hashProposal(...queued));
  const state = () => read(governor.state(id));
  await refused("Nobody votes during the first day.", Bob, governor.castVote(id, FOR), "GovernorUnexpectedProposalState", id, State.pending);
  const opens = await read(governor.proposalSnapshot(id));
  check(
    "The vote opens after a day and lasts five; a quorum is 12,000,000 FACTR, 4 % of all.",
    [await read(governor.votingDelay()), (await read(governor.proposalDeadline(id))) - opens, await read(governor.quorum((await now()) - 1n))],
    [day, 5n * day, tokens(12_000_000)],
  );

  await travelTo(opens + 1n);
  await refused(
    "Mallory holds FACTR, but nobody registered her: her vote is refused.",
    Mallory,
    governor.castVote(id, FOR),
    "NotEligible",
    Mallory.address,
    NOT_REGISTERED,
  );
  await act("Alice votes for it.", Alice, governor.castVote(id, FOR));
  await act("Bob votes for it: with his the quorum is reached exactly.", Bob, governor.castVote(id, FOR));
  check("12,000,000 FACTR are for it, none against.", (await read(governor.proposalVotes(id))).slice(0, 2), [0n, tokens(12_000_000)]);
  await refused("Before the vote ends it cannot be queued.", Kira, governor.queue(...queued), "GovernorUnexpectedProposalState", id, State.active);

  await travelTo((await read(governor.proposalDeadline(id))) + 1n);
  check("After five days it has succeeded.", await state(), State.succeeded);
  await act("Anybody queues it in the Timelock.", Kira, governor.queue(...queued));
  const eta = await read(governor.proposalEta(id));
  check("It may be executed in 48 hours.", [await state(), eta - (await now())], [State.queued, 2n * day]);
  await travelTo(eta - 1n);
  await refused("A second earlier it may not.", Kira, governor.execute(...queued), "TimelockUnexpectedOperationState");
  check("The old implementation is still installed.", await installed(), old);
  await nextBlockAt(eta);
  await act("After 48 hours anybody executes it.", Kira, governor.execute(...queued));
  check("The new implementation is installed; the proposal is executed.", [await installed(), await state()], [implementation.toLowerCase(), State.executed]);
  check(
    "The pool's state is what it was: Lara's shares and her 200,000 USDC.",
    [await read(pool.balanceOf(Lara.address)), await read(pool.totalAssets()), await read(pool.hasRole(DEFAULT_ADMIN_ROLE, timelock.address))],
    [shares, usdc(200_000), true],
  );
  await act("She takes them out through the new code.", Lara, pool.withdraw(usdc(200_000), Lara.address));
  check("She has her 200,000 USDC.", await read(at("PaymentToken").balanceOf(Lara.address)), usdc(200_000));
}
