namespace Chain.Storage.Caching;

/// <summary>A least-recently-used cache limited in bytes. Thread-safe.</summary>
/// <param name="bytesMax">Limit of the sum of the sizes given with the entries, bytes.</param>
internal sealed class ByteLruCache<TKey, TValue>(long bytesMax) where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;

    public bool TryGet(TKey key, out TValue value)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out LinkedListNode<Entry>? node))
            {
                value = default!;
                return false;
            }
            if (_byUse.First != node)
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
            }
            value = node.Value.Value;
            return true;
        }
    }

    public void Set(TKey key, TValue value, long sizeBytes)
    {
        if (sizeBytes > bytesMax) return;
        lock (_lock)
        {
            RemoveLocked(key);
            _entries[key] = _byUse.AddFirst(new Entry(key, value, sizeBytes));
            _bytes += sizeBytes;
            while (_bytes > bytesMax) RemoveLocked(_byUse.Last!.Value.Key);
        }
    }

    public void Remove(TKey key)
    {
        lock (_lock) RemoveLocked(key);
    }

    private void RemoveLocked(TKey key)
    {
        if (!_entries.Remove(key, out LinkedListNode<Entry>? node)) return;
        _byUse.Remove(node);
        _bytes -= node.Value.SizeBytes;
    }

    private readonly record struct Entry(TKey Key, TValue Value, long SizeBytes);
}
