namespace Chain.Compliance.Oracle;

/// <summary>What a feed reports (compliance specification, section 6.2).</summary>
public enum FeedKind : byte
{
    /// <summary>No feed.</summary>
    None,

    /// <summary>A market price.</summary>
    Price,

    /// <summary>Net asset value of a token.</summary>
    Nav,

    /// <summary>An exchange rate.</summary>
    Fx,

    /// <summary>Reserves held.</summary>
    ProofOfReserve,

    /// <summary>An interest rate, basis points with two decimals.</summary>
    InterestRate,

    /// <summary>Value of a property.</summary>
    PropertyValuation,

    /// <summary>A credit score, 0 to 1000.</summary>
    CreditScore,

    /// <summary>A status; 0 is up.</summary>
    Status,
}

/// <summary>Properties of the kinds, and the parameters that a configuration may leave out.</summary>
public static class FeedKinds
{
    private const uint Hour = 3_600;
    private const uint Day = 86_400;

    /// <summary>True when every observation of this kind names its evidence.</summary>
    public static bool RequiresEvidence(byte kind) =>
        (FeedKind)kind is FeedKind.Nav or FeedKind.ProofOfReserve or FeedKind.PropertyValuation or FeedKind.CreditScore;

    /// <summary>True when answers of this kind may be zero or negative.</summary>
    public static bool AllowsNonPositive(byte kind) =>
        (FeedKind)kind is FeedKind.Fx or FeedKind.InterestRate or FeedKind.CreditScore or FeedKind.Status;

    /// <summary>The parameters of a kind with this many reporters. Decimals of a proof of reserve are its asset's: 0 stands here.</summary>
    /// <param name="kind">Kind, 1 to 8.</param>
    /// <param name="reporterCount">Reporters; the quorum is more than half of them.</param>
    public static FeedConfig Defaults(FeedKind kind, int reporterCount)
    {
        FeedConfig config = new(
            (byte)kind, 8, (byte)((reporterCount / 2) + 1), 8, Day, Day + (Day / 4), 900, 0, 0, 0, 1, Int128.MaxValue, default);
        return kind switch
        {
            FeedKind.Price => config with { Heartbeat = Hour, StaleAfter = 4_500, DeviationBps = 50, MaxDeviationBps = 2_000 },
            FeedKind.Nav => config with { ReportWindow = Day, DeviationBps = 10, MaxDeviationBps = 1_000 },
            FeedKind.Fx => config with { DeviationBps = 15, MaxDeviationBps = 500 },
            FeedKind.ProofOfReserve => config with { Decimals = 0, ReportWindow = Day, DeviationBps = 10, MaxDeviationBps = 500 },
            FeedKind.InterestRate => config with { Decimals = 2, DeviationBps = 25 },
            FeedKind.PropertyValuation => config with
            {
                Decimals = 2,
                Heartbeat = 90 * Day,
                StaleAfter = 120 * Day,
                ReportWindow = 7 * Day,
                DeviationBps = 100,
                MaxDeviationBps = 1_500,
            },
            FeedKind.CreditScore => config with { Decimals = 0, Heartbeat = 30 * Day, StaleAfter = 45 * Day, ReportWindow = 7 * Day },
            FeedKind.Status => config with { Decimals = 0, Heartbeat = 300, StaleAfter = 900 },
            _ => config,
        };
    }
}
