#!/usr/bin/env node
// Compiles the contracts with the pinned npm compiler and writes one artifact per deployable contract, see --help.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import solc from "solc";
import { csharpFile } from "./csharp.mjs";
import { language, readSource, root, settings } from "./sources.mjs";
import { modulesOf, typescriptFiles } from "./typescript.mjs";
import { verificationInput } from "./verification.mjs";

const help = `Usage: node scripts/build.mjs [--check] [--verification NAME]

  (no option)          compiles src/ and writes build/*.json and typescript/
  --check              compiles and fails if the files checked in differ
  --verification NAME  prints the standard JSON input of one contract, with literal sources, for a block explorer

Examples:
  npm run build
  npm run check
  node scripts/build.mjs --verification LendingPool > LendingPool.input.json`;

const runtimeSizeMaxBytes = 24_000;

/** Every Solidity file below a folder, as paths from the package's root with forward slashes, sorted. */
function sourcesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((file) => file.endsWith(".sol"))
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
    .sort();
}

/** Compiles; prints every message about our own sources and stops on one. A package's warnings are its authors' business. */
function compile() {
  const sources = Object.fromEntries(sourcesBelow("src").map((unit) => [unit, { content: readSource(unit).contents }]));
  const input = { language, sources, settings: { ...settings, outputSelection: Object.fromEntries(Object.keys(sources).map((unit) => [unit, settings.outputSelection["src/*"]])) } };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: readSource }));
  const messages = (output.errors ?? []).filter(({ severity, sourceLocation }) => severity === "error" || !sourceLocation?.file.startsWith("@"));
  for (const message of messages) console.error(message.formattedMessage);
  if (messages.length > 0) process.exit(1);
  return output;
}

/** A storage layout without compiler-internal ids, which would change with unrelated files. */
function plainLayout(layout) {
  const types = layout.types ?? {};
  const label = (type) => types[type]?.label ?? type;
  return layout.storage.map(({ label: name, slot, offset, type }) => ({ name, slot, offset, type: label(type) }));
}

/** The ERC-7201 structs of a contract and its bases: namespace and members in order, the part of the layout that upgrades must keep. */
function namespacedLayout(output, metadata) {
  const layout = {};
  for (const unit of Object.keys(metadata.sources)) {
    const ast = output.sources[unit]?.ast;
    for (const contract of ast?.nodes ?? []) {
      if (contract.nodeType !== "ContractDefinition") continue;
      for (const node of contract.nodes) {
        const id = node.nodeType === "StructDefinition" && /erc7201:([\w.]+)/.exec(node.documentation?.text ?? "")?.[1];
        if (id) layout[id] = node.members.map((member) => `${member.typeDescriptions.typeString} ${member.name}`);
      }
    }
  }
  return layout;
}

/** Artifacts by contract name, of every contract that can be deployed and called. */
function artifactsOf(output) {
  const artifacts = new Map();
  for (const [unit, contracts] of Object.entries(output.contracts)) {
    for (const [name, contract] of Object.entries(contracts)) {
      if (contract.evm.bytecode.object === "" || isInternalLibrary(contract)) continue;
      if (artifacts.has(name)) throw new Error(`two contracts are named ${name}`);
      const metadata = JSON.parse(contract.metadata);
      artifacts.set(name, {
        contractName: name,
        sourceName: unit,
        compiler: metadata.compiler.version,
        runtimeSizeBytes: contract.evm.deployedBytecode.object.length / 2,
        abi: contract.abi,
        bytecode: `0x${contract.evm.bytecode.object}`,
        linkReferences: contract.evm.bytecode.linkReferences,
        deployedBytecode: `0x${contract.evm.deployedBytecode.object}`,
        deployedLinkReferences: contract.evm.deployedBytecode.linkReferences,
        immutableReferences: Object.values(contract.evm.deployedBytecode.immutableReferences ?? {}),
        storageLayout: plainLayout(contract.storageLayout),
        namespaces: namespacedLayout(output, metadata),
        sources: Object.fromEntries(Object.entries(metadata.sources).map(([source, { keccak256 }]) => [source, keccak256])),
      });
    }
  }
  return new Map([...artifacts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The native modules that `src/common` names, with the ABIs of their interfaces. */
function nativeModules(output) {
  const sources = sourcesBelow("src/common").map((unit) => readSource(unit).contents);
  return modulesOf(sources).map(({ contract, address }) => ({ name: contract.slice(1), address, abi: output.contracts[`src/interfaces/${contract}.sol`][contract].abi }));
}

/** A library whose functions are all inlined: nothing can be called, and nobody deploys it. */
function isInternalLibrary(contract) {
  const isEntry = (item) => item.type === "fallback" || item.type === "receive" || item.type === "constructor";
  return Object.keys(contract.evm.methodIdentifiers).length === 0 && !contract.abi.some(isEntry);
}

/** JSON with one line per ABI item and per key, so that changes show in reviews and files stay small. */
function render(artifact) {
  const lines = Object.entries(artifact).map(([key, value]) => {
    if (key !== "abi" && key !== "storageLayout") return `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    const items = value.map((item) => `    ${JSON.stringify(item)}`).join(",\n");
    return `  ${JSON.stringify(key)}: [${items === "" ? "" : `\n${items}\n  `}]`;
  });
  return `{\n${lines.join(",\n")}\n}\n`;
}

/** Prints size per contract and fails above the limit. */
function checkSizes(artifacts) {
  const width = Math.max(...[...artifacts.keys()].map((name) => name.length));
  let isTooLarge = false;
  for (const [name, { runtimeSizeBytes }] of artifacts) {
    const mark = runtimeSizeBytes > runtimeSizeMaxBytes ? "  above the limit" : "";
    isTooLarge ||= mark !== "";
    console.log(`${name.padEnd(width)}  ${runtimeSizeBytes.toLocaleString("en-US").padStart(7)} bytes${mark}`);
  }
  if (isTooLarge) {
    console.error(`A contract exceeds ${runtimeSizeMaxBytes} bytes; move code into a library or remove some.`);
    process.exit(1);
  }
}

/** The files the package should hold: path from its root to text. */
function expectedFiles(artifacts, modules) {
  const files = new Map([...artifacts].map(([name, artifact]) => [`build/${name}.json`, render(artifact)]));
  for (const [path, text] of typescriptFiles(artifacts, modules, readSource("src/common/Addresses.sol").contents)) files.set(path, text);
  files.set("../src/Chain.Node/Predeploys/PredeployAddresses.cs", csharpFile(readSource("src/common/Addresses.sol").contents));
  return files;
}

/** Files present now in the folders that the build owns. */
function presentFiles() {
  return ["build", "typescript"].flatMap((folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((file) => `${folder}/${file}`) : []));
}

/** Fails, naming the files, if what is checked in is not what the sources give. */
function check(files) {
  const differing = [...files].filter(([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), "utf8") !== text).map(([path]) => path);
  const superfluous = presentFiles().filter((path) => !files.has(path));
  if (differing.length + superfluous.length > 0) {
    console.error(`Not reproduced: ${[...differing, ...superfluous].join(", ")}. Run npm run build and commit the result.`);
    process.exit(1);
  }
  console.log(`${files.size} files reproduced.`);
}

/** Writes the files and removes those that no source gives any more. */
function write(files) {
  for (const path of presentFiles()) if (!files.has(path)) rmSync(join(root, path));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const options = process.argv.slice(2);
if (options.includes("--help")) {
  console.log(help);
} else if (options[0] === "--verification") {
  const file = join(root, "build", `${options[1]}.json`);
  if (!existsSync(file)) {
    console.error(`No artifact ${relative(root, file)}; the names are those of the files in build/.`);
    process.exit(1);
  }
  console.log(JSON.stringify(verificationInput(JSON.parse(readFileSync(file, "utf8")))));
} else {
  const output = compile();
  const artifacts = artifactsOf(output);
  const files = expectedFiles(artifacts, nativeModules(output));
  checkSizes(artifacts);
  if (options.includes("--check")) check(files);
  else write(files);
}
