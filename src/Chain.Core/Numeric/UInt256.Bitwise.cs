using System.Runtime.CompilerServices;

namespace Chain.Core.Numeric;

public readonly partial struct UInt256
{
    private const int Bits = 256;

    /// <summary>Bitwise and.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator &(in UInt256 a, in UInt256 b) => new(a.U0 & b.U0, a.U1 & b.U1, a.U2 & b.U2, a.U3 & b.U3);

    /// <summary>Bitwise or.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator |(in UInt256 a, in UInt256 b) => new(a.U0 | b.U0, a.U1 | b.U1, a.U2 | b.U2, a.U3 | b.U3);

    /// <summary>Bitwise exclusive or.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator ^(in UInt256 a, in UInt256 b) => new(a.U0 ^ b.U0, a.U1 ^ b.U1, a.U2 ^ b.U2, a.U3 ^ b.U3);

    /// <summary>Bitwise complement.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator ~(in UInt256 a) => new(~a.U0, ~a.U1, ~a.U2, ~a.U3);

    /// <summary>value shifted left; 0 when the amount is not in 0 to 255.</summary>
    public static UInt256 operator <<(in UInt256 value, int amount)
    {
        ShiftLeft(value, amount, out UInt256 r);
        return r;
    }

    /// <summary>value shifted right without sign; 0 when the amount is not in 0 to 255.</summary>
    public static UInt256 operator >>(in UInt256 value, int amount)
    {
        ShiftRight(value, amount, out UInt256 r);
        return r;
    }

    /// <summary>result = a and b (EVM AND). The result may alias an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void And(in UInt256 a, in UInt256 b, out UInt256 result) => result = a & b;

    /// <summary>result = a or b (EVM OR). The result may alias an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Or(in UInt256 a, in UInt256 b, out UInt256 result) => result = a | b;

    /// <summary>result = a exclusive-or b (EVM XOR). The result may alias an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Xor(in UInt256 a, in UInt256 b, out UInt256 result) => result = a ^ b;

    /// <summary>result = complement of a (EVM NOT). The result may alias the operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Not(in UInt256 a, out UInt256 result) => result = ~a;

    /// <summary>result = value shifted left; 0 from 256 bits on (EVM SHL). The result may alias an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ShiftLeft(in UInt256 value, in UInt256 amount, out UInt256 result) => ShiftLeft(value, ShiftAmount(amount), out result);

    /// <summary>result = value shifted left; 0 when the amount is not in 0 to 255. The result may alias the operand.</summary>
    public static void ShiftLeft(in UInt256 value, int amount, out UInt256 result)
    {
        ulong v0 = value.U0, v1 = value.U1, v2 = value.U2;
        int s = amount & 63;
        result = ((uint)amount >> 6) switch
        {
            0 => new UInt256(v0 << s, ShiftPair(v1, v0, s), ShiftPair(v2, v1, s), ShiftPair(value.U3, v2, s)),
            1 => new UInt256(0, v0 << s, ShiftPair(v1, v0, s), ShiftPair(v2, v1, s)),
            2 => new UInt256(0, 0, v0 << s, ShiftPair(v1, v0, s)),
            3 => new UInt256(0, 0, 0, v0 << s),
            _ => default,
        };
    }

    /// <summary>result = value shifted right without sign; 0 from 256 bits on (EVM SHR). The result may alias an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ShiftRight(in UInt256 value, in UInt256 amount, out UInt256 result) => ShiftRight(value, ShiftAmount(amount), out result);

    /// <summary>result = value shifted right without sign; 0 when the amount is not in 0 to 255. The result may alias the operand.</summary>
    public static void ShiftRight(in UInt256 value, int amount, out UInt256 result) => ShiftRight(value, amount, 0, out result);

    /// <summary>result = value shifted right, the sign repeated; 0 or -1 from 256 bits on (EVM SAR). The result may alias an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ShiftRightArithmetic(in UInt256 value, in UInt256 amount, out UInt256 result) =>
        ShiftRightArithmetic(value, ShiftAmount(amount), out result);

    /// <summary>result = value shifted right, the sign repeated; 0 or -1 when the amount is not in 0 to 255. The result may alias the operand.</summary>
    public static void ShiftRightArithmetic(in UInt256 value, int amount, out UInt256 result) =>
        ShiftRight(value, amount, (ulong)((long)value.U3 >> 63), out result);

    /// <summary>Byte of the value counted from the most significant, 0 from index 32 on (EVM BYTE).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte ByteAt(in UInt256 value, in UInt256 index) => index.FitsUInt64 && index.U0 < SizeBytes ? value.ByteAt((int)index.U0) : (byte)0;

    /// <summary>result = byte of the value counted from the most significant, 0 from index 32 on (EVM BYTE). The result may alias an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ByteAt(in UInt256 value, in UInt256 index, out UInt256 result) => result = new UInt256(ByteAt(value, index));

    /// <summary>Number of zero bits above the most significant one; 256 for 0 (EVM CLZ, EIP-7939).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountLeadingZeros(in UInt256 value) => Bits - value.BitLength;

    /// <summary>Bit of an index from 0 (least significant) to 255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Bit(int index) => ((Limb(index >> 6) >> index) & 1) != 0;

    private byte ByteAt(int index) => (byte)(Limb(3 - (index >> 3)) >> ((7 - (index & 7)) * 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Limb(int index) => (index & 3) switch { 0 => U0, 1 => U1, 2 => U2, _ => U3 };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ShiftAmount(in UInt256 amount) => amount.FitsUInt64 && amount.U0 < Bits ? (int)amount.U0 : Bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ShiftRight(in UInt256 value, int amount, ulong fill, out UInt256 result)
    {
        ulong v1 = value.U1, v2 = value.U2, v3 = value.U3;
        int s = amount & 63;
        ulong top = (v3 >> s) | ((fill << 1) << ~s);
        result = ((uint)amount >> 6) switch
        {
            0 => new UInt256((value.U0 >> s) | ((v1 << 1) << ~s), (v1 >> s) | ((v2 << 1) << ~s), (v2 >> s) | ((v3 << 1) << ~s), top),
            1 => new UInt256((v1 >> s) | ((v2 << 1) << ~s), (v2 >> s) | ((v3 << 1) << ~s), top, fill),
            2 => new UInt256((v2 >> s) | ((v3 << 1) << ~s), top, fill, fill),
            3 => new UInt256(top, fill, fill, fill),
            _ => new UInt256(fill, fill, fill, fill),
        };
    }
}
