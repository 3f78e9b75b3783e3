export { assetFactoryAbi } from "./AssetFactory.js";
export { assetTokenAbi } from "./AssetToken.js";
export { documentRegistryAbi } from "./DocumentRegistry.js";
export { erc20FactoryAbi } from "./ERC20Factory.js";
export { lendingDeskAbi } from "./LendingDesk.js";
export { lendingPoolAbi } from "./LendingPool.js";
export { oracleAggregatorAbi } from "./OracleAggregator.js";
export { paymentTokenAbi } from "./PaymentToken.js";
export { permissionedAMMAbi } from "./PermissionedAMM.js";
export { permissionedPairAbi } from "./PermissionedPair.js";
export { permissionedTokenAbi } from "./PermissionedToken.js";
export { spvRegistryAbi } from "./SPVRegistry.js";
export { spvSaleDeskAbi } from "./SpvSaleDesk.js";
export { timelockAbi } from "./Timelock.js";
export { tokenDeployerAbi } from "./TokenDeployer.js";
export { tokenDividendsAbi } from "./TokenDividends.js";
export { trancheDealAbi } from "./TrancheDeal.js";
export { trancheFactoryAbi } from "./TrancheFactory.js";
export { vaultAbi } from "./Vault.js";
export { vaultDeskAbi } from "./VaultDesk.js";
export { vaultFactoryAbi } from "./VaultFactory.js";
export { wdfcAbi } from "./WDFC.js";

/** Where genesis installs the contracts, by name. */
export declare const addresses: { readonly tokenBeacon: "0xDEfaC70000000000000000000000000000000001"; readonly spvRegistry: "0xDefac70000000000000000000000000000000002"; readonly trancheFactory: "0xDeFaC70000000000000000000000000000000003"; readonly vaultFactory: "0xDefaC70000000000000000000000000000000004"; readonly permissionedAmm: "0xdeFaC70000000000000000000000000000000005"; readonly lendingPool: "0xdEfAC70000000000000000000000000000000006"; readonly oracleAggregator: "0xDEFAc70000000000000000000000000000000007"; readonly documentRegistry: "0xDeFac70000000000000000000000000000000008"; readonly timelock: "0xdefAC70000000000000000000000000000000009"; readonly factr: "0xdeFaC70000000000000000000000000000000010"; readonly buyback: "0xdEfAc70000000000000000000000000000000011"; readonly erc20CollateralPoolV2: "0xDeFAc70000000000000000000000000000000012"; readonly pools: "0xdeFAC70000000000000000000000000000000013"; readonly adminPools: "0xdeFaC70000000000000000000000000000000014"; readonly stakingV2: "0xDEFaC70000000000000000000000000000000015"; readonly vesting: "0xDeFAc70000000000000000000000000000000016"; readonly governor: "0xdeFac70000000000000000000000000000000017"; readonly stakingV1: "0xdEFaC70000000000000000000000000000000018"; readonly assetFactory: "0xdEFac70000000000000000000000000000000019"; readonly erc20Factory: "0xDEFac70000000000000000000000000000000020"; readonly wdfc: "0xdeFAc70000000000000000000000000000000021"; readonly paymentToken: "0xDEfaC70000000000000000000000000000000022"; readonly vaultBeacon: "0xdEfaC70000000000000000000000000000000023"; readonly pairTemplate: "0xdeFac70000000000000000000000000000000024"; readonly trancheDealTemplate: "0xDeFAc70000000000000000000000000000000025"; readonly tokenDividends: "0xDeFac70000000000000000000000000000000026"; readonly tokenDeployer: "0xdeFac70000000000000000000000000000000027"; readonly spvSaleDesk: "0xdEfAc70000000000000000000000000000000028"; readonly lendingDesk: "0xdefAC70000000000000000000000000000000029" };
