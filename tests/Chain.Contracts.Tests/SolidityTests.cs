using System.Collections.Concurrent;
using Chain.Contracts.Tests.Runner;

namespace Chain.Contracts.Tests;

/// <summary>The Solidity tests of <c>contracts/test</c>, run on this project's machine.</summary>
public sealed class SolidityTests
{
    private readonly ConcurrentDictionary<string, TestSuite> _suites = [];

    [OneTimeTearDown]
    public void Free()
    {
        foreach (TestSuite suite in _suites.Values) suite.Dispose();
    }

    [TestCaseSource(typeof(TestCatalogue), nameof(TestCatalogue.Units))]
    public void Unit(SolidityTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        Outcome outcome = Suite(test).Run(test.Function + "()");
        Assert.That(outcome.Succeeded, $"{outcome.Status}: {RevertText.Of(outcome.Output)}");
    }

    [Test]
    public void Every_compiled_test_is_listed()
    {
        IEnumerable<string> compiled =
            from artifact in Artifact.All.Values
            where artifact.HasCode && artifact.Source.EndsWith(".t.sol", StringComparison.Ordinal)
            from function in artifact.Functions
            where function.Signature.StartsWith(SolidityTest.TestPrefix, StringComparison.Ordinal) || function.Signature.StartsWith(SolidityTest.InvariantPrefix, StringComparison.Ordinal)
            select $"{artifact}.{function.Signature[..function.Signature.IndexOf('(', StringComparison.Ordinal)]}";
        Assert.That(TestCatalogue.All.Select(t => t.ToString()), Is.EquivalentTo(compiled));
    }

    private TestSuite Suite(SolidityTest test) => _suites.GetOrAdd(test.Contract, key => new TestSuite(Artifact.All[key]));
}
