// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Addresses
/// @notice Where genesis installs the contracts of the platform.
library Addresses {
    /// @notice Beacon of PermissionedToken, owned by the Timelock.
    address internal constant TOKEN_BEACON = 0xDEfaC70000000000000000000000000000000001;
    /// @notice SPVRegistry.
    address internal constant SPV_REGISTRY = 0xDefac70000000000000000000000000000000002;
    /// @notice TrancheFactory.
    address internal constant TRANCHE_FACTORY = 0xDeFaC70000000000000000000000000000000003;
    /// @notice VaultFactory.
    address internal constant VAULT_FACTORY = 0xDefaC70000000000000000000000000000000004;
    /// @notice PermissionedAMM.
    address internal constant PERMISSIONED_AMM = 0xdeFaC70000000000000000000000000000000005;
    /// @notice LendingPool.
    address internal constant LENDING_POOL = 0xdEfAC70000000000000000000000000000000006;
    /// @notice OracleAggregator.
    address internal constant ORACLE_AGGREGATOR = 0xDEFAc70000000000000000000000000000000007;
    /// @notice DocumentRegistry.
    address internal constant DOCUMENT_REGISTRY = 0xDeFac70000000000000000000000000000000008;
    /// @notice Timelock: owner of every upgrade and risk parameter.
    address internal constant TIMELOCK = 0xdefAC70000000000000000000000000000000009;
    /// @notice FACTR.
    address internal constant FACTR = 0xdeFaC70000000000000000000000000000000010;
    /// @notice Buyback.
    address internal constant BUYBACK = 0xdEfAc70000000000000000000000000000000011;
    /// @notice ERC20CollateralPoolV2.
    address internal constant ERC20_COLLATERAL_POOL_V2 = 0xDeFAc70000000000000000000000000000000012;
    /// @notice PriceFeeds, the linked library of ERC20CollateralPoolV2.
    address internal constant PRICE_FEEDS = 0xdEfaC70000000000000000000000000000000040;
    /// @notice Pools.
    address internal constant POOLS = 0xdeFAC70000000000000000000000000000000013;
    /// @notice AdminPools.
    address internal constant ADMIN_POOLS = 0xdeFaC70000000000000000000000000000000014;
    /// @notice StakingV2.
    address internal constant STAKING_V2 = 0xDEFaC70000000000000000000000000000000015;
    /// @notice Vesting.
    address internal constant VESTING = 0xDeFAc70000000000000000000000000000000016;
    /// @notice DefactorGovernor.
    address internal constant GOVERNOR = 0xdeFac70000000000000000000000000000000017;
    /// @notice StakingV1.
    address internal constant STAKING_V1 = 0xdEFaC70000000000000000000000000000000018;
    /// @notice AssetFactory.
    address internal constant ASSET_FACTORY = 0xdEFac70000000000000000000000000000000019;
    /// @notice ERC20Factory.
    address internal constant ERC20_FACTORY = 0xDEFac70000000000000000000000000000000020;
    /// @notice WDFC, the wrapped native coin.
    address internal constant WDFC = 0xdeFAc70000000000000000000000000000000021;
    /// @notice PaymentToken, test networks only.
    address internal constant PAYMENT_TOKEN = 0xDEfaC70000000000000000000000000000000022;
    /// @notice Beacon of Vault, owned by the Timelock.
    address internal constant VAULT_BEACON = 0xdEfaC70000000000000000000000000000000023;
    /// @notice VaultDesk, the linked library of Vault.
    address internal constant VAULT_DESK = 0xdEFAC70000000000000000000000000000000030;
    /// @notice Template of AMM pairs.
    address internal constant PAIR_TEMPLATE = 0xdeFac70000000000000000000000000000000024;
    /// @notice Template of tranche deals.
    address internal constant TRANCHE_DEAL_TEMPLATE = 0xDeFAc70000000000000000000000000000000025;
    /// @notice TokenDividends, the linked library of PermissionedToken.
    address internal constant TOKEN_DIVIDENDS = 0xDeFac70000000000000000000000000000000026;
    /// @notice TokenDeployer, the linked library of the factories.
    address internal constant TOKEN_DEPLOYER = 0xdeFac70000000000000000000000000000000027;
    /// @notice SpvSaleDesk, the linked library of SPVRegistry.
    address internal constant SPV_SALE_DESK = 0xdEfAc70000000000000000000000000000000028;
    /// @notice LendingDesk, the linked library of LendingPool.
    address internal constant LENDING_DESK = 0xdefAC70000000000000000000000000000000029;
}
