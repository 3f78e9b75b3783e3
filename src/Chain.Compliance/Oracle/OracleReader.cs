using Chain.Compliance.Storage;
using Chain.Core.Numeric;

namespace Chain.Compliance.Oracle;

/// <summary>Health of a feed (compliance specification, section 6.5).</summary>
public enum FeedHealth : byte
{
    /// <summary>The answer is fresh.</summary>
    Ok,

    /// <summary>No round in this phase.</summary>
    NoData,

    /// <summary>The answer is too old.</summary>
    Stale,

    /// <summary>Paused by a Manager.</summary>
    Paused,

    /// <summary>A value is held back.</summary>
    Held,

    /// <summary>There is no such feed.</summary>
    Unknown,
}

/// <summary>The latest answer of a feed.</summary>
/// <param name="Answer">An int256 in two's complement.</param>
/// <param name="UpdatedAt">Time of its round, seconds since the Unix epoch.</param>
/// <param name="Decimals">Decimals of the answer.</param>
public readonly record struct FreshAnswer(UInt256 Answer, ulong UpdatedAt, byte Decimals);

/// <summary>Reads answers that are safe to use, with or without gas.</summary>
public static class OracleReader
{
    /// <summary>
    /// The latest answer and the feed's health; only an answer of <see cref="FeedHealth.Ok"/> may be used. Reads F0, F2 and A, and stops at the first reason.
    /// </summary>
    /// <param name="oracle">The oracle's storage.</param>
    /// <param name="feedId">Feed.</param>
    /// <param name="now">Block timestamp.</param>
    /// <param name="maxAgeSeconds">Oldest answer that the reader takes; the feed's own limit applies besides.</param>
    /// <param name="answer">The answer; set for <see cref="FeedHealth.Ok"/> and <see cref="FeedHealth.Stale"/>.</param>
    /// <param name="limitSeconds">The age limit that applied; 0 where none was looked at.</param>
    public static FeedHealth ReadFresh<TReader>(
        in TReader oracle, in UInt256 feedId, ulong now, ulong maxAgeSeconds, out FreshAnswer answer, out ulong limitSeconds)
        where TReader : ISlotReader
    {
        answer = default;
        limitSeconds = 0;
        FeedSlots slots = FeedSlots.Of(oracle, feedId);
        FeedWord feed = FeedWord.Unpack(oracle.Read(slots.Feed));
        if (!feed.Exists) return FeedHealth.Unknown;
        if (feed.IsPaused) return FeedHealth.Paused;
        ProgressWord progress = ProgressWord.Unpack(oracle.Read(slots.Progress));
        if (!progress.HasRound) return FeedHealth.NoData;
        if (feed.IsHeld) return FeedHealth.Held;
        AnswerWord latest = AnswerWord.Unpack(oracle.Read(slots.Round(oracle, feed.RingLog2, progress.Seq)));
        answer = new FreshAnswer(latest.Answer, latest.Time, feed.Decimals);
        limitSeconds = Math.Min(maxAgeSeconds, feed.StaleAfter);
        return now - latest.Time > limitSeconds ? FeedHealth.Stale : FeedHealth.Ok;
    }

    /// <summary>The latest answer and the feed's health, by the feed's own age limit.</summary>
    public static FeedHealth ReadFresh<TReader>(in TReader oracle, in UInt256 feedId, ulong now, out FreshAnswer answer)
        where TReader : ISlotReader => ReadFresh(oracle, feedId, now, ulong.MaxValue, out answer, out _);

    /// <summary>The feed's health.</summary>
    public static FeedHealth Health<TReader>(in TReader oracle, in UInt256 feedId, ulong now)
        where TReader : ISlotReader => ReadFresh(oracle, feedId, now, out _);
}
