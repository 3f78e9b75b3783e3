using Chain.Compliance.Abi;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Engine;

/// <summary>The rules of a token, as <c>setRules</c> takes them. Times in seconds, amounts in token units.</summary>
/// <param name="Mask">Rules in force.</param>
/// <param name="MinTierFrom">Least tier of a sender.</param>
/// <param name="MinTierTo">Least tier of a receiver.</param>
/// <param name="TypeMask">Bits of the investor types accepted.</param>
/// <param name="MaxHolders">Most holders.</param>
/// <param name="HoldingPeriod">Lock of each acquisition, seconds.</param>
/// <param name="LockupUntil">Nothing is transferred before this time.</param>
/// <param name="MaxShareBps">Largest share of the supply, 1/10,000.</param>
/// <param name="HoldingRestarts">Transfers lock what they bring.</param>
/// <param name="TravelThreshold">Value from which a travel-rule reference is needed; below 2^96.</param>
/// <param name="MaxBalance">Largest balance.</param>
/// <param name="MinHolding">Least balance above zero.</param>
/// <param name="SupplyCap">Largest supply.</param>
/// <param name="TravelFeedId">Oracle feed that values an amount; 0 takes the amount itself.</param>
public readonly record struct RuleSet(
    RuleMask Mask, byte MinTierFrom, byte MinTierTo, byte TypeMask, uint MaxHolders, uint HoldingPeriod, ulong LockupUntil, ushort MaxShareBps,
    bool HoldingRestarts, UInt256 TravelThreshold, UInt256 MaxBalance, UInt256 MinHolding, UInt256 SupplyCap, UInt256 TravelFeedId)
{
    /// <summary>Number of fields: words of its encoding.</summary>
    public const int FieldCount = 14;

    /// <summary>Index of the first field outside its domain; null when all are inside.</summary>
    public byte? FirstInvalid =>
        (Mask & ~RuleMask.All) != 0 || (Mask & RuleMask.Countries) == RuleMask.Countries ? (byte)0 : null;

    /// <summary>Its words.</summary>
    public UInt256[] ToWords() =>
    [
        (ulong)Mask, MinTierFrom, MinTierTo, TypeMask, MaxHolders, HoldingPeriod, LockupUntil, MaxShareBps,
        AbiWords.ToWord(HoldingRestarts), TravelThreshold, MaxBalance, MinHolding, SupplyCap, TravelFeedId,
    ];

    /// <summary>keccak256(abi.encode(rules)).</summary>
    public Hash256 Hash()
    {
        Span<byte> encoding = stackalloc byte[FieldCount * UInt256.SizeBytes];
        UInt256[] words = ToWords();
        for (int i = 0; i < words.Length; i++) words[i].WriteBigEndian(encoding.Slice(i * UInt256.SizeBytes, UInt256.SizeBytes));
        return Keccak256.Hash(encoding);
    }
}
