using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Forks;

namespace Chain.Rpc.Tests.Engine;

/// <summary>The rules of payload building and engine_getPayload, a test each.</summary>
public sealed class EngineBuildingTests
{
    private const int ImproveWaitMs = 1_200;

    private static readonly ulong First = EngineChain.TimeOf(Fork.Paris);

    private EngineChain _chain = null!;
    private string _genesis = "";

    [SetUp]
    public void Open()
    {
        _chain = EngineChain.Open();
        _genesis = _chain.Head;
    }

    [TearDown]
    public async Task CloseAsync() => await _chain.DisposeAsync();

    [TestCase(Fork.Paris)]
    [TestCase(Fork.Shanghai)]
    [TestCase(Fork.Cancun)]
    [TestCase(Fork.Prague)]
    [TestCase(Fork.Osaka)]
    public async Task The_payload_has_the_values_of_the_attributes_and_is_valid(Fork fork)
    {
        ulong timestamp = EngineChain.TimeOf(fork);
        JsonObject attributes = EngineChain.Attributes(timestamp);
        if (fork >= Fork.Shanghai) attributes["withdrawals"] = new JsonArray(JsonNode.Parse("""{"index":"0x1","validatorIndex":"0x2","address":"0x00000000000000000000000000000000000000cc","amount":"0x3"}"""));
        JsonElement envelope = await _chain.TakeAsync(await _chain.StartAsync(_genesis, timestamp, attributes), timestamp);
        JsonElement payload = fork == Fork.Paris ? envelope : envelope.GetProperty("executionPayload");
        Assert.That(payload.GetProperty("parentHash").GetString(), Is.EqualTo(_genesis));
        Assert.That(payload.GetProperty("timestamp").GetString(), Is.EqualTo(EngineChain.Quantity(timestamp)));
        Assert.That(payload.GetProperty("prevRandao").GetString(), Is.EqualTo(EngineChain.Unknown));
        Assert.That(payload.GetProperty("feeRecipient").GetString(), Is.EqualTo("0x00000000000000000000000000000000000000aa"));
        if (fork >= Fork.Shanghai) Assert.That(payload.GetProperty("withdrawals").GetRawText(), Is.EqualTo(attributes["withdrawals"]!.ToJsonString()));
        await _chain.MustBeValidAsync(new BuiltPayload(JsonNode.Parse(payload.GetRawText())!.AsObject(), "[]", fork));
        Assert.That(envelope.TryGetProperty("blockValue", out _), Is.EqualTo(fork >= Fork.Shanghai));
        Assert.That(envelope.TryGetProperty("blobsBundle", out _), Is.EqualTo(fork >= Fork.Cancun));
        Assert.That(envelope.TryGetProperty("shouldOverrideBuilder", out _), Is.EqualTo(fork >= Fork.Cancun));
        Assert.That(envelope.TryGetProperty("executionRequests", out _), Is.EqualTo(fork >= Fork.Prague));
        Assert.That(payload.TryGetProperty("withdrawals", out _), Is.EqualTo(fork >= Fork.Shanghai));
        Assert.That(payload.TryGetProperty("blobGasUsed", out _), Is.EqualTo(fork >= Fork.Cancun));
    }

    [Test]
    public async Task The_payload_is_improved_until_the_client_asks()
    {
        string id = await _chain.StartAsync(_genesis, First);
        await Task.Delay(ImproveWaitMs);
        _chain.Send(0);
        await Task.Delay(ImproveWaitMs);
        JsonElement payload = await _chain.TakeAsync(id, First);
        Assert.That(payload.GetProperty("transactions").GetArrayLength(), Is.EqualTo(1), "the transaction came after the build had begun");
        _chain.Send(1);
        await Task.Delay(ImproveWaitMs);
        Assert.That((await _chain.TakeAsync(id, First)).GetRawText(), Is.EqualTo(payload.GetRawText()), "what was taken stays as it was");
    }

    [Test]
    public async Task Equal_attributes_go_on_with_the_process_begun_and_others_begin_a_new_one()
    {
        string id = await _chain.StartAsync(_genesis, First);
        Assert.That(await _chain.StartAsync(_genesis, First), Is.EqualTo(id));
        List<string> ids = [id, await _chain.StartAsync(_genesis, First + 1)];
        foreach ((string member, string value) in ((string, string)[])[("prevRandao", EngineChain.Zero), ("suggestedFeeRecipient", "0x00000000000000000000000000000000000000ab")])
        {
            JsonObject attributes = EngineChain.Attributes(First);
            attributes[member] = value;
            ids.Add(await _chain.StartAsync(_genesis, First, attributes));
        }
        Assert.That(ids, Is.Unique);
        Assert.That(ids, Has.All.Match("^0x[0-9a-f]{16}$"));
    }

    [Test]
    public async Task An_unknown_payload_id_is_an_error_38001()
    {
        for (int version = 1; version <= 5; version++)
        {
            JsonElement error = (await _chain.Rpc.AnswerAsync($"engine_getPayloadV{version}", "[\"0x0000000000000001\"]")).GetProperty("error");
            Assert.That((error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()), Is.EqualTo((-38001, "Unknown payload")));
            foreach (string wrong in (string[])["\"0x01\"", "7", "null", "\"0x000000000000000001\""])
                Assert.That(await _chain.Rpc.ErrorAsync($"engine_getPayloadV{version}", $"[{wrong}]"), Is.EqualTo(-32602));
        }
    }

    [Test]
    public async Task A_payload_is_given_by_the_version_of_its_fork_only()
    {
        Fork[] forks = [Fork.Paris, Fork.Shanghai, Fork.Cancun, Fork.Prague, Fork.Osaka];
        foreach (Fork fork in forks)
        {
            string id = await _chain.StartAsync(_genesis, EngineChain.TimeOf(fork));
            for (int version = 1; version <= 5; version++)
            {
                // Version 2 serves both forks that had it (document "Shanghai").
                bool serves = forks[version - 1] == fork || (version == 2 && fork == Fork.Paris);
                JsonElement answer = await _chain.Rpc.AnswerAsync($"engine_getPayloadV{version}", $"[\"{id}\"]");
                Assert.That(answer.TryGetProperty("result", out _), Is.EqualTo(serves), $"{fork} by version {version}");
                if (!serves) Assert.That(answer.GetProperty("error").GetProperty("code").GetInt32(), Is.EqualTo(-38005));
            }
        }
    }

    [Test]
    public async Task The_block_value_is_the_sum_of_the_priority_fees()
    {
        ulong timestamp = EngineChain.TimeOf(Fork.Shanghai);
        _chain.Send(0, 2_000_000_000);
        _chain.Send(1, 3_000_000_000);
        JsonElement envelope = await _chain.TakeAsync(await _chain.StartAsync(_genesis, timestamp), timestamp);
        Assert.That(envelope.GetProperty("executionPayload").GetProperty("transactions").GetArrayLength(), Is.EqualTo(2));
        Assert.That(envelope.GetProperty("blockValue").GetString(), Is.EqualTo(EngineChain.Quantity(21_000UL * 5_000_000_000UL)));
    }
}
