using Chain.Storage.Engines;

namespace Chain.Storage.Tests;

/// <summary>
/// A store whose calls fail from a chosen one on, all or so many of them, as on a full disk. Every operation on a batch counts, so that a fault falls into each position of a commit in turn.
/// Dispose leaves the inner store open: the test opens it again.
/// </summary>
internal sealed class FaultInjectingStore(IKeyValueStore inner, long failAt, long failCount = long.MaxValue) : IKeyValueStore
{
    public long Calls { get; private set; }

    public bool HasFailed { get; private set; }

    public string Location => inner.Location;

    public bool TryGet(Column column, ReadOnlySpan<byte> key, out byte[] value) => inner.TryGet(column, key, out value);

    public int Read(Column column, ReadOnlySpan<byte> key, Span<byte> destination) => inner.Read(column, key, destination);

    public IKeyValueIterator Iterate(Column column, ReadOnlySpan<byte> lower = default, ReadOnlySpan<byte> upper = default) => inner.Iterate(column, lower, upper);

    public IWriteBatch CreateBatch() => new Batch(this, inner.CreateBatch());

    public ISnapshot CreateSnapshot() => inner.CreateSnapshot();

    public void Flush() => inner.Flush();

    public void Compact(Column column) => inner.Compact(column);

    public long EstimateSizeBytes(Column column) => inner.EstimateSizeBytes(column);

    public void Dispose()
    {
    }

    private void Count()
    {
        long call = Calls++;
        if (call < failAt || call - failAt >= failCount) return;
        HasFailed = true;
        throw new StorageException(StorageError.DiskFull, "No space left on device (injected).");
    }

    private sealed class Batch(FaultInjectingStore store, IWriteBatch batch) : IWriteBatch
    {
        public int Count => batch.Count;

        public void Put(Column column, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            store.Count();
            batch.Put(column, key, value);
        }

        public void Delete(Column column, ReadOnlySpan<byte> key)
        {
            store.Count();
            batch.Delete(column, key);
        }

        public void DeleteRange(Column column, ReadOnlySpan<byte> lower, ReadOnlySpan<byte> upper)
        {
            store.Count();
            batch.DeleteRange(column, lower, upper);
        }

        public void Commit(bool sync)
        {
            store.Count();
            batch.Commit(sync);
        }

        public void Dispose() => batch.Dispose();
    }
}
