using Chain.Storage.RocksDb;

namespace Chain.Storage.Tests;

public class RocksDbMessagesTests
{
    private TestStores _stores = null!;

    [SetUp]
    public void Make() => _stores = new TestStores(Engine.RocksDb);

    [TearDown]
    public void Remove() => _stores.Dispose();

    [Test]
    public void A_folder_that_is_open_already_is_named_as_locked()
    {
        using Engines.IKeyValueStore first = _stores.Open();
        StorageException? e = Assert.Throws<StorageException>(() => RocksDbStore.Open(_stores.Folder));
        Assert.That(e!.Error, Is.EqualTo(StorageError.Locked));
        Assert.That(e.Message, Does.Contain(_stores.Folder).And.Contain("Another process has this folder open"));
    }

    [Test]
    public void A_path_that_cannot_be_a_folder_is_one_sentence()
    {
        Directory.CreateDirectory(_stores.Folder);
        string file = Path.Combine(_stores.Folder, "file");
        File.WriteAllText(file, "");
        StorageException? e = Assert.Throws<StorageException>(() => RocksDbStore.Open(Path.Combine(file, "database")));
        Assert.That(e!.Message, Does.Contain(file).And.Contain("could not create the folder"));
    }

    [Test]
    public void A_damaged_table_is_detected_and_named()
    {
        using (Engines.IKeyValueStore store = _stores.Open())
        {
            using Engines.IWriteBatch batch = store.CreateBatch();
            byte[] value = new byte[1000];
            for (int i = 0; i < 2000; i++)
            {
                new Random(i).NextBytes(value);
                batch.Put(Column.Code, BitConverter.GetBytes(i), value);
            }
            batch.Commit(sync: true);
            store.Compact(Column.Code);
        }
        foreach (string table in Directory.GetFiles(_stores.Folder, "*.sst"))
        {
            byte[] bytes = File.ReadAllBytes(table);
            for (int i = 5_000; i < bytes.Length / 2; i += 5_000) bytes[i] ^= 1;
            File.WriteAllBytes(table, bytes);
        }
        StorageException? e = Assert.Throws<StorageException>(() =>
        {
            using Engines.IKeyValueStore store = _stores.Open();
            for (int i = 0; i < 2000; i++) store.TryGet(Column.Code, BitConverter.GetBytes(i), out _);
        });
        Assert.That(e!.Error, Is.EqualTo(StorageError.Corrupted));
        Assert.That(e.Message, Does.Contain(_stores.Folder).And.Contain("Restore the folder"));
    }

    [Test]
    public void Reading_after_closing_is_an_exception_and_not_a_crash()
    {
        Engines.IKeyValueStore store = _stores.Open();
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => store.TryGet(Column.Code, "a"u8, out _));
        Assert.DoesNotThrow(store.Dispose);
    }
}
