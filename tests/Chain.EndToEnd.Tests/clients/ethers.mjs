import assert from 'node:assert/strict'
import {
  Contract, ContractFactory, FetchRequest, getCreateAddress, HDNodeWallet, JsonRpcProvider, NonceManager, parseEther, parseUnits, Transaction, TypedDataEncoder, verifyMessage,
  verifyTypedData, WebSocketProvider,
} from 'ethers'
import { ledger, mnemonic, run, scenario, url, webSocketUrl, within } from './scenario.mjs'

const { abi, bytecode } = ledger
const provider = new JsonRpcProvider(url, undefined, { staticNetwork: true, cacheTimeout: -1, pollingInterval: 50 })
const wallet = (index, on = provider) => HDNodeWallet.fromPhrase(mnemonic, '', `m/44'/60'/0'/0/${index}`).connect(on)
const signer = wallet(4)
const other = wallet(5).address

const deploy = async (first = 77n) => {
  const contract = await new ContractFactory(abi, bytecode, signer).deploy(first)
  await contract.waitForDeployment()
  return contract
}
const codeOf = async (action, code) => {
  try {
    await action()
  } catch (error) {
    assert.equal(error.code, code, `${error.code}: ${error.message}`)
    return error
  }
  throw new Error(`expected ${code}, but it succeeded`)
}
const noRetry = () => {
  const request = new FetchRequest(url)
  request.setThrottleParams({ maxAttempts: 1 })
  return new JsonRpcProvider(request, undefined, { staticNetwork: true, cacheTimeout: -1 })
}

scenario('the network is recognised', async () => {
  const network = await new JsonRpcProvider(url).getNetwork()
  assert.equal(network.chainId, 31337n)
})

scenario('a factory deploys a contract', async () => {
  const nonce = await signer.getNonce()
  const contract = await deploy()
  assert.equal(await contract.getAddress(), getCreateAddress({ from: signer.address, nonce }))
  assert.equal(await contract.values(0), 77n)
  assert.equal(await contract.owner(), signer.address)
})

scenario('events are in the receipt and in queries', async () => {
  const contract = await deploy()
  const receipt = await (await contract.record(3, 33, 'three')).wait()
  const [event] = receipt.logs
  assert.equal(event.fragment.name, 'Recorded')
  assert.deepEqual([...event.args], [signer.address, 3n, 33n, 'three'])
  const found = await contract.queryFilter(contract.filters.Recorded(null, 3), receipt.blockNumber)
  assert.deepEqual(found.map((e) => e.transactionHash), [receipt.hash])
  assert.equal((await contract.queryFilter(contract.filters.Recorded(other), 0)).length, 0)
})

scenario('a listener polls events', async () => {
  const contract = await deploy()
  const seen = new Promise((resolve) => contract.on('Recorded', (by, key, value, note) => resolve([by, key, value, note])))
  await new Promise((resolve) => setTimeout(resolve, 300))
  await (await contract.record(3, 33, 'polled')).wait()
  assert.deepEqual(await within(10_000, seen, 'the event'), [signer.address, 3n, 33n, 'polled'])
})

scenario('a WebSocket provider delivers events, blocks and pending transactions', async () => {
  const socket = new WebSocketProvider(webSocketUrl)
  const contract = (await deploy()).connect(wallet(4, socket))
  const events = new Promise((resolve) => contract.on('Recorded', (by, key, value, note) => resolve(note)))
  const blocks = new Promise((resolve) => socket.on('block', resolve))
  const pending = new Promise((resolve) => socket.on('pending', resolve))
  await socket.getBlockNumber()
  await new Promise((resolve) => setTimeout(resolve, 300))
  const sent = await contract.record(4, 44, 'pushed')
  assert.equal(await within(10_000, events, 'the event'), 'pushed')
  assert.equal(await within(10_000, pending, 'the pending transaction'), sent.hash)
  assert.equal(await within(10_000, blocks, 'the block'), (await sent.wait()).blockNumber)
  await socket.destroy()
})

scenario('CALL_EXCEPTION carries reason, custom error and panic', async () => {
  const contract = await deploy()
  const reason = await codeOf(() => contract.record.staticCall(1, 5000, ''), 'CALL_EXCEPTION')
  assert.equal(reason.reason, 'value too large')
  assert.equal(reason.revert.name, 'Error')
  const custom = await codeOf(() => contract.record.staticCall(1, 5, ''), 'CALL_EXCEPTION')
  assert.equal(custom.revert.name, 'TooSmall')
  assert.deepEqual([...custom.revert.args], [5n, 10n])
  const panic = await codeOf(() => contract.record.staticCall(666, 50, ''), 'CALL_EXCEPTION')
  assert.match(panic.reason, /Panic due to ASSERT/)
  const estimate = await codeOf(() => contract.record.estimateGas(1, 5, ''), 'CALL_EXCEPTION')
  assert.equal(estimate.action, 'estimateGas')
  assert.equal(estimate.data.slice(0, 10), contract.interface.getError('TooSmall').selector)
  const mined = await contract.record(1, 5, '', { gasLimit: 100_000 })
  const failed = await codeOf(() => mined.wait(), 'CALL_EXCEPTION')
  assert.equal(failed.receipt.status, 0)
})

scenario('INSUFFICIENT_FUNDS', async () => {
  await codeOf(() => wallet(4, noRetry()).sendTransaction({ to: other, value: parseEther('1000000'), gasLimit: 21_000 }), 'INSUFFICIENT_FUNDS')
  await codeOf(() => wallet(4, noRetry()).sendTransaction({ to: other, value: parseEther('1000000') }), 'INSUFFICIENT_FUNDS')
})

scenario('NONCE_EXPIRED', async () => {
  await (await signer.sendTransaction({ to: other, value: 1 })).wait()
  await codeOf(() => wallet(4, noRetry()).sendTransaction({ to: other, nonce: 0, gasLimit: 21_000 }), 'NONCE_EXPIRED')
})

scenario('REPLACEMENT_UNDERPRICED, and a replacement that pays enough', async () => {
  await provider.send('evm_setAutomine', [false])
  try {
    const nonce = await signer.getNonce()
    const fees = (gwei) => ({ maxFeePerGas: parseUnits(String(gwei), 'gwei'), maxPriorityFeePerGas: parseUnits(String(gwei), 'gwei') })
    const first = await signer.sendTransaction({ to: other, nonce, value: 1, gasLimit: 21_000, ...fees(10) })
    await codeOf(() => wallet(4, noRetry()).sendTransaction({ to: other, nonce, value: 2, gasLimit: 21_000, ...fees(10.9) }), 'REPLACEMENT_UNDERPRICED')
    const second = await signer.sendTransaction({ to: other, nonce, value: 2, gasLimit: 21_000, ...fees(11) })
    await provider.send('evm_mine', [])
    assert.equal((await second.wait()).status, 1)
    assert.equal(await provider.getTransactionReceipt(first.hash), null)
  } finally {
    await provider.send('evm_setAutomine', [true])
  }
})

scenario('a signer of the node signs, sends and signs typed data', async () => {
  const node = await provider.getSigner(4)
  assert.equal(node.address, signer.address)
  const receipt = await (await node.sendTransaction({ to: other, value: 5 })).wait()
  assert.equal(receipt.status, 1)
  assert.equal(verifyMessage('hello', await node.signMessage('hello')), signer.address)
  const domain = { name: 'Shares', chainId: 31337, salt: `0x${'11'.repeat(32)}` }
  const types = { Order: [{ name: 'amounts', type: 'int128[2][]' }, { name: 'to', type: 'address' }, { name: 'tag', type: 'bytes4' }] }
  const value = { amounts: [[-5n, 7n], [0n, 1n]], to: other, tag: '0x01020304' }
  const signature = await node.signTypedData(domain, types, value)
  assert.equal(verifyTypedData(domain, types, value, signature), signer.address)
  assert.equal(signature, await signer.signTypedData(domain, types, value))
  assert.equal(TypedDataEncoder.hash(domain, types, value).length, 66)
})

scenario('many transactions in flight keep their order', async () => {
  const manager = new NonceManager(signer)
  const sent = await Promise.all(Array.from({ length: 50 }, (_, i) => manager.sendTransaction({ to: other, value: BigInt(i) })))
  const receipts = await Promise.all(sent.map((t) => t.wait()))
  assert.ok(receipts.every((r) => r.status === 1))
})

scenario('a raw transaction comes back as it was signed', async () => {
  const raw = await signer.signTransaction(await signer.populateTransaction({ to: other, value: 9, data: '0x1234', type: 2 }))
  const sent = await provider.broadcastTransaction(raw)
  await sent.wait()
  const back = await provider.getTransaction(sent.hash)
  assert.equal(Transaction.from(raw).hash, back.hash)
  assert.equal(back.data, '0x1234')
  assert.equal(Transaction.from(back).serialized, raw)
})

scenario('blocks, storage, fee data and history are read', async () => {
  const contract = await deploy(5n)
  const block = await provider.getBlock('latest', true)
  assert.equal(block.prefetchedTransactions[0].from, signer.address)
  assert.equal((await provider.getBlock('earliest')).number, 0)
  assert.equal((await provider.getBlock('pending')).parentHash, block.hash)
  assert.ok((await provider.getBlock('finalized')).number <= block.number)
  assert.equal(BigInt(await provider.getStorage(await contract.getAddress(), 1)), 1n)
  const fees = await provider.getFeeData()
  assert.ok(fees.maxFeePerGas > fees.maxPriorityFeePerGas && fees.gasPrice > 0n)
  assert.equal(await provider.getBlock(10_000_000), null)
  assert.equal(await provider.getTransaction(`0x${'ab'.repeat(32)}`), null)
})

scenario('Multicall3 is there on a chain with rules of compliance too', async () => {
  const contract = await deploy(5n)
  const multicall = new Contract('0xcA11bde05977b3631167028862bE2a173976CA11', ['function aggregate3((address target, bool allowFailure, bytes callData)[] calls) payable returns ((bool success, bytes returnData)[])'], provider)
  const calls = [[await contract.getAddress(), false, contract.interface.encodeFunctionData('values', [0])], [await contract.getAddress(), true, '0x12345678']]
  for (const from of [undefined, signer.address]) {
    const results = await multicall.aggregate3.staticCall(calls, { from })
    assert.equal(BigInt(results[0].returnData), 5n)
    assert.deepEqual(results.map((r) => r.success), [true, false])
  }
})

scenario('a sender without identity is refused with the reason', async () => {
  const stranger = HDNodeWallet.createRandom().connect(noRetry())
  await (await signer.sendTransaction({ to: stranger.address, value: parseEther('1') })).wait()
  try {
    await stranger.sendTransaction({ to: other, value: 1, gasLimit: 21_000 })
  } catch ({ error }) {
    assert.equal(error.code, -32007)
    assert.equal(error.message, 'Sender account not authorized to send transactions')
    assert.deepEqual(error.data, { rule: 'S', account: stranger.address.toLowerCase(), code: 1, reason: 'NOT_REGISTERED' })
    return
  }
  throw new Error('it was not refused')
})

await run()
