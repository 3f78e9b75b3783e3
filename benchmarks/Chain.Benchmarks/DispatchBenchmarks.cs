using BenchmarkDotNet.Attributes;
using Chain.Evm.Dispatch;

namespace Chain.Benchmarks;

/// <summary>
/// Nanoseconds per opcode of the dispatchers with all opcodes (<c>OperationsPerInvoke</c> is the number of opcodes): the chain, the plain loop over function
/// pointers, and the dense switch that was rejected. Run: <c>dotnet run -c Release --project benchmarks/Chain.Benchmarks -- --filter '*Dispatch*'</c>.
/// </summary>
public class DispatchBenchmarks : IDisposable
{
    private const int CountdownOpcodes = 7;
    private const int MixedOpcodes = 23;
    private const int ScatteredOpcodes = 1_000;
    private const int CountdownRounds = 100_000;
    private const int MixedRounds = 20_000;
    private const int ScatteredRounds = 500;
    private const int CallRounds = 10_000;

    private DispatchPrograms _countdown = null!;
    private DispatchPrograms _mixed = null!;
    private DispatchPrograms _scattered = null!;
    private DispatchPrograms _calls = null!;

    /// <summary>Which dispatcher.</summary>
    public enum Candidate
    {
        /// <summary>The chain of handlers.</summary>
        TailCalls,

        /// <summary>The loop over function pointers.</summary>
        Loop,

        /// <summary>The dense switch.</summary>
        Switch,
    }

    [Params(Candidate.TailCalls, Candidate.Loop, Candidate.Switch)]
    public Candidate Dispatcher { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _countdown = new DispatchPrograms(Make(), DispatchPrograms.Countdown(CountdownRounds));
        _mixed = new DispatchPrograms(Make(), DispatchPrograms.Mixed(MixedRounds));
        _scattered = new DispatchPrograms(Make(), DispatchPrograms.Scattered(ScatteredOpcodes, ScatteredRounds));
        _calls = new DispatchPrograms(Make(), DispatchPrograms.Calls(CallRounds));
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _countdown.Dispose();
        _mixed.Dispose();
        _scattered.Dispose();
        _calls.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = CountdownOpcodes * CountdownRounds)]
    public ulong Countdown() => _countdown.Run();

    [Benchmark(OperationsPerInvoke = MixedOpcodes * MixedRounds)]
    public ulong Mixed() => _mixed.Run();

    [Benchmark(OperationsPerInvoke = ScatteredOpcodes * ScatteredRounds)]
    public ulong Scattered() => _scattered.Run();

    /// <summary>Nanoseconds per call, its loop of 15 other opcodes included.</summary>
    [Benchmark(OperationsPerInvoke = CallRounds)]
    public ulong Calls() => _calls.Run();

    private IDispatcher Make() => Dispatcher switch
    {
        Candidate.TailCalls => new TailCallDispatcher(),
        Candidate.Loop => new LoopDispatcher<Off>(),
        _ => new DispatchSwitchLoop(),
    };
}
