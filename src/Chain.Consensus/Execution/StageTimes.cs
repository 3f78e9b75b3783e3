using System.Diagnostics;

namespace Chain.Consensus.Execution;

/// <summary>A part of taking a block in.</summary>
public enum Stage
{
    /// <summary>Header and body rules, the parent's state.</summary>
    Rules,

    /// <summary>Senders from signatures.</summary>
    Recovery,

    /// <summary>Transactions, withdrawals, system calls.</summary>
    Execution,

    /// <summary>Roots of transactions and receipts, the bloom.</summary>
    Lists,

    /// <summary>The state root.</summary>
    StateRoot,

    /// <summary>The batch to the database.</summary>
    Commit,

    /// <summary>Pool and listeners' description of the change.</summary>
    Head,
}

/// <summary>Time spent in each stage since the start, over all blocks and threads. Safe for concurrent use.</summary>
public sealed class StageTimes
{
    private readonly long[] _ticks = new long[Enum.GetValues<Stage>().Length];

    /// <summary>Time spent in a stage.</summary>
    public TimeSpan this[Stage stage] => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _ticks[(int)stage]));

    /// <summary>Adds the time since a moment to a stage, and moves the moment to now.</summary>
    public void End(Stage stage, ref long since)
    {
        long now = Stopwatch.GetTimestamp();
        Interlocked.Add(ref _ticks[(int)stage], now - since);
        since = now;
    }
}
