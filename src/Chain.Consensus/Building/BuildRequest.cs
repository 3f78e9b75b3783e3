using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Consensus.Building;

/// <summary>What an engine decides of the block to build; everything else follows from the parent and the rules.</summary>
public sealed record BuildRequest
{
    /// <summary>Hash of the parent.</summary>
    public required Hash256 ParentHash { get; init; }

    /// <summary>Timestamp, seconds; above the parent's.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>Fee recipient.</summary>
    public required Address Coinbase { get; init; }

    /// <summary>Gas limit; within the bounds that the parent allows, except on development chains.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>PREVRANDAO, or the mix hash.</summary>
    public Hash256 PrevRandao { get; init; }

    /// <summary>Extra data.</summary>
    public ReadOnlyMemory<byte> ExtraData { get; init; }

    /// <summary>Withdrawals (from Shanghai on; empty when null).</summary>
    public IReadOnlyList<Withdrawal>? Withdrawals { get; init; }

    /// <summary>Parent beacon block root (from Cancun on).</summary>
    public Hash256 ParentBeaconBlockRoot { get; init; }

    /// <summary>A base fee in place of the computed one (development chains).</summary>
    public UInt256? BaseFeeOverride { get; init; }
}
