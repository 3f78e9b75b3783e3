using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tests.Engine;

/// <summary>The rules of the documents "Common definitions", "Authentication" and "Client version", a test each.</summary>
public sealed class EngineCommonTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, JwtSecret.SizeBytes).Select(i => (byte)i)];

    // Capabilities
    [Test]
    public async Task Capabilities_are_the_methods_served_each_with_its_version_and_without_their_own()
    {
        await using EngineChain chain = EngineChain.Open();
        string[] names = [.. (await chain.Rpc.ResultAsync("engine_exchangeCapabilities", """[["engine_newPayloadV1"]]""")).EnumerateArray().Select(name => name.GetString()!)];
        Assert.That(names, Is.SupersetOf((string[])
        [
            "engine_newPayloadV1", "engine_newPayloadV2", "engine_newPayloadV3", "engine_newPayloadV4", "engine_forkchoiceUpdatedV1", "engine_forkchoiceUpdatedV2", "engine_forkchoiceUpdatedV3",
            "engine_getPayloadV1", "engine_getPayloadV2", "engine_getPayloadV3", "engine_getPayloadV4", "engine_getPayloadV5", "engine_getPayloadBodiesByHashV1", "engine_getPayloadBodiesByRangeV1",
            "engine_getBlobsV1", "engine_getBlobsV2", "engine_getBlobsV3", "engine_getClientVersionV1", "engine_exchangeTransitionConfigurationV1",
        ]));
        Assert.That(names, Has.All.Match("^engine_[a-zA-Z]+V[1-9]$"));
        Assert.That(names, Is.Unique);
        foreach (string wrong in (string[])["[]", "[7]", "[[7]]", "[null]"]) Assert.That(await chain.Rpc.ErrorAsync("engine_exchangeCapabilities", wrong), Is.EqualTo(-32602), wrong);
    }

    // Client version
    [TestCase("LS")]
    [TestCase("ZZ")]
    public async Task The_client_version_is_given_to_clients_of_any_code(string code)
    {
        await using EngineChain chain = EngineChain.Open();
        JsonElement versions = await chain.Rpc.ResultAsync("engine_getClientVersionV1", $$"""[{"code":"{{code}}","name":"x","version":"1","commit":"0x00000000"}]""");
        Assert.That(versions.GetArrayLength(), Is.EqualTo(1));
        Assert.That(versions[0].GetProperty("code").GetString(), Is.EqualTo("DC"));
        Assert.That(versions[0].GetProperty("name").GetString(), Is.EqualTo("DefactorChain"));
        Assert.That(versions[0].GetProperty("version").GetString(), Is.EqualTo("v1"));
        Assert.That(versions[0].GetProperty("commit").GetString(), Does.Match("^0x[0-9a-f]{8}$"));
        Assert.That(await chain.Rpc.ErrorAsync("engine_getClientVersionV1", "[7]"), Is.EqualTo(-32602));
    }

    // Authentication
    [Test]
    public async Task Each_request_needs_a_token_on_one_connection_too()
    {
        await using TestServer server = await StartAsync();
        Assert.That((await PostAsync(server, Token("HS256", Claims())), await PostAsync(server, null), await PostAsync(server, Token("HS256", Claims()))),
            Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.OK)));
    }

    [TestCase("none")]
    [TestCase("None")]
    [TestCase("HS512")]
    [TestCase("RS256")]
    [TestCase("hs256")]
    public async Task Algorithms_besides_HS256_are_refused_none_above_all(string algorithm)
    {
        await using TestServer server = await StartAsync();
        Assert.That(await PostAsync(server, Token(algorithm, Claims())), Is.EqualTo(HttpStatusCode.Unauthorized));
        string unsigned = Token(algorithm, Claims());
        Assert.That(await PostAsync(server, unsigned[..(unsigned.LastIndexOf('.') + 1)]), Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [TestCase(-59, true)]
    [TestCase(58, true)]
    [TestCase(-62, false)]
    [TestCase(62, false)]
    public async Task The_token_is_issued_within_60_seconds(int offsetSeconds, bool isTaken)
    {
        await using TestServer server = await StartAsync();
        Assert.That(await PostAsync(server, Token("HS256", Claims(offsetSeconds))), Is.EqualTo(isTaken ? HttpStatusCode.OK : HttpStatusCode.Unauthorized));
    }

    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("7")]
    [TestCase("{\"iat\":\"1700000000\"}")]
    [TestCase("{\"iat\":null}")]
    [TestCase("{\"iat\":1e400}")]
    [TestCase("{\"iat\"")]
    public async Task A_token_without_a_time_of_issue_is_refused(string claims)
    {
        await using TestServer server = await StartAsync();
        Assert.That(await PostAsync(server, Token("HS256", claims)), Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task Claims_that_are_not_known_are_ignored()
    {
        await using TestServer server = await StartAsync();
        string claims = Claims()[..^1] + ",\"id\":\"beacon\",\"clv\":\"v1\",\"exp\":1,\"x\":{\"y\":[1]}}";
        Assert.That(await PostAsync(server, Token("HS256", claims)), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_token_signed_with_another_secret_is_refused()
    {
        await using TestServer server = await StartAsync();
        string token = Token("HS256", Claims());
        Assert.That(await PostAsync(server, Sign([.. new byte[JwtSecret.SizeBytes]], token[..token.LastIndexOf('.')])), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(await PostAsync(server, "a.b"), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(await PostAsync(server, new string('a', 10_000)), Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task Of_a_WebSocket_the_handshake_needs_the_token_and_the_messages_do_not()
    {
        await using TestServer server = await StartAsync();
        Uri url = new(server.Server.WebSocketUrl);
        using ClientWebSocket refused = new();
        Assert.That(() => refused.ConnectAsync(url, CancellationToken.None), Throws.InstanceOf<WebSocketException>());
        using ClientWebSocket socket = new();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + Token("HS256", Claims()));
        await socket.ConnectAsync(url, CancellationToken.None);
        byte[] buffer = new byte[1_024];
        for (int i = 0; i < 2; i++)
        {
            await socket.SendAsync("""{"jsonrpc":"2.0","id":1,"method":"test_number"}"""u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
            WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, CancellationToken.None);
            Assert.That(Encoding.UTF8.GetString(buffer, 0, result.Count), Does.Contain("0x1b4"));
        }
    }

    [TestCase("", false)]
    [TestCase("0x12", false)]
    [TestCase("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", true)]
    [TestCase("0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", true)]
    [TestCase("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g", false)]
    public void The_secret_is_256_bits_of_hex(string text, bool isSecret) => Assert.That(JwtSecret.TryParse(text, out _), Is.EqualTo(isSecret));

    private static Task<TestServer> StartAsync()
    {
        Assert.That(JwtSecret.TryParse(Convert.ToHexString(Key), out JwtSecret secret), Is.True);
        return TestServer.StartAsync(options => options with { Secret = secret });
    }

    private static string Claims(int offsetSeconds = 0) => $$"""{"iat":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + offsetSeconds}}}""";

    private static string Token(string algorithm, string claims) => Sign(Key, $"{Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{Encode(claims)}");

    private static string Sign(byte[] key, string content) => $"{content}.{System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(content)))}";

    private static string Encode(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static async Task<HttpStatusCode> PostAsync(TestServer server, string? token)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/");
        request.Content = new ByteArrayContent("""{"jsonrpc":"2.0","id":1,"method":"test_number"}"""u8.ToArray());
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        return response.StatusCode;
    }
}
