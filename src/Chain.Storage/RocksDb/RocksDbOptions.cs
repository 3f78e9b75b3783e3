namespace Chain.Storage.RocksDb;

/// <summary>All tuning of the RocksDB engine. Sizes in bytes.</summary>
public sealed record RocksDbOptions
{
    /// <summary>Block cache (data, index and filter blocks) shared by all columns. Default 256 MiB.</summary>
    public long BlockCacheBytes { get; init; } = 256L << 20;

    /// <summary>Write buffers of all columns together; the fullest is flushed above this. Default 128 MiB.</summary>
    public long WriteBufferBytes { get; init; } = 128L << 20;

    /// <summary>Write-ahead log size that forces a flush, which bounds the time of recovery. Default 256 MiB.</summary>
    public long WriteAheadLogBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Free space on the disk below which writes are refused, so that flushes and compactions in the background still have room. Null, the default: twice
    /// <see cref="WriteBufferBytes"/>, once for the buffers that are flushed and once for a compaction beside them. 0 switches the check off but for the batch itself.
    /// </summary>
    public long? DiskReserveBytes { get; init; }

    /// <summary>Files kept open. Default 512.</summary>
    public int OpenFilesMax { get; init; } = 512;

    /// <summary>Threads for flush and compaction. Default 2.</summary>
    public int BackgroundJobs { get; init; } = 2;

    /// <summary>Bits of the Bloom filter per key. 10 lets about 1 % of the reads of absent keys through to a data block.</summary>
    internal const double BloomBitsPerKey = 10;

    /// <summary>Size of a data block before compression, bytes: accounts and slots are small and read at random.</summary>
    internal const int DataBlockBytes = 8 << 10;

    /// <summary>Table format, understood since RocksDB 6.6; block checksums are verified on every read from disk.</summary>
    internal const int TableFormatVersion = 5;

    /// <summary>LZ4 for all columns but those that do not compress (hashes).</summary>
    internal const int CompressionLz4 = 4;

    /// <summary>No compression.</summary>
    internal const int CompressionNone = 0;

    /// <summary>
    /// kTolerateCorruptedTailRecords: a record cut off at the end of the log (the process died in the middle of a write) is dropped, damage anywhere before it refuses to open.
    /// The library's default would silently stop at damage and serve an older chain.
    /// </summary>
    internal const int RecoveryTolerateCutTail = 0;

    /// <summary>Diagnostic logs of the library kept in the folder.</summary>
    internal const int LogFilesKept = 3;

    /// <summary>Compression of a column.</summary>
    internal static int CompressionOf(Column column) =>
        column is Column.Senders or Column.Canonical or Column.Transactions or Column.BlockNumbers ? CompressionNone : CompressionLz4;
}
