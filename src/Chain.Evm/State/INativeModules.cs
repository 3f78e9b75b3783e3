using Chain.Core.Forks;
using Chain.Evm.Precompiles;

namespace Chain.Evm.State;

/// <summary>
/// What a chain runs natively: its precompiles, its own modules and its policy. <c>EthereumModules</c> is plain Ethereum; a chain configuration with
/// module sections gets the native modules besides. All answers depend on the block and the state alone.
/// </summary>
public interface INativeModules
{
    /// <summary>The native contracts active in a block.</summary>
    PrecompileSet PrecompilesAt(ForkRules rules, ulong timestamp);

    /// <summary>
    /// The activation step at the start of a block: writes the accounts and configuration of modules (and of scheduled changes) whose time lies after the parent's
    /// and at or before this block's timestamp. The genesis block passes null for the parent.
    /// </summary>
    void Activate(WorldState state, ulong? parentTimestamp, ulong timestamp);

    /// <summary>The policy of a block on its state after activation; null when there is none (no registry, or mode 0).</summary>
    ITxPolicy? PolicyAt(WorldState state, ulong timestamp);

    /// <summary>Takes the decisions of a block; null when none are kept.</summary>
    IDecisionLog? DecisionLogAt(ulong timestamp) => null;

    /// <summary>True when decisions were ever kept up to this time: before, the log is empty.</summary>
    bool HasDecisionsUntil(ulong timestamp) => false;
}
