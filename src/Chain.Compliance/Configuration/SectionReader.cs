using System.Text.Json;
using Chain.Core.Primitives;

namespace Chain.Compliance.Configuration;

/// <summary>Reads one JSON object strictly. The first error stays and makes all later reads answer empty.</summary>
internal sealed class SectionReader
{
    private readonly string _path;
    private readonly Dictionary<string, JsonElement> _members = [];
    private readonly ErrorSlot _error;

    public SectionReader(string path, JsonElement element, ErrorSlot error, params string[] keys)
    {
        _path = path;
        _error = error;
        if (element.ValueKind != JsonValueKind.Object)
        {
            error.Set($"{path}: an object is expected, not {element.ValueKind}.");
            return;
        }
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!keys.Contains(member.Name)) error.Set($"{path}.{member.Name} is not a known key. {KeyAdvice.For(member.Name, keys)}");
            else if (!_members.TryAdd(member.Name, member.Value)) error.Set($"{path}.{member.Name} stands twice; keep one.");
        }
    }

    public bool Has(string key) => _members.ContainsKey(key);

    public ulong? Number(string key, ulong max)
    {
        if (!_members.TryGetValue(key, out JsonElement value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out ulong number) && number <= max) return number;
        _error.Set($"{_path}.{key} is {value.GetRawText()}; a whole number from 0 to {max} is expected.");
        return null;
    }

    public ulong RequiredNumber(string key, ulong max)
    {
        if (!Has(key)) _error.Set($"{_path}.{key} is missing; a whole number from 0 to {max} is expected.");
        return Number(key, max) ?? 0;
    }

    public bool? Flag(string key)
    {
        if (!_members.TryGetValue(key, out JsonElement value)) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        _error.Set($"{_path}.{key} is {value.GetRawText()}; true or false is expected.");
        return null;
    }

    public Address? Address(string key) => _members.TryGetValue(key, out JsonElement value) ? Address($"{_path}.{key}", value) : null;

    public Hash256? Hash(string key)
    {
        if (!_members.TryGetValue(key, out JsonElement value)) return null;
        if (value.ValueKind == JsonValueKind.String && Hash256.TryParse(value.GetString(), out Hash256 hash)) return hash;
        _error.Set($"{_path}.{key} is {value.GetRawText()}; a string of 0x and 64 hex digits is expected.");
        return null;
    }

    public IReadOnlyList<Address> Addresses(string key) => [.. Items(key).Select(i => Address(i.Path, i.Value) ?? default)];

    public IReadOnlyList<(string Path, JsonElement Value)> Items(string key)
    {
        if (!_members.TryGetValue(key, out JsonElement value)) return [];
        if (value.ValueKind == JsonValueKind.Array) return [.. value.EnumerateArray().Select((v, i) => ($"{_path}.{key}[{i}]", v))];
        _error.Set($"{_path}.{key} is {value.ValueKind}; an array is expected.");
        return [];
    }

    public bool TryGet(string key, out JsonElement value) => _members.TryGetValue(key, out value);

    private Address? Address(string path, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && Core.Primitives.Address.TryParse(value.GetString(), out Address address)) return address;
        _error.Set($"{path} is {value.GetRawText()}; a string of 0x and 40 hex digits is expected.");
        return null;
    }
}

/// <summary>Holds the first error.</summary>
internal sealed class ErrorSlot
{
    public string? First { get; private set; }

    public void Set(string message) => First ??= message;
}
