using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;

namespace Chain.Consensus.Simulation;

/// <summary>The block on which something is simulated: its header gives the context, its state the accounts.</summary>
/// <param name="Header">Header; of a pending block the fields known.</param>
/// <param name="State">State after the block.</param>
/// <param name="ParentHash">Hash from which BLOCKHASH walks back: the parent's.</param>
public sealed record SimulationTarget(BlockHeader Header, IStateReader State, Hash256 ParentHash);
