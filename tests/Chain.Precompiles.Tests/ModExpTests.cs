using System.Numerics;
using Chain.Core.Forks;

namespace Chain.Precompiles.Tests;

public sealed class ModExpTests
{
    private static byte[] Input(byte[] b, byte[] e, byte[] m) =>
        [.. Convert.FromHexString(Call.Word((ulong)b.Length) + Call.Word((ulong)e.Length) + Call.Word((ulong)m.Length)), .. b, .. e, .. m];

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static string Expected(byte[] b, byte[] e, byte[] m)
    {
        BigInteger result = Number(m).IsZero ? 0 : BigInteger.ModPow(Number(b), Number(e), Number(m));
        byte[] bytes = result.ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] padded = new byte[m.Length];
        if (!result.IsZero) bytes.CopyTo(padded, m.Length - bytes.Length);
        return Convert.ToHexStringLower(padded);
    }

    [TestCase(1)]
    [TestCase(8)]
    [TestCase(9)]
    [TestCase(16)]
    [TestCase(31)]
    [TestCase(32)]
    [TestCase(33)]
    [TestCase(64)]
    [TestCase(200)]
    public void Powers_agree_with_BigInteger(int modulusBytes)
    {
        Random random = new(modulusBytes);
        for (int i = 0; i < 60; i++)
        {
            byte[] b = new byte[random.Next(0, 80)], e = new byte[random.Next(0, 40)], m = new byte[modulusBytes];
            random.NextBytes(b);
            random.NextBytes(e);
            random.NextBytes(m);
            if (i % 3 == 0) m[^1] |= 1;
            if (i % 7 == 0) Array.Fill(m, byte.MaxValue);
            if (i % 11 == 0) m.AsSpan(0, m.Length / 2).Clear();
            Assert.That(Call.Run(5, Input(b, e, m)), Is.EqualTo(Expected(b, e, m)), $"{Convert.ToHexString(b)} ^ {Convert.ToHexString(e)} mod {Convert.ToHexString(m)}");
        }
    }

    [TestCase("", "", "00", "00")]
    [TestCase("", "", "01", "00")]
    [TestCase("", "", "05", "01")]
    [TestCase("00", "00", "05", "01")]
    [TestCase("03", "", "0005", "0001")]
    [TestCase("07", "02", "0000", "0000")]
    [TestCase("0000000000000000000000000000000000000000000000000000000000000000000003", "05", "0c", "03")]
    public void Edge_cases_are_those_of_EIP_198(string b, string e, string m, string expected) =>
        Assert.That(Call.Run(5, Input(Convert.FromHexString(b), Convert.FromHexString(e), Convert.FromHexString(m))), Is.EqualTo(expected));

    [Test]
    public void Missing_bytes_are_zero()
    {
        // Base 3 and exponent 0xffff of the EIP, with a modulus of 0x80 and 31 bytes that are not there.
        string input = Call.Word(1) + Call.Word(2) + Call.Word(32) + "03ffff80";
        Assert.That(Call.Run(5, input), Is.EqualTo("3b01b01ac41f2d6e917c6d6a221ce793802469026d9ab7578fa2e79e4da6aaab"));
    }

    [Test]
    public void A_header_alone_gives_no_output() => Assert.That(Call.Run(5, ""), Is.Empty);

    [TestCase(Fork.Byzantium, 13_056ul)]
    [TestCase(Fork.Berlin, 1_360ul)]
    [TestCase(Fork.Osaka, 4_080ul)]
    public void The_EIP_198_example_has_the_gas_of_its_fork(Fork fork, ulong gas)
    {
        byte[] full = Convert.FromHexString("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2e");
        Assert.That(Call.Gas(5, Input([3], full, full), fork), Is.EqualTo(gas));
    }

    [TestCase(Fork.Byzantium)]
    [TestCase(Fork.Berlin)]
    [TestCase(Fork.Osaka)]
    public void Hostile_lengths_cost_more_than_there_is(Fork fork)
    {
        string huge = new('f', 64), one = Call.Word(1);
        foreach (string header in new[] { huge + one + one, one + huge + one, one + one + huge, huge + huge + huge })
            Assert.That(Call.Gas(5, Convert.FromHexString(header), fork), Is.EqualTo(ulong.MaxValue), header);
    }

    [Test]
    public void A_huge_exponent_is_priced_exactly()
    {
        // EIP-198 before Berlin: 8 * (2^40 - 32) squarings of one byte, over 20.
        string header = Call.Word(1) + Call.Word(1ul << 40) + Call.Word(1);
        Assert.That(Call.Gas(5, Convert.FromHexString(header), Fork.Byzantium), Is.EqualTo(8 * ((1ul << 40) - 32) / 20));
    }

    [Test]
    public void Without_base_and_modulus_an_exponent_of_any_length_is_free_before_Osaka()
    {
        byte[] input = Convert.FromHexString(Call.Word(0) + new string('f', 64) + Call.Word(0));
        Assert.That(Call.Gas(5, input, Fork.Byzantium), Is.Zero);
        Assert.That(Call.Gas(5, input, Fork.Berlin), Is.EqualTo(200));
        Assert.That(Call.Run(5, input, Fork.Berlin), Is.Empty);
        Assert.That(Call.Run(5, input, Fork.Osaka), Is.Null);
    }

    [TestCase(1024, true)]
    [TestCase(1025, false)]
    public void From_Osaka_on_operands_have_1024_bytes_at_most(int bytes, bool accepted)
    {
        byte[] m = new byte[bytes];
        m[^1] = 5;
        Assert.That(Call.Run(5, Input([2], [1], m)) is not null, Is.EqualTo(accepted));
        Assert.That(Call.Run(5, Input(m, [1], [7])) is not null, Is.EqualTo(accepted));
        Assert.That(Call.Run(5, Input([2], m, [7])) is not null, Is.EqualTo(accepted));
        Assert.That(Call.Run(5, Input([2], [1], m), Fork.Prague), Is.Not.Null);
    }
}
