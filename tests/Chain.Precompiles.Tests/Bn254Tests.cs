using System.Numerics;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Precompiles.Arithmetic.Bn254;

namespace Chain.Precompiles.Tests;

public sealed class Bn254Tests
{
    private static readonly BigInteger P = Fp.Modulus.ToBigInteger(), R = G1.Order.ToBigInteger();

    // The generator of EIP-197.
    private static readonly byte[] G2Generator = Convert.FromHexString(
        "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c21800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
        + "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa");

    private static byte[] Bytes(G1 point)
    {
        byte[] bytes = new byte[G1.SizeBytes];
        point.Write(bytes);
        return bytes;
    }

    private static G2 Generator2() => G2.TryRead(G2Generator, out G2 q) ? q : throw new InvalidOperationException("The generator is in the group.");

    private static BigInteger Next(Random random, BigInteger below)
    {
        byte[] bytes = new byte[40];
        random.NextBytes(bytes);
        return new BigInteger(bytes, isUnsigned: true) % below;
    }

    private static Fp Element(BigInteger value)
    {
        Assert.That(Fp.TryRead(UInt256.FromBigInteger(value).ToBigEndian(), out Fp element), Is.True);
        return element;
    }

    private static BigInteger Number(Fp element)
    {
        byte[] bytes = new byte[32];
        element.Write(bytes);
        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }

    [Test]
    public void Field_arithmetic_agrees_with_BigInteger()
    {
        Random random = new(1);
        BigInteger[] edges = [0, 1, 2, P - 1, P - 2, (P - 1) / 2, BigInteger.One << 253, (BigInteger.One << 128) - 1];
        for (int i = 0; i < 400; i++)
        {
            BigInteger a = i < 64 ? edges[i / 8] : Next(random, P), b = i < 64 ? edges[i % 8] : Next(random, P), c = Next(random, P), d = Next(random, P);
            Fp x = Element(a), y = Element(b);
            Assert.That(Number(x + y), Is.EqualTo((a + b) % P));
            Assert.That(Number(x - y), Is.EqualTo((a - b + P) % P));
            Assert.That(Number(x * y), Is.EqualTo(a * b % P));
            Assert.That(Number(Fp.Double(x)), Is.EqualTo(2 * a % P));
            Assert.That(Number(Fp.Half(x)), Is.EqualTo(a * ((P + 1) / 2) % P));
            Assert.That(Number(Fp.SumOfProducts(x, y, Element(c), Element(d))), Is.EqualTo((a * b + c * d) % P));
            Assert.That(Number(Fp.Inverse(x)), Is.EqualTo(BigInteger.ModPow(a, P - 2, P)));
        }
    }

    [Test]
    public void A_multiple_is_a_repeated_sum()
    {
        G1 sum = default;
        for (ulong k = 0; k < 40; k++)
        {
            Assert.That(Bytes(G1.Multiply(G1.Generator, k)), Is.EqualTo(Bytes(sum)), $"{k}");
            sum += G1.Generator;
        }
    }

    [Test]
    public void Multiples_by_the_endomorphism_agree_with_plain_ones()
    {
        Random random = new(2);
        BigInteger[] scalars =
            [R - 1, R, R + 1, (BigInteger.One << 256) - 1, Endomorphism.Lambda, R - Endomorphism.Lambda, .. Enumerable.Range(0, 100).Select(_ => Next(random, BigInteger.One << 256))];
        G1 point = G1.Generator;
        foreach (BigInteger k in scalars)
        {
            G1 expected = G1.MultiplyPlainly(point, k);
            Assert.That(Bytes(G1.Multiply(point, UInt256.FromBigInteger(k))), Is.EqualTo(Bytes(expected)), $"{k}");
            if (!expected.IsInfinity) point = expected;
        }
    }

    [Test]
    public void Split_scalars_are_half_as_long_and_add_up()
    {
        Random random = new(3);
        for (int i = 0; i < 200; i++)
        {
            BigInteger k = i == 0 ? R - 1 : Next(random, R);
            Endomorphism.Split(UInt256.FromBigInteger(k), out UInt256 k1, out bool n1, out UInt256 k2, out bool n2);
            Assert.That(Math.Max(k1.BitLength, k2.BitLength), Is.LessThanOrEqualTo(128));
            BigInteger sum = (n1 ? -1 : 1) * k1.ToBigInteger() + (n2 ? -1 : 1) * k2.ToBigInteger() * Endomorphism.Lambda;
            Assert.That((sum - k) % R, Is.EqualTo(BigInteger.Zero));
        }
    }

    [Test]
    public void The_pairing_is_bilinear_and_not_trivial()
    {
        G2 q = Generator2();
        G1 p = G1.Generator;
        Fp12 e = Pairing.Product([p], [q]);
        Assert.That(e.IsOne, Is.False);
        Assert.That(Pairing.Product([G1.MultiplyPlainly(p, 6)], [G2.MultiplyPlainly(q, 35)]), Is.EqualTo(Fp12.Power(e, 210)));
        Assert.That(Fp12.Power(e, R).IsOne, Is.True);
        Assert.That(Fp12.CyclotomicSquared(e), Is.EqualTo(Fp12.Squared(e)));
        Random random = new(4);
        BigInteger a = Next(random, R), b = Next(random, R);
        G1[] ps = [G1.MultiplyPlainly(p, a), G1.MultiplyPlainly(p, R - a * b % R)];
        Assert.That(Pairing.IsProductOne(ps, [G2.MultiplyPlainly(q, b), q]), Is.True);
        Assert.That(Pairing.IsProductOne(ps, [q, q]), Is.False);
    }

    [Test]
    public void The_subgroup_check_agrees_with_multiplying_by_the_order()
    {
        Random random = new(5);
        int outside = 0;
        for (ulong i = 1; outside < 8; i++)
        {
            // Points of the twist by trying x: a square root in the quadratic field, where there is one.
            Fp2 x = new(Fp.From(i), Fp.From((ulong)random.Next()));
            if (!TrySquareRoot(Fp2.Squared(x) * x + G2.B, out Fp2 y)) continue;
            G2 point = new(x, y);
            Assert.That(point.IsOnTwist, Is.True);
            Assert.That(point.IsInSubgroup, Is.EqualTo(G2.MultiplyPlainly(point, R).IsInfinity));
            outside++;
            // Clearing the cofactor 2p - r brings it in.
            Assert.That(G2.MultiplyPlainly(point, 2 * P - R).IsInSubgroup, Is.True);
        }
        Assert.That(Generator2().IsInSubgroup, Is.True);
    }

    // For p = 3 mod 4 (Adj, Rodríguez-Henríquez 2012).
    private static bool TrySquareRoot(Fp2 a, out Fp2 root)
    {
        Fp2 power = Fp2.Power(a, (P - 3) / 4);
        Fp2 alpha = Fp2.Squared(power) * a, x = power * a;
        root = alpha.Equals(-Fp2.One) ? new Fp2(-x.B, x.A) : Fp2.Power(Fp2.One + alpha, (P - 1) / 2) * x;
        return Fp2.Squared(root).Equals(a);
    }

    [Test]
    public void The_pairing_precompile_accepts_a_valid_proof_and_rejects_another()
    {
        byte[] p = Bytes(G1.Generator), negated = Bytes(-G1.Generator);
        Assert.That(Call.Run(8, [.. p, .. G2Generator, .. negated, .. G2Generator]), Is.EqualTo(Call.Word(1)));
        Assert.That(Call.Run(8, [.. p, .. G2Generator, .. p, .. G2Generator]), Is.EqualTo(Call.Word(0)));
        Assert.That(Call.Run(8, [.. p, .. new byte[128]]), Is.EqualTo(Call.Word(1)));
        Assert.That(Call.Run(8, Array.Empty<byte>()), Is.EqualTo(Call.Word(1)));
        Assert.That(Call.Run(8, new byte[191]), Is.Null);
    }

    [Test]
    public void Coordinates_and_points_out_of_range_are_refused()
    {
        string p = P.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);
        Assert.That(Call.Run(6, p + Call.Word(0)), Is.Null);
        Assert.That(Call.Run(6, Call.Word(1) + Call.Word(1)), Is.Null);
        Assert.That(Call.Run(7, Call.Word(1) + Call.Word(3) + Call.Word(0)), Is.Null);
    }

    [Test]
    public void Short_and_long_inputs_of_the_addition_are_padded_and_cut()
    {
        string infinity = new('0', 128);
        Assert.That(Call.Run(6, ""), Is.EqualTo(infinity));
        Assert.That(Call.Run(6, Call.Word(1) + Call.Word(2)), Is.EqualTo(Call.Word(1) + Call.Word(2)));
        Assert.That(Call.Run(6, Convert.ToHexString([.. Bytes(G1.Generator), .. Bytes(-G1.Generator)]) + "ff"), Is.EqualTo(infinity));
    }

    [TestCase(Fork.Byzantium, 500ul, 40_000ul, 260_000ul)]
    [TestCase(Fork.Petersburg, 500ul, 40_000ul, 260_000ul)]
    [TestCase(Fork.Istanbul, 150ul, 6_000ul, 113_000ul)]
    public void Gas_is_that_of_the_fork(Fork fork, ulong add, ulong multiply, ulong pairing)
    {
        Assert.That(Call.Gas(6, [], fork), Is.EqualTo(add));
        Assert.That(Call.Gas(7, [], fork), Is.EqualTo(multiply));
        Assert.That(Call.Gas(8, new byte[384], fork), Is.EqualTo(pairing));
    }
}
