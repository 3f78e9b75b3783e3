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
    private readonly ulong _genesisTimestamp;

    private ChainModules(ComplianceConfig config, ulong genesisTimestamp)
    {
        Config = config;
        _genesisTimestamp = genesisTimestamp;
        _modules = config.Entries.Count == 0 ? EthereumModules.Instance : new NativeModules(config);
    }

    /// <summary>The module entries of the chain's files.</summary>
    public ComplianceConfig Config { get; }

    /// <summary>Reads the module sections of a chain's configuration.</summary>
    /// <param name="spec">The chain.</param>
    /// <param name="genesis">Its first block.</param>
    /// <param name="upgradeJson">Bytes of the upgrade file; null for none.</param>
    /// <exception cref="UserException">A section is wrong; the message names it and the remedy.</exception>
    public static ChainModules For(ChainSpec spec, Genesis genesis, byte[]? upgradeJson = null)
    {
        IEnumerable<KeyValuePair<string, JsonElement>> sections = spec.Modules.Where(m => ComplianceConfig.SectionKeys.Contains(m.Key));
        IReadOnlyList<KeyValuePair<string, JsonElement>> upgrades = upgradeJson is null ? [] : ReadUpgrades(upgradeJson);
        if (!ComplianceConfig.TryParse(sections, upgrades, genesis.Timestamp, out ComplianceConfig config, out string error))
            throw new UserException($"In the genesis{(upgradeJson is null ? "" : " or the upgrade file")}: {error}");
        if (config.ForkProblem(timestamp => spec.RulesAt(ulong.MaxValue, timestamp, spec.CanBePostMerge).Fork, genesis.Timestamp) is { } problem)
        {
            throw new UserException($"In the genesis: {problem}");
        }
        return new ChainModules(config, genesis.Timestamp);
    }

    /// <summary>Why nobody could use a chain that starts with this state; null when somebody can.</summary>
    public string? GenesisProblem(WorldState state) => Activation.GenesisProblem(state, Config, _genesisTimestamp);

    /// <inheritdoc/>
    public PrecompileSet PrecompilesAt(ForkRules rules, ulong timestamp) => _modules.PrecompilesAt(rules, timestamp);

    /// <inheritdoc/>
    public void Activate(WorldState state, ulong? parentTimestamp, ulong timestamp) => _modules.Activate(state, parentTimestamp, timestamp);

    /// <inheritdoc/>
    public ITxPolicy? PolicyAt(WorldState state, ulong timestamp) => _modules.PolicyAt(state, timestamp);

    /// <inheritdoc/>
    public IDecisionLog? DecisionLogAt(ulong timestamp) => _modules.DecisionLogAt(timestamp);

    /// <inheritdoc/>
    public bool HasDecisionsUntil(ulong timestamp) => _modules.HasDecisionsUntil(timestamp);

    private static IReadOnlyList<KeyValuePair<string, JsonElement>> ReadUpgrades(byte[] json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return ComplianceConfig.TryReadUpgrades(document.RootElement.Clone(), out IReadOnlyList<KeyValuePair<string, JsonElement>> upgrades, out string error)
                ? upgrades
                : throw new UserException($"In the upgrade file: {error}");
        }
        catch (JsonException e)
        {
            throw new UserException($"The upgrade file is no JSON (line {e.LineNumber + 1}): write {{\"precompileUpgrades\": [...]}}.");
        }
    }
}
