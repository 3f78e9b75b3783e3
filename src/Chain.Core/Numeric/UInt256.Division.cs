using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Chain.Core.Numeric;

// Division by limbs: Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D.
public readonly partial struct UInt256
{
    /// <summary>a / b rounded down; 0 when b is 0 (EVM DIV).</summary>
    public static UInt256 operator /(in UInt256 a, in UInt256 b)
    {
        Divide(a, b, out UInt256 q);
        return q;
    }

    /// <summary>a modulo b; 0 when b is 0 (EVM MOD).</summary>
    public static UInt256 operator %(in UInt256 a, in UInt256 b)
    {
        Mod(a, b, out UInt256 r);
        return r;
    }

    /// <summary>result = a / b rounded down; 0 when b is 0 (EVM DIV). The result may alias an operand.</summary>
    public static void Divide(in UInt256 a, in UInt256 b, out UInt256 result)
    {
        if (a.FitsUInt64 && b.FitsUInt64)
        {
            ulong divisor = b.U0;
            result = new UInt256(divisor == 0 ? 0 : a.U0 / divisor);
            return;
        }
        DivRem(a, b, out result, out _);
    }

    /// <summary>result = a modulo b; 0 when b is 0 (EVM MOD). The result may alias an operand.</summary>
    public static void Mod(in UInt256 a, in UInt256 b, out UInt256 result)
    {
        if (a.FitsUInt64 && b.FitsUInt64)
        {
            ulong divisor = b.U0;
            result = new UInt256(divisor == 0 ? 0 : a.U0 % divisor);
            return;
        }
        DivRem(a, b, out _, out result);
    }

    /// <summary>Quotient and remainder of a / b; both 0 when b is 0, as in the EVM. The results may alias the operands, not each other.</summary>
    [SkipLocalsInit]
    public static unsafe void DivRem(in UInt256 a, in UInt256 b, out UInt256 quotient, out UInt256 remainder)
    {
        if (b.FitsUInt64)
        {
            DivRemByLimb(a, b.U0, out quotient, out ulong rest);
            remainder = new UInt256(rest);
            return;
        }
        if (a < b)
        {
            remainder = a;
            quotient = default;
            return;
        }
        // Safe: five limbs of dividend, four of divisor, four of quotient are all that four-limb operands can touch.
        ulong* u = stackalloc ulong[5];
        ulong* v = stackalloc ulong[4];
        ulong* q = stackalloc ulong[4];
        u[0] = a.U0;
        u[1] = a.U1;
        u[2] = a.U2;
        u[3] = a.U3;
        DivideLimbs(u, LimbCount(a), b, v, q, out int quotientLimbs, out remainder);
        quotient = new UInt256(
            q[0],
            quotientLimbs > 1 ? q[1] : 0,
            quotientLimbs > 2 ? q[2] : 0);
    }

    /// <summary>
    /// Divides <paramref name="length"/> limbs of <paramref name="u"/> (one more is used) by a divisor of two to four limbs and at most as many
    /// as the dividend has. <paramref name="v"/> has room for four limbs, <paramref name="q"/> for length - 1.
    /// </summary>
    private static unsafe void DivideLimbs(ulong* u, int length, in UInt256 divisor, ulong* v, ulong* q, out int quotientLimbs, out UInt256 remainder)
    {
        int n = LimbCount(divisor);
        ulong top = n == 4 ? divisor.U3 : n == 3 ? divisor.U2 : divisor.U1;
        int shift = BitOperations.LeadingZeroCount(top);
        v[0] = divisor.U0 << shift;
        v[1] = ShiftPair(divisor.U1, divisor.U0, shift);
        v[2] = ShiftPair(divisor.U2, divisor.U1, shift);
        v[3] = ShiftPair(divisor.U3, divisor.U2, shift);
        u[length] = (u[length - 1] >> 1) >> ~shift;
        for (int i = length - 1; i > 0; i--) u[i] = ShiftPair(u[i], u[i - 1], shift);
        u[0] <<= shift;

        quotientLimbs = length - n + 1;
        ulong v1 = v[n - 1];
        ulong v2 = v[n - 2];
        for (int j = length - n; j >= 0; j--)
        {
            ulong* w = u + j;
            ulong digit = EstimateDigit(w[n], w[n - 1], w[n - 2], v1, v2);
            if (digit != 0 && MultiplySubtract(w, v, n, digit))
            {
                digit--;
                AddBack(w, v, n);
            }
            q[j] = digit;
        }

        ulong r0 = (u[0] >> shift) | ((u[1] << 1) << ~shift);
        ulong r1 = n > 2 ? (u[1] >> shift) | ((u[2] << 1) << ~shift) : u[1] >> shift;
        ulong r2 = n > 3 ? (u[2] >> shift) | ((u[3] << 1) << ~shift) : n > 2 ? u[2] >> shift : 0;
        ulong r3 = n > 3 ? u[3] >> shift : 0;
        remainder = new UInt256(r0, r1, r2, r3);
    }

    /// <summary>Quotient digit, at most one too large, of three dividend limbs by the two top limbs of a normalized divisor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong EstimateDigit(ulong u2, ulong u1, ulong u0, ulong v1, ulong v2)
    {
        ulong digit;
        ulong rest;
        if (u2 >= v1)
        {
            digit = ulong.MaxValue;
            rest = u1 + v1;
            if (rest < v1) return digit;
        }
        else
        {
            digit = DivRemWide(u2, u1, v1, out rest);
        }
        ulong high = MultiplyWide(digit, v2, out ulong low);
        while (high > rest || (high == rest && low > u0))
        {
            digit--;
            rest += v1;
            if (rest < v1) break;
            high -= low < v2 ? 1UL : 0UL;
            low -= v2;
        }
        return digit;
    }

    /// <summary>w -= digit * v over n + 1 limbs; true when the result is negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe bool MultiplySubtract(ulong* w, ulong* v, int n, ulong digit)
    {
        ulong carry = 0;
        for (int i = 0; i < n; i++)
        {
            carry = MultiplyAdd(v[i], digit, carry, out ulong low);
            ulong before = w[i];
            w[i] = before - low;
            carry += before < low ? 1UL : 0UL;
        }
        ulong last = w[n];
        w[n] = last - carry;
        return last < carry;
    }

    private static unsafe void AddBack(ulong* w, ulong* v, int n)
    {
        ulong carry = 0;
        for (int i = 0; i < n; i++) w[i] = AddCarry(w[i], v[i], ref carry);
        w[n] += carry;
    }

    private static void DivRemByLimb(in UInt256 a, ulong divisor, out UInt256 quotient, out ulong remainder)
    {
        if (divisor == 0)
        {
            quotient = default;
            remainder = 0;
            return;
        }
        ulong a0 = a.U0, a1 = a.U1, a2 = a.U2;
        (ulong q3, ulong rest) = Math.DivRem(a.U3, divisor);
        ulong q2 = DivRemWide(rest, a2, divisor, out rest);
        ulong q1 = DivRemWide(rest, a1, divisor, out rest);
        ulong q0 = DivRemWide(rest, a0, divisor, out remainder);
        quotient = new UInt256(q0, q1, q2, q3);
    }

    /// <summary>(high * 2^64 + low) / divisor; high is below the divisor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong DivRemWide(ulong high, ulong low, ulong divisor, out ulong remainder)
    {
        if (high == 0)
        {
            ulong q = low / divisor;
            remainder = low - q * divisor;
            return q;
        }
        if (X86Base.X64.IsSupported)
        {
#pragma warning disable SYSLIB5004 // The instruction exists on every x86-64; the marker is about code quality. The twin below takes over elsewhere.
            (ulong quotient, remainder) = X86Base.X64.DivRem(low, high, divisor);
#pragma warning restore SYSLIB5004
            return quotient;
        }
        return DivRemWidePortable(high, low, divisor, out remainder);
    }

    /// <summary>Twin of the x86 instruction; high is below the divisor.</summary>
    internal static ulong DivRemWidePortable(ulong high, ulong low, ulong divisor, out ulong remainder)
    {
        (UInt128 quotient, UInt128 rest) = UInt128.DivRem(new UInt128(high, low), divisor);
        remainder = (ulong)rest;
        return (ulong)quotient;
    }

    /// <summary>The top limb of (high, low) shifted left by 0 to 63 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ShiftPair(ulong high, ulong low, int shift) => (high << shift) | ((low >> 1) >> ~shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int LimbCount(in UInt256 value) => value.U3 != 0 ? 4 : value.U2 != 0 ? 3 : value.U1 != 0 ? 2 : 1;
}
