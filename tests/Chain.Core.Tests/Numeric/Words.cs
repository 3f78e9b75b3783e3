using System.Numerics;
using Chain.Core.Numeric;

namespace Chain.Core.Tests.Numeric;

/// <summary>Edge-biased 256-bit values from a fixed seed.</summary>
internal sealed class Words(int seed)
{
    private static readonly UInt256[] Edges = BuildEdges();
    private readonly Random _random = new(seed);

    public UInt256 Next()
    {
        int kind = _random.Next(8);
        if (kind < 2) return Edges[_random.Next(Edges.Length)];
        if (kind == 2) return UInt256.FromBigInteger(BigInteger.One << _random.Next(256));
        if (kind == 3) return new UInt256(Limb(), Limb(), Limb(), Limb());
        byte[] bytes = new byte[_random.Next(1, 33)];
        _random.NextBytes(bytes);
        return UInt256.FromBigEndian(bytes);
    }

    public int Int(int below) => _random.Next(below);

    private ulong Limb() => _random.Next(5) switch
    {
        0 => 0,
        1 => ulong.MaxValue,
        2 => 1,
        3 => 1UL << 63,
        _ => (ulong)_random.NextInt64(long.MinValue, long.MaxValue),
    };

    private static UInt256[] BuildEdges()
    {
        List<UInt256> edges = [];
        foreach (int bits in (int[])[0, 1, 8, 32, 63, 64, 65, 127, 128, 129, 191, 192, 193, 255, 256])
            for (int d = -2; d <= 2; d++)
                edges.Add(UInt256.FromBigInteger(((BigInteger.One << bits) + d) & ((BigInteger.One << 256) - 1)));
        return [.. edges];
    }
}
