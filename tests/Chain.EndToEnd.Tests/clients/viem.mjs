import assert from 'node:assert/strict'
import {
  BaseError, ContractFunctionRevertedError, createPublicClient, createTestClient, createWalletClient, decodeFunctionResult, defineChain, encodeAbiParameters,
  encodeFunctionData, getContractAddress, hashMessage, hashTypedData, http, keccak256, parseAbi, parseEther, parseGwei, publicActions, recoverAddress, recoverTypedDataAddress, toHex,
  walletActions, webSocket,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { verifyStorageProof } from '../../../examples/permissioned-token/proof.mjs'
import { ledger, mnemonic, run, scenario, url, webSocketUrl, within } from './scenario.mjs'

const { abi, bytecode, deployedBytecode } = ledger
const chain = defineChain({ id: 31337, name: 'dev', nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 }, rpcUrls: { default: { http: [url] } } })
const transport = http(url, { retryCount: 0 })
const client = createPublicClient({ chain, transport, pollingInterval: 50 })
const test = createTestClient({ mode: 'anvil', chain, transport, pollingInterval: 50 }).extend(publicActions).extend(walletActions)
const socketClient = () => createPublicClient({ chain, transport: webSocket(webSocketUrl, { retryCount: 0 }) })
const account = mnemonicToAccount(mnemonic, { addressIndex: 2 })
const wallet = createWalletClient({ account, chain, transport })
const other = mnemonicToAccount(mnemonic, { addressIndex: 3 }).address
const unknown = '0x00000000000000000000000000000000deadbeef'

const mined = async (hash) => {
  const receipt = await client.waitForTransactionReceipt({ hash })
  assert.equal(receipt.status, 'success')
  return receipt
}
const deploy = async (first = 77n) => (await mined(await wallet.deployContract({ abi, bytecode, args: [first] }))).contractAddress
const record = (address, key, value, note = 'note') => wallet.writeContract({ address, abi, functionName: 'record', args: [key, value, note] })
const read = (address, functionName, args = [], more = {}) => client.readContract({ address, abi, functionName, args, ...more })

scenario('a contract is deployed with a constructor argument', async () => {
  const nonce = await client.getTransactionCount({ address: account.address })
  const hash = await wallet.deployContract({ abi, bytecode, args: [77n] })
  const receipt = await mined(hash)
  assert.equal(receipt.contractAddress, getContractAddress({ from: account.address, nonce: BigInt(nonce) }).toLowerCase())
  assert.equal(await read(receipt.contractAddress, 'values', [0n]), 77n)
  assert.equal(await read(receipt.contractAddress, 'owner'), account.address)
  const transaction = await client.getTransaction({ hash })
  assert.equal(transaction.type, 'eip1559')
  assert.equal(transaction.to, null)
  assert.equal(transaction.blockHash, receipt.blockHash)
})

scenario('a receipt, its block and its transaction agree', async () => {
  const receipt = await mined(await wallet.sendTransaction({ to: other, value: 5n }))
  const block = await client.getBlock({ blockHash: receipt.blockHash, includeTransactions: true })
  assert.equal(block.number, receipt.blockNumber)
  assert.equal(block.transactions[receipt.transactionIndex].hash, receipt.transactionHash)
  assert.equal(block.gasUsed, 21000n)
  assert.equal(receipt.effectiveGasPrice, block.baseFeePerGas + block.transactions[0].maxPriorityFeePerGas)
  assert.equal(await client.getTransactionConfirmations({ hash: receipt.transactionHash }) >= 1n, true)
})

scenario('getLogs finds events by indexed argument and range', async () => {
  const address = await deploy()
  const first = await mined(await record(address, 1n, 11n, 'one'))
  await mined(await record(address, 2n, 22n, 'two'))
  const all = await client.getContractEvents({ address, abi, eventName: 'Recorded', fromBlock: first.blockNumber })
  assert.deepEqual(all.map((l) => [l.args.key, l.args.value, l.args.note]), [[1n, 11n, 'one'], [2n, 22n, 'two']])
  const one = await client.getContractEvents({ address, abi, eventName: 'Recorded', args: { key: 2n }, fromBlock: 0n })
  assert.deepEqual(one.map((l) => l.args.note), ['two'])
  assert.equal((await client.getContractEvents({ address, abi, eventName: 'Recorded', args: { by: other }, fromBlock: 0n })).length, 0)
  const byHash = await client.getLogs({ blockHash: first.blockHash })
  assert.equal(byHash.length, 1)
  assert.equal(byHash[0].removed, false)
})

scenario('watchContractEvent gets events over WebSocket', async () => {
  const address = await deploy()
  const socket = socketClient()
  const seen = []
  const done = new Promise((resolve, reject) =>
    socket.watchContractEvent({ address, abi, eventName: 'Recorded', onLogs: (logs) => (seen.push(...logs), seen.length === 2 && resolve()), onError: reject }))
  await socket.getChainId()
  await new Promise((resolve) => setTimeout(resolve, 200))
  await mined(await record(address, 1n, 11n, 'one'))
  await mined(await record(address, 2n, 22n, 'two'))
  await within(10_000, done, 'two events')
  assert.deepEqual(seen.map((l) => l.args.note), ['one', 'two'])
})

scenario('watchContractEvent gets events by polling a filter', async () => {
  const address = await deploy()
  const seen = []
  let unwatch
  const done = new Promise((resolve, reject) => {
    unwatch = client.watchContractEvent({ address, abi, eventName: 'Recorded', onLogs: (logs) => (seen.push(...logs), seen.length === 2 && resolve()), onError: reject })
  })
  await new Promise((resolve) => setTimeout(resolve, 300))
  await mined(await record(address, 1n, 11n, 'one'))
  await mined(await record(address, 2n, 22n, 'two'))
  await within(10_000, done, 'two events')
  unwatch()
  assert.deepEqual(seen.map((l) => l.args.key), [1n, 2n])
})

scenario('log, block and pending filters answer their changes once', async () => {
  const address = await deploy()
  const filter = await client.createContractEventFilter({ address, abi, eventName: 'Recorded' })
  const blocks = await client.createBlockFilter()
  const pending = await client.createPendingTransactionFilter()
  const { transactionHash, blockHash } = await mined(await record(address, 1n, 11n))
  assert.deepEqual((await client.getFilterChanges({ filter })).map((l) => l.transactionHash), [transactionHash])
  assert.deepEqual(await client.getFilterChanges({ filter }), [])
  assert.deepEqual(await client.getFilterChanges({ filter: blocks }), [blockHash])
  assert.deepEqual(await client.getFilterChanges({ filter: pending }), [transactionHash])
  assert.equal((await client.getFilterLogs({ filter })).length, 1)
  assert.equal(await client.uninstallFilter({ filter }), true)
  assert.equal(await client.uninstallFilter({ filter }), false)
})

const revertOf = async (action) => {
  try {
    await action()
  } catch (error) {
    const reverted = error instanceof BaseError && error.walk((e) => e instanceof ContractFunctionRevertedError)
    if (reverted) return reverted
    throw error
  }
  throw new Error('it did not revert')
}

scenario('simulateContract decodes a reason, a custom error and a panic', async () => {
  const address = await deploy()
  const simulate = (key, value) => client.simulateContract({ account, address, abi, functionName: 'record', args: [key, value, ''] })
  assert.equal((await simulate(1n, 50n)).result, 2n)
  assert.equal((await revertOf(() => simulate(1n, 5000n))).reason, 'value too large')
  const custom = await revertOf(() => simulate(1n, 5n))
  assert.equal(custom.data.errorName, 'TooSmall')
  assert.deepEqual(custom.data.args, [5n, 10n])
  assert.equal((await revertOf(() => simulate(666n, 50n))).data.errorName, 'Panic')
  assert.deepEqual(await revertOf(() => simulate(666n, 50n)).then((e) => e.data.args), [1n])
})

scenario('estimateGas reports a revert and its estimate is enough', async () => {
  const address = await deploy()
  const reverted = await revertOf(() => client.estimateContractGas({ account, address, abi, functionName: 'record', args: [1n, 5n, ''] }))
  assert.equal(reverted.data.errorName, 'TooSmall')
  const gas = await client.estimateContractGas({ account, address, abi, functionName: 'record', args: [9n, 50n, 'x'.repeat(500)] })
  const receipt = await mined(await wallet.writeContract({ address, abi, functionName: 'record', args: [9n, 50n, 'x'.repeat(500)], gas }))
  assert.ok(receipt.gasUsed <= gas && receipt.gasUsed * 100n >= gas * 90n, `${receipt.gasUsed} of ${gas}`)
})

scenario('a reverted transaction is mined with status reverted', async () => {
  const address = await deploy()
  const hash = await wallet.writeContract({ address, abi, functionName: 'record', args: [1n, 5n, ''], gas: 100_000n })
  const receipt = await client.waitForTransactionReceipt({ hash })
  assert.equal(receipt.status, 'reverted')
  assert.equal(receipt.logs.length, 0)
})

scenario('the node signs and sends for its own accounts', async () => {
  const [first] = await createWalletClient({ chain, transport }).getAddresses()
  assert.equal(first, mnemonicToAccount(mnemonic).address)
  const local = createWalletClient({ account: first, chain, transport })
  const before = await client.getBalance({ address: unknown })
  const receipt = await mined(await local.sendTransaction({ to: unknown, value: 123n }))
  assert.equal(receipt.from, first.toLowerCase())
  assert.equal(await client.getBalance({ address: unknown }), before + 123n)
  const signature = await local.signMessage({ message: 'hello' })
  assert.equal(await recoverAddress({ hash: hashMessage('hello'), signature }), first)
})

const typedData = {
  domain: { name: 'Shares', version: '1', chainId: 31337, verifyingContract: unknown },
  types: {
    Person: [{ name: 'wallet', type: 'address' }, { name: 'tags', type: 'string[]' }],
    Order: [{ name: 'from', type: 'Person' }, { name: 'to', type: 'Person[]' }, { name: 'amount', type: 'uint256' }, { name: 'data', type: 'bytes' }, { name: 'flag', type: 'bool' }],
  },
  primaryType: 'Order',
  message: {
    from: { wallet: account.address, tags: ['a', ''] },
    to: [{ wallet: other, tags: [] }, { wallet: unknown, tags: ['x', 'y'] }],
    amount: 2n ** 255n, data: '0x00ff', flag: true,
  },
}

scenario('signTypedData of the node equals a local signature', async () => {
  const local = createWalletClient({ account: account.address, chain, transport })
  const signature = await local.signTypedData(typedData)
  assert.equal(await recoverTypedDataAddress({ ...typedData, signature }), account.address)
  assert.equal(signature, await account.signTypedData(typedData))
  assert.equal(await recoverAddress({ hash: hashTypedData(typedData), signature }), account.address)
})

scenario('every transaction type that a wallet signs is mined', async () => {
  const address = await deploy()
  const legacy = await mined(await wallet.sendTransaction({ type: 'legacy', to: other, value: 1n, gasPrice: parseGwei('3') }))
  assert.equal(legacy.type, 'legacy')
  const accessList = [{ address, storageKeys: [toHex(1n, { size: 32 })] }]
  const listed = await mined(await wallet.sendTransaction({ type: 'eip2930', to: address, accessList, gasPrice: parseGwei('3') }))
  assert.equal(listed.type, 'eip2930')
  assert.deepEqual((await client.getTransaction({ hash: listed.transactionHash })).accessList, accessList)
  const paid = await mined(await wallet.sendTransaction({ type: 'eip1559', to: other, value: 1n }))
  assert.equal(paid.type, 'eip1559')
})

scenario('a delegation (EIP-7702) runs contract code in an account', async () => {
  const address = await deploy()
  const authorization = await wallet.signAuthorization({ contractAddress: address, executor: 'self' })
  const data = encodeFunctionData({ abi, functionName: 'record', args: [5n, 55n, 'own'] })
  const receipt = await mined(await wallet.sendTransaction({ to: account.address, authorizationList: [authorization], data }))
  assert.equal(receipt.type, 'eip7702')
  assert.equal(await client.getCode({ address: account.address }), `0xef0100${address.slice(2)}`)
  assert.equal(await read(account.address, 'values', [5n]), 55n)
  const end = await wallet.signAuthorization({ contractAddress: '0x0000000000000000000000000000000000000000', executor: 'self' })
  await mined(await wallet.sendTransaction({ to: other, authorizationList: [end] }))
  assert.equal(await client.getCode({ address: account.address }), undefined)
})

scenario('getProof is verified by an independent trie', async () => {
  const address = await deploy(4242n)
  const slot = keccak256(encodeAbiParameters([{ type: 'uint256' }, { type: 'uint256' }], [0n, 0n]))
  const absent = keccak256('0x1234')
  const block = await client.getBlock()
  for (const [key, value] of [[slot, 4242n], [toHex(1n, { size: 32 }), 1n], [absent, 0n]]) {
    const proof = await client.request({ method: 'eth_getProof', params: [address, [key], toHex(block.number)] })
    assert.equal(await verifyStorageProof(block.stateRoot, proof), value)
  }
  await mined(await record(address, 0n, 99n))
  const past = await client.request({ method: 'eth_getProof', params: [address, [slot], toHex(block.number)] })
  assert.equal(await verifyStorageProof(block.stateRoot, past), 4242n)
  await assert.rejects(async () => verifyStorageProof((await client.getBlock()).stateRoot, past))
})

scenario('calls on past blocks see the state of then', async () => {
  const address = await deploy(1n)
  const { blockNumber } = await client.getTransactionReceipt({ hash: (await client.getBlock()).transactions[0] })
  await mined(await record(address, 0n, 500n))
  assert.equal(await read(address, 'values', [0n], { blockNumber }), 1n)
  assert.equal(await read(address, 'values', [0n]), 500n)
  assert.equal(await client.getCode({ address, blockNumber: blockNumber - 1n }), undefined)
})

scenario('eth_call takes state and block overrides', async () => {
  const address = await deploy()
  const call = (functionName, args, more) => client.call({ account, to: address, data: encodeFunctionData({ abi, functionName, args }), ...more })
  const value = async (functionName, args, more) => decodeFunctionResult({ abi, functionName, data: (await call(functionName, args, more)).data })
  assert.equal(await value('count', [], { stateOverride: [{ address, stateDiff: [{ slot: toHex(1n, { size: 32 }), value: toHex(900n, { size: 32 }) }] }] }), 900n)
  const wiped = await client.request({ method: 'eth_call', params: [{ to: address, data: encodeFunctionData({ abi, functionName: 'values', args: [0n] }) }, 'latest', { [address]: { state: {} } }] })
  assert.equal(BigInt(wiped), 0n)
  const there = await client.call({ to: unknown, data: encodeFunctionData({ abi, functionName: 'count' }), stateOverride: [{ address: unknown, code: deployedBytecode }] })
  assert.equal(BigInt(there.data), 0n)
  const rich = '0x00000000000000000000000000000000000c0ffe'
  await assert.rejects(() => client.call({ account: rich, to: other, value: parseEther('1') }), /insufficient funds|exceeds/)
  await client.call({ account: rich, to: other, value: parseEther('1'), stateOverride: [{ address: rich, balance: parseEther('2') }] })
  const time = await client.request({ method: 'eth_call', params: [{ to: address, data: encodeFunctionData({ abi, functionName: 'time' }) }, 'latest', {}, { time: '0xffffffff' }] })
  assert.equal(BigInt(time), 0xffffffffn)
})

scenario('one HTTP batch carries many calls', async () => {
  const address = await deploy()
  const batching = createPublicClient({ chain, transport: http(url, { batch: { batchSize: 100, wait: 5 }, retryCount: 0 }) })
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => batching.readContract({ address, abi, functionName: 'values', args: [BigInt(i)] })))
  assert.equal(answers[0], 77n)
  assert.ok(answers.slice(1).every((v) => v === 0n))
})

scenario('multicall finds its contract at the usual address', async () => {
  const multicallAddress = '0xcA11bde05977b3631167028862bE2a173976CA11'
  const address = await deploy(5n)
  const known = createPublicClient({ chain: { ...chain, contracts: { multicall3: { address: multicallAddress } } }, transport, batch: { multicall: true } })
  const [first, refused, count] = await known.multicall({
    contracts: [{ address, abi, functionName: 'values', args: [0n] }, { address: multicallAddress, abi, functionName: 'count' }, { address, abi, functionName: 'count' }],
  })
  assert.deepEqual([first.result, refused.status, count.result], [5n, 'failure', 1n])
  const both = await Promise.all([0n, 1n].map((key) => known.readContract({ address, abi, functionName: 'values', args: [key] })))
  assert.deepEqual(both, [5n, 0n], 'reads at one time become one call')

  const own = parseAbi([
    'struct Call { address target; bytes callData; }', 'struct Call3Value { address target; bool allowFailure; uint256 value; bytes callData; }', 'struct Result { bool success; bytes returnData; }',
    'function aggregate(Call[] calls) payable returns (uint256 blockNumber, bytes[] returnData)',
    'function tryBlockAndAggregate(bool requireSuccess, Call[] calls) payable returns (uint256 blockNumber, bytes32 blockHash, Result[] returnData)',
    'function blockAndAggregate(Call[] calls) payable returns (uint256 blockNumber, bytes32 blockHash, Result[] returnData)',
    'function tryAggregate(bool requireSuccess, Call[] calls) payable returns (Result[] returnData)',
    'function aggregate3Value(Call3Value[] calls) payable returns (Result[] returnData)',
    'function getBlockNumber() view returns (uint256)', 'function getEthBalance(address) view returns (uint256)', 'function getChainId() view returns (uint256)', 'function getBasefee() view returns (uint256)',
    'function getCurrentBlockTimestamp() view returns (uint256)', 'function getCurrentBlockGasLimit() view returns (uint256)', 'function getCurrentBlockCoinbase() view returns (address)',
    'function getCurrentBlockDifficulty() view returns (uint256)', 'function getLastBlockHash() view returns (bytes32)', 'function getBlockHash(uint256) view returns (bytes32)',
  ])
  const ask = async (functionName, args = [], more = {}) => (await client.simulateContract({ address: multicallAddress, abi: own, functionName, args, account, ...more })).result
  const good = { target: address, callData: encodeFunctionData({ abi, functionName: 'count' }) }
  const bad = { target: address, callData: '0x12345678' }
  const one = encodeAbiParameters([{ type: 'uint256' }], [1n])
  const head = await client.getBlock()
  assert.deepEqual((await ask('aggregate', [[good, good]]))[1], [one, one])
  await assert.rejects(ask('aggregate', [[good, bad]]), /Multicall3: call failed/)
  await assert.rejects(ask('blockAndAggregate', [[good, bad]]), /Multicall3: call failed/)
  assert.deepEqual((await ask('tryBlockAndAggregate', [false, [good, bad]]))[2].map((r) => r.success), [true, false])
  assert.deepEqual((await ask('tryAggregate', [false, [bad, good]])).map((r) => r.success), [false, true])
  const pay = [{ target: unknown, allowFailure: false, value: 2n, callData: '0x' }, { target: other, allowFailure: false, value: 3n, callData: '0x' }]
  await assert.rejects(ask('aggregate3Value', [pay], { value: 6n }), /Multicall3: value mismatch/)
  await mined(await wallet.writeContract({ address: multicallAddress, abi: own, functionName: 'aggregate3Value', args: [pay], value: 5n }))
  assert.equal(await client.getBalance({ address: multicallAddress }), 0n)
  assert.equal(await ask('getEthBalance', [unknown]), await client.getBalance({ address: unknown }))
  assert.equal(await ask('getChainId'), 31337n)
  assert.equal(await ask('getBlockNumber') > head.number, true)
  assert.equal(await ask('getLastBlockHash'), (await client.getBlock({ blockNumber: (await ask('getBlockNumber')) - 1n })).hash)
  assert.equal(await ask('getBlockHash', [head.number]), head.hash)
  const now = await client.getBlock()
  assert.equal(await ask('getCurrentBlockTimestamp'), now.timestamp)
  assert.equal(await ask('getCurrentBlockGasLimit'), now.gasLimit)
  assert.equal((await ask('getCurrentBlockCoinbase')).toLowerCase(), now.miner.toLowerCase())
  assert.equal(await ask('getCurrentBlockDifficulty'), BigInt(now.mixHash))
  assert.equal(typeof await ask('getBasefee'), 'bigint')
})

scenario('createAccessList names the slots that a call touches', async () => {
  const address = await deploy()
  const { accessList, gasUsed } = await client.createAccessList({ account: account.address, to: address, data: encodeFunctionData({ abi, functionName: 'count' }) })
  assert.deepEqual(accessList, [{ address, storageKeys: [toHex(1n, { size: 32 })] }])
  const touched = await client.createAccessList({ account: account.address, to: address, data: encodeFunctionData({ abi, functionName: 'record', args: [1n, 50n, ''] }) })
  const keys = touched.accessList.flatMap((e) => e.storageKeys)
  assert.ok(gasUsed > 21000n)
  assert.deepEqual([...keys].sort(), [toHex(1n, { size: 32 }), keccak256(encodeAbiParameters([{ type: 'uint256' }, { type: 'uint256' }], [1n, 0n]))].sort())
})

scenario('test actions mine, move time and edit accounts', async () => {
  const before = await client.getBlock()
  await test.mine({ blocks: 3 })
  assert.equal(await client.getBlockNumber({ cacheTime: 0 }), before.number + 3n)
  await test.setNextBlockTimestamp({ timestamp: before.timestamp + 10_000n })
  await test.mine({ blocks: 1 })
  assert.equal((await client.getBlock()).timestamp, before.timestamp + 10_000n)
  await test.increaseTime({ seconds: 50_000 })
  await test.mine({ blocks: 1 })
  const { timestamp } = await client.getBlock()
  assert.ok(timestamp >= before.timestamp + 60_000n && timestamp < before.timestamp + 60_060n, `${timestamp - before.timestamp}`)
  await test.setBalance({ address: unknown, value: parseEther('7') })
  assert.equal(await client.getBalance({ address: unknown }), parseEther('7'))
  await test.setCode({ address: unknown, bytecode: deployedBytecode })
  await test.setStorageAt({ address: unknown, index: 1, value: toHex(31n, { size: 32 }) })
  assert.equal(await read(unknown, 'count'), 31n)
  await mined(await record(unknown, 1n, 20n))
  assert.equal(await read(unknown, 'count'), 32n)
  await test.setNonce({ address: unknown, nonce: 12 })
  assert.equal(await client.getTransactionCount({ address: unknown }), 12)
  await test.setCode({ address: unknown, bytecode: '0x' })
})

scenario('an edited account is proved by the next block', async () => {
  const address = await deploy()
  await test.setStorageAt({ address, index: 1, value: toHex(1234n, { size: 32 }) })
  await test.mine({ blocks: 1 })
  const block = await client.getBlock()
  const proof = await client.request({ method: 'eth_getProof', params: [address, [toHex(1n, { size: 32 })], toHex(block.number)] })
  assert.equal(await verifyStorageProof(block.stateRoot, proof), 1234n)
})

scenario('an impersonated account sends without its key', async () => {
  const whale = '0x00000000000000000000000000000000000e57a1'
  await test.setBalance({ address: whale, value: parseEther('3') })
  const local = createWalletClient({ account: whale, chain, transport })
  await assert.rejects(() => local.sendTransaction({ to: other, value: 1n }), /unknown account/)
  await test.impersonateAccount({ address: whale })
  const receipt = await mined(await local.sendTransaction({ to: other, value: parseEther('1') }))
  assert.equal(receipt.from, whale)
  assert.equal((await client.getTransaction({ hash: receipt.transactionHash })).from, whale)
  await test.stopImpersonatingAccount({ address: whale })
  await assert.rejects(() => local.sendTransaction({ to: other, value: 1n }), /unknown account/)
})

scenario('a snapshot is gone back to with state, blocks and time', async () => {
  const address = await deploy()
  const before = await client.getBlock()
  const balance = await client.getBalance({ address: other })
  const id = await test.snapshot()
  await mined(await record(address, 1n, 20n))
  await mined(await wallet.sendTransaction({ to: other, value: 99n }))
  await test.setBalance({ address: unknown, value: 5n })
  await test.revert({ id })
  assert.equal((await client.getBlock()).hash, before.hash)
  assert.equal(await read(address, 'count'), 1n)
  assert.equal(await client.getBalance({ address: other }), balance)
  assert.equal(await client.request({ method: 'evm_revert', params: [id] }), false)
  await mined(await record(address, 1n, 20n))
  assert.equal(await read(address, 'count'), 2n)
})

scenario('automine and interval mining can be changed', async () => {
  await test.setAutomine(false)
  const hash = await wallet.sendTransaction({ to: other, value: 1n })
  await new Promise((resolve) => setTimeout(resolve, 200))
  await assert.rejects(() => client.getTransactionReceipt({ hash }))
  assert.equal((await client.getTransaction({ hash })).blockNumber, null)
  const { pending } = await test.getTxpoolStatus()
  assert.equal(pending, 1)
  assert.equal(await client.getTransactionCount({ address: account.address, blockTag: 'pending' }), (await client.getTransactionCount({ address: account.address })) + 1)
  await test.setIntervalMining({ interval: 1 })
  await mined(hash)
  await test.setAutomine(true)
  await mined(await wallet.sendTransaction({ to: other, value: 1n }))
})

scenario('watchBlocks sees every block over WebSocket', async () => {
  const socket = socketClient()
  const numbers = []
  const done = new Promise((resolve, reject) => socket.watchBlocks({ onBlock: (b) => (numbers.push(b.number), numbers.length === 5 && resolve()), onError: reject }))
  await socket.getChainId()
  await new Promise((resolve) => setTimeout(resolve, 200))
  const start = await socket.getBlockNumber()
  for (let i = 0; i < 5; i++) await test.mine({ blocks: 1 })
  await within(10_000, done, 'five blocks')
  // viem fetches each announced block by a request of its own, whose answers may overtake one another.
  assert.deepEqual(numbers.sort((a, b) => Number(a - b)), [1n, 2n, 3n, 4n, 5n].map((i) => start + i))
})

scenario('watchPendingTransactions sees a transaction over WebSocket', async () => {
  const socket = socketClient()
  const seen = []
  socket.watchPendingTransactions({ onTransactions: (hashes) => seen.push(...hashes) })
  await socket.getChainId()
  await new Promise((resolve) => setTimeout(resolve, 200))
  const hash = await wallet.sendTransaction({ to: other, value: 1n })
  await mined(hash)
  await new Promise((resolve) => setTimeout(resolve, 200))
  assert.deepEqual(seen, [hash])
})

scenario('fees are suggested so that the next block takes the transaction', async () => {
  const { maxFeePerGas, maxPriorityFeePerGas } = await client.estimateFeesPerGas()
  assert.ok(maxFeePerGas > maxPriorityFeePerGas)
  await mined(await wallet.sendTransaction({ to: other, value: 1n, maxFeePerGas, maxPriorityFeePerGas }))
  const history = await client.getFeeHistory({ blockCount: 2, rewardPercentiles: [25, 75] })
  assert.equal(history.baseFeePerGas.length, history.gasUsedRatio.length + 1)
  assert.ok((await client.getGasPrice()) > 0n)
  assert.ok((await client.getBlobBaseFee()) > 0n)
})

scenario('errors of the pool reach the caller with their names', async () => {
  const nonce = await client.getTransactionCount({ address: account.address })
  await assert.rejects(() => wallet.sendTransaction({ to: other, nonce: nonce - 1, gas: 21_000n }), { name: 'TransactionExecutionError', message: /nonce.*lower|nonce too low/i })
  await assert.rejects(() => wallet.sendTransaction({ to: other, value: parseEther('1000000'), gas: 21_000n }), /insufficient funds|exceeds the balance/i)
  await assert.rejects(() => wallet.sendTransaction({ to: other, gas: 20_000n }), /intrinsic gas too low/i)
  await assert.rejects(() => wallet.sendTransaction({ to: other, gas: 30_000_001n }), /gas limit/i)
  await assert.rejects(() => wallet.sendTransaction({ to: other, gas: 21_000n, maxFeePerGas: 1n, maxPriorityFeePerGas: 2n }), /cannot be higher than the fee cap/)
})

await run()
