using System.Text.Json;
using System.Text.RegularExpressions;
using Chain.Core.Crypto;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;

namespace Chain.Rpc.Tests;

/// <summary>Errors as client libraries recognise them: the codes of geth, and texts that match the patterns of viem (its error classes) and of ethers v6 (JsonRpcProvider).</summary>
public sealed class ErrorTextTests
{
    private const string RevertData = "0x08c379a0" + "0000000000000000000000000000000000000000000000000000000000000020" + "0000000000000000000000000000000000000000000000000000000000000002" + "6e6f000000000000000000000000000000000000000000000000000000000000";

    // Reverts with its call data.
    private const string Echo = "366000600037366000fd";

    private DevStory _dev = null!;

    [SetUp]
    public void Start() => _dev = DevStory.Start();

    [TearDown]
    public async Task StopAsync() => await _dev.DisposeAsync();

    [TestCase("nonce too low", -32_000, "nonce too low|transaction already imported|already known")]
    [TestCase("known", -32_000, "already known")]
    [TestCase("replacement", -32_000, "replacement transaction.*underpriced")]
    [TestCase("underpriced", -32_000, "^transaction underpriced")]
    [TestCase("funds", -32_000, "insufficient funds for gas \\* price \\+ value")]
    [TestCase("intrinsic", -32_000, "intrinsic gas too low")]
    [TestCase("block gas", -32_000, "exceeds block gas limit")]
    [TestCase("tip", -32_000, "max priority fee per gas higher than max fee per gas|tip higher than fee cap")]
    [TestCase("chain", -32_000, "invalid chain id for signer")]
    public async Task Pool_refusals_match_the_patterns_of_client_libraries(string what, int code, string pattern)
    {
        string raw = what switch
        {
            "nonce too low" => await SignAsync("\"nonce\":\"0x0\""),
            "known" => await SignAsync("\"nonce\":\"0x1\""),
            "replacement" => await SignAsync("\"nonce\":\"0x1\",\"value\":\"0x9\""),
            "underpriced" => await SignAsync("\"nonce\":\"0x2\",\"maxPriorityFeePerGas\":\"0x1\""),
            "funds" => await SignAsync("\"nonce\":\"0x2\",\"value\":\"0xffffffffffffffffffffff\""),
            "intrinsic" => await SignAsync("\"nonce\":\"0x2\",\"gas\":\"0x5207\""),
            "block gas" => await SignAsync("\"nonce\":\"0x2\",\"gas\":\"0x1c9c381\""),
            "tip" => Sign(31_337, 1_000_000_000, 2_000_000_000),
            _ => Sign(1, 2_000_000_000, 1),
        };
        await _dev.DoAsync($$"""{"from":"{{_dev.A}}","to":"{{_dev.B}}","gas":"0x5208"}""");
        await _dev.TextAsync("eth_sendRawTransaction", $"[\"{await SignAsync("\"nonce\":\"0x1\"")}\"]");
        if (what == "underpriced") await _dev.ResultAsync("miner_setGasPrice", "[\"0x2\"]");
        (int found, string message) = await _dev.ErrorAsync("eth_sendRawTransaction", $"[\"{raw}\"]");
        Assert.That(found, Is.EqualTo(code), message);
        Assert.That(message, Does.Match(new Regex(pattern)));
    }

    [TestCase("""{"from":"{a}","to":"{b}","maxFeePerGas":"0x1"}""", -32_000, "max fee per gas less than block base fee|fee cap less than block base fee")]
    [TestCase("""{"from":"0x00000000000000000000000000000000000000dd","to":"{b}","value":"0x1"}""", -32_000, "insufficient funds|exceeds transaction sender account balance")]
    [TestCase("""{"from":"{a}","to":"{b}","gas":"0x1"}""", -32_000, "intrinsic gas too low")]
    [TestCase("""{"from":"{a}","to":"{echo}","data":"0x"}""", 3, "^execution reverted$")]
    [TestCase("""{"from":"{a}","to":"{echo}","data":"0xaabbccdd"}""", 3, "^execution reverted$")]
    [TestCase("""{"from":"{a}","to":"{echo}","data":"{revert}"}""", 3, "^execution reverted: no$")]
    public async Task Calls_fail_with_the_codes_and_texts_of_geth(string call, int code, string pattern)
    {
        string echo = await _dev.DeployAsync(Echo);
        string filled = call.Replace("{a}", _dev.A, StringComparison.Ordinal).Replace("{b}", _dev.B, StringComparison.Ordinal).Replace("{echo}", echo, StringComparison.Ordinal)
            .Replace("{revert}", RevertData, StringComparison.Ordinal);
        JsonElement error = (await _dev.Rpc.AnswerAsync("eth_call", $"[{filled},\"latest\"]")).GetProperty("error");
        Assert.That(error.GetProperty("code").GetInt32(), Is.EqualTo(code), error.GetRawText());
        Assert.That(error.GetProperty("message").GetString(), Does.Match(new Regex(pattern)));
        Assert.That(error.TryGetProperty("data", out JsonElement data), Is.EqualTo(code == 3));
        if (code == 3) Assert.That(data.GetString(), Is.EqualTo(JsonDocument.Parse(filled).RootElement.GetProperty("data").GetString()));
    }

    [Test]
    public async Task Reverts_have_one_shape_in_every_method_that_executes()
    {
        string echo = await _dev.DeployAsync(Echo);
        string call = $$"""{"from":"{{_dev.A}}","to":"{{echo}}","data":"{{RevertData}}"}""";
        string expected = $$"""{"code":3,"message":"execution reverted: no","data":"{{RevertData}}"}""";
        foreach (string method in (string[])["eth_call", "eth_estimateGas", "eth_sendTransaction", "eth_signTransaction", "eth_fillTransaction"])
            Assert.That((await _dev.Rpc.AnswerAsync(method, $"[{call}]")).GetProperty("error").GetRawText(), Is.EqualTo(expected), method);
        JsonElement simulated = await _dev.ResultAsync("eth_simulateV1", $$"""[{"blockStateCalls":[{"calls":[{{call}}]}]},"latest"]""");
        JsonElement error = simulated[0].GetProperty("calls")[0].GetProperty("error");
        Assert.That((error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString(), error.GetProperty("data").GetString()), Is.EqualTo((3, "execution reverted: no", RevertData)));
        JsonElement many = await _dev.ResultAsync("eth_callMany", $$"""[[{"transactions":[{{call}},{"to":"{{_dev.B}}"}]}]]""");
        Assert.That(many.GetRawText(), Is.EqualTo("""[[{"error":"execution reverted: no"},{"value":"0x"}]]"""));
    }

    [Test]
    public async Task Out_of_gas_has_no_data_and_estimates_name_the_allowance()
    {
        JsonElement answer = await _dev.Rpc.AnswerAsync("eth_call", $$"""[{"from":"{{_dev.A}}","data":"0x5b600056","gas":"0x186a0"}]""");
        Assert.That(answer.GetProperty("error").GetRawText(), Is.EqualTo("""{"code":-32000,"message":"out of gas"}"""));
        (int code, string message) = await _dev.ErrorAsync("eth_estimateGas", $$"""[{"from":"{{_dev.A}}","data":"0x5b600056","gas":"0x186a0"}]""");
        Assert.That((code, message), Is.EqualTo((-32_000, "gas required exceeds allowance (100000)")));
    }

    [Test]
    public async Task Lookups_fail_as_libraries_expect()
    {
        Assert.That(await _dev.ErrorAsync("eth_frobnicate"), Is.EqualTo((-32_601, "the method eth_frobnicate does not exist/is not available")));
        Assert.That(await _dev.ErrorAsync("eth_getBalance", $"[\"{_dev.A}\",\"0x99\"]"), Is.EqualTo((-32_000, "header not found")));
        Assert.That(await _dev.ErrorAsync("eth_getFilterChanges", "[\"0x1\"]"), Is.EqualTo((-32_000, "filter not found")));
        Assert.That((await _dev.ErrorAsync("debug_traceTransaction", $"[\"0x{1:x64}\"]")).Message, Is.EqualTo("transaction not found"));
        foreach (string method in (string[])["eth_getTransactionByHash", "eth_getTransactionReceipt", "trace_transaction"])
            Assert.That((await _dev.ResultAsync(method, $"[\"0x{1:x64}\"]")).ValueKind, Is.EqualTo(JsonValueKind.Null), method);
        foreach (string method in (string[])["eth_getBlockByHash", "eth_getBlockByNumber"])
            Assert.That((await _dev.ResultAsync(method, method.EndsWith("Hash", StringComparison.Ordinal) ? $"[\"0x{1:x64}\",false]" : "[\"0x99\",false]")).ValueKind, Is.EqualTo(JsonValueKind.Null), method);
    }

    [Test]
    public async Task Simulations_have_their_own_codes()
    {
        foreach ((string block, int code, string pattern) in ((string, int, string)[])
            [
                ("\"calls\":[{\"from\":\"{a}\",\"to\":\"{b}\",\"nonce\":\"0x5\"}]", -38_011, "nonce too high"),
                ("\"calls\":[{\"from\":\"{a}\",\"to\":\"{b}\",\"maxFeePerGas\":\"0x1\"}]", -38_012, "max fee per gas less than block base fee"),
                ("\"calls\":[{\"from\":\"{a}\",\"to\":\"{b}\",\"gas\":\"0x1\",\"maxFeePerGas\":\"0x77359400\"}]", -38_013, "intrinsic gas too low"),
                ("\"calls\":[{\"from\":\"0x00000000000000000000000000000000000000dd\",\"to\":\"{b}\",\"value\":\"0x1\",\"maxFeePerGas\":\"0x77359400\"}]", -38_014, "insufficient funds for gas \\* price \\+ value"),
                ("\"calls\":[{\"from\":\"{a}\",\"to\":\"{b}\",\"gas\":\"0x1c9c381\",\"maxFeePerGas\":\"0x77359400\"}]", -38_015, "block gas limit reached"),
                ("\"blockOverrides\":{\"number\":\"0x0\"}", -38_020, "in order"),
                ("\"blockOverrides\":{\"time\":\"0x1\"}", -38_021, "in order"),
            ])
        {
            string filled = block.Replace("{a}", _dev.A, StringComparison.Ordinal).Replace("{b}", _dev.B, StringComparison.Ordinal);
            (int found, string message) = await _dev.ErrorAsync("eth_simulateV1", $$"""[{"validation":true,"blockStateCalls":[{{{filled}}}]},"latest"]""");
            Assert.That(found, Is.EqualTo(code), message);
            Assert.That(message, Does.Match(new Regex(pattern)));
        }
    }

    /// <summary>Bytes that a node would not sign itself.</summary>
    private static string Sign(ulong chainId, ulong maxFeePerGas, ulong maxPriorityFeePerGas)
    {
        Transaction unsigned = new()
        {
            Type = TransactionType.DynamicFee,
            ChainId = chainId,
            Nonce = 2,
            GasLimit = 21_000,
            MaxFeePerGas = maxFeePerGas,
            MaxPriorityFeePerGas = maxPriorityFeePerGas,
            To = default(Address),
        };
        return Hex.Encode(TransactionCodec.Encode(TransactionSigner.Sign(unsigned, Keccak256.Hash([1]).Bytes)));
    }

    private async Task<string> SignAsync(string fields)
    {
        string gas = fields.Contains("\"gas\"", StringComparison.Ordinal) ? "" : "\"gas\":\"0x5208\",";
        gas += fields.Contains("Fee", StringComparison.Ordinal) ? "\"maxFeePerGas\":\"0x77359400\"," : "\"maxFeePerGas\":\"0x77359400\",\"maxPriorityFeePerGas\":\"0x3b9aca00\",";
        JsonElement signed = await _dev.ResultAsync("eth_signTransaction", $$"""[{"from":"{{_dev.A}}","to":"{{_dev.B}}",{{gas}}{{fields}}}]""");
        return signed.GetProperty("raw").GetString()!;
    }
}
