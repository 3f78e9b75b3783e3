using System.Text.Json.Nodes;
using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Audit;
using Chain.Core.Primitives;
using Chain.EndToEnd.Tests.Harness;
using Chain.Evm.State;

namespace Chain.EndToEnd.Tests;

/// <summary>chain kyc and chain oracle against a real node: dev account 0 is Admin everywhere, 1 an agent and a Manager of the oracle, 2 and 3 are Officers, 4 to 6 report.</summary>
public sealed class OperatorCommandTests
{
    private const string Password = "correct horse";

    private static readonly string Genesis = $$"""
        {
          "config": {
            "chainId": 31337,
            "homesteadBlock": 0, "eip150Block": 0, "eip155Block": 0, "eip158Block": 0, "byzantiumBlock": 0, "constantinopleBlock": 0,
            "petersburgBlock": 0, "istanbulBlock": 0, "berlinBlock": 0, "londonBlock": 0,
            "terminalTotalDifficulty": 0, "terminalTotalDifficultyPassed": true, "shanghaiTime": 0, "cancunTime": 0,
            "kycConfig": { "blockTimestamp": 0, "adminAddresses": ["{{DevWallet.Address(0)}}"], "enabledAddresses": ["{{DevWallet.Address(1)}}"],
              "officerAddresses": ["{{DevWallet.Address(2)}}", "{{DevWallet.Address(3)}}"], "mode": 0, "minTier": 1 },
            "complianceConfig": { "blockTimestamp": 0 },
            "auditConfig": { "blockTimestamp": 0 },
            "oracleConfig": { "blockTimestamp": 0, "adminAddresses": ["{{DevWallet.Address(0)}}"], "managerAddresses": ["{{DevWallet.Address(1)}}"], "enabledAddresses": ["{{DevWallet.Address(2)}}"] }
          },
          "timestamp": "0x65000000", "gasLimit": "0x1c9c380", "difficulty": "0x0", "extraData": "0x",
          "alloc": { {{string.Join(", ", Enumerable.Range(0, 10).Select(i => $"\"{DevWallet.Address(i)}\": {{ \"balance\": \"0x21e19e0c9bab2400000\" }}"))}} }
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private NodeProcess _node = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        File.WriteAllText(InFolder("genesis.json"), Genesis);
        File.WriteAllText(InFolder("password"), Password + "\n");
        _node = await NodeProcess.InMemoryAsync("--genesis", InFolder("genesis.json"));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _node.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task An_agent_registers_a_file_and_an_officer_freezes_and_revokes()
    {
        string csv = Csv("investors.csv", 0xa0, 90);
        string dry = await Succeeds("kyc", "register", csv, "--dry-run", "--dev-account", "1");
        Assert.That(dry, Does.StartWith("Nothing sent. 90 identities with 90 wallets would be registered in 3 transactions").And.Contains("gas"));
        ulong before = Count(await Json("kyc", "list", "--limit", "0"));

        ToolResult registered = await Run("kyc", "register", csv, "--dev-account", "1");
        Assert.That(registered.Output, Does.StartWith("Registered 90 identities in 3 transactions"), registered.All);
        Assert.That(registered.Errors, Does.Contain("90/90 identities"));
        Assert.That(Count(await Json("kyc", "list", "--limit", "0")), Is.EqualTo(before + 90), "the dry run registered none");
        Assert.That(await Fails("kyc", "register", csv, "--dev-account", "1"), Does.Contain("line 2: identity").And.Contains("--skip-existing"));
        Assert.That(await Succeeds("kyc", "register", csv, "--dev-account", "1", "--skip-existing"), Does.StartWith("Registered 0 identities in 0 transactions, 90 known already"));

        string wallet = Wallet(0xa0, 0);
        Assert.That((await Json("kyc", "status", wallet))["reason"]!.ToString(), Is.EqualTo("OK"));
        string officer = KeyFile.Write(_folder.Path, "officer.json", DevWallet.Key(2), Password);
        Assert.That(await Fails("kyc", "freeze", wallet, "--dev-account", "1"), Does.Contain("Unauthorized(").And.Contains("the caller must be an Officer"));
        Assert.That(await Fails("kyc", "freeze", wallet, "--keystore", officer, "--password-file", csv), Does.Contain(officer).And.Contains("password"));
        JsonNode frozen = await Json("kyc", "freeze", wallet, "--reason", "case-4711", "--keystore", officer, "--password-file", InFolder("password"));
        Assert.That((ulong)frozen["gasUsed"]!, Is.GreaterThan(21_000));
        Assert.That((await Json("kyc", "status", wallet))["reason"]!.ToString(), Is.EqualTo("WALLET_FROZEN"));
        await Succeeds("kyc", "unfreeze", wallet, "--dev-account", "2");
        await Succeeds("kyc", "freeze", Id(0xa0, 1), "--dev-account", "2");
        Assert.That((await Json("kyc", "status", Wallet(0xa0, 1)))["reason"]!.ToString(), Is.EqualTo("IDENTITY_FROZEN"));
        await Succeeds("kyc", "revoke", Id(0xa0, 1), "--dev-account", "2");
        Assert.That(await Fails("kyc", "unfreeze", Id(0xa0, 1), "--dev-account", "2"), Does.Contain("no way leads from revoked to active"));
        await Succeeds("kyc", "sanction", wallet, "--list-id", "7", "--dev-account", "2");
        Assert.That((await Json("kyc", "status", wallet))["code"]!.GetValue<int>(), Is.EqualTo(9));
        await Succeeds("kyc", "sanction", wallet, "--remove", "--dev-account", "2");
        Assert.That(await Succeeds("kyc", "status", wallet), Does.Contain($"{wallet}: ok (code 0)"));
    }

    [Test]
    public async Task Wallets_are_linked_and_recovered_and_roles_are_set()
    {
        string csv = Csv("linked.csv", 0xb0, 1);
        await Succeeds("kyc", "register", csv, "--dev-account", "1");
        await Succeeds("kyc", "link", Id(0xb0, 0), Wallet(0xb1, 0), "--dev-account", "1");
        Assert.That((await Json("kyc", "status", Wallet(0xb1, 0)))["identity"]!["walletCount"]!.GetValue<int>(), Is.EqualTo(2));
        Assert.That(await Fails("kyc", "link", Id(0xb2, 0), Wallet(0xb1, 1), "--dev-account", "1"), Does.Contain("IdentityUnknown("));
        await Succeeds("kyc", "recover", Wallet(0xb0, 0), Wallet(0xb3, 0), "--reason", "ticket-12", "--dev-account", "2");
        Assert.That(await Fails("kyc", "recover-confirm", Wallet(0xb0, 0), "--dev-account", "2"), Does.Contain("FourEyes("));
        await Succeeds("kyc", "recover-confirm", Wallet(0xb0, 0), "--dev-account", "3");
        Assert.That((await Json("kyc", "status", Wallet(0xb3, 0)))["reason"]!.ToString(), Is.EqualTo("OK"));
        await Succeeds("kyc", "unlink", Wallet(0xb1, 0), "--dev-account", "1");
        Assert.That((await Json("kyc", "status", Wallet(0xb1, 0)))["reason"]!.ToString(), Is.EqualTo("WALLET_REVOKED"));

        await Succeeds("kyc", "set-role", DevWallet.Address(7), "manager", "--dev-account", "0");
        await Succeeds("kyc", "set-role", DevWallet.Address(7), "officer", "--dev-account", "0");
        JsonNode roles = (await Json("kyc", "roles", DevWallet.Address(7)))[0]!;
        Assert.That(roles["kyc"]!.ToString(), Is.EqualTo("Manager"));
        Assert.That((bool)roles["officer"]!, Is.True);
        Assert.That(roles["senders"], Is.Null, "that list is not active");
        Assert.That(await Fails("kyc", "set-role", DevWallet.Address(8), "admin", "--dev-account", "7"), Does.Contain("CannotModifyAllowList("));
    }

    [TestCase("0x01,0,2,1,276,276,2030-01-01", "identityId '0x01' is not 32 bytes")]
    [TestCase("ID,0,9,1,276,276,2030-01-01", "tier '9' is outside its domain")]
    [TestCase("ID,0,2,1,276,276,2001-01-01", "expiry '2001-01-01' is outside its domain")]
    [TestCase("ID,0,2,1,276", "5 fields, the header has 7")]
    [TestCase("ID,0,2,1,70000,276,2030-01-01", "country '70000' is no whole number in its range")]
    public async Task A_wrong_line_is_named_before_anything_is_sent(string line, string problem)
    {
        string file = InFolder("wrong.csv");
        File.WriteAllText(file, $"identityId,kind,tier,investorType,country,taxCountry,expiry\n{line.Replace("ID", Id(0xc0, 0), StringComparison.Ordinal)}\n");
        Assert.That(await Fails("kyc", "register", file, "--dev-account", "1"), Does.Contain($"{file}, line 2: ").And.Contains(problem));
    }

    [Test]
    public async Task Reporters_sign_a_relayer_submits_and_an_officer_decides_on_a_jump()
    {
        string[] reporters = [.. Enumerable.Range(4, 3).SelectMany(i => new[] { "--reporter", DevWallet.Address(i) })];
        Assert.That(await Fails(["oracle", "create", "NAV:A/EUR", "--kind", "nav", .. reporters, "--dev-account", "5"]), Does.Contain("a Manager or Admin"));
        Assert.That(await Fails(["oracle", "create", "NAV:A/EUR", "--kind", "nav", .. reporters, "--quorum", "1", "--dev-account", "1"]), Does.Contain("quorum is outside its domain"));
        string created = await Succeeds(["oracle", "create", "NAV:A/EUR", "--kind", "nav", .. reporters, "--dev-account", "1"]);
        Assert.That(created, Does.StartWith("Created, with facade 0x"));
        Assert.That((await Run("oracle", "health", "NAV:A/EUR")).ExitCode, Is.EqualTo(2), "no data yet");

        string[] first = [await Report(4, "102.50"), await Report(5, "102.51"), await Report(6, "102.5")];
        Assert.That(await Fails("oracle", "submit", first[0], "--dev-account", "9"), Does.Contain("SubmissionInvalid(3): fewer observations than the quorum"));
        Assert.That(await Succeeds(["oracle", "submit", .. first, "--dev-account", "9"]), Does.StartWith("Accepted: block "));
        Assert.That(await Fails(["oracle", "submit", .. first, "--dev-account", "9"]), Does.Contain("not newer than the last round"));
        Assert.That(await Succeeds("oracle", "health", "NAV:A/EUR"), Does.Contain("Ok").And.Contains("102.50000000"));

        await _node.Rpc.CallAsync("evm_increaseTime", 60);
        await _node.Rpc.CallAsync("evm_mine");
        string[] jump = [await Report(4, "150"), await Report(5, "150.1")];
        Assert.That(await Succeeds(["oracle", "submit", .. jump, "--dev-account", "9"]), Does.StartWith("Held for an officer"));
        Assert.That((await Json("oracle", "watch", "NAV:A/EUR", "--count", "1"))["health"]!.ToString(), Is.EqualTo("Held"));
        Assert.That(await Fails("oracle", "resolve", "NAV:A/EUR", "--dev-account", "2"), Does.Contain("--accept or --reject"));
        Assert.That(await Succeeds("oracle", "resolve", "NAV:A/EUR", "--accept", "--dev-account", "2"), Does.StartWith("Accepted"));
        JsonNode feed = (await Json("oracle", "list")).AsArray().Single(f => f!["name"]!.ToString() == "NAV:A/EUR")!;
        Assert.That(feed["answer"]!.ToString(), Is.EqualTo("150.10000000"), "the element n/2 of the sorted values");
        await Succeeds("oracle", "pause", "NAV:A/EUR", "--dev-account", "1");
        Assert.That(await Fails(["oracle", "submit", .. jump, "--dev-account", "9"]), Does.Contain("the feed is paused"));
    }

    [Test]
    public async Task Mistakes_are_one_sentence_each()
    {
        Assert.That((await NodeProcess.RunToEndAsync("kyc", "status", DevWallet.Address(0), "--rpc-url", "http://127.0.0.1:1")).Errors.Trim(),
            Is.EqualTo("No node answers at http://127.0.0.1:1/: start one ('chain dev') or name another with --rpc-url."));
        Assert.That(await Fails("kyc", "freeze", DevWallet.Address(0)), Is.EqualTo("Nobody signs: give --keystore FILE, or --dev-account N on a development chain."));
        Assert.That(await Fails("kyc", "status", "0x1"), Does.StartWith("ACCOUNT '0x1' is not an address"));
        Assert.That(await Fails("oracle", "health", "NO-SUCH-FEED"), Does.StartWith("FeedUnknown(0x"));
        Assert.That(await Fails("oracle", "report", "NO-SUCH-FEED", "1", "--dev-account", "4"), Does.StartWith("FeedUnknown(0x"));
    }

    [Test]
    public async Task An_exported_audit_log_is_verified_offline_and_a_changed_one_is_not()
    {
        await using NodeProcess node = await NodeProcess.InMemoryAsync("--genesis", InFolder("genesis.json"));
        List<ulong> blocks = [];
        foreach (string country in new[] { "408", "364" })
        {
            ToolResult result = await NodeProcess.RunToEndAsync("kyc", "block-country", country, "--dev-account", "2", "--json", "--rpc-url", node.Url);
            blocks.Add((ulong)JsonNode.Parse(result.Output)!["blockNumber"]!);
        }
        string[] lines = await AuditLines(node, blocks);
        string file = InFolder("audit.jsonl");

        File.WriteAllLines(file, lines);
        string stateRoot = JsonNode.Parse(lines[0])!["stateRoot"]!.ToString();
        Assert.That((await NodeProcess.RunToEndAsync("kyc", "verify-audit", file, "--state-root", stateRoot)).Output,
            Does.StartWith("All 2 entries of 2 blocks are proved: the whole log (2 entries of 2 blocks at block 2).").And.Contains("is the one you gave"));
        Assert.That((await NodeProcess.RunToEndAsync("kyc", "verify-audit", file, "--state-root", Id(1, 1))).Errors, Does.Contain("it proves nothing about your chain"));

        string exported = InFolder("exported.jsonl");
        ToolResult export = await NodeProcess.RunToEndAsync("kyc", "export-audit", exported, "--rpc-url", node.Url);
        Assert.That(export.Output, Does.StartWith($"2 entries of blocks 0 to {blocks[^1]} are in '{exported}'."), export.All);
        Assert.That(File.ReadAllLines(exported).Skip(1).Select(l => JsonNode.Parse(l)!["entry"]!.ToString()), Is.EqualTo(lines.Skip(1).Select(l => JsonNode.Parse(l)!["entry"]!.ToString())));
        Assert.That((await NodeProcess.RunToEndAsync("kyc", "verify-audit", exported, "--state-root", stateRoot)).Output, Does.StartWith("All 2 entries of 2 blocks are proved: the whole log"));

        File.WriteAllLines(file, lines[..2]);
        Assert.That((await NodeProcess.RunToEndAsync("kyc", "verify-audit", file)).Output, Does.StartWith("All 1 entries of 1 blocks are proved: a part of the log without gaps (2 entries"));
        foreach ((string from, string to, string problem) in new[]
        {
            ("12d877d7", "12d877d8", "line 2: the entry is not in the log"),
            ("\"leafIndex\":\"0x0\"", "\"leafIndex\":\"0x1\"", "line 2: the entry is not in the log"),
            (stateRoot, Id(1, 1), "line 1: the account of the audit log is not proved"),
            ("\"entry\":\"0x", "\"entry\":\"0xzz", "line 2: the line is damaged"),
        })
        {
            File.WriteAllLines(file, lines.Select(l => l.Replace(from, to, StringComparison.Ordinal)));
            ToolResult result = await NodeProcess.RunToEndAsync("kyc", "verify-audit", file);
            Assert.That(result.ExitCode, Is.EqualTo(1), from);
            Assert.That(result.Errors, Does.Contain(problem));
        }
    }

    /// <summary>What an export holds when each block has one entry, an officer's setCountryBlocked.</summary>
    private static async Task<string[]> AuditLines(NodeProcess node, List<ulong> blocks)
    {
        string anchor = $"0x{blocks[^1]:x}";
        string[] slots = [AbiWords.ToHash(AuditLayout.State).ToString(), AbiWords.ToHash(AuditLayout.Root).ToString()];
        JsonNode proof = JsonNode.Parse((await node.Rpc.CallAsync("eth_getProof", ModuleAddresses.Audit.ToString(), slots, anchor)).GetRawText())!;
        string stateRoot = (await node.Rpc.CallAsync("eth_getBlockByNumber", anchor, false)).GetProperty("stateRoot").GetString()!;
        JsonObject header = new() { ["format"] = "defactor-audit-1", ["chainId"] = "0x7a69", ["blockNumber"] = anchor, ["stateRoot"] = stateRoot, ["proof"] = proof };
        Decision decision = new()
        {
            Kind = DecisionKind.ModuleWrite,
            Subject = ModuleAddresses.Kyc,
            From = Core.Primitives.Address.Parse(DevWallet.Address(2)),
            Amount = AbiWords.Selector("setCountryBlocked(uint16[],bool)"),
            IsEffective = true,
        };
        PlacedDecision[] placed = [new(0, 0, decision)];
        Hash256[] leaves = [.. blocks.Select(b => AuditLog.BlockLeaf(b, placed))];
        return [header.ToJsonString(), .. blocks.Select((b, i) => new JsonObject
        {
            ["entry"] = Hex.Encode(AuditEntry.Encode(b, placed[0])),
            ["entryIndex"] = "0x0",
            ["entryCount"] = "0x1",
            ["blockPath"] = new JsonArray(),
            ["leafIndex"] = $"0x{i:x}",
            ["globalPath"] = new JsonArray([.. AuditTree.GlobalPath(leaves, i).Select(n => (JsonNode)n.ToString())]),
        }.ToJsonString())];
    }

    private string InFolder(string name) => Path.Combine(_folder.Path, name);

    private string Csv(string name, int series, int count)
    {
        IEnumerable<string> lines = Enumerable.Range(0, count).Select(i => $"{Id(series, i)},0,2,1,276,276,1700000000,{Wallet(series, i)}");
        File.WriteAllLines(InFolder(name), ["identityId,kind,tier,investorType,country,taxCountry,expiry,wallets", .. lines.Select(l => l.Replace("1700000000", "2030-06-30", StringComparison.Ordinal))]);
        return InFolder(name);
    }

    private static string Id(int series, int index) => $"0x{series:x2}{index:x62}";

    private static string Wallet(int series, int index) => $"0x{series:x2}{index:x38}";

    private static ulong Count(JsonNode list) => (ulong)list["total"]!;

    private async Task<string> Report(int account, string value)
    {
        string file = InFolder($"{account}-{value}.json");
        File.WriteAllText(file, await Succeeds("oracle", "report", "NAV:A/EUR", value, "--evidence", Id(0xee, 1), "--dev-account", $"{account}"));
        return file;
    }

    private Task<ToolResult> Run(params string[] arguments) => NodeProcess.RunToEndAsync([.. arguments, "--rpc-url", _node.Url]);

    private async Task<string> Succeeds(params string[] arguments)
    {
        ToolResult result = await Run(arguments);
        Assert.That(result.ExitCode, Is.Zero, result.All);
        return result.Output;
    }

    private async Task<string> Fails(params string[] arguments)
    {
        ToolResult result = await Run(arguments);
        Assert.That(result.ExitCode, Is.EqualTo(1), result.All);
        Assert.That(result.Errors.Trim(), Does.Not.Contain("   at "), "no stack trace");
        return result.Errors.Trim();
    }

    private async Task<JsonNode> Json(params string[] arguments) => JsonNode.Parse(await Succeeds([.. arguments, "--json"]))!;
}
