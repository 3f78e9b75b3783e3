using System.Numerics;
using Chain.Core.Numeric;

namespace Chain.Compliance.Engine;

/// <summary>Comparisons of products on exact integers: the common case in 256 bits, the rest in <see cref="BigInteger"/>.</summary>
internal static class ExactMath
{
    /// <summary>Products of numbers of so many bits with 64-bit numbers stay below 2^256.</summary>
    private const int SafeBits = 191;

    /// <summary>(balance + amount) * 10,000 &lt;= bps * supply, where a mint's supply grows by the amount.</summary>
    public static bool IsShareWithin(in UInt256 balance, in UInt256 supply, in UInt256 amount, bool isMint, ushort bps)
    {
        if (balance.BitLength < SafeBits && supply.BitLength < SafeBits && amount.BitLength < SafeBits)
        {
            return (balance + amount) * EngineLimits.WholeBps <= (isMint ? supply + amount : supply) * bps;
        }
        BigInteger whole = supply.ToBigInteger() + (isMint ? amount.ToBigInteger() : BigInteger.Zero);
        return (balance.ToBigInteger() + amount.ToBigInteger()) * EngineLimits.WholeBps <= whole * bps;
    }

    /// <summary>amount * price / 10^decimals &lt; threshold.</summary>
    public static bool IsValueBelow(in UInt256 amount, in UInt256 price, byte decimals, in UInt256 threshold) =>
        amount.ToBigInteger() * price.ToBigInteger() < threshold.ToBigInteger() * BigInteger.Pow(10, decimals);
}
