using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Forks;
using Chain.Core.Types;
using Chain.Precompiles.Native;

namespace Chain.Rpc.Tests.Engine;

/// <summary>What the documents "Shanghai", "Cancun", "Prague" and "Osaka" add, a test for each rule.</summary>
public sealed class EngineForkRulesTests
{
    private static readonly Fork[] Forks = [Fork.Paris, Fork.Shanghai, Fork.Cancun, Fork.Prague, Fork.Osaka];

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

    // engine_newPayload
    [Test]
    public async Task The_structure_of_newPayloadV2_follows_the_timestamp_or_is_an_error_32602()
    {
        BuiltPayload paris = await _chain.BuildAsync(_genesis, EngineChain.TimeOf(Fork.Paris));
        Assert.That((await _chain.Rpc.ResultAsync("engine_newPayloadV2", paris.Parameters())).GetProperty("status").GetString(), Is.EqualTo("VALID"));
        paris.Json["withdrawals"] = new JsonArray();
        Assert.That(await _chain.Rpc.ErrorAsync("engine_newPayloadV2", paris.Parameters()), Is.EqualTo(-32602));
        BuiltPayload shanghai = await _chain.BuildAsync(_genesis, EngineChain.TimeOf(Fork.Shanghai));
        foreach (string member in (string[])["blobGasUsed", "excessBlobGas"])
        {
            BuiltPayload bad = shanghai.Copy();
            bad.Json[member] = "0x0";
            Assert.That(await _chain.Rpc.ErrorAsync("engine_newPayloadV2", bad.Parameters()), Is.EqualTo(-32602));
        }
        shanghai.Json.Remove("withdrawals");
        Assert.That(await _chain.Rpc.ErrorAsync("engine_newPayloadV2", shanghai.Parameters()), Is.EqualTo(-32602));
    }

    [Test]
    public async Task A_wrong_block_hash_is_INVALID_from_version_2_on()
    {
        foreach (Fork fork in Forks[1..])
        {
            BuiltPayload bad = (await _chain.BuildAsync(_genesis, EngineChain.TimeOf(fork))).Copy();
            bad.Json["blockHash"] = EngineChain.Unknown;
            JsonElement status = await _chain.InsertAsync(bad);
            Assert.That((status.GetProperty("status").GetString(), status.GetProperty("latestValidHash").ValueKind), Is.EqualTo(("INVALID", JsonValueKind.Null)));
        }
    }

    [TestCase(Fork.Cancun)]
    [TestCase(Fork.Prague)]
    [TestCase(Fork.Osaka)]
    public async Task Newer_payloads_are_an_error_38005_of_older_versions(Fork fork)
    {
        BuiltPayload payload = await _chain.BuildAsync(_genesis, EngineChain.TimeOf(fork));
        Assert.That(await _chain.Rpc.ErrorAsync("engine_newPayloadV2", $"[{payload.Json.ToJsonString()}]"), Is.EqualTo(-38005));
        payload.Json.Remove("blobGasUsed");
        payload.Json.Remove("excessBlobGas");
        Assert.That(await _chain.Rpc.ErrorAsync("engine_newPayloadV2", $"[{payload.Json.ToJsonString()}]"), Is.EqualTo(-38005));
        payload.Json.Remove("withdrawals");
        Assert.That(await _chain.Rpc.ErrorAsync("engine_newPayloadV1", $"[{payload.Json.ToJsonString()}]"), Is.EqualTo(-38005));
    }

    [Test]
    public async Task Versions_3_and_4_are_an_error_38005_outside_their_forks()
    {
        foreach (Fork fork in Forks)
        {
            BuiltPayload payload = (await _chain.BuildAsync(_genesis, EngineChain.TimeOf(fork))).Copy();
            if (fork < Fork.Shanghai) payload.Json["withdrawals"] = new JsonArray();
            if (fork < Fork.Cancun)
            {
                payload.Json["blobGasUsed"] = "0x0";
                payload.Json["excessBlobGas"] = "0x0";
            }
            if (fork != Fork.Cancun) Assert.That(await _chain.Rpc.ErrorAsync("engine_newPayloadV3", (payload with { Fork = Fork.Cancun }).Parameters()), Is.EqualTo(-38005), $"{fork}");
            if (fork < Fork.Prague) Assert.That(await _chain.Rpc.ErrorAsync("engine_newPayloadV4", (payload with { Fork = Fork.Prague }).Parameters()), Is.EqualTo(-38005), $"{fork}");
        }
    }

    [TestCase(Fork.Cancun)]
    [TestCase(Fork.Prague)]
    public async Task Parameters_of_versions_3_and_4_must_match_strictly_or_are_an_error_32602(Fork fork)
    {
        BuiltPayload payload = await _chain.BuildAsync(_genesis, EngineChain.TimeOf(fork));
        JsonArray good = JsonNode.Parse(payload.Parameters())!.AsArray();
        for (int i = 0; i < good.Count; i++)
        {
            JsonArray without = good.DeepClone().AsArray();
            without[i] = null;
            Assert.That(await _chain.Rpc.ErrorAsync(payload.Method, without.ToJsonString()), Is.EqualTo(-32602), $"null parameter {i}");
            JsonArray shorter = [.. good.Take(i).Select(item => item!.DeepClone())];
            Assert.That(await _chain.Rpc.ErrorAsync(payload.Method, shorter.ToJsonString()), Is.EqualTo(-32602), $"{i} parameters");
        }
        foreach (string member in (string[])["withdrawals", "blobGasUsed", "excessBlobGas"])
        {
            BuiltPayload nulled = payload.Copy();
            nulled.Json[member] = null;
            Assert.That(await _chain.Rpc.ErrorAsync(payload.Method, nulled.Parameters()), Is.EqualTo(-32602), member);
        }
        JsonArray longer = good.DeepClone().AsArray();
        longer.Add("0x");
        Assert.That(await _chain.Rpc.ErrorAsync(payload.Method, longer.ToJsonString()), Is.EqualTo(-32602));
    }

    [Test]
    public async Task Blob_hashes_other_than_expected_are_INVALID_without_a_latest_valid_hash_even_while_syncing()
    {
        _chain.SendBlobs(0, 2, version: 0);
        BuiltPayload built = await _chain.BuildAsync(_genesis, EngineChain.TimeOf(Fork.Cancun));
        string hash = EngineChain.ZeroBlobHash();
        BuiltPayload orphan = built.Copy();
        orphan.Json["parentHash"] = EngineChain.Unknown;
        orphan = await _chain.SealAsync(orphan);
        foreach (IReadOnlyList<string> wrong in (IReadOnlyList<string>[])[[], [hash], [hash, hash, hash], [hash, EngineChain.Unknown]])
        {
            foreach (BuiltPayload payload in (BuiltPayload[])[built, orphan])
            {
                JsonElement status = await _chain.InsertAsync(payload with { BlobHashes = wrong });
                Assert.That((status.GetProperty("status").GetString(), status.GetProperty("latestValidHash").ValueKind), Is.EqualTo(("INVALID", JsonValueKind.Null)));
            }
        }
        await _chain.MustBeValidAsync(built with { BlobHashes = [hash, hash] });
    }

    [TestCase("[\"0x\"]")]
    [TestCase("[\"0x01\"]")]
    [TestCase("[\"0x02ff\",\"0x01ff\"]")]
    [TestCase("[\"0x01ff\",\"0x01fe\"]")]
    [TestCase("null")]
    [TestCase("\"0x\"")]
    [TestCase("[7]")]
    public async Task Execution_requests_that_are_empty_unordered_or_missing_are_an_error_32602(string requests)
    {
        BuiltPayload payload = await _chain.BuildAsync(_genesis, EngineChain.TimeOf(Fork.Prague));
        Assert.That(await _chain.Rpc.ErrorAsync("engine_newPayloadV4", (payload with { Requests = requests }).Parameters()), Is.EqualTo(-32602));
    }

    [Test]
    public async Task Execution_requests_are_part_of_the_block_hash()
    {
        BuiltPayload payload = await _chain.BuildAsync(_genesis, EngineChain.TimeOf(Fork.Prague));
        JsonElement status = await _chain.InsertAsync(payload with { Requests = "[\"0x01ff\"]" });
        Assert.That((status.GetProperty("status").GetString(), status.GetProperty("latestValidHash").ValueKind), Is.EqualTo(("INVALID", JsonValueKind.Null)));
        BuiltPayload claimed = await _chain.SealAsync(payload.Copy() with { Requests = "[\"0x01ff\"]" });
        status = await _chain.InsertAsync(claimed);
        Assert.That((status.GetProperty("status").GetString(), status.GetProperty("latestValidHash").GetString()), Is.EqualTo(("INVALID", _genesis)));
    }

    // engine_forkchoiceUpdated
    [TestCase(1, Fork.Paris, Fork.Paris, 0)]
    [TestCase(1, Fork.Paris, Fork.Shanghai, -38003)]
    [TestCase(1, Fork.Shanghai, Fork.Shanghai, -38005)]
    [TestCase(2, Fork.Paris, Fork.Paris, 0)]
    [TestCase(2, Fork.Shanghai, Fork.Shanghai, 0)]
    [TestCase(2, Fork.Paris, Fork.Shanghai, -38003)]
    [TestCase(2, Fork.Shanghai, Fork.Paris, -38003)]
    [TestCase(2, Fork.Shanghai, Fork.Cancun, -38003)]
    [TestCase(2, Fork.Cancun, Fork.Shanghai, -38005)]
    [TestCase(2, Fork.Cancun, Fork.Cancun, -38005)]
    [TestCase(2, Fork.Osaka, Fork.Cancun, -38005)]
    [TestCase(3, Fork.Shanghai, Fork.Shanghai, -38003)]
    [TestCase(3, Fork.Cancun, Fork.Shanghai, -38003)]
    [TestCase(3, Fork.Shanghai, Fork.Cancun, -38005)]
    [TestCase(3, Fork.Paris, Fork.Cancun, -38005)]
    [TestCase(3, Fork.Cancun, Fork.Cancun, 0)]
    [TestCase(3, Fork.Prague, Fork.Cancun, 0)]
    [TestCase(3, Fork.Osaka, Fork.Cancun, 0)]
    public async Task Attributes_must_have_the_structure_and_the_fork_of_the_version_but_the_forkchoice_stays(int version, Fork timeOf, Fork structureOf, int code)
    {
        BuiltPayload parent = await _chain.BuildAsync(_genesis, EngineChain.TimeOf(Fork.Paris) + 1);
        await _chain.MustBeValidAsync(parent);
        JsonObject attributes = EngineChain.Attributes(EngineChain.TimeOf(structureOf));
        attributes["timestamp"] = EngineChain.Quantity(EngineChain.TimeOf(timeOf) + 5);
        JsonElement answer = await _chain.Rpc.AnswerAsync($"engine_forkchoiceUpdatedV{version}", EngineChain.Choice(parent.Hash, attributes: attributes));
        int got = answer.TryGetProperty("error", out JsonElement error) ? error.GetProperty("code").GetInt32() : 0;
        Assert.That(got, Is.EqualTo(code), answer.GetRawText());
        if (code == 0) Assert.That(answer.GetProperty("result").GetProperty("payloadId").GetString(), Is.Not.Null);
        Assert.That(_chain.Head, Is.EqualTo(parent.Hash));
    }

    [Test]
    public async Task A_head_of_any_fork_may_be_set_by_version_3()
    {
        string head = _genesis;
        foreach (Fork fork in Forks) head = await _chain.ExtendAsync(head, EngineChain.TimeOf(fork));
        Assert.That(_chain.Chain.Manager.Head.Number, Is.EqualTo((ulong)Forks.Length));
    }

    // engine_getPayload
    [TestCase(Fork.Cancun, 0)]
    [TestCase(Fork.Prague, 0)]
    [TestCase(Fork.Osaka, 1)]
    public async Task The_blobs_bundle_is_empty_or_matches_the_payload_and_its_proofs_hold(Fork fork, int version)
    {
        ulong timestamp = EngineChain.TimeOf(fork);
        JsonElement empty = (await _chain.TakeAsync(await _chain.StartAsync(_genesis, timestamp), timestamp)).GetProperty("blobsBundle");
        Assert.That(empty.GetRawText(), Is.EqualTo("""{"commitments":[],"proofs":[],"blobs":[]}"""));
        _chain.SendBlobs(0, 2, (byte)version);
        _chain.SendBlobs(1, 1, (byte)version);
        string id = await _chain.StartAsync(_genesis, timestamp + 1);
        JsonElement envelope = await _chain.TakeAsync(id, timestamp + 1);
        Assert.That(envelope.GetProperty("executionPayload").GetProperty("transactions").GetArrayLength(), Is.EqualTo(2));
        byte[][] Bytes(string name) => [.. envelope.GetProperty("blobsBundle").GetProperty(name).EnumerateArray().Select(item => Convert.FromHexString(item.GetString().AsSpan(2)))];
        byte[][] commitments = Bytes("commitments");
        byte[][] blobs = Bytes("blobs");
        byte[][] proofs = Bytes("proofs");
        Assert.That((commitments.Length, blobs.Length, proofs.Length), Is.EqualTo((3, 3, version == 0 ? 3 : 3 * BlobSidecar.CellsPerBlob)));
        Assert.That(commitments.Select(commitment => BlobSidecar.VersionedHash(commitment).ToString()), Has.All.EqualTo(EngineChain.ZeroBlobHash()));
        byte[] Join(byte[][] parts) => [.. parts.SelectMany(part => part)];
        Assert.That(version == 0 ? Kzg.VerifyBlobProofs(Join(blobs), Join(commitments), Join(proofs)) : Kzg.VerifyBlobCellProofs(Join(blobs), Join(commitments), Join(proofs)), Is.True);
    }

    [Test]
    public async Task A_blob_transaction_whose_proofs_have_another_forks_form_is_left_out()
    {
        _chain.SendBlobs(0, 1, version: 0);
        BuiltPayload osaka = await _chain.BuildAsync(_genesis, EngineChain.TimeOf(Fork.Osaka));
        Assert.That(osaka.Json["transactions"]!.AsArray(), Is.Empty);
        BuiltPayload prague = await _chain.BuildAsync(_genesis, EngineChain.TimeOf(Fork.Prague));
        Assert.That(prague.Json["transactions"]!.AsArray(), Has.Count.EqualTo(1));
    }

    // Bodies
    [Test]
    public async Task Bodies_come_in_the_order_asked_with_null_for_missing_blocks()
    {
        string one = await _chain.ExtendAsync(_genesis, EngineChain.TimeOf(Fork.Paris));
        string two = await _chain.ExtendAsync(one, EngineChain.TimeOf(Fork.Shanghai));
        JsonElement bodies = await _chain.Rpc.ResultAsync("engine_getPayloadBodiesByHashV1", $"[[\"{two}\",\"{EngineChain.Unknown}\",\"{one}\"]]");
        Assert.That(bodies.GetRawText(), Is.EqualTo("""[{"transactions":[],"withdrawals":[]},null,{"transactions":[],"withdrawals":null}]"""));
    }

    [Test]
    public async Task Bodies_by_range_follow_the_canonical_chain_without_trailing_nulls()
    {
        string head = _genesis;
        for (ulong i = 0; i < 3; i++) head = await _chain.ExtendAsync(head, EngineChain.TimeOf(Fork.Paris) + i);
        async Task<int> CountAsync(string start, string count) => (await _chain.Rpc.ResultAsync("engine_getPayloadBodiesByRangeV1", $"[\"{start}\",\"{count}\"]")).GetArrayLength();
        Assert.That((await CountAsync("0x1", "0x3"), await CountAsync("0x2", "0x20"), await CountAsync("0x4", "0x1"), await CountAsync("0xffffffffffffffff", "0x2")), Is.EqualTo((3, 2, 0, 0)));
    }

    [Test]
    public async Task Ranges_that_begin_or_count_below_one_are_an_error_32602()
    {
        Assert.That(await _chain.Rpc.ErrorAsync("engine_getPayloadBodiesByRangeV1", "[\"0x0\",\"0x1\"]"), Is.EqualTo(-32602));
        Assert.That(await _chain.Rpc.ErrorAsync("engine_getPayloadBodiesByRangeV1", "[\"0x1\",\"0x0\"]"), Is.EqualTo(-32602));
    }

    [Test]
    public async Task At_least_32_bodies_are_served_and_too_many_are_an_error_38004()
    {
        string Hashes(int count) => $"[[{string.Join(',', Enumerable.Repeat($"\"{_genesis}\"", count))}]]";
        Assert.That((await _chain.Rpc.ResultAsync("engine_getPayloadBodiesByHashV1", Hashes(32))).GetArrayLength(), Is.EqualTo(32));
        Assert.That((await _chain.Rpc.ResultAsync("engine_getPayloadBodiesByRangeV1", "[\"0x1\",\"0x20\"]")).GetArrayLength(), Is.Zero);
        JsonElement error = (await _chain.Rpc.AnswerAsync("engine_getPayloadBodiesByHashV1", Hashes(1_025))).GetProperty("error");
        Assert.That((error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()), Is.EqualTo((-38004, "Too large request")));
        Assert.That(await _chain.Rpc.ErrorAsync("engine_getPayloadBodiesByRangeV1", "[\"0x1\",\"0x401\"]"), Is.EqualTo(-38004));
    }

    // Blobs
    [Test]
    public async Task Blobs_of_version_1_come_in_the_order_asked_with_null_for_missing_ones_until_Osaka()
    {
        _chain.SendBlobs(0, 1, version: 0);
        string hash = EngineChain.ZeroBlobHash();
        JsonElement blobs = await _chain.Rpc.ResultAsync("engine_getBlobsV1", $"[[\"{EngineChain.Unknown}\",\"{hash}\"]]");
        Assert.That((blobs.GetArrayLength(), blobs[0].ValueKind), Is.EqualTo((2, JsonValueKind.Null)));
        Assert.That(blobs[1].GetProperty("blob").GetString(), Has.Length.EqualTo(2 + (2 * BlobSidecar.BlobSizeBytes)));
        Assert.That(blobs[1].GetProperty("proof").GetString(), Has.Length.EqualTo(2 + (2 * BlobSidecar.ProofSizeBytes)));
        await _chain.ExtendAsync(_genesis, EngineChain.TimeOf(Fork.Osaka));
        Assert.That(await _chain.Rpc.ErrorAsync("engine_getBlobsV1", $"[[\"{hash}\"]]"), Is.EqualTo(-38005));
    }

    [Test]
    public async Task Blobs_of_version_2_are_all_there_or_null_and_of_version_3_null_only_where_missing()
    {
        _chain.SendBlobs(0, 1, version: 1);
        string hash = EngineChain.ZeroBlobHash();
        JsonElement all = await _chain.Rpc.ResultAsync("engine_getBlobsV2", $"[[\"{hash}\",\"{hash}\"]]");
        Assert.That((all.GetArrayLength(), all[1].GetProperty("proofs").GetArrayLength()), Is.EqualTo((2, BlobSidecar.CellsPerBlob)));
        Assert.That((await _chain.Rpc.ResultAsync("engine_getBlobsV2", $"[[\"{hash}\",\"{EngineChain.Unknown}\"]]")).ValueKind, Is.EqualTo(JsonValueKind.Null));
        JsonElement some = await _chain.Rpc.ResultAsync("engine_getBlobsV3", $"[[\"{EngineChain.Unknown}\",\"{hash}\"]]");
        Assert.That((some[0].ValueKind, some[1].GetProperty("proofs").GetArrayLength()), Is.EqualTo((JsonValueKind.Null, BlobSidecar.CellsPerBlob)));
        Assert.That((await _chain.Rpc.ResultAsync("engine_getBlobsV3", $"[[\"{EngineChain.Unknown}\"]]")).GetRawText(), Is.EqualTo("[null]"));
    }

    [Test]
    public async Task Blobs_with_proofs_of_the_older_form_are_null_for_versions_2_and_3()
    {
        _chain.SendBlobs(0, 1, version: 0);
        string parameters = $"[[\"{EngineChain.ZeroBlobHash()}\"]]";
        Assert.That((await _chain.Rpc.ResultAsync("engine_getBlobsV2", parameters)).ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That((await _chain.Rpc.ResultAsync("engine_getBlobsV3", parameters)).GetRawText(), Is.EqualTo("[null]"));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task At_least_128_blobs_may_be_asked_for_and_too_many_are_an_error_38004(int version)
    {
        string Hashes(int count) => $"[[{string.Join(',', Enumerable.Repeat($"\"{EngineChain.Unknown}\"", count))}]]";
        JsonElement answer = await _chain.Rpc.ResultAsync($"engine_getBlobsV{version}", Hashes(128));
        Assert.That(answer.ValueKind == JsonValueKind.Null ? 128 : answer.GetArrayLength(), Is.EqualTo(128));
        Assert.That(await _chain.Rpc.ErrorAsync($"engine_getBlobsV{version}", Hashes(129)), Is.EqualTo(-38004));
        Assert.That(await _chain.Rpc.ErrorAsync($"engine_getBlobsV{version}", "[[\"0x12\"]]"), Is.EqualTo(-32602));
    }
}
