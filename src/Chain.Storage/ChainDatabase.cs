using System.Buffers.Binary;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Storage.Blocks;
using Chain.Storage.Engines;
using Chain.Storage.Logs;
using Chain.Storage.State;

namespace Chain.Storage;

/// <summary>
/// The chain on disk: blocks and states that agree with one another after a kill at any moment. One writer at a time (members that write take a lock), any number of concurrent readers,
/// who see a block wholly or not at all. A failed write throws <see cref="StorageException"/> and leaves memory and disk as before.
/// </summary>
public sealed partial class ChainDatabase : IDisposable
{
    private readonly Lock _writing = new();
    private readonly IKeyValueStore _store;
    private readonly StorageOptions _options;
    private volatile Pointers _pointers;
    private bool _disposed;

    private ChainDatabase(IKeyValueStore store, StorageOptions options, ulong chainId, in Hash256 genesisHash)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LayersMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.FinalLayersKept, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LayerBytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LogPartEntriesMax, 2);
        _store = store;
        _options = options;
        ChainId = chainId;
        GenesisHash = genesisHash;
        Blocks = new BlockStore(store, options.BlockCacheBytes);
        States = new StateStore(store, options, Blocks);
        Logs = new LogIndex(store, options.LogPartEntriesMax);
        _pointers = new Pointers(default, default, default);
    }

    /// <summary>Chain id (EIP-155).</summary>
    public ulong ChainId { get; }

    /// <summary>Hash of block 0.</summary>
    public Hash256 GenesisHash { get; }

    /// <summary>Blocks.</summary>
    public BlockStore Blocks { get; }

    /// <summary>Finds blocks by what they logged.</summary>
    public LogIndex Logs { get; }

    /// <summary>States.</summary>
    public StateStore States { get; }

    /// <summary>Head of the canonical chain.</summary>
    public BlockId Head => _pointers.Head;

    /// <summary>Newest block said to be safe; the genesis at first.</summary>
    public BlockId Safe => _pointers.Safe;

    /// <summary>Newest final block; the genesis at first.</summary>
    public BlockId Finalized => _pointers.Finalized;

    /// <summary>
    /// Opens the chain in a store, or creates it when the store is empty. Verifies schema, chain, the roots of the base and of every layer above it.
    /// </summary>
    /// <param name="store">Engine; owned from now on: disposed with the database, or when opening fails.</param>
    /// <param name="genesis">The chain expected; null accepts any chain that is there.</param>
    /// <param name="options">Options; null for defaults.</param>
    /// <exception cref="StorageException">Wrong schema or chain, damage, or an empty store without a genesis.</exception>
    public static ChainDatabase Open(IKeyValueStore store, GenesisBlock? genesis, StorageOptions? options = null)
    {
        try
        {
            options ??= new StorageOptions();
            return ReadSchemaVersion(store) is null ? Create(store, genesis, options) : Load(store, genesis, options);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Stores a block with its receipts, senders and state in one atomic batch, and makes it the head when asked (rewriting the canonical index if it is on another branch).
    /// Committing a stored block again does nothing but move the head.
    /// </summary>
    /// <param name="block">Block, valid.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="receipts">One for each transaction.</param>
    /// <param name="senders">One for each transaction.</param>
    /// <param name="state">Prepared on the state of the parent block; its root is the header's.</param>
    /// <param name="makeHead">True to move the head to this block.</param>
    /// <param name="auditRecord">What the audit log keeps of the block; empty where there is none.</param>
    /// <exception cref="ArgumentException">The parts do not belong together, or the parent's state is no longer kept.</exception>
    /// <exception cref="StorageException">Nothing was written.</exception>
    public void CommitBlock(Block block, in Hash256 hash, IReadOnlyList<Receipt> receipts, IReadOnlyList<Address> senders, PendingState state, bool makeHead, ReadOnlySpan<byte> auditRecord = default)
    {
        lock (_writing)
        {
            if (States.TryGetLayer(hash, out _))
            {
                if (makeHead && hash != Head.Hash) MoveHead(hash);
                return;
            }
            Check(block, receipts, senders, state);
            BlockId id = new(block.Header.Number, hash);
            StateLayer layer = state.Layer;
            CheckRoom(layer, makeHead);
            if (makeHead) MergeAllButOne(layer, Finalized.Number);
            using IWriteBatch batch = _store.CreateBatch();
            Blocks.WriteBlock(batch, block, hash, receipts, senders);
            if (!auditRecord.IsEmpty) BlockStore.WriteAuditRecord(batch, id, auditRecord);
            States.WriteRecord(batch, state, hash, block.Header.ParentHash);
            HeadMove? move = makeHead ? WriteHead(batch, id, block) : null;
            LayerMerge? merge = makeHead ? WriteNextMerge(batch, layer, Finalized.Number) : null;
            Commit(batch, merge);
            Blocks.Remember(block, hash, receipts, senders);
            States.Attach(layer, hash);
            Complete(merge);
            if (move is null) return;
            Publish(move, layer, _pointers with { Head = id });
            MergeLogs();
        }
    }

    /// <summary>Moves the head to a stored block on any branch: rewrites the canonical index over the difference, and nothing of the state.</summary>
    public MoveResult SetHead(in Hash256 hash)
    {
        lock (_writing)
        {
            if (hash == Head.Hash) return MoveResult.Done;
            if (!Blocks.Contains(hash)) return MoveResult.UnknownBlock;
            if (!States.TryGetLayer(hash, out _)) return MoveResult.TooOld;
            MoveHead(hash);
            return MoveResult.Done;
        }
    }

    /// <summary>Moves the safe pointer to a canonical block.</summary>
    public MoveResult SetSafe(in Hash256 hash)
    {
        lock (_writing)
        {
            MoveResult result = CheckPointer(hash, out BlockId id);
            if (result != MoveResult.Done || id == Safe) return result;
            using IWriteBatch batch = _store.CreateBatch();
            WritePointer(batch, Schema.MetaSafe, id);
            batch.Commit(_options.SyncEveryBlock);
            _pointers = _pointers with { Safe = id };
            return MoveResult.Done;
        }
    }

    /// <summary>Moves the finalised pointer to a canonical block (never back) and merges layers that are no longer needed. Layers of other branches below it are dropped.</summary>
    public MoveResult Finalize(in Hash256 hash)
    {
        lock (_writing)
        {
            MoveResult result = CheckPointer(hash, out BlockId id);
            if (result != MoveResult.Done || id == Finalized) return result;
            if (id.Number < Finalized.Number) return MoveResult.TooOld;
            MovePointers(HeadLayer(), _pointers with { Finalized = id });
            return MoveResult.Done;
        }
    }

    /// <summary>
    /// Moves head, safe and finalised block in one atomic batch. The head may be on any branch; the other two must be the head or its ancestors. The finalised block never moves back.
    /// </summary>
    public MoveResult SetForkchoice(in Hash256 head, in Hash256 safe, in Hash256 finalized)
    {
        lock (_writing)
        {
            if (!Blocks.TryGetNumber(head, out ulong headNumber) || !Blocks.TryGetNumber(safe, out ulong safeNumber) || !Blocks.TryGetNumber(finalized, out ulong finalNumber))
                return MoveResult.UnknownBlock;
            if (!States.TryGetLayer(head, out StateLayer layer)) return MoveResult.TooOld;
            if (headNumber < Finalized.Number) return MoveResult.TooOld;
            BlockId final = finalNumber < Finalized.Number ? Finalized : new BlockId(finalNumber, finalized);
            Pointers pointers = new(new BlockId(headNumber, head), new BlockId(safeNumber, safe), final);
            if (pointers != _pointers) MovePointers(layer, pointers);
            return MoveResult.Done;
        }
    }

    /// <summary>
    /// Makes the canonical block with this number the head and forgets all blocks above it, on all branches. For development chains. Possible while the state is in a layer or the base.
    /// The safe and finalised pointers move down with it.
    /// </summary>
    public MoveResult DropBlocksAbove(ulong number)
    {
        lock (_writing)
        {
            if (!Blocks.TryGetCanonicalHash(number, out Hash256 hash)) return MoveResult.UnknownBlock;
            if (!States.TryGetLayer(hash, out StateLayer target)) return MoveResult.TooOld;
            BlockId id = new(number, hash);
            Pointers pointers = new(id, Safe.Number > number ? id : Safe, Finalized.Number > number ? id : Finalized);
            using IWriteBatch batch = _store.CreateBatch();
            HeadMove move = WriteHead(batch, id, null);
            List<StateLayer> dropped = States.LayersAbove(number);
            foreach (StateLayer layer in dropped) StateStore.DeleteRecord(batch, layer);
            List<Hash256> hashes = Blocks.DeleteAbove(batch, number);
            RollBackLogs(batch, number);
            WritePointer(batch, Schema.MetaSafe, pointers.Safe);
            WritePointer(batch, Schema.MetaFinalized, pointers.Finalized);
            batch.Commit(_options.SyncEveryBlock);
            Publish(move, target, pointers);
            States.Detach(dropped);
            Blocks.Forget(hashes);
            return MoveResult.Done;
        }
    }

    /// <summary>Makes everything durable against loss of power.</summary>
    public void Flush()
    {
        lock (_writing) _store.Flush();
    }

    /// <summary>Flushes and closes the store.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            if (_disposed) return;
            _disposed = true;
        }
        // It takes the lock once more, and finds the end.
        _logMerge.Wait();
        _store.Dispose();
    }

    private StateLayer HeadLayer() => (StateLayer)States.Head;

    private void MoveHead(in Hash256 hash)
    {
        States.TryGetLayer(hash, out StateLayer layer);
        MovePointers(layer, _pointers with { Head = new BlockId(layer.Number, hash) });
    }

    /// <summary>Writes what changed of the pointers, the canonical index and the next merge in one batch.</summary>
    private void MovePointers(StateLayer head, Pointers pointers)
    {
        MergeAllButOne(head, pointers.Finalized.Number);
        using IWriteBatch batch = _store.CreateBatch();
        HeadMove? move = pointers.Head == Head ? null : WriteHead(batch, pointers.Head, Blocks.GetBlock(pointers.Head.Hash));
        if (pointers.Safe != Safe) WritePointer(batch, Schema.MetaSafe, pointers.Safe);
        if (pointers.Finalized != Finalized) WritePointer(batch, Schema.MetaFinalized, pointers.Finalized);
        LayerMerge? merge = WriteNextMerge(batch, head, pointers.Finalized.Number);
        Commit(batch, merge);
        Complete(merge);
        if (move is not null) Publish(move, head, pointers);
        else _pointers = pointers;
        MergeLogs();
    }

    private HeadMove WriteHead(IWriteBatch batch, BlockId id, Block? block)
    {
        WritePointer(batch, Schema.MetaHead, id);
        return new HeadMove(Blocks.WriteCanonical(batch, Head, id, block));
    }

    private void Publish(HeadMove move, StateLayer layer, Pointers pointers)
    {
        Blocks.ForgetCanonical(move.ChangedNumbers);
        States.SetHead(layer);
        _pointers = pointers;
    }

    private void Check(Block block, IReadOnlyList<Receipt> receipts, IReadOnlyList<Address> senders, PendingState state)
    {
        BlockHeader header = block.Header;
        int count = block.Transactions.Count;
        if (receipts.Count != count) throw new ArgumentException($"Block {header.Number} has {count} transactions and {receipts.Count} receipts.", nameof(receipts));
        if (senders.Count != count) throw new ArgumentException($"Block {header.Number} has {count} transactions and {senders.Count} senders.", nameof(senders));
        if (state.Root != header.StateRoot) throw new ArgumentException($"Block {header.Number} has state root {header.StateRoot}, and its state has {state.Root}.", nameof(state));
        if (state.Layer.IsCommitted) throw new ArgumentException($"The state of block {header.Number} belongs to block {state.BlockHash} already.", nameof(state));
        if (!States.TryGetLayer(header.ParentHash, out StateLayer parent) || state.Layer.Parent != parent)
            throw new ArgumentException($"The state of block {header.Number} was not made on its parent {header.ParentHash}, or the parent's state is no longer kept.", nameof(state));
        if (state.Number != header.Number) throw new ArgumentException($"Block {header.Number} follows a parent with number {parent.Number}.", nameof(block));
    }

    private MoveResult CheckPointer(in Hash256 hash, out BlockId id)
    {
        id = default;
        if (!Blocks.TryGetNumber(hash, out ulong number)) return MoveResult.UnknownBlock;
        id = new BlockId(number, hash);
        return Blocks.IsCanonical(hash) ? MoveResult.Done : MoveResult.NotCanonical;
    }

    /// <exception cref="StorageException">There is no room in memory for a block beside the others.</exception>
    private void CheckRoom(StateLayer layer, bool makeHead)
    {
        if (States.LayerCount >= _options.LayersTotalMax)
            throw new StorageException(StorageError.TooManyLayers, $"Block {layer.Number} was not stored: {States.LayerCount} blocks above the merged state are kept in memory already, and {_options.LayersTotalMax} is the limit. Move the head (or finalise) so that older ones can be merged.");
        // The first block on the head is the next head, most likely: a chain of huge blocks goes on whatever they take.
        if (makeHead || (layer.Parent == HeadLayer() && layer.Parent.Children.Count == 0)) return;
        long size = States.LayersSizeBytes + layer.SizeBytes;
        if (size > 2 * _options.LayerBytesMax)
            throw new StorageException(StorageError.TooManyLayers, $"Block {layer.Number} was not stored: with it the changes of the blocks above the merged state would take {size} bytes, and {2 * _options.LayerBytesMax} are the limit. Move the head (or finalise) so that older ones can be merged, or start the node with a larger --cache.changes.");
    }

    /// <summary>Number that the base should have: the deepest reorganisation below the head, or what is final, less what is kept all the same; higher where the layers take too much memory.</summary>
    private ulong MergeTarget(StateLayer head, ulong finalized)
    {
        ulong deepest = head.Number - Math.Min(head.Number, (ulong)_options.LayersMax);
        ulong final = Math.Min(finalized, head.Number - Math.Min(head.Number, (ulong)_options.FinalLayersKept));
        return Math.Max(Math.Max(deepest, final), States.LowestThatFits(head));
    }

    /// <summary>Merges, a batch each, until one merge is left, which the caller's batch takes along.</summary>
    private void MergeAllButOne(StateLayer head, ulong finalized)
    {
        while (States.Base.Number + 1 < MergeTarget(head, finalized) && IsOnHeadChain(head))
        {
            using IWriteBatch batch = _store.CreateBatch();
            LayerMerge? merge = WriteNextMerge(batch, head, finalized);
            Commit(batch, merge);
            Complete(merge);
        }
    }

    /// <summary>
    /// While the head moves over to another branch, the batches before the one that moves it may merge only what both heads share, or a kill between them would leave a head without a state.
    /// </summary>
    private bool IsOnHeadChain(StateLayer newHead) =>
        States.NextToMerge(newHead, ulong.MaxValue) is { } next && States.NextToMerge(HeadLayer(), ulong.MaxValue) == next && HeadLayer() != States.Base;

    private LayerMerge? WriteNextMerge(IWriteBatch batch, StateLayer head, ulong finalized) =>
        head != States.Base && States.NextToMerge(head, MergeTarget(head, finalized)) is { } next ? States.WriteMerge(batch, next) : null;

    private void Commit(IWriteBatch batch, LayerMerge? merge)
    {
        try
        {
            batch.Commit(_options.SyncEveryBlock);
        }
        catch
        {
            if (merge is not null) States.AbortMerge(merge);
            throw;
        }
    }

    private void Complete(LayerMerge? merge)
    {
        if (merge is not null) States.CompleteMerge(merge);
    }

    private static void WritePointer(IWriteBatch batch, ReadOnlySpan<byte> key, BlockId id) =>
        batch.Put(Column.Meta, key, Schema.BlockKey(stackalloc byte[Schema.BlockKeySizeBytes], id.Number, id.Hash));

    private BlockId ReadPointer(ReadOnlySpan<byte> key, string name)
    {
        Span<byte> value = stackalloc byte[Schema.BlockKeySizeBytes];
        if (_store.Read(Column.Meta, key, value) != value.Length) throw StorageErrors.Damaged(_store.Location, $"the pointer to the {name} block is missing");
        return new BlockId(BinaryPrimitives.ReadUInt64BigEndian(value), new Hash256(value[8..]));
    }

    private sealed record Pointers(BlockId Head, BlockId Safe, BlockId Finalized);

    private sealed record HeadMove(List<ulong> ChangedNumbers);
}

/// <summary>A block by number and hash.</summary>
/// <param name="Number">Height.</param>
/// <param name="Hash">Hash.</param>
public readonly record struct BlockId(ulong Number, Hash256 Hash);

/// <summary>What a chain begins with.</summary>
/// <param name="ChainId">Chain id (EIP-155).</param>
/// <param name="Block">Block 0; its state root is that of the allocation.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Allocation">Accounts, storage and code at genesis.</param>
public sealed record GenesisBlock(ulong ChainId, Block Block, Hash256 Hash, StateDelta Allocation);

/// <summary>Outcome of moving a pointer.</summary>
public enum MoveResult
{
    /// <summary>The pointer is there now.</summary>
    Done,

    /// <summary>The block is not stored.</summary>
    UnknownBlock,

    /// <summary>The block is not on the canonical chain.</summary>
    NotCanonical,

    /// <summary>The block lies below, or beside, what is already merged or final and cannot be reached any more.</summary>
    TooOld,
}
