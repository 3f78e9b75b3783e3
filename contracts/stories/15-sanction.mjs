import { parseGwei, toHex } from "viem";
import { proveEntry } from "../../tests/Chain.EndToEnd.Tests/clients/state-proof.mjs";
import { Admin, Alice, Bob, Lara, NAV_FEED, Otto, giveUsdc, kyc, oracle, report } from "./fixture.mjs";
import { encoded, price, tokens, usdc, words, year } from "./world.mjs";
import borrow from "./05-borrow.mjs";
import { INTEREST_BPS, loans, openLoans, reportUsdc } from "./09-erc20-loans.mjs";

export const title = "Sanction: within one block, and the debts that remain";

const NOT_AUTHORIZED = -32007;
const SANCTIONED = 9;
const RECEIVER_SANCTIONED = 32 + SANCTIONED;
const TRANSFER = 1n;
const LIST_ID = 1;
const POOL = 0n;
const FIRST = 0n;
const BPS = 10_000n;
const INDEX_ONE = 10n ** 27n;

export default async function sanction(world) {
  const { act, before, check, event, head, inOneBlock, note, read, refused, rejected, rpc, say } = world;
  const { token, pool } = await before(borrow);
  const borrowedAt = await before(openLoans, token);
  await giveUsdc(world, Lara, pool, usdc(30_000));
  await giveUsdc(world, Lara, loans, usdc(2_000));

  const tip = (gwei) => ({ maxPriorityFeePerGas: parseGwei(String(gwei)), gas: 1_000_000n });
  const listing = kyc.setSanctioned([Bob.address], true, LIST_ID);
  const transfer = token.transfer(Bob.address, tokens(5));
  const coin = { to: Admin.address, value: 1n };
  say("Three transactions wait for the next block: Otto lists Bob as sanctioned, Bob sends coin, and Alice sends Bob five tokens.");
  const [listed, dropped, refusedTransfer] = await inOneBlock(
    [Otto, { ...encoded(listing), ...tip(3) }],
    [Bob, { ...coin, ...tip(2) }],
    [Alice, { ...encoded(transfer), ...tip(1) }],
  );
  const block = await head();
  check("The block holds Otto's and Alice's, in this order.", block.transactions, [listed, refusedTransfer]);
  const [ottos, alices] = [await rpc("eth_getTransactionReceipt", listed), await rpc("eth_getTransactionReceipt", refusedTransfer)];
  note("Otto's listing took effect.", "KycRegistry.setSanctioned", ottos);
  note("Alice's transfer failed.", "PermissionedToken.transfer (reverts)", alices);
  check("That is what the receipts say.", [ottos.status, alices.status], ["0x1", "0x0"]);
  const rejections = (await rpc("audit_getPoolRejections", { account: Bob.address })).rejections.map(({ hash, reason }) => [hash, reason]);
  check("Bob's transaction was dropped; the node has it on record, for its own use.", rejections, [[dropped, "SANCTIONED"]]);
  await rejected("He sends it again: code -32007, SANCTIONED.", Bob, coin, NOT_AUTHORIZED, "SANCTIONED");

  const { entry } = await proveEntry(rpc, toHex(block.number), 1, 0);
  check(
    "The journal says why, and the entry is proved against the state root: a transfer of 5 tokens from Alice to Bob, code 41, the receiver is sanctioned.",
    [entry.kind, entry.subject, entry.from, entry.to, entry.amount, Number(entry.code), entry.effective],
    [TRANSFER, token.address.toLowerCase(), Alice.address, Bob.address, tokens(5), RECEIVER_SANCTIONED, false],
  );

  await act("Bob's loan can still be repaid: Lara pays 1,000 USDC of it.", Lara, pool.repay(usdc(1_000), Bob.address));
  const index = (await read(pool.poolState()))[3];
  const scaled = usdc(50_000) - (usdc(1_000) * INDEX_ONE) / index;
  const debt = await read(pool.debtOf(Bob.address));
  check(`He owes ${words(debt, 6, 6)} USDC now: 50,000 with interest, less 1,000.`, debt, (scaled * index + INDEX_ONE - 1n) / INDEX_ONE);

  await report(world, "The value of the token falls to 74 USD: held.", NAV_FEED, price(74));
  await act("Otto accepts it.", Otto, oracle.resolveHeld(NAV_FEED, true));
  await reportUsdc(world);
  const had = await read(token.balanceOf(Lara.address));
  await act("Bob's loan can be liquidated: Lara repays 20,000 USDC.", Lara, pool.liquidate(Bob.address, token.address, usdc(20_000), 0n));
  const seized = (await read(token.balanceOf(Lara.address))) - had;
  check(`She receives 20,000 · 1.05 / 74 = ${words(seized, 18, 4)} tokens.`, seized, (tokens(20_000) * 105n) / 7_400n);

  const liquidated = await act(
    "So can his loan at ERC20.loans, 1,000 USDC against 20 tokens.",
    Lara,
    loans.liquidate(POOL, [{ borrowId: FIRST, user: Bob.address, usdcAmount: usdc(1_000) }]),
  );
  const seconds = (await head()).timestamp - borrowedAt;
  const interest = (INTEREST_BPS * usdc(1_000) * seconds + year * BPS - 1n) / (year * BPS);
  const taken = ((((usdc(1_000) + interest) * 11_000n) / BPS) * 10n ** 12n) / 74n;
  check(
    `Lara receives 110 % of the debt of ${words(usdc(1_000) + interest, 6, 6)} USDC at 74: ${words(taken, 18, 4)} tokens.`,
    [event(liquidated, loans, "UserPositionLiquidated").interestAmount, (await read(token.balanceOf(Lara.address))) - had - seized],
    [interest, taken],
  );
  const rest = tokens(20) - taken;
  check(
    `The remaining ${words(rest, 18, 4)} tokens cannot go to Bob: they are kept for him as owed.`,
    await read(loans.owed(token.address, Bob.address)),
    rest,
  );
  await refused("He cannot take them as long as he is listed.", Bob, loans.withdrawOwed(token.address), "NotEligible", Bob.address, SANCTIONED);
  await act("Otto takes him off the list.", Otto, kyc.setSanctioned([Bob.address], false, LIST_ID));
  const bob = await read(token.balanceOf(Bob.address));
  await act("Then Bob takes what is his.", Bob, loans.withdrawOwed(token.address));
  check("He has them.", (await read(token.balanceOf(Bob.address))) - bob, rest);
}
