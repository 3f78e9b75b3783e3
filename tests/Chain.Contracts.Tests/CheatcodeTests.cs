using System.Text.RegularExpressions;
using Chain.Contracts.Tests.Runner;

namespace Chain.Contracts.Tests;

/// <summary>What must fail fails here too: a runner that passes everything passes nothing. (What must hold is among <see cref="SolidityTests"/>.)</summary>
public sealed partial class CheatcodeTests
{
    /// <summary>The source.</summary>
    public const string Source = "test/Cheatcodes.t.sol";

    /// <summary>The start of the names of functions that must fail.</summary>
    public const string FailingPrefix = "fails_";

    private TestSuite _suite = null!;

    /// <summary>Names of the functions that must fail.</summary>
    public static IEnumerable<string> Failing => FailingFunctions().Matches(File.ReadAllText(Path.Combine(Repository.Contracts, Source))).Select(m => m.Groups[1].Value);

    [OneTimeSetUp]
    public void SetUp() => _suite = new TestSuite(Artifact.All[Source + ":CheatcodesTest"]);

    [OneTimeTearDown]
    public void Free() => _suite.Dispose();

    [TestCaseSource(nameof(Failing))]
    public void Fails(string function)
    {
        Outcome outcome = _suite.Run(function + "()");
        Assert.That(outcome.Succeeded, Is.False);
        TestContext.Out.WriteLine(RevertText.Of(outcome.Output));
    }

    [Test]
    public void An_invariant_that_breaks_is_told_with_its_calls()
    {
        using TestSuite suite = new(Artifact.All[Source + ":CounterSequences"]);
        InvariantCampaign campaign = new(suite, ["holds()", "breaks()"], runs: 4, depth: 16, seed: 1);
        Assert.That(campaign.Problem("holds()"), Is.Null);
        Assert.That(campaign.Problem("breaks()"), Does.Contain("NotBelow(").And.Contains("Counter.add 0x"));
        Assert.That(campaign.Counts["Counter.refuse"].Succeeded, Is.Zero);
        Assert.That(campaign.Counts["Counter.add"].Succeeded, Is.EqualTo(campaign.Counts["Counter.add"].Calls).And.Positive);
    }

    [GeneratedRegex($@"function ({FailingPrefix}\w+)\(")]
    private static partial Regex FailingFunctions();
}
