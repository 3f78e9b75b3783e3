using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
using Chain.Compliance.Registry;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Precompiles.Native;

/// <summary>The oracle behind <c>IOracle</c>, and the functions of AggregatorV3 that its facades forward (compliance specification, section 6).</summary>
public sealed class OracleModule : NativeModule
{
    private const string ConfigType = "(uint8,uint8,uint8,uint8,uint32,uint32,uint32,uint32,uint16,uint16,int128,int128,bytes32)";
    private const string ObservationType = "(int256,uint64,bytes32,bytes)";
    private const int RoundWords = 9;

    private OracleModule()
        : base("ORACLE", ModuleAddresses.Oracle, [.. AllowListModule.Functions, .. Writes, .. Views, .. Facade])
    {
    }

    /// <summary>The module.</summary>
    public static OracleModule Instance { get; } = new();

    private static ModuleFunction[] Writes =>
    [
        ModuleFunction.Write($"createFeed(bytes32,{ConfigType},address[])", Authority.Manager, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Hash256 feedId = arguments.Bytes32();
            FeedConfig config = ReadConfig(ref arguments);
            Address[] reporters = arguments.Addresses();
            if (call.Refusal(arguments) is { } refusal) return refusal;
            return call.Oracle.Create(feedId, config, reporters, out Address facade) ?? call.Return(facade);
        }),
        ModuleFunction.Write($"updateFeed(bytes32,{ConfigType})", Authority.Manager, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Hash256 feedId = arguments.Bytes32();
            FeedConfig config = ReadConfig(ref arguments);
            return call.Refusal(arguments) ?? call.Oracle.Update(feedId, config);
        }),
        ModuleFunction.Write("setReporters(bytes32,address[],uint8)", Authority.Manager, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Hash256 feedId = arguments.Bytes32();
            Address[] reporters = arguments.Addresses();
            byte quorum = arguments.UInt8();
            return call.Refusal(arguments) ?? call.Oracle.SetReporters(feedId, reporters, quorum);
        }),
        ModuleFunction.Write("setFeedPaused(bytes32,bool)", Authority.Manager, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Hash256 feedId = arguments.Bytes32();
            bool isPaused = arguments.Boolean();
            return call.Refusal(arguments) ?? call.Oracle.SetPaused(feedId, isPaused);
        }),
        ModuleFunction.Write("resolveHeld(bytes32,bool)", Authority.Agent, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Hash256 feedId = arguments.Bytes32();
            bool isAccepted = arguments.Boolean();
            return call.Refusal(arguments) ?? call.Oracle.ResolveHeld(feedId, isAccepted);
        }),
        ModuleFunction.Write($"submit(bytes32,{ObservationType}[])", Authority.Anyone, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Hash256 feedId = arguments.Bytes32();
            Observation[] observations = ReadObservations(ref arguments);
            if (call.Refusal(arguments) is { } refusal) return refusal;
            return call.Oracle.Submit(feedId, observations, out UInt256 roundId) ?? call.Return(roundId);
        }),
        ModuleFunction.Write($"submitBatch((bytes32,{ObservationType}[])[],bool)", Authority.Anyone, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Submission[] items = ReadSubmissions(ref arguments);
            bool isAtomic = arguments.Boolean();
            if (call.Refusal(arguments) is { } refusal) return refusal;
            return call.Oracle.SubmitBatch(items, isAtomic, out UInt256[] codes) ?? call.ReturnArray(codes);
        }),
        ModuleFunction.Write("submitDirect(bytes32,int256,uint64,bytes32)", Authority.Anyone, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Hash256 feedId = arguments.Bytes32();
            Observation observation = new(arguments.UInt256(), arguments.UInt64(), arguments.Bytes32(), []);
            if (call.Refusal(arguments) is { } refusal) return refusal;
            return call.Oracle.SubmitDirect(feedId, observation, out UInt256 roundId) ?? call.Return(roundId);
        }),
    ];

    private static ModuleFunction[] Views =>
    [
        FeedView("latestRound(bytes32)", static (call, id) => OracleViews.LatestRound(call.Storage, id, out Round round) ?? call.Return(Words(round))),
        ModuleFunction.View("roundAt(bytes32,uint80)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            UInt256 id = arguments.UInt256();
            UInt256 roundId = arguments.UInt80();
            if (call.Refusal(arguments) is { } refusal) return refusal;
            return OracleViews.RoundAt(call.Storage, id, roundId, out Round round) ?? call.Return(Words(round));
        }),
        ModuleFunction.View("rounds(bytes32,uint256,uint256)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            UInt256 id = arguments.UInt256();
            UInt256 back = arguments.UInt256();
            UInt256 limit = arguments.UInt256();
            if (call.Refusal(arguments) is { } refusal) return refusal;
            return OracleViews.Rounds(call.Storage, id, back, limit, out List<Round> rounds) ?? ReturnRounds(call, rounds);
        }),
        FeedView("readFresh(bytes32)", static (call, id) => ReadFresh(call, id, ulong.MaxValue)),
        ModuleFunction.View("readFreshWithin(bytes32,uint64)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            UInt256 id = arguments.UInt256();
            ulong maxAgeSeconds = arguments.UInt64();
            return call.Refusal(arguments) ?? ReadFresh(call, id, maxAgeSeconds);
        }),
        FeedView("health(bytes32)", static (call, id) => call.Return((ulong)OracleReader.Health(call.Storage, id, call.Block.Timestamp))),
        ModuleFunction.View("twap(bytes32,uint64)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            UInt256 id = arguments.UInt256();
            ulong windowSeconds = arguments.UInt64();
            if (call.Refusal(arguments) is { } refusal) return refusal;
            return OracleViews.Twap(call.Storage, id, windowSeconds, call.Block.Timestamp, out UInt256 answer, out byte samples) ?? call.Return(answer, samples);
        }),
        FeedView("feedConfig(bytes32)", static (call, id) => OracleViews.Config(call.Storage, id, out FeedView view) ?? ReturnConfig(call, view)),
        FeedView("reportersOf(bytes32)", static (call, id) => OracleViews.Reporters(call.Storage, id, out UInt256[] reporters) ?? call.ReturnArray(reporters)),
        ModuleFunction.View("feedCount()", static (ModuleCall call, ref AbiReader _) => call.Return(call.Storage.Read(OracleLayout.FeedIds))),
        ModuleFunction.View("feeds(uint256,uint256)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            UInt256 offset = arguments.UInt256();
            UInt256 limit = arguments.UInt256();
            return call.Refusal(arguments) ?? call.ReturnArray(KycViews.Page(call.Storage, OracleLayout.FeedIds, offset, limit));
        }),
        FeedView("facadeOf(bytes32)", static (call, id) => OracleViews.Find(call.Storage, id, out _, out _) ?? call.Return(FeedFacade.AddressOf(id))),
        ModuleFunction.View("feedOfFacade(address)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address facade = arguments.Address();
            return call.Refusal(arguments) ?? call.Return(call.Storage.Read(call.Storage.Map(OracleLayout.Facades, AbiWords.ToWord(facade))));
        }),
        ModuleFunction.View("observationDigest(bytes32,int256,uint64,bytes32)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Hash256 feedId = arguments.Bytes32();
            UInt256 value = arguments.UInt256();
            ulong observedAt = arguments.UInt64();
            Hash256 evidence = arguments.Bytes32();
            if (call.Refusal(arguments) is { } refusal) return refusal;
            call.Storage.Charge(Eip712.DigestGas);
            return call.Return(AbiWords.ToWord(ObservationDigest.Of(ObservationDigest.Domain(call.Block.ChainId), feedId, value, observedAt, evidence)));
        }),
        ModuleFunction.View("domainSeparator()", static (ModuleCall call, ref AbiReader _) => call.Return(AbiWords.ToWord(ObservationDigest.Domain(call.Block.ChainId)))),
    ];

    /// <summary>Functions of AggregatorV3 and V2: the feed id stands in the last 32 bytes of the calldata, where the facade puts it.</summary>
    private static ModuleFunction[] Facade =>
    [
        Aggregator("latestRoundData()", static (call, id) => OracleViews.LatestRound(call.Storage, id, out Round round, readsEvidence: false) ?? ReturnRoundData(call, round)),
        AggregatorRound("getRoundData(uint80)", isUInt80: true, static (call, round) => ReturnRoundData(call, round)),
        Aggregator("decimals()", static (call, id) => OracleViews.Find(call.Storage, id, out _, out FeedWord feed) ?? call.Return((ulong)feed.Decimals)),
        Aggregator("description()", static (call, id) => OracleViews.Description(call.Storage, id, out UInt256 text) ?? call.ReturnText(TextOf(text))),
        Aggregator("version()", static (call, _) => call.Return(FeedFacade.Version)),
        Aggregator("latestAnswer()", static (call, id) => OracleViews.LatestAnswer(call.Storage, id, out AnswerWord latest) ?? call.Return(latest.Answer)),
        Aggregator("latestTimestamp()", static (call, id) => OracleViews.LatestAnswer(call.Storage, id, out AnswerWord latest) ?? call.Return(latest.Time)),
        Aggregator("latestRound()", static (call, id) =>
            OracleViews.FindWithData(call.Storage, id, out _, out FeedWord feed, out ProgressWord progress) ?? call.Return(feed.RoundId(progress.Seq))),
        AggregatorRound("getAnswer(uint256)", isUInt80: false, static (call, round) => call.Return(round.Answer)),
        AggregatorRound("getTimestamp(uint256)", isUInt80: false, static (call, round) => call.Return(round.UpdatedAt)),
    ];

    private static ModuleFunction FeedView(string signature, Func<ModuleCall, UInt256, byte[]?> view) =>
        ModuleFunction.View(signature, (ModuleCall call, ref AbiReader arguments) =>
        {
            UInt256 id = arguments.UInt256();
            return call.Refusal(arguments) ?? view(call, id);
        });

    private static ModuleFunction Aggregator(string signature, Func<ModuleCall, UInt256, byte[]?> view) =>
        ModuleFunction.View(signature, (ModuleCall call, ref AbiReader arguments) =>
        {
            UInt256 id = arguments.LastWord();
            return call.Refusal(arguments) ?? view(call, id);
        });

    private static ModuleFunction AggregatorRound(string signature, bool isUInt80, Func<ModuleCall, Round, byte[]?> view) =>
        ModuleFunction.View(signature, (ModuleCall call, ref AbiReader arguments) =>
        {
            UInt256 roundId = isUInt80 ? arguments.UInt80() : arguments.UInt256();
            UInt256 id = arguments.LastWord();
            if (call.Refusal(arguments) is { } refusal) return refusal;
            return OracleViews.RoundAt(call.Storage, id, roundId, out Round round, readsEvidence: false) ?? view(call, round);
        });

    private static byte[]? ReadFresh(ModuleCall call, in UInt256 id, ulong maxAgeSeconds)
    {
        FeedHealth health = OracleReader.ReadFresh(call.Storage, id, call.Block.Timestamp, maxAgeSeconds, out FreshAnswer answer, out ulong limitSeconds);
        return health switch
        {
            FeedHealth.Ok => call.Return(answer.Answer, answer.UpdatedAt, answer.Decimals),
            FeedHealth.NoData => OracleErrors.NoData.Encode(id),
            FeedHealth.Stale => OracleErrors.StaleData.Encode(id, answer.UpdatedAt, limitSeconds),
            _ => OracleErrors.FeedUnhealthy.Encode(id, (ulong)health),
        };
    }

    private static byte[]? ReturnRoundData(ModuleCall call, in Round round) =>
        call.Return(round.RoundId, round.Answer, round.ObservedAt, round.UpdatedAt, round.RoundId);

    private static byte[]? ReturnRounds(ModuleCall call, List<Round> rounds)
    {
        UInt256[] words = new UInt256[2 + (RoundWords * rounds.Count)];
        words[0] = UInt256.SizeBytes;
        words[1] = (ulong)rounds.Count;
        for (int i = 0; i < rounds.Count; i++) Words(rounds[i]).CopyTo(words, 2 + (RoundWords * i));
        return call.Return(words);
    }

    private static byte[]? ReturnConfig(ModuleCall call, in FeedView view)
    {
        FeedWord feed = view.Feed;
        return call.Return(
            feed.Kind, feed.Decimals, feed.Quorum, feed.RingLog2, feed.Heartbeat, feed.StaleAfter, feed.ReportWindow, feed.MinInterval,
            feed.DeviationBps, feed.MaxDeviationBps, Signed.ToWord(view.Bounds.MinAnswer), Signed.ToWord(view.Bounds.MaxAnswer), view.Description,
            AbiWords.ToWord(feed.IsPaused), AbiWords.ToWord(feed.IsHeld), feed.Phase, feed.ReporterCount);
    }

    private static UInt256[] Words(in Round round) =>
        [round.RoundId, round.Answer, round.ObservedAt, round.UpdatedAt, round.ReporterBitmap, round.SpreadBps, round.Count, round.Flags, round.Evidence];

    /// <summary>The bytes up to the first zero.</summary>
    private static byte[] TextOf(in UInt256 word)
    {
        byte[] bytes = word.ToBigEndian();
        int end = Array.IndexOf(bytes, (byte)0);
        return end < 0 ? bytes : bytes[..end];
    }

    private static FeedConfig ReadConfig(ref AbiReader arguments) => new(
        arguments.UInt8(), arguments.UInt8(), arguments.UInt8(), arguments.UInt8(), arguments.UInt32(), arguments.UInt32(), arguments.UInt32(), arguments.UInt32(),
        arguments.UInt16(), arguments.UInt16(), arguments.Int128(), arguments.Int128(), arguments.Bytes32());

    private static Observation[] ReadObservations(ref AbiReader arguments)
    {
        int length = arguments.EnterArray(out (int, int) outer);
        Observation[] observations = new Observation[length];
        for (int i = 0; i < length && !arguments.Failed; i++)
        {
            arguments.EnterStruct(out (int, int) list);
            observations[i] = new Observation(arguments.UInt256(), arguments.UInt64(), arguments.Bytes32(), arguments.Bytes().ToArray());
            arguments.Leave(list);
        }
        arguments.Leave(outer);
        return observations;
    }

    private static Submission[] ReadSubmissions(ref AbiReader arguments)
    {
        int length = arguments.EnterArray(out (int, int) outer);
        Submission[] items = new Submission[length];
        for (int i = 0; i < length && !arguments.Failed; i++)
        {
            arguments.EnterStruct(out (int, int) list);
            items[i] = new Submission(arguments.Bytes32(), ReadObservations(ref arguments));
            arguments.Leave(list);
        }
        arguments.Leave(outer);
        return items;
    }
}
