using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Consensus.Pool;

/// <summary>A transaction in the pool with what was learned of it.</summary>
public sealed class PooledTransaction
{
    /// <summary>The transaction.</summary>
    public required Transaction Transaction { get; init; }

    /// <summary>Its sender.</summary>
    public required Address Sender { get; init; }

    /// <summary>Order of arrival: a running number, so that equal fees are served first come first served.</summary>
    public required long Sequence { get; init; }

    /// <summary>True when it came in over this node's own API: it is journaled and evicted last.</summary>
    public required bool IsLocal { get; init; }

    /// <summary>True for a development chain's impersonated sender, whose signature proves nothing.</summary>
    public bool IsImpersonated { get; init; }

    /// <summary>Most wei it can cost: gas limit * fee + value + blob gas * blob fee; saturated.</summary>
    public required UInt256 CostMax { get; init; }

    /// <summary>Blobs with their proofs; null for other types.</summary>
    public BlobSidecar? Sidecar { get; init; }

    /// <summary>Priority fee per gas a block with this base fee pays, wei; null when the fee cap is below the base fee.</summary>
    public UInt256? EffectiveTip(in UInt256 baseFee)
    {
        if (Transaction.MaxFeePerGas < baseFee) return null;
        UInt256 room = Transaction.MaxFeePerGas - baseFee;
        return room < Transaction.MaxPriorityFeePerGas ? room : Transaction.MaxPriorityFeePerGas;
    }
}
