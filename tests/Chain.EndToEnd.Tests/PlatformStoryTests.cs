using Chain.EndToEnd.Tests.Harness;

namespace Chain.EndToEnd.Tests;

/// <summary>The stories of the platform (contract specification, section 18) in contracts/stories, on one node that each sets back.</summary>
public sealed class PlatformStoryTests
{
    private NodeProcess _node = null!;

    private static string Folder => Path.Combine(Repository.Contracts, "stories");

    public static IEnumerable<TestCaseData> Stories => Directory.EnumerateFiles(Folder, "??-*.mjs").Order(StringComparer.Ordinal).Select(Path.GetFileNameWithoutExtension)
        .Select(name => new TestCaseData(name).SetArgDisplayNames(name!));

    [OneTimeSetUp]
    public async Task Start()
    {
        Tools.RequirePackages(Repository.Contracts);
        Tools.RequirePackages(Repository.Clients);
        _node = await NodeProcess.InMemoryAsync();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_node is null) return;
        Assert.That(_node.Errors, Is.Empty);
        await _node.DisposeAsync();
    }

    [TestCaseSource(nameof(Stories))]
    public async Task Story(string name)
    {
        using TemporaryFolder folder = new();
        string gas = folder.File("gas.md");
        ToolResult told = await Tools.RunAsync(Tools.Node, ["runner.mjs", name, "--url", _node.Url, "--gas", gas], Folder);
        Assert.That(told.ExitCode, Is.Zero, told.All);
        Assert.That(told.Output, Does.Contain("Gas per step").And.Contain("1 of 1 told"));
        Assert.That(await File.ReadAllTextAsync(gas), Does.Contain("| step | call | gas |"));
    }

    [Test]
    public async Task A_story_that_does_not_exist_and_a_node_that_does_not_answer_are_named()
    {
        ToolResult unknown = await Tools.RunAsync(Tools.Node, ["runner.mjs", "nothing", "--url", "http://127.0.0.1:1"], Folder);
        Assert.That(unknown.ExitCode, Is.EqualTo(2));
        Assert.That(unknown.Errors, Does.StartWith("There is no story 'nothing': 01-"));
        ToolResult silent = await Tools.RunAsync(Tools.Node, ["runner.mjs", "1", "--url", "http://127.0.0.1:1"], Folder);
        Assert.That(silent.ExitCode, Is.EqualTo(1));
        Assert.That(silent.Errors, Does.Contain("No node answers at http://127.0.0.1:1"));
    }
}
