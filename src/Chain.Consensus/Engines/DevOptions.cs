using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Consensus.Engines;

/// <summary>When a development chain makes blocks.</summary>
public enum MiningMode : byte
{
    /// <summary>As soon as a transaction waits.</summary>
    Instant,

    /// <summary>At fixed intervals, empty or not.</summary>
    Interval,

    /// <summary>When asked.</summary>
    Manual,
}

/// <summary>Settings of a development chain.</summary>
public sealed record DevOptions
{
    /// <summary>Blocks of an epoch: of a development chain the block one epoch below the head counts as safe, the one two epochs below as final, as on a network that works.</summary>
    public const ulong SlotsPerEpoch = 32;

    /// <summary>When blocks are made.</summary>
    public MiningMode Mode { get; init; }

    /// <summary>Time between blocks in <see cref="MiningMode.Interval"/>, milliseconds.</summary>
    public int BlockTimeMs { get; init; } = 1_000;

    /// <summary>Gas limit of blocks.</summary>
    public ulong GasLimit { get; init; } = 30_000_000;

    /// <summary>Fee recipient.</summary>
    public Address Coinbase { get; init; }

    /// <summary>Extra data of blocks, at most <see cref="Rules.HeaderRules.ExtraDataSizeBytesMax"/> bytes.</summary>
    public ReadOnlyMemory<byte> ExtraData { get; init; }

    /// <summary>A fixed base fee, wei; null follows EIP-1559.</summary>
    public UInt256? BaseFee { get; init; }
}
