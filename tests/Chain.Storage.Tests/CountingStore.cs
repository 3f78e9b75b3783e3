using Chain.Storage.Engines;

namespace Chain.Storage.Tests;

/// <summary>A store that remembers which columns were written.</summary>
internal sealed class CountingStore(IKeyValueStore inner) : IKeyValueStore
{
    public HashSet<Column> Written { get; } = [];

    public string Location => inner.Location;

    public bool TryGet(Column column, ReadOnlySpan<byte> key, out byte[] value) => inner.TryGet(column, key, out value);

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
        public int Count => inner.Count;

        public void Put(Column column, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            store.Written.Add(column);
            inner.Put(column, key, value);
        }

        public void Delete(Column column, ReadOnlySpan<byte> key)
        {
            store.Written.Add(column);
            inner.Delete(column, key);
        }

        public void DeleteRange(Column column, ReadOnlySpan<byte> lower, ReadOnlySpan<byte> upper)
        {
            store.Written.Add(column);
            inner.DeleteRange(column, lower, upper);
        }

        public void Commit(bool sync) => inner.Commit(sync);

        public void Dispose() => inner.Dispose();
    }
}
