using Chain.Compliance.Abi;
using Chain.Compliance.Registry;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Oracle;

/// <content>Submissions (compliance specification, section 6.5).</content>
public sealed partial class OracleFeeds
{
    private Hash256? _domain;

    private Hash256 Domain => _domain ??= ObservationDigest.Domain(chainId);

    /// <summary><c>submit</c>; the id is 0 where the value is held.</summary>
    public byte[]? Submit(in Hash256 feedId, ReadOnlySpan<Observation> observations, out UInt256 roundId)
    {
        byte code = Submit(feedId, observations, isDirect: false, out roundId);
        return SubmissionCodes.IsSuccess(code) ? null : OracleErrors.SubmissionInvalid.Encode(code);
    }

    /// <summary><c>submitDirect</c>: the caller's own observation, where one makes the quorum.</summary>
    public byte[]? SubmitDirect(in Hash256 feedId, in Observation observation, out UInt256 roundId)
    {
        byte code = Submit(feedId, [observation], isDirect: true, out roundId);
        return SubmissionCodes.IsSuccess(code) ? null : OracleErrors.SubmissionInvalid.Encode(code);
    }

    /// <summary><c>submitBatch</c>: the code of each item; where it is atomic, the first failure undoes all.</summary>
    public byte[]? SubmitBatch(ReadOnlySpan<Submission> items, bool isAtomic, out UInt256[] codes)
    {
        codes = [];
        if (items.Length > OracleLimits.BatchMax) return KycErrors.BatchTooLarge.Encode((ulong)items.Length, OracleLimits.BatchMax);
        codes = new UInt256[items.Length];
        for (int i = 0; i < items.Length && !storage.IsExhausted; i++)
        {
            byte code = Submit(items[i].FeedId, items[i].Observations, isDirect: false, out _);
            codes[i] = code;
            if (SubmissionCodes.IsSuccess(code)) continue;
            if (isAtomic) return OracleErrors.SubmissionInvalid.Encode(code);
            storage.Log(OracleEvents.SubmissionRejected.Log(ModuleAddresses.Oracle, AbiWords.ToWord(items[i].FeedId), code, _callerWord));
        }
        return null;
    }

    private byte Submit(in Hash256 feedId, ReadOnlySpan<Observation> observations, bool isDirect, out UInt256 roundId)
    {
        UInt256 id = AbiWords.ToWord(feedId);
        roundId = default;
        storage.BeginTests();
        if (OracleViews.Find(storage, id, out FeedSlots slots, out FeedWord feed) is not null) return SubmissionCodes.FeedUnknown;
        if (feed.IsPaused) return SubmissionCodes.Paused;
        if (observations.Length > OracleLimits.ReportersMax) return SubmissionCodes.TooMany;
        if (observations.Length < feed.Quorum) return SubmissionCodes.BelowQuorum;

        uint bitmap = 0;
        foreach (ref readonly Observation observation in observations)
        {
            byte code = isDirect ? AddReporter(slots, caller, ref bitmap) : AddSigner(slots, feedId, observation, ref bitmap);
            if (code != SubmissionCodes.Accepted || storage.IsExhausted) return code;
        }
        ulong newest = 0;
        ulong oldest = ulong.MaxValue;
        foreach (ref readonly Observation observation in observations)
        {
            newest = Math.Max(newest, observation.ObservedAt);
            oldest = Math.Min(oldest, observation.ObservedAt);
        }
        if (newest > now) return SubmissionCodes.FromFuture;
        if (now - oldest > feed.ReportWindow) return SubmissionCodes.OutOfWindow;
        ProgressWord progress = ProgressWord.Unpack(storage.Read(slots.Progress));
        if (oldest <= progress.MaxObservedAt) return SubmissionCodes.NotNewer;
        if (FeedKinds.RequiresEvidence(feed.Kind))
        {
            foreach (ref readonly Observation observation in observations)
            {
                if (observation.Evidence.IsZero) return SubmissionCodes.NoEvidence;
            }
        }

        ref readonly Observation median = ref observations[Aggregation.Median(observations, out UInt256 range)];
        if (!BoundsWord.Unpack(storage.Read(slots.Bounds)).Contains(median.Value)) return SubmissionCodes.OutOfRange;
        ushort spread = Aggregation.SpreadBps(range, median.Value);
        if (feed.MaxDeviationBps != 0 && spread > feed.MaxDeviationBps) return SubmissionCodes.TooSpread;
        AnswerWord previous = default;
        bool isHeld = false;
        if (progress.HasRound)
        {
            previous = AnswerWord.Unpack(storage.Read(slots.Round(storage, feed.RingLog2, progress.Seq)));
            UInt256 deviation = Aggregation.Deviation(median.Value, previous.Answer);
            if (now - previous.Time < feed.MinInterval && deviation < feed.DeviationBps) return SubmissionCodes.TooSoon;
            isHeld = feed.MaxDeviationBps != 0 && deviation > feed.MaxDeviationBps;
        }
        if (storage.IsExhausted) return SubmissionCodes.Accepted;

        storage.BeginEffects();
        progress.MaxObservedAt = newest;
        if (isHeld)
        {
            Hold(id, slots, feed, progress, median, previous.Answer);
            return SubmissionCodes.Held;
        }
        RoundWord round = new(0, median.ObservedAt, newest, bitmap, spread, (byte)observations.Length, 0);
        roundId = AppendRound(id, slots, feed, progress, median.Value, round, AbiWords.ToWord(median.Evidence));
        ClearHeld(slots, ref feed);
        storage.Write(slots.Feed, feed.Pack());
        return SubmissionCodes.Accepted;
    }

    private void Hold(in UInt256 id, in FeedSlots slots, in FeedWord feed, in ProgressWord progress, in Observation median, in UInt256 previous)
    {
        storage.Write(slots.Feed, (feed with { IsHeld = true }).Pack());
        storage.Write(slots.Held, new AnswerWord(median.Value, median.ObservedAt).Pack());
        storage.Write(slots.HeldEvidence, AbiWords.ToWord(median.Evidence));
        storage.Write(slots.Progress, progress.Pack());
        storage.Log(OracleEvents.RoundHeld.Log(ModuleAddresses.Oracle, id, median.Value, median.ObservedAt, previous, _callerWord));
    }

    /// <summary>Row 3: recovers the signer, whose digest and recovery are paid once the signature has its form, and adds it.</summary>
    private byte AddSigner(in FeedSlots slots, in Hash256 feedId, in Observation observation, ref uint bitmap)
    {
        if (!Eip712.IsWellFormed(observation.Signature)) return SubmissionCodes.BadSignature;
        storage.Charge(Eip712.DigestGas + Eip712.RecoverGas);
        if (storage.IsExhausted) return SubmissionCodes.BadSignature;
        Hash256 digest = ObservationDigest.Of(Domain, feedId, observation.Value, observation.ObservedAt, observation.Evidence);
        return Eip712.TryRecover(digest, observation.Signature, out Address signer) ? AddReporter(slots, signer, ref bitmap) : SubmissionCodes.BadSignature;
    }

    private byte AddReporter(in FeedSlots slots, in Address signer, ref uint bitmap)
    {
        ulong place = storage.Read(storage.Map(slots.ReporterIndex, AbiWords.ToWord(signer))).U0;
        if (place == 0) return SubmissionCodes.NotReporter;
        uint bit = 1u << (int)(place - 1);
        if ((bitmap & bit) != 0) return SubmissionCodes.DuplicateReporter;
        bitmap |= bit;
        return SubmissionCodes.Accepted;
    }
}
