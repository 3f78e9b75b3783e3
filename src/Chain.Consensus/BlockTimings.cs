using System.Diagnostics;
using System.Diagnostics.Metrics;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Consensus;

/// <summary>How a block came to be here.</summary>
public enum BlockSource : byte
{
    /// <summary>Taken in from outside and validated.</summary>
    Imported,

    /// <summary>Made by this node.</summary>
    Produced,
}

/// <summary>
/// How long the newest blocks took from their arrival to the database: for the log's line, the metrics <c>chain.block.*</c> and the traces <c>block</c>. Observes only; nothing of
/// the protocol reads it. Safe for concurrent use.
/// </summary>
public sealed class BlockTimings
{
    /// <summary>Name of the meter and of the source of traces.</summary>
    public const string SourceName = "Chain.Consensus";

    private const int Kept = 256;

    private static readonly Meter Meter = new(SourceName);
    private static readonly ActivitySource Traces = new(SourceName);
    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>("chain.block.duration", "s", "Time from a block's arrival to the database.");
    private static readonly Counter<long> Transactions = Meter.CreateCounter<long>("chain.block.transactions", "{transaction}", "Transactions of blocks taken in or made.");
    private static readonly Counter<long> Gas = Meter.CreateCounter<long>("chain.block.gas", "{gas}", "Gas used by blocks taken in or made.");

    private readonly Lock _lock = new();
    private readonly (Hash256 Hash, TimeSpan Time)[] _newest = new (Hash256, TimeSpan)[Kept];
    private int _next;

    /// <summary>Time that a block took; null when it is not among the newest.</summary>
    public TimeSpan? Of(in Hash256 hash)
    {
        lock (_lock)
        {
            foreach ((Hash256 known, TimeSpan time) in _newest)
            {
                if (known == hash) return time;
            }
        }
        return null;
    }

    /// <summary>Notes a block that was stored.</summary>
    /// <param name="block">The block.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="source">How it came.</param>
    /// <param name="since"><see cref="Stopwatch.GetTimestamp"/> at its arrival.</param>
    internal void Record(Block block, in Hash256 hash, BlockSource source, long since)
    {
        TimeSpan time = Stopwatch.GetElapsedTime(since);
        lock (_lock)
        {
            _newest[_next] = (hash, time);
            _next = (_next + 1) % Kept;
        }
        KeyValuePair<string, object?> tag = new("source", source == BlockSource.Imported ? "imported" : "produced");
        Durations.Record(time.TotalSeconds, tag);
        Transactions.Add(block.Transactions.Count, tag);
        Gas.Add((long)block.Header.GasUsed, tag);
        if (!Traces.HasListeners()) return;
        using Activity? trace = Traces.StartActivity("block", ActivityKind.Internal, default(ActivityContext), startTime: DateTimeOffset.UtcNow - time);
        trace?.SetTag("chain.block.number", (long)block.Header.Number).SetTag("chain.block.hash", hash.ToString()).SetTag("chain.block.transactions", block.Transactions.Count)
            .SetTag("chain.block.gas_used", (long)block.Header.GasUsed).SetTag("chain.block.source", tag.Value);
    }
}
