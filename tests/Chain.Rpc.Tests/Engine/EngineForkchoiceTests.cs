using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Forks;

namespace Chain.Rpc.Tests.Engine;

/// <summary>The rules of engine_forkchoiceUpdated (document "Paris"), a test each.</summary>
public sealed class EngineForkchoiceTests
{
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

    [Test]
    public async Task Head_safe_and_finalised_block_are_where_the_client_says()
    {
        string one = await _chain.ExtendAsync(_genesis, First);
        string two = await _chain.ExtendAsync(one, First + 12);
        string three = await _chain.ExtendAsync(two, First + 24);
        await MustBeValidAsync(three, two, one);
        Assert.That((_chain.Head, _chain.Safe, _chain.Final), Is.EqualTo((three, two, one)));
        foreach ((string tag, string hash) in ((string, string)[])[("latest", three), ("safe", two), ("finalized", one)])
            Assert.That((await _chain.Rpc.ResultAsync("eth_getBlockByNumber", $"[\"{tag}\",false]")).GetProperty("hash").GetString(), Is.EqualTo(hash));
    }

    [Test]
    public async Task An_unknown_head_is_SYNCING_and_nothing_is_built()
    {
        JsonElement choice = await _chain.Rpc.ResultAsync("engine_forkchoiceUpdatedV1", EngineChain.Choice(EngineChain.Unknown, attributes: EngineChain.Attributes(First)));
        Assert.That(choice.GetRawText(), Is.EqualTo("""{"payloadStatus":{"status":"SYNCING","latestValidHash":null,"validationError":null},"payloadId":null}"""));
    }

    [Test]
    public async Task An_INVALID_head_does_not_move_the_forkchoice_and_nothing_is_built()
    {
        BuiltPayload bad = (await _chain.BuildAsync(_genesis, First)).Copy();
        bad.Json["stateRoot"] = EngineChain.Unknown;
        bad = await _chain.SealAsync(bad);
        await _chain.InsertAsync(bad);
        JsonElement choice = await _chain.Rpc.ResultAsync("engine_forkchoiceUpdatedV1", EngineChain.Choice(bad.Hash, attributes: EngineChain.Attributes(First + 12)));
        JsonElement status = choice.GetProperty("payloadStatus");
        Assert.That((status.GetProperty("status").GetString(), status.GetProperty("latestValidHash").GetString()), Is.EqualTo(("INVALID", _genesis)));
        Assert.That(choice.GetProperty("payloadId").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(_chain.Head, Is.EqualTo(_genesis));
    }

    [Test]
    public async Task A_VALID_head_without_attributes_has_no_payload_id()
    {
        string one = await _chain.ExtendAsync(_genesis, First);
        Assert.That((await _chain.Rpc.ResultAsync("engine_forkchoiceUpdatedV1", EngineChain.Choice(one))).GetRawText(),
            Is.EqualTo($$"""{"payloadStatus":{"status":"VALID","latestValidHash":"{{one}}","validationError":null},"payloadId":null}"""));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_safe_or_finalised_block_that_is_not_on_the_heads_chain_is_an_error_38002(bool isSafe)
    {
        string left = await _chain.ExtendAsync(_genesis, First);
        string right = await _chain.ExtendAsync(_genesis, First + 1);
        foreach (string wrong in (string[])[left, EngineChain.Unknown])
        {
            JsonElement error = await ErrorOfAsync("engine_forkchoiceUpdatedV1", isSafe ? EngineChain.Choice(right, wrong) : EngineChain.Choice(right, EngineChain.Zero, wrong));
            Assert.That((error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()), Is.EqualTo((-38002, "Invalid forkchoice state")));
        }
        Assert.That((_chain.Head, _chain.Safe, _chain.Final), Is.EqualTo((right, _genesis, _genesis)));
    }

    [Test]
    public async Task A_zero_head_is_an_error_38002() =>
        Assert.That(await _chain.Rpc.ErrorAsync("engine_forkchoiceUpdatedV1", EngineChain.Choice(EngineChain.Zero)), Is.EqualTo(-38002));

    [Test]
    public async Task The_head_moves_between_branches_and_transactions_come_back()
    {
        string transaction = _chain.Send(0);
        string with = await _chain.ExtendAsync(_genesis, First);
        Assert.That(await BlockOfAsync(transaction), Is.EqualTo(with));
        BuiltPayload empty = (await _chain.BuildAsync(_genesis, First + 1)).Copy();
        Assert.That(_chain.Head, Is.EqualTo(_genesis), "building on an ancestor that is not final moves the head there");
        Assert.That(empty.Json["transactions"]!.AsArray(), Has.Count.EqualTo(1), "the transaction of the block left behind waits again");
        await _chain.MustBeValidAsync(empty);
        await MustBeValidAsync(empty.Hash);
        Assert.That(await BlockOfAsync(transaction), Is.EqualTo(empty.Hash));
        await MustBeValidAsync(with);
        Assert.That(await BlockOfAsync(transaction), Is.EqualTo(with));
    }

    [Test]
    public async Task A_reorganisation_of_many_blocks_in_one_step()
    {
        string left = _genesis;
        for (ulong i = 0; i < 30; i++) left = await _chain.ExtendAsync(left, First + (2 * i));
        string right = _genesis;
        for (ulong i = 0; i < 31; i++)
        {
            BuiltPayload built = await _chain.BuildAsync(right, First + 1 + (2 * i));
            await _chain.MustBeValidAsync(built);
            right = built.Hash;
        }
        await MustBeValidAsync(left);
        await MustBeValidAsync(right);
        Assert.That(_chain.Chain.Manager.Head.Number, Is.EqualTo(31));
        Assert.That((await _chain.Rpc.ResultAsync("eth_getBlockByNumber", "[\"0x1\",false]")).GetProperty("timestamp").GetString(), Is.EqualTo(EngineChain.Quantity(First + 1)));
    }

    [Test]
    public async Task A_head_that_is_an_ancestor_of_the_final_block_moves_nothing_and_builds_nothing()
    {
        string one = await _chain.ExtendAsync(_genesis, First);
        string two = await _chain.ExtendAsync(one, First + 12);
        string three = await _chain.ExtendAsync(two, First + 24);
        await MustBeValidAsync(three, two, two);
        JsonElement choice = await _chain.Rpc.ResultAsync("engine_forkchoiceUpdatedV1", EngineChain.Choice(one, attributes: EngineChain.Attributes(First + 48)));
        Assert.That(choice.GetRawText(), Is.EqualTo($$"""{"payloadStatus":{"status":"VALID","latestValidHash":"{{one}}","validationError":null},"payloadId":null}"""));
        Assert.That((_chain.Head, _chain.Safe, _chain.Final), Is.EqualTo((three, two, two)));
    }

    [Test]
    public async Task A_head_that_is_an_ancestor_but_not_below_the_final_block_becomes_the_head_again()
    {
        string one = await _chain.ExtendAsync(_genesis, First);
        string two = await _chain.ExtendAsync(one, First + 12);
        await MustBeValidAsync(two, two, one);
        await MustBeValidAsync(one, one, one);
        Assert.That((_chain.Head, _chain.Safe, _chain.Final), Is.EqualTo((one, one, one)));
        Assert.That((await _chain.Rpc.ResultAsync("eth_getBlockByNumber", "[\"0x2\",false]")).ValueKind, Is.EqualTo(JsonValueKind.Null));
        await MustBeValidAsync(two);
        Assert.That(_chain.Head, Is.EqualTo(two));
    }

    [Test]
    public async Task The_safe_block_of_a_branch_left_behind_gives_way_to_the_final_one()
    {
        string left = await _chain.ExtendAsync(_genesis, First);
        await MustBeValidAsync(left, left);
        string right = await _chain.ExtendAsync(_genesis, First + 1);
        Assert.That((_chain.Head, _chain.Safe), Is.EqualTo((right, _genesis)));
    }

    [Test]
    public async Task A_reorganisation_deeper_than_states_are_kept_is_an_error_38006()
    {
        BuiltPayload side = await _chain.BuildAsync(_genesis, First + 1);
        await _chain.MustBeValidAsync(side);
        string head = _genesis;
        for (ulong i = 0; i < 160; i++) head = await _chain.ExtendAsync(head, First + i);
        JsonElement error = await ErrorOfAsync("engine_forkchoiceUpdatedV1", EngineChain.Choice(side.Hash));
        Assert.That((error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()), Is.EqualTo((-38006, "Too deep reorg")));
        Assert.That(_chain.Head, Is.EqualTo(head));
    }

    // Payload attributes
    [TestCase(0UL)]
    [TestCase(1UL)]
    public async Task Attributes_must_be_later_than_the_head_but_the_forkchoice_stays(ulong earlier)
    {
        BuiltPayload built = await _chain.BuildAsync(_genesis, First);
        await _chain.MustBeValidAsync(built);
        JsonElement error = await ErrorOfAsync("engine_forkchoiceUpdatedV1", EngineChain.Choice(built.Hash, attributes: EngineChain.Attributes(First - earlier)));
        Assert.That((error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()), Is.EqualTo((-38003, "Invalid payload attributes")));
        Assert.That(_chain.Head, Is.EqualTo(built.Hash));
    }

    [TestCase("timestamp")]
    [TestCase("prevRandao")]
    [TestCase("suggestedFeeRecipient")]
    public async Task Attributes_of_another_structure_are_an_error_38003_but_the_forkchoice_stays(string missing)
    {
        BuiltPayload built = await _chain.BuildAsync(_genesis, First);
        await _chain.MustBeValidAsync(built);
        JsonObject attributes = EngineChain.Attributes(First + 12);
        attributes.Remove(missing);
        Assert.That(await _chain.Rpc.ErrorAsync("engine_forkchoiceUpdatedV1", EngineChain.Choice(built.Hash, attributes: attributes)), Is.EqualTo(-38003));
        Assert.That(await _chain.Rpc.ErrorAsync("engine_forkchoiceUpdatedV1", EngineChain.Choice(built.Hash, attributes: JsonValue.Create(7))), Is.EqualTo(-38003));
        Assert.That(_chain.Head, Is.EqualTo(built.Hash));
    }

    [TestCase("[]")]
    [TestCase("[null]")]
    [TestCase("""[{"headBlockHash":"0x00"}]""")]
    [TestCase("""[{}]""")]
    public async Task A_forkchoice_state_of_another_structure_is_an_error_32602(string parameters)
    {
        for (int version = 1; version <= 3; version++) Assert.That(await _chain.Rpc.ErrorAsync($"engine_forkchoiceUpdatedV{version}", parameters), Is.EqualTo(-32602));
    }

    private async Task MustBeValidAsync(string head, string safe = EngineChain.Zero, string final = EngineChain.Zero)
    {
        JsonElement status = await _chain.ChooseAsync(head, safe, final, version: 1);
        Assert.That((status.GetProperty("status").GetString(), status.GetProperty("latestValidHash").GetString()), Is.EqualTo(("VALID", head)), status.GetRawText());
        Assert.That(_chain.Head, Is.EqualTo(head));
    }

    private async Task<JsonElement> ErrorOfAsync(string method, string parameters) => (await _chain.Rpc.AnswerAsync(method, parameters)).GetProperty("error");

    private async Task<string?> BlockOfAsync(string transaction) => (await _chain.Rpc.ResultAsync("eth_getTransactionByHash", $"[\"{transaction}\"]")).GetProperty("blockHash").GetString();
}
