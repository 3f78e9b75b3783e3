using System.Text.Json;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Trie;

namespace Chain.Rpc.Tests;

/// <summary>debug_storageRangeAt, debug_accountRange and debug_executionWitness, each against what other methods and the tries say.</summary>
public sealed class StateRangeTests
{
    private DevStory _dev = null!;
    private string _contract = "";

    [OneTimeSetUp]
    public async Task MakeAsync()
    {
        _dev = DevStory.Start();
        _contract = await _dev.DeployAsync(DevStory.ContractCode);
        for (int slot = 1; slot < 6; slot++) await _dev.ResultAsync("anvil_setStorageAt", $"[\"{_contract}\",\"0x{slot:x}\",\"0x{slot:x64}\"]");
        await _dev.MineAsync();
        await _dev.SendAsync($$"""{"from":"{{_dev.A}}","to":"{{_dev.B}}","gas":"0x5208"}""");
        await _dev.CallAsync(_contract, _dev.B);
    }

    [OneTimeTearDown]
    public async Task CloseAsync() => await _dev.DisposeAsync();

    [Test]
    public async Task Storage_is_listed_in_pages_as_it_was_before_a_transaction()
    {
        string block = (await _dev.ResultAsync("eth_getBlockByNumber", "[\"latest\"]")).GetProperty("hash").GetString()!;
        Dictionary<string, string> before = await ReadAllAsync(block, 1);
        Dictionary<string, string> after = await ReadAllAsync(block, 2);
        Assert.That(before, Has.Count.EqualTo(5));
        Assert.That(after, Has.Count.EqualTo(6));
        for (int slot = 1; slot < 6; slot++) Assert.That(after[StateEncoding.SlotKey((ulong)slot).ToString()], Is.EqualTo($"0x{slot:x64}"));
        Assert.That(after[StateEncoding.SlotKey(UInt256.Zero).ToString()], Is.EqualTo($"0x{7:x64}"));
        Assert.That((await _dev.ErrorAsync("debug_storageRangeAt", $"[\"{block}\",3,\"{_contract}\",\"0x00\",2]")).Message, Does.Contain("the block has 2 transactions"));
        Assert.That((await _dev.ErrorAsync("debug_storageRangeAt", $"[\"{block}\",0,\"0x00000000000000000000000000000000000000dd\",\"0x00\",2]")).Message, Does.Contain("doesn't exist"));
    }

    [Test]
    public async Task Accounts_are_listed_in_pages()
    {
        Dictionary<string, JsonElement> accounts = [];
        string? start = "0x00";
        while (start is not null)
        {
            JsonElement page = await _dev.ResultAsync("debug_accountRange", $"[\"latest\",\"{start}\",2,false,false]");
            foreach (JsonProperty account in page.GetProperty("accounts").EnumerateObject()) accounts.Add(account.Name, account.Value);
            start = page.TryGetProperty("next", out JsonElement next) ? "0x" + Convert.ToHexStringLower(next.GetBytesFromBase64()) : null;
        }
        JsonElement contract = accounts[$"pre({StateEncoding.AccountKey(Address.Parse(_contract))})"];
        Assert.That(contract.GetProperty("storage").EnumerateObject().Count(), Is.EqualTo(6));
        Assert.That(contract.GetProperty("code").GetString(), Is.EqualTo("0x" + DevStory.ContractCode));
        Assert.That(accounts[$"pre({StateEncoding.AccountKey(Address.Parse(_dev.A))})"].GetProperty("nonce").GetInt32(), Is.EqualTo(3));
    }

    [Test]
    public async Task A_witness_alone_is_enough_to_read_what_the_block_read_and_to_compute_its_root()
    {
        JsonElement block = await _dev.ResultAsync("eth_getBlockByNumber", "[\"latest\"]");
        JsonElement parent = await _dev.ResultAsync("eth_getBlockByHash", $"[\"{block.GetProperty("parentHash").GetString()}\"]");
        JsonElement witness = await _dev.ResultAsync("debug_executionWitness", "[\"latest\"]");
        Dictionary<Hash256, ReadOnlyMemory<byte>> nodes = [];
        foreach (JsonElement node in witness.GetProperty("state").EnumerateArray())
        {
            byte[] rlp = Hex.Decode(node.GetString()!);
            nodes[Keccak256.Hash(rlp)] = rlp;
        }
        Hash256 root = Hash256.Parse(parent.GetProperty("stateRoot").GetString()!);
        Assert.That(nodes.ContainsKey(root), Is.True);
        // Each account and slot that the block touched is proved by nodes of the witness alone.
        foreach (string address in (string[])[_contract, _dev.A, _dev.B])
        {
            JsonElement proof = await _dev.ResultAsync("eth_getProof", $"[\"{address}\",[\"0x0\"],\"{parent.GetProperty("number").GetString()}\"]");
            foreach (JsonElement node in proof.GetProperty("accountProof").EnumerateArray().Concat(address == _contract ? proof.GetProperty("storageProof")[0].GetProperty("proof").EnumerateArray() : []))
                Assert.That(nodes.ContainsKey(Keccak256.Hash(Hex.Decode(node.GetString()!))), Is.True, $"{address}: {node}");
        }
        Assert.That(witness.GetProperty("codes").EnumerateArray().Select(code => code.GetString()), Does.Contain("0x" + DevStory.ContractCode));
        JsonElement headers = witness.GetProperty("headers");
        Assert.That(Keccak256.Hash(Hex.Decode(headers[headers.GetArrayLength() - 1].GetString()!)).ToString(), Is.EqualTo(block.GetProperty("parentHash").GetString()));
        Assert.That((await _dev.ErrorAsync("debug_executionWitness", "[\"0x0\"]")).Message, Does.Contain("genesis"));
    }

    private async Task<Dictionary<string, string>> ReadAllAsync(string block, int index)
    {
        Dictionary<string, string> slots = [];
        string? key = "0x00";
        while (key is not null)
        {
            JsonElement page = await _dev.ResultAsync("debug_storageRangeAt", $"[\"{block}\",{index},\"{_contract}\",\"{key}\",2]");
            foreach (JsonProperty slot in page.GetProperty("storage").EnumerateObject()) slots.Add(slot.Name, slot.Value.GetProperty("value").GetString()!);
            key = page.GetProperty("nextKey").GetString();
        }
        return slots;
    }
}
