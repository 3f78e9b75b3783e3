using Chain.Core.Numeric;

namespace Chain.Compliance.Oracle;

/// <summary>The arithmetic of rounds (compliance specification, section 6.5): exact integers, divisions floor. Values are int256 in two's complement.</summary>
public static class Aggregation
{
    /// <summary>Index of the median, element n/2 of the sorted values, and the range of all of them. Equal values keep the order given.</summary>
    /// <param name="observations">One to 31.</param>
    /// <param name="range">Largest less smallest value, as uint256.</param>
    public static int Median(ReadOnlySpan<Observation> observations, out UInt256 range)
    {
        Span<int> order = stackalloc int[observations.Length];
        for (int i = 0; i < order.Length; i++)
        {
            int place = i;
            for (; place > 0 && UInt256.SignedLessThan(observations[i].Value, observations[order[place - 1]].Value); place--) order[place] = order[place - 1];
            order[place] = i;
        }
        range = observations[order[^1]].Value - observations[order[0]].Value;
        return order[order.Length / 2];
    }

    /// <summary>Range over |median| in basis points, at most 65,535, which a median of 0 with any range gives too.</summary>
    public static ushort SpreadBps(in UInt256 range, in UInt256 median)
    {
        if (range.IsZero) return 0;
        if (median.IsZero || UInt256.MultiplyOverflow(range, OracleLimits.BasisPoints, out UInt256 scaled)) return OracleLimits.SpreadBpsMax;
        return (ushort)UInt256.Min(scaled / Signed.Abs(median), OracleLimits.SpreadBpsMax).U0;
    }

    /// <summary>|answer - previous| over |previous| in basis points; 65,535 where the previous answer is 0 and this one is not. Both fit int128.</summary>
    public static UInt256 Deviation(in UInt256 answer, in UInt256 previous)
    {
        if (answer == previous) return default;
        return previous.IsZero ? OracleLimits.SpreadBpsMax : Signed.Abs(answer - previous) * OracleLimits.BasisPoints / Signed.Abs(previous);
    }
}
