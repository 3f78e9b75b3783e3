using System.Text;
using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
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

    /// <summary>Name of the one feed that exists from genesis on: the price of the payment token.</summary>
    public const string UsdcFeed = "USDC/USD";

    /// <summary>
    /// All modules from genesis on. Every account has an active identity of its own (a person of tier 2 in Germany) and may deploy;
    /// account 0 is Admin and Officer, account 1 is an agent; account 0 is Admin of the oracle and the only reporter of its feed.
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
        ModuleEntry engine = new() { Module = ModuleAddresses.Engine, Timestamp = genesisTimestamp };
        ModuleEntry audit = new() { Module = ModuleAddresses.Audit, Timestamp = genesisTimestamp };
        Hash256 feed = AbiWords.ToHash(AbiWords.ToWord(UsdcFeed));
        ModuleEntry oracle = new()
        {
            Module = ModuleAddresses.Oracle,
            Timestamp = genesisTimestamp,
            Admins = [admin],
            Feeds = [new InitialFeed(feed, FeedKinds.Defaults(FeedKind.Price, 1) with { Description = feed }, [admin])],
        };
        return ComplianceConfig.TryCreate([deployers, senders, kyc, engine, audit, oracle], genesisTimestamp, out ComplianceConfig config, out string error)
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
