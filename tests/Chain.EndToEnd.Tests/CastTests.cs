using System.Globalization;
using System.Text.Json;
using Chain.EndToEnd.Tests.Harness;

namespace Chain.EndToEnd.Tests;

/// <summary>cast, the command-line client of Foundry, against the development chain as it starts without flags.</summary>
public sealed class CastTests
{
    private const string Record = "record(uint256,uint256,string)";

    private NodeProcess _node = null!;
    private string _code = "";
    private string _contract = "";
    private JsonElement _deployed;

    private static string From => DevWallet.Address(6);

    [OneTimeSetUp]
    public async Task Start()
    {
        _code = await Artifacts.LedgerCodeAsync();
        _node = await NodeProcess.InMemoryAsync();
        _deployed = JsonDocument.Parse(await CastAsync("send", "--private-key", DevWallet.KeyText(6), "--json", "--create", _code + Word(77))).RootElement;
        _contract = _deployed.GetProperty("contractAddress").GetString()!;
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_node is not null) await _node.DisposeAsync();
    }

    [Test]
    public async Task Reads_balances_and_the_chain()
    {
        Assert.That(await CastAsync("balance", DevWallet.Address(8)), Is.EqualTo("10000000000000000000000"));
        Assert.That(await CastAsync("balance", "--ether", DevWallet.Address(8)), Is.EqualTo("10000.000000000000000000"));
        Assert.That(await CastAsync("chain-id"), Is.EqualTo("31337"));
        Assert.That(await CastAsync("client"), Does.StartWith("DefactorChain/v"));
        Assert.That(long.Parse(await CastAsync("gas-price"), CultureInfo.InvariantCulture), Is.Positive);
        Assert.That(long.Parse(await CastAsync("base-fee"), CultureInfo.InvariantCulture), Is.Positive);
    }

    [Test]
    public async Task Sends_value_and_counts_the_nonce()
    {
        string before = await CastAsync("nonce", DevWallet.Address(7));
        string receiver = "0x00000000000000000000000000000000000ca575";
        JsonElement receipt = JsonDocument.Parse(await CastAsync("send", "--private-key", DevWallet.KeyText(7), "--json", receiver, "--value", "3ether")).RootElement;
        Assert.That(receipt.GetProperty("status").GetString(), Is.EqualTo("0x1"));
        Assert.That(await CastAsync("balance", receiver), Is.EqualTo("3000000000000000000"));
        Assert.That(int.Parse(await CastAsync("nonce", DevWallet.Address(7)), CultureInfo.InvariantCulture), Is.EqualTo(int.Parse(before, CultureInfo.InvariantCulture) + 1));
        string hash = receipt.GetProperty("transactionHash").GetString()!;
        Assert.That(await CastAsync("tx", hash, "value"), Is.EqualTo("3000000000000000000"));
        Assert.That(await CastAsync("receipt", hash, "gasUsed"), Is.EqualTo("21000"));
        Assert.That(await CastAsync("tx", hash, "--raw"), Does.StartWith("0x02"));
    }

    [Test]
    public async Task Sends_from_an_account_of_the_node()
    {
        string receipt = await CastAsync("send", "--unlocked", "--from", DevWallet.Address(8), "--json", DevWallet.Address(9), "--value", "1");
        Assert.That(JsonDocument.Parse(receipt).RootElement.GetProperty("from").GetString(), Is.EqualTo(DevWallet.Address(8)));
    }

    [Test]
    public async Task Sends_a_legacy_transaction_and_publishes_a_raw_one()
    {
        string legacy = await CastAsync("send", "--legacy", "--private-key", DevWallet.KeyText(7), "--json", DevWallet.Address(9), "--value", "1");
        Assert.That(JsonDocument.Parse(legacy).RootElement.GetProperty("type").GetString(), Is.EqualTo("0x0"));
        string raw = await CastAsync("mktx", "--private-key", DevWallet.KeyText(7), DevWallet.Address(9), "--value", "1");
        string published = await CastAsync("publish", raw);
        Assert.That(published, Does.Contain("\"status\":\"0x1\"").Or.Match("0x[0-9a-f]{64}"));
    }

    [Test]
    public async Task Deploys_calls_and_reads_code_and_storage()
    {
        Assert.That(_deployed.GetProperty("status").GetString(), Is.EqualTo("0x1"));
        Assert.That(await CastAsync("call", _contract, "values(uint256)(uint256)", "0"), Is.EqualTo("77"));
        Assert.That(await CastAsync("call", _contract, "owner()(address)"), Is.EqualTo(From).IgnoreCase);
        Assert.That(await CastAsync("code", _contract), Does.StartWith("0x6080"));
        Assert.That(int.Parse(await CastAsync("codesize", _contract), CultureInfo.InvariantCulture), Is.GreaterThan(500));
        Assert.That(await CastAsync("compute-address", "--nonce", "0", From), Does.Contain(_contract).IgnoreCase);
    }

    [Test]
    public async Task Finds_the_event_of_a_transaction_in_the_logs()
    {
        string receipt = await CastAsync("send", "--private-key", DevWallet.KeyText(6), "--json", _contract, Record, "7", "70", "hello");
        string hash = JsonDocument.Parse(receipt).RootElement.GetProperty("transactionHash").GetString()!;
        string logs = await CastAsync("logs", "--address", _contract, "--from-block", "0", "Recorded(address indexed,uint256 indexed,uint256,string)", From, "7");
        Assert.That(logs, Does.Contain(hash));
        string none = await CastAsync("logs", "--address", _contract, "--from-block", "0", "Recorded(address indexed,uint256 indexed,uint256,string)", From, "8");
        Assert.That(none, Does.Not.Contain("transactionHash"));
    }

    [Test]
    public async Task Shows_a_block_and_its_receipts()
    {
        string number = _deployed.GetProperty("blockNumber").GetString()!;
        JsonElement block = JsonDocument.Parse(await CastAsync("block", number, "--json")).RootElement;
        Assert.That(block.GetProperty("hash").GetString(), Is.EqualTo(_deployed.GetProperty("blockHash").GetString()));
        Assert.That(await CastAsync("block", "latest", "--field", "gasLimit"), Is.EqualTo("30000000"));
        Assert.That(await CastAsync("block", "finalized", "--field", "number"), Is.Not.Empty);
        Assert.That(await CastAsync("receipt", _deployed.GetProperty("transactionHash").GetString()!, "contractAddress"), Is.EqualTo(_contract).IgnoreCase);
    }

    [Test]
    public async Task Gets_a_proof_and_a_storage_slot()
    {
        JsonElement proof = JsonDocument.Parse(await CastAsync("proof", _contract, "1")).RootElement;
        Assert.That(proof.GetProperty("accountProof").GetArrayLength(), Is.Positive);
        JsonElement slot = proof.GetProperty("storageProof")[0];
        Assert.That(slot.GetProperty("proof").GetArrayLength(), Is.Positive);
        string stored = await CastAsync("storage", _contract, "1");
        Assert.That(Convert.ToInt64(stored, 16), Is.EqualTo(Convert.ToInt64(slot.GetProperty("value").GetString(), 16)));
    }

    [Test]
    public async Task Estimates_and_makes_access_lists()
    {
        string gas = await CastAsync("estimate", "--from", From, _contract, Record, "9", "90", "x");
        Assert.That(long.Parse(gas, CultureInfo.InvariantCulture), Is.InRange(40_000, 90_000));
        Assert.That(await CastAsync("access-list", "--from", From, _contract, "count()"), Does.Contain("0x0000000000000000000000000000000000000000000000000000000000000001"));
    }

    [Test]
    public async Task Sends_methods_that_it_does_not_know()
    {
        ulong before = await _node.Rpc.NumberAsync("eth_blockNumber");
        Assert.That(await CastAsync("rpc", "evm_mine"), Is.EqualTo("\"0x0\""));
        Assert.That(await _node.Rpc.NumberAsync("eth_blockNumber"), Is.GreaterThan(before));
        Assert.That(await CastAsync("rpc", "eth_chainId"), Is.EqualTo("\"0x7a69\""));
        Assert.That(await CastAsync("rpc", "--raw", "eth_getBlockByNumber", "[\"0x0\", false]"), Does.Contain("\"number\":\"0x0\""));
    }

    [Test]
    public async Task Shows_why_a_call_reverts()
    {
        Assert.That((await RunCastAsync("call", _contract, Record, "1", "5000", "")).Errors, Does.Contain("execution reverted: value too large"));
        Assert.That((await RunCastAsync("send", "--private-key", DevWallet.KeyText(6), _contract, Record, "1", "5", "")).Errors, Does.Contain("TooSmall").Or.Contain("0xe94fe3af"));
    }

    [Test]
    public async Task A_key_without_identity_is_refused_with_the_specified_code()
    {
        const string StrangerKey = "0x1111111111111111111111111111111111111111111111111111111111111111";
        ToolResult refused = await RunCastAsync("send", "--private-key", StrangerKey, "--gas-limit", "21000", "--gas-price", "1gwei", "--priority-gas-price", "1", "--nonce", "0", DevWallet.Address(9));
        Assert.That(refused.ExitCode, Is.Not.Zero);
        Assert.That(refused.Errors, Does.Contain("-32007").And.Contain("Sender account not authorized to send transactions").And.Contain("NOT_REGISTERED"));
    }

    [Test]
    public async Task Finds_a_block_by_its_time()
    {
        JsonElement block = JsonDocument.Parse(await CastAsync("block", "1", "--json")).RootElement;
        ulong timestamp = RpcClient.ParseQuantity(block.GetProperty("timestamp").GetString()!);
        Assert.That(await CastAsync("find-block", timestamp.ToString(CultureInfo.InvariantCulture)), Is.EqualTo("1"));
    }

    private static string Word(ulong value) => value.ToString("x64", CultureInfo.InvariantCulture);

    private Task<ToolResult> RunCastAsync(string command, params string[] arguments) => Tools.RunAsync(Tools.Cast, [command, "--rpc-url", _node.Url, .. arguments]);

    private async Task<string> CastAsync(string command, params string[] arguments)
    {
        string[] url = command == "compute-address" ? [] : ["--rpc-url", _node.Url];
        ToolResult result = await Tools.RunAsync(Tools.Cast, [command, .. url, .. arguments]);
        Assert.That(result.ExitCode, Is.Zero, $"cast {command}: {result.All}");
        return result.Output.Trim();
    }
}
