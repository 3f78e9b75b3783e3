using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Chain.Consensus.Engines;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Rpc.Abi;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tests;

/// <summary>The methods on a development chain, from request to answer.</summary>
public sealed class DevChainTests
{
    private const string Logger = "0x00000000000000000000000000000000000010a1";
    private const string Reverter = "0x00000000000000000000000000000000000010a2";
    private const string Topic = "0x1111111111111111111111111111111111111111111111111111111111111111";

    // MSTORE(0, 1); LOG1(0, 32, topic); and SSTORE(0, 5).
    private const string LoggerCode = "0x60016000527f" + "1111111111111111111111111111111111111111111111111111111111111111" + "60206000a1600560005500";

    // Reverts with its call data.
    private const string ReverterCode = "0x366000600037366000fd";

    private ChainFixture _chain = null!;
    private RpcProcessor _processor = null!;
    private string _a = null!;
    private string _b = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _chain = ChainFixture.Development(limits: new RpcLimits { FiltersMax = 5, LogBlocksMax = 50, LogResultsMax = 4 });
        _processor = new RpcProcessor(_chain.Table, _chain.Chain.Limits, TestLog.Instance);
        _a = _chain.Chain.Accounts.Addresses[0].ToString();
        _b = _chain.Chain.Accounts.Addresses[1].ToString();
        await ResultAsync("anvil_setCode", $"[\"{Logger}\",\"{LoggerCode}\"]");
        await ResultAsync("hardhat_setCode", $"[\"{Reverter}\",\"{ReverterCode}\"]");
    }

    [TearDown]
    public async Task StopAsync()
    {
        _processor.Dispose();
        await _chain.DisposeAsync();
    }

    [Test]
    public async Task A_transfer_is_filled_signed_mined_and_found()
    {
        string hash = await TextAsync("eth_sendTransaction", $"[{{\"from\":\"{_a}\",\"to\":\"{_b}\",\"value\":\"0x5\"}}]");
        JsonElement receipt = await ReceiptAsync(hash);
        Assert.That(receipt.GetProperty("status").GetString(), Is.EqualTo("0x1"));
        Assert.That(receipt.GetProperty("gasUsed").GetString(), Is.EqualTo("0x5208"));
        JsonElement transaction = await ResultAsync("eth_getTransactionByHash", $"[\"{hash}\"]");
        Assert.That(transaction.GetProperty("from").GetString(), Is.EqualTo(_a));
        Assert.That(transaction.GetProperty("type").GetString(), Is.EqualTo("0x2"));
        JsonElement block = await ResultAsync("eth_getBlockByNumber", "[\"latest\",true]");
        Assert.That(block.GetProperty("transactions")[0].GetProperty("hash").GetString(), Is.EqualTo(hash));
        Assert.That(await TextAsync("eth_getTransactionCount", $"[\"{_a}\",\"latest\"]"), Is.EqualTo("0x1"));
        string raw = await TextAsync("eth_getRawTransactionByHash", $"[\"{hash}\"]");
        Assert.That((await ErrorAsync("eth_sendRawTransaction", $"[\"{raw}\"]")).GetProperty("message").GetString(), Does.Contain("nonce too low").Or.Contain("already known"));
    }

    [Test]
    public async Task A_signed_transaction_goes_through_send_raw()
    {
        JsonElement signed = await ResultAsync("eth_signTransaction", $"[{{\"from\":\"{_a}\",\"to\":\"{_b}\",\"value\":\"0x5\",\"gasPrice\":\"0x77359400\"}}]");
        string hash = await TextAsync("eth_sendRawTransaction", $"[\"{signed.GetProperty("raw").GetString()}\"]");
        Assert.That(signed.GetProperty("tx").GetProperty("hash").GetString(), Is.EqualTo(hash));
        Assert.That((await ReceiptAsync(hash)).GetProperty("effectiveGasPrice").GetString(), Is.EqualTo("0x77359400"));
    }

    [TestCase("0x", "are not a signed transaction")]
    [TestCase("0x01", "are not a signed transaction")]
    [TestCase("0x7f00", "transaction type not supported")]
    [TestCase("0xf8", "are not a signed transaction")]
    public async Task Bytes_that_are_no_transaction_are_refused(string raw, string message)
    {
        JsonElement error = await ErrorAsync("eth_sendRawTransaction", $"[\"{raw}\"]");
        Assert.That(error.GetProperty("code").GetInt32(), Is.EqualTo(-32000));
        Assert.That(error.GetProperty("message").GetString(), Does.Contain(message));
    }

    [Test]
    public async Task Unknown_senders_poor_senders_and_wrong_chains_are_told()
    {
        Assert.That((await ErrorAsync("eth_sendTransaction", $"[{{\"from\":\"{Logger}\",\"to\":\"{_b}\"}}]")).GetProperty("message").GetString(), Does.StartWith("unknown account"));
        string tooMuch = $"[{{\"from\":\"{_a}\",\"to\":\"{_b}\",\"gas\":\"0x5208\",\"value\":\"0xffffffffffffffffffffffff\"}}]";
        Assert.That((await ErrorAsync("eth_sendTransaction", tooMuch)).GetProperty("message").GetString(), Does.StartWith("insufficient funds for gas * price + value"));
        Assert.That((await ErrorAsync("eth_sendTransaction", $"[{{\"from\":\"{_a}\",\"to\":\"{_b}\",\"chainId\":\"0x1\"}}]")).GetProperty("message").GetString(), Does.StartWith("chainId does not match"));
    }

    [Test]
    public async Task Reverts_carry_code_reason_and_data_through_call_estimate_and_send()
    {
        const string Data = "0x08c379a0" + "0000000000000000000000000000000000000000000000000000000000000020" + "0000000000000000000000000000000000000000000000000000000000000002" + "6e6f000000000000000000000000000000000000000000000000000000000000";
        foreach (string method in (string[])["eth_call", "eth_estimateGas", "eth_sendTransaction"])
        {
            JsonElement error = await ErrorAsync(method, $"[{{\"from\":\"{_a}\",\"to\":\"{Reverter}\",\"data\":\"{Data}\"}}]");
            Assert.That(error.GetRawText(), Is.EqualTo($"{{\"code\":3,\"message\":\"execution reverted: no\",\"data\":\"{Data}\"}}"), method);
        }
    }

    [Test]
    public async Task Estimates_are_exact_for_transfers_and_enough_for_calls()
    {
        Assert.That(await TextAsync("eth_estimateGas", $"[{{\"from\":\"{_a}\",\"to\":\"{_b}\",\"value\":\"0x1\"}}]"), Is.EqualTo("0x5208"));
        string gas = await TextAsync("eth_estimateGas", $"[{{\"from\":\"{_a}\",\"to\":\"{Logger}\"}}]");
        string hash = await TextAsync("eth_sendTransaction", $"[{{\"from\":\"{_a}\",\"to\":\"{Logger}\",\"gas\":\"{gas}\"}}]");
        Assert.That((await ReceiptAsync(hash)).GetProperty("status").GetString(), Is.EqualTo("0x1"));
        JsonElement error = await ErrorAsync("eth_estimateGas", $"[{{\"from\":\"{_a}\",\"to\":\"{Logger}\",\"gas\":\"0x5300\"}}]");
        Assert.That(error.GetProperty("message").GetString(), Is.EqualTo("gas required exceeds allowance (21248)"));
    }

    [Test]
    public async Task Overrides_change_what_a_call_sees()
    {
        // Returns SELFBALANCE, SLOAD(1), NUMBER and BASEFEE.
        const string Code = "0x476000526001546020524360405248606052" + "60806000f3";
        string answer = await TextAsync("eth_call",
            $"[{{\"to\":\"{_b}\",\"gasPrice\":\"0x9\"}},\"latest\",{{\"{_b}\":{{\"code\":\"{Code}\",\"balance\":\"0x7\",\"stateDiff\":{{\"0x{1:x64}\":\"0x{6:x64}\"}}}},\"0x{0:x40}\":{{\"balance\":\"0xffffffff\"}}}},{{\"number\":\"0x63\",\"baseFeePerGas\":\"0x8\"}}]");
        string[] words = [.. Enumerable.Range(0, 4).Select(i => answer.Substring(2 + (64 * i), 64).TrimStart('0'))];
        Assert.That(words, Is.EqualTo(new[] { "7", "6", "63", "8" }));
        Assert.That((await ErrorAsync("eth_call", $"[{{\"to\":\"{_b}\"}},\"latest\",{{\"{_b}\":{{\"movePrecompileToAddress\":\"{_a}\"}}}}]")).GetProperty("message").GetString(), Does.EndWith("is not a precompile"));
        string moved = await TextAsync("eth_call", $"[{{\"to\":\"{Logger}\",\"data\":\"0xaabb\"}},\"latest\",{{\"0x0000000000000000000000000000000000000004\":{{\"movePrecompileToAddress\":\"{Logger}\"}}}}]");
        Assert.That(moved, Is.EqualTo("0xaabb"));
    }

    [Test]
    public async Task Access_lists_name_what_is_touched()
    {
        JsonElement list = await ResultAsync("eth_createAccessList", $"[{{\"from\":\"{_a}\",\"to\":\"{Logger}\"}}]");
        Assert.That(list.GetProperty("accessList").GetRawText(), Is.EqualTo($"[{{\"address\":\"{Logger}\",\"storageKeys\":[\"0x{0:x64}\"]}}]"));
        Assert.That(list.TryGetProperty("error", out _), Is.False);
        JsonElement failed = await ResultAsync("eth_createAccessList", $"[{{\"from\":\"{_a}\",\"to\":\"{Reverter}\"}}]");
        Assert.That(failed.GetProperty("error").GetString(), Is.EqualTo("execution reverted"));
    }

    [Test]
    public async Task Logs_are_found_by_range_address_topic_and_block()
    {
        JsonElement receipt = await LogOnceAsync();
        string block = receipt.GetProperty("blockHash").GetString()!;
        foreach (string filter in (string[])["{\"fromBlock\":\"earliest\"}", $"{{\"address\":\"{Logger}\",\"topics\":[[\"{Topic}\"]]}}", $"{{\"blockHash\":\"{block}\"}}"])
            Assert.That((await ResultAsync("eth_getLogs", $"[{filter}]")).GetArrayLength(), Is.EqualTo(1), filter);
        foreach (string filter in (string[])[$"{{\"address\":\"{Reverter}\"}}", $"{{\"topics\":[\"0x{9:x64}\"]}}", $"{{\"topics\":[null,null]}}", "{\"fromBlock\":\"0x0\",\"toBlock\":\"0x0\"}"])
            Assert.That((await ResultAsync("eth_getLogs", $"[{filter}]")).GetArrayLength(), Is.Zero, filter);
        Assert.That((await ErrorAsync("eth_getLogs", "[{\"fromBlock\":\"0x1\",\"toBlock\":\"0x0\"}]")).GetProperty("message").GetString(), Is.EqualTo("invalid block range params"));
        Assert.That((await ErrorAsync("eth_getLogs", $"[{{\"blockHash\":\"{Topic}\"}}]")).GetProperty("message").GetString(), Is.EqualTo("unknown block"));
        for (int i = 0; i < 4; i++) await LogOnceAsync();
        Assert.That((await ErrorAsync("eth_getLogs", "[{\"fromBlock\":\"0x0\"}]")).GetProperty("message").GetString(), Does.Contain("--rpc.log-results"));
        await ResultAsync("anvil_mine", "[60]");
        Assert.That((await ErrorAsync("eth_getLogs", "[{\"fromBlock\":\"0x0\"}]")).GetProperty("message").GetString(), Does.Contain("--rpc.log-blocks"));
    }

    [Test]
    public async Task Filters_hand_out_each_change_once()
    {
        string blocks = await TextAsync("eth_newBlockFilter");
        string logs = await TextAsync("eth_newFilter", $"[{{\"address\":\"{Logger}\"}}]");
        string pending = await TextAsync("eth_newPendingTransactionFilter");
        JsonElement receipt = await LogOnceAsync();
        Assert.That((await ResultAsync("eth_getFilterChanges", $"[\"{blocks}\"]"))[0].GetString(), Is.EqualTo(receipt.GetProperty("blockHash").GetString()));
        Assert.That((await ResultAsync("eth_getFilterChanges", $"[\"{logs}\"]"))[0].GetProperty("topics")[0].GetString(), Is.EqualTo(Topic));
        Assert.That((await ResultAsync("eth_getFilterChanges", $"[\"{pending}\"]"))[0].GetString(), Is.EqualTo(receipt.GetProperty("transactionHash").GetString()));
        foreach (string id in (string[])[blocks, logs, pending]) Assert.That((await ResultAsync("eth_getFilterChanges", $"[\"{id}\"]")).GetArrayLength(), Is.Zero);
        Assert.That((await ResultAsync("eth_getFilterLogs", $"[\"{logs}\"]")).GetArrayLength(), Is.EqualTo(1));
        Assert.That((await ResultAsync("eth_uninstallFilter", $"[\"{logs}\"]")).GetBoolean(), Is.True);
        Assert.That((await ResultAsync("eth_uninstallFilter", $"[\"{logs}\"]")).GetBoolean(), Is.False);
        Assert.That((await ErrorAsync("eth_getFilterChanges", $"[\"{logs}\"]")).GetProperty("message").GetString(), Is.EqualTo("filter not found"));
        for (int i = 0; i < 3; i++) await TextAsync("eth_newBlockFilter");
        Assert.That((await ErrorAsync("eth_newBlockFilter")).GetProperty("message").GetString(), Does.Contain("--rpc.filters"));
    }

    [Test]
    public async Task Filters_nobody_asks_or_that_hold_too_much_are_dropped()
    {
        ManualClock clock = new();
        using Filters.FilterStore filters = new(_chain.Chain, clock);
        string forgotten = filters.InstallBlocks()!;
        string asked = filters.InstallBlocks()!;
        clock.Ms = _chain.Chain.Limits.FilterIdleMs;
        Assert.That(filters.TakeChanges(asked), Is.Empty);
        clock.Ms += 1;
        await ResultAsync("evm_mine");
        Assert.That(filters.TakeChanges(forgotten), Is.Null);
        Assert.That(filters.TakeChanges(asked), Has.Count.EqualTo(1));

        await using ChainFixture small = ChainFixture.Development(limits: new RpcLimits { FilterResultsMax = 3 });
        string greedy = small.Filters.InstallBlocks()!;
        small.Dev!.Mine(3);
        Assert.That(small.Filters.Count, Is.EqualTo(1));
        small.Dev.Mine(1);
        Assert.That(small.Filters.TakeChanges(greedy), Is.Null);
    }

    [Test]
    public async Task Snapshots_take_the_chain_back()
    {
        string snapshot = await TextAsync("evm_snapshot");
        await LogOnceAsync();
        Assert.That(await TextAsync("eth_getStorageAt", $"[\"{Logger}\",\"0x0\"]"), Does.EndWith("5"));
        Assert.That((await ResultAsync("evm_revert", $"[\"{snapshot}\"]")).GetBoolean(), Is.True);
        Assert.That(await TextAsync("eth_blockNumber"), Is.EqualTo("0x0"));
        Assert.That(await TextAsync("eth_getStorageAt", $"[\"{Logger}\",\"0x0\"]"), Does.EndWith("0"));
        Assert.That(await TextAsync("eth_getCode", $"[\"{Logger}\"]"), Is.EqualTo(LoggerCode));
        Assert.That((await ResultAsync("evm_revert", $"[\"{snapshot}\"]")).GetBoolean(), Is.False);
    }

    [Test]
    public async Task Time_mining_and_state_are_the_developers()
    {
        Assert.That((await ResultAsync("evm_increaseTime", "[3600]")).GetInt64(), Is.EqualTo(3_600));
        await ResultAsync("evm_setNextBlockTimestamp", "[\"0x77359400\"]");
        await ResultAsync("evm_mine");
        Assert.That((await ResultAsync("eth_getBlockByNumber", "[\"latest\"]")).GetProperty("timestamp").GetString(), Is.EqualTo("0x77359400"));
        Assert.That((await ErrorAsync("evm_setNextBlockTimestamp", "[5]")).GetProperty("message").GetString(), Does.Contain("is not above the head block's"));
        await ResultAsync("hardhat_mine", "[\"0x5\",\"0xa\"]");
        Assert.That(await TextAsync("eth_blockNumber"), Is.EqualTo("0x6"));
        await ResultAsync("anvil_setBalance", $"[\"{Reverter}\",\"0xde0b6b3a7640000\"]");
        await ResultAsync("anvil_setNonce", $"[\"{Reverter}\",\"0x7\"]");
        await ResultAsync("anvil_setStorageAt", $"[\"{Reverter}\",\"0x1\",\"0x{8:x64}\"]");
        Assert.That(await TextAsync("eth_getBalance", $"[\"{Reverter}\"]"), Is.EqualTo("0xde0b6b3a7640000"));
        Assert.That(await TextAsync("eth_getTransactionCount", $"[\"{Reverter}\"]"), Is.EqualTo("0x7"));
        Assert.That(await TextAsync("eth_getStorageAt", $"[\"{Reverter}\",\"0x1\"]"), Does.EndWith("8"));
        await ResultAsync("anvil_setNextBlockBaseFeePerGas", "[\"0x64\"]");
        await ResultAsync("evm_mine");
        Assert.That((await ResultAsync("eth_getBlockByNumber", "[\"latest\"]")).GetProperty("baseFeePerGas").GetString(), Is.EqualTo("0x64"));
        Assert.That((await ErrorAsync("anvil_mine", "[1000000000]")).GetProperty("message").GetString(), Does.Contain("at most"));
    }

    [Test]
    public async Task An_impersonated_account_sends_without_its_key()
    {
        string whale = "0x00000000000000000000000000000000000000ee";
        await ResultAsync("anvil_setBalance", $"[\"{whale}\",\"0xde0b6b3a7640000\"]");
        await ResultAsync("anvil_impersonateAccount", $"[\"{whale}\"]");
        string hash = await TextAsync("eth_sendTransaction", $"[{{\"from\":\"{whale}\",\"to\":\"{_b}\",\"value\":\"0x5\"}}]");
        Assert.That((await ReceiptAsync(hash)).GetProperty("from").GetString(), Is.EqualTo(whale));
        await ResultAsync("anvil_stopImpersonatingAccount", $"[\"{whale}\"]");
        await ErrorAsync("eth_sendTransaction", $"[{{\"from\":\"{whale}\",\"to\":\"{_b}\",\"value\":\"0x5\"}}]");
    }

    [Test]
    public async Task The_pool_shows_what_waits_and_pending_counts_it()
    {
        await ResultAsync("evm_setAutomine", "[false]");
        string first = await TextAsync("eth_sendTransaction", $"[{{\"from\":\"{_a}\",\"to\":\"{_b}\"}}]");
        await TextAsync("eth_sendTransaction", $"[{{\"from\":\"{_a}\",\"to\":\"{_b}\",\"nonce\":\"0x5\",\"gas\":\"0x5208\"}}]");
        Assert.That((await ResultAsync("txpool_status")).GetRawText(), Is.EqualTo("""{"pending":"0x1","queued":"0x1"}"""));
        Assert.That(await TextAsync("eth_getTransactionCount", $"[\"{_a}\",\"pending\"]"), Is.EqualTo("0x1"));
        Assert.That(await TextAsync("eth_getTransactionCount", $"[\"{_a}\",\"latest\"]"), Is.EqualTo("0x0"));
        JsonElement pending = await ResultAsync("eth_getBlockByNumber", "[\"pending\",false]");
        Assert.That(pending.GetProperty("hash").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(pending.GetProperty("transactions")[0].GetString(), Is.EqualTo(first));
        JsonElement content = await ResultAsync("txpool_contentFrom", $"[\"{_a}\"]");
        Assert.That(content.GetProperty("pending").GetProperty("0").GetProperty("blockHash").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(content.GetProperty("queued").TryGetProperty("5", out _), Is.True);
        Assert.That((await ResultAsync("txpool_content")).GetProperty("pending").EnumerateObject().Count(), Is.EqualTo(1));
        Assert.That((await ResultAsync("txpool_inspect")).GetProperty("pending").GetRawText(), Does.Contain("21000 gas"));
        Assert.That((await ErrorAsync("eth_sendTransaction", $"[{{\"from\":\"{_a}\",\"to\":\"{_a}\",\"nonce\":\"0x0\",\"gas\":\"0x5208\"}}]")).GetProperty("message").GetString(), Is.EqualTo("replacement transaction underpriced"));
        Assert.That(await TextAsync("anvil_dropTransaction", $"[\"{first}\"]"), Is.EqualTo(first));
        Assert.That((await ResultAsync("eth_getTransactionByHash", $"[\"{first}\"]")).ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task Messages_and_typed_data_are_signed_by_the_account()
    {
        string signature = await TextAsync("personal_sign", $"[\"0x68656c6c6f\",\"{_a}\"]");
        Assert.That(Recover(PersonalMessage.Hash("hello"u8), signature), Is.EqualTo(_a));
        Assert.That(await TextAsync("eth_sign", $"[\"{_a}\",\"0x68656c6c6f\"]"), Is.EqualTo(signature));
        const string Data = """{"types":{"A":[{"name":"x","type":"uint8"}]},"primaryType":"A","domain":{"chainId":31337},"message":{"x":5}}""";
        TypedData.TryHash(JsonDocument.Parse(Data).RootElement, out Hash256 hash, out _);
        Assert.That(Recover(hash, await TextAsync("eth_signTypedData_v4", $"[\"{_a}\",{Data}]")), Is.EqualTo(_a));
        Assert.That((await ErrorAsync("eth_signTypedData_v4", $"[\"{_a}\",{{}}]")).GetProperty("code").GetInt32(), Is.EqualTo(-32602));
        Assert.That((await ErrorAsync("eth_sign", $"[\"{Logger}\",\"0x\"]")).GetProperty("message").GetString(), Does.StartWith("unknown account"));
    }

    [Test]
    public async Task Fees_are_told_and_bad_percentiles_refused()
    {
        for (int i = 0; i < 3; i++) await LogOnceAsync();
        JsonElement history = await ResultAsync("eth_feeHistory", "[\"0x3\",\"latest\",[0,50,100]]");
        Assert.That(history.GetProperty("baseFeePerGas").GetArrayLength(), Is.EqualTo(4));
        Assert.That(history.GetProperty("reward").GetArrayLength(), Is.EqualTo(3));
        Assert.That(history.GetProperty("oldestBlock").GetString(), Is.EqualTo("0x1"));
        Assert.That(history.GetProperty("gasUsedRatio")[0].GetDouble(), Is.InRange(0.0001, 0.1));
        foreach (string bad in (string[])["[101]", "[-1]", "[50,20]", "[50,50]"])
            Assert.That((await ErrorAsync("eth_feeHistory", $"[3,\"latest\",{bad}]")).GetProperty("message").GetString(), Does.StartWith("invalid reward percentile"));
        Assert.That((await ErrorAsync("eth_feeHistory", "[3,\"0x99\",[]]")).GetProperty("message").GetString(), Is.EqualTo("request beyond head block: requested 153, head 3"));
        Assert.That(await TextAsync("eth_maxPriorityFeePerGas"), Is.EqualTo("0x3b9aca00"));
        Assert.That(await TextAsync("eth_blobBaseFee"), Is.EqualTo("0x1"));
    }

    [Test]
    public async Task Unknown_blocks_are_null_as_objects_and_errors_as_states()
    {
        Assert.That((await ResultAsync("eth_getBlockByNumber", "[\"0x99\"]")).ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That((await ResultAsync("eth_getBlockReceipts", "[\"0x99\"]")).ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That((await ErrorAsync("eth_getBalance", $"[\"{_a}\",\"0x99\"]")).GetProperty("message").GetString(), Is.EqualTo("header not found"));
        Assert.That((await ErrorAsync("eth_call", $"[{{}},{{\"blockHash\":\"{Topic}\"}}]")).GetProperty("message").GetString(), Is.EqualTo("header for hash not found"));
    }

    [Test]
    public async Task Subscriptions_push_heads_logs_and_transactions()
    {
        await using RpcServer server = new(_chain.Table, new RpcServerOptions { Port = 0, Limits = _chain.Chain.Limits });
        await server.StartAsync();
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri(server.WebSocketUrl), CancellationToken.None);
        Dictionary<string, string> kinds = [];
        foreach (string kind in (string[])["[\"newHeads\"]", $"[\"logs\",{{\"address\":\"{Logger}\"}}]", "[\"newPendingTransactions\"]", "[\"newPendingTransactions\",true]"])
        {
            JsonElement answer = await RequestAsync(socket, "eth_subscribe", kind);
            kinds[answer.GetProperty("result").GetString()!] = kind;
        }
        JsonElement receipt = await LogOnceAsync();
        Dictionary<string, JsonElement> pushed = [];
        while (pushed.Count < 4)
        {
            JsonElement parameters = (await ReceiveAsync(socket)).GetProperty("params");
            pushed[kinds[parameters.GetProperty("subscription").GetString()!]] = parameters.GetProperty("result");
        }
        string hash = receipt.GetProperty("transactionHash").GetString()!;
        Assert.That(pushed["[\"newHeads\"]"].GetProperty("hash").GetString(), Is.EqualTo(receipt.GetProperty("blockHash").GetString()));
        Assert.That(pushed[$"[\"logs\",{{\"address\":\"{Logger}\"}}]"].GetProperty("transactionHash").GetString(), Is.EqualTo(hash));
        Assert.That(pushed["[\"newPendingTransactions\"]"].GetString(), Is.EqualTo(hash));
        Assert.That(pushed["[\"newPendingTransactions\",true]"].GetProperty("hash").GetString(), Is.EqualTo(hash));
        foreach (string id in kinds.Keys) Assert.That((await RequestAsync(socket, "eth_unsubscribe", $"[\"{id}\"]")).GetProperty("result").GetBoolean(), Is.True);
        Assert.That(_chain.Hub.Count, Is.Zero);
        Assert.That((await RequestAsync(socket, "eth_unsubscribe", "[\"0x1\"]")).GetProperty("error").GetProperty("message").GetString(), Is.EqualTo("subscription not found"));
        Assert.That((await RequestAsync(socket, "eth_subscribe", "[\"weather\"]")).GetProperty("error").GetProperty("code").GetInt32(), Is.EqualTo(-32601));
        string syncing = (await RequestAsync(socket, "eth_subscribe", "[\"syncing\"]")).GetProperty("result").GetString()!;
        Assert.That((await ReceiveAsync(socket)).GetProperty("params").GetRawText(), Is.EqualTo($$"""{"subscription":"{{syncing}}","result":false}"""), "it has nothing to catch up with, and says so at once");
        await RequestAsync(socket, "eth_subscribe", "[\"newHeads\"]");
        socket.Abort();
        Assert.That(() => _chain.Hub.Count, Is.Zero.After(6_000, 20));
    }

    [Test]
    public async Task A_snapshot_is_gone_back_to_and_no_empty_block_follows()
    {
        // A transaction wakes the engine in the very moment in which the snapshot takes it away again.
        for (int i = 0; i < 200; i++)
        {
            string head = (await ResultAsync("eth_blockNumber", "[]")).GetString()!;
            string id = (await ResultAsync("evm_snapshot", "[]")).GetString()!;
            await ResultAsync("eth_sendTransaction", $$"""[{"from":"{{_a}}","to":"{{_b}}","value":"0x1"}]""");
            Assert.That((await ResultAsync("evm_revert", $"[\"{id}\"]")).GetBoolean(), Is.True);
            await Task.Delay(3);
            Assert.That((await ResultAsync("eth_blockNumber", "[]")).GetString(), Is.EqualTo(head), $"round {i}");
        }
    }

    [Test]
    public async Task Subscriptions_need_a_connection() =>
        Assert.That((await ErrorAsync("eth_subscribe", "[\"newHeads\"]")).GetProperty("code").GetInt32(), Is.EqualTo(-32001));

    [Test]
    public async Task Proofs_have_the_keys_as_they_were_asked()
    {
        await LogOnceAsync();
        JsonElement proof = await ResultAsync("eth_getProof", $"[\"{Logger}\",[\"0x0\",\"0x{0:x64}\"],\"latest\"]");
        Assert.That(proof.GetProperty("storageProof")[0].GetProperty("key").GetString(), Is.EqualTo("0x0"));
        Assert.That(proof.GetProperty("storageProof")[1].GetProperty("key").GetString(), Is.EqualTo($"0x{0:x64}"));
        Assert.That(proof.GetProperty("storageProof")[0].GetProperty("value").GetString(), Is.EqualTo("0x5"));
        Assert.That(proof.GetProperty("accountProof").GetArrayLength(), Is.Positive);
    }

    [Test]
    public void Development_methods_are_served_by_development_chains_only()
    {
        Assert.That(_chain.Table.Names, Does.Contain("hardhat_setBalance").And.Contain("anvil_setBalance").And.Contain("evm_mine"));
        Assert.That(_chain.Table.Namespaces, Is.EqualTo(new[] { "admin", "anvil", "audit", "compliance", "debug", "erigon", "eth", "evm", "hardhat", "kyc", "miner", "net", "oracle", "ots", "personal", "rpc", "testing", "trace", "txpool", "web3" }));
    }

    [Test]
    public async Task Mining_at_intervals_makes_blocks_by_itself()
    {
        await ResultAsync("evm_setIntervalMining", "[1]");
        Assert.That(_chain.Dev!.Options.Mode, Is.EqualTo(MiningMode.Interval));
        Assert.That(() => _chain.Manager.Database.Head.Number, Is.GreaterThan(0UL).After(5_000, 50));
        await ResultAsync("evm_setIntervalMining", "[0]");
        Assert.That(_chain.Dev.Options.Mode, Is.EqualTo(MiningMode.Manual));
    }

    private sealed class ManualClock : TimeProvider
    {
        public long Ms { get; set; }

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => Ms;
    }

    private static string Recover(in Hash256 hash, string signature)
    {
        byte[] bytes = Hex.Decode(signature);
        Secp256k1.TryRecoverAddress(hash.Bytes, UInt256.FromBigEndian(bytes.AsSpan(0, 32)), UInt256.FromBigEndian(bytes.AsSpan(32, 32)), (byte)(bytes[64] - 27), out Address address);
        return address.ToString();
    }

    private static async Task<JsonElement> RequestAsync(ClientWebSocket socket, string method, string parameters)
    {
        byte[] message = Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""");
        await socket.SendAsync(message, WebSocketMessageType.Text, true, CancellationToken.None);
        while (true)
        {
            JsonElement answer = await ReceiveAsync(socket);
            if (answer.TryGetProperty("id", out _)) return answer;
        }
    }

    private static async Task<JsonElement> ReceiveAsync(ClientWebSocket socket)
    {
        using CancellationTokenSource patience = new(10_000);
        byte[] buffer = new byte[1 << 16];
        WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, patience.Token);
        return JsonDocument.Parse(buffer.AsMemory(0, result.Count)).RootElement;
    }

    private async Task<JsonElement> LogOnceAsync() =>
        await ReceiptAsync(await TextAsync("eth_sendTransaction", $"[{{\"from\":\"{_a}\",\"to\":\"{Logger}\"}}]"));

    private async Task<JsonElement> ReceiptAsync(string hash)
    {
        for (int i = 0; i < 500; i++)
        {
            JsonElement receipt = await ResultAsync("eth_getTransactionReceipt", $"[\"{hash}\"]");
            if (receipt.ValueKind != JsonValueKind.Null) return receipt;
            await Task.Delay(10);
        }
        throw new TimeoutException($"{hash} was not mined.");
    }

    private async Task<string> TextAsync(string method, string parameters = "[]") => (await ResultAsync(method, parameters)).GetString()!;

    private async Task<JsonElement> ResultAsync(string method, string parameters = "[]")
    {
        JsonElement answer = await AnswerAsync(method, parameters);
        Assert.That(answer.TryGetProperty("result", out JsonElement result), Is.True, $"{method}: {answer.GetRawText()}");
        return result;
    }

    private async Task<JsonElement> ErrorAsync(string method, string parameters = "[]")
    {
        JsonElement answer = await AnswerAsync(method, parameters);
        Assert.That(answer.TryGetProperty("error", out JsonElement error), Is.True, $"{method}: {answer.GetRawText()}");
        return error;
    }

    private async Task<JsonElement> AnswerAsync(string method, string parameters)
    {
        using PooledBufferWriter output = new();
        await _processor.ProcessAsync(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}"""), null, output, CancellationToken.None);
        return JsonDocument.Parse(output.Written.ToArray()).RootElement;
    }
}
