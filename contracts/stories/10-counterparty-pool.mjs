import { Alice, Bob, admitVenue, approve, giveUsdc, usdcOf } from "./fixture.mjs";
import { at, day, tokens, usdc } from "./world.mjs";
import primarySale from "./03-primary-sale.mjs";

export const title = "Counterparty pool: the example of the documentation";

const pools = at("Pools");
const POOL = 0n;
const APR = 2_000_000; // 2 % in units of 1e-8
const Status = { created: 0, active: 1, closed: 2, archived: 3 };

export default async function counterpartyPool(world) {
  const { act, before, check, nextBlockAt, now, read, refused, travelTo } = world;
  const { token } = await before(primarySale);
  await admitVenue(world, token, pools, "the pools");
  await giveUsdc(world, Bob, pools, usdc(5_000));
  await giveUsdc(world, Alice, pools, usdc(2_000));
  await approve(world, Bob, token, pools);
  const status = async () => (await read(pools.getPool(POOL))).poolStatus;
  const held = await read(token.balanceOf(Bob.address));
  const [bob, alice] = [await usdcOf(world, Bob), await usdcOf(world, Alice)];

  const deadline = (await now()) + 10n * day;
  await act(
    "Bob opens a pool: at least 1,000 USDC, at most 2,000, 2 % a year, against 100 tokens. He pays the fee of 200 USDC.",
    Bob,
    pools.createPool(usdc(1_000), usdc(2_000), Number(deadline), APR, [{ contractAddress: token.address, amount: tokens(100), id: 0n }]),
  );
  check(
    "The pool holds his 100 tokens, and he has 200 USDC less.",
    [held - (await read(token.balanceOf(Bob.address))), bob - (await usdcOf(world, Bob))],
    [tokens(100), usdc(200)],
  );
  await refused("He cannot lend to himself.", Bob, pools.commitToPool(POOL, usdc(100)), "PoolOwnerCannotCommitToHisOwnPool");
  await act("Alice commits 1,100 USDC.", Alice, pools.commitToPool(POOL, usdc(1_100)));
  await refused("900.000001 more would exceed the 2,000: refused.", Alice, pools.commitToPool(POOL, usdc("900.000001")), "PoolHardCapReached");
  await refused("Before the deadline Bob cannot collect.", Bob, pools.collectPool(POOL), "PoolDeadlineNotReached");

  await travelTo(deadline);
  await act("At the deadline he collects.", Bob, pools.collectPool(POOL));
  check(
    "He receives 1,078 USDC, 2 % less; the fees are 222 with those of the opening.",
    [(await usdcOf(world, Bob)) - bob, await read(pools.feesCollected()), await status()],
    [usdc(1_078 - 200), usdc(222), Status.active],
  );
  await refused("Without rewards of 1,122 USDC he does not get his tokens back.", Bob, pools.closePool(POOL), "MustDepositAtleastCommittedAmount");
  await act("He deposits 1,122 USDC: 1,100 and 2 %.", Bob, pools.depositRewards(POOL, usdc(1_122)));
  await act("Alice claims.", Alice, pools.claim(POOL));
  check("She receives 1,122 USDC, 22 more than she gave.", (await usdcOf(world, Alice)) - alice, usdc(22));
  await act("Bob closes the pool.", Bob, pools.closePool(POOL));
  check("He has his 100 tokens back.", [await read(token.balanceOf(Bob.address)), await status()], [held, Status.closed]);

  const closedAt = BigInt((await read(pools.getPool(POOL))).closedTime);
  await travelTo(closedAt + 60n * day - 1n);
  await refused("For 60 days it cannot be archived.", Bob, pools.archivePool(POOL), "PoolStatusMustBeClosedForAtLeast60Days");
  await nextBlockAt(closedAt + 60n * day);
  await act("After 60 days Bob archives it.", Bob, pools.archivePool(POOL));
  check("The pool is archived.", await status(), Status.archived);
}
