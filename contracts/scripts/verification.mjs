#!/usr/bin/env node
// The standard JSON input from which a block explorer verifies a contract, and the check that it does, see --help.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import solc from "solc";
import { language, readSource, root, settings } from "./sources.mjs";

const help = `Usage: node scripts/verification.mjs [NAME...]

Compiles the verification input of every contract in build/, or of those named, by itself as an explorer does, and fails unless it gives the
artifact's creation and run-time code to the byte, metadata hash, library placeholders and immutable places included.

Examples:
  npm run verification
  npm run verification -- LendingPool`;

/** The standard JSON input that reproduces one contract: its sources only, in full. Libraries are linked afterwards, by the link references. */
export function verificationInput(artifact) {
  const sources = Object.fromEntries(Object.keys(artifact.sources).map((unit) => [unit, { content: readSource(unit).contents }]));
  const outputSelection = { "*": { "*": ["abi", "metadata", "evm.bytecode", "evm.deployedBytecode"] } };
  return { language, sources, settings: { ...settings, outputSelection } };
}

/** What of an artifact its verification input does not give again; empty if it gives all. */
function differences(artifact) {
  const input = verificationInput(artifact);
  // What is asked for does not change what is compiled; the other contracts of the sources need no code.
  input.settings.outputSelection = { [artifact.sourceName]: { [artifact.contractName]: ["abi", "evm.bytecode", "evm.deployedBytecode"] } };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  const errors = (output.errors ?? []).filter(({ severity }) => severity === "error").map(({ formattedMessage }) => formattedMessage.trim());
  if (errors.length > 0) return errors;
  const { abi, evm } = output.contracts[artifact.sourceName][artifact.contractName];
  const given = {
    compiler: solc.version().replace(/\.Emscripten\.clang$/, ""),
    abi,
    bytecode: `0x${evm.bytecode.object}`,
    linkReferences: evm.bytecode.linkReferences,
    deployedBytecode: `0x${evm.deployedBytecode.object}`,
    deployedLinkReferences: evm.deployedBytecode.linkReferences,
    immutableReferences: Object.values(evm.deployedBytecode.immutableReferences ?? {}),
  };
  return Object.entries(given).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(artifact[key])).map(([key]) => `${key} differs`);
}

function main(names) {
  const all = readdirSync(join(root, "build")).map((file) => file.replace(/\.json$/, "")).sort();
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    console.error(`No artifact of ${unknown.join(", ")}; the names are those of the files in build/.`);
    return 1;
  }
  const failures = [];
  for (const name of names.length > 0 ? names : all) {
    for (const what of differences(JSON.parse(readFileSync(join(root, "build", `${name}.json`), "utf8")))) failures.push(`${name}: ${what}`);
  }
  if (failures.length > 0) {
    console.error(`Not verified:\n  ${failures.join("\n  ")}\nRun npm run build and commit the result.`);
    return 1;
  }
  console.log(`${names.length > 0 ? names.length : all.length} contracts verify from their standard JSON input.`);
  return 0;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const options = process.argv.slice(2);
  if (options.includes("--help")) console.log(help);
  else process.exitCode = main(options);
}
