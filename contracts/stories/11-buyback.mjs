import { parseEther, parseEventLogs, zeroHash } from "viem";
import { Admin, Alice, Bob, Ivy, Kira, Lara, Role, RuleAdmin, giveUsdc, kycOnly, people, registerVenue, throughTimelock, usd, usdcOf } from "./fixture.mjs";
import { at, day, never, tokens, usdc, words, year } from "./world.mjs";

export const title = "Buyback: FACTR bought, locked for a year, and paid out";

const amm = at("PermissionedAMM");
const buyback = at("Buyback");
const factr = at("FACTR");
const wdfc = at("WDFC");
const COOL_DOWN = 7n * day;
const FIRST = 0n;

/** Output of a pair for an input, as the pair rounds it. */
const swapped = (amountIn, fee, reserveIn, reserveOut) =>
  (amountIn * (1_000_000n - fee) * reserveOut) / (reserveIn * 1_000_000n + amountIn * (1_000_000n - fee));

export default async function buybackStory(world) {
  const { act, before, check, event, head, prepare, read, refused, travel, travelTo, variant } = world;
  await before(people);
  await before(throughTimelock, null, amm.grantRole(Role.ISSUER, Ivy.address));
  await prepare(Admin, wdfc.deposit(), parseEther("8000"));
  await giveUsdc(world, Admin, amm, usdc(4_000_000));
  for (const token of [wdfc, factr]) await prepare(Admin, token.approve(amm.address, never));

  const openPair = async (a, b, fee, amountA, amountB, what) => {
    const policy = { minTier: 1, typeMask: 0, navFeedId: zeroHash, fxFeedId: zeroHash, bandBps: 0, maxTradeBps: 0 };
    const receipt = await act(
      `Ivy creates the pair ${what}, open to everybody who is registered.`,
      Ivy,
      amm.createPair(a.address, b.address, fee, policy, RuleAdmin.address, kycOnly),
    );
    const pair = at("PermissionedPair", event(receipt, amm, "PairCreated").pair);
    await registerVenue(world, pair, `the pair ${what}`);
    const isA0 = BigInt(a.address) < BigInt(b.address);
    await act(
      `The treasury adds ${words(amountA, a === usd ? 6 : 18)} of the one and ${words(amountB, 18)} of the other.`,
      Admin,
      amm.addLiquidity(pair.address, isA0 ? amountA : amountB, isA0 ? amountB : amountA, 0n, Admin.address, never),
    );
  };
  await openPair(usd, wdfc, 500, usdc(4_000_000), tokens(4_000), "USDC/WDFC");
  await openPair(wdfc, factr, 3_000, tokens(4_000), tokens(40_000_000), "WDFC/FACTR");

  await prepare(Admin, usd.mint(buyback.address, usdc(5_000)));
  await refused(
    "The buyback contract has 5,000 USDC, but the pairs are younger than 1,800 seconds: refused.",
    Kira,
    buyback.buyback(usdc(5_000)),
    "ObservationTooOld",
  );
  await travel(1_801);
  await variant(async () => {
    await prepare(Admin, usd.mint(Admin.address, usdc(50_000)));
    await act(
      "What if somebody first bought for 50,000 USDC, which moves the price by 2.5 %?",
      Admin,
      amm.exactInputSingle(usd.address, wdfc.address, 500, Admin.address, never, usdc(50_000), 0n),
    );
    await refused("Then the price is not within 1 % of the average of the last half hour: refused.", Kira, buyback.buyback(usdc(5_000)), "SpotOutsideTwap");
  });
  const coins = swapped(usdc(5_000), 500n, usdc(4_000_000), tokens(4_000));
  const bought = swapped(coins, 3_000n, tokens(4_000), tokens(40_000_000));
  await act("Half an hour later Kira, as anybody may, starts the buyback.", Kira, buyback.buyback(usdc(5_000)));
  const lock = await read(buyback.buybacks(FIRST));
  check(
    `5,000 USDC are spent on ${words(bought, 18)} FACTR, which the contract locks.`,
    [await usdcOf(world, buyback), lock[1], lock[2], await read(factr.balanceOf(buyback.address))],
    [0n, bought, usdc(5_000), bought],
  );
  const boughtAt = (await head()).timestamp;
  await prepare(Admin, usd.mint(buyback.address, usdc(5_000)));
  await refused("A second buyback within seven days is refused.", Kira, buyback.buyback(usdc(5_000)), "CoolDown", boughtAt + COOL_DOWN);

  await travel(3_600);
  await giveUsdc(world, Bob, buyback, usdc(2_000));
  await act(
    "Bob's own buyback has a clock of its own: 2,000 USDC of his, 70 % for Alice, 30 % for Lara.",
    Bob,
    buyback.customBuyback(usdc(2_000), [
      { account: Alice.address, bps: 7_000n },
      { account: Lara.address, bps: 3_000n },
    ]),
  );
  const customAt = (await head()).timestamp;
  const customCoins = swapped(usdc(2_000), 500n, usdc(4_005_000), tokens(4_000) - coins);
  const custom = swapped(customCoins, 3_000n, tokens(4_000) + coins, tokens(40_000_000) - bought);
  check(
    `They buy ${words(custom, 18)} FACTR. The contract's own 5,000 USDC are untouched.`,
    [(await read(buyback.customBuybacks(FIRST)))[1], await usdcOf(world, buyback)],
    [custom, usdc(5_000)],
  );

  await travelTo(boughtAt + year);
  await refused("After exactly 365 days the first lock still holds.", Kira, buyback.buybackWithdraw(FIRST), "Locked", boughtAt + year);
  await travelTo(boughtAt + year + 1n);
  const receipt = await act("A second later Kira pays it out.", Kira, buyback.buybackWithdraw(FIRST));
  const payments = parseEventLogs({ abi: factr.abi, eventName: "Transfer", logs: receipt.logs }).map(({ args }) => [args.to, args.value]);
  const vaults = [];
  for (const name of ["vault1", "vault2", "vault3", "vault4"]) vaults.push(await read(buyback[name]()));
  const quarter = bought / 4n;
  check(
    `Four vaults receive ${words(quarter, 18)} FACTR each, the fourth with what does not divide by four. On this chain all four are the treasury's account.`,
    payments,
    [
      [vaults[0], quarter],
      [vaults[1], quarter],
      [vaults[2], quarter],
      [vaults[3], bought - 3n * quarter],
    ],
  );
  await refused("It is paid once.", Kira, buyback.buybackWithdraw(FIRST), "AlreadyWithdrawn", FIRST);

  await travelTo(customAt + year + 1n);
  await act("So is Bob's, a year and a second after it.", Kira, buyback.customBuybackWithdraw(FIRST));
  const share = (custom * 7_000n) / 10_000n;
  check(
    `Alice receives ${words(share, 18)} FACTR, Lara ${words(custom - share, 18)}.`,
    [await read(factr.balanceOf(Alice.address)), await read(factr.balanceOf(Lara.address))],
    [share, custom - share],
  );
}
