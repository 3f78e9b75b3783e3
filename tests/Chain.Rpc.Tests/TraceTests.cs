using System.Text.Json;
using Chain.Consensus.Engines;

namespace Chain.Rpc.Tests;

/// <summary>The tracers on a small chain: a contract that logs and calls, a transfer, and hostile options.</summary>
public sealed class TraceTests
{
    // Runtime: SSTORE(0, 7); LOG0(0, 0); CALL(gas, calldata address, value 1). Initcode copies it.
    private const string Runtime = "60076000556000600" + "0a0" + "600060006000600060016000355af100";
    private ChainFixture _chain = null!;
    private RpcCaller _rpc = null!;
    private string _from = "";
    private string _contract = "";
    private string _call = "";

    [OneTimeSetUp]
    public async Task MakeChainAsync()
    {
        _chain = ChainFixture.Development(MiningMode.Instant);
        _rpc = new RpcCaller(_chain.Table);
        _from = _chain.Chain.Accounts.Addresses[0].ToString();
        string size = $"{Runtime.Length / 2:x2}";
        string deploy = await SendAsync($$"""{"from":"{{_from}}","gas":"0x100000","data":"0x60{{size}}600c60003960{{size}}6000f3{{Runtime}}"}""");
        _contract = (await ReceiptAsync(deploy)).GetProperty("contractAddress").GetString()!;
        _call = await SendAsync($$"""{"from":"{{_from}}","to":"{{_contract}}","value":"0x5","gas":"0x100000","data":"0x00000000000000000000000000000000000000000000000000000000000000aa"}""");
        Assert.That((await ReceiptAsync(_call)).GetProperty("status").GetString(), Is.EqualTo("0x1"));
    }

    [OneTimeTearDown]
    public async Task CloseAsync()
    {
        _rpc.Dispose();
        await _chain.DisposeAsync();
    }

    [Test]
    public async Task Call_tracer_gives_the_tree_with_logs()
    {
        JsonElement root = await TraceAsync("""{"tracer":"callTracer","tracerConfig":{"withLog":true}}""");
        Assert.Multiple(() =>
        {
            Assert.That(root.GetProperty("type").GetString(), Is.EqualTo("CALL"));
            Assert.That(root.GetProperty("to").GetString(), Is.EqualTo(_contract));
            Assert.That(root.GetProperty("logs").GetArrayLength(), Is.EqualTo(1));
            Assert.That(root.GetProperty("calls").GetArrayLength(), Is.EqualTo(1));
            Assert.That(root.GetProperty("calls")[0].GetProperty("value").GetString(), Is.EqualTo("0x1"));
        });
        JsonElement top = await TraceAsync("""{"tracer":"callTracer","tracerConfig":{"onlyTopCall":true}}""");
        Assert.That(top.TryGetProperty("calls", out _), Is.False);
    }

    [Test]
    public async Task Opcode_log_adds_up_to_the_gas_used()
    {
        JsonElement trace = await TraceAsync("""{"enableMemory":true,"enableReturnData":true}""");
        JsonElement[] steps = [.. trace.GetProperty("structLogs").EnumerateArray()];
        JsonElement store = steps.Single(step => step.GetProperty("op").GetString() == "SSTORE");
        Assert.Multiple(() =>
        {
            Assert.That(store.GetProperty("storage").EnumerateObject().Single().Value.GetString(), Does.EndWith("07"));
            Assert.That(store.GetProperty("gasCost").GetInt32(), Is.EqualTo(22_100));
            for (int i = 0; i + 1 < steps.Length; i++)
            {
                if (steps[i].GetProperty("op").GetString() == "CALL") continue;
                Assert.That(steps[i + 1].GetProperty("gas").GetInt64(), Is.EqualTo(steps[i].GetProperty("gas").GetInt64() - steps[i].GetProperty("gasCost").GetInt64()), $"step {i}");
            }
        });
        Assert.That((await TraceAsync("""{"limit":3}""")).GetProperty("structLogs").GetArrayLength(), Is.EqualTo(3));
    }

    [Test]
    public async Task Prestate_tracer_gives_the_state_before_and_the_difference()
    {
        JsonElement before = await TraceAsync("""{"tracer":"prestateTracer"}""");
        Assert.That(before.GetProperty(_contract).GetProperty("code").GetString(), Is.EqualTo("0x" + Runtime));
        JsonElement difference = await TraceAsync("""{"tracer":"prestateTracer","tracerConfig":{"diffMode":true}}""");
        Assert.Multiple(() =>
        {
            Assert.That(difference.GetProperty("post").GetProperty(_contract).GetProperty("storage").EnumerateObject().Single().Value.GetString(), Does.EndWith("07"));
            Assert.That(difference.GetProperty("post").GetProperty(_contract).GetProperty("balance").GetString(), Is.EqualTo("0x4"));
            Assert.That(difference.GetProperty("pre").GetProperty(_from).GetProperty("nonce").GetInt32(), Is.EqualTo(1));
            Assert.That(difference.GetProperty("post").GetProperty(_from).GetProperty("nonce").GetInt32(), Is.EqualTo(2));
        });
    }

    [Test]
    public async Task Mux_tracer_gives_what_each_tracer_gives_alone()
    {
        JsonElement all = await TraceAsync("""{"tracer":"muxTracer","tracerConfig":{"callTracer":{},"4byteTracer":{},"noopTracer":{},"flatCallTracer":{}}}""");
        JsonElement alone = await TraceAsync("""{"tracer":"callTracer"}""");
        Assert.Multiple(() =>
        {
            Assert.That(all.GetProperty("callTracer").GetRawText(), Is.EqualTo(alone.GetRawText()));
            Assert.That(all.GetProperty("4byteTracer").GetProperty("0x00000000-28").GetInt32(), Is.EqualTo(1));
            Assert.That(all.GetProperty("noopTracer").GetRawText(), Is.EqualTo("{}"));
            Assert.That(all.GetProperty("flatCallTracer").GetArrayLength(), Is.EqualTo(2));
        });
    }

    [Test]
    public async Task Trace_namespace_agrees_with_the_flat_tracer()
    {
        JsonElement frames = await _rpc.ResultAsync("trace_transaction", $"[\"{_call}\"]");
        Assert.That(frames.GetArrayLength(), Is.EqualTo(2));
        Assert.That((await _rpc.ResultAsync("trace_block", "[\"latest\"]")).GetRawText(), Is.EqualTo(frames.GetRawText()));
        Assert.That((await _rpc.ResultAsync("trace_get", $"[\"{_call}\",[\"0x0\"]]")).GetRawText(), Is.EqualTo(frames[1].GetRawText()));
        JsonElement filtered = await _rpc.ResultAsync("trace_filter", $$"""[{"fromBlock":"0x1","toAddress":["{{_contract}}"],"count":1}]""");
        Assert.That(filtered.EnumerateArray().Single().GetProperty("type").GetString(), Is.EqualTo("create"));
        JsonElement replay = await _rpc.ResultAsync("trace_replayTransaction", $"[\"{_call}\",[\"trace\",\"stateDiff\"]]");
        Assert.That(replay.GetProperty("stateDiff").GetProperty(_contract).GetProperty("balance").GetProperty("*").GetProperty("to").GetString(), Is.EqualTo("0x4"));
        JsonElement block = await _rpc.ResultAsync("trace_replayBlockTransactions", "[\"latest\",[\"trace\"]]");
        Assert.That(block[0].GetProperty("transactionHash").GetString(), Is.EqualTo(_call));
        JsonElement many = await _rpc.ResultAsync("trace_callMany", $$"""[[[{"from":"{{_from}}","to":"{{_contract}}","value":"0x1"},["trace"]]],"latest"]""");
        Assert.That(many[0].GetProperty("trace").GetArrayLength(), Is.GreaterThan(0));
    }

    [Test]
    public async Task Blocks_and_calls_are_traced_like_transactions()
    {
        JsonElement alone = await TraceAsync("{}");
        JsonElement block = await _rpc.ResultAsync("debug_traceBlockByNumber", "[\"latest\"]");
        string raw = (await _rpc.ResultAsync("debug_getRawBlock", "[\"latest\"]")).GetString()!;
        Assert.That(block[0].GetProperty("result").GetRawText(), Is.EqualTo(alone.GetRawText()));
        Assert.That((await _rpc.ResultAsync("debug_traceBlock", $"[\"{raw}\"]")).GetRawText(), Is.EqualTo(block.GetRawText()));
        JsonElement call = await _rpc.ResultAsync("debug_traceCall", $$"""[{"from":"{{_from}}","to":"{{_contract}}","value":"0x5"},"latest",{"tracer":"callTracer"}]""");
        Assert.That(call.GetProperty("from").GetString(), Is.EqualTo(_from));
    }

    [TestCase("debug_traceTransaction", """["0x0000000000000000000000000000000000000000000000000000000000000001"]""", -32000)]
    [TestCase("debug_traceBlockByNumber", """["0x0"]""", -32000)]
    [TestCase("debug_traceBlock", """["0xc0"]""", -32602)]
    [TestCase("debug_traceCall", """[{},"latest",{"tracer":"{data:[]}"}]""", -32000)]
    [TestCase("debug_traceCall", """[{},"latest",{"tracer":"muxTracer","tracerConfig":{"muxTracer":{"muxTracer":{"muxTracer":{"muxTracer":{"noopTracer":{}}}}}}}]""", -32602)]
    [TestCase("debug_traceCall", """[{},"latest",{"timeout":"soon"}]""", -32602)]
    [TestCase("debug_traceCall", """[{},"latest",{"limit":-1}]""", -32602)]
    [TestCase("trace_call", """[{},["vmTrace"],"latest"]""", -32602)]
    [TestCase("trace_filter", """[{"fromBlock":"0x2","toBlock":"0x1"}]""", -32602)]
    [TestCase("eth_simulateV1", """[{"blockStateCalls":[]},"latest"]""", -32602)]
    [TestCase("eth_simulateV1", """[{"blockStateCalls":[{"calls":[{"gas":"0xffffffffffff"}]}]},"latest"]""", -38015)]
    [TestCase("eth_simulateV1", """[{"blockStateCalls":[{"blockOverrides":{"number":"0xffffffffffff"}}]},"latest"]""", -38026)]
    [TestCase("eth_simulateV1", """[{"blockStateCalls":[{"stateOverrides":{"0x0000000000000000000000000000000000000001":{"movePrecompileToAddress":"0x0000000000000000000000000000000000000001"}}}]},"latest"]""", -38022)]
    public async Task Hostile_requests_are_refused_with_a_code(string method, string parameters, int code) =>
        Assert.That(await _rpc.ErrorAsync(method, parameters), Is.EqualTo(code));

    private async Task<JsonElement> TraceAsync(string options) => await _rpc.ResultAsync("debug_traceTransaction", $"[\"{_call}\",{options}]");

    private async Task<string> SendAsync(string transaction) => (await _rpc.ResultAsync("eth_sendTransaction", $"[{transaction}]")).GetString()!;

    private async Task<JsonElement> ReceiptAsync(string hash)
    {
        for (int i = 0; i < 200; i++)
        {
            JsonElement receipt = await _rpc.ResultAsync("eth_getTransactionReceipt", $"[\"{hash}\"]");
            if (receipt.ValueKind == JsonValueKind.Object) return receipt;
            await Task.Delay(25);
        }
        Assert.Fail($"{hash} was not mined");
        return default;
    }
}
