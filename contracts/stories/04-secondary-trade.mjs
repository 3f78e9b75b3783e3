import { zeroHash } from "viem";
import { Bob, Ivy, Mallory, NAV_FEED, RuleAdmin, admitVenue, approve, engine, giveUsdc, kycOnly, usd } from "./fixture.mjs";
import { at, never, tokens, usdc, words } from "./world.mjs";
import primarySale from "./03-primary-sale.mjs";

export const title = "Secondary trade: a permissioned pair with a band around the net asset value";

const amm = at("PermissionedAMM");
const FEE = 3_000;
const RECEIVER_NOT_REGISTERED = 33;

/** Tells the story; returns the token and its pair, of which Bob holds all liquidity. */
export default async function secondaryTrade(world) {
  const { act, before, check, event, read, refused } = world;
  const { token } = await before(primarySale);
  const policy = { minTier: 2, typeMask: 0, navFeedId: NAV_FEED, fxFeedId: zeroHash, bandBps: 500, maxTradeBps: 1_000 };
  const receipt = await act(
    "Ivy creates the pair of PROP and USDC: fee 0.3 %, prices within 5 % of the net asset value, trades up to 10 % of the reserve.",
    Ivy,
    amm.createPair(token.address, usd.address, FEE, policy, RuleAdmin.address, kycOnly),
  );
  const pair = at("PermissionedPair", event(receipt, amm, "PairCreated").pair);
  await act("The rule administrator accepts the rules of its share token.", RuleAdmin, engine.acceptRuleAdmin(pair.address));
  await admitVenue(world, token, pair, "the pair");

  await giveUsdc(world, Bob, amm, usdc(1_060_000));
  await approve(world, Bob, token, amm);
  const isToken0 = (await read(pair.token0())).toLowerCase() === token.address.toLowerCase();
  const inOrder = (listed, quote) => (isToken0 ? [listed, quote] : [quote, listed]);
  const reserves = async () => inOrder(...(await read(pair.reserves())).slice(0, 2));
  await act(
    "Bob adds 10,000 tokens and 1,000,000 USDC.",
    Bob,
    amm.addLiquidity(pair.address, ...inOrder(tokens(10_000), usdc(1_000_000)), 0n, Bob.address, never),
  );
  check("The reserves are 10,000 tokens and 1,000,000 USDC: 100 USDC a token.", await reserves(), [tokens(10_000), usdc(1_000_000)]);

  const swap = (amountIn) => amm.exactInputSingle(usd.address, token.address, FEE, Bob.address, never, amountIn, 0n);
  const outOf = (amountIn) => (amountIn * 997_000n * tokens(10_000)) / (usdc(1_000_000) * 1_000_000n + amountIn * 997_000n);
  const spotAfter = (amountIn) => ((usdc(1_000_000) + amountIn) * 10n ** 12n * 10n ** 18n) / (tokens(10_000) - outOf(amountIn));
  await refused(
    `Buying for 60,000 USDC would raise the price to ${words(spotAfter(usdc(60_000)), 18)}, outside the band around 100: refused.`,
    Bob,
    swap(usdc(60_000)),
    "OutsideBand",
    spotAfter(usdc(60_000)),
    tokens(100),
  );
  await refused("Buying for more than 100,000 USDC is too large a trade: refused.", Bob, swap(usdc(100_001)), "TradeTooLarge", usdc(100_000));

  const held = await read(token.balanceOf(Bob.address));
  await act("Bob buys for 10,000 USDC.", Bob, swap(usdc(10_000)));
  const bought = (await read(token.balanceOf(Bob.address))) - held;
  check(`He receives ${words(bought, 18, 4)} tokens: 10,000 · 9,970 / 1,009,970.`, bought, (tokens(10_000) * 9_970n) / 1_009_970n);
  const [listed, quote] = await reserves();
  const spot = (quote * 10n ** 12n * 10n ** 18n) / listed;
  check(`The price is now ${words(spot, 18)} USDC, inside the band.`, [spot, words(spot, 18)], [spotAfter(usdc(10_000)), "102.01"]);

  await refused(
    "A transfer to Mallory is refused: code 33, the receiver is not registered.",
    Bob,
    token.transfer(Mallory.address, tokens(1)),
    "ComplianceViolation",
    RECEIVER_NOT_REGISTERED,
    Bob.address,
    Mallory.address,
    tokens(1),
  );
  await refused("Nobody passes the router by: the pair obeys it alone.", Bob, pair.swap(true, 1n, Bob.address), "RouterOnly");
  return { token, pair };
}
