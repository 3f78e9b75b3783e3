using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
using Chain.Compliance.Policy;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Primitives;
using Chain.Evm.State;

namespace Chain.Compliance.Configuration;

/// <summary>What an entry writes when its time comes (compliance specification, section 7, rule 1): what the setters would, without logs or gas.</summary>
public static class Activation
{
    private static readonly byte[] ModuleCode = [0x01];

    /// <summary>Writes an entry; null, or why an item of it cannot be written.</summary>
    /// <param name="state">State.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="now">Time of the writes: the entry's, or that of the genesis block when later.</param>
    public static string? Apply(WorldState state, ModuleEntry entry, ulong now)
    {
        if (entry.IsDisabled) return null;
        AccountEntry account = state.GetAccount(entry.Module);
        if (account.Nonce != 1) state.SetNonce(account, 1);
        state.SetCode(account, ModuleCode);

        DirectStorage storage = new(state, entry.Module);
        SetRoles(storage, entry.Module, entry.Admins, Role.Admin);
        SetRoles(storage, entry.Module, entry.Managers, Role.Manager);
        SetRoles(storage, entry.Module, entry.Enabled, Role.Enabled);
        if (entry.Module == ModuleAddresses.Kyc) return ApplyKyc(storage, entry, now);
        return entry.Module == ModuleAddresses.Oracle ? ApplyOracle(storage, entry, now) : null;
    }

    /// <summary>Why nobody could use a chain that starts with this state (section 7, rule 5); null when somebody can.</summary>
    /// <param name="state">State after activation at genesis.</param>
    /// <param name="config">The chain's modules.</param>
    /// <param name="timestamp">Timestamp of the genesis block.</param>
    public static string? GenesisProblem(WorldState state, ComplianceConfig config, ulong timestamp)
    {
        PolicyModules modules = ModulesAt(config, timestamp);
        if (!config.IsActive(ModuleAddresses.Kyc, timestamp) || CompliancePolicy.Read(state, timestamp, modules) is not { } policy) return null;
        ModuleEntry[] entries = [.. config.Entries.Where(e => e.Timestamp <= timestamp)];
        Address[] admins = [.. entries.Where(e => e.Module == ModuleAddresses.Kyc).SelectMany(e => e.Admins)];
        if (admins.Length == 0) return $"kycConfig.mode is {policy.Mode} at genesis but adminAddresses is empty: nobody could ever change the registry; name an Admin.";
        IEnumerable<Address> candidates = entries.SelectMany(e => e.InitialIdentities).SelectMany(i => i.Wallets)
            .Concat(entries.Where(e => e.Module == ModuleAddresses.TxAllowList).SelectMany(e => e.Admins.Concat(e.Managers).Concat(e.Enabled)))
            .Concat(admins);
        return candidates.Any(a => policy.CheckSender(state, a) == 0 && !state.GetAccount(a).HasCode)
            ? null
            : $"kycConfig.mode is {policy.Mode} at genesis but no account may send: give a wallet without code a valid identity, a txAllowList role, or make it a KYC Admin.";
    }

    /// <summary>The modules that the policy of a block reads.</summary>
    public static PolicyModules ModulesAt(ComplianceConfig config, ulong timestamp) => new(
        config.IsActive(ModuleAddresses.TxAllowList, timestamp),
        config.IsActive(ModuleAddresses.DeployerAllowList, timestamp),
        config.IsActive(ModuleAddresses.Oracle, timestamp));

    private static void SetRoles(DirectStorage storage, in Address module, IReadOnlyList<Address> accounts, Role role)
    {
        foreach (Address account in accounts) AllowList.Write(storage, module, default, account, AllowList.RoleOf(storage, account), role);
    }

    private static string? ApplyKyc(DirectStorage storage, ModuleEntry entry, ulong now)
    {
        KycConfigWord config = KycConfigWord.Unpack(storage.Read(KycLayout.Config));
        config.Mode = entry.Mode ?? config.Mode;
        config.MinTier = entry.MinTier ?? config.MinTier;
        config.ConsentRequired = entry.ConsentRequired ?? config.ConsentRequired;
        config.ContractPolicy = entry.ContractPolicy ?? config.ContractPolicy;
        config.FeeSink = entry.FeeSink ?? config.FeeSink;
        storage.Write(KycLayout.Config, config.Pack());
        foreach (Address officer in entry.Officers) storage.Write(storage.Map(KycLayout.Officers, AbiWords.ToWord(officer)), AbiWords.ToWord(true));

        // Consent is asked of the setters' callers; the genesis file speaks for the wallets it names.
        storage.Write(KycLayout.Config, (config with { ConsentRequired = false }).Pack());
        KycRegistry registry = new(storage, default, now, chainId: 0) { IsActivation = true };
        foreach (InitialIdentity identity in entry.InitialIdentities)
        {
            byte[]? error = registry.Register(identity.Input, [.. identity.Wallets]);
            if (error is not null) return $"kycConfig.initialIdentities: {identity.Input.IdentityId} cannot be registered at {now}: {KycErrors.Describe(error)}.";
        }
        storage.Write(KycLayout.Config, config.Pack());
        return null;
    }

    private static string? ApplyOracle(DirectStorage storage, ModuleEntry entry, ulong now)
    {
        OracleFeeds oracle = new(storage, default, now, chainId: 0);
        foreach (InitialFeed feed in entry.Feeds)
        {
            byte[]? error = oracle.Create(feed.FeedId, feed.Config, [.. feed.Reporters], out _);
            if (error is not null) return $"oracleConfig.feeds: {feed.FeedId} cannot be created at {now}: {KycErrors.Describe(error)}.";
        }
        return null;
    }
}
