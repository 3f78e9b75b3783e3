using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Chain.Rpc.Tests;

/// <summary>WebSocket connections: requests in parallel, pushes, slow readers, limits, the end.</summary>
public sealed class WebSocketTests
{
    [Test]
    public async Task Many_requests_in_flight_are_all_answered()
    {
        await using TestServer server = await TestServer.StartAsync();
        using ClientWebSocket socket = await ConnectAsync(server);
        const int Count = 500;
        Task sending = Task.Run(async () =>
        {
            for (int i = 0; i < Count; i++) await SendAsync(socket, $$"""{"jsonrpc":"2.0","id":{{i}},"method":"test_number"}""");
        });
        HashSet<int> seen = [];
        while (seen.Count < Count)
        {
            using JsonDocument answer = JsonDocument.Parse(await ReceiveAsync(socket));
            Assert.That(answer.RootElement.GetProperty("result").GetString(), Is.EqualTo("0x1b4"));
            Assert.That(seen.Add(answer.RootElement.GetProperty("id").GetInt32()), Is.True);
        }
        await sending;
    }

    [Test]
    public async Task A_heavy_call_does_not_hold_up_the_others()
    {
        await using TestServer server = await TestServer.StartAsync();
        using ClientWebSocket socket = await ConnectAsync(server);
        await SendAsync(socket, """{"jsonrpc":"2.0","id":1,"method":"test_wait"}""");
        await SendAsync(socket, """{"jsonrpc":"2.0","id":2,"method":"test_number"}""");
        Assert.That(await ReceiveAsync(socket), Does.Contain("\"id\":2"));
        Assert.That(() => server.Methods.StartedCalls, Is.EqualTo(1).After(5_000, 20));
        socket.Abort();
        Assert.That(() => server.Methods.CancelledCalls, Is.EqualTo(1).After(5_000, 20));
    }

    [Test]
    public async Task A_heavy_call_ends_with_its_time_as_over_http()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { Limits = options.Limits with { HeavyCallTimeoutMs = 200 } });
        using ClientWebSocket socket = await ConnectAsync(server);
        await SendAsync(socket, """{"jsonrpc":"2.0","id":1,"method":"test_wait"}""");
        Assert.That(await ReceiveAsync(socket), Does.Contain("timeout = 200 ms, --rpc.evmtimeout"));
        Assert.That(server.Methods.CancelledCalls, Is.EqualTo(1), "the work ended too");
    }

    [Test]
    public async Task Batches_and_bad_messages_are_answered_as_over_http()
    {
        await using TestServer server = await TestServer.StartAsync();
        using ClientWebSocket socket = await ConnectAsync(server);
        await SendAsync(socket, "nonsense");
        Assert.That(await ReceiveAsync(socket), Does.Contain("-32700"));
        await SendAsync(socket, """[{"jsonrpc":"2.0","id":1,"method":"test_number"},{"jsonrpc":"2.0","id":2,"method":"nope"}]""");
        Assert.That(await ReceiveAsync(socket), Does.StartWith("[{").And.Contain("-32601"));
    }

    [Test]
    public async Task Pushes_follow_the_answer()
    {
        await using TestServer server = await TestServer.StartAsync();
        using ClientWebSocket socket = await ConnectAsync(server);
        await SendAsync(socket, """{"jsonrpc":"2.0","id":1,"method":"test_flood","params":[3]}""");
        Assert.That(await ReceiveAsync(socket), Does.Contain("\"result\":\"0x3\""));
        for (int i = 0; i < 3; i++) Assert.That(await ReceiveAsync(socket), Does.StartWith("\"yyy"));
    }

    [Test]
    public async Task A_slow_reader_is_closed_with_a_reason()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with
        {
            Limits = options.Limits with { WebSocketQueueItemsMax = 100, WebSocketCloseTimeoutMs = 4_000 },
        });
        using ClientWebSocket socket = await ConnectAsync(server);
        await SendAsync(socket, """{"jsonrpc":"2.0","id":1,"method":"test_flood","params":[100000]}""");
        await Task.Delay(300);
        WebSocketReceiveResult result = await ReadToCloseAsync(socket);
        Assert.That(result.CloseStatus, Is.EqualTo(WebSocketCloseStatus.PolicyViolation));
        Assert.That(result.CloseStatusDescription, Does.Contain("slow reader").And.Contain("--ws.queue"));
        Assert.That(() => server.Server.WebSocketCount, Is.Zero.After(6_000, 20));
    }

    [Test]
    public async Task A_reader_that_never_reads_is_dropped_in_bounded_time()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with
        {
            Limits = options.Limits with { WebSocketQueueItemsMax = 100, WebSocketCloseTimeoutMs = 300 },
        });
        using ClientWebSocket socket = await ConnectAsync(server);
        await SendAsync(socket, """{"jsonrpc":"2.0","id":1,"method":"test_flood","params":[100000]}""");
        Assert.That(() => server.Server.WebSocketCount, Is.Zero.After(5_000, 20));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_client_that_asks_and_never_reads_is_held_within_bounds_and_closed(bool readsInTheEnd)
    {
        const int InFlight = 8;
        await using TestServer server = await TestServer.StartAsync(options => options with
        {
            Limits = options.Limits with { WebSocketInFlightMax = InFlight, WebSocketSendTimeoutMs = 500, WebSocketCloseTimeoutMs = readsInTheEnd ? 10_000 : 300 },
        });
        using ClientWebSocket socket = await ConnectAsync(server);
        for (int i = 0; i < 500; i++) await SendAsync(socket, $$"""{"jsonrpc":"2.0","id":{{i}},"method":"test_big","params":[200000]}""");
        if (readsInTheEnd)
        {
            // The answer on its way has its 500 ms, and a second for each 256 KiB of it.
            await Task.Delay(500 + 200_000 / 256 + 1_500);
            WebSocketReceiveResult result = await ReadToCloseAsync(socket);
            Assert.That(result.CloseStatus, Is.EqualTo(WebSocketCloseStatus.PolicyViolation));
            Assert.That(result.CloseStatusDescription, Does.Contain("slow reader").And.Contain("--ws.send-timeout"));
        }
        Assert.That(() => server.Server.WebSocketCount, Is.Zero.After(20_000, 50));
        Assert.That(server.Methods.BigAnswers, Is.LessThan(InFlight + 100), "those in work, and those that the system's buffers took");
    }

    [Test]
    public async Task What_is_subscribed_to_after_the_end_is_ended_too()
    {
        await using TestServer server = await TestServer.StartAsync();
        using ClientWebSocket socket = await ConnectAsync(server);
        await SendAsync(socket, """{"jsonrpc":"2.0","id":1,"method":"test_late"}""");
        Assert.That(() => server.Methods.StartedCalls, Is.EqualTo(1).After(5_000, 20));
        socket.Abort();
        Assert.That(() => server.Methods.Late.IsDisposed, Is.True.After(5_000, 20));
        Assert.That(server.Methods.Late.IsOpen, Is.True);
    }

    [Test]
    public async Task A_message_over_the_limit_closes_with_a_reason()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { Limits = options.Limits with { WebSocketMessageBytesMax = 10_000 } });
        using ClientWebSocket socket = await ConnectAsync(server);
        await SendAsync(socket, new string(' ', 20_000));
        WebSocketReceiveResult result = await socket.ReceiveAsync(new byte[1_024], CancellationToken.None);
        Assert.That(result.CloseStatus, Is.EqualTo(WebSocketCloseStatus.MessageTooBig));
        Assert.That(result.CloseStatusDescription, Does.Contain("--ws.message-limit"));
    }

    [Test]
    public async Task Closing_is_answered_with_a_close()
    {
        await using TestServer server = await TestServer.StartAsync();
        using ClientWebSocket socket = await ConnectAsync(server);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", new CancellationTokenSource(5_000).Token);
        Assert.That(socket.State, Is.EqualTo(WebSocketState.Closed));
        Assert.That(() => server.Server.WebSocketCount, Is.Zero.After(5_000, 20));
    }

    [Test]
    public async Task Stopping_the_server_closes_connections_quickly_with_a_reason()
    {
        await using TestServer server = await TestServer.StartAsync();
        using ClientWebSocket socket = await ConnectAsync(server);
        long started = Environment.TickCount64;
        Task stop = server.Server.StopAsync();
        WebSocketReceiveResult result = await socket.ReceiveAsync(new byte[1_024], CancellationToken.None);
        Assert.That(result.CloseStatusDescription, Is.EqualTo("the node stops"));
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await stop;
        Assert.That(Environment.TickCount64 - started, Is.LessThan(3_000));
    }

    [Test]
    public async Task A_foreign_page_is_refused()
    {
        await using TestServer server = await TestServer.StartAsync();
        using ClientWebSocket socket = new();
        socket.Options.SetRequestHeader("Origin", "https://evil.example");
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri(server.Server.WebSocketUrl), CancellationToken.None));
        using ClientWebSocket local = new();
        local.Options.SetRequestHeader("Origin", "http://localhost:3000");
        await local.ConnectAsync(new Uri(server.Server.WebSocketUrl), CancellationToken.None);
        Assert.That(local.State, Is.EqualTo(WebSocketState.Open));
    }

    private static async Task<ClientWebSocket> ConnectAsync(TestServer server)
    {
        ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri(server.Server.WebSocketUrl), CancellationToken.None);
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    private static async Task<WebSocketReceiveResult> ReadToCloseAsync(ClientWebSocket socket)
    {
        using CancellationTokenSource patience = new(10_000);
        WebSocketReceiveResult result;
        byte[] buffer = new byte[1 << 20];
        do
        {
            result = await socket.ReceiveAsync(buffer, patience.Token);
        }
        while (result.MessageType != WebSocketMessageType.Close);
        return result;
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        using CancellationTokenSource patience = new(10_000);
        byte[] buffer = new byte[1 << 20];
        int length = 0;
        while (true)
        {
            WebSocketReceiveResult result = await socket.ReceiveAsync(new ArraySegment<byte>(buffer, length, buffer.Length - length), patience.Token);
            Assert.That(result.MessageType, Is.EqualTo(WebSocketMessageType.Text), result.CloseStatusDescription);
            length += result.Count;
            if (result.EndOfMessage) return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }
}
