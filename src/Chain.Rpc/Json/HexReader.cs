using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Rpc.Json;

/// <summary>Reads the hexadecimal forms of the wire straight from UTF-8. The reasons begin with geth's words and end with the value.</summary>
internal static class HexReader
{
    private const int ShownBytesMax = 80;

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    public static string? ReadQuantity(JsonElement element, out ulong value)
    {
        value = 0;
        if (ReadQuantity(element, 64, out UInt256 wide) is { } error) return error;
        value = wide.U0;
        return null;
    }

    public static string? ReadQuantity(JsonElement element, out UInt256 value) => ReadQuantity(element, 256, out value);

    public static string? ReadAddress(JsonElement element, out Address value)
    {
        Span<byte> bytes = stackalloc byte[Address.SizeBytes];
        string? error = ReadExact(element, bytes, "address");
        value = error is null ? new Address(bytes) : default;
        return error;
    }

    public static string? ReadHash(JsonElement element, out Hash256 value)
    {
        Span<byte> bytes = stackalloc byte[Hash256.SizeBytes];
        string? error = ReadExact(element, bytes, "hash");
        value = error is null ? new Hash256(bytes) : default;
        return error;
    }

    public static string? ReadData(JsonElement element, out ReadOnlyMemory<byte> value)
    {
        value = default;
        if (Text(element, "hex data", out ReadOnlySpan<byte> text) is { } error) return error;
        if (Prefix(ref text) is { } reason) return Bad(reason, element);
        if ((text.Length & 1) != 0) return Bad("hex string of odd length", element);
        byte[] bytes = new byte[text.Length / 2];
        if (Convert.FromHexString(text, bytes, out _, out _) != OperationStatus.Done) return Bad("invalid hex string", element);
        value = bytes;
        return null;
    }

    /// <summary>Content of a JSON string as UTF-8, unescaped.</summary>
    public static string? Text(JsonElement element, string expected, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (element.ValueKind != JsonValueKind.String) return WrongKind(element, expected);
        text = JsonMarshal.GetRawUtf8Value(element)[1..^1];
        if (!text.Contains((byte)'\\')) return null;
        text = Encoding.UTF8.GetBytes(element.GetString()!);
        return null;
    }

    public static string? Prefix(ref ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return "empty hex string";
        if (text.Length < 2 || text[0] != '0' || (text[1] | 0x20) != 'x') return "hex string without 0x prefix";
        text = text[2..];
        return null;
    }

    public static bool IsHex(ReadOnlySpan<byte> digits) => !digits.ContainsAnyExcept(Digits);

    /// <summary>Big-endian value of up to 64 digits, odd counts included.</summary>
    public static bool TryParseWord(ReadOnlySpan<byte> digits, out UInt256 value)
    {
        value = default;
        if (digits.Length > 2 * UInt256.SizeBytes || !IsHex(digits)) return false;
        Span<byte> padded = stackalloc byte[2 * UInt256.SizeBytes];
        padded.Fill((byte)'0');
        digits.CopyTo(padded[^digits.Length..]);
        Span<byte> bytes = stackalloc byte[UInt256.SizeBytes];
        Convert.FromHexString(padded, bytes, out _, out _);
        value = UInt256.FromBigEndian(bytes);
        return true;
    }

    public static string WrongKind(JsonElement element, string expected) => $"non-{KindWord(expected)}: {expected} expected, got {Shown(element)}";

    public static string Bad(string reason, JsonElement element) => $"{reason}: {Shown(element)}";

    /// <summary>The value as the client sent it, cut to a readable length.</summary>
    public static string Shown(JsonElement element)
    {
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(element);
        return raw.Length <= ShownBytesMax ? Encoding.UTF8.GetString(raw) : $"{Encoding.UTF8.GetString(raw[..ShownBytesMax])}... ({raw.Length} bytes)";
    }

    private static string KindWord(string expected) =>
        expected.Contains("array", StringComparison.Ordinal) ? "array"
        : expected.Contains("object", StringComparison.Ordinal) ? "object"
        : expected.Contains("number", StringComparison.Ordinal) ? "number"
        : expected.Contains("true", StringComparison.Ordinal) ? "boolean"
        : "string";

    private static string? ReadQuantity(JsonElement element, int bitsMax, out UInt256 value)
    {
        value = default;
        if (Text(element, "hex quantity", out ReadOnlySpan<byte> text) is { } error) return error;
        if (Prefix(ref text) is { } reason) return Bad(reason, element);
        if (text.IsEmpty) return Bad("hex string \"0x\"", element);
        if (text[0] == '0' && text.Length > 1) return Bad("hex number with leading zero digits", element);
        if (IsHex(text) && text.Length * 4 > bitsMax) return Bad($"hex number > {bitsMax} bits", element);
        return TryParseWord(text, out value) ? null : Bad("invalid hex string", element);
    }

    private static string? ReadExact(JsonElement element, Span<byte> destination, string what)
    {
        if (Text(element, what, out ReadOnlySpan<byte> text) is { } error) return error;
        if (Prefix(ref text) is { } reason) return Bad(reason, element);
        if ((text.Length & 1) != 0) return Bad("hex string of odd length", element);
        if (text.Length != destination.Length * 2)
            return Bad($"hex string has length {text.Length}, want {destination.Length * 2} for {what}", element);
        return Convert.FromHexString(text, destination, out _, out _) == OperationStatus.Done ? null : Bad("invalid hex string", element);
    }
}
