// The typed access of the package: ABIs `as const` and the addresses of the predeploys, for viem.

/** Addresses by name from the library that the contracts themselves use: `{ lendingPool: "0x…" }`. */
export function addressesOf(addressesSource) {
  const entries = [...addressesSource.matchAll(/address internal constant (\w+) = (0x[0-9a-fA-F]{40});/g)];
  return Object.fromEntries(entries.map(([, name, address]) => [camelCase(name), address]));
}

function camelCase(constant) {
  return constant.toLowerCase().replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
}

/** The native modules that the contracts call: address and interface from declarations such as `IOracle internal constant ORACLE = IOracle(0x…);`. */
export function modulesOf(sources) {
  const declarations = sources.flatMap((source) => [...source.matchAll(/\b(I\w+) internal constant \w+ = \1\((0x[0-9a-fA-F]{40})\);/g)]);
  return declarations.map(([, contract, address]) => ({ contract, address }));
}

/** `PermissionedAMM` becomes `permissionedAmmAbi`, `ERC20Factory` `erc20FactoryAbi`. */
function abiName(contract) {
  const words = contract.match(/[A-Z]+(?![a-z])\d*|[A-Z][a-z\d]*/g);
  const capitalised = words.map((word) => word[0] + word.slice(1).toLowerCase()).join("");
  return `${capitalised[0].toLowerCase()}${capitalised.slice(1)}Abi`;
}

/**
 * The files of the TypeScript side, as path and text. Per contract one module and its declaration, so that an import takes only what it names.
 * `modules` are the native ones: interface without its `I`, ABI and address.
 */
export function typescriptFiles(artifacts, modules, addressesSource) {
  const addresses = { ...addressesOf(addressesSource), ...Object.fromEntries(modules.map(({ name, address }) => [`${name[0].toLowerCase()}${name.slice(1)}`, address])) };
  const abis = new Map([...[...artifacts].map(([name, { abi }]) => [name, abi]), ...modules.map(({ name, abi }) => [name, abi])]);
  const names = [...abis.keys()];
  const files = new Map();
  for (const [name, abi] of abis) {
    const items = `[\n${abi.map((item) => `  ${JSON.stringify(item)}`).join(",\n")}\n]`;
    files.set(`typescript/${name}.js`, `export const ${abiName(name)} = ${items};\n`);
    files.set(`typescript/${name}.d.ts`, `/** ABI of ${name}, as a literal type: viem infers names, arguments and results from it. */\nexport declare const ${abiName(name)}: ${literalType(items)};\n`);
  }
  const exportsOf = names.map((name) => `export { ${abiName(name)} } from "./${name}.js";\n`).join("");
  const record = `{\n${Object.entries(addresses).map(([name, address]) => `  ${name}: "${address}"`).join(",\n")}\n}`;
  files.set("typescript/index.js", `${exportsOf}\nexport const addresses = ${record};\n`);
  files.set("typescript/index.d.ts", `${exportsOf}\n/** Where genesis installs the contracts, and where the native modules are, by name. */\nexport declare const addresses: ${literalType(record)};\n`);
  return files;
}

/** The readonly literal type of a JSON value written as text: arrays as readonly tuples, fields as readonly. */
function literalType(json) {
  return readonlyType(JSON.parse(json.replace(/^( {2})(\w+):/gm, '$1"$2":')), "");
}

function readonlyType(value) {
  if (Array.isArray(value)) return `readonly [${value.map(readonlyType).join(", ")}]`;
  if (value !== null && typeof value === "object")
    return `{ ${Object.entries(value).map(([key, member]) => `readonly ${key}: ${readonlyType(member)}`).join("; ")} }`;
  return JSON.stringify(value);
}
