namespace Chain.Compliance.Engine;

/// <summary>Rules of a token (compliance specification, section 4.2).</summary>
[Flags]
public enum RuleMask : uint
{
    /// <summary>No rule.</summary>
    None = 0,

    /// <summary>Both sides are eligible; holders are identities.</summary>
    Kyc = 1 << 0,

    /// <summary>The receiver's country is on the token's list.</summary>
    CountryAllow = 1 << 1,

    /// <summary>The receiver's country is not on the token's list.</summary>
    CountryDeny = 1 << 2,

    /// <summary>The receiver's investor type is accepted.</summary>
    Type = 1 << 3,

    /// <summary>Number of holders.</summary>
    MaxHolders = 1 << 4,

    /// <summary>Number of holders of a country.</summary>
    CountryHolders = 1 << 5,

    /// <summary>Number of holders of an investor type.</summary>
    TypeHolders = 1 << 6,

    /// <summary>Largest balance.</summary>
    MaxBalance = 1 << 7,

    /// <summary>Largest share of the supply.</summary>
    MaxShare = 1 << 8,

    /// <summary>Largest balance of an investor type.</summary>
    TypeBalance = 1 << 9,

    /// <summary>Least balance above zero.</summary>
    MinHolding = 1 << 10,

    /// <summary>Nothing moves before a date.</summary>
    Lockup = 1 << 11,

    /// <summary>Each acquisition is locked for a time.</summary>
    HoldingPeriod = 1 << 12,

    /// <summary>Most that a holder sends in a time window.</summary>
    Windows = 1 << 13,

    /// <summary>Each transfer is approved beforehand.</summary>
    Approval = 1 << 14,

    /// <summary>Large transfers need a travel-rule reference.</summary>
    Travel = 1 << 15,

    /// <summary>Largest supply.</summary>
    SupplyCap = 1 << 16,

    /// <summary>Accepted movements are logged.</summary>
    EmitDecisions = 1 << 17,

    /// <summary>Both country rules; a token has at most one of them.</summary>
    Countries = CountryAllow | CountryDeny,

    /// <summary>All bits in use.</summary>
    All = (1 << 18) - 1,
}

/// <summary>What a venue's account is exempt from (compliance specification, section 4.2).</summary>
[Flags]
public enum Exemptions : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Holder limits, on either side; never counted.</summary>
    HolderCount = 1,

    /// <summary>Balance limits, on either side.</summary>
    Balance = 2,

    /// <summary>Country and type, as receiver.</summary>
    CountryAndType = 4,

    /// <summary>Lock-up, holding period and windows, as sender; as receiver it gets no lot.</summary>
    Time = 8,

    /// <summary>Approval, on either side.</summary>
    Approval = 16,

    /// <summary>Travel rule, on either side.</summary>
    Travel = 32,
}
