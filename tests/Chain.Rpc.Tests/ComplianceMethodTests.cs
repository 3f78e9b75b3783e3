using System.Collections.Concurrent;
using System.Text.Json;
using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Audit;
using Chain.Compliance.Configuration;
using Chain.Compliance.Oracle;
using Chain.Compliance.Registry;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Precompiles;
using Chain.Rpc.Filters;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tests;

/// <summary>The namespaces <c>kyc</c>, <c>compliance</c> and <c>audit</c>, and their subscriptions, on a development chain whose modules start in block 1.</summary>
public sealed class ComplianceMethodTests
{
    private const string SetWallet = "setWalletStatus(address,uint8,bytes32)";
    private static readonly Hash256 AdminId = AbiWords.ToHash(0xa1);
    private static readonly Hash256 InvestorId = AbiWords.ToHash(0xa2);
    private static readonly Hash256 Feed = AbiWords.ToHash(AbiWords.ToWord("RATE:EURIBOR"));
    private static readonly Address Stranger = Address.FromNumber(0x57a6);

    private ChainFixture _chain = null!;
    private RpcCaller _rpc = null!;
    private Address _admin;
    private Address _investor;
    private Address _nobody;

    [SetUp]
    public async Task StartAsync()
    {
        Address[] accounts = [.. Enumerable.Range(1, 3).Select(i => AddressOf((byte)i))];
        (_admin, _investor, _nobody) = (accounts[0], accounts[1], accounts[2]);
        const ulong start = ChainFixture.GenesisTimestamp + 1;
        ulong expiry = start + KycLimits.ValiditySecondsMax;
        ModuleEntry kyc = new()
        {
            Module = ModuleAddresses.Kyc,
            Timestamp = start,
            Admins = [_admin],
            Officers = [_admin],
            Mode = 3,
            MinTier = 1,
            InitialIdentities = [Identity(AdminId, expiry, _admin), Identity(InvestorId, expiry, _investor)],
        };
        FeedConfig feed = FeedKinds.Defaults(FeedKind.InterestRate, 1) with { MinAnswer = -1_000 };
        ModuleEntry[] entries =
        [
            kyc,
            new() { Module = ModuleAddresses.DeployerAllowList, Timestamp = start, Admins = [_admin] },
            new() { Module = ModuleAddresses.TxAllowList, Timestamp = start, Admins = [_admin] },
            new() { Module = ModuleAddresses.Engine, Timestamp = start },
            new() { Module = ModuleAddresses.Audit, Timestamp = start },
            new() { Module = ModuleAddresses.Oracle, Timestamp = start, Admins = [_admin], Feeds = [new InitialFeed(Feed, feed, [_admin])] },
        ];
        Assert.That(ComplianceConfig.TryCreate(entries, ChainFixture.GenesisTimestamp, out ComplianceConfig modules, out string error), Is.True, error);
        _chain = ChainFixture.Development(modules: new NativeModules(modules));
        _rpc = new RpcCaller(_chain.Table);
        await _rpc.ResultAsync("evm_mine", "[]");
    }

    [TearDown]
    public async Task StopAsync()
    {
        _rpc.Dispose();
        await _chain.DisposeAsync();
    }

    [Test]
    public async Task Status_and_identities_are_shown_decoded()
    {
        JsonElement status = await _rpc.ResultAsync("kyc_getStatus", $"[\"{_investor}\"]");
        Assert.That((status.GetProperty("code").GetInt32(), status.GetProperty("reason").GetString(), status.GetProperty("eligible").GetBoolean()), Is.EqualTo((0, "OK", true)));
        Assert.That(status.GetProperty("identity").GetProperty("country").GetString(), Is.EqualTo("0x114"));
        await SendAsync(_admin, ModuleAddresses.Kyc, SetWallet, W(_investor), 2, 0);
        Assert.That((await _rpc.ResultAsync("kyc_getStatus", $"[\"{_investor}\",\"latest\"]")).GetProperty("reason").GetString(), Is.EqualTo("WALLET_FROZEN"));
        Assert.That((await _rpc.ResultAsync("kyc_getStatus", $"[\"{_investor}\",\"0x1\"]")).GetProperty("code").GetInt32(), Is.Zero, "at the block before");
        JsonElement stranger = await _rpc.ResultAsync("kyc_getStatus", $"[\"{Stranger}\"]");
        Assert.That((stranger.GetProperty("reason").GetString(), stranger.GetProperty("wallet").ValueKind), Is.EqualTo(("NOT_REGISTERED", JsonValueKind.Null)));

        JsonElement list = await _rpc.ResultAsync("kyc_listIdentities", "[1,10]");
        Assert.That((list.GetProperty("total").GetString(), list.GetProperty("identities").GetArrayLength()), Is.EqualTo(("0x2", 1)));
        Assert.That(list.GetProperty("identities")[0].GetProperty("wallets")[0].GetString(), Is.EqualTo(_investor.ToString()));
        Assert.That(await _rpc.ErrorAsync("kyc_listIdentities", "[0,501]"), Is.EqualTo(-32602));
    }

    [Test]
    public async Task A_proof_has_the_slots_of_the_recipe()
    {
        JsonElement proof = await _rpc.ResultAsync("kyc_getProof", $"[\"{_investor}\"]");
        JsonElement storage = proof.GetProperty("proof").GetProperty("storageProof");
        Assert.That(storage.GetArrayLength(), Is.EqualTo(5));
        Assert.That(storage[0].GetProperty("value").GetString(), Is.EqualTo("0xa2"));
        Assert.That(proof.GetProperty("slots").EnumerateArray().Select(s => s.GetProperty("name").GetString()), Is.EqualTo(new[] { "walletIdentityId", "wallet", "identity", "config", "blockedCountries" }));
        Assert.That(proof.GetProperty("decoded").GetProperty("mode").GetString(), Is.EqualTo("0x3"));
        Assert.That(proof.GetProperty("stateRoot").GetString(), Is.EqualTo(_chain.Manager.Head.StateRoot.ToString()));
    }

    [Test]
    public async Task Explain_names_the_rule_before_a_transaction_is_sent()
    {
        Assert.That(await ExplainAsync(_nobody, _investor, "0x5"), Is.EqualTo(("S", 1, false)));
        Assert.That(await ExplainAsync(_investor, Stranger, "0x5"), Is.EqualTo(("V", 1, false)));
        Assert.That(await ExplainAsync(_investor, null, "0x0", "0x00"), Is.EqualTo(("D", 48, false)));
        Assert.That(await ExplainAsync(_investor, _admin, "0x5"), Is.EqualTo(((string?)null, 0, true)));
        string refusedHook = "0x" + Convert.ToHexStringLower(Data("transferred(address,address,uint256)", W(_investor), W(_admin), 5));
        Assert.That(await ExplainAsync(_investor, ModuleAddresses.Engine, "0x0", refusedHook), Is.EqualTo(("ENGINE", 64, false)), "refused by a token's rules inside");
        await SendAsync(_admin, ModuleAddresses.Kyc, SetWallet, W(_investor), 2, 0);
        JsonElement frozen = await _rpc.ResultAsync("kyc_explain", $"[{{\"from\":\"{_investor}\",\"to\":\"{_admin}\"}}]");
        Assert.That(frozen.GetProperty("refusal").GetProperty("reason").GetString(), Is.EqualTo("WALLET_FROZEN"));
        Assert.That(frozen.GetProperty("refusal").GetProperty("remedy").GetString(), Does.Contain("setWalletStatus"));
        Assert.That(frozen.GetProperty("mode").GetInt32(), Is.EqualTo(3));

        async Task<(string? Rule, int Code, bool Succeeds)> ExplainAsync(Address from, Address? to, string value, string data = "0x")
        {
            string target = to is { } address ? $"\"to\":\"{address}\"," : "";
            JsonElement answer = await _rpc.ResultAsync("kyc_explain", $"[{{\"from\":\"{from}\",{target}\"value\":\"{value}\",\"data\":\"{data}\"}}]");
            JsonElement refusal = answer.GetProperty("refusal");
            bool isRefused = refusal.ValueKind == JsonValueKind.Object;
            return (isRefused ? refusal.GetProperty("rule").GetString() : null, isRefused ? refusal.GetProperty("code").GetInt32() : 0, answer.GetProperty("succeeds").GetBoolean());
        }
    }

    [Test]
    public async Task Refusals_have_the_codes_and_texts_of_the_specification()
    {
        JsonElement sender = (await _rpc.AnswerAsync("eth_sendTransaction", $"[{{\"from\":\"{_nobody}\",\"to\":\"{_admin}\",\"value\":\"0x1\"}}]")).GetProperty("error");
        Assert.That(sender.GetRawText(), Is.EqualTo($$$"""{"code":-32007,"message":"Sender account not authorized to send transactions","data":{"rule":"S","account":"{{{_nobody}}}","code":1,"reason":"NOT_REGISTERED"}}"""));
        JsonElement deployer = (await _rpc.AnswerAsync("eth_sendTransaction", $"[{{\"from\":\"{_investor}\",\"data\":\"0x00\",\"gas\":\"0x30d40\"}}]")).GetProperty("error");
        Assert.That(deployer.GetRawText(), Is.EqualTo($$$"""{"code":-32003,"message":"transaction rejected: deployer not authorized","data":{"rule":"D","account":"{{{_investor}}}","code":48,"reason":"DEPLOYER_NOT_ALLOWED"}}"""));
        JsonElement recipient = (await _rpc.AnswerAsync("eth_sendTransaction", $"[{{\"from\":\"{_investor}\",\"to\":\"{Stranger}\",\"value\":\"0x1\",\"gas\":\"0x5208\"}}]")).GetProperty("error");
        Assert.That(recipient.GetRawText(), Is.EqualTo($$$"""{"code":-32003,"message":"transaction rejected: recipient not authorized","data":{"rule":"V","account":"{{{Stranger}}}","code":1,"reason":"NOT_REGISTERED"}}"""));
        JsonElement estimate = (await _rpc.AnswerAsync("eth_estimateGas", $"[{{\"from\":\"{_nobody}\",\"to\":\"{_admin}\"}}]")).GetProperty("error");
        Assert.That(estimate.GetProperty("code").GetInt32(), Is.EqualTo(-32007));
        JsonElement list = (await _rpc.AnswerAsync("eth_createAccessList", $"[{{\"from\":\"{_nobody}\",\"to\":\"{_admin}\"}}]")).GetProperty("error");
        Assert.That(list.GetProperty("code").GetInt32(), Is.EqualTo(-32007));
        JsonElement call = (await _rpc.AnswerAsync("eth_call", $"[{{\"from\":\"{_investor}\",\"to\":\"{Stranger}\",\"value\":\"0x1\"}},\"latest\"]")).GetProperty("error");
        Assert.That((call.GetProperty("code").GetInt32(), call.GetProperty("message").GetString()), Is.EqualTo((3, "execution reverted: KycTransferDenied")));
        Assert.That(call.GetProperty("data").GetString(), Does.StartWith("0x40a9a826"));
        Assert.That((await _rpc.AnswerAsync("eth_call", $"[{{\"from\":\"{_nobody}\",\"to\":\"{_admin}\"}},\"latest\"]")).TryGetProperty("result", out _), Is.True, "rule S is not asked of a call");
    }

    [Test]
    public async Task An_estimate_covers_the_journal_entry_of_a_module_write()
    {
        string data = "0x" + Convert.ToHexStringLower(Data(SetWallet, W(_investor), 2, 0));
        string gas = (await _rpc.ResultAsync("eth_estimateGas", $"[{{\"from\":\"{_admin}\",\"to\":\"{ModuleAddresses.Kyc}\",\"data\":\"{data}\"}}]")).GetString()!;
        JsonElement receipt = await SendDataAsync(_admin, ModuleAddresses.Kyc, data, gas);
        Assert.That(receipt.GetProperty("status").GetString(), Is.EqualTo("0x1"));
        Assert.That(Number(receipt.GetProperty("gasUsed")), Is.InRange(Number(gas) * 97 / 100, Number(gas)));
    }

    [Test]
    public async Task A_check_lists_every_rule_with_its_operands()
    {
        await SendAsync(_admin, ModuleAddresses.Engine, "registerTokenFor(address,address)", W(Stranger), W(_admin));
        string query = $"[{{\"token\":\"{Stranger}\",\"from\":\"{_investor}\",\"to\":\"{_admin}\",\"amount\":\"0x5\"}}]";
        JsonElement check = await _rpc.ResultAsync("compliance_check", query);
        Assert.That((check.GetProperty("code").GetInt32(), check.GetProperty("reason").GetString()), Is.EqualTo((128, "INSUFFICIENT_BALANCE")));
        JsonElement[] rules = [.. check.GetProperty("rules").EnumerateArray()];
        Assert.That(rules.Select(r => r.GetProperty("row").GetInt32()), Is.SupersetOf(Enumerable.Range(1, 17).Except([10])), "no window is set");
        JsonElement balance = rules.Single(r => r.GetProperty("rule").GetString() == "BALANCE");
        Assert.That((balance.GetProperty("verdict").GetString(), balance.GetProperty("operands").GetProperty("amount").GetString()), Is.EqualTo(("Failed", "0x5")));
        JsonElement unknown = await _rpc.ResultAsync("compliance_check", query.Replace(Stranger.ToString(), _nobody.ToString(), StringComparison.Ordinal));
        Assert.That(unknown.GetProperty("reason").GetString(), Is.EqualTo("TOKEN_NOT_REGISTERED"));
        Assert.That(await _rpc.ErrorAsync("compliance_check", "[{\"token\":\"0x1\"}]"), Is.EqualTo(-32602));
    }

    [Test]
    public async Task Decisions_are_found_by_filter_and_paged_by_cursor()
    {
        for (int i = 0; i < 3; i++) await SendAsync(_admin, ModuleAddresses.Kyc, SetWallet, W(_investor), i % 2 == 0 ? 2UL : 1UL, 0);
        await SendAsync(_admin, ModuleAddresses.TxAllowList, "setEnabled(address)", W(_nobody));
        string head = (await _rpc.ResultAsync("eth_blockNumber", "[]")).GetString()!;
        JsonElement all = await DecisionsAsync("");
        Assert.That(all.GetProperty("entries").GetArrayLength(), Is.EqualTo(4));
        Assert.That(all.GetProperty("cursor").ValueKind, Is.EqualTo(JsonValueKind.Null));
        JsonElement first = all.GetProperty("entries")[0];
        Assert.That((first.GetProperty("kindName").GetString(), first.GetProperty("amount").GetString(), first.GetProperty("effective").GetBoolean()), Is.EqualTo(("ModuleWrite", "0x1656d5b0", true)));
        Assert.That((await DecisionsAsync($",\"token\":\"{ModuleAddresses.TxAllowList}\"")).GetProperty("entries").GetArrayLength(), Is.EqualTo(1));
        Assert.That((await DecisionsAsync($",\"account\":\"{_nobody}\"")).GetProperty("entries").GetArrayLength(), Is.EqualTo(1));
        Assert.That((await DecisionsAsync(",\"kind\":6")).GetProperty("entries").GetArrayLength(), Is.Zero);
        Assert.That((await DecisionsAsync(",\"effective\":false")).GetProperty("entries").GetArrayLength(), Is.Zero);

        List<string> seen = [];
        string cursor = "";
        do
        {
            JsonElement page = await DecisionsAsync($",\"limit\":3{(cursor.Length > 0 ? $",\"cursor\":\"{cursor}\"" : "")}");
            seen.AddRange(page.GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("transactionHash").GetString()!));
            cursor = page.GetProperty("cursor").GetString() ?? "";
        }
        while (cursor.Length > 0);
        Assert.That(seen, Is.EqualTo(all.GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("transactionHash").GetString())));
        Assert.That(await _rpc.ErrorAsync("compliance_getDecisions", "[{\"limit\":1001}]"), Is.EqualTo(-32602));
        Assert.That(await _rpc.ErrorAsync("compliance_getDecisions", "[{\"cursor\":\"x\"}]"), Is.EqualTo(-32602));

        Task<JsonElement> DecisionsAsync(string filter) => _rpc.ResultAsync("compliance_getDecisions", $"[{{\"fromBlock\":\"0x0\",\"toBlock\":\"{head}\"{filter}}}]");
    }

    [Test]
    public async Task Every_entry_is_proved_against_the_root_at_later_blocks()
    {
        List<ulong> blocks = [];
        for (int i = 0; i < 7; i++)
        {
            await SendAsync(_admin, ModuleAddresses.Kyc, SetWallet, W(_investor), i % 2 == 0 ? 2UL : 1UL, 0);
            blocks.Add(_chain.Manager.Head.Number);
            if (i % 3 == 0) await _rpc.ResultAsync("evm_mine", "[]");
        }
        foreach (ulong anchor in blocks)
        {
            foreach (ulong block in blocks.Where(b => b <= anchor))
            {
                JsonElement answer = await _rpc.ResultAsync("audit_getProof", $"[\"0x{block:x}\",0,0,\"0x{anchor:x}\"]");
                AuditProof proof = new(
                    Bytes(answer, "entry"), block, (uint)Number(answer.GetProperty("entryIndex")), (uint)Number(answer.GetProperty("entryCount")), Path(answer, "blockPath"),
                    Number(answer.GetProperty("leafIndex")), Path(answer, "globalPath"));
                Hash256 root = new(Bytes(answer, "root"));
                Assert.That(proof.Verify(root), Is.True, $"block {block} at {anchor}");
                string proved = answer.GetProperty("proof").GetProperty("storageProof")[0].GetProperty("value").GetString()!;
                Assert.That(proved[2..].PadLeft(64, '0'), Is.EqualTo(root.ToString()[2..]));
            }
        }
        Assert.That(await _rpc.ErrorAsync("audit_getProof", $"[\"0x{blocks[0]:x}\",0,1]"), Is.EqualTo(-32000));
        Assert.That(await _rpc.ErrorAsync("audit_getProof", $"[\"0x{blocks[1]:x}\",0,0,\"0x{blocks[0]:x}\"]"), Is.EqualTo(-32602));

        static byte[] Bytes(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()![2..]);
        static Hash256[] Path(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(n => Hash256.Parse(n.GetString()!))];
    }

    [Test]
    public async Task Rejections_of_the_pool_are_labelled_as_this_nodes()
    {
        JsonElement empty = await _rpc.ResultAsync("audit_getPoolRejections", "[]");
        Assert.That((empty.GetProperty("proven").GetBoolean(), empty.GetProperty("rejections").GetArrayLength()), Is.EqualTo((false, 0)));
        await _rpc.ResultAsync("eth_sendTransaction", $"[{{\"from\":\"{_investor}\",\"to\":\"{_admin}\",\"nonce\":\"0x9\"}}]");
        await SendAsync(_admin, ModuleAddresses.Kyc, SetWallet, W(_investor), 2, 0);
        JsonElement drops = await _rpc.ResultAsync("audit_getPoolRejections", $"[{{\"account\":\"{_investor}\"}}]");
        Assert.That(drops.GetProperty("rejections")[0].GetProperty("reason").GetString(), Is.EqualTo("WALLET_FROZEN"));
        Assert.That(drops.GetProperty("rejections")[0].GetProperty("nonce").GetString(), Is.EqualTo("0x9"));
        Assert.That((await _rpc.ResultAsync("audit_getPoolRejections", $"[{{\"account\":\"{_admin}\"}}]")).GetProperty("rejections").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Decisions_eligibility_and_feeds_are_pushed()
    {
        RecordingSession session = new();
        Dictionary<string, string> kinds = new()
        {
            [Open(SubscriptionKind.Decisions, new DecisionFilter(Account: _investor))] = "decisions",
            [Open(SubscriptionKind.Eligibility, new EligibilityFilter([_investor, Stranger]))] = "eligibility",
            [Open(SubscriptionKind.Feeds, new FeedFilter([]))] = "feeds",
            [Open(SubscriptionKind.Feeds, new FeedFilter([AbiWords.ToHash(7)]))] = "other feeds",
        };
        await SendAsync(_admin, ModuleAddresses.Kyc, SetWallet, W(_investor), 2, 0);
        await SendAsync(_admin, ModuleAddresses.TxAllowList, "setEnabled(address)", W(_nobody));
        await SendAsync(_admin, ModuleAddresses.Oracle, "submitDirect(bytes32,int256,uint64,bytes32)", AbiWords.ToWord(Feed), -new UInt256(25), _chain.Manager.Head.Timestamp, 0);
        for (int i = 0; i < 200 && session.Messages.Count < 3; i++) await Task.Delay(20);

        JsonElement[] pushed = [.. session.Messages.Select(m => JsonDocument.Parse(m).RootElement.GetProperty("params"))];
        Dictionary<string, JsonElement> results = pushed.ToDictionary(p => kinds[p.GetProperty("subscription").GetString()!], p => p.GetProperty("result"));
        Assert.That(results.Keys, Is.EquivalentTo(new[] { "decisions", "eligibility", "feeds" }));
        Assert.That(results["decisions"].GetProperty("to").GetString(), Is.EqualTo(_investor.ToString()));
        Assert.That((results["eligibility"].GetProperty("account").GetString(), results["eligibility"].GetProperty("reason").GetString(), results["eligibility"].GetProperty("previousCode").GetInt32()),
            Is.EqualTo((_investor.ToString(), "WALLET_FROZEN", 0)));
        Assert.That((results["feeds"].GetProperty("event").GetString(), results["feeds"].GetProperty("answer").GetString()), Is.EqualTo(("RoundAccepted", "-25")));

        string Open(SubscriptionKind kind, object filter)
        {
            string id = _chain.Hub.Open(session, kind, filter);
            _chain.Hub.Activate(session, id);
            return id;
        }
    }

    [Test]
    public async Task Subscriptions_to_decisions_outlive_a_move_of_the_head_back()
    {
        RecordingSession session = new();
        string decisions = Open(SubscriptionKind.Decisions, new DecisionFilter());
        string heads = Open(SubscriptionKind.NewHeads, null);
        string feeds = Open(SubscriptionKind.Feeds, new FeedFilter([]));
        ulong before = _chain.Manager.Head.Number;
        await SendAsync(_admin, ModuleAddresses.Kyc, SetWallet, W(_investor), 2, 0);
        await SendAsync(_admin, ModuleAddresses.Oracle, "submitDirect(bytes32,int256,uint64,bytes32)", AbiWords.ToWord(Feed), 25, _chain.Manager.Head.Timestamp, 0);
        await TakeAsync(heads, 2);
        await _rpc.ResultAsync("debug_setHead", $"[\"0x{before:x}\"]");
        await TakeAsync(decisions, 2);
        // The pool still has both, and the next block is made with them or after them.
        await SendAsync(_admin, ModuleAddresses.TxAllowList, "setEnabled(address)", W(_nobody));
        await TakeAsync(heads, 3);

        (string Hash, bool IsRemoved)[] told = [.. Of(decisions).Select(e => (e.GetProperty("transactionHash").GetString()!, e.TryGetProperty("removed", out JsonElement removed) && removed.GetBoolean()))];
        Assert.That(told.Count(entry => entry.IsRemoved), Is.EqualTo(1), "what left the chain is told as removed");
        Assert.That(told[0], Is.EqualTo((told[1].Hash, false)));
        Assert.That(told[1].IsRemoved, Is.True);
        Assert.That(Of(feeds).Select(f => f.GetProperty("removed").GetBoolean()).Take(2), Is.EqualTo(new[] { false, true }));
        Assert.That(Of(heads).Count(), Is.GreaterThanOrEqualTo(3), "the pump goes on");

        IEnumerable<JsonElement> Of(string id) =>
            session.Messages.Select(m => JsonDocument.Parse(m).RootElement.GetProperty("params")).Where(p => p.GetProperty("subscription").GetString() == id).Select(p => p.GetProperty("result"));

        async Task TakeAsync(string id, int count)
        {
            for (int i = 0; i < 250 && Of(id).Count() < count; i++) await Task.Delay(20);
            Assert.That(Of(id).Count(), Is.GreaterThanOrEqualTo(count));
        }

        string Open(SubscriptionKind kind, object? filter)
        {
            string id = _chain.Hub.Open(session, kind, filter);
            _chain.Hub.Activate(session, id);
            return id;
        }
    }

    [Test]
    public void A_subscription_of_a_connection_that_closed_meanwhile_is_not_kept()
    {
        RecordingSession session = new();
        string id = _chain.Hub.Open(session, SubscriptionKind.NewHeads, null);
        foreach (IDisposable subscription in session.Subscriptions.Values) subscription.Dispose();
        session.Subscriptions.Clear();
        _chain.Hub.Activate(session, id);
        Assert.That(_chain.Hub.Count, Is.Zero);
    }

    [TestCase("decisions", "compliance_*", "{}")]
    [TestCase("decisions", "compliance_getDecisions", "{}")]
    [TestCase("eligibility", "kyc_*", """{"accounts":["0x0000000000000000000000000000000000000001"]}""")]
    [TestCase("feeds", "oracle_*", "{}")]
    public async Task A_kind_is_as_closed_as_its_namespace(string kind, string denied, string filter)
    {
        Assert.That(await SubscribeAsync(_chain.Table, null), Does.Contain("result"));
        Assert.That(await SubscribeAsync(_chain.Table, new MethodAccess([], [denied])), Does.Contain("-40100").And.Contain("--http.keys"), "closed by the key");
        Assert.That(await SubscribeAsync(_chain.Table, new MethodAccess(["eth_*"], [])), Does.Contain("-40100"), "not opened by the key");
        RpcMethodTable restricted = Build(null);
        restricted.Restrict(new MethodAccess([], [denied]));
        Assert.That(await SubscribeAsync(restricted, null), Does.Contain("-32601"), "closed by --rpc.deny");
        Assert.That(await SubscribeAsync(Build(["eth"]), null), Does.Contain("-32601"), "left out of --http.api");
        Assert.That(await SubscribeAsync(Build(["eth", denied.Split('_')[0]]), null), Does.Contain("result"));

        RpcMethodTable Build(string[]? namespaces) => Methods.RpcModules.Build(_chain.Chain, _chain.Filters, _chain.Hub, "test/1", () => 0, namespaces);

        async Task<string> SubscribeAsync(RpcMethodTable table, MethodAccess? access)
        {
            using RpcProcessor processor = new(table, new RpcLimits(), TestLog.Instance);
            using PooledBufferWriter output = new();
            byte[] request = System.Text.Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["{{kind}}",{{filter}}]}""");
            await processor.ProcessAsync(request, new RecordingSession(), output, CancellationToken.None, access);
            return System.Text.Encoding.UTF8.GetString(output.Written.Span);
        }
    }

    private static InitialIdentity Identity(Hash256 id, ulong expiry, Address wallet) => new(new IdentityInput(id, 0, 2, 1, 276, 276, 0, expiry, 3, default, default), [wallet]);

    private static Address AddressOf(byte number)
    {
        byte[] publicKey = new byte[Core.Crypto.Secp256k1.PublicKeySizeBytes];
        Core.Crypto.Secp256k1.TryGetPublicKey(Core.Crypto.Keccak256.Hash([number]).Bytes, publicKey);
        return Core.Crypto.Secp256k1.AddressOf(publicKey);
    }

    private static UInt256 W(Address address) => AbiWords.ToWord(address);

    private static ulong Number(JsonElement quantity) => Number(quantity.GetString()!);

    private static ulong Number(string quantity) => Convert.ToUInt64(quantity[2..], 16);

    private static byte[] Data(string signature, params UInt256[] words)
    {
        byte[] selector = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(selector, AbiWords.Selector(signature));
        return [.. selector, .. words.SelectMany(w => w.ToBigEndian())];
    }

    private async Task SendAsync(Address from, Address to, string signature, params UInt256[] words)
    {
        JsonElement receipt = await SendDataAsync(from, to, "0x" + Convert.ToHexStringLower(Data(signature, words)), "0x7a120");
        Assert.That(receipt.GetProperty("status").GetString(), Is.EqualTo("0x1"), signature);
    }

    private async Task<JsonElement> SendDataAsync(Address from, Address to, string data, string gas)
    {
        string hash = (await _rpc.ResultAsync("eth_sendTransaction", $"[{{\"from\":\"{from}\",\"to\":\"{to}\",\"gas\":\"{gas}\",\"data\":\"{data}\"}}]")).GetString()!;
        for (int i = 0; i < 200; i++)
        {
            JsonElement receipt = await _rpc.ResultAsync("eth_getTransactionReceipt", $"[\"{hash}\"]");
            if (receipt.ValueKind == JsonValueKind.Object) return receipt;
            await Task.Delay(20);
        }
        throw new InvalidOperationException("The transaction was not mined.");
    }

    private sealed class RecordingSession : IRpcSession
    {
        public ConcurrentQueue<ReadOnlyMemory<byte>> Messages { get; } = [];

        public IDictionary<string, IDisposable> Subscriptions { get; } = new ConcurrentDictionary<string, IDisposable>(StringComparer.Ordinal);

        public bool TryPush(ReadOnlyMemory<byte> message)
        {
            Messages.Enqueue(message);
            return true;
        }
    }
}
