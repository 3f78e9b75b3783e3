using System.Numerics;
using Chain.Core.Numeric;

namespace Chain.Precompiles.Arithmetic.Bn254;

/// <summary>The map (x, y) -> (beta x, y), beta a cube root of 1, which multiplies points by lambda; and scalars k = k1 + k2 lambda mod r with halves of 127 bits.</summary>
internal static class Endomorphism
{
    private const int ShiftBits = 256;

    /// <summary>A cube root of 1 in the base field.</summary>
    public static readonly Fp Beta;

    /// <summary>What the map multiplies by, below r.</summary>
    public static readonly BigInteger Lambda;

    // Short vectors (a, b), a + b lambda = 0 mod r, modulo 2^256; and round(b 2^256 / r) of the other vector, with its sign.
    private static readonly UInt256 A1, B1, A2, B2, Quotient1, Quotient2;
    private static readonly bool Negative1, Negative2;

    static Endomorphism()
    {
        BigInteger r = G1.Order.ToBigInteger(), p = Fp.Modulus.ToBigInteger();
        Beta = Fp.Power(Fp.From(3), (p - 1) / 3);
        Lambda = CubeRootOfUnity(r);
        G1 image = new(Beta * G1.Generator.X, G1.Generator.Y);
        if (!G1.MultiplyPlainly(G1.Generator, Lambda).X.Equals(image.X)) Lambda = r - 1 - Lambda;

        // Euclid on (r, lambda) down to half length gives two short vectors of the lattice.
        (BigInteger R, BigInteger T) previous = (r, 0), current = (Lambda, 1);
        while (current.R * current.R >= r) (previous, current) = (current, Next(previous, current));
        (BigInteger R, BigInteger T) next = Next(previous, current);
        (BigInteger a1, BigInteger b1) = (current.R, -current.T);
        (BigInteger a2, BigInteger b2) = Norm(previous) < Norm(next) ? (previous.R, -previous.T) : (next.R, -next.T);
        if (a1 * b2 - a2 * b1 < 0) (a2, b2) = (-a2, -b2);
        (A1, B1, A2, B2) = (Wrap(a1), Wrap(b1), Wrap(a2), Wrap(b2));
        (Quotient1, Negative1) = (Quotient(b2, r), b2 < 0);
        (Quotient2, Negative2) = (Quotient(b1, r), b1 > 0);
    }

    /// <summary>Splits k below r into magnitudes and signs: k = k1 + k2 lambda mod r.</summary>
    public static void Split(in UInt256 k, out UInt256 k1, out bool negative1, out UInt256 k2, out bool negative2)
    {
        UInt256 c1 = HighProduct(k, Quotient1), c2 = HighProduct(k, Quotient2);
        if (Negative1) c1 = UInt256.Zero - c1;
        if (Negative2) c2 = UInt256.Zero - c2;
        k1 = Magnitude(k - c1 * A1 - c2 * A2, out negative1);
        k2 = Magnitude(UInt256.Zero - c1 * B1 - c2 * B2, out negative2);
    }

    private static (BigInteger R, BigInteger T) Next((BigInteger R, BigInteger T) previous, (BigInteger R, BigInteger T) current)
    {
        BigInteger quotient = previous.R / current.R;
        return (previous.R - quotient * current.R, previous.T - quotient * current.T);
    }

    private static BigInteger Norm((BigInteger R, BigInteger T) vector) => vector.R * vector.R + vector.T * vector.T;

    private static BigInteger CubeRootOfUnity(BigInteger prime)
    {
        for (int generator = 2; ; generator++)
        {
            BigInteger root = BigInteger.ModPow(generator, (prime - 1) / 3, prime);
            if (!root.IsOne) return root;
        }
    }

    private static UInt256 Wrap(BigInteger value) => UInt256.FromBigInteger(value.Sign < 0 ? (BigInteger.One << ShiftBits) + value : value);

    private static UInt256 Quotient(BigInteger value, BigInteger r) => UInt256.FromBigInteger((BigInteger.Abs(value) << ShiftBits) / r);

    private static UInt256 Magnitude(in UInt256 value, out bool negative)
    {
        negative = value.U3 >> 63 != 0;
        return negative ? UInt256.Zero - value : value;
    }

    // (a * b) >> 256.
    private static UInt256 HighProduct(in UInt256 a, in UInt256 b)
    {
        Span<ulong> product = stackalloc ulong[8];
        product.Clear();
        ReadOnlySpan<ulong> x = [a.U0, a.U1, a.U2, a.U3], y = [b.U0, b.U1, b.U2, b.U3];
        for (int i = 0; i < 4; i++)
        {
            ulong carry = 0;
            for (int j = 0; j < 4; j++) carry = Limbs.MultiplyAdd(x[i], y[j], product[i + j], carry, out product[i + j]);
            product[i + 4] = carry;
        }
        return new UInt256(product[4], product[5], product[6], product[7]);
    }
}
