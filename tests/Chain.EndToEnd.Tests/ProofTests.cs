using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.EndToEnd.Tests.Harness;

namespace Chain.EndToEnd.Tests;

/// <summary>Proofs of an identity record and of an audit entry, verified by clients/proofs.mjs with an independent npm library.</summary>
[Category("Acceptance 3")]
public sealed class ProofTests
{
    private const string Registry = "0x0300000000000000000000000000000000000001";
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
            "auditConfig": {"blockTimestamp": 0},
            """;
        return GenesisFiles.Cancun.Replace("\"chainId\": 12345,", $"\"chainId\": 12345, {modules}", StringComparison.Ordinal);
    }
}
