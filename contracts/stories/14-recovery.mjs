import { parseEther } from "viem";
import {
  Admin,
  Agent,
  Alice,
  Bob,
  Kira,
  Otto,
  Paymaster,
  RuleAdmin,
  approve,
  documentHash,
  engine,
  giveUsdc,
  identityIdOf,
  kyc,
  usd,
  usdcOf,
} from "./fixture.mjs";
import { actor, tokens, usdc, year } from "./world.mjs";
import borrow from "./05-borrow.mjs";

export const title = "Freeze and recovery: a lost key, and everything that follows the identity";

const HOLDING_PERIOD_RULE = 1 << 12;
const WalletStatus = { frozen: 2, revoked: 3 };
const Code = { ok: 0, holdingPeriod: 77 };
const NOT_AUTHORIZED = -32007;
const OFFICER = 4;
const INCOME = 1;
const Replacement = actor("Alice's new wallet");

export default async function recovery(world) {
  const { act, before, check, fund, nextBlockAt, now, prepare, read, refused, rejected, rpc, sign, travel, travelTo, variant } = world;
  const { token, pool } = await before(borrow);

  const [, , , , rules] = await read(engine.rulesOf(token.address));
  await act(
    "The rule administrator adds a holding period of a year to the token's rules.",
    RuleAdmin,
    engine.setRules(token.address, { ...rules, ruleMask: rules.ruleMask | HOLDING_PERIOD_RULE, holdingPeriod: Number(year) }),
  );
  await act(
    "The transfer agent issues 500 more tokens to Alice, who holds 1,250: they are a lot that is locked for a year.",
    Agent,
    token.mint(Alice.address, tokens(500)),
  );
  await approve(world, Alice, token, pool);
  await act("Alice deposits 250 tokens in the lending pool.", Alice, pool.depositCollateral(token.address, tokens(250)));
  await act("She borrows 5,000 USDC against them.", Alice, pool.borrow(usdc(5_000), Alice.address));
  await travel(1);
  const recordTime = Number(await now());
  await travel(1);
  await giveUsdc(world, Paymaster, token, usdc(61_750));
  await act(
    "A dividend of one USDC a token is declared. Alice does not claim it yet.",
    Paymaster,
    token.declareDividend(usd.address, usdc(61_750), INCOME, recordTime, recordTime, documentHash("resolution")),
  );
  const dividend = await read(token.dividendCount());

  const nonce = Number(await rpc("eth_getTransactionCount", Alice.address, "latest"));
  const queued = await rpc("eth_sendRawTransaction", await sign(Alice, { to: Admin.address, value: 1n, nonce: nonce + 1 }));
  check("A transaction of hers waits in the pool for the one before it.", (await rpc("eth_getTransactionByHash", queued)).blockHash, null);
  await act(
    "Alice reports that her key is lost. Otto freezes the wallet.",
    Otto,
    kyc.setWalletStatus(Alice.address, WalletStatus.frozen, documentHash("report of the loss")),
  );
  check("The waiting transaction has vanished.", await rpc("eth_getTransactionByHash", queued), null);
  await rejected("Whoever has the key can send nothing more: WALLET_FROZEN.", Alice, { to: Admin.address, value: 1n }, NOT_AUTHORIZED, "WALLET_FROZEN");

  await act("Kira proposes the recovery to Alice's new wallet.", Kira, kyc.proposeRecovery(Alice.address, Replacement.address, documentHash("recovery form")));
  await refused("She cannot confirm it: that takes an officer.", Kira, kyc.confirmRecovery(Alice.address), "Unauthorized", Kira.address, OFFICER);
  await act("Otto confirms it.", Otto, kyc.confirmRecovery(Alice.address));
  await fund(Admin, Replacement, parseEther("10"));
  check(
    "The old wallet is revoked; the new one belongs to Alice's identity and is eligible.",
    [(await read(kyc.getWallet(Alice.address))).status, await read(kyc.identityIdOf(Replacement.address)), await read(kyc.kycStatus(Replacement.address))],
    [WalletStatus.revoked, identityIdOf(Alice), Code.ok],
  );

  const holders = (await read(engine.rulesOf(token.address)))[2];
  const holder = async () => read(engine.holderOf(token.address, await read(engine.holderKey(token.address, Replacement.address))));
  const booked = await holder();
  await act(
    "The transfer agent moves the tokens.",
    Agent,
    token.recoveryAddress(Alice.address, Replacement.address, await read(kyc.identity(Replacement.address))),
  );
  check(
    "Her 1,500 tokens are in the new wallet, none in the old.",
    [await read(token.balanceOf(Replacement.address)), await read(token.balanceOf(Alice.address))],
    [tokens(1_500), 0n],
  );
  check(
    "The number of holders is what it was, and so is what the engine has booked for her identity.",
    [(await read(engine.rulesOf(token.address)))[2], await holder()],
    [holders, booked],
  );
  check("The lot has moved too: 500 are still locked.", (await holder()).locked, tokens(500));
  check(
    "So of her 1,500 tokens she could send 1,000, up to the travel rule, and not one more: code 77.",
    [
      await read(engine.canTransfer(token.address, Replacement.address, Bob.address, tokens(1_000) + 1n)),
      await read(engine.canTransfer(token.address, Replacement.address, Bob.address, tokens(9))),
    ],
    [Code.holdingPeriod, Code.ok],
  );

  await act("Kira claims the dividend of the old wallet.", Kira, token.claimDividendFor(dividend, [Alice.address]));
  check("Its 1,500 USDC are paid to the new one.", await usdcOf(world, Replacement), usdc(1_500));
  await act("And that of the tokens in the pool.", Kira, token.claimDividendVia(dividend, pool.address, Alice.address));
  check("250 USDC more.", await usdcOf(world, Replacement), usdc(1_750));

  await refused(
    "Kira cannot move a position in the lending pool.",
    Kira,
    pool.migratePosition(Alice.address, Replacement.address),
    "AccessControlUnauthorizedAccount",
    Kira.address,
  );
  const movedAt = (await now()) + 60n;
  let debt;
  await variant(async () => {
    await travelTo(movedAt);
    debt = await read(pool.debtOf(Alice.address));
  });
  await nextBlockAt(movedAt);
  await act("The guardian can.", Admin, pool.migratePosition(Alice.address, Replacement.address));
  check(
    "The 250 tokens of collateral and the debt, with its interest to the unit, are the new wallet's.",
    [
      await read(pool.collateralOf(Replacement.address, token.address)),
      await read(pool.debtOf(Replacement.address)),
      await read(pool.collateralOf(Alice.address, token.address)),
      await read(pool.debtOf(Alice.address)),
    ],
    [tokens(250), debt, 0n, 0n],
  );
  await prepare(Admin, usd.mint(Replacement.address, usdc(4_000)));
  await prepare(Replacement, usd.approve(pool.address, usdc(6_000)));
  await act("Alice repays from the new wallet.", Replacement, pool.repay(usdc(6_000), Replacement.address));
  await act("And takes her 250 tokens back.", Replacement, pool.withdrawCollateral(token.address, tokens(250)));
  check(
    "She holds 1,750 tokens and owes nothing.",
    [await read(token.balanceOf(Replacement.address)), await read(pool.debtOf(Replacement.address))],
    [tokens(1_750), 0n],
  );
}
