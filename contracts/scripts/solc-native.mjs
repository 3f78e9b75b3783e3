#!/usr/bin/env node
// The pinned npm compiler behind the command line of a native solc, for tools (forge) that start one: `--version` and `--standard-json`.
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import solc from "solc";

/** Coverage compiles without the optimizer. Some of our contracts then need its treatment of Yul, which is the compiler's own helper code, to compile at all. */
function withYulOptimizer(input) {
  const { optimizer, viaIR } = input.settings;
  if (optimizer && !optimizer.enabled && !viaIR) optimizer.details = { yul: true, yulDetails: { stackAllocation: true } };
  return input;
}

const args = process.argv.slice(2);
if (args.includes("--version")) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`);
} else if (args.includes("--standard-json")) {
  const basePath = args.includes("--base-path") ? args[args.indexOf("--base-path") + 1] : process.cwd();
  const read = path => {
    const file = resolve(basePath, path);
    return existsSync(file) ? { contents: readFileSync(file, "utf8") } : { error: `not found: ${path}` };
  };
  process.stdout.write(solc.compile(JSON.stringify(withYulOptimizer(JSON.parse(readFileSync(0, "utf8")))), { import: read }));
} else {
  console.error("solc-native: only --version and --standard-json are supported");
  process.exit(1);
}
