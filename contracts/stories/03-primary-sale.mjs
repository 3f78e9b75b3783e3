import { zeroHash } from "viem";
import { Alice, Bob, Ivy, Kira, Mallory, NAV_FEED, Otto, SPV_ID, documentHash, giveUsdc, kyc, report, usd, usdcOf } from "./fixture.mjs";
import { at, day, price, tokens, usdc } from "./world.mjs";
import tokenisation from "./02-tokenisation.mjs";

export const title = "Primary sale: subscriptions in escrow, settled by tokens";

const registry = at("SPVRegistry");
const SALE = 1n;
const SALE_DAYS = 8n;
const SaleStatus = { success: 2 };
const WalletStatus = { active: 1, frozen: 2 };
const NOT_REGISTERED = 1;

/** Tells the story; returns the token: Alice holds 1,250, Bob 60,000. */
export default async function primarySale(world) {
  const { act, before, check, now, read, refused, travel, variant } = world;
  const { token } = await before(tokenisation);
  await giveUsdc(world, Alice, registry, usdc(125_000));
  await giveUsdc(world, Bob, registry, usdc(6_000_000));

  const start = await now();
  const terms = {
    asset: usd.address,
    pricePerToken: usdc(100),
    cap: tokens(100_000),
    softCap: tokens(50_000),
    minTicket: usdc(1_000),
    start: Number(start),
    end: Number(start + SALE_DAYS * day),
  };
  await act("Ivy opens a sale at 100 USDC a token: cap 100,000 tokens, soft cap 50,000, open for 8 days.", Ivy, registry.openSale(SPV_ID, terms));
  await act(
    "Alice subscribes 1,250 tokens; her 125,000 USDC go into escrow.",
    Alice,
    registry.subscribe(SALE, tokens(1_250), documentHash("subscription of Alice")),
  );
  await act("Bob subscribes 60,000 tokens for 6,000,000 USDC.", Bob, registry.subscribe(SALE, tokens(60_000), documentHash("subscription of Bob")));
  await refused(
    "Mallory is refused: nobody registered her.",
    Mallory,
    registry.subscribe(SALE, tokens(1), zeroHash),
    "NotEligible",
    Mallory.address,
    NOT_REGISTERED,
  );
  check("Escrow holds 6,125,000 USDC.", await usdcOf(world, registry), usdc(6_125_000));

  await refused("Before the end nobody but Ivy may close the sale.", Alice, registry.closeSale(SALE), "NotManager", SPV_ID);
  await travel(SALE_DAYS * day);
  await act("After eight days Alice closes the sale, as anybody may.", Alice, registry.closeSale(SALE));
  check(
    "61,250 tokens are sold, more than the soft cap: a success.",
    [(await read(registry.sale(SALE))).status, (await read(registry.sale(SALE))).sold],
    [SaleStatus.success, tokens(61_250)],
  );

  await variant(async () => {
    await act(
      "What if Otto had frozen Bob's wallet before the settlement?",
      Otto,
      kyc.setWalletStatus(Bob.address, WalletStatus.frozen, documentHash("order")),
    );
    await act("Then the settlement serves Alice alone.", Kira, registry.settleSale(SALE, [Alice.address, Bob.address]));
    check(
      "Alice has 1,250 tokens, Bob's 6,000,000 USDC stay in escrow.",
      [await read(token.balanceOf(Alice.address)), await read(token.balanceOf(Bob.address)), await usdcOf(world, registry)],
      [tokens(1_250), 0n, usdc(6_000_000)],
    );
    check("Ivy has Alice's 125,000 USDC.", await usdcOf(world, Ivy), usdc(125_000));
    await act("Otto lifts the freeze.", Otto, kyc.setWalletStatus(Bob.address, WalletStatus.active, documentHash("order lifted")));
    await act("The second settlement serves Bob.", Kira, registry.settleSale(SALE, [Alice.address, Bob.address]));
    check("Now Bob has his 60,000 tokens.", await read(token.balanceOf(Bob.address)), tokens(60_000));
  });

  await act("As it was, Bob is not frozen: one settlement serves both.", Kira, registry.settleSale(SALE, [Alice.address, Bob.address]));
  check(
    "61,250 tokens are minted: 1,250 to Alice, 60,000 to Bob.",
    [await read(token.totalSupply()), await read(token.balanceOf(Alice.address)), await read(token.balanceOf(Bob.address))],
    [tokens(61_250), tokens(1_250), tokens(60_000)],
  );
  check(
    "Ivy receives 6,125,000 USDC, and escrow is empty.",
    [await usdcOf(world, Ivy), await usdcOf(world, registry), (await read(registry.sale(SALE))).escrow],
    [usdc(6_125_000), 0n, 0n],
  );

  await report(world, "R1 and R2 report 100 USD again: the last report is older than 30 hours.", NAV_FEED, price(100));
  return { token };
}
