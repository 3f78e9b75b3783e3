using Chain.Core.Primitives;
using Chain.Storage.Engines;
using Chain.Storage.Maintenance;
using Chain.Storage.State;

namespace Chain.Storage;

/// <summary>What an operator does to a database.</summary>
public sealed partial class ChainDatabase
{
    /// <summary>Blocks undone in one batch when going back below the merged state; bounds the memory.</summary>
    private const ulong RollBackStepBlocks = 256;

    /// <summary>
    /// Compares tries, flat state, code and (when asked) blocks with one another over a frozen view, from the merged state's root and the head down; reading may go on meanwhile.
    /// The layers above the merged state were recomputed from their records, and their roots checked, when the database was opened.
    /// </summary>
    /// <param name="withBlocks">True to check the blocks too.</param>
    /// <param name="progress">Is offered a message often; null for nothing.</param>
    /// <param name="cancellation">Stops the walk.</param>
    public VerifyReport Verify(bool withBlocks = true, Action<Func<string>>? progress = null, CancellationToken cancellation = default)
    {
        using ISnapshot snapshot = _store.CreateSnapshot();
        return new DatabaseVerifier(snapshot, progress, cancellation).Run(withBlocks);
    }

    /// <summary>
    /// Makes a canonical block the head and forgets all above it, as <see cref="DropBlocksAbove"/>, also below the merged state as far as history reaches. Every step of it is a
    /// whole database.
    /// </summary>
    /// <exception cref="StorageException">History is damaged: it does not give the block's state root.</exception>
    public MoveResult RollBack(ulong number)
    {
        lock (_writing)
        {
            MoveResult result = DropBlocksAbove(number);
            if (result != MoveResult.TooOld || number < States.OldestNumber) return result;
            result = DropBlocksAbove(States.Base.Number);
            while (result == MoveResult.Done && Head.Number > number) StepBack(Math.Max(number, Head.Number - Math.Min(Head.Number, RollBackStepBlocks)));
            return result;
        }
    }

    /// <summary>Deletes the states of all but the newest blocks, as <see cref="StorageOptions.HistoryBlocks"/> counts them.</summary>
    public void PruneHistory(ulong keepBlocks)
    {
        lock (_writing) States.PruneAll(keepBlocks);
    }

    /// <summary>Rewrites a column into its smallest form; slow.</summary>
    public void Compact(Column column) => _store.Compact(column);

    /// <summary>Estimated size of a column, bytes.</summary>
    public long EstimateSizeBytes(Column column) => _store.EstimateSizeBytes(column);

    private void StepBack(ulong number)
    {
        if (!Blocks.TryGetCanonicalHash(number, out Hash256 hash) || Blocks.GetHeader(hash) is not { } header) throw StorageErrors.Damaged(_store.Location, $"block {number} is missing");
        BlockId id = new(number, hash);
        Pointers pointers = new(id, Safe.Number > number ? id : Safe, Finalized.Number > number ? id : Finalized);
        using IWriteBatch batch = _store.CreateBatch();
        BaseReturn rollBack = States.WriteRollBack(batch, id, header.StateRoot);
        HeadMove move = WriteHead(batch, id, null);
        List<Hash256> hashes = Blocks.DeleteAbove(batch, number);
        RollBackLogs(batch, number);
        WritePointer(batch, Schema.MetaSafe, pointers.Safe);
        WritePointer(batch, Schema.MetaFinalized, pointers.Finalized);
        batch.Commit(_options.SyncEveryBlock);
        States.CompleteRollBack(rollBack);
        Publish(move, States.Base, pointers);
        Blocks.Forget(hashes);
    }
}
