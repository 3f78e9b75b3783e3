using Chain.Storage.Engines;

namespace Chain.Storage.Tests;

/// <summary>What an operator asks of a database: verification that names a difference, going back below the merged state, pruning.</summary>
public class MaintenanceTests
{
    private static readonly StorageOptions Options = new() { LayersMax = 3, FinalLayersKept = 1, HistoryBlocks = StorageOptions.KeepAllHistory };

    private MemoryStore _store = null!;
    private ChainModel _model = null!;
    private List<ModelBlock> _chain = null!;

    [SetUp]
    public void MakeChain()
    {
        _store = new MemoryStore();
        _model = new ChainModel(51);
        _chain = [_model.Genesis];
        using ChainDatabase database = Open();
        for (int i = 0; i < 30; i++)
        {
            _chain.Add(_model.MakeChild(_chain[^1]));
            ChainModel.Commit(database, _chain[^1], makeHead: true);
        }
    }

    [TearDown]
    public void CloseStore() => _store.Dispose();

    [Test]
    public void A_sound_database_has_no_difference()
    {
        using ChainDatabase database = Open();
        VerifyReport report = database.Verify();
        Assert.That(report.Difference, Is.Null);
        Assert.That(report.Blocks, Is.EqualTo(31));
        Assert.That(report.Accounts, Is.GreaterThan(0));
        Assert.That(report.Slots, Is.GreaterThan(0));
        Assert.That(report.TrieNodes, Is.GreaterThan(report.Accounts));
    }

    [Test]
    public void Verification_can_be_stopped()
    {
        using ChainDatabase database = Open();
        Assert.That(database.Verify(cancellation: new CancellationToken(canceled: true)).WasCancelled, Is.True);
    }

    [TestCase(Column.FlatAccounts)]
    [TestCase(Column.FlatSlots)]
    [TestCase(Column.TrieNodes)]
    [TestCase(Column.Headers)]
    [TestCase(Column.Bodies)]
    [TestCase(Column.Receipts)]
    [TestCase(Column.Senders)]
    [TestCase(Column.Canonical)]
    [TestCase(Column.Transactions)]
    [TestCase(Column.BlockNumbers)]
    public void Every_record_that_is_missing_is_named(Column column)
    {
        List<byte[]> keys = Keys(column);
        Assert.That(keys, Is.Not.Empty);
        using ChainDatabase database = Open();
        foreach (byte[] key in keys)
        {
            Assert.That(_store.TryGet(column, key, out byte[] value), Is.True);
            Write(column, key, null);
            Assert.That(database.Verify().Difference, Is.Not.Null.And.Not.Empty, $"{column} {Convert.ToHexString(key)}");
            Write(column, key, value);
        }
        Assert.That(database.Verify().Difference, Is.Null, "everything is back");
    }

    [TestCase(Column.FlatAccounts)]
    [TestCase(Column.FlatSlots)]
    [TestCase(Column.TrieNodes)]
    [TestCase(Column.Headers)]
    [TestCase(Column.Bodies)]
    [TestCase(Column.Receipts)]
    [TestCase(Column.Canonical)]
    [TestCase(Column.Transactions)]
    public void A_flipped_bit_in_a_record_is_named(Column column)
    {
        Random random = new(column.GetHashCode());
        using ChainDatabase database = Open();
        foreach (byte[] key in Keys(column))
        {
            _store.TryGet(column, key, out byte[] value);
            byte[] damaged = [.. value];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            Write(column, key, damaged);
            Assert.That(database.Verify().Difference, Is.Not.Null.And.Not.Empty, $"{column} {Convert.ToHexString(key)}");
            Write(column, key, value);
        }
    }

    [TestCase(Column.FlatAccounts, 32)]
    [TestCase(Column.FlatSlots, 64)]
    [TestCase(Column.TrieNodes, 34)]
    public void A_record_that_nothing_names_is_found(Column column, int keySizeBytes)
    {
        using ChainDatabase database = Open();
        foreach (byte fill in new byte[] { 0x00, 0x77, 0xff })
        {
            byte[] key = new byte[keySizeBytes];
            Array.Fill(key, fill);
            Write(column, key, [2, 1, 5]);
            Assert.That(database.Verify().Difference, Is.Not.Null, $"{fill:x2}");
            Write(column, key, null);
        }
    }

    [TestCase(29)]
    [TestCase(27)]
    [TestCase(26)]
    [TestCase(14)]
    [TestCase(1)]
    [TestCase(0)]
    public void Rolling_back_gives_the_database_of_that_block(int number)
    {
        using (ChainDatabase database = Open())
        {
            Assert.That(database.RollBack((ulong)number), Is.EqualTo(MoveResult.Done));
            Check(database);
        }
        using ChainDatabase reopened = Open();
        Check(reopened);
        ModelBlock other = _model.MakeChild(_chain[number]);
        ChainModel.Commit(reopened, other, makeHead: true);
        ChainModel.AssertState(reopened.States.Head, other);

        void Check(ChainDatabase database)
        {
            Assert.That(database.Head.Number, Is.EqualTo((ulong)number));
            ChainModel.AssertCanonical(database, _chain[number]);
            ChainModel.AssertState(database.States.Head, _chain[number]);
            VerifyReport report = database.Verify();
            Assert.That(report.Difference, Is.Null);
            Assert.That(report.Blocks, Is.EqualTo(number + 1));
        }
    }

    [Test]
    public void Rolling_back_below_the_kept_states_changes_nothing()
    {
        using ChainDatabase database = Open();
        database.PruneHistory(5);
        Assert.That(database.States.OldestNumber, Is.EqualTo(database.States.BaseNumber - 5));
        Assert.That(database.RollBack(database.States.OldestNumber - 1), Is.EqualTo(MoveResult.TooOld));
        ChainModel.AssertCanonical(database, _chain[30]);
        ulong oldest = database.States.OldestNumber;
        Assert.That(database.RollBack(oldest), Is.EqualTo(MoveResult.Done));
        ChainModel.AssertState(database.States.Head, _chain[(int)oldest]);
    }

    private ChainDatabase Open() => ChainDatabase.Open(_store, _model.GenesisBlock, Options);

    private List<byte[]> Keys(Column column)
    {
        List<byte[]> keys = [];
        using IKeyValueIterator all = _store.Iterate(column);
        while (all.MoveNext()) keys.Add(all.Key.ToArray());
        return keys;
    }

    private void Write(Column column, byte[] key, byte[]? value)
    {
        using IWriteBatch batch = _store.CreateBatch();
        if (value is null) batch.Delete(column, key);
        else batch.Put(column, key, value);
        batch.Commit(sync: false);
    }
}
