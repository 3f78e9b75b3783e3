using BenchmarkDotNet.Attributes;
using Chain.Core.Crypto;
using Chain.Core.Primitives;

namespace Chain.Benchmarks;

/// <summary>Keccak-256 by message size; 532 bytes is a full branch node.</summary>
public class KeccakBenchmarks
{
    private byte[] _message = [];

    [Params(32, 64, 136, 532, 1_024, 4_096)]
    public int SizeBytes { get; set; }

    [GlobalSetup]
    public void Setup() => _message = Samples.Bytes(SizeBytes, 1);

    [Benchmark]
    public Hash256 Hash()
    {
        // Each message depends on the hash before it.
        Hash256 hash = Keccak256.Hash(_message);
        hash.Bytes.CopyTo(_message);
        return hash;
    }
}

/// <summary>Nanoseconds per hash where many messages are hashed at once.</summary>
public class KeccakManyBenchmarks
{
    private const int Count = 256;

    private byte[] _messages = [];
    private readonly int[] _ends = new int[Count];
    private readonly Hash256[] _hashes = new Hash256[Count];

    [Params(32, 532)]
    public int SizeBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _messages = Samples.Bytes(SizeBytes * Count, 1);
        for (int i = 0; i < Count; i++) _ends[i] = (i + 1) * SizeBytes;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public Hash256 HashMany()
    {
        Keccak256.HashMany(_messages, _ends, _hashes);
        _hashes[^1].Bytes.CopyTo(_messages);
        return _hashes[0];
    }
}
