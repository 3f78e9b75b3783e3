using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Compliance.Engine;
using Chain.Compliance.Oracle;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.EndToEnd.Tests.Harness;

namespace Chain.EndToEnd.Tests;

/// <summary>Proofs of an identity record and of an audit entry, verified by clients/proofs.mjs with an independent npm library.</summary>
[Category("Acceptance 3")]
public sealed class ProofTests
{
    private const string Registry = "0x0300000000000000000000000000000000000001";
    private const string Engine = "0x0300000000000000000000000000000000000002";
    private const string Oracle = "0x0300000000000000000000000000000000000003";
    private const string Token = "0x00000000000000000000000000000000000070ce";
    private const string Feed = "0x524154453a4555524942305200000000000000000000000000000000000000ff";
    private const string SetWalletStatus = "0x1656d5b0";
    private const int EntriesMade = 5;

    [Test]
    public async Task An_identity_record_and_audit_entries_are_proved_to_an_independent_library()
    {
        Tools.RequirePackages(Repository.Clients);
        using TemporaryFolder folder = new();
        string genesis = folder.Write("genesis.json", GenesisWithModules());
        await using NodeProcess node = await NodeProcess.InMemoryAsync("--genesis", genesis);
        string officer = DevWallet.Address(0);
        string investor = DevWallet.Address(1);
        List<string> blocks = [];
        for (int i = 0; i < EntriesMade; i++)
        {
            string data = $"{SetWalletStatus}{investor[2..].PadLeft(64, '0')}{(i % 2 == 0 ? 2 : 1).ToString(CultureInfo.InvariantCulture).PadLeft(64, '0')}{new string('0', 64)}";
            JsonElement receipt = await node.Rpc.SendMinedAsync(new JsonObject { ["from"] = officer, ["to"] = Registry, ["data"] = data, ["gas"] = "0x7a120" });
            Assert.That(receipt.GetProperty("status").GetString(), Is.EqualTo("0x1"));
            blocks.Add(receipt.GetProperty("blockNumber").GetString()!);
        }
        foreach (string account in new[] { investor, officer, "0x00000000000000000000000000000000000000bb" })
        {
            foreach (string block in blocks)
            {
                ToolResult result = await Tools.RunAsync(Tools.Node, ["proofs.mjs", node.Url, account.ToLowerInvariant(), block], Repository.Clients);
                Assert.That(result.ExitCode, Is.Zero, result.All);
                Assert.That(result.Output, Does.Contain($"audit entry of block {block} proved"));
            }
        }
    }

    [Test]
    public async Task A_holder_and_a_price_are_proved_and_a_consumer_of_the_published_interface_reads_the_price()
    {
        Tools.RequirePackages(Repository.Clients);
        using TemporaryFolder folder = new();
        await using NodeProcess node = await NodeProcess.InMemoryAsync("--genesis", folder.Write("genesis.json", GenesisWithModules()));
        string officer = DevWallet.Address(0);
        string investor = DevWallet.Address(1);
        await node.Rpc.CallAsync("anvil_setBalance", Token, "0xde0b6b3a7640000");
        await node.Rpc.CallAsync("anvil_impersonateAccount", Token);
        await SendAsync(node, Token, Engine, "0x09824a80", Word(officer)); // registerToken(address)
        await SendAsync(node, Token, Engine, "0x5f8dead3", Word(investor), Word("0x5")); // created(address,uint256)
        string head = (await node.Rpc.CallAsync("eth_getBlockByNumber", "latest", false)).GetProperty("timestamp").GetString()!;
        await SendAsync(node, officer, Oracle, "0xb1b78e94", Feed, Word("0x19"), Word(head), Word("0x0")); // submitDirect(bytes32,int256,uint64,bytes32)

        UInt256 holder = Slots.Map(EngineLayout.Holders, Slots.Hash(UInt256.Parse(Token), UInt256.Parse(investor)));
        await ProveAsync(node, Engine, holder, holder + 2, Slots.Map(EngineLayout.Tokens, UInt256.Parse(Token)));
        UInt256 feed = Slots.Map(OracleLayout.Feeds, UInt256.Parse(Feed));
        UInt256 round = Slots.Map(feed + 8, 1);
        await ProveAsync(node, Oracle, feed, feed + 2, round, round + 1);

        // Acceptance test 5: a contract that knows the published interface alone reads the same price.
        ToolResult consumer = await Tools.RunAsync(Tools.Node, ["aggregator.mjs", node.Url, FeedFacade.AddressOf(UInt256.Parse(Feed)).ToString()], Repository.Clients);
        Assert.That(consumer.ExitCode, Is.Zero, consumer.All);
        Assert.That(consumer.Output.Trim(), Is.EqualTo("answer 25 decimals 2 description 'Euribor' version 6 age fresh"));
    }

    private static async Task SendAsync(NodeProcess node, string from, string to, string selector, params string[] words)
    {
        string data = selector + string.Concat(words.Select(w => w[2..]));
        JsonElement receipt = await node.Rpc.SendMinedAsync(new JsonObject { ["from"] = from, ["to"] = to, ["data"] = data, ["gas"] = "0x7a120" });
        Assert.That(receipt.GetProperty("status").GetString(), Is.EqualTo("0x1"), selector);
    }

    private static async Task ProveAsync(NodeProcess node, string module, params UInt256[] slots)
    {
        ToolResult result = await Tools.RunAsync(Tools.Node, ["proofs.mjs", node.Url, "slots", module, .. slots.Select(s => $"0x{Convert.ToHexStringLower(s.ToBigEndian())}")], Repository.Clients);
        Assert.That(result.ExitCode, Is.Zero, result.All);
        Assert.That(result.Output, Does.Contain($"{slots.Length} slots of {module} proved"));
    }

    private static string Word(string hex) => $"0x{hex[2..].PadLeft(64, '0')}";

    /// <summary>Modules of mode 1 with an audit log: account 0 is admin and officer, accounts 0 and 1 have identities.</summary>
    private static string GenesisWithModules()
    {
        string officer = DevWallet.Address(0);
        const ulong genesisTime = 0x65000000;
        const ulong expiry = genesisTime + (5UL * 365 * 86_400);
        string identities = string.Join(',', Enumerable.Range(0, 2).Select(i =>
            $$"""{"input": {"identityId": "0x{{(i + 1).ToString(CultureInfo.InvariantCulture).PadLeft(64, '0')}}", "kind": 0, "tier": 2, "investorType": 2, "country": 276, "taxCountry": 276, "expiry": {{expiry}}}, "wallets": ["{{DevWallet.Address(i)}}"]}"""));
        string modules = $$"""
            "kycConfig": {"blockTimestamp": 0, "adminAddresses": ["{{officer}}"], "officerAddresses": ["{{officer}}"], "mode": 1, "initialIdentities": [{{identities}}]},
            "txAllowListConfig": {"blockTimestamp": 0, "adminAddresses": ["{{officer}}"], "enabledAddresses": ["{{Token}}"]},
            "complianceConfig": {"blockTimestamp": 0}, "auditConfig": {"blockTimestamp": 0},
            "oracleConfig": {"blockTimestamp": 0, "adminAddresses": ["{{officer}}"], "feeds": [{"feedId": "{{Feed}}", "config": {"kind": 5, "description": "Euribor"}, "reporters": ["{{officer}}"]}]},
            """;
        return GenesisFiles.Cancun.Replace("\"chainId\": 12345,", $"\"chainId\": 12345, {modules}", StringComparison.Ordinal);
    }
}
