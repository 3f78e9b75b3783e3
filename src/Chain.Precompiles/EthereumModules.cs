using Chain.Core.Forks;
using Chain.Evm.Precompiles;
using Chain.Evm.State;

namespace Chain.Precompiles;

/// <summary>Plain Ethereum: its precompiles, no modules, no policy.</summary>
public sealed class EthereumModules : INativeModules
{
    private EthereumModules()
    {
    }

    /// <summary>The only one.</summary>
    public static EthereumModules Instance { get; } = new();

    /// <inheritdoc/>
    public PrecompileSet PrecompilesAt(ForkRules rules, ulong timestamp) => EthereumPrecompiles.For(rules.Fork);

    /// <inheritdoc/>
    public void Activate(WorldState state, ulong? parentTimestamp, ulong timestamp)
    {
    }

    /// <inheritdoc/>
    public ITxPolicy? PolicyAt(WorldState state, ulong timestamp) => null;
}
