using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chain.EndToEnd.Tests.Harness;

namespace Chain.EndToEnd.Tests;

/// <summary>What people do with viem on a development chain without compliance rules: clients/viem.mjs.</summary>
public sealed class ViemTests : JavaScriptClientTests
{
    public ViemTests()
        : base("viem.mjs", "--compliance-mode", "0")
    {
    }

    public static IEnumerable<TestCaseData> Scenarios => ScenariosOf("viem.mjs");

    [TestCaseSource(nameof(Scenarios))]
    public Task Viem(string scenario) => RunAsync(scenario);
}

/// <summary>What people do with ethers on the development chain as it starts without flags: clients/ethers.mjs.</summary>
public sealed class EthersTests : JavaScriptClientTests
{
    public EthersTests()
        : base("ethers.mjs")
    {
    }

    public static IEnumerable<TestCaseData> Scenarios => ScenariosOf("ethers.mjs");

    [TestCaseSource(nameof(Scenarios))]
    public Task Ethers(string scenario) => RunAsync(scenario);
}

/// <summary>The calls of Defactor's SDK, by its published ABIs, on the predeployed contracts: clients/published.mjs.</summary>
public sealed class PublishedAbiTests : JavaScriptClientTests
{
    public PublishedAbiTests()
        : base("published.mjs")
    {
    }

    public static IEnumerable<TestCaseData> Scenarios => ScenariosOf("published.mjs");

    [TestCaseSource(nameof(Scenarios))]
    public Task Published(string scenario) => RunAsync(scenario);
}

/// <summary>One flow for viem, ethers and web3.js, over HTTP and WebSocket, with blocks at once and every second: clients/flows.mjs.</summary>
[TestFixture("instant")]
[TestFixture("1")]
public sealed class FlowTests : JavaScriptClientTests
{
    public FlowTests(string blockTime)
        : base("flows.mjs", BlockTimes.Flags(blockTime))
    {
    }

    public static IEnumerable<TestCaseData> Scenarios => ScenariosOf("flows.mjs");

    [TestCaseSource(nameof(Scenarios))]
    public Task Flow(string scenario) => RunAsync(scenario);
}

/// <summary>One node for the scenarios of one script, each in a process of its own.</summary>
public abstract partial class JavaScriptClientTests(string script, params string[] flags)
{
    private NodeProcess _node = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        await Artifacts.LedgerAsync();
        _node = await NodeProcess.InMemoryAsync(flags);
        // The first block of a process takes its time; clients that poll many times a second may not wait for that one.
        await _node.Rpc.SendMinedAsync(new JsonObject { ["from"] = DevWallet.Address(0), ["to"] = DevWallet.Address(9), ["value"] = "0x1" });
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_node is null) return;
        Assert.That(_node.Errors, Is.Empty);
        await _node.DisposeAsync();
    }

    protected static IEnumerable<TestCaseData> ScenariosOf(string script) =>
        ScenarioLine().Matches(File.ReadAllText(Path.Combine(Repository.Clients, script))).Select(match => new TestCaseData(match.Groups[1].Value).SetArgDisplayNames(match.Groups[1].Value));

    protected async Task RunAsync(string scenario)
    {
        Dictionary<string, string> variables = new() { ["LEDGER_ARTIFACT"] = await Artifacts.LedgerAsync() };
        ToolResult result = await Tools.RunAsync(Tools.Node, [script, _node.Url, scenario], Repository.Clients, variables);
        Assert.That(result.ExitCode, Is.Zero, result.All);
    }

    [GeneratedRegex("^scenario\\('(.+?)', async", RegexOptions.Multiline)]
    private static partial Regex ScenarioLine();
}
