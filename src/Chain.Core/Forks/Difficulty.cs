using System.Numerics;
using Chain.Core.Numeric;

namespace Chain.Core.Forks;

/// <summary>Difficulty of proof-of-work blocks (Yellow Paper, section 4.4.4; EIP-2, EIP-100, and the delays of the bomb).</summary>
public static class Difficulty
{
    /// <summary>Lowest difficulty.</summary>
    public const ulong Minimum = 131_072;

    private const int BoundDivisor = 2_048;
    private const ulong BombPeriodBlocks = 100_000;
    private const long FactorMin = -99;

    /// <summary>Difficulty of a block.</summary>
    /// <param name="rules">Rules of the block.</param>
    /// <param name="number">Height of the block.</param>
    /// <param name="timestamp">Its timestamp, not below the parent's.</param>
    /// <param name="parentTimestamp">Timestamp of the parent.</param>
    /// <param name="parentDifficulty">Difficulty of the parent.</param>
    /// <param name="parentHasOmmers">True when the parent has ommers; matters from Byzantium on.</param>
    public static UInt256 Next(
        ForkRules rules, ulong number, ulong timestamp, ulong parentTimestamp, in UInt256 parentDifficulty, bool parentHasOmmers)
    {
        ulong elapsed = timestamp > parentTimestamp ? timestamp - parentTimestamp : 0;
        BigInteger parent = parentDifficulty.ToBigInteger();
        BigInteger next = BigInteger.Max(parent + (parent / BoundDivisor * Factor(rules.Fork, elapsed, parentHasOmmers)), Minimum);

        ulong bombNumber = number > rules.DifficultyBombDelayBlocks ? number - rules.DifficultyBombDelayBlocks : 0;
        ulong period = bombNumber / BombPeriodBlocks;
        if (period > 1) next += BigInteger.One << (int)Math.Min(period - 2, 256);
        return next.GetBitLength() > 256 ? UInt256.MaxValue : UInt256.FromBigInteger(next);
    }

    private static long Factor(Fork fork, ulong elapsed, bool parentHasOmmers)
    {
        if (fork < Fork.Homestead) return elapsed < 13 ? 1 : -1;
        long zero = fork >= Fork.Byzantium && parentHasOmmers ? 2 : 1;
        ulong steps = elapsed / (fork >= Fork.Byzantium ? 9UL : 10UL);
        return steps > 200 ? FactorMin : Math.Max(zero - (long)steps, FactorMin);
    }
}
