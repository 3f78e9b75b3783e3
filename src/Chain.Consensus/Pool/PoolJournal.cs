using Chain.Core.Rlp;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;

namespace Chain.Consensus.Pool;

/// <summary>
/// A file of local transactions, appended as they arrive and rewritten when most of it is stale, so that they survive a restart.
/// Records are RLP strings of the encoded transaction; a torn last record is dropped on load. Failures to write are reported once and do not refuse transactions.
/// </summary>
public sealed class PoolJournal : IDisposable
{
    /// <summary>Largest journal read at start.</summary>
    public const long SizeBytesMax = 1L << 30;

    private const int CompactionRecordsMin = 4_096;

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly Action<string> _warn;
    private FileStream? _file;
    private int _appended;
    private bool _warned;

    /// <summary>A journal in this file; made when absent.</summary>
    /// <param name="path">File.</param>
    /// <param name="warn">Receives one sentence when the file cannot be written.</param>
    public PoolJournal(string path, Action<string> warn)
    {
        _path = path;
        _warn = warn;
    }

    /// <summary>True when enough was appended that a rewrite pays.</summary>
    public bool NeedsCompaction => Volatile.Read(ref _appended) >= CompactionRecordsMin;

    /// <summary>
    /// Reads the transactions kept, in order; one that cannot be decoded is left out. What follows the last whole record is cut off, or nothing appended after it could be read.
    /// </summary>
    public IReadOnlyList<(Transaction Transaction, BlobSidecar? Sidecar)> Load()
    {
        lock (_lock)
        {
            List<(Transaction, BlobSidecar?)> transactions = [];
            if (!File.Exists(_path)) return transactions;
            if (new FileInfo(_path).Length > SizeBytesMax)
            {
                string aside = _path + ".too-large";
                File.Move(_path, aside, overwrite: true);
                _warn($"The journal of local transactions '{_path}' is larger than {SizeBytesMax} bytes and was not read. It is kept as '{aside}'.");
                return transactions;
            }
            byte[] bytes = File.ReadAllBytes(_path);
            RlpReader reader = new(bytes);
            int wholeSizeBytes = 0;
            while (!reader.AtEnd)
            {
                ReadOnlySpan<byte> encoded = reader.ReadBytes();
                if (reader.Error != RlpError.None) break;
                wholeSizeBytes = reader.Position;
                if (TransactionCodec.TryDecodeNetwork(encoded, out Transaction? transaction, out BlobSidecar? sidecar, out _, encoded.Length)) transactions.Add((transaction, sidecar));
            }
            if (wholeSizeBytes < bytes.Length) CutTo(wholeSizeBytes);
            return transactions;
        }
    }

    /// <summary>Appends one transaction, with its blobs if it has any.</summary>
    public void Append(Transaction transaction, BlobSidecar? sidecar = null)
    {
        lock (_lock)
        {
            try
            {
                _file ??= new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
                WriteRecord(_file, transaction, sidecar);
                _file.Flush();
                _appended++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Warn();
            }
        }
    }

    /// <summary>Replaces the file by these transactions.</summary>
    public void Rewrite(IEnumerable<PooledTransaction> transactions)
    {
        lock (_lock)
        {
            try
            {
                _file?.Dispose();
                _file = null;
                string fresh = _path + ".new";
                using (FileStream file = new(fresh, FileMode.Create, FileAccess.Write))
                {
                    foreach (PooledTransaction pooled in transactions) WriteRecord(file, pooled.Transaction, pooled.Sidecar);
                    file.Flush(flushToDisk: true);
                }
                File.Move(fresh, _path, overwrite: true);
                _appended = 0;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Warn();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void CutTo(long sizeBytes)
    {
        try
        {
            _file?.Dispose();
            _file = null;
            using FileStream file = new(_path, FileMode.Open, FileAccess.Write);
            file.SetLength(sizeBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Warn();
        }
    }

    private static void WriteRecord(FileStream file, Transaction transaction, BlobSidecar? sidecar)
    {
        byte[] encoded = TransactionCodec.EncodeNetwork(transaction, sidecar);
        using RlpWriter writer = new(encoded.Length + 16);
        writer.WriteBytes(encoded);
        file.Write(writer.Written);
    }

    private void Warn()
    {
        if (_warned) return;
        _warned = true;
        _warn($"The journal of local transactions '{_path}' cannot be written; pending transactions will not survive a restart. Check free space and permissions.");
    }
}
