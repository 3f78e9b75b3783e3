// What several stories share: the people, their identities, roles through the Timelock, price rounds, venues.
import { keccak256, parseEther, toHex, zeroAddress, zeroHash } from "viem";
import { actor, at, day, devActor, encoded, id32, never, year } from "./world.mjs";

export const kyc = at("KycRegistry");
export const engine = at("ComplianceEngine");
export const oracle = at("Oracle");
export const timelock = at("Timelock");
export const usd = at("PaymentToken");

/** Administrator of the modules at genesis, guardian, foundation, treasury and faucet of the development chain: its first account. */
export const Admin = devActor("Admin", 0);
/** KYC agent: the second development account. */
export const Kira = devActor("Kira", 1);
/** Compliance officer. */
export const Otto = actor("Otto");
/** Issuer and manager of the SPV. */
export const Ivy = actor("Ivy");
/** German retail investor. */
export const Alice = actor("Alice");
/** French professional investor. */
export const Bob = actor("Bob");
/** Institutional liquidator and supplier of loans. */
export const Lara = actor("Lara");
/** Unknown to the chain. */
export const Mallory = actor("Mallory");
/** Transfer agent of the token. */
export const Agent = actor("Agent");
/** Administrator of the token's rules. */
export const RuleAdmin = actor("RuleAdmin");
/** Paying agent and servicer. */
export const Paymaster = actor("Paymaster");
/** Manager of the oracle and relayer of its reports. */
export const Operator = actor("Operator");
/** Sign observations, and never send. */
export const reporters = ["R1", "R2", "R3"].map(actor);

export const GERMANY = 276;
export const FRANCE = 250;
export const SWITZERLAND = 756;
/** The European Economic Area, ISO 3166-1 numeric. */
export const EEA = [
  40, 56, 100, 191, 196, 203, 208, 233, 246, 250, 276, 300, 348, 372, 380, 428, 440, 442, 470, 528, 616, 620, 642, 703, 705, 724, 752, 352, 438, 578,
];

export const NAV_FEED = id32("NAV:PROP-0001/USD");
export const SPV_ID = id32("SPV-0001");
export const PROPERTY_ID = id32("PROP-0001");
export const VENUE_EXEMPTIONS = 47;

export const FeedKind = { price: 1, nav: 2, valuation: 6 };
const PERSON = 0;
const ENTITY = 1;
const PROTOCOL = 2;

/** Hash that stands for a document. */
export const documentHash = (text) => keccak256(toHex(text));

export const identityIdOf = (who) => keccak256(toHex(`identity of ${who.name ?? who}`));

/** Fields of an identity. */
export function identity(name, kind, tier, investorType, country, expiry) {
  return {
    identityId: identityIdOf(name),
    kind,
    tier,
    investorType,
    country,
    taxCountry: country,
    attributes: 0,
    expiry,
    providerId: 1,
    onchainId: zeroAddress,
    claimsHash: documentHash(`claims of ${name}`),
  };
}

export const person = (who, tier, investorType, country, expiry) => identity(who.name, PERSON, tier, investorType, country, expiry);
export const entity = (who, tier, country, expiry) => identity(who.name, ENTITY, tier, 3, country, expiry);

/** Registers everybody but Mallory and gives all of them coin for gas. Otto becomes officer; Operator manages the oracle, whose held rounds Otto may resolve. */
export async function people({ prepare, fund, now }) {
  const expiry = (await now()) + 4n * year;
  const records = [
    [Alice, person(Alice, 2, 1, GERMANY, expiry)],
    [Bob, person(Bob, 2, 2, FRANCE, expiry)],
    [Otto, person(Otto, 2, 2, GERMANY, expiry)],
    ...[Ivy, Lara, Agent, RuleAdmin, Paymaster, Operator].map((who) => [who, entity(who, who === Ivy ? 3 : 4, GERMANY, expiry)]),
  ];
  await prepare(
    Kira,
    kyc.registerIdentityBatch(
      records.map(([, record]) => record),
      records.map(([who]) => [who.address]),
    ),
  );
  for (const who of [...records.map(([member]) => member), Mallory]) await fund(Admin, who, parseEther("10"));
  await prepare(Admin, kyc.setOfficer(Otto.address, true));
  await prepare(Admin, oracle.setManager(Operator.address));
  await prepare(Admin, oracle.setEnabled(Otto.address));
}

/** Registers a further account, alone in its identity. */
export async function register({ prepare, fund }, who, record) {
  await prepare(Kira, kyc.registerIdentity(record, [who.address]));
  await fund(Admin, who, parseEther("10"));
}

export const Role = Object.fromEntries(
  ["AGENT", "ISSUER", "PAUSER", "GUARDIAN", "DIVIDEND", "RISK", "SERVICER", "ANCHOR", "OPERATOR"].map((name) => [name, keccak256(toHex(`${name}_ROLE`))]),
);

/** Calls in the name of the Timelock, as production makes them: the foundation schedules, 48 hours pass, anyone executes. */
export async function throughTimelock({ act, prepare, travel }, sentence, ...calls) {
  const batch = [calls.map((call) => encoded(call).to), calls.map(() => 0n), calls.map((call) => encoded(call).data)];
  const salt = documentHash(JSON.stringify(batch, (_, value) => String(value)));
  await prepare(Admin, timelock.scheduleBatch(...batch, zeroHash, salt, 2n * day));
  await travel(2n * day);
  await act(sentence, Admin, timelock.executeBatch(...batch, zeroHash, salt));
}

/** Defaults of section 6.2 of the oracle's specification: decimals, heartbeat, staleAfter, reportWindow in seconds, band in bps. */
const feedDefaults = {
  [FeedKind.price]: { decimals: 8, heartbeat: 3_600, staleAfter: 4_500, reportWindow: 900, deviationBps: 50, maxDeviationBps: 2_000 },
  [FeedKind.nav]: { decimals: 8, heartbeat: 86_400, staleAfter: 108_000, reportWindow: 86_400, deviationBps: 10, maxDeviationBps: 1_000 },
  [FeedKind.valuation]: {
    decimals: 2,
    heartbeat: 7_776_000,
    staleAfter: 10_368_000,
    reportWindow: 604_800,
    deviationBps: 100,
    maxDeviationBps: 1_500,
  },
};

/** Creates a feed that two of the three reporters decide. */
export async function createFeed({ act }, sentence, feedId, kind, overrides = {}) {
  const config = {
    kind,
    quorum: 2,
    ringLog2: 8,
    minInterval: 0,
    minAnswer: 1n,
    maxAnswer: 2n ** 127n - 1n,
    description: feedId,
    ...feedDefaults[kind],
    ...overrides,
  };
  await act(
    sentence,
    Operator,
    oracle.createFeed(
      feedId,
      config,
      reporters.map(({ address }) => address),
    ),
  );
}

/** A round: two reporters sign the value, the operator relays it. */
export async function report({ act, travel, now, signTyped }, sentence, feedId, value) {
  await travel(1); // observations must be newer than those of the last round
  const observedAt = await now();
  const message = { feedId, value, observedAt, evidence: documentHash(`evidence of ${value} at ${observedAt}`) };
  const fields = "bytes32 feedId,int256 value,uint64 observedAt,bytes32 evidence";
  const sign = (who) => signTyped(who, "DefactorOracle", oracle, "Observation", fields, message);
  const observations = await Promise.all(reporters.slice(0, 2).map(async (who) => ({ ...message, signature: await sign(who) })));
  await act(sentence, Operator, oracle.submit(feedId, observations));
}

/** Gives USDC of the faucet and lets `spender` take it. */
export async function giveUsdc({ prepare }, who, spender, amount) {
  await prepare(Admin, usd.mint(who.address, amount));
  await prepare(who, usd.approve(spender.address, never));
}

/** Lets `spender` take any amount of a token. */
export const approve = ({ prepare }, who, token, spender) => prepare(who, token.approve(spender.address, never));

/** Makes a contract a venue of the token: identity of kind 2, activation, exemptions, dividends for those behind it. */
export async function admitVenue(world, token, venue, what) {
  const { act } = world;
  await registerVenue(world, venue, what);
  await act(
    `The rule administrator exempts ${what} from holder, balance, country, time, approval and travel rules.`,
    RuleAdmin,
    engine.setExempt(token.address, venue.address, VENUE_EXEMPTIONS),
  );
  await act(`The token's administrator lets those behind ${what} claim dividends.`, Admin, token.setDividendVenue(venue.address, true));
}

/** Registers a contract created after genesis as one of the platform and activates it; those of genesis are both already. */
export async function registerVenue({ act, read }, venue, what) {
  if (await read(kyc.isEligible(venue.address))) return;
  const record = { ...identity(venue.address, PROTOCOL, 4, 0, 0, 2n ** 64n - 1n), claimsHash: zeroHash };
  await act(`Kira registers ${what} as a contract of the platform.`, Kira, kyc.registerIdentity(record, [venue.address]));
  await act(`Anyone may now activate ${what}.`, Alice, venue.activate());
}

/** An empty rule set, with what is given. */
export const rules = (given) => ({
  ruleMask: 0,
  minTierFrom: 0,
  minTierTo: 0,
  typeMask: 0,
  maxHolders: 0,
  holdingPeriod: 0,
  lockupUntil: 0n,
  maxShareBps: 0,
  holdingRestarts: false,
  travelThreshold: 0n,
  maxBalance: 0n,
  minHolding: 0n,
  supplyCap: 0n,
  travelFeedId: zeroHash,
  ...given,
});

/** Rules of share tokens: KYC alone. */
export const kycOnly = { rules: rules({ ruleMask: 1 }), countries: [], windowSeconds: [], windowMax: [] };

/** USDC of an account. */
export const usdcOf = async ({ read }, who) => read(usd.balanceOf(who.address));
