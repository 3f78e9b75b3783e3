using Chain.Compliance.Configuration;
using Chain.Core.Primitives;
using Chain.Node.Predeploys;

namespace Chain.Node.Dev;

/// <summary>Who holds the roles of the predeployed contracts on a development chain.</summary>
internal static class DevPredeploys
{
    private const ulong YearSeconds = 31_536_000;

    private static readonly string[] Issuing = ["SPVRegistry", "TrancheFactory", "VaultFactory", "PermissionedAMM", "AssetFactory"];

    /// <summary>Account 0 holds every role of the operations, issues, services and anchors; the Timelock is the administrator, as on a real chain.</summary>
    public static PredeployConfig Config(IReadOnlyList<Address> accounts, ulong genesisTimestamp)
    {
        string first = accounts[0].ToString();
        return new PredeployConfig
        {
            Guardian = first,
            Foundation = first,
            Treasury = first,
            PoolOperator = first,
            Recoverer = first,
            FactrDistribution = first,
            Faucet = first,
            UsdcFeedId = DevCompliance.UsdcFeed,
            BuybackVaults = [.. Enumerable.Repeat(first, 4)],
            StakingEndTime = genesisTimestamp + (2 * YearSeconds),
            RewardsEndTime = genesisTimestamp + (3 * YearSeconds),
            Grants =
            [
                .. Issuing.Select(contract => Grant(contract, "ISSUER_ROLE", first)),
                Grant("SPVRegistry", "SERVICER_ROLE", first),
                Grant("DocumentRegistry", "ANCHOR_ROLE", first),
            ],
        };
    }

    private static RoleGrantConfig Grant(string contract, string role, string account) => new() { Contract = contract, Role = role, Accounts = [account] };
}
