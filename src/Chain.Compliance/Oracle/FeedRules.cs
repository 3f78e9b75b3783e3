using Chain.Core.Primitives;

namespace Chain.Compliance.Oracle;

/// <summary>Domains of a feed's parameters (compliance specification, section 6.3). Fields are numbered as in <c>FeedConfig</c>.</summary>
public static class FeedRules
{
    /// <summary>Field number of the quorum.</summary>
    public const byte Quorum = 2;

    /// <summary>Field number of the reporters, which follow the parameters.</summary>
    public const byte Reporters = 13;

    private const byte Kind = 0;
    private const byte Decimals = 1;
    private const byte RingLog2 = 3;
    private const byte StaleAfter = 5;
    private const byte ReportWindow = 6;
    private const byte MinAnswer = 10;
    private const byte MaxAnswer = 11;

    /// <summary>The first field outside its domain; null when all are inside.</summary>
    /// <param name="config">Parameters.</param>
    /// <param name="reporterCount">Reporters of the feed; null where only its record tells.</param>
    public static byte? FirstInvalid(in FeedConfig config, int? reporterCount)
    {
        if (config.Kind is 0 or > (byte)FeedKind.Status) return Kind;
        if (config.Decimals > OracleLimits.DecimalsMax) return Decimals;
        if (!(reporterCount is { } count ? IsQuorum(config.Quorum, count) : config.Quorum is > 0 and <= OracleLimits.ReportersMax)) return Quorum;
        if (config.RingLog2 is < OracleLimits.RingLog2Min or > OracleLimits.RingLog2Max) return RingLog2;
        if (config.StaleAfter < config.Heartbeat) return StaleAfter;
        if (config.ReportWindow < OracleLimits.ReportWindowSecondsMin || config.ReportWindow > config.StaleAfter) return ReportWindow;
        if (config.MinAnswer <= 0 && !FeedKinds.AllowsNonPositive(config.Kind)) return MinAnswer;
        return config.MaxAnswer < config.MinAnswer ? MaxAnswer : null;
    }

    /// <summary>True when two disjoint quorums of so many reporters cannot be: quorum &lt;= reporters &lt; 2 * quorum.</summary>
    public static bool IsQuorum(byte quorum, int reporterCount) => quorum <= reporterCount && reporterCount < 2 * quorum;

    /// <summary>True for a number of reporters that a feed may have.</summary>
    public static bool IsReporterCount(int count) => count is > 0 and <= OracleLimits.ReportersMax;

    /// <summary>True when no reporter is zero or stands twice. At most 31 are given.</summary>
    public static bool AreDistinct(ReadOnlySpan<Address> reporters)
    {
        for (int i = 0; i < reporters.Length; i++)
        {
            if (reporters[i].IsZero || reporters[..i].Contains(reporters[i])) return false;
        }
        return true;
    }
}
