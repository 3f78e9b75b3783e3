using Chain.Storage.Engines;
using Chain.Storage.Logs;

namespace Chain.Storage;

/// <summary>Keeps the log index in step: sections behind the head are turned round beside the work, each in a batch of its own.</summary>
public sealed partial class ChainDatabase
{
    /// <summary>Blocks after which a section that could not be turned round is tried again.</summary>
    public const ulong LogRetryBlocks = 64;

    private Task _logMerge = Task.CompletedTask;
    private int _logRollBacks;
    private int _logMergeFailures;
    private ulong _logRetryAt;
    private bool _isLogMergeFailing;

    /// <summary>
    /// Raised when sections of the log index begin to fail to be turned round, once until one succeeds. It is tried again every <see cref="LogRetryBlocks"/> blocks; all logs are
    /// found as before, more slowly. On a thread of the pool.
    /// </summary>
    public event Action<Exception>? LogMergeFailed;

    /// <summary>How often sections of the log index could not be turned round since the database was opened.</summary>
    public int LogMergeFailures => Volatile.Read(ref _logMergeFailures);

    private void MergeLogs()
    {
        if (_logMerge.IsCompleted && Head.Number >= _logRetryAt && LogIndex.IsDue(Logs.NextSection, Head.Number)) _logMerge = Task.Run(MergeLogSections);
    }

    private void RollBackLogs(IWriteBatch batch, ulong number)
    {
        _logRollBacks++;
        _logRetryAt = 0;
        Logs.WriteRollBack(batch, number);
    }

    private void MergeLogSections()
    {
        try
        {
            while (!_disposed && LogIndex.IsDue(Logs.NextSection, Head.Number))
            {
                ulong section = Logs.NextSection;
                int rollBacks = Volatile.Read(ref _logRollBacks);
                Logs.Merge(section, (part, blocks) => CommitLogPart(part, section, rollBacks, blocks));
            }
        }
#pragma warning disable CA1031 // Whatever it is, the chain goes on without: nothing of the section is lost, and all is found as before.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Volatile.Write(ref _logRetryAt, Head.Number + LogRetryBlocks);
            Interlocked.Increment(ref _logMergeFailures);
            if (!_isLogMergeFailing) LogMergeFailed?.Invoke(e);
            _isLogMergeFailing = true;
        }
    }

    /// <summary>Parts are read without the lock: if a block came or went there since, the section is read again.</summary>
    private bool CommitLogPart(IWriteBatch part, ulong section, int rollBacks, int? blocksRead)
    {
        lock (_writing)
        {
            if (_disposed || rollBacks != _logRollBacks || (blocksRead is { } blocks && Logs.CountBlocks(section) != blocks)) return false;
            part.Commit(sync: false);
            if (blocksRead is not null) _isLogMergeFailing = false;
            return true;
        }
    }
}
