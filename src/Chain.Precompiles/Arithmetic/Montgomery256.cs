using System.Runtime.CompilerServices;
using Chain.Core.Numeric;

namespace Chain.Precompiles.Arithmetic;

/// <summary>
/// Arithmetic modulo an odd number of at most 256 bits, on values in Montgomery form (x * 2^256 mod m):
/// products are reduced by multiplications only (Montgomery 1985, word by word as in Koç, Acar, Kaliski 1996, CIOS).
/// </summary>
public sealed class Montgomery256
{
    private readonly ulong _inverse;
    private readonly UInt256 _square;

    /// <summary>For an odd modulus above 1.</summary>
    public Montgomery256(in UInt256 modulus)
    {
        Modulus = modulus;
        _inverse = NegativeInverse(modulus.U0);
        One = (UInt256.Zero - modulus) % modulus;
        // The form of 2 squared eight times is the form of 2^256.
        UInt256 power = Add(One, One);
        for (int i = 0; i < 8; i++) power = Multiply(power, power);
        _square = power;
    }

    /// <summary>The modulus.</summary>
    public UInt256 Modulus { get; }

    /// <summary>1 in Montgomery form.</summary>
    public UInt256 One { get; }

    /// <summary>Into Montgomery form; the value may exceed the modulus.</summary>
    public UInt256 ToForm(in UInt256 value) => Multiply(value, _square);

    /// <summary>Out of Montgomery form.</summary>
    public UInt256 FromForm(in UInt256 value) => Multiply(value, UInt256.One);

    /// <summary>-1/m modulo 2^64 of an odd number, by Newton's iteration.</summary>
    public static ulong NegativeInverse(ulong odd)
    {
        ulong inverse = odd * 3 ^ 2;
        for (int i = 0; i < 4; i++) inverse *= 2 - odd * inverse;
        return 0 - inverse;
    }

    /// <summary>a + b; both below the modulus.</summary>
    public UInt256 Add(in UInt256 a, in UInt256 b)
    {
        bool carry = UInt256.AddOverflow(a, b, out UInt256 sum);
        return carry || sum >= Modulus ? sum - Modulus : sum;
    }

    /// <summary>a - b; both below the modulus.</summary>
    public UInt256 Subtract(in UInt256 a, in UInt256 b) => UInt256.SubtractUnderflow(a, b, out UInt256 difference) ? difference + Modulus : difference;

    /// <summary>a * b / 2^256; at least one of the two below the modulus. The result is below it.</summary>
    [SkipLocalsInit]
    public UInt256 Multiply(in UInt256 a, in UInt256 b)
    {
        UInt256 m = Modulus;
        ulong inverse = _inverse;
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0;
        Step(a.U0, b, m, inverse, ref t0, ref t1, ref t2, ref t3, ref t4);
        Step(a.U1, b, m, inverse, ref t0, ref t1, ref t2, ref t3, ref t4);
        Step(a.U2, b, m, inverse, ref t0, ref t1, ref t2, ref t3, ref t4);
        Step(a.U3, b, m, inverse, ref t0, ref t1, ref t2, ref t3, ref t4);
        UInt256 result = new(t0, t1, t2, t3);
        return t4 != 0 || result >= m ? result - m : result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(ulong x, in UInt256 b, in UInt256 m, ulong inverse, ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3, ref ulong t4)
    {
        ulong carry = Limbs.MultiplyAdd(x, b.U0, t0, 0, out t0);
        carry = Limbs.MultiplyAdd(x, b.U1, t1, carry, out t1);
        carry = Limbs.MultiplyAdd(x, b.U2, t2, carry, out t2);
        carry = Limbs.MultiplyAdd(x, b.U3, t3, carry, out t3);
        t4 += carry;
        ulong t5 = t4 < carry ? 1ul : 0;
        ulong q = t0 * inverse;
        carry = Limbs.MultiplyAdd(q, m.U0, t0, 0, out _);
        carry = Limbs.MultiplyAdd(q, m.U1, t1, carry, out t0);
        carry = Limbs.MultiplyAdd(q, m.U2, t2, carry, out t1);
        carry = Limbs.MultiplyAdd(q, m.U3, t3, carry, out t2);
        t3 = t4 + carry;
        t4 = t5 + (t3 < carry ? 1ul : 0);
    }
}
