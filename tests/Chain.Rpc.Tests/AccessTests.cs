using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Chain.Rpc.Model;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tests;

/// <summary>Keys of the public side, and lists of methods.</summary>
public sealed class AccessTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chain-keys").FullName;
    private RSA _rsa = null!;
    private ECDsa _ecdsa = null!;
    private byte[] _secret = null!;
    private RpcKeys _keys = null!;

    [OneTimeSetUp]
    public void WriteKeys()
    {
        _rsa = RSA.Create(2_048);
        _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _secret = RandomNumberGenerator.GetBytes(32);
        File.WriteAllText(Path.Combine(_folder, "ops.pem"), _rsa.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(Path.Combine(_folder, "app.pem"), _ecdsa.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(Path.Combine(_folder, "bot.hex"), Convert.ToHexString(_secret));
        _keys = Load("""
            {"keys": [
              {"id": "ops", "algorithm": "RS256", "file": "ops.pem", "deny": ["test_bug"]},
              {"id": "app", "algorithm": "ES256", "file": "app.pem", "allow": ["test_number", "web3_*"]},
              {"id": "bot", "algorithm": "HS256", "file": "bot.hex"}
            ]}
            """);
    }

    [OneTimeTearDown]
    public void Remove()
    {
        _rsa.Dispose();
        _ecdsa.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [TestCase("ops", "test_number", "0x1b4")]
    [TestCase("ops", "test_bug", "-40100")]
    [TestCase("app", "test_number", "0x1b4")]
    [TestCase("app", "web3_clientVersion", "test/1")]
    [TestCase("app", "test_nothing", "your key may not call test_nothing")]
    [TestCase("bot", "test_nothing", "null")]
    public async Task A_key_opens_its_methods(string key, string method, string expected)
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { Keys = _keys });
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage response = await PostAsync(server, Token(key, $$"""{"exp":{{Now + 60}}}"""), method);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain(expected));
        }
    }

    [Test]
    public void What_is_refused_is_refused_by_all_its_names()
    {
        RpcMethodTable table = RpcMethodTable.Build([new Doors()]);
        table.Restrict(new MethodAccess([], ["door_open"]));
        Assert.That(table.Names, Is.EquivalentTo(new[] { "door_close" }));
    }

    [Test]
    public async Task A_batch_is_judged_item_by_item()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { Keys = _keys });
        using HttpRequestMessage request = new(HttpMethod.Post, "/") { Content = new StringContent("""[{"jsonrpc":"2.0","id":1,"method":"test_number"},{"jsonrpc":"2.0","id":2,"method":"test_nothing"}]""", Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token("app", $$"""{"exp":{{Now + 60}}}"""));
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("0x1b4").And.Contain("-40100"));
    }

    [Test]
    public async Task What_is_no_valid_token_opens_nothing()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { Keys = _keys });
        string good = Token("ops", $$"""{"exp":{{Now + 60}}}""");
        (string? Token, string Reason)[] cases =
        [
            (null, "missing token"),
            ("x.y", "not a JWT"),
            (good[..^8] + "AAAAAAAA", "signature"),
            (Token("ops", $$"""{"exp":{{Now - 5}}}"""), "stale"),
            (Token("ops", "{}"), "neither"),
            (Token("ops", $$"""{"iat":{{Now - 600}}}"""), "stale"),
            (Token("ops", $$"""{"exp":{{Now + 900}},"nbf":{{Now + 600}}}"""), "not valid before"),
            (Token("ops", $$"""{"exp":{{Now + 60}}}""", kid: "nobody"), "names no key"),
            (Token("ops", $$"""{"exp":{{Now + 60}}}""", kid: ""), "no key"),
            // The classic: the public key's text used as the secret of a symmetric signature.
            (HmacToken("ops", $$"""{"exp":{{Now + 60}}}""", File.ReadAllBytes(Path.Combine(_folder, "ops.pem"))), "RS256"),
            (Encode("""{"alg":"none","kid":"ops"}"""u8) + "." + Encode(Encoding.UTF8.GetBytes($$"""{"exp":{{Now + 60}}}""")) + ".", "RS256"),
        ];
        foreach ((string? token, string reason) in cases)
        {
            using HttpResponseMessage response = await PostAsync(server, token, "test_number");
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), reason);
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain(reason));
        }
    }

    [TestCase("{", "not JSON")]
    [TestCase("{}", "no list")]
    [TestCase("""{"keys":[]}""", "0 keys")]
    [TestCase("""{"keys":[{"id":"a","algorithm":"HS512","file":"bot.hex"}]}""", "HS512")]
    [TestCase("""{"keys":[{"id":"a","algorithm":"RS256","file":"bot.hex"}]}""", "no public key")]
    [TestCase("""{"keys":[{"id":"a","algorithm":"HS256","file":"ops.pem"}]}""", "no secret")]
    [TestCase("""{"keys":[{"id":"a","algorithm":"HS256","file":"none.hex"}]}""", "cannot be read")]
    [TestCase("""{"keys":[{"id":"a","algorithm":"HS256","file":"bot.hex","alow":["eth_*"]}]}""", "alow")]
    [TestCase("""{"keys":[{"id":"a","algorithm":"HS256","file":"bot.hex"},{"id":"a","algorithm":"HS256","file":"bot.hex"}]}""", "two keys")]
    public void A_bad_file_of_keys_is_refused_with_the_reason(string json, string reason) =>
        Assert.That(Assert.Throws<RpcStartException>(() => Load(json))!.Message, Does.Contain(reason));

    [Test]
    public void Lists_of_methods_close_and_open()
    {
        RpcMethodTable table = RpcMethodTable.Build([new EchoMethods()]);
        MethodAccess access = new(["test_*"], ["test_bug", "test_f*"]);
        Assert.That(access.Unmatched(table.Names), Is.Null);
        Assert.That(new MethodAccess(["test_*"], ["debug_*"]).Unmatched(table.Names), Is.EqualTo("debug_*"));
        table.Restrict(access);
        Assert.That(table.Names, Does.Contain("test_number").And.Not.Contain("test_bug").And.Not.Contain("test_flood"));
    }

    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private static async Task<HttpResponseMessage> PostAsync(TestServer server, string? token, string method)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/") { Content = new StringContent($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}"}""", Encoding.UTF8, "application/json") };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await server.Client.SendAsync(request);
    }

    private string Token(string key, string claims, string? kid = null)
    {
        string algorithm = key switch { "ops" => "RS256", "app" => "ES256", _ => "HS256" };
        string head = Head(algorithm, kid ?? key, claims);
        byte[] signed = Encoding.ASCII.GetBytes(head);
        byte[] signature = key switch
        {
            "ops" => _rsa.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "app" => _ecdsa.SignData(signed, HashAlgorithmName.SHA256),
            _ => HMACSHA256.HashData(_secret, signed),
        };
        return head + "." + Encode(signature);
    }

    private static string HmacToken(string kid, string claims, byte[] secret)
    {
        string head = Head("HS256", kid, claims);
        return head + "." + Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(head)));
    }

    private static string Head(string algorithm, string kid, string claims) =>
        Encode(Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}","kid":"{{kid}}"}""")) + "." + Encode(Encoding.UTF8.GetBytes(claims));

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    private RpcKeys Load(string json)
    {
        string path = Path.Combine(_folder, "keys.json");
        File.WriteAllText(path, json);
        return RpcKeys.Load(path);
    }

    private sealed class Doors
    {
        [RpcMethod("door_open", "gate_open")]
        public static ulong Open() => 1;

        [RpcMethod("door_close")]
        public static ulong Close() => 0;
    }
}
