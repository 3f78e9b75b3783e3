using System.Net;
using System.Net.Sockets;
using System.Text;
using Chain.Rpc.Model;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tests;

/// <summary>What HTTP itself asks of the server.</summary>
public sealed class HttpTests
{
    private const string Number = """{"jsonrpc":"2.0","id":1,"method":"test_number"}""";

    [TestCase("application/json", HttpStatusCode.OK)]
    [TestCase("application/json; charset=utf-8", HttpStatusCode.OK)]
    [TestCase("Application/JSON", HttpStatusCode.OK)]
    [TestCase("text/plain", HttpStatusCode.UnsupportedMediaType)]
    [TestCase("application/jsonx", HttpStatusCode.UnsupportedMediaType)]
    public async Task Only_json_is_taken(string contentType, HttpStatusCode status)
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpResponseMessage response = await server.SendAsync(Encoding.UTF8.GetBytes(Number), contentType);
        Assert.That(response.StatusCode, Is.EqualTo(status));
    }

    [TestCase("GET", HttpStatusCode.OK)]
    [TestCase("HEAD", HttpStatusCode.OK)]
    [TestCase("PUT", HttpStatusCode.MethodNotAllowed)]
    [TestCase("DELETE", HttpStatusCode.MethodNotAllowed)]
    public async Task Other_verbs_get_a_hint_or_405(string verb, HttpStatusCode status)
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpRequestMessage request = new(new HttpMethod(verb), "/");
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(status));
        if (verb == "GET") Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("POST"));
    }

    [TestCase("localhost", true)]
    [TestCase("localhost:8545", true)]
    [TestCase("LOCALHOST", true)]
    [TestCase("127.0.0.1:1", true)]
    [TestCase("[::1]:8545", true)]
    [TestCase("10.1.2.3", true)]
    [TestCase("evil.example", false)]
    [TestCase("localhost.evil.example:8545", false)]
    [TestCase("node.example", true)]
    public async Task The_host_list_stops_dns_rebinding(string host, bool allowed)
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { VirtualHosts = ["localhost", "node.example"] });
        using HttpRequestMessage request = new(HttpMethod.Get, "/");
        request.Headers.Host = host;
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden));
    }

    [TestCase("*", "https://dapp.example", "*")]
    [TestCase("https://dapp.example", "https://dapp.example", "https://dapp.example")]
    [TestCase("https://dapp.example", "https://other.example", null)]
    public async Task Browsers_get_cors_headers_for_listed_origins(string listed, string origin, string? expected)
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { CorsOrigins = [listed] });
        using HttpRequestMessage request = new(HttpMethod.Options, "/");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Headers.TryGetValues("Access-Control-Allow-Origin", out IEnumerable<string>? values) ? values.Single() : null, Is.EqualTo(expected));
        Assert.That(response.Headers.Contains("Access-Control-Allow-Methods"), Is.EqualTo(expected is not null));
    }

    [Test]
    public async Task A_large_body_under_the_limit_is_read_whole()
    {
        await using TestServer server = await TestServer.StartAsync();
        string data = new('a', 20_000_000);
        using HttpResponseMessage response = await server.SendAsync(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"method":"test_data","params":["0x{{data}}"]}"""));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        string answer = await response.Content.ReadAsStringAsync();
        Assert.That(answer, Has.Length.EqualTo(data.Length + 38).And.EndsWith("aa\"}"));
    }

    [Test]
    public async Task A_slow_header_is_cut_off()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { Limits = options.Limits with { HeadersTimeoutMs = 1_000 } });
        using Socket socket = await server.ConnectAsync();
        await socket.SendAsync("POST / HTTP/1.1\r\nHost: loc"u8.ToArray());
        using CancellationTokenSource patience = new(10_000);
        byte[] buffer = new byte[1_024];
        int count = await socket.ReceiveAsync(buffer, patience.Token);
        Assert.That(Encoding.ASCII.GetString(buffer, 0, count), Is.Empty.Or.StartsWith("HTTP/1.1 408"));
    }

    [Test]
    public async Task A_taken_port_is_one_sentence_with_the_remedy()
    {
        await using TestServer first = await TestServer.StartAsync();
        await using RpcServer second = new(RpcMethodTable.Build([]), new RpcServerOptions { Port = first.Port });
        RpcStartException? refused = await Assert.ThrowsAsync<RpcStartException>(() => second.StartAsync());
        Assert.That(refused!.Message, Is.EqualTo($"Port {first.Port} of 127.0.0.1 is in use: stop the other program or choose another port with --http.port."));
    }

    [TestCase("not-an-address", 0, "--http.addr not-an-address")]
    [TestCase("203.0.113.7", 0, "203.0.113.7")]
    [TestCase("127.0.0.1", 70_000, "--http.port 70000")]
    public async Task A_bad_address_is_one_sentence_with_the_value(string address, int port, string expected)
    {
        await using RpcServer server = new(RpcMethodTable.Build([]), new RpcServerOptions { Address = address, Port = port });
        RpcStartException? refused = await Assert.ThrowsAsync<RpcStartException>(() => server.StartAsync());
        Assert.That(refused!.Message, Does.Contain(expected).And.EndsWith("."));
    }

    [Test]
    public async Task Namespaces_not_enabled_are_not_served()
    {
        RpcMethodTable table = RpcMethodTable.Build([new EchoMethods()], ["eth"]);
        await using RpcServer server = new(table, new RpcServerOptions { Port = 0 });
        Assert.That(table.Names, Is.Empty);
        Assert.That(RpcMethodTable.Build([new EchoMethods()], ["test"]).Names, Does.Contain("test_alias"));
    }

    [TestCase("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")]
    [TestCase("nonsense", null, "0000000000000000")]
    [TestCase(null, null, "0000000000000000")]
    public async Task A_trace_goes_on_that_the_client_began(string? header, string? trace, string parent)
    {
        List<System.Diagnostics.Activity> activities = [];
        using System.Diagnostics.ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == RpcTelemetry.SourceName,
            Sample = (ref System.Diagnostics.ActivityCreationOptions<System.Diagnostics.ActivityContext> _) => System.Diagnostics.ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (activities) activities.Add(activity);
            },
        };
        System.Diagnostics.ActivitySource.AddActivityListener(listener);
        await using TestServer server = await TestServer.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Post, (Uri?)null)
        {
            Content = new StringContent("""[{"jsonrpc":"2.0","id":1,"method":"test_quantity","params":["0x1"]},{"jsonrpc":"2.0","id":2,"method":"test_quantity","params":["0x2"]}]""", System.Text.Encoding.UTF8, "application/json"),
        };
        if (header is not null) request.Headers.TryAddWithoutValidation("traceparent", header);
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("0x2"));
        System.Diagnostics.Activity[] ours;
        lock (activities) ours = [.. activities.Where(activity => activity.OperationName == "test_quantity")];
        Assert.That(ours, Has.Length.EqualTo(2));
        Assert.That(ours.Select(activity => activity.ParentSpanId.ToHexString()), Is.All.EqualTo(parent));
        if (trace is not null) Assert.That(ours.Select(activity => activity.TraceId.ToHexString()), Is.All.EqualTo(trace));
    }
}
