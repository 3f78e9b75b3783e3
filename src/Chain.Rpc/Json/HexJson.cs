using System.Numerics;
using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Rpc.Json;

/// <summary>
/// The two hexadecimal forms of the wire (execution-apis, "base types"): a quantity has no leading zeros (<c>0x0</c>, <c>0x41</c>), data
/// have two digits a byte (<c>0x</c>, <c>0x0041</c>). Written as UTF-8 without a string between.
/// </summary>
public static class HexJson
{
    private const int StackBytesMax = 1_024;

    /// <summary>Writes a quantity.</summary>
    public static void WriteQuantityValue(this Utf8JsonWriter writer, ulong value)
    {
        Span<byte> text = stackalloc byte[20];
        writer.WriteRawValue(text[..FormatQuantity(value, text)], skipInputValidation: true);
    }

    /// <summary>Writes a quantity.</summary>
    public static void WriteQuantityValue(this Utf8JsonWriter writer, in UInt256 value)
    {
        if (value.FitsUInt64)
        {
            writer.WriteQuantityValue(value.U0);
            return;
        }
        Span<byte> bytes = stackalloc byte[UInt256.SizeBytes];
        value.WriteBigEndian(bytes);
        Span<byte> digits = stackalloc byte[2 * UInt256.SizeBytes];
        Convert.TryToHexStringLower(bytes, digits, out _);
        int first = digits.IndexOfAnyExcept((byte)'0');
        Span<byte> text = stackalloc byte[2 * UInt256.SizeBytes + 4];
        "\"0x"u8.CopyTo(text);
        digits[first..].CopyTo(text[3..]);
        int length = 3 + digits.Length - first;
        text[length++] = (byte)'"';
        writer.WriteRawValue(text[..length], skipInputValidation: true);
    }

    /// <summary>Writes data.</summary>
    public static void WriteDataValue(this Utf8JsonWriter writer, ReadOnlySpan<byte> bytes)
    {
        int length = bytes.Length * 2 + 4;
        byte[]? rented = length > StackBytesMax ? MessageMemory.Rent(length) : null;
        Span<byte> text = rented is null ? stackalloc byte[StackBytesMax] : rented;
        text = text[..length];
        "\"0x"u8.CopyTo(text);
        Convert.TryToHexStringLower(bytes, text[3..], out _);
        text[^1] = (byte)'"';
        writer.WriteRawValue(text, skipInputValidation: true);
        if (rented is not null) MessageMemory.Return(rented);
    }

    /// <summary>Writes a word as 32 bytes of data.</summary>
    public static void WriteWordValue(this Utf8JsonWriter writer, in UInt256 value)
    {
        Span<byte> bytes = stackalloc byte[UInt256.SizeBytes];
        value.WriteBigEndian(bytes);
        writer.WriteDataValue(bytes);
    }

    /// <summary>Writes a word named by a word, both as 32 bytes of data.</summary>
    public static void WriteWord(this Utf8JsonWriter writer, in UInt256 name, in UInt256 value)
    {
        Span<byte> bytes = stackalloc byte[UInt256.SizeBytes];
        Span<byte> text = stackalloc byte[2 + (2 * UInt256.SizeBytes)];
        name.WriteBigEndian(bytes);
        "0x"u8.CopyTo(text);
        Convert.TryToHexStringLower(bytes, text[2..], out _);
        writer.WritePropertyName(text);
        writer.WriteWordValue(value);
    }

    /// <summary>Writes a named quantity.</summary>
    public static void WriteQuantity(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, ulong value)
    {
        writer.WritePropertyName(name);
        writer.WriteQuantityValue(value);
    }

    /// <summary>Writes a named quantity.</summary>
    public static void WriteQuantity(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, in UInt256 value)
    {
        writer.WritePropertyName(name);
        writer.WriteQuantityValue(value);
    }

    /// <summary>Writes named data.</summary>
    public static void WriteData(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes)
    {
        writer.WritePropertyName(name);
        writer.WriteDataValue(bytes);
    }

    /// <summary>Writes a named address, or null.</summary>
    public static void WriteAddress(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, in Address? address)
    {
        writer.WritePropertyName(name);
        if (address is { } value) writer.WriteDataValue(value.Bytes);
        else writer.WriteNullValue();
    }

    /// <summary>Writes a named hash, or null.</summary>
    public static void WriteHash(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, in Hash256? hash)
    {
        writer.WritePropertyName(name);
        if (hash is { } value) writer.WriteDataValue(value.Bytes);
        else writer.WriteNullValue();
    }

    /// <summary>An address in mixed case (EIP-55), for the texts and keys where geth has it so.</summary>
    public static string ToChecksumText(this in Address address)
    {
        Span<char> text = stackalloc char[2 + 2 * Address.SizeBytes];
        address.ToString().CopyTo(text);
        Span<byte> ascii = stackalloc byte[2 * Address.SizeBytes];
        System.Text.Ascii.FromUtf16(text[2..], ascii, out _);
        Hash256 hash = Core.Crypto.Keccak256.Hash(ascii);
        for (int i = 0; i < ascii.Length; i++)
        {
            int nibble = (i & 1) == 0 ? hash.Bytes[i / 2] >> 4 : hash.Bytes[i / 2] & 15;
            if (nibble >= 8) text[2 + i] = char.ToUpperInvariant(text[2 + i]);
        }
        return new string(text);
    }

    private static int FormatQuantity(ulong value, Span<byte> text)
    {
        "\"0x"u8.CopyTo(text);
        int digits = Math.Max(1, (67 - BitOperations.LeadingZeroCount(value)) / 4);
        for (int i = 2 + digits; i > 2; i--)
        {
            text[i] = "0123456789abcdef"u8[(int)(value & 15)];
            value >>= 4;
        }
        text[3 + digits] = (byte)'"';
        return 4 + digits;
    }
}
