using System.Numerics;
using System.Runtime.CompilerServices;
using Chain.Core.Numeric;

namespace Chain.Precompiles.Arithmetic.Bn254;

/// <summary>
/// An element of the base field of BN254 (EIP-196), in Montgomery form: x * 2^256 mod p in four limbs, least significant first.
/// The modulus has 254 bits, so that sums of two elements, and of two products before reduction, stay in range without a carry limb.
/// </summary>
internal readonly partial struct Fp : IEquatable<Fp>
{
    private const ulong P0 = 0x3c208c16d87cfd47, P1 = 0x97816a916871ca8d, P2 = 0xb85045b68181585d, P3 = 0x30644e72e131a029;

    // -1/p modulo 2^64.
    private const ulong NegativeInverse = 0x87d20782e4866389;

    private readonly ulong _0, _1, _2, _3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Fp(ulong a, ulong b, ulong c, ulong d)
    {
        _0 = a;
        _1 = b;
        _2 = c;
        _3 = d;
    }

    /// <summary>The modulus p.</summary>
    public static UInt256 Modulus => new(P0, P1, P2, P3);

    /// <summary>1: 2^256 mod p.</summary>
    public static Fp One => new(0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f);

    // 2^512 mod p: multiplying by it converts into Montgomery form.
    private static Fp Square => new(0xf32cfc5b538afa89, 0xb5e71911d44501fb, 0x47ab1eff0a417ff6, 0x06d89f71cab8351f);

    /// <summary>True for 0.</summary>
    public bool IsZero => (_0 | _1 | _2 | _3) == 0;

    /// <summary>Reads 32 big-endian bytes; false when they are not below p.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Fp element)
    {
        UInt256 value = UInt256.FromBigEndian(bytes);
        element = new Fp(value.U0, value.U1, value.U2, value.U3) * Square;
        return value < Modulus;
    }

    /// <summary>From a small number.</summary>
    public static Fp From(ulong value) => new Fp(value, 0, 0, 0) * Square;

    /// <summary>Writes 32 big-endian bytes.</summary>
    public void Write(Span<byte> destination)
    {
        Fp plain = this * new Fp(1, 0, 0, 0);
        new UInt256(plain._0, plain._1, plain._2, plain._3).WriteBigEndian(destination);
    }

    /// <summary>The same value, copied limb by limb: a wide load would wait for the narrow stores that have just made it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fp Copy(in Fp a) => new(a._0, a._1, a._2, a._3);

    /// <summary>a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fp operator +(in Fp a, in Fp b)
    {
        ulong carry = 0;
        ulong r0 = Limbs.Add(a._0, b._0, ref carry);
        ulong r1 = Limbs.Add(a._1, b._1, ref carry);
        ulong r2 = Limbs.Add(a._2, b._2, ref carry);
        return Reduced(r0, r1, r2, a._3 + b._3 + carry);
    }

    /// <summary>a - b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fp operator -(in Fp a, in Fp b)
    {
        ulong borrow = 0;
        ulong r0 = Limbs.Subtract(a._0, b._0, ref borrow);
        ulong r1 = Limbs.Subtract(a._1, b._1, ref borrow);
        ulong r2 = Limbs.Subtract(a._2, b._2, ref borrow);
        ulong r3 = Limbs.Subtract(a._3, b._3, ref borrow);
        ulong mask = 0 - borrow, carry = 0;
        r0 = Limbs.Add(r0, P0 & mask, ref carry);
        r1 = Limbs.Add(r1, P1 & mask, ref carry);
        r2 = Limbs.Add(r2, P2 & mask, ref carry);
        return new Fp(r0, r1, r2, r3 + (P3 & mask) + carry);
    }

    /// <summary>-a.</summary>
    public static Fp operator -(in Fp a) => default(Fp) - a;

    /// <summary>2a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fp Double(in Fp a) => Reduced(a._0 << 1, (a._1 << 1) | (a._0 >> 63), (a._2 << 1) | (a._1 >> 63), (a._3 << 1) | (a._2 >> 63));

    /// <summary>a / 2.</summary>
    public static Fp Half(in Fp a)
    {
        ulong mask = 0 - (a._0 & 1), carry = 0;
        ulong r0 = Limbs.Add(a._0, P0 & mask, ref carry);
        ulong r1 = Limbs.Add(a._1, P1 & mask, ref carry);
        ulong r2 = Limbs.Add(a._2, P2 & mask, ref carry);
        ulong r3 = a._3 + (P3 & mask) + carry;
        return new Fp((r0 >> 1) | (r1 << 63), (r1 >> 1) | (r2 << 63), (r2 >> 1) | (r3 << 63), r3 >> 1);
    }

    /// <summary>a * b.</summary>
    // Unsafe: the four limbs of b are read by index, in a loop because the inliner gives up on the unrolled form.
    [SkipLocalsInit]
    public static Fp operator *(in Fp a, in Fp b)
    {
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3;
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        ref ulong limb = ref Unsafe.AsRef(in b._0);
        for (int i = 0; i < 4; i++)
        {
            ulong t4 = MultiplyRow(a0, a1, a2, a3, Unsafe.Add(ref limb, i), ref t0, ref t1, ref t2, ref t3);
            t3 = Reduce(t4, ref t0, ref t1, ref t2, t3);
        }
        return Reduced(t0, t1, t2, t3);
    }

    /// <summary>a * b + c * d with one reduction.</summary>
    // Unsafe: as above, the limbs of b and d.
    [SkipLocalsInit]
    public static Fp SumOfProducts(in Fp a, in Fp b, in Fp c, in Fp d)
    {
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        ref ulong limbB = ref Unsafe.AsRef(in b._0), limbD = ref Unsafe.AsRef(in d._0);
        for (int i = 0; i < 4; i++)
        {
            ulong t4 = MultiplyRow(a._0, a._1, a._2, a._3, Unsafe.Add(ref limbB, i), ref t0, ref t1, ref t2, ref t3);
            t4 += MultiplyRow(c._0, c._1, c._2, c._3, Unsafe.Add(ref limbD, i), ref t0, ref t1, ref t2, ref t3);
            t3 = Reduce(t4, ref t0, ref t1, ref t2, t3);
        }
        return Reduced(t0, t1, t2, t3);
    }

    /// <summary>a to the power of an exponent; for constants.</summary>
    public static Fp Power(in Fp a, BigInteger exponent)
    {
        Fp result = One;
        for (long i = exponent.GetBitLength() - 1; i >= 0; i--)
        {
            result *= result;
            if (!(exponent >> (int)i).IsEven) result *= a;
        }
        return result;
    }

    /// <inheritdoc/>
    public bool Equals(Fp other) => ((_0 ^ other._0) | (_1 ^ other._1) | (_2 ^ other._2) | (_3 ^ other._3)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Fp other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _0.GetHashCode();

    // t += a * x; the fifth limb is returned.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MultiplyRow(ulong a0, ulong a1, ulong a2, ulong a3, ulong x, ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3)
    {
        ulong carry = Limbs.MultiplyAdd(a0, x, t0, 0, out t0);
        carry = Limbs.MultiplyAdd(a1, x, t1, carry, out t1);
        carry = Limbs.MultiplyAdd(a2, x, t2, carry, out t2);
        return Limbs.MultiplyAdd(a3, x, t3, carry, out t3);
    }

    // t = (t + q p) / 2^64 with the q that makes it divide; the fourth limb is returned.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Reduce(ulong t4, ref ulong t0, ref ulong t1, ref ulong t2, ulong t3)
    {
        ulong q = t0 * NegativeInverse;
        // The low limb of t + q p is 0: it carries unless t0 is 0.
        ulong carry = Limbs.HighProduct(q, P0) + (t0 != 0 ? 1ul : 0);
        carry = Limbs.MultiplyAdd(q, P1, t1, carry, out t0);
        carry = Limbs.MultiplyAdd(q, P2, t2, carry, out t1);
        carry = Limbs.MultiplyAdd(q, P3, t3, carry, out t2);
        return t4 + carry;
    }

    // Subtracts p when the value, below 2p, is not below p.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Fp Reduced(ulong r0, ulong r1, ulong r2, ulong r3)
    {
        ulong borrow = 0;
        ulong s0 = Limbs.Subtract(r0, P0, ref borrow);
        ulong s1 = Limbs.Subtract(r1, P1, ref borrow);
        ulong s2 = Limbs.Subtract(r2, P2, ref borrow);
        ulong s3 = Limbs.Subtract(r3, P3, ref borrow);
        return borrow != 0 ? new Fp(r0, r1, r2, r3) : new Fp(s0, s1, s2, s3);
    }
}
