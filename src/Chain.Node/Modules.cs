using Chain.Consensus;
using Chain.Core.Forks;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using Chain.Precompiles;

namespace Chain.Node;

/// <summary>Chooses the native modules of a chain by its configuration.</summary>
public static class Modules
{
    /// <summary>The modules of a chain.</summary>
    public static INativeModules For(ChainSpec spec, ulong genesisTimestamp) => new Plain();

    /// <summary>Name of a compliance reason code.</summary>
    public static string ReasonName(byte code) => $"CODE_{code}";

    /// <summary>The compliance state of a chain in one line, for the banner.</summary>
    public static string Describe(ChainManager chain) => "no native modules";

    private sealed class Plain : INativeModules
    {
        public PrecompileSet PrecompilesAt(ForkRules rules, ulong timestamp) => EthereumPrecompiles.For(rules.Fork);

        public void Activate(WorldState state, ulong? parentTimestamp, ulong timestamp)
        {
        }

        public ITxPolicy? PolicyAt(WorldState state, ulong timestamp) => null;
    }
}
