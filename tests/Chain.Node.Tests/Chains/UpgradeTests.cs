using Chain.Compliance;
using Chain.Compliance.Registry;
using Chain.Node.Chains;

namespace Chain.Node.Tests.Chains;

/// <summary>Scheduled changes of modules: where the file is found, when entries act, and what a node refuses (compliance specification, section 7).</summary>
public sealed class UpgradeTests
{
    private const ulong GenesisTime = 1_700_000_000;

    private TempFolder _folder = null!;
    private string _genesis = null!;
    private string _data = null!;

    [SetUp]
    public void Make()
    {
        _folder = new TempFolder();
        _genesis = _folder.File("genesis.json");
        _data = _folder.File("data");
        File.WriteAllBytes(_genesis, TestChain.Plan.GenesisJson);
    }

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void An_entry_acts_at_its_time_and_then_binds_every_later_start()
    {
        string upgrade = Write("later.json", (GenesisTime + 3, 3));
        using (OpenChain chain = Open(_genesis, upgrade))
        {
            for (byte expected = 0; chain.Manager.Head.Number < 4; expected = chain.Manager.Head.Timestamp >= GenesisTime + 3 ? (byte)3 : (byte)0)
            {
                Assert.That(ModeOf(chain), Is.EqualTo(expected));
                chain.Manager.Produce(TestChain.Next);
            }
            Assert.That(ModeOf(chain), Is.EqualTo(3));
        }
        // Without a file the stored one holds.
        using (OpenChain chain = Open(null, null)) Assert.That(chain.Genesis.Modules.Config.Entries.Any(e => e.Timestamp == GenesisTime + 3), Is.True);
        UserException changed = Assert.Throws<UserException>(() => Open(_genesis, Write("changed.json", (GenesisTime + 3, 2))))!;
        Assert.That(changed.Message, Does.Contain("have acted already").And.Contain("\"mode\":3").And.Contain("\"mode\":2"));
        UserException gone = Assert.Throws<UserException>(() => Open(_genesis, Write("empty.json")))!;
        Assert.That(gone.Message, Does.Contain("the files say no entry"));
        UserException added = Assert.Throws<UserException>(() => Open(_genesis, Write("added.json", (GenesisTime + 2, 1), (GenesisTime + 3, 3))))!;
        Assert.That(added.Message, Does.Contain("\"mode\":1"));
        // A refused start leaves the stored file as it was, and entries to come may change.
        using (OpenChain chain = Open(_genesis, Write("future.json", (GenesisTime + 3, 3), (GenesisTime + 1_000, 1)))) Assert.That(ModeOf(chain), Is.EqualTo(3));
        using (OpenChain chain = Open(_genesis, Write("other-future.json", (GenesisTime + 3, 3), (GenesisTime + 6, 0))))
        {
            while (chain.Manager.Head.Timestamp < GenesisTime + 6) chain.Manager.Produce(TestChain.Next);
            Assert.That(ModeOf(chain), Is.Zero, "the way down is an upgrade entry");
        }
    }

    [Test]
    public void The_file_beside_the_genesis_is_taken()
    {
        File.Copy(Write("x.json", (GenesisTime + 2, 1)), _folder.File(GenesisSource.UpgradeFileName));
        using OpenChain chain = Open(_genesis, null);
        for (int i = 0; i < 3; i++) chain.Manager.Produce(TestChain.Next);
        Assert.That(ModeOf(chain), Is.EqualTo(1));
    }

    [TestCase("{\"precompileUpgrades\": [{\"kycConfig\": {\"blockTimestamp\": 5}, \"auditConfig\": {\"blockTimestamp\": 5}}]}", "exactly one module section")]
    [TestCase("{\"precompileUpgrades\": [{\"kycConfig\": {\"blockTimestamp\": 1800000000, \"disable\": true, \"mode\": 1}}]}", "sets nothing else")]
    [TestCase("{\"precompileUpgrades\": [{\"kycConfig\": {\"blockTimestamp\": 1800000000, \"minTier\": 1}}]}", "minTier is not a known key")]
    [TestCase("{\"precompileUpgrades\": [{\"auditConfig\": {\"blockTimestamp\": 1800000000, \"disable\": true}}, {\"auditConfig\": {\"blockTimestamp\": 1800000001, \"disable\": true}}]}", "follows no enabled state")]
    [TestCase("{\"precompileUpgrades\": [{\"kycConfig\": {\"blockTimestamp\": 1800000001}}, {\"auditConfig\": {\"blockTimestamp\": 1800000000}}]}", "order the entries by time")]
    [TestCase("{\"upgrades\": []}", "precompileUpgrades")]
    [TestCase("nonsense", "is no JSON")]
    public void A_wrong_file_is_refused_with_one_sentence(string text, string expected)
    {
        string path = _folder.File("wrong.json");
        File.WriteAllText(path, text);
        Assert.That(Assert.Throws<UserException>(() => Open(_genesis, path))!.Message, Does.Contain(expected));
    }

    private OpenChain Open(string? genesis, string? upgrade) => OpenChain.Create(ChainFolder.Create(_data), genesis, new StorageSettings(), upgrade);

    private string Write(string name, params (ulong Time, int Mode)[] entries)
    {
        string path = _folder.File(name);
        File.WriteAllText(path, $"{{\"precompileUpgrades\": [{string.Join(',', entries.Select(e => $"{{\"kycConfig\": {{\"blockTimestamp\": {e.Time}, \"mode\": {e.Mode}}}}}"))}]}}");
        return path;
    }

    private static byte ModeOf(OpenChain chain) => KycConfigWord.Unpack(chain.Database.States.Head.GetStorage(ModuleAddresses.Kyc, KycLayout.Config)).Mode;
}
