using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;

namespace Chain.Node.Conformance;

/// <summary>
/// Values as the Ethereum fixtures write them: hex of any padding, decimal in some older ones, <c>0x:bigint 0x…</c> for numbers that are too wide on purpose.
/// All throw <see cref="FormatException"/> for a value that does not fit.
/// </summary>
internal static class FixtureJson
{
    private const string BigIntegerPrefix = "0x:bigint ";

    /// <summary>A 256-bit number.</summary>
    public static UInt256 Word(JsonElement value)
    {
        BigInteger number = Number(value.GetString()!);
        return number >> 256 == 0 ? UInt256.FromBigInteger(number) : throw new FormatException($"{value} does not fit 256 bits.");
    }

    /// <summary>A 64-bit number.</summary>
    public static ulong Long(JsonElement value)
    {
        UInt256 word = Word(value);
        return word.FitsUInt64 ? word.U0 : throw new FormatException($"{value} does not fit 64 bits.");
    }

    /// <summary>A byte string.</summary>
    public static byte[] Bytes(JsonElement value) => Hex.Decode(value.GetString());

    /// <summary>A 32-byte value; a shorter number is padded on the left.</summary>
    public static Hash256 Hash(JsonElement value)
    {
        Span<byte> bytes = stackalloc byte[Hash256.SizeBytes];
        Word(value).WriteBigEndian(bytes);
        return new Hash256(bytes);
    }

    /// <summary>An address.</summary>
    public static Address Address(JsonElement value) => Core.Primitives.Address.Parse(value.GetString());

    /// <summary>An address, or null for the empty string.</summary>
    public static Address? OptionalAddress(JsonElement value) => value.GetString() is { Length: > 0 } text ? Core.Primitives.Address.Parse(text) : null;

    /// <summary>A member that may be absent or null.</summary>
    public static bool TryMember(this JsonElement element, string name, out JsonElement member) =>
        element.TryGetProperty(name, out member) && member.ValueKind != JsonValueKind.Null;

    /// <summary>A state: address to nonce, balance, code, storage. Zero slots are not set.</summary>
    public static MemoryState State(JsonElement accounts)
    {
        MemoryState state = new();
        foreach (JsonProperty entry in accounts.EnumerateObject())
        {
            Address address = Core.Primitives.Address.Parse(entry.Name);
            JsonElement account = entry.Value;
            state.SetAccount(address, Long(account.GetProperty("nonce")), Word(account.GetProperty("balance")), Bytes(account.GetProperty("code")));
            foreach (JsonProperty slot in account.GetProperty("storage").EnumerateObject())
                state.SetStorage(address, UInt256.FromBigInteger(Number(slot.Name)), Word(slot.Value));
        }
        return state;
    }

    private static BigInteger Number(string text)
    {
        if (text.StartsWith(BigIntegerPrefix, StringComparison.Ordinal)) text = text[BigIntegerPrefix.Length..];
        // The leading 0 keeps a first digit of 8 to f from meaning a negative number.
        return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? BigInteger.Parse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : BigInteger.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
