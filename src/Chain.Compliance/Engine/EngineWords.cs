using Chain.Compliance.Abi;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Engine;

/// <summary>T0 of a token.</summary>
public record struct TokenWord(Address RuleAdmin, RuleMask Mask, byte MinTierFrom, byte MinTierTo, byte TypeMask, bool IsPaused, uint Holders)
{
    /// <summary>True when the token is registered.</summary>
    public readonly bool IsRegistered => !RuleAdmin.IsZero;

    /// <summary>Reads the word.</summary>
    public static TokenWord Unpack(in UInt256 word) => new(
        AbiWords.ToAddress(word), (RuleMask)Packed.Field(word, 160, 32), (byte)Packed.Field(word, 192, 8), (byte)Packed.Field(word, 200, 8),
        (byte)Packed.Field(word, 208, 8), Packed.Field(word, 216, 8) != 0, (uint)Packed.Field(word, 224, 32));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() =>
        AbiWords.ToWord(RuleAdmin) | Packed.At((ulong)Mask, 160) | Packed.At(MinTierFrom, 192) | Packed.At(MinTierTo, 200)
        | Packed.At(TypeMask, 208) | Packed.At(IsPaused ? 1UL : 0, 216) | Packed.At(Holders, 224);
}

/// <summary>T1 of a token.</summary>
public record struct LimitsWord(
    uint MaxHolders, uint HoldingPeriod, ulong LockupUntil, ushort MaxShareBps, byte WindowCount, bool HoldingRestarts, UInt256 TravelThreshold)
{
    /// <summary>Reads the word.</summary>
    public static LimitsWord Unpack(in UInt256 word) => new(
        (uint)Packed.Field(word, 0, 32), (uint)Packed.Field(word, 32, 32), Packed.Field(word, 64, 64), (ushort)Packed.Field(word, 128, 16),
        (byte)Packed.Field(word, 144, 8), Packed.Field(word, 152, 8) != 0, word >> 160);

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() =>
        Packed.At(MaxHolders, 0) | Packed.At(HoldingPeriod, 32) | Packed.At(LockupUntil, 64) | Packed.At(MaxShareBps, 128)
        | Packed.At(WindowCount, 144) | Packed.At(HoldingRestarts ? 1UL : 0, 152) | (TravelThreshold << 160);
}

/// <summary>H2 of a holder: where it is counted, and its number of lots.</summary>
public record struct HolderWord(ushort Country, byte InvestorType, bool IsCounted, byte LotCount)
{
    /// <summary>Reads the word.</summary>
    public static HolderWord Unpack(in UInt256 word) => new(
        (ushort)Packed.Field(word, 0, 16), (byte)Packed.Field(word, 16, 8), Packed.Field(word, 24, 8) != 0, (byte)Packed.Field(word, 32, 8));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() =>
        Packed.At(Country, 0) | Packed.At(InvestorType, 16) | Packed.At(IsCounted ? 1UL : 0, 24) | Packed.At(LotCount, 32);
}

/// <summary>An amount locked until a time.</summary>
public record struct Lot(UInt256 Amount, ulong UnlockAt)
{
    /// <summary>Reads the word.</summary>
    public static Lot Unpack(in UInt256 word) => new(word & ((UInt256.One << EngineLimits.AmountBitsMax) - UInt256.One), Packed.Field(word, EngineLimits.AmountBitsMax, 64));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() => Amount | Packed.At(UnlockAt, EngineLimits.AmountBitsMax);
}

/// <summary>A window of a token.</summary>
public record struct WindowWord(uint Seconds, UInt256 Max)
{
    /// <summary>Reads the word.</summary>
    public static WindowWord Unpack(in UInt256 word) => new((uint)Packed.Field(word, 0, 32), word >> 32);

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() => Packed.At(Seconds, 0) | (Max << 32);
}

/// <summary>What a holder has sent in the window that last was in use.</summary>
public record struct WindowUse(ulong Bucket, UInt256 Used)
{
    /// <summary>Reads the word.</summary>
    public static WindowUse Unpack(in UInt256 word) => new(Packed.Field(word, 0, 64), word >> 64);

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() => Packed.At(Bucket, 0) | (Used << 64);
}

/// <summary>Holders of a country or type, and the cap on them; cap 0 is none.</summary>
public record struct CapWord(uint Count, uint Cap)
{
    /// <summary>Reads the word.</summary>
    public static CapWord Unpack(in UInt256 word) => new((uint)Packed.Field(word, 0, 32), (uint)Packed.Field(word, 32, 32));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() => Packed.At(Count, 0) | Packed.At(Cap, 32);
}

/// <summary>Approved transfers of one kind that are left.</summary>
public record struct ApprovalWord(uint Count, ulong Expiry)
{
    /// <summary>Reads the word.</summary>
    public static ApprovalWord Unpack(in UInt256 word) => new((uint)Packed.Field(word, 0, 32), Packed.Field(word, 32, 64));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() => Packed.At(Count, 0) | Packed.At(Expiry, 32);
}
