namespace Chain.Node.Tests.Chains;

/// <summary>The commands on a data folder, as a user types them.</summary>
public class CommandLineTests
{
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
    public void A_chain_is_made_filled_looked_at_and_rolled_back()
    {
        string blocks = _folder.File("blocks.rlp.gz");
        using (TestChain chain = new(new Storage.Engines.MemoryStore()))
        {
            for (int i = 0; i < 20; i++) chain.Produce();
            Node.Chains.ChainExporter.Run(chain.Database, 1, 20, blocks);
        }
        string hash = Expect(0, $"genesis hash --genesis {_genesis}").Trim();
        Assert.That(Expect(0, $"genesis show {_genesis}"), Does.Contain(hash).And.Contain("31337"));
        Assert.That(Expect(0, $"genesis validate --genesis {_genesis}"), Does.Contain("is valid"));
        Assert.That(Expect(0, $"init --genesis {_genesis} --datadir {_data} --history archive"), Does.Contain(hash));
        Assert.That(Expect(0, $"import {blocks} --datadir {_data}"), Does.Contain("20 blocks imported, 0 known before"));
        Assert.That(Expect(0, $"import {blocks} --datadir {_data} --genesis {_genesis}"), Does.Contain("0 blocks imported, 20 known before"));
        Assert.That(Expect(0, $"db stats --datadir {_data}"), Does.Contain("block 20").And.Contain("column FlatAccounts"));
        Assert.That(Expect(0, $"db verify --datadir {_data}"), Does.Contain("21 blocks").And.Contain("No difference."));
        Assert.That(Expect(0, $"db rollback 12 --datadir {_data}"), Does.Contain("The head is block 12"));
        Assert.That(Expect(0, $"export {_folder.File("out.rlp")} --datadir {_data} --from 3"), Does.Contain("Blocks 3 to 12"));
        Assert.That(Expect(0, $"db prune --history 5 --datadir {_data}"), Does.Contain("States are kept from block"));
        Assert.That(Expect(0, $"db compact --datadir {_data}"), Does.Contain("column Headers"));
        Assert.That(Expect(1, $"db rollback 13 --datadir {_data}"), Does.Contain("Block 13 is above the head, block 12."));
    }

    [Test]
    public void Mistakes_are_answered_in_one_sentence()
    {
        string other = _folder.File("other.json");
        File.WriteAllText(other, System.Text.Encoding.UTF8.GetString(TestChain.Plan.GenesisJson).Replace("31337", "31338", StringComparison.Ordinal));
        Assert.That(Expect(1, $"db stats --datadir {_data}"), Does.Contain("There is no chain in").And.Contain("chain init"));
        Expect(0, $"init --genesis {_genesis} --datadir {_data}");
        Assert.That(Expect(1, $"init --genesis {other} --datadir {_data}"), Does.Contain("31338").And.Contain("another --datadir"));
        Assert.That(Expect(1, $"init --genesis {_genesis} --datadir {_data} --history some"), Does.Contain("--history some"));
        Assert.That(Expect(1, $"import {_folder.File("none")} --datadir {_data}"), Does.Contain("cannot be read"));
        Assert.That(Expect(1, $"init --datadir {_data} --cache.state 0"), Does.Contain("--cache.state 0 is out of range: 1 to"));
        Assert.That(Expect(1, $"export {_folder.File("no")}/such/file --from 0 --datadir {_data}"), Does.Contain("cannot be written"));
        Assert.That(Expect(1, $"export {_folder.File("empty")} --datadir {_data}"), Does.Contain("no block after its genesis"));
        string cut = _folder.File("cut.gz");
        File.WriteAllBytes(cut, [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff]);
        Assert.That(Expect(1, $"import {cut} --datadir {_data}"), Does.Contain("compressed file"));
        Assert.That(Expect(1, $"genesis validate {_folder.File("none")}"), Does.Contain("cannot be read"));
        Assert.That(Expect(1, $"import {_folder.Path} --datadir {_data}"), Does.Contain("is a folder: name a file of blocks"));
        Assert.That(Expect(1, $"export {_folder.Path} --datadir {_data} --from 0"), Does.Contain("is a folder: name a file to write"));
        Assert.That(Expect(1, $"import {cut} --datadir {_folder.File("elsewhere")}"), Does.Contain("elsewhere").And.Contain("--datadir").And.Contain("--genesis"));
    }

    [TestCase("db", "'chain db' needs a command: stats, verify, compact, rollback, prune.")]
    [TestCase("db stat --datadir x", "Unknown command 'stat': did you mean 'stats'?")]
    [TestCase("frobnicate", "Unknown command 'frobnicate': 'chain --help' lists the commands")]
    [TestCase("db stats --datadr x", "Unknown flag '--datadr': did you mean '--datadir'?")]
    [TestCase("db stats --frobnicate", "Unknown flag '--frobnicate': 'chain db stats --help' lists the flags")]
    [TestCase("db rollback", "'chain db rollback' needs N: Number of the block that becomes the head.")]
    [TestCase("db rollback abc", "N 'abc' is not a whole number from 0 on.")]
    [TestCase("db rollback -5", "N '-5' is not a whole number from 0 on.")]
    [TestCase("db rollback 5 6", "'6' is one argument too many: 'chain db rollback --help'")]
    [TestCase("import", "'chain import' needs FILE: Blocks, one RLP item after another")]
    [TestCase("export x --from one", "--from 'one' is not a whole number from 0 on.")]
    [TestCase("import x --cache.state much", "--cache.state 'much' is not a whole number.")]
    [TestCase("init --genesis", "--genesis needs a value, FILE: Genesis file")]
    public void A_wrong_word_is_named_with_what_is_right_in_its_place(string arguments, string sentence)
    {
        (int code, string output, string error) = NodeProcess.Run(arguments);
        Assert.That(code, Is.EqualTo(1));
        Assert.That(output, Is.Empty);
        Assert.That(error.Trim(), Does.StartWith(sentence).And.Not.Contain("System.").And.Not.Contain("\n"));
    }

    /// <summary>A download that broke off: at any byte of the compressed file, also where a block ends.</summary>
    [Test]
    public void A_compressed_file_that_was_cut_is_never_taken_for_a_whole_one()
    {
        string whole = _folder.File("whole.rlp.gz");
        using (TestChain chain = new(new Storage.Engines.MemoryStore()))
        {
            for (int i = 0; i < 4; i++) chain.Produce();
            Node.Chains.ChainExporter.Run(chain.Database, 1, 4, whole);
        }
        byte[] bytes = File.ReadAllBytes(whole);
        Expect(0, $"init --genesis {_genesis} --datadir {_data}");
        string cut = _folder.File("cut.rlp.gz");
        // In the head, in the data, before the checksum (all blocks are there), in the checksum.
        foreach (int length in new[] { 2, 10, bytes.Length / 2, bytes.Length - 8, bytes.Length - 3 })
        {
            File.WriteAllBytes(cut, bytes[..length]);
            Assert.That(Expect(1, $"import {cut} --datadir {_data}"), Does.Contain("cut").And.Contain("get the whole file and import it again"), $"{length} of {bytes.Length} bytes");
        }
        File.WriteAllBytes(cut, [.. bytes, .. bytes]);
        Assert.That(Expect(0, $"import {cut} --datadir {_data}"), Does.Contain("The head is block 4."), "files after one another are one file");
    }

    [TestCase("init", "chain init --genesis")]
    [TestCase("import", "chain import blocks.rlp")]
    [TestCase("export", "chain export blocks.rlp.gz")]
    [TestCase("db stats", "chain db stats")]
    [TestCase("db verify", "chain db verify")]
    [TestCase("db compact", "chain db compact")]
    [TestCase("db rollback", "chain db rollback 1200")]
    [TestCase("db prune", "chain db prune")]
    [TestCase("genesis show", "chain genesis show")]
    [TestCase("genesis validate", "chain genesis validate")]
    [TestCase("genesis hash", "chain genesis hash")]
    public void Every_command_explains_itself_with_an_example(string command, string example) =>
        Assert.That(Expect(0, $"{command} --help"), Does.Contain(example).And.Contain("--datadir").And.Contain("--genesis"));

    [Test]
    public void A_folder_in_use_and_one_of_a_newer_program_are_named()
    {
        Expect(0, $"init --genesis {_genesis} --datadir {_data}");
        string database = Path.Combine(_data, "db");
        using (Storage.RocksDb.RocksDbStore store = Storage.RocksDb.RocksDbStore.Open(database))
        {
            Assert.That(Expect(1, $"db stats --datadir {_data}"), Does.Contain("Another process has this folder open"));
            using Storage.Engines.IWriteBatch batch = store.CreateBatch();
            batch.Put(Storage.Column.Meta, Storage.Schema.MetaVersion, [0, 0, 0, (byte)(Storage.Schema.Version + 1)]);
            batch.Commit(sync: false);
        }
        Assert.That(Expect(1, $"db stats --datadir {_data}"), Does.Contain($"schema version {Storage.Schema.Version + 1}").And.Contain("newer version of the program"));
    }

    [Test]
    public void The_official_chain_through_all_forks_is_imported_to_its_last_block()
    {
        string root = Environment.GetEnvironmentVariable("CHAIN_ETHEREUM_TESTS")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "ethereum-tests");
        string blocks = Path.Combine(root, "execution-apis", "chain.rlp");
        if (!File.Exists(blocks)) Assert.Ignore($"'{blocks}' is not there: set CHAIN_ETHEREUM_TESTS to the folder of the official tests.");
        string output = Expect(0, $"import {blocks} --genesis {Path.Combine(root, "execution-apis", "genesis.json")} --datadir {_data}");
        Assert.That(output, Does.Contain("54 blocks imported").And.Contain("The head is block 54."));
        string copy = _folder.File("copy.rlp");
        Expect(0, $"export {copy} --datadir {_data}");
        Assert.That(File.ReadAllBytes(copy), Is.EqualTo(File.ReadAllBytes(blocks)));
    }

    private static string Expect(int exitCode, string arguments)
    {
        (int found, string output, string error) = NodeProcess.Run(arguments);
        Assert.That(found, Is.EqualTo(exitCode), $"chain {arguments}\n{output}\n{error}");
        if (exitCode != 0) Assert.That(error, Does.Not.Contain("   at "), "no stack trace");
        return exitCode == 0 ? output : error;
    }
}
