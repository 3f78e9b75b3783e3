using System.Text.Json.Nodes;
using Chain.Node.Docs;
using Chain.Rpc.Docs;
using Chain.Rpc.Tests;

namespace Chain.Node.Tests.Docs;

/// <summary>The reference of the methods: every example executed over HTTP, its result checked against the declared type, and the page compared with the one in the repository.</summary>
public sealed class ReferenceTests
{
    private IReadOnlyList<ExecutedExample> _examples = [];
    private JsonObject _schemas = null!;

    [OneTimeSetUp]
    public async Task ExecuteAsync()
    {
        _examples = await ReferencePage.ExecuteAsync();
        _schemas = [];
        foreach (string name in WireTypes.Names) _schemas[name] = TypeNotation.ToSchema(WireTypes.Of(name));
    }

    [Test]
    public void Every_example_succeeds()
    {
        Assert.That(_examples, Has.Count.GreaterThan(150));
        Assert.Multiple(() =>
        {
            foreach (ExecutedExample example in _examples)
                Assert.That(example.Answer.ContainsKey("result"), Is.True, $"{example.Method.Name} {example.Parameters}: {example.Answer.ToJsonString()}");
        });
    }

    [Test]
    public void Every_result_has_the_declared_type()
    {
        Assert.Multiple(() =>
        {
            foreach (ExecutedExample example in _examples)
            {
                if (!example.Answer.ContainsKey("result") || example.Method.IsVolatile) continue;
                string? misfit = JsonSchema.Check(example.Answer["result"], TypeNotation.ToSchema(example.Method.Result), "$", _schemas);
                Assert.That(misfit, Is.Null, $"{example.Method.Name}: {misfit} in {example.Answer.ToJsonString()[..Math.Min(600, example.Answer.ToJsonString().Length)]}");
            }
        });
    }

    [Test]
    public void Every_method_says_what_it_does_and_what_it_gives()
    {
        Assert.Multiple(() =>
        {
            foreach (MethodDescription method in _examples.Select(example => example.Method))
            {
                Assert.That(method.Summary, Is.Not.Empty, method.Name);
                Assert.That(method.Result, Is.Not.EqualTo("Any"), $"{method.Name} declares no result");
            }
        });
    }

    [Test]
    public async Task The_page_in_the_repository_is_the_one_that_is_written_now()
    {
        string path = Path.Combine(Repository(), "docs", "rpc.md");
        Assert.That(File.Exists(path), Is.True, $"{path} is missing: run './chain docs rpc --out docs/rpc.md'");
        string written = ReferencePage.Write(_examples);
        string stored = await File.ReadAllTextAsync(path);
        if (written == stored) return;
        string[] ours = written.Split('\n');
        string[] theirs = stored.Split('\n');
        int line = Enumerable.Range(0, Math.Min(ours.Length, theirs.Length)).FirstOrDefault(i => ours[i] != theirs[i], Math.Min(ours.Length, theirs.Length));
        Assert.Fail($"docs/rpc.md differs in line {line + 1}; run './chain docs rpc --out docs/rpc.md'. Stored: {theirs.ElementAtOrDefault(line)} Written: {ours.ElementAtOrDefault(line)}");
    }

    private static string Repository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Chain.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("The repository was not found above the tests.");
    }
}
