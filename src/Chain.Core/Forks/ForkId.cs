using System.Buffers.Binary;
using Chain.Core.Primitives;

namespace Chain.Core.Forks;

/// <summary>The fork id of a chain at a fork (EIP-2124, EIP-6122): CRC-32 of the genesis hash and the starts of all forks up to it.</summary>
public static class ForkId
{
    private const uint Polynomial = 0xedb88320;

    /// <summary>The fork hash of a block.</summary>
    /// <param name="spec">The chain.</param>
    /// <param name="genesisHash">Hash of block 0.</param>
    /// <param name="genesisTimestamp">Timestamp of block 0: forks by time that start there or before do not count.</param>
    /// <param name="number">Number of the block.</param>
    /// <param name="timestamp">Its timestamp.</param>
    public static uint Compute(ChainSpec spec, in Hash256 genesisHash, ulong genesisTimestamp, ulong number, ulong timestamp)
    {
        uint crc = Update(uint.MaxValue, genesisHash.Bytes);
        Span<byte> start = stackalloc byte[8];
        foreach (ulong at in Starts(spec, genesisTimestamp, number, timestamp))
        {
            BinaryPrimitives.WriteUInt64BigEndian(start, at);
            crc = Update(crc, start);
        }
        return ~crc;
    }

    private static IEnumerable<ulong> Starts(ChainSpec spec, ulong genesisTimestamp, ulong number, ulong timestamp)
    {
        IEnumerable<ulong> blocks = spec.Activations.Where(a => a.Key < Fork.Paris && (a.Key != Fork.Dao || spec.DaoForkSupport)).Select(a => a.Value);
        if (spec.MergeNetsplitBlock is { } netsplit) blocks = blocks.Append(netsplit);
        IEnumerable<ulong> times = spec.Activations.Where(a => a.Key > Fork.Paris && a.Value > genesisTimestamp).Select(a => a.Value);
        return blocks.Where(b => b > 0 && b <= number).Distinct().Order().Concat(times.Where(t => t <= timestamp).Distinct().Order());
    }

    private static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
        }
        return crc;
    }
}
