using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.EndToEnd.Tests.Harness;
using Chain.Rpc.Server;

namespace Chain.EndToEnd.Tests;

/// <summary><c>chain run</c> as a consensus client meets it: two ports, tokens, the order of forkchoices, and what a restart keeps.</summary>
public sealed class DrivenNodeTests
{
    private const string Zero = "0x0000000000000000000000000000000000000000000000000000000000000000";
    private const ulong GenesisTime = 0x65000000;

    private TemporaryFolder _folder = null!;
    private string _genesisFile = "";

    private string SecretFile => Path.Combine(_folder.File("data"), "jwt.hex");

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _genesisFile = _folder.Write("genesis.json", GenesisFiles.Cancun);
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task The_engine_API_has_a_port_of_its_own_with_the_subset_of_eth_that_the_specification_lists()
    {
        await using NodeProcess node = await StartAsync();
        Assert.That(new Uri(node.EngineUrl).Port, Is.Not.EqualTo(node.Port));
        Assert.That((await node.Rpc.ErrorAsync("engine_exchangeCapabilities", new JsonArray())).Code, Is.EqualTo(-32601), "the public side does not serve the engine");
        using HttpClient client = Client(node);
        foreach ((string method, string parameters) in ((string, string)[])
        [
            ("eth_blockNumber", "[]"), ("eth_chainId", "[]"), ("eth_syncing", "[]"), ("eth_call", """[{"to":"0x00000000000000000000000000000000000000aa"},"latest"]"""),
            ("eth_getCode", """["0x00000000000000000000000000000000000000aa","latest"]"""), ("eth_getBlockByNumber", """["latest",false]"""), ("eth_getBlockByHash", $"[\"{Zero}\",false]"),
            ("eth_getLogs", "[{}]"), ("engine_exchangeCapabilities", "[[]]"),
        ])
            Assert.That((await CallAsync(client, method, parameters)).TryGetProperty("result", out _), Is.True, method);
        Assert.That((await CallAsync(client, "eth_sendRawTransaction", "[\"0x00\"]")).GetProperty("error").GetProperty("code").GetInt32(), Is.Not.EqualTo(-32601));
        client.DefaultRequestHeaders.Authorization = null;
        Assert.That((await client.PostAsync((Uri?)null, Content("eth_chainId", "[]"))).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task A_secret_is_made_in_the_folder_for_its_owner_alone_and_used_again()
    {
        string text;
        await using (NodeProcess node = await StartAsync())
        {
            text = await File.ReadAllTextAsync(SecretFile);
            Assert.That(text, Does.Match("^0x[0-9a-f]{64}\\s*$"));
            Assert.That(File.GetUnixFileMode(SecretFile), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            await node.StopAsync();
        }
        await using NodeProcess again = await StartAsync();
        Assert.That(await File.ReadAllTextAsync(SecretFile), Is.EqualTo(text));
    }

    [TestCase("not hex", "64 hex digits")]
    [TestCase("0x1234", "64 hex digits")]
    [TestCase(null, "does not exist")]
    public async Task A_secret_that_cannot_be_used_is_one_sentence(string? text, string expected)
    {
        string file = text is null ? _folder.File("nowhere.hex") : _folder.Write("secret.hex", text);
        ToolResult result = await NodeProcess.RunToEndAsync("run", "--genesis", _genesisFile, "--datadir", _folder.File("data"), "--http.port", "0", "--authrpc.port", "0", "--authrpc.jwtsecret", file);
        StartErrorTests.AssertOneSentence(result, file, expected);
    }

    [Test]
    public async Task An_engine_port_in_use_is_one_sentence_with_its_flag()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        ToolResult result = await NodeProcess.RunToEndAsync("run", "--genesis", _genesisFile, "--datadir", _folder.File("data"), "--http.port", "0", "--authrpc.port", $"{port}");
        StartErrorTests.AssertOneSentence(result, $"{port}", "in use", "--authrpc.port");
    }

    [Test]
    public async Task Forkchoices_are_processed_in_the_order_they_came()
    {
        const int Rounds = 40;
        await using NodeProcess node = await StartAsync();
        using HttpClient client = Client(node);
        string genesis = (await node.Rpc.CallAsync("eth_getBlockByNumber", "0x0", false)).GetProperty("hash").GetString()!;
        string left = await InsertAsync(client, await BuildAsync(client, genesis, 12));
        string right = await InsertAsync(client, await BuildAsync(client, genesis, 13));
        using ClientWebSocket socket = new();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {Token()}");
        await socket.ConnectAsync(new UriBuilder(node.EngineUrl) { Scheme = "ws" }.Uri, CancellationToken.None);
        byte[] buffer = new byte[64 * 1024];
        for (int round = 0; round < Rounds; round++)
        {
            string last = round % 2 == 0 ? left : right;
            foreach (string head in (string[])[left, right, genesis, left, right, last])
                await socket.SendAsync(Encoding.UTF8.GetBytes(RequestText("engine_forkchoiceUpdatedV3", Choice(head))), WebSocketMessageType.Text, true, CancellationToken.None);
            for (int i = 0; i < 6; i++) await socket.ReceiveAsync(buffer, CancellationToken.None);
            Assert.That((await node.Rpc.CallAsync("eth_getBlockByNumber", "latest", false)).GetProperty("hash").GetString(), Is.EqualTo(last), $"round {round}");
        }
    }

    [Test]
    public async Task A_restart_keeps_head_safe_and_finalised_block_and_the_branch_beside_it()
    {
        string one, two, side;
        await using (NodeProcess node = await StartAsync())
        {
            using HttpClient client = Client(node);
            string genesis = (await node.Rpc.CallAsync("eth_getBlockByNumber", "0x0", false)).GetProperty("hash").GetString()!;
            one = await InsertAsync(client, await BuildAsync(client, genesis, 12));
            await CallAsync(client, "engine_forkchoiceUpdatedV3", Choice(one));
            two = await InsertAsync(client, await BuildAsync(client, one, 24));
            side = await InsertAsync(client, await BuildAsync(client, one, 25));
            await CallAsync(client, "engine_forkchoiceUpdatedV3", Choice(two, two, one));
            node.Send(Signal.Kill);
            await node.WaitForExitAsync();
        }
        await using NodeProcess again = await StartAsync();
        foreach ((string tag, string hash) in ((string, string)[])[("latest", two), ("safe", two), ("finalized", one)])
            Assert.That((await again.Rpc.CallAsync("eth_getBlockByNumber", tag, false)).GetProperty("hash").GetString(), Is.EqualTo(hash), tag);
        using HttpClient other = Client(again);
        JsonElement choice = await CallAsync(other, "engine_forkchoiceUpdatedV3", Choice(side));
        Assert.That(choice.GetProperty("result").GetProperty("payloadStatus").GetProperty("status").GetString(), Is.EqualTo("VALID"));
    }

    private static string Choice(string head, string safe = Zero, string final = Zero, string attributes = "null") =>
        $$"""[{"headBlockHash":"{{head}}","safeBlockHash":"{{safe}}","finalizedBlockHash":"{{final}}"},{{attributes}}]""";

    private static async Task<JsonElement> BuildAsync(HttpClient client, string parent, ulong seconds)
    {
        string attributes = $$"""{"timestamp":"0x{{GenesisTime + seconds:x}}","prevRandao":"{{Zero}}","suggestedFeeRecipient":"0x00000000000000000000000000000000000000aa","withdrawals":[],"parentBeaconBlockRoot":"{{Zero}}"}""";
        JsonElement choice = (await CallAsync(client, "engine_forkchoiceUpdatedV3", Choice(parent, attributes: attributes))).GetProperty("result");
        return (await CallAsync(client, "engine_getPayloadV3", $"[{choice.GetProperty("payloadId").GetRawText()}]")).GetProperty("result").GetProperty("executionPayload");
    }

    private static async Task<string> InsertAsync(HttpClient client, JsonElement payload)
    {
        JsonElement status = (await CallAsync(client, "engine_newPayloadV3", $"[{payload.GetRawText()},[],\"{Zero}\"]")).GetProperty("result");
        Assert.That(status.GetProperty("status").GetString(), Is.EqualTo("VALID"), status.GetRawText());
        return payload.GetProperty("blockHash").GetString()!;
    }

    private static string RequestText(string method, string parameters) => $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""";

    private static ByteArrayContent Content(string method, string parameters)
    {
        ByteArrayContent content = new(Encoding.UTF8.GetBytes(RequestText(method, parameters)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static async Task<JsonElement> CallAsync(HttpClient client, string method, string parameters)
    {
        using HttpResponseMessage response = await client.PostAsync((Uri?)null, Content(method, parameters));
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    private Task<NodeProcess> StartAsync() => NodeProcess.DrivenAsync(_folder.File("data"), "--genesis", _genesisFile);

    private string Token()
    {
        Assert.That(JwtSecret.TryParse(File.ReadAllText(SecretFile), out JwtSecret secret), Is.True);
        return secret.MakeToken(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    private HttpClient Client(NodeProcess node)
    {
        HttpClient client = new() { BaseAddress = new Uri(node.EngineUrl) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token());
        return client;
    }
}
