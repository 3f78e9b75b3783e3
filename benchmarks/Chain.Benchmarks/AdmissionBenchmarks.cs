using BenchmarkDotNet.Attributes;
using Chain.Consensus.Pool;
using Chain.Core.Types;

namespace Chain.Benchmarks;

/// <summary>Time to admit a signed transfer into the pool, its sender known already: mode 0, and mode 2 with every sender an identity of its own.</summary>
public class AdmissionBenchmarks : IDisposable
{
    private const int Transfers = 1_000;
    private const ulong TransferGas = 21_000;

    private readonly Transaction[] _transfers = [.. Enumerable.Range(0, Transfers).Select(i => Samples.Call(i, 0, Samples.Recipient(i), 1, [], TransferGas))];
    private ChainBench _chain = null!;

    [Params(0, 2)]
    public byte Mode { get; set; }

    [IterationSetup]
    public void Setup()
    {
        _chain?.Dispose();
        _chain = new ChainBench(StoreKind.Memory, Transfers, Mode);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _chain?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Transfers)]
    public int Admit()
    {
        int accepted = 0;
        foreach (Transaction transfer in _transfers)
        {
            PoolAddResult result = _chain.Manager.Pool.Add(transfer, isLocal: true);
            if (result.IsAccepted) accepted++;
        }
        return accepted == Transfers ? accepted : throw new InvalidOperationException($"{accepted} of {Transfers} transfers were admitted.");
    }
}
