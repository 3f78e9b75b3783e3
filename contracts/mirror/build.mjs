// Compiles src/*.sol and writes the run-time code of every mirror to out/, which is checked in so that the .NET tests need no npm.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import solc from "solc";

const root = new URL(".", import.meta.url);
const names = readdirSync(new URL("src/", root)).filter((name) => name.endsWith(".sol"));
const sources = Object.fromEntries(names.map((name) => [name, { content: readFileSync(new URL(`src/${name}`, root), "utf8") }]));
const settings = {
  viaIR: true,
  evmVersion: "cancun",
  // Without the inliner (i): it makes the dispatchers too deep for the stack.
  optimizer: { enabled: true, runs: 200, details: { yul: true, yulDetails: { optimizerSteps: "dhfoDgvulfnTUtnf[xa[r]EscLMcCTUtTOntnfDIulLculVcul[j]Tpeulxa[rul]xa[r]cLCTUca[r]LSsTFOtfDncarulcscCTUtgvfM]:fDnTOcmu" } } },
  metadata: { bytecodeHash: "none", appendCBOR: false },
  debug: { revertStrings: "strip" },
  outputSelection: { "*": { "*": ["evm.deployedBytecode.object"] } },
};
const output = JSON.parse(solc.compile(JSON.stringify({ language: "Solidity", sources, settings })));
// 2394: transient storage, used for marks alone. 5574: code size, which binds no mirror.
const problems = (output.errors ?? []).filter((e) => !["2394", "5574"].includes(e.errorCode));
for (const problem of problems) console.error(problem.formattedMessage);
if (problems.some((e) => e.severity === "error")) process.exit(1);

mkdirSync(new URL("out/", root), { recursive: true });
for (const contracts of Object.values(output.contracts)) {
  for (const [name, contract] of Object.entries(contracts)) {
    const code = contract.evm.deployedBytecode.object;
    if (!(name.endsWith("Mirror") || name.endsWith("Consumer")) || code === "") continue;
    writeFileSync(new URL(`out/${name}.json`, root), JSON.stringify({ compiler: solc.version(), code: `0x${code}` }) + "\n");
    console.log(`${name}: ${code.length / 2} bytes`);
  }
}
