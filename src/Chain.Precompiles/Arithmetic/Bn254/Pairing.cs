using System.Numerics;

namespace Chain.Precompiles.Arithmetic.Bn254;

/// <summary>The optimal ate pairing of BN254 (Vercauteren 2010; line formulas of Costello, Lange, Naehrig 2010 for homogeneous coordinates on the twist).</summary>
internal static class Pairing
{
    /// <summary>The curve's parameter.</summary>
    private const ulong U = 4965661367192848881;

    /// <summary>Non-adjacent form of u, least significant first.</summary>
    public static ReadOnlySpan<sbyte> UDigits => UForm;

    private static readonly sbyte[] UForm = SignedDigits(U);
    private static readonly sbyte[] LoopForm = SignedDigits(6 * (BigInteger)U + 2);
    private static readonly Fp2 FrobeniusX = Fp12.FrobeniusFactor(2), FrobeniusY = Fp12.FrobeniusFactor(3);
    private static readonly Fp FrobeniusSquaredX = Fp12.FrobeniusSquaredFactor(2);

    /// <summary>True when the product of the pairings is 1. No point is infinity: such a pair counts as 1 and is left out by the caller.</summary>
    public static bool IsProductOne(ReadOnlySpan<G1> p, ReadOnlySpan<G2> q) => FinalExponentiation(MillerLoop(p, q)).IsOne;

    /// <summary>The product of the pairings.</summary>
    public static Fp12 Product(ReadOnlySpan<G1> p, ReadOnlySpan<G2> q) => FinalExponentiation(MillerLoop(p, q));

    // One loop for all pairs: they share the squarings.
    private static Fp12 MillerLoop(ReadOnlySpan<G1> p, ReadOnlySpan<G2> q)
    {
        Fp12 f = Fp12.One;
        Projective[] t = new Projective[q.Length];
        for (int i = 0; i < t.Length; i++) t[i] = new Projective(q[i].X, q[i].Y, Fp2.One);
        sbyte[] digits = LoopForm;
        for (int bit = digits.Length - 2; bit >= 0; bit--)
        {
            if (bit != digits.Length - 2) f = Fp12.Squared(f);
            for (int i = 0; i < t.Length; i++)
            {
                f = Double(ref t[i], p[i], f);
                if (digits[bit] != 0) f = Add(ref t[i], digits[bit] > 0 ? q[i] : -q[i], p[i], f);
            }
        }
        for (int i = 0; i < t.Length; i++)
        {
            f = Add(ref t[i], new G2(Fp2.Conjugate(q[i].X) * FrobeniusX, Fp2.Conjugate(q[i].Y) * FrobeniusY), p[i], f);
            // The negated square of the Frobenius map: (9 + i)^((p^2 - 1) / 2) is -1.
            f = Add(ref t[i], new G2(q[i].X * FrobeniusSquaredX, q[i].Y), p[i], f);
        }
        return f;
    }

    // t = 2t; returns f times the tangent at t, evaluated at p.
    private static Fp12 Double(ref Projective t, in G1 p, in Fp12 f)
    {
        Fp2 a = Fp2.Half(t.X * t.Y), b = Fp2.Squared(t.Y), c = Fp2.Squared(t.Z);
        Fp2 e = G2.B * (Fp2.Double(c) + c);
        Fp2 e3 = Fp2.Double(e) + e;
        Fp2 g = Fp2.Half(b + e3);
        Fp2 h = Fp2.Squared(t.Y + t.Z) - b - c;
        Fp2 xx = Fp2.Squared(t.X), ee = Fp2.Squared(e);
        t = new Projective(a * (b - e3), Fp2.Squared(g) - (Fp2.Double(ee) + ee), b * h);
        return Fp12.TimesLine(f, -h * p.Y, (Fp2.Double(xx) + xx) * p.X, e - b);
    }

    // t = t + q; returns f times the line through both, evaluated at p. In the loop t is never q or -q, whose order is r.
    private static Fp12 Add(ref Projective t, in G2 q, in G1 p, in Fp12 f)
    {
        Fp2 o = t.Y - q.Y * t.Z, l = t.X - q.X * t.Z;
        Fp2 d = Fp2.Squared(l);
        Fp2 e = l * d, g = t.X * d;
        Fp2 h = e + t.Z * Fp2.Squared(o) - Fp2.Double(g);
        t = new Projective(l * h, o * (g - h) - e * t.Y, t.Z * e);
        return Fp12.TimesLine(f, l * p.Y, -o * p.X, o * q.X - l * q.Y);
    }

    // The power (p^12 - 1) / r (Scott, Benger, Charlemagne, Dominguez, Kachisa 2009).
    private static Fp12 FinalExponentiation(in Fp12 value)
    {
        Fp12 f = Fp12.Conjugate(value) * Fp12.Inverse(value);
        f = Fp12.FrobeniusSquared(f) * f;

        Fp12 u1 = PowerOfU(f), u2 = PowerOfU(u1), u3 = PowerOfU(u2);
        Fp12 y0 = Fp12.Frobenius(f) * Fp12.FrobeniusSquared(f) * Fp12.Frobenius(Fp12.FrobeniusSquared(f));
        Fp12 y1 = Fp12.Conjugate(f);
        Fp12 y2 = Fp12.FrobeniusSquared(u2);
        Fp12 y3 = Fp12.Conjugate(Fp12.Frobenius(u1));
        Fp12 y4 = Fp12.Conjugate(u1 * Fp12.Frobenius(u2));
        Fp12 y5 = Fp12.Conjugate(u2);
        Fp12 y6 = Fp12.Conjugate(u3 * Fp12.Frobenius(u3));

        Fp12 t0 = Fp12.CyclotomicSquared(y6) * y4 * y5;
        Fp12 t1 = y3 * y5 * t0;
        t0 *= y2;
        t1 = Fp12.CyclotomicSquared(Fp12.CyclotomicSquared(t1) * t0);
        return Fp12.CyclotomicSquared(t1 * y1) * (t1 * y0);
    }

    private static Fp12 PowerOfU(in Fp12 x)
    {
        Fp12 result = x, inverse = Fp12.Conjugate(x);
        for (int i = UForm.Length - 2; i >= 0; i--)
        {
            result = Fp12.CyclotomicSquared(result);
            if (UForm[i] != 0) result *= UForm[i] > 0 ? x : inverse;
        }
        return result;
    }

    private static sbyte[] SignedDigits(BigInteger value)
    {
        List<sbyte> digits = [];
        for (; !value.IsZero; value >>= 1)
        {
            int digit = value.IsEven ? 0 : 2 - (int)(value & 3);
            digits.Add((sbyte)digit);
            value -= digit;
        }
        return [.. digits];
    }

    private readonly struct Projective(in Fp2 x, in Fp2 y, in Fp2 z)
    {
        public readonly Fp2 X = x, Y = y, Z = z;
    }
}
