using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.State;
using Chain.Evm.State;

namespace Chain.Consensus.Pool;

/// <summary>The state and the rules against which the pool judges transactions: those of the next block.</summary>
public sealed class PoolHead
{
    /// <summary>Chain id.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>State after the head block.</summary>
    public required IStateReader State { get; init; }

    /// <summary>Rules of the next block.</summary>
    public required ForkRules Rules { get; init; }

    /// <summary>Base fee of the next block, wei.</summary>
    public required UInt256 BaseFee { get; init; }

    /// <summary>Blob base fee of the next block, wei.</summary>
    public required UInt256 BlobBaseFee { get; init; }

    /// <summary>Gas limit of the next block.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>Number of the head block.</summary>
    public required ulong Number { get; init; }

    /// <summary>Earliest time of the next block, seconds since the Unix epoch.</summary>
    public required ulong TimestampMin { get; init; }

    /// <summary>Makes the chain's policy for a next block of a time on a state; null where the chain has none.</summary>
    public required Func<WorldState, ulong, ITxPolicy?> Policy { get; init; }

    /// <summary>What the new blocks changed; null when unknown, then every pooled sender is looked at.</summary>
    public IReadOnlyCollection<StateDelta>? Changes { get; init; }
}
