// Verification of state proofs with @ethereumjs/mpt and ethers, which share no code with the node, and the rule of eligibility on proved words.
import { verifyMerkleProof } from '@ethereumjs/mpt'
import { hexToBytes } from '@ethereumjs/util'
import { concat, decodeRlp, hexlify, keccak256, toBeHex } from 'ethers'

export const registry = '0x0300000000000000000000000000000000000001'
const kycNamespace = 0x7b697db96667b44dd5786dd9a772cb9db7baa8c2754b56edf8e36b84e6eacd00n

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
