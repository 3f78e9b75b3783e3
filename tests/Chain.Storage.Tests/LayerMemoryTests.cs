using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Storage.State;

namespace Chain.Storage.Tests;

/// <summary>The changes of the newest blocks stay within their limit of memory, whatever the blocks do, and nothing is lost by it but the depth of a reorganisation.</summary>
[TestFixture(Engine.Memory)]
[TestFixture(Engine.RocksDb)]
public class LayerMemoryTests(Engine engine)
{
    private const int HeavyChanges = 60;

    private TestStores _stores = null!;

    [SetUp]
    public void Make() => _stores = new TestStores(engine);

    [TearDown]
    public void Remove() => _stores.Dispose();

    [Test]
    public void Heavy_blocks_merge_early_and_light_ones_keep_the_whole_window()
    {
        StorageOptions options = new() { LayerBytesMax = 400_000, LayersMax = 40, HistoryBlocks = StorageOptions.KeepAllHistory };
        ChainModel model = new(31);
        ChainDatabase database = ChainDatabase.Open(_stores.Open(), model.GenesisBlock, options);
        List<ModelBlock> chain = [model.Genesis];
        long largest = 0;
        for (int i = 0; i < 80; i++)
        {
            Extend(database, model, chain, HeavyChanges);
            largest = Math.Max(largest, database.States.LayersSizeBytes);
        }
        Assert.That(largest, Is.LessThanOrEqualTo(options.LayerBytesMax).And.GreaterThan(options.LayerBytesMax / 2));
        int heavyLayers = database.States.LayerCount;
        Assert.That(heavyLayers, Is.InRange(2, options.LayersMax - 1));
        Assert.That(database.SetHead(chain[^(heavyLayers + 1)].Hash), Is.EqualTo(MoveResult.Done), "the base itself is as deep as a reorganisation reaches");
        Assert.That(database.SetHead(chain[^(heavyLayers + 2)].Hash), Is.EqualTo(MoveResult.TooOld));
        Assert.That(database.SetHead(chain[^1].Hash), Is.EqualTo(MoveResult.Done));

        database.Dispose();
        database = ChainDatabase.Open(_stores.Open(), model.GenesisBlock, options);
        foreach (ModelBlock block in chain)
        {
            Assert.That(database.States.TryGetStateAt(block.Hash).TryGet(out IStateView? view), Is.True);
            ChainModel.AssertState(view!, block);
        }
        for (int i = 0; i < 2 * options.LayersMax; i++) Extend(database, model, chain, changes: 1);
        Assert.That(database.States.LayerCount, Is.EqualTo(options.LayersMax));
        Assert.That(database.Verify().Difference, Is.Null);
        database.Dispose();
    }

    [Test]
    public void A_block_larger_than_the_limit_is_kept_with_its_parent_alone()
    {
        ChainModel model = new(32);
        using ChainDatabase database = ChainDatabase.Open(_stores.Open(), model.GenesisBlock, new StorageOptions { LayerBytesMax = 1 });
        List<ModelBlock> chain = [model.Genesis];
        for (int i = 0; i < 5; i++)
        {
            Extend(database, model, chain, HeavyChanges);
            Assert.That(database.States.BaseNumber, Is.EqualTo((ulong)i));
            ChainModel.AssertState(database.States.Head, chain[^1]);
        }
        // As a consensus client drives a node: first stored, then made the head.
        for (int i = 0; i < 5; i++)
        {
            ModelBlock next = model.MakeChild(chain[^1], HeavyChanges);
            ChainModel.Commit(database, next, makeHead: false);
            Assert.Throws<StorageException>(() => ChainModel.Commit(database, model.MakeChild(chain[^1], HeavyChanges), makeHead: false), "a second one beside it has no room");
            Assert.That(database.SetForkchoice(next.Hash, next.Hash, next.Hash), Is.EqualTo(MoveResult.Done));
            chain.Add(next);
        }
        Assert.That(database.States.LayerCount, Is.LessThanOrEqualTo(2));
    }

    [Test]
    public void Blocks_beside_the_head_are_refused_when_they_would_take_as_much_again_and_taken_when_the_head_moves_on()
    {
        StorageOptions options = new() { LayerBytesMax = 200_000 };
        ChainModel model = new(33);
        using ChainDatabase database = ChainDatabase.Open(_stores.Open(), model.GenesisBlock, options);
        List<ModelBlock> side = [model.Genesis];
        StorageException? refused = null;
        while (refused is null && side.Count < 200)
        {
            ModelBlock next = model.MakeChild(side[^1], HeavyChanges);
            try
            {
                ChainModel.Commit(database, next, makeHead: false);
                side.Add(next);
            }
            catch (StorageException e)
            {
                refused = e;
            }
            Assert.That(database.States.LayersSizeBytes, Is.LessThanOrEqualTo(2 * options.LayerBytesMax));
        }
        Assert.That(refused?.Error, Is.EqualTo(StorageError.TooManyLayers));
        Assert.That(refused!.Message, Does.Contain($"{2 * options.LayerBytesMax} are the limit").And.Contain("--cache.changes"));
        Assert.That(database.SetHead(side[^1].Hash), Is.EqualTo(MoveResult.Done));
        Assert.That(database.States.LayersSizeBytes, Is.LessThanOrEqualTo(2 * options.LayerBytesMax));
        // A head that was the base cannot leave it before it has moved; what that leaves behind merges with the next block.
        Extend(database, model, side, HeavyChanges);
        Assert.That(database.States.LayersSizeBytes, Is.LessThanOrEqualTo(options.LayerBytesMax));
        ModelBlock other = model.MakeChild(side[^1], HeavyChanges);
        ChainModel.Commit(database, other, makeHead: false);
        ChainModel.AssertState(database.States.TryGetStateAt(other.Hash).View!, other);
    }

    /// <summary>What is counted is what the heap holds.</summary>
    [Test]
    public void The_estimate_is_near_the_memory_that_the_layers_take()
    {
        // The other engine keeps its rows on the heap too.
        if (engine == Engine.Memory) return;
        StateDelta allocation = new();
        allocation.Accounts[Address.FromNumber(1)] = new AccountDelta { Exists = true, Balance = 1, CodeHash = Keccak256.EmptyHash };
        BlockHeader genesis = new() { OmmersHash = BlockHeader.EmptyOmmersHash, StateRoot = StateStore.ComputeGenesisRoot(allocation), BaseFeePerGas = 7 };
        StorageOptions small = new() { BlockCacheBytes = 1, FlatCacheBytes = 1, CodeCacheBytes = 1, TrieCacheBytes = 1 };
        using ChainDatabase database = ChainDatabase.Open(_stores.Open(), new GenesisBlock(1, new Block { Header = genesis, Transactions = [] }, genesis.Hash, allocation), small);
        Random random = new(1);
        BlockHeader head = AddHeavy(database, genesis, random);
        long heapBefore = GC.GetTotalMemory(forceFullCollection: true);
        long countedBefore = database.States.LayersSizeBytes;
        for (int i = 0; i < 12; i++) head = AddHeavy(database, head, random);
        double heap = GC.GetTotalMemory(forceFullCollection: true) - heapBefore;
        double counted = database.States.LayersSizeBytes - countedBefore;
        TestContext.Progress.WriteLine($"counted {counted / 1e6:0.0} MB, heap {heap / 1e6:0.0} MB");
        Assert.That(counted / heap, Is.InRange(0.8, 1.3));
    }

    /// <summary>A block of 1,500 new slots and 300 new accounts.</summary>
    private static BlockHeader AddHeavy(ChainDatabase database, BlockHeader parent, Random random)
    {
        StateDelta delta = new();
        AccountDelta contract = new() { Exists = true, Nonce = parent.Number + 1, CodeHash = Keccak256.EmptyHash };
        for (int i = 0; i < 1_500; i++) contract.Storage[(UInt256)(ulong)random.NextInt64(1_000_000)] = (UInt256)(ulong)random.NextInt64();
        delta.Accounts[Address.FromNumber(7)] = contract;
        for (int i = 0; i < 300; i++)
            delta.Accounts[Address.FromNumber(0x10000 + (ulong)random.Next(50_000))] = new AccountDelta { Exists = true, Nonce = 1, Balance = (UInt256)(ulong)random.NextInt64(), CodeHash = Keccak256.EmptyHash };
        PendingState state = database.States.Prepare(database.States.Head, delta);
        BlockHeader header = new() { ParentHash = parent.Hash, OmmersHash = BlockHeader.EmptyOmmersHash, StateRoot = state.Root, Number = parent.Number + 1, Timestamp = parent.Timestamp + 1, BaseFeePerGas = 7 };
        database.CommitBlock(new Block { Header = header, Transactions = [] }, header.Hash, [], [], state, makeHead: true);
        return header;
    }

    private static void Extend(ChainDatabase database, ChainModel model, List<ModelBlock> chain, int changes)
    {
        chain.Add(model.MakeChild(chain[^1], changes));
        ChainModel.Commit(database, chain[^1], makeHead: true);
    }
}
