using System.Numerics;

namespace Chain.Storage.Caching;

/// <summary>
/// Values of the base by key, absent ones included: direct-mapped, a fixed number of entries. Hits take no lock. A value read from the store enters only if no merge began since
/// before the read, which is decided under the lock that the merge takes to remove the key afterwards: so no value from before a merge stays behind it.
/// </summary>
internal sealed class FlatCache<TKey, TValue> where TKey : struct, IEquatable<TKey>
{
    private const int LockCount = 64;

    private readonly Entry?[] _entries;
    private readonly Lock[] _locks = [.. Enumerable.Range(0, LockCount).Select(_ => new Lock())];
    private long _generation;

    /// <param name="sizeBytes">Memory for the entries together, bytes.</param>
    /// <param name="entrySizeBytes">Memory of one entry, bytes.</param>
    public FlatCache(long sizeBytes, int entrySizeBytes) =>
        _entries = new Entry?[BitOperations.RoundUpToPowerOf2((ulong)Math.Max(sizeBytes / entrySizeBytes / 2, 1))];

    /// <summary>Take it before the store is read; odd while a merge is under way.</summary>
    public long Generation => Volatile.Read(ref _generation);

    public bool TryGet(in TKey key, ulong hash, out TValue value)
    {
        Entry? entry = Volatile.Read(ref _entries[Place(hash)]);
        bool found = entry is not null && entry.Key.Equals(key);
        value = found ? entry!.Value : default!;
        return found;
    }

    public void Fill(in TKey key, ulong hash, in TValue value, long generation)
    {
        if ((generation & 1) != 0 || Generation != generation) return;
        Entry entry = new(key, value);
        int place = Place(hash);
        lock (_locks[place % LockCount])
        {
            if (Generation == generation) Volatile.Write(ref _entries[place], entry);
        }
    }

    /// <summary>Call before the store changes.</summary>
    public void BeginChange() => Interlocked.Increment(ref _generation);

    /// <summary>Call for each changed key after the store changed.</summary>
    public void Remove(ulong hash)
    {
        int place = Place(hash);
        lock (_locks[place % LockCount]) Volatile.Write(ref _entries[place], null);
    }

    /// <summary>Call when all changed keys are removed, or nothing was changed.</summary>
    public void EndChange() => Interlocked.Increment(ref _generation);

    private int Place(ulong hash) => (int)(hash & (ulong)(_entries.Length - 1));

    private sealed class Entry(in TKey key, in TValue value)
    {
        public readonly TKey Key = key;
        public readonly TValue Value = value;
    }
}
