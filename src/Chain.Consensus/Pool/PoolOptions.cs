using Chain.Core.Numeric;
using Chain.Core.Types;

namespace Chain.Consensus.Pool;

/// <summary>Limits of the pool. Defaults suit private chains: one sender may queue thousands.</summary>
public sealed record PoolOptions
{
    /// <summary>Most transactions in the pool.</summary>
    public int TransactionsMax { get; init; } = 200_000;

    /// <summary>Most bytes of encoded transactions in the pool, blobs not counted.</summary>
    public long SizeBytesMax { get; init; } = 512L << 20;

    /// <summary>Most transactions of one sender.</summary>
    public int TransactionsPerSenderMax { get; init; } = 65_536;

    /// <summary>Largest encoded transaction, bytes (geth: 128 KiB).</summary>
    public int TransactionSizeBytesMax { get; init; } = 128 << 10;

    /// <summary>A replacement raises both fees by at least this many percent.</summary>
    public uint PriceBumpPercent { get; init; } = 10;

    /// <summary>A blob transaction's replacement raises all fees by at least this many percent.</summary>
    public uint BlobPriceBumpPercent { get; init; } = 100;

    /// <summary>Checks the KZG proofs of a sidecar whose counts and hashes fit; null takes blob transactions without one.</summary>
    public Func<BlobSidecar, bool>? VerifySidecar { get; init; }

    /// <summary>Most drops of senders who lost the right to send that are remembered.</summary>
    public int DropsRememberedMax { get; init; } = 10_000;

    /// <summary>How long such a drop is remembered, seconds.</summary>
    public ulong DropsRememberedSeconds { get; init; } = 86_400;

    /// <summary>Most hashes of transactions refused by the policy that are remembered until the next head.</summary>
    public int RefusedHashesMax { get; init; } = 16_384;

    /// <summary>The clock, seconds since the Unix epoch. Admission is local policy, not consensus, so that it may be read.</summary>
    public Func<ulong> ClockSeconds { get; init; } = () => (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>Smallest priority fee taken, wei.</summary>
    public UInt256 PriorityFeeMin { get; init; }
}
