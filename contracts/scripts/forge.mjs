#!/usr/bin/env node
// forge of the npm package. The package's own wrapper ends with 0 whatever forge ends with, so that failed tests would look like passed ones.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const architecture = { x64: "amd64", arm64: "arm64" }[process.arch] ?? process.arch;
const forge = createRequire(import.meta.url).resolve(`@foundry-rs/forge-${process.platform}-${architecture}/bin/forge`);
const { status, error } = spawnSync(forge, process.argv.slice(2), { stdio: "inherit" });
if (error) throw error;
process.exit(status ?? 1);
