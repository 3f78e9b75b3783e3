using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Rpc.Json;
using Chain.Storage.Logs;

namespace Chain.Rpc.Filters;

/// <summary>Which logs a client wants (execution-apis, Filter). Immutable.</summary>
public sealed class LogFilter
{
    /// <summary>Topic positions of a log.</summary>
    public const int TopicsMax = 4;

    // Of each group of alternatives their bits, found with the first block: a filter is held against every block of a range, or of days.
    private BloomEntry[][]? _blooms;

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
        foreach (BloomEntry[] alternatives in _blooms ??= BloomsOf())
        {
            if (!MayHaveOne(bloom, alternatives)) return false;
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

    private BloomEntry[][] BloomsOf()
    {
        List<BloomEntry[]> groups = [];
        if (Addresses.Count > 0) groups.Add([.. Addresses.Select(address => BloomEntry.Of(address.Bytes))]);
        groups.AddRange(Topics.Where(alternatives => alternatives.Count > 0).Select(alternatives => alternatives.Select(topic => BloomEntry.Of(topic.Bytes)).ToArray()));
        return [.. groups];
    }

    private static bool MayHaveOne(Bloom bloom, BloomEntry[] alternatives)
    {
        foreach (BloomEntry entry in alternatives)
        {
            if (bloom.Contains(entry)) return true;
        }
        return false;
    }
}
