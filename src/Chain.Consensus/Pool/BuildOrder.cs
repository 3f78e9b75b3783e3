using Chain.Core.Numeric;

namespace Chain.Consensus.Pool;

/// <summary>
/// The order in which a builder takes transactions: highest effective tip first, then first come first served, each sender's by nonce.
/// A snapshot; not thread safe.
/// </summary>
public sealed class BuildOrder
{
    private readonly PriorityQueue<(PooledTransaction[] Run, int Index), (UInt256 Tip, long Sequence)> _heads;
    private readonly UInt256 _baseFee;

    /// <summary>No transactions.</summary>
    public static BuildOrder Empty => new([], UInt256.Zero);

    internal BuildOrder(List<PooledTransaction[]> runs, in UInt256 baseFee)
    {
        _baseFee = baseFee;
        _heads = new(runs.Count, Comparer<(UInt256 Tip, long Sequence)>.Create(
            (a, b) => a.Tip == b.Tip ? a.Sequence.CompareTo(b.Sequence) : b.Tip.CompareTo(a.Tip)));
        foreach (PooledTransaction[] run in runs) Enqueue(run, 0);
    }

    /// <summary>The next transaction; false when none is left whose fee cap reaches the base fee.</summary>
    public bool TryPeek(out PooledTransaction transaction)
    {
        bool found = _heads.TryPeek(out (PooledTransaction[] Run, int Index) head, out _);
        transaction = found ? head.Run[head.Index] : null!;
        return found;
    }

    /// <summary>The peeked transaction was taken: its sender's next one joins.</summary>
    public void Advance()
    {
        (PooledTransaction[] run, int index) = _heads.Dequeue();
        Enqueue(run, index + 1);
    }

    /// <summary>The peeked transaction does not fit or is not valid: its sender is left out of this block.</summary>
    public void SkipSender() => _heads.Dequeue();

    private void Enqueue(PooledTransaction[] run, int index)
    {
        if (index < run.Length && run[index].EffectiveTip(_baseFee) is { } tip) _heads.Enqueue((run, index), (tip, run[index].Sequence));
    }
}
