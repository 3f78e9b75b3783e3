using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Oracle;

/// <summary>Parameters of a feed (<c>IOracle.FeedConfig</c>). Times in seconds; domains: section 6.3.</summary>
public readonly record struct FeedConfig(
    byte Kind, byte Decimals, byte Quorum, byte RingLog2, uint Heartbeat, uint StaleAfter, uint ReportWindow, uint MinInterval,
    ushort DeviationBps, ushort MaxDeviationBps, Int128 MinAnswer, Int128 MaxAnswer, Hash256 Description);

/// <summary>What one reporter saw (<c>IOracle.Observation</c>).</summary>
/// <param name="Value">An int256 in two's complement.</param>
/// <param name="ObservedAt">Seconds since the Unix epoch.</param>
/// <param name="Evidence">Hash of the evidence; zero for none.</param>
/// <param name="Signature">r, s, v.</param>
public readonly record struct Observation(UInt256 Value, ulong ObservedAt, Hash256 Evidence, byte[] Signature);

/// <summary>Observations of one feed (<c>IOracle.Submission</c>).</summary>
public readonly record struct Submission(Hash256 FeedId, Observation[] Observations);

/// <summary>A round (<c>IOracle.Round</c>). Times in seconds since the Unix epoch; the answer is an int256 in two's complement.</summary>
public readonly record struct Round(
    UInt256 RoundId, UInt256 Answer, ulong ObservedAt, ulong UpdatedAt, uint ReporterBitmap, ushort SpreadBps, byte Count, byte Flags, UInt256 Evidence);

/// <summary>F0: parameters and state of a feed; all zero for an unknown one.</summary>
public record struct FeedWord(
    byte Kind, byte Decimals, byte Quorum, byte ReporterCount, bool IsPaused, bool IsHeld, ushort Phase, byte RingLog2,
    uint Heartbeat, uint StaleAfter, uint ReportWindow, uint MinInterval, ushort DeviationBps, ushort MaxDeviationBps)
{
    /// <summary>True for a feed that was created.</summary>
    public readonly bool Exists => Kind != 0;

    /// <summary>Reads the word.</summary>
    public static FeedWord Unpack(in UInt256 word) => new(
        (byte)Packed.Field(word, 0, 8), (byte)Packed.Field(word, 8, 8), (byte)Packed.Field(word, 16, 8), (byte)Packed.Field(word, 24, 8),
        Packed.Field(word, 32, 8) != 0, Packed.Field(word, 40, 8) != 0, (ushort)Packed.Field(word, 48, 16), (byte)Packed.Field(word, 64, 8),
        (uint)Packed.Field(word, 72, 32), (uint)Packed.Field(word, 104, 32), (uint)Packed.Field(word, 136, 32), (uint)Packed.Field(word, 168, 32),
        (ushort)Packed.Field(word, 200, 16), (ushort)Packed.Field(word, 216, 16));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() =>
        Packed.At(Kind, 0) | Packed.At(Decimals, 8) | Packed.At(Quorum, 16) | Packed.At(ReporterCount, 24)
        | Packed.At(IsPaused ? 1UL : 0, 32) | Packed.At(IsHeld ? 1UL : 0, 40) | Packed.At(Phase, 48) | Packed.At(RingLog2, 64)
        | Packed.At(Heartbeat, 72) | Packed.At(StaleAfter, 104) | Packed.At(ReportWindow, 136) | Packed.At(MinInterval, 168)
        | Packed.At(DeviationBps, 200) | Packed.At(MaxDeviationBps, 216);

    /// <summary>The word with other parameters and the same state.</summary>
    public readonly FeedWord With(in FeedConfig config) => new(
        config.Kind, config.Decimals, config.Quorum, ReporterCount, IsPaused, IsHeld, Phase, config.RingLog2,
        config.Heartbeat, config.StaleAfter, config.ReportWindow, config.MinInterval, config.DeviationBps, config.MaxDeviationBps);

    /// <summary>Full id of a round of the current phase.</summary>
    public readonly UInt256 RoundId(ulong seq) => new(seq, Phase);
}

/// <summary>F1: the range of answers.</summary>
public record struct BoundsWord(Int128 MinAnswer, Int128 MaxAnswer)
{
    /// <summary>Reads the word.</summary>
    public static BoundsWord Unpack(in UInt256 word) => new((Int128)(UInt128)word, (Int128)(UInt128)(word >> 128));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() => (UInt256)(UInt128)MinAnswer | ((UInt256)(UInt128)MaxAnswer << 128);

    /// <summary>True for an answer inside the range.</summary>
    public readonly bool Contains(in UInt256 answer) =>
        !UInt256.SignedLessThan(answer, Signed.ToWord(MinAnswer)) && !UInt256.SignedLessThan(Signed.ToWord(MaxAnswer), answer);
}

/// <summary>F2: how far a feed has come.</summary>
/// <param name="Seq">Sequence number of the latest round of any phase; 0 before the first.</param>
/// <param name="MaxObservedAt">Latest observation of the last round or held value, or the time of the phase change.</param>
/// <param name="PhaseStartSeq">Sequence number at which the phase began.</param>
public record struct ProgressWord(ulong Seq, ulong MaxObservedAt, ulong PhaseStartSeq)
{
    /// <summary>True when the current phase has a round.</summary>
    public readonly bool HasRound => Seq > PhaseStartSeq;

    /// <summary>Reads the word.</summary>
    public static ProgressWord Unpack(in UInt256 word) => new(Packed.Field(word, 0, 64), Packed.Field(word, 64, 64), Packed.Field(word, 128, 64));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() => Packed.At(Seq, 0) | Packed.At(MaxObservedAt, 64) | Packed.At(PhaseStartSeq, 128);
}

/// <summary>An answer (int192) with a time: A of a round with its update, F6 with its observation.</summary>
public record struct AnswerWord(UInt256 Answer, ulong Time)
{
    private const int TimeOffset = 192;

    /// <summary>Reads the word.</summary>
    public static AnswerWord Unpack(in UInt256 word) => new(UInt256.SignExtend(word, (TimeOffset / 8) - 1), Packed.Field(word, TimeOffset, 64));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() => new(Answer.U0, Answer.U1, Answer.U2, Time);
}

/// <summary>B: what else is known of a round.</summary>
public record struct RoundWord(ulong Seq, ulong ObservedAt, ulong MaxObservedAt, uint ReporterBitmap, ushort SpreadBps, byte Count, byte Flags)
{
    /// <summary>Flag bit 0: an officer accepted a held value.</summary>
    public const byte ResolvedFlag = 1;

    /// <summary>Flag bit 1: C holds evidence.</summary>
    public const byte EvidenceFlag = 2;

    /// <summary>True when C holds evidence.</summary>
    public readonly bool HasEvidence => (Flags & EvidenceFlag) != 0;

    /// <summary>Reads the word.</summary>
    public static RoundWord Unpack(in UInt256 word) => new(
        Packed.Field(word, 0, 64), Packed.Field(word, 64, 64), Packed.Field(word, 128, 64), (uint)Packed.Field(word, 192, 32),
        (ushort)Packed.Field(word, 224, 16), (byte)Packed.Field(word, 240, 8), (byte)Packed.Field(word, 248, 8));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() =>
        Packed.At(Seq, 0) | Packed.At(ObservedAt, 64) | Packed.At(MaxObservedAt, 128) | Packed.At(ReporterBitmap, 192)
        | Packed.At(SpreadBps, 224) | Packed.At(Count, 240) | Packed.At(Flags, 248);
}

/// <summary>Signed numbers as words in two's complement.</summary>
public static class Signed
{
    /// <summary>An int128 as a word.</summary>
    public static UInt256 ToWord(Int128 value)
    {
        ulong sign = Int128.IsNegative(value) ? ulong.MaxValue : 0;
        return new UInt256((ulong)(UInt128)value, (ulong)((UInt128)value >> 64), sign, sign);
    }

    /// <summary>Magnitude of a signed word.</summary>
    public static UInt256 Abs(in UInt256 value) => value.IsNegative ? -value : value;
}
