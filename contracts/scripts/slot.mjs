#!/usr/bin/env node
// ERC-7201 storage slot of each namespace named on the command line: `node scripts/slot.mjs defactor.LendingPool.v1`.
import { pathToFileURL } from "node:url";
import { encodeAbiParameters, hexToBigInt, keccak256, numberToHex, stringToBytes } from "viem";

/** keccak256(abi.encode(uint256(keccak256(id)) - 1)) & ~0xff, as 32 bytes in hexadecimal. */
export function namespaceSlot(id) {
  const inner = hexToBigInt(keccak256(stringToBytes(id))) - 1n;
  const outer = hexToBigInt(keccak256(encodeAbiParameters([{ type: "uint256" }], [inner])));
  return numberToHex(outer & ~0xffn, { size: 32 });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const id of process.argv.slice(2)) console.log(`${namespaceSlot(id)}  ${id}`);
}
