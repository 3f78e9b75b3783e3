// Compiled by `npm run types`, never run: shows that viem infers names, arguments and results from the package.
import { createPublicClient, getContract, http, type Address } from "viem";
import { addresses, lendingPoolAbi, permissionedAmmAbi, spvRegistryAbi } from "@defactor/chain-contracts";

const client = createPublicClient({ transport: http("http://127.0.0.1:8545") });
const pool = getContract({ address: addresses.lendingPool, abi: lendingPoolAbi, client });
const registry = getContract({ address: addresses.spvRegistry, abi: spvRegistryAbi, client });

export async function read(account: Address): Promise<[bigint, bigint, number, Address]> {
  const health: bigint = await pool.read.health([account]);
  const spv = await registry.read.spv(["0x0000000000000000000000000000000000000000000000000000000000000001"]);
  const policy = await client.readContract({ address: addresses.permissionedAmm, abi: permissionedAmmAbi, functionName: "policyOf", args: [account] });
  // @ts-expect-error an unknown function has no type
  await client.readContract({ address: addresses.lendingPool, abi: lendingPoolAbi, functionName: "nothing" });
  // @ts-expect-error an account is no number
  await pool.read.health([1]);
  return [health, spv.createdAt, policy.bandBps, spv.manager];
}
