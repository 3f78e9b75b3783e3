using System.Text.Json;
using Chain.Consensus.Engines;
using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Rpc.Server;
using Chain.Trie;

namespace Chain.Rpc.Tests;

/// <summary>What users of other nodes complained of, each as a test of the behaviour they asked for.</summary>
public sealed class ComplaintTests
{
    private DevStory _dev = null!;

    [SetUp]
    public void Start() => _dev = DevStory.Start();

    [TearDown]
    public async Task StopAsync() => await _dev.DisposeAsync();

    [Test]
    public async Task Safe_and_finalized_follow_the_head_of_a_development_chain_by_epochs()
    {
        Assert.That(await NumberAsync("finalized"), Is.Zero);
        await _dev.MineAsync(70);
        Assert.That((await NumberAsync("safe"), await NumberAsync("finalized")), Is.EqualTo((38UL, 6UL)));
        await _dev.ResultAsync("anvil_rollback", "[30]");
        Assert.That((await NumberAsync("safe"), await NumberAsync("finalized")), Is.EqualTo((8UL, 0UL)));
    }

    [Test]
    public async Task Estimates_ignore_the_nonce_and_pending_nonces_count_the_pool()
    {
        string call = $$"""{"from":"{{_dev.A}}","to":"{{_dev.B}}","value":"0x1","nonce":"0x63"}""";
        Assert.That(await _dev.TextAsync("eth_estimateGas", $"[{call}]"), Is.EqualTo("0x5208"));
        for (int i = 0; i < 3; i++) await _dev.SendAsync($$"""{"from":"{{_dev.A}}","to":"{{_dev.B}}","gas":"0x5208"}""");
        Assert.That(await _dev.TextAsync("eth_getTransactionCount", $"[\"{_dev.A}\",\"pending\"]"), Is.EqualTo("0x3"));
        Assert.That(await _dev.TextAsync("eth_getTransactionCount", $"[\"{_dev.A}\",\"latest\"]"), Is.EqualTo("0x0"));
    }

    [Test]
    public async Task Receipts_and_log_indices_agree_with_the_roots_of_the_header()
    {
        string contract = await _dev.DeployAsync(DevStory.ContractCode);
        for (int i = 0; i < 3; i++) await _dev.SendAsync($$"""{"from":"{{_dev.A}}","to":"{{contract}}","value":"0x5","gas":"0x100000"}""");
        await _dev.MineAsync();
        JsonElement block = await _dev.ResultAsync("eth_getBlockByNumber", "[\"latest\",false]");
        JsonElement receipts = await _dev.ResultAsync("eth_getBlockReceipts", "[\"latest\"]");
        byte[][] raw = [.. (await _dev.ResultAsync("debug_getRawReceipts", "[\"latest\"]")).EnumerateArray().Select(item => Hex.Decode(item.GetString()!))];
        Assert.That(ListRoot.Compute(raw, (ref RlpWriter rlp, byte[] item) => rlp.WriteRaw(item)).ToString(), Is.EqualTo(block.GetProperty("receiptsRoot").GetString()));
        string[] indices = [.. receipts.EnumerateArray().SelectMany(receipt => receipt.GetProperty("logs").EnumerateArray()).Select(log => log.GetProperty("logIndex").GetString()!)];
        Assert.That(indices, Is.EqualTo(new[] { "0x0", "0x1", "0x2" }));
        JsonElement logs = await _dev.ResultAsync("eth_getLogs", $$"""[{"blockHash":"{{block.GetProperty("hash").GetString()}}"}]""");
        Assert.That(logs.EnumerateArray().Select(log => log.GetRawText()), Is.EqualTo(receipts.EnumerateArray().SelectMany(receipt => receipt.GetProperty("logs").EnumerateArray()).Select(log => log.GetRawText())));
    }

    [Test]
    public async Task A_refused_transaction_is_looked_at_anew_when_it_comes_again()
    {
        const string Poor = "0x00000000000000000000000000000000000000dd";
        await _dev.ResultAsync("anvil_impersonateAccount", $"[\"{Poor}\"]");
        string send = $$"""[{"from":"{{Poor}}","to":"{{_dev.B}}","gas":"0x5208","nonce":"0x0","maxFeePerGas":"0x77359400","maxPriorityFeePerGas":"0x1"}]""";
        Assert.That((await _dev.ErrorAsync("eth_sendTransaction", send)).Message, Does.StartWith("insufficient funds"));
        await _dev.ResultAsync("anvil_setBalance", $"[\"{Poor}\",\"0xde0b6b3a7640000\"]");
        string hash = await _dev.TextAsync("eth_sendTransaction", send);
        await _dev.MineAsync();
        Assert.That((await _dev.ResultAsync("eth_getTransactionReceipt", $"[\"{hash}\"]")).GetProperty("status").GetString(), Is.EqualTo("0x1"));
    }

    [Test]
    public async Task A_range_of_traces_that_begins_below_the_kept_states_is_an_error_that_names_the_oldest()
    {
        await using ChainFixture chain = ChainFixture.Development(MiningMode.Manual, historyBlocks: 2);
        using RpcCaller rpc = new(chain.Table);
        string from = chain.Chain.Accounts.Addresses[0].ToString();
        string to = chain.Chain.Accounts.Addresses[1].ToString();
        await rpc.ResultAsync("eth_sendTransaction", $$"""[{"from":"{{from}}","to":"{{to}}","gas":"0x5208"}]""");
        await rpc.ResultAsync("anvil_mine", "[20]");
        ulong oldest = chain.Manager.Database.States.OldestNumber;
        Assert.That(oldest, Is.GreaterThan(1));
        string text = $"the oldest block with state is {oldest}";
        foreach ((string method, string parameters) in ((string, string)[])
            [
                ("trace_filter", """[{"fromBlock":"0x1","toBlock":"latest"}]"""), ("trace_block", "[\"0x1\"]"), ("debug_traceBlockByNumber", "[\"0x1\"]"), ("eth_getBalance", $"[\"{from}\",\"0x1\"]"),
                ("eth_call", $$"""[{"to":"{{to}}"},"0x1"]"""), ("eth_getProof", $"[\"{from}\",[],\"0x1\"]"),
            ])
        {
            JsonElement answer = await rpc.AnswerAsync(method, parameters);
            Assert.That(answer.TryGetProperty("error", out JsonElement error), Is.True, $"{method}: {answer.GetRawText()}");
            Assert.That((error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()), Is.EqualTo((-32_000, $"state of block {(method.StartsWith("trace", StringComparison.Ordinal) || method.StartsWith("debug", StringComparison.Ordinal) ? 0 : 1)} is not available: {text}")), method);
        }
    }

    [Test]
    public async Task A_trace_that_outgrows_its_memory_is_a_valid_error_and_not_half_an_answer()
    {
        await using DevStory small = DevStory.Start(limits: new RpcLimits { TraceBytesMax = 1_000 });
        string contract = await small.DeployAsync(DevStory.ContractCode);
        string tx = await small.CallAsync(contract, small.B);
        (int code, string message) = await small.ErrorAsync("debug_traceTransaction", $$"""["{{tx}}",{"tracer":"prestateTracer"}]""");
        Assert.That(code, Is.EqualTo(-32_003), message);
        JsonElement block = await small.Rpc.AnswerAsync("debug_traceBlockByNumber", """["latest",{"tracer":"prestateTracer"}]""");
        Assert.That(block.GetProperty("error").GetProperty("code").GetInt32(), Is.EqualTo(-32_003));
        Assert.That(block.TryGetProperty("result", out _), Is.False);
    }

    [Test]
    public async Task Tracers_are_there_without_being_asked_for()
    {
        string contract = await _dev.DeployAsync(DevStory.ContractCode);
        string tx = await _dev.CallAsync(contract, _dev.B);
        foreach (string tracer in (string[])["callTracer", "prestateTracer", "4byteTracer", "noopTracer", "muxTracer", "flatCallTracer"])
            Assert.That((await _dev.ResultAsync("debug_traceTransaction", $$"""["{{tx}}",{"tracer":"{{tracer}}"}]""")).ValueKind, Is.Not.EqualTo(JsonValueKind.Null), tracer);
        Assert.That((await _dev.ErrorAsync("debug_traceTransaction", $$"""["{{tx}}",{"tracer":"magicTracer"}]""")).Message, Does.StartWith("tracer not found"));
    }

    private async Task<ulong> NumberAsync(string tag) => Convert.ToUInt64((await _dev.ResultAsync("eth_getBlockByNumber", $"[\"{tag}\",false]")).GetProperty("number").GetString(), 16);
}
