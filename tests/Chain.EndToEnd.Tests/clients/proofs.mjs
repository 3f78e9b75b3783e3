// Verifies a proof of an identity record and a proof of an audit entry against a block's state root, with @ethereumjs/mpt and ethers, which share no code with the node.
//
//   node proofs.mjs URL ADDRESS ENTRY_BLOCK
//   node proofs.mjs URL slots ADDRESS SLOT...      proves slots of an account and compares them with eth_getStorageAt
import { eligibility, expect, prove, proveEntry, registry } from './state-proof.mjs'

const [url, ...rest] = process.argv.slice(2)
const [address, entryBlock] = rest

async function call(method, ...params) {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) })
  const { result, error } = await response.json()
  if (error) throw new Error(`${method}: ${error.message}`)
  return result
}

async function checkIdentity() {
  const answer = await call('kyc_getProof', address, 'latest')
  const block = await call('eth_getBlockByNumber', answer.blockNumber, false)
  expect(block.stateRoot === answer.stateRoot && block.hash === answer.blockHash, 'the proof names another block')
  const slotOf = await prove(block.stateRoot, registry, answer.proof)
  const code = eligibility(address, slotOf, BigInt(block.timestamp))
  expect(code === answer.code, `the proved words give code ${code}, the answer says ${answer.code}`)
  console.log(`identity of ${address} proved against ${block.stateRoot}: code ${code}`)

  // The plain method proves the same slots.
  const plain = await call('eth_getProof', registry, answer.slots.map((slot) => slot.key), answer.blockNumber)
  const same = await prove(block.stateRoot, registry, plain)
  for (const slot of answer.slots) expect(same(BigInt(slot.key)) === BigInt(slot.value), `slot ${slot.name} differs`)

  const forged = structuredClone(answer.proof)
  forged.storageProof[1].proof[forged.storageProof[1].proof.length - 1] = forged.storageProof[0].proof.at(-1)
  const isRefused = await prove(block.stateRoot, registry, forged).then(() => false, () => true)
  expect(isRefused, 'a forged proof is taken')
}

async function checkEntry() {
  const { stateRoot, entry } = await proveEntry(call, entryBlock, 0, 0)
  expect(entry.block === BigInt(entryBlock) && entry.kind === 9n && entry.subject === registry, 'the entry says something else')
  console.log(`audit entry of block ${entryBlock} proved against ${stateRoot}`)
}

async function checkSlots(account, keys) {
  const block = await call('eth_getBlockByNumber', 'latest', false)
  const slotOf = await prove(block.stateRoot, account, await call('eth_getProof', account, keys, block.number))
  for (const key of keys) {
    const value = slotOf(BigInt(key))
    expect(value !== 0n && value === BigInt(await call('eth_getStorageAt', account, key, block.number)), `slot ${key} is proved as ${value}`)
  }
  console.log(`${keys.length} slots of ${account} proved against ${block.stateRoot}`)
}

if (rest[0] === 'slots') {
  await checkSlots(rest[1], rest.slice(2))
} else {
  await checkIdentity()
  await checkEntry()
}
