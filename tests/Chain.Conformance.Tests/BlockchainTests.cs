using Chain.Evm;
using Chain.Node.Conformance;

namespace Chain.Conformance.Tests;

/// <summary>The official blockchain tests, whole, through the chain manager and its database in memory, under each dispatcher.</summary>
public sealed class BlockchainTests
{
    private const string EestArchive = "eest-blockchain";
    private const string BasicArchive = "ethereum-tests-basic/BlockchainTests";

    /// <summary>Cases per folder, as the data's own description counts them: a case that is skipped silently fails the count.</summary>
    private static readonly (string Folder, int Cases)[] EestFolders =
    [
        ("blockchain_tests/frontier", 1_551), ("blockchain_tests/homestead", 91), ("blockchain_tests/byzantium", 60), ("blockchain_tests/constantinople", 231),
        ("blockchain_tests/istanbul", 131), ("blockchain_tests/berlin", 215), ("blockchain_tests/london", 18), ("blockchain_tests/paris", 234), ("blockchain_tests/shanghai", 372),
        ("blockchain_tests/cancun", 1_736), ("blockchain_tests/prague", 1_312), ("blockchain_tests/osaka", 623), ("blockchain_tests_devnet", 243),
    ];

    private static readonly (string Folder, int Cases)[] BasicFolders = [("ValidBlocks", 442), ("InvalidBlocks", 131), ("TransitionTests", 21)];

    private static IEnumerable<TestCaseData> AllRuns() =>
        from folder in EestFolders.Select(f => (Path: $"{EestArchive}/{f.Folder}", f.Cases)).Concat(BasicFolders.Select(f => (Path: $"{BasicArchive}/{f.Folder}", f.Cases)))
        from dispatcher in Enum.GetValues<DispatcherKind>()
        select new TestCaseData(folder.Path, folder.Cases, dispatcher).SetArgDisplayNames(folder.Path, dispatcher.ToString());

    [TestCaseSource(nameof(AllRuns))]
    public void Every_blockchain_test_passes(string folder, int cases, DispatcherKind dispatcher)
    {
        BlockchainTestOptions options = new() { Folder = EthereumTestData.Folder(folder), Dispatchers = [dispatcher] };

        ConformanceReport report = BlockchainTestRunner.RunFolder(options);

        Assert.That(report.Failed, Is.Zero, string.Join('\n', report.Failures));
        Assert.That(report.Passed, Is.EqualTo(cases));
    }

    [Test]
    public void The_folders_add_up_to_the_whole_archives()
    {
        string[] there = [.. Directory.EnumerateDirectories(EthereumTestData.Folder(EestArchive + "/blockchain_tests")).Select(d => Path.GetFileName(d)!).Where(d => d[0] != '.')];

        Assert.That(there, Is.EquivalentTo(EestFolders.Select(f => f.Folder).Where(f => f.StartsWith("blockchain_tests/", StringComparison.Ordinal)).Select(f => f[17..])));
        Assert.That(EestFolders.Sum(f => f.Cases), Is.EqualTo(6_817));
        Assert.That(BasicFolders.Sum(f => f.Cases), Is.EqualTo(594));
    }

    [Test]
    public void A_database_on_disk_gives_the_same_verdicts()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"chain-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            BlockchainTestOptions options = new() { Folder = EthereumTestData.Folder(BasicArchive + "/TransitionTests"), Dispatchers = [DispatcherKind.TailCalls], RocksDbFolder = folder };

            ConformanceReport report = BlockchainTestRunner.RunFolder(options);

            Assert.That(report.Failures, Is.Empty);
            Assert.That(report.Passed, Is.EqualTo(21));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestCase("\"blocks\": [", "\"blocks\": [{\"rlp\": \"0xc0\"},", "expected it to be valid, got BlockException.RLP_STRUCTURES_ENCODING")]
    [TestCase("\"lastblockhash\": \"0x", "\"lastblockhash\": \"0x00", "expected head 0x00")]
    [TestCase("BlockException.EXTRA_DATA_TOO_BIG", "BlockException.INVALID_GASLIMIT", "expected BlockException.INVALID_GASLIMIT, got BlockException.EXTRA_DATA_TOO_BIG")]
    public void A_wrong_expectation_is_a_failure_that_names_both(string text, string replacement, string reason)
    {
        string fixture = File.ReadAllText(Path.Combine(EthereumTestData.Folder(BasicArchive), "InvalidBlocks/bcInvalidHeaderTest/ExtraData33.json"));
        fixture = System.Text.Json.JsonSerializer.Serialize(System.Text.Json.JsonDocument.Parse(fixture), Indented);
        if (replacement.EndsWith("0x00", StringComparison.Ordinal))
        {
            int at = fixture.IndexOf(text, StringComparison.Ordinal) + text.Length;
            fixture = string.Concat(fixture.AsSpan(0, at), "00", fixture.AsSpan(at + 2));
        }
        else
        {
            fixture = fixture.Replace(text, replacement, StringComparison.Ordinal);
        }
        string path = Path.Combine(Path.GetTempPath(), $"chain-{Guid.NewGuid():N}.json");
        File.WriteAllText(path, fixture);
        try
        {
            using StringWriter output = new();

            int exitCode = BlockchainTestRunner.Run(new BlockchainTestOptions { Folder = path, Dispatchers = [DispatcherKind.Loop] }, output, TextWriter.Null);

            Assert.That(exitCode, Is.EqualTo(1));
            Assert.That(output.ToString(), Does.Contain(reason));
            Assert.That(output.ToString().TrimEnd(), Does.EndWith("0 passed, 1 failed"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static readonly System.Text.Json.JsonSerializerOptions Indented = new() { WriteIndented = true };
}
