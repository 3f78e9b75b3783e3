using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Core.Primitives;
using Chain.EndToEnd.Tests.Harness;
using Chain.Node.Predeploys;

namespace Chain.EndToEnd.Tests;

/// <summary>The deployment scripts of contracts/script, run by forge as their users run them, and what the chain then holds.</summary>
[TestFixture("instant")]
[TestFixture("1")]
public sealed partial class ForgeDeploymentTests(string blockTime)
{
    private const int Issuer = 0;
    private const int Investor = 2;
    private const int CompilingTimeoutMs = 300_000;
    private const ulong CallGas = 1_000_000;
    private const string Stranger = "0x000000000000000000000000000000000057a4e6";

    private TemporaryFolder _work = null!;
    private NodeProcess _node = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        Tools.RequirePackages(Repository.Contracts);
        _work = new TemporaryFolder();
        _node = await NodeProcess.InMemoryAsync(BlockTimes.Flags(blockTime));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_node is not null) await _node.DisposeAsync();
        _work?.Dispose();
    }

    [Test]
    public async Task A_registered_issuer_deploys_an_asset_and_places_it_with_its_investor()
    {
        string token = Deployed(await ScriptAsync("DeployAsset", Issuer, DevWallet.Address(Investor), "--skip-simulation"));

        Assert.That(await ReadAsync(token, "name()(string)"), Is.EqualTo("\"Vaulted Gold\""));
        Assert.That(await ReadAsync(token, "balanceOf(address)(uint256)", DevWallet.Address(Issuer)), Does.StartWith("750000000000000000000 "));
        Assert.That(await ReadAsync(token, "balanceOf(address)(uint256)", DevWallet.Address(Investor)), Does.StartWith("250000000000000000000 "));
        Assert.That(await ReadAsync(token, "owner()(address)"), Is.EqualTo(DevWallet.Address(Issuer)).IgnoreCase);
        Assert.That(await ReadAsync(token, "isAgent(address)(bool)", PredeployAddresses.AssetFactory.ToString()), Is.EqualTo("false"), "the factory kept a role");
        Assert.That(await ReadAsync(ModuleAddresses.Engine.ToString(), "rulesOf(address)(address)", token), Is.EqualTo(DevWallet.Address(Issuer)).IgnoreCase);

        // The investor is registered in Germany, which the rules list; the stranger is nobody: code 33, receiver unknown.
        JsonObject transfer = new() { ["from"] = DevWallet.Address(Investor), ["to"] = token, ["gas"] = $"0x{CallGas:x}", ["data"] = await CastAsync("calldata", "transfer(address,uint256)", Stranger, "1") };
        JsonElement error = (await _node.Rpc.AnswerAsync("eth_call", transfer, "latest")).GetProperty("error");
        Assert.That(error.GetProperty("data").GetString(), Does.StartWith($"0x{AbiWords.Selector("ComplianceViolation(uint8,address,address,uint256)"):x8}{33:x64}"));
        Assert.That((await _node.Rpc.SendMinedAsync(transfer)).GetProperty("status").GetString(), Is.EqualTo("0x0"));
        Assert.That(await ReadAsync(token, "balanceOf(address)(uint256)", Stranger), Is.EqualTo("0"));
    }

    [Test]
    public async Task An_unregistered_investor_stops_the_script_before_anything_is_sent()
    {
        ulong nonce = await _node.Rpc.NumberAsync("eth_getTransactionCount", DevWallet.Address(3), "latest");
        ToolResult result = await ScriptAsync("DeployAsset", 3, Stranger, "--skip-simulation");
        Assert.That(result.ExitCode, Is.Not.Zero);
        Assert.That(result.All, Does.Contain("NotEligible(").And.Contain("57A4E6, 1)").IgnoreCase);
        Assert.That(await _node.Rpc.NumberAsync("eth_getTransactionCount", DevWallet.Address(3), "latest"), Is.EqualTo(nonce));
    }

    [Test]
    public async Task An_operator_installs_pools_of_its_own_behind_the_platforms_proxy()
    {
        const int operatorIndex = 4;
        string pools = Deployed(await ScriptAsync("DeployAdminPools", operatorIndex, Stranger));

        string adminRole = default(Hash256).ToString();
        Assert.That(await ReadAsync(pools, "USDC()(address)"), Is.EqualTo(PredeployAddresses.PaymentToken.ToString()).IgnoreCase);
        Assert.That(await ReadAsync(pools, "hasRole(bytes32,address)(bool)", adminRole, DevWallet.Address(operatorIndex)), Is.EqualTo("true"));
        Assert.That(await ReadAsync(pools, "hasRole(bytes32,address)(bool)", adminRole, DevWallet.Address(Issuer)), Is.EqualTo("false"));

        // Its administrator does not upgrade it: that is the Timelock's alone.
        JsonObject upgrade = new()
        {
            ["from"] = DevWallet.Address(operatorIndex),
            ["to"] = pools,
            ["data"] = await CastAsync("calldata", "upgradeToAndCall(address,bytes)", pools, "0x"),
        };
        JsonElement error = (await _node.Rpc.AnswerAsync("eth_call", upgrade, "latest")).GetProperty("error");
        Assert.That(error.GetProperty("data").GetString(), Does.StartWith($"0x{AbiWords.Selector("TimelockOnly(address)"):x8}"));
    }

    [GeneratedRegex("^(?:token|pools): contract \\w+ (0x[0-9a-fA-F]{40})$", RegexOptions.Multiline)]
    private static partial Regex Returned();

    private static string Deployed(ToolResult result)
    {
        Assert.That(result.ExitCode, Is.Zero, result.All);
        Assert.That(result.Output, Does.Contain("ONCHAIN EXECUTION COMPLETE & SUCCESSFUL."));
        return Returned().Match(result.Output).Groups[1].Value;
    }

    private async Task<ToolResult> ScriptAsync(string script, int sender, string investor, params string[] flags)
    {
        // Only the scripts and what they import are compiled; nothing is written into the package.
        Dictionary<string, string> variables = new() { ["INVESTOR"] = investor, ["FOUNDRY_SRC"] = "script", ["FOUNDRY_BROADCAST"] = _work.File("broadcast") };
        string[] arguments =
        [
            "script", $"script/{script}.s.sol", "--rpc-url", _node.Url, "--broadcast", "--private-key", DevWallet.KeyText(sender),
            "--out", _work.File("out"), "--cache-path", _work.File("cache"), .. flags,
        ];
        return await Tools.RunAsync(Tools.Forge, arguments, Repository.Contracts, variables, CompilingTimeoutMs);
    }

    private Task<string> ReadAsync(string contract, string signature, params string[] arguments) => CastAsync(["call", "--rpc-url", _node.Url, contract, signature, .. arguments]);

    private static async Task<string> CastAsync(params string[] arguments)
    {
        ToolResult result = await Tools.RunAsync(Tools.Cast, arguments);
        Assert.That(result.ExitCode, Is.Zero, result.All);
        return result.Output.Trim();
    }
}
