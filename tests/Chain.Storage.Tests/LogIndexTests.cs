using System.Diagnostics;
using Chain.Core.Crypto;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Storage.Engines;
using Chain.Storage.Logs;
using Chain.Storage.RocksDb;
using Chain.Storage.State;

namespace Chain.Storage.Tests;

/// <summary>The log index finds every block that a plain scan finds, whatever the chain went through.</summary>
public sealed class LogIndexTests
{
    private const int AddressCount = 6;
    private const int TopicCount = 9;

    [TestCase(Engine.Memory, 1)]
    [TestCase(Engine.Memory, 2)]
    [TestCase(Engine.RocksDb, 3)]
    public void The_index_and_a_plain_scan_agree_over_reorganisations(Engine engine, int seed)
    {
        using TestStores stores = new(engine);
        LogChain chain = new(seed);
        Random random = new(seed);
        IKeyValueStore store = stores.Open();
        ChainDatabase database = ChainDatabase.Open(store, chain.Genesis);
        try
        {
            for (int round = 0; round < 30; round++)
            {
                chain.Extend(database, random, 120 + random.Next(120));
                if (round % 3 == 1) chain.Reorganise(database, random, 1 + random.Next(30));
                if (round is 14 or 22)
                {
                    ulong back = database.Head.Number - (ulong)random.Next(1, 100);
                    Assert.That(database.DropBlocksAbove(back), Is.EqualTo(MoveResult.Done));
                }
                if (round == 18)
                {
                    database.Dispose();
                    database = ChainDatabase.Open(store = engine == Engine.Memory ? store : stores.Open(), null);
                }
                for (int query = 0; query < 12; query++) Compare(database, random);
            }
            Assert.That(database.Head.Number, Is.GreaterThan(2 * LogIndex.SectionBlocks));
            Assert.That(() => Rows(store, Column.LogSections), Is.Positive.After(5_000, 20), "sections were turned round");
            Assert.That(() => Rows(store, Column.LogItems), Is.LessThan(LogIndex.SectionBlocks * 2).After(5_000, 20), "and their blocks' lists are gone");
            for (int query = 0; query < 200; query++) Compare(database, random);
        }
        finally
        {
            database.Dispose();
        }
    }

    [Test]
    public void A_section_that_is_written_again_after_a_roll_back_loses_nothing()
    {
        using TestStores stores = new(Engine.Memory);
        LogChain chain = new(7);
        Random random = new(7);
        IKeyValueStore store = stores.Open();
        using ChainDatabase database = ChainDatabase.Open(store, chain.Genesis, new StorageOptions { LayersMax = 3_000, FinalLayersKept = 3_000, HistoryBlocks = StorageOptions.KeepAllHistory });
        chain.Extend(database, random, (int)(LogIndex.SectionBlocks + LogIndex.MergeDelayBlocks + 2));
        Assert.That(() => Rows(store, Column.LogSections), Is.Positive.After(5_000, 20));
        Assert.That(database.DropBlocksAbove(1_500), Is.EqualTo(MoveResult.Done));
        for (int query = 0; query < 50; query++) Compare(database, random);
        chain.Extend(database, random, 400);
        for (int query = 0; query < 50; query++) Compare(database, random);
        chain.Extend(database, random, 500);
        for (int query = 0; query < 50; query++) Compare(database, random);
    }

    /// <summary>The process may die between any two parts of a section, before or after a roll-back.</summary>
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(3)]
    [TestCase(7)]
    public void A_section_is_turned_round_in_parts_and_an_end_between_them_loses_nothing(int partsWritten)
    {
        const int PartEntries = 200;
        const long PartBytesMax = (8 * PartEntries) + 1_000;
        StorageOptions options = new() { LayersMax = 3_000, FinalLayersKept = 3_000, HistoryBlocks = StorageOptions.KeepAllHistory, LogPartEntriesMax = PartEntries };
        LogChain chain = new(11);
        Random random = new(11);
        MemoryStore disk = new();
        int parts = 0;
        int allowed = partsWritten;
        long largest = 0;
        ChainDatabase Open()
        {
            CountingStore store = new(disk)
            {
                BeforeCommit = (columns, bytes) =>
                {
                    if (!columns.Contains(Column.LogSections)) return;
                    if (parts == allowed) throw new StorageException(StorageError.Failed, "the end");
                    parts++;
                    largest = Math.Max(largest, bytes);
                },
            };
            return ChainDatabase.Open(store, chain.Genesis, options);
        }
        void EndHalfway(ChainDatabase database)
        {
            Assert.That(() => database.LogMergeFailures, Is.Positive.After(5_000, 20));
            Assert.That(parts, Is.EqualTo(partsWritten));
            for (int query = 0; query < 60; query++) Compare(database, random);
            database.Dispose();
        }

        ChainDatabase database = Open();
        chain.Extend(database, random, (int)(LogIndex.SectionBlocks + LogIndex.MergeDelayBlocks + 2));
        EndHalfway(database);

        allowed = int.MaxValue;
        database = Open();
        chain.Extend(database, random, 1);
        Assert.That(() => NextSection(disk), Is.EqualTo(1).After(5_000, 20));
        Assert.That(parts - partsWritten, Is.GreaterThan(8));
        Assert.That(largest, Is.LessThanOrEqualTo(PartBytesMax));
        for (int query = 0; query < 60; query++) Compare(database, random);

        Assert.That(database.DropBlocksAbove(1_500), Is.EqualTo(MoveResult.Done));
        parts = 0;
        allowed = partsWritten;
        chain.Extend(database, random, 700);
        EndHalfway(database);

        allowed = int.MaxValue;
        database = Open();
        chain.Extend(database, random, 1);
        Assert.That(() => NextSection(disk), Is.EqualTo(1).After(5_000, 20));
        for (int query = 0; query < 60; query++) Compare(database, random);
        database.Dispose();
    }

    /// <summary>A fault of any kind beside the work is told once, tried again, and does not keep the database from closing.</summary>
    [Test]
    public void A_section_that_cannot_be_turned_round_is_told_once_and_tried_again_later()
    {
        LogChain chain = new(12);
        Random random = new(12);
        MemoryStore disk = new();
        bool isBroken = true;
        CountingStore store = new(disk) { BeforeCommit = (columns, _) => { if (isBroken && columns.Contains(Column.LogSections)) throw new InvalidOperationException("a bug"); } };
        ChainDatabase database = ChainDatabase.Open(store, chain.Genesis);
        List<Exception> told = [];
        database.LogMergeFailed += told.Add;
        chain.Extend(database, random, (int)(LogIndex.SectionBlocks + LogIndex.MergeDelayBlocks));
        Assert.That(() => database.LogMergeFailures, Is.EqualTo(1).After(5_000, 20));
        chain.Extend(database, random, (int)ChainDatabase.LogRetryBlocks + 1);
        Assert.That(() => database.LogMergeFailures, Is.EqualTo(2).After(5_000, 20));
        Assert.That(told.Single(), Is.TypeOf<InvalidOperationException>());
        for (int query = 0; query < 30; query++) Compare(database, random);
        database.Dispose();

        isBroken = false;
        database = ChainDatabase.Open(store, chain.Genesis);
        chain.Extend(database, random, 1);
        Assert.That(() => NextSection(disk), Is.EqualTo(1).After(5_000, 20));
        database.Dispose();
    }

    [Test]
    public void Items_are_the_same_on_every_machine()
    {
        Assert.That(LogItems.OfAddress(Address.FromNumber(1)), Is.EqualTo(0xf69846abU));
        uint[] distinct = [LogItems.AnyLog, LogItems.OfAddress(Address.FromNumber(1)), .. Enumerable.Range(0, 4).Select(i => LogItems.OfTopic(i, Topic(1))), LogItems.OfTopic(0, Topic(2))];
        Assert.That(distinct, Is.Unique);
    }

    /// <summary>The figures of a chain of a million blocks; takes minutes, so it runs when asked for by name.</summary>
    [Test]
    [Explicit("makes a million blocks")]
    public void A_million_blocks()
    {
        string folder = Path.Combine(Path.GetTempPath(), "chain-log-index");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        LogChain chain = new(1);
        Random random = new(1);
        using ChainDatabase database = ChainDatabase.Open(RocksDbStore.Open(folder), chain.Genesis, new StorageOptions { LayersMax = 4, FinalLayersKept = 1, HistoryBlocks = 0 });
        long started = Stopwatch.GetTimestamp();
        chain.Extend(database, random, 1_000_000, busy: true);
        TestContext.Progress.WriteLine($"1,000,000 blocks made in {Stopwatch.GetElapsedTime(started).TotalSeconds:f0} s");
        Thread.Sleep(2_000);
        Measure("a topic of one block", [[LogItems.OfTopic(1, LogChain.RareTopic)]]);
        Measure("an account and a topic of one block", [[LogItems.OfAddress(Address.FromNumber(2))], [LogItems.OfTopic(1, LogChain.RareTopic)]]);
        Measure("a topic of no block", [[LogItems.OfTopic(1, Topic(999_999))]]);
        Measure("1,000 accounts of no block", [[.. Enumerable.Range(0, 1_000).Select(i => LogItems.OfAddress(Address.FromNumber(1_000_000 + (ulong)i)))]]);
        Measure("a topic of a ninth of the blocks", [[LogItems.OfTopic(1, Topic(3))]]);
        started = Stopwatch.GetTimestamp();
        int scanned = 0;
        for (ulong number = 1; number <= 20_000; number++) scanned += database.Blocks.GetHeader(number)!.LogsBloom == default ? 0 : 1;
        TestContext.Progress.WriteLine($"plain scan of the headers of 20,000 blocks: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:f0} ms ({scanned})");
        TestContext.Progress.WriteLine($"size: sections {database.EstimateSizeBytes(Column.LogSections) >> 20} MiB, lists {database.EstimateSizeBytes(Column.LogItems) >> 20} MiB, receipts {database.EstimateSizeBytes(Column.Receipts) >> 20} MiB");

        void Measure(string what, uint[][] groups)
        {
            List<double> timesMs = [];
            int found = 0;
            for (int i = 0; i < 9; i++)
            {
                long begun = Stopwatch.GetTimestamp();
                found = database.Logs.FindBlocks(0, database.Head.Number, groups).Count();
                timesMs.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
            timesMs.Sort();
            TestContext.Progress.WriteLine($"{what}: {found} blocks in {timesMs[4]:f2} ms (median of 9; {timesMs[0]:f2} to {timesMs[8]:f2})");
        }
    }

    private static ulong NextSection(MemoryStore store) =>
        store.TryGet(Column.Meta, Schema.MetaLogSection, out byte[] section) ? System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(section) : 0;

    private static int Rows(IKeyValueStore store, Column column)
    {
        int rows = 0;
        using IKeyValueIterator all = store.Iterate(column);
        while (all.MoveNext()) rows++;
        return rows;
    }

    private static Hash256 Topic(int i) => Keccak256.Hash([(byte)i, (byte)(i >> 8), (byte)(i >> 16)]);

    private static void Compare(ChainDatabase database, Random random)
    {
        ulong head = database.Head.Number;
        ulong from = (ulong)random.NextInt64((long)head + 1);
        ulong to = random.Next(3) == 0 ? head : Math.Min(head, from + (ulong)random.Next(3_000));
        Address[] addresses = random.Next(2) == 0 ? [] : [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Address.FromNumber((ulong)random.Next(AddressCount + 1)))];
        Hash256[][] topics = [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => random.Next(3) == 0 ? [] : Enumerable.Range(0, random.Next(1, 3)).Select(_ => Topic(random.Next(TopicCount + 1))).ToArray())];
        List<uint[]> groups = [];
        if (addresses.Length > 0) groups.Add([.. addresses.Select(a => LogItems.OfAddress(a))]);
        for (int i = 0; i < topics.Length; i++)
        {
            int position = i;
            if (topics[i].Length > 0) groups.Add([.. topics[i].Select(t => LogItems.OfTopic(position, t))]);
        }
        bool Wanted(LogEntry log) => (addresses.Length == 0 || addresses.Contains(log.Address)) && topics.Length <= log.Topics.Count
            && topics.Select((alternatives, i) => alternatives.Length == 0 || alternatives.Contains(log.Topics[i])).All(fits => fits);
        bool Holds(ulong number) => database.Blocks.TryGetCanonicalHash(number, out Hash256 hash) && database.Blocks.GetReceipts(hash)!.Any(receipt => receipt.Logs.Any(Wanted));

        ulong[] found = [.. database.Logs.FindBlocks(from, to, groups)];
        Assert.That(found, Is.Ordered.And.Unique);
        Assert.That(found.All(number => number >= from && number <= to), Is.True);
        List<ulong> expected = [];
        for (ulong number = from; number <= to; number++)
        {
            if (Holds(number)) expected.Add(number);
        }
        Assert.That(found.Where(Holds), Is.EqualTo(expected), $"blocks {from} to {to} of {head}, {addresses.Length} addresses, {topics.Length} topics");
        // The index is worth its room: what it names in vain is rare (other branches, and items on different logs of a block).
        if (groups.Count == 1 && topics.Length < 2) Assert.That(found, Has.Length.LessThanOrEqualTo(expected.Count + 400));
    }

    /// <summary>Blocks that change no state and log at random.</summary>
    private sealed class LogChain
    {
        public static readonly Hash256 RareTopic = Topic(77);

        private const ulong RareBlock = 123_456;

        private static readonly StateDelta NoChange = new();
        private ulong _serial;

        public LogChain(int seed)
        {
            _serial = (ulong)seed << 40;
            StateDelta allocation = new();
            allocation.Accounts[Address.FromNumber(9)] = new AccountDelta { Exists = true, Balance = 1, CodeHash = Keccak256.EmptyHash };
            Hash256 root = StateStore.ComputeGenesisRoot(allocation);
            BlockHeader header = new() { OmmersHash = BlockHeader.EmptyOmmersHash, StateRoot = root, Timestamp = ++_serial, BaseFeePerGas = 7 };
            Genesis = new GenesisBlock(99, new Block { Header = header, Transactions = [] }, header.Hash, allocation);
        }

        public GenesisBlock Genesis { get; }

        public void Extend(ChainDatabase database, Random random, int blocks, bool busy = false)
        {
            for (int i = 0; i < blocks; i++)
            {
                Add(database, random, database.Head.Hash, makeHead: true, busy);
                // A side block now and then, some of them made the head later.
                if (!busy && random.Next(20) == 0 && database.Blocks.GetHeader(database.Head.Hash)!.ParentHash is var parent && database.States.TryGetStateAt(parent).View is not null)
                    Add(database, random, parent, makeHead: false, busy);
            }
        }

        public void Reorganise(ChainDatabase database, Random random, int depth)
        {
            ulong number = database.Head.Number - Math.Min(database.Head.Number, (ulong)depth);
            Assert.That(database.Blocks.TryGetCanonicalHash(number, out Hash256 parent), Is.True);
            Hash256 tip = parent;
            for (int i = 0; i <= depth; i++) tip = Add(database, random, tip, makeHead: false, busy: false);
            Assert.That(database.SetHead(tip), Is.EqualTo(MoveResult.Done));
        }

        private Hash256 Add(ChainDatabase database, Random random, in Hash256 parent, bool makeHead, bool busy)
        {
            BlockHeader before = database.Blocks.GetHeader(parent)!;
            ulong number = before.Number + 1;
            List<LogEntry> logs = [];
            int count = busy ? random.Next(3) : random.Next(8) == 0 ? random.Next(4) : 0;
            for (int i = 0; i < count; i++)
            {
                Hash256[] topics = [.. Enumerable.Range(0, busy ? 2 : random.Next(5)).Select(_ => Topic(random.Next(TopicCount)))];
                logs.Add(new LogEntry(Address.FromNumber((ulong)random.Next(AddressCount)), topics, default));
            }
            if (number == RareBlock) logs.Add(new LogEntry(Address.FromNumber(2), [Topic(0), RareTopic], default));
            Transaction transaction = new() { Nonce = ++_serial, MaxFeePerGas = 7, GasLimit = 21_000, To = Address.FromNumber(1), Signature = new TransactionSignature(1, 1, 1) };
            Receipt receipt = new() { Succeeded = true, CumulativeGasUsed = 21_000, Logs = logs };
            BlockHeader header = new()
            {
                ParentHash = parent,
                OmmersHash = BlockHeader.EmptyOmmersHash,
                StateRoot = before.StateRoot,
                Number = number,
                Timestamp = ++_serial,
                BaseFeePerGas = 7,
                GasUsed = 21_000,
            };
            Block block = new() { Header = header, Transactions = [transaction] };
            Assert.That(database.States.TryGetStateAt(parent).TryGet(out IStateView? view), Is.True);
            database.CommitBlock(block, header.Hash, [receipt], [Address.FromNumber(1)], database.States.Prepare(view!, NoChange), makeHead);
            return header.Hash;
        }
    }
}
