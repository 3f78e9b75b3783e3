import { readFileSync } from 'node:fs'
import solc from 'solc'

/** Compiles the token with the pinned compiler; returns its ABI and creation code. */
export function compileToken() {
  const source = readFileSync(new URL('./PermissionedToken.sol', import.meta.url), 'utf8')
  const input = {
    language: 'Solidity',
    sources: { 'PermissionedToken.sol': { content: source } },
    settings: { optimizer: { enabled: true, runs: 200 }, outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
  }
  const output = JSON.parse(solc.compile(JSON.stringify(input)))
  const errors = (output.errors ?? []).filter((e) => e.severity === 'error')
  if (errors.length > 0) throw new Error(errors.map((e) => e.formattedMessage).join('\n'))
  const contract = output.contracts['PermissionedToken.sol'].PermissionedToken
  return { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}` }
}
