using BenchmarkDotNet.Attributes;

namespace Chain.Benchmarks;

/// <summary>
/// Calls of the native modules against the same calls of their Solidity mirrors on the same machine, warm within one transaction; the setup prints the gas of each, cold and warm.
/// And rule S as the pool asks it. The specification wants at least 50,000 <c>kycStatus</c> and 5,000 <c>transferred</c> a second on one core (section 8, item 13).
/// </summary>
public class ComplianceBenchmarks : IDisposable
{
    private ComplianceBench _bench = null!;

    [Params(ModuleKind.Native, ModuleKind.Mirror)]
    public ModuleKind Module { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _bench = new ComplianceBench(Module);
        foreach ((string name, Func<ulong> run) in _bench.Calls)
        {
            _bench.BeginTransaction();
            ulong cold = run();
            // What is undone is cold again: a second call of a writing function is measured as the first.
            Console.WriteLine($"// Gas {Module} {name}: first {cold}, then {run()}");
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _bench.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public ulong KycStatus() => _bench.Status();

    [Benchmark]
    public ulong CanTransfer0Rules() => _bench.CanTransfer(0);

    [Benchmark]
    public ulong CanTransfer5Rules() => _bench.CanTransfer(1);

    [Benchmark]
    public ulong CanTransfer16Rules() => _bench.CanTransfer(2);

    [Benchmark]
    public ulong Transferred5Rules() => _bench.Transferred(1);

    [Benchmark]
    public ulong Submit7Reporters() => _bench.Submit();

    [Benchmark]
    public ulong ReadFresh() => _bench.ReadFresh();

    /// <summary>Rule S of an eligible sender: what mode 2 adds to the admission of a transaction. The chain reads the slots itself, whoever answers calls.</summary>
    [Benchmark]
    public byte RuleS() => _bench.RuleS();
}
