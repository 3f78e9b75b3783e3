using System.Text.Json;

namespace Chain.Rpc.Tests;

/// <summary>txpool_explain: a reason for each state in which a transaction can be.</summary>
public sealed class ExplainTests
{
    private DevStory _dev = null!;

    [SetUp]
    public void Start() => _dev = DevStory.Start();

    [TearDown]
    public async Task StopAsync() => await _dev.DisposeAsync();

    [Test]
    public async Task A_transaction_that_is_never_mined_tells_why()
    {
        string waiting = await SendAsync("");
        await ExpectAsync(waiting, "pending", "blocks are made only when asked: call evm_mine");
        string second = await SendAsync("");
        await ExpectAsync(second, "pending", "It follows 1 transactions of its sender, beginning with nonce 0");
        string gap = await SendAsync(",\"nonce\":\"0x5\"");
        await ExpectAsync(gap, "queued", "the sender's transaction with nonce 2 is missing");
        await _dev.ResultAsync("anvil_setNextBlockBaseFeePerGas", "[\"0xe8d4a51000\"]");
        await ExpectAsync(waiting, "pending", "below the next block's base fee of 1000000000000 wei");
        await _dev.ResultAsync("anvil_setNextBlockBaseFeePerGas", "[\"0x1\"]");
        await _dev.MineAsync();
        await ExpectAsync(waiting, "mined", "It is transaction 0 of block 1.");
        await _dev.ResultAsync("anvil_dropTransaction", $"[\"{gap}\"]");
        await ExpectAsync(gap, "dropped", "it was removed on request");
        await ExpectAsync($"0x{1:x64}", "unknown", "it was never sent here, or refused when it was");
    }

    [Test]
    public async Task Replaced_unpaid_and_too_large_ones_tell_why()
    {
        string old = await SendAsync(",\"maxFeePerGas\":\"0x77359400\",\"maxPriorityFeePerGas\":\"0x1\"");
        await SendAsync(",\"nonce\":\"0x0\",\"maxFeePerGas\":\"0xee6b2800\",\"maxPriorityFeePerGas\":\"0x2\"");
        await ExpectAsync(old, "dropped", "with the same nonce and higher fees took its place");
        string large = await SendAsync(",\"gas\":\"0x1000000\"");
        await _dev.ResultAsync("evm_setBlockGasLimit", "[\"0x989680\"]");
        await ExpectAsync(large, "pending", "Its gas limit 16777216 is above the block gas limit 10000000");
        await _dev.ResultAsync("evm_setBlockGasLimit", "[\"0x1c9c380\"]");
        await _dev.ResultAsync("anvil_setBalance", $"[\"{_dev.A}\",\"0x1\"]");
        await ExpectAsync(large, "dropped", "the sender's balance no longer pays for it");
    }

    private async Task<string> SendAsync(string more) =>
        await _dev.SendAsync($$"""{"from":"{{_dev.A}}","to":"{{_dev.B}}"{{(more.Contains("gas\"", StringComparison.Ordinal) ? "" : ",\"gas\":\"0x5208\"")}}{{more}}}""");

    private async Task ExpectAsync(string hash, string status, string reason)
    {
        JsonElement explanation = await _dev.ResultAsync("txpool_explain", $"[\"{hash}\"]");
        Assert.That(explanation.GetProperty("status").GetString(), Is.EqualTo(status), explanation.GetRawText());
        Assert.That(explanation.GetProperty("reason").GetString(), Does.Contain(reason));
    }
}
