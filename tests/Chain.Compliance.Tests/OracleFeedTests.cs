using Chain.Compliance.Abi;
using Chain.Compliance.Configuration;
using Chain.Compliance.Oracle;
using Chain.Compliance.Registry;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;

namespace Chain.Compliance.Tests;

/// <summary>Feeds, reporters and roles (sections 6.1 to 6.3).</summary>
public sealed class OracleFeedTests
{
    private static readonly Hash256 Other = AbiWords.ToHash(AbiWords.ToWord("ETH/USD"));

    [Test]
    public void Creation_writes_the_feed_its_reporters_and_its_facade()
    {
        using OracleWorld oracle = new();
        Assert.That(oracle.World.LastLogs.Select(l => (l.Address, l.Topics[0])), Is.EqualTo(new[]
        {
            (ModuleAddresses.Oracle, OracleEvents.FeedCreated.Topic), (ModuleAddresses.Oracle, OracleEvents.ReportersSetTopic),
        }));
        Assert.That(oracle.World.LastLogs[1].Data.ToArray(), Is.EqualTo(World.Words(
            [64, 3, 5, .. OracleWorld.Reporters[..5].Select(r => AbiWords.ToWord(r))])));
        UInt256[] view = oracle.View("feedConfig(bytes32)", OracleWorld.Feed);
        Assert.That(view, Is.EqualTo(new UInt256[]
        {
            1, 8, 3, 4, 3_600, 4_500, 900, 0, 50, 2_000, 1, Signed.ToWord(Int128.MaxValue), AbiWords.ToWord("Property 1"), 0, 0, 1, 5,
        }));
        Assert.That(oracle.View("reportersOf(bytes32)", OracleWorld.Feed)[2..], Is.EqualTo(OracleWorld.Reporters[..5].Select(r => AbiWords.ToWord(r))));
        Assert.That(oracle.View("feedCount()")[0], Is.EqualTo(UInt256.One));
        Assert.That(oracle.View("feeds(uint256,uint256)", 0, 9), Is.EqualTo(new UInt256[] { 32, UInt256.One, OracleWorld.FeedWord }));
        Assert.That(oracle.View("feeds(uint256,uint256)", 1, 9), Is.EqualTo(new UInt256[] { 32, UInt256.Zero }));
        Assert.That(oracle.View("facadeOf(bytes32)", OracleWorld.Feed)[0], Is.EqualTo(AbiWords.ToWord(OracleWorld.Facade)));
        Assert.That(oracle.View("feedOfFacade(address)", OracleWorld.Facade)[0], Is.EqualTo(OracleWorld.FeedWord));
        Assert.That(oracle.View("feedOfFacade(address)", World.Nobody)[0], Is.EqualTo(UInt256.Zero));
        Assert.That(oracle.World.State.GetAccount(OracleWorld.Facade).Nonce, Is.EqualTo(1));
        Assert.That(oracle.Health(), Is.EqualTo((ulong)FeedHealth.NoData));
    }

    [Test]
    public void A_balance_at_the_facade_stays()
    {
        using OracleWorld oracle = new(reporters: 0);
        oracle.World.State.SetBalance(oracle.World.State.GetAccount(OracleWorld.Facade), 77);
        oracle.Succeeds(World.Admin, OracleWorld.Create, OracleWorld.Feed, OracleWorld.Config, OracleWorld.Reporters[..5]);
        Assert.That(oracle.World.Balance(OracleWorld.Facade), Is.EqualTo((UInt256)77));
        Assert.That(oracle.World.State.GetAccount(OracleWorld.Facade).HasCode, Is.True);
    }

    [Test]
    public void Feeds_are_made_by_managers_and_resolved_by_any_role()
    {
        using OracleWorld oracle = new();
        foreach (Address caller in new[] { World.Nobody, World.Officer, World.Agent })
        {
            byte[] error = KycErrors.Unauthorized.Encode(AbiWords.ToWord(caller), 3);
            oracle.Fails(error, caller, OracleWorld.Create, Other, OracleWorld.Config, OracleWorld.Reporters[..5]);
            oracle.Fails(error, caller, OracleWorld.Update, OracleWorld.Feed, OracleWorld.Config);
            oracle.Fails(error, caller, "setReporters(bytes32,address[],uint8)", OracleWorld.Feed, OracleWorld.Reporters[..1], 1);
            oracle.Fails(error, caller, "setFeedPaused(bytes32,bool)", OracleWorld.Feed, true);
        }
        oracle.Fails(KycErrors.Unauthorized.Encode(AbiWords.ToWord(World.Nobody), 1), World.Nobody, "resolveHeld(bytes32,bool)", OracleWorld.Feed, true);
        foreach (Address caller in new[] { World.Admin, World.Manager, World.Officer })
        {
            oracle.Fails(OracleErrors.NoData.Encode(OracleWorld.FeedWord), caller, "resolveHeld(bytes32,bool)", OracleWorld.Feed, true);
        }
        oracle.Fails(KycErrors.FourEyes.Encode(AbiWords.ToWord(OracleWorld.Reporters[0])), OracleWorld.Reporters[0], "resolveHeld(bytes32,bool)", OracleWorld.Feed, true);
    }

    [Test]
    public void The_allow_list_has_subnet_evms_rules_and_its_last_admin_may_go()
    {
        using OracleWorld oracle = new();
        oracle.Fails(KycErrors.CannotModifyAllowList.Encode(AbiWords.ToWord(World.Nobody), 0, 3), World.Manager, "setManager(address)", World.Nobody);
        oracle.Succeeds(World.Manager, "setEnabled(address)", World.Nobody);
        Assert.That(oracle.World.LastLogs.Single().Address, Is.EqualTo(ModuleAddresses.Oracle));
        Assert.That(oracle.View("readAllowList(address)", World.Nobody)[0], Is.EqualTo(UInt256.One));
        oracle.Succeeds(World.Admin, "setNone(address)", World.Admin);
        Assert.That(oracle.View("readAllowList(address)", World.Admin)[0], Is.EqualTo(UInt256.Zero));
        Assert.That(oracle.World.Word("readAllowList(address)", World.Admin), Is.EqualTo((UInt256)(ulong)Role.Admin), "the registry's list is another");
    }

    private static IEnumerable<TestCaseData> Invalid()
    {
        FeedConfig config = OracleWorld.Config;
        yield return Case(config with { Kind = 0 }, 0, "Kind zero");
        yield return Case(config with { Kind = 9 }, 0, "Kind nine");
        yield return Case(config with { Decimals = 19 }, 1, "Nineteen decimals");
        yield return Case(config with { Quorum = 0 }, 2, "Quorum zero");
        yield return Case(config with { Quorum = 2 }, 2, "Quorum below half");
        yield return Case(config with { Quorum = 6 }, 2, "Quorum above the reporters");
        yield return Case(config with { RingLog2 = 3 }, 3, "Ring of eight");
        yield return Case(config with { RingLog2 = 13 }, 3, "Ring of 8192");
        yield return Case(config with { StaleAfter = 3_599 }, 5, "Stale before the heartbeat");
        yield return Case(config with { ReportWindow = 59 }, 6, "Window of 59 seconds");
        yield return Case(config with { ReportWindow = 4_501 }, 6, "Window longer than stale");
        yield return Case(config with { MinAnswer = 0 }, 10, "Price of zero");
        yield return Case(config with { MinAnswer = 5, MaxAnswer = 4 }, 11, "Range upside down");
        static TestCaseData Case(FeedConfig config, int field, string name) => new TestCaseData(config, (byte)field).SetName(name);
    }

    [TestCaseSource(nameof(Invalid))]
    public void Parameters_outside_their_domain_are_refused(FeedConfig config, byte field)
    {
        using OracleWorld oracle = new();
        byte[] error = OracleErrors.InvalidFeedConfig.Encode(field);
        oracle.Fails(error, World.Manager, OracleWorld.Create, Other, config, OracleWorld.Reporters[..5]);
        oracle.Fails(error, World.Manager, OracleWorld.Update, OracleWorld.Feed, config);
    }

    [Test]
    public void Parameters_at_their_edges_are_taken()
    {
        using OracleWorld oracle = new();
        FeedConfig edge = OracleWorld.Config with { Kind = 3, Decimals = 18, RingLog2 = 12, Heartbeat = 60, StaleAfter = 60, ReportWindow = 60, MinAnswer = Int128.MinValue, MaxAnswer = Int128.MinValue };
        oracle.Succeeds(World.Manager, OracleWorld.Update, OracleWorld.Feed, edge);
        Assert.That(oracle.View("feedConfig(bytes32)", OracleWorld.Feed)[11], Is.EqualTo(Signed.ToWord(Int128.MinValue)));
        oracle.Succeeds(World.Manager, OracleWorld.Create, Other, OracleWorld.Config with { Quorum = 16 }, OracleWorld.Reporters[..31]);
        Assert.That(oracle.View("reportersOf(bytes32)", Other), Has.Length.EqualTo(33));
    }

    [Test]
    public void Reporters_are_one_to_31_none_zero_or_twice()
    {
        using OracleWorld oracle = new();
        byte[] error = OracleErrors.InvalidFeedConfig.Encode(13);
        Address[][] wrong = [[], OracleWorld.Reporters[..32], [Address.Zero, .. OracleWorld.Reporters[..4]], [OracleWorld.Reporters[3], .. OracleWorld.Reporters[..4]]];
        foreach (Address[] reporters in wrong)
        {
            oracle.Fails(error, World.Manager, OracleWorld.Create, Other, OracleWorld.Config, reporters);
            oracle.Fails(error, World.Manager, "setReporters(bytes32,address[],uint8)", OracleWorld.Feed, reporters, 3);
        }
        oracle.Fails(OracleErrors.InvalidFeedConfig.Encode(2), World.Manager, "setReporters(bytes32,address[],uint8)", OracleWorld.Feed, OracleWorld.Reporters[..4], 2);
    }

    [Test]
    public void Ids_are_not_zero_and_not_taken_and_known_to_writes()
    {
        using OracleWorld oracle = new();
        oracle.Fails(OracleErrors.FeedUnknown.Encode(0), World.Manager, OracleWorld.Create, World.Id(0), OracleWorld.Config, OracleWorld.Reporters[..5]);
        oracle.Fails(OracleErrors.FeedExists.Encode(OracleWorld.FeedWord), World.Manager, OracleWorld.Create, OracleWorld.Feed, OracleWorld.Config, OracleWorld.Reporters[..5]);
        byte[] unknown = OracleErrors.FeedUnknown.Encode(AbiWords.ToWord(Other));
        oracle.Fails(unknown, World.Manager, OracleWorld.Update, Other, OracleWorld.Config);
        oracle.Fails(unknown, World.Manager, "setReporters(bytes32,address[],uint8)", Other, OracleWorld.Reporters[..1], 1);
        oracle.Fails(unknown, World.Manager, "setFeedPaused(bytes32,bool)", Other, true);
        oracle.Fails(unknown, World.Manager, "resolveHeld(bytes32,bool)", Other, true);
        foreach (string view in new[] { "latestRound(bytes32)", "feedConfig(bytes32)", "reportersOf(bytes32)", "facadeOf(bytes32)" }) oracle.Fails(unknown, World.Nobody, view, Other);
        oracle.Fails(unknown, World.Nobody, "roundAt(bytes32,uint80)", Other, 1);
        oracle.Fails(unknown, World.Nobody, "rounds(bytes32,uint256,uint256)", Other, 0, 1);
        oracle.Fails(unknown, World.Nobody, "twap(bytes32,uint64)", Other, 1);
        oracle.Fails(OracleErrors.FeedUnhealthy.Encode(AbiWords.ToWord(Other), 5), World.Nobody, "readFresh(bytes32)", Other);
        Assert.That(oracle.View("health(bytes32)", Other)[0], Is.EqualTo((UInt256)5));
    }

    [Test]
    public void Another_list_of_reporters_takes_the_place_of_the_old_one()
    {
        using OracleWorld oracle = new();
        Address[] reporters = [OracleWorld.Reporters[7], OracleWorld.Reporters[1]];
        oracle.Succeeds(World.Manager, "setReporters(bytes32,address[],uint8)", OracleWorld.Feed, reporters, 2);
        Assert.That(oracle.View("reportersOf(bytes32)", OracleWorld.Feed), Is.EqualTo(new UInt256[] { 32, (UInt256)2, AbiWords.ToWord(reporters[0]), AbiWords.ToWord(reporters[1]) }));
        UInt256 third = Compliance.Storage.Slots.ArrayBase(oracle.Slots.Reporters) + 2;
        Assert.That(Enumerable.Range(0, 3).Select(i => oracle.Slot(third + (ulong)i)), Is.All.EqualTo(UInt256.Zero), "old elements are cleared");
        oracle.Rejects(SubmissionCodes.NotReporter, oracle.Observe(0, 100), oracle.Observe(1, 100));
        oracle.Accepts(oracle.Observe(7, 100), oracle.Observe(1, 100));
        Assert.That(oracle.View("latestRound(bytes32)", OracleWorld.Feed)[4], Is.EqualTo((UInt256)3));
    }

    [Test]
    public void A_change_of_scale_begins_a_phase_that_hides_rounds_and_kills_old_signatures()
    {
        using OracleWorld oracle = new();
        oracle.Accepts(100, 101, 102);
        oracle.World.NextBlock(10);
        Observation[] signedBefore = oracle.All(103, 104, 105);
        oracle.Accepts(oracle.All(300, 300, 300));
        Assert.That(oracle.Health(), Is.EqualTo((ulong)FeedHealth.Held));
        oracle.Succeeds(World.Manager, OracleWorld.Update, OracleWorld.Feed, OracleWorld.Config with { Decimals = 6 });
        Assert.That(oracle.World.LastLogs.Single().Data.ToArray(), Is.EqualTo(World.Words(2)));
        Assert.That(oracle.Health(), Is.EqualTo((ulong)FeedHealth.NoData));
        Assert.That(oracle.Slot(oracle.Slots.Held), Is.EqualTo(UInt256.Zero), "the held value is gone");
        oracle.Fails(OracleErrors.NoData.Encode(OracleWorld.FeedWord), World.Nobody, "latestRound(bytes32)", OracleWorld.Feed);
        oracle.Fails(OracleErrors.NoData.Encode(OracleWorld.FeedWord), World.Nobody, "roundAt(bytes32,uint80)", OracleWorld.Feed, OracleWorld.Id(1));
        Assert.That(oracle.View("rounds(bytes32,uint256,uint256)", OracleWorld.Feed, 0, 9), Is.EqualTo(new UInt256[] { 32, 0 }));
        oracle.Rejects(SubmissionCodes.NotNewer, signedBefore);
        oracle.World.NextBlock(1);
        Assert.That(oracle.Accepts(5, 5, 5), Is.EqualTo(OracleWorld.Id(2, phase: 2)), "no band against answers of the old scale");
        oracle.Fails(OracleErrors.RoundNotAvailable.Encode(OracleWorld.Id(1)), World.Nobody, "roundAt(bytes32,uint80)", OracleWorld.Feed, OracleWorld.Id(1));
        oracle.Fails(OracleErrors.RoundNotAvailable.Encode(OracleWorld.Id(2)), World.Nobody, "roundAt(bytes32,uint80)", OracleWorld.Feed, OracleWorld.Id(2));
        Assert.That(oracle.View("twap(bytes32,uint64)", OracleWorld.Feed, 1_000), Is.EqualTo(new UInt256[] { 5, 1 }));
    }

    [Test]
    public void A_change_of_other_parameters_keeps_phase_rounds_and_held_value()
    {
        using OracleWorld oracle = new();
        oracle.Accepts(100, 100, 100);
        oracle.World.NextBlock(1);
        oracle.Accepts(200, 200, 200);
        oracle.Succeeds(World.Manager, OracleWorld.Update, OracleWorld.Feed, OracleWorld.Config with { MinInterval = 9 });
        Assert.That(oracle.Health(), Is.EqualTo((ulong)FeedHealth.Held));
        Assert.That(oracle.View("latestRound(bytes32)", OracleWorld.Feed)[0], Is.EqualTo(OracleWorld.Id(1)));
    }

    [Test]
    public void A_paused_feed_takes_and_gives_nothing_fresh()
    {
        using OracleWorld oracle = new();
        oracle.Accepts(100, 100, 100);
        oracle.Succeeds(World.Manager, "setFeedPaused(bytes32,bool)", OracleWorld.Feed, true);
        Assert.That(oracle.World.LastLogs.Single().Topics[0], Is.EqualTo(OracleEvents.FeedPauseSet.Topic));
        oracle.World.NextBlock(1);
        oracle.Rejects(SubmissionCodes.Paused, oracle.All(100, 100, 100));
        oracle.Fails(OracleErrors.FeedUnhealthy.Encode(OracleWorld.FeedWord, 3), World.Nobody, "readFresh(bytes32)", OracleWorld.Feed);
        Assert.That(oracle.View("latestRound(bytes32)", OracleWorld.Feed)[1], Is.EqualTo((UInt256)100));
        oracle.Succeeds(World.Manager, "setFeedPaused(bytes32,bool)", OracleWorld.Feed, false);
        oracle.Accepts(100, 100, 100);
    }

    [Test]
    public void Facades_are_system_addresses_where_value_moves_among_the_eligible_only()
    {
        ModuleEntry entry = new() { Module = ModuleAddresses.Oracle, Timestamp = 0, Feeds = [new InitialFeed(OracleWorld.Feed, OracleWorld.Config, OracleWorld.Reporters[..5])] };
        using World world = new(mode: 3, change: kyc => kyc with { ContractPolicy = 1 }, extra: entry);
        Address other = Address.FromNumber(0xc0de);
        world.State.SetCode(world.State.GetAccount(other), FeedFacade.CodeOf(OracleWorld.FeedWord));
        Assert.That(world.Block.Policy!.CheckValue(world.State, World.Alice, OracleWorld.Facade, fromIsEligibleSender: true), Is.Null);
        Assert.That(world.Block.Policy.CheckValue(world.State, World.Alice, other, fromIsEligibleSender: true), Is.Not.Null);
    }

    [Test]
    public void Modules_refuse_value_delegate_calls_static_writes_and_dirty_arguments()
    {
        using OracleWorld oracle = new();
        byte[] pause = World.Encode("setFeedPaused(bytes32,bool)", OracleWorld.Feed, true);
        Assert.That(oracle.World.CallAt(ModuleAddresses.Oracle, World.Alice, pause, value: 1).Output.ToArray(), Is.EqualTo(KycErrors.NonPayable.Encode()));
        ExecutionResult halted = oracle.World.CallAt(ModuleAddresses.Oracle, World.Manager, pause, CallKind.StaticCall);
        Assert.That(halted.Status, Is.EqualTo(FrameStatus.WriteProtection));
        Assert.That(halted.GasLeft, Is.Zero);
        byte[] proxy = [0x36, 0x5f, 0x5f, 0x37, 0x5f, 0x5f, 0x36, 0x5f, 0x73, .. ModuleAddresses.Oracle.Bytes, 0x5a, 0xf4, 0x3d, 0x5f, 0x5f, 0x3e, 0x3d, 0x5f, 0xfd];
        oracle.World.State.SetCode(oracle.World.State.GetAccount(World.Bob), proxy);
        Assert.That(oracle.World.CallAt(World.Bob, World.Manager, pause).Output.ToArray(), Is.EqualTo(KycErrors.DelegateCallForbidden.Encode()));

        byte[] update = World.Encode(OracleWorld.Update, OracleWorld.Feed, OracleWorld.Config);
        byte[] submit = World.Encode(OracleWorld.Submit, OracleWorld.Feed, oracle.All(1, 2, 3));
        byte[] round = World.Encode("roundAt(bytes32,uint80)", OracleWorld.Feed, 1);
        byte[][] malformed =
        [
            With(update, 4 + (11 * 32) + 0, 1), // int128 with dirty upper half
            With(update, 4 + (11 * 32) + 16, 0x80), // positive sign extension under a negative value
            With(round, 4 + 32 + 21, 1), // uint80 of 81 bits
            submit[..^32], // the last byte of a signature is missing, and not only its padding
            With(submit, 4 + 64 + 32, 1), // offset of an observation outside
            World.Encode("latestRoundData()"), // no feed id
            [.. World.Encode("getRoundData(uint80)"), .. OracleWorld.Feed.Bytes], // round and feed id may not overlap
        ];
        foreach (byte[] input in malformed)
        {
            ExecutionResult result = oracle.World.CallAt(ModuleAddresses.Oracle, World.Manager, input);
            Assert.That(result.Status, Is.EqualTo(FrameStatus.Revert));
            Assert.That(result.Output.Length, Is.Zero);
        }
    }

    private static byte[] With(byte[] input, int index, byte value)
    {
        byte[] changed = [.. input];
        changed[index] = value;
        return changed;
    }
}
