using BenchmarkDotNet.Attributes;
using Chain.Compliance.Engine;

namespace Chain.Benchmarks;

/// <summary>
/// <c>transfer</c> of a PermissionedToken as genesis installs it, behind its beacon proxy, each in a transaction of its own with cold slots: the native modules decide, or their
/// Solidity mirrors at the same addresses over the same storage. The setup prints the gas of each without the transaction's own 21,000.
/// </summary>
public class PermissionedTokenTransferBenchmarks : IDisposable
{
    private PermissionedTokenBench _bench = null!;

    [Params(ModuleKind.Native, ModuleKind.Mirror)]
    public ModuleKind Module { get; set; }

    /// <summary>Rules that the engine checks.</summary>
    [Params(0, 5, 16)]
    public int Rules { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _bench = new PermissionedTokenBench(Module, Rules switch { 0 => RuleMask.None, 5 => TokenRules.Five, _ => TokenRules.All });
        if (_bench.Delivered() != TokenRules.AmountUnits) throw new InvalidOperationException("The transfer did not deliver.");
        Console.WriteLine($"// Gas {Module} {Rules} rules: {_bench.Transfer()}");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _bench.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public ulong Transfer() => _bench.Transfer();
}
