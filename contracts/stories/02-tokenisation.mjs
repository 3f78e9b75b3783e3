import { encodeAbiParameters, keccak256, sha256, stringToHex, toEventSelector, zeroHash } from "viem";
import {
  Admin,
  Agent,
  EEA,
  FeedKind,
  GERMANY,
  Ivy,
  NAV_FEED,
  PROPERTY_ID,
  Paymaster,
  Role,
  RuleAdmin,
  SPV_ID,
  createFeed,
  documentHash,
  engine,
  oracle,
  people,
  report,
  rules,
  throughTimelock,
} from "./fixture.mjs";
import { at, day, id32, price, tokens } from "./world.mjs";

export const title = "Tokenisation: a property becomes the token of an SPV";

const registry = at("SPVRegistry");
const documents = at("DocumentRegistry");
const LEI = stringToHex("TEST0000000PROPERTY1");
const VALUATION_FEED = id32("VAL:PROP-0001/EUR");
const DocType = { titleDeed: 1, appraisal: 2 };
const Rule = { KYC: 1, COUNTRY_ALLOW: 2, MAX_BALANCE: 1 << 7, WINDOWS: 1 << 13, TRAVEL: 1 << 15, SUPPLY_CAP: 1 << 16 };

/** The preset for European retail investors: 70,000 tokens at most to hold, and to move in a day; from 1,000 upwards the travel rule. */
const euRetail = {
  rules: rules({
    ruleMask: Rule.KYC | Rule.COUNTRY_ALLOW | Rule.MAX_BALANCE | Rule.WINDOWS | Rule.TRAVEL,
    minTierTo: 2,
    maxBalance: tokens(70_000),
    travelThreshold: tokens(1_000),
    travelFeedId: NAV_FEED,
  }),
  countries: EEA,
  windowSeconds: [Number(day)],
  windowMax: [tokens(70_000)],
};

export const document = (subject, docType, text) => {
  const sha256Hash = sha256(stringToHex(text));
  return { subject, docType, sha256Hash, cid: `0x1220${sha256Hash.slice(2)}`, uri: "", validUntil: 0n, encrypted: false };
};

/** Tells the story; returns the token, whose feed says 100 USD. */
export default async function tokenisation(world) {
  const { act, check, event, read, refused } = world;
  await people(world);
  await throughTimelock(
    world,
    "48 hours after the foundation scheduled it, the Timelock makes Ivy an issuer.",
    ...["SPVRegistry", "PermissionedAMM", "TrancheFactory"].map((name) => at(name).grantRole(Role.ISSUER, Ivy.address)),
  );

  const deed = document(SPV_ID, DocType.titleDeed, "title deed of PROP-0001");
  await refused("There is no SPV yet, so Ivy cannot anchor its title deed.", Ivy, documents.anchor(deed), "NotIssuer", Ivy.address);
  await act(
    "Ivy creates the SPV, a draft that she manages: a legal entity of tier 3.",
    Ivy,
    registry.createSpv(SPV_ID, "Property One", GERMANY, LEI, documentHash("extract of the commercial register"), Ivy.address),
  );
  await act("She owns the subject now, and anchors the title deed.", Ivy, documents.anchor(deed));
  await act("She anchors the appraisal.", Ivy, documents.anchor(document(SPV_ID, DocType.appraisal, "appraisal of PROP-0001")));
  const deedId = await read(documents.latest(SPV_ID, DocType.titleDeed));
  await refused("Ivy cannot activate her own SPV.", Ivy, registry.activateSpv(SPV_ID, deedId), "AccessControlUnauthorizedAccount", Ivy.address, Role.GUARDIAN);
  await act("The guardian, the second pair of eyes, activates it with the title deed.", Admin, registry.activateSpv(SPV_ID, deedId));
  await act("Ivy adds the property.", Ivy, registry.addProperty(SPV_ID, PROPERTY_ID, GERMANY, deed.sha256Hash, VALUATION_FEED, zeroHash, 12_500_000n));

  await createFeed(world, "The oracle's manager creates the feed of valuations: two of three reporters decide.", VALUATION_FEED, FeedKind.valuation);
  await report(world, "R1 and R2 sign a valuation of 10,000,000.00 EUR; the operator relays it.", VALUATION_FEED, 1_000_000_000n);

  const params = {
    name: "Property Share",
    symbol: "PROP",
    decimals: 18,
    navFeedId: NAV_FEED,
    admin: Admin.address,
    ruleAdmin: RuleAdmin.address,
    agent: Agent.address,
    pauser: Admin.address,
    paymaster: Paymaster.address,
    maxSupply: tokens(100_000),
  };
  const predicted = await read(registry.predictToken(SPV_ID));
  const receipt = await act(
    "Ivy tokenises the SPV: at most 100,000 tokens, under the rules for European retail investors.",
    Ivy,
    registry.tokenise(SPV_ID, params, euRetail),
  );
  const token = at("PermissionedToken", event(receipt, registry, "Tokenised").token);
  check(`The token stands at the address that was predicted, ${predicted}.`, token.address, predicted);

  const rulesSet = receipt.logs.filter(
    ({ address, topics }) => address.toLowerCase() === engine.address && topics[0] === toEventSelector("RulesSet(address,address,bytes32)"),
  );
  const applied = { ...euRetail.rules, ruleMask: euRetail.rules.ruleMask | Rule.SUPPLY_CAP, supplyCap: params.maxSupply };
  check("The registry has added the supply cap to the rules that Ivy gave.", (await read(engine.rulesOf(token.address)))[4], applied);
  const ruleSetType = engine.abi.find(({ name }) => name === "setRules").inputs[1];
  check(
    "The engine has told the hash of the rules, then of countries and windows.",
    [rulesSet.length, rulesSet[0].data],
    [3, keccak256(encodeAbiParameters([ruleSetType], [applied]))],
  );
  await act("The rule administrator accepts the rules.", RuleAdmin, engine.acceptRuleAdmin(token.address));
  check("From now on they are the rule administrator's.", (await read(engine.rulesOf(token.address)))[0], RuleAdmin.address);

  const [total, perToken] = await read(registry.nav(SPV_ID));
  check("The net asset value is 10,000,000.00 EUR, 100.00 a token.", [total, perToken], [tokens(10_000_000), tokens(100)]);

  await createFeed(world, "The manager creates the feed of the token's value in USD.", NAV_FEED, FeedKind.nav);
  await report(world, "R1 and R2 report 100 USD.", NAV_FEED, price(100));
  return { token };
}
