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
    private ChainFixture? _chain;
    private RpcProcessor _processor = null!;
    private JsonNode _schemas = null!;

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
            yield return new TestCaseData(file).SetName($"Recording {name.Replace('.', ' ')}");
        }
    }

    [OneTimeSetUp]
    public void ImportChain()
    {
        if (Folder is not { } folder) return;
        _schemas = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "openrpc-methods.json")))!;
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
                Assert.That(actual["error"], Is.Null, actual["error"]?.ToJsonString());
                string method = JsonNode.Parse(request!)!["method"]!.GetValue<string>();
                Assert.That(JsonSchema.Check(actual["result"], _schemas[method]!["result"]!["schema"]!), Is.Null, output.Length < 2_000 ? actual.ToJsonString() : "");
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

    /// <summary>Messages are left out where both sides have one, nested errors of calls included.</summary>
    private static void RemoveMessages(JsonNode? actual, JsonNode? expected)
    {
        if (actual is JsonArray left && expected is JsonArray right)
        {
            for (int i = 0; i < Math.Min(left.Count, right.Count); i++) RemoveMessages(left[i], right[i]);
        }
        if (actual is not JsonObject ours || expected is not JsonObject theirs) return;
        foreach (string name in ours.Select(member => member.Key).ToArray())
        {
            if (name == "error" && ours["error"]?["message"] is not null && theirs["error"]?["message"] is not null)
            {
                ours["error"]!.AsObject().Remove("message");
                theirs["error"]!.AsObject().Remove("message");
            }
            RemoveMessages(ours[name], theirs[name]);
        }
    }
}
