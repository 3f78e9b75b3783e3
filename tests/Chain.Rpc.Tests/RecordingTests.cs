using System.Text;
using System.Text.Json.Nodes;
using Chain.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Rlp;
using Chain.Core.Types;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tests;

/// <summary>The recordings of execution-apis, judged as hive's rpc-compat judges them, on their own chain.</summary>
public sealed class RecordingTests
{
    // Methods that this node does not serve; and a pool with transactions that no recording sends.
    private static readonly string[] NotServed =
        ["eth_getBlockAccessList"];

    private ChainFixture? _chain;
    private RpcProcessor _processor = null!;

    private static string? Folder
    {
        get
        {
            string root = Environment.GetEnvironmentVariable("CHAIN_ETHEREUM_TESTS")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "ethereum-tests");
            string folder = Path.Combine(root, "execution-apis");
            return Directory.Exists(folder) ? folder : null;
        }
    }

    public static IEnumerable<TestCaseData> Recordings()
    {
        if (Folder is not { } folder)
        {
            yield return new TestCaseData("").SetName("Recordings of execution-apis").Ignore("The recordings are not unpacked: set CHAIN_ETHEREUM_TESTS.");
            yield break;
        }
        string tests = Path.Combine(folder, "tests");
        foreach (string file in Directory.EnumerateFiles(tests, "*.io", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(tests, file);
            if (NotServed.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))) continue;
            yield return new TestCaseData(file).SetName($"Recording {name.Replace('.', ' ')}");
        }
    }

    [OneTimeSetUp]
    public void ImportChain()
    {
        if (Folder is not { } folder) return;
        _chain = ChainFixture.FromGenesisFile(Path.Combine(folder, "genesis.json"));
        byte[] rlp = File.ReadAllBytes(Path.Combine(folder, "chain.rlp"));
        int at = 0;
        while (at < rlp.Length)
        {
            RlpReader reader = new(rlp.AsSpan(at));
            ReadOnlySpan<byte> item = reader.ReadItem();
            Assert.That(Block.TryDecode(item, out Block? block, out BlockError error, out TransactionError transactionError), Is.True, $"{error} {transactionError}");
            ImportResult result = _chain.Manager.Import(block!);
            Assert.That(result.Status, Is.EqualTo(ImportStatus.BecameHead), $"block {block!.Header.Number}: {result.ErrorName} {result.Detail}");
            at += item.Length;
        }
        Hash256 head = _chain.Manager.Database.Head.Hash;
        _chain.Manager.Database.SetSafe(head);
        _chain.Manager.Database.Finalize(head);
        _processor = new RpcProcessor(_chain.Table, new RpcLimits(), TestLog.Instance);
    }

    [OneTimeTearDown]
    public async Task CloseAsync()
    {
        _processor?.Dispose();
        if (_chain is not null) await _chain.DisposeAsync();
    }

    [TestCaseSource(nameof(Recordings))]
    public async Task Answers_are_the_recorded_ones(string file)
    {
        string[] lines = await File.ReadAllLinesAsync(file);
        bool shapeOnly = lines.Any(line => line.StartsWith("// speconly:", StringComparison.Ordinal));
        string? request = null;
        foreach (string line in lines)
        {
            if (line.StartsWith(">> ", StringComparison.Ordinal)) request = line[3..];
            if (!line.StartsWith("<< ", StringComparison.Ordinal)) continue;
            using PooledBufferWriter output = new();
            await _processor.ProcessAsync(Encoding.UTF8.GetBytes(request!), null, output, CancellationToken.None);
            JsonNode actual = JsonNode.Parse(output.Written.Span)!;
            JsonNode expected = JsonNode.Parse(line[3..])!;
            if (shapeOnly && expected["error"] is null)
            {
                Assert.That(Shape(actual["result"]), Is.EqualTo(Shape(expected["result"])), output.Length < 2_000 ? actual.ToJsonString() : "");
                continue;
            }
            RemoveMessages(actual, expected);
            Assert.That(JsonNode.DeepEquals(actual, expected), Is.True, $"expected {Cut(expected)}{Environment.NewLine}but was {Cut(actual)}");
        }
    }

    private static string Cut(JsonNode node)
    {
        string text = node.ToJsonString();
        return text.Length > 3_000 ? text[..3_000] : text;
    }

    private static void RemoveMessages(JsonNode actual, JsonNode expected)
    {
        if (actual["error"]?["message"] is null || expected["error"]?["message"] is null) return;
        actual["error"]!.AsObject().Remove("message");
        expected["error"]!.AsObject().Remove("message");
    }

    /// <summary>Names of members, whatever the values; lists by their first item.</summary>
    private static string Shape(JsonNode? node) => node switch
    {
        JsonObject members => $"{{{string.Join(',', members.Select(member => $"{(IsKey(member.Key) ? "*" : member.Key)}:{Shape(member.Value)}").Order(StringComparer.Ordinal).Distinct())}}}",
        JsonArray { Count: > 0 } items => $"[{Shape(items[0])}]",
        JsonArray => "[]",
        _ => "value",
    };

    private static bool IsKey(string name) => name.StartsWith("0x", StringComparison.Ordinal) || name.All(char.IsAsciiDigit);
}
