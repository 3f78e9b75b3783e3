using System.Xml.Linq;

namespace Chain.Architecture.Tests;

/// <summary>The rooms may refer to one another only as ARCHITECTURE.md draws it; read from the project files, so that a new reference fails here first.</summary>
public sealed class ReferenceDirectionTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Chain.Core"] = [],
        ["Chain.Trie"] = ["Chain.Core"],
        ["Chain.Storage"] = ["Chain.Core", "Chain.Trie"],
        ["Chain.Evm"] = ["Chain.Core"],
        ["Chain.Compliance"] = ["Chain.Core", "Chain.Evm"],
        ["Chain.Precompiles"] = ["Chain.Compliance", "Chain.Core", "Chain.Evm"],
        ["Chain.Consensus"] = ["Chain.Compliance", "Chain.Core", "Chain.Evm", "Chain.Storage", "Chain.Trie"],
        ["Chain.Network"] = ["Chain.Core"],
        ["Chain.Rpc"] = ["Chain.Compliance", "Chain.Consensus", "Chain.Core", "Chain.Evm", "Chain.Storage", "Chain.Trie"],
        ["Chain.Node"] =
        [
            "Chain.Compliance", "Chain.Consensus", "Chain.Core", "Chain.Evm", "Chain.Network", "Chain.Precompiles", "Chain.Rpc", "Chain.Storage", "Chain.Trie",
        ],
    };

    private static readonly string[] PackagesOfTheNodeOnly = ["System.CommandLine", "Spectre.Console", "OpenTelemetry", "OpenTelemetry.Exporter.OpenTelemetryProtocol"];

    private static string Root
    {
        get
        {
            string? folder = TestContext.CurrentContext.TestDirectory;
            while (folder is not null && !File.Exists(Path.Combine(folder, "Chain.sln"))) folder = Path.GetDirectoryName(folder);
            return folder ?? throw new InvalidOperationException("Chain.sln was not found above the test's folder.");
        }
    }

    private static IEnumerable<string> Rooms => Directory.GetDirectories(Path.Combine(Root, "src")).Select(d => Path.GetFileName(d)!).Order();

    [Test]
    public void Every_room_is_known_to_the_design() => Assert.That(Rooms, Is.EquivalentTo(Allowed.Keys));

    [TestCaseSource(nameof(Rooms))]
    public void A_room_refers_only_where_the_arrows_point(string room)
    {
        XDocument project = LoadProject(room);
        IEnumerable<string?> references = project.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.That(references, Is.SubsetOf(Allowed[room]));
    }

    [TestCaseSource(nameof(Rooms))]
    public void A_room_below_the_node_uses_no_package(string room)
    {
        string[] packages = [.. LoadProject(room).Descendants("PackageReference").Select(p => p.Attribute("Include")!.Value)];
        Assert.That(packages, room == "Chain.Node" ? Is.SubsetOf(PackagesOfTheNodeOnly) : Is.Empty);
    }

    [TestCaseSource(nameof(Rooms))]
    public void No_room_is_empty(string room)
    {
        IEnumerable<string> sources = Directory.EnumerateFiles(Path.Combine(Root, "src", room), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        Assert.That(sources, Is.Not.Empty);
    }

    [Test]
    public void The_arrows_have_no_cycle()
    {
        foreach ((string room, string[] targets) in Allowed)
        {
            foreach (string target in targets) Assert.That(Allowed[target], Does.Not.Contain(room), $"{room} and {target} refer to each other");
        }
    }

    [TestCaseSource(nameof(Rooms))]
    public void A_namespace_is_its_folder(string room)
    {
        string source = Path.Combine(Root, "src");
        foreach (string file in Directory.EnumerateFiles(Path.Combine(source, room), "*.cs", SearchOption.AllDirectories))
        {
            if (file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)) continue;
            string? declared = File.ReadLines(file).FirstOrDefault(l => l.StartsWith("namespace ", StringComparison.Ordinal));
            if (declared is null) continue;
            string expected = Path.GetRelativePath(source, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');
            Assert.That(declared, Is.EqualTo($"namespace {expected};"), file);
        }
    }

    private static XDocument LoadProject(string room) => XDocument.Load(Path.Combine(Root, "src", room, room + ".csproj"));
}
