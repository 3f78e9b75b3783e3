using System.Globalization;
using System.Text.Json;

namespace Chain.Node.Configuration;

/// <summary>A value of a configuration file.</summary>
/// <param name="Key">Name of the flag without its dashes: <c>http.port</c>.</param>
/// <param name="Values">The value, or the items of a list, as the flag would be given them.</param>
/// <param name="Line">Line it stands on; 0 where the format does not tell.</param>
public sealed record ConfigEntry(string Key, IReadOnlyList<string> Values, int Line);

/// <summary>
/// Reads a configuration file. Keys are the flags without their dashes, whole or by sections: <c>http.port = 1</c> or <c>[http]</c> and <c>port = 1</c> in TOML,
/// <c>{"http.port": 1}</c> or <c>{"http": {"port": 1}}</c> in JSON.
/// </summary>
public static class ConfigFile
{
    private const long SizeBytesMax = 1 << 20;

    /// <summary>Reads a file; one whose name ends in <c>.json</c> is JSON, any other TOML.</summary>
    /// <exception cref="UserException">It cannot be read or understood.</exception>
    public static IReadOnlyList<ConfigEntry> Read(string path)
    {
        string text;
        try
        {
            if (new FileInfo(path).Length > SizeBytesMax) throw new UserException($"The configuration file '{path}' is larger than {SizeBytesMax} bytes.");
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The configuration file '{path}' cannot be read: {e.Message}");
        }
        IReadOnlyList<ConfigEntry> entries = path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? ReadJson(text, path) : TomlReader.Read(text, path);
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (ConfigEntry entry in entries)
        {
            if (!seen.Add(entry.Key)) throw new UserException($"In '{path}', '{entry.Key}' stands twice{(entry.Line > 0 ? $", again on line {entry.Line}" : "")}.");
        }
        return entries;
    }

    private static List<ConfigEntry> ReadJson(string text, string path)
    {
        List<ConfigEntry> entries = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new UserException($"'{path}' holds no JSON object.");
            Flatten(document.RootElement, "", path, entries);
        }
        catch (JsonException e)
        {
            throw new UserException($"'{path}' is not JSON at line {(e.LineNumber + 1)?.ToString(CultureInfo.InvariantCulture)}.");
        }
        return entries;
    }

    private static void Flatten(JsonElement json, string prefix, string path, List<ConfigEntry> entries)
    {
        foreach (JsonProperty property in json.EnumerateObject())
        {
            string key = prefix + property.Name;
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    Flatten(property.Value, key + ".", path, entries);
                    break;
                case JsonValueKind.Array:
                    entries.Add(new ConfigEntry(key, [.. property.Value.EnumerateArray().Select(item => Scalar(item, key, path))], 0));
                    break;
                default:
                    entries.Add(new ConfigEntry(key, [Scalar(property.Value, key, path)], 0));
                    break;
            }
        }
    }

    private static string Scalar(JsonElement value, string key, string path) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw new UserException($"In '{path}', the value of '{key}' is neither text, number, true, false nor a list of them."),
    };
}
