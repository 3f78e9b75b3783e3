namespace Chain.Compliance.Oracle;

/// <summary>Limits of the oracle (compliance specification, sections 6.3 to 6.5).</summary>
public static class OracleLimits
{
    /// <summary>Most reporters of a feed; their bitmap has 32 bits.</summary>
    public const int ReportersMax = 31;

    /// <summary>Most items of <c>submitBatch</c>.</summary>
    public const int BatchMax = 50;

    /// <summary>Most rounds that <c>rounds</c> returns.</summary>
    public const int RoundsMax = 100;

    /// <summary>Most rounds in an average over time.</summary>
    public const int TwapRoundsMax = 32;

    /// <summary>Most decimals of an answer.</summary>
    public const byte DecimalsMax = 18;

    /// <summary>Fewest rounds in the ring, as a power of two.</summary>
    public const byte RingLog2Min = 4;

    /// <summary>Most rounds in the ring, as a power of two.</summary>
    public const byte RingLog2Max = 12;

    /// <summary>Shortest report window, seconds.</summary>
    public const uint ReportWindowSecondsMin = 60;

    /// <summary>Basis points of the whole.</summary>
    public const ulong BasisPoints = 10_000;

    /// <summary>Largest spread that a round states, basis points.</summary>
    public const ushort SpreadBpsMax = ushort.MaxValue;
}
