using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Chain.Core.Crypto;
using Chain.Core.Primitives;
using Chain.Rpc.Json;

namespace Chain.Rpc.Abi;

/// <summary>
/// The hash of typed structured data (EIP-712), with the conventions of eth_signTypedData_v4: arrays, recursive structs, missing struct
/// members as zero.
/// </summary>
public sealed class TypedData
{
    private const int DepthMax = 64;
    private const string DomainType = "EIP712Domain";

    private readonly Dictionary<string, List<Member>> _types;
    private readonly Dictionary<string, byte[]> _typeHashes = new(StringComparer.Ordinal);

    private TypedData(Dictionary<string, List<Member>> types) => _types = types;

    private readonly record struct Member(string Name, string Type);

    /// <summary>Computes the hash that is signed.</summary>
    /// <param name="json">The object with <c>types</c>, <c>primaryType</c>, <c>domain</c> and <c>message</c>, or a string that holds it.</param>
    /// <param name="hash">keccak256(0x1901 ‖ domain separator ‖ struct hash).</param>
    /// <param name="error">What is wrong with the data.</param>
    public static bool TryHash(JsonElement json, out Hash256 hash, out string error)
    {
        hash = default;
        if (json.ValueKind != JsonValueKind.String) return TryHashObject(json, out hash, out error);
        error = "the string is not JSON";
        string text = json.GetString()!;
        if (JsonEscapes.HasUnpairedSurrogate(Encoding.UTF8.GetBytes(text))) return false;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return TryHashObject(document.RootElement, out hash, out error);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryHashObject(JsonElement json, out Hash256 hash, out string error)
    {
        hash = default;
        if (!TryReadTypes(json, out Dictionary<string, List<Member>> types, out error)) return false;
        error = "\"primaryType\", \"domain\" and \"message\" are needed";
        if (!json.TryGetProperty("primaryType"u8, out JsonElement primary) || primary.ValueKind != JsonValueKind.String) return false;
        string primaryType = primary.GetString()!;
        if (!json.TryGetProperty("domain"u8, out JsonElement domain) || domain.ValueKind != JsonValueKind.Object) return false;
        if (!types.ContainsKey(DomainType)) types[DomainType] = DomainMembers(domain);
        TypedData data = new(types);
        byte[] signed = new byte[66];
        signed[0] = 0x19;
        signed[1] = 0x01;
        if (!data.TryHashStruct(DomainType, domain, signed.AsSpan(2, 32), 0, out error)) return false;
        int length = 34;
        if (primaryType != DomainType)
        {
            error = "\"message\" is needed";
            if (!json.TryGetProperty("message"u8, out JsonElement message)) return false;
            if (!data.TryHashStruct(primaryType, message, signed.AsSpan(34, 32), 0, out error)) return false;
            length = 66;
        }
        hash = Keccak256.Hash(signed.AsSpan(0, length));
        return true;
    }

    private static bool TryReadTypes(JsonElement json, out Dictionary<string, List<Member>> types, out string error)
    {
        types = new(StringComparer.Ordinal);
        error = "an object with \"types\", \"primaryType\", \"domain\" and \"message\" is expected";
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("types"u8, out JsonElement all) || all.ValueKind != JsonValueKind.Object) return false;
        foreach (JsonProperty type in all.EnumerateObject())
        {
            List<Member> members = [];
            error = $"type \"{type.Name}\" is not an array of {{\"name\", \"type\"}}";
            if (type.Value.ValueKind != JsonValueKind.Array) return false;
            foreach (JsonElement item in type.Value.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Object
                    || !item.TryGetProperty("name"u8, out JsonElement name) || name.ValueKind != JsonValueKind.String
                    || !item.TryGetProperty("type"u8, out JsonElement kind) || kind.ValueKind != JsonValueKind.String)
                {
                    return false;
                }
                members.Add(new Member(name.GetString()!, kind.GetString()!));
            }
            types[type.Name] = members;
        }
        error = string.Empty;
        return true;
    }

    private static List<Member> DomainMembers(JsonElement domain)
    {
        ReadOnlySpan<Member> known =
        [
            new("name", "string"), new("version", "string"), new("chainId", "uint256"), new("verifyingContract", "address"), new("salt", "bytes32"),
        ];
        List<Member> members = [];
        foreach (Member member in known)
        {
            if (domain.TryGetProperty(member.Name, out _)) members.Add(member);
        }
        return members;
    }

    private bool TryHashStruct(string type, JsonElement value, Span<byte> destination, int depth, out string error)
    {
        error = $"type \"{type}\" is not defined";
        if (!_types.TryGetValue(type, out List<Member>? members)) return false;
        error = $"nested deeper than {DepthMax} structs";
        if (depth > DepthMax) return false;
        error = $"an object is expected for {type}";
        if (value.ValueKind != JsonValueKind.Object) return false;
        byte[] encoded = new byte[32 * (members.Count + 1)];
        TypeHash(type).CopyTo(encoded, 0);
        for (int i = 0; i < members.Count; i++)
        {
            Span<byte> word = encoded.AsSpan(32 * (i + 1), 32);
            bool present = value.TryGetProperty(members[i].Name, out JsonElement member) && member.ValueKind != JsonValueKind.Null;
            if (!present && _types.ContainsKey(members[i].Type)) continue;
            if (!present)
            {
                error = $"{type}.{members[i].Name} is missing";
                return false;
            }
            if (TryEncode(members[i].Type, member, word, depth, out error)) continue;
            error = $"{type}.{members[i].Name}: {error}";
            return false;
        }
        Keccak256.Hash(encoded, destination);
        return true;
    }

    private bool TryEncode(string type, JsonElement value, Span<byte> word, int depth, out string error)
    {
        if (type.EndsWith(']')) return TryEncodeArray(type, value, word, depth, out error);
        if (_types.ContainsKey(type)) return TryHashStruct(type, value, word, depth + 1, out error);
        error = $"{HexReader.Shown(value)} is not a value of type {type}";
        switch (type)
        {
            case "string":
                if (value.ValueKind != JsonValueKind.String) return false;
                Keccak256.Hash(Encoding.UTF8.GetBytes(value.GetString()!), word);
                return true;
            case "bytes":
                if (HexReader.ReadData(value, out ReadOnlyMemory<byte> bytes) is not null) return false;
                Keccak256.Hash(bytes.Span, word);
                return true;
            case "bool":
                if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return false;
                word[31] = value.GetBoolean() ? (byte)1 : (byte)0;
                return true;
            case "address":
                if (HexReader.ReadAddress(value, out Address address) is not null) return false;
                address.Bytes.CopyTo(word[12..]);
                return true;
        }
        if (type.StartsWith("bytes", StringComparison.Ordinal)) return TryEncodeFixedBytes(type, value, word);
        if (type.StartsWith("uint", StringComparison.Ordinal)) return TryEncodeInteger(type.AsSpan(4), value, word, signed: false);
        if (type.StartsWith("int", StringComparison.Ordinal)) return TryEncodeInteger(type.AsSpan(3), value, word, signed: true);
        error = $"type \"{type}\" is not defined";
        return false;
    }

    private bool TryEncodeArray(string type, JsonElement value, Span<byte> word, int depth, out string error)
    {
        int bracket = type.LastIndexOf('[');
        ReadOnlySpan<char> size = type.AsSpan(bracket + 1, type.Length - bracket - 2);
        error = $"an array is expected for {type}";
        if (value.ValueKind != JsonValueKind.Array) return false;
        int count = value.GetArrayLength();
        error = $"{type} has {count} items";
        if (size.Length > 0 && (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int fixedSize) || fixedSize != count)) return false;
        error = $"nested deeper than {DepthMax} structs";
        if (depth > DepthMax) return false;
        byte[] encoded = new byte[32 * count];
        int i = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (!TryEncode(type[..bracket], item, encoded.AsSpan(32 * i++, 32), depth + 1, out error)) return false;
        }
        Keccak256.Hash(encoded, word);
        error = string.Empty;
        return true;
    }

    private static bool TryEncodeFixedBytes(string type, JsonElement value, Span<byte> word)
    {
        if (!int.TryParse(type.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int size) || size is < 1 or > 32) return false;
        if (HexReader.ReadData(value, out ReadOnlyMemory<byte> bytes) is not null || bytes.Length > size) return false;
        bytes.Span.CopyTo(word);
        return true;
    }

    private static bool TryEncodeInteger(ReadOnlySpan<char> bitsText, JsonElement value, Span<byte> word, bool signed)
    {
        int bits = 256;
        if (bitsText.Length > 0 && !int.TryParse(bitsText, NumberStyles.None, CultureInfo.InvariantCulture, out bits)) return false;
        if (bits is < 8 or > 256 || bits % 8 != 0 || !TryReadInteger(value, out BigInteger number)) return false;
        BigInteger limit = BigInteger.One << (signed ? bits - 1 : bits);
        if (number >= limit || number < (signed ? -limit : BigInteger.Zero)) return false;
        if (number.Sign < 0)
        {
            word.Fill(0xff);
        }
        byte[] bytes = number.ToByteArray(isUnsigned: number.Sign >= 0, isBigEndian: true);
        ReadOnlySpan<byte> low = bytes.AsSpan(Math.Max(0, bytes.Length - 32));
        low.CopyTo(word[(32 - low.Length)..]);
        return true;
    }

    private static bool TryReadInteger(JsonElement value, out BigInteger number)
    {
        const int DigitsMax = 80;
        number = default;
        string text;
        if (value.ValueKind == JsonValueKind.Number) text = value.GetRawText();
        else if (value.ValueKind == JsonValueKind.String) text = value.GetString()!;
        else return false;
        if (text.Length > DigitsMax) return false;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return BigInteger.TryParse(string.Concat("0", text.AsSpan(2)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
        return BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    private byte[] TypeHash(string type)
    {
        if (_typeHashes.TryGetValue(type, out byte[]? hash)) return hash;
        SortedSet<string> referenced = new(StringComparer.Ordinal);
        Collect(type, referenced);
        referenced.Remove(type);
        StringBuilder text = new();
        foreach (string name in referenced.Prepend(type))
        {
            text.Append(name).Append('(').AppendJoin(',', _types[name].Select(member => $"{member.Type} {member.Name}")).Append(')');
        }
        return _typeHashes[type] = Keccak256.Hash(Encoding.UTF8.GetBytes(text.ToString())).Bytes.ToArray();
    }

    private void Collect(string type, SortedSet<string> found)
    {
        Stack<string> open = new([type]);
        while (open.TryPop(out string? name))
        {
            if (!_types.TryGetValue(name, out List<Member>? members) || !found.Add(name)) continue;
            foreach (Member member in members) open.Push(member.Type.Split('[', 2)[0]);
        }
    }
}
