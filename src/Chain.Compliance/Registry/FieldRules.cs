namespace Chain.Compliance.Registry;

/// <summary>Domains of the fields of an identity (compliance specification, section 2.3).</summary>
public static class FieldRules
{
    /// <summary>Index of <c>kind</c> in <see cref="IdentityInput"/>.</summary>
    public const byte Kind = 1;

    /// <summary>Index of <c>tier</c>.</summary>
    public const byte Tier = 2;

    /// <summary>Index of <c>country</c>.</summary>
    public const byte Country = 4;

    /// <summary>Index of <c>expiry</c>.</summary>
    public const byte Expiry = 7;

    /// <summary>Index of <c>onchainId</c>.</summary>
    public const byte OnchainId = 9;

    /// <summary>The first field outside its domain, in order; null when all are inside. What needs storage is not tested here.</summary>
    public static byte? FirstInvalid(in IdentityInput input, ulong now)
    {
        bool isProtocol = input.Kind == KycLimits.ProtocolContract;
        if (input.IdentityId.IsZero) return 0;
        if (input.Kind > KycLimits.ProtocolContract) return Kind;
        if (isProtocol ? input.Tier != KycLimits.TierMax : input.Tier > KycLimits.TierMax) return Tier;
        if (isProtocol ? input.InvestorType != 0 : input.InvestorType > KycLimits.InvestorTypeMax) return 3;
        if (isProtocol ? input.Country != 0 : !IsCountry(input.Country)) return Country;
        if (!IsCountry(input.TaxCountry) && !(isProtocol && input.TaxCountry == 0)) return 5;
        if ((input.Attributes & ~KycLimits.AttributesMask) != 0) return 6;
        return IsExpiryValid(input.Expiry, isProtocol, now) ? null : Expiry;
    }

    /// <summary>True for 1 to 999.</summary>
    public static bool IsCountry(ushort country) => country is > 0 and <= KycLimits.CountryMax;

    /// <summary>True when the expiry lies after now and at most five years ahead, or is never for a protocol contract.</summary>
    public static bool IsExpiryValid(ulong expiry, bool isProtocol, ulong now) =>
        (isProtocol && expiry == KycLimits.NeverExpires) || (expiry > now && expiry - now <= KycLimits.ValiditySecondsMax);
}
