using BenchmarkDotNet.Attributes;
using Chain.Core.Forks;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;

namespace Chain.Benchmarks;

/// <summary>Each precompile, gas computed and run, with typical inputs that take turns.</summary>
public class PrecompileBenchmarks
{
    private const int Inputs = 8;

    private readonly ForkRules _rules = ForkTable.Rules(Fork.Osaka);
    private readonly OutputBuffer _output = new();
    private byte[][] _inputs = [];
    private IPrecompile _precompile = null!;
    private int _next;

    public static IEnumerable<string> Names => PrecompileInputs.Cases.Keys;

    [ParamsSource(nameof(Names))]
    public string Case { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        (ulong address, Func<int, byte[]> input) = PrecompileInputs.Cases[Case];
        _precompile = PrecompileInputs.Find(address);
        _inputs = [.. Enumerable.Range(1, Inputs).Select(input)];
        foreach (byte[] one in _inputs) PrecompileInputs.Run(address, one);
    }

    [Benchmark]
    public ulong Precompile()
    {
        byte[] input = _inputs[_next++ % Inputs];
        _output.Clear();
        ulong gas = _precompile.GasCost(input, _rules);
        if (!_precompile.Run(input, _rules, _output)) throw new InvalidOperationException($"{Case} refused its input.");
        return gas + (ulong)_output.Length;
    }
}
