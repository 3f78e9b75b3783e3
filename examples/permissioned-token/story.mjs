// A property share whose transfers ask the chain's identity registry: from onboarding to freeze, unfreeze and proof.
//   node story.mjs [URL]        default http://127.0.0.1:8545, a node started with './chain dev'
import { createPublicClient, createWalletClient, defineChain, encodeAbiParameters, http, keccak256, parseEther, toHex } from 'viem'
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from 'viem/accounts'
import { compileToken } from './compile.mjs'
import { verifyStorageProof } from './proof.mjs'
import { IdentityStatus, REGISTRY, registryAbi } from './registry.mjs'

const url = process.argv[2] ?? 'http://127.0.0.1:8545'
const mnemonic = 'test test test test test test test test test test test junk'

const transport = http(url, { retryCount: 0 })
const probe = createPublicClient({ transport })
const chainId = await probe.getChainId().catch(() => {
  console.error(`No node answers at ${url}: start one with './chain dev' in another terminal.`)
  process.exit(1)
})
const chain = defineChain({
  id: chainId,
  name: 'Defactor dev',
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [url] } },
})
const client = createPublicClient({ chain, transport, pollingInterval: 50 })
const wallet = (account) => createWalletClient({ account, chain, transport })

const officer = wallet(mnemonicToAccount(mnemonic, { addressIndex: 0 }))
const agent = wallet(mnemonicToAccount(mnemonic, { addressIndex: 1 }))
const investor = wallet(privateKeyToAccount(generatePrivateKey()))
const buyer = wallet(privateKeyToAccount(generatePrivateKey()))
const stranger = privateKeyToAccount(generatePrivateKey()).address

let step = 0
const say = (text) => console.log(`${String(++step).padStart(2)}. ${text}`)
const check = (condition, what) => {
  if (!condition) throw new Error(`expected: ${what}`)
}
const mined = async (hash) => {
  const receipt = await client.waitForTransactionReceipt({ hash })
  check(receipt.status === 'success', `transaction ${hash} succeeds`)
  return receipt
}

/** The innermost JSON-RPC error behind a viem error. */
function rpcError(error) {
  for (let e = error; e; e = e.cause) if (typeof e.code === 'number' && e.code !== -32603 && e.details === undefined) return e
  let last = error
  while (last.cause) last = last.cause
  return last
}

async function refused(action, expected, what) {
  try {
    await action()
  } catch (error) {
    check(JSON.stringify([error.message, error.details, rpcError(error).data]).includes(expected), `${what} is refused with '${expected}', but the answer was: ${error.message}`)
    return rpcError(error)
  }
  throw new Error(`expected: ${what} is refused`)
}

const identityIds = new Map()
async function onboard(name, address) {
  const identityId = keccak256(toHex(`${name}-${generatePrivateKey()}`))
  identityIds.set(address, identityId)
  const { timestamp } = await client.getBlock()
  const input = {
    identityId, kind: 0, tier: 2, investorType: 2, country: 276, taxCountry: 276, attributes: 0,
    expiry: timestamp + 31_536_000n, providerId: 3, onchainId: '0x0000000000000000000000000000000000000000', claimsHash: keccak256(toHex(name)),
  }
  await mined(await agent.writeContract({ address: REGISTRY, abi: registryAbi, functionName: 'registerIdentity', args: [input, [address]] }))
  check(await client.readContract({ address: REGISTRY, abi: registryAbi, functionName: 'isEligible', args: [address] }), `${name} is eligible`)
}
const setStatus = async (address, status) =>
  mined(await officer.writeContract({ address: REGISTRY, abi: registryAbi, functionName: 'setIdentityStatus', args: [identityIds.get(address), status, keccak256(toHex('case file'))] }))

const { abi, bytecode } = compileToken()
const { contractAddress: token } = await mined(await officer.deployContract({ abi, bytecode }))
say(`The issuer deployed the token at ${token}.`)

await onboard('investor', investor.account.address)
await onboard('buyer', buyer.account.address)
say(`The agent registered two investors, ${investor.account.address} and ${buyer.account.address}.`)

for (const to of [investor.account.address, buyer.account.address]) await mined(await officer.sendTransaction({ to, value: parseEther('1') }))
say('Both received 1 ETH for gas.')

const call = (from, functionName, args) => from.writeContract({ address: token, abi, functionName, args })
await mined(await call(officer, 'mint', [investor.account.address, 100n]))
say('The issuer minted 100 shares to the investor.')

await mined(await call(investor, 'transfer', [buyer.account.address, 40n]))
say('The investor transferred 40 shares to the buyer.')

const simulate = (from, to, amount) => client.simulateContract({ account: from.account, address: token, abi, functionName: 'transfer', args: [to, amount] })
await refused(() => simulate(investor, stranger, 1n), 'receiver: not registered', 'a transfer to an unknown address')
say("A transfer to an unknown address reverts: 'receiver: not registered'.")

await setStatus(investor.account.address, IdentityStatus.frozen)
say('An officer froze the investor.')

await refused(() => simulate(buyer, investor.account.address, 1n), 'receiver: identity frozen', 'a transfer to the frozen investor')
say("A transfer to the frozen investor reverts: 'receiver: identity frozen'.")

const notAuthorized = await refused(
  () => investor.sendTransaction({ to: buyer.account.address, value: 1n, gas: 21_000n }),
  'Sender account not authorized to send transactions',
  "the frozen investor's next transaction",
)
check(notAuthorized.code === -32007, `the code is -32007, not ${notAuthorized.code}`)
check(notAuthorized.data?.rule === 'S' && notAuthorized.data?.reason === 'IDENTITY_FROZEN', 'the data names rule S and the reason')
say(`The frozen investor's next transaction is refused by the chain: code ${notAuthorized.code}, ${JSON.stringify(notAuthorized.data)}.`)

await setStatus(investor.account.address, IdentityStatus.active)
await mined(await call(investor, 'transfer', [buyer.account.address, 10n]))
say('The officer unfroze the investor, whose transfer of 10 shares went through.')

const balance = await client.readContract({ address: token, abi, functionName: 'balanceOf', args: [investor.account.address] })
check(balance === 50n, `the investor holds 50 shares, not ${balance}`)
const slot = keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'uint256' }], [investor.account.address, 0n]))
const block = await client.getBlock()
const proof = await client.request({ method: 'eth_getProof', params: [token, [slot], toHex(block.number)] })
const proved = await verifyStorageProof(block.stateRoot, proof)
check(proved === balance, `the proof says ${proved}`)
say(`The investor holds ${balance} shares, proved against state root ${block.stateRoot} by an independent library.`)
