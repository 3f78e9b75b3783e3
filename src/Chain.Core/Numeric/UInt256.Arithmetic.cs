using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Chain.Core.Numeric;

// Every static form reads its operands completely before it writes its result: the result may be the same variable as an operand,
// so an interpreter passes references into its stack. Limbs are written one by one: a 32-byte vector access to a word that was just
// written by limbs, or the reverse copy through a local, would miss store forwarding and cost more than it saves.
public readonly partial struct UInt256
{
    /// <summary>a + b modulo 2^256.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator +(in UInt256 a, in UInt256 b)
    {
        Add(a, b, out UInt256 r);
        return r;
    }

    /// <summary>a - b modulo 2^256.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator -(in UInt256 a, in UInt256 b)
    {
        Subtract(a, b, out UInt256 r);
        return r;
    }

    /// <summary>-a modulo 2^256: the two's complement.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator -(in UInt256 a)
    {
        Negate(a, out UInt256 r);
        return r;
    }

    /// <summary>a * b modulo 2^256.</summary>
    public static UInt256 operator *(in UInt256 a, in UInt256 b)
    {
        Multiply(a, b, out UInt256 r);
        return r;
    }

    /// <summary>result = a + b modulo 2^256 (EVM ADD). The result may alias an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(in UInt256 a, in UInt256 b, out UInt256 result)
    {
        ulong carry = 0;
        ulong r0 = AddCarry(a.U0, b.U0, ref carry);
        ulong r1 = AddCarry(a.U1, b.U1, ref carry);
        ulong r2 = AddCarry(a.U2, b.U2, ref carry);
        ulong r3 = a.U3 + b.U3 + carry;
        result = new UInt256(r0, r1, r2, r3);
    }

    /// <summary>result = a - b modulo 2^256 (EVM SUB). The result may alias an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subtract(in UInt256 a, in UInt256 b, out UInt256 result)
    {
        ulong borrow = 0;
        ulong r0 = SubtractBorrow(a.U0, b.U0, ref borrow);
        ulong r1 = SubtractBorrow(a.U1, b.U1, ref borrow);
        ulong r2 = SubtractBorrow(a.U2, b.U2, ref borrow);
        ulong r3 = a.U3 - b.U3 - borrow;
        result = new UInt256(r0, r1, r2, r3);
    }

    /// <summary>result = -a modulo 2^256. The result may alias the operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Negate(in UInt256 a, out UInt256 result) => Subtract(default, a, out result);

    /// <summary>Computes a + b modulo 2^256; true when the exact sum does not fit. The result may alias an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AddOverflow(in UInt256 a, in UInt256 b, out UInt256 result)
    {
        ulong carry = 0;
        ulong r0 = AddCarry(a.U0, b.U0, ref carry);
        ulong r1 = AddCarry(a.U1, b.U1, ref carry);
        ulong r2 = AddCarry(a.U2, b.U2, ref carry);
        ulong r3 = AddCarry(a.U3, b.U3, ref carry);
        result = new UInt256(r0, r1, r2, r3);
        return carry != 0;
    }

    /// <summary>Computes a - b modulo 2^256; true when b is larger than a. The result may alias an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SubtractUnderflow(in UInt256 a, in UInt256 b, out UInt256 result)
    {
        ulong borrow = 0;
        ulong r0 = SubtractBorrow(a.U0, b.U0, ref borrow);
        ulong r1 = SubtractBorrow(a.U1, b.U1, ref borrow);
        ulong r2 = SubtractBorrow(a.U2, b.U2, ref borrow);
        ulong r3 = SubtractBorrow(a.U3, b.U3, ref borrow);
        result = new UInt256(r0, r1, r2, r3);
        return borrow != 0;
    }

    /// <summary>result = a * b modulo 2^256 (EVM MUL). The result may alias an operand.</summary>
    public static void Multiply(in UInt256 a, in UInt256 b, out UInt256 result)
    {
        ulong a0 = a.U0, a1 = a.U1, a2 = a.U2, a3 = a.U3;
        ulong b0 = b.U0, b1 = b.U1, b2 = b.U2, b3 = b.U3;
        ulong c = MultiplyWide(a0, b0, out ulong r0);
        if ((a1 | a2 | a3 | b1 | b2 | b3) == 0)
        {
            result = new UInt256(r0, c);
            return;
        }
        c = MultiplyAdd(a0, b1, c, out ulong r1);
        c = MultiplyAdd(a0, b2, c, out ulong r2);
        ulong r3 = a0 * b3 + c;

        c = MultiplyAdd(a1, b0, r1, out r1);
        c = MultiplyAdd(a1, b1, r2, c, out r2);
        r3 += a1 * b2 + c;

        c = MultiplyAdd(a2, b0, r2, out r2);
        r3 += a2 * b1 + c + a3 * b0;
        result = new UInt256(r0, r1, r2, r3);
    }

    /// <summary>Computes a * b modulo 2^256; true when the exact product does not fit. The result may alias an operand.</summary>
    [SkipLocalsInit]
    public static unsafe bool MultiplyOverflow(in UInt256 a, in UInt256 b, out UInt256 result)
    {
        // Safe: the buffer has the eight limbs that MultiplyFull writes.
        ulong* p = stackalloc ulong[8];
        MultiplyFull(a, b, p);
        result = new UInt256(p[0], p[1], p[2], p[3]);
        return (p[4] | p[5] | p[6] | p[7]) != 0;
    }

    /// <summary>result = value^exponent modulo 2^256, 0^0 being 1 (EVM EXP). The result may alias an operand.</summary>
    public static void Exp(in UInt256 value, in UInt256 exponent, out UInt256 result)
    {
        UInt256 b = value;
        UInt256 e = exponent;
        if (b.FitsUInt64 && b.U0 == 2)
        {
            ShiftLeft(One, e, out result);
            return;
        }
        int bits = e.BitLength;
        if (bits == 0)
        {
            result = One;
            return;
        }
        // 256 or more factors of an even number carry at least 256 factors 2.
        if ((b.U0 & 1) == 0 && bits > 8)
        {
            result = default;
            return;
        }
        UInt256 r = b;
        for (int i = bits - 2; i >= 0; i--)
        {
            Multiply(r, r, out r);
            if (e.Bit(i)) Multiply(r, b, out r);
        }
        result = r;
    }

    /// <summary>value^exponent modulo 2^256, 0^0 being 1.</summary>
    public static UInt256 Exp(in UInt256 value, in UInt256 exponent)
    {
        Exp(value, exponent, out UInt256 r);
        return r;
    }

    /// <summary>Writes the eight limbs of the exact product; <paramref name="p"/> has room for them.</summary>
    [SkipLocalsInit]
    private static unsafe void MultiplyFull(in UInt256 a, in UInt256 b, ulong* p)
    {
        ulong b0 = b.U0, b1 = b.U1, b2 = b.U2, b3 = b.U3;
        ulong m = a.U0;
        ulong c = MultiplyWide(m, b0, out ulong low);
        p[0] = low;
        c = MultiplyAdd(m, b1, c, out ulong r1);
        c = MultiplyAdd(m, b2, c, out ulong r2);
        ulong r4 = MultiplyAdd(m, b3, c, out ulong r3);

        m = a.U1;
        c = MultiplyAdd(m, b0, r1, out low);
        p[1] = low;
        c = MultiplyAdd(m, b1, r2, c, out r1);
        c = MultiplyAdd(m, b2, r3, c, out r2);
        r4 = MultiplyAdd(m, b3, r4, c, out r3);

        m = a.U2;
        c = MultiplyAdd(m, b0, r1, out low);
        p[2] = low;
        c = MultiplyAdd(m, b1, r2, c, out r1);
        c = MultiplyAdd(m, b2, r3, c, out r2);
        r4 = MultiplyAdd(m, b3, r4, c, out r3);

        m = a.U3;
        c = MultiplyAdd(m, b0, r1, out low);
        p[3] = low;
        c = MultiplyAdd(m, b1, r2, c, out r1);
        c = MultiplyAdd(m, b2, r3, c, out r2);
        r4 = MultiplyAdd(m, b3, r4, c, out r3);
        p[4] = r1;
        p[5] = r2;
        p[6] = r3;
        p[7] = r4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AddCarry(ulong a, ulong b, ref ulong carry)
    {
        ulong sum = a + b;
        ulong result = sum + carry;
        carry = (sum < a ? 1UL : 0UL) | (result < sum ? 1UL : 0UL);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SubtractBorrow(ulong a, ulong b, ref ulong borrow)
    {
        ulong difference = a - b;
        ulong result = difference - borrow;
        borrow = (a < b ? 1UL : 0UL) | (difference < borrow ? 1UL : 0UL);
        return result;
    }

    /// <summary>High limb of a * b; the low one in <paramref name="low"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MultiplyWide(ulong a, ulong b, out ulong low)
    {
        if (Bmi2.X64.IsSupported)
        {
            // Math.BigMul passes the low limb through memory; a second multiplication is shorter than that round trip.
            low = a * b;
            return Bmi2.X64.MultiplyNoFlags(a, b);
        }
        return Math.BigMul(a, b, out low);
    }

    /// <summary>High limb of a * b + c, which always fits two limbs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MultiplyAdd(ulong a, ulong b, ulong c, out ulong low)
    {
        ulong high = MultiplyWide(a, b, out ulong product);
        low = product + c;
        return high + (low < c ? 1UL : 0UL);
    }

    /// <summary>High limb of a * b + c + d, which always fits two limbs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MultiplyAdd(ulong a, ulong b, ulong c, ulong d, out ulong low)
    {
        ulong high = MultiplyWide(a, b, out ulong product);
        ulong sum = product + c;
        low = sum + d;
        return high + (sum < c ? 1UL : 0UL) + (low < d ? 1UL : 0UL);
    }
}
