using Chain.Storage.Engines;

namespace Chain.Storage.Tests;

public class OpeningTests
{
    [TestCase(Schema.Version + 1, "newer version")]
    [TestCase(0u, "import the chain again")]
    public void Another_schema_version_is_refused_with_both_versions(uint version, string remedy)
    {
        MemoryStore store = new();
        ChainModel model = new(1);
        ChainDatabase.Open(store, model.GenesisBlock).Dispose();
        using (IWriteBatch batch = store.CreateBatch())
        {
            batch.Put(Column.Meta, Schema.MetaVersion, [0, 0, 0, (byte)version]);
            batch.Commit(sync: false);
        }
        StorageException? e = Assert.Throws<StorageException>(() => ChainDatabase.Open(store, model.GenesisBlock));
        Assert.That(e!.Error, Is.EqualTo(StorageError.WrongSchema));
        Assert.That(e.Message, Does.Contain($"schema version {version}").And.Contain($"reads version {Schema.Version}").And.Contain(remedy));
    }

    [Test]
    public void Another_chain_is_refused_with_both_chains()
    {
        MemoryStore store = new();
        ChainModel mine = new(1);
        ChainModel other = new(2);
        ChainDatabase.Open(store, mine.GenesisBlock).Dispose();
        StorageException? byHash = Assert.Throws<StorageException>(() => ChainDatabase.Open(store, other.GenesisBlock));
        Assert.That(byHash!.Error, Is.EqualTo(StorageError.WrongChain));
        Assert.That(byHash.Message, Does.Contain(mine.Genesis.Hash.ToString()).And.Contain(other.Genesis.Hash.ToString()));
        StorageException? byId = Assert.Throws<StorageException>(() => ChainDatabase.Open(store, mine.GenesisBlock with { ChainId = 7 }));
        Assert.That(byId!.Message, Does.Contain($"id {ChainModel.ChainId}").And.Contain("has id 7"));
    }

    [Test]
    public void A_chain_can_be_opened_without_its_genesis_but_not_created()
    {
        MemoryStore store = new();
        StorageException? e = Assert.Throws<StorageException>(() => ChainDatabase.Open(store, null));
        Assert.That(e!.Error, Is.EqualTo(StorageError.NotInitialised));
        ChainModel model = new(1);
        ChainDatabase.Open(store, model.GenesisBlock).Dispose();
        using ChainDatabase database = ChainDatabase.Open(store, null);
        Assert.That(database.ChainId, Is.EqualTo(ChainModel.ChainId));
        Assert.That(database.GenesisHash, Is.EqualTo(model.Genesis.Hash));
        Assert.That(database.Safe, Is.EqualTo(database.Finalized));
    }

    [Test]
    public void A_genesis_whose_header_has_another_root_than_its_allocation_is_refused()
    {
        ChainModel model = new(1);
        GenesisBlock wrong = new(ChainModel.ChainId, new ChainModel(2).Genesis.Block, model.Genesis.Hash, model.Genesis.Delta);
        Assert.Throws<ArgumentException>(() => ChainDatabase.Open(new MemoryStore(), wrong));
    }
}
