using System.Text;
using Chain.Storage.Engines;

namespace Chain.Storage.Tests;

[TestFixture(Engine.Memory)]
[TestFixture(Engine.RocksDb)]
public class KeyValueStoreTests(Engine engine)
{
    private TestStores _stores = null!;
    private IKeyValueStore _store = null!;

    [SetUp]
    public void Open()
    {
        _stores = new TestStores(engine);
        _store = _stores.Open();
    }

    [TearDown]
    public void Close()
    {
        _store.Dispose();
        _stores.Dispose();
    }

    [Test]
    public void A_value_put_is_read_back_in_both_forms()
    {
        Put(Column.Code, "key", "value");
        Span<byte> small = stackalloc byte[3];
        Assert.That(Get(Column.Code, "key"), Is.EqualTo("value"));
        Assert.That(_store.Read(Column.Code, "key"u8, small), Is.EqualTo(5), "the size is that of the value, whatever fits");
        Assert.That(Encoding.UTF8.GetString(small), Is.EqualTo("val"));
        Assert.That(_store.Read(Column.Code, "other"u8, small), Is.EqualTo(-1));
        Assert.That(_store.TryGet(Column.Code, "other"u8, out _), Is.False);
    }

    [Test]
    public void An_empty_value_is_not_an_absent_one()
    {
        Put(Column.History, "key", "");
        Assert.That(_store.Read(Column.History, "key"u8, default), Is.Zero);
        Assert.That(_store.TryGet(Column.History, "key"u8, out byte[] value), Is.True);
        Assert.That(value, Is.Empty);
    }

    [Test]
    public void Columns_are_apart()
    {
        Put(Column.Code, "key", "1");
        Put(Column.Headers, "key", "2");
        Assert.That(Get(Column.Code, "key"), Is.EqualTo("1"));
        Assert.That(Get(Column.Headers, "key"), Is.EqualTo("2"));
        Assert.That(Get(Column.Bodies, "key"), Is.Null);
    }

    [Test]
    public void Nothing_of_a_batch_is_seen_before_its_commit_and_all_after()
    {
        using IWriteBatch batch = _store.CreateBatch();
        batch.Put(Column.Code, "a"u8, "1"u8);
        batch.Put(Column.Headers, "b"u8, "2"u8);
        Assert.That(batch.Count, Is.EqualTo(2));
        Assert.That(Get(Column.Code, "a"), Is.Null);
        batch.Commit(sync: true);
        Assert.That(Get(Column.Code, "a") + Get(Column.Headers, "b"), Is.EqualTo("12"));
        Assert.That(batch.Count, Is.Zero, "a committed batch is empty");
    }

    [Test]
    public void A_batch_dropped_without_commit_changes_nothing()
    {
        using (IWriteBatch batch = _store.CreateBatch()) batch.Put(Column.Code, "a"u8, "1"u8);
        Assert.That(Get(Column.Code, "a"), Is.Null);
    }

    [Test]
    public void The_last_operation_of_a_batch_on_a_key_wins()
    {
        Put(Column.Code, "gone", "1");
        using IWriteBatch batch = _store.CreateBatch();
        batch.Put(Column.Code, "a"u8, "1"u8);
        batch.Delete(Column.Code, "a"u8);
        batch.Put(Column.Code, "a"u8, "2"u8);
        batch.Put(Column.Code, "b"u8, "3"u8);
        batch.DeleteRange(Column.Code, "b"u8, "z"u8);
        batch.Put(Column.Code, "c"u8, "4"u8);
        batch.Commit(sync: false);
        Assert.That(All(Column.Code), Is.EqualTo("a2c4"));
    }

    [Test]
    public void Deleting_what_is_absent_is_no_error()
    {
        using IWriteBatch batch = _store.CreateBatch();
        batch.Delete(Column.Code, "a"u8);
        batch.DeleteRange(Column.Code, "c"u8, "b"u8);
        batch.Commit(sync: false);
        Assert.That(All(Column.Code), Is.Empty);
    }

    [Test]
    public void A_range_is_inclusive_below_and_exclusive_above()
    {
        foreach (string key in new[] { "a", "b", "bb", "c", "d" }) Put(Column.Code, key, "-");
        using IWriteBatch batch = _store.CreateBatch();
        batch.DeleteRange(Column.Code, "b"u8, "c"u8);
        batch.Commit(sync: false);
        Assert.That(All(Column.Code), Is.EqualTo("a-c-d-"));
    }

    [TestCase("", "", "a-b-bb-c-d-")]
    [TestCase("b", "", "b-bb-c-d-")]
    [TestCase("", "c", "a-b-bb-")]
    [TestCase("aa", "c", "b-bb-")]
    [TestCase("e", "", "")]
    public void Iteration_goes_in_byte_order_inside_its_bounds(string lower, string upper, string expected)
    {
        foreach (string key in new[] { "d", "bb", "a", "c", "b" }) Put(Column.Code, key, "-");
        Assert.That(All(Column.Code, lower, upper), Is.EqualTo(expected));
    }

    [Test]
    public void Seek_goes_to_the_first_key_at_or_above_and_respects_the_bounds()
    {
        foreach (string key in new[] { "a", "b", "d", "e" }) Put(Column.Code, key, key);
        using IKeyValueIterator iterator = _store.Iterate(Column.Code, "b"u8, "e"u8);
        Assert.That(iterator.Seek("c"u8), Is.True);
        Assert.That(Encoding.UTF8.GetString(iterator.Key), Is.EqualTo("d"));
        Assert.That(iterator.MoveNext(), Is.False, "e is the upper bound");
        Assert.That(iterator.Seek("a"u8), Is.True);
        Assert.That(Encoding.UTF8.GetString(iterator.Value), Is.EqualTo("b"), "below the lower bound it starts there");
        Assert.That(iterator.Seek("e"u8), Is.False);
    }

    [Test]
    public void Iterators_and_snapshots_do_not_see_later_writes()
    {
        Put(Column.Code, "a", "1");
        using ISnapshot snapshot = _store.CreateSnapshot();
        using IKeyValueIterator iterator = _store.Iterate(Column.Code);
        Put(Column.Code, "a", "2");
        Put(Column.Code, "b", "3");
        Assert.That(iterator.MoveNext(), Is.True);
        Assert.That(Encoding.UTF8.GetString(iterator.Value), Is.EqualTo("1"));
        Assert.That(iterator.MoveNext(), Is.False);
        Assert.That(snapshot.TryGet(Column.Code, "a"u8, out byte[] value), Is.True);
        Assert.That(Encoding.UTF8.GetString(value), Is.EqualTo("1"));
        Assert.That(snapshot.Read(Column.Code, "b"u8, default), Is.EqualTo(-1));
        using IKeyValueIterator old = snapshot.Iterate(Column.Code, "a"u8);
        Assert.That(old.MoveNext() && !old.MoveNext(), Is.True);
        Assert.That(All(Column.Code), Is.EqualTo("a2b3"));
    }

    [Test]
    public void Data_survive_reopening()
    {
        Put(Column.FlatSlots, "a", "1");
        _store.Flush();
        _store.Dispose();
        _store = _stores.Open();
        Assert.That(Get(Column.FlatSlots, "a"), Is.EqualTo("1"));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Random_operations_agree_with_a_sorted_dictionary(int seed)
    {
        Random random = new(seed);
        SortedDictionary<string, string> model = new(StringComparer.Ordinal);
        for (int round = 0; round < 60; round++)
        {
            using IWriteBatch batch = _store.CreateBatch();
            for (int i = random.Next(20); i > 0; i--)
            {
                string key = RandomKey(random);
                switch (random.Next(6))
                {
                    case 0:
                        batch.Delete(Column.TrieNodes, Encoding.UTF8.GetBytes(key));
                        model.Remove(key);
                        break;
                    case 1 when random.Next(4) == 0:
                        string upper = RandomKey(random);
                        batch.DeleteRange(Column.TrieNodes, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(upper));
                        foreach (string inside in model.Keys.Where(k => string.CompareOrdinal(k, key) >= 0 && string.CompareOrdinal(k, upper) < 0).ToList()) model.Remove(inside);
                        break;
                    default:
                        string value = $"<{random.Next(1000)}>";
                        batch.Put(Column.TrieNodes, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value));
                        model[key] = value;
                        break;
                }
            }
            batch.Commit(sync: false);
            Assert.That(All(Column.TrieNodes), Is.EqualTo(string.Concat(model.Select(pair => pair.Key + pair.Value))));
            string lower = RandomKey(random);
            Assert.That(All(Column.TrieNodes, lower), Is.EqualTo(string.Concat(model.Where(pair => string.CompareOrdinal(pair.Key, lower) >= 0).Select(pair => pair.Key + pair.Value))));
            string probe = RandomKey(random);
            Assert.That(Get(Column.TrieNodes, probe), Is.EqualTo(model.GetValueOrDefault(probe)));
        }
    }

    [Test]
    public void Readers_see_each_batch_wholly()
    {
        Put(Column.Code, "a", "0");
        Put(Column.Headers, "a", "0");
        using CancellationTokenSource stop = new();
        Task writer = Task.Run(() =>
        {
            for (int i = 1; !stop.IsCancellationRequested; i++)
            {
                byte[] value = Encoding.UTF8.GetBytes(i.ToString(System.Globalization.CultureInfo.InvariantCulture));
                using IWriteBatch batch = _store.CreateBatch();
                batch.Put(Column.Code, "a"u8, value);
                batch.Put(Column.Headers, "a"u8, value);
                batch.Commit(sync: false);
            }
        });
        int torn = 0;
        for (int i = 0; i < 300; i++)
        {
            using ISnapshot snapshot = _store.CreateSnapshot();
            snapshot.TryGet(Column.Code, "a"u8, out byte[] first);
            snapshot.TryGet(Column.Headers, "a"u8, out byte[] second);
            if (!first.AsSpan().SequenceEqual(second)) torn++;
        }
        stop.Cancel();
        writer.Wait();
        Assert.That(torn, Is.Zero);
    }

    private static string RandomKey(Random random) => new([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (char)('a' + random.Next(6)))]);

    private void Put(Column column, string key, string value)
    {
        using IWriteBatch batch = _store.CreateBatch();
        batch.Put(column, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value));
        batch.Commit(sync: false);
    }

    private string? Get(Column column, string key) => _store.TryGet(column, Encoding.UTF8.GetBytes(key), out byte[] value) ? Encoding.UTF8.GetString(value) : null;

    private string All(Column column, string lower = "", string upper = "")
    {
        StringBuilder text = new();
        using IKeyValueIterator all = _store.Iterate(column, Encoding.UTF8.GetBytes(lower), Encoding.UTF8.GetBytes(upper));
        while (all.MoveNext()) text.Append(Encoding.UTF8.GetString(all.Key)).Append(Encoding.UTF8.GetString(all.Value));
        return text.ToString();
    }
}
