using Chain.Compliance.Abi;

namespace Chain.Compliance.Oracle;

/// <summary>Custom errors of the oracle (compliance specification, section 6.3); those of all modules are in <see cref="Registry.KycErrors"/>.</summary>
public static class OracleErrors
{
    /// <summary>The feed id is taken.</summary>
    public static readonly AbiError FeedExists = new("FeedExists(bytes32)");

    /// <summary>The feed is paused (3), holds a value back (4) or is unknown (5).</summary>
    public static readonly AbiError FeedUnhealthy = new("FeedUnhealthy(bytes32,uint8)");

    /// <summary>There is no such feed.</summary>
    public static readonly AbiError FeedUnknown = new("FeedUnknown(bytes32)");

    /// <summary>A parameter is outside its domain: its index in FeedConfig, 13 for the reporters.</summary>
    public static readonly AbiError InvalidFeedConfig = new("InvalidFeedConfig(uint8)");

    /// <summary>The feed has no round in its phase, or holds no value back.</summary>
    public static readonly AbiError NoData = new("NoData(bytes32)");

    /// <summary>The round left the ring, belongs to another phase or never was.</summary>
    public static readonly AbiError RoundNotAvailable = new("RoundNotAvailable(uint80)");

    /// <summary>The answer is too old.</summary>
    public static readonly AbiError StaleData = new("StaleData(bytes32,uint64,uint64)");

    /// <summary>A submission failed a test: <see cref="SubmissionCodes"/>.</summary>
    public static readonly AbiError SubmissionInvalid = new("SubmissionInvalid(uint8)");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AbiError> All { get; } =
        [FeedExists, FeedUnhealthy, FeedUnknown, InvalidFeedConfig, NoData, RoundNotAvailable, StaleData, SubmissionInvalid];
}

/// <summary>What becomes of a submission (compliance specification, section 6.5).</summary>
public static class SubmissionCodes
{
    /// <summary>A round was made.</summary>
    public const byte Accepted = 0;

    /// <summary>There is no such feed.</summary>
    public const byte FeedUnknown = 1;

    /// <summary>The feed is paused.</summary>
    public const byte Paused = 2;

    /// <summary>Fewer observations than the quorum.</summary>
    public const byte BelowQuorum = 3;

    /// <summary>A signature is malformed.</summary>
    public const byte BadSignature = 4;

    /// <summary>A signer is no reporter.</summary>
    public const byte NotReporter = 5;

    /// <summary>A reporter stands twice.</summary>
    public const byte DuplicateReporter = 6;

    /// <summary>An observation lies in the future.</summary>
    public const byte FromFuture = 7;

    /// <summary>An observation is older than the report window.</summary>
    public const byte OutOfWindow = 8;

    /// <summary>An observation is no newer than the last ones.</summary>
    public const byte NotNewer = 9;

    /// <summary>The median is out of range.</summary>
    public const byte OutOfRange = 10;

    /// <summary>Too soon after the last round for so small a change.</summary>
    public const byte TooSoon = 11;

    /// <summary>The change is so large that an officer decides; no failure.</summary>
    public const byte Held = 12;

    /// <summary>More observations than reporters can be.</summary>
    public const byte TooMany = 13;

    /// <summary>Evidence is missing.</summary>
    public const byte NoEvidence = 14;

    /// <summary>The observations lie too far apart.</summary>
    public const byte TooSpread = 15;

    /// <summary>True for a round and for a held value.</summary>
    public static bool IsSuccess(byte code) => code is Accepted or Held;
}
