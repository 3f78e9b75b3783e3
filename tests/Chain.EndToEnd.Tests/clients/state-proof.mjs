// Verification of state proofs with @ethereumjs/mpt and ethers, which share no code with the node, and the rule of eligibility on proved words.
import { verifyMerkleProof } from '@ethereumjs/mpt'
import { hexToBytes } from '@ethereumjs/util'
import { AbiCoder, concat, decodeRlp, hexlify, keccak256, toBeHex, zeroPadValue } from 'ethers'

export const registry = '0x0300000000000000000000000000000000000001'
const auditLog = '0x0300000000000000000000000000000000000004'
const kycNamespace = 0x7b697db96667b44dd5786dd9a772cb9db7baa8c2754b56edf8e36b84e6eacd00n
const auditNamespace = 0x15984f6b2ea0748bb6f9489dc7550c1e263fe5fa0e63f1ea03ca94a5bbc63700n
const entryType = ['uint8', 'uint64', 'uint32', 'uint32', 'uint8', 'address', 'address', 'address', 'uint256', 'uint8', 'bytes32', 'bool']

export function expect(condition, what) {
  if (!condition) throw new Error(what)
}

const word = (value) => toBeHex(value, 32)
const map = (position, key) => BigInt(keccak256(concat([word(key), word(position)])))
const field = (value, offset, bits) => (value >> BigInt(offset)) & ((1n << BigInt(bits)) - 1n)

async function lookUp(root, key, nodes) {
  expect(keccak256(nodes[0]) === root, `the first node does not hash to the root ${root}`)
  return verifyMerkleProof(hexToBytes(keccak256(key)), nodes.map(hexToBytes))
}

/** Proves the account and all its slots; returns a function from slot to proved value. */
export async function prove(stateRoot, account, proof) {
  expect(proof.address.toLowerCase() === account, `the proof is of ${proof.address}`)
  const leaf = await lookUp(stateRoot, account, proof.accountProof)
  expect(leaf !== null, 'the account is not in the state')
  const storageRoot = decodeRlp(hexlify(leaf))[2]
  const values = new Map()
  for (const { key, proof: nodes } of proof.storageProof) {
    const value = await lookUp(storageRoot, word(BigInt(key)), nodes)
    values.set(BigInt(key), value === null ? 0n : BigInt(decodeRlp(hexlify(value))))
  }
  return (slot) => {
    expect(values.has(slot), `the proof has no slot ${word(slot)}`)
    return values.get(slot)
  }
}

/** Slots that prove the eligibility of an address: those of section 2.7. */
export function eligibilitySlots(address, identityId, country) {
  const s = kycNamespace
  const wallet = map(s + 2n, address)
  return [wallet, wallet + 1n, map(s + 1n, identityId), s, s + 5n + (BigInt(country) >> 8n)].map(word)
}

/** The rule of section 2.4, from proved words alone. */
export function eligibility(address, slotOf, time) {
  const s = kycNamespace
  const wallet = map(s + 2n, address)
  const config = slotOf(s)
  const w1 = slotOf(wallet + 1n)
  if (field(w1, 16, 1) === 1n) return 9
  const status = field(w1, 0, 8)
  if (status !== 1n) return { 0: 1, 2: 2, 3: 3 }[status]
  const identity = slotOf(map(s + 1n, slotOf(wallet)))
  const identityStatus = field(identity, 0, 8)
  if (identityStatus !== 1n) return { 2: 4, 3: 5 }[identityStatus]
  if (time >= field(identity, 96, 64)) return 6
  if (field(identity, 16, 8) < field(config, 8, 8)) return 7
  const country = field(identity, 32, 16)
  return country !== 0n && field(slotOf(s + 5n + (country >> 8n)), Number(country & 255n), 1) === 1n ? 8 : 0
}

/**
 * Proves an entry of the audit log (compliance specification, section 5) against the head's state root, and that a forged entry does not lead to it.
 * `call(method, ...params)` asks the node. Returns the root and the fields of the entry.
 */
export async function proveEntry(call, blockNumber, transactionIndex, sequence) {
  const answer = await call('audit_getProof', blockNumber, transactionIndex, sequence, 'latest')
  const node = (l, r) => keccak256(concat(['0x01', l, r]))
  const climb = (leaf, index, path) => path.reduce((hash, sibling, height) => ((index >> BigInt(height)) & 1n ? node(sibling, hash) : node(hash, sibling)), leaf)
  const blockRootOf = (entry) => climb(keccak256(concat(['0x00', entry])), BigInt(answer.entryIndex), answer.blockPath)
  const blockRoot = blockRootOf(answer.entry)
  const blockLeaf = keccak256(concat(['0x02', AbiCoder.defaultAbiCoder().encode(['uint256', 'uint256', 'bytes32'], [blockNumber, answer.entryCount, blockRoot])]))
  expect(answer.globalPath.length === 32, 'the path among the blocks has 32 nodes')
  const root = climb(blockLeaf, BigInt(answer.leafIndex), answer.globalPath)
  expect(blockRootOf(zeroPadValue('0x01', answer.entry.length / 2 - 1)) !== blockRoot, 'a forged entry is taken')

  const block = await call('eth_getBlockByNumber', answer.anchor.blockNumber, false)
  expect(block.stateRoot === answer.anchor.stateRoot, 'the anchor is another block')
  const slotOf = await prove(block.stateRoot, auditLog, answer.proof)
  expect(slotOf(auditNamespace + 1n) === BigInt(root), 'the entry does not lead to the proved root')

  const [version, number, index, seq, kind, subject, from, to, amount, code, ref, effective] = AbiCoder.defaultAbiCoder().decode(entryType, answer.entry)
  expect(version === 1n && index === BigInt(transactionIndex) && seq === BigInt(sequence), 'the entry is another one')
  return { stateRoot: block.stateRoot, entry: { block: number, kind, subject: subject.toLowerCase(), from, to, amount, code, ref, effective } }
}
