using BenchmarkDotNet.Attributes;
using Chain.Core.Numeric;

namespace Chain.Benchmarks;

/// <summary>Word arithmetic in nanoseconds per operation, over arrays of random operands; names say the widths in bits.</summary>
public class UInt256Benchmarks
{
    private const int Count = 128;

    private readonly UInt256[] _a = Samples.Words(Count, 256, 1);
    private readonly UInt256[] _b = Samples.Words(Count, 256, 2);
    private readonly UInt256[] _m = Samples.Words(Count, 254, 3);
    private readonly UInt256[] _half = Samples.Words(Count, 128, 4);
    private readonly UInt256[] _limb = Samples.Words(Count, 64, 5);
    private readonly UInt256[] _small = Samples.Words(Count, 8, 6);
    private readonly UInt256[] _r = new UInt256[Count];

    [Benchmark(OperationsPerInvoke = Count)]
    public UInt256 Add()
    {
        for (int i = 0; i < Count; i++) UInt256.Add(_a[i], _b[i], out _r[i]);
        return _r[^1];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public UInt256 Subtract()
    {
        for (int i = 0; i < Count; i++) UInt256.Subtract(_a[i], _b[i], out _r[i]);
        return _r[^1];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public UInt256 Multiply()
    {
        for (int i = 0; i < Count; i++) UInt256.Multiply(_a[i], _b[i], out _r[i]);
        return _r[^1];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public UInt256 Divide_256_by_64()
    {
        for (int i = 0; i < Count; i++) UInt256.Divide(_a[i], _limb[i], out _r[i]);
        return _r[^1];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public UInt256 Divide_256_by_128()
    {
        for (int i = 0; i < Count; i++) UInt256.Divide(_a[i], _half[i], out _r[i]);
        return _r[^1];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public UInt256 Mod_256_by_254()
    {
        for (int i = 0; i < Count; i++) UInt256.Mod(_a[i], _m[i], out _r[i]);
        return _r[^1];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public UInt256 AddMod_254()
    {
        for (int i = 0; i < Count; i++) UInt256.AddMod(_a[i], _b[i], _m[i], out _r[i]);
        return _r[^1];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public UInt256 MulMod_254()
    {
        for (int i = 0; i < Count; i++) UInt256.MulMod(_a[i], _b[i], _m[i], out _r[i]);
        return _r[^1];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public UInt256 MulMod_128()
    {
        for (int i = 0; i < Count; i++) UInt256.MulMod(_a[i], _b[i], _half[i], out _r[i]);
        return _r[^1];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public UInt256 MulMod_64()
    {
        for (int i = 0; i < Count; i++) UInt256.MulMod(_a[i], _b[i], _limb[i], out _r[i]);
        return _r[^1];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public UInt256 Exp_64_bit_exponent()
    {
        // An even base ends at once.
        for (int i = 0; i < Count; i++) UInt256.Exp(_a[i] | UInt256.One, _limb[i], out _r[i]);
        return _r[^1];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public UInt256 ShiftLeft()
    {
        for (int i = 0; i < Count; i++) UInt256.ShiftLeft(_a[i], _small[i], out _r[i]);
        return _r[^1];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public UInt256 Xor()
    {
        for (int i = 0; i < Count; i++) UInt256.Xor(_a[i], _b[i], out _r[i]);
        return _r[^1];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int LessThan()
    {
        int count = 0;
        for (int i = 0; i < Count; i++) count += _a[i] < _b[i] ? 1 : 0;
        return count;
    }
}
