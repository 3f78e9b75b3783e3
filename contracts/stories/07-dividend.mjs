import { zeroAddress } from "viem";
import { Agent, Alice, Bob, FRANCE, GERMANY, Kira, Lara, Otto, Paymaster, documentHash, giveUsdc, kyc, usd, usdcOf } from "./fixture.mjs";
import { actor, tokens, usdc, words } from "./world.mjs";
import borrow from "./05-borrow.mjs";

export const title = "Dividend: by record date, net of withholding tax, through pools too";

const Kind = { income: 1, capital: 2 };
const WalletStatus = { active: 1, frozen: 2 };
const WALLET_FROZEN = 2;
const taxOffice = actor("Tax office");

export default async function dividend(world) {
  const { act, before, check, now, prepare, read, refused, travel } = world;
  const { token, pair, pool } = await before(borrow);
  await prepare(Agent, token.mint(Lara.address, tokens(38_750)));
  check(
    "100,000 tokens are issued; Alice holds 1,250, and 1,000 of Bob's are pledged in the lending pool.",
    [await read(token.totalSupply()), await read(token.balanceOf(Alice.address)), await read(token.balanceOf(pool.address))],
    [tokens(100_000), tokens(1_250), tokens(1_000)],
  );
  await act("The paying agent sets the tax withheld from residents of Germany: 15 %, a test value.", Paymaster, token.setWithholding(GERMANY, 1_500));
  await act("And of France: 12.8 %.", Paymaster, token.setWithholding(FRANCE, 1_280));

  await travel(1);
  const recordTime = Number(await now());
  await travel(1);
  await giveUsdc(world, Paymaster, token, usdc(100_000));
  const declare = (kind) => token.declareDividend(usd.address, usdc(50_000), kind, recordTime, recordTime, documentHash("resolution"));
  await act("The paying agent declares 50,000 USDC of income to those who hold the token now.", Paymaster, declare(Kind.income));
  const income = await read(token.dividendCount());

  await act("Alice sells nine tokens to Bob afterwards.", Alice, token.transfer(Bob.address, tokens(9)));
  check("That moves no entitlement: hers is 625.00 USDC gross, of which 93.75 are tax.", await read(token.claimable(income, zeroAddress, Alice.address)), [
    usdc(625),
    usdc("93.75"),
  ]);
  const alice = await usdcOf(world, Alice);
  await act("Alice claims.", Alice, token.claimDividend(income));
  check("She receives 531.25 USDC net.", (await usdcOf(world, Alice)) - alice, usdc("531.25"));
  await refused("A second claim is refused.", Alice, token.claimDividend(income), "AlreadyClaimed", income);

  await refused(
    "The lending pool itself cannot claim.",
    { name: "the pool", address: pool.address },
    token.claimDividend(income),
    "VenueProtected",
    pool.address,
  );
  const bob = await usdcOf(world, Bob);
  await act("Bob claims for the 1,000 tokens he has pledged there.", Bob, token.claimDividendVia(income, pool.address, Bob.address));
  check("He receives 500.00 USDC less 64.00 of French tax: 436.00.", (await usdcOf(world, Bob)) - bob, usdc(436));

  const inPair = await read(token.balanceOfAt(pair.address, recordTime));
  const lp = await read(pair.balanceOfAt(Bob.address, recordTime));
  const gross = (((usdc(50_000) * inPair) / tokens(100_000)) * lp) / (await read(pair.totalSupplyAt(recordTime)));
  check(
    `Through the pair, whose liquidity is his, ${words(gross, 6)} USDC gross wait for him.`,
    (await read(token.claimable(income, pair.address, Bob.address)))[0],
    gross,
  );

  await act("Otto freezes Bob's wallet.", Otto, kyc.setWalletStatus(Bob.address, WalletStatus.frozen, documentHash("order")));
  const waiting = await usdcOf(world, Bob);
  const direct = ((await read(token.balanceOfAt(Bob.address, recordTime))) * usdc(50_000)) / tokens(100_000);
  const tax = (direct * 1_280n + 9_999n) / 10_000n;
  await refused("His direct claim is refused while he is frozen.", Bob, token.claimDividend(income), "NotEligible", Bob.address, WALLET_FROZEN);
  await act("Kira claims for holders; Bob is passed over, Lara is paid.", Kira, token.claimDividendFor(income, [Bob.address, Lara.address]));
  check(
    "Lara receives 19,375.00 USDC less 2,906.25 of tax; Bob's share waits.",
    [await usdcOf(world, Lara), (await usdcOf(world, Bob)) - waiting],
    [usdc("16,468.75"), 0n],
  );
  await act("Otto lifts the freeze.", Otto, kyc.setWalletStatus(Bob.address, WalletStatus.active, documentHash("order lifted")));
  await act("Now Bob is paid.", Bob, token.claimDividend(income));
  check(`He receives ${words(direct - tax, 6)} USDC: ${words(direct, 6)} less ${words(tax, 6)} of tax.`, (await usdcOf(world, Bob)) - waiting, direct - tax);

  const withheld = usdc("93.75") + usdc(64) + usdc("2,906.25") + tax;
  check(`${words(withheld, 6)} USDC are withheld.`, (await read(token.dividends(income)))[4], withheld);
  await act("The paying agent remits them to the tax office.", Paymaster, token.remitWithholding(income, taxOffice.address));
  check(
    "The tax office has them, and nothing is withheld any more.",
    [await usdcOf(world, taxOffice), (await read(token.dividends(income)))[4]],
    [withheld, 0n],
  );

  await act("The same amount is declared as a return of capital, for the same record time.", Paymaster, declare(Kind.capital));
  const capital = await read(token.dividendCount());
  const had = await usdcOf(world, Alice);
  await act("Alice claims.", Alice, token.claimDividend(capital));
  check(
    "She receives 625.00 USDC: from a return of capital nothing is withheld.",
    [(await usdcOf(world, Alice)) - had, (await read(token.dividends(capital)))[4]],
    [usdc(625), 0n],
  );
}
