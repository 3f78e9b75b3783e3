using Chain.EndToEnd.Tests.Harness;

namespace Chain.EndToEnd.Tests;

/// <summary>A Hardhat 2 project on OpenZeppelin contracts and on the package of contracts/, as its users run it: clients/hardhat.</summary>
[TestFixture("instant")]
[TestFixture("1")]
public sealed class HardhatTests(string blockTime)
{
    private static string Project => Path.Combine(Repository.Clients, "hardhat");

    [Test]
    public async Task The_projects_own_tests_pass()
    {
        Tools.RequirePackages(Project);
        using TemporaryFolder work = new();
        await using NodeProcess node = await NodeProcess.InMemoryAsync(BlockTimes.Flags(blockTime));
        Dictionary<string, string> variables = new() { ["CHAIN_URL"] = node.Url, ["HARDHAT_WORK"] = work.Path, ["HARDHAT_DISABLE_TELEMETRY_PROMPT"] = "true", ["HOME"] = work.Path };
        ToolResult result = await Tools.RunAsync(Tools.Node, ["node_modules/hardhat/internal/cli/bootstrap.js", "test"], Project, variables);
        Assert.That(result.ExitCode, Is.Zero, result.All);
        Assert.That(result.Output, Does.Contain("9 passing").And.Not.Contain("failing"));
        Assert.That(node.Errors, Is.Empty);
    }
}
