using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.EndToEnd.Tests.Harness;

namespace Chain.EndToEnd.Tests;

/// <summary>What each flag of <c>chain dev</c> does, seen from outside.</summary>
public sealed class FlagTests
{
    private const string Receiver = "0x00000000000000000000000000000000000000bb";

    [Test]
    public async Task Without_flags_it_is_the_chain_that_tools_expect()
    {
        await using NodeProcess node = await NodeProcess.InMemoryAsync();
        for (int i = 0; i < 10; i++)
            Assert.That(node.Output, Does.Contain(DevWallet.Address(i)).IgnoreCase.And.Contain(DevWallet.KeyText(i)));
        Assert.That(node.Output, Does.Contain("10000.000 ETH").And.Contain(DevWallet.Mnemonic).And.Contain("Osaka").And.Contain("Compliance:        mode 2"));
        Assert.That(node.Output.TrimEnd().Split('\n')[^1], Is.EqualTo($"Listening on {node.Url} and {node.WebSocketUrl}"));
        Assert.That(await node.Rpc.NumberAsync("eth_chainId"), Is.EqualTo(31_337));
        Assert.That((await node.Rpc.CallAsync("net_version")).GetString(), Is.EqualTo("31337"));
        Assert.That((await node.Rpc.CallAsync("eth_accounts")).GetArrayLength(), Is.EqualTo(10));
    }

    [Test]
    public async Task Block_time_makes_blocks_without_transactions()
    {
        await using NodeProcess node = await NodeProcess.InMemoryAsync("--block-time", "0.2");
        ulong before = await node.Rpc.NumberAsync("eth_blockNumber");
        await Task.Delay(3_000);
        ulong made = await node.Rpc.NumberAsync("eth_blockNumber") - before;
        Assert.That(made, Is.InRange(10, 16));
        JsonElement receipt = await node.Rpc.SendMinedAsync(Transfer(0));
        Assert.That(receipt.GetProperty("status").GetString(), Is.EqualTo("0x1"));
    }

    [Test]
    public async Task No_mining_waits_until_asked()
    {
        await using NodeProcess node = await NodeProcess.InMemoryAsync("--no-mining");
        string hash = (await node.Rpc.CallAsync("eth_sendTransaction", Transfer(0))).GetString()!;
        await Task.Delay(300);
        Assert.That(await node.Rpc.NumberAsync("eth_blockNumber"), Is.Zero);
        Assert.That((await node.Rpc.CallAsync("eth_getBlockByNumber", "pending", false)).GetProperty("transactions")[0].GetString(), Is.EqualTo(hash));
        await node.Rpc.CallAsync("evm_mine");
        Assert.That((await node.Rpc.ReceiptAsync(hash)).GetProperty("blockNumber").GetString(), Is.EqualTo("0x1"));
    }

    [TestCase("Frontier", false, false, false)]
    [TestCase("Berlin", false, false, false)]
    [TestCase("London", true, false, false)]
    [TestCase("Shanghai", true, true, false)]
    [TestCase("cancun", true, true, true)]
    [TestCase("BPO2", true, true, true)]
    public async Task Fork_decides_the_rules(string fork, bool hasBaseFee, bool hasWithdrawals, bool hasBlobGas)
    {
        await using NodeProcess node = await NodeProcess.InMemoryAsync("--fork", fork);
        JsonElement receipt = await node.Rpc.SendMinedAsync(Transfer(0));
        Assert.That(receipt.GetProperty("gasUsed").GetString(), Is.EqualTo("0x5208"));
        JsonElement block = await node.Rpc.CallAsync("eth_getBlockByNumber", "latest", false);
        Assert.That(block.TryGetProperty("baseFeePerGas", out _), Is.EqualTo(hasBaseFee));
        Assert.That(block.TryGetProperty("withdrawalsRoot", out _), Is.EqualTo(hasWithdrawals));
        Assert.That(block.TryGetProperty("blobGasUsed", out _), Is.EqualTo(hasBlobGas));
        // PUSH0 is an opcode from Shanghai on.
        JsonElement push0 = await node.Rpc.AnswerAsync("eth_call", new JsonObject { ["from"] = DevWallet.Address(0), ["data"] = "0x5f5ff3", ["gas"] = "0x186a0" }, "latest");
        Assert.That(push0.TryGetProperty("error", out _), Is.EqualTo(!hasWithdrawals), push0.ToString());
    }

    [Test]
    public async Task Accounts_mnemonic_and_balance_make_the_wallet()
    {
        const string Mnemonic = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        await using NodeProcess node = await NodeProcess.InMemoryAsync("--accounts", "2", "--mnemonic", Mnemonic, "--balance", "3");
        JsonElement accounts = await node.Rpc.CallAsync("eth_accounts");
        // The account that BIP-44 wallets show for this mnemonic of BIP-39's vectors.
        Assert.That(accounts.EnumerateArray().Select(a => a.GetString()).First(), Is.EqualTo("0x58a57ed9d8d624cbd12e2c467d34787555bb1b25"));
        Assert.That(accounts.GetArrayLength(), Is.EqualTo(2));
        Assert.That(await node.Rpc.NumberAsync("eth_getBalance", accounts[1].GetString(), "latest"), Is.EqualTo(3_000_000_000_000_000_000));
        JsonElement receipt = await node.Rpc.SendMinedAsync(new JsonObject { ["from"] = accounts[0].GetString(), ["to"] = Receiver, ["value"] = "0x1" });
        Assert.That(receipt.GetProperty("status").GetString(), Is.EqualTo("0x1"));
    }

    [Test]
    public async Task Base_fee_is_held()
    {
        await using NodeProcess node = await NodeProcess.InMemoryAsync("--base-fee", "7");
        for (int i = 0; i < 3; i++) await node.Rpc.SendMinedAsync(Transfer(0));
        Assert.That((await node.Rpc.CallAsync("eth_getBlockByNumber", "latest", false)).GetProperty("baseFeePerGas").GetString(), Is.EqualTo("0x7"));
    }

    [Test]
    public async Task A_base_fee_of_zero_lets_transactions_be_free()
    {
        await using NodeProcess node = await NodeProcess.InMemoryAsync("--base-fee", "0");
        JsonObject free = Transfer(0);
        free["gasPrice"] = "0x0";
        JsonElement receipt = await node.Rpc.SendMinedAsync(free);
        Assert.That(receipt.GetProperty("effectiveGasPrice").GetString(), Is.EqualTo("0x0"));
    }

    [Test]
    public async Task Gas_limit_holds_for_blocks_and_is_not_bound_by_the_step_rule()
    {
        await using NodeProcess node = await NodeProcess.InMemoryAsync("--gas-limit", "1000000000");
        await node.Rpc.SendMinedAsync(Transfer(0));
        Assert.That((await node.Rpc.CallAsync("eth_getBlockByNumber", "latest", false)).GetProperty("gasLimit").GetString(), Is.EqualTo("0x3b9aca00"));
    }

    [Test]
    public async Task Chain_id_is_the_one_transactions_are_signed_for()
    {
        await using NodeProcess node = await NodeProcess.InMemoryAsync("--chain-id", "2");
        Assert.That(await node.Rpc.NumberAsync("eth_chainId"), Is.EqualTo(2));
        await node.Rpc.SendMinedAsync(Transfer(0));
        (int code, string message) = await node.Rpc.ErrorAsync("eth_sendRawTransaction", DevWallet.SignTransfer(DevWallet.Key(0), 1));
        Assert.That((code, message), Is.EqualTo((-32000, "invalid sender: invalid chain id for signer: have 31337 want 2")));
    }

    [Test]
    public async Task Gas_cap_bounds_calls_and_not_the_transaction_cap()
    {
        // GAS, PUSH1 0, MSTORE, PUSH1 32, PUSH1 0, RETURN as init code: the gas left comes back.
        const string GasLeft = "0x5a60005260206000f3";
        await using NodeProcess node = await NodeProcess.InMemoryAsync();
        string usual = (await node.Rpc.CallAsync("eth_call", new JsonObject { ["from"] = DevWallet.Address(0), ["data"] = GasLeft }, "latest")).GetString()!;
        Assert.That(ulong.Parse(usual.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), Is.InRange(1_999_000_000, 2_000_000_000));
        await using NodeProcess capped = await NodeProcess.InMemoryAsync("--rpc.gascap", "100000");
        string low = (await capped.Rpc.CallAsync("eth_call", new JsonObject { ["from"] = DevWallet.Address(0), ["data"] = GasLeft, ["gas"] = "0xffffffff" }, "latest")).GetString()!;
        Assert.That(ulong.Parse(low.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), Is.LessThan(100_000));
    }

    [Test]
    public async Task Genesis_file_is_the_chain()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("genesis.json", GenesisFiles.Cancun);
        await using NodeProcess node = await NodeProcess.InFolderAsync(folder.File("data"), "--genesis", path);
        Assert.That(await node.Rpc.NumberAsync("eth_chainId"), Is.EqualTo(12_345));
        JsonElement genesis = await node.Rpc.CallAsync("eth_getBlockByNumber", "0x0", false);
        Assert.That(genesis.GetProperty("extraData").GetString(), Is.EqualTo("0x1234"));
        Assert.That((await node.Rpc.CallAsync("eth_call", new JsonObject { ["to"] = "0x00000000000000000000000000000000000000aa" }, "latest")).GetString(), Does.EndWith("2a"));
        Assert.That((await node.Rpc.SendMinedAsync(Transfer(0))).GetProperty("status").GetString(), Is.EqualTo("0x1"));
    }

    [TestCase("0", false, false)]
    [TestCase("1", true, false)]
    [TestCase("2", true, true)]
    public async Task Compliance_mode_decides_who_may_send_and_deploy(string mode, bool sendersNeedIdentity, bool deployersNeedRole)
    {
        await using NodeProcess node = await NodeProcess.InMemoryAsync("--compliance-mode", mode);
        byte[] strangerKey = [.. Enumerable.Repeat((byte)0x22, 32)];
        const string Stranger = "0x1563915e194d8cfba1943570603f7606a3115508";
        await node.Rpc.SendMinedAsync(new JsonObject { ["from"] = DevWallet.Address(0), ["to"] = Stranger, ["value"] = "0xde0b6b3a7640000" });
        JsonElement answer = await node.Rpc.AnswerAsync("eth_sendRawTransaction", DevWallet.SignTransfer(strangerKey, 0));
        Assert.That(answer.TryGetProperty("error", out JsonElement error), Is.EqualTo(sendersNeedIdentity), answer.ToString());
        if (sendersNeedIdentity) Assert.That(error.GetProperty("code").GetInt32(), Is.EqualTo(-32007));
        else await node.Rpc.ReceiptAsync(answer.GetProperty("result").GetString()!);
        Assert.That(node.Output, Does.Contain($"mode {mode}").IgnoreCase);
        Assert.That(deployersNeedRole && !sendersNeedIdentity, Is.False);
        JsonElement deployed = await node.Rpc.SendMinedAsync(new JsonObject { ["from"] = DevWallet.Address(5), ["data"] = "0x5f5ff3" });
        Assert.That(deployed.GetProperty("status").GetString(), Is.EqualTo("0x1"), "the development accounts may deploy in every mode");
    }

    [Test]
    public async Task Quiet_prints_the_listening_line_only()
    {
        await using NodeProcess node = await NodeProcess.InMemoryAsync("--quiet");
        await node.Rpc.SendMinedAsync(Transfer(0));
        Assert.That(node.Output.Trim(), Is.EqualTo($"Listening on {node.Url} and {node.WebSocketUrl}"));
    }

    [Test]
    public async Task Http_addr_listens_elsewhere()
    {
        await using NodeProcess node = await NodeProcess.InMemoryAsync("--http.addr", "127.0.0.2");
        Assert.That(new Uri(node.Url).Host, Is.EqualTo("127.0.0.2"));
        Assert.That(await node.Rpc.NumberAsync("eth_chainId"), Is.EqualTo(31_337));
    }

    [Test]
    public async Task Batch_and_body_limits_are_configurable()
    {
        await using NodeProcess node = await NodeProcess.InMemoryAsync("--rpc.batch-request-limit", "2", "--http.body-limit", "2000");
        string three = $"[{string.Join(',', Enumerable.Range(0, 3).Select(i => RpcClient.Request(i, "eth_chainId")))}]";
        Assert.That(await node.Rpc.PostAsync(three), Does.Contain("batch too large: 3 requests, at most 2").And.Contain("--rpc.batch-request-limit"));
        Assert.That(await node.Rpc.PostAsync(new string(' ', 3_000)), Does.Contain("--http.body-limit"));
    }

    private static JsonObject Transfer(int from) => new() { ["from"] = DevWallet.Address(from), ["to"] = Receiver, ["value"] = "0x1" };
}
