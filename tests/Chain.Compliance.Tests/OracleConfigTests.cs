using System.Text;
using System.Text.Json;
using Chain.Compliance.Abi;
using Chain.Compliance.Configuration;
using Chain.Compliance.Oracle;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Evm.State;
using Chain.Precompiles;

namespace Chain.Compliance.Tests;

/// <summary>The oracle in genesis and upgrade files (section 7).</summary>
public sealed class OracleConfigTests
{
    private const string A = "0x00000000000000000000000000000000000000aa";
    private const string R = "0x00000000000000000000000000000000000000bb";

    private const string Genesis = $$$"""
        {"oracleConfig": {"blockTimestamp": 0, "adminAddresses": ["{{{A}}}"], "feeds": [
          {"feedId": "NAV:PROP-0001/EUR", "config": {"kind": 2, "description": "Property 1"}, "reporters": ["{{{A}}}", "{{{R}}}", "0x00000000000000000000000000000000000000cc"]},
          {"feedId": "0x00000000000000000000000000000000000000000000000000000000000000ff", "config": {"kind": 5, "minAnswer": -100, "maxAnswer": "170141183460469231731687303715884105727", "minInterval": 5}, "reporters": ["{{{R}}}"]}]}}
        """;

    [Test]
    public void Genesis_makes_feeds_with_the_defaults_of_their_kind_without_the_registry()
    {
        ComplianceConfig config = Parse(Genesis);
        NativeModules modules = new(config);
        WorldState state = new(new MemoryState());
        modules.Activate(state, null, World.Now);
        DirectStorage oracle = new(state, ModuleAddresses.Oracle);
        Assert.That(AllowList.RoleOf(oracle, Address.Parse(A)), Is.EqualTo(Role.Admin));
        Assert.That(oracle.Read(OracleLayout.FeedIds), Is.EqualTo((UInt256)2));
        Assert.That(OracleViews.Config(oracle, OracleWorld.FeedWord, out FeedView nav), Is.Null);
        Assert.That(nav.Feed, Is.EqualTo(new FeedWord(2, 8, 2, 3, false, false, 1, 8, 86_400, 108_000, 86_400, 0, 10, 1_000)));
        Assert.That(nav.Bounds, Is.EqualTo(new BoundsWord(1, Int128.MaxValue)));
        Assert.That(nav.Description, Is.EqualTo(AbiWords.ToWord("Property 1")));
        Assert.That(OracleViews.Config(oracle, 0xff, out FeedView rate), Is.Null);
        Assert.That(rate.Bounds.MinAnswer, Is.EqualTo((Int128)(-100)));
        Assert.That(state.GetCode(state.GetAccount(OracleWorld.Facade)).ToArray(), Is.EqualTo(FeedFacade.CodeOf(OracleWorld.FeedWord)));
        ForkRules rules = ForkTable.Rules(Fork.Osaka);
        Assert.That(modules.PrecompilesAt(rules, World.Now).TryGet(ModuleAddresses.Oracle, out _), Is.True);
        Assert.That(modules.PrecompilesAt(rules, World.Now).TryGet(ModuleAddresses.Kyc, out _), Is.False);
        Assert.That(modules.PolicyAt(state, World.Now), Is.Null);
    }

    [Test]
    public void A_written_configuration_reads_back_the_same()
    {
        ComplianceConfig config = Parse(Genesis);
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            SectionWriter.Write(json, config);
            json.WriteEndObject();
        }
        ComplianceConfig again = Parse(Encoding.UTF8.GetString(stream.ToArray()));
        Assert.That(again.Entries.Single().Feeds.Select(f => (f.FeedId, f.Config)), Is.EqualTo(config.Entries.Single().Feeds.Select(f => (f.FeedId, f.Config))));
        Assert.That(again.Entries.Single().Feeds[0].Reporters, Is.EqualTo(config.Entries.Single().Feeds[0].Reporters));
    }

    [TestCase(1, 8, 3_600u, 4_500u, 900u, 50, 2_000)]
    [TestCase(2, 8, 86_400u, 108_000u, 86_400u, 10, 1_000)]
    [TestCase(3, 8, 86_400u, 108_000u, 900u, 15, 500)]
    [TestCase(4, 0, 86_400u, 108_000u, 86_400u, 10, 500)]
    [TestCase(5, 2, 86_400u, 108_000u, 900u, 25, 0)]
    [TestCase(6, 2, 7_776_000u, 10_368_000u, 604_800u, 100, 1_500)]
    [TestCase(7, 0, 2_592_000u, 3_888_000u, 604_800u, 0, 0)]
    [TestCase(8, 0, 300u, 900u, 900u, 0, 0)]
    public void Kinds_have_the_defaults_of_the_table(int kind, int decimals, uint heartbeat, uint staleAfter, uint window, int deviation, int band)
    {
        FeedConfig expected = new((byte)kind, (byte)decimals, 3, 8, heartbeat, staleAfter, window, 0, (ushort)deviation, (ushort)band, 1, Int128.MaxValue, default);
        Assert.That(FeedKinds.Defaults((FeedKind)kind, 5), Is.EqualTo(expected));
        Assert.That(FeedRules.FirstInvalid(expected, 5), Is.Null);
    }

    [TestCase("""{"systemTxTimestamp": 5}""", "not specified yet")]
    [TestCase("""{"feeds": [{"feedId": "", "config": {"kind": 1}, "reporters": []}]}""", "feedId")]
    [TestCase("""{"feeds": [{"config": {"kind": 1}, "reporters": []}]}""", "feedId is missing")]
    [TestCase("""{"feeds": [{"feedId": "A", "reporters": []}]}""", "config is missing")]
    [TestCase("""{"feeds": [{"feedId": "A", "config": {}, "reporters": []}]}""", "kind is missing")]
    [TestCase("""{"feeds": [{"feedId": "A", "config": {"kind": 4}, "reporters": []}]}""", "decimals is missing")]
    [TestCase("""{"feeds": [{"feedId": "A", "config": {"kind": 1, "quorums": 2}, "reporters": []}]}""", "Write quorum instead")]
    [TestCase("""{"feeds": [{"feedId": "A", "config": {"kind": 1, "minAnswer": 1.5}, "reporters": []}]}""", "whole number")]
    [TestCase("""{"feeds": [{"feedId": "A", "config": {"kind": 1}, "reporters": []}]}""", "InvalidFeedConfig(13)")]
    [TestCase("""{"feeds": [{"feedId": "A", "config": {"kind": 1, "quorum": 2}, "reporters": ["0x00000000000000000000000000000000000000bb"]}]}""", "InvalidFeedConfig(2)")]
    public void Mistakes_are_refused_with_a_remedy(string section, string message)
    {
        string sections = $$$"""{"oracleConfig": {"blockTimestamp": 0, {{{section.Trim()[1..^1]}}}}}""";
        using JsonDocument document = JsonDocument.Parse(sections);
        Assert.That(ComplianceConfig.TryParse(Members(document.RootElement), [], World.Now, out _, out string error), Is.False);
        Assert.That(error, Does.Contain(message));
    }

    [Test]
    public void Feeds_stand_in_the_first_entry_only_and_disabling_keeps_storage()
    {
        using JsonDocument genesis = JsonDocument.Parse(Genesis);
        using JsonDocument again = JsonDocument.Parse($$$"""{"oracleConfig": {"blockTimestamp": {{{World.Now + 5}}}, "feeds": []}}""");
        using JsonDocument disable = JsonDocument.Parse($$$"""{"oracleConfig": {"blockTimestamp": {{{World.Now + 5}}}, "disable": true}}""");
        Assert.That(ComplianceConfig.TryParse(Members(genesis.RootElement), Members(again.RootElement), World.Now, out _, out string error), Is.False);
        Assert.That(error, Does.Contain("feeds is not a known key"));
        Assert.That(ComplianceConfig.TryParse(Members(genesis.RootElement), Members(disable.RootElement), World.Now, out ComplianceConfig config, out error), Is.True, error);
        NativeModules modules = new(config);
        WorldState state = new(new MemoryState());
        modules.Activate(state, null, World.Now);
        modules.Activate(state, World.Now, World.Now + 5);
        Assert.That(modules.PrecompilesAt(ForkTable.Rules(Fork.Osaka), World.Now + 5).TryGet(ModuleAddresses.Oracle, out _), Is.False);
        Assert.That(new DirectStorage(state, ModuleAddresses.Oracle).Read(OracleLayout.FeedIds), Is.EqualTo((UInt256)2));
    }

    private static ComplianceConfig Parse(string sections)
    {
        using JsonDocument document = JsonDocument.Parse(sections);
        Assert.That(ComplianceConfig.TryParse(Members(document.RootElement), [], World.Now, out ComplianceConfig config, out string error), Is.True, error);
        return config;
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>> Members(JsonElement section) =>
        section.EnumerateObject().Select(m => new KeyValuePair<string, JsonElement>(m.Name, m.Value));
}
