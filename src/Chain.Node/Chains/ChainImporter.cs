using System.Diagnostics;
using System.Threading.Channels;
using Chain.Consensus;
using Chain.Consensus.Execution;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Rlp;
using Chain.Core.Threading;
using Chain.Core.Types;
using Chain.Storage.Blocks;

namespace Chain.Node.Chains;

/// <summary>What an import did.</summary>
/// <param name="Imported">Blocks stored.</param>
/// <param name="Skipped">Blocks that were here before.</param>
/// <param name="Transactions">Transactions of the blocks stored.</param>
/// <param name="Gas">Gas of the blocks stored.</param>
/// <param name="Elapsed">Time taken.</param>
/// <param name="Failure">Why it stopped before the end: one sentence; null at the end of the file.</param>
/// <param name="WasCancelled">True when it was asked to stop.</param>
public sealed record ImportSummary(long Imported, long Skipped, long Transactions, ulong Gas, TimeSpan Elapsed, string? Failure, bool WasCancelled);

/// <summary>
/// Imports a file of blocks. One thread reads, decodes and recovers the senders of several blocks ahead on all cores, another executes, a third writes the block before. Blocks
/// that are stored already are passed by their header's hash alone.
/// </summary>
public sealed class ChainImporter
{
    /// <summary>Small, so that the first blocks are executed early and the cores are kept busy to the end.</summary>
    private const int BatchBlocksMax = 64;
    private const int BatchBytesMax = 256 << 10;

    /// <summary>Shares of the memory for blocks that are decoded and wait, those in work included: a batch takes one for each <see cref="BatchBytesMax"/> it has reached, one at least.</summary>
    private const int Shares = 10;

    private readonly ChainManager _chain;
    private readonly BlockStore _stored;
    private readonly ImportProgress? _progress;

    /// <summary>An importer into a chain.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="progress">Is told after each block; null for nothing.</param>
    public ChainImporter(ChainManager chain, ImportProgress? progress = null)
    {
        _chain = chain;
        _stored = chain.Database.Blocks;
        _progress = progress;
    }

    /// <summary>Imports all blocks of a file up to its end, the first bad block, or a request to stop.</summary>
    /// <exception cref="Storage.StorageException">A block could not be stored.</exception>
    public ImportSummary Run(BlockStreamReader file, CancellationToken cancellation = default)
    {
        long started = Stopwatch.GetTimestamp();
        long imported = 0;
        long known = 0;
        long transactions = 0;
        ulong gas = 0;
        string? failure = null;
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // Bounded by the shares.
        Channel<Batch> batches = Channel.CreateUnbounded<Batch>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        using SemaphoreSlim shares = new(Shares);
        Queue queue = new(batches.Reader, shares, cancellation);
        // A thread of its own: those of the pool are busy recovering.
        Task reading = Task.Factory.StartNew(() => ReadAll(file, batches.Writer, shares, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            _chain.ImportAll(queue, Count);
        }
        finally
        {
            stop.Cancel();
            reading.Wait(CancellationToken.None);
        }
        return new ImportSummary(imported, queue.Skipped + known, transactions, gas, Stopwatch.GetElapsedTime(started), failure ?? queue.Failure, cancellation.IsCancellationRequested);

        void Count(Block block, ImportResult result)
        {
            if (!result.IsAccepted)
            {
                failure = Describe(block, result);
                return;
            }
            if (result.Status == ImportStatus.AlreadyKnown)
            {
                known++;
                return;
            }
            imported++;
            transactions += block.Transactions.Count;
            gas += block.Header.GasUsed;
            _progress?.Report(block, queue.PositionBytes, file.LengthBytes);
        }
    }

    private void ReadAll(BlockStreamReader file, ChannelWriter<Batch> batches, SemaphoreSlim shares, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                Batch batch = ReadBatch(file, shares, stop);
                batches.TryWrite(batch);
                if (batch.IsLast) break;
            }
            batches.Complete();
        }
        catch (OperationCanceledException)
        {
            batches.Complete();
        }
        catch (Exception e)
        {
            // The executing side throws it.
            batches.Complete(e);
        }
    }

    private Batch ReadBatch(BlockStreamReader file, SemaphoreSlim shares, CancellationToken stop)
    {
        List<byte[]> encoded = [];
        int size = 0;
        long skipped = 0;
        string? failure = null;
        bool isLast = false;
        while (encoded.Count < BatchBlocksMax && size < BatchBytesMax && skipped < BatchBlocksMax && !stop.IsCancellationRequested)
        {
            byte[]? next = null;
            try
            {
                next = file.ReadNext();
            }
            catch (UserException e)
            {
                failure = e.Message;
            }
            if (next is null)
            {
                isLast = true;
                break;
            }
            if (IsStored(next))
            {
                skipped++;
                continue;
            }
            encoded.Add(next);
            size += next.Length;
        }
        int taken = Math.Clamp(size / BatchBytesMax, 1, Shares);
        for (int i = 0; i < taken; i++) shares.Wait(stop);
        Block?[] blocks = new Block?[encoded.Count];
        string?[] errors = new string?[encoded.Count];
        SharedWork.Run(blocks.Length, i =>
        {
            if (!Block.TryDecode(encoded[i], out blocks[i], out BlockError error, out TransactionError transactionError)) errors[i] = DescribeUndecodable(encoded[i], error, transactionError);
        });
        int bad = Array.FindIndex(errors, e => e is not null);
        Block[] good = [.. blocks.Take(bad < 0 ? blocks.Length : bad).Select(b => b!)];
        Transaction[] transactions = [.. good.SelectMany(b => b.Transactions)];
        SharedWork.Run(transactions.Length, i =>
        {
            long since = Stopwatch.GetTimestamp();
            // Whether it has one is for the validator to say.
            transactions[i].TryRecoverSender(out _);
            _chain.ImportTimes.End(Stage.Recovery, ref since);
        });
        return new Batch(good, skipped, bad < 0 ? failure : errors[bad], isLast || bad >= 0, file.PositionBytes, taken);
    }

    private bool IsStored(byte[] encoded)
    {
        RlpReader reader = new(encoded);
        reader.EnterList();
        BlockHeader header = BlockHeader.Decode(ref reader);
        return reader.Error == RlpError.None && _stored.Contains(header.Hash);
    }

    private string Describe(Block block, ImportResult result)
    {
        if (result.Status == ImportStatus.UnknownParent)
        {
            string cause = block.Header.Number == 1
                ? $"it follows genesis {block.Header.ParentHash}, and this chain's is {_chain.Database.GenesisHash}: the file is of another chain"
                : $"its parent {block.Header.ParentHash} is not stored. The head is block {_chain.Database.Head.Number}: import the blocks up to {block.Header.Number - 1} first, unless the file is of another chain";
            return $"Block {block.Header.Number} ({result.Hash}) is refused by BlockException.UNKNOWN_PARENT: {cause}. All blocks before it are stored.";
        }
        string transaction = result.TransactionIndex >= 0 ? $" in transaction {result.TransactionIndex} ({block.Transactions[result.TransactionIndex].Hash})" : "";
        string detail = result.Detail.Length > 0 ? $": {result.Detail}" : "";
        return $"Block {block.Header.Number} ({result.Hash}) is refused by {result.ErrorName}{transaction}{detail}. All blocks before it are stored.";
    }

    private static string DescribeUndecodable(byte[] encoded, BlockError error, TransactionError transactionError)
    {
        RlpReader reader = new(encoded);
        reader.EnterList();
        BlockHeader header = BlockHeader.Decode(ref reader);
        string which = reader.Error == RlpError.None ? $"Block {header.Number} ({header.Hash})" : $"A block of {encoded.Length} bytes, whose header is unreadable,";
        string rule = new ImportResult(ImportStatus.Invalid, default(Hash256), error, transactionError).ErrorName;
        return $"{which} is refused by {rule}: it cannot be decoded. All blocks before it are stored.";
    }

    private sealed record Batch(Block[] Blocks, long Skipped, string? Failure, bool IsLast, long PositionBytes, int Shares);

    /// <summary>The blocks of the batches that are decoded.</summary>
    private sealed class Queue(ChannelReader<Batch> batches, SemaphoreSlim shares, CancellationToken cancellation) : IBlockQueue
    {
        private Batch _batch = new([], 0, null, IsLast: false, 0, 0);
        private int _next;

        /// <summary>Blocks that were passed because they are stored.</summary>
        public long Skipped { get; private set; }

        /// <summary>How far the file is read, bytes.</summary>
        public long PositionBytes => _batch.PositionBytes;

        /// <summary>What is wrong with the file after the blocks taken; null for nothing.</summary>
        public string? Failure => _next == _batch.Blocks.Length ? _batch.Failure : null;

        public Block? TryTake()
        {
            while (!cancellation.IsCancellationRequested)
            {
                if (_next < _batch.Blocks.Length) return _batch.Blocks[_next++];
                // Given back before the next batch is here: it may need all of them.
                if (_batch.Shares > 0) shares.Release(_batch.Shares);
                _batch = _batch with { Blocks = [], Shares = 0 };
                _next = 0;
                if (!batches.TryRead(out Batch? batch)) return null;
                _batch = batch;
                Skipped += batch.Skipped;
            }
            return null;
        }

        public bool Wait()
        {
            try
            {
                return !cancellation.IsCancellationRequested && (_next < _batch.Blocks.Length || batches.WaitToReadAsync(cancellation).AsTask().GetAwaiter().GetResult());
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }
}
