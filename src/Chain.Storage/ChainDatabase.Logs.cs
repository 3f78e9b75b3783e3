using Chain.Storage.Engines;
using Chain.Storage.Logs;

namespace Chain.Storage;

/// <summary>Keeps the log index in step: sections behind the head are turned round beside the work, each in a batch of its own.</summary>
public sealed partial class ChainDatabase
{
    private Task _logMerge = Task.CompletedTask;
    private int _logRollBacks;

    private void MergeLogs()
    {
        if (_logMerge.IsCompleted && LogIndex.IsDue(Logs.NextSection, Head.Number)) _logMerge = Task.Run(MergeLogSections);
    }

    private void RollBackLogs(IWriteBatch batch, ulong number)
    {
        _logRollBacks++;
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
                using IWriteBatch batch = _store.CreateBatch();
                int blocks = Logs.Merge(batch, section);
                lock (_writing)
                {
                    // Read without the lock: if a block came or went there since, the section is read again.
                    if (!_disposed && rollBacks == _logRollBacks && Logs.CountBlocks(section) == blocks) batch.Commit(sync: false);
                }
            }
        }
        catch (StorageException)
        {
            // Nothing was written, and all is found as before; the next block tries again, and its own batch meets a lasting fault.
        }
    }
}
