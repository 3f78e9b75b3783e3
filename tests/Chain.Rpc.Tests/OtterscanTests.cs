using System.Text.Json;

namespace Chain.Rpc.Tests;

/// <summary>The namespaces ots and erigon on a chain with a contract that pays on.</summary>
public sealed class OtterscanTests
{
    private const string Payee = "0x00000000000000000000000000000000000000ee";

    // Reverts with its call data.
    private const string Reverter = "366000600037366000fd";

    private DevStory _dev = null!;
    private string _contract = "";
    private string _first = "";
    private string _second = "";

    [OneTimeSetUp]
    public async Task MakeAsync()
    {
        _dev = DevStory.Start();
        _contract = await _dev.DeployAsync(DevStory.ContractCode);
        _first = await _dev.CallAsync(_contract, Payee);
        await _dev.MineAsync(2);
        _second = await _dev.CallAsync(_contract, Payee);
        await _dev.MineAsync();
    }

    [OneTimeTearDown]
    public async Task CloseAsync() => await _dev.DisposeAsync();

    [Test]
    public async Task The_level_and_the_header_are_told()
    {
        Assert.That((await _dev.ResultAsync("ots_getApiLevel")).GetInt32(), Is.EqualTo(8));
        JsonElement header = await _dev.ResultAsync("erigon_getHeaderByNumber", "[\"0x1\"]");
        Assert.That(header.GetProperty("hash").GetString(), Is.EqualTo((await _dev.ResultAsync("eth_getBlockByNumber", "[\"0x1\"]")).GetProperty("hash").GetString()));
        Assert.That((await _dev.ResultAsync("ots_hasCode", $"[\"{_contract}\",\"latest\"]")).GetBoolean(), Is.True);
        Assert.That((await _dev.ResultAsync("ots_hasCode", $"[\"{_contract}\",\"0x0\"]")).GetBoolean(), Is.False);
    }

    [Test]
    public async Task Inner_payments_and_frames_are_found()
    {
        JsonElement operations = await _dev.ResultAsync("ots_getInternalOperations", $"[\"{_first}\"]");
        Assert.That(operations.GetRawText(), Is.EqualTo($$"""[{"type":0,"from":"{{_contract}}","to":"{{Payee}}","value":"0x1"}]"""));
        JsonElement frames = await _dev.ResultAsync("ots_traceTransaction", $"[\"{_first}\"]");
        Assert.That(frames.EnumerateArray().Select(frame => (frame.GetProperty("depth").GetInt32(), frame.GetProperty("to").GetString())), Is.EqualTo(new[] { (0, _contract), (1, Payee) }));
        Assert.That(await _dev.TextAsync("ots_getTransactionError", $"[\"{_first}\"]"), Is.EqualTo("0x"));
        Assert.That((await _dev.ErrorAsync("ots_traceTransaction", $"[\"0x{1:x64}\"]")).Message, Is.EqualTo("transaction not found"));
    }

    [Test]
    public async Task The_bytes_of_a_revert_are_given()
    {
        await using DevStory dev = DevStory.Start();
        string reverter = await dev.DeployAsync(Reverter);
        JsonElement receipt = await dev.DoAsync($$"""{"from":"{{dev.A}}","to":"{{reverter}}","gas":"0x100000","data":"0xaabbcc"}""");
        Assert.That(receipt.GetProperty("status").GetString(), Is.EqualTo("0x0"));
        Assert.That(await dev.TextAsync("ots_getTransactionError", $"[\"{receipt.GetProperty("transactionHash").GetString()}\"]"), Is.EqualTo("0xaabbcc"));
    }

    [Test]
    public async Task Blocks_come_with_fees_and_pages()
    {
        JsonElement details = await _dev.ResultAsync("ots_getBlockDetails", "[\"0x2\"]");
        JsonElement receipt = await _dev.ResultAsync("eth_getTransactionReceipt", $"[\"{_first}\"]");
        ulong fees = Convert.ToUInt64(receipt.GetProperty("gasUsed").GetString(), 16) * Convert.ToUInt64(receipt.GetProperty("effectiveGasPrice").GetString(), 16);
        Assert.That(details.GetProperty("totalFees").GetString(), Is.EqualTo($"0x{fees:x}"));
        Assert.That(details.GetProperty("block").GetProperty("transactionCount").GetInt32(), Is.EqualTo(1));
        string hash = details.GetProperty("block").GetProperty("hash").GetString()!;
        Assert.That((await _dev.ResultAsync("ots_getBlockDetailsByHash", $"[\"{hash}\"]")).GetRawText(), Is.EqualTo(details.GetRawText()));
        JsonElement page = await _dev.ResultAsync("ots_getBlockTransactions", "[\"0x2\",0,10]");
        Assert.That(page.GetProperty("fullblock").GetProperty("transactions")[0].GetProperty("input").GetString(), Has.Length.EqualTo(10));
        Assert.That(page.GetProperty("receipts")[0].GetProperty("logs").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That((await _dev.ResultAsync("ots_getBlockTransactions", "[\"0x2\",1,10]")).GetProperty("receipts").GetArrayLength(), Is.Zero);
        Assert.That((await _dev.ErrorAsync("ots_getBlockTransactions", "[\"0x2\",0,0]")).Code, Is.EqualTo(-32602));
    }

    [Test]
    public async Task A_search_finds_inner_calls_page_by_page()
    {
        JsonElement newest = await _dev.ResultAsync("ots_searchTransactionsBefore", $"[\"{Payee}\",0,1]");
        Assert.That(Hashes(newest), Is.EqualTo(new[] { _second }));
        Assert.That((First(newest), Last(newest)), Is.EqualTo((true, false)));
        string boundary = newest.GetProperty("txs")[0].GetProperty("blockNumber").GetString()!;
        JsonElement older = await _dev.ResultAsync("ots_searchTransactionsBefore", $"[\"{Payee}\",\"{boundary}\",5]");
        Assert.That(Hashes(older), Is.EqualTo(new[] { _first }));
        Assert.That((First(older), Last(older)), Is.EqualTo((false, true)));
        JsonElement oldest = await _dev.ResultAsync("ots_searchTransactionsAfter", $"[\"{Payee}\",0,1]");
        Assert.That(Hashes(oldest), Is.EqualTo(new[] { _first }));
        Assert.That((First(oldest), Last(oldest)), Is.EqualTo((false, true)));
        JsonElement all = await _dev.ResultAsync("ots_searchTransactionsAfter", $"[\"{Payee}\",0,10]");
        Assert.That(Hashes(all), Is.EqualTo(new[] { _second, _first }));
        Assert.That((First(all), Last(all)), Is.EqualTo((true, true)));
        Assert.That(all.GetProperty("receipts")[0].GetProperty("timestamp").ValueKind, Is.EqualTo(JsonValueKind.Number));
        Assert.That(Hashes(await _dev.ResultAsync("ots_searchTransactionsBefore", "[\"0x00000000000000000000000000000000000000dd\",0,10]")), Is.Empty);
    }

    [Test]
    public async Task Transactions_are_found_by_nonce_and_contracts_by_their_making()
    {
        Assert.That(await _dev.TextAsync("ots_getTransactionBySenderAndNonce", $"[\"{_dev.A}\",1]"), Is.EqualTo(_first));
        Assert.That((await _dev.ResultAsync("ots_getTransactionBySenderAndNonce", $"[\"{_dev.A}\",99]")).ValueKind, Is.EqualTo(JsonValueKind.Null));
        JsonElement creator = await _dev.ResultAsync("ots_getContractCreator", $"[\"{_contract}\"]");
        Assert.That(creator.GetProperty("creator").GetString(), Is.EqualTo(_dev.A));
        Assert.That((await _dev.ResultAsync("eth_getTransactionReceipt", $"[\"{creator.GetProperty("hash").GetString()}\"]")).GetProperty("contractAddress").GetString(), Is.EqualTo(_contract));
        Assert.That((await _dev.ResultAsync("ots_getContractCreator", $"[\"{Payee}\"]")).ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That((await _dev.ResultAsync("eth_getTransactionBySenderAndNonce", $"[\"{_dev.A}\",\"0x1\"]")).GetProperty("hash").GetString(), Is.EqualTo(_first));
    }

    private static string[] Hashes(JsonElement page) => [.. page.GetProperty("txs").EnumerateArray().Select(tx => tx.GetProperty("hash").GetString()!)];

    private static bool First(JsonElement page) => page.GetProperty("firstPage").GetBoolean();

    private static bool Last(JsonElement page) => page.GetProperty("lastPage").GetBoolean();
}
