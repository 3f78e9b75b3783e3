using System.Numerics;
using System.Runtime.CompilerServices;

namespace Chain.Precompiles.Arithmetic.Bn254;

/// <summary>An element a + b i of the quadratic extension, i^2 = -1.</summary>
internal readonly struct Fp2(in Fp a, in Fp b) : IEquatable<Fp2>
{
    /// <summary>Real part.</summary>
    public readonly Fp A = Fp.Copy(a);

    /// <summary>Imaginary part.</summary>
    public readonly Fp B = Fp.Copy(b);

    /// <summary>1.</summary>
    public static Fp2 One => new(Fp.One, default);

    /// <summary>9 + i, whose sixth root makes the tower and the twist.</summary>
    public static Fp2 Xi => new(Fp.From(9), Fp.One);

    /// <summary>True for 0.</summary>
    public bool IsZero => A.IsZero && B.IsZero;

    /// <summary>x + y.</summary>
    public static Fp2 operator +(in Fp2 x, in Fp2 y) => new(x.A + y.A, x.B + y.B);

    /// <summary>x - y.</summary>
    public static Fp2 operator -(in Fp2 x, in Fp2 y) => new(x.A - y.A, x.B - y.B);

    /// <summary>-x.</summary>
    public static Fp2 operator -(in Fp2 x) => new(-x.A, -x.B);

    /// <summary>x * y.</summary>
    public static Fp2 operator *(in Fp2 x, in Fp2 y) =>
        new(Fp.SumOfProducts(x.A, y.A, -x.B, y.B), Fp.SumOfProducts(x.A, y.B, x.B, y.A));

    /// <summary>x * y with y in the base field.</summary>
    public static Fp2 operator *(in Fp2 x, in Fp y) => new(x.A * y, x.B * y);

    /// <summary>x^2.</summary>
    public static Fp2 Squared(in Fp2 x) => new((x.A + x.B) * (x.A - x.B), Fp.Double(x.A) * x.B);

    /// <summary>2x.</summary>
    public static Fp2 Double(in Fp2 x) => new(Fp.Double(x.A), Fp.Double(x.B));

    /// <summary>x / 2.</summary>
    public static Fp2 Half(in Fp2 x) => new(Fp.Half(x.A), Fp.Half(x.B));

    /// <summary>a - b i, which is also x^p.</summary>
    public static Fp2 Conjugate(in Fp2 x) => new(x.A, -x.B);

    /// <summary>(9 + i) x.</summary>
    public static Fp2 TimesXi(in Fp2 x)
    {
        Fp a9 = Fp.Double(Fp.Double(Fp.Double(x.A))) + x.A, b9 = Fp.Double(Fp.Double(Fp.Double(x.B))) + x.B;
        return new Fp2(a9 - x.B, b9 + x.A);
    }

    /// <summary>1 / x; 0 for 0.</summary>
    public static Fp2 Inverse(in Fp2 x)
    {
        Fp norm = Fp.Inverse(Fp.SumOfProducts(x.A, x.A, x.B, x.B));
        return new Fp2(x.A * norm, -(x.B * norm));
    }

    /// <summary>x to the power of an exponent; for constants.</summary>
    public static Fp2 Power(in Fp2 x, BigInteger exponent)
    {
        Fp2 result = One;
        for (long i = exponent.GetBitLength() - 1; i >= 0; i--)
        {
            result = Squared(result);
            if (!(exponent >> (int)i).IsEven) result *= x;
        }
        return result;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(Fp2 other) => A.Equals(other.A) && B.Equals(other.B);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Fp2 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => A.GetHashCode();
}
