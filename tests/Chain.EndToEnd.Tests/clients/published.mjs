// The calls of Defactor's SDK (ethers v6, its published ABIs in contracts/published) on this node's predeploys and on fresh instances of the same contracts.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { AbiCoder, concat, Contract, ContractFactory, encodeBytes32String, HDNodeWallet, Interface, JsonRpcProvider, keccak256, parseEther, solidityPackedKeccak256, ZeroAddress } from 'ethers'
import { mnemonic, run, scenario, url } from './scenario.mjs'

const contracts = new URL('../../../contracts/', import.meta.url)
const published = name => new Interface(readFileSync(new URL(`published/${name}.abi`, contracts), 'utf8').trim().split('\n'))
const artifact = name => JSON.parse(readFileSync(new URL(`build/${name}.json`, contracts), 'utf8'))
const { addresses } = await import(new URL('typescript/index.js', contracts))
const { linkedCode } = await import(new URL('scripts/link.mjs', contracts))
const predeploys = {
  ERC20: addresses.factr, Buyback: addresses.buyback, ERC20CollateralPoolV2: addresses.erc20CollateralPoolV2, Pools: addresses.pools, AdminPools: addresses.adminPools,
  StakingV2: addresses.stakingV2, StakingV1: addresses.stakingV1, Vesting: addresses.vesting,
}

const provider = new JsonRpcProvider(url, undefined, { staticNetwork: true, cacheTimeout: -1, pollingInterval: 50 })
const wallet = index => HDNodeWallet.fromPhrase(mnemonic, '', `m/44'/60'/0'/0/${index}`).connect(provider)
const admin = wallet(0)
const user = wallet(2)
const other = wallet(3)
const at = (name, address = predeploys[name], signer = admin) => new Contract(address, published(name), signer)
const mined = async pending => (await pending).wait()
// As the SDK sends: populate, then send by the signer.
const sent = async (signer, contract, method, ...args) => {
  // Estimated in the second of the last change, interest would cost nothing; in the next block it does.
  await travel(1)
  return (await signer.sendTransaction(await contract[method].populateTransaction(...args))).wait()
}
const now = async () => BigInt((await provider.getBlock('latest')).timestamp)
const travel = async seconds => {
  await provider.send('evm_increaseTime', [Number(seconds)])
  await provider.send('evm_mine', [])
}

/** A fresh contract behind a proxy, administered by account 0. */
async function fresh(name, initializer, ...args) {
  const implementation = await new ContractFactory(artifact(name).abi, linkedCode(artifact(name), addresses), admin).deploy()
  await implementation.waitForDeployment()
  const proxy = artifact('PlatformProxy')
  const call = published(name).encodeFunctionData(initializer, args)
  const deployed = await new ContractFactory(proxy.abi, proxy.bytecode, admin).deploy(await implementation.getAddress(), call)
  await deployed.waitForDeployment()
  return at(name, await deployed.getAddress())
}

const usdc = new Contract(addresses.paymentToken, artifact('PaymentToken').abi, admin)
async function fund(account, spender) {
  await mined(usdc.mint(account.address, 1_000_000_000_000n))
  await mined(usdc.connect(account).approve(spender, 2n ** 256n - 1n))
}

const oracle = new Contract('0x0300000000000000000000000000000000000003', [
  'function createFeed(bytes32, (uint8 kind, uint8 decimals, uint8 quorum, uint8 ringLog2, uint32 heartbeat, uint32 staleAfter, uint32 reportWindow, uint32 minInterval, uint16 deviationBps, uint16 maxDeviationBps, int128 minAnswer, int128 maxAnswer, bytes32 description), address[]) returns (address)',
  'function submitDirect(bytes32, int256, uint64, bytes32) returns (uint80)', 'function facadeOf(bytes32) view returns (address)',
], admin)
const report = async (feed, value) => {
  await travel(1)
  await mined(oracle.submitDirect(encodeBytes32String(feed), value, await now(), `0x${'00'.repeat(32)}`))
}

scenario('every published view without arguments answers on the predeploys', async () => {
  let count = 0
  for (const file of readdirSync(new URL('published/', contracts))) {
    const name = file.replace('.abi', '')
    if (!predeploys[name]) continue
    const contract = at(name)
    for (const fragment of contract.interface.fragments) {
      if (fragment.type !== 'function' || fragment.inputs.length > 0 || !['view', 'pure'].includes(fragment.stateMutability)) continue
      await contract[fragment.name]()
      count++
    }
  }
  assert.ok(count > 60, `${count} views`)
})

scenario('the timelock holds the admin role that the client asks for', async () => {
  for (const name of ['ERC20CollateralPoolV2', 'Pools', 'StakingV2', 'StakingV1', 'Vesting']) {
    assert.equal(await at(name).hasRole(`0x${'00'.repeat(32)}`, addresses.timelock), true, name)
    assert.equal(await at(name).hasRole(`0x${'00'.repeat(32)}`, admin.address), false, name)
    assert.equal(await at(name).paused(), false)
  }
  assert.equal(await at('AdminPools').hasRole(`0x${'00'.repeat(32)}`, admin.address), true)
})

scenario('StakingV2: plans, stakes and rewards', async () => {
  const factr = at('ERC20')
  const staking = await fresh('StakingV2', '__Staking_init', admin.address)
  const start = await now()
  const plan = [addresses.factr, addresses.factr, parseEther('1000000'), parseEther('1'), parseEther('1'), start + 31_536_000n, start + 94_608_000n, 31_536_000n, 1250n, 0n]
  await sent(admin, staking, 'addPlan', ...plan)
  await mined(factr.transfer(user.address, parseEther('10000')))
  await mined(factr.transfer(await staking.getAddress(), parseEther('1250')))
  await mined(factr.connect(user).approve(await staking.getAddress(), parseEther('10000')))
  await sent(user, staking, 'stake', 0n, parseEther('10000'))
  const [stored] = await staking.getPlans()
  assert.equal(stored.apy, 1250n)
  assert.equal((await staking.getUserStake(user.address, 0n)).stakedAmount, parseEther('10000'))
  assert.equal((await staking.getPlanTokenRatios(0n))[0].ratio, parseEther('1'))
  const at365 = (await staking.getUserStakes(user.address))[0].stakeTime + 31_536_000n
  assert.equal(await staking.calculateStakeRewardByIndex(user.address, at365, 0n), parseEther('1250'))
  assert.deepEqual([...(await staking.calculateStakeRewardsForUser(user.address, at365))], [parseEther('1250')])
  assert.equal(await staking.balanceOf(user.address, addresses.factr), parseEther('10000'))
  await sent(admin, staking, 'changeTokenRatioForPlan', 0n, parseEther('2'))
  await sent(admin, staking, 'editPlan', 0n, parseEther('1000000'), parseEther('1'), start + 31_536_000n, start + 94_608_000n, 0n, 100n, 0n)
  await sent(user, staking, 'claimAllRewards')
  await assert.rejects(user.estimateGas(await staking.unstake.populateTransaction(0n)))
})

scenario('Pools: a loan from commit to close', async () => {
  const pools = await fresh('Pools', '__Pools_init', addresses.paymentToken)
  // DEFAULT_ADMIN is who made the proxy's call, the proxy's creator.
  assert.equal(await pools.hasRole(`0x${'00'.repeat(32)}`, admin.address), true)
  const address = await pools.getAddress()
  await fund(user, address)
  await fund(other, address)
  const deadline = (await now()) + 1_000n
  await sent(other, pools, 'createPool', 1_000_000_000n, 2_000_000_000n, deadline, 2_000_000n, [])
  await sent(user, pools, 'commitToPool', 0n, 1_100_000_000n)
  await travel(1_001)
  await sent(other, pools, 'collectPool', 0n)
  await sent(other, pools, 'depositRewards', 0n, 1_122_000_000n)
  await sent(user, pools, 'claim', 0n)
  await sent(other, pools, 'closePool', 0n)
  const pool = await pools.getPool(0n)
  assert.equal(pool.poolStatus, 2n)
  assert.equal(pool.rewardsPaidOut, 1_122_000_000n)
  assert.equal((await pools.poolCommits(user.address, 0n)).claimedAmount, 1_122_000_000n)
  assert.equal(await pools.poolIndex(), 1n)
  await sent(user, pools, 'claim', 0n)
  await travel(60 * 86_400)
  await sent(other, pools, 'archivePool', 0n)
})

scenario('ERC20CollateralPoolV2: lend, borrow, repay, claim', async () => {
  const feed = 'PRICE:FACTR/USD'
  const config = [1, 8, 1, 8, 3_600, 4_500, 900, 0, 0, 2_000, 1n, 2n ** 100n, encodeBytes32String(feed)]
  await mined(oracle.createFeed(encodeBytes32String(feed), config, [admin.address]))
  await report('USDC/USD', 100_000_000n)
  await report(feed, 10_000_000n)
  const facade = await oracle.facadeOf(encodeBytes32String(feed))
  const end = (await now()) + 31_536_000n
  const init = [addresses.factr, facade, ZeroAddress, 1_000_000_000_000n, 1_000_000n, 1_000_000n, end, 10_000n, 5_000n, 500n]
  const usdcFeed = await oracle.facadeOf(encodeBytes32String('USDC/USD'))
  const pool = await fresh('ERC20CollateralPoolV2', '__ERC20CollateralPool_init', admin.address, addresses.paymentToken, usdcFeed, ZeroAddress, [init])
  const address = await pool.getAddress()
  await fund(user, address)
  await fund(other, address)
  await mined(at('ERC20').transfer(other.address, parseEther('100000')))
  await mined(at('ERC20').connect(other).approve(address, parseEther('100000')))
  await sent(user, pool, 'lend', 0n, 10_000_000_000n)
  // 0.1 USD a token and 50 % LTV: 20,000 tokens for 1,000 USDC.
  assert.equal(await pool.calculateCollateralTokenAmount.staticCall(0n, 1_000_000_000n), parseEther('20000'))
  await sent(other, pool, 'borrow', 0n, 1_000_000_000n, parseEther('20000'))
  await travel(73 * 86_400)
  const reward = await pool.calculateReward.staticCall(0n, 0n, user.address)
  const interest = await pool.calculateRepayInterest.staticCall(0n, 0n, other.address)
  assert.ok(interest >= 10_000_000n && interest < 10_001_000n, `${interest}`)
  assert.ok(reward <= interest && interest - reward <= 200n, `${reward} of ${interest}`)
  await report('USDC/USD', 100_000_000n)
  await report(feed, 10_000_000n)
  assert.equal(await pool.isPositionLiquidatable.staticCall(0n, other.address, 0n), false)
  assert.ok((await pool.getLiquidatableAmountWithProtocolFee.staticCall(0n, other.address, 0n)) > 1_050_000_000n)
  await sent(other, pool, 'changeCollateralAmount', 0n, 0n, parseEther('25000'), 5_000n)
  await sent(other, pool, 'repay', 0n, 0n, 1_000_000_000n)
  await sent(user, pool, 'claim', 0n, [{ lendId: 0n, usdcAmount: 10_000_000_000n }])
  const stored = await pool.pools(0n)
  assert.equal(stored.amounts.claimed, 10_000_000_000n)
  assert.equal(stored.collateralDetails.collateralToken, addresses.factr)
  assert.equal((await pool.getAvailableAmountsInPool.staticCall(0n)).availableCollateralTokens, 0n)
  assert.deepEqual([...(await pool.getCollateralTokens())], [addresses.factr])
  const edit = [facade, ZeroAddress, 2_000_000_000_000n, 1_000_000n, 1_000_000n, end, 10_000n, 5_000n, 600n]
  await sent(admin, pool, 'announceEditPool', 0n, edit)
  assert.equal((await pool.announcedPoolEdit(0n)).pool.interest, 600n)
  await sent(admin, pool, 'cancelEditPool', 0n)
})

scenario('Vesting: a schedule of a tree as the client hashes it', async () => {
  const { abi, bytecode } = artifact('Vesting')
  const deployed = await new ContractFactory(abi, bytecode, admin).deploy(admin.address, admin.address)
  await deployed.waitForDeployment()
  const vesting = at('Vesting', await deployed.getAddress())
  const start = (await now()) - 30n * 86_400n
  const schedule = {
    cliff: start, start, duration: 365n * 86_400n, secondsPerSlice: 86_400n, beneficiary: user.address, tokenAddress: addresses.factr, amount: parseEther('500'), initialAmount: parseEther('50'),
  }
  const input = vesting.interface.getFunction('release').inputs.find(i => i.name === '_schedule')
  const leaf = solidityPackedKeccak256(input.components.map(c => c.type), Object.values(schedule))
  const sibling = keccak256('0x01')
  const root = keccak256(concat(BigInt(leaf) <= BigInt(sibling) ? [leaf, sibling] : [sibling, leaf]))
  await sent(admin, vesting, 'addValidMerkletreeRoot', root, true)
  await mined(at('ERC20').transfer(await vesting.getAddress(), parseEther('550')))
  assert.equal(await vesting.getReleasableAmount(schedule, [sibling]), parseEther('50') + (parseEther('500') * 30n) / 365n)
  await sent(user, vesting, 'release', schedule, [sibling])
  assert.equal(await vesting.getReleasedAmount(schedule, [sibling]), parseEther('50') + (parseEther('500') * 30n) / 365n)
  await sent(admin, vesting, 'requestWithdraw', [addresses.factr])
  await sent(admin, vesting, 'revokeSchedules', root, [leaf])
  assert.equal(await vesting.getReleasableAmount(schedule, [sibling]), 0n)
})

scenario('Buyback: the path, vaults and pairs that the client looks up', async () => {
  const buyback = at('Buyback')
  const [token0, fee1, token1, fee2, token2] = await Promise.all([buyback.USDC(), buyback.POOL_1_FEE(), buyback.WETH(), buyback.POOL_2_FEE(), buyback.FACTR()])
  assert.deepEqual([token0, fee1, token1, fee2, token2], [addresses.paymentToken, 500n, addresses.wdfc, 3_000n, addresses.factr])
  const factory = new Contract(await buyback.uniswapFactory(), ['function getPool(address, address, uint24) view returns (address)'], provider)
  assert.equal(await factory.getPool(token0, token1, fee1), ZeroAddress)
  assert.equal((await buyback.buybacks(0n)).timeLocked, 0n)
  await assert.rejects(buyback.buyback.staticCall(1_000_000_000n))
  assert.equal(AbiCoder.defaultAbiCoder().encode(['address'], [await buyback.vault4()]).length, 66)
})

await run()
