using System.Text.Json;

namespace Chain.Rpc.Tests;

/// <summary>The namespaces evm, anvil, hardhat and miner: what moves the chain as a whole.</summary>
public sealed class DevNamespaceTests
{
    private DevStory _dev = null!;

    [SetUp]
    public void Start() => _dev = DevStory.Start();

    [TearDown]
    public async Task StopAsync() => await _dev.DisposeAsync();

    [Test]
    public void Every_anvil_method_has_its_hardhat_name_and_the_other_way_round()
    {
        string[] names = [.. _dev.Chain.Table.Names];
        Assert.Multiple(() =>
        {
            foreach (string name in names.Where(name => name.StartsWith("anvil_", StringComparison.Ordinal))) Assert.That(names, Does.Contain("hardhat_" + name[6..]));
            foreach (string name in names.Where(name => name.StartsWith("hardhat_", StringComparison.Ordinal))) Assert.That(names, Does.Contain("anvil_" + name[8..]));
            foreach (string name in (string[])["evm_snapshot", "evm_revert", "evm_mine", "evm_increaseTime", "evm_setNextBlockTimestamp", "evm_setAutomine", "evm_setIntervalMining", "evm_setBlockGasLimit", "evm_setTime"])
                Assert.That(names, Does.Contain(name));
        });
    }

    [Test]
    public async Task A_rollback_leaves_blocks_and_drops_their_transactions()
    {
        string contract = await _dev.DeployAsync(DevStory.ContractCode);
        string tx = await _dev.CallAsync(contract, _dev.B);
        await _dev.ResultAsync("anvil_rollback", "[1]");
        Assert.That(await _dev.TextAsync("eth_blockNumber"), Is.EqualTo("0x1"));
        Assert.That((await _dev.ResultAsync("eth_getTransactionByHash", $"[\"{tx}\"]")).ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That((await _dev.ResultAsync("txpool_status")).GetRawText(), Is.EqualTo("""{"pending":"0x0","queued":"0x0"}"""));
        Assert.That(await _dev.TextAsync("eth_getStorageAt", $"[\"{contract}\",\"0x0\"]"), Does.EndWith("0"));
        Assert.That((await _dev.ErrorAsync("anvil_rollback", "[9]")).Message, Is.EqualTo("depth 9 is more than the chain's 1 blocks"));
    }

    [Test]
    public async Task A_reorganisation_makes_other_blocks_with_the_transactions_given_and_tells_listeners()
    {
        await _dev.MineAsync(3);
        string old = (await _dev.ResultAsync("eth_getBlockByNumber", "[\"latest\"]")).GetProperty("hash").GetString()!;
        string filter = await _dev.TextAsync("eth_newBlockFilter");
        JsonElement signed = await _dev.ResultAsync("eth_signTransaction", $$"""[{"from":"{{_dev.A}}","to":"{{_dev.B}}","value":"0x1","gas":"0x5208","nonce":"0x0"}]""");
        string pairs = $$"""[["{{signed.GetProperty("raw").GetString()}}",1],[{"from":"{{_dev.A}}","to":"{{_dev.B}}","value":"0x2","gas":"0x5208","nonce":"0x1"},1]]""";
        await _dev.ResultAsync("hardhat_reorg", $"[2,{pairs}]");
        JsonElement head = await _dev.ResultAsync("eth_getBlockByNumber", "[\"latest\"]");
        Assert.That(head.GetProperty("number").GetString(), Is.EqualTo("0x3"));
        Assert.That(head.GetProperty("hash").GetString(), Is.Not.EqualTo(old));
        Assert.That(head.GetProperty("transactions").GetArrayLength(), Is.EqualTo(2));
        Assert.That((await _dev.ResultAsync("eth_getBlockByHash", $"[\"{old}\"]")).ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That((await _dev.ResultAsync("eth_getFilterChanges", $"[\"{filter}\"]")).GetArrayLength(), Is.EqualTo(2));
        Assert.That((await _dev.ErrorAsync("anvil_reorg", "[1,[[\"0x00\",0]]]")).Message, Does.Contain("are not a signed transaction"));
        Assert.That((await _dev.ErrorAsync("anvil_reorg", $"[1,[[\"{signed.GetProperty("raw").GetString()}\",1]]]")).Message, Does.Contain("is not below the depth"));
        Assert.That((await _dev.ErrorAsync("anvil_reorg", $"[1,[[\"{signed.GetProperty("raw").GetString()}\",0],[\"{signed.GetProperty("raw").GetString()}\",0]]]")).Message, Does.Contain("transaction 1 of the new block 0 is not valid there"));
    }

    [Test]
    public async Task A_reset_goes_back_to_genesis_and_refuses_to_fork()
    {
        await _dev.ResultAsync("anvil_setBalance", $"[\"{_dev.B}\",\"0x1\"]");
        await _dev.DeployAsync(DevStory.ContractCode);
        string instance = (await _dev.ResultAsync("anvil_metadata")).GetProperty("instanceId").GetString()!;
        Assert.That((await _dev.ErrorAsync("anvil_reset", """[{"forking":{"jsonRpcUrl":"http://127.0.0.1:1"}}]""")).Message, Does.Contain("does not fork"));
        Assert.That((await _dev.ResultAsync("anvil_reset")).GetBoolean(), Is.True);
        Assert.That(await _dev.TextAsync("eth_blockNumber"), Is.EqualTo("0x0"));
        Assert.That(await _dev.TextAsync("eth_getBalance", $"[\"{_dev.B}\"]"), Is.EqualTo("0x21e19e0c9bab2400000"));
        Assert.That((await _dev.ResultAsync("hardhat_metadata")).GetProperty("instanceId").GetString(), Is.Not.EqualTo(instance));
        JsonElement info = await _dev.ResultAsync("anvil_nodeInfo");
        Assert.That(info.GetProperty("hardFork").GetString(), Is.EqualTo("cancun"));
        Assert.That(info.GetProperty("environment").GetProperty("chainId").GetInt32(), Is.EqualTo(31_337));
    }

    [Test]
    public async Task A_dump_of_the_state_is_read_by_a_fresh_chain()
    {
        string contract = await _dev.DeployAsync(DevStory.ContractCode);
        await _dev.CallAsync(contract, "0x00000000000000000000000000000000000000ee");
        await _dev.ResultAsync("anvil_setStorageAt", $"[\"{contract}\",\"0x9\",\"0x{5:x64}\"]");
        string dump = await _dev.TextAsync("anvil_dumpState");
        await using DevStory fresh = DevStory.Start();
        await fresh.MineAsync();
        Assert.That((await fresh.ResultAsync("hardhat_loadState", $"[\"{dump}\"]")).GetBoolean(), Is.True);
        foreach ((string method, string parameters) in ((string, string)[])
            [
                ("eth_getCode", $"[\"{contract}\"]"), ("eth_getStorageAt", $"[\"{contract}\",\"0x0\"]"), ("eth_getStorageAt", $"[\"{contract}\",\"0x9\"]"),
                ("eth_getBalance", $"[\"{_dev.A}\"]"), ("eth_getTransactionCount", $"[\"{_dev.A}\"]"), ("eth_getBalance", "[\"0x00000000000000000000000000000000000000ee\"]"),
            ])
            Assert.That(await fresh.TextAsync(method, parameters), Is.EqualTo(await _dev.TextAsync(method, parameters)), $"{method} {parameters}");
        Assert.That(await fresh.TextAsync("anvil_dumpState"), Is.Not.Empty);
        foreach (string bad in (string[])["0x", "0x1f8b00", "0x7b7d", $"0x{Convert.ToHexString("{\"accounts\":{\"0x1\":{}}}"u8)}", $"0x{Convert.ToHexString("{\"accounts\":"u8)}"])
            Assert.That((await fresh.ErrorAsync("anvil_loadState", $"[\"{bad}\"]")).Code, Is.EqualTo(-32602), bad);
    }

    [Test]
    public async Task Token_balances_and_allowances_are_set_by_the_slot_that_decides_them()
    {
        string token = await _dev.DeployAsync(DevStory.TokenCode);
        await _dev.ResultAsync("anvil_dealERC20", $"[\"{_dev.B}\",\"{token}\",\"0x64\"]");
        await _dev.ResultAsync("hardhat_setERC20Allowance", $"[\"{_dev.A}\",\"{_dev.B}\",\"{token}\",\"0x65\"]");
        string balance = await _dev.TextAsync("eth_call", $$"""[{"to":"{{token}}","data":"0x70a08231{{_dev.B[2..].PadLeft(64, '0')}}"}]""");
        string allowance = await _dev.TextAsync("eth_call", $$"""[{"to":"{{token}}","data":"0xdd62ed3e{{_dev.A[2..].PadLeft(64, '0')}}{{_dev.B[2..].PadLeft(64, '0')}}"}]""");
        Assert.That(balance, Does.EndWith("64"));
        Assert.That(allowance, Does.EndWith("65"));
        Assert.That((await _dev.ErrorAsync("anvil_dealERC20", $"[\"{_dev.B}\",\"{_dev.A}\",\"0x64\"]")).Message, Does.Contain("it is not an ERC-20 token"));
    }

    [Test]
    public async Task Small_levers_do_what_they_say()
    {
        await _dev.ResultAsync("anvil_addBalance", $"[\"0x00000000000000000000000000000000000000ee\",\"0x5\"]");
        await _dev.ResultAsync("anvil_addBalance", $"[\"0x00000000000000000000000000000000000000ee\",\"0x6\"]");
        Assert.That(await _dev.TextAsync("eth_getBalance", "[\"0x00000000000000000000000000000000000000ee\"]"), Is.EqualTo("0xb"));
        await _dev.ResultAsync("miner_setExtra", "[\"made here\"]");
        await _dev.ResultAsync("miner_setEtherbase", $"[\"{_dev.B}\"]");
        await _dev.ResultAsync("miner_setGasLimit", "[\"0x1000000\"]");
        await _dev.MineAsync();
        JsonElement block = await _dev.ResultAsync("eth_getBlockByNumber", "[\"latest\"]");
        Assert.Multiple(() =>
        {
            Assert.That(block.GetProperty("extraData").GetString(), Is.EqualTo("0x" + Convert.ToHexStringLower("made here"u8)));
            Assert.That(block.GetProperty("miner").GetString(), Is.EqualTo(_dev.B));
            Assert.That(block.GetProperty("gasLimit").GetString(), Is.EqualTo("0x1000000"));
        });
        Assert.That((await _dev.ErrorAsync("miner_setExtra", $"[\"{new string('x', 33)}\"]")).Message, Does.Contain("at most 32"));
        await _dev.ResultAsync("miner_setGasPrice", "[\"0x77359400\"]");
        Assert.That(await _dev.TextAsync("miner_getMinGasPrice"), Is.EqualTo("0x77359400"));
        (int code, string message) = await _dev.ErrorAsync("eth_sendTransaction", $$"""[{"from":"{{_dev.A}}","to":"{{_dev.B}}","gas":"0x5208","maxPriorityFeePerGas":"0x1"}]""");
        Assert.That((code, message), Is.EqualTo((-32_000, "transaction underpriced: gas tip cap 1, minimum needed 2000000000")));
        await _dev.ResultAsync("miner_setGasPrice", "[\"0x0\"]");
        await _dev.SendAsync($$"""{"from":"{{_dev.A}}","to":"{{_dev.B}}","gas":"0x5208"}""");
        await _dev.ResultAsync("anvil_removePoolTransactions", $"[\"{_dev.A}\"]");
        Assert.That((await _dev.ResultAsync("txpool_status")).GetProperty("pending").GetString(), Is.EqualTo("0x0"));
        Assert.That((await _dev.ResultAsync("anvil_getIntervalMining")).ValueKind, Is.EqualTo(JsonValueKind.Null));
        await _dev.ResultAsync("evm_setIntervalMining", "[86400]");
        Assert.That((await _dev.ResultAsync("anvil_getIntervalMining")).GetInt32(), Is.EqualTo(86_400));
        await _dev.ResultAsync("miner_stop");
        Assert.That((await _dev.ResultAsync("anvil_getAutomine")).GetBoolean(), Is.False);
        await _dev.ResultAsync("miner_start");
        Assert.That((await _dev.ResultAsync("anvil_getAutomine")).GetBoolean(), Is.True);
    }
}
