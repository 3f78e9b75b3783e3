namespace Chain.Core.Forks;

/// <summary>Ethereum's forks in order. Code compares them (<c>fork >= Fork.London</c>) or, better, reads a number from <see cref="ForkRules"/>.</summary>
public enum Fork : byte
{
    /// <summary>Frontier.</summary>
    Frontier,

    /// <summary>Homestead.</summary>
    Homestead,

    /// <summary>DAO fork: an irregular state change, otherwise Homestead.</summary>
    Dao,

    /// <summary>Tangerine Whistle (EIP-150).</summary>
    TangerineWhistle,

    /// <summary>Spurious Dragon (EIP-158).</summary>
    SpuriousDragon,

    /// <summary>Byzantium.</summary>
    Byzantium,

    /// <summary>Constantinople.</summary>
    Constantinople,

    /// <summary>Petersburg (ConstantinopleFix).</summary>
    Petersburg,

    /// <summary>Istanbul.</summary>
    Istanbul,

    /// <summary>Muir Glacier.</summary>
    MuirGlacier,

    /// <summary>Berlin.</summary>
    Berlin,

    /// <summary>London.</summary>
    London,

    /// <summary>Arrow Glacier.</summary>
    ArrowGlacier,

    /// <summary>Gray Glacier.</summary>
    GrayGlacier,

    /// <summary>Paris: the merge.</summary>
    Paris,

    /// <summary>Shanghai.</summary>
    Shanghai,

    /// <summary>Cancun.</summary>
    Cancun,

    /// <summary>Prague.</summary>
    Prague,

    /// <summary>Osaka.</summary>
    Osaka,

    /// <summary>Osaka with the first blob-parameter change (EIP-7892).</summary>
    Bpo1,

    /// <summary>Second blob-parameter change.</summary>
    Bpo2,

    /// <summary>Third blob-parameter change.</summary>
    Bpo3,

    /// <summary>Fourth blob-parameter change.</summary>
    Bpo4,

    /// <summary>Fifth blob-parameter change.</summary>
    Bpo5,
}
