// One flow for each library and transport: deploy, event, logs, subscription, proof. The chain may mine at once or every second.
import assert from 'node:assert/strict'
import { Contract, ContractFactory, HDNodeWallet, JsonRpcProvider, WebSocketProvider } from 'ethers'
import { createPublicClient, createWalletClient, defineChain, http, webSocket } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { Web3 } from 'web3'
import { verifyStorageProof } from '../../../examples/permissioned-token/proof.mjs'
import { ledger, mnemonic, run, scenario, url, webSocketUrl, within } from './scenario.mjs'

const { abi, bytecode } = ledger
const patience = 20_000
const pollingInterval = 200
// The first slot of the contract's own: its count.
const countSlot = `0x${'1'.padStart(64, '0')}`

/** Checks the proof of the contract's count against the state root of the block it was asked at. */
async function checkProof(send, address, blockNumber, count) {
  const tag = `0x${BigInt(blockNumber).toString(16)}`
  const block = await send('eth_getBlockByNumber', [tag, false])
  assert.equal(await verifyStorageProof(block.stateRoot, await send('eth_getProof', [address, [countSlot], tag])), BigInt(count))
}

async function viemFlow(transport, index) {
  const chain = defineChain({ id: 31337, name: 'dev', nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 }, rpcUrls: { default: { http: [url] } } })
  const account = mnemonicToAccount(mnemonic, { addressIndex: index })
  const client = createPublicClient({ chain, transport, pollingInterval })
  const wallet = createWalletClient({ account, chain, transport })
  const { contractAddress: address } = await client.waitForTransactionReceipt({ hash: await wallet.deployContract({ abi, bytecode, args: [77n] }) })
  const heads = []
  const stopHeads = client.watchBlockNumber({ onBlockNumber: (number) => heads.push(number) })
  let stopEvents
  const seen = new Promise((resolve, reject) => {
    stopEvents = client.watchContractEvent({ address, abi, eventName: 'Recorded', onLogs: ([log]) => resolve(log), onError: reject })
  })
  await new Promise((resolve) => setTimeout(resolve, 300))
  const receipt = await client.waitForTransactionReceipt({ hash: await wallet.writeContract({ address, abi, functionName: 'record', args: [3n, 33n, 'viem'] }) })
  assert.equal(receipt.status, 'success')
  assert.equal((await within(patience, seen, 'the event')).args.note, 'viem')
  const logs = await client.getContractEvents({ address, abi, eventName: 'Recorded', args: { key: 3n }, fromBlock: receipt.blockNumber })
  assert.deepEqual(logs.map((log) => log.transactionHash), [receipt.transactionHash])
  assert.equal(await client.readContract({ address, abi, functionName: 'values', args: [3n] }), 33n)
  await checkProof((method, params) => client.request({ method, params }), address, receipt.blockNumber, 2)
  await within(patience, (async () => { while (!heads.includes(receipt.blockNumber)) await new Promise((resolve) => setTimeout(resolve, 20)) })(), 'the head')
  stopEvents()
  stopHeads()
}

async function ethersFlow(provider, index) {
  const signer = HDNodeWallet.fromPhrase(mnemonic, '', `m/44'/60'/0'/0/${index}`).connect(provider)
  const deployed = await new ContractFactory(abi, bytecode, signer).deploy(77n)
  await deployed.waitForDeployment()
  const address = await deployed.getAddress()
  const contract = new Contract(address, abi, signer)
  const heads = []
  await provider.on('block', (number) => heads.push(number))
  const seen = new Promise((resolve) => contract.on('Recorded', (by, key, value, note) => resolve(note)))
  await provider.getBlockNumber()
  await new Promise((resolve) => setTimeout(resolve, 300))
  const receipt = await (await contract.record(4, 44, 'ethers')).wait()
  assert.equal(receipt.status, 1)
  assert.equal(await within(patience, seen, 'the event'), 'ethers')
  const logs = await contract.queryFilter(contract.filters.Recorded(null, 4), receipt.blockNumber)
  assert.deepEqual(logs.map((log) => log.transactionHash), [receipt.hash])
  assert.equal(await contract.values(4), 44n)
  await checkProof((method, params) => provider.send(method, params), address, receipt.blockNumber, 2)
  await within(patience, (async () => { while (!heads.includes(receipt.blockNumber)) await new Promise((resolve) => setTimeout(resolve, 20)) })(), 'the head')
  provider.destroy()
}

async function web3Flow(web3, index, subscribes) {
  const { address: from, privateKey } = HDNodeWallet.fromPhrase(mnemonic, '', `m/44'/60'/0'/0/${index}`)
  web3.eth.accounts.wallet.add(privateKey)
  const contract = await new web3.eth.Contract(abi).deploy({ data: bytecode, arguments: [77n] }).send({ from })
  const address = contract.options.address
  let seen
  const heads = []
  if (subscribes) {
    const events = await web3.eth.subscribe('logs', { address })
    seen = new Promise((resolve, reject) => { events.on('data', resolve); events.on('error', reject) })
    const blocks = await web3.eth.subscribe('newBlockHeaders')
    blocks.on('data', (header) => heads.push(BigInt(header.number)))
  } else {
    // Without subscriptions web3.js asks a filter of the node.
    const filter = await web3.eth.requestManager.send({ method: 'eth_newFilter', params: [{ address }] })
    seen = (async () => {
      while (true) {
        const [log] = await web3.eth.requestManager.send({ method: 'eth_getFilterChanges', params: [filter] })
        if (log) return log
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    })()
  }
  const receipt = await contract.methods.record(5, 55, 'web3').send({ from })
  assert.equal(receipt.status, 1n)
  assert.equal(receipt.events.Recorded.returnValues.note, 'web3')
  assert.equal((await within(patience, seen, 'the event')).transactionHash, receipt.transactionHash)
  const logs = await contract.getPastEvents('Recorded', { filter: { key: 5 }, fromBlock: receipt.blockNumber, toBlock: 'latest' })
  assert.deepEqual(logs.map((log) => log.transactionHash), [receipt.transactionHash])
  assert.equal(await contract.methods.values(5).call(), 55n)
  await assert.rejects(() => contract.methods.record(5, 5, '').call({ from }), (error) => error.cause?.errorName === 'TooSmall')
  await checkProof((method, params) => web3.eth.requestManager.send({ method, params }), address.toLowerCase(), receipt.blockNumber, 2)
  if (subscribes) {
    await within(patience, (async () => { while (!heads.includes(receipt.blockNumber)) await new Promise((resolve) => setTimeout(resolve, 20)) })(), 'the head')
    web3.provider.disconnect()
  }
}

scenario('viem over HTTP', async () => viemFlow(http(url, { retryCount: 0 }), 1))

scenario('viem over WebSocket', async () => viemFlow(webSocket(webSocketUrl, { retryCount: 0 }), 2))

scenario('ethers over HTTP', async () => ethersFlow(new JsonRpcProvider(url, undefined, { staticNetwork: true, cacheTimeout: -1, pollingInterval }), 3))

scenario('ethers over WebSocket', async () => ethersFlow(new WebSocketProvider(webSocketUrl), 4))

scenario('web3.js over HTTP', async () => web3Flow(new Web3(url), 5, false))

scenario('web3.js over WebSocket', async () => web3Flow(new Web3(webSocketUrl), 6, true))

await run()
