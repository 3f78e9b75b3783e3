using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm;
using Chain.Evm.Frames;

namespace Chain.Compliance.Tests;

/// <summary>Health, rounds, averages, facades and gas of the oracle (sections 6.5 to 6.7).</summary>
public sealed class OracleViewTests
{
    [Test]
    public void Fresh_answers_turn_stale_by_the_second()
    {
        using OracleWorld oracle = new();
        oracle.Fails(OracleErrors.NoData.Encode(OracleWorld.FeedWord), World.Nobody, "readFresh(bytes32)", OracleWorld.Feed);
        oracle.Accepts(oracle.Observe(0, 100, World.Now - 800), oracle.Observe(1, 100, World.Now - 800), oracle.Observe(2, 100, World.Now - 800));
        oracle.World.NextBlock(4_500);
        Assert.That(oracle.View("readFresh(bytes32)", OracleWorld.Feed), Is.EqualTo(new UInt256[] { 100, World.Now, 8 }));
        Assert.That(oracle.View("readFreshWithin(bytes32,uint64)", OracleWorld.Feed, ulong.MaxValue), Is.EqualTo(new UInt256[] { 100, World.Now, 8 }));
        Assert.That(oracle.View("readFreshWithin(bytes32,uint64)", OracleWorld.Feed, 4_500), Has.Length.EqualTo(3));
        oracle.Fails(OracleErrors.StaleData.Encode(OracleWorld.FeedWord, World.Now, 4_499), World.Nobody, "readFreshWithin(bytes32,uint64)", OracleWorld.Feed, 4_499);
        Assert.That(oracle.Health(), Is.EqualTo((ulong)FeedHealth.Ok));
        oracle.World.NextBlock(1);
        Assert.That(oracle.Health(), Is.EqualTo((ulong)FeedHealth.Stale));
        oracle.Fails(OracleErrors.StaleData.Encode(OracleWorld.FeedWord, World.Now, 4_500), World.Nobody, "readFresh(bytes32)", OracleWorld.Feed);
        oracle.Fails(OracleErrors.StaleData.Encode(OracleWorld.FeedWord, World.Now, 4_500), World.Nobody, "readFreshWithin(bytes32,uint64)", OracleWorld.Feed, 9_999);
        Assert.That(oracle.View("latestRound(bytes32)", OracleWorld.Feed)[1], Is.EqualTo((UInt256)100));
    }

    [Test]
    public void The_chains_own_reader_sees_what_readFresh_returns()
    {
        using OracleWorld oracle = new();
        DirectStorage storage = new(oracle.World.State, ModuleAddresses.Oracle);
        Assert.That(OracleReader.ReadFresh(storage, 9, World.Now, out _), Is.EqualTo(FeedHealth.Unknown));
        Assert.That(OracleReader.ReadFresh(storage, OracleWorld.FeedWord, World.Now, out _), Is.EqualTo(FeedHealth.NoData));
        oracle.Accepts(100, 100, 100);
        Assert.That(OracleReader.ReadFresh(storage, OracleWorld.FeedWord, World.Now + 4_500, out FreshAnswer answer), Is.EqualTo(FeedHealth.Ok));
        Assert.That(answer, Is.EqualTo(new FreshAnswer(100, World.Now, 8)));
        Assert.That(OracleReader.ReadFresh(storage, OracleWorld.FeedWord, World.Now + 4_501, out _), Is.EqualTo(FeedHealth.Stale));
        oracle.Succeeds(World.Manager, "setFeedPaused(bytes32,bool)", OracleWorld.Feed, true);
        Assert.That(OracleReader.ReadFresh(storage, OracleWorld.FeedWord, World.Now, out _), Is.EqualTo(FeedHealth.Paused));
    }

    [Test]
    public void Pause_comes_before_missing_data_and_data_before_held_and_held_before_stale()
    {
        using OracleWorld oracle = new();
        oracle.Succeeds(World.Manager, "setFeedPaused(bytes32,bool)", OracleWorld.Feed, true);
        Assert.That(oracle.Health(), Is.EqualTo((ulong)FeedHealth.Paused));
        oracle.Succeeds(World.Manager, "setFeedPaused(bytes32,bool)", OracleWorld.Feed, false);
        oracle.Accepts(100, 100, 100);
        oracle.World.NextBlock(1);
        oracle.Accepts(900, 900, 900);
        oracle.World.NextBlock(9_999);
        Assert.That(oracle.Health(), Is.EqualTo((ulong)FeedHealth.Held));
    }

    [Test]
    public void The_ring_keeps_sixteen_rounds_and_forgets_the_oldest_with_its_evidence()
    {
        using OracleWorld oracle = new();
        for (ulong i = 1; i <= 18; i++)
        {
            Hash256 evidence = i == 1 ? World.Id(7) : default;
            oracle.Accepts([.. Enumerable.Range(0, 3).Select(r => oracle.Observe(r, 1_000 + i, evidence: evidence))]);
            oracle.World.NextBlock(10);
        }
        foreach (ulong gone in new ulong[] { 0, 1, 2, 19 })
        {
            oracle.Fails(OracleErrors.RoundNotAvailable.Encode(OracleWorld.Id(gone)), World.Nobody, "roundAt(bytes32,uint80)", OracleWorld.Feed, OracleWorld.Id(gone));
        }
        oracle.Fails(OracleErrors.RoundNotAvailable.Encode(OracleWorld.Id(18, 2)), World.Nobody, "roundAt(bytes32,uint80)", OracleWorld.Feed, OracleWorld.Id(18, 2));
        Assert.That(oracle.View("roundAt(bytes32,uint80)", OracleWorld.Feed, OracleWorld.Id(3))[1], Is.EqualTo((UInt256)1_003));
        UInt256 c = Slots.Map(oracle.Slots.Ring, 1) + 2;
        Assert.That(oracle.Slot(c), Is.EqualTo(UInt256.Zero), "round 17 cleared the evidence of round 1");
        UInt256[] all = oracle.View("rounds(bytes32,uint256,uint256)", OracleWorld.Feed, 0, 1_000);
        Assert.That(all[1], Is.EqualTo((UInt256)16));
        Assert.That(Enumerable.Range(0, 16).Select(i => all[2 + (9 * i)].U0), Is.EqualTo(Enumerable.Range(0, 16).Select(i => (ulong)(18 - i))));
        UInt256[] page = oracle.View("rounds(bytes32,uint256,uint256)", OracleWorld.Feed, 2, 3);
        Assert.That(new[] { page[2], page[11], page[20] }, Is.EqualTo(new[] { OracleWorld.Id(16), OracleWorld.Id(15), OracleWorld.Id(14) }));
        Assert.That(oracle.View("rounds(bytes32,uint256,uint256)", OracleWorld.Feed, UInt256.MaxValue, 3)[1], Is.EqualTo(UInt256.Zero));
        Assert.That(oracle.View("rounds(bytes32,uint256,uint256)", OracleWorld.Feed, 0, 0)[1], Is.EqualTo(UInt256.Zero));
    }

    [Test]
    public void Averages_weigh_answers_by_the_time_they_stood()
    {
        using OracleWorld oracle = new(OracleWorld.Config with { Kind = 3, MinAnswer = Int128.MinValue, MaxDeviationBps = 0 });
        oracle.Fails(OracleErrors.NoData.Encode(OracleWorld.FeedWord), World.Nobody, "twap(bytes32,uint64)", OracleWorld.Feed, 10);
        oracle.Accepts(100, 100, 100);
        Assert.That(oracle.View("twap(bytes32,uint64)", OracleWorld.Feed, 10), Is.EqualTo(new UInt256[] { 100, 1 }), "no time has passed");
        oracle.World.NextBlock(30);
        oracle.Accepts(200, 200, 200);
        oracle.World.NextBlock(10);
        Assert.That(oracle.View("twap(bytes32,uint64)", OracleWorld.Feed, 20), Is.EqualTo(new UInt256[] { 150, 2 }));
        Assert.That(oracle.View("twap(bytes32,uint64)", OracleWorld.Feed, 10), Is.EqualTo(new UInt256[] { 200, 1 }));
        Assert.That(oracle.View("twap(bytes32,uint64)", OracleWorld.Feed, 11), Is.EqualTo(new UInt256[] { (2_000 + 100) / 11, 2 }));
        Assert.That(oracle.View("twap(bytes32,uint64)", OracleWorld.Feed, ulong.MaxValue), Is.EqualTo(new UInt256[] { 125, 2 }));
        Assert.That(oracle.View("twap(bytes32,uint64)", OracleWorld.Feed, 0), Is.EqualTo(new UInt256[] { 200, 1 }));
        oracle.Accepts(OracleWorld.Minus(301), OracleWorld.Minus(301), OracleWorld.Minus(301));
        oracle.World.NextBlock(10);
        Assert.That(oracle.View("twap(bytes32,uint64)", OracleWorld.Feed, 20), Is.EqualTo(new UInt256[] { OracleWorld.Minus(50), 2 }), "-1010 / 20 truncates toward 0");
    }

    [Test]
    public void Averages_use_32_rounds_at_most()
    {
        using OracleWorld oracle = new(OracleWorld.Config with { RingLog2 = 6 });
        for (int i = 0; i < 40; i++)
        {
            oracle.Accepts(100, 100, 100);
            oracle.World.NextBlock(1);
        }
        Assert.That(oracle.View("twap(bytes32,uint64)", OracleWorld.Feed, 1_000_000), Is.EqualTo(new UInt256[] { 100, 32 }));
    }

    [TestCase(DispatcherKind.Loop)]
    [TestCase(DispatcherKind.TailCalls)]
    public void The_facade_is_an_AggregatorV3(DispatcherKind dispatcher)
    {
        using OracleWorld oracle = new(dispatcher: dispatcher);
        byte[] noData = OracleErrors.NoData.Encode(OracleWorld.FeedWord);
        foreach (string signature in new[] { "latestRoundData()", "latestAnswer()", "latestTimestamp()", "latestRound()" }) Reverts(noData, World.Encode(signature));
        Reverts(noData, World.Encode("getRoundData(uint80)", OracleWorld.Id(1)));
        oracle.Accepts(oracle.Observe(0, 100, World.Now - 4), oracle.Observe(1, 101, World.Now - 3), oracle.Observe(2, 102, World.Now - 2));
        UInt256[] data = [OracleWorld.Id(1), 101, World.Now - 3, World.Now, OracleWorld.Id(1)];
        Assert.That(oracle.ThroughFacade("latestRoundData()"), Is.EqualTo(data));
        Assert.That(oracle.ThroughFacade("getRoundData(uint80)", OracleWorld.Id(1)), Is.EqualTo(data));
        Assert.That(oracle.ThroughFacade("decimals()"), Is.EqualTo(new UInt256[] { 8 }));
        Assert.That(oracle.ThroughFacade("description()"), Is.EqualTo(new UInt256[] { 32, 10, AbiWords.ToWord("Property 1") }));
        Assert.That(oracle.ThroughFacade("version()"), Is.EqualTo(new UInt256[] { 6 }));
        Assert.That(oracle.ThroughFacade("latestAnswer()"), Is.EqualTo(new UInt256[] { 101 }));
        Assert.That(oracle.ThroughFacade("latestTimestamp()"), Is.EqualTo(new UInt256[] { World.Now }));
        Assert.That(oracle.ThroughFacade("latestRound()"), Is.EqualTo(new[] { OracleWorld.Id(1) }));
        Assert.That(oracle.ThroughFacade("getAnswer(uint256)", OracleWorld.Id(1)), Is.EqualTo(new UInt256[] { 101 }));
        Assert.That(oracle.ThroughFacade("getTimestamp(uint256)", OracleWorld.Id(1)), Is.EqualTo(new UInt256[] { World.Now }));
        Reverts(OracleErrors.RoundNotAvailable.Encode(OracleWorld.Id(2)), World.Encode("getRoundData(uint80)", OracleWorld.Id(2)));
        Reverts(OracleErrors.RoundNotAvailable.Encode(OracleWorld.Id(1)), World.Encode("getAnswer(uint256)", OracleWorld.Id(1) + (UInt256.One << 80)));

        oracle.World.NextBlock(1);
        oracle.Accepts(900, 900, 900);
        oracle.World.NextBlock(9_999);
        Assert.That(oracle.ThroughFacade("latestRoundData()"), Is.EqualTo(data), "held and stale: the last accepted round");
        oracle.Succeeds(World.Manager, "setFeedPaused(bytes32,bool)", OracleWorld.Feed, true);
        Assert.That(oracle.ThroughFacade("latestAnswer()"), Is.EqualTo(new UInt256[] { 101 }));

        Hash256 other = World.Id(0x5555);
        oracle.Succeeds(World.Manager, OracleWorld.Create, other, OracleWorld.Config with { Decimals = 3 }, OracleWorld.Reporters[..5]);
        ExecutionResult pointed = oracle.World.CallAt(OracleWorld.Facade, World.Nobody, [.. World.Encode("decimals()"), .. other.Bytes]);
        Assert.That(OracleWorld.WordsOf(pointed), Is.EqualTo(new UInt256[] { 8 }), "appended bytes cannot point a facade at another feed");

        void Reverts(byte[] error, byte[] input)
        {
            ExecutionResult result = oracle.World.CallAt(OracleWorld.Facade, World.Nobody, input);
            Assert.That(result.Status, Is.EqualTo(FrameStatus.Revert));
            Assert.That(result.Output.ToArray(), Is.EqualTo(error));
        }
    }

    [Test]
    public void A_description_of_32_characters_has_no_zero_to_end_at()
    {
        using OracleWorld oracle = new(OracleWorld.Config with { Description = AbiWords.ToHash(AbiWords.ToWord(new string('x', 32))) });
        Assert.That(oracle.ThroughFacade("description()")[1], Is.EqualTo((UInt256)32));
    }

    [Test]
    public void The_facade_costs_196_more_than_the_module_that_answers_it_with_five_words()
    {
        using OracleWorld oracle = new();
        oracle.Accepts(100, 100, 100);
        byte[] input = World.Encode("latestRoundData()");
        byte[] direct = [.. input, .. OracleWorld.Feed.Bytes];
        oracle.World.CallAt(ModuleAddresses.Oracle, World.Nobody, direct);
        oracle.World.CallAt(ModuleAddresses.Oracle, World.Nobody, direct, begin: false);
        ulong module = oracle.World.LastGas;
        oracle.World.CallAt(OracleWorld.Facade, World.Nobody, input, begin: false);
        Assert.That(oracle.World.LastGas - module, Is.EqualTo(196));
    }

    [Test]
    public void Fresh_reads_cost_three_slots()
    {
        using OracleWorld oracle = new();
        oracle.Accepts(100, 100, 100);
        oracle.View("readFresh(bytes32)", OracleWorld.Feed);
        Assert.That(oracle.World.LastGas, Is.EqualTo(200 + 6 + 9 + (2 * MeteredStorage.MapGas) + (3 * 2_100)));
        oracle.World.CallAt(ModuleAddresses.Oracle, World.Nobody, World.Encode("readFresh(bytes32)", OracleWorld.Feed), begin: false);
        Assert.That(oracle.World.LastGas, Is.EqualTo(200 + 6 + 9 + (2 * MeteredStorage.MapGas) + (3 * 100)));
    }

    [Test]
    public void A_submission_of_five_costs_about_53400_and_34200_more_in_the_first_lap()
    {
        using OracleWorld oracle = new();
        oracle.Accepts(100, 100, 100);
        oracle.World.NextBlock(1);
        oracle.Accepts(100, 100, 100, 100, 100);
        ulong firstLap = oracle.World.LastGas;
        for (int i = 3; i <= 16; i++)
        {
            oracle.World.NextBlock(1);
            oracle.Accepts(100, 100, 100);
        }
        oracle.World.NextBlock(1);
        oracle.Accepts(100, 100, 100, 100, 100);
        ulong warmRing = oracle.World.LastGas;
        const ulong input = 3 * 49, output = 3, hashes = 8 * MeteredStorage.MapGas, digests = 5 * 120, recoveries = 5 * 3_000;
        const ulong slots = (9 * 2_100) + 2_900 + (2 * 5_000), logs = (2 * 375) + (7 * 375) + (8 * 6 * 32);
        Assert.That(warmRing, Is.EqualTo(200 + input + output + hashes + digests + recoveries + slots + logs));
        Assert.That(warmRing, Is.InRange(52_900, 53_500));
        Assert.That(firstLap - warmRing, Is.EqualTo(34_200));
    }

    [Test]
    public void Creation_pays_for_its_slots_and_for_a_deployment_of_83_bytes()
    {
        using OracleWorld oracle = new();
        const ulong slots = 2_100 + (17 * 22_100), hashes = (2 * MeteredStorage.ArrayBaseGas) + (7 * MeteredStorage.MapGas);
        const ulong logs = 375 + (375 * 4) + (8 * 64) + 375 + (375 * 3) + (8 * 256), deployment = 32_000 + (83 * 200);
        using OracleWorld empty = new(reporters: 0);
        empty.Succeeds(World.Manager, OracleWorld.Create, OracleWorld.Feed, OracleWorld.Config, OracleWorld.Reporters[..5]);
        Assert.That(empty.World.LastGas, Is.EqualTo(200 + (3 * 22) + 3 + slots + hashes + logs + deployment));
        ulong cost = empty.World.LastGas;
        using OracleWorld short1 = new(reporters: 0);
        byte[] input = World.Encode(OracleWorld.Create, OracleWorld.Feed, OracleWorld.Config, OracleWorld.Reporters[..5]);
        Assert.That(short1.World.CallAt(ModuleAddresses.Oracle, World.Manager, input, gas: cost - 1).Status, Is.EqualTo(FrameStatus.OutOfGas));
        Assert.That(short1.World.State.GetAccount(OracleWorld.Facade).HasCode, Is.False);
        Assert.That(short1.World.State.WarmAccount(short1.World.State.GetAccount(OracleWorld.Facade)), Is.True, "it stayed cold");
        Assert.That(short1.World.CallAt(ModuleAddresses.Oracle, World.Manager, input, gas: cost).Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(short1.World.State.WarmAccount(short1.World.State.GetAccount(OracleWorld.Facade)), Is.False, "it is warm");
    }

    [Test]
    public void Malformed_signatures_cost_no_recovery_and_rejections_no_stores()
    {
        using OracleWorld oracle = new();
        Observation[] observations = oracle.All(100, 100, 100);
        observations[0] = observations[0] with { Signature = new byte[65] };
        byte[] input = World.Encode(OracleWorld.Submit, OracleWorld.Feed, observations);
        oracle.World.CallAt(ModuleAddresses.Oracle, World.Nobody, input);
        Assert.That(oracle.World.LastGas, Is.EqualTo(200 + (3 * (((ulong)input.Length + 31) / 32)) + MeteredStorage.MapGas + 2_100 + 6));
        Assert.That(KycErrors.Describe(OracleErrors.SubmissionInvalid.Encode(4)), Is.EqualTo("SubmissionInvalid(4)"));
    }
}
