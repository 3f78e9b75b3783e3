using System.Runtime.CompilerServices;

namespace Chain.Core.Numeric;

// The EVM reads some words as two's complement; nothing but the operation says so.
public readonly partial struct UInt256
{
    /// <summary>True when the value read as two's complement is negative.</summary>
    public bool IsNegative
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (long)U3 < 0;
    }

    /// <summary>
    /// result = a / b over two's complement, rounded towards zero; 0 when b is 0, and -2^255 / -1 is -2^255 (EVM SDIV). The result may alias an operand.
    /// </summary>
    public static void SDiv(in UInt256 a, in UInt256 b, out UInt256 result)
    {
        bool negative = (long)(a.U3 ^ b.U3) < 0;
        Abs(a, out UInt256 x);
        Abs(b, out UInt256 y);
        Divide(x, y, out result);
        if (negative) Negate(result, out result);
    }

    /// <summary>a / b over two's complement (EVM SDIV).</summary>
    public static UInt256 SDiv(in UInt256 a, in UInt256 b)
    {
        SDiv(a, b, out UInt256 r);
        return r;
    }

    /// <summary>result = a modulo b over two's complement, with the sign of a; 0 when b is 0 (EVM SMOD). The result may alias an operand.</summary>
    public static void SMod(in UInt256 a, in UInt256 b, out UInt256 result)
    {
        bool negative = a.IsNegative;
        Abs(a, out UInt256 x);
        Abs(b, out UInt256 y);
        Mod(x, y, out result);
        if (negative) Negate(result, out result);
    }

    /// <summary>a modulo b over two's complement (EVM SMOD).</summary>
    public static UInt256 SMod(in UInt256 a, in UInt256 b)
    {
        SMod(a, b, out UInt256 r);
        return r;
    }

    /// <summary>True when a is below b over two's complement (EVM SLT).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SignedLessThan(in UInt256 a, in UInt256 b) => a.U3 != b.U3 ? (long)a.U3 < (long)b.U3 : a < b;

    /// <summary>Negative, 0 or positive as a is below, equal to or above b over two's complement.</summary>
    public static int SignedCompare(in UInt256 a, in UInt256 b) => a.U3 != b.U3 ? ((long)a.U3).CompareTo((long)b.U3) : Compare(a, b);

    /// <summary>
    /// result = value with the sign of its byte <paramref name="byteIndex"/> (0 is the least significant) repeated above it;
    /// the value itself from index 31 on (EVM SIGNEXTEND). The result may alias an operand.
    /// </summary>
    public static void SignExtend(in UInt256 value, in UInt256 byteIndex, out UInt256 result)
    {
        if (!byteIndex.FitsUInt64 || byteIndex.U0 >= SizeBytes - 1)
        {
            result = value;
            return;
        }
        int index = (int)byteIndex.U0;
        int unused = 56 - (index & 7) * 8;
        ulong v0 = value.U0, v1 = value.U1, v2 = value.U2;
        long top = (long)(value.Limb(index >> 3) << unused) >> unused;
        ulong fill = (ulong)(top >> 63);
        result = (index >> 3) switch
        {
            0 => new UInt256((ulong)top, fill, fill, fill),
            1 => new UInt256(v0, (ulong)top, fill, fill),
            2 => new UInt256(v0, v1, (ulong)top, fill),
            _ => new UInt256(v0, v1, v2, (ulong)top),
        };
    }

    /// <summary>value with the sign of its byte <paramref name="byteIndex"/> repeated above it (EVM SIGNEXTEND).</summary>
    public static UInt256 SignExtend(in UInt256 value, in UInt256 byteIndex)
    {
        SignExtend(value, byteIndex, out UInt256 r);
        return r;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Abs(in UInt256 value, out UInt256 result)
    {
        if (value.IsNegative) Negate(value, out result);
        else result = value;
    }
}
