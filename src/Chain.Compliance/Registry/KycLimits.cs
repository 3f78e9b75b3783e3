namespace Chain.Compliance.Registry;

/// <summary>Limits and domains of the KYC registry (compliance specification, sections 1.2 and 2.3).</summary>
public static class KycLimits
{
    /// <summary>Most entries of a batch.</summary>
    public const int BatchMax = 80;

    /// <summary>Most wallets of an identity.</summary>
    public const int WalletsMax = 64;

    /// <summary>Most entries an enumerating view returns.</summary>
    public const int PageMax = 500;

    /// <summary>Largest tier.</summary>
    public const byte TierMax = 4;

    /// <summary>Least tier where a configuration names none.</summary>
    public const byte DefaultMinTier = 1;

    /// <summary>Largest kind of identity and of wallet: protocol contract.</summary>
    public const byte ProtocolContract = 2;

    /// <summary>Largest investor type.</summary>
    public const byte InvestorTypeMax = 3;

    /// <summary>Largest ISO 3166-1 numeric country.</summary>
    public const ushort CountryMax = 999;

    /// <summary>Attribute bits in use: 0 to 4.</summary>
    public const uint AttributesMask = 0x1f;

    /// <summary>Longest validity of a record, seconds: five years of 365 days.</summary>
    public const ulong ValiditySecondsMax = 5UL * 365 * 86_400;

    /// <summary>Expiry that never comes; protocol contracts only.</summary>
    public const ulong NeverExpires = ulong.MaxValue;

    /// <summary>Longest age of a proposed recovery, seconds: 30 days.</summary>
    public const ulong RecoverySecondsMax = 30UL * 86_400;

    /// <summary>Largest enforcement mode.</summary>
    public const byte ModeMax = 3;
}
