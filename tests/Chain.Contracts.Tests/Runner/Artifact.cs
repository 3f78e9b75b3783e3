using System.Text.Json;
using Chain.Core.Primitives;

namespace Chain.Contracts.Tests.Runner;

/// <summary>A function of a compiled contract.</summary>
/// <param name="Signature">Canonical signature.</param>
/// <param name="Types">Types of its parameters, canonical.</param>
/// <param name="ChangesState">False for view and pure functions.</param>
internal sealed record AbiFunction(string Signature, IReadOnlyList<string> Types, bool ChangesState)
{
    /// <summary>Name without parameters.</summary>
    public string Name => Signature[..Signature.IndexOf('(', StringComparison.Ordinal)];
}

/// <summary>A contract as forge compiled it to <c>contracts/out</c>.</summary>
internal sealed class Artifact
{
    private static readonly Lazy<IReadOnlyDictionary<string, Artifact>> Lazily = new(LoadAll);

    private readonly string _code;
    private readonly IReadOnlyList<(string Library, int StartBytes)> _links;
    private readonly byte[] _runtime;
    private readonly IReadOnlyList<(int StartBytes, int SizeBytes)> _holes;

    private Artifact(JsonElement json)
    {
        (Source, Name) = json.GetProperty("metadata").GetProperty("settings").GetProperty("compilationTarget").EnumerateObject().Select(p => (p.Name, p.Value.GetString()!)).Single();
        JsonElement abi = json.GetProperty("abi");
        Functions = [.. abi.EnumerateArray().Where(e => e.GetProperty("type").ValueEquals("function")).Select(FunctionOf)];
        Errors = [.. abi.EnumerateArray().Where(e => e.GetProperty("type").ValueEquals("error")).Select(SignatureOf)];
        _code = json.GetProperty("bytecode").GetProperty("object").GetString()![2..];
        _links = [.. Places(json.GetProperty("bytecode").GetProperty("linkReferences")).Select(p => (p.Key, p.StartBytes))];
        JsonElement runtime = json.GetProperty("deployedBytecode");
        // Addresses to link read as zeros; they are holes too.
        string code = System.Text.RegularExpressions.Regex.Replace(runtime.GetProperty("object").GetString()![2..], "__\\$[0-9a-f]{34}\\$__", new string('0', 40));
        _runtime = Convert.FromHexString(code);
        IEnumerable<(int, int)> immutables = runtime.TryGetProperty("immutableReferences", out JsonElement references) ? Ranges(references) : [];
        _holes = [.. immutables, .. Places(runtime.GetProperty("linkReferences")).Select(p => (p.StartBytes, p.SizeBytes))];
    }

    /// <summary>All contracts, by <c>source:name</c>.</summary>
    public static IReadOnlyDictionary<string, Artifact> All => Lazily.Value;

    /// <summary>Path of the source in the package.</summary>
    public string Source { get; }

    /// <summary>Name of the contract.</summary>
    public string Name { get; }

    /// <summary>Functions of the ABI.</summary>
    public IReadOnlyList<AbiFunction> Functions { get; }

    /// <summary>Signatures of the errors of the ABI.</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <summary>True for a contract that can be created.</summary>
    public bool HasCode => _code.Length > 0;

    /// <summary>Code that creates the contract.</summary>
    /// <param name="addressOf">Where a library is, by <c>source:name</c>.</param>
    public byte[] InitCode(Func<string, Address> addressOf)
    {
        char[] hex = _code.ToCharArray();
        foreach ((string library, int startBytes) in _links) addressOf(library).ToString().AsSpan(2).CopyTo(hex.AsSpan(2 * startBytes));
        return Convert.FromHexString(hex);
    }

    /// <summary>True for code that the contract has once created, whatever its immutables and libraries.</summary>
    public bool IsCodeOf(ReadOnlySpan<byte> code)
    {
        if (code.Length != _runtime.Length || code.IsEmpty) return false;
        byte[] bare = code.ToArray();
        foreach ((int start, int size) in _holes) bare.AsSpan(start, size).Clear();
        return bare.AsSpan().SequenceEqual(_runtime);
    }

    public override string ToString() => $"{Source}:{Name}";

    private static Dictionary<string, Artifact> LoadAll()
    {
        Dictionary<string, Artifact> all = [];
        foreach (string path in Directory.EnumerateFiles(Path.Combine(Repository.Contracts, "out"), "*.json", SearchOption.AllDirectories))
        {
            if (path.Contains("build-info", StringComparison.Ordinal)) continue;
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            Artifact artifact = new(document.RootElement);
            all[artifact.ToString()] = artifact;
        }
        return all;
    }

    private static AbiFunction FunctionOf(JsonElement entry) =>
        new(SignatureOf(entry), TypesOf(entry), !(entry.GetProperty("stateMutability").ValueEquals("view") || entry.GetProperty("stateMutability").ValueEquals("pure")));

    private static string SignatureOf(JsonElement entry) => $"{entry.GetProperty("name").GetString()}({string.Join(',', TypesOf(entry))})";

    private static List<string> TypesOf(JsonElement entry) => [.. entry.GetProperty("inputs").EnumerateArray().Select(TypeOf)];

    private static string TypeOf(JsonElement parameter)
    {
        string type = parameter.GetProperty("type").GetString()!;
        const string Tuple = "tuple";
        return type.StartsWith(Tuple, StringComparison.Ordinal)
            ? $"({string.Join(',', parameter.GetProperty("components").EnumerateArray().Select(TypeOf))}){type[Tuple.Length..]}"
            : type;
    }

    private static IEnumerable<(string Key, int StartBytes, int SizeBytes)> Places(JsonElement references) =>
        from source in references.EnumerateObject()
        from library in source.Value.EnumerateObject()
        from place in library.Value.EnumerateArray()
        select ($"{source.Name}:{library.Name}", place.GetProperty("start").GetInt32(), place.GetProperty("length").GetInt32());

    private static IEnumerable<(int, int)> Ranges(JsonElement references) =>
        references.EnumerateObject().SelectMany(r => r.Value.EnumerateArray()).Select(p => (p.GetProperty("start").GetInt32(), p.GetProperty("length").GetInt32()));
}
