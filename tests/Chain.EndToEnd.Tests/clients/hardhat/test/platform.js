const { expect } = require('chai')
const { ethers } = require('hardhat')

const KYC = '0x0300000000000000000000000000000000000001'
const ENGINE = '0x0300000000000000000000000000000000000002'
const RULE_KYC = 1n
const RECEIVER_NOT_REGISTERED = 33n
const KIND_PERSON = 0, KIND_PROTOCOL = 2
const GERMANY = 276
const YEAR_SECONDS = 31_536_000
const NEVER = 2n ** 64n - 1n

/** An artifact as the package ships it. */
const artifact = (name) => require(`@defactor/chain-contracts/build/${name}.json`)
const mined = async (sending) => (await sending).wait()

/** Rules of a new token: KYC alone. */
const rulesWithKyc = {
  rules: {
    ruleMask: RULE_KYC, minTierFrom: 0, minTierTo: 0, typeMask: 0, maxHolders: 0, holdingPeriod: 0, lockupUntil: 0, maxShareBps: 0, holdingRestarts: false,
    travelThreshold: 0, maxBalance: 0, minHolding: 0, supplyCap: 0, travelFeedId: ethers.ZeroHash,
  },
  countries: [], windowSeconds: [], windowMax: [],
}

describe('The platform, from the package @defactor/chain-contracts', () => {
  let addresses, issuer, agent, kyc, engine
  const stranger = ethers.Wallet.createRandom().address

  before(async () => {
    ({ addresses } = await import('@defactor/chain-contracts'));
    [issuer, agent] = await ethers.getSigners()
    kyc = await ethers.getContractAt('IKycRegistry', KYC, agent)
    engine = await ethers.getContractAt('IComplianceEngine', ENGINE, issuer)
  })

  /** The agent registers an account with an identity of its own. */
  async function register(account, kind) {
    const isPerson = kind === KIND_PERSON
    const { timestamp } = await ethers.provider.getBlock('latest')
    const input = {
      identityId: ethers.keccak256(account), kind, tier: isPerson ? 2 : 4, investorType: isPerson ? 2 : 0, country: isPerson ? GERMANY : 0,
      taxCountry: isPerson ? GERMANY : 0, attributes: 0, expiry: isPerson ? timestamp + YEAR_SECONDS : NEVER, providerId: 3, onchainId: ethers.ZeroAddress, claimsHash: ethers.ZeroHash,
    }
    await mined(kyc.registerIdentity(input, [account]))
  }

  it('issues a token through the AssetFactory and places it with a new investor', async () => {
    const investor = ethers.Wallet.createRandom(ethers.provider)
    await register(investor.address, KIND_PERSON)
    const factory = new ethers.Contract(addresses.assetFactory, artifact('AssetFactory').abi, issuer)
    const supply = ethers.parseEther('500')
    const params = {
      name: 'Invoice 2026-17', symbol: 'INV17', decimals: 18, navFeedId: ethers.ZeroHash, admin: issuer.address, ruleAdmin: issuer.address, agent: issuer.address,
      pauser: issuer.address, paymaster: issuer.address, maxSupply: supply,
    }
    const receipt = await mined(factory.deploySuite(params, rulesWithKyc, ethers.id('invoice'), supply))
    const { token: address } = receipt.logs.map((log) => factory.interface.parseLog(log)).find((log) => log?.name === 'AssetDeployed').args
    const token = new ethers.Contract(address, artifact('PermissionedToken').abi, issuer)
    await mined(engine.acceptRuleAdmin(address))
    await mined(token.transfer(investor.address, ethers.parseEther('20')))

    expect([await token.name(), await token.symbol(), await token.decimals()]).to.deep.equal(['Invoice 2026-17', 'INV17', 18n])
    expect(await token.totalSupply()).to.equal(supply)
    expect(await token.balanceOf(investor.address)).to.equal(ethers.parseEther('20'))
    await expect(token.transfer(stranger, 1n)).to.be.revertedWithCustomError(engine, 'ComplianceViolation').withArgs(RECEIVER_NOT_REGISTERED, issuer.address, stranger, 1n)
    await expect(token.connect(agent).mint(agent.address, 1n)).to.be.revertedWithCustomError(token, 'AccessControlUnauthorizedAccount')
  })

  it('deploys a lending pool of its own behind the proxy, linked to the libraries that genesis installed', async () => {
    const libraries = { LendingDesk: addresses.lendingDesk, TokenDeployer: addresses.tokenDeployer }
    const PoolFactory = await ethers.getContractFactoryFromArtifact(artifact('LendingPool'), { libraries })
    const ProxyFactory = await ethers.getContractFactoryFromArtifact(artifact('PlatformProxy'))
    const implementation = await (await PoolFactory.deploy()).waitForDeployment()
    const call = PoolFactory.interface.encodeFunctionData('initialize', [issuer.address, agent.address, addresses.paymentToken, 'Own Pool', 'OWN', rulesWithKyc])
    const proxy = await (await ProxyFactory.deploy(await implementation.getAddress(), call)).waitForDeployment()
    const pool = PoolFactory.attach(await proxy.getAddress())
    const usdc = new ethers.Contract(addresses.paymentToken, artifact('PaymentToken').abi, issuer)

    // A share token holds nothing before its own address is the identity of a protocol contract.
    await register(await pool.getAddress(), KIND_PROTOCOL)
    await mined(usdc.mint(issuer.address, 1_000_000n))
    await mined(usdc.approve(await pool.getAddress(), 1_000_000n))
    await mined(pool.connect(issuer).supply(1_000_000n, issuer.address))

    expect([await pool.name(), await pool.asset()]).to.deep.equal(['Own Pool', addresses.paymentToken])
    expect(await pool.totalAssets()).to.equal(1_000_000n)
    expect(await pool.balanceOf(issuer.address)).to.equal(1_000_000n * 1_000_000n)
    await expect(pool.connect(issuer).transfer(stranger, 1n)).to.be.revertedWithCustomError(engine, 'ComplianceViolation').withArgs(RECEIVER_NOT_REGISTERED, issuer.address, stranger, 1n)
    await expect(pool.initialize(stranger, stranger, stranger, '', '', rulesWithKyc)).to.be.revertedWithCustomError(pool, 'InvalidInitialization')
  })
})
