using Chain.Core.Primitives;
using Chain.Storage.Engines;
using Chain.Storage.State;

namespace Chain.Storage.Tests;

/// <summary>A block is durable or absent, never half.</summary>
public class CrashTests
{
    private static readonly StorageOptions Options = new() { LayersMax = 3, FinalLayersKept = 1, HistoryBlocks = 4 };

    /// <summary>The same few commits, a reorganisation and a finalisation, with a fault at every call of the batches in turn; each time the store is opened again.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public void A_write_that_fails_at_any_position_leaves_the_last_committed_block(bool reopens)
    {
        for (long failAt = 0; ; failAt++)
        {
            MemoryStore store = new();
            ChainModel model = new(9);
            ChainDatabase.Open(store, model.GenesisBlock, Options).Dispose();
            FaultInjectingStore faulty = new(store, failAt);
            ChainDatabase database = ChainDatabase.Open(faulty, model.GenesisBlock, Options);
            Dictionary<Hash256, ModelBlock> committed = new() { [model.Genesis.Hash] = model.Genesis };
            ModelBlock head = model.Genesis;
            ModelBlock? lost = null;
            try
            {
                for (int i = 0; i < 7; i++)
                {
                    lost = model.MakeChild(i == 4 ? head.Parent! : head, changes: 3, transactions: 1);
                    ChainModel.Commit(database, lost, makeHead: true);
                    committed[lost.Hash] = head = lost;
                    lost = null;
                    if (i == 5) database.Finalize(head.Parent!.Hash);
                }
            }
            catch (StorageException e) when (e.Error == StorageError.DiskFull)
            {
                Assert.That(faulty.HasFailed, Is.True);
            }
            if (reopens) database = ChainDatabase.Open(store, model.GenesisBlock, Options);
            ChainModel.AssertCanonical(database, head);
            ChainModel.AssertState(database.States.Head, head);
            if (lost is not null) Assert.That(database.Blocks.Contains(lost.Hash), Is.False, $"fault at {failAt}: the failed block is absent");
            foreach (ModelBlock block in committed.Values) ChainModel.AssertStored(database, block);
            for (ModelBlock? block = head; block is not null && block.Number >= database.States.OldestNumber; block = block.Parent)
            {
                Assert.That(database.States.TryGetStateAt(block.Hash).TryGet(out IStateView? view), Is.True);
                ChainModel.AssertState(view!, block);
            }
            if (reopens)
            {
                ModelBlock next = model.MakeChild(head);
                ChainModel.Commit(database, next, makeHead: true);
                ChainModel.AssertState(database.States.Head, next);
            }
            if (!faulty.HasFailed)
            {
                Assert.That(failAt, Is.GreaterThan(100), "the run has that many positions");
                return;
            }
        }
    }

    [Test]
    public void A_creation_that_fails_at_any_position_leaves_an_empty_store()
    {
        for (long failAt = 0; ; failAt++)
        {
            MemoryStore store = new();
            ChainModel model = new(3);
            FaultInjectingStore faulty = new(store, failAt);
            if (failAt > 0 && !Fails(faulty, model)) break;
            StorageException? e = Assert.Throws<StorageException>(() => ChainDatabase.Open(store, null));
            Assert.That(e!.Error, Is.EqualTo(StorageError.NotInitialised));
            ChainModel.AssertState(ChainDatabase.Open(store, model.GenesisBlock).States.Head, model.Genesis);
        }
    }

    [Test]
    public void A_changed_record_or_node_is_found_when_opening()
    {
        ChainModel model = new(11);
        MemoryStore store = new();
        ChainDatabase database = ChainDatabase.Open(store, model.GenesisBlock, Options);
        ModelBlock head = model.Genesis;
        for (int i = 0; i < 6; i++)
        {
            head = model.MakeChild(head);
            ChainModel.Commit(database, head, makeHead: true);
        }
        foreach ((Column column, byte[] key) in Keys(store, Column.Layers).Concat(Keys(store, Column.TrieNodes).Take(1)).Concat(Keys(store, Column.Meta)))
        {
            store.TryGet(column, key, out byte[] value);
            byte[] damaged = value.AsSpan().ToArray();
            damaged[^1] ^= 1;
            Put(store, column, key, damaged);
            // Pointers to other blocks than the head do not matter to the state.
            bool matters = !key.AsSpan().SequenceEqual(Schema.MetaSafe) && !key.AsSpan().SequenceEqual(Schema.MetaFinalized) && !key.AsSpan().SequenceEqual(Schema.MetaHistoryOldest);
            if (matters) Assert.Throws<StorageException>(() => ChainDatabase.Open(store, model.GenesisBlock, Options), $"{column} {Convert.ToHexString(key)}");
            Put(store, column, key, value);
        }
        ChainModel.AssertState(ChainDatabase.Open(store, model.GenesisBlock, Options).States.Head, head);
    }

    private static bool Fails(IKeyValueStore store, ChainModel model)
    {
        try
        {
            ChainDatabase.Open(store, model.GenesisBlock);
            return false;
        }
        catch (StorageException)
        {
            return true;
        }
    }

    private static List<(Column, byte[])> Keys(MemoryStore store, Column column)
    {
        List<(Column, byte[])> keys = [];
        using IKeyValueIterator all = store.Iterate(column);
        while (all.MoveNext()) keys.Add((column, all.Key.ToArray()));
        return keys;
    }

    private static void Put(MemoryStore store, Column column, byte[] key, byte[] value)
    {
        using IWriteBatch batch = store.CreateBatch();
        batch.Put(column, key, value);
        batch.Commit(sync: false);
    }
}
