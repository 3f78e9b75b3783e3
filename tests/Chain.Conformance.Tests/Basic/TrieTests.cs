using System.Text;
using System.Text.Json;
using Chain.Core.Crypto;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Trie;
using Chain.Trie.Tests;

namespace Chain.Conformance.Tests.Basic;

/// <summary>The TrieTests of ethereum/tests.</summary>
public sealed class TrieTests
{
    private static readonly string[] RootFiles =
        ["trietest.json", "trietest_secureTrie.json", "trieanyorder.json", "trieanyorder_secureTrie.json", "hex_encoded_securetrie_test.json"];

    private static IEnumerable<TestCaseData> RootCases() => RootFiles.SelectMany(Cases);

    private static IEnumerable<TestCaseData> NextPreviousCases() => Cases("trietestnextprev.json");

    [TestCaseSource(nameof(RootCases))]
    public void The_root_is_the_published_one_in_any_permitted_order(string file, string name)
    {
        JsonElement test = Read(file, name);
        bool isSecure = file.Contains("secure", StringComparison.OrdinalIgnoreCase);
        Hash256 expected = Hash256.Parse(test.GetProperty("root").GetString());
        JsonElement input = test.GetProperty("in");
        bool isAnyOrder = input.ValueKind == JsonValueKind.Object;
        (byte[] Key, byte[] Value)[] steps = isAnyOrder
            ? [.. input.EnumerateObject().Select(p => (Bytes(p.Name), Bytes(p.Value.GetString())))]
            : [.. input.EnumerateArray().Select(p => (Bytes(p[0].GetString()), Bytes(p[1].GetString())))];
        if (isSecure) steps = [.. steps.Select(static s => (Keccak256.Hash(s.Key).Bytes.ToArray(), s.Value))];

        Random random = new(1);
        for (int round = 0; round < (isAnyOrder ? 20 : 2); round++)
        {
            if (isAnyOrder) random.Shuffle(steps);
            TrieModel model = [];
            MemoryTrieNodes nodes = new();
            PatriciaTrie trie = new(nodes, Hash256.Zero, Account.EmptyTrieRoot);
            Hash256 root = Account.EmptyTrieRoot;
            foreach ((byte[] key, byte[] value) in steps)
            {
                trie.Set(key, value);
                model.Set(key, value);
                if (round % 2 == 0) continue;
                root = trie.Commit(nodes);
                trie = new PatriciaTrie(nodes, Hash256.Zero, root);
            }
            if (round % 2 == 0) root = trie.Commit(nodes);
            Assert.That(root, Is.EqualTo(expected));
            Assert.That(model.SortedRoot(), Is.EqualTo(expected));
        }
    }

    [TestCaseSource(nameof(NextPreviousCases))]
    public void Neighbours_of_a_key_are_the_published_ones(string file, string name)
    {
        JsonElement test = Read(file, name);
        MemoryTrieNodes nodes = new();
        PatriciaTrie trie = new(nodes, Hash256.Zero, Account.EmptyTrieRoot);
        foreach (JsonElement key in test.GetProperty("in").EnumerateArray()) trie.Set(Bytes(key.GetString()), Bytes(key.GetString()));
        Hash256 root = trie.Commit(nodes);
        foreach (JsonElement query in test.GetProperty("tests").EnumerateArray())
        {
            string key = query[0].GetString()!;
            string[] from = [.. TrieLeaves.Enumerate(nodes, Hash256.Zero, root, Bytes(key)).Select(static e => Encoding.UTF8.GetString(e.Key))];
            string[] before = [.. TrieLeaves.Enumerate(nodes, Hash256.Zero, root).Select(static e => Encoding.UTF8.GetString(e.Key)).TakeWhile(k => string.CompareOrdinal(k, key) < 0)];
            Assert.That(before.LastOrDefault(""), Is.EqualTo(query[1].GetString()), $"previous of '{key}'");
            Assert.That(from.FirstOrDefault(k => k != key, ""), Is.EqualTo(query[2].GetString()), $"next of '{key}'");
        }
    }

    private static IEnumerable<TestCaseData> Cases(string file)
    {
        string relativePath = $"ethereum-tests-basic/TrieTests/{file}";
        if (EthereumTestData.Find(relativePath) is not { } path) return [EthereumTestData.Skipped(relativePath, parameters: 2)];
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.EnumerateObject().Select(p => new TestCaseData(file, p.Name).SetArgDisplayNames(file, p.Name))];
    }

    private static JsonElement Read(string file, string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(EthereumTestData.Find($"ethereum-tests-basic/TrieTests/{file}")!));
        return document.RootElement.GetProperty(name).Clone();
    }

    private static byte[] Bytes(string? text) =>
        text is null ? [] : text.StartsWith("0x", StringComparison.Ordinal) ? Hex.Decode(text) : Encoding.UTF8.GetBytes(text);
}
