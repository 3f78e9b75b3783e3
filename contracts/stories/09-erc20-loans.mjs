import { zeroAddress, zeroHash } from "viem";
import { Admin, Alice, Bob, NAV_FEED, admitVenue, approve, giveUsdc, oracle, report, throughTimelock, usdcOf } from "./fixture.mjs";
import { at, day, id32, price, tokens, usdc, year } from "./world.mjs";
import primarySale from "./03-primary-sale.mjs";

export const title = "ERC20.loans: an isolated pool of one collateral";

export const loans = at("ERC20CollateralPoolV2");
const USDC_FEED = id32("USDC/USD");
const POOL = 0n;
const FIRST = 0n;
export const INTEREST_BPS = 500n;

/** Price of USDC: the development chain's feed has one reporter, its first account. */
export async function reportUsdc({ prepare, travel, now }) {
  await travel(1);
  await prepare(Admin, oracle.submitDirect(USDC_FEED, price(1), await now(), zeroHash));
}

/** Opens the pool for a token; Alice lends 10,000 USDC, Bob borrows 1,000. Returns the time of Bob's loan. */
export async function openLoans(world, token) {
  const { act, check, head, now, read, refused } = world;
  const terms = {
    collateralToken: token.address,
    collateralTokenPriceOracle: await read(oracle.facadeOf(NAV_FEED)),
    collateralTokenSequencerOracle: zeroAddress,
    maxPoolCapacity: usdc(500_000),
    minLended: usdc(1),
    minBorrow: usdc(1),
    endTime: Number((await now()) + 1_000n * day),
    collateralTokenFactor: 10_000,
    collateralTokenLTVPercentage: 5_000,
    interest: Number(INTEREST_BPS),
  };
  await throughTimelock(world, "The Timelock opens a pool for PROP: loans up to 50 %, 5 % interest.", loans.addPool(terms));
  await admitVenue(world, token, loans, "the loan contract");
  await report(world, "R1 and R2 report 100 USD.", NAV_FEED, price(100));
  await reportUsdc(world);

  await giveUsdc(world, Alice, loans, usdc(10_000));
  await act("Alice lends 10,000 USDC.", Alice, loans.lend(POOL, usdc(10_000)));
  check("A loan of 1,000 USDC needs 20 tokens.", await read(loans.calculateCollateralTokenAmount(POOL, usdc(1_000))), tokens(20));
  await approve(world, Bob, token, loans);
  await refused("With 19 Bob gets no loan.", Bob, loans.borrow(POOL, usdc(1_000), tokens(19)), "CollateralAmountTooLow");
  await act("Bob borrows 1,000 USDC against 20 tokens: a tenth of what the pool has.", Bob, loans.borrow(POOL, usdc(1_000), tokens(20)));
  return (await head()).timestamp;
}

export default async function erc20Loans(world) {
  const { act, before, check, nextBlockAt, prepare, read, travelTo, variant } = world;
  const { token } = await before(primarySale);
  const borrowedAt = await openLoans(world, token);

  const isLiquidatable = () => read(loans.isPositionLiquidatable(POOL, Bob.address, FIRST));
  await variant(async () => {
    await before(report, null, NAV_FEED, price(91));
    await report(world, "What if the value fell to 83.34 USD, by way of 91?", NAV_FEED, price("83.34"));
    check("20 tokens at 83.34, of which 60 % count, still cover 1,000 USDC: not liquidatable.", await isLiquidatable(), false);
    await report(world, "And to 83.33?", NAV_FEED, price("83.33"));
    check("Then they do not, 1,000 / (20 · 0.6) being 83.33...: liquidatable.", await isLiquidatable(), true);
  });

  await travelTo(borrowedAt + 73n * day);
  check("After 73 days, a fifth of a year, at 5 % the interest is 10.00 USDC.", await read(loans.calculateRepayInterest(POOL, FIRST, Bob.address)), usdc(10));
  const reward = await read(loans.calculateReward(POOL, FIRST, Alice.address));
  check("Alice, the only lender, has earned it, to a millionth of a USDC.", usdc(10) - reward <= 1n && reward <= usdc(10), true);

  const [bob, alice, bobs] = [await usdcOf(world, Bob), await usdcOf(world, Alice), await read(token.balanceOf(Bob.address))];
  await prepare(Admin, at("PaymentToken").mint(Bob.address, usdc(1_000)));
  await prepare(Bob, at("PaymentToken").approve(loans.address, usdc(2_000)));
  const repaidAt = borrowedAt + 73n * day + 3_600n;
  await nextBlockAt(repaidAt);
  await act("An hour later Bob repays.", Bob, loans.repay(POOL, FIRST, usdc(1_000)));
  const interest = (INTEREST_BPS * usdc(1_000) * (repaidAt - borrowedAt) + year * 10_000n - 1n) / (year * 10_000n);
  check(
    "He pays 1,000 USDC and 10.005708 of interest, and has his 20 tokens back.",
    [bob + usdc(1_000) - (await usdcOf(world, Bob)), interest, (await read(token.balanceOf(Bob.address))) - bobs],
    [usdc(1_000) + interest, usdc("10.005708"), tokens(20)],
  );
  await act("Alice takes out what she lent.", Alice, loans.claim(POOL, [{ lendId: FIRST, usdcAmount: usdc(10_000) }]));
  const earned = (await usdcOf(world, Alice)) - alice - usdc(10_000);
  check("She receives her 10,000 USDC and Bob's interest, to a millionth.", interest - earned <= 1n && earned <= interest, true);
}
