namespace Chain.Precompiles.Arithmetic.Bn254;

/// <summary>An element a + b v + c v^2 of the cubic extension of <see cref="Fp2"/>, v^3 = 9 + i.</summary>
internal readonly struct Fp6(in Fp2 a, in Fp2 b, in Fp2 c)
{
    /// <summary>Coefficient of 1.</summary>
    public readonly Fp2 A = a;

    /// <summary>Coefficient of v.</summary>
    public readonly Fp2 B = b;

    /// <summary>Coefficient of v^2.</summary>
    public readonly Fp2 C = c;

    /// <summary>1.</summary>
    public static Fp6 One => new(Fp2.One, default, default);

    /// <summary>x + y.</summary>
    public static Fp6 operator +(in Fp6 x, in Fp6 y) => new(x.A + y.A, x.B + y.B, x.C + y.C);

    /// <summary>x - y.</summary>
    public static Fp6 operator -(in Fp6 x, in Fp6 y) => new(x.A - y.A, x.B - y.B, x.C - y.C);

    /// <summary>-x.</summary>
    public static Fp6 operator -(in Fp6 x) => new(-x.A, -x.B, -x.C);

    /// <summary>x * y (Karatsuba, six products).</summary>
    public static Fp6 operator *(in Fp6 x, in Fp6 y)
    {
        Fp2 aa = x.A * y.A, bb = x.B * y.B, cc = x.C * y.C;
        return new Fp6(
            aa + Fp2.TimesXi((x.B + x.C) * (y.B + y.C) - bb - cc),
            (x.A + x.B) * (y.A + y.B) - aa - bb + Fp2.TimesXi(cc),
            (x.A + x.C) * (y.A + y.C) - aa - cc + bb);
    }

    /// <summary>x * y with y in the quadratic field.</summary>
    public static Fp6 operator *(in Fp6 x, in Fp2 y) => new(x.A * y, x.B * y, x.C * y);

    /// <summary>x * (a + b v): five products.</summary>
    public static Fp6 TimesSparse(in Fp6 x, in Fp2 a, in Fp2 b)
    {
        Fp2 aa = x.A * a, bb = x.B * b;
        return new Fp6(
            aa + Fp2.TimesXi((x.B + x.C) * b - bb),
            (x.A + x.B) * (a + b) - aa - bb,
            (x.A + x.C) * a - aa + bb);
    }

    /// <summary>2x.</summary>
    public static Fp6 Double(in Fp6 x) => new(Fp2.Double(x.A), Fp2.Double(x.B), Fp2.Double(x.C));

    /// <summary>x v.</summary>
    public static Fp6 TimesV(in Fp6 x) => new(Fp2.TimesXi(x.C), x.A, x.B);

    /// <summary>1 / x; 0 for 0.</summary>
    public static Fp6 Inverse(in Fp6 x)
    {
        Fp2 a = Fp2.Squared(x.A) - Fp2.TimesXi(x.B * x.C);
        Fp2 b = Fp2.TimesXi(Fp2.Squared(x.C)) - x.A * x.B;
        Fp2 c = Fp2.Squared(x.B) - x.A * x.C;
        return new Fp6(a, b, c) * Fp2.Inverse(x.A * a + Fp2.TimesXi(x.C * b + x.B * c));
    }
}
