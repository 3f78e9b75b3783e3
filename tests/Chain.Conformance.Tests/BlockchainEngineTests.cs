using Chain.Evm;
using Chain.Node.Conformance;

namespace Chain.Conformance.Tests;

/// <summary>Engine-format fixtures: the light ones of the benchmark archive by default, the whole archive (some minutes) when asked for by name.</summary>
public sealed class BlockchainEngineTests
{
    private const string Archive = "eest-benchmark";

    [Test]
    public void Every_case_of_one_million_gas_passes([Values] DispatcherKind dispatcher) => Run("benchmark-gas-value_1M", 66, dispatcher);

    [Test]
    [Explicit("Some minutes of execution: run it by name.")]
    public void Every_case_passes([Values] DispatcherKind dispatcher) => Run(null, 462, dispatcher);

    private static void Run(string? filter, int cases, DispatcherKind dispatcher)
    {
        ConformanceReport report = EngineTestRunner.RunFolder(new BlockchainTestOptions { Folder = EthereumTestData.Folder(Archive), Filter = filter, Dispatchers = [dispatcher] });

        Assert.That(report.Failures, Is.Empty);
        Assert.That(report.Passed, Is.EqualTo(cases));
        Assert.That(report.Timings, Has.Count.EqualTo(cases));
    }
}
