using System.Collections.Concurrent;
using Chain.Compliance;
using Chain.Contracts.Tests.Runner;
using Chain.Core.Primitives;
using Chain.Node.Predeploys;

namespace Chain.Contracts.Tests;

/// <summary>The Solidity tests of <c>contracts/test</c>, run on this project's machine.</summary>
public sealed class SolidityTests
{
    private readonly ConcurrentDictionary<(string Contract, bool HasModules), TestSuite> _suites = [];
    private readonly ConcurrentDictionary<string, InvariantCampaign> _campaigns = [];

    private static IEnumerable<string> InvariantContracts => TestCatalogue.All.Where(t => t.IsInvariant).Select(t => t.Contract).Distinct();

    [OneTimeTearDown]
    public void Free()
    {
        foreach (TestSuite suite in _suites.Values) suite.Dispose();
    }

    [Test]
    public void Every_compiled_test_is_listed()
    {
        IEnumerable<string> compiled =
            from artifact in Artifact.All.Values
            where artifact.HasCode && artifact.Source.EndsWith(".t.sol", StringComparison.Ordinal)
            from function in artifact.Functions
            where function.Signature.StartsWith(SolidityTest.TestPrefix, StringComparison.Ordinal) || function.Signature.StartsWith(SolidityTest.InvariantPrefix, StringComparison.Ordinal)
            select $"{artifact}.{function.Name}";
        Assert.That(TestCatalogue.All.Select(t => t.ToString()), Is.EquivalentTo(compiled));
    }

    [TestCaseSource(typeof(TestCatalogue), nameof(TestCatalogue.Units))]
    public void Unit(SolidityTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        Outcome outcome = Suite(test.Contract).Run(test.Function + "()");
        Assert.That(outcome.Succeeded, $"{outcome.Status}: {RevertText.Of(outcome.Output)}");
    }

    /// <summary>The mirrors stand for the native modules under forge; here the modules themselves stand where the tests put the mirrors.</summary>
    [TestCaseSource(typeof(TestCatalogue), nameof(TestCatalogue.Units))]
    public void Unit_on_the_native_modules(SolidityTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        Outcome outcome = Suite(test.Contract, hasModules: true).Run(test.Function + "()");
        Assert.That(outcome.Succeeded, $"{outcome.Status}: {RevertText.Of(outcome.Output)}");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void The_native_modules_stand_where_tests_put_the_mirrors(bool hasModules)
    {
        TestWorld world = Suite("test/PermissionedToken.t.sol:PermissionedTokenTest", hasModules).World;
        world.Restart();
        foreach (Address module in new[] { ModuleAddresses.Kyc, ModuleAddresses.Engine, ModuleAddresses.Oracle })
        {
            Assert.That(world.IsModule(module), Is.EqualTo(hasModules));
            Assert.That(world.State.GetCode(world.State.GetAccount(module)).Length, hasModules ? Is.EqualTo(1) : Is.GreaterThan(1_000));
        }
    }

    [TestCaseSource(typeof(TestCatalogue), nameof(TestCatalogue.Fuzzed))]
    public void Fuzz(SolidityTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        TestSuite suite = Suite(test.Contract);
        AbiFunction function = suite.Artifact.Functions.Single(f => f.Name == test.Function);
        ArgumentSource source = new(FoundrySettings.Seed);
        for (int run = 0; run < FoundrySettings.FuzzRuns; run++)
        {
            AbiValue[] arguments = source.Arguments(function.Types);
            Outcome outcome = suite.Run(function.Signature, arguments);
            if (!outcome.Succeeded) Assert.Fail($"run {run}: {outcome.Status}: {RevertText.Of(outcome.Output)} with 0x{Convert.ToHexStringLower(AbiValue.Encode(arguments))}");
        }
    }

    [TestCaseSource(typeof(TestCatalogue), nameof(TestCatalogue.Invariants))]
    public void Invariant(SolidityTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        Assert.That(Campaign(test.Contract).Problem(test.Function + "()"), Is.Null);
    }

    [TestCaseSource(nameof(InvariantContracts))]
    public void Every_function_of_a_handler_succeeds_in_some_sequence(string contract)
    {
        InvariantCampaign campaign = Campaign(contract);
        foreach ((string function, CallCount count) in campaign.Counts) TestContext.Out.WriteLine($"{function}: {count.Succeeded} of {count.Calls} calls succeeded");
        Assert.That(campaign.Counts.Where(c => c.Value.Succeeded == 0).Select(c => c.Key), Is.Empty);
        Assert.That(campaign.Counts.Values.Sum(c => c.Calls), Is.AtLeast(FoundrySettings.InvariantRuns * FoundrySettings.InvariantDepth));
    }

    private TestSuite Suite(string contract, bool hasModules = false) =>
        _suites.GetOrAdd((contract, hasModules), key => new TestSuite(Artifact.All[key.Contract], hasModules: key.HasModules));

    /// <summary>One campaign for all invariants of a contract.</summary>
    private InvariantCampaign Campaign(string contract) => _campaigns.GetOrAdd(contract, key => new InvariantCampaign(
        Suite(key), TestCatalogue.All.Where(t => t.IsInvariant && t.Contract == key).Select(t => t.Function + "()"), FoundrySettings.InvariantRuns, FoundrySettings.InvariantDepth, FoundrySettings.Seed));
}
