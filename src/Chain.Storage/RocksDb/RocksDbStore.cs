using System.Runtime.InteropServices;
using System.Text;
using Chain.Core.Crypto;
using Chain.Storage.Engines;
using static Chain.Storage.RocksDb.Native;

namespace Chain.Storage.RocksDb;

/// <summary>
/// The engine on disk. Reads may come from any thread. <see cref="Dispose"/> waits for reads, iterators, snapshots and batches in use; one that is never released keeps the
/// database open until the process ends rather than freeing memory under it.
/// </summary>
/// <remarks>Unsafe code: pointers are taken by <c>fixed</c> for the length of one call; native handles are used only between <see cref="Enter"/> and <see cref="Leave"/>,
/// and freed by <see cref="Dispose"/> only when nobody is between them.</remarks>
public sealed unsafe class RocksDbStore : IKeyValueStore
{
    private const int DisposeWaitMs = 5_000;

    /// <summary>A batch is written to the log and, at the flush of the buffers, to a table.</summary>
    private const int WritesPerByte = 2;

    /// <summary>What an entry takes in a batch beside key and value, bytes: kind, column and two lengths.</summary>
    private const int EntryOverheadBytes = 8;

    private readonly DiskSpaceGuard _space;
    private readonly nint[] _columns = new nint[Schema.ColumnCount];
    private readonly List<nint> _options = [];
    private readonly nint _db;
    private readonly nint _cache;
    private readonly nint _readOptions;
    private readonly nint _writeOptions;
    private readonly nint _syncOptions;
    private volatile StorageException? _writeFailure;
    private int _users;
    private volatile bool _closing;

    private RocksDbStore(string path, RocksDbOptions options)
    {
        Location = path;
        _space = new DiskSpaceGuard(path, options.DiskReserveBytes ?? 2 * options.WriteBufferBytes);
        _space.RequireForOpening();
        _cache = rocksdb_cache_create_lru((nuint)options.BlockCacheBytes);
        nint main = CreateOptions(options, Column.Meta);
        byte*[] names = new byte*[Schema.ColumnCount];
        nint[] columnOptions = new nint[Schema.ColumnCount];
        try
        {
            for (int i = 0; i < Schema.ColumnCount; i++)
            {
                names[i] = (byte*)Marshal.StringToCoTaskMemUTF8(NameOf((Column)i));
                columnOptions[i] = CreateOptions(options, (Column)i);
            }
            byte* error = null;
            fixed (byte** namesPointer = names)
            fixed (byte* pathPointer = Encoding.UTF8.GetBytes(path + "\0"))
            fixed (nint* optionsPointer = columnOptions, handles = _columns)
                _db = rocksdb_open_column_families(main, pathPointer, Schema.ColumnCount, namesPointer, optionsPointer, handles, ref error);
            if (error is not null)
            {
                FreeOptions();
                throw Failure("open", error);
            }
        }
        finally
        {
            foreach (byte* name in names) Marshal.FreeCoTaskMem((nint)name);
        }
        _readOptions = rocksdb_readoptions_create();
        _writeOptions = rocksdb_writeoptions_create();
        _syncOptions = rocksdb_writeoptions_create();
        rocksdb_writeoptions_set_sync(_syncOptions, 1);
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <summary>Opens the database in a folder, or creates it there.</summary>
    /// <exception cref="StorageException">Locked, damaged, no permission, disk full or the library is missing.</exception>
    public static RocksDbStore Open(string path, RocksDbOptions? options = null)
    {
        path = Path.GetFullPath(path);
        try
        {
            NativeLibraries.Load(NativeLibraries.RocksDb);
            Directory.CreateDirectory(path);
            return new RocksDbStore(path, options ?? new RocksDbOptions());
        }
        catch (NativeLibraryMissingException e)
        {
            throw new StorageException(StorageError.LibraryMissing, e.Message, e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException and not StorageException)
        {
            throw StorageErrors.Describe(path, "create the folder", e.Message, e);
        }
    }

    /// <inheritdoc/>
    public bool TryGet(Column column, ReadOnlySpan<byte> key, out byte[] value)
    {
        Enter();
        try
        {
            return TryGet(_readOptions, column, key, out value);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public int Read(Column column, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        Enter();
        try
        {
            return Read(_readOptions, column, key, destination);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public IKeyValueIterator Iterate(Column column, ReadOnlySpan<byte> lower = default, ReadOnlySpan<byte> upper = default) =>
        new Iterator(this, column, 0, lower, upper);

    /// <inheritdoc/>
    public IWriteBatch CreateBatch() => new Batch(this);

    /// <inheritdoc/>
    public ISnapshot CreateSnapshot() => new Snapshot(this);

    /// <inheritdoc/>
    public void Flush()
    {
        Enter();
        try
        {
            ThrowIfWritingFailed();
            byte* error = null;
            rocksdb_flush_wal(_db, 1, ref error);
            if (error is not null) throw WriteFailure("flush", error);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public void Compact(Column column)
    {
        Enter();
        try
        {
            _space.Require(EstimateSizeBytes(column), $"compact column {column}");
            rocksdb_compact_range_cf(_db, _columns[(int)column], null, 0, null, 0);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public long EstimateSizeBytes(Column column)
    {
        Enter();
        try
        {
            return PropertyOf(column, "rocksdb.total-sst-files-size\0"u8) + PropertyOf(column, "rocksdb.cur-size-all-mem-tables\0"u8);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_closing) return;
        _closing = true;
        long deadline = Environment.TickCount64 + DisposeWaitMs;
        while (Volatile.Read(ref _users) != 0)
        {
            if (Environment.TickCount64 > deadline) return;
            Thread.Sleep(1);
        }
        // Closing would use the failed log once more, see ThrowIfWritingFailed: the process ends soon, and its end releases the folder.
        if (_writeFailure is not null) return;
        byte* error = null;
        rocksdb_flush_wal(_db, 1, ref error);
        StorageException? failure = error is null ? null : Failure("flush", error);
        foreach (nint column in _columns) rocksdb_column_family_handle_destroy(column);
        rocksdb_close(_db);
        rocksdb_readoptions_destroy(_readOptions);
        rocksdb_writeoptions_destroy(_writeOptions);
        rocksdb_writeoptions_destroy(_syncOptions);
        FreeOptions();
        if (failure is not null) throw failure;
    }

    private static string NameOf(Column column) => column == Column.Meta ? "default" : column.ToString();

    private nint CreateOptions(RocksDbOptions options, Column column)
    {
        nint table = rocksdb_block_based_options_create();
        rocksdb_block_based_options_set_block_cache(table, _cache);
        rocksdb_block_based_options_set_block_size(table, RocksDbOptions.DataBlockBytes);
        rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom_full(RocksDbOptions.BloomBitsPerKey));
        rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, 1);
        rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(table, 1);
        rocksdb_block_based_options_set_format_version(table, RocksDbOptions.TableFormatVersion);
        nint result = rocksdb_options_create();
        rocksdb_options_set_create_if_missing(result, 1);
        rocksdb_options_set_create_missing_column_families(result, 1);
        rocksdb_options_set_wal_recovery_mode(result, RocksDbOptions.RecoveryTolerateCutTail);
        rocksdb_options_set_db_write_buffer_size(result, (nuint)options.WriteBufferBytes);
        rocksdb_options_set_write_buffer_size(result, (nuint)(options.WriteBufferBytes / 2));
        rocksdb_options_set_max_total_wal_size(result, (ulong)options.WriteAheadLogBytes);
        rocksdb_options_set_max_open_files(result, options.OpenFilesMax);
        rocksdb_options_set_max_background_jobs(result, options.BackgroundJobs);
        rocksdb_options_set_keep_log_file_num(result, RocksDbOptions.LogFilesKept);
        rocksdb_options_set_level_compaction_dynamic_level_bytes(result, 1);
        rocksdb_options_set_compression(result, RocksDbOptions.CompressionOf(column));
        rocksdb_options_set_block_based_table_factory(result, table);
        rocksdb_block_based_options_destroy(table);
        _options.Add(result);
        return result;
    }

    private void FreeOptions()
    {
        foreach (nint options in _options) rocksdb_options_destroy(options);
        rocksdb_cache_destroy(_cache);
    }

    private long PropertyOf(Column column, ReadOnlySpan<byte> zeroEndedName)
    {
        fixed (byte* name = zeroEndedName)
            return rocksdb_property_int_cf(_db, _columns[(int)column], name, out ulong value) == 0 ? (long)value : 0;
    }

    private void Enter()
    {
        Interlocked.Increment(ref _users);
        if (!_closing) return;
        Leave();
        throw new ObjectDisposedException(nameof(RocksDbStore), $"The database in '{Location}' is closed.");
    }

    private void Leave() => Interlocked.Decrement(ref _users);

    private bool TryGet(nint readOptions, Column column, ReadOnlySpan<byte> key, out byte[] value)
    {
        nint slice = GetPinned(readOptions, column, key);
        if (slice == 0)
        {
            value = [];
            return false;
        }
        byte* bytes = rocksdb_pinnableslice_value(slice, out nuint size);
        value = new ReadOnlySpan<byte>(bytes, checked((int)size)).ToArray();
        rocksdb_pinnableslice_destroy(slice);
        return true;
    }

    private int Read(nint readOptions, Column column, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        nint slice = GetPinned(readOptions, column, key);
        if (slice == 0) return -1;
        byte* bytes = rocksdb_pinnableslice_value(slice, out nuint size);
        int length = checked((int)size);
        new ReadOnlySpan<byte>(bytes, Math.Min(length, destination.Length)).CopyTo(destination);
        rocksdb_pinnableslice_destroy(slice);
        return length;
    }

    private nint GetPinned(nint readOptions, Column column, ReadOnlySpan<byte> key)
    {
        byte* error = null;
        nint slice;
        fixed (byte* pointer = key) slice = rocksdb_get_pinned_cf(_db, readOptions, _columns[(int)column], pointer, (nuint)key.Length, ref error);
        if (error is not null) throw Failure($"read from column {column}", error);
        return slice;
    }

    private StorageException Failure(string operation, byte* error)
    {
        string text = Marshal.PtrToStringUTF8((nint)error) ?? "unknown error";
        rocksdb_free(error);
        return StorageErrors.Describe(Location, operation, text);
    }

    /// <summary>
    /// After a failed write the log is in an unknown state: builds of the library with assertions (Debian's) abort the process when its file is used again. So no later write
    /// reaches the library; opening again recovers to the last whole batch.
    /// </summary>
    private void ThrowIfWritingFailed()
    {
        if (_writeFailure is { } failure) throw new StorageException(failure.Error, failure.Message, failure);
    }

    private StorageException WriteFailure(string operation, byte* error) => _writeFailure = Failure(operation, error);

    private sealed class Snapshot : ISnapshot
    {
        private readonly RocksDbStore _store;
        private readonly nint _snapshot;
        private readonly nint _readOptions;
        private bool _disposed;

        public Snapshot(RocksDbStore store)
        {
            _store = store;
            store.Enter();
            _snapshot = rocksdb_create_snapshot(store._db);
            _readOptions = rocksdb_readoptions_create();
            rocksdb_readoptions_set_snapshot(_readOptions, _snapshot);
        }

        public bool TryGet(Column column, ReadOnlySpan<byte> key, out byte[] value)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _store.TryGet(_readOptions, column, key, out value);
        }

        public int Read(Column column, ReadOnlySpan<byte> key, Span<byte> destination)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _store.Read(_readOptions, column, key, destination);
        }

        public IKeyValueIterator Iterate(Column column, ReadOnlySpan<byte> lower = default, ReadOnlySpan<byte> upper = default)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new Iterator(_store, column, _snapshot, lower, upper);
        }

        public void Dispose()
        {
            if (_disposed) return;
            _disposed = true;
            rocksdb_readoptions_destroy(_readOptions);
            rocksdb_release_snapshot(_store._db, _snapshot);
            _store.Leave();
        }
    }

    private sealed class Iterator : IKeyValueIterator
    {
        private readonly RocksDbStore _store;
        private readonly byte[] _lower;
        private readonly nint _readOptions;
        private readonly nint _iterator;
        private readonly byte* _upper;
        private bool _started;
        private bool _disposed;

        public Iterator(RocksDbStore store, Column column, nint snapshot, ReadOnlySpan<byte> lower, ReadOnlySpan<byte> upper)
        {
            _store = store;
            _lower = lower.ToArray();
            store.Enter();
            _readOptions = rocksdb_readoptions_create();
            if (snapshot != 0) rocksdb_readoptions_set_snapshot(_readOptions, snapshot);
            if (upper.Length > 0)
            {
                // The library keeps the pointer for the iterator's life, so the bound lives in native memory.
                _upper = (byte*)NativeMemory.Alloc((nuint)upper.Length);
                upper.CopyTo(new Span<byte>(_upper, upper.Length));
                rocksdb_readoptions_set_iterate_upper_bound(_readOptions, _upper, (nuint)upper.Length);
            }
            _iterator = rocksdb_create_iterator_cf(store._db, _readOptions, store._columns[(int)column]);
        }

        public ReadOnlySpan<byte> Key
        {
            get
            {
                byte* bytes = rocksdb_iter_key(_iterator, out nuint size);
                return new ReadOnlySpan<byte>(bytes, (int)size);
            }
        }

        public ReadOnlySpan<byte> Value
        {
            get
            {
                byte* bytes = rocksdb_iter_value(_iterator, out nuint size);
                return new ReadOnlySpan<byte>(bytes, (int)size);
            }
        }

        public bool MoveNext()
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_started) return Seek(_lower);
            if (rocksdb_iter_valid(_iterator) == 0) return false;
            rocksdb_iter_next(_iterator);
            return IsValid();
        }

        public bool Seek(ReadOnlySpan<byte> key)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _started = true;
            if (key.SequenceCompareTo(_lower) < 0) key = _lower;
            fixed (byte* pointer = key)
            {
                if (key.IsEmpty) rocksdb_iter_seek_to_first(_iterator);
                else rocksdb_iter_seek(_iterator, pointer, (nuint)key.Length);
            }
            return IsValid();
        }

        public void Dispose()
        {
            if (_disposed) return;
            _disposed = true;
            rocksdb_iter_destroy(_iterator);
            rocksdb_readoptions_destroy(_readOptions);
            NativeMemory.Free(_upper);
            _store.Leave();
        }

        private bool IsValid()
        {
            if (rocksdb_iter_valid(_iterator) != 0) return true;
            byte* error = null;
            rocksdb_iter_get_error(_iterator, ref error);
            return error is null ? false : throw _store.Failure("iterate", error);
        }
    }

    private sealed class Batch : IWriteBatch
    {
        private readonly RocksDbStore _store;
        private readonly nint _batch;
        private bool _disposed;

        public Batch(RocksDbStore store)
        {
            _store = store;
            store.Enter();
            _batch = rocksdb_writebatch_create();
        }

        public int Count { get; private set; }

        private long SizeBytes { get; set; }

        public void Put(Column column, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            fixed (byte* keyPointer = key, valuePointer = value)
                rocksdb_writebatch_put_cf(_batch, _store._columns[(int)column], keyPointer, (nuint)key.Length, valuePointer, (nuint)value.Length);
            Count++;
            SizeBytes += key.Length + value.Length + EntryOverheadBytes;
        }

        public void Delete(Column column, ReadOnlySpan<byte> key)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            fixed (byte* pointer = key) rocksdb_writebatch_delete_cf(_batch, _store._columns[(int)column], pointer, (nuint)key.Length);
            Count++;
            SizeBytes += key.Length + EntryOverheadBytes;
        }

        public void DeleteRange(Column column, ReadOnlySpan<byte> lower, ReadOnlySpan<byte> upper)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (lower.SequenceCompareTo(upper) >= 0) return;
            fixed (byte* lowerPointer = lower, upperPointer = upper)
                rocksdb_writebatch_delete_range_cf(_batch, _store._columns[(int)column], lowerPointer, (nuint)lower.Length, upperPointer, (nuint)upper.Length);
            Count++;
            SizeBytes += lower.Length + upper.Length + EntryOverheadBytes;
        }

        public void Commit(bool sync)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _store.ThrowIfWritingFailed();
            _store._space.Require(WritesPerByte * SizeBytes, "write");
            byte* error = null;
            rocksdb_write(_store._db, sync ? _store._syncOptions : _store._writeOptions, _batch, ref error);
            if (error is not null) throw _store.WriteFailure("write", error);
            rocksdb_writebatch_clear(_batch);
            Count = 0;
            SizeBytes = 0;
        }

        public void Dispose()
        {
            if (_disposed) return;
            _disposed = true;
            rocksdb_writebatch_destroy(_batch);
            _store.Leave();
        }
    }
}
