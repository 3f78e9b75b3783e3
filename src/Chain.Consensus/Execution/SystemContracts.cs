using Chain.Core.Primitives;

namespace Chain.Consensus.Execution;

/// <summary>Addresses of the contracts that the protocol itself calls.</summary>
public static class SystemContracts
{
    /// <summary>Beacon block roots (EIP-4788).</summary>
    public static readonly Address BeaconRoots = Address.Parse("0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02");

    /// <summary>Block hash history (EIP-2935).</summary>
    public static readonly Address BlockHashHistory = Address.Parse("0x0000F90827F1C53a10cb7A02335B175320002935");

    /// <summary>Withdrawal requests (EIP-7002).</summary>
    public static readonly Address WithdrawalRequests = Address.Parse("0x00000961Ef480Eb55e80D19ad83579A64c007002");

    /// <summary>Consolidation requests (EIP-7251).</summary>
    public static readonly Address ConsolidationRequests = Address.Parse("0x0000BBdDc7CE488642fb579F8B00f3a590007251");
}
