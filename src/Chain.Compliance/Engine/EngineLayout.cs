using Chain.Compliance.Storage;
using Chain.Core.Numeric;

namespace Chain.Compliance.Engine;

/// <summary>Storage positions of the compliance engine (compliance specification, section 4.8).</summary>
public static class EngineLayout
{
    /// <summary>S+0: map(token) to T0 ... T15.</summary>
    public static readonly UInt256 Tokens = Slots.Namespace("defactor.compliance.v1");

    /// <summary>S+1: map(hash(token, key)) to H0, H1, H2.</summary>
    public static readonly UInt256 Holders = Tokens + 1;

    /// <summary>S+2: map(hash(token, key, index)) to a lot.</summary>
    public static readonly UInt256 Lots = Tokens + 2;

    /// <summary>S+3: map(hash(token, key, index)) to the use of a window.</summary>
    public static readonly UInt256 WindowUses = Tokens + 3;

    /// <summary>S+4: map(hash(token, country)) to holder count and cap.</summary>
    public static readonly UInt256 CountryCaps = Tokens + 4;

    /// <summary>S+5: map(hash(token, type)) to holder count and cap.</summary>
    public static readonly UInt256 TypeCaps = Tokens + 5;

    /// <summary>S+6: map(hash(token, type)) to the largest balance.</summary>
    public static readonly UInt256 TypeBalanceCaps = Tokens + 6;

    /// <summary>S+7: map(transfer hash) to an approval.</summary>
    public static readonly UInt256 Approvals = Tokens + 7;

    /// <summary>S+8: map(transfer hash) to reference and expiry.</summary>
    public static readonly UInt256 TravelReferences = Tokens + 8;

    /// <summary>S+9: map(hash(token, account)) to exemption flags.</summary>
    public static readonly UInt256 Exemptions = Tokens + 9;

    /// <summary>S+10: all tokens, in order of registration.</summary>
    public static readonly UInt256 TokenList = Tokens + 10;

    /// <summary>T1 from T0.</summary>
    internal const ulong Limits = 1;

    /// <summary>T2.</summary>
    internal const ulong MaxBalance = 2;

    /// <summary>T3.</summary>
    internal const ulong MinHolding = 3;

    /// <summary>T4.</summary>
    internal const ulong SupplyCap = 4;

    /// <summary>T5.</summary>
    internal const ulong Supply = 5;

    /// <summary>T6.</summary>
    internal const ulong TravelFeed = 6;

    /// <summary>T7 to T10: country bitmap.</summary>
    internal const ulong Countries = 7;

    /// <summary>T11 to T14: windows.</summary>
    internal const ulong Windows = 11;

    /// <summary>T15.</summary>
    internal const ulong PendingAdmin = 15;
}

/// <summary>Limits of the compliance engine (compliance specification, sections 2.5, 4.1 and 4.3).</summary>
public static class EngineLimits
{
    /// <summary>Most countries of one <c>setCountries</c>.</summary>
    public const int BatchMax = 80;

    /// <summary>Most windows of a token.</summary>
    public const int WindowsMax = 4;

    /// <summary>Most lots of a holder.</summary>
    public const int LotsMax = 16;

    /// <summary>A token's supply, and what a window counts, stay below 2^192.</summary>
    public const int AmountBitsMax = 192;

    /// <summary>Shares are in 1/10,000.</summary>
    public const ulong WholeBps = 10_000;
}
