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
    public IReadOnlyList<Transaction> Load()
    {
        lock (_lock)
        {
            List<Transaction> transactions = [];
            if (!File.Exists(_path) || new FileInfo(_path).Length > SizeBytesMax) return transactions;
            byte[] bytes = File.ReadAllBytes(_path);
            RlpReader reader = new(bytes);
            int wholeSizeBytes = 0;
            while (!reader.AtEnd)
            {
                ReadOnlySpan<byte> encoded = reader.ReadBytes();
                if (reader.Error != RlpError.None) break;
                wholeSizeBytes = reader.Position;
                if (TransactionCodec.TryDecode(encoded, out Transaction? transaction, out _)) transactions.Add(transaction);
            }
            if (wholeSizeBytes < bytes.Length) CutTo(wholeSizeBytes);
            return transactions;
        }
    }

    /// <summary>Appends one transaction.</summary>
    public void Append(Transaction transaction)
    {
        lock (_lock)
        {
            try
            {
                _file ??= new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
                WriteRecord(_file, transaction);
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
                    foreach (PooledTransaction pooled in transactions) WriteRecord(file, pooled.Transaction);
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

    private static void WriteRecord(FileStream file, Transaction transaction)
    {
        using RlpWriter writer = new(transaction.EncodedSizeBytes + 16);
        writer.WriteBytes(TransactionCodec.Encode(transaction));
        file.Write(writer.Written);
    }

    private void Warn()
    {
        if (_warned) return;
        _warned = true;
        _warn($"The journal of local transactions '{_path}' cannot be written; pending transactions will not survive a restart. Check free space and permissions.");
    }
}
