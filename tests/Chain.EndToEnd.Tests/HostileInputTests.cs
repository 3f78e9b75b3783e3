using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.EndToEnd.Tests.Harness;
using Chain.Stress.Hostile;

namespace Chain.EndToEnd.Tests;

/// <summary>What strangers send: each gets one clear answer, and the node goes on.</summary>
public sealed class HostileInputTests
{
    private NodeProcess _node = null!;

    /// <summary>Bodies that are no request, and the error code each gets.</summary>
    public static IEnumerable<TestCaseData> BadBodies()
    {
        yield return Case("an empty body", "", -32700);
        yield return Case("no JSON", "hello", -32700);
        yield return Case("a cut-off object", """{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[""", -32700);
        yield return Case("two values", "{} {}", -32700);
        yield return Case("a comment", """/* x */ {"jsonrpc":"2.0","id":1,"method":"eth_chainId"}""", -32700);
        yield return Case("a trailing comma", """{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[],}""", -32700);
        yield return Case("nesting of 100,000", new string('[', 100_000), -32700);
        yield return Case("closed nesting of 100,000", new string('[', 100_000) + new string(']', 100_000), -32700);
        yield return Case("a deep parameter", $$"""{"jsonrpc":"2.0","id":1,"method":"eth_call","params":{{new string('[', 80)}}{{new string(']', 80)}}}""", -32700);
        yield return Case("a number", "42", -32600);
        yield return Case("a string", "\"eth_chainId\"", -32600);
        yield return Case("null", "null", -32600);
        yield return Case("an empty batch", "[]", -32600);
        yield return Case("an empty object", "{}", -32600);
        yield return Case("a method that is no string", """{"jsonrpc":"2.0","id":1,"method":7}""", -32600);
        yield return Case("an id that is an object", """{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}""", -32600);
        yield return Case("params that are a string", """{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":"x"}""", -32602);
        yield return Case("an unknown method", """{"jsonrpc":"2.0","id":1,"method":"eth_mineBitcoin"}""", -32601);
        yield return Case("an empty method", """{"jsonrpc":"2.0","id":1,"method":""}""", -32601);
        yield return Case("a method of a megabyte", $$"""{"jsonrpc":"2.0","id":1,"method":"{{new string('x', 1_000_000)}}"}""", -32601);
        yield return Case("too many arguments", """{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[1]}""", -32602);
        yield return Case("a missing argument", """{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":[]}""", -32602);
        yield return Case("an address that is too short", """{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["0x12","latest"]}""", -32602);
        yield return Case("an address that is a number", """{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":[18,"latest"]}""", -32602);
        yield return Case("odd hex", """{"jsonrpc":"2.0","id":1,"method":"web3_sha3","params":["0x123"]}""", -32602);
        yield return Case("no hex", """{"jsonrpc":"2.0","id":1,"method":"web3_sha3","params":["0xzz"]}""", -32602);
        yield return Case("a block that is a float", """{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":[1.5,false]}""", -32602);
        yield return Case("a block of 2^64", """{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":["0x10000000000000000",false]}""", -32602);
        yield return Case("a block with a leading zero", """{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":["0x01",false]}""", -32602);
        yield return Case("a number of 100,000 digits", $$"""{"jsonrpc":"2.0","id":1,"method":"evm_increaseTime","params":[{{new string('9', 100_000)}}]}""", -32602);
        yield return Case("an exponent", """{"jsonrpc":"2.0","id":1,"method":"evm_increaseTime","params":[1e400]}""", -32602);
        yield return Case("a quantity of 2^256", $$"""{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"value":"0x1{{new string('0', 64)}}"},"latest"]}""", -32602);
        yield return Case("a call that is an array", """{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[[],"latest"]}""", -32602);
        yield return Case("a call with data and another input", """{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"data":"0x01","input":"0x02"},"latest"]}""", -32602);
        yield return Case("logs from a later block to an earlier one", """{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[{"fromBlock":"0x5","toBlock":"0x1"}]}""", -32602);
        yield return Case("logs of a hash and a range", $$"""{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[{"fromBlock":"0x0","blockHash":"0x{{new string('1', 64)}}"}]}""", -32602);
        yield return Case("a huge array of addresses", $$"""{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[{"address":[{{string.Join(',', Enumerable.Repeat($"\"{DevWallet.Address(0)}\"", 100_000))}}]}]}""", -32602);
        yield return Case("a huge array of arguments", $$"""{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[{{string.Join(',', Enumerable.Repeat("1", 1_000_000))}}]}""", -32602);
        yield return Case("five topics", """{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[{"topics":[null,null,null,null,null]}]}""", -32602);
        yield return Case("a subscription over HTTP", """{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}""", -32001);
        yield return Case("a filter that is not there", """{"jsonrpc":"2.0","id":1,"method":"eth_getFilterChanges","params":["0x1"]}""", -32000);
        yield return Case("typed data without types", $$"""{"jsonrpc":"2.0","id":1,"method":"eth_signTypedData_v4","params":["{{DevWallet.Address(0)}}",{}]}""", -32602);
        yield return Case("a signature for a stranger", $$"""{"jsonrpc":"2.0","id":1,"method":"eth_sign","params":["0x{{new string('1', 40)}}","0x00"]}""", -32000);
        yield return Case("mining of 2^63 blocks", """{"jsonrpc":"2.0","id":1,"method":"anvil_mine","params":["0x7fffffffffffffff"]}""", -32602);
        yield return Case("a fee history of no percentile order", """{"jsonrpc":"2.0","id":1,"method":"eth_feeHistory","params":["0x1","latest",[50,20]]}""", -32000);
    }

    /// <summary>Bytes that are no transaction.</summary>
    public static IEnumerable<TestCaseData> BadTransactions()
    {
        string good = DevWallet.SignTransfer(DevWallet.Key(9), 1_000_000);
        yield return new TestCaseData("0x").SetArgDisplayNames("nothing");
        yield return new TestCaseData("0x00").SetArgDisplayNames("type 0");
        yield return new TestCaseData("0x7f01").SetArgDisplayNames("type 127");
        yield return new TestCaseData("0xc0").SetArgDisplayNames("an empty list");
        yield return new TestCaseData("0xff" + new string('f', 16)).SetArgDisplayNames("a list of 2^64 bytes");
        yield return new TestCaseData("0xf8ff00").SetArgDisplayNames("a list that is cut off");
        yield return new TestCaseData(good[..^2]).SetArgDisplayNames("a cut-off transaction");
        yield return new TestCaseData(good + "00").SetArgDisplayNames("a byte too many");
        yield return new TestCaseData("0x03" + good[4..]).SetArgDisplayNames("another type");
        yield return new TestCaseData("0x" + string.Concat(Enumerable.Repeat("c1", 60_000))).SetArgDisplayNames("deep lists");
        yield return new TestCaseData("0x02" + new string('0', 2_000_000)).SetArgDisplayNames("a megabyte of zeros");
    }

    [OneTimeSetUp]
    public async Task Start() => _node = await NodeProcess.InMemoryAsync();

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_node is null) return;
        Assert.That(_node.Errors, Is.Empty);
        await _node.StopAsync();
        await _node.DisposeAsync();
    }

    [TearDown]
    public async Task The_node_goes_on() => Assert.That(await _node.Rpc.NumberAsync("eth_chainId"), Is.EqualTo(31_337));

    [TestCaseSource(nameof(BadBodies))]
    public async Task A_bad_body_gets_one_clear_error(string body, int code)
    {
        string text = await _node.Rpc.PostAsync(body);
        JsonElement answer = JsonDocument.Parse(text).RootElement;
        Assert.That(answer.ValueKind, Is.EqualTo(JsonValueKind.Object), text);
        JsonElement error = answer.GetProperty("error");
        Assert.That(error.GetProperty("code").GetInt32(), Is.EqualTo(code), text.Length > 500 ? text[..500] : text);
        string message = error.GetProperty("message").GetString()!;
        Assert.That(message, Is.Not.Empty.And.Not.Contain("Exception").And.Not.Contain("   at "));
        Assert.That(message, Has.Length.LessThan(1_000));
    }

    [TestCaseSource(nameof(BadBodies))]
    public async Task A_bad_WebSocket_message_gets_the_same_error(string body, int code)
    {
        if (code == -32001) Assert.Pass("Subscriptions are served over WebSocket.");
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri(_node.WebSocketUrl), CancellationToken.None);
        await socket.SendAsync(Encoding.UTF8.GetBytes(body), WebSocketMessageType.Text, true, CancellationToken.None);
        JsonElement answer = JsonDocument.Parse(await ReceiveAsync(socket)).RootElement;
        Assert.That(answer.GetProperty("error").GetProperty("code").GetInt32(), Is.EqualTo(code));
        await socket.SendAsync(Encoding.UTF8.GetBytes(RpcClient.Request(2, "eth_chainId")), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.That(await ReceiveAsync(socket), Does.Contain("0x7a69"));
    }

    [TestCaseSource(nameof(BadTransactions))]
    public async Task A_bad_transaction_gets_one_clear_error(string raw)
    {
        (int code, string message) = await _node.Rpc.ErrorAsync("eth_sendRawTransaction", raw);
        Assert.That(code, Is.EqualTo(-32000).Or.EqualTo(-32602));
        Assert.That(message, Is.Not.Empty.And.Not.Contain("Exception"));
        Assert.That(message, Has.Length.LessThan(500));
    }

    [Test]
    public async Task Every_mutation_of_a_transaction_is_answered()
    {
        const int Seed = 11;
        Random random = new(Seed);
        byte[] good = Convert.FromHexString(DevWallet.SignTransfer(DevWallet.Key(9), 1_000_000)[2..]);
        for (int round = 0; round < 20; round++)
        {
            JsonArray batch = [];
            for (int i = 0; i < 100; i++)
            {
                byte[] bytes = [.. good];
                for (int flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                batch.Add(JsonNode.Parse(RpcClient.Request(i, "eth_sendRawTransaction", $"0x{Convert.ToHexStringLower(bytes)}")));
            }
            JsonElement answers = JsonDocument.Parse(await _node.Rpc.PostAsync(batch.ToJsonString())).RootElement;
            Assert.That(answers.GetArrayLength(), Is.EqualTo(100));
            foreach (JsonElement answer in answers.EnumerateArray())
            {
                if (answer.TryGetProperty("error", out JsonElement error)) Assert.That(error.GetProperty("code").GetInt32(), Is.Not.EqualTo(-32603), answer.ToString());
            }
        }
    }

    /// <summary>The short form of <c>chain hostile</c>.</summary>
    [Test]
    public async Task Thousands_of_fuzzed_requests_each_get_the_right_code()
    {
        const int Seed = 5;
        const int Requests = 4_000;
        using HostileFront front = new(new Uri(_node.Url));
        HostileReport report = await front.RunAsync(Seed, 0, Requests, CancellationToken.None);
        Assert.That(report.Failures, Is.Empty, $"of seed {Seed}");
        Assert.That(report.Total, Is.EqualTo(Requests));
    }

    [Test]
    public async Task A_batch_of_good_and_bad_requests_is_answered_item_by_item()
    {
        string answer = await _node.Rpc.PostAsync("""[{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},7,{"jsonrpc":"2.0","method":"eth_chainId"},{"jsonrpc":"2.0","id":"x","method":"nope"}]""");
        JsonElement answers = JsonDocument.Parse(answer).RootElement;
        Assert.That(answers.GetArrayLength(), Is.EqualTo(3));
        Assert.That(answers[0].GetProperty("result").GetString(), Is.EqualTo("0x7a69"));
        Assert.That(answers[1].GetProperty("error").GetProperty("code").GetInt32(), Is.EqualTo(-32600));
        Assert.That(answers[2].GetProperty("error").GetProperty("code").GetInt32(), Is.EqualTo(-32601));
        Assert.That(answers[2].GetProperty("id").GetString(), Is.EqualTo("x"));
    }

    [Test]
    public async Task A_body_over_the_limit_is_refused_with_the_flag_that_raises_it() =>
        Assert.That(await _node.Rpc.PostAsync(new string(' ', 26 * 1024 * 1024)), Does.Contain("--http.body-limit"));

    [Test]
    public async Task Calls_that_burn_all_gas_or_memory_end_with_an_error()
    {
        // JUMPDEST, PUSH1 0, JUMP: until the gas cap.
        (int endless, string endlessText) = await _node.Rpc.ErrorAsync("eth_call", new JsonObject { ["from"] = DevWallet.Address(0), ["data"] = "0x5b600056", ["gas"] = "0x5f5e100" }, "latest");
        Assert.That((endless, endlessText), Is.EqualTo((-32000, "out of gas")));
        // PUSH32 max, MLOAD.
        (int memory, string memoryText) = await _node.Rpc.ErrorAsync("eth_call", new JsonObject { ["from"] = DevWallet.Address(0), ["data"] = $"0x7f{new string('f', 64)}51" }, "latest");
        Assert.That((memory, memoryText), Is.EqualTo((-32000, "out of gas")));
    }

    [TestCase("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"jsonrpc\"")]
    [TestCase("POST / HTTP/1.1\r\nHost: loc")]
    [TestCase("GARBAGE\r\n\r\n")]
    [TestCase("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")]
    [TestCase("\u0016\u0003\u0001\u0002\u0000\u0001\u0000")]
    public async Task Requests_cut_off_midway_harm_nobody(string bytes)
    {
        for (int i = 0; i < 50; i++)
        {
            using Socket socket = await ConnectAsync();
            await socket.SendAsync(Encoding.Latin1.GetBytes(bytes));
            if (i % 2 == 0) socket.LingerState = new LingerOption(true, 0);
        }
    }

    [Test]
    public async Task A_thousand_idle_sockets_do_not_slow_a_client()
    {
        List<Socket> idle = [];
        try
        {
            for (int i = 0; i < 1_000; i++)
            {
                Socket socket = await ConnectAsync();
                idle.Add(socket);
                if (i % 2 == 0) await socket.SendAsync("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Le"u8.ToArray());
            }
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < 50; i++)
                await _node.Rpc.SendMinedAsync(new JsonObject { ["from"] = DevWallet.Address(0), ["to"] = DevWallet.Address(1), ["value"] = "0x1" });
            Assert.That(Stopwatch.GetElapsedTime(start).TotalSeconds, Is.LessThan(10));
        }
        finally
        {
            foreach (Socket socket in idle) socket.Dispose();
        }
    }

    [Test]
    public async Task A_hundred_subscribers_that_never_read_do_not_stop_the_chain()
    {
        List<ClientWebSocket> sockets = [];
        try
        {
            for (int i = 0; i < 100; i++)
            {
                ClientWebSocket socket = new();
                sockets.Add(socket);
                await socket.ConnectAsync(new Uri(_node.WebSocketUrl), CancellationToken.None);
                await socket.SendAsync(Encoding.UTF8.GetBytes(RpcClient.Request(1, "eth_subscribe", "newHeads")), WebSocketMessageType.Text, true, CancellationToken.None);
            }
            ulong before = await _node.Rpc.NumberAsync("eth_blockNumber");
            await _node.Rpc.CallAsync("anvil_mine", "0x1f4");
            Assert.That(await _node.Rpc.NumberAsync("eth_blockNumber"), Is.EqualTo(before + 500));
        }
        finally
        {
            foreach (ClientWebSocket socket in sockets) socket.Dispose();
        }
    }

    private static TestCaseData Case(string name, string body, int code) => new TestCaseData(body, code).SetArgDisplayNames(name, code.ToString(CultureInfo.InvariantCulture));

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        using CancellationTokenSource patience = new(10_000);
        using MemoryStream message = new();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            WebSocketReceiveResult part = await socket.ReceiveAsync(buffer, patience.Token);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return Encoding.UTF8.GetString(message.ToArray());
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _node.Port);
        return socket;
    }
}
