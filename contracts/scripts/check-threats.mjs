#!/usr/bin/env node
// Fails unless the table "Threats considered" of README.md is complete and names tests that exist, see --help.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./sources.mjs";

const help = `Usage: node scripts/check-threats.mjs

Reads the table of README.md: | Contract | Attack | Closed by | Shown by |, where an empty first cell means the contract above it. An attack begins
with one or more of the classes below, or is of a kind of its own. Fails unless every contract considers every class, every row that
closes an attack names a test, and every test named is one of test/**/*.t.sol. "–" in the last cell says that the attack does not apply.

Classes: re-entrancy, rounding, oracle, donation, front-running, role loss, upgrade, gas

Example:
  npm run threats`;

const classes = ["re-entrancy", "rounding", "oracle", "donation", "front-running", "role loss", "upgrade", "gas"];
const contracts = [
  "PermissionedToken", "SPVRegistry", "TrancheFactory", "TrancheDeal", "VaultFactory", "Vault", "PermissionedAMM", "LendingPool", "OracleAggregator", "DocumentRegistry", "Timelock", "FACTR", "Buyback",
  "ERC20CollateralPoolV2", "Pools", "AdminPools", "StakingV1", "StakingV2", "StakingExpiration", "Vesting", "DefactorGovernor", "AssetFactory", "ERC20Factory", "WDFC", "PaymentToken",
];

/** Rows of the table as contract, classes, and names of tests; `applies` is false where the attack is not possible. */
function rowsOf(readme) {
  const section = readme.split("\n## Threats considered\n")[1]?.split("\n## ")[0] ?? "";
  let contract = "";
  return section.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| ---") && !line.startsWith("| Contract ")).map((line) => {
    const [first, attack, , shownBy] = line.split("|").slice(1, -1).map((cell) => cell.trim());
    contract = first === "" ? contract : first;
    const head = attack.split(":")[0];
    return { contract, attack, classes: classes.filter((name) => head.includes(name)), tests: [...shownBy.matchAll(/`(\w+)`/g)].map(([, name]) => name), applies: shownBy !== "–" };
  });
}

/** Names of all test functions. */
function testNames() {
  const files = readdirSync(join(root, "test"), { recursive: true }).filter((file) => file.endsWith(".t.sol"));
  return new Set(files.flatMap((file) => [...readFileSync(join(root, "test", file), "utf8").matchAll(/function ((?:test|invariant)\w*)\(/g)].map(([, name]) => name)));
}

if (process.argv.includes("--help")) {
  console.log(help);
  process.exit(0);
}

const rows = rowsOf(readFileSync(join(root, "README.md"), "utf8"));
const known = testNames();
const problems = [];
for (const { contract, attack, tests, applies } of rows) {
  if (applies && tests.length === 0) problems.push(`${contract}, ${attack}: names no test`);
  for (const test of tests) if (!known.has(test)) problems.push(`${contract}, ${attack}: no test is named ${test}`);
}
for (const contract of contracts) {
  const considered = new Set(rows.filter((row) => row.contract.split(", ").includes(contract)).flatMap((row) => row.classes));
  const missing = classes.filter((name) => !considered.has(name));
  if (missing.length > 0) problems.push(`${contract}: ${missing.join(", ")} not considered`);
}
if (problems.length > 0) {
  console.error(`Threats considered (README.md):\n  ${problems.join("\n  ")}`);
  process.exit(1);
}
console.log(`${rows.length} threats of ${contracts.length} contracts, shown by ${new Set(rows.flatMap(({ tests }) => tests)).size} tests.`);
