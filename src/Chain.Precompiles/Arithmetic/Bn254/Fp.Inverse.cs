using System.Numerics;
using System.Runtime.CompilerServices;

namespace Chain.Precompiles.Arithmetic.Bn254;

internal readonly partial struct Fp
{
    // Steps that one pair of 64-bit approximations decides, and rounds that bring any two 254-bit numbers to their gcd (2 * 254 - 1 steps).
    private const int RoundSteps = 31, Rounds = 17;

    // 2^(17 * 31) too much from the undivided steps, 2^(17 * 64) too little from the reductions, and three times 2^256 for the form:
    // 2^1329 mod p makes the result right.
    private static Fp InverseCorrection => new(0xd330b3617404f53c, 0x5f12aa9fd96887c1, 0xe7820241e67f0488, 0x2029e539ef58b497);

    // Keeps both packed factors of the inner loop, which lie in (-2^31, 2^31], non-negative while they are taken apart.
    private const ulong FactorBias = 0x7fffffff7fffffff;

    /// <summary>
    /// 1/a; 0 for 0. Binary extended gcd whose inner loop sees only the two ends of both numbers
    /// (Pornin, "Optimized Binary GCD for Modular Inversion", 2020).
    /// </summary>
    public static Fp Inverse(in Fp value)
    {
        if (value.IsZero) return default;
        ulong a0 = value._0, a1 = value._1, a2 = value._2, a3 = value._3;
        ulong b0 = P0, b1 = P1, b2 = P2, b3 = P3;
        Fp u = new(1, 0, 0, 0), v = default;
        for (int round = 0; round < Rounds; round++)
        {
            ulong x, y;
            if ((a3 | b3) != 0) (x, y) = Approximate(a0, a2, a3, b0, b2, b3);
            else if ((a2 | b2) != 0) (x, y) = Approximate(a0, a1, a2, b0, b1, b2);
            else if ((a1 | b1) != 0) (x, y) = Approximate(a0, a0, a1, b0, b0, b1);
            else (x, y) = (a0, b0);

            // Both factors of a row lie in one word, f + 2^32 g: the steps are linear. No branch depends on the unpredictable bits.
            ulong row0 = 1, row1 = 1ul << 32;
            for (int i = 0; i < RoundSteps; i++)
            {
                ulong odd = 0 - (x & 1);
                ulong swap = x < y ? odd : 0;
                ulong t = (x ^ y) & swap;
                x ^= t;
                y ^= t;
                t = (row0 ^ row1) & swap;
                row0 ^= t;
                row1 ^= t;
                x = (x - (y & odd)) >> 1;
                row0 -= row1 & odd;
                row1 <<= 1;
            }
            row0 += FactorBias;
            row1 += FactorBias;
            long f0 = (long)(uint)row0 - 0x7fffffff, g0 = (long)(row0 >> 32) - 0x7fffffff;
            long f1 = (long)(uint)row1 - 0x7fffffff, g1 = (long)(row1 >> 32) - 0x7fffffff;

            (ulong n0, ulong n1, ulong n2, ulong n3) = Combine(a0, a1, a2, a3, f0, b0, b1, b2, b3, g0, out bool negative);
            if (negative) (f0, g0) = (-f0, -g0);
            (b0, b1, b2, b3) = Combine(a0, a1, a2, a3, f1, b0, b1, b2, b3, g1, out negative);
            if (negative) (f1, g1) = (-f1, -g1);
            (a0, a1, a2, a3) = (n0, n1, n2, n3);
            Fp next = CombineModulo(u, f0, v, g0);
            v = CombineModulo(u, f1, v, g1);
            u = next;
        }
        return v * InverseCorrection;
    }

    // Low 31 bits and the 33 bits below the highest one that either number has.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong X, ulong Y) Approximate(ulong aLow, ulong aNext, ulong aTop, ulong bLow, ulong bNext, ulong bTop)
    {
        int shift = BitOperations.LeadingZeroCount(aTop | bTop);
        ulong aHead = shift == 0 ? aTop : (aTop << shift) | (aNext >> (64 - shift));
        ulong bHead = shift == 0 ? bTop : (bTop << shift) | (bNext >> (64 - shift));
        return ((aHead & ~0x7ffffffful) | (aLow & 0x7fffffff), (bHead & ~0x7ffffffful) | (bLow & 0x7fffffff));
    }

    // |a f + b g| / 2^31, an exact division, and its sign.
    private static (ulong, ulong, ulong, ulong) Combine(
        ulong a0, ulong a1, ulong a2, ulong a3, long f, ulong b0, ulong b1, ulong b2, ulong b3, long g, out bool negative)
    {
        long r4 = Row(a0, f, b0, g, 0, out ulong r0);
        r4 = Row(a1, f, b1, g, r4, out ulong r1);
        r4 = Row(a2, f, b2, g, r4, out ulong r2);
        r4 = Row(a3, f, b3, g, r4, out ulong r3);
        negative = r4 < 0;
        if (negative)
        {
            ulong carry = 1;
            r0 = Limbs.Add(~r0, 0, ref carry);
            r1 = Limbs.Add(~r1, 0, ref carry);
            r2 = Limbs.Add(~r2, 0, ref carry);
            r3 = Limbs.Add(~r3, 0, ref carry);
            r4 = (long)((ulong)~r4 + carry);
        }
        return ((r0 >> 31) | (r1 << 33), (r1 >> 31) | (r2 << 33), (r2 >> 31) | (r3 << 33), (r3 >> 31) | ((ulong)r4 << 33));
    }

    // a f + b g + carry, signed: low limb out, the rest returned.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Row(ulong a, long f, ulong b, long g, long carry, out ulong low)
    {
        // A negative factor read as unsigned is 2^64 too large: its limb is taken off the high half.
        ulong high = Limbs.HighProduct(a, (ulong)f) - (a & (ulong)(f >> 63)) + Limbs.HighProduct(b, (ulong)g) - (b & (ulong)(g >> 63)) + (ulong)(carry >> 63);
        ulong x = a * (ulong)f, sum = x + b * (ulong)g;
        high += sum < x ? 1ul : 0;
        low = sum + (ulong)carry;
        return (long)(high + (low < sum ? 1ul : 0));
    }

    // (u f + v g) / 2^64 mod p: one limb of Montgomery reduction over the signed sum.
    private static Fp CombineModulo(in Fp u, long f, in Fp v, long g)
    {
        Fp x = f < 0 ? -u : u, y = g < 0 ? -v : v;
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        ulong t4 = MultiplyRow(x._0, x._1, x._2, x._3, (ulong)Math.Abs(f), ref t0, ref t1, ref t2, ref t3);
        t4 += MultiplyRow(y._0, y._1, y._2, y._3, (ulong)Math.Abs(g), ref t0, ref t1, ref t2, ref t3);
        t3 = Reduce(t4, ref t0, ref t1, ref t2, t3);
        return Reduced(t0, t1, t2, t3);
    }
}
