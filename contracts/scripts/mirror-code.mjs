#!/usr/bin/env node
// Writes test/base/MirrorCode.sol: the run-time code of the module mirrors, which forge's EVM needs at the addresses of the native modules.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const mirrors = { KYC: "KycMirror", ENGINE: "EngineMirror", ORACLE: "OracleMirror" };

const constants = Object.entries(mirrors).map(([name, file]) => {
  const { code } = JSON.parse(readFileSync(join(root, "mirror", "out", `${file}.json`), "utf8"));
  return `    bytes internal constant ${name} = hex"${code.slice(2)}";`;
});
const text = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// Run-time code of the module mirrors, written by scripts/mirror-code.mjs.
library MirrorCode {
${constants.join("\n")}
}
`;
const path = join(root, "test", "base", "MirrorCode.sol");
if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
