using Chain.Storage.Engines;

namespace Chain.Storage.Tests;

/// <summary>A store that remembers which columns were written, which trie nodes were read one by one, and lets a test look at each batch before it is committed.</summary>
internal sealed class CountingStore(IKeyValueStore inner) : IKeyValueStore
{
    public HashSet<Column> Written { get; } = [];

    public List<string> NodesRead { get; } = [];

    /// <summary>Is told the columns and the bytes of each batch; what it throws fails the commit.</summary>
    public Action<IReadOnlySet<Column>, long>? BeforeCommit { get; set; }

    public string Location => inner.Location;

    public bool TryGet(Column column, ReadOnlySpan<byte> key, out byte[] value)
    {
        if (column == Column.TrieNodes) NodesRead.Add(Convert.ToHexString(key));
        return inner.TryGet(column, key, out value);
    }

    public int Read(Column column, ReadOnlySpan<byte> key, Span<byte> destination) => inner.Read(column, key, destination);

    public IKeyValueIterator Iterate(Column column, ReadOnlySpan<byte> lower = default, ReadOnlySpan<byte> upper = default) => inner.Iterate(column, lower, upper);

    public IWriteBatch CreateBatch() => new Batch(this, inner.CreateBatch());

    public ISnapshot CreateSnapshot() => inner.CreateSnapshot();

    public void Flush() => inner.Flush();

    public void Compact(Column column) => inner.Compact(column);

    public long EstimateSizeBytes(Column column) => inner.EstimateSizeBytes(column);

    public void Dispose() => inner.Dispose();

    private sealed class Batch(CountingStore store, IWriteBatch inner) : IWriteBatch
    {
        private readonly HashSet<Column> _columns = [];
        private long _sizeBytes;

        public int Count => inner.Count;

        public void Put(Column column, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            Note(column, key.Length + value.Length);
            inner.Put(column, key, value);
        }

        public void Delete(Column column, ReadOnlySpan<byte> key)
        {
            Note(column, key.Length);
            inner.Delete(column, key);
        }

        public void DeleteRange(Column column, ReadOnlySpan<byte> lower, ReadOnlySpan<byte> upper)
        {
            Note(column, lower.Length + upper.Length);
            inner.DeleteRange(column, lower, upper);
        }

        public void Commit(bool sync)
        {
            store.BeforeCommit?.Invoke(_columns, _sizeBytes);
            inner.Commit(sync);
        }

        public void Dispose() => inner.Dispose();

        private void Note(Column column, int bytes)
        {
            lock (store.Written) store.Written.Add(column);
            _columns.Add(column);
            _sizeBytes += bytes;
        }
    }
}
