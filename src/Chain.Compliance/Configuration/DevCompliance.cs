using System.Text;
using Chain.Compliance.Registry;
using Chain.Core.Crypto;
using Chain.Core.Primitives;

namespace Chain.Compliance.Configuration;

/// <summary>A ready configuration for development chains.</summary>
public static class DevCompliance
{
    private const ushort Germany = 276;
    private const byte StandardTier = 2;
    private const byte Professional = 2;
    private const uint ManualProvider = 3;

    /// <summary>
    /// Registry, transaction and deployer allow lists from genesis on. Every account has an active identity of its own (a person of tier 2 in Germany) and may deploy;
    /// account 0 is Admin and Officer, account 1 is an agent.
    /// </summary>
    /// <param name="accounts">At least one account.</param>
    /// <param name="mode">Enforcement mode, 0 to 3.</param>
    /// <param name="genesisTimestamp">Timestamp of the genesis block: records expire five years after it, so it must lie near the present.</param>
    public static ComplianceConfig Config(IReadOnlyList<Address> accounts, byte mode, ulong genesisTimestamp)
    {
        Address admin = accounts[0];
        ModuleEntry kyc = new()
        {
            Module = ModuleAddresses.Kyc,
            Timestamp = genesisTimestamp,
            Admins = [admin],
            Enabled = [.. accounts.Skip(1).Take(1)],
            Officers = [admin],
            Mode = mode,
            MinTier = KycLimits.DefaultMinTier,
            FeeSink = admin,
            InitialIdentities = [.. accounts.Select((account, i) => Identity(account, i, genesisTimestamp))],
        };
        ModuleEntry deployers = new()
        {
            Module = ModuleAddresses.DeployerAllowList,
            Timestamp = genesisTimestamp,
            Admins = [admin],
            Enabled = [.. accounts.Skip(1)],
        };
        ModuleEntry senders = new() { Module = ModuleAddresses.TxAllowList, Timestamp = genesisTimestamp, Admins = [admin] };
        return ComplianceConfig.TryCreate([deployers, senders, kyc], genesisTimestamp, out ComplianceConfig config, out string error)
            ? config
            : throw new ArgumentException($"No development configuration for these accounts and mode {mode}: {error}");
    }

    /// <summary>The identity id of account <paramref name="index"/>.</summary>
    public static Hash256 IdentityId(int index) => Keccak256.Hash(Encoding.ASCII.GetBytes($"dev-identity-{index}"));

    private static InitialIdentity Identity(in Address account, int index, ulong now)
    {
        IdentityInput input = new(IdentityId(index), 0, StandardTier, Professional, Germany, Germany, 0, now + KycLimits.ValiditySecondsMax, ManualProvider, default, default);
        return new InitialIdentity(input, [account]);
    }
}
