using System.Collections.Concurrent;
using Chain.Compliance;
using Chain.Compliance.Audit;
using Chain.Compliance.Configuration;
using Chain.Compliance.Engine;
using Chain.Compliance.Policy;
using Chain.Core.Forks;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using Chain.Precompiles.Native;

namespace Chain.Precompiles;

/// <summary>Ethereum's precompiles and a chain's own modules as its configuration schedules them (compliance specification, section 7).</summary>
/// <param name="config">The chain's modules.</param>
public sealed class NativeModules(ComplianceConfig config) : INativeModules
{
    private readonly ConcurrentDictionary<(Fork Fork, ActiveModules Active), PrecompileSet> _sets = new();

    /// <inheritdoc/>
    public PrecompileSet PrecompilesAt(ForkRules rules, ulong timestamp)
    {
        ActiveModules active = new(
            config.IsActive(ModuleAddresses.Kyc, timestamp), config.IsActive(ModuleAddresses.Engine, timestamp),
            config.IsActive(ModuleAddresses.Audit, timestamp), Activation.ModulesAt(config, timestamp));
        return _sets.GetOrAdd((rules.Fork, active), static key => MakeSet(key.Fork, key.Active));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">An item of the configuration cannot be written on this state.</exception>
    public void Activate(WorldState state, ulong? parentTimestamp, ulong timestamp)
    {
        bool isStarted = false;
        foreach (ModuleEntry entry in config.Entries)
        {
            if (entry.Timestamp > timestamp || entry.Timestamp <= parentTimestamp) continue;
            if (!isStarted) state.BeginTransaction();
            isStarted = true;
            ulong now = parentTimestamp is null ? timestamp : entry.Timestamp;
            if (Activation.Apply(state, entry, now) is { } problem) throw new InvalidDataException(problem);
        }
    }

    /// <inheritdoc/>
    public ITxPolicy? PolicyAt(WorldState state, ulong timestamp) =>
        config.IsActive(ModuleAddresses.Kyc, timestamp) ? CompliancePolicy.Read(state, timestamp, Activation.ModulesAt(config, timestamp)) : null;

    /// <inheritdoc/>
    public IDecisionLog? DecisionLogAt(ulong timestamp) => config.IsActive(ModuleAddresses.Audit, timestamp) ? AuditLog.Instance : null;

    /// <inheritdoc/>
    public bool HasDecisionsUntil(ulong timestamp) => config.Entries.Any(e => e.Module == ModuleAddresses.Audit && e.Timestamp <= timestamp);

    private static PrecompileSet MakeSet(Fork fork, ActiveModules active)
    {
        List<INativeContract> contracts = [.. EthereumPrecompiles.For(fork).Contracts];
        if (active.Others.HasDeployerAllowList) contracts.Add(AllowListModule.Deployers);
        if (active.Others.HasTxAllowList) contracts.Add(AllowListModule.Senders);
        if (active.HasKyc) contracts.Add(new KycModule(active.Others));
        IPriceFeed feed = active.Others.HasOracle ? OraclePriceFeed.Instance : NoPriceFeed.Instance;
        if (active.HasEngine) contracts.Add(new ComplianceEngineModule(feed));
        if (active.HasAudit) contracts.Add(AuditModule.Instance);
        if (active.Others.HasOracle) contracts.Add(OracleModule.Instance);
        return contracts.Count == EthereumPrecompiles.For(fork).Addresses.Count ? EthereumPrecompiles.For(fork) : new PrecompileSet(contracts);
    }

    private readonly record struct ActiveModules(bool HasKyc, bool HasEngine, bool HasAudit, PolicyModules Others);
}
