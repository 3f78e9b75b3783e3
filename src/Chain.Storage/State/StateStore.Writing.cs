using System.Buffers;
using System.Buffers.Binary;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Core.State;
using Chain.Storage.Engines;

namespace Chain.Storage.State;

/// <summary>Records, merges and recovery. Members here are called by the one writer, <see cref="ChainDatabase"/>, under its lock.</summary>
public sealed partial class StateStore
{
    /// <summary>Blocks whose history one merge prunes at most, so that a shortened history does not stall a commit.</summary>
    private const int PrunedBlocksMax = 16;

    private const int RecordSizeHintBytes = 1024;

    internal StateLayer Base => _base;

    /// <summary>Writes a genesis state straight into the base.</summary>
    internal PendingState WriteGenesis(IWriteBatch batch, GenesisBlock genesis)
    {
        PendingState state = Prepare(new StateLayer(this, null, 0), genesis.Allocation, genesis.Block.Header.Number);
        WriteCode(batch, state.Layer);
        WriteFlat(batch, state.Layer, keepHistory: false, []);
        WriteNodes(batch, state.Layer);
        WriteBase(batch, state.Layer.Number, genesis.Hash, state.Root);
        batch.Put(Column.Meta, Schema.MetaHistoryOldest, Schema.NumberKey(stackalloc byte[8], state.Layer.Number));
        return state;
    }

    /// <summary>Reads the base and builds the layers above it from their records; every root is checked.</summary>
    /// <exception cref="StorageException">Damage.</exception>
    internal void Load()
    {
        Span<byte> value = stackalloc byte[Schema.BlockKeySizeBytes + Hash256.SizeBytes];
        if (_store.Read(Column.Meta, Schema.MetaBase, value) != value.Length) throw StorageErrors.Damaged(_store.Location, "the record of the merged state is missing");
        StateLayer origin = new(this, null, BinaryPrimitives.ReadUInt64BigEndian(value)) { Root = new Hash256(value[Schema.BlockKeySizeBytes..]) };
        origin.Commit(new Hash256(value[8..Schema.BlockKeySizeBytes]));
        VerifyBaseRoot(origin);
        _layers[origin.BlockHash] = _base = _head = origin;

        Span<byte> oldest = stackalloc byte[8];
        if (_store.Read(Column.Meta, Schema.MetaHistoryOldest, oldest) != oldest.Length) throw StorageErrors.Damaged(_store.Location, "the record of the oldest state is missing");
        _oldestNumber = BinaryPrimitives.ReadUInt64BigEndian(oldest);
        if (_options.HistoryBlocks == 0 && _oldestNumber != origin.Number) DropHistory(origin.Number);

        using IKeyValueIterator records = _store.Iterate(Column.Layers);
        while (records.MoveNext())
        {
            Hash256 hash = new(records.Key[8..]);
            if (!LayerRecord.TryRead(records.Value, out Hash256 parentHash, out Hash256 root, out StateDelta delta))
                throw StorageErrors.Damaged(_store.Location, $"the state record of block {hash} cannot be decoded");
            if (!_layers.TryGetValue(parentHash, out StateLayer? parent))
                throw StorageErrors.Damaged(_store.Location, $"the state record of block {hash} has no parent {parentHash}");
            PendingState state = Prepare(parent, delta, parent.Number + 1);
            if (state.Root != root) throw StorageErrors.Damaged(_store.Location, $"the state of block {hash} has root {state.Root}, and {root} was recorded");
            Attach(state.Layer, hash);
        }
    }

    /// <summary>Adds the record and the code of a new layer to the block's batch.</summary>
    internal void WriteRecord(IWriteBatch batch, PendingState state, in Hash256 blockHash, in Hash256 parentHash)
    {
        WriteCode(batch, state.Layer);
        RlpWriter rlp = new(RecordSizeHintBytes);
        LayerRecord.Write(ref rlp, parentHash, state.Root, state.Delta);
        batch.Put(Column.Layers, Schema.BlockKey(stackalloc byte[Schema.BlockKeySizeBytes], state.Layer.Number, blockHash), rlp.Written);
        rlp.Dispose();
    }

    /// <summary>Publishes a layer whose record is written.</summary>
    internal void Attach(StateLayer layer, in Hash256 blockHash)
    {
        layer.Commit(blockHash);
        layer.Parent!.Children.Add(layer);
        _layers[blockHash] = layer;
        Interlocked.Add(ref _layersSizeBytes, layer.SizeBytes);
    }

    internal void SetHead(StateLayer layer) => _head = layer;

    /// <summary>The next layer to merge so that the base reaches a number below the given layer; null when it is there.</summary>
    internal StateLayer? NextToMerge(StateLayer head, ulong target)
    {
        if (target <= _base.Number) return null;
        // Mostly there is one branch, and no need to walk down all of it.
        if (head.Parent != _base && _base.Children.Count == 1) return _base.Children[0];
        StateLayer layer = head;
        while (layer.Parent is { } parent && parent != _base) layer = parent;
        return layer;
    }

    /// <summary>Adds a merge to a batch: the layer's values go to the base, old values to history, its record and those of the other branches go away.</summary>
    internal LayerMerge WriteMerge(IWriteBatch batch, StateLayer layer)
    {
        List<StateLayer> orphans = [];
        foreach (StateLayer child in _base.Children)
            if (child != layer) Collect(child, orphans);
        LayerMerge merge = new(_base, layer, orphans, [], _oldestNumber);

        // Readers look at these after they have read the base, so they are set before it can change.
        _base.Fate = LayerFate.Merged;
        foreach (StateLayer orphan in orphans) orphan.Fate = LayerFate.Orphaned;
        _flatAccounts.BeginChange();
        _flatSlots.BeginChange();

        try
        {
            WriteChanges(batch, merge);
        }
        catch
        {
            AbortMerge(merge);
            throw;
        }
        return merge;
    }

    private void WriteChanges(IWriteBatch batch, LayerMerge merge)
    {
        StateLayer layer = merge.Layer;
        _pastTries.BeginMerge(layer);
        bool keepHistory = _options.HistoryBlocks > 0;
        WriteFlat(batch, layer, keepHistory, merge.ClearedSlots);
        WriteNodes(batch, layer);
        WriteBase(batch, layer.Number, layer.BlockHash, layer.Root);
        DeleteRecord(batch, layer);
        foreach (StateLayer orphan in merge.Orphans) DeleteRecord(batch, orphan);
        ulong oldest = keepHistory ? Prune(batch, layer.Number, _options.HistoryBlocks) : layer.Number;
        if (oldest != _oldestNumber)
        {
            batch.Put(Column.Meta, Schema.MetaHistoryOldest, Schema.NumberKey(stackalloc byte[8], oldest));
            Volatile.Write(ref _oldestNumber, oldest);
        }
    }

    /// <summary>The batch is written: the layer is the base now.</summary>
    internal void CompleteMerge(LayerMerge merge)
    {
        // Until here readers above the layer are answered by the layer itself, and readers below it by history; so old values in the caches do no harm.
        foreach ((Hash256 account, AccountChange change) in merge.Layer.Accounts)
        {
            _flatAccounts.Remove(StateLayer.AccountHash(account));
            if (change.Slots is null) continue;
            foreach (Hash256 slot in change.Slots.Keys) _flatSlots.Remove(StateLayer.SlotHash(account, slot));
        }
        foreach (ulong cleared in merge.ClearedSlots) _flatSlots.Remove(cleared);
        _flatAccounts.EndChange();
        _flatSlots.EndChange();
        merge.Layer.Parent = null;
        _base = merge.Layer;
        merge.OldBase.Children.Clear();
        Remove(merge.OldBase);
        foreach (StateLayer orphan in merge.Orphans) Remove(orphan);
        _pastTries.EndMerge();
    }

    /// <summary>The batch failed: nothing happened.</summary>
    internal void AbortMerge(LayerMerge merge)
    {
        merge.OldBase.Fate = LayerFate.Live;
        foreach (StateLayer orphan in merge.Orphans) orphan.Fate = LayerFate.Live;
        Volatile.Write(ref _oldestNumber, merge.OldestBefore);
        _flatAccounts.EndChange();
        _flatSlots.EndChange();
        _pastTries.EndMerge();
    }

    /// <summary>Layers above a number, on all branches.</summary>
    internal List<StateLayer> LayersAbove(ulong number) => [.. _layers.Values.Where(layer => layer.Number > number)];

    /// <summary>Forgets layers whose records are deleted.</summary>
    internal void Detach(List<StateLayer> layers)
    {
        foreach (StateLayer layer in layers)
        {
            layer.Fate = LayerFate.Orphaned;
            layer.Parent?.Children.Remove(layer);
            Remove(layer);
        }
    }

    private void Remove(StateLayer layer)
    {
        if (_layers.TryRemove(layer.BlockHash, out _)) Interlocked.Add(ref _layersSizeBytes, -layer.SizeBytes);
    }

    /// <summary>
    /// Number of the lowest layer that can be the base so that it and those above it, up to a head, stay within <see cref="StorageOptions.LayerBytesMax"/>, and within twice that
    /// together with the layers beside them; 0 when all fit. The head's own layer and its parent, the base, are left in any case.
    /// </summary>
    internal ulong LowestThatFits(StateLayer head)
    {
        long all = _layersSizeBytes + (head.IsCommitted ? 0 : head.SizeBytes);
        if (all <= _options.LayerBytesMax) return 0;
        long below = 0;
        for (StateLayer? layer = head; layer is not null; layer = layer.Parent) below += layer.SizeBytes;
        long beside = all - below;
        long room = Math.Min(_options.LayerBytesMax, (2 * _options.LayerBytesMax) - beside);
        for (StateLayer? layer = head; layer is not null; layer = layer.Parent)
        {
            room -= layer.SizeBytes;
            if (room < 0) return Math.Min(layer.Number + 1, Math.Max(head.Number, 1) - 1);
        }
        return 0;
    }

    internal static void DeleteRecord(IWriteBatch batch, StateLayer layer) =>
        batch.Delete(Column.Layers, Schema.BlockKey(stackalloc byte[Schema.BlockKeySizeBytes], layer.Number, layer.BlockHash));

    private static void Collect(StateLayer layer, List<StateLayer> into)
    {
        int next = into.Count;
        into.Add(layer);
        while (next < into.Count) into.AddRange(into[next++].Children);
    }

    private static void WriteBase(IWriteBatch batch, ulong number, in Hash256 hash, in Hash256 root)
    {
        Span<byte> value = stackalloc byte[Schema.BlockKeySizeBytes + Hash256.SizeBytes];
        Schema.BlockKey(value, number, hash);
        root.Bytes.CopyTo(value[Schema.BlockKeySizeBytes..]);
        batch.Put(Column.Meta, Schema.MetaBase, value);
    }

    private static void WriteCode(IWriteBatch batch, StateLayer layer)
    {
        foreach ((Hash256 hash, ReadOnlyMemory<byte> code) in layer.Code) batch.Put(Column.Code, hash.Bytes, code.Span);
    }

    private static void WriteNodes(IWriteBatch batch, StateLayer layer)
    {
        Span<byte> prefix = stackalloc byte[1 + Hash256.SizeBytes];
        foreach (Hash256 owner in layer.Nodes.Dropped)
        {
            ReadOnlySpan<byte> lower = Schema.NodeKeyPrefix(prefix, owner);
            batch.DeleteRange(Column.TrieNodes, lower, Schema.AfterPrefix(lower));
        }
        foreach ((byte[] key, byte[] node) in layer.Nodes.Nodes)
        {
            if (node.Length == 0) batch.Delete(Column.TrieNodes, key);
            else batch.Put(Column.TrieNodes, key, node);
        }
    }

    private void WriteFlat(IWriteBatch batch, StateLayer layer, bool keepHistory, List<ulong> clearedSlots)
    {
        ArrayBufferWriter<byte>? changedKeys = keepHistory ? new ArrayBufferWriter<byte>(RecordSizeHintBytes) : null;
        Span<byte> key = stackalloc byte[1 + (2 * Hash256.SizeBytes)];
        Span<byte> before = stackalloc byte[FlatCodec.AccountSizeBytesMax];
        Span<byte> after = stackalloc byte[FlatCodec.AccountSizeBytesMax];
        foreach ((Hash256 account, AccountChange change) in layer.Accounts)
        {
            key[0] = Schema.HistoryAccount;
            account.Bytes.CopyTo(key[1..]);
            ReadOnlySpan<byte> value = change.Exists ? FlatCodec.EncodeAccount(change.Account, after) : default;
            WriteChange(batch, Column.FlatAccounts, key[..(1 + Hash256.SizeBytes)], before, value, layer.Number, changedKeys);

            key[0] = Schema.HistorySlot;
            if (change.IsStorageCleared) ClearSlots(batch, account, change, layer.Number, changedKeys, clearedSlots);
            if (change.Slots is null) continue;
            foreach ((Hash256 slot, UInt256 slotValue) in change.Slots)
            {
                slot.Bytes.CopyTo(key[(1 + Hash256.SizeBytes)..]);
                WriteChange(batch, Column.FlatSlots, key, before, FlatCodec.EncodeSlot(slotValue, after), layer.Number, changedKeys);
            }
        }
        if (changedKeys is { WrittenCount: > 0 }) batch.Put(Column.HistoryKeys, Schema.NumberKey(stackalloc byte[8], layer.Number), changedKeys.WrittenSpan);
    }

    /// <summary>Deletes the slots of a destroyed storage that the layer does not set again.</summary>
    private void ClearSlots(IWriteBatch batch, in Hash256 account, AccountChange change, ulong number, ArrayBufferWriter<byte>? changedKeys, List<ulong> clearedSlots)
    {
        Span<byte> kindAndKey = stackalloc byte[1 + (2 * Hash256.SizeBytes)];
        kindAndKey[0] = Schema.HistorySlot;
        using IKeyValueIterator slots = _store.Iterate(Column.FlatSlots, account.Bytes, Schema.AfterPrefix(account.Bytes));
        while (slots.MoveNext())
        {
            Hash256 slot = new(slots.Key[Hash256.SizeBytes..]);
            if (change.Slots is { } kept && kept.ContainsKey(slot)) continue;
            clearedSlots.Add(StateLayer.SlotHash(account, slot));
            batch.Delete(Column.FlatSlots, slots.Key);
            slots.Key.CopyTo(kindAndKey[1..]);
            if (changedKeys is not null) WriteOldValue(batch, kindAndKey, slots.Value, number, changedKeys);
        }
    }

    private void WriteChange(IWriteBatch batch, Column column, ReadOnlySpan<byte> kindAndKey, Span<byte> before, ReadOnlySpan<byte> after, ulong number, ArrayBufferWriter<byte>? changedKeys)
    {
        ReadOnlySpan<byte> key = kindAndKey[1..];
        if (changedKeys is not null)
        {
            int size = Math.Max(_store.Read(column, key, before), 0);
            if (size > before.Length) throw StorageErrors.Damaged(_store.Location, $"a value in column {column} has {size} bytes");
            ReadOnlySpan<byte> old = before[..size];
            if (old.SequenceEqual(after)) return;
            WriteOldValue(batch, kindAndKey, old, number, changedKeys);
        }
        if (after.IsEmpty) batch.Delete(column, key);
        else batch.Put(column, key, after);
    }

    private static void WriteOldValue(IWriteBatch batch, ReadOnlySpan<byte> kindAndKey, ReadOnlySpan<byte> old, ulong number, ArrayBufferWriter<byte> changedKeys)
    {
        batch.Put(Column.History, Schema.HistoryKey(stackalloc byte[Schema.HistoryKeySizeBytesMax], kindAndKey, number), old);
        changedKeys.Write(kindAndKey);
    }

    private static int HistoryEntrySize(byte kind) => 1 + (kind == Schema.HistoryAccount ? Hash256.SizeBytes : 2 * Hash256.SizeBytes);

    private ulong Prune(IWriteBatch batch, ulong baseNumber, ulong keepBlocks)
    {
        ulong oldest = _oldestNumber;
        if (keepBlocks == StorageOptions.KeepAllHistory) return oldest;
        Span<byte> number = stackalloc byte[8];
        Span<byte> key = stackalloc byte[Schema.HistoryKeySizeBytesMax];
        for (int pruned = 0; pruned < PrunedBlocksMax && baseNumber - oldest > keepBlocks; pruned++)
        {
            oldest++;
            if (!_store.TryGet(Column.HistoryKeys, Schema.NumberKey(number, oldest), out byte[] keys)) continue;
            for (int position = 0; position < keys.Length;)
            {
                int size = HistoryEntrySize(keys[position]);
                batch.Delete(Column.History, Schema.HistoryKey(key, keys.AsSpan(position, size), oldest));
                position += size;
            }
            batch.Delete(Column.HistoryKeys, number);
        }
        return oldest;
    }

    private void DropHistory(ulong baseNumber)
    {
        ReadOnlySpan<byte> end = [0xff];
        using IWriteBatch batch = _store.CreateBatch();
        batch.DeleteRange(Column.History, [0], end);
        batch.DeleteRange(Column.HistoryKeys, [0], end);
        batch.Put(Column.Meta, Schema.MetaHistoryOldest, Schema.NumberKey(stackalloc byte[8], baseNumber));
        batch.Commit(sync: false);
        _oldestNumber = baseNumber;
    }

    private void VerifyBaseRoot(StateLayer origin)
    {
        bool hasRoot = origin.TryReadNode(Hash256.Zero, default, out ReadOnlyMemory<byte> node);
        Hash256 found = hasRoot ? Keccak256.Hash(node.Span) : Account.EmptyTrieRoot;
        if (found != origin.Root) throw StorageErrors.Damaged(_store.Location, $"the state trie of block {origin.Number} has root {found}, and {origin.Root} was recorded");
    }
}

/// <summary>A merge between the writing of its batch and the commit. Cleared slots are by their hash in the cache.</summary>
internal sealed record LayerMerge(StateLayer OldBase, StateLayer Layer, List<StateLayer> Orphans, List<ulong> ClearedSlots, ulong OldestBefore);
