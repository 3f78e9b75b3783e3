using System.Numerics;

namespace Chain.Precompiles.Arithmetic.Bn254;

/// <summary>An element a + b w of the quadratic extension of <see cref="Fp6"/>, w^2 = v: where pairings take their values.</summary>
internal readonly struct Fp12(in Fp6 a, in Fp6 b)
{
    /// <summary>Coefficient of 1.</summary>
    public readonly Fp6 A = a;

    /// <summary>Coefficient of w.</summary>
    public readonly Fp6 B = b;

    // (9 + i)^(k (p - 1) / 6): what w^k gains when it is raised to the power p, for k from 1 to 5.
    private static readonly Fp2[] FrobeniusFactors =
        [.. Enumerable.Range(1, 5).Select(k => Fp2.Power(Fp2.Xi, k * (Fp.Modulus.ToBigInteger() - 1) / 6))];

    // The same for the power p^2: norms, and so in the base field.
    private static readonly Fp[] FrobeniusSquaredFactors = [.. FrobeniusFactors.Select(f => (f * Fp2.Conjugate(f)).A)];

    /// <summary>1.</summary>
    public static Fp12 One => new(Fp6.One, default);

    /// <summary>Factor of w^k under the power p.</summary>
    public static Fp2 FrobeniusFactor(int k) => FrobeniusFactors[k - 1];

    /// <summary>Factor of w^k under the power p^2.</summary>
    public static Fp FrobeniusSquaredFactor(int k) => FrobeniusSquaredFactors[k - 1];

    /// <summary>True for 1.</summary>
    public bool IsOne => A.A.Equals(Fp2.One) && A.B.IsZero && A.C.IsZero && B.A.IsZero && B.B.IsZero && B.C.IsZero;

    /// <summary>x * y.</summary>
    public static Fp12 operator *(in Fp12 x, in Fp12 y)
    {
        Fp6 aa = x.A * y.A, bb = x.B * y.B;
        return new Fp12(aa + Fp6.TimesV(bb), (x.A + x.B) * (y.A + y.B) - aa - bb);
    }

    /// <summary>x * (a + b w + c v w), the shape of a line: thirteen products.</summary>
    public static Fp12 TimesLine(in Fp12 x, in Fp2 a, in Fp2 b, in Fp2 c)
    {
        Fp6 aa = x.A * a, bb = Fp6.TimesSparse(x.B, b, c);
        return new Fp12(aa + Fp6.TimesV(bb), Fp6.TimesSparse(x.A + x.B, a + b, c) - aa - bb);
    }

    /// <summary>x^2.</summary>
    public static Fp12 Squared(in Fp12 x)
    {
        Fp6 ab = x.A * x.B;
        return new Fp12((x.A + x.B) * (x.A + Fp6.TimesV(x.B)) - ab - Fp6.TimesV(ab), Fp6.Double(ab));
    }

    /// <summary>x^2 for x of the cyclotomic subgroup (Granger, Scott 2010): three squarings in the quartic field.</summary>
    public static Fp12 CyclotomicSquared(in Fp12 x)
    {
        (Fp2 t0, Fp2 t1) = QuarticSquared(x.A.A, x.B.B);
        (Fp2 t2, Fp2 t3) = QuarticSquared(x.B.A, x.A.C);
        (Fp2 t4, Fp2 t5) = QuarticSquared(x.A.B, x.B.C);
        return new Fp12(
            new Fp6(ThriceLessTwice(t0, x.A.A), ThriceLessTwice(t2, x.A.B), ThriceLessTwice(t4, x.A.C)),
            new Fp6(ThricePlusTwice(Fp2.TimesXi(t5), x.B.A), ThricePlusTwice(t1, x.B.B), ThricePlusTwice(t3, x.B.C)));
    }

    /// <summary>a - b w, which is x^(p^6), and 1/x in the cyclotomic subgroup.</summary>
    public static Fp12 Conjugate(in Fp12 x) => new(x.A, -x.B);

    /// <summary>1 / x; 0 for 0.</summary>
    public static Fp12 Inverse(in Fp12 x)
    {
        Fp6 norm = Fp6.Inverse(x.A * x.A - Fp6.TimesV(x.B * x.B));
        return new Fp12(x.A * norm, -(x.B * norm));
    }

    /// <summary>x^p.</summary>
    public static Fp12 Frobenius(in Fp12 x)
    {
        Fp2[] f = FrobeniusFactors;
        return new Fp12(
            new Fp6(Fp2.Conjugate(x.A.A), Fp2.Conjugate(x.A.B) * f[1], Fp2.Conjugate(x.A.C) * f[3]),
            new Fp6(Fp2.Conjugate(x.B.A) * f[0], Fp2.Conjugate(x.B.B) * f[2], Fp2.Conjugate(x.B.C) * f[4]));
    }

    /// <summary>x^(p^2).</summary>
    public static Fp12 FrobeniusSquared(in Fp12 x)
    {
        Fp[] f = FrobeniusSquaredFactors;
        return new Fp12(new Fp6(x.A.A, x.A.B * f[1], x.A.C * f[3]), new Fp6(x.B.A * f[0], x.B.B * f[2], x.B.C * f[4]));
    }

    /// <summary>x to the power of an exponent, plainly: the oracle of the special powers in tests.</summary>
    public static Fp12 Power(in Fp12 x, BigInteger exponent)
    {
        Fp12 result = One;
        for (long i = exponent.GetBitLength() - 1; i >= 0; i--)
        {
            result = Squared(result);
            if (!(exponent >> (int)i).IsEven) result *= x;
        }
        return result;
    }

    // (a + b s)^2 with s^2 = 9 + i.
    private static (Fp2, Fp2) QuarticSquared(in Fp2 a, in Fp2 b)
    {
        Fp2 aa = Fp2.Squared(a), bb = Fp2.Squared(b);
        return (Fp2.TimesXi(bb) + aa, Fp2.Squared(a + b) - aa - bb);
    }

    private static Fp2 ThriceLessTwice(in Fp2 t, in Fp2 x) => Fp2.Double(t - x) + t;

    private static Fp2 ThricePlusTwice(in Fp2 t, in Fp2 x) => Fp2.Double(t + x) + t;
}
