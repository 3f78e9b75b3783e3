using Chain.Core.Primitives;

namespace Chain.Node.Predeploys;

/// <summary>Where genesis installs the contracts of the platform. Made by <c>npm run build</c> in contracts/ from Addresses.sol.</summary>
public static class PredeployAddresses
{
    /// <summary>Beacon of PermissionedToken, owned by the Timelock.</summary>
    public static readonly Address TokenBeacon = Address.Parse("0xDEfaC70000000000000000000000000000000001");

    /// <summary>SPVRegistry.</summary>
    public static readonly Address SpvRegistry = Address.Parse("0xDefac70000000000000000000000000000000002");

    /// <summary>TrancheFactory.</summary>
    public static readonly Address TrancheFactory = Address.Parse("0xDeFaC70000000000000000000000000000000003");

    /// <summary>VaultFactory.</summary>
    public static readonly Address VaultFactory = Address.Parse("0xDefaC70000000000000000000000000000000004");

    /// <summary>PermissionedAMM.</summary>
    public static readonly Address PermissionedAmm = Address.Parse("0xdeFaC70000000000000000000000000000000005");

    /// <summary>LendingPool.</summary>
    public static readonly Address LendingPool = Address.Parse("0xdEfAC70000000000000000000000000000000006");

    /// <summary>OracleAggregator.</summary>
    public static readonly Address OracleAggregator = Address.Parse("0xDEFAc70000000000000000000000000000000007");

    /// <summary>DocumentRegistry.</summary>
    public static readonly Address DocumentRegistry = Address.Parse("0xDeFac70000000000000000000000000000000008");

    /// <summary>Timelock: owner of every upgrade and risk parameter.</summary>
    public static readonly Address Timelock = Address.Parse("0xdefAC70000000000000000000000000000000009");

    /// <summary>FACTR.</summary>
    public static readonly Address Factr = Address.Parse("0xdeFaC70000000000000000000000000000000010");

    /// <summary>Buyback.</summary>
    public static readonly Address Buyback = Address.Parse("0xdEfAc70000000000000000000000000000000011");

    /// <summary>ERC20CollateralPoolV2.</summary>
    public static readonly Address Erc20CollateralPoolV2 = Address.Parse("0xDeFAc70000000000000000000000000000000012");

    /// <summary>PriceFeeds, the linked library of ERC20CollateralPoolV2.</summary>
    public static readonly Address PriceFeeds = Address.Parse("0xdEfaC70000000000000000000000000000000040");

    /// <summary>Pools.</summary>
    public static readonly Address Pools = Address.Parse("0xdeFAC70000000000000000000000000000000013");

    /// <summary>AdminPools.</summary>
    public static readonly Address AdminPools = Address.Parse("0xdeFaC70000000000000000000000000000000014");

    /// <summary>StakingV2.</summary>
    public static readonly Address StakingV2 = Address.Parse("0xDEFaC70000000000000000000000000000000015");

    /// <summary>Vesting.</summary>
    public static readonly Address Vesting = Address.Parse("0xDeFAc70000000000000000000000000000000016");

    /// <summary>DefactorGovernor.</summary>
    public static readonly Address Governor = Address.Parse("0xdeFac70000000000000000000000000000000017");

    /// <summary>StakingV1.</summary>
    public static readonly Address StakingV1 = Address.Parse("0xdEFaC70000000000000000000000000000000018");

    /// <summary>AssetFactory.</summary>
    public static readonly Address AssetFactory = Address.Parse("0xdEFac70000000000000000000000000000000019");

    /// <summary>ERC20Factory.</summary>
    public static readonly Address Erc20Factory = Address.Parse("0xDEFac70000000000000000000000000000000020");

    /// <summary>WDFC, the wrapped native coin.</summary>
    public static readonly Address Wdfc = Address.Parse("0xdeFAc70000000000000000000000000000000021");

    /// <summary>PaymentToken, test networks only.</summary>
    public static readonly Address PaymentToken = Address.Parse("0xDEfaC70000000000000000000000000000000022");

    /// <summary>Beacon of Vault, owned by the Timelock.</summary>
    public static readonly Address VaultBeacon = Address.Parse("0xdEfaC70000000000000000000000000000000023");

    /// <summary>VaultDesk, the linked library of Vault.</summary>
    public static readonly Address VaultDesk = Address.Parse("0xdEFAC70000000000000000000000000000000030");

    /// <summary>Template of AMM pairs.</summary>
    public static readonly Address PairTemplate = Address.Parse("0xdeFac70000000000000000000000000000000024");

    /// <summary>Template of tranche deals.</summary>
    public static readonly Address TrancheDealTemplate = Address.Parse("0xDeFAc70000000000000000000000000000000025");

    /// <summary>TokenDividends, the linked library of PermissionedToken.</summary>
    public static readonly Address TokenDividends = Address.Parse("0xDeFac70000000000000000000000000000000026");

    /// <summary>TokenDeployer, the linked library of the factories.</summary>
    public static readonly Address TokenDeployer = Address.Parse("0xdeFac70000000000000000000000000000000027");

    /// <summary>SpvSaleDesk, the linked library of SPVRegistry.</summary>
    public static readonly Address SpvSaleDesk = Address.Parse("0xdEfAc70000000000000000000000000000000028");

    /// <summary>LendingDesk, the linked library of LendingPool.</summary>
    public static readonly Address LendingDesk = Address.Parse("0xdefAC70000000000000000000000000000000029");
}
