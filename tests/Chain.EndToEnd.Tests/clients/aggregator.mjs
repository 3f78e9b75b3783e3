// Compiles a consumer of the published AggregatorV3Interface, deploys it and reads a feed through its facade.
//
//   node aggregator.mjs URL FACADE
import { readFileSync } from 'node:fs'
import { ContractFactory, JsonRpcProvider } from 'ethers'
import solc from 'solc'

const [url, facade] = process.argv.slice(2)
const input = {
  language: 'Solidity',
  sources: { 'PriceConsumer.sol': { content: readFileSync(new URL('./PriceConsumer.sol', import.meta.url), 'utf8') } },
  settings: { optimizer: { enabled: true, runs: 200 }, outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
}
const output = JSON.parse(solc.compile(JSON.stringify(input)))
const errors = (output.errors ?? []).filter((e) => e.severity === 'error')
if (errors.length > 0) throw new Error(errors.map((e) => e.formattedMessage).join('\n'))
const { abi, evm } = output.contracts['PriceConsumer.sol'].PriceConsumer

const provider = new JsonRpcProvider(url)
try {
  const consumer = await new ContractFactory(abi, evm.bytecode.object, await provider.getSigner(0)).deploy()
  await consumer.waitForDeployment()
  const { answer, age, decimals, description, version } = await consumer.read(facade)
  console.log(`answer ${answer} decimals ${decimals} description '${description}' version ${version} age ${age < 60n ? 'fresh' : age}`)
} finally {
  provider.destroy()
}
