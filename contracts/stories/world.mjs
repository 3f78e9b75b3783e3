// What a story needs of a node: people who act, refusals, questions, time, words and gas.
import assert from "node:assert/strict";
import {
  createPublicClient,
  createWalletClient,
  decodeErrorResult,
  decodeFunctionResult,
  defineChain,
  encodeFunctionData,
  formatUnits,
  http,
  keccak256,
  numberToHex,
  parseAbiParameters,
  parseEventLogs,
  parseGwei,
  toHex,
} from "viem";
import { mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import * as contracts from "../typescript/index.js";

const mnemonic = "test test test test test test test test test test test junk";
/** Above what any step takes; the table counts the gas used. */
const gasLimit = 12_000_000n;
const mineTimeoutMs = 20_000;

/** Errors of all contracts in one list: they bubble up through several. */
const errors = Object.values(contracts)
  .filter(Array.isArray)
  .flat()
  .filter(({ type }) => type === "error");

/**
 * A contract to act on: `at("LendingPool")` where genesis installs it, `at("PermissionedToken", address)` elsewhere. Its functions make calls for
 * `act`, `refused` and `read`: `act("Bob borrows.", Bob, pool.borrow(amount, Bob.address))`.
 */
export function at(name, address) {
  const abi = contracts[abiNames.get(name.toLowerCase())];
  const installed = contracts.addresses[Object.keys(contracts.addresses).find((key) => key.toLowerCase() === (aliases[name] ?? name).toLowerCase())];
  if (!abi || !(address ?? installed)) throw new Error(`the package has no contract ${name}`);
  const contract = { contractName: name, abi, address: address ?? installed };
  const functions = new Set(abi.filter(({ type }) => type === "function").map((item) => item.name));
  return new Proxy(contract, {
    get: (target, key) => (key in target || !functions.has(key) ? target[key] : (...args) => ({ contract, functionName: key, args })),
  });
}

const nameOf = ({ contract, functionName }) => `${contract.contractName}.${functionName}`;

/** A call as the fields of a transaction. */
export const encoded = ({ contract, functionName, args }) => ({
  to: contract.address,
  data: encodeFunctionData({ abi: contract.abi, functionName, args }),
});

const abiNames = new Map(
  Object.keys(contracts)
    .filter((key) => key.endsWith("Abi"))
    .map((key) => [key.slice(0, -3).toLowerCase(), key]),
);
const aliases = { DefactorGovernor: "governor" };

/** An account by the name it has in the stories: the same key in every run. */
export function actor(name) {
  return { name, ...accountOf(privateKeyToAccount(keccak256(toHex(`stories: ${name}`)))) };
}

/** An account of the development mnemonic. */
export function devActor(name, addressIndex) {
  return { name, ...accountOf(mnemonicToAccount(mnemonic, { addressIndex })) };
}

function accountOf(account) {
  return { account, address: account.address };
}

/** Connects to a development node and returns what stories use; `print` takes each line of words. */
export async function connect(url, print) {
  const transport = http(url, { retryCount: 0, timeout: 60_000 });
  const id = await createPublicClient({ transport })
    .getChainId()
    .catch(() => {
      throw new Error(`No node answers at ${url}: start one with './chain dev'.`);
    });
  const chain = defineChain({
    id,
    name: "dev",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  const client = createPublicClient({ chain, transport, cacheTime: 0 });
  const rpc = (method, ...params) => client.request({ method, params });
  const gas = [];
  let quiet = 0;

  const say = (text) => quiet || print(text);

  /** Runs something without words and without its gas: what another story tells. */
  async function before(prologue, ...args) {
    quiet++;
    try {
      return await prologue(world, ...args);
    } finally {
      quiet--;
    }
  }

  /** Tells what would happen otherwise, and goes back to where it began. */
  async function variant(tell) {
    const snapshot = await rpc("evm_snapshot");
    try {
      await tell();
    } finally {
      assert.equal(await rpc("evm_revert", snapshot), true, "the chain goes back to the snapshot");
    }
  }

  async function sign(who, request) {
    const nonce = request.nonce ?? (await client.getTransactionCount({ address: who.address, blockTag: "pending" }));
    const wallet = createWalletClient({ account: who.account, chain, transport });
    const fees = { maxFeePerGas: parseGwei("10"), maxPriorityFeePerGas: parseGwei("1") };
    return wallet.signTransaction({ type: "eip1559", chainId: id, gas: gasLimit, ...fees, ...request, nonce });
  }

  /** Sends a transaction and waits until it is mined. */
  const deliver = async (who, request) => rpc("eth_sendRawTransactionSync", await sign(who, request), mineTimeoutMs);

  /** A transaction that must succeed; its words are told and its gas noted. Returns the receipt. */
  async function act(sentence, who, call, value = 0n) {
    const receipt = await deliver(who, { ...encoded(call), value }).catch((error) => {
      throw new Error(`${who.name}: ${nameOf(call)} is not taken: ${error.details ?? error.message}`, { cause: error });
    });
    if (receipt.status !== "0x1") {
      const trace = await rpc("debug_traceTransaction", receipt.transactionHash, { tracer: "callTracer" });
      const { errorName, args } = decode(trace.output ?? "0x");
      throw new Error(`${who.name}: ${nameOf(call)} reverts with ${errorName}(${args.map(String).join(", ")}) in: ${sentence ?? "a step of preparation"}`);
    }
    if (sentence !== null) note(sentence, nameOf(call), receipt);
    return receipt;
  }

  /** Tells what a mined transaction did and notes its gas. */
  function note(sentence, call, receipt) {
    if (quiet) return;
    say(sentence);
    gas.push({ call, gas: Number(receipt.gasUsed), sentence });
  }

  /** Transactions of several accounts in one block, if the chain takes them all; they begin to wait in this order. Returns their hashes. */
  async function inOneBlock(...transactions) {
    const hashes = [];
    await rpc("evm_setAutomine", false);
    try {
      for (const [who, request] of transactions) hashes.push(await rpc("eth_sendRawTransaction", await sign(who, request)));
      await rpc("evm_mine");
    } finally {
      await rpc("evm_setAutomine", true);
    }
    return hashes;
  }

  /** A transaction of preparation: neither words nor gas. */
  const prepare = (who, call, value) => act(null, who, call, value);

  /** Sends native coin, without words. */
  const fund = (from, to, value) => deliver(from, { to: to.address, value });

  /** A call that must be refused with this error; arguments are compared as far as they are given. */
  async function refused(sentence, who, call, errorName, ...expected) {
    const revert = await revertOf(who, call);
    if (revert === null) throw new Error(`${who.name}: ${nameOf(call)} is not refused, ${errorName} was expected: ${sentence}`);
    const error = decode(revert);
    assert.deepEqual([error.errorName, ...error.args.slice(0, expected.length)], [errorName, ...expected], sentence);
    say(sentence);
  }

  async function revertOf(who, call) {
    try {
      await rpc("eth_call", { from: who.address, ...encoded(call) }, "latest");
      return null;
    } catch (error) {
      for (let e = error; e; e = e.cause) if (typeof e.data === "string") return e.data;
      throw error;
    }
  }

  /** A transaction that the chain does not take; returns the error of the node. */
  async function rejected(sentence, who, request, code, reason) {
    try {
      await deliver(who, request);
    } catch (error) {
      for (let e = error; e; e = e.cause) {
        if (e.code !== code) continue;
        assert.equal(e.data?.reason, reason, sentence);
        say(sentence);
        return e;
      }
      throw error;
    }
    throw new Error(`the transaction is taken: ${sentence}`);
  }

  function decode(data) {
    if (data === "0x") return { errorName: "no reason", args: [] };
    try {
      const { errorName, args = [] } = decodeErrorResult({ abi: errors, data });
      return { errorName, args };
    } catch {
      return { errorName: data, args: [] };
    }
  }

  /** The answer of a view at the head. */
  async function read(call) {
    const data = await rpc("eth_call", encoded(call), "latest");
    return decodeFunctionResult({ abi: call.contract.abi, functionName: call.functionName, args: call.args, data });
  }

  /** A signature over typed data (EIP-712, version 1) of a contract; `fields` as Solidity writes them. */
  const signTyped = (who, domainName, contract, primaryType, fields, message) =>
    who.account.signTypedData({
      domain: { name: domainName, version: "1", chainId: id, verifyingContract: contract.address },
      types: { [primaryType]: parseAbiParameters(fields) },
      primaryType,
      message,
    });

  /** Tells a fact that holds. */
  function check(sentence, actual, expected) {
    assert.deepEqual(actual, expected, sentence);
    say(sentence);
  }

  const head = () => client.getBlock();
  const now = async () => (await head()).timestamp;

  /** Lets seconds pass and makes a block. */
  async function travel(seconds) {
    await travelTo((await now()) + BigInt(seconds));
  }

  /** Makes a block at this time. */
  async function travelTo(timestamp) {
    await nextBlockAt(timestamp);
    await rpc("evm_mine");
  }

  /** The next transaction is mined at exactly this time. */
  const nextBlockAt = (timestamp) => rpc("evm_setNextBlockTimestamp", numberToHex(timestamp));

  /** Arguments of the only event of this name in a receipt. */
  function event(receipt, contract, eventName) {
    const found = parseEventLogs({ abi: contract.abi, eventName, logs: receipt.logs }).filter(
      ({ address }) => address.toLowerCase() === contract.address.toLowerCase(),
    );
    assert.equal(found.length, 1, `${contract.contractName} emits one ${eventName}`);
    return found[0].args;
  }

  const world = {
    gas,
    rpc,
    say,
    before,
    variant,
    act,
    note,
    inOneBlock,
    prepare,
    fund,
    deliver,
    sign,
    signTyped,
    refused,
    rejected,
    read,
    check,
    head,
    now,
    travel,
    travelTo,
    nextBlockAt,
    event,
  };
  return world;
}

/** ASCII, right-padded to 32 bytes. */
export const id32 = (text) => toHex(text, { size: 32 });

export const day = 86_400n;
export const year = 365n * day;
export const never = 2n ** 256n - 1n;

const whole = (decimals) => (amount) => {
  const [units, fraction = ""] = String(amount).replaceAll(",", "").split(".");
  return BigInt(units) * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, "0"));
};

/** Amounts in units: `usdc("1,078")`, `tokens(1_250)`, `price("74")` of a feed with 8 decimals. */
export const usdc = whole(6);
export const tokens = whole(18);
export const price = whole(8);

/** An amount in words, rounded to so many digits; whole numbers have none. */
export function words(units, decimals, digits = 2) {
  const unit = 10n ** BigInt(decimals - digits);
  const [integer, fraction] = formatUnits((units + unit / 2n) / unit, digits).split(".");
  return Number(integer).toLocaleString("en-US") + (fraction === undefined ? "" : `.${fraction.padEnd(digits, "0")}`);
}
