using System.Diagnostics;
using Chain.Consensus.Execution;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Storage;

namespace Chain.Consensus;

/// <summary>Many blocks one after the other.</summary>
public sealed partial class ChainManager
{
    /// <summary>Time for which an import keeps others that wait from the chain, ms, beside the blocks in work at its end.</summary>
    private const int SliceMs = 100;

    /// <summary>Time for which an import stands back for those who wait, ms; after that it takes its turn like them.</summary>
    private const int StandBackMsMax = 20;

    /// <summary>
    /// Imports blocks in order, as <see cref="Import"/> does each, up to the first that is not accepted. While a block is written to the database, the next one is validated on its
    /// state already; a block counts, and moves the head, only when it is written. Others who wait for the chain are let in after some 100 ms, and whenever the next block is not here
    /// yet: the chain may be another one after that, and each block is judged by the chain it finds.
    /// </summary>
    /// <param name="blocks">The blocks; waited for while others have the chain.</param>
    /// <param name="report">Is told of each block in order, the refused one included.</param>
    /// <exception cref="StorageException">A block could not be written; those reported before are.</exception>
    public void ImportAll(IBlockQueue blocks, Action<Block, ImportResult> report)
    {
        using CommitThread thread = new(Database, ImportTimes);
        while (blocks.Wait() && ImportSlice(blocks, thread, report)) StandBack();
    }

    /// <summary>Imports what is here until others have waited long enough; false after a block that is not accepted.</summary>
    private bool ImportSlice(IBlockQueue blocks, CommitThread thread, Action<Block, ImportResult> report)
    {
        using Lock.Scope publishing = _publishing.EnterScope();
        using Lock.Scope changing = _lock.EnterScope();
        long sliceBegun = Stopwatch.GetTimestamp();
        ValidBlock? unstored = null;
        long arrived = 0;
        try
        {
            while (!IsTurnOver(sliceBegun) && blocks.TryTake() is { } block)
            {
                Hash256 hash = block.Header.Hash;
                bool isAhead = unstored is not null && block.Header.ParentHash == unstored.Executed.Hash && Contexts.IsPostMerge(unstored.Executed.Block.Header);
                if (!isAhead) Finish(thread, ref unstored, arrived, report);
                long begun = Stopwatch.GetTimestamp();
                ValidBlock? valid = null;
                ImportResult result = Database.Blocks.Contains(hash) ? new ImportResult(ImportStatus.AlreadyKnown, hash) : _validator.Validate(block, out valid, unstored);
                Finish(thread, ref unstored, arrived, report);
                if (valid is not null)
                {
                    arrived = begun;
                    unstored = valid;
                    thread.Begin(valid, IsBetter(block.Header, Database.Head));
                    continue;
                }
                if (result.Status == ImportStatus.Invalid) RememberBad(block);
                report(block, result);
                if (!result.IsAccepted) return false;
            }
        }
        finally
        {
            // Whatever ended the slice, the block under way counts if it gets written.
            Finish(thread, ref unstored, arrived, report);
        }
        return true;
    }

    private bool IsTurnOver(long sliceBegun) => HasWaiters && Stopwatch.GetElapsedTime(sliceBegun).TotalMilliseconds >= SliceMs;

    /// <summary>A lock that is free for a moment only goes to whoever runs, mostly the one that gave it up: the import holds back until the others have it.</summary>
    private void StandBack()
    {
        SpinWait wait = default;
        for (long since = Stopwatch.GetTimestamp(); HasWaiters && Stopwatch.GetElapsedTime(since).TotalMilliseconds < StandBackMsMax;) wait.SpinOnce();
    }

    private bool HasWaiters => _publishing.HasWaiters || _lock.HasWaiters;

    private void Finish(CommitThread thread, ref ValidBlock? unstored, long arrived, Action<Block, ImportResult> report)
    {
        if (unstored is null) return;
        ExecutedBlock executed = unstored.Executed;
        unstored = null;
        BlockId oldHead = thread.End(out bool becameHead);
        Timings.Record(executed.Block, executed.Hash, BlockSource.Imported, arrived);
        long since = Stopwatch.GetTimestamp();
        if (becameHead)
        {
            HeadChange change = DescribeMove(oldHead, executed);
            RefreshPool(change);
            HeadChanged?.Invoke(change);
            Volatile.Write(ref _published, change.Head);
        }
        ImportTimes.End(Stage.Head, ref since);
        report(executed.Block, new ImportResult(becameHead ? ImportStatus.BecameHead : ImportStatus.SideChain, executed.Hash));
    }

    /// <summary>One thread that writes one block at a time. Disposing it waits for the block under way.</summary>
    private sealed class CommitThread : IDisposable
    {
        private readonly ChainDatabase _database;
        private readonly StageTimes _times;
        private readonly SemaphoreSlim _begin = new(0);
        private readonly SemaphoreSlim _end = new(0);
        private readonly Thread _thread;
        private (ValidBlock Block, bool MakeHead, BlockId OldHead)? _work;
        private System.Runtime.ExceptionServices.ExceptionDispatchInfo? _failure;
        private bool _isBusy;

        public CommitThread(ChainDatabase database, StageTimes times)
        {
            _database = database;
            _times = times;
            _thread = new Thread(Run) { IsBackground = true, Name = "commit" };
            _thread.Start();
        }

        public void Begin(ValidBlock block, bool makeHead)
        {
            _work = (block, makeHead, _database.Head);
            _isBusy = true;
            _begin.Release();
        }

        /// <summary>Waits until the block is written; gives the head before it.</summary>
        public BlockId End(out bool becameHead)
        {
            _end.Wait();
            _isBusy = false;
            _failure?.Throw();
            becameHead = _work!.Value.MakeHead;
            return _work.Value.OldHead;
        }

        public void Dispose()
        {
            if (_isBusy) _end.Wait();
            _work = null;
            _begin.Release();
            _thread.Join();
            _begin.Dispose();
            _end.Dispose();
        }

        private void Run()
        {
            while (true)
            {
                _begin.Wait();
                if (_work is not { } work) return;
                long since = Stopwatch.GetTimestamp();
                try
                {
                    ExecutedBlock executed = work.Block.Executed;
                    _database.CommitBlock(executed.Block, executed.Hash, executed.Receipts, executed.Senders, work.Block.State, work.MakeHead, executed.AuditRecord.Span);
                }
#pragma warning disable CA1031 // Thrown again by the thread that waits for the block.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    _failure = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e);
                }
                _times.End(Stage.Commit, ref since);
                _end.Release();
            }
        }
    }
}
