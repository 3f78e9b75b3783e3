using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Chain.Core.Primitives;
using Word = Chain.Core.Numeric.UInt256;

namespace Chain.Core.Forks;

/// <summary>
/// The members of one object of a configuration file. Numbers may be JSON integers or strings, decimal or with 0x. Null counts as absent.
/// The first error of an object and of those nested in it sticks.
/// </summary>
internal sealed class JsonFields
{
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly JsonFields _root;
    private string? _error;

    public JsonFields(JsonElement element, string path, string[] knownKeys)
        : this(element, path, knownKeys, null)
    {
    }

    private JsonFields(JsonElement element, string path, string[] knownKeys, JsonFields? root)
    {
        _path = path;
        _root = root ?? this;
        if (element.ValueKind != JsonValueKind.Object)
        {
            Fail($"{(path.Length == 0 ? "The genesis file" : path)} is not a JSON object: put its members in braces.");
            return;
        }
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (Array.IndexOf(knownKeys, member.Name) < 0)
            {
                string nearest = knownKeys.MinBy(key => Distance(key, member.Name))!;
                Fail($"{Name(member.Name)} is not a known key: did you mean \"{nearest}\"? Correct the name or remove the key.");
            }
            if (member.Value.ValueKind != JsonValueKind.Null) _members[member.Name] = member.Value;
        }
    }

    /// <summary>The first error.</summary>
    public string? Error => _root._error;

    public JsonFields Nested(JsonElement element, string path, string[] knownKeys) => new(element, path, knownKeys, _root);

    public void Fail(string error) => _root._error ??= error;

    public bool Has(string key) => _members.ContainsKey(key);

    public JsonElement? Get(string key) => _members.TryGetValue(key, out JsonElement element) ? element : null;

    public JsonElement? Object(string key)
    {
        if (Get(key) is not { } element) return null;
        if (element.ValueKind == JsonValueKind.Object) return element;
        Fail($"{Name(key)} is not a JSON object: put its members in braces.");
        return null;
    }

    public IEnumerable<JsonProperty> Members(string key) => Object(key) is { } element ? element.EnumerateObject() : [];

    public bool? Bool(string key)
    {
        if (Get(key) is not { } element) return null;
        if (element.ValueKind is JsonValueKind.True or JsonValueKind.False) return element.GetBoolean();
        Reject(key, element, "true or false");
        return null;
    }

    public ulong? UInt64(string key)
    {
        if (Get(key) is not { } element) return null;
        if (TryParseNumber(element, out BigInteger value) && value <= ulong.MaxValue) return (ulong)value;
        Reject(key, element, "a whole number below 2^64, decimal or with 0x,");
        return null;
    }

    public Word? UInt256(string key)
    {
        if (Get(key) is not { } element) return null;
        if (TryParseNumber(element, out BigInteger value) && value.GetBitLength() <= 256) return Word.FromBigInteger(value);
        Reject(key, element, "a whole number below 2^256, decimal or with 0x,");
        return null;
    }

    public byte[] Bytes(string key)
    {
        if (Get(key) is not { } element) return [];
        if (element.ValueKind == JsonValueKind.String && Hex.TryDecode(element.GetString(), out byte[] bytes)) return bytes;
        Reject(key, element, "0x and an even number of hex digits");
        return [];
    }

    public Hash256? Hash(string key)
    {
        if (Get(key) is not { } element) return null;
        if (element.ValueKind == JsonValueKind.String && Hash256.TryParse(element.GetString(), out Hash256 hash)) return hash;
        Reject(key, element, "0x and 64 hex digits");
        return null;
    }

    public Address? Address(string key)
    {
        if (Get(key) is not { } element) return null;
        if (element.ValueKind == JsonValueKind.String && Primitives.Address.TryParse(element.GetString(), out Address address)) return address;
        Reject(key, element, "0x and 40 hex digits");
        return null;
    }

    /// <summary>Up to 64 hex digits, with or without 0x, padded on the left.</summary>
    public static bool TryParseHexWord(string text, out Word value)
    {
        value = default;
        ReadOnlySpan<char> digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text;
        if (digits.Length is 0 or > 64) return false;
        if (!BigInteger.TryParse(string.Concat("0", digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out BigInteger number)) return false;
        value = Word.FromBigInteger(number);
        return true;
    }

    /// <summary>Longest number text that is looked at: 2^256 has 78 decimal digits, and padding is usual.</summary>
    private const int NumberCharsMax = 256;

    private static bool TryParseNumber(JsonElement element, out BigInteger value)
    {
        value = default;
        string? text = element.ValueKind switch
        {
            JsonValueKind.Number => element.GetRawText(),
            JsonValueKind.String => element.GetString(),
            _ => null,
        };
        if (text is null || text.Length is 0 or > NumberCharsMax) return false;
        if (!text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)) return BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        return text.Length > 2 && BigInteger.TryParse(string.Concat("0", text.AsSpan(2)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private string Name(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    private void Reject(string key, JsonElement element, string expected)
    {
        string text = element.GetRawText();
        if (text.Length > 100) text = string.Concat(text.AsSpan(0, 100), "...");
        Fail($"{Name(key)} = {text} is not valid: {expected} is expected.");
    }

    /// <summary>Levenshtein distance without regard to case.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substitution = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
