import { zeroHash } from "viem";
import { Bob, Lara, NAV_FEED, admitVenue, approve, giveUsdc, report, throughTimelock, usdcOf } from "./fixture.mjs";
import { at, price, tokens, usdc } from "./world.mjs";
import secondaryTrade from "./04-secondary-trade.mjs";

export const title = "Borrowing: USDC against tokens";

const pool = at("LendingPool");
const WAD = 10n ** 18n;

/** Tells the story; returns token, pair and pool: Bob owes 50,000 USDC since `borrowedAt` against 1,000 tokens. */
export default async function borrow(world) {
  const { act, before, check, head, read, refused } = world;
  const { token, pair } = await before(secondaryTrade);
  const market = {
    ltvBps: 5_000,
    liqThresholdBps: 6_500,
    liqBonusBps: 500,
    closeFactorBps: 5_000,
    supplyCap: tokens(50_000),
    feedId: NAV_FEED,
    fxFeedId: zeroHash,
    minTier: 1,
    active: true,
  };
  await throughTimelock(
    world,
    "The Timelock lists PROP as collateral: loans up to 50 %, liquidation above 65 %, bonus 5 %.",
    pool.listCollateral(token.address, market),
  );
  await admitVenue(world, token, pool, "the lending pool");
  await report(world, "R1 and R2 report 100 USD.", NAV_FEED, price(100));

  await giveUsdc(world, Lara, pool, usdc(200_000));
  await act("Lara supplies 200,000 USDC.", Lara, pool.supply(usdc(200_000), Lara.address));
  await approve(world, Bob, token, pool);
  await act("Bob deposits 1,000 tokens, worth 100,000 USDC.", Bob, pool.depositCollateral(token.address, tokens(1_000)));
  check("The pool holds them for him.", await read(pool.collateralOf(Bob.address, token.address)), tokens(1_000));
  await refused(
    "50,001 USDC would be more than half of that: refused.",
    Bob,
    pool.borrow(usdc(50_001), Bob.address),
    "HealthTooLow",
    (usdc(65_000) * WAD) / usdc(50_001),
  );

  const had = await usdcOf(world, Bob);
  await act("Bob borrows 50,000 USDC.", Bob, pool.borrow(usdc(50_000), Bob.address));
  const borrowedAt = (await head()).timestamp;
  check("He has them, and owes them.", [(await usdcOf(world, Bob)) - had, await read(pool.debtOf(Bob.address))], [usdc(50_000), usdc(50_000)]);
  check("The health of his account is 65,000 / 50,000 = 1.30.", await read(pool.health(Bob.address)), (13n * WAD) / 10n);
  return { token, pair, pool, borrowedAt };
}
