using Chain.Compliance.Storage;
using Chain.Core.Numeric;

namespace Chain.Compliance.Oracle;

/// <summary>A feed with its parameters.</summary>
/// <param name="Feed">F0.</param>
/// <param name="Bounds">F1.</param>
/// <param name="Description">F3.</param>
public readonly record struct FeedView(FeedWord Feed, BoundsWord Bounds, UInt256 Description);

/// <summary>What the oracle shows, with or without gas. Each returns null, or the revert data (compliance specification, section 6.5).</summary>
public static class OracleViews
{
    /// <summary>Finds a feed.</summary>
    public static byte[]? Find<TReader>(in TReader storage, in UInt256 feedId, out FeedSlots slots, out FeedWord feed)
        where TReader : ISlotReader
    {
        slots = FeedSlots.Of(storage, feedId);
        feed = FeedWord.Unpack(storage.Read(slots.Feed));
        return feed.Exists ? null : OracleErrors.FeedUnknown.Encode(feedId);
    }

    /// <summary>Finds a feed that has a round in its phase.</summary>
    public static byte[]? FindWithData<TReader>(in TReader storage, in UInt256 feedId, out FeedSlots slots, out FeedWord feed, out ProgressWord progress)
        where TReader : ISlotReader
    {
        progress = default;
        if (Find(storage, feedId, out slots, out feed) is { } error) return error;
        progress = ProgressWord.Unpack(storage.Read(slots.Progress));
        return progress.HasRound ? null : OracleErrors.NoData.Encode(feedId);
    }

    /// <summary>Answer and time of the latest round, without its other words.</summary>
    public static byte[]? LatestAnswer<TReader>(in TReader storage, in UInt256 feedId, out AnswerWord answer)
        where TReader : ISlotReader
    {
        answer = default;
        if (FindWithData(storage, feedId, out FeedSlots slots, out FeedWord feed, out ProgressWord progress) is { } error) return error;
        answer = AnswerWord.Unpack(storage.Read(slots.Round(storage, feed.RingLog2, progress.Seq)));
        return null;
    }

    /// <summary>The latest round.</summary>
    /// <param name="storage">The oracle's storage.</param>
    /// <param name="feedId">Feed.</param>
    /// <param name="round">The round; its evidence only where asked for.</param>
    /// <param name="readsEvidence">False leaves the evidence unread and zero.</param>
    public static byte[]? LatestRound<TReader>(in TReader storage, in UInt256 feedId, out Round round, bool readsEvidence = true)
        where TReader : ISlotReader
    {
        round = default;
        if (FindWithData(storage, feedId, out FeedSlots slots, out FeedWord feed, out ProgressWord progress) is { } error) return error;
        TryRead(storage, slots, feed, progress.Seq, readsEvidence, out round);
        return null;
    }

    /// <summary>A round of the current phase that is still in the ring.</summary>
    /// <param name="storage">The oracle's storage.</param>
    /// <param name="feedId">Feed.</param>
    /// <param name="roundId">Phase and sequence number.</param>
    /// <param name="round">The round; its evidence only where asked for.</param>
    /// <param name="readsEvidence">False leaves the evidence unread and zero.</param>
    public static byte[]? RoundAt<TReader>(in TReader storage, in UInt256 feedId, in UInt256 roundId, out Round round, bool readsEvidence = true)
        where TReader : ISlotReader
    {
        round = default;
        if (FindWithData(storage, feedId, out FeedSlots slots, out FeedWord feed, out ProgressWord progress) is { } error) return error;
        ulong seq = roundId.U0;
        bool isOfPhase = roundId == feed.RoundId(seq) && seq > progress.PhaseStartSeq && seq <= progress.Seq;
        if (isOfPhase && TryRead(storage, slots, feed, seq, readsEvidence, out round)) return null;
        return OracleErrors.RoundNotAvailable.Encode(new UInt256(seq, roundId.U1 & ushort.MaxValue));
    }

    /// <summary>Rounds of the current phase that are still in the ring, newest first; none where there are none.</summary>
    /// <param name="storage">The oracle's storage.</param>
    /// <param name="feedId">Feed.</param>
    /// <param name="back">How many of the newest to leave out.</param>
    /// <param name="limit">Most rounds; <see cref="OracleLimits.RoundsMax"/> where more.</param>
    /// <param name="rounds">The rounds.</param>
    public static byte[]? Rounds<TReader>(in TReader storage, in UInt256 feedId, in UInt256 back, in UInt256 limit, out List<Round> rounds)
        where TReader : ISlotReader
    {
        rounds = [];
        if (Find(storage, feedId, out FeedSlots slots, out FeedWord feed) is { } error) return error;
        ProgressWord progress = ProgressWord.Unpack(storage.Read(slots.Progress));
        if (back >= progress.Seq) return null;
        ulong count = UInt256.Min(limit, OracleLimits.RoundsMax).U0;
        for (ulong seq = progress.Seq - back.U0; seq > progress.PhaseStartSeq && (ulong)rounds.Count < count; seq--)
        {
            if (!TryRead(storage, slots, feed, seq, readsEvidence: true, out Round round)) break;
            rounds.Add(round);
        }
        return null;
    }

    /// <summary>The average of the latest rounds' answers, weighted by the seconds that each was the latest.</summary>
    /// <param name="storage">The oracle's storage.</param>
    /// <param name="feedId">Feed.</param>
    /// <param name="windowSeconds">How far back.</param>
    /// <param name="now">Block timestamp.</param>
    /// <param name="answer">The average, truncated toward 0; the latest answer where no time has passed.</param>
    /// <param name="samples">Rounds used.</param>
    public static byte[]? Twap<TReader>(in TReader storage, in UInt256 feedId, ulong windowSeconds, ulong now, out UInt256 answer, out byte samples)
        where TReader : ISlotReader
    {
        answer = default;
        samples = 0;
        if (FindWithData(storage, feedId, out FeedSlots slots, out FeedWord feed, out ProgressWord progress) is { } error) return error;
        ulong start = now - Math.Min(windowSeconds, now);
        ulong end = now;
        UInt256 sum = default;
        UInt256 weights = default;
        for (ulong seq = progress.Seq; seq > progress.PhaseStartSeq && samples < OracleLimits.TwapRoundsMax; seq--)
        {
            if (!TryRead(storage, slots, feed, seq, readsEvidence: false, out Round round)) break;
            if (samples == 0) answer = round.Answer;
            samples++;
            ulong weight = end - Math.Max(round.UpdatedAt, start);
            sum += round.Answer * weight;
            weights += weight;
            end = round.UpdatedAt;
            if (round.UpdatedAt <= start) break;
        }
        if (!weights.IsZero) answer = UInt256.SDiv(sum, weights);
        return null;
    }

    /// <summary>A feed's parameters and state.</summary>
    public static byte[]? Config<TReader>(in TReader storage, in UInt256 feedId, out FeedView view)
        where TReader : ISlotReader
    {
        view = default;
        if (Find(storage, feedId, out FeedSlots slots, out FeedWord feed) is { } error) return error;
        view = new FeedView(feed, BoundsWord.Unpack(storage.Read(slots.Bounds)), storage.Read(slots.Description));
        return null;
    }

    /// <summary>A feed's description.</summary>
    public static byte[]? Description<TReader>(in TReader storage, in UInt256 feedId, out UInt256 description)
        where TReader : ISlotReader
    {
        description = default;
        if (Find(storage, feedId, out FeedSlots slots, out _) is { } error) return error;
        description = storage.Read(slots.Description);
        return null;
    }

    /// <summary>A feed's reporters, as words, in the order of their indices.</summary>
    public static byte[]? Reporters<TReader>(in TReader storage, in UInt256 feedId, out UInt256[] reporters)
        where TReader : ISlotReader
    {
        reporters = [];
        if (Find(storage, feedId, out FeedSlots slots, out _) is { } error) return error;
        reporters = new UInt256[(int)storage.Read(slots.Reporters).U0];
        UInt256 first = storage.ArrayBase(slots.Reporters);
        for (int i = 0; i < reporters.Length; i++) reporters[i] = storage.Read(first + (ulong)i);
        return null;
    }

    /// <summary>Reads a round; false when its place in the ring holds another.</summary>
    private static bool TryRead<TReader>(in TReader storage, in FeedSlots slots, in FeedWord feed, ulong seq, bool readsEvidence, out Round round)
        where TReader : ISlotReader
    {
        round = default;
        UInt256 slot = slots.Round(storage, feed.RingLog2, seq);
        RoundWord word = RoundWord.Unpack(storage.Read(slot + 1));
        if (word.Seq != seq) return false;
        AnswerWord answer = AnswerWord.Unpack(storage.Read(slot));
        UInt256 evidence = readsEvidence && word.HasEvidence ? storage.Read(slot + 2) : default;
        round = new Round(feed.RoundId(seq), answer.Answer, word.ObservedAt, answer.Time, word.ReporterBitmap, word.SpreadBps, word.Count, word.Flags, evidence);
        return true;
    }
}
