using System.Buffers;
using Chain.Core.Numeric;
using static Chain.Precompiles.Native.Blst;

namespace Chain.Precompiles.Native;

/// <summary>BLS12-381 in the encoding of EIP-2537: field elements of 64 bytes with 16 zero bytes in front, infinity all zeros.</summary>
// Unsafe: spans are sliced to the size that blst reads or writes before they are pinned; points are locals or pinned arrays.
internal static unsafe class Bls12
{
    /// <summary>Bytes of a base field element.</summary>
    public const int FpBytes = 64;

    /// <summary>Bytes of a quadratic field element.</summary>
    public const int Fp2Bytes = 2 * FpBytes;

    /// <summary>Bytes of a G1 point.</summary>
    public const int G1Bytes = 2 * FpBytes;

    /// <summary>Bytes of a G2 point.</summary>
    public const int G2Bytes = 2 * Fp2Bytes;

    /// <summary>Bytes of a scalar.</summary>
    public const int ScalarBytes = 32;

    private const int PaddingBytes = 16, LimbBytes = 48, ScalarBits = 255;

    private static ReadOnlySpan<byte> Modulus =>
    [
        0x1a, 0x01, 0x11, 0xea, 0x39, 0x7f, 0xe6, 0x9a, 0x4b, 0x1b, 0xa7, 0xb6, 0x43, 0x4b, 0xac, 0xd7,
        0x64, 0x77, 0x4b, 0x84, 0xf3, 0x85, 0x12, 0xbf, 0x67, 0x30, 0xd2, 0xa0, 0xf6, 0xb0, 0xf6, 0x24,
        0x1e, 0xab, 0xff, 0xfe, 0xb1, 0x53, 0xff, 0xff, 0xb9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xaa, 0xab,
    ];

    // Order q of both groups.
    private static UInt256 Order => new(0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805, 0x73eda753299d7d48);

    /// <summary>True for the encoding of the point at infinity.</summary>
    public static bool IsInfinity(ReadOnlySpan<byte> point) => point.IndexOfAnyExcept((byte)0) < 0;

    /// <summary>Reads a base field element; false when it is not below the modulus.</summary>
    public static bool TryReadFp(ReadOnlySpan<byte> bytes, out Fp element)
    {
        element = default;
        ReadOnlySpan<byte> value = bytes.Slice(PaddingBytes, LimbBytes);
        if (bytes[..PaddingBytes].IndexOfAnyExcept((byte)0) >= 0 || value.SequenceCompareTo(Modulus) >= 0) return false;
        fixed (byte* source = value)
        fixed (Fp* target = &element) FpFromBigEndian(target, source);
        return true;
    }

    /// <summary>Reads a quadratic field element, real part first; false when a part is not below the modulus.</summary>
    public static bool TryReadFp2(ReadOnlySpan<byte> bytes, out Fp2 element)
    {
        element = default;
        return TryReadFp(bytes, out element.A) && TryReadFp(bytes[FpBytes..], out element.B);
    }

    /// <summary>Reads a point of G1's curve; false when it is not on the curve, or, where that is asked, not in the group.</summary>
    public static bool TryReadG1(ReadOnlySpan<byte> bytes, bool inGroup, out P1Affine point)
    {
        point = default;
        if (!TryReadFp(bytes, out point.X) || !TryReadFp(bytes[FpBytes..], out point.Y)) return false;
        if (IsInfinity(bytes[..G1Bytes])) return true;
        fixed (P1Affine* p = &point) return P1OnCurve(p) != 0 && (!inGroup || P1InGroup(p) != 0);
    }

    /// <summary>Reads a point of G2's curve; false when it is not on the curve, or, where that is asked, not in the group.</summary>
    public static bool TryReadG2(ReadOnlySpan<byte> bytes, bool inGroup, out P2Affine point)
    {
        point = default;
        if (!TryReadFp2(bytes, out point.X) || !TryReadFp2(bytes[Fp2Bytes..], out point.Y)) return false;
        if (IsInfinity(bytes[..G2Bytes])) return true;
        fixed (P2Affine* p = &point) return P2OnCurve(p) != 0 && (!inGroup || P2InGroup(p) != 0);
    }

    /// <summary>Writes a G1 point.</summary>
    public static void Write(P1* point, Span<byte> destination)
    {
        P1Affine affine;
        P1ToAffine(&affine, point);
        Write(&affine.X, destination[..FpBytes]);
        Write(&affine.Y, destination.Slice(FpBytes, FpBytes));
    }

    /// <summary>Writes a G2 point.</summary>
    public static void Write(P2* point, Span<byte> destination)
    {
        P2Affine affine;
        P2ToAffine(&affine, point);
        Write(&affine.X.A, destination[..FpBytes]);
        Write(&affine.X.B, destination.Slice(FpBytes, FpBytes));
        Write(&affine.Y.A, destination.Slice(2 * FpBytes, FpBytes));
        Write(&affine.Y.B, destination.Slice(3 * FpBytes, FpBytes));
    }

    /// <summary>Sum of scalar multiples of G1 points; false when a point is not in the group. The input holds whole pairs, at least one.</summary>
    public static bool TryMultiplyG1(ReadOnlySpan<byte> input, Span<byte> destination)
    {
        const int PairBytes = G1Bytes + ScalarBytes;
        int pairs = input.Length / PairBytes, count = 0;
        P1Affine[] points = new P1Affine[pairs];
        byte[] scalars = new byte[pairs * ScalarBytes];
        for (; input.Length > 0; input = input[PairBytes..])
        {
            if (!TryReadG1(input, inGroup: true, out points[count])) return false;
            if (IsInfinity(input[..G1Bytes])) continue;
            WriteScalar(input.Slice(G1Bytes, ScalarBytes), scalars.AsSpan(count * ScalarBytes, ScalarBytes));
            count++;
        }
        P1 sum = default;
        fixed (P1Affine* p = points)
        fixed (byte* s = scalars)
        {
            if (count == 1)
            {
                P1FromAffine(&sum, p);
                P1Multiply(&sum, &sum, s, ScalarBits);
            }
            else if (count > 1)
            {
                // A null after the first pointer means that the rest follow it in memory.
                P1Affine** pointList = stackalloc P1Affine*[] { p, null };
                byte** scalarList = stackalloc byte*[] { s, null };
                ulong[] scratch = ArrayPool<ulong>.Shared.Rent((int)(P1PippengerScratchBytes((nuint)count) / sizeof(ulong)) + 1);
                fixed (ulong* work = scratch) P1Pippenger(&sum, pointList, (nuint)count, scalarList, ScalarBits, work);
                ArrayPool<ulong>.Shared.Return(scratch);
            }
        }
        Write(&sum, destination);
        return true;
    }

    /// <summary>Sum of scalar multiples of G2 points; false when a point is not in the group. The input holds whole pairs, at least one.</summary>
    public static bool TryMultiplyG2(ReadOnlySpan<byte> input, Span<byte> destination)
    {
        const int PairBytes = G2Bytes + ScalarBytes;
        int pairs = input.Length / PairBytes, count = 0;
        P2Affine[] points = new P2Affine[pairs];
        byte[] scalars = new byte[pairs * ScalarBytes];
        for (; input.Length > 0; input = input[PairBytes..])
        {
            if (!TryReadG2(input, inGroup: true, out points[count])) return false;
            if (IsInfinity(input[..G2Bytes])) continue;
            WriteScalar(input.Slice(G2Bytes, ScalarBytes), scalars.AsSpan(count * ScalarBytes, ScalarBytes));
            count++;
        }
        P2 sum = default;
        fixed (P2Affine* p = points)
        fixed (byte* s = scalars)
        {
            if (count == 1)
            {
                P2FromAffine(&sum, p);
                P2Multiply(&sum, &sum, s, ScalarBits);
            }
            else if (count > 1)
            {
                P2Affine** pointList = stackalloc P2Affine*[] { p, null };
                byte** scalarList = stackalloc byte*[] { s, null };
                ulong[] scratch = ArrayPool<ulong>.Shared.Rent((int)(P2PippengerScratchBytes((nuint)count) / sizeof(ulong)) + 1);
                fixed (ulong* work = scratch) P2Pippenger(&sum, pointList, (nuint)count, scalarList, ScalarBits, work);
                ArrayPool<ulong>.Shared.Return(scratch);
            }
        }
        Write(&sum, destination);
        return true;
    }

    /// <summary>Whether the product of pairings is 1; false when a point is not in its group. The input holds whole pairs, at least one.</summary>
    public static bool TryPair(ReadOnlySpan<byte> input, out bool isOne)
    {
        const int PairBytes = G1Bytes + G2Bytes;
        int pairs = input.Length / PairBytes, count = 0;
        P1Affine[] ps = new P1Affine[pairs];
        P2Affine[] qs = new P2Affine[pairs];
        isOne = false;
        for (; input.Length > 0; input = input[PairBytes..])
        {
            if (!TryReadG1(input, inGroup: true, out ps[count]) || !TryReadG2(input[G1Bytes..], inGroup: true, out qs[count])) return false;
            if (!IsInfinity(input[..G1Bytes]) && !IsInfinity(input.Slice(G1Bytes, G2Bytes))) count++;
        }
        isOne = true;
        if (count == 0) return true;
        Fp12 value;
        fixed (P1Affine* p = ps)
        fixed (P2Affine* q = qs)
        {
            P1Affine** pList = stackalloc P1Affine*[] { p, null };
            P2Affine** qList = stackalloc P2Affine*[] { q, null };
            MillerLoop(&value, qList, pList, (nuint)count);
        }
        FinalExponentiation(&value, &value);
        isOne = Fp12IsOne(&value) != 0;
        return true;
    }

    private static void Write(Fp* element, Span<byte> destination)
    {
        destination[..PaddingBytes].Clear();
        fixed (byte* target = destination.Slice(PaddingBytes, LimbBytes)) BigEndianFromFp(target, element);
    }

    // Little-endian and below q: multiples by q are infinity in the group.
    private static void WriteScalar(ReadOnlySpan<byte> bigEndian, Span<byte> destination)
    {
        UInt256 scalar = UInt256.FromBigEndian(bigEndian);
        while (scalar >= Order) scalar -= Order;
        scalar.WriteBigEndian(destination);
        destination.Reverse();
    }
}
