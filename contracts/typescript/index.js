export { adminPoolsAbi } from "./AdminPools.js";
export { assetFactoryAbi } from "./AssetFactory.js";
export { assetTokenAbi } from "./AssetToken.js";
export { buybackAbi } from "./Buyback.js";
export { collateralPoolStrategyAbi } from "./CollateralPoolStrategy.js";
export { defactorGovernorAbi } from "./DefactorGovernor.js";
export { dividendStrategyAbi } from "./DividendStrategy.js";
export { documentRegistryAbi } from "./DocumentRegistry.js";
export { erc20CollateralPoolV2Abi } from "./ERC20CollateralPoolV2.js";
export { erc20FactoryAbi } from "./ERC20Factory.js";
export { factrAbi } from "./FACTR.js";
export { lendingDeskAbi } from "./LendingDesk.js";
export { lendingPoolAbi } from "./LendingPool.js";
export { lendingStrategyAbi } from "./LendingStrategy.js";
export { liquidityStrategyAbi } from "./LiquidityStrategy.js";
export { multicall3Abi } from "./Multicall3.js";
export { oracleAggregatorAbi } from "./OracleAggregator.js";
export { paymentTokenAbi } from "./PaymentToken.js";
export { permissionedAmmAbi } from "./PermissionedAMM.js";
export { permissionedPairAbi } from "./PermissionedPair.js";
export { permissionedTokenAbi } from "./PermissionedToken.js";
export { platformBeaconAbi } from "./PlatformBeacon.js";
export { platformProxyAbi } from "./PlatformProxy.js";
export { poolsAbi } from "./Pools.js";
export { priceFeedsAbi } from "./PriceFeeds.js";
export { spvRegistryAbi } from "./SPVRegistry.js";
export { spvSaleDeskAbi } from "./SpvSaleDesk.js";
export { stakingExpirationAbi } from "./StakingExpiration.js";
export { stakingV1Abi } from "./StakingV1.js";
export { stakingV2Abi } from "./StakingV2.js";
export { timelockAbi } from "./Timelock.js";
export { tokenDeployerAbi } from "./TokenDeployer.js";
export { tokenDividendsAbi } from "./TokenDividends.js";
export { trancheDealAbi } from "./TrancheDeal.js";
export { trancheFactoryAbi } from "./TrancheFactory.js";
export { trancheStrategyAbi } from "./TrancheStrategy.js";
export { vaultAbi } from "./Vault.js";
export { vaultDeskAbi } from "./VaultDesk.js";
export { vaultFactoryAbi } from "./VaultFactory.js";
export { vestingAbi } from "./Vesting.js";
export { wdfcAbi } from "./WDFC.js";
export { kycRegistryAbi } from "./KycRegistry.js";
export { complianceEngineAbi } from "./ComplianceEngine.js";
export { oracleAbi } from "./Oracle.js";

export const addresses = {
  tokenBeacon: "0xDEfaC70000000000000000000000000000000001",
  spvRegistry: "0xDefac70000000000000000000000000000000002",
  trancheFactory: "0xDeFaC70000000000000000000000000000000003",
  vaultFactory: "0xDefaC70000000000000000000000000000000004",
  permissionedAmm: "0xdeFaC70000000000000000000000000000000005",
  lendingPool: "0xdEfAC70000000000000000000000000000000006",
  oracleAggregator: "0xDEFAc70000000000000000000000000000000007",
  documentRegistry: "0xDeFac70000000000000000000000000000000008",
  timelock: "0xdefAC70000000000000000000000000000000009",
  factr: "0xdeFaC70000000000000000000000000000000010",
  buyback: "0xdEfAc70000000000000000000000000000000011",
  erc20CollateralPoolV2: "0xDeFAc70000000000000000000000000000000012",
  priceFeeds: "0xdEfaC70000000000000000000000000000000040",
  pools: "0xdeFAC70000000000000000000000000000000013",
  adminPools: "0xdeFaC70000000000000000000000000000000014",
  stakingV2: "0xDEFaC70000000000000000000000000000000015",
  vesting: "0xDeFAc70000000000000000000000000000000016",
  governor: "0xdeFac70000000000000000000000000000000017",
  stakingV1: "0xdEFaC70000000000000000000000000000000018",
  assetFactory: "0xdEFac70000000000000000000000000000000019",
  erc20Factory: "0xDEFac70000000000000000000000000000000020",
  wdfc: "0xdeFAc70000000000000000000000000000000021",
  paymentToken: "0xDEfaC70000000000000000000000000000000022",
  vaultBeacon: "0xdEfaC70000000000000000000000000000000023",
  vaultDesk: "0xdEFAC70000000000000000000000000000000030",
  pairTemplate: "0xdeFac70000000000000000000000000000000024",
  trancheDealTemplate: "0xDeFAc70000000000000000000000000000000025",
  tokenDividends: "0xDeFac70000000000000000000000000000000026",
  tokenDeployer: "0xdeFac70000000000000000000000000000000027",
  spvSaleDesk: "0xdEfAc70000000000000000000000000000000028",
  lendingDesk: "0xdefAC70000000000000000000000000000000029",
  kycRegistry: "0x0300000000000000000000000000000000000001",
  complianceEngine: "0x0300000000000000000000000000000000000002",
  oracle: "0x0300000000000000000000000000000000000003"
};
