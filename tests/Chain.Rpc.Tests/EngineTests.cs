using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Consensus.Engines;
using Chain.Core.Forks;
using Chain.Rpc.Methods;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tests;

/// <summary>The Engine API on a Shanghai chain: building, inserting, moving the head, and the rules of the specification.</summary>
public sealed class EngineTests
{
    private const string Zero = "0x0000000000000000000000000000000000000000000000000000000000000000";
    private const string Unknown = "0x00000000000000000000000000000000000000000000000000000000000000ff";

    private ChainFixture _chain = null!;
    private ExternalEngine _engine = null!;
    private RpcCaller _rpc = null!;

    private string Head => _chain.Manager.Database.Head.Hash.ToString();

    [SetUp]
    public void Open()
    {
        _chain = ChainFixture.Development(MiningMode.Manual, fork: Fork.Shanghai);
        _engine = new ExternalEngine(_chain.Manager);
        _rpc = new RpcCaller(RpcModules.Build(_chain.Chain, _chain.Filters, _chain.Hub, "test/1", () => 0, null, _engine));
    }

    [TearDown]
    public async Task CloseAsync()
    {
        _rpc.Dispose();
        _engine.Dispose();
        await _chain.DisposeAsync();
    }

    [Test]
    public async Task A_built_block_is_inserted_and_becomes_head_safe_and_final()
    {
        string from = _chain.Chain.Accounts.Addresses[0].ToString();
        await _rpc.ResultAsync("eth_sendTransaction", $$"""[{"from":"{{from}}","to":"{{from}}","value":"0x1"}]""");
        JsonElement payload = await BuildAsync(Head, 1_700_000_012);
        string hash = payload.GetProperty("blockHash").GetString()!;
        Assert.That(payload.GetProperty("transactions").GetArrayLength(), Is.EqualTo(1));

        JsonElement status = await _rpc.ResultAsync("engine_newPayloadV2", $"[{payload.GetRawText()}]");
        Assert.That(status.GetProperty("status").GetString(), Is.EqualTo("VALID"));
        Assert.That(_chain.Manager.Head.Number, Is.Zero, "newPayload must not move the head");
        await ChoiceAsync(hash, hash, hash);
        Assert.Multiple(() =>
        {
            Assert.That(Head, Is.EqualTo(hash));
            Assert.That(_chain.Manager.Database.Safe.Hash.ToString(), Is.EqualTo(hash));
            Assert.That(_chain.Manager.Database.Finalized.Hash.ToString(), Is.EqualTo(hash));
        });
        JsonElement bodies = await _rpc.ResultAsync("engine_getPayloadBodiesByRangeV1", "[\"0x1\",\"0x5\"]");
        Assert.That(bodies[0].GetProperty("transactions")[0].GetString(), Is.EqualTo(payload.GetProperty("transactions")[0].GetString()));
    }

    [Test]
    public async Task The_head_moves_between_branches()
    {
        string genesis = Head;
        string left = await InsertAsync(await BuildAsync(genesis, 1_700_000_012));
        string right = await InsertAsync(await BuildAsync(genesis, 1_700_000_013));
        await ChoiceAsync(left, Zero, Zero);
        Assert.That(Head, Is.EqualTo(left));
        await ChoiceAsync(right, Zero, Zero);
        Assert.That(Head, Is.EqualTo(right));
        Assert.That(await _rpc.ErrorAsync("engine_forkchoiceUpdatedV2", Choice(right, left, Zero)), Is.EqualTo(-38002));
    }

    [Test]
    public async Task An_invalid_block_and_its_descendants_are_refused_with_the_latest_valid_hash()
    {
        string genesis = Head;
        JsonElement good = await BuildAsync(genesis, 1_700_000_012);
        JsonObject bad = JsonNode.Parse(good.GetRawText())!.AsObject();
        bad["stateRoot"] = Unknown;
        JsonElement wrongHash = await _rpc.ResultAsync("engine_newPayloadV2", $"[{bad.ToJsonString()}]");
        Assert.That(wrongHash.GetProperty("status").GetString(), Is.EqualTo("INVALID"));
        Assert.That(wrongHash.GetProperty("latestValidHash").ValueKind, Is.EqualTo(JsonValueKind.Null));
        string problem = wrongHash.GetProperty("validationError").GetString()!;
        bad["blockHash"] = problem.Split(' ')[2].TrimEnd(',');
        JsonElement refused = await _rpc.ResultAsync("engine_newPayloadV2", $"[{bad.ToJsonString()}]");
        Assert.That(refused.GetProperty("status").GetString(), Is.EqualTo("INVALID"));
        Assert.That(refused.GetProperty("latestValidHash").GetString(), Is.EqualTo(genesis));
        JsonElement choice = await _rpc.ResultAsync("engine_forkchoiceUpdatedV2", Choice(bad["blockHash"]!.GetValue<string>(), Zero, Zero));
        Assert.That(choice.GetProperty("payloadStatus").GetProperty("status").GetString(), Is.EqualTo("INVALID"));
        Assert.That((await _rpc.ResultAsync("debug_getBadBlocks", "[]")).GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task An_unknown_head_is_syncing()
    {
        JsonElement choice = await _rpc.ResultAsync("engine_forkchoiceUpdatedV2", Choice(Unknown, Zero, Zero));
        Assert.That(choice.GetProperty("payloadStatus").GetProperty("status").GetString(), Is.EqualTo("SYNCING"));
    }

    [TestCase("engine_getPayloadV2", """["0x0000000000000001"]""", -38001)]
    [TestCase("engine_getPayloadV2", """["0x01"]""", -32602)]
    [TestCase("engine_getPayloadBodiesByRangeV1", """["0x0","0x1"]""", -32602)]
    [TestCase("engine_getPayloadBodiesByRangeV1", """["0x1","0x401"]""", -38004)]
    [TestCase("engine_newPayloadV2", "[{}]", -32602)]
    [TestCase("engine_newPayloadV4", "[{},[],null,[]]", -32602)]
    public async Task Wrong_requests_have_their_codes(string method, string parameters, int code) => Assert.That(await _rpc.ErrorAsync(method, parameters), Is.EqualTo(code));

    [Test]
    public async Task Attributes_must_fit_the_fork_and_the_head_but_the_forkchoice_stays()
    {
        string noWithdrawals = Attributes(1_700_000_012).Replace(",\"withdrawals\":[]", "", StringComparison.Ordinal);
        Assert.That(await _rpc.ErrorAsync("engine_forkchoiceUpdatedV2", Choice(Head, Zero, Zero, noWithdrawals)), Is.EqualTo(-38003));
        Assert.That(await _rpc.ErrorAsync("engine_forkchoiceUpdatedV2", Choice(Head, Zero, Zero, Attributes(1))), Is.EqualTo(-38003));
        Assert.That(await _rpc.ErrorAsync("engine_forkchoiceUpdatedV1", Choice(Head, Zero, Zero, noWithdrawals)), Is.EqualTo(-38005));
    }

    [Test]
    public async Task Capabilities_name_every_method_but_their_own()
    {
        string[] names = [.. (await _rpc.ResultAsync("engine_exchangeCapabilities", "[[]]")).EnumerateArray().Select(name => name.GetString()!)];
        Assert.That(names, Does.Contain("engine_newPayloadV4").And.Contain("engine_getBlobsV3").And.Not.Contain("engine_exchangeCapabilities"));
    }

    [Test]
    public void Tokens_open_the_door_for_a_minute()
    {
        (JwtSecret secret, string text) = JwtSecret.Generate();
        (JwtSecret other, _) = JwtSecret.Generate();
        Assert.That(JwtSecret.TryParse(text + "\n", out JwtSecret read), Is.True);
        string token = "Bearer " + secret.MakeToken(1_000);
        Assert.Multiple(() =>
        {
            Assert.That(read.Problem(token, 1_060), Is.Null);
            Assert.That(read.Problem(token, 1_061), Does.Contain("stale"));
            Assert.That(other.Problem(token, 1_000), Does.Contain("signature"));
            Assert.That(read.Problem(null, 1_000), Does.Contain("missing"));
            Assert.That(read.Problem("Bearer a.b", 1_000), Does.Contain("not a JWT"));
            Assert.That(read.Problem("Bearer " + new string('a', 100_000), 1_000), Does.Contain("not a JWT"));
            Assert.That(JwtSecret.TryParse("0x12", out _), Is.False);
        });
    }

    private static string Attributes(ulong timestamp) =>
        $$"""{"timestamp":"0x{{timestamp:x}}","prevRandao":"{{Zero}}","suggestedFeeRecipient":"0x00000000000000000000000000000000000000aa","withdrawals":[]}""";

    private static string Choice(string head, string safe, string finalized, string attributes = "null") =>
        $$"""[{"headBlockHash":"{{head}}","safeBlockHash":"{{safe}}","finalizedBlockHash":"{{finalized}}"},{{attributes}}]""";

    private async Task<JsonElement> ChoiceAsync(string head, string safe, string finalized)
    {
        JsonElement choice = await _rpc.ResultAsync("engine_forkchoiceUpdatedV2", Choice(head, safe, finalized));
        Assert.That(choice.GetProperty("payloadStatus").GetProperty("status").GetString(), Is.EqualTo("VALID"));
        return choice;
    }

    private async Task<JsonElement> BuildAsync(string parent, ulong timestamp)
    {
        JsonElement choice = await _rpc.ResultAsync("engine_forkchoiceUpdatedV2", Choice(parent, Zero, Zero, Attributes(timestamp)));
        string id = choice.GetProperty("payloadId").GetString()!;
        return (await _rpc.ResultAsync("engine_getPayloadV2", $"[\"{id}\"]")).GetProperty("executionPayload");
    }

    private async Task<string> InsertAsync(JsonElement payload)
    {
        JsonElement status = await _rpc.ResultAsync("engine_newPayloadV2", $"[{payload.GetRawText()}]");
        Assert.That(status.GetProperty("status").GetString(), Is.EqualTo("VALID"));
        return payload.GetProperty("blockHash").GetString()!;
    }
}
