import {
  Admin,
  Agent,
  Bob,
  Kira,
  Lara,
  NAV_FEED,
  Otto,
  SWITZERLAND,
  documentHash,
  engine,
  entity,
  giveUsdc,
  oracle,
  register,
  report,
  reporters,
  usd,
  usdcOf,
} from "./fixture.mjs";
import { actor, at, never, price, tokens, usdc, words, year } from "./world.mjs";
import borrow from "./05-borrow.mjs";

export const title = "A net asset value falls: held, accepted, and a loan is liquidated";

const amm = at("PermissionedAMM");
const FEE = 3_000;
const INDEX_ONE = 10n ** 27n;
const WAD = 10n ** 18n;
const Health = { ok: 0, held: 4 };
const Code = { ok: 0, countryNotAllowed: 67, maxBalance: 73 };
/** Yearly rate at a quarter's utilisation: 4 % · 25 / 80. */
const RATE = WAD / 80n;

const [R1] = reporters;

const ceilDiv = (a, b) => (a + b - 1n) / b;
const percent = (part, total) => words((part * 10_000n + total / 2n) / total, 2);

export default async function liquidation(world) {
  const { act, before, check, head, now, prepare, read, refused, variant } = world;
  const { token, pair, pool, borrowedAt } = await before(borrow);
  await giveUsdc(world, Lara, pool, usdc(25_000));
  const liquidate = (amount) => pool.liquidate(Bob.address, token.address, amount, 0n);
  await refused("Bob's loan is healthy, 1.30: Lara cannot liquidate it.", Lara, liquidate(usdc(25_000)), "Healthy");

  await report(world, "R1 and R2 report 74 USD, 26 % less than the last round. The feed holds what moves more than 10 %.", NAV_FEED, price(74));
  check(
    "The feed's health is 4, held; its answer is still 100 USD.",
    [await read(oracle.health(NAV_FEED)), (await read(oracle.latestRound(NAV_FEED))).answer],
    [Health.held, price(100)],
  );
  await refused("While it is held Lara cannot liquidate.", Lara, liquidate(usdc(25_000)), "FeedUnhealthy", NAV_FEED, Health.held);
  await refused("Nor can Bob borrow more.", Bob, pool.borrow(usdc(1), Bob.address), "FeedUnhealthy", NAV_FEED, Health.held);
  await refused(
    "And the pair's swaps are halted.",
    Bob,
    amm.exactInputSingle(usd.address, token.address, FEE, Bob.address, never, usdc(1_000), 0n),
    "FeedUnhealthy",
    NAV_FEED,
    Health.held,
  );
  await variant(async () => {
    const lp = (await read(pair.balanceOf(Bob.address))) / 10n;
    await act("Liquidity can still be taken out: Bob could take a tenth of his.", Bob, amm.removeLiquidity(pair.address, lp, 0n, 0n, Bob.address, never));
    await act("And debt can still be repaid: Lara could pay 1,000 USDC of Bob's.", Lara, pool.repay(usdc(1_000), Bob.address));
  });

  await variant(async () => {
    await prepare(Admin, oracle.setEnabled(R1.address));
    await refused("R1 could not accept its own report, even with the role for it.", R1, oracle.resolveHeld(NAV_FEED, true), "FourEyes", R1.address);
  });
  await act("Otto, who may resolve held rounds and reports none himself, accepts it.", Otto, oracle.resolveHeld(NAV_FEED, true));
  check(
    "The answer is 74 USD, and the feed is healthy.",
    [await read(oracle.health(NAV_FEED)), (await read(oracle.latestRound(NAV_FEED))).answer],
    [Health.ok, price(74)],
  );

  const owed = await read(pool.debtOf(Bob.address));
  check("Bob owes 67.57 % of what his tokens are worth now, 74,000 USDC: more than 65 %.", percent(owed, usdc(74_000)), "67.57");

  // Section 18 expects LiquidatorCannotReceive(73) here. That cannot be: the pool's exemption 47 contains BALANCE, which by section 4.2 of the
  // compliance specification exempts either side of a movement, so MAX_BALANCE does not bind who receives from the pool. The receiver's other rules do.
  await variant(async () => {
    await prepare(Agent, token.mint(Lara.address, tokens(38_750)));
    await prepare(
      Kira,
      engine.recordTravelRule(token.address, Bob.address, Lara.address, tokens(31_000), documentHash("travel reference"), (await now()) + 3_600n),
    );
    await act(
      "What if Lara already held 69,750 tokens, the most being 70,000? Bob sends her 31,000, with a travel-rule reference.",
      Bob,
      token.transfer(Lara.address, tokens(31_000)),
    );
    check(
      "300 more from Bob would be refused: code 73, maximum balance.",
      await read(engine.canTransfer(token.address, Bob.address, Lara.address, tokens(300))),
      Code.maxBalance,
    );
    await act("From the pool, which is exempt from balance limits, she receives them: the liquidation goes through.", Lara, liquidate(usdc(25_000)));
    check("She holds 70,104.7297 tokens.", words(await read(token.balanceOf(Lara.address)), 18, 4), "70,104.7297");
  });
  await variant(async () => {
    const stranger = actor("Swiss institution");
    await register(world, stranger, entity(stranger, 4, SWITZERLAND, (await now()) + year));
    await giveUsdc(world, stranger, pool, usdc(25_000));
    await refused(
      "A liquidator from Switzerland, whose country the token does not allow, is refused: code 67.",
      stranger,
      liquidate(usdc(25_000)),
      "LiquidatorCannotReceive",
      Code.countryNotAllowed,
    );
  });

  const paid = await usdcOf(world, Lara);
  const held = await read(token.balanceOf(Lara.address));
  await act("Lara repays 25,000 USDC of Bob's debt.", Lara, liquidate(usdc(25_000)));
  const seized = (await read(token.balanceOf(Lara.address))) - held;
  check(
    `She receives 25,000 · 1.05 / 74 = ${words(seized, 18, 4)} tokens.`,
    [seized, paid - (await usdcOf(world, Lara))],
    [(tokens(25_000) * 105n) / 7_400n, usdc(25_000)],
  );

  const seconds = (await head()).timestamp - borrowedAt;
  const index = INDEX_ONE + (INDEX_ONE * RATE * seconds) / (WAD * year);
  const scaled = usdc(50_000) - (usdc(25_000) * INDEX_ONE) / index;
  const debt = await read(pool.debtOf(Bob.address));
  check(
    `Bob still owes 25,000 USDC and the interest of ${seconds} seconds at 1.25 % a year: ${words(debt, 6, 6)} USDC.`,
    debt,
    ceilDiv(scaled * index, INDEX_ONE),
  );
  const rest = await read(pool.collateralOf(Bob.address, token.address));
  check(`He still has ${words(rest, 18, 4)} tokens in the pool.`, rest, tokens(1_000) - seized);
  check("The loan is 52.36 % of them: healthy.", percent(debt, (rest * 74n) / 10n ** 12n), "52.36");
  await refused("So nobody can liquidate it further.", Lara, liquidate(usdc(1)), "Healthy");
  return { token, pair, pool };
}
