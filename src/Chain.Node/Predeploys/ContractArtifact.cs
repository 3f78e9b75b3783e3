using System.Reflection;
using System.Text.Json;
using Chain.Core.Primitives;

namespace Chain.Node.Predeploys;

/// <summary>A compiled contract of <c>contracts/build</c>, which this program carries.</summary>
public sealed class ContractArtifact
{
    private const string ResourcePrefix = "Chain.Node.contracts.";

    private readonly string _bytecode;
    private readonly List<(string Library, int StartBytes)> _links;

    private ContractArtifact(string name, string bytecode, string runtimeCode, List<(string Library, int StartBytes)> links)
    {
        Name = name;
        RuntimeCode = runtimeCode;
        _bytecode = bytecode;
        _links = links;
    }

    /// <summary>Name of the contract.</summary>
    public string Name { get; }

    /// <summary>Code of the contract as hex, for one that has neither constructor nor libraries nor immutables.</summary>
    public string RuntimeCode { get; }

    /// <summary>Names of all contracts carried.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(n => n.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .Select(n => n[ResourcePrefix.Length..^".json".Length]).Order(StringComparer.Ordinal),
    ];

    /// <summary>Reads a contract.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static ContractArtifact Load(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{ResourcePrefix}{name}.json")
            ?? throw new InvalidOperationException($"No artifact {name} is embedded: run npm run build in contracts/.");
        using JsonDocument document = JsonDocument.Parse(stream);
        List<(string, int)> links = [];
        foreach (JsonProperty unit in document.RootElement.GetProperty("linkReferences").EnumerateObject())
        {
            foreach (JsonProperty library in unit.Value.EnumerateObject())
            {
                foreach (JsonElement place in library.Value.EnumerateArray()) links.Add((library.Name, place.GetProperty("start").GetInt32()));
            }
        }
        return new ContractArtifact(name, document.RootElement.GetProperty("bytecode").GetString()!, document.RootElement.GetProperty("deployedBytecode").GetString()!, links);
    }

    /// <summary>Code that creates the contract, with its libraries linked.</summary>
    /// <param name="addressOfLibrary">Where a library is.</param>
    public byte[] InitCode(Func<string, Address> addressOfLibrary)
    {
        char[] hex = _bytecode.ToCharArray();
        foreach ((string library, int startBytes) in _links)
        {
            addressOfLibrary(library).ToString().AsSpan(2).CopyTo(hex.AsSpan(2 + (2 * startBytes)));
        }
        return Hex.Decode(hex);
    }
}
