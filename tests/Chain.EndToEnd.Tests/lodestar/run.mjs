// Lodestar drives 'chain run' from genesis to a finalised block with a transaction in it: minimal preset, Capella from genesis, slots of two seconds, loopback only.
//   node run.mjs PATH_OF_chain.dll
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ethers } from 'ethers'

const here = dirname(fileURLToPath(import.meta.url))
const program = process.argv[2]
const secondsPerSlot = 2
const slotsPerEpoch = 8
const validators = 8
const deadlineMs = 240_000
const feeRecipient = '0xcccccccccccccccccccccccccccccccccccccccc'
const wallet = ethers.Wallet.fromMnemonic('test test test test test test test test test test test junk')

const work = mkdtempSync(join(tmpdir(), 'chain-lodestar-'))
const children = []
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

function start(name, command, args, options = {}) {
  const log = openSync(join(work, `${name}.log`), 'w')
  const child = spawn(command, args, { cwd: work, stdio: ['ignore', log, log], ...options })
  child.on('exit', (code) => (child.ended = code ?? 1))
  children.push(child)
  return child
}

const logOf = (name) => readFileSync(join(work, `${name}.log`), 'utf8')

async function waitFor(what, ms, probe) {
  const end = Date.now() + ms
  while (Date.now() < end) {
    const found = await probe()
    if (found) return found
    for (const child of children) if (child.ended !== undefined) throw new Error(`${child.spawnfile} ended with code ${child.ended} while waiting for ${what}`)
    await sleep(250)
  }
  throw new Error(`${what} did not come within ${ms / 1000} s`)
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

async function main() {
  const forks = ['homestead', 'eip150', 'eip155', 'eip158', 'byzantium', 'constantinople', 'petersburg', 'istanbul', 'berlin', 'london']
  writeFileSync(join(work, 'genesis.json'), JSON.stringify({
    config: { chainId: 31337, ...Object.fromEntries(forks.map((fork) => [`${fork}Block`, 0])), terminalTotalDifficulty: 0, terminalTotalDifficultyPassed: true, shanghaiTime: 0 },
    timestamp: '0x0', gasLimit: '0x1c9c380', difficulty: '0x0', baseFeePerGas: '0x3b9aca00', alloc: { [wallet.address.slice(2)]: { balance: '0x21e19e0c9bab2400000' } },
  }))
  writeFileSync(join(work, 'jwt.hex'), randomBytes(32).toString('hex'))

  start('node', 'dotnet', [program, 'run', '--genesis', 'genesis.json', '--datadir', 'data', '--http.port', '0', '--authrpc.port', '0', '--authrpc.jwtsecret', 'jwt.hex'])
  const [, url, engine] = await waitFor('the node', 60_000, () => logOf('node').match(/Listening on (http:\S+), for the consensus client on (http:\S+?)\. /))
  const provider = new ethers.providers.StaticJsonRpcProvider(url, { chainId: 31337, name: 'dev' })
  const block = (tag) => provider.send('eth_getBlockByNumber', [tag, false])
  const genesis = await block('0x0')

  const rest = await freePort()
  start('lodestar', process.execPath, ['--require', join(here, 'preload.cjs'), join(here, 'node_modules/@chainsafe/lodestar/lib/index.js'), 'dev',
    '--dataDir', 'beacon', '--genesisValidators', `${validators}`, '--startValidators', `0..${validators - 1}`, '--genesisEth1Hash', genesis.hash,
    '--params.ALTAIR_FORK_EPOCH', '0', '--params.BELLATRIX_FORK_EPOCH', '0', '--params.CAPELLA_FORK_EPOCH', '0', '--params.TERMINAL_TOTAL_DIFFICULTY', '0',
    '--params.SECONDS_PER_SLOT', `${secondsPerSlot}`, '--execution.urls', engine, '--jwt-secret', 'jwt.hex', '--suggestedFeeRecipient', feeRecipient,
    '--rest.port', `${rest}`, '--beaconNodes', `http://127.0.0.1:${rest}`, '--discv5', 'false', '--listenAddress', '127.0.0.1', '--port', `${await freePort()}`, '--logLevel', 'info'],
  { env: { ...process.env, LODESTAR_PRESET: 'minimal' } })
  const beacon = async (path) => (await fetch(`http://127.0.0.1:${rest}/eth/v1/beacon/${path}`)).json().then((answer) => answer.data)

  await waitFor('the first block', 90_000, async () => (await provider.getBlockNumber()) >= 1)
  console.log(`Lodestar 1.5.1 drives ${await provider.send('web3_clientVersion', [])}: ${validators} validators, ${slotsPerEpoch} slots of ${secondsPerSlot} s an epoch.`)
  const sent = await wallet.connect(provider).sendTransaction({ to: feeRecipient, value: 123, maxFeePerGas: 3_000_000_000, maxPriorityFeePerGas: 1_000_000_000 })
  const receipt = await sent.wait()
  if (receipt.status !== 1) throw new Error(`the transaction failed: ${JSON.stringify(receipt)}`)
  console.log(`Transaction ${sent.hash} is in block ${receipt.blockNumber}.`)

  let shown = -1
  await waitFor(`the finality of block ${receipt.blockNumber}`, deadlineMs, async () => {
    const [head, safe, final] = await Promise.all([block('latest'), block('safe'), block('finalized')])
    if (Math.floor(head.number / slotsPerEpoch) !== shown) {
      shown = Math.floor(head.number / slotsPerEpoch)
      console.log(`head ${BigInt(head.number)}, justified ${BigInt(safe.number)}, finalised ${BigInt(final.number)}`)
    }
    return BigInt(final.number) >= BigInt(receipt.blockNumber)
  })

  // What both clients say of the same chain: the states of the beacon chain come to finality a block or two after its fork choice.
  const payloadOf = async (root) => (await (await fetch(`http://127.0.0.1:${rest}/eth/v2/beacon/blocks/${root}`)).json()).data.message.body.execution_payload
  const { checkpoints, final } = await waitFor('the same final block in both clients', 60_000, async () => {
    const checkpoints = await beacon('states/head/finality_checkpoints')
    if (checkpoints.finalized.epoch === '0') return null
    const final = await block('finalized')
    return (await payloadOf(checkpoints.finalized.root)).block_hash === final.hash && { checkpoints, final }
  })
  const { message } = (await beacon('headers/head')).header
  const safe = await block('safe')
  const headPayload = await payloadOf('head')
  const ours = await provider.send('eth_getBlockByHash', [headPayload.block_hash, false])
  if (ours === null) throw new Error(`the node does not know Lodestar's head ${headPayload.block_hash}`)
  if ((await provider.send('eth_getTransactionReceipt', [sent.hash])).blockHash !== receipt.blockHash) throw new Error('the transaction moved to another block')
  if ((await provider.getBalance(feeRecipient)).lte(123)) throw new Error('the fee recipient earned nothing')
  const complaints = logOf('lodestar').split('\n').filter((line) => /error/i.test(line) && /execution|engine|payload/i.test(line))
  if (complaints.length > 0) throw new Error(`Lodestar complained:\n${complaints.join('\n')}`)
  console.log(`Slot ${message.slot}: head block ${BigInt(ours.number)}, justified block ${BigInt(safe.number)} (epoch ${checkpoints.current_justified.epoch}), ` +
    `finalised block ${BigInt(final.number)} (epoch ${checkpoints.finalized.epoch}), the transaction in block ${receipt.blockNumber} is final.`)
}

let code = 0
try {
  await main()
} catch (error) {
  code = 1
  console.error(`FAILED: ${error.message}`)
  for (const name of ['node', 'lodestar']) {
    try {
      console.error(`--- last lines of ${name} ---\n${logOf(name).split('\n').slice(-25).join('\n')}`)
    } catch {
      // It was not started.
    }
  }
} finally {
  for (const child of children.reverse()) {
    child.kill('SIGTERM')
    for (let i = 0; i < 20 && child.ended === undefined; i++) await sleep(250)
    if (child.ended === undefined) child.kill('SIGKILL')
  }
  rmSync(work, { recursive: true, force: true })
}
process.exit(code)
