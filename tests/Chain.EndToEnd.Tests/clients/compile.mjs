// Compiles the contract that is named (Ledger when none is) and writes ABI and creation code as JSON to standard output.
import { readFileSync } from 'node:fs'
import solc from 'solc'

const name = process.argv[2] ?? 'Ledger'
const input = {
  language: 'Solidity',
  sources: { source: { content: readFileSync(new URL(`./${name}.sol`, import.meta.url), 'utf8') } },
  settings: { optimizer: { enabled: true, runs: 200 }, outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } } },
}
const output = JSON.parse(solc.compile(JSON.stringify(input)))
const errors = (output.errors ?? []).filter((e) => e.severity === 'error')
if (errors.length > 0) throw new Error(errors.map((e) => e.formattedMessage).join('\n'))
const { abi, evm } = output.contracts.source[name]
process.stdout.write(JSON.stringify({ abi, bytecode: `0x${evm.bytecode.object}`, deployedBytecode: `0x${evm.deployedBytecode.object}` }))
