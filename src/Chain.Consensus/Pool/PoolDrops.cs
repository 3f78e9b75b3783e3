using Chain.Core.Primitives;

namespace Chain.Consensus.Pool;

/// <summary>A pooled transaction that left because its sender may no longer send.</summary>
/// <param name="Hash">Transaction.</param>
/// <param name="Sender">Its sender.</param>
/// <param name="Nonce">Its nonce: the old signature stays valid until another transaction uses it.</param>
/// <param name="Code">Reason code (table 4.4 of the compliance specification).</param>
/// <param name="BlockNumber">Head at which it left.</param>
/// <param name="TimeSeconds">This node's clock then, seconds since the Unix epoch.</param>
public sealed record PoolDrop(Hash256 Hash, Address Sender, ulong Nonce, byte Code, ulong BlockNumber, ulong TimeSeconds);

/// <summary>Remembers drops for a while, so that a wallet learns what became of its transaction (compliance specification, section 3.7). Not thread safe.</summary>
/// <param name="countMax">Most drops remembered.</param>
/// <param name="ageSecondsMax">Longest time, seconds.</param>
internal sealed class PoolDrops(int countMax, ulong ageSecondsMax)
{
    private readonly Queue<PoolDrop> _byTime = [];

    public void Add(PoolDrop drop)
    {
        Trim(drop.TimeSeconds);
        if (_byTime.Count == countMax) _byTime.Dequeue();
        _byTime.Enqueue(drop);
    }

    /// <summary>Drops, newest first.</summary>
    public IReadOnlyList<PoolDrop> Find(Address? sender, Hash256? hash, ulong now)
    {
        Trim(now);
        return [.. _byTime.Where(d => (sender is null || d.Sender == sender) && (hash is null || d.Hash == hash)).Reverse()];
    }

    private void Trim(ulong now)
    {
        while (_byTime.TryPeek(out PoolDrop? oldest) && oldest.TimeSeconds + ageSecondsMax < now) _byTime.Dequeue();
    }
}
