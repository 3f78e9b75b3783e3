using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Forks;

namespace Chain.Rpc.Tests.Engine;

/// <summary>The rules of the Engine API's document "Paris", a test each.</summary>
public sealed class EngineParisTests
{
    private static readonly ulong First = EngineChain.TimeOf(Fork.Paris);

    private EngineChain _chain = null!;

    [SetUp]
    public void Open() => _chain = EngineChain.Open();

    [TearDown]
    public async Task CloseAsync() => await _chain.DisposeAsync();

    // Payload validation
    [Test]
    public async Task A_valid_payload_is_VALID_with_its_own_hash_and_does_not_move_the_head()
    {
        string genesis = _chain.Head;
        _chain.Send(0);
        BuiltPayload built = await _chain.BuildAsync(genesis, First);
        Assert.That(built.Json["transactions"]!.AsArray(), Has.Count.EqualTo(1));
        await _chain.MustBeValidAsync(built);
        Assert.That(_chain.Head, Is.EqualTo(genesis));
    }

    [TestCase("stateRoot")]
    [TestCase("receiptsRoot")]
    [TestCase("gasUsed")]
    [TestCase("timestamp")]
    [TestCase("blockNumber")]
    [TestCase("baseFeePerGas")]
    [TestCase("gasLimit")]
    [TestCase("logsBloom")]
    public async Task An_invalid_payload_is_INVALID_with_the_hash_of_its_valid_ancestor(string member)
    {
        string parent = await _chain.ExtendAsync(_chain.Head, First);
        BuiltPayload bad = await _chain.BuildAsync(parent, First + 12);
        bad.Json[member] = member switch
        {
            "stateRoot" or "receiptsRoot" => EngineChain.Unknown,
            "timestamp" => EngineChain.Quantity(First),
            "logsBloom" => "0x" + new string('f', 512),
            _ => "0x7",
        };
        bad = await _chain.SealAsync(bad);
        await MustBeInvalidAsync(bad, parent);
    }

    [Test]
    public async Task Descendants_of_an_invalid_payload_are_INVALID_with_the_hash_of_the_last_valid_ancestor()
    {
        string parent = await _chain.ExtendAsync(_chain.Head, First);
        BuiltPayload bad = await WithWrongStateAsync(parent, First + 12);
        await MustBeInvalidAsync(bad, parent);
        BuiltPayload child = bad;
        for (ulong i = 2; i < 5; i++)
        {
            BuiltPayload next = child.Copy();
            next.Json["parentHash"] = child.Hash;
            next.Json["blockNumber"] = EngineChain.Quantity(i + 1);
            next.Json["timestamp"] = EngineChain.Quantity(First + (12 * i));
            child = await _chain.SealAsync(next);
            await MustBeInvalidAsync(child, parent);
        }
        JsonElement choice = await _chain.ChooseAsync(child.Hash, version: 1);
        Assert.That((choice.GetProperty("status").GetString(), choice.GetProperty("latestValidHash").GetString()), Is.EqualTo(("INVALID", parent)));
    }

    [Test]
    public async Task Validation_is_idempotent()
    {
        string genesis = _chain.Head;
        BuiltPayload good = await _chain.BuildAsync(genesis, First);
        BuiltPayload bad = await WithWrongStateAsync(genesis, First);
        for (int i = 0; i < 3; i++)
        {
            await _chain.MustBeValidAsync(good);
            await MustBeInvalidAsync(bad, genesis);
        }
    }

    [Test]
    public async Task An_INVALID_payload_is_not_surfaced_by_any_other_method()
    {
        BuiltPayload bad = await WithWrongStateAsync(_chain.Head, First);
        await MustBeInvalidAsync(bad, _chain.Head);
        Assert.That((await _chain.Rpc.ResultAsync("eth_getBlockByHash", $"[\"{bad.Hash}\",false]")).ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That((await _chain.Rpc.ResultAsync("engine_getPayloadBodiesByHashV1", $"[[\"{bad.Hash}\"]]"))[0].ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That((await _chain.Rpc.ResultAsync("debug_getBadBlocks", "[]")).GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_payload_on_the_canonical_chain_is_validated_while_a_side_branch_is_SYNCING()
    {
        string genesis = _chain.Head;
        BuiltPayload orphan = (await _chain.BuildAsync(genesis, First)).Copy();
        orphan.Json["parentHash"] = EngineChain.Unknown;
        orphan = await _chain.SealAsync(orphan);
        await MustBeAsync(orphan, "SYNCING", null);
        Assert.That((await _chain.ChooseAsync(orphan.Hash)).GetProperty("status").GetString(), Is.EqualTo("SYNCING"));
        await _chain.MustBeValidAsync(await _chain.BuildAsync(genesis, First + 1));
    }

    // engine_newPayloadV1
    [TestCase("0x")]
    [TestCase("0x02c0")]
    [TestCase("0xff")]
    public async Task A_transaction_of_zero_length_or_undecodable_is_INVALID_without_a_latest_valid_hash(string transaction)
    {
        BuiltPayload bad = (await _chain.BuildAsync(_chain.Head, First)).Copy();
        bad.Json["transactions"] = new JsonArray(transaction);
        await MustBeInvalidAsync(bad, null);
        bad.Json["parentHash"] = EngineChain.Unknown;
        await MustBeInvalidAsync(bad, null);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_wrong_block_hash_is_INVALID_BLOCK_HASH_even_when_the_parent_is_unknown(bool isOrphan)
    {
        BuiltPayload bad = (await _chain.BuildAsync(_chain.Head, First)).Copy();
        if (isOrphan) bad.Json["parentHash"] = EngineChain.Unknown;
        bad.Json["blockHash"] = EngineChain.Unknown;
        await MustBeAsync(bad, "INVALID_BLOCK_HASH", null);
    }

    [Test]
    public async Task A_payload_whose_parent_is_unknown_is_SYNCING_and_valid_once_the_parent_came()
    {
        string genesis = _chain.Head;
        BuiltPayload first = await _chain.BuildAsync(genesis, First);
        await _chain.MustBeValidAsync(first);
        BuiltPayload second = await _chain.BuildAsync(first.Hash, First + 12);
        await using EngineChain other = EngineChain.Open();
        Assert.That((await other.InsertAsync(second)).GetRawText(), Is.EqualTo("""{"status":"SYNCING","latestValidHash":null,"validationError":null}"""));
        await other.MustBeValidAsync(first);
        await other.MustBeValidAsync(second);
    }

    [Test]
    public async Task A_payload_beside_a_chain_whose_state_is_no_longer_kept_is_ACCEPTED()
    {
        string genesis = _chain.Head;
        BuiltPayload side = await _chain.BuildAsync(genesis, First + 1);
        string head = genesis;
        for (ulong i = 0; i < 160; i++) head = await _chain.ExtendAsync(head, First + i);
        await MustBeAsync(side, "ACCEPTED", null);
        Assert.That((await _chain.ChooseAsync(side.Hash)).GetProperty("status").GetString(), Is.EqualTo("SYNCING"));
        Assert.That(_chain.Head, Is.EqualTo(head));
    }

    [TestCase("parentHash", null)]
    [TestCase("blockHash", "0x12")]
    [TestCase("gasLimit", "0x01")]
    [TestCase("gasLimit", "0x10000000000000000")]
    [TestCase("logsBloom", "0x00")]
    [TestCase("extraData", "0x000000000000000000000000000000000000000000000000000000000000000000")]
    [TestCase("transactions", "0x")]
    [TestCase("withdrawals", "[]")]
    [TestCase("blobGasUsed", "0x0")]
    public async Task A_payload_of_another_structure_is_an_error_32602(string member, string? value)
    {
        BuiltPayload bad = (await _chain.BuildAsync(_chain.Head, First)).Copy();
        bad.Json[member] = value == "[]" ? new JsonArray() : value;
        Assert.That(await _chain.Rpc.ErrorAsync("engine_newPayloadV1", bad.Parameters()), Is.EqualTo(-32602));
    }

    // The merge
    [Test]
    public async Task A_payload_on_proof_of_work_that_has_not_ended_is_INVALID_with_the_zero_hash()
    {
        await using EngineChain chain = EngineChain.Open("1000000000");
        BuiltPayload payload = (await _chain.BuildAsync(_chain.Head, First)).Copy();
        payload.Json["parentHash"] = chain.Head;
        payload = await chain.SealAsync(payload);
        JsonElement status = await chain.InsertAsync(payload);
        Assert.That((status.GetProperty("status").GetString(), status.GetProperty("latestValidHash").GetString()), Is.EqualTo(("INVALID", EngineChain.Zero)));
        BuiltPayload child = payload.Copy();
        child.Json["parentHash"] = payload.Hash;
        child = await chain.SealAsync(child);
        status = await chain.InsertAsync(child);
        Assert.That((status.GetProperty("status").GetString(), status.GetProperty("latestValidHash").GetString()), Is.EqualTo(("INVALID", EngineChain.Zero)));
        JsonElement choice = await chain.Rpc.ResultAsync("engine_forkchoiceUpdatedV1", EngineChain.Choice(chain.Head, attributes: EngineChain.Attributes(First)));
        Assert.That((choice.GetProperty("payloadStatus").GetProperty("status").GetString(), choice.GetProperty("payloadStatus").GetProperty("latestValidHash").GetString()), Is.EqualTo(("INVALID", EngineChain.Zero)));
        Assert.That(choice.GetProperty("payloadId").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task A_terminal_block_of_proof_of_work_may_be_the_head()
    {
        await using EngineChain chain = EngineChain.Open("131072");
        Assert.That((await chain.ChooseAsync(chain.Head, version: 1)).GetProperty("status").GetString(), Is.EqualTo("VALID"));
        await chain.ExtendAsync(chain.Head, First);
    }

    // engine_exchangeTransitionConfigurationV1
    [Test]
    public async Task The_transition_configuration_is_the_one_configured()
    {
        const string Theirs = $$"""[{"terminalTotalDifficulty":"0x0","terminalBlockHash":"{{EngineChain.Zero}}","terminalBlockNumber":"0x0"}]""";
        await using EngineChain chain = EngineChain.Open("131072");
        Assert.That((await chain.Rpc.ResultAsync("engine_exchangeTransitionConfigurationV1", Theirs)).GetRawText(),
            Is.EqualTo($$"""{"terminalTotalDifficulty":"0x20000","terminalBlockHash":"{{EngineChain.Zero}}","terminalBlockNumber":"0x0"}"""));
        Assert.That(await chain.Rpc.ErrorAsync("engine_exchangeTransitionConfigurationV1", "[7]"), Is.EqualTo(-32602));
        Assert.That(await chain.Rpc.ErrorAsync("engine_exchangeTransitionConfigurationV1", Theirs.Replace("\"0x0\"", "7", StringComparison.Ordinal)), Is.EqualTo(-32602));
        await chain.Rpc.ResultAsync("engine_exchangeTransitionConfigurationV1", Theirs);
        Assert.That(chain.Warnings, Has.Count.EqualTo(1), "once, though such clients ask every minute");
        Assert.That(chain.Warnings[0], Does.Contain("difficulty 0,").And.Contain("here it is 131072"));
    }

    [Test]
    public async Task Clients_that_agree_on_the_merge_are_not_told_of()
    {
        await using EngineChain chain = EngineChain.Open();
        await chain.Rpc.ResultAsync("engine_exchangeTransitionConfigurationV1", $$"""[{"terminalTotalDifficulty":"0x0","terminalBlockHash":"{{EngineChain.Zero}}","terminalBlockNumber":"0x0"}]""");
        Assert.That(chain.Warnings, Is.Empty);
    }

    private async Task<BuiltPayload> WithWrongStateAsync(string parent, ulong timestamp)
    {
        BuiltPayload bad = (await _chain.BuildAsync(parent, timestamp)).Copy();
        bad.Json["stateRoot"] = EngineChain.Unknown;
        return await _chain.SealAsync(bad);
    }

    private Task MustBeInvalidAsync(BuiltPayload payload, string? latestValid) => MustBeAsync(payload, "INVALID", latestValid);

    private async Task MustBeAsync(BuiltPayload payload, string expected, string? latestValid)
    {
        JsonElement status = await _chain.InsertAsync(payload);
        Assert.That((status.GetProperty("status").GetString(), status.GetProperty("latestValidHash").GetString()), Is.EqualTo((expected, latestValid)), status.GetRawText());
        Assert.That(status.GetProperty("validationError").ValueKind, Is.EqualTo(expected.StartsWith("INVALID", StringComparison.Ordinal) ? JsonValueKind.String : JsonValueKind.Null));
    }
}
