using System.Globalization;
using System.Numerics;
using Chain.Core.Numeric;

namespace Chain.Node.Operators;

/// <summary>Answers of feeds as people write them: 102.50 for 10250000000 at eight decimals. Exact.</summary>
internal static class DecimalText
{
    private const int DigitsMax = 60;

    /// <summary>The whole number that a text stands for.</summary>
    public static BigInteger Parse(string text, byte decimals, string what)
    {
        string digits = text.TrimStart('-');
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        string fraction = point < 0 ? "" : digits[(point + 1)..];
        string whole = point < 0 ? digits : digits[..point];
        bool isNumber = whole.Length is > 0 and <= DigitsMax && (whole + fraction).All(char.IsAsciiDigit) && (point < 0 || fraction.Length > 0) && text.Length - digits.Length <= 1;
        if (!isNumber) throw new UserException($"{what} '{text}' is no number: one like 102.50 is expected.");
        if (fraction.Length > decimals) throw new UserException($"{what} '{text}' has more than the feed's {decimals} decimals.");
        BigInteger value = BigInteger.Parse(whole + fraction.PadRight(decimals, '0'), CultureInfo.InvariantCulture);
        if (value >= BigInteger.One << 127) throw new UserException($"{what} '{text}' is too large for a feed.");
        return text[0] == '-' ? -value : value;
    }

    /// <summary>The text of an answer, a signed word.</summary>
    public static string Format(UInt256 word, byte decimals)
    {
        bool isNegative = word.Bit(255);
        string digits = (isNegative ? -word : word).ToString().PadLeft(decimals + 1, '0');
        string text = decimals == 0 ? digits : $"{digits[..^decimals]}.{digits[^decimals..]}";
        return isNegative ? "-" + text : text;
    }

    /// <summary>A signed word.</summary>
    public static UInt256 ToWord(Int128 value) => value < 0 ? -(UInt256)(UInt128)(-value) : (UInt256)(UInt128)value;
}
