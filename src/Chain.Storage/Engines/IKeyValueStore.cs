namespace Chain.Storage.Engines;

/// <summary>Reads of an ordered key-value store. Keys are ordered by their bytes, column by column.</summary>
public interface IKeyValueReader
{
    /// <summary>Reads a value into a new array of exactly its size; false when the key is absent.</summary>
    /// <exception cref="StorageException">The engine could not read.</exception>
    bool TryGet(Column column, ReadOnlySpan<byte> key, out byte[] value);

    /// <summary>
    /// Reads a value into the caller's buffer without allocating. Returns the value's size in bytes, or -1 when the key is absent;
    /// a value larger than the buffer is truncated to it, which the caller sees by the size returned.
    /// </summary>
    /// <exception cref="StorageException">The engine could not read.</exception>
    int Read(Column column, ReadOnlySpan<byte> key, Span<byte> destination);

    /// <summary>
    /// Iterates keys in ascending order over a frozen view, from <paramref name="lower"/> (inclusive; empty: the first) to <paramref name="upper"/>
    /// (exclusive; empty: the end). The iterator stands before the first key; dispose it.
    /// </summary>
    IKeyValueIterator Iterate(Column column, ReadOnlySpan<byte> lower = default, ReadOnlySpan<byte> upper = default);
}

/// <summary>An ordered key-value store with columns. One writer at a time, any number of readers; a reader sees a batch wholly or not at all.</summary>
public interface IKeyValueStore : IKeyValueReader, IDisposable
{
    /// <summary>Where the store is, for messages: a folder, or <c>memory</c>.</summary>
    string Location { get; }

    /// <summary>An empty batch of writes.</summary>
    IWriteBatch CreateBatch();

    /// <summary>A frozen view of all columns; dispose it, since it keeps old values alive.</summary>
    ISnapshot CreateSnapshot();

    /// <summary>Makes everything written durable against loss of power. Returns when it is on the disk.</summary>
    void Flush();

    /// <summary>Rewrites the column into its smallest form; slow, for maintenance commands.</summary>
    void Compact(Column column);

    /// <summary>Estimated size of a column on disk (in memory: of its keys and values), bytes.</summary>
    long EstimateSizeBytes(Column column);
}

/// <summary>A frozen view of a store.</summary>
public interface ISnapshot : IKeyValueReader, IDisposable;

/// <summary>Writes that become visible and durable together. Used by one thread; dispose it.</summary>
public interface IWriteBatch : IDisposable
{
    /// <summary>Number of operations collected.</summary>
    int Count { get; }

    /// <summary>Sets a value. Key and value are copied.</summary>
    void Put(Column column, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>Removes a key; an absent key is no error.</summary>
    void Delete(Column column, ReadOnlySpan<byte> key);

    /// <summary>Removes all keys from <paramref name="lower"/> (inclusive) to <paramref name="upper"/> (exclusive) that exist at commit, or that this batch put before.</summary>
    void DeleteRange(Column column, ReadOnlySpan<byte> lower, ReadOnlySpan<byte> upper);

    /// <summary>
    /// Applies all operations in order, atomically, and empties the batch. The result survives the end of the process; with <paramref name="sync"/> also the loss of power.
    /// </summary>
    /// <exception cref="StorageException">Nothing was applied.</exception>
    void Commit(bool sync);
}

/// <summary>An ordered iterator. Spans are valid until the next move.</summary>
public interface IKeyValueIterator : IDisposable
{
    /// <summary>Key at the current position.</summary>
    ReadOnlySpan<byte> Key { get; }

    /// <summary>Value at the current position.</summary>
    ReadOnlySpan<byte> Value { get; }

    /// <summary>Moves to the next key; false at the end of the bounds.</summary>
    bool MoveNext();

    /// <summary>Moves to the first key at or above the given one, inside the bounds; false when there is none.</summary>
    bool Seek(ReadOnlySpan<byte> key);
}
