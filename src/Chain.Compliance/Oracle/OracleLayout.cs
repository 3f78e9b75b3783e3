using Chain.Compliance.Storage;
using Chain.Core.Numeric;

namespace Chain.Compliance.Oracle;

/// <summary>Storage positions of the oracle (compliance specification, section 6.6). Allow-list roles stand at the slot of the address itself.</summary>
public static class OracleLayout
{
    /// <summary>S+0: feed ids, append only.</summary>
    public static readonly UInt256 FeedIds = Slots.Namespace("defactor.oracle.v1");

    /// <summary>S+1: map(feedId) to F0 ... F8.</summary>
    public static readonly UInt256 Feeds = FeedIds + 1;

    /// <summary>S+2: map(facade) to feedId.</summary>
    public static readonly UInt256 Facades = FeedIds + 2;
}

/// <summary>Slots of one feed.</summary>
/// <param name="Feed">F0: <see cref="FeedWord"/>.</param>
public readonly record struct FeedSlots(UInt256 Feed)
{
    /// <summary>F1: <see cref="BoundsWord"/>.</summary>
    public UInt256 Bounds => Feed + 1;

    /// <summary>F2: <see cref="ProgressWord"/>.</summary>
    public UInt256 Progress => Feed + 2;

    /// <summary>F3: description.</summary>
    public UInt256 Description => Feed + 3;

    /// <summary>F4: reporters, a dynamic array.</summary>
    public UInt256 Reporters => Feed + 4;

    /// <summary>F5: map(reporter) to its index + 1.</summary>
    public UInt256 ReporterIndex => Feed + 5;

    /// <summary>F6: held <see cref="AnswerWord"/>, with its time of observation.</summary>
    public UInt256 Held => Feed + 6;

    /// <summary>F7: evidence of the held answer.</summary>
    public UInt256 HeldEvidence => Feed + 7;

    /// <summary>F8: map(seq mod 2^ringLog2) to A <see cref="AnswerWord"/>, B <see cref="RoundWord"/>, C evidence.</summary>
    public UInt256 Ring => Feed + 8;

    /// <summary>The slots of a feed.</summary>
    public static FeedSlots Of<TReader>(in TReader storage, in UInt256 feedId)
        where TReader : ISlotReader => new(storage.Map(OracleLayout.Feeds, feedId));

    /// <summary>Slot A of a round; B and C follow.</summary>
    public UInt256 Round<TReader>(in TReader storage, byte ringLog2, ulong seq)
        where TReader : ISlotReader => storage.Map(Ring, seq & ((1UL << ringLog2) - 1));
}
