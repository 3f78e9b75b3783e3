using System.Numerics;
using Chain.Core.Numeric;

namespace Chain.Precompiles.Arithmetic.Bn254;

/// <summary>A point of y^2 = x^3 + 3 over the base field, or infinity, written (0, 0) (EIP-196). The curve's order is prime.</summary>
internal readonly struct G1(in Fp x, in Fp y)
{
    /// <summary>Size of the encoding in bytes.</summary>
    public const int SizeBytes = 64;

    /// <summary>First coordinate.</summary>
    public readonly Fp X = x;

    /// <summary>Second coordinate.</summary>
    public readonly Fp Y = y;

    private static readonly Fp Three = Fp.From(3);

    /// <summary>The generator (1, 2).</summary>
    public static G1 Generator => new(Fp.One, Fp.From(2));

    /// <summary>Order of the group, r.</summary>
    public static UInt256 Order => new(0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029);

    /// <summary>True for the point at infinity.</summary>
    public bool IsInfinity => X.IsZero && Y.IsZero;

    /// <summary>Reads 64 bytes; false when a coordinate is not below p or the point is not on the curve.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out G1 point)
    {
        bool inField = Fp.TryRead(bytes[..32], out Fp x) & Fp.TryRead(bytes.Slice(32, 32), out Fp y);
        point = new G1(x, y);
        return inField && (point.IsInfinity || (y * y).Equals(x * x * x + Three));
    }

    /// <summary>Writes 64 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        X.Write(destination[..32]);
        Y.Write(destination.Slice(32, 32));
    }

    /// <summary>-p.</summary>
    public static G1 operator -(in G1 p) => new(p.X, -p.Y);

    /// <summary>p + q.</summary>
    public static G1 operator +(in G1 p, in G1 q)
    {
        if (p.IsInfinity) return q;
        if (q.IsInfinity) return p;
        Fp numerator, denominator;
        if (!p.X.Equals(q.X)) (numerator, denominator) = (q.Y - p.Y, q.X - p.X);
        else if (p.Y.Equals(q.Y)) (numerator, denominator) = (Three * (p.X * p.X), Fp.Double(p.Y));
        else return default;
        Fp slope = numerator * Fp.Inverse(denominator);
        Fp x = slope * slope - p.X - q.X;
        return new G1(x, slope * (p.X - x) - p.Y);
    }

    /// <summary>k p, by the curve's endomorphism: two half-length scalars share the doublings (Gallant, Lambert, Vanstone 2001).</summary>
    public static G1 Multiply(in G1 p, UInt256 k)
    {
        while (k >= Order) k -= Order;
        if (p.IsInfinity || k.IsZero) return default;
        Endomorphism.Split(k, out UInt256 k1, out bool negative1, out UInt256 k2, out bool negative2);
        Span<sbyte> digits1 = stackalloc sbyte[NonAdjacentForm.DigitsMax], digits2 = stackalloc sbyte[NonAdjacentForm.DigitsMax];
        int length = Math.Max(NonAdjacentForm.Write(k1, digits1), NonAdjacentForm.Write(k2, digits2));

        Span<Jacobian> odd = stackalloc Jacobian[4];
        odd[0] = new Jacobian(p.X, p.Y, Fp.One);
        Jacobian twice = Jacobian.Double(odd[0]);
        for (int i = 1; i < odd.Length; i++) odd[i] = Jacobian.Add(odd[i - 1], twice);

        Jacobian sum = default;
        for (int i = length - 1; i >= 0; i--)
        {
            sum = Jacobian.Double(sum);
            if (digits1[i] != 0) sum = Jacobian.Add(sum, Signed(odd, digits1[i], negative1));
            if (digits2[i] != 0)
            {
                Jacobian image = Signed(odd, digits2[i], negative2);
                sum = Jacobian.Add(sum, new Jacobian(image.X * Endomorphism.Beta, image.Y, image.Z));
            }
        }
        return sum.ToAffine();
    }

    /// <summary>k p by doubling and adding: the oracle of <see cref="Multiply"/> in tests and the maker of its constants.</summary>
    public static G1 MultiplyPlainly(in G1 p, BigInteger k)
    {
        Jacobian sum = default, addend = new(p.X, p.Y, Fp.One);
        for (long i = k.GetBitLength() - 1; i >= 0; i--)
        {
            sum = Jacobian.Double(sum);
            if (!(k >> (int)i).IsEven && !p.IsInfinity) sum = Jacobian.Add(sum, addend);
        }
        return sum.ToAffine();
    }

    private static Jacobian Signed(ReadOnlySpan<Jacobian> odd, int digit, bool negative)
    {
        Jacobian p = odd[Math.Abs(digit) >> 1];
        return digit < 0 ^ negative ? new Jacobian(p.X, -p.Y, p.Z) : p;
    }

    /// <summary>A point (X / Z^2, Y / Z^3); Z = 0 at infinity. Formulas of the Explicit-Formulas Database for a = 0.</summary>
    internal readonly struct Jacobian(in Fp x, in Fp y, in Fp z)
    {
        /// <summary>X.</summary>
        public readonly Fp X = x;

        /// <summary>Y.</summary>
        public readonly Fp Y = y;

        /// <summary>Z.</summary>
        public readonly Fp Z = z;

        /// <summary>2p (dbl-2009-l).</summary>
        public static Jacobian Double(in Jacobian p)
        {
            Fp a = p.X * p.X, b = p.Y * p.Y, c = b * b;
            Fp s = p.X + b;
            Fp d = Fp.Double(s * s - a - c);
            Fp e = Fp.Double(a) + a;
            Fp x = e * e - Fp.Double(d);
            return new Jacobian(x, e * (d - x) - Fp.Double(Fp.Double(Fp.Double(c))), Fp.Double(p.Y * p.Z));
        }

        /// <summary>p + q (add-2007-bl), complete.</summary>
        public static Jacobian Add(in Jacobian p, in Jacobian q)
        {
            if (p.Z.IsZero) return q;
            if (q.Z.IsZero) return p;
            Fp z1 = p.Z * p.Z, z2 = q.Z * q.Z;
            Fp u1 = p.X * z2, u2 = q.X * z1;
            Fp s1 = p.Y * q.Z * z2, s2 = q.Y * p.Z * z1;
            Fp h = u2 - u1, r = Fp.Double(s2 - s1);
            if (h.IsZero) return r.IsZero ? Double(p) : default;
            Fp h2 = Fp.Double(h);
            Fp i = h2 * h2;
            Fp j = h * i, v = u1 * i;
            Fp x = r * r - j - Fp.Double(v);
            return new Jacobian(x, r * (v - x) - Fp.Double(s1 * j), Fp.Double(p.Z * q.Z * h));
        }

        /// <summary>Affine coordinates.</summary>
        public G1 ToAffine()
        {
            Fp inverse = Fp.Inverse(Z);
            Fp square = inverse * inverse;
            return new G1(X * square, Y * (square * inverse));
        }
    }
}
