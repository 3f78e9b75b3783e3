using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Chain.Rpc.Json;

namespace Chain.Rpc.Tests;

/// <summary>JSON-RPC 2.0 over real sockets: messages, batches, ids, limits, hostile input.</summary>
public sealed class ProtocolTests
{
    private const string Number = """{"jsonrpc":"2.0","id":1,"method":"test_number"}""";
    private const string NumberAnswer = """{"jsonrpc":"2.0","id":1,"result":"0x1b4"}""";

    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await TestServer.StartAsync(options => options with
    {
        Limits = options.Limits with { BodyBytesMax = 100_000, BatchItemsMax = 50, BatchResponseBytesMax = 50_000, ResponseBytesMax = 200_000, HeavyCallTimeoutMs = 200 },
    });

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [TestCase("1")]
    [TestCase("0")]
    [TestCase("-5")]
    [TestCase("1.50")]
    [TestCase("1e3")]
    [TestCase("123456789012345678901234567890")]
    [TestCase("\"abc\"")]
    [TestCase("\"\"")]
    [TestCase("\"\\u00e9\\n\\\"\"")]
    [TestCase("\"Ω\"")]
    [TestCase("null")]
    public async Task Ids_are_echoed_as_they_stand(string id)
    {
        string answer = await _server.PostAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"test_number"}""");
        Assert.That(answer, Is.EqualTo($$"""{"jsonrpc":"2.0","id":{{id}},"result":"0x1b4"}"""));
    }

    [TestCase("", -32700)]
    [TestCase("{", -32700)]
    [TestCase("hello", -32700)]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test_number\"", -32700)]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test_number\"}}", -32700)]
    [TestCase("[{\"jsonrpc\":\"2.0\"", -32700)]
    [TestCase("[]", -32600)]
    [TestCase("1", -32600)]
    [TestCase("null", -32600)]
    [TestCase("\"x\"", -32600)]
    [TestCase("{}", -32600)]
    [TestCase("{\"id\":1,\"method\":\"test_number\"}", -32600)]
    [TestCase("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"test_number\"}", -32600)]
    [TestCase("{\"jsonrpc\":2.0,\"id\":1,\"method\":\"test_number\"}", -32600)]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":1}", -32600)]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}", -32600)]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"test_number\"}", -32600)]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"test_number\"}", -32600)]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"test_number\"}", -32600)]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test_number\",\"params\":{}}", -32602)]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test_number\",\"params\":5}", -32602)]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nope\"}", -32601)]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\"}", -32601)]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\\ud800\"}", -32700)]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":\"\\udc00\\ud800\",\"method\":\"test_number\"}", -32700)]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\\ud83d\\ude00\"}", -32601)]
    public async Task What_is_no_request_gets_its_code(string body, int code)
    {
        JsonElement answer = JsonDocument.Parse(await _server.PostAsync(body)).RootElement;
        Assert.That(answer.GetProperty("error").GetProperty("code").GetInt32(), Is.EqualTo(code));
    }

    [Test]
    public async Task An_unknown_method_is_worded_as_client_libraries_expect()
    {
        JsonElement error = (await _server.CallAsync("eth_nope")).GetProperty("error");
        Assert.That(error.GetProperty("message").GetString(), Is.EqualTo("the method eth_nope does not exist/is not available"));
    }

    [Test]
    public async Task A_very_long_method_name_is_not_sent_back_whole()
    {
        string answer = await _server.PostAsync($$"""{"jsonrpc":"2.0","id":1,"method":"{{new string('m', 50_000)}}"}""");
        Assert.That(answer, Has.Length.LessThan(300));
    }

    /// <summary>Messages on both sides of what is pooled.</summary>
    [TestCase(MessageMemory.PooledBytesMax - 100)]
    [TestCase(MessageMemory.PooledBytesMax + 100)]
    public async Task Large_messages_are_read_like_small_ones(int sizeBytes)
    {
        await using TestServer server = await TestServer.StartAsync();
        string padding = new(' ', sizeBytes - Number.Length);
        Assert.That(await server.PostAsync(Number + padding), Is.EqualTo(NumberAnswer));
        Assert.That(await server.PostAsync($"[{Number}, {Number}{padding}]"), Is.EqualTo($"[{NumberAnswer},{NumberAnswer}]"));
        Assert.That(await server.PostAsync(Number + padding + "x"), Does.Contain($"parse error: not JSON at line 1, byte {sizeBytes + 1}"));
        Assert.That(await server.PostAsync(padding + new string('[', 1_000)), Does.Contain("--rpc.json-depth"));
    }

    [Test]
    public async Task Bytes_that_are_not_utf8_are_a_parse_error()
    {
        byte[] body = [.. "{\"jsonrpc\":\"2.0\",\"id\":\""u8, 0xff, 0xfe, .. "\",\"method\":\"test_number\"}"u8];
        using HttpResponseMessage response = await _server.SendAsync(body);
        JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.That(answer.GetProperty("error").GetProperty("code").GetInt32(), Is.EqualTo(-32700));
    }

    [Test]
    public async Task Deep_nesting_is_refused_with_the_limit_and_its_flag()
    {
        string nested = new string('[', 40_000) + new string(']', 40_000);
        string answer = await _server.PostAsync($$"""{"jsonrpc":"2.0","id":1,"method":"test_number","params":{{nested}}}""");
        Assert.That(answer, Does.Contain("-32700").And.Contain("64 levels (--rpc.json-depth)"));
    }

    [Test]
    public async Task A_notification_is_answered_with_nothing()
    {
        Assert.That(await _server.PostAsync("""{"jsonrpc":"2.0","method":"test_number"}"""), Is.Empty);
        Assert.That(await _server.PostAsync("""{"jsonrpc":"2.0","method":"test_bug"}"""), Is.Empty);
        Assert.That(await _server.PostAsync("""[{"jsonrpc":"2.0","method":"test_number"},{"jsonrpc":"2.0","method":"nope"}]"""), Is.Empty);
    }

    [Test]
    public async Task A_batch_goes_on_after_an_error_and_leaves_notifications_out()
    {
        string answer = await _server.PostAsync($$"""[{{Number}},{"jsonrpc":"2.0","method":"test_number"},{"jsonrpc":"2.0","id":"b","method":"test_fail"},7,{{Number}}]""");
        JsonElement items = JsonDocument.Parse(answer).RootElement;
        Assert.That(items.GetArrayLength(), Is.EqualTo(4));
        Assert.That(items[0].GetRawText(), Is.EqualTo(NumberAnswer));
        Assert.That(items[1].GetRawText(), Is.EqualTo("""{"jsonrpc":"2.0","id":"b","error":{"code":-32000,"message":"nonce too low"}}"""));
        Assert.That(items[2].GetProperty("error").GetProperty("code").GetInt32(), Is.EqualTo(-32600));
        Assert.That(items[3].GetRawText(), Is.EqualTo(NumberAnswer));
    }

    [Test]
    public async Task A_batch_over_the_item_limit_is_refused_whole()
    {
        string answer = await _server.PostAsync($"[{string.Join(',', Enumerable.Repeat(Number, 51))}]");
        Assert.That(answer, Does.Contain("-32600").And.Contain("at most 50").And.Contain("--rpc.batch-request-limit"));
        string allowed = await _server.PostAsync($"[{string.Join(',', Enumerable.Repeat(Number, 50))}]");
        Assert.That(JsonDocument.Parse(allowed).RootElement.GetArrayLength(), Is.EqualTo(50));
    }

    [Test]
    public async Task A_batch_answer_over_the_byte_limit_ends_in_errors()
    {
        string big = """{"jsonrpc":"2.0","id":9,"method":"test_big","params":[20000]}""";
        JsonElement items = JsonDocument.Parse(await _server.PostAsync($"[{big},{big},{big},{big}]")).RootElement;
        Assert.That(items.GetArrayLength(), Is.EqualTo(4));
        Assert.That(items[1].TryGetProperty("result", out _), Is.True);
        Assert.That(items[2].GetProperty("error").GetProperty("message").GetString(), Does.Contain("--rpc.batch-response-max-size"));
        Assert.That(items[3].TryGetProperty("error", out _), Is.True);
    }

    [Test]
    public async Task An_answer_over_its_limit_becomes_an_error()
    {
        JsonElement answer = await _server.CallAsync("test_big", "[5000000]");
        Assert.That(answer.GetProperty("error").GetProperty("message").GetString(), Does.Contain("--rpc.response-max-size"));
    }

    [Test]
    public async Task A_body_over_the_limit_is_413_with_the_limit_and_its_flag()
    {
        using HttpResponseMessage response = await _server.SendAsync(new byte[100_001]);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("100000").And.Contain("--http.body-limit"));
        Assert.That(await _server.PostAsync(Number), Is.EqualTo(NumberAnswer));
    }

    [Test]
    public async Task A_chunked_body_over_the_limit_is_413_too()
    {
        using Socket socket = await _server.ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"));
        byte[] chunk = [.. Encoding.ASCII.GetBytes("8000\r\n"), .. new byte[0x8000], .. "\r\n"u8];
        for (int i = 0; i < 4; i++) await socket.SendAsync(chunk);
        Assert.That(await ReadAsync(socket), Does.StartWith("HTTP/1.1 413"));
    }

    [Test]
    public async Task A_bug_is_told_by_reference_only()
    {
        string answer = await _server.PostAsync("""{"jsonrpc":"2.0","id":1,"method":"test_bug"}""");
        Assert.That(answer, Does.Match("^\\{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":\\{\"code\":-32603,\"message\":\"internal error \\(reference [0-9a-f]{6}\\)\"\\}\\}$"));
    }

    [Test]
    public async Task A_heavy_call_ends_with_its_time()
    {
        JsonElement error = (await _server.CallAsync("test_wait")).GetProperty("error");
        Assert.That(error.GetProperty("code").GetInt32(), Is.EqualTo(-32000));
        Assert.That(error.GetProperty("message").GetString(), Does.Contain("200 ms").And.Contain("--rpc.evmtimeout"));
    }

    [Test]
    public async Task Void_methods_answer_null() =>
        Assert.That(await _server.PostAsync("""{"jsonrpc":"2.0","id":1,"method":"test_nothing"}"""), Is.EqualTo("""{"jsonrpc":"2.0","id":1,"result":null}"""));

    [Test]
    public async Task Duplicate_members_take_the_last()
    {
        string answer = await _server.PostAsync("""{"jsonrpc":"2.0","id":1,"id":2,"method":"nope","method":"test_number"}""");
        Assert.That(answer, Is.EqualTo("""{"jsonrpc":"2.0","id":2,"result":"0x1b4"}"""));
    }

    [Test]
    public async Task Whitespace_and_escaped_names_are_read()
    {
        string answer = await _server.PostAsync(" \r\n\t{ \"jsonrpc\" : \"2.0\" , \"\\u0069d\":1, \"method\" : \"test\\u005fnumber\" , \"params\" : [ ] } \n");
        Assert.That(answer, Is.EqualTo(NumberAnswer));
    }

    [Test]
    public async Task A_request_cut_off_midway_leaves_the_server_well()
    {
        for (int i = 0; i < 50; i++)
        {
            using Socket socket = await _server.ConnectAsync();
            await socket.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {Number.Length}\r\n\r\n{Number[..20]}"));
            if (i % 2 == 0) socket.LingerState = new LingerOption(true, 0);
        }
        Assert.That(await _server.PostAsync(Number), Is.EqualTo(NumberAnswer));
    }

    [Test]
    public async Task A_half_closed_socket_is_let_go()
    {
        using Socket socket = await _server.ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"));
        socket.Shutdown(SocketShutdown.Send);
        using CancellationTokenSource patience = new(5_000);
        Assert.That(await IsClosedAsync(socket, patience.Token), Is.True);
        Assert.That(await _server.PostAsync(Number), Is.EqualTo(NumberAnswer));
    }

    [Test]
    public async Task Pipelined_requests_on_one_connection_are_answered_in_order()
    {
        using Socket socket = await _server.ConnectAsync();
        StringBuilder all = new();
        for (int i = 0; i < 20; i++)
        {
            string body = Number.Replace("\"id\":1", $"\"id\":{i:d2}".Replace(":0", ":", StringComparison.Ordinal), StringComparison.Ordinal);
            all.Append($"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n{(i == 19 ? "Connection: close\r\n" : "")}\r\n{body}");
        }
        await socket.SendAsync(Encoding.ASCII.GetBytes(all.ToString()));
        string answer = await ReadAsync(socket);
        int[] ids = [.. System.Text.RegularExpressions.Regex.Matches(answer, "\"id\":(\\d+)").Select(match => int.Parse(match.Groups[1].Value, null))];
        Assert.That(ids, Is.EqualTo(Enumerable.Range(0, 20)));
    }

    [Test]
    public async Task A_thousand_idle_sockets_do_not_hurt()
    {
        List<Socket> idle = [];
        try
        {
            for (int i = 0; i < 1_000; i++)
            {
                Socket socket = await _server.ConnectAsync();
                idle.Add(socket);
                if (i % 2 == 0) await socket.SendAsync("POST / HTTP/1.1\r\nHo"u8.ToArray());
            }
            for (int i = 0; i < 50; i++) Assert.That(await _server.PostAsync(Number), Is.EqualTo(NumberAnswer));
        }
        finally
        {
            foreach (Socket socket in idle) socket.Dispose();
        }
    }

    [Test]
    public async Task A_client_that_goes_away_cancels_its_call()
    {
        await using TestServer server = await TestServer.StartAsync();
        using (Socket socket = await server.ConnectAsync())
        {
            string body = """{"jsonrpc":"2.0","id":1,"method":"test_wait"}""";
            await socket.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
            await Task.Delay(200);
        }
        Assert.That(() => server.Methods.CancelledCalls, Is.EqualTo(1).After(5_000, 20));
    }

    [Test]
    public async Task Heavy_calls_over_the_queue_are_refused_with_the_limit()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { Limits = options.Limits with { HeavyCallsMax = 1, HeavyQueueMax = 1, HeavyCallTimeoutMs = 1_000 } });
        Task<JsonElement>[] calls = [.. Enumerable.Range(0, 4).Select(_ => server.CallAsync("test_wait"))];
        JsonElement[] answers = await Task.WhenAll(calls);
        Assert.That(answers.Count(answer => answer.GetRawText().Contains("--rpc.heavy-queue", StringComparison.Ordinal)), Is.EqualTo(2));
        Assert.That(answers.Count(answer => answer.GetRawText().Contains("--rpc.evmtimeout", StringComparison.Ordinal)), Is.EqualTo(2));
    }

    private static async Task<bool> IsClosedAsync(Socket socket, CancellationToken patience)
    {
        try
        {
            byte[] buffer = new byte[4_096];
            while (await socket.ReceiveAsync(buffer, patience) > 0)
            {
            }
            return true;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task<string> ReadAsync(Socket socket)
    {
        using CancellationTokenSource patience = new(5_000);
        StringBuilder text = new();
        byte[] buffer = new byte[65_536];
        while (true)
        {
            int count = await socket.ReceiveAsync(buffer, patience.Token);
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            if (count == 0 || text.ToString().Contains(" 413 ", StringComparison.Ordinal)) return text.ToString();
        }
    }
}
