namespace Chain.Storage.Engines;

/// <summary>
/// The in-memory engine, for tests and throw-away chains. Each column is a persistent treap (a search tree balanced by priorities drawn from the key's hash): a batch builds
/// new roots and publishes them in one reference, so that readers take no lock and a snapshot is the old reference.
/// Disposing it keeps the data, so that a test can open the same store again.
/// </summary>
public sealed class MemoryStore : IKeyValueStore
{
    private readonly Lock _writing = new();
    private volatile MemoryNode?[] _roots = new MemoryNode?[Schema.ColumnCount];

    /// <inheritdoc/>
    public string Location => "memory";

    /// <inheritdoc/>
    public bool TryGet(Column column, ReadOnlySpan<byte> key, out byte[] value) => MemoryTree.TryGet(_roots[(int)column], key, out value);

    /// <inheritdoc/>
    public int Read(Column column, ReadOnlySpan<byte> key, Span<byte> destination) => MemoryTree.Read(_roots[(int)column], key, destination);

    /// <inheritdoc/>
    public IKeyValueIterator Iterate(Column column, ReadOnlySpan<byte> lower = default, ReadOnlySpan<byte> upper = default) =>
        new MemoryIterator(_roots[(int)column], lower.ToArray(), upper.ToArray());

    /// <inheritdoc/>
    public IWriteBatch CreateBatch() => new MemoryBatch(this);

    /// <inheritdoc/>
    public ISnapshot CreateSnapshot() => new MemorySnapshot(_roots);

    /// <inheritdoc/>
    public void Flush()
    {
    }

    /// <inheritdoc/>
    public void Compact(Column column)
    {
    }

    /// <inheritdoc/>
    public long EstimateSizeBytes(Column column)
    {
        long size = 0;
        using IKeyValueIterator all = Iterate(column);
        while (all.MoveNext()) size += all.Key.Length + all.Value.Length;
        return size;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class MemorySnapshot(MemoryNode?[] roots) : ISnapshot
    {
        public bool TryGet(Column column, ReadOnlySpan<byte> key, out byte[] value) => MemoryTree.TryGet(roots[(int)column], key, out value);

        public int Read(Column column, ReadOnlySpan<byte> key, Span<byte> destination) => MemoryTree.Read(roots[(int)column], key, destination);

        public IKeyValueIterator Iterate(Column column, ReadOnlySpan<byte> lower = default, ReadOnlySpan<byte> upper = default) =>
            new MemoryIterator(roots[(int)column], lower.ToArray(), upper.ToArray());

        public void Dispose()
        {
        }
    }

    private sealed class MemoryBatch(MemoryStore store) : IWriteBatch
    {
        private readonly List<Operation> _operations = [];

        public int Count => _operations.Count;

        public void Put(Column column, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => _operations.Add(new(column, key.ToArray(), value.ToArray(), null));

        public void Delete(Column column, ReadOnlySpan<byte> key) => _operations.Add(new(column, key.ToArray(), null, null));

        public void DeleteRange(Column column, ReadOnlySpan<byte> lower, ReadOnlySpan<byte> upper) =>
            _operations.Add(new(column, lower.ToArray(), null, upper.ToArray()));

        public void Commit(bool sync)
        {
            lock (store._writing)
            {
                MemoryNode?[] roots = [.. store._roots];
                object edit = new();
                foreach ((Column column, byte[] key, byte[]? value, byte[]? upper) in _operations)
                {
                    ref MemoryNode? root = ref roots[(int)column];
                    if (upper is not null) root = MemoryTree.RemoveRange(root, key, upper, edit);
                    else root = value is null ? MemoryTree.Remove(root, key, edit) : MemoryTree.Put(root, key, value, edit);
                }
                store._roots = roots;
            }
            _operations.Clear();
        }

        public void Dispose() => _operations.Clear();

        private readonly record struct Operation(Column Column, byte[] Key, byte[]? Value, byte[]? Upper);
    }

    private sealed class MemoryIterator(MemoryNode? root, byte[] lower, byte[] upper) : IKeyValueIterator
    {
        private readonly Stack<MemoryNode> _path = new();
        private MemoryNode? _current;
        private bool _started;

        public ReadOnlySpan<byte> Key => _current!.Key;

        public ReadOnlySpan<byte> Value => _current!.Value;

        public bool MoveNext()
        {
            if (!_started) return Seek(lower);
            return Advance();
        }

        public bool Seek(ReadOnlySpan<byte> key)
        {
            if (key.SequenceCompareTo(lower) < 0) key = lower;
            _started = true;
            _path.Clear();
            MemoryNode? node = root;
            while (node is not null)
            {
                if (key.SequenceCompareTo(node.Key) <= 0)
                {
                    _path.Push(node);
                    node = node.Left;
                }
                else
                {
                    node = node.Right;
                }
            }
            return Advance();
        }

        public void Dispose()
        {
        }

        private bool Advance()
        {
            if (!_path.TryPop(out _current)) return false;
            for (MemoryNode? node = _current.Right; node is not null; node = node.Left) _path.Push(node);
            if (upper.Length == 0 || _current.Key.AsSpan().SequenceCompareTo(upper) < 0) return true;
            _path.Clear();
            return false;
        }
    }
}

/// <summary>A node of a persistent treap. It changes only under the edit that made it, before it is published.</summary>
internal sealed class MemoryNode(byte[] key, byte[] value, uint priority, object edit)
{
    public readonly byte[] Key = key;
    public readonly uint Priority = priority;
    public readonly object Edit = edit;
    public byte[] Value = value;
    public MemoryNode? Left;
    public MemoryNode? Right;

    public MemoryNode Editable(object edit) => ReferenceEquals(Edit, edit) ? this : new MemoryNode(Key, Value, Priority, edit) { Left = Left, Right = Right };
}

/// <summary>The operations of a persistent treap. Depth is logarithmic with overwhelming probability, since priorities are hashes seeded per process.</summary>
internal static class MemoryTree
{
    public static MemoryNode? Find(MemoryNode? node, ReadOnlySpan<byte> key)
    {
        while (node is not null)
        {
            int order = key.SequenceCompareTo(node.Key);
            if (order == 0) return node;
            node = order < 0 ? node.Left : node.Right;
        }
        return null;
    }

    public static bool TryGet(MemoryNode? root, ReadOnlySpan<byte> key, out byte[] value)
    {
        MemoryNode? node = Find(root, key);
        value = node is null ? [] : node.Value.AsSpan().ToArray();
        return node is not null;
    }

    public static int Read(MemoryNode? root, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        MemoryNode? node = Find(root, key);
        if (node is null) return -1;
        node.Value.AsSpan(0, Math.Min(node.Value.Length, destination.Length)).CopyTo(destination);
        return node.Value.Length;
    }

    public static MemoryNode Put(MemoryNode? root, byte[] key, byte[] value, object edit) => Put(root, key, value, PriorityOf(key), edit);

    public static MemoryNode? Remove(MemoryNode? node, ReadOnlySpan<byte> key, object edit)
    {
        if (node is null || Find(node, key) is null) return node;
        int order = key.SequenceCompareTo(node.Key);
        if (order == 0) return Join(node.Left, node.Right, edit);
        node = node.Editable(edit);
        if (order < 0) node.Left = Remove(node.Left, key, edit);
        else node.Right = Remove(node.Right, key, edit);
        return node;
    }

    public static MemoryNode? RemoveRange(MemoryNode? root, ReadOnlySpan<byte> lower, ReadOnlySpan<byte> upper, object edit)
    {
        if (lower.SequenceCompareTo(upper) >= 0) return root;
        Split(root, lower, edit, out MemoryNode? below, out MemoryNode? rest);
        Split(rest, upper, edit, out _, out MemoryNode? above);
        return Join(below, above, edit);
    }

    private static MemoryNode Put(MemoryNode? node, byte[] key, byte[] value, uint priority, object edit)
    {
        if (node is null) return new MemoryNode(key, value, priority, edit);
        int order = key.AsSpan().SequenceCompareTo(node.Key);
        if (order == 0)
        {
            node = node.Editable(edit);
            node.Value = value;
            return node;
        }
        if (priority > node.Priority && Find(node, key) is null)
        {
            MemoryNode added = new(key, value, priority, edit);
            Split(node, key, edit, out added.Left, out added.Right);
            return added;
        }
        node = node.Editable(edit);
        if (order < 0) node.Left = Put(node.Left, key, value, priority, edit);
        else node.Right = Put(node.Right, key, value, priority, edit);
        return node;
    }

    private static void Split(MemoryNode? node, ReadOnlySpan<byte> key, object edit, out MemoryNode? below, out MemoryNode? above)
    {
        if (node is null)
        {
            below = above = null;
            return;
        }
        node = node.Editable(edit);
        if (node.Key.AsSpan().SequenceCompareTo(key) < 0)
        {
            Split(node.Right, key, edit, out node.Right, out above);
            below = node;
        }
        else
        {
            Split(node.Left, key, edit, out below, out node.Left);
            above = node;
        }
    }

    private static MemoryNode? Join(MemoryNode? below, MemoryNode? above, object edit)
    {
        if (below is null) return above;
        if (above is null) return below;
        if (below.Priority > above.Priority)
        {
            below = below.Editable(edit);
            below.Right = Join(below.Right, above, edit);
            return below;
        }
        above = above.Editable(edit);
        above.Left = Join(below, above.Left, edit);
        return above;
    }

    private static uint PriorityOf(byte[] key)
    {
        HashCode hash = default;
        hash.AddBytes(key);
        return (uint)hash.ToHashCode();
    }
}
