namespace Chain.Core.Primitives;

/// <summary>Hexadecimal text of byte strings, with the <c>0x</c> prefix of the Ethereum world.</summary>
public static class Hex
{
    /// <summary><c>0x</c> and two lower-case digits a byte.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => string.Concat("0x", Convert.ToHexStringLower(bytes));

    /// <summary>Decodes hex text of any even length, with or without <c>0x</c>.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        text = WithoutPrefix(text);
        bytes = [];
        if ((text.Length & 1) != 0) return false;
        byte[] buffer = new byte[text.Length / 2];
        if (!TryDecodeExact(text, buffer)) return false;
        bytes = buffer;
        return true;
    }

    /// <summary>Decodes hex text of any even length, with or without <c>0x</c>.</summary>
    /// <exception cref="FormatException">Not hex.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text) =>
        TryDecode(text, out byte[] bytes) ? bytes : throw new FormatException($"'{text}' is not hexadecimal text with an even number of digits.");

    /// <summary>Decodes hex text that must fill the destination exactly.</summary>
    public static bool TryDecodeExact(ReadOnlySpan<char> text, Span<byte> destination)
    {
        text = WithoutPrefix(text);
        return text.Length == destination.Length * 2
            && Convert.FromHexString(text, destination, out int consumed, out int written) == System.Buffers.OperationStatus.Done
            && consumed == text.Length && written == destination.Length;
    }

    private static ReadOnlySpan<char> WithoutPrefix(ReadOnlySpan<char> text) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
}
