using System.Runtime.InteropServices;
using Chain.Core.Crypto;

namespace Chain.Storage.RocksDb;

/// <summary>
/// The part of librocksdb's C interface (rocksdb/c.h, 7.8) that the engine uses. Handles are opaque pointers; every function with <c>error</c> sets it to a
/// malloc'ed C string on failure, which the caller frees with <see cref="rocksdb_free"/>. Only blittable types cross, so no marshalling code is generated.
/// </summary>
#pragma warning disable IDE1006 // Names are those of the C header.
internal static unsafe partial class Native
{
    private const string Library = NativeLibraries.RocksDb;

    static Native() => NativeLibraries.Register(typeof(Native).Assembly);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_open_column_families(nint options, byte* path, int count, byte** names, nint* columnOptions, nint* handles, ref byte* error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_close(nint db);

    [LibraryImport(Library)]
    internal static partial void rocksdb_free(void* memory);

    [LibraryImport(Library)]
    internal static partial void rocksdb_column_family_handle_destroy(nint handle);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_get_pinned_cf(nint db, nint readOptions, nint column, byte* key, nuint keySize, ref byte* error);

    [LibraryImport(Library)]
    internal static partial byte* rocksdb_pinnableslice_value(nint slice, out nuint size);

    [LibraryImport(Library)]
    internal static partial void rocksdb_pinnableslice_destroy(nint slice);

    [LibraryImport(Library)]
    internal static partial void rocksdb_write(nint db, nint writeOptions, nint batch, ref byte* error);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_writebatch_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_destroy(nint batch);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_clear(nint batch);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_put_cf(nint batch, nint column, byte* key, nuint keySize, byte* value, nuint valueSize);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_delete_cf(nint batch, nint column, byte* key, nuint keySize);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_delete_range_cf(nint batch, nint column, byte* lower, nuint lowerSize, byte* upper, nuint upperSize);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_create_snapshot(nint db);

    [LibraryImport(Library)]
    internal static partial void rocksdb_release_snapshot(nint db, nint snapshot);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_readoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_snapshot(nint options, nint snapshot);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_iterate_upper_bound(nint options, byte* key, nuint keySize);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_writeoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_writeoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writeoptions_set_sync(nint options, byte value);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_create_iterator_cf(nint db, nint readOptions, nint column);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_destroy(nint iterator);

    [LibraryImport(Library)]
    internal static partial byte rocksdb_iter_valid(nint iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek_to_first(nint iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek(nint iterator, byte* key, nuint keySize);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_next(nint iterator);

    [LibraryImport(Library)]
    internal static partial byte* rocksdb_iter_key(nint iterator, out nuint size);

    [LibraryImport(Library)]
    internal static partial byte* rocksdb_iter_value(nint iterator, out nuint size);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_get_error(nint iterator, ref byte* error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_flush_wal(nint db, byte sync, ref byte* error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_compact_range_cf(nint db, nint column, byte* lower, nuint lowerSize, byte* upper, nuint upperSize);

    [LibraryImport(Library)]
    internal static partial int rocksdb_property_int_cf(nint db, nint column, byte* name, out ulong value);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_options_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_create_if_missing(nint options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_create_missing_column_families(nint options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_wal_recovery_mode(nint options, int mode);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_db_write_buffer_size(nint options, nuint bytes);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_write_buffer_size(nint options, nuint bytes);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_total_wal_size(nint options, ulong bytes);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_open_files(nint options, int count);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_background_jobs(nint options, int count);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_keep_log_file_num(nint options, nuint count);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_compression(nint options, int kind);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_level_compaction_dynamic_level_bytes(nint options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_block_based_table_factory(nint options, nint table);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_block_based_options_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_destroy(nint table);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_block_cache(nint table, nint cache);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_block_size(nint table, nuint bytes);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_filter_policy(nint table, nint policy);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_cache_index_and_filter_blocks(nint table, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(nint table, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_format_version(nint table, int version);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_filterpolicy_create_bloom_full(double bitsPerKey);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_cache_create_lru(nuint capacityBytes);

    [LibraryImport(Library)]
    internal static partial void rocksdb_cache_destroy(nint cache);
}
#pragma warning restore IDE1006
