using System.Text.Json;
using Chain.Compliance.Configuration;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Evm.State;
using Chain.Precompiles;

namespace Chain.Compliance.Tests;

/// <summary>Genesis and upgrade files (section 7).</summary>
public sealed class ConfigTests
{
    private const string A = "0x00000000000000000000000000000000000000aa";
    private const string B = "0x00000000000000000000000000000000000000bb";
    private const string Id = "0x0000000000000000000000000000000000000000000000000000000000000001";

    [Test]
    public void A_genesis_section_activates_the_registry()
    {
        ComplianceConfig config = Parse($$$"""
            {"kycConfig": {"blockTimestamp": 0, "adminAddresses": ["{{{A}}}"], "officerAddresses": ["{{{A}}}"], "mode": 2, "consentRequired": true, "feeSink": "{{{B}}}",
              "initialIdentities": [{"input": {"identityId": "{{{Id}}}", "kind": 0, "tier": 2, "country": 276, "taxCountry": 276, "expiry": {{{World.Now + 99}}}}, "wallets": ["{{{B}}}"]}]}}
            """);
        WorldState state = new(new MemoryState());
        new NativeModules(config).Activate(state, null, World.Now);
        DirectStorage kyc = new(state, ModuleAddresses.Kyc);
        Assert.That(KycConfigWord.Unpack(kyc.Read(KycLayout.Config)), Is.EqualTo(new KycConfigWord(2, 1, true, 0, 1, Address.Parse(B))));
        Assert.That(Eligibility.KycStatus(kyc, Address.Parse(B), World.Now), Is.EqualTo(ReasonCodes.Ok));
        Assert.That(Authorities.IsOfficer(kyc, Address.Parse(A)), Is.True);
        Assert.That(Activation.GenesisProblem(state, config, World.Now), Is.Null);
    }

    [TestCase("""{"kycConfig": {"blockTimestamp": 0, "adminAdresses": []}}""", "Write adminAddresses instead")]
    [TestCase("""{"kycConfg": {"blockTimestamp": 0}}""", "Write kycConfig instead")]
    [TestCase("""{"kycConfig": {"blockTimestamp": 0, "mode": 4}}""", "0 to 3")]
    [TestCase("""{"kycConfig": {"mode": 1}}""", "blockTimestamp is missing")]
    [TestCase("""{"kycConfig": {"blockTimestamp": 0, "disable": true}}""", "no enabled state")]
    [TestCase("""{"kycConfig": {"blockTimestamp": 0, "adminAddresses": ["0x12"]}}""", "40 hex digits")]
    [TestCase("""{"txAllowListConfig": {"blockTimestamp": 0}}""", "without kycConfig")]
    [TestCase("""{"kycConfig": {"blockTimestamp": 0, "adminAddresses": ["0x00000000000000000000000000000000000000aa"], "enabledAddresses": ["0x00000000000000000000000000000000000000AA"]}}""", "more than one role list")]
    [TestCase("""{"kycConfig": {"blockTimestamp": 0, "initialIdentities": [{"input": {"identityId": "0x0000000000000000000000000000000000000000000000000000000000000001", "kind": 0, "tier": 9, "expiry": 1767229999}, "wallets": []}]}}""", "InvalidField(2)")]
    public void Mistakes_are_refused_with_a_remedy(string sections, string message)
    {
        using JsonDocument document = JsonDocument.Parse(sections);
        bool ok = ComplianceConfig.TryParse(Members(document.RootElement), [], World.Now, out _, out string error);
        Assert.That(ok, Is.False);
        Assert.That(error, Does.Contain(message));
    }

    [Test]
    public void Upgrades_lower_the_mode_add_admins_and_disable_without_wiping()
    {
        const ulong t = World.Now;
        ComplianceConfig config = Parse(
            $$$"""{"kycConfig": {"blockTimestamp": 0, "adminAddresses": ["{{{A}}}"], "mode": 3}}""",
            $$$"""
            {"precompileUpgrades": [{"kycConfig": {"blockTimestamp": {{{t + 10}}}, "mode": 1, "adminAddresses": ["{{{B}}}"]}}, {"kycConfig": {"blockTimestamp": {{{t + 20}}}, "disable": true}}]}
            """);
        NativeModules modules = new(config);
        WorldState state = new(new MemoryState());
        modules.Activate(state, null, t);
        ForkRules rules = ForkTable.Rules(Fork.Osaka);
        Assert.That(Mode(state), Is.EqualTo(3));
        modules.Activate(state, t, t + 9);
        Assert.That(Mode(state), Is.EqualTo(3));
        modules.Activate(state, t + 9, t + 12);
        Assert.That(Mode(state), Is.EqualTo(1));
        Assert.That(AllowList.RoleOf(new DirectStorage(state, ModuleAddresses.Kyc), Address.Parse(B)), Is.EqualTo(Role.Admin));
        Assert.That(modules.PrecompilesAt(rules, t + 19).TryGet(ModuleAddresses.Kyc, out _), Is.True);
        modules.Activate(state, t + 12, t + 20);
        Assert.That(modules.PrecompilesAt(rules, t + 20), Is.SameAs(EthereumPrecompiles.For(Fork.Osaka)));
        Assert.That(modules.PolicyAt(state, t + 20), Is.Null);
        Assert.That(Mode(state), Is.EqualTo(1), "records stay");
        Assert.That(state.GetAccount(ModuleAddresses.Kyc).HasCode, Is.True);
    }

    [Test]
    public void A_chain_nobody_can_use_is_refused()
    {
        ComplianceConfig config = Parse("""{"kycConfig": {"blockTimestamp": 0, "mode": 1}}""");
        WorldState state = new(new MemoryState());
        new NativeModules(config).Activate(state, null, World.Now);
        Assert.That(Activation.GenesisProblem(state, config, World.Now), Does.Contain("name an Admin"));
    }

    [TestCase((byte)0)]
    [TestCase((byte)3)]
    public void The_development_configuration_admits_its_accounts(byte mode)
    {
        Address[] accounts = [.. Enumerable.Range(1, 10).Select(i => Address.FromNumber(0xdef0 + (ulong)i))];
        ComplianceConfig config = DevCompliance.Config(accounts, mode, World.Now);
        NativeModules modules = new(config);
        WorldState state = new(new MemoryState());
        modules.Activate(state, null, World.Now);
        Assert.That(Activation.GenesisProblem(state, config, World.Now), Is.Null);
        Assert.That(Mode(state), Is.EqualTo(mode));
        DirectStorage kyc = new(state, ModuleAddresses.Kyc);
        Assert.That(accounts.Select(a => Eligibility.KycStatus(kyc, a, World.Now, minTier: 2)), Is.All.EqualTo(ReasonCodes.Ok));
        Assert.That(AllowList.RoleOf(kyc, accounts[0]), Is.EqualTo(Role.Admin));
        Assert.That(AllowList.RoleOf(kyc, accounts[1]), Is.EqualTo(Role.Enabled));
        Assert.That(Authorities.IsOfficer(kyc, accounts[0]), Is.True);
        if (modules.PolicyAt(state, World.Now) is { } policy) Assert.That(accounts.Select(a => policy.CheckDeploy(state, a, a)), Is.All.Null);
    }

    [Test]
    public void Modules_need_Shanghai()
    {
        ComplianceConfig config = Parse("""{"kycConfig": {"blockTimestamp": 0}}""");
        Assert.That(config.ForkProblem(_ => Fork.Paris, World.Now), Does.Contain("schedule Shanghai"));
        Assert.That(config.ForkProblem(_ => Fork.Shanghai, World.Now), Is.Null);
    }

    [Test]
    public void Plain_Ethereum_has_no_modules_and_no_policy()
    {
        NativeModules empty = new(ComplianceConfig.Empty);
        WorldState state = new(new MemoryState());
        empty.Activate(state, null, World.Now);
        Assert.That(state.ToDelta().Accounts, Is.Empty);
        Assert.That(empty.PolicyAt(state, World.Now), Is.Null);
        Assert.That(empty.PrecompilesAt(ForkTable.Rules(Fork.Osaka), 0), Is.SameAs(EthereumModules.Instance.PrecompilesAt(ForkTable.Rules(Fork.Osaka), 0)));
    }

    private static byte Mode(WorldState state) => KycConfigWord.Unpack(new DirectStorage(state, ModuleAddresses.Kyc).Read(KycLayout.Config)).Mode;

    private static ComplianceConfig Parse(string sections, string upgradeFile = """{"precompileUpgrades": []}""")
    {
        using JsonDocument document = JsonDocument.Parse(sections);
        using JsonDocument upgrade = JsonDocument.Parse(upgradeFile);
        Assert.That(ComplianceConfig.TryReadUpgrades(upgrade.RootElement, out IReadOnlyList<KeyValuePair<string, JsonElement>> upgrades, out string problem), Is.True, problem);
        Assert.That(ComplianceConfig.TryParse(Members(document.RootElement), upgrades, World.Now, out ComplianceConfig config, out string error), Is.True, error);
        return config;
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>> Members(JsonElement section) =>
        section.EnumerateObject().Select(m => new KeyValuePair<string, JsonElement>(m.Name, m.Value));
}
