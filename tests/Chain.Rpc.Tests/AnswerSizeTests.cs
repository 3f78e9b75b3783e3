using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tests;

/// <summary>The size of answers: every transport holds every answer against a limit, and what does not fit is answered with the limit and its flag, never with silence.</summary>
[TestFixture("http")]
[TestFixture("ws")]
[TestFixture("ipc")]
public sealed class AnswerSizeTests(string transport)
{
    private const int ResponseBytesMax = 2_000;
    private const int BatchBytesMax = 5_000;

    private RpcServer _server = null!;
    private string _ipcPath = null!;
    private HttpClient _http = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _ipcPath = Path.Combine(Path.GetTempPath(), $"chain-{Guid.NewGuid():N}.ipc");
        RpcLimits limits = new() { ResponseBytesMax = ResponseBytesMax, BatchResponseBytesMax = BatchBytesMax, StreamBytesMax = ResponseBytesMax };
        _server = new RpcServer(RpcMethodTable.Build([new EchoMethods(), new StreamingTests.Methods(), new Reverting()]), new RpcServerOptions { Port = 0, IpcPath = transport == "ipc" ? _ipcPath : null, Limits = limits });
        await _server.StartAsync();
        _http = new HttpClient();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        File.Delete(_ipcPath);
    }

    [Test]
    public async Task An_answer_up_to_the_limit_is_given_whole()
    {
        int around = Encoding.UTF8.GetByteCount("""{"jsonrpc":"2.0","id":1,"result":""}""");
        string answer = await AskAsync(Big(1, ResponseBytesMax - around));
        Assert.That(Encoding.UTF8.GetByteCount(answer), Is.EqualTo(ResponseBytesMax));
        Assert.That(answer, Does.Contain("xxx"));
    }

    [TestCase(2_000)]
    [TestCase(5_000_000)]
    public async Task An_answer_over_the_limit_is_an_error_that_names_it(int chars) =>
        Assert.That(await AskAsync(Big(1, chars)), Is.EqualTo("""{"jsonrpc":"2.0","id":1,"error":{"code":-32003,"message":"response too large: the answer passes 2000 bytes (--rpc.response-max-size)"}}"""));

    [Test]
    public async Task An_error_over_the_limit_is_an_error_that_names_it() =>
        Assert.That(await AskAsync("""{"jsonrpc":"2.0","id":1,"method":"test_revert"}"""), Does.Contain("-32003").And.Contain("--rpc.response-max-size"));

    [Test]
    public async Task What_is_written_while_it_is_made_has_a_limit_too() =>
        Assert.That(await AskAsync("""{"jsonrpc":"2.0","id":1,"method":"test_pieces","params":[2]}"""), Does.Contain("-32003").And.Contain(transport == "http" ? "--rpc.stream-max-size" : "--rpc.response-max-size"));

    [Test]
    public async Task An_item_of_a_batch_over_the_limit_leaves_the_others_their_answers()
    {
        JsonElement items = JsonDocument.Parse(await AskAsync($"[{Big(1, 10)},{Big(2, 100_000)},{Big(3, 10)}]")).RootElement;
        Assert.That(items.GetArrayLength(), Is.EqualTo(3));
        Assert.That(items[0].GetProperty("result").GetString(), Has.Length.EqualTo(10));
        Assert.That(MessageOf(items[1]), Does.Contain("--rpc.response-max-size"));
        Assert.That(items[2].GetProperty("result").GetString(), Has.Length.EqualTo(10));
    }

    [Test]
    public async Task A_batch_over_its_limit_answers_what_fits_and_each_of_the_rest_with_an_error()
    {
        const int Count = 200;
        JsonElement items = JsonDocument.Parse(await AskAsync($"[{string.Join(',', Enumerable.Range(0, Count).Select(i => Big(i, 1_500)))}]")).RootElement;
        Assert.That(items.EnumerateArray().Select(item => item.GetProperty("id").GetInt32()), Is.EqualTo(Enumerable.Range(0, Count)), "each has its answer");
        Assert.That(items.EnumerateArray().Select(item => item.TryGetProperty("result", out _)), Is.EqualTo(Enumerable.Range(0, Count).Select(i => i < 3)));
        foreach (JsonElement item in items.EnumerateArray().Skip(3))
        {
            Assert.That(item.GetProperty("error").GetProperty("code").GetInt32(), Is.EqualTo(-32003));
            Assert.That(MessageOf(item), Is.EqualTo("response too large: the batch's answer passes 5000 bytes (--rpc.batch-response-max-size)"));
        }
    }

    private static string Big(int id, int chars) => $$"""{"jsonrpc":"2.0","id":{{id}},"method":"test_big","params":[{{chars}}]}""";

    private static string? MessageOf(JsonElement answer) => answer.GetProperty("error").GetProperty("message").GetString();

    private async Task<string> AskAsync(string request)
    {
        using CancellationTokenSource patience = new(10_000);
        byte[] bytes = Encoding.UTF8.GetBytes(request);
        byte[] answer = new byte[1 << 20];
        int length = 0;
        if (transport == "http")
        {
            using StringContent content = new(request, Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await _http.PostAsync(_server.HttpUrl, content, patience.Token);
            return await response.Content.ReadAsStringAsync(patience.Token);
        }
        if (transport == "ws")
        {
            using ClientWebSocket socket = new();
            await socket.ConnectAsync(new Uri(_server.WebSocketUrl), patience.Token);
            await socket.SendAsync(bytes, WebSocketMessageType.Text, true, patience.Token);
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(answer.AsMemory(length), patience.Token);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            return Encoding.UTF8.GetString(answer, 0, length);
        }
        using Socket local = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await local.ConnectAsync(new UnixDomainSocketEndPoint(_ipcPath), patience.Token);
        await local.SendAsync(bytes, patience.Token);
        local.Shutdown(SocketShutdown.Send);
        while (await local.ReceiveAsync(answer.AsMemory(length), patience.Token) is > 0 and int count) length += count;
        return Encoding.UTF8.GetString(answer, 0, length).TrimEnd('\n');
    }

    private sealed class Reverting
    {
        [RpcMethod("test_revert")]
        public static RpcResult<ulong> Revert() => new RpcError(RpcErrorCodes.Reverted, "execution reverted", new HexData(new byte[100_000]));
    }
}
