using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
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

    /// <summary>Makes the chain's policy for the next block on a state; null where the chain has none.</summary>
    public required Func<WorldState, ITxPolicy?> Policy { get; init; }

    /// <summary>Accounts that the head block changed; null when unknown, then every pooled sender is looked at.</summary>
    public IReadOnlySet<Address>? ChangedAccounts { get; init; }
}
