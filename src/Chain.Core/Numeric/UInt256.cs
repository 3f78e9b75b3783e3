using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Chain.Core.Numeric;

/// <summary>
/// An unsigned 256-bit integer: the EVM's word. Four 64-bit limbs, least significant first, in the machine's byte order,
/// so that arithmetic works on limbs directly and bytes are reversed only at memory, code and hash borders.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly partial struct UInt256 : IEquatable<UInt256>, IComparable<UInt256>
{
    /// <summary>Size of the value in bytes.</summary>
    public const int SizeBytes = 32;

    /// <summary>Bits 0 to 63.</summary>
    public readonly ulong U0;

    /// <summary>Bits 64 to 127.</summary>
    public readonly ulong U1;

    /// <summary>Bits 128 to 191.</summary>
    public readonly ulong U2;

    /// <summary>Bits 192 to 255.</summary>
    public readonly ulong U3;

    /// <summary>Builds a value from its limbs, least significant first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public UInt256(ulong u0, ulong u1 = 0, ulong u2 = 0, ulong u3 = 0)
    {
        U0 = u0;
        U1 = u1;
        U2 = u2;
        U3 = u3;
    }

    /// <summary>0.</summary>
    public static UInt256 Zero => default;

    /// <summary>1.</summary>
    public static UInt256 One => new(1);

    /// <summary>2^256 - 1.</summary>
    public static UInt256 MaxValue => new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    /// <summary>True when the value is 0.</summary>
    public bool IsZero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (U0 | U1 | U2 | U3) == 0;
    }

    /// <summary>True when the value is below 2^64.</summary>
    public bool FitsUInt64
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (U1 | U2 | U3) == 0;
    }

    /// <summary>Number of bits up to the most significant one; 0 for 0.</summary>
    public int BitLength
    {
        get
        {
            if (U3 != 0) return 256 - BitOperations.LeadingZeroCount(U3);
            if (U2 != 0) return 192 - BitOperations.LeadingZeroCount(U2);
            if (U1 != 0) return 128 - BitOperations.LeadingZeroCount(U1);
            return 64 - BitOperations.LeadingZeroCount(U0);
        }
    }

    /// <summary>Widens a 64-bit value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator UInt256(ulong value) => new(value);

    /// <summary>Widens a 128-bit value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator UInt256(UInt128 value) => new((ulong)value, (ulong)(value >> 64));

    /// <summary>The low 128 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static explicit operator UInt128(in UInt256 value) => new(value.U1, value.U0);

    /// <summary>The low 64 bits; the caller has checked <see cref="FitsUInt64"/> or wants truncation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static explicit operator ulong(in UInt256 value) => value.U0;

    /// <summary>The value, or <see cref="ulong.MaxValue"/> when it does not fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong SaturateToUInt64() => FitsUInt64 ? U0 : ulong.MaxValue;

    /// <summary>Reads up to 32 big-endian bytes; shorter input is padded with zeros on the left.</summary>
    /// <exception cref="ArgumentException">More than 32 bytes.</exception>
    public static UInt256 FromBigEndian(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == SizeBytes)
        {
            return new UInt256(
                BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]),
                BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
                BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
                BinaryPrimitives.ReadUInt64BigEndian(bytes));
        }
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, SizeBytes);
        Span<byte> padded = stackalloc byte[SizeBytes];
        padded.Clear();
        bytes.CopyTo(padded[(SizeBytes - bytes.Length)..]);
        return FromBigEndian(padded);
    }

    /// <summary>Writes the 32 big-endian bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteBigEndian(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], U0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], U1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], U2);
        BinaryPrimitives.WriteUInt64BigEndian(destination, U3);
    }

    /// <summary>The 32 big-endian bytes in a new array.</summary>
    public byte[] ToBigEndian()
    {
        byte[] bytes = new byte[SizeBytes];
        WriteBigEndian(bytes);
        return bytes;
    }

    /// <summary>The value as an arbitrary-precision integer; for cold paths and tests.</summary>
    public BigInteger ToBigInteger()
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        WriteBigEndian(bytes);
        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }

    /// <summary>The value modulo 2^256 of a non-negative integer; for cold paths and tests.</summary>
    public static UInt256 FromBigInteger(BigInteger value)
    {
        BigInteger low = value & ((BigInteger.One << 256) - 1);
        Span<byte> bytes = stackalloc byte[SizeBytes + 1];
        low.TryWriteBytes(bytes, out int written, isUnsigned: true, isBigEndian: true);
        return FromBigEndian(bytes[..written]);
    }
}
