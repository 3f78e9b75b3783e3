using System.Globalization;
using System.Numerics;
using Chain.Core.Numeric;

namespace Chain.Core.Tests.Numeric;

/// <summary>Text, bytes and conversions.</summary>
public sealed class UInt256TextTests
{
    private const string MaxDecimal = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

    [Test]
    public void Text_and_bytes_round_trip_and_equal_their_models()
    {
        Words words = new(21);
        Span<char> buffer = stackalloc char[UInt256.DecimalDigitsMax];
        for (int i = 0; i < 50_000; i++)
        {
            UInt256 a = words.Next();
            BigInteger x = a.ToBigInteger();
            string hex = x.IsZero ? "0x0" : "0x" + x.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
            bool ok = a.ToString() == x.ToString(CultureInfo.InvariantCulture) && a.ToHexString() == hex;
            ok &= UInt256.Parse(a.ToString()) == a && UInt256.Parse(hex) == a && UInt256.Parse(hex.ToUpperInvariant()) == a;
            ok &= a.TryFormat(buffer, out int written, "x", null) && buffer[..written].SequenceEqual(hex);
            ok &= UInt256.FromBigEndian(a.ToBigEndian()) == a;
            ok &= UInt256.FromBigEndian(x.ToByteArray(isUnsigned: true, isBigEndian: true)) == a;
            if (!ok) Assert.Fail($"{a:x} {a}");
        }
    }

    [TestCase("")]
    [TestCase("0x")]
    [TestCase("-1")]
    [TestCase("+1")]
    [TestCase(" 1")]
    [TestCase("1_000")]
    [TestCase("12a")]
    [TestCase("0x12g")]
    [TestCase("115792089237316195423570985008687907853269984665640564039457584007913129639936")]
    [TestCase("999999999999999999999999999999999999999999999999999999999999999999999999999999")]
    [TestCase("0x10000000000000000000000000000000000000000000000000000000000000000")]
    [TestCase("0001157920892373161954235709850086879078532699846656405640394575840079131296399")]
    public void A_text_that_is_no_number_is_refused(string text)
    {
        Assert.That(UInt256.TryParse(text, out UInt256 value), Is.False);
        Assert.That(value, Is.EqualTo(UInt256.Zero));
        Assert.That(() => UInt256.Parse(text), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void The_largest_value_has_its_known_texts()
    {
        Assert.That(UInt256.MaxValue.ToString(), Is.EqualTo(MaxDecimal));
        Assert.That(UInt256.Parse(MaxDecimal), Is.EqualTo(UInt256.MaxValue));
        Assert.That(UInt256.MaxValue.ToHexString(), Is.EqualTo("0x" + new string('f', 64)));
        Assert.That($"{UInt256.MaxValue:x}", Is.EqualTo("0x" + new string('f', 64)));
    }

    [Test]
    public void A_buffer_too_small_takes_nothing()
    {
        UInt256 value = 1000;
        Assert.That(value.TryFormat(new char[3], out int written, default, null), Is.False);
        Assert.That(written, Is.Zero);
    }

    [Test]
    public void An_unknown_format_is_refused() => Assert.That(() => UInt256.One.ToString("N2", null), Throws.TypeOf<FormatException>());

    [Test]
    public void Too_many_bytes_are_refused() => Assert.That(() => UInt256.FromBigEndian(new byte[33]), Throws.InstanceOf<ArgumentException>());

    [Test]
    public void Conversions_keep_the_low_bits()
    {
        UInt256 value = new UInt128(7, 9);
        Assert.That(value, Is.EqualTo(new UInt256(9, 7)));
        Assert.That((UInt128)value, Is.EqualTo(new UInt128(7, 9)));
        Assert.That((ulong)value, Is.EqualTo(9));
        Assert.That(value.FitsUInt64, Is.False);
        Assert.That(value.SaturateToUInt64(), Is.EqualTo(ulong.MaxValue));
        Assert.That(new UInt256(5).SaturateToUInt64(), Is.EqualTo(5));
    }
}
