using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Chain.Core.Numeric;

namespace Chain.Conformance.Tests.Basic;

/// <summary>Reading of the basic fixtures: objects of named cases, numbers with any padding.</summary>
internal static class Fixtures
{
    /// <summary>The cases of every JSON file below the folder, each with its file's name.</summary>
    public static IEnumerable<(string Name, JsonElement Case)> Read(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(EthereumTestData.Folder(folder), "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (JsonProperty test in document.RootElement.EnumerateObject()) yield return ($"{Path.GetFileName(file)}/{test.Name}", test.Value.Clone());
        }
    }

    public static UInt256 Number(this JsonElement element, string key)
    {
        string text = element.GetProperty(key).GetString()!;
        return UInt256.FromBigInteger(BigInteger.Parse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }

    public static ulong UInt64(this JsonElement element, string key) => (ulong)element.Number(key);
}
