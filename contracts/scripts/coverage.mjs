#!/usr/bin/env node
// Line and branch coverage of src/ (without interfaces) by the unit tests, as forge measures it. Prints the least covered files, fails below the limit.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const linesMinPercent = 95;
const leastCovered = 10;

/** Hit and found lines and branches of each source file in an LCOV report. */
function read(report) {
  const files = [];
  for (const record of report.split("end_of_record")) {
    const value = (key) => record.match(new RegExp(`^${key}:(.*)$`, "m"))?.[1];
    const path = value("SF");
    if (path?.startsWith("src/") && !path.startsWith("src/interfaces/")) {
      files.push({ path, lines: [Number(value("LH")), Number(value("LF"))], branches: [Number(value("BRH")), Number(value("BRF"))] });
    }
  }
  return files;
}

const percent = ([hit, found]) => (found === 0 ? 100 : (100 * hit) / found);
const text = (counts) => `${percent(counts).toFixed(1).padStart(5)} % (${counts.join("/")})`;
const sum = (files, key) => files.reduce(([hit, found], file) => [hit + file[key][0], found + file[key][1]], [0, 0]);

const reportFile = join(root, "cache", "lcov.info");
// forge does not make the folder.
mkdirSync(dirname(reportFile), { recursive: true });
const args = ["coverage", "--no-match-contract", "Invariants", "--report", "lcov", "--report-file", reportFile];
const { status } = spawnSync(process.execPath, [join(root, "scripts", "forge.mjs"), ...args], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
if (status !== 0) {
  console.error("forge coverage failed for the reason above; if it names none, npm test shows the failing test.");
  process.exit(1);
}
const files = read(readFileSync(reportFile, "utf8")).sort((a, b) => percent(a.lines) - percent(b.lines));
for (const { path, lines, branches } of files.slice(0, leastCovered)) console.log(`${path}: lines ${text(lines)}, branches ${text(branches)}`);
const lines = sum(files, "lines");
console.log(`${files.length} files: lines ${text(lines)}, branches ${text(sum(files, "branches"))}`);
if (percent(lines) < linesMinPercent) {
  console.error(`Below ${linesMinPercent} % of lines: write tests for the files above.`);
  process.exit(1);
}
