using System.Buffers.Binary;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Storage.Engines;
using Chain.Trie;

namespace Chain.Storage.State;

/// <summary>Going back below the base with the old values of history. Members here are called by the one writer, under its lock, while no layer is above the base.</summary>
public sealed partial class StateStore
{
    /// <summary>Adds to a batch what makes an older block's state the base, and checks that it has that block's root. Nothing changes in memory.</summary>
    /// <param name="batch">Receives the changes.</param>
    /// <param name="target">The block, at or above <see cref="OldestNumber"/> and below the base.</param>
    /// <param name="root">Its state root.</param>
    /// <exception cref="StorageException">The old values do not give that root: damage.</exception>
    internal BaseReturn WriteRollBack(IWriteBatch batch, BlockId target, in Hash256 root)
    {
        SortedDictionary<byte[], byte[]> oldValues = new(OldState.KeyOrder);
        for (ulong number = _base.Number; number > target.Number; number--) CollectOldValues(batch, number, oldValues);

        PatriciaTrie accounts = new(_base, Hash256.Zero, _base.Root);
        BatchNodes nodes = new(batch);
        foreach ((Hash256 key, byte[] value, List<KeyValuePair<byte[], byte[]>> slots) in OldState.ByAccount(oldValues))
        {
            Hash256 storageRoot = TryReadBaseAccount(key, out Account present) ? present.StorageRoot : Account.EmptyTrieRoot;
            bool existed = DecodeOld(key, value, out Account past);
            if (slots.Count > 0)
            {
                PatriciaTrie storage = new(_base, key, storageRoot);
                OldState.PutBack(storage, slots);
                storageRoot = storage.Commit(nodes);
            }
            if (existed && storageRoot != past.StorageRoot) throw StorageErrors.Damaged(_store.Location, $"the history of the storage of account {key} gives root {storageRoot} at block {target.Number}, and {past.StorageRoot} was recorded");
            accounts.Set(key.Bytes, existed ? StateEncoding.EncodeAccount(past) : default);
        }
        Hash256 found = accounts.Commit(nodes);
        if (found != root) throw StorageErrors.Damaged(_store.Location, $"the history gives state root {found} at block {target.Number}, whose header says {root}");

        foreach ((byte[] kindAndKey, byte[] value) in oldValues)
        {
            Column column = kindAndKey[0] == Schema.HistoryAccount ? Column.FlatAccounts : Column.FlatSlots;
            if (value.Length == 0) batch.Delete(column, kindAndKey.AsSpan(1));
            else batch.Put(column, kindAndKey.AsSpan(1), value);
        }
        WriteBase(batch, target.Number, target.Hash, root);
        return new BaseReturn(target, root, [.. oldValues.Keys]);
    }

    /// <summary>The batch is written: the older block is the base now.</summary>
    internal void CompleteRollBack(BaseReturn rollBack)
    {
        StateLayer origin = new(this, null, rollBack.Target.Number) { Root = rollBack.Root };
        origin.Commit(rollBack.Target.Hash);
        _base.Fate = LayerFate.Orphaned;
        _flatAccounts.BeginChange();
        _flatSlots.BeginChange();
        foreach (byte[] kindAndKey in rollBack.ChangedKeys)
        {
            Hash256 account = new(kindAndKey.AsSpan(1, Hash256.SizeBytes));
            if (kindAndKey[0] == Schema.HistoryAccount) _flatAccounts.Remove(StateLayer.AccountHash(account));
            else _flatSlots.Remove(StateLayer.SlotHash(account, new Hash256(kindAndKey.AsSpan(1 + Hash256.SizeBytes))));
        }
        _flatAccounts.EndChange();
        _flatSlots.EndChange();
        _pastTries.Clear();
        _layers.Clear();
        Interlocked.Exchange(ref _layersSizeBytes, 0);
        _layers[rollBack.Target.Hash] = _base = _head = origin;
    }

    /// <summary>Deletes history so that the states of so many blocks below the base stay readable; many batches, since any number of them is a valid database.</summary>
    internal void PruneAll(ulong keepBlocks)
    {
        Span<byte> number = stackalloc byte[8];
        while (_base.Number - _oldestNumber > keepBlocks)
        {
            using IWriteBatch batch = _store.CreateBatch();
            ulong oldest = Prune(batch, _base.Number, keepBlocks);
            batch.Put(Column.Meta, Schema.MetaHistoryOldest, Schema.NumberKey(number, oldest));
            Volatile.Write(ref _oldestNumber, oldest);
            batch.Commit(sync: false);
        }
    }

    private void CollectOldValues(IWriteBatch batch, ulong number, SortedDictionary<byte[], byte[]> oldValues)
    {
        Span<byte> numberKey = stackalloc byte[8];
        Span<byte> historyKey = stackalloc byte[Schema.HistoryKeySizeBytesMax];
        BinaryPrimitives.WriteUInt64BigEndian(numberKey, number);
        if (!_store.TryGet(Column.HistoryKeys, numberKey, out byte[] keys)) return;
        for (int position = 0; position < keys.Length;)
        {
            int size = HistoryEntrySize(keys[position]);
            ReadOnlySpan<byte> key = Schema.HistoryKey(historyKey, keys.AsSpan(position, size), number);
            if (!_store.TryGet(Column.History, key, out byte[] value)) throw StorageErrors.Damaged(_store.Location, $"an old value of block {number} is missing in column {Column.History}");
            oldValues[keys.AsSpan(position, size).ToArray()] = value;
            batch.Delete(Column.History, key);
            position += size;
        }
        batch.Delete(Column.HistoryKeys, numberKey);
    }

    /// <summary>Trie nodes straight into a batch.</summary>
    private sealed class BatchNodes(IWriteBatch batch) : ITrieNodeWriter
    {
        public void WriteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, ReadOnlySpan<byte> rlp) =>
            batch.Put(Column.TrieNodes, Schema.NodeKey(stackalloc byte[Schema.NodeKeySizeBytesMax], owner, nibblePath), rlp);

        public void DeleteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath) =>
            batch.Delete(Column.TrieNodes, Schema.NodeKey(stackalloc byte[Schema.NodeKeySizeBytesMax], owner, nibblePath));

        public void DeleteStorageTrie(in Hash256 owner)
        {
            ReadOnlySpan<byte> lower = Schema.NodeKeyPrefix(stackalloc byte[1 + Hash256.SizeBytes], owner);
            batch.DeleteRange(Column.TrieNodes, lower, Schema.AfterPrefix(lower));
        }
    }
}

/// <summary>A return of the base between the writing of its batch and the commit.</summary>
internal sealed record BaseReturn(BlockId Target, Hash256 Root, IReadOnlyList<byte[]> ChangedKeys);
