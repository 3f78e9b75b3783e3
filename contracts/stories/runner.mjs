#!/usr/bin/env node
// Runs the stories against a development node, see --help.
import { spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { connect } from "./world.mjs";

const help = `Usage: ./chain stories [NAME...] [--url URL] [--gas FILE]

  NAME           a story by its number or a part of its file's name; all when none is given
  --url URL      a running development node in place of a fresh one; it is set back after each story
  --gas FILE     also writes the table of gas as Markdown
  --program DLL  the node program to start; ./chain stories gives its own

Examples:
  ./chain stories
  ./chain stories 3 buyback
  ./chain stories --gas benchmarks/results/stories-gas.md`;

const here = dirname(fileURLToPath(import.meta.url));
const startTimeoutMs = 60_000;
const sentenceColumns = 80;

class UsageError extends Error {}

const numberOf = (file) => Number(file.slice(0, 2));

function parse(options) {
  const settings = { names: [] };
  const valueFlags = { "--url": "url", "--gas": "gasFile", "--program": "program" };
  for (let i = 0; i < options.length; i++) {
    const key = valueFlags[options[i]];
    if (key) {
      settings[key] = options[++i];
      if (!settings[key]) throw new UsageError(`${options[i - 1]} needs a value.`);
    } else if (options[i].startsWith("-")) {
      throw new UsageError(`${options[i]} is no option.`);
    } else {
      settings.names.push(options[i]);
    }
  }
  if (!settings.url && !settings.program) throw new UsageError("No node: run ./chain stories, which starts one, or give --url URL.");
  return settings;
}

/** The files of the stories that a list of names selects, in order. */
function select(names) {
  const files = readdirSync(here)
    .filter((file) => /^\d\d-.*\.mjs$/.test(file))
    .sort();
  if (names.length === 0) return files;
  const matches = (name) => files.filter((file) => (/^\d+$/.test(name) ? numberOf(file) === Number(name) : file.includes(name)));
  for (const name of names)
    if (matches(name).length === 0) throw new UsageError(`There is no story '${name}': ${files.map((file) => file.replace(".mjs", "")).join(", ")}.`);
  const chosen = new Set(names.flatMap(matches));
  return files.filter((file) => chosen.has(file));
}

/** Starts a fresh chain in memory on a free port. */
async function startNode(program) {
  const node = spawn("dotnet", [program, "dev", "--in-memory", "--http.port", "0", "--quiet"], { stdio: ["ignore", "pipe", "pipe"] });
  process.once("exit", () => node.kill());
  let errors = "";
  node.stderr.on("data", (text) => (errors += text));
  let patience;
  const url = await new Promise((resolve, reject) => {
    patience = setTimeout(() => reject(new Error(`the node did not start within ${startTimeoutMs} ms: ${errors}`)), startTimeoutMs);
    createInterface({ input: node.stdout }).on("line", (line) => {
      const listening = /^Listening on (http:\S+)/.exec(line);
      if (listening) resolve(listening[1]);
    });
    node.on("exit", (code) => reject(new Error(`the node ended with code ${code}: ${errors}`)));
    node.on("error", reject);
  })
    .catch((error) => {
      node.kill();
      throw error;
    })
    .finally(() => clearTimeout(patience));
  return { url, stop: () => node.kill() };
}

/** Tells one story and sets the chain back; returns its title and gas. */
async function tell(file, url) {
  const { title, default: story } = await import(`./${file}`);
  console.log(`\n${numberOf(file)}. ${title}`);
  const world = await connect(url, (line) => console.log(`   ${line}`));
  await world.variant(() => story(world));
  return { title, rows: world.gas };
}

const grouped = (number) => number.toLocaleString("en-US");

const shortened = (text) => (text.length > sentenceColumns ? `${text.slice(0, sentenceColumns - 1)}…` : text);

function printTable(told) {
  const width = Math.max(0, ...told.flatMap(({ rows }) => rows.map(({ call }) => call.length)));
  console.log("\nGas per step");
  for (const { number, rows } of told) {
    for (const { call, gas, sentence } of rows)
      console.log(`${String(number).padStart(2)}  ${call.padEnd(width)}  ${grouped(gas).padStart(9)}  ${shortened(sentence)}`);
  }
}

function markdown(told) {
  const sections = told.map(({ number, title, rows }) =>
    [
      `## ${number}. ${title}`,
      "",
      "| step | call | gas |",
      "|---|---|---:|",
      ...rows.map(({ sentence, call, gas }) => `| ${sentence.replaceAll("|", "\\|")} | \`${call}\` | ${grouped(gas)} |`),
      "",
    ].join("\n"),
  );
  return [
    "# Gas per step of the stories",
    "",
    "Gas used by each transaction that a story tells, on a development node that is set back after each; some tens of units depend on the times and signatures in the calls. Written by `./chain stories --gas FILE`.",
    "",
    ...sections,
  ].join("\n");
}

async function main(options) {
  if (options.includes("--help")) return console.log(help);
  const settings = parse(options);
  const files = select(settings.names);
  const start = Date.now();
  const node = settings.url ? { url: settings.url, stop: () => {} } : await startNode(settings.program);
  const told = [];
  const failed = [];
  for (const file of files) {
    try {
      told.push({ number: numberOf(file), ...(await tell(file, node.url)) });
    } catch (error) {
      failed.push(numberOf(file));
      console.error(`   FAILED: ${error.stack ?? error}`);
    }
  }
  node.stop();
  if (told.length > 0) printTable(told);
  if (settings.gasFile && failed.length === 0) writeFileSync(settings.gasFile, markdown(told));
  const failures = failed.length > 0 ? `; failed: ${failed.join(", ")}` : "";
  console.log(`\n${told.length} of ${files.length} told in ${((Date.now() - start) / 1_000).toFixed(1)} s${failures}.`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

await main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof UsageError ? `${error.message} See --help.` : error);
  process.exitCode = 2;
});
