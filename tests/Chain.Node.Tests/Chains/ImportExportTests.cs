using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Node.Chains;
using Chain.Storage.Engines;

namespace Chain.Node.Tests.Chains;

public class ImportExportTests
{
    private const int BlockCount = 150;

    private TempFolder _folder = null!;
    private string _file = null!;
    private List<byte[]> _blocks = null!;
    private Hash256 _head;

    [OneTimeSetUp]
    public void MakeFile()
    {
        _folder = new TempFolder();
        _file = _folder.File("blocks.rlp");
        using TestChain chain = new(new MemoryStore());
        for (int i = 0; i < BlockCount; i++) chain.Produce();
        _head = chain.Database.Head.Hash;
        ChainExporter.Run(chain.Database, 1, BlockCount, _file);
        ChainExporter.Run(chain.Database, 1, BlockCount, _file + ".gz");
        _blocks = [];
        using BlockStreamReader reader = new(_file);
        while (reader.ReadNext() is { } block) _blocks.Add(block);
    }

    [OneTimeTearDown]
    public void RemoveFile() => _folder.Dispose();

    [TestCase("")]
    [TestCase(".gz")]
    public void What_is_exported_is_imported_whole(string suffix)
    {
        using TestChain chain = new(new MemoryStore());
        ImportSummary summary = Import(chain, _file + suffix);
        Assert.That(summary.Failure, Is.Null);
        Assert.That((summary.Imported, summary.Skipped), Is.EqualTo((BlockCount, 0)));
        Assert.That(summary.Transactions, Is.EqualTo(4 * BlockCount));
        Assert.That(chain.Database.Head.Hash, Is.EqualTo(_head));
        Assert.That(chain.Database.Verify().Difference, Is.Null);
    }

    [Test]
    public void A_compressed_file_is_smaller() => Assert.That(new FileInfo(_file + ".gz").Length, Is.LessThan(new FileInfo(_file).Length));

    [Test]
    public void A_second_import_passes_what_is_there_and_takes_the_rest()
    {
        using TestChain chain = new(new MemoryStore());
        string half = Write("half.rlp", _blocks.Take(70));
        Assert.That(Import(chain, half).Imported, Is.EqualTo(70));
        ImportSummary rest = Import(chain, _file);
        Assert.That((rest.Imported, rest.Skipped, rest.Failure), Is.EqualTo(((long)BlockCount - 70, 70L, (string?)null)));
        Assert.That(chain.Database.Head.Hash, Is.EqualTo(_head));
    }

    [Test]
    public void The_changes_of_the_newest_blocks_stay_within_their_memory_while_importing()
    {
        const long BytesMax = 120_000;
        using TestChain chain = new(new MemoryStore(), new Storage.StorageOptions { LayerBytesMax = BytesMax });
        List<long> sizes = [];
        chain.Manager.HeadChanged += _ => sizes.Add(chain.Database.States.LayersSizeBytes);
        Assert.That(Import(chain, _file).Imported, Is.EqualTo(BlockCount));
        Assert.That(chain.Database.Head.Hash, Is.EqualTo(_head));
        Assert.That(sizes, Has.Count.EqualTo(BlockCount).And.All.LessThanOrEqualTo(BytesMax));
        Assert.That(sizes[^1], Is.GreaterThan(BytesMax / 2), "the limit is used");
        Assert.That(chain.Database.States.LayerCount, Is.InRange(2, 127));
        Assert.That(chain.Database.Verify().Difference, Is.Null);
    }

    /// <summary>Ahead of the block in work lie some shares of 256 KiB, or one larger block, and one that is read and waits for its share.</summary>
    [Test]
    public void Large_blocks_are_not_read_far_ahead()
    {
        const int Count = 10;
        const int TransactionBytes = 120_000;
        string file = _folder.File("large.rlp");
        List<long> ends = [];
        using (TestChain producer = new(new MemoryStore()))
        {
            long end = 0;
            for (int block = 0; block < Count; block++)
            {
                for (int i = 0; i < 4 * TestChain.AccountCount; i++)
                    Assert.That(producer.Manager.Pool.Add(TestChain.Bulk(i % TestChain.AccountCount, (ulong)((4 * block) + (i / TestChain.AccountCount)), TransactionBytes), isLocal: true).IsAccepted, Is.True);
                end += producer.Manager.Produce(TestChain.Next).Block.Encode().Length;
                ends.Add(end);
            }
            ChainExporter.Run(producer.Database, 1, Count, file);
        }
        using TestChain chain = new(new MemoryStore());
        using BlockStreamReader reader = new(file);
        long ahead = 0;
        chain.Manager.HeadChanged += change =>
        {
            if (change.Head.Number != 1) return;
            // As long as the first block takes, the reader goes on to where it has to wait.
            for (long before = -1; before != reader.PositionBytes;)
            {
                before = reader.PositionBytes;
                Thread.Sleep(500);
            }
            ahead = reader.PositionBytes - ends[0];
        };
        Assert.That(new ChainImporter(chain.Manager).Run(reader).Imported, Is.EqualTo(Count));
        Assert.That(ahead, Is.Positive.And.LessThanOrEqualTo(4 * ends[0]), $"blocks of {ends[0]} bytes");
    }

    [Test]
    public void An_import_that_was_stopped_goes_on()
    {
        using TestChain chain = new(new MemoryStore());
        using CancellationTokenSource stop = new();
        chain.Manager.HeadChanged += change =>
        {
            if (change.Added[^1].Block.Header.Number == 33) stop.Cancel();
        };
        using (BlockStreamReader reader = new(_file))
        {
            ImportSummary stopped = new ChainImporter(chain.Manager).Run(reader, stop.Token);
            Assert.That(stopped.WasCancelled, Is.True);
            // The block under way when the request comes is finished.
            Assert.That(stopped.Imported, Is.EqualTo(33).Or.EqualTo(34));
            Assert.That(chain.Database.Head.Number, Is.EqualTo((ulong)stopped.Imported));
        }
        ulong reached = chain.Database.Head.Number;
        Assert.That(Import(chain, _file).Imported, Is.EqualTo(BlockCount - (long)reached));
        Assert.That(chain.Database.Head.Hash, Is.EqualTo(_head));
    }

    [Test]
    public void A_bad_block_stops_the_import_and_is_named_with_its_rule()
    {
        Block bad = Decode(_blocks[90]);
        Block changed = new() { Header = bad.Header with { StateRoot = bad.Header.ParentHash }, Transactions = bad.Transactions, Withdrawals = bad.Withdrawals };
        using TestChain chain = new(new MemoryStore());
        ImportSummary summary = Import(chain, Write("bad.rlp", [.. _blocks.Take(90), changed.Encode(), .. _blocks.Skip(91)]));
        Assert.That(summary.Imported, Is.EqualTo(90));
        Assert.That(summary.Failure, Does.Contain("Block 91").And.Contain(changed.Header.Hash.ToString()).And.Contain("BlockException.INVALID_STATE_ROOT").And.Contain(bad.Header.StateRoot.ToString()));
        Assert.That(chain.Database.Head.Number, Is.EqualTo(90));
    }

    [Test]
    public void A_bad_transaction_is_named_with_its_index()
    {
        Block block = Decode(_blocks[9]);
        Transaction[] twice = [.. block.Transactions, block.Transactions[0]];
        Block changed = new() { Header = block.Header with { TransactionsRoot = Consensus.Execution.Roots.Transactions(twice) }, Transactions = twice, Withdrawals = block.Withdrawals };
        using TestChain chain = new(new MemoryStore());
        ImportSummary summary = Import(chain, Write("nonce.rlp", [.. _blocks.Take(9), changed.Encode()]));
        Assert.That(summary.Failure, Does.Contain("Block 10").And.Contain("TransactionException.NONCE_MISMATCH_TOO_LOW").And.Contain($"transaction {twice.Length - 1}"));
    }

    [Test]
    public void A_block_whose_parent_is_missing_is_named()
    {
        using TestChain chain = new(new MemoryStore());
        ImportSummary summary = Import(chain, Write("gap.rlp", _blocks.Skip(4)));
        Assert.That(summary.Imported, Is.Zero);
        Assert.That(summary.Failure, Does.Contain("Block 5").And.Contain("UNKNOWN_PARENT").And.Contain("The head is block 0: import the blocks up to 4 first"));
    }

    [Test]
    public void A_file_of_another_chain_is_told_by_its_genesis()
    {
        Block first = Decode(_blocks[0]);
        Block foreign = new() { Header = first.Header with { ParentHash = _head }, Transactions = first.Transactions, Withdrawals = first.Withdrawals };
        using TestChain chain = new(new MemoryStore());
        ImportSummary summary = Import(chain, Write("foreign.rlp", [foreign.Encode()]));
        Assert.That(summary.Failure, Does.Contain("another chain").And.Contain($"follows genesis {_head}").And.Contain($"this chain's is {chain.Database.GenesisHash}"));
    }

    [Test]
    public void A_cut_file_gives_its_whole_blocks_and_says_where_it_ends()
    {
        byte[] all = File.ReadAllBytes(_file);
        string cut = _folder.File("cut.rlp");
        File.WriteAllBytes(cut, all[..^10]);
        using TestChain chain = new(new MemoryStore());
        ImportSummary summary = Import(chain, cut);
        Assert.That(summary.Imported, Is.EqualTo(BlockCount - 1));
        Assert.That(summary.Failure, Does.Contain($"byte {all.Length - _blocks[^1].Length}").And.Contain("cut"));
    }

    [Test]
    public void Damaged_files_never_crash_the_import()
    {
        byte[] all = [.. _blocks.Take(20).SelectMany(b => b)];
        Random random = new(3);
        for (int run = 0; run < 60; run++)
        {
            byte[] damaged = [.. all];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            string path = _folder.File("damaged.rlp");
            File.WriteAllBytes(path, damaged);
            using TestChain chain = new(new MemoryStore());
            ImportSummary summary = Import(chain, path);
            Assert.That(summary.Failure, Is.Not.Null.And.Not.Empty);
            Assert.That(chain.Database.Head.Number, Is.EqualTo((ulong)summary.Imported));
        }
    }

    [TestCase("this is no chain")]
    [TestCase("")]
    public void A_file_that_holds_no_blocks_is_told_or_empty(string text)
    {
        string path = _folder.File("text");
        File.WriteAllText(path, text);
        using TestChain chain = new(new MemoryStore());
        ImportSummary summary = Import(chain, path);
        Assert.That(summary.Imported, Is.Zero);
        if (text.Length > 0) Assert.That(summary.Failure, Does.Contain("not a stream of blocks"));
        else Assert.That(summary.Failure, Is.Null);
    }

    [Test]
    public void A_part_of_the_chain_is_exported()
    {
        using TestChain chain = new(new MemoryStore());
        Import(chain, _file);
        string part = _folder.File("part.rlp");
        ChainExporter.Run(chain.Database, 20, 29, part);
        Assert.That(File.ReadAllBytes(part), Is.EqualTo(_blocks.Skip(19).Take(10).SelectMany(b => b).ToArray()));
        Assert.That(() => ChainExporter.Run(chain.Database, 5, BlockCount + 1, part), Throws.TypeOf<UserException>().With.Message.Contains("above the head"));
        Assert.That(() => ChainExporter.Run(chain.Database, 5, 4, part), Throws.TypeOf<UserException>());
    }

    private static ImportSummary Import(TestChain chain, string path)
    {
        using BlockStreamReader reader = new(path);
        return new ChainImporter(chain.Manager).Run(reader);
    }

    private static Block Decode(byte[] encoded) => Block.TryDecode(encoded, out Block? block, out _, out _) ? block : throw new InvalidDataException();

    private string Write(string name, IEnumerable<byte[]> blocks)
    {
        string path = _folder.File(name);
        File.WriteAllBytes(path, [.. blocks.SelectMany(b => b)]);
        return path;
    }
}
