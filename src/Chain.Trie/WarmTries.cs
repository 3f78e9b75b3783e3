using Chain.Core.Primitives;

namespace Chain.Trie;

/// <summary>
/// Tries of the newest state with the nodes that were read or changed lately, from one block to the next: a change then reads, checks and decodes only nodes that no block before it
/// touched. A trie is found by its root, which stands for its content, so that a block on any branch gets the right one or none. Safe for concurrent use: one caller at a time has
/// them, others do without.
/// </summary>
/// <param name="bytesMax">Memory at most, bytes, by an estimate; above it all are forgotten and warm up anew.</param>
public sealed class WarmTries(long bytesMax)
{
    /// <summary>A branch with its source is about twice this, a leaf half of it.</summary>
    private const long NodeSizeBytes = 400;

    private Dictionary<Hash256, PatriciaTrie>? _tries = [];

    internal Dictionary<Hash256, PatriciaTrie>? Rent() => Interlocked.Exchange(ref _tries, null);

    internal void Return(Dictionary<Hash256, PatriciaTrie> tries)
    {
        long nodes = 0;
        foreach (PatriciaTrie trie in tries.Values) nodes += 1 + trie.NodesHeld;
        if (nodes * NodeSizeBytes > bytesMax) tries.Clear();
        Volatile.Write(ref _tries, tries);
    }

    /// <summary>After a failure its tries are in no known state: begin anew.</summary>
    internal void Renew() => Volatile.Write(ref _tries, []);
}
