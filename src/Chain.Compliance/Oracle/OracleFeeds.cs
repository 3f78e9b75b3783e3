using Chain.Compliance.Abi;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Oracle;

/// <summary>
/// The writes of the oracle (compliance specification, section 6), steps 8 to 10 of a call; the caller's authority has been tested.
/// Each returns null, or the revert data of the first failed requirement.
/// </summary>
/// <param name="storage">The oracle's storage.</param>
/// <param name="caller">Who asks.</param>
/// <param name="now">Block timestamp.</param>
/// <param name="chainId">Chain id, for signatures.</param>
public sealed partial class OracleFeeds(IModuleStorage storage, Address caller, ulong now, ulong chainId)
{
    private readonly UInt256 _callerWord = AbiWords.ToWord(caller);

    /// <summary><c>createFeed</c>.</summary>
    public byte[]? Create(in Hash256 feedId, in FeedConfig config, ReadOnlySpan<Address> reporters, out Address facade)
    {
        UInt256 id = AbiWords.ToWord(feedId);
        facade = default;
        if (!FeedRules.IsReporterCount(reporters.Length)) return InvalidConfig(FeedRules.Reporters);
        if (id.IsZero) return OracleErrors.FeedUnknown.Encode(id);
        if (FeedRules.FirstInvalid(config, reporters.Length) is { } field) return InvalidConfig(field);
        if (!FeedRules.AreDistinct(reporters)) return InvalidConfig(FeedRules.Reporters);
        FeedSlots slots = FeedSlots.Of(storage, id);
        if (!storage.Read(slots.Feed).IsZero) return OracleErrors.FeedExists.Encode(id);

        storage.BeginEffects();
        facade = FeedFacade.AddressOf(id);
        UInt256 facadeWord = AbiWords.ToWord(facade);
        FeedWord feed = new FeedWord { ReporterCount = (byte)reporters.Length, Phase = 1 }.With(config);
        ulong count = storage.Read(OracleLayout.FeedIds).U0;
        storage.Write(OracleLayout.FeedIds, count + 1);
        storage.Write(storage.ArrayBase(OracleLayout.FeedIds) + count, id);
        storage.Write(storage.Map(OracleLayout.Facades, facadeWord), id);
        WriteConfig(slots, feed, config);
        WriteReporters(slots, reporters);
        storage.Deploy(facade, FeedFacade.CodeOf(id));
        storage.Log(OracleEvents.FeedCreated.Log(ModuleAddresses.Oracle, id, facadeWord, config.Kind, config.Decimals, _callerWord));
        storage.Log(OracleEvents.ReportersSet(id, reporters, config.Quorum, _callerWord));
        return null;
    }

    /// <summary><c>updateFeed</c>: another kind, scale or ring begins a new phase.</summary>
    public byte[]? Update(in Hash256 feedId, in FeedConfig config)
    {
        UInt256 id = AbiWords.ToWord(feedId);
        if (FeedRules.FirstInvalid(config, reporterCount: null) is { } field) return InvalidConfig(field);
        if (OracleViews.Find(storage, id, out FeedSlots slots, out FeedWord feed) is { } unknown) return unknown;
        if (!FeedRules.IsQuorum(config.Quorum, feed.ReporterCount)) return InvalidConfig(FeedRules.Quorum);

        storage.BeginEffects();
        bool beginsPhase = config.Kind != feed.Kind || config.Decimals != feed.Decimals || config.RingLog2 != feed.RingLog2;
        feed = feed.With(config);
        if (beginsPhase)
        {
            feed.Phase++;
            ProgressWord progress = ProgressWord.Unpack(storage.Read(slots.Progress));
            storage.Write(slots.Progress, new ProgressWord(progress.Seq, now, progress.Seq).Pack());
            ClearHeld(slots, ref feed);
        }
        WriteConfig(slots, feed, config);
        storage.Log(OracleEvents.FeedUpdated.Log(ModuleAddresses.Oracle, id, feed.Phase, _callerWord));
        return null;
    }

    /// <summary><c>setReporters</c>.</summary>
    public byte[]? SetReporters(in Hash256 feedId, ReadOnlySpan<Address> reporters, byte quorum)
    {
        UInt256 id = AbiWords.ToWord(feedId);
        if (!FeedRules.IsReporterCount(reporters.Length) || !FeedRules.AreDistinct(reporters)) return InvalidConfig(FeedRules.Reporters);
        if (!FeedRules.IsQuorum(quorum, reporters.Length)) return InvalidConfig(FeedRules.Quorum);
        if (OracleViews.Find(storage, id, out FeedSlots slots, out FeedWord feed) is { } unknown) return unknown;

        storage.BeginEffects();
        feed.Quorum = quorum;
        feed.ReporterCount = (byte)reporters.Length;
        storage.Write(slots.Feed, feed.Pack());
        WriteReporters(slots, reporters);
        storage.Log(OracleEvents.ReportersSet(id, reporters, quorum, _callerWord));
        return null;
    }

    /// <summary><c>setFeedPaused</c>.</summary>
    public byte[]? SetPaused(in Hash256 feedId, bool isPaused)
    {
        UInt256 id = AbiWords.ToWord(feedId);
        if (OracleViews.Find(storage, id, out FeedSlots slots, out FeedWord feed) is { } unknown) return unknown;

        storage.BeginEffects();
        storage.Write(slots.Feed, (feed with { IsPaused = isPaused }).Pack());
        storage.Log(OracleEvents.FeedPauseSet.Log(ModuleAddresses.Oracle, id, AbiWords.ToWord(isPaused), _callerWord));
        return null;
    }

    /// <summary><c>resolveHeld</c>: makes the held value a round, or discards it; never by a reporter of the feed.</summary>
    public byte[]? ResolveHeld(in Hash256 feedId, bool isAccepted)
    {
        UInt256 id = AbiWords.ToWord(feedId);
        if (OracleViews.Find(storage, id, out FeedSlots slots, out FeedWord feed) is { } unknown) return unknown;
        if (!storage.Read(storage.Map(slots.ReporterIndex, _callerWord)).IsZero) return KycErrors.FourEyes.Encode(_callerWord);
        if (!feed.IsHeld) return OracleErrors.NoData.Encode(id);
        AnswerWord held = default;
        if (isAccepted)
        {
            BoundsWord bounds = BoundsWord.Unpack(storage.Read(slots.Bounds));
            held = AnswerWord.Unpack(storage.Read(slots.Held));
            if (!bounds.Contains(held.Answer)) return OracleErrors.SubmissionInvalid.Encode(SubmissionCodes.OutOfRange);
            if (now - held.Time > feed.StaleAfter) return OracleErrors.StaleData.Encode(id, held.Time, feed.StaleAfter);
        }

        storage.BeginEffects();
        storage.Log(OracleEvents.HeldResolved.Log(ModuleAddresses.Oracle, id, AbiWords.ToWord(isAccepted), _callerWord));
        if (isAccepted)
        {
            ProgressWord progress = ProgressWord.Unpack(storage.Read(slots.Progress));
            RoundWord round = new() { ObservedAt = held.Time, MaxObservedAt = progress.MaxObservedAt, Flags = RoundWord.ResolvedFlag };
            AppendRound(id, slots, feed, progress, held.Answer, round, storage.Read(slots.HeldEvidence));
        }
        ClearHeld(slots, ref feed);
        storage.Write(slots.Feed, feed.Pack());
        return null;
    }

    private void WriteConfig(in FeedSlots slots, in FeedWord feed, in FeedConfig config)
    {
        storage.Write(slots.Feed, feed.Pack());
        storage.Write(slots.Bounds, new BoundsWord(config.MinAnswer, config.MaxAnswer).Pack());
        storage.Write(slots.Description, AbiWords.ToWord(config.Description));
    }

    private void WriteReporters(in FeedSlots slots, ReadOnlySpan<Address> reporters)
    {
        int oldCount = (int)storage.Read(slots.Reporters).U0;
        UInt256 first = storage.ArrayBase(slots.Reporters);
        for (int i = 0; i < oldCount; i++) storage.Write(storage.Map(slots.ReporterIndex, storage.Read(first + (ulong)i)), default);
        for (int i = 0; i < reporters.Length; i++)
        {
            UInt256 reporter = AbiWords.ToWord(reporters[i]);
            storage.Write(first + (ulong)i, reporter);
            storage.Write(storage.Map(slots.ReporterIndex, reporter), (ulong)(i + 1));
        }
        for (int i = reporters.Length; i < oldCount; i++) storage.Write(first + (ulong)i, default);
        storage.Write(slots.Reporters, (ulong)reporters.Length);
    }

    /// <summary>Zeroes what is held, if anything is; the caller writes F0.</summary>
    private void ClearHeld(in FeedSlots slots, ref FeedWord feed)
    {
        if (!feed.IsHeld) return;
        feed.IsHeld = false;
        storage.Write(slots.Held, default);
        storage.Write(slots.HeldEvidence, default);
    }

    /// <summary>Writes the next round into the ring and logs it; returns its id.</summary>
    private UInt256 AppendRound(
        in UInt256 id, in FeedSlots slots, in FeedWord feed, ProgressWord progress, in UInt256 answer, RoundWord round, in UInt256 evidence)
    {
        progress.Seq++;
        round.Seq = progress.Seq;
        if (!evidence.IsZero) round.Flags |= RoundWord.EvidenceFlag;
        UInt256 slot = slots.Round(storage, feed.RingLog2, round.Seq);
        bool overwritesEvidence = RoundWord.Unpack(storage.Read(slot + 1)).HasEvidence;
        storage.Write(slot, new AnswerWord(answer, now).Pack());
        storage.Write(slot + 1, round.Pack());
        if (round.HasEvidence || overwritesEvidence) storage.Write(slot + 2, evidence);
        storage.Write(slots.Progress, progress.Pack());

        UInt256 roundId = feed.RoundId(round.Seq);
        storage.Log(OracleEvents.RoundAccepted.Log(ModuleAddresses.Oracle,
            id, roundId, answer, round.ObservedAt, round.ReporterBitmap, round.SpreadBps, evidence, _callerWord));
        storage.Log(OracleEvents.AnswerUpdated.Log(FeedFacade.AddressOf(id), answer, roundId, now));
        return roundId;
    }

    private static byte[] InvalidConfig(byte field) => OracleErrors.InvalidFeedConfig.Encode(field);
}
