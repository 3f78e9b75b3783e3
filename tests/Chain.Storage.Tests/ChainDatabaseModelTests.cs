using Chain.Core.Primitives;
using Chain.Storage.State;

namespace Chain.Storage.Tests;

/// <summary>Random chains against a model that keeps every state as a dictionary.</summary>
[TestFixture(Engine.Memory)]
[TestFixture(Engine.RocksDb)]
public class ChainDatabaseModelTests(Engine engine)
{
    private TestStores _stores = null!;

    [SetUp]
    public void Make() => _stores = new TestStores(engine);

    [TearDown]
    public void Remove() => _stores.Dispose();

    [TestCase(1, 6, 1, StorageOptions.KeepAllHistory)]
    [TestCase(2, 6, 3, 5UL)]
    [TestCase(3, 3, 2, 0UL)]
    [TestCase(4, 20, 2, StorageOptions.KeepAllHistory)]
    [TestCase(5, 128, 16, 8UL)]
    [TestCase(6, 1, 1, 12UL)]
    public void States_blocks_and_indexes_agree_through_forks_reorganisations_finalisation_and_reopening(int seed, int layersMax, int finalKept, ulong history)
    {
        StorageOptions options = new() { LayersMax = layersMax, FinalLayersKept = finalKept, HistoryBlocks = history };
        Random random = new(seed);
        ChainModel model = new(seed);
        Dictionary<Hash256, ModelBlock> blocks = new() { [model.Genesis.Hash] = model.Genesis };
        ModelBlock head = model.Genesis;
        ChainDatabase database = ChainDatabase.Open(_stores.Open(), model.GenesisBlock, options);
        int reorganisations = 0;
        try
        {
            for (int step = 0; step < 120; step++)
            {
                switch (random.Next(12))
                {
                    case 0 or 1:
                        // A block beside the head, on any recent block whose state is there.
                        ModelBlock fork = head;
                        for (int back = random.Next(4); back > 0 && fork.Parent is not null; back--) fork = fork.Parent;
                        if (!database.States.TryGetStateAt(fork.Hash).TryGet(out IStateView? view) || !view.CanBuildOn) break;
                        ModelBlock side = model.MakeChild(fork);
                        bool makeHead = random.Next(2) == 0;
                        ChainModel.Commit(database, side, makeHead);
                        blocks[side.Hash] = side;
                        if (makeHead)
                        {
                            if (fork != head) reorganisations++;
                            head = side;
                        }
                        break;
                    case 2:
                        ModelBlock target = blocks.Values.ElementAt(random.Next(blocks.Count));
                        MoveResult moved = database.SetHead(target.Hash);
                        bool isLive = database.States.TryGetStateAt(target.Hash).TryGet(out IStateView? state) && state.CanBuildOn;
                        Assert.That(moved, Is.EqualTo(isLive ? MoveResult.Done : MoveResult.TooOld));
                        if (moved != MoveResult.Done) break;
                        if (target != head) reorganisations++;
                        head = target;
                        break;
                    case 3:
                        ModelBlock final = head;
                        for (int back = random.Next(6); back > 0 && final.Parent is not null; back--) final = final.Parent;
                        MoveResult result = database.Finalize(final.Hash);
                        Assert.That(result, Is.EqualTo(MoveResult.Done).Or.EqualTo(MoveResult.TooOld));
                        if (result == MoveResult.Done) Assert.That(database.Finalized.Hash, Is.EqualTo(final.Hash));
                        break;
                    case 4 when random.Next(3) == 0:
                        database.Dispose();
                        database = ChainDatabase.Open(_stores.Open(), model.GenesisBlock, options);
                        break;
                    default:
                        head = model.MakeChild(head);
                        blocks[head.Hash] = head;
                        ChainModel.Commit(database, head, makeHead: true);
                        break;
                }
                ChainModel.AssertState(database.States.Head, head);
                if (step % 10 == 9) AssertAll(database, head, blocks, history);
            }
            AssertAll(database, head, blocks, history);
            foreach (ModelBlock block in blocks.Values) ChainModel.AssertStored(database, block);
            if (layersMax > 1) Assert.That(reorganisations, Is.GreaterThan(2), "the run reorganised");
        }
        finally
        {
            database.Dispose();
        }
    }

    private static void AssertAll(ChainDatabase database, ModelBlock head, Dictionary<Hash256, ModelBlock> blocks, ulong history)
    {
        ChainModel.AssertCanonical(database, head);
        HashSet<Hash256> canonical = [];
        for (ModelBlock? block = head; block is not null; block = block.Parent) canonical.Add(block.Hash);
        ulong baseNumber = database.States.BaseNumber;
        if (history == StorageOptions.KeepAllHistory) Assert.That(database.States.OldestNumber, Is.Zero);
        else Assert.That(database.States.OldestNumber, Is.EqualTo(baseNumber - Math.Min(baseNumber, history)).Or.GreaterThan(baseNumber - Math.Min(baseNumber, history)));
        foreach (ModelBlock block in blocks.Values)
        {
            StateLookup lookup = database.States.TryGetStateAt(block.Hash);
            if (canonical.Contains(block.Hash) && block.Number >= database.States.OldestNumber)
                Assert.That(lookup.Availability, Is.EqualTo(StateAvailability.Available), $"block {block.Number} is within the kept history");
            if (lookup.TryGet(out IStateView? view))
            {
                Assert.That(view.CanBuildOn, Is.EqualTo(block.Number >= baseNumber));
                ChainModel.AssertState(view, block);
                // Tries of old blocks are remembered from one look to the next, while merges and reorganisations go on between.
                if (view.CanBuildOn || block.Number % 3 == 0) ChainModel.AssertTries(view, block);
            }
            else
            {
                Assert.That(lookup.Availability, Is.EqualTo(StateAvailability.NotKept));
            }
        }
    }

    [Test]
    public void Views_held_while_the_base_moves_past_them_keep_their_state()
    {
        ChainModel model = new(77);
        using ChainDatabase database = ChainDatabase.Open(_stores.Open(), model.GenesisBlock, new StorageOptions { LayersMax = 2, FinalLayersKept = 1, HistoryBlocks = 10 });
        List<(IStateView View, ModelBlock Block)> held = [(database.States.Head, model.Genesis)];
        ModelBlock head = model.Genesis;
        for (int i = 0; i < 8; i++)
        {
            head = model.MakeChild(head);
            ChainModel.Commit(database, head, makeHead: true);
            held.Add((database.States.Head, head));
        }
        foreach ((IStateView view, ModelBlock block) in held) ChainModel.AssertState(view, block);
        Assert.That(held[0].View.CanBuildOn, Is.False);
        foreach ((IStateView view, ModelBlock block) in held) ChainModel.AssertTries(view, block);
        for (int i = 0; i < 8; i++)
        {
            head = model.MakeChild(head);
            ChainModel.Commit(database, head, makeHead: true);
        }
        StateUnavailableException? e = Assert.Throws<StateUnavailableException>(() => ChainModel.AssertState(held[0].View, held[0].Block));
        Assert.That(e!.Message, Does.Contain($"the oldest block with state is {database.States.OldestNumber}"));
        Assert.Throws<StateUnavailableException>(() => ChainModel.AssertTries(held[0].View, held[0].Block));
    }

    [Test]
    public void Tries_of_old_blocks_stay_whole_while_the_base_moves_on()
    {
        const int BlockCount = 60;
        ChainModel model = new(90);
        using ChainDatabase database = ChainDatabase.Open(_stores.Open(), model.GenesisBlock, new StorageOptions { LayersMax = 2, FinalLayersKept = 1, HistoryBlocks = StorageOptions.KeepAllHistory });
        List<ModelBlock> chain = [model.Genesis];
        for (int i = 0; i < BlockCount; i++) chain.Add(model.MakeChild(chain[^1]));
        int published = 0;
        int compared = 0;
        Task[] readers = [.. Enumerable.Range(0, 2).Select(reader => Task.Run(() =>
        {
            Random random = new(reader);
            while (Volatile.Read(ref published) < BlockCount)
            {
                ModelBlock block = chain[random.Next(Volatile.Read(ref published) + 1)];
                Assert.That(database.States.TryGetStateAt(block.Hash).TryGet(out IStateView? view), Is.True);
                ChainModel.AssertTries(view!, block);
                Interlocked.Increment(ref compared);
            }
        }))];
        for (int i = 1; i <= BlockCount; i++)
        {
            ChainModel.Commit(database, chain[i], makeHead: true);
            Volatile.Write(ref published, i);
        }
        Assert.DoesNotThrow(() => Task.WaitAll(readers));
        Assert.That(compared, Is.Positive);
        foreach (ModelBlock block in chain)
        {
            database.States.TryGetStateAt(block.Hash).TryGet(out IStateView? view);
            ChainModel.AssertTries(view!, block);
        }
    }

    [Test]
    public void A_merge_reads_each_node_it_overwrites_once_for_all_tries_of_old_blocks()
    {
        ChainModel model = new(93);
        CountingStore store = new(_stores.Open());
        using ChainDatabase database = ChainDatabase.Open(store, model.GenesisBlock, new StorageOptions { LayersMax = 2, FinalLayersKept = 1, HistoryBlocks = StorageOptions.KeepAllHistory });
        List<ModelBlock> chain = [model.Genesis];
        void Extend()
        {
            chain.Add(model.MakeChild(chain[^1]));
            ChainModel.Commit(database, chain[^1], makeHead: true);
        }
        for (int i = 0; i < 12; i++) Extend();
        List<IStateView> past = [.. Enumerable.Range(1, 6).Select(number => database.States.TryGetStateAt((ulong)number).View!)];
        for (int i = 0; i < past.Count; i++) ChainModel.AssertTries(past[i], chain[i + 1]);
        for (int merge = 0; merge < 8; merge++)
        {
            ModelBlock next = model.MakeChild(chain[^1]);
            PendingState pending = database.States.Prepare(database.States.Head, next.Delta);
            store.NodesRead.Clear();
            database.CommitBlock(next.Block, next.Hash, next.Receipts, next.Senders, pending, makeHead: true);
            Assert.That(store.NodesRead, Is.Not.Empty.And.Unique);
            chain.Add(next);
        }
        for (int i = 0; i < past.Count; i++) ChainModel.AssertTries(past[i], chain[i + 1]);
    }

    [Test]
    public void Proofs_that_take_too_much_memory_are_refused_with_the_limit()
    {
        ChainModel model = new(91);
        using ChainDatabase database = ChainDatabase.Open(_stores.Open(), model.GenesisBlock, new StorageOptions { LayersMax = 1, FinalLayersKept = 1, ProofCacheBytes = 20_000 });
        ModelBlock head = model.Genesis;
        for (int i = 0; i < 40; i++)
        {
            head = model.MakeChild(head);
            ChainModel.Commit(database, head, makeHead: true);
        }
        database.States.TryGetStateAt(0).TryGet(out IStateView? far);
        StateUnavailableException? e = Assert.Throws<StateUnavailableException>(() => ChainModel.AssertTries(far!, model.Genesis));
        Assert.That(e!.Message, Does.Contain("20000 are the limit").And.Contain("--cache.proofs"));
        ModelBlock near = head.Parent!.Parent!;
        database.States.TryGetStateAt(near.Hash).TryGet(out IStateView? view);
        ChainModel.AssertTries(view!, near);
    }

    [Test]
    public void A_reorganisation_as_deep_as_allowed_writes_nothing_of_the_state()
    {
        const int Depth = 128;
        ChainModel model = new(92);
        CountingStore store = new(_stores.Open());
        using ChainDatabase database = ChainDatabase.Open(store, model.GenesisBlock, new StorageOptions { LayersMax = Depth, FinalLayersKept = 1 });
        ModelBlock old = model.Genesis;
        for (int i = 0; i < Depth; i++)
        {
            old = model.MakeChild(old);
            ChainModel.Commit(database, old, makeHead: true);
        }
        ModelBlock head = model.Genesis;
        for (int i = 0; i < Depth; i++)
        {
            head = model.MakeChild(head);
            ChainModel.Commit(database, head, makeHead: false);
        }
        store.Written.Clear();
        Assert.That(database.SetHead(head.Hash), Is.EqualTo(MoveResult.Done));
        Assert.That(store.Written, Is.SubsetOf(new[] { Column.Meta, Column.Canonical, Column.Transactions }), "the index alone");
        ChainModel.AssertCanonical(database, head);
        ChainModel.AssertState(database.States.Head, head);
        Assert.That(database.SetHead(old.Hash), Is.EqualTo(MoveResult.Done), "and back");
        ChainModel.AssertState(database.States.Head, old);
    }

    [Test]
    public void Readers_see_whole_states_while_layers_merge_under_them()
    {
        const int BlockCount = 60;
        ChainModel model = new(88);
        using ChainDatabase database = ChainDatabase.Open(_stores.Open(), model.GenesisBlock, new StorageOptions { LayersMax = 2, FinalLayersKept = 1, HistoryBlocks = StorageOptions.KeepAllHistory });
        List<ModelBlock> chain = [model.Genesis];
        for (int i = 0; i < BlockCount; i++) chain.Add(model.MakeChild(chain[^1]));
        int published = 0;
        int compared = 0;
        Task[] readers = [.. Enumerable.Range(0, 2).Select(reader => Task.Run(() =>
        {
            Random random = new(reader);
            while (Volatile.Read(ref published) < BlockCount)
            {
                ModelBlock block = chain[Math.Max(0, Volatile.Read(ref published) - random.Next(5))];
                Assert.That(database.States.TryGetStateAt(block.Hash).TryGet(out IStateView? view), Is.True);
                ChainModel.AssertState(view!, block);
                Interlocked.Increment(ref compared);
            }
        }))];
        for (int i = 1; i <= BlockCount; i++)
        {
            ChainModel.Commit(database, chain[i], makeHead: true);
            Volatile.Write(ref published, i);
        }
        Assert.DoesNotThrow(() => Task.WaitAll(readers));
        Assert.That(compared, Is.Positive);
    }

    [Test]
    public void Filters_that_fill_up_are_built_anew_and_hide_nothing()
    {
        ChainModel model = new(89);
        using ChainDatabase database = ChainDatabase.Open(_stores.Open(), model.GenesisBlock, new StorageOptions { LayersMax = 40 });
        ModelBlock head = model.Genesis;
        for (int i = 0; i < 120; i++)
        {
            head = model.MakeChild(head, changes: 60, transactions: 0);
            ChainModel.Commit(database, head, makeHead: true);
        }
        for (ModelBlock? block = head; block is not null; block = block.Parent)
        {
            Assert.That(database.States.TryGetStateAt(block.Number).TryGet(out IStateView? view), Is.True);
            ChainModel.AssertState(view!, block);
        }
    }

    [Test]
    public void Pending_states_can_be_built_upon_before_they_are_committed()
    {
        ChainModel model = new(5);
        using ChainDatabase database = ChainDatabase.Open(_stores.Open(), model.GenesisBlock);
        ModelBlock first = model.MakeChild(model.Genesis);
        ModelBlock second = model.MakeChild(first);
        PendingState one = database.States.Prepare(database.States.Head, first.Delta);
        PendingState two = database.States.Prepare(one, second.Delta);
        Assert.That(two.Root, Is.EqualTo(second.Block.Header.StateRoot));
        ChainModel.AssertState(two, second);
        Assert.Throws<ArgumentException>(() => database.CommitBlock(second.Block, second.Hash, second.Receipts, second.Senders, two, true), "its parent is not stored yet");
        database.CommitBlock(first.Block, first.Hash, first.Receipts, first.Senders, one, true);
        database.CommitBlock(second.Block, second.Hash, second.Receipts, second.Senders, two, true);
        ChainModel.AssertState(database.States.Head, second);
        ModelBlock twin = model.MakeChild(second);
        Assert.Throws<ArgumentException>(() => database.CommitBlock(twin.Block, twin.Hash, twin.Receipts, twin.Senders, one, true), "that state belongs to a block already");
    }

    [Test]
    public void Dropping_blocks_forgets_them_on_all_branches()
    {
        ChainModel model = new(6);
        ChainDatabase database = ChainDatabase.Open(_stores.Open(), model.GenesisBlock, new StorageOptions { FinalLayersKept = 16 });
        List<ModelBlock> chain = [model.Genesis];
        for (int i = 0; i < 6; i++)
        {
            chain.Add(model.MakeChild(chain[^1]));
            ChainModel.Commit(database, chain[^1], makeHead: true);
        }
        ModelBlock side = model.MakeChild(chain[4]);
        ChainModel.Commit(database, side, makeHead: false);
        database.Finalize(chain[5].Hash);
        Assert.That(database.DropBlocksAbove(3), Is.EqualTo(MoveResult.Done));
        ChainModel.AssertCanonical(database, chain[3]);
        Assert.That(database.Finalized.Number, Is.EqualTo(3));
        Assert.That(database.Blocks.Contains(side.Hash) || database.Blocks.Contains(chain[4].Hash), Is.False);
        Assert.That(database.States.TryGetStateAt(chain[5].Hash).Availability, Is.EqualTo(StateAvailability.UnknownBlock));
        ModelBlock other = model.MakeChild(chain[3]);
        ChainModel.Commit(database, other, makeHead: true);
        database.Dispose();
        database = ChainDatabase.Open(_stores.Open(), model.GenesisBlock);
        ChainModel.AssertCanonical(database, other);
        ChainModel.AssertState(database.States.Head, other);
        Assert.That(database.DropBlocksAbove(9), Is.EqualTo(MoveResult.UnknownBlock));
        database.Dispose();
    }
}
