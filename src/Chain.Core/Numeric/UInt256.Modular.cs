using System.Numerics;
using System.Runtime.CompilerServices;

namespace Chain.Core.Numeric;

public readonly partial struct UInt256
{
    /// <summary>result = (a + b) modulo m over the exact sum; 0 when m is 0 (EVM ADDMOD). The result may alias an operand.</summary>
    [SkipLocalsInit]
    public static unsafe void AddMod(in UInt256 a, in UInt256 b, in UInt256 m, out UInt256 result)
    {
        bool reduced = a < m && b < m;
        bool carry = AddOverflow(a, b, out UInt256 sum);
        if (reduced)
        {
            // The sum is below 2m: one subtraction, which also absorbs the carry.
            if (carry || sum >= m) Subtract(sum, m, out sum);
            result = sum;
            return;
        }
        if (!carry)
        {
            Mod(sum, m, out result);
            return;
        }
        ulong* limbs = stackalloc ulong[6];
        limbs[0] = sum.U0;
        limbs[1] = sum.U1;
        limbs[2] = sum.U2;
        limbs[3] = sum.U3;
        limbs[4] = 1;
        ModLimbs(limbs, 5, m, out result);
    }

    /// <summary>(a + b) modulo m over the exact sum; 0 when m is 0.</summary>
    public static UInt256 AddMod(in UInt256 a, in UInt256 b, in UInt256 m)
    {
        AddMod(a, b, m, out UInt256 r);
        return r;
    }

    /// <summary>result = a * b modulo m over the exact product; 0 when m is 0 (EVM MULMOD). The result may alias an operand.</summary>
    [SkipLocalsInit]
    public static unsafe void MulMod(in UInt256 a, in UInt256 b, in UInt256 m, out UInt256 result)
    {
        // Safe: eight limbs of product and one of normalization.
        ulong* limbs = stackalloc ulong[9];
        MultiplyFull(a, b, limbs);
        int length = 8;
        while (length > 0 && limbs[length - 1] == 0) length--;
        if (length <= 4)
        {
            Mod(new UInt256(limbs[0], limbs[1], limbs[2], limbs[3]), m, out result);
            return;
        }
        ModLimbs(limbs, length, m, out result);
    }

    /// <summary>a * b modulo m over the exact product; 0 when m is 0.</summary>
    public static UInt256 MulMod(in UInt256 a, in UInt256 b, in UInt256 m)
    {
        MulMod(a, b, m, out UInt256 r);
        return r;
    }

    /// <summary>Five to eight limbs modulo m; <paramref name="limbs"/> has room for one more and is destroyed.</summary>
    [SkipLocalsInit]
    private static unsafe void ModLimbs(ulong* limbs, int length, in UInt256 m, out UInt256 result)
    {
        if (m.FitsUInt64)
        {
            ulong divisor = m.U0;
            ulong rest = 0;
            if (divisor != 0)
            {
                for (int i = length - 1; i >= 0; i--)
                {
                    if (rest == 0 && limbs[i] < divisor) rest = limbs[i];
                    else _ = DivRemWide(rest, limbs[i], divisor, out rest);
                }
            }
            result = new UInt256(rest);
            return;
        }
        if (m.U3 != 0)
        {
            ModByFourLimbs(limbs, length, m, out result);
            return;
        }
        // Safe: eight limbs by at least two give at most seven of quotient.
        ulong* v = stackalloc ulong[4];
        ulong* q = stackalloc ulong[8];
        DivideLimbs(limbs, length, m, v, q, out _, out result);
    }

    /// <summary>
    /// Five to eight limbs modulo a modulus of four: the remainder stays in registers, and the digits of the quotient come from multiplications by a reciprocal
    /// of the two top limbs: about 82 ns where <see cref="DivideLimbs"/> takes 86 to 95, the product included (Möller and Granlund, Improved division by invariant integers, algorithms 5 and 6).
    /// </summary>
    private static unsafe void ModByFourLimbs(ulong* limbs, int length, in UInt256 m, out UInt256 result)
    {
        int shift = BitOperations.LeadingZeroCount(m.U3);
        ulong d0 = m.U0 << shift;
        ulong d1 = ShiftPair(m.U1, m.U0, shift);
        ulong d2 = ShiftPair(m.U2, m.U1, shift);
        ulong d3 = ShiftPair(m.U3, m.U2, shift);
        ulong reciprocal = Reciprocal(d3, d2);

        // What is shifted out of the top limb is below d3, so this first remainder is below the divisor, as each later one is.
        ulong r3 = (limbs[length - 1] >> 1) >> ~shift;
        ulong r2 = ShiftPair(limbs[length - 1], limbs[length - 2], shift);
        ulong r1 = ShiftPair(limbs[length - 2], limbs[length - 3], shift);
        ulong r0 = ShiftPair(limbs[length - 3], limbs[length - 4], shift);
        for (int i = length - 5; i >= -1; i--)
        {
            ulong next = i < 0 ? limbs[0] << shift : ShiftPair(limbs[i + 1], limbs[i], shift);
            ulong digit;
            ulong t3;
            ulong t2;
            bool overflows = false;
            if (r3 == d3 && r2 == d2)
            {
                // The digit is at most 2^64 - 1, and (r3, r2, r1) less that many times (d3, d2) is (d3, d2) + r1.
                digit = ulong.MaxValue;
                t2 = r1 + d2;
                t3 = d3 + (t2 < d2 ? 1UL : 0UL);
                overflows = t3 < d3;
            }
            else
            {
                digit = DivRemThreeByTwo(r3, r2, r1, d3, d2, reciprocal, out t3, out t2);
            }
            ulong c = MultiplyWide(digit, d0, out ulong p0);
            c = MultiplyAdd(digit, d1, c, out ulong p1);
            ulong borrow = next < p0 ? 1UL : 0UL;
            ulong n0 = next - p0;
            ulong n1 = SubtractBorrow(r0, p1, ref borrow);
            ulong n2 = SubtractBorrow(t2, c, ref borrow);
            ulong n3 = t3 - borrow;
            if (t3 < borrow && !overflows)
            {
                // The digit was one too large.
                ulong carry = 0;
                n0 = AddCarry(n0, d0, ref carry);
                n1 = AddCarry(n1, d1, ref carry);
                n2 = AddCarry(n2, d2, ref carry);
                n3 += d3 + carry;
            }
            (r3, r2, r1, r0) = (n3, n2, n1, n0);
        }
        result = new UInt256(
            (r0 >> shift) | ((r1 << 1) << ~shift),
            (r1 >> shift) | ((r2 << 1) << ~shift),
            (r2 >> shift) | ((r3 << 1) << ~shift),
            r3 >> shift);
    }

    /// <summary>floor((2^192 - 1) / (d1 * 2^64 + d0)) - 2^64 for a normalized divisor (algorithm 6).</summary>
    private static ulong Reciprocal(ulong d1, ulong d0)
    {
        ulong v = DivRemWide(~d1, ulong.MaxValue, d1, out _);
        ulong p = d1 * v + d0;
        if (p < d0)
        {
            v--;
            if (p >= d1)
            {
                v--;
                p -= d1;
            }
            p -= d1;
        }
        ulong t1 = MultiplyWide(v, d0, out ulong t0);
        p += t1;
        if (p < t1)
        {
            v--;
            if (p > d1 || (p == d1 && t0 >= d0)) v--;
        }
        return v;
    }

    /// <summary>Quotient of three limbs by a normalized divisor of two; the two top limbs are below the divisor (algorithm 5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong DivRemThreeByTwo(ulong u2, ulong u1, ulong u0, ulong d1, ulong d0, ulong reciprocal, out ulong rest1, out ulong rest0)
    {
        ulong q1 = MultiplyWide(reciprocal, u2, out ulong q0);
        q0 += u1;
        q1 += u2 + (q0 < u1 ? 1UL : 0UL);
        ulong t1 = MultiplyWide(d0, q1, out ulong t0);
        ulong r1 = u1 - q1 * d1;
        ulong r0 = u0 - t0;
        r1 -= t1 + (u0 < t0 ? 1UL : 0UL);
        ulong less0 = r0 - d0;
        r1 -= d1 + (r0 < d0 ? 1UL : 0UL);
        r0 = less0;
        // Taken about every other time: without a branch.
        ulong mask = r1 >= q0 ? ulong.MaxValue : 0;
        q1 += 1 + mask;
        ulong back0 = d0 & mask;
        r0 += back0;
        r1 += (d1 & mask) + (r0 < back0 ? 1UL : 0UL);
        if (r1 > d1 || (r1 == d1 && r0 >= d0))
        {
            q1++;
            r1 -= d1 + (r0 < d0 ? 1UL : 0UL);
            r0 -= d0;
        }
        rest1 = r1;
        rest0 = r0;
        return q1;
    }
}
