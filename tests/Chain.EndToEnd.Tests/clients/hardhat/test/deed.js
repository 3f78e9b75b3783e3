const { expect } = require('chai')
const { ethers, network } = require('hardhat')

describe('Deed, an OpenZeppelin token', () => {
  let admin, issuer, holder, other, deed

  beforeEach(async () => {
    [admin, issuer, holder, other] = await ethers.getSigners()
    deed = await ethers.deployContract('Deed', [issuer.address])
    await deed.waitForDeployment()
  })

  it('is deployed with name, symbol and roles', async () => {
    expect(await deed.name()).to.equal('Deed')
    expect(await deed.hasRole(await deed.ISSUER(), issuer.address)).to.equal(true)
    expect(await ethers.provider.getCode(await deed.getAddress())).to.match(/^0x6[0-9a-f]{100}/)
  })

  it('emits what it issues, and moves balances', async () => {
    const issuing = await deed.connect(issuer).issue(holder.address, 100n)
    await issuing.wait()
    await expect(issuing).to.emit(deed, 'Transfer').withArgs(ethers.ZeroAddress, holder.address, 100n)
    await expect(deed.connect(holder).transfer(other.address, 40n)).to.changeTokenBalances(deed, [holder, other], [-40n, 40n])
    const [issued, moved] = await deed.queryFilter(deed.filters.Transfer())
    expect([issued.args.value, moved.args.value]).to.deep.equal([100n, 40n])
  })

  it('refuses with the custom errors of OpenZeppelin', async () => {
    await expect(deed.connect(holder).issue(holder.address, 1n)).to.be.revertedWithCustomError(deed, 'AccessControlUnauthorizedAccount').withArgs(holder.address, await deed.ISSUER())
    await expect(deed.connect(holder).transfer(other.address, 1n)).to.be.revertedWithCustomError(deed, 'ERC20InsufficientBalance').withArgs(holder.address, 0n, 1n)
    await (await deed.pause()).wait()
    await expect(deed.connect(issuer).issue(holder.address, 1n)).to.be.revertedWithCustomError(deed, 'EnforcedPause')
    await (await deed.unpause()).wait()
    await (await deed.connect(issuer).issue(holder.address, 1n)).wait()
  })

  it('takes a permit that the holder signed', async () => {
    await (await deed.connect(issuer).issue(holder.address, 10n)).wait()
    const { timestamp } = await ethers.provider.getBlock('latest')
    const deadline = timestamp + 3_600
    const domain = { name: 'Deed', version: '1', chainId: 31337, verifyingContract: await deed.getAddress() }
    const types = { Permit: ['address owner', 'address spender', 'uint256 value', 'uint256 nonce', 'uint256 deadline'].map((field) => { const [type, name] = field.split(' '); return { name, type } }) }
    const signature = ethers.Signature.from(await holder.signTypedData(domain, types, { owner: holder.address, spender: other.address, value: 7n, nonce: 0n, deadline }))
    await (await deed.connect(other).permit(holder.address, other.address, 7n, deadline, signature.v, signature.r, signature.s)).wait()
    await (await deed.connect(other).transferFrom(holder.address, other.address, 7n)).wait()
    expect(await deed.balanceOf(other.address)).to.equal(7n)
  })

  it('pays ether and reads the balances back', async () => {
    await expect(holder.sendTransaction({ to: other.address, value: 5n })).to.changeEtherBalances([holder, other], [-5n, 5n])
  })

  it('goes back to a snapshot', async () => {
    const snapshot = await network.provider.send('evm_snapshot', [])
    await (await deed.connect(issuer).issue(holder.address, 9n)).wait()
    expect(await network.provider.send('evm_revert', [snapshot])).to.equal(true)
    expect(await deed.totalSupply()).to.equal(0n)
  })
})

describe('Box, behind an OpenZeppelin proxy', () => {
  it('is upgraded and keeps its value', async () => {
    const [owner] = await ethers.getSigners()
    const box = await ethers.deployContract('Box')
    const next = await ethers.deployContract('BoxV2')
    const proxy = await ethers.deployContract('BoxProxy', [await box.getAddress(), owner.address, box.interface.encodeFunctionData('initialize', [21n])])
    await proxy.waitForDeployment()
    const address = await proxy.getAddress()
    const slot = '0xb53127684a568b3173ae13b9f8a6016e243e63b6e8ee1178d6a717850b5d6103'
    const admin = new ethers.Contract(`0x${(await ethers.provider.getStorage(address, slot)).slice(26)}`, ['function upgradeAndCall(address,address,bytes) payable'], owner)
    await (await admin.upgradeAndCall(address, await next.getAddress(), '0x')).wait()
    const upgraded = await ethers.getContractAt('BoxV2', address)
    await (await upgraded.double()).wait()
    expect(await upgraded.value()).to.equal(42n)
    await expect(upgraded.initialize(1n)).to.be.revertedWithCustomError(upgraded, 'InvalidInitialization')
  })
})
