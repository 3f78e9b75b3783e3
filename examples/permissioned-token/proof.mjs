import { verifyMerkleProof } from '@ethereumjs/mpt'
import { hexToBytes } from '@ethereumjs/util'
import { fromRlp, keccak256 } from 'viem'

const bytes = (hex) => hexToBytes(hex)
const hex = (u8) => `0x${Buffer.from(u8).toString('hex')}`
const number = (rlpHex) => (rlpHex === '0x' ? 0n : BigInt(rlpHex))

/** Looks a key up in a proof against a root with @ethereumjs/mpt, which shares no code with the node; null when the key is provably absent. */
async function lookUp(root, key, nodes) {
  if (keccak256(nodes[0]) !== root) throw new Error(`the proof's first node hashes to ${keccak256(nodes[0])}, not to the root ${root}`)
  return verifyMerkleProof(bytes(keccak256(key)), nodes.map(bytes))
}

/** Checks an eth_getProof answer against a state root; returns the proved value of its first storage slot. */
export async function verifyStorageProof(stateRoot, proof) {
  const account = await lookUp(stateRoot, proof.address, proof.accountProof)
  if (account === null) throw new Error('the account is not in the state')
  const [nonce, balance, storageRoot, codeHash] = fromRlp(hex(account))
  if (number(nonce) !== BigInt(proof.nonce) || number(balance) !== BigInt(proof.balance)) throw new Error('the proved account differs from the answer')
  if (storageRoot !== proof.storageHash || codeHash !== proof.codeHash) throw new Error('the proved hashes differ from the answer')

  const slot = proof.storageProof[0]
  const key = `0x${BigInt(slot.key).toString(16).padStart(64, '0')}`
  const value = await lookUp(storageRoot, key, slot.proof)
  const proved = value === null ? 0n : number(fromRlp(hex(value)))
  if (proved !== BigInt(slot.value)) throw new Error(`the proof holds ${proved}, the answer says ${slot.value}`)
  return proved
}
