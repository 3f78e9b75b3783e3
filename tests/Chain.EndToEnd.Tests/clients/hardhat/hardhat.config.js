// A Hardhat 2 project as people have it, with the pinned npm compiler in place of a downloaded one.
require('@nomicfoundation/hardhat-ethers')
require('@nomicfoundation/hardhat-chai-matchers')
const { subtask } = require('hardhat/config')
const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require('hardhat/builtin-tasks/task-names')
const solc = require('solc')

subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async ({ solcVersion }) => ({
  version: solcVersion, longVersion: solc.version(), compilerPath: require.resolve('solc/soljson.js'), isSolcJs: true,
}))

module.exports = {
  solidity: { version: '0.8.30', settings: { optimizer: { enabled: true }, evmVersion: 'prague' } },
  defaultNetwork: 'dev',
  networks: { dev: { url: process.env.CHAIN_URL ?? 'http://127.0.0.1:8545', chainId: 31337, accounts: { mnemonic: 'test test test test test test test test test test test junk' } } },
  paths: { cache: process.env.HARDHAT_WORK ? `${process.env.HARDHAT_WORK}/cache` : 'cache', artifacts: process.env.HARDHAT_WORK ? `${process.env.HARDHAT_WORK}/artifacts` : 'artifacts' },
  mocha: { timeout: 60_000 },
}
