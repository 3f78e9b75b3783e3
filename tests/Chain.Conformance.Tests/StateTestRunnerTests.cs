using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.State;
using Chain.Node.Conformance;
using Chain.Trie;

namespace Chain.Conformance.Tests;

/// <summary>The runner itself: that it fails what is wrong, counts what it cannot read, and takes the older layout.</summary>
public sealed class StateTestRunnerTests
{
    /// <summary>Alice's key is 1. She sends 5 wei to 0x…b0b at gas price 10; fork Shanghai, base fee 10, so that the coinbase gets nothing.</summary>
    private const string Template = """
        {
          "transfer": {
            "env": {
              "currentCoinbase": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba", "currentGasLimit": "0x0f4240", "currentNumber": "0x01",
              "currentTimestamp": "0x03e8", "currentDifficulty": "0x00", "currentBaseFee": "0x0a",
              "currentRandom": "0x0000000000000000000000000000000000000000000000000000000000000000"
            },
            "pre": {
              "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf": { "nonce": "0x00", "balance": "0x0f4240", "code": "0x", "storage": {} },
              "0x0000000000000000000000000000000000000c0d": { "nonce": "0x01", "balance": "0x00", "code": "0x00", "storage": { "0x01": "0x00", "0x02": "0x07" } }
            },
            "transaction": {
              "nonce": "0x00", "gasPrice": "0x0a", "to": "0x0000000000000000000000000000000000000b0b", "data": ["0x", "0x00"], "gasLimit": ["0x7530", "0x01"],
              "value": ["0x05", "0x:bigint 0x10000000000000000000000000000000000000000000000000000000000000000"], "accessLists": [null, []],
              "secretKey": "0x0000000000000000000000000000000000000000000000000000000000000001"
            },
            "post": { "Shanghai": [] }
          }
        }
        """;

    private const string NoLogs = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";
    private const string WrongRoot = "0x0000000000000000000000000000000000000000000000000000000000000001";

    private string _folder = "";

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("chain-state-tests").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void The_older_layout_is_run_with_all_its_entries()
    {
        string root = RootOf(0, 0, 0), rootWithByte = RootOf(1, 0, 0);
        Write("old.json", Entry(0, 0, 0, root), Entry(1, 0, 0, rootWithByte), Entry(0, 1, 0, PreRoot(), "IntrinsicGas"), Entry(0, 0, 1, PreRoot(), "TR_ValueOverflow"));

        ConformanceReport report = Run();

        Assert.That(report.Failures, Is.Empty);
        Assert.That(report.Passed, Is.EqualTo(4));
        Assert.That(rootWithByte, Is.Not.EqualTo(root), "one data byte costs more gas");
    }

    [Test]
    public void A_wrong_root_fails_under_every_dispatcher()
    {
        Write("wrong.json", Entry(0, 0, 0, WrongRoot));

        ConformanceReport report = Run();

        Assert.That((report.Passed, report.Failed), Is.EqualTo((0, 1)));
        Assert.That(report.Failures.Select(f => f.Dispatcher), Is.EquivalentTo(new[] { "Loop", "TailCalls" }));
        Assert.That(report.Failures[0].Reason, Does.Contain(WrongRoot));
    }

    [Test]
    public void Wrong_logs_fail()
    {
        JsonObject entry = Entry(0, 0, 0, RootOf(0, 0, 0));
        entry["logs"] = WrongRoot;
        Write("logs.json", entry);

        Assert.That(Run().Failures[0].Reason, Does.Contain("logs"));
    }

    [TestCase("TransactionException.INTRINSIC_GAS_TOO_LOW", 1)]
    [TestCase("TransactionException.NONCE_IS_MAX|TransactionException.INTRINSIC_GAS_TOO_LOW", 1)]
    [TestCase("TransactionException.NONCE_IS_MAX", 0)]
    [TestCase("SomeOlderName", 1)]
    public void A_refusal_must_have_a_known_name_among_those_expected(string expected, int passed)
    {
        Write("refused.json", Entry(0, 1, 0, PreRoot(), expected));

        Assert.That(Run().Passed, Is.EqualTo(passed));
    }

    [TestCase("TransactionException.TYPE_3_TX_BLOB_COUNT_EXCEEDED", TransactionError.Type3TxMaxBlobGasAllowanceExceeded, true)]
    [TestCase("TransactionException.TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED", TransactionError.Type3TxBlobCountExceeded, false)]
    [TestCase("TransactionException.RLP_INVALID_VALUE", TransactionError.ValueOverflow, true)]
    [TestCase("TransactionException.TYPE_NOT_SUPPORTED", TransactionError.Type2TxPreFork, true)]
    [TestCase("TransactionException.TYPE_NOT_SUPPORTED", TransactionError.NonceIsMax, false)]
    public void Older_collections_name_some_rules_otherwise(string expected, TransactionError got, bool agrees) =>
        Assert.That(RefusalNames.Agree(expected, RefusalNames.Of(got)), Is.EqualTo(agrees));

    [Test]
    public void A_refusal_that_was_expected_but_did_not_come_fails()
    {
        Write("ran.json", Entry(0, 0, 0, RootOf(0, 0, 0), "TransactionException.NONCE_IS_MAX"));

        Assert.That(Run().Failures[0].Reason, Does.Contain("but it ran"));
    }

    [TestCase("{")]
    [TestCase("""{ "x": { "unrelated": 1 } }""")]
    public void A_file_that_is_no_state_test_counts_as_failed(string text)
    {
        File.WriteAllText(Path.Combine(_folder, "broken.json"), text);

        Assert.That(Run().Failed, Is.EqualTo(1));
    }

    [Test]
    public void An_unknown_fork_fails_by_name()
    {
        Write("fork.json", "Atlantis", Entry(0, 0, 0, WrongRoot));

        Assert.That(Run().Failures[0].Reason, Does.Contain("Atlantis"));
    }

    [Test]
    public void The_command_ends_with_the_totals_and_tells_failure_by_its_exit_code()
    {
        Write("mixed.json", Entry(0, 0, 0, RootOf(0, 0, 0)), Entry(0, 0, 0, WrongRoot));
        string json = Path.Combine(_folder, "report.out");
        StringWriter output = new(), progress = new();

        int failed = StateTestRunner.Run(Options() with { JsonReportPath = json }, output, progress);
        int passed = StateTestRunner.Run(Options() with { Filter = "Shanghai/0" }, TextWriter.Null, TextWriter.Null);
        int empty = StateTestRunner.Run(Options() with { Filter = "nothing" }, TextWriter.Null, TextWriter.Null);

        Assert.That((failed, passed, empty), Is.EqualTo((1, 0, 1)));
        Assert.That(output.ToString().TrimEnd().Split('\n')[^1], Is.EqualTo("1 passed, 1 failed"));
        Assert.That(output.ToString(), Does.Contain("FAILED mixed.json::transfer/Shanghai/1 [Loop]"));
        Assert.That(progress.ToString(), Does.Contain("1/1 files"));
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(json));
        Assert.That(report.RootElement.GetProperty("failures").GetArrayLength(), Is.EqualTo(2));
    }

    [Test]
    public void A_missing_folder_is_named()
    {
        StringWriter progress = new();

        int exit = StateTestRunner.Run(new StateTestOptions { Folder = Path.Combine(_folder, "absent") }, TextWriter.Null, progress);

        Assert.That(exit, Is.EqualTo(1));
        Assert.That(progress.ToString(), Does.Contain("absent"));
    }

    private static JsonObject Entry(int data, int gas, int value, string root, string? exception = null)
    {
        JsonObject entry = new()
        {
            ["indexes"] = new JsonObject { ["data"] = data, ["gas"] = gas, ["value"] = value },
            ["hash"] = root,
            ["logs"] = NoLogs,
        };
        if (exception is not null) entry["expectException"] = exception;
        return entry;
    }

    private StateTestOptions Options() => new() { Folder = _folder, Workers = 1 };

    private ConformanceReport Run() => StateTestRunner.RunFolder(Options());

    private void Write(string name, params JsonObject[] entries) => Write(name, "Shanghai", entries);

    private void Write(string name, string fork, params JsonObject[] entries)
    {
        JsonNode file = JsonNode.Parse(Template)!;
        file["transfer"]!["post"] = new JsonObject { [fork] = new JsonArray([.. entries]) };
        File.WriteAllText(Path.Combine(_folder, name), file.ToJsonString());
    }

    /// <summary>Root after the transfer, by plain arithmetic: 21,000 gas, and 4 more for one zero byte of data.</summary>
    private static string RootOf(int data, int gas, int value)
    {
        Assert.That((gas, value), Is.EqualTo((0, 0)));
        ulong gasUsed = 21_000ul + (data == 0 ? 0ul : 4);
        return Root(nonce: 1, balance: 1_000_000 - 5 - (10 * gasUsed), bobBalance: 5);
    }

    private static string PreRoot() => Root(nonce: 0, balance: 1_000_000, bobBalance: 0);

    private static string Root(ulong nonce, ulong balance, ulong bobBalance)
    {
        MemoryState state = new();
        Address contract = Address.FromNumber(0xc0d);
        state.SetAccount(Address.Parse("0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"), nonce, balance, default);
        state.SetAccount(contract, 1, 0, new byte[] { 0 });
        state.SetStorage(contract, 2, 7);
        if (bobBalance > 0) state.SetAccount(Address.FromNumber(0xb0b), 0, bobBalance, default);
        return StateTrie.ComputeRoot(state.ToDelta()).ToString();
    }
}
