import { zeroHash } from "viem";
import { Admin, Agent, Alice, Bob, Ivy, Lara, Paymaster, RuleAdmin, SPV_ID, documentHash, giveUsdc, kycOnly, registerVenue, usd, usdcOf } from "./fixture.mjs";
import { at, day, usdc, year } from "./world.mjs";
import tokenisation from "./02-tokenisation.mjs";

export const title = "Tranches: a waterfall, a shortfall, a loss";

const factory = at("TrancheFactory");
const QUARTER = 7_884_000;
const DealStatus = { active: 2 };

export default async function waterfall(world) {
  const { act, before, check, event, now, read, refused, travelTo, variant } = world;
  await before(tokenisation);
  const start = await now();
  const terms = {
    spvId: SPV_ID,
    asset: usd.address,
    navFeedId: zeroHash,
    fundingEnd: Number(start + 30n * day),
    periodLength: QUARTER,
    maturity: Number(start + 3n * year),
    feeBps: 100,
    ocTriggerBps: 0,
    icTriggerBps: 0,
    reserveTarget: 0n,
    servicer: Paymaster.address,
    guardian: Admin.address,
    agent: Agent.address,
    ruleAdmin: RuleAdmin.address,
  };
  const tranche = (name, symbol, targetPrincipal, couponBps) => ({ name, symbol, targetPrincipal, couponBps, scheduledAmortBps: 0, setup: kycOnly });
  const receipt = await act(
    "Ivy creates a deal of 10,000,000 USDC: senior 7,000,000 at 5 %, mezzanine 2,000,000 at 9 %, equity 1,000,000; fees of 1 %, periods of a quarter.",
    Ivy,
    factory.createDeal(terms, [
      tranche("Senior", "SNR", usdc(7_000_000), 500),
      tranche("Mezzanine", "MEZ", usdc(2_000_000), 900),
      tranche("Equity", "EQT", usdc(1_000_000), 0),
    ]),
  );
  const created = event(receipt, factory, "DealCreated");
  const deal = at("TrancheDeal", created.deal);
  const [senior, mezzanine, equity] = created.tokens.map((address) => at("PermissionedToken", address));
  await registerVenue(world, deal, "the deal");

  const invest = async (who, index, amount, sentence) => {
    await giveUsdc(world, who, deal, amount);
    await act(sentence, who, deal.invest(index, amount));
  };
  await invest(Alice, 0, usdc(7_000_000), "Alice invests 7,000,000 USDC in the senior tranche.");
  await invest(Bob, 1, usdc(2_000_000), "Bob invests 2,000,000 USDC in the mezzanine tranche.");
  await invest(Lara, 2, usdc(1_000_000), "Lara invests 1,000,000 USDC in the equity.");
  await act("Every tranche is full: anybody closes the funding.", Alice, deal.closeFunding());
  check(
    "The deal is active; Ivy, the SPV's manager, has the 10,000,000 USDC.",
    [(await read(deal.state())).status, await usdcOf(world, Ivy)],
    [DealStatus.active, usdc(10_000_000)],
  );

  const { periodEnd } = await read(deal.state());
  await giveUsdc(world, Paymaster, deal, usdc(250_000));
  const run = async (cash, sentence) => {
    await act(`The servicer pays collections of ${sentence} USDC in.`, Paymaster, deal.pay(cash, documentHash("servicer's report")));
    await refused("Before the quarter is over the waterfall does not run.", Alice, deal.runWaterfall(), "PeriodNotElapsed", periodEnd);
    await travelTo(periodEnd);
    return event(await act("The quarter is over: anybody runs the waterfall.", Alice, deal.runWaterfall()), deal, "WaterfallRun");
  };
  const outcome = ({ fees, interest, principal, residual }) => ({ fees, interest, principal, residual });

  await variant(async () => {
    check("What if only 100,000 USDC came in, of which 25,000 are fees?", outcome(await run(usdc(100_000), "100,000")), {
      fees: usdc(25_000),
      interest: [usdc(75_000), 0n, 0n],
      principal: [0n, 0n, 0n],
      residual: 0n,
    });
    check(
      "Then the senior tranche gets the 75,000 that are left, and 12,500 stay in arrears; so do the 45,000 of the mezzanine.",
      (await read(deal.state())).arrears,
      [usdc(12_500), usdc(45_000), 0n],
    );
    check("Nobody else gets anything.", [await read(mezzanine.dividendCount()), await read(equity.dividendCount())], [0n, 0n]);
  });

  const result = await run(usdc(250_000), "250,000");
  check("Fees are 25,000, the senior interest is 87,500, the mezzanine's 45,000, and 92,500 remain for the equity.", outcome(result), {
    fees: usdc(25_000),
    interest: [usdc(87_500), usdc(45_000), 0n],
    principal: [0n, 0n, 0n],
    residual: usdc(92_500),
  });
  check(
    "The servicer has its 25,000 USDC, and the deal keeps nothing.",
    [await usdcOf(world, Paymaster), (await read(deal.state())).cash, await usdcOf(world, deal)],
    [usdc(25_000), 0n, 0n],
  );
  const claim = async (who, token, sentence, amount) => {
    const had = await usdcOf(world, who);
    await act(sentence, who, token.claimDividend(1n));
    check("It is all theirs.", (await usdcOf(world, who)) - had, amount);
  };
  await claim(Alice, senior, "Alice claims the senior tranche's 87,500 USDC.", usdc(87_500));
  await claim(Bob, mezzanine, "Bob claims the mezzanine's 45,000 USDC.", usdc(45_000));
  await claim(Lara, equity, "Lara claims the equity's 92,500 USDC.", usdc(92_500));

  const proposed = await act("The servicer proposes a loss of 1,500,000 USDC.", Paymaster, deal.proposeLoss(usdc(1_500_000), documentHash("loss report")));
  const { lossId } = event(proposed, deal, "LossProposed");
  await refused("It cannot confirm that loss itself.", Paymaster, deal.confirmLoss(lossId), "AccessControlUnauthorizedAccount", Paymaster.address);
  await act("The guardian confirms it.", Admin, deal.confirmLoss(lossId));
  const state = await read(deal.state());
  check("The equity is wiped out, the mezzanine falls to 1,500,000, and the senior tranche loses nothing.", state.principal, [
    usdc(7_000_000),
    usdc(1_500_000),
    0n,
  ]);
  check("The units stay: 1,000,000 of the equity.", await read(equity.totalSupply()), usdc(1_000_000));
}
