using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Compliance.Tests.Mirror;

/// <summary>Calls of the oracle and of its facades' functions.</summary>
internal sealed class OracleOperations(Random random) : OperationSource(random)
{
    private static readonly byte[][] Keys = [.. Enumerable.Range(1, 33).Select(i => new UInt256((ulong)i).ToBigEndian())];
    private static readonly Hash256[] Feeds = [OracleWorld.Feed, World.Id(77), World.Id(78)];
    private static readonly Address[] Callers = [World.Admin, World.Manager, World.Manager, World.Manager, World.Officer, World.Agent, World.Nobody, OracleWorld.Reporters[0], OracleWorld.Reporters[1]];
    private static readonly string[] FeedViews = ["latestRound(bytes32)", "readFresh(bytes32)", "health(bytes32)", "feedConfig(bytes32)", "reportersOf(bytes32)", "facadeOf(bytes32)"];
    private static readonly string[] FacadeViews = ["latestRoundData()", "decimals()", "description()", "version()", "latestAnswer()", "latestTimestamp()", "latestRound()"];
    private static readonly string[] FacadeRoundViews = ["getRoundData(uint80)", "getAnswer(uint256)", "getTimestamp(uint256)"];

    private ulong _price = 1_000_000;

    public override void Prepare(MirrorPair pair)
    {
        foreach (Hash256 feed in Feeds[..2])
        {
            ModuleOperation create = Call(ModuleAddresses.Oracle, World.Manager, OracleWorld.Create, feed, Config() with { Quorum = 3 }, OracleWorld.Reporters[..5]);
            Assert.That(pair.Run(create), Is.Null, create.ToString());
        }
        ModuleOperation alone = Call(ModuleAddresses.Oracle, World.Manager, OracleWorld.Create, Feeds[2], Config() with { Quorum = 1 }, OracleWorld.Reporters[..1]);
        Assert.That(pair.Run(alone), Is.Null, alone.ToString());
    }

    protected override ModuleOperation Draw(ulong now) => Random.Next(24) switch
    {
        0 => Create(),
        1 => Oracle(OracleWorld.Update, Feed(), Config()),
        2 => Oracle("setReporters(bytes32,address[],uint8)", Feed(), ReporterList(), OneIn(2) ? 3 : Random.Next(7)),
        3 => Oracle("setFeedPaused(bytes32,bool)", Feed(), OneIn(8)),
        4 or 5 => Oracle("resolveHeld(bytes32,bool)", Feed(), !OneIn(3)),
        6 => Call(ModuleAddresses.Oracle, OneIn(3) ? Pick(Callers) : OracleWorld.Reporters[0], OracleWorld.SubmitDirect, OneIn(3) ? Feed() : Feeds[2], Value(), Time(now), Evidence()),
        7 => Oracle(OracleWorld.SubmitBatch, Many(OneIn(40) ? 60 : 4, () => Submission(now)), OneIn(3)),
        8 or 9 or 10 or 11 or 12 or 13 or 14 => Submit(now),
        15 => Call(ModuleAddresses.Oracle, OneIn(2) ? Pick(Callers) : World.Admin, Pick("setAdmin(address)", "setManager(address)", "setEnabled(address)", "setNone(address)", "readAllowList(address)"), Pick(Callers)),
        16 or 17 => Oracle(Pick(FeedViews), Feed()),
        18 or 19 => Facade(),
        _ => View(now),
    };

    private ModuleOperation Oracle(string signature, params object[] arguments) =>
        Call(ModuleAddresses.Oracle, OneIn(5) ? Pick(Callers) : Pick(World.Manager, World.Admin), signature, arguments);

    private ModuleOperation Create() => Oracle(OracleWorld.Create, Feed(), Config(), ReporterList());

    private ModuleOperation Submit(ulong now)
    {
        Submission submission = Submission(now);
        return Oracle(OracleWorld.Submit, submission.FeedId, submission.Observations);
    }

    private ModuleOperation Facade()
    {
        bool takesRound = OneIn(3);
        string signature = takesRound ? Pick(FacadeRoundViews) : Pick(FacadeViews);
        byte[] input = takesRound ? World.Encode(signature, RoundId()) : World.Encode(signature);
        if (OneIn(8)) input = [.. input, 1, 2, 3];
        byte[] withFeed = OneIn(8) ? input : [.. input, .. Feed().Bytes];
        bool isThrough = OneIn(3);
        return new ModuleOperation(isThrough ? FeedFacade.AddressOf(AbiWords.ToWord(Feed())) : ModuleAddresses.Oracle, Pick(Callers), isThrough ? input : withFeed, signature);
    }

    private ModuleOperation View(ulong now) => Random.Next(8) switch
    {
        0 => Oracle("roundAt(bytes32,uint80)", Feed(), RoundId()),
        1 => Oracle("rounds(bytes32,uint256,uint256)", Feed(), OneIn(9) ? AnyWord() : (ulong)Random.Next(4), OneIn(9) ? AnyWord() : (ulong)Random.Next(20)),
        2 => Oracle("readFreshWithin(bytes32,uint64)", Feed(), (ulong)Random.Next(4_000)),
        3 => Oracle("twap(bytes32,uint64)", Feed(), OneIn(9) ? ulong.MaxValue : (ulong)Random.Next(8_000)),
        4 => Oracle("feeds(uint256,uint256)", (ulong)Random.Next(4), OneIn(9) ? AnyWord() : (ulong)Random.Next(4)),
        5 => Oracle("feedOfFacade(address)", FeedFacade.AddressOf(AbiWords.ToWord(Feed()))),
        6 => Oracle("observationDigest(bytes32,int256,uint64,bytes32)", Feed(), Value(), now, Evidence()),
        _ => Oracle(Pick("feedCount()", "domainSeparator()")),
    };

    private UInt256 RoundId() => OneIn(8) ? AnyWord() >> 170 : new UInt256((ulong)Random.Next(30), (ulong)Random.Next(1, 4));

    private FeedConfig Config()
    {
        FeedKind kind = (FeedKind)Random.Next(1, 9);
        FeedConfig config = FeedKinds.Defaults(kind, 5) with
        {
            RingLog2 = 4,
            Decimals = (byte)(OneIn(4) ? 6 : 8),
            Quorum = (byte)(OneIn(4) ? Random.Next(1, 4) : 3),
            MinInterval = (uint)(OneIn(2) ? 0 : 30),
            DeviationBps = (ushort)(OneIn(2) ? 0 : 50),
            MaxDeviationBps = (ushort)(OneIn(3) ? 0 : 1_000),
            Description = AbiWords.ToHash(OneIn(3) ? AnyWord() : AbiWords.ToWord("Property 1")),
        };
        return Random.Next(24) switch
        {
            0 => config with { Kind = (byte)Random.Next(12) },
            1 => config with { Decimals = (byte)Random.Next(24) },
            2 => config with { Quorum = (byte)Random.Next(40) },
            3 => config with { RingLog2 = (byte)Random.Next(16) },
            4 => config with { StaleAfter = (uint)Random.Next(5_000) },
            5 => config with { ReportWindow = (uint)Random.Next(200) },
            6 => config with { MinAnswer = -5 },
            7 => config with { MaxAnswer = 0 },
            8 => config with { MaxAnswer = 900_000 },
            9 => config with { MinAnswer = Int128.MinValue, MaxAnswer = Int128.MaxValue },
            _ => config,
        };
    }

    private Address[] ReporterList()
    {
        int count = OneIn(16) ? Random.Next(34) : OneIn(3) ? Random.Next(1, 6) : 5;
        Address[] list = OracleWorld.Reporters[..Math.Min(count, OracleWorld.Reporters.Length)];
        if (OneIn(3)) Random.Shuffle(list);
        if (OneIn(16) && list.Length > 1) list[^1] = OneIn(2) ? default : list[0];
        return list;
    }

    private Submission Submission(ulong now)
    {
        Hash256 feed = Feed();
        int count = OneIn(25) ? Random.Next(33) : OneIn(6) ? Random.Next(1, 6) : Random.Next(3, 6);
        int[] reporters = [.. Enumerable.Range(0, Math.Min(33, Math.Max(count, 5)))];
        Random.Shuffle(reporters);
        if (OneIn(8)) _price += (ulong)Random.Next(400_000);
        if (OneIn(8)) _price = 1 + (_price / 2);
        bool hasEvidence = !OneIn(5);
        return new Submission(feed, [.. Enumerable.Range(0, count).Select(i => Observe(OneIn(30) ? reporters[0] : reporters[i], feed, now, hasEvidence))]);
    }

    private Observation Observe(int reporter, Hash256 feed, ulong now, bool hasEvidence)
    {
        UInt256 value = Value();
        ulong at = Time(now);
        Hash256 evidence = hasEvidence && !OneIn(30) ? World.Id(0xe) : default;
        Hash256 digest = ObservationDigest.Of(ObservationDigest.Domain(OneIn(60) ? 1 : World.ChainId), feed, value, at, evidence);
        Assert.That(Secp256k1.TrySign(digest.Bytes, Keys[reporter], out TransactionSignature s), Is.True);
        byte[] signature = [.. s.R.ToBigEndian(), .. s.S.ToBigEndian(), (byte)(27 + s.YParity)];
        if (OneIn(60)) signature = signature[..Random.Next(66)];
        if (OneIn(60) && signature.Length > 0) signature[Random.Next(signature.Length)] ^= (byte)(1 << Random.Next(8));
        return new Observation(value, at, evidence, signature);
    }

    private UInt256 Value() => Random.Next(40) switch
    {
        0 => AnyWord(),
        1 => -new UInt256(_price),
        2 => default,
        _ => _price + (ulong)Random.Next(2_000),
    };

    private ulong Time(ulong now) => Random.Next(60) switch
    {
        0 => now + 1,
        1 => now - (ulong)Random.Next(2_000),
        2 => AnyWord().U0,
        _ => now,
    };

    private Hash256 Evidence() => OneIn(3) ? default : World.Id(0xe);

    private Hash256 Feed() => OneIn(25) ? AnyHash() : OneIn(6) ? Feeds[2] : Pick(Feeds[..2]);
}
