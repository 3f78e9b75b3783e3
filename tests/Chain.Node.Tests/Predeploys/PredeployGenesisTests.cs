using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Chain.Compliance;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.State;
using Chain.Node.Chains;
using Chain.Node.Predeploys;

namespace Chain.Node.Tests.Predeploys;

/// <summary>The genesis files with the contracts of the platform: reproducible, complete, and owned by whom the configuration says.</summary>
public class PredeployGenesisTests
{
    private static readonly string GenesisFolder = Path.Combine(RepositoryRoot(), "genesis");
    private static readonly Lazy<Installed> Dev = new(() => new Installed(PredeployGenesis.Build(Configuration("dev"))));

    [TestCase("dev")]
    [TestCase("testnet")]
    [TestCase("mainnet")]
    public void The_files_are_what_their_configurations_make(string name)
    {
        byte[] built = PredeployGenesis.Build(Configuration(name));
        Assert.That(built, Is.EqualTo(File.ReadAllBytes(Path.Combine(GenesisFolder, $"{name}.json"))), $"chain genesis build --config genesis/{name}.config.json --out genesis/{name}.json");
        GenesisSource source = GenesisSource.Parse(built, name);
        Assert.That(GenesisBuilder.MissingForBlocks(source.Spec, source.Genesis), Is.Null);
    }

    [Test]
    public void Every_address_of_the_contracts_is_installed_on_a_test_network()
    {
        Address[] expected = [.. typeof(PredeployAddresses).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (Address)f.GetValue(null)!)];
        Assert.That(expected, Has.Length.GreaterThan(25));
        Assert.That(expected.Where(a => !Dev.Value.State.GetAccount(a).HasCode), Is.Empty);
    }

    [Test]
    public void Every_predeploy_is_a_protocol_identity_and_factories_may_deploy()
    {
        DirectStorage kyc = new(Dev.Value.State, ModuleAddresses.Kyc);
        DirectStorage deployers = new(Dev.Value.State, ModuleAddresses.DeployerAllowList);
        PredeployTable table = PredeployTable.For(Config());
        Assert.That(table.Rows.Where(r => Eligibility.KycStatus(kyc, r.Address, Dev.Value.Source.Genesis.Timestamp, minTier: 4) != ReasonCodes.Ok), Is.Empty);
        Assert.That(table.Rows.Where(r => AllowList.RoleOf(deployers, r.Address) != (r.IsFactory ? Role.Enabled : Role.None)), Is.Empty);
    }

    [Test]
    public void Caches_hold_the_final_address_and_chain_id()
    {
        UInt256[] words = Dev.Value.Words(PredeployAddresses.Factr, AbiValue.Call("eip712Domain()"));
        Assert.That(words[3], Is.EqualTo((UInt256)31_337UL));
        Assert.That(words[4], Is.EqualTo(UInt256.FromBigEndian(PredeployAddresses.Factr.Bytes)));
        // A wrong __self would refuse this call outside a proxy.
        Predeploy pools = PredeployTable.For(Config()).Rows.First(r => r.Artifact == "Pools");
        Assert.That(Dev.Value.Call(default, pools.Implementation, AbiValue.Call("proxiableUUID()")).Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(Dev.Value.Call(default, pools.Address, AbiValue.Call("proxiableUUID()")).Status, Is.EqualTo(FrameStatus.Revert));
    }

    [Test]
    public void Only_the_timelock_upgrades()
    {
        Address guardian = Address.Parse(Config().Guardian);
        Predeploy[] proxies = [.. PredeployTable.For(Config()).Rows.Where(r => r.Kind == PredeployKind.Proxy)];
        Assert.That(proxies, Has.Length.GreaterThan(10));
        foreach (Predeploy row in proxies)
        {
            byte[] upgrade = AbiValue.Call("upgradeToAndCall(address,bytes)", AbiValue.Of(row.Implementation), AbiValue.Of([]));
            Assert.That(Dev.Value.Call(guardian, row.Address, upgrade).Status, Is.EqualTo(FrameStatus.Revert), row.Artifact);
            Assert.That(Dev.Value.Call(row.Creator == PredeployAddresses.Timelock ? Address.FromNumber(1) : row.Creator, row.Address, upgrade).Status, Is.EqualTo(FrameStatus.Revert), row.Artifact);
            Assert.That(Dev.Value.Call(PredeployAddresses.Timelock, row.Address, upgrade).Status, Is.EqualTo(FrameStatus.Success), row.Artifact);
        }
    }

    [Test]
    public void Implementations_cannot_be_initialised()
    {
        foreach (Predeploy row in PredeployTable.For(Config()).Rows.Where(r => r.Kind == PredeployKind.Proxy))
        {
            Assert.That(Dev.Value.Call(row.Creator, row.Implementation, row.Arguments).Status, Is.EqualTo(FrameStatus.Revert), row.Artifact);
            Assert.That(Dev.Value.Call(row.Creator, row.Address, row.Arguments).Status, Is.EqualTo(FrameStatus.Revert), row.Artifact);
        }
    }

    [TestCase("""{"contract": "Pools", "role": "DEFAULT_ADMIN_ROLE", "accounts": ["0x00000000000000000000000000000000000000aa"]}""", "administrator's alone")]
    [TestCase("""{"contract": "Poools", "role": "PAUSER_ROLE", "accounts": ["0x00000000000000000000000000000000000000aa"]}""", "'Poools', which is not installed")]
    [TestCase("""{"contract": "FACTR", "role": "PAUSER_ROLE", "accounts": ["0x00000000000000000000000000000000000000aa"]}""", "has no roles")]
    [TestCase("""{"contract": "Pools", "role": "PAUSER_ROLE", "accounts": ["0x0000000000000000000000000000000000000000"]}""", "not all zero")]
    public void Grants_that_would_leave_a_wrong_administrator_are_refused(string grant, string message)
    {
        JsonObject file = JsonNode.Parse(Configuration("dev"))!.AsObject();
        file["predeploys"]!["grants"]!.AsArray().Add(JsonNode.Parse(grant));
        Assert.That(() => Build(file), Throws.TypeOf<UserException>().With.Message.Contains(message));
    }

    [Test]
    public void Configurations_with_holes_are_answered_in_one_sentence()
    {
        Refuses(f => f["predeploys"]!["guardian"] = "0x00", "guardian is '0x00'");
        Refuses(f => f["predeploys"]!.AsObject().Remove("treasury"), "missing a key");
        Refuses(f => f["predeploys"]!["unknown"] = 1, "unknown one");
        Refuses(f => f["predeploys"]!["factrSupply"] = "many", "factrSupply is 'many'");
        Refuses(f => f["predeploys"]!["buybackVaults"]!.AsArray().RemoveAt(0), "buybackVaults has 3 entries");
        Refuses(f => f["predeploys"]!["buybackSlippageBps"] = 1_001, "Buyback at");
        Refuses(f => f["genesis"]!["config"]!.AsObject().Remove("oracleConfig"), "genesis.config.oracleConfig is missing");
        Refuses(f => f["genesis"]!["alloc"]![PredeployAddresses.Factr.ToString()] = new JsonObject { ["balance"] = "0x1" }, "the address of FACTR");
        Refuses(f => f["genesis"]!["config"]!["cancunTime"] = 9_999_999_999, "");
        Refuses(f => f["validators"] = new JsonArray("0x12"), "validators has");
        Refuses(f => f["other"] = 1, "members genesis");
        Assert.That(() => PredeployGenesis.Build("nonsense"u8.ToArray()), Throws.TypeOf<UserException>().With.Message.Contains("is not JSON"));

        static void Refuses(Action<JsonObject> change, string message)
        {
            JsonObject file = JsonNode.Parse(Configuration("dev"))!.AsObject();
            change(file);
            Assert.That(() => Build(file), Throws.TypeOf<UserException>().With.Message.Contains(message));
        }
    }

    [Test]
    public void Validators_stand_sorted_in_the_extra_data()
    {
        JsonObject genesis = JsonNode.Parse(File.ReadAllBytes(Path.Combine(GenesisFolder, "testnet.json")))!.AsObject();
        string extra = genesis["extraData"]!.GetValue<string>();
        string[] validators = [.. JsonNode.Parse(Configuration("testnet"))!["validators"]!.AsArray().Select(v => v!.GetValue<string>()[2..]).Order(StringComparer.Ordinal)];
        // The shape of Besu's documented samples with four validators.
        Assert.That(extra, Is.EqualTo($"0xf87aa0{new string('0', 64)}f854{string.Concat(validators.Select(v => $"94{v}"))}c080c0"));
    }

    private static byte[] Build(JsonObject file) => PredeployGenesis.Build(Encoding.UTF8.GetBytes(file.ToJsonString()));

    private static byte[] Configuration(string name) => File.ReadAllBytes(Path.Combine(GenesisFolder, $"{name}.config.json"));

    private static PredeployConfig Config() => PredeployConfig.Parse(JsonNode.Parse(Configuration("dev"))!["predeploys"]!.ToJsonString());

    private static string RepositoryRoot()
    {
        string folder = TestContext.CurrentContext.TestDirectory;
        while (!File.Exists(Path.Combine(folder, "Chain.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    /// <summary>The state of a genesis file, and calls on it that change nothing.</summary>
    private sealed class Installed
    {
        private readonly BlockContext _block;

        public Installed(byte[] genesis)
        {
            Source = GenesisSource.Parse(genesis, "the test");
            ChainModules modules = ChainModules.For(Source.Spec, Source.Genesis);
            State = GenesisBuilder.Allocate(Source.Genesis, modules);
            Core.Forks.ForkRules rules = Source.Spec.GenesisRules(Source.Genesis);
            _block = new BlockContext
            {
                Rules = rules,
                ChainId = Source.Spec.ChainId,
                Number = 1,
                Timestamp = Source.Genesis.Timestamp + 1,
                GasLimit = Source.Genesis.GasLimit,
                Coinbase = default,
                BlockHashes = new NoHashes(),
                Precompiles = modules.PrecompilesAt(rules, Source.Genesis.Timestamp + 1),
            };
        }

        public GenesisSource Source { get; }

        public WorldState State { get; }

        public ExecutionResult Call(Address caller, Address recipient, byte[] input)
        {
            State.BeginTransaction();
            int mark = State.Snapshot();
            Message message = new() { Kind = CallKind.Call, Caller = caller, Recipient = recipient, Input = input, Gas = 10_000_000 };
            using VirtualMachine machine = new(DispatcherKind.Loop);
            ExecutionResult result = machine.Execute(State, _block, new TransactionContext { Origin = caller }, message);
            State.Revert(mark);
            return result;
        }

        public UInt256[] Words(Address recipient, byte[] input) => [.. Call(default, recipient, input).Output.ToArray().Chunk(32).Select(w => UInt256.FromBigEndian(w))];
    }

    private sealed class NoHashes : IBlockHashes
    {
        public Hash256 GetBlockHash(ulong number) => default;
    }
}
