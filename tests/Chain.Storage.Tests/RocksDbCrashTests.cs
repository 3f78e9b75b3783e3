using Chain.Storage.RocksDb;
using Chain.Storage.State;

namespace Chain.Storage.Tests;

/// <summary>What a killed process leaves behind: the folder as it is on the disk at some moment, its log possibly cut in the middle of a record.</summary>
public class RocksDbCrashTests
{
    private static readonly StorageOptions Options = new() { LayersMax = 3, FinalLayersKept = 1, HistoryBlocks = 5 };
    private static readonly RocksDbOptions Small = new() { BlockCacheBytes = 4 << 20, WriteBufferBytes = 8 << 20, WriteAheadLogBytes = 8 << 20 };

    private TestStores _stores = null!;

    [SetUp]
    public void Make() => _stores = new TestStores(Engine.RocksDb);

    [TearDown]
    public void Remove() => _stores.Dispose();

    [Test]
    public void A_log_cut_at_any_place_opens_at_a_committed_block_and_goes_on()
    {
        string live = Path.Combine(_stores.Folder, "live");
        ChainModel model = new(21);
        List<ModelBlock> chain = [model.Genesis];
        using ChainDatabase database = ChainDatabase.Open(RocksDbStore.Open(live, Small), model.GenesisBlock, Options);
        for (int i = 0; i < 12; i++)
        {
            chain.Add(model.MakeChild(chain[^1]));
            ChainModel.Commit(database, chain[^1], makeHead: true);
        }
        long logSize = LogOf(live).Length;
        Random random = new(21);
        HashSet<ulong> heads = [];
        for (int run = 0; run < 25; run++)
        {
            string copy = Path.Combine(_stores.Folder, $"copy-{run}");
            Copy(live, copy);
            long cut = run == 0 ? logSize : random.NextInt64(logSize);
            using (FileStream log = LogOf(copy).Open(FileMode.Open)) log.SetLength(cut);

            using ChainDatabase reopened = ChainDatabase.Open(RocksDbStore.Open(copy, Small), model.GenesisBlock, Options);
            ulong number = reopened.Head.Number;
            heads.Add(number);
            if (run == 0) Assert.That(number, Is.EqualTo(chain[^1].Number), "nothing that was committed is lost without a cut");
            ModelBlock head = chain[(int)number];
            ChainModel.AssertCanonical(reopened, head);
            for (ModelBlock? block = head; block is not null && block.Number >= reopened.States.OldestNumber; block = block.Parent)
            {
                Assert.That(reopened.States.TryGetStateAt(block.Hash).TryGet(out IStateView? view), Is.True);
                ChainModel.AssertState(view!, block);
            }
            if (number + 1 < (ulong)chain.Count) Assert.That(reopened.Blocks.Contains(chain[(int)number + 1].Hash), Is.False, "the block after the head is absent");
            ModelBlock next = model.MakeChild(head);
            ChainModel.Commit(reopened, next, makeHead: true);
            ChainModel.AssertState(reopened.States.Head, next);
        }
        Assert.That(heads, Has.Count.GreaterThan(4), "the cuts fell into different blocks");
    }

    [Test]
    public void A_bit_flipped_inside_the_log_is_refused_or_only_cuts_its_end()
    {
        string live = Path.Combine(_stores.Folder, "live");
        ChainModel model = new(22);
        List<ModelBlock> chain = [model.Genesis];
        using ChainDatabase database = ChainDatabase.Open(RocksDbStore.Open(live, Small), model.GenesisBlock, Options);
        for (int i = 0; i < 8; i++)
        {
            chain.Add(model.MakeChild(chain[^1]));
            ChainModel.Commit(database, chain[^1], makeHead: true);
        }
        Random random = new(22);
        int refused = 0;
        for (int run = 0; run < 25; run++)
        {
            string copy = Path.Combine(_stores.Folder, $"copy-{run}");
            Copy(live, copy);
            FileInfo log = LogOf(copy);
            byte[] bytes = File.ReadAllBytes(log.FullName);
            bytes[random.Next(bytes.Length * 3 / 4)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(log.FullName, bytes);
            try
            {
                using ChainDatabase reopened = ChainDatabase.Open(RocksDbStore.Open(copy, Small), model.GenesisBlock, Options);
                ChainModel.AssertCanonical(reopened, chain[(int)reopened.Head.Number]);
                ChainModel.AssertState(reopened.States.Head, chain[(int)reopened.Head.Number]);
            }
            catch (StorageException e)
            {
                Assert.That(e.Error, Is.EqualTo(StorageError.Corrupted), e.Message);
                Assert.That(e.Message, Does.Contain(copy));
                refused++;
            }
        }
        TestContext.Out.WriteLine($"{refused} of 25 refused");
        Assert.That(refused, Is.GreaterThan(20));
    }

    private static FileInfo LogOf(string folder) => new DirectoryInfo(folder).GetFiles("*.log").OrderByDescending(file => file.Length).First();

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
            if (Path.GetFileName(file) != "LOCK") File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
