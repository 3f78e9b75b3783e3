using BenchmarkDotNet.Attributes;
using Chain.Core.Primitives;
using Chain.Evm;

namespace Chain.Benchmarks;

/// <summary>Time of one call with the 14 or so opcodes around it: to an account without code, to STOP, and nested down to the depth limit.</summary>
public class CallFrameBenchmarks : IDisposable
{
    private const int Calls = 1_000;
    private const int DepthMax = 1_024;

    private static readonly Address Callee = Address.FromNumber(0xca11ee);

    private EvmBench _empty = null!;
    private EvmBench _stop = null!;
    private EvmBench _nested = null!;

    [Params(DispatcherKind.TailCalls, DispatcherKind.Loop)]
    public DispatcherKind Dispatcher { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _empty = new EvmBench(Dispatcher, CallLoop(), state => state.SetAccount(Callee, 1, 1, default));
        _stop = new EvmBench(Dispatcher, CallLoop(), state => state.SetAccount(Callee, 1, 1, new byte[] { 0x00 }));
        // PUSH0 five times ADDRESS GAS CALL: calls itself until the depth limit refuses.
        _nested = new EvmBench(Dispatcher, [0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x30, 0x5a, 0xf1]);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _empty.Dispose();
        _stop.Dispose();
        _nested.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Calls)]
    public ulong CallEmptyAccount() => _empty.Run();

    [Benchmark(OperationsPerInvoke = Calls)]
    public ulong CallStop() => _stop.Run();

    [Benchmark(OperationsPerInvoke = DepthMax)]
    public ulong CallNested() => _nested.Run();

    /// <summary>PUSH2 count; JUMPDEST, PUSH0 five times, PUSH20 callee, GAS, CALL, POP, PUSH1 SWAP1 SUB DUP1 PUSH1 JUMPI.</summary>
    private static byte[] CallLoop() =>
    [
        0x61, Calls >> 8, Calls & 0xff, 0x5b, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f,
        0x73, .. Callee.Bytes, 0x5a, 0xf1, 0x50, 0x60, 1, 0x90, 0x03, 0x80, 0x60, 3, 0x57,
    ];
}
