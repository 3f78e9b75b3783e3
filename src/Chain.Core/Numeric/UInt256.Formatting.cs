using System.Runtime.CompilerServices;

namespace Chain.Core.Numeric;

public readonly partial struct UInt256 : ISpanFormattable
{
    /// <summary>Most digits of a decimal text: those of 2^256 - 1.</summary>
    public const int DecimalDigitsMax = 78;

    /// <summary>Most digits of a hexadecimal text after <c>0x</c>, leading zeros included.</summary>
    public const int HexDigitsMax = 64;

    private const ulong ChunkBase = 10_000_000_000_000_000_000;
    private const int ChunkDigits = 19;

    /// <summary>
    /// Parses decimal digits, or hexadecimal digits after <c>0x</c>, of at most <see cref="DecimalDigitsMax"/> and <see cref="HexDigitsMax"/> digits.
    /// No sign, space or separator. False when the text is anything else or the value is above 2^256 - 1.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out UInt256 value) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? TryParseHex(text[2..], out value) : TryParseDecimal(text, out value);

    /// <summary>Parses as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">Not a number of this type.</exception>
    public static UInt256 Parse(ReadOnlySpan<char> text) => TryParse(text, out UInt256 value)
        ? value
        : throw new FormatException($"'{text}' is not a 256-bit number: decimal digits, or 0x and hexadecimal digits, up to 2^256 - 1 are expected.");

    /// <summary>Decimal digits.</summary>
    public override string ToString()
    {
        Span<char> buffer = stackalloc char[DecimalDigitsMax];
        return new string(buffer[WriteDecimal(buffer)..]);
    }

    /// <summary>JSON-RPC quantity: <c>0x</c> and lower-case digits without leading zeros; <c>0x0</c> for 0.</summary>
    public string ToHexString()
    {
        Span<char> buffer = stackalloc char[2 + HexDigitsMax];
        return new string(buffer[..WriteHex(buffer)]);
    }

    /// <summary>Decimal digits for no format, <c>D</c> or <c>G</c>; the JSON-RPC quantity for <c>x</c>. The provider is not used.</summary>
    /// <exception cref="FormatException">Another format.</exception>
    public string ToString(string? format, IFormatProvider? formatProvider) => IsHexFormat(format) ? ToHexString() : ToString();

    /// <summary>Writes what <see cref="ToString(string?, IFormatProvider?)"/> returns; false when it does not fit.</summary>
    /// <exception cref="FormatException">Another format.</exception>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        Span<char> buffer = stackalloc char[DecimalDigitsMax];
        ReadOnlySpan<char> text = IsHexFormat(format) ? buffer[..WriteHex(buffer)] : buffer[WriteDecimal(buffer)..];
        bool fits = text.TryCopyTo(destination);
        charsWritten = fits ? text.Length : 0;
        return fits;
    }

    private static bool IsHexFormat(ReadOnlySpan<char> format) => format switch
    {
        "x" => true,
        "" or "D" or "G" or "d" or "g" => false,
        _ => throw new FormatException($"'{format}' is not a format of a 256-bit number: D, G or x is expected."),
    };

    private static bool TryParseHex(ReadOnlySpan<char> digits, out UInt256 value)
    {
        value = default;
        if (digits.Length is 0 or > HexDigitsMax) return false;
        ulong u0 = 0, u1 = 0, u2 = 0, u3 = 0;
        foreach (char c in digits)
        {
            if (!char.IsAsciiHexDigit(c)) return false;
            ulong digit = (ulong)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
            u3 = (u3 << 4) | (u2 >> 60);
            u2 = (u2 << 4) | (u1 >> 60);
            u1 = (u1 << 4) | (u0 >> 60);
            u0 = (u0 << 4) | digit;
        }
        value = new UInt256(u0, u1, u2, u3);
        return true;
    }

    private static bool TryParseDecimal(ReadOnlySpan<char> digits, out UInt256 value)
    {
        value = default;
        if (digits.Length is 0 or > DecimalDigitsMax) return false;
        while (digits.Length > 0)
        {
            int size = Math.Min(ChunkDigits, digits.Length);
            ulong scale = 1;
            ulong chunk = 0;
            foreach (char c in digits[..size])
            {
                if (!char.IsAsciiDigit(c)) return Fail(out value);
                chunk = chunk * 10 + (ulong)(c - '0');
                scale *= 10;
            }
            if (MultiplyOverflow(value, scale, out value) || AddOverflow(value, chunk, out value)) return Fail(out value);
            digits = digits[size..];
        }
        return true;

        static bool Fail(out UInt256 value)
        {
            value = default;
            return false;
        }
    }

    /// <summary>Fills the end of a buffer of <see cref="DecimalDigitsMax"/> and returns where the digits start.</summary>
    [SkipLocalsInit]
    private int WriteDecimal(Span<char> buffer)
    {
        int position = DecimalDigitsMax;
        UInt256 rest = this;
        while (!rest.FitsUInt64)
        {
            DivRemByLimb(rest, ChunkBase, out rest, out ulong chunk);
            for (int i = 0; i < ChunkDigits; i++)
            {
                (chunk, ulong digit) = Math.DivRem(chunk, 10);
                buffer[--position] = (char)('0' + digit);
            }
        }
        ulong last = rest.U0;
        do
        {
            (last, ulong digit) = Math.DivRem(last, 10);
            buffer[--position] = (char)('0' + digit);
        }
        while (last != 0);
        return position;
    }

    private int WriteHex(Span<char> buffer)
    {
        "0x".CopyTo(buffer);
        int digits = Math.Max(1, (BitLength + 3) / 4);
        for (int i = 0; i < digits; i++)
        {
            int bit = (digits - 1 - i) * 4;
            buffer[2 + i] = "0123456789abcdef"[(int)(Limb(bit >> 6) >> bit) & 15];
        }
        return 2 + digits;
    }
}
