using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Rpc.Json;
using Chain.Storage.Logs;

namespace Chain.Rpc.Filters;

/// <summary>Which logs a client wants (execution-apis, Filter).</summary>
public sealed record LogFilter
{
    /// <summary>Topic positions of a log.</summary>
    public const int TopicsMax = 4;

    /// <summary>The one block to look in, in place of a range.</summary>
    public Hash256? BlockHash { get; init; }

    /// <summary>First block.</summary>
    public BlockParameter FromBlock { get; init; }

    /// <summary>Last block.</summary>
    public BlockParameter ToBlock { get; init; }

    /// <summary>Emitting accounts; empty takes any.</summary>
    public IReadOnlyList<Address> Addresses { get; init; } = [];

    /// <summary>Alternatives by position; an empty list takes anything there.</summary>
    public IReadOnlyList<IReadOnlyList<Hash256>> Topics { get; init; } = [];

    /// <summary>True when the log is wanted; the block range is not looked at.</summary>
    public bool Matches(LogEntry log)
    {
        if (Addresses.Count > 0 && !Addresses.Contains(log.Address)) return false;
        if (Topics.Count > log.Topics.Count) return false;
        for (int i = 0; i < Topics.Count; i++)
        {
            if (Topics[i].Count > 0 && !Topics[i].Contains(log.Topics[i])) return false;
        }
        return true;
    }

    /// <summary>False when a block with this bloom surely has no wanted log.</summary>
    public bool MayMatch(Bloom bloom)
    {
        if (Addresses.Count > 0 && !Addresses.Any(address => Contains(bloom, address.Bytes))) return false;
        foreach (IReadOnlyList<Hash256> alternatives in Topics)
        {
            if (alternatives.Count > 0 && !alternatives.Any(topic => Contains(bloom, topic.Bytes))) return false;
        }
        return true;
    }

    /// <summary>What the log index is asked for: the groups of items of which a wanted log has one each.</summary>
    public IReadOnlyList<uint[]> ToIndexGroups()
    {
        List<uint[]> groups = [];
        if (Addresses.Count > 0) groups.Add([.. Addresses.Select(address => LogItems.OfAddress(address))]);
        for (int i = 0; i < Topics.Count; i++)
        {
            int position = i;
            if (Topics[i].Count > 0) groups.Add([.. Topics[i].Select(topic => LogItems.OfTopic(position, topic))]);
        }
        return groups;
    }

    private static bool Contains(Bloom bloom, ReadOnlySpan<byte> item)
    {
        // Yellow Paper, equation (30): three 11-bit numbers of the hash name bits, counted from the end.
        Hash256 hash = Core.Crypto.Keccak256.Hash(item);
        for (int i = 0; i < 6; i += 2)
        {
            int bit = ((hash.Bytes[i] << 8) | hash.Bytes[i + 1]) & 2_047;
            if ((bloom.Bytes[Bloom.SizeBytes - 1 - bit / 8] & (1 << (bit % 8))) == 0) return false;
        }
        return true;
    }
}
