using System.Text.Json;
using Chain.EndToEnd.Tests.Harness;

namespace Chain.EndToEnd.Tests;

/// <summary>One flow of cast, over HTTP and WebSocket, with blocks at once and every second: deploy, subscribe, event, logs, proof.</summary>
[TestFixture("instant")]
[TestFixture("1")]
public sealed class CastFlowTests(string blockTime)
{
    private const string FirstArgument = "000000000000000000000000000000000000000000000000000000000000004d";
    private const string Recorded = "Recorded(address indexed,uint256 indexed,uint256,string)";

    private NodeProcess _node = null!;

    [OneTimeSetUp]
    public async Task Start() => _node = await NodeProcess.InMemoryAsync(BlockTimes.Flags(blockTime));

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_node is null) return;
        Assert.That(_node.Errors, Is.Empty);
        await _node.DisposeAsync();
    }

    [TestCase(false, 1)]
    [TestCase(true, 2)]
    public async Task Deploy_event_logs_and_proof(bool overWebSocket, int account)
    {
        string url = overWebSocket ? _node.WebSocketUrl : _node.Url;
        string[] signer = ["--private-key", DevWallet.KeyText(account), "--json"];
        JsonElement deployed = JsonDocument.Parse(await CastAsync("send", url, [.. signer, "--create", await Artifacts.LedgerCodeAsync() + FirstArgument])).RootElement;
        Assert.That(deployed.GetProperty("status").GetString(), Is.EqualTo("0x1"));
        string contract = deployed.GetProperty("contractAddress").GetString()!;
        // timeout ends the subscriber as Ctrl-C does; what it printed is what it was sent.
        Task<ToolResult> subscriber = overWebSocket ? Tools.RunAsync("timeout", ["-s", "INT", "8", Tools.Cast, "logs", "--rpc-url", url, "--subscribe", "--address", contract]) : Task.FromResult(new ToolResult(0, "", ""));
        if (overWebSocket) await Task.Delay(1_500);
        JsonElement receipt = JsonDocument.Parse(await CastAsync("send", url, [.. signer, contract, "record(uint256,uint256,string)", "7", "70", "cast"])).RootElement;
        string hash = receipt.GetProperty("transactionHash").GetString()!;
        string block = receipt.GetProperty("blockNumber").GetString()!;
        Assert.That(await CastAsync("logs", url, "--address", contract, "--from-block", "0", Recorded, DevWallet.Address(account), "7"), Does.Contain(hash));
        Assert.That(await CastAsync("call", url, contract, "values(uint256)(uint256)", "7"), Is.EqualTo("70"));
        JsonElement proof = JsonDocument.Parse(await CastAsync("proof", url, contract, "1", "--block", Convert.ToUInt64(block, 16).ToString(System.Globalization.CultureInfo.InvariantCulture))).RootElement;
        Assert.That(proof.GetProperty("storageProof")[0].GetProperty("value").GetString(), Is.EqualTo("0x2"));
        if (overWebSocket) Assert.That((await subscriber).Output, Does.Contain(hash), "the subscriber was sent the event");
    }

    private static async Task<string> CastAsync(string command, string url, params string[] arguments)
    {
        ToolResult result = await Tools.RunAsync(Tools.Cast, [command, "--rpc-url", url, .. arguments]);
        Assert.That(result.ExitCode, Is.Zero, $"cast {command}: {result.All}");
        return result.Output.Trim();
    }
}
