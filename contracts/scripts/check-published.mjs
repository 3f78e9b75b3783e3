#!/usr/bin/env node
// Fails unless each compiled contract keeps what its published ABI (published/*.abi, read by clients in use) promises, see --help.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAbi } from "viem";
import { formatAbiItem } from "viem/utils";

const help = `Usage: node scripts/check-published.mjs

Compares build/*.json with published/*.abi: functions by name, types, mutability and named returns; events by name, types, names and indexed
flags; errors by name and types. Known deviations are listed in the script with their reason.

Example:
  npm run published`;

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
/** Published name to contract, where they differ. */
const contractOf = { ERC20: "FACTR" };

/** What the published contracts have and ours do not, and why. */
const deviations = {
  "event Initialized(uint8 version)": "OpenZeppelin 5 counts versions in 64 bits",
  "function __initialize_ERC20(string name, string symbol, uint8 __decimals)": "FACTR is made by its constructor",
  "error T()": "comes from a tick library that nothing here uses",
  "function onERC721Received(address,address,uint256,bytes)": "must look at its sender, so it is view",
  "function onERC1155Received(address,address,uint256,uint256,bytes)": "must look at its operator, so it is view",
  "function onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)": "must look at its sender, so it is view",
};

/** Types of parameters, tuples spelt out, with or without names. */
function typesOf(parameters, withNames) {
  return parameters.map((parameter) => {
    const type = parameter.components ? `(${typesOf(parameter.components, withNames)})${parameter.type.slice("tuple".length)}` : parameter.type;
    return withNames ? `${type}${parameter.indexed ? " indexed" : ""} ${parameter.name ?? ""}`.trimEnd() : type;
  }).join(", ");
}

/** What of an item a client depends on, as text. */
function contractText(item) {
  if (item.type === "function") return `function ${item.name}(${typesOf(item.inputs)}) ${item.stateMutability} returns (${typesOf(item.outputs, true)})`;
  if (item.type === "event") return `event ${item.name}(${typesOf(item.inputs, true)})`;
  return `error ${item.name}(${typesOf(item.inputs)})`;
}

function isDeviation(item) {
  return formatAbiItem(item, { includeName: true }) in deviations || `${item.type} ${formatAbiItem(item)}` in deviations || `${item.type} ${formatAbiItem(item, { includeName: true })}` in deviations;
}

if (process.argv.includes("--help")) {
  console.log(help);
  process.exit(0);
}

let checked = 0;
const missing = [];
for (const file of readdirSync(join(root, "published")).sort()) {
  const published = file.replace(".abi", "");
  const contract = contractOf[published] ?? published;
  const lines = readFileSync(join(root, "published", file), "utf8").trim().split("\n");
  const { abi } = JSON.parse(readFileSync(join(root, "build", `${contract}.json`), "utf8"));
  const ours = new Set(abi.filter((item) => ["function", "event", "error"].includes(item.type)).map(contractText));
  for (const item of parseAbi(lines)) {
    checked++;
    const text = contractText(item);
    if (!ours.has(text) && !isDeviation(item)) missing.push(`${contract}: ${text}`);
  }
}
if (missing.length > 0) {
  console.error(`Published and not kept:\n  ${missing.join("\n  ")}`);
  process.exit(1);
}
console.log(`${checked} published functions, events and errors kept (deviations: ${Object.keys(deviations).length}).`);
