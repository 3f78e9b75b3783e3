using System.Numerics;

namespace Chain.Precompiles.Arithmetic.Bn254;

/// <summary>A point of the twist y^2 = x^3 + 3 / (9 + i) over the quadratic field, or infinity, written (0, 0) (EIP-197).</summary>
internal readonly struct G2(in Fp2 x, in Fp2 y)
{
    /// <summary>Size of the encoding in bytes: imaginary part first in each coordinate.</summary>
    public const int SizeBytes = 128;

    /// <summary>First coordinate.</summary>
    public readonly Fp2 X = x;

    /// <summary>Second coordinate.</summary>
    public readonly Fp2 Y = y;

    /// <summary>3 / (9 + i).</summary>
    public static readonly Fp2 B = Fp2.Inverse(Fp2.Xi) * Fp.From(3);

    private static readonly Fp2 FrobeniusX = Fp12.FrobeniusFactor(2), FrobeniusY = Fp12.FrobeniusFactor(3);

    /// <summary>True for the point at infinity.</summary>
    public bool IsInfinity => X.IsZero && Y.IsZero;

    /// <summary>Reads 128 bytes; false when a coordinate is not below p, or the point is not on the twist or not in the subgroup of order r.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out G2 point)
    {
        bool inField = Fp.TryRead(bytes[..32], out Fp xi) & Fp.TryRead(bytes.Slice(32, 32), out Fp x)
            & Fp.TryRead(bytes.Slice(64, 32), out Fp yi) & Fp.TryRead(bytes.Slice(96, 32), out Fp y);
        point = new G2(new Fp2(x, xi), new Fp2(y, yi));
        return inField && (point.IsInfinity || (point.IsOnTwist && point.IsInSubgroup));
    }

    /// <summary>True when the equation holds.</summary>
    public bool IsOnTwist => Fp2.Squared(Y).Equals(Fp2.Squared(X) * X + B);

    /// <summary>True for multiples of the generator: (u + 1) q + f(u q) + f^2(u q) = f^3(2u q), f the untwisted Frobenius map (Dai, Lin, Zhao, Zhou 2022, for BN curves).</summary>
    public bool IsInSubgroup
    {
        get
        {
            Jacobian uq = MultiplyByU(this);
            Jacobian f1 = Frobenius(uq);
            Jacobian f2 = Frobenius(f1);
            Jacobian left = Jacobian.Add(Jacobian.Add(Jacobian.AddAffine(uq, this), f1), f2);
            return Jacobian.AreEqual(left, Frobenius(Jacobian.Double(f2)));
        }
    }

    /// <summary>-q.</summary>
    public static G2 operator -(in G2 q) => new(q.X, -q.Y);

    /// <summary>The Frobenius map of the untwisted point.</summary>
    public static G2 Frobenius(in G2 q) => new(Fp2.Conjugate(q.X) * FrobeniusX, Fp2.Conjugate(q.Y) * FrobeniusY);

    /// <summary>k q by doubling and adding; for tests.</summary>
    public static G2 MultiplyPlainly(in G2 q, BigInteger k)
    {
        Jacobian sum = default;
        for (long i = k.GetBitLength() - 1; i >= 0; i--)
        {
            sum = Jacobian.Double(sum);
            if (!(k >> (int)i).IsEven && !q.IsInfinity) sum = Jacobian.AddAffine(sum, q);
        }
        Fp2 inverse = Fp2.Inverse(sum.Z);
        Fp2 square = Fp2.Squared(inverse);
        return new G2(sum.X * square, sum.Y * (square * inverse));
    }

    private static Jacobian MultiplyByU(in G2 q)
    {
        Jacobian sum = new(q.X, q.Y, Fp2.One);
        G2 negated = -q;
        ReadOnlySpan<sbyte> digits = Pairing.UDigits;
        for (int i = digits.Length - 2; i >= 0; i--)
        {
            sum = Jacobian.Double(sum);
            if (digits[i] != 0) sum = Jacobian.AddAffine(sum, digits[i] > 0 ? q : negated);
        }
        return sum;
    }

    private static Jacobian Frobenius(in Jacobian q) =>
        new(Fp2.Conjugate(q.X) * FrobeniusX, Fp2.Conjugate(q.Y) * FrobeniusY, Fp2.Conjugate(q.Z));

    private readonly struct Jacobian(in Fp2 x, in Fp2 y, in Fp2 z)
    {
        public readonly Fp2 X = x, Y = y, Z = z;

        public static Jacobian Double(in Jacobian p)
        {
            Fp2 a = Fp2.Squared(p.X), b = Fp2.Squared(p.Y);
            Fp2 c = Fp2.Squared(b);
            Fp2 d = Fp2.Double(Fp2.Squared(p.X + b) - a - c);
            Fp2 e = Fp2.Double(a) + a;
            Fp2 x = Fp2.Squared(e) - Fp2.Double(d);
            return new Jacobian(x, e * (d - x) - Fp2.Double(Fp2.Double(Fp2.Double(c))), Fp2.Double(p.Y * p.Z));
        }

        public static Jacobian AddAffine(in Jacobian p, in G2 q) => Add(p, new Jacobian(q.X, q.Y, Fp2.One), isAffine: true);

        public static Jacobian Add(in Jacobian p, in Jacobian q) => Add(p, q, isAffine: false);

        private static Jacobian Add(in Jacobian p, in Jacobian q, bool isAffine)
        {
            if (p.Z.IsZero) return q;
            if (q.Z.IsZero) return p;
            Fp2 z1 = Fp2.Squared(p.Z);
            Fp2 u1 = p.X, s1 = p.Y, z = p.Z;
            if (!isAffine)
            {
                Fp2 z2 = Fp2.Squared(q.Z);
                u1 *= z2;
                s1 *= q.Z * z2;
                z *= q.Z;
            }
            Fp2 h = q.X * z1 - u1, r = Fp2.Double(q.Y * (p.Z * z1) - s1);
            if (h.IsZero) return r.IsZero ? Double(p) : default;
            Fp2 i = Fp2.Squared(Fp2.Double(h));
            Fp2 j = h * i, v = u1 * i;
            Fp2 x = Fp2.Squared(r) - j - Fp2.Double(v);
            return new Jacobian(x, r * (v - x) - Fp2.Double(s1 * j), Fp2.Double(z * h));
        }

        public static bool AreEqual(in Jacobian p, in Jacobian q)
        {
            if (p.Z.IsZero || q.Z.IsZero) return p.Z.IsZero && q.Z.IsZero;
            Fp2 z1 = Fp2.Squared(p.Z), z2 = Fp2.Squared(q.Z);
            return (p.X * z2).Equals(q.X * z1) && (p.Y * (z2 * q.Z)).Equals(q.Y * (z1 * p.Z));
        }
    }
}
