using System.Text.Json;
using Chain.Compliance.Configuration;
using Chain.Core.Forks;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using Chain.Precompiles;

namespace Chain.Node;

/// <summary>The native modules that a chain's configuration asks for; plain Ethereum when it names none.</summary>
public sealed class ChainModules : INativeModules
{
    private readonly INativeModules _modules;
    private readonly ComplianceConfig _config;
    private readonly ulong _genesisTimestamp;

    private ChainModules(ComplianceConfig config, ulong genesisTimestamp)
    {
        _config = config;
        _genesisTimestamp = genesisTimestamp;
        _modules = config.Entries.Count == 0 ? EthereumModules.Instance : new NativeModules(config);
    }

    /// <summary>Reads the module sections of a chain's configuration.</summary>
    /// <exception cref="UserException">A section is wrong; the message names it and the remedy.</exception>
    public static ChainModules For(ChainSpec spec, Genesis genesis)
    {
        IEnumerable<KeyValuePair<string, JsonElement>> sections = spec.Modules.Where(m => ComplianceConfig.SectionKeys.Contains(m.Key));
        if (!ComplianceConfig.TryParse(sections, [], genesis.Timestamp, out ComplianceConfig config, out string error)) throw new UserException($"In the genesis: {error}");
        if (config.ForkProblem(timestamp => spec.RulesAt(ulong.MaxValue, timestamp, spec.CanBePostMerge).Fork, genesis.Timestamp) is { } problem)
        {
            throw new UserException($"In the genesis: {problem}");
        }
        return new ChainModules(config, genesis.Timestamp);
    }

    /// <summary>Why nobody could use a chain that starts with this state; null when somebody can.</summary>
    public string? GenesisProblem(WorldState state) => Activation.GenesisProblem(state, _config, _genesisTimestamp);

    /// <inheritdoc/>
    public PrecompileSet PrecompilesAt(ForkRules rules, ulong timestamp) => _modules.PrecompilesAt(rules, timestamp);

    /// <inheritdoc/>
    public void Activate(WorldState state, ulong? parentTimestamp, ulong timestamp) => _modules.Activate(state, parentTimestamp, timestamp);

    /// <inheritdoc/>
    public ITxPolicy? PolicyAt(WorldState state, ulong timestamp) => _modules.PolicyAt(state, timestamp);
}
