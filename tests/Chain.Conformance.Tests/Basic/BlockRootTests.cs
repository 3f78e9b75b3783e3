using System.Text.Json;
using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Core.State;
using Chain.Trie;
using Chain.Trie.Tests;

namespace Chain.Conformance.Tests.Basic;

/// <summary>State, transactions and withdrawals roots of the ValidBlocks of ethereum/tests, without executing anything.</summary>
public sealed class BlockRootTests
{
    private const string Folder = "ethereum-tests-basic/BlockchainTests/ValidBlocks";

    private static IEnumerable<TestCaseData> Families()
    {
        if (EthereumTestData.Find(Folder) is not { } path) return [EthereumTestData.Skipped(Folder, parameters: 2)];
        return [.. Directory.GetDirectories(path).Order(StringComparer.Ordinal).Select(static d => new TestCaseData(d, null).SetArgDisplayNames(Path.GetFileName(d)))];
    }

    [TestCaseSource(nameof(Families))]
    public void Roots_are_those_of_the_headers(string folder, string? _)
    {
        int checks = 0;
        Assert.Multiple(() =>
        {
            foreach (string file in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
            {
                using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
                foreach (JsonProperty test in document.RootElement.EnumerateObject()) checks += CheckStates(test) + CheckLists(test);
            }
        });
        Assert.That(checks, Is.Positive);
    }

    private static int CheckStates(JsonProperty test)
    {
        JsonElement genesis = test.Value.GetProperty("genesisBlockHeader");
        StateModel before = StateModel.Parse(test.Value.GetProperty("pre"));
        Hash256 expected = Hash256.Parse(genesis.GetProperty("stateRoot").GetString());
        Assert.That(StateTrie.ComputeRoot(before.AsDelta()), Is.EqualTo(expected), test.Name);

        MemoryTrieNodes nodes = new();
        Dictionary<Address, Hash256> storageRoots = [];
        Assert.That(StateTrie.Apply(Account.EmptyTrieRoot, nodes, new StateModel(), before.AsDelta(), nodes, storageRoots), Is.EqualTo(expected), test.Name);
        if (!test.Value.TryGetProperty("postState", out JsonElement post)) return 1;

        before.StorageRoots = storageRoots;
        StateModel after = StateModel.Parse(post);
        Hash256 expectedAfter = Hash256.Parse(LastHeader(test).GetProperty("stateRoot").GetString());
        Assert.That(StateTrie.Apply(expected, nodes, before, before.DeltaTo(after), nodes, storageRoots), Is.EqualTo(expectedAfter), test.Name);
        return 2;
    }

    private static JsonElement LastHeader(JsonProperty test)
    {
        string? last = test.Value.GetProperty("lastblockhash").GetString();
        return test.Value.GetProperty("blocks").EnumerateArray().Where(b => b.TryGetProperty("blockHeader", out _)).Select(static b => b.GetProperty("blockHeader"))
            .Append(test.Value.GetProperty("genesisBlockHeader")).First(h => h.GetProperty("hash").GetString() == last);
    }

    private static int CheckLists(JsonProperty test)
    {
        int checks = 0;
        foreach (JsonElement block in test.Value.GetProperty("blocks").EnumerateArray())
        {
            if (!block.TryGetProperty("blockHeader", out JsonElement header)) continue;
            RlpReader reader = new(Hex.Decode(block.GetProperty("rlp").GetString()));
            reader.EnterList();
            reader.ReadItem();
            List<byte[]> transactions = Items(ref reader);
            Assert.That(RootOf(transactions), Is.EqualTo(Hash256.Parse(header.GetProperty("transactionsTrie").GetString())), test.Name);
            reader.ReadItem();
            checks++;
            if (!header.TryGetProperty("withdrawalsRoot", out JsonElement withdrawalsRoot)) continue;
            Assert.That(RootOf(Items(ref reader)), Is.EqualTo(Hash256.Parse(withdrawalsRoot.GetString())), test.Name);
        }
        return checks;
    }

    private static Hash256 RootOf(List<byte[]> items) => ListRoot.Compute(items, static (ref RlpWriter rlp, byte[] item) => rlp.WriteRaw(item));

    /// <summary>The items of a list: lists as they are, strings (typed envelopes) by their content.</summary>
    private static List<byte[]> Items(ref RlpReader reader)
    {
        List<byte[]> items = [];
        RlpScope scope = reader.EnterList();
        while (!reader.AtEnd) items.Add((reader.IsListNext ? reader.ReadItem() : reader.ReadBytes()).ToArray());
        reader.LeaveList(scope);
        return items;
    }
}
