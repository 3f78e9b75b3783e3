using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Chain.Rpc.Methods;
using Chain.Rpc.Model;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tests;

/// <summary>The same methods and limits over HTTP/1.1, HTTP/2, TLS, gzip and local sockets.</summary>
public sealed class TransportTests
{
    private const string Number = """{"jsonrpc":"2.0","id":1,"method":"test_number"}""";
    private const string NumberAnswer = """{"jsonrpc":"2.0","id":1,"result":"0x1b4"}""";

    [Test]
    public async Task Http2_is_served_on_the_same_port_by_prior_knowledge()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpClient client = new() { BaseAddress = server.Client.BaseAddress, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using HttpResponseMessage response = await client.PostAsync((Uri?)null, Json(Number));
            Assert.That(response.Version, Is.EqualTo(HttpVersion.Version20));
            Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(NumberAnswer));
        }));
        Assert.That(await server.PostAsync(Number), Is.EqualTo(NumberAnswer), "HTTP/1.1 beside it");
    }

    [Test]
    public async Task Http2_has_the_same_limits()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { Limits = options.Limits with { BodyBytesMax = 10_000 }, VirtualHosts = ["node.example"] });
        using HttpClient client = new() { BaseAddress = server.Client.BaseAddress, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using HttpResponseMessage large = await client.PostAsync((Uri?)null, Json(new string(' ', 20_000)));
        Assert.That(large.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        using HttpRequestMessage foreign = new(HttpMethod.Post, (Uri?)null) { Content = Json(Number), Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        foreign.Headers.Host = "evil.example";
        using HttpResponseMessage refused = await client.SendAsync(foreign);
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task A_preface_in_single_bytes_is_recognised()
    {
        await using TestServer server = await TestServer.StartAsync();
        using Socket socket = await server.ConnectAsync();
        foreach (byte b in Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"))
        {
            await socket.SendAsync(new[] { b });
            await Task.Delay(1);
        }
        byte[] answer = new byte[9];
        Assert.That(await socket.ReceiveAsync(answer, new CancellationTokenSource(5_000).Token), Is.GreaterThanOrEqualTo(4));
        Assert.That(answer[3], Is.EqualTo(4), "a SETTINGS frame");
    }

    [TestCase("1.1")]
    [TestCase("2.0")]
    public async Task Tls_serves_both_protocols(string version)
    {
        using X509Certificate2 certificate = MakeCertificate();
        await using TestServer server = await TestServer.StartAsync(options => options with { Certificate = certificate });
        Assert.That(server.Server.HttpUrl, Does.StartWith("https://"));
        using SocketsHttpHandler handler = new() { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, given, _, _) => given!.GetCertHashString() == certificate.GetCertHashString() } };
        using HttpClient client = new(handler) { BaseAddress = new Uri(server.Server.HttpUrl), DefaultRequestVersion = new Version(version), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using HttpResponseMessage response = await client.PostAsync((Uri?)null, Json(Number));
        Assert.That(response.Version, Is.EqualTo(new Version(version)));
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(NumberAnswer));
    }

    [Test]
    public async Task Large_answers_are_compressed_for_who_asks()
    {
        await using TestServer server = await TestServer.StartAsync();
        string body = """{"jsonrpc":"2.0","id":1,"method":"test_big","params":[100000]}""";
        using HttpRequestMessage request = new(HttpMethod.Post, (Uri?)null) { Content = Json(body) };
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.That(response.Content.Headers.ContentEncoding, Is.EqualTo(new[] { "gzip" }));
        Assert.That(response.Content.Headers.ContentLength, Is.LessThan(10_000));
        using GZipStream plain = new(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using StreamReader reader = new(plain);
        Assert.That(await reader.ReadToEndAsync(), Is.EqualTo(await server.PostAsync(body)));
    }

    [TestCase("gzip;q=0", "")]
    [TestCase("br, deflate", "")]
    [TestCase("br;q=1.0, gzip;q=0.8", "gzip")]
    [TestCase("*", "gzip")]
    public async Task Compression_follows_the_accept_header(string accept, string expected)
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Post, (Uri?)null) { Content = Json("""{"jsonrpc":"2.0","id":1,"method":"test_big","params":[5000]}""") };
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accept);
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.That(string.Join(",", response.Content.Headers.ContentEncoding), Is.EqualTo(expected));
    }

    [Test]
    public async Task Compressed_requests_are_read()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { Limits = options.Limits with { BodyBytesMax = 100_000 } });
        Assert.That(await (await server.Client.PostAsync((Uri?)null, Gzip(Number))).Content.ReadAsStringAsync(), Is.EqualTo(NumberAnswer));
        using HttpResponseMessage bomb = await server.Client.PostAsync((Uri?)null, Gzip(new string(' ', 10_000_000)));
        Assert.That(bomb.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        using ByteArrayContent broken = new("nothing"u8.ToArray());
        broken.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        broken.Headers.ContentEncoding.Add("gzip");
        using HttpResponseMessage refused = await server.Client.PostAsync((Uri?)null, broken);
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        using StringContent unknown = Json(Number);
        unknown.Headers.ContentEncoding.Add("br");
        using HttpResponseMessage unsupported = await server.Client.PostAsync((Uri?)null, unknown);
        Assert.That(unsupported.StatusCode, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
    }

    [Test]
    public async Task A_local_socket_takes_values_back_to_back()
    {
        await using IpcServer server = await IpcServer.StartAsync();
        using Socket client = await server.ConnectAsync();
        // Three requests in pieces that fit no boundary, with braces and quotes in strings; then the client's side closes.
        string text = """{"jsonrpc":"2.0","id":1,"method":"test_echo","params":["}{\"]"]}[{"jsonrpc":"2.0","id":2,"method":"test_number"}] {"jsonrpc":"2.0","id":3,"method":"test_number"}""";
        foreach (byte[] piece in Encoding.UTF8.GetBytes(text).Chunk(7)) await client.SendAsync(piece);
        client.Shutdown(SocketShutdown.Send);
        string[] answers = (await ReadToEndAsync(client)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(answers, Is.EquivalentTo(new[]
        {
            """{"jsonrpc":"2.0","id":1,"result":"}{\"]"}""",
            """[{"jsonrpc":"2.0","id":2,"result":"0x1b4"}]""",
            """{"jsonrpc":"2.0","id":3,"result":"0x1b4"}""",
        }));
    }

    [Test]
    public async Task A_local_socket_has_the_limits_of_the_others_and_pushes()
    {
        await using IpcServer server = await IpcServer.StartAsync(limits => limits with { WebSocketMessageBytesMax = 10_000, WebSocketQueueItemsMax = 100, WebSocketCloseTimeoutMs = 500 });
        using Socket large = await server.ConnectAsync();
        await large.SendAsync(Encoding.UTF8.GetBytes("[" + new string(' ', 20_000)));
        Assert.That(await ReadToEndAsync(large), Does.Contain("--ws.message-limit"));
        using Socket slow = await server.ConnectAsync();
        await slow.SendAsync("""{"jsonrpc":"2.0","id":1,"method":"test_flood","params":[100000]}"""u8.ToArray());
        Assert.That(() => server.Server.WebSocketCount, Is.Zero.After(5_000, 20), "a client that reads nothing is cut off");
        using Socket garbage = await server.ConnectAsync();
        await garbage.SendAsync("nonsense\n"u8.ToArray());
        garbage.Shutdown(SocketShutdown.Send);
        Assert.That(await ReadToEndAsync(garbage), Does.Contain("-32700"));
    }

    [Test]
    [Platform(Exclude = "Win")]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task The_file_of_a_local_socket_is_the_owners_and_a_stale_one_is_replaced()
    {
        await using IpcServer server = await IpcServer.StartAsync();
        Assert.That(File.GetUnixFileMode(server.Path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        await using RpcServer second = new(RpcMethodTable.Build([]), new RpcServerOptions { IpcPath = server.Path });
        RpcStartException? refused = await Assert.ThrowsAsync<RpcStartException>(() => second.StartAsync());
        Assert.That(refused!.Message, Does.Contain("--ipcpath").And.Contain("another program"));
        string stale = server.Path + ".stale";
        using (Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)) dead.Bind(new UnixDomainSocketEndPoint(stale));
        await using RpcServer third = new(RpcMethodTable.Build([]), new RpcServerOptions { IpcPath = stale });
        await third.StartAsync();
        RpcServer tooLong = new(RpcMethodTable.Build([]), new RpcServerOptions { IpcPath = "/tmp/" + new string('x', 200) });
        Assert.That((await Assert.ThrowsAsync<RpcStartException>(() => tooLong.StartAsync()))!.Message, Does.Contain("107 bytes"));
    }

    [Test]
    public async Task Probes_are_answered_beside_the_methods()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with
        {
            Secret = JwtSecret.Generate().Secret,
            Probes = path => path == "/livez" ? new ProbeAnswer(503, "text/plain", "not yet"u8.ToArray()) : null,
        });
        using HttpResponseMessage probe = await server.Client.GetAsync("/livez");
        Assert.That((probe.StatusCode, await probe.Content.ReadAsStringAsync()), Is.EqualTo((HttpStatusCode.ServiceUnavailable, "not yet")));
        using HttpResponseMessage other = await server.Client.GetAsync("/other");
        Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static ByteArrayContent Gzip(string body)
    {
        using MemoryStream target = new();
        using (GZipStream gzip = new(target, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(body));
        ByteArrayContent content = new(target.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    private static X509Certificate2 MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        using CancellationTokenSource patience = new(10_000);
        StringBuilder text = new();
        byte[] buffer = new byte[65_536];
        try
        {
            while (await socket.ReceiveAsync(buffer, patience.Token) is > 0 and int count) text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // The server cut the connection after its last word.
        }
        return text.ToString();
    }

    private sealed class IpcServer : IAsyncDisposable
    {
        private IpcServer(RpcServer server, string path)
        {
            Server = server;
            Path = path;
        }

        public RpcServer Server { get; }

        public string Path { get; }

        public static async Task<IpcServer> StartAsync(Func<RpcLimits, RpcLimits>? limit = null)
        {
            string path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"chain-{Guid.NewGuid():N}.ipc");
            RpcLimits limits = new();
            RpcServer server = new(RpcMethodTable.Build([new EchoMethods(), new Web3Methods("test/1")]), new RpcServerOptions { IpcPath = path, Limits = limit?.Invoke(limits) ?? limits });
            await server.StartAsync();
            return new IpcServer(server, path);
        }

        public async Task<Socket> ConnectAsync()
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path));
            return socket;
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            File.Delete(Path);
            File.Delete(Path + ".stale");
        }
    }
}
