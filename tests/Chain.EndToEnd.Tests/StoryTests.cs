using Chain.EndToEnd.Tests.Harness;

namespace Chain.EndToEnd.Tests;

/// <summary>The example in examples/permissioned-token, as its reader runs it.</summary>
public sealed class StoryTests
{
    [Test]
    public async Task The_story_of_the_permissioned_token_runs_to_its_end_and_runs_again()
    {
        Tools.RequirePackages(Repository.Example);
        await using NodeProcess node = await NodeProcess.InMemoryAsync();
        for (int run = 0; run < 2; run++)
        {
            ToolResult story = await Tools.RunAsync(Tools.Node, ["story.mjs", node.Url], Repository.Example);
            Assert.That(story.ExitCode, Is.Zero, story.All);
            string[] steps = story.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.That(steps, Has.Length.EqualTo(11));
            Assert.That(story.Output, Does.Contain("'receiver: not registered'").And.Contain("code -32007").And.Contain("IDENTITY_FROZEN").And.Contain("proved against state root"));
        }
        Assert.That(node.Errors, Is.Empty);
    }

    [Test]
    public async Task The_story_says_what_is_wrong_when_no_node_runs()
    {
        Tools.RequirePackages(Repository.Example);
        ToolResult story = await Tools.RunAsync(Tools.Node, ["story.mjs", "http://127.0.0.1:1"], Repository.Example);
        Assert.That(story.ExitCode, Is.EqualTo(1));
        Assert.That(story.Errors.Trim(), Is.EqualTo("No node answers at http://127.0.0.1:1: start one with './chain dev' in another terminal."));
    }
}
