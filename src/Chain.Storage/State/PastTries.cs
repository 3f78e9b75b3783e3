using Chain.Core.Primitives;
using Chain.Storage.Engines;

namespace Chain.Storage.State;

/// <summary>The tries of past blocks that were asked for last, within a limit of memory.</summary>
/// <param name="store">Where the base is.</param>
/// <param name="states">Its states.</param>
/// <param name="bytesMax">Memory for all of them together, and the most for one, bytes.</param>
internal sealed class PastTries(IKeyValueStore store, StateStore states, long bytesMax)
{
    private const int CountMax = 16;

    /// <summary>Merges after which one that nobody asks for is dropped, since each costs the merge some reads.</summary>
    private const int IdleMergesMax = 64;

    private readonly Lock _building = new();
    private readonly Lock _lock = new();

    /// <summary>Last used first.</summary>
    private readonly List<PastTrie> _tries = [];
    private bool _isMerging;

    /// <summary>The tries after a canonical block below the base; built when they are not there, which takes time by the values changed since.</summary>
    /// <inheritdoc cref="PastTrie.Build" path="/exception"/>
    public PastTrie Get(BlockId block, in Hash256 root)
    {
        PastTrie trie = FindOrAdd(block, root);
        try
        {
            // One at a time: what a build takes comes on top of the cache's limit.
            if (!trie.IsBuilt) lock (_building) trie.Build();
        }
        catch
        {
            Drop(trie);
            throw;
        }
        lock (_lock) Shrink(static _ => false, trie);
        return trie;
    }

    /// <summary>Before the base changes: the nodes that will go are left to all tries.</summary>
    public void BeginMerge(StateLayer layer)
    {
        lock (_lock)
        {
            _isMerging = true;
            Shrink(static trie => trie.IdleMerges++ >= IdleMergesMax);
            if (_tries.Count > 0) KeepOldNodes(layer.Nodes);
        }
    }

    /// <summary>After the base changed, or did not.</summary>
    public void EndMerge()
    {
        lock (_lock) _isMerging = false;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            foreach (PastTrie trie in _tries) trie.Drop();
            _tries.Clear();
        }
    }

    /// <summary>Reads each node that a merge will overwrite once, for all tries that have it from the base.</summary>
    private void KeepOldNodes(LayerNodes changes)
    {
        foreach (byte[] key in changes.Nodes.Keys)
        {
            byte[]? node = null;
            foreach (PastTrie trie in _tries)
                if (trie.NeedsFromBase(key)) trie.Keep(key, node ??= store.TryGet(Column.TrieNodes, key, out byte[] found) ? found : []);
        }
        Span<byte> place = stackalloc byte[1 + Hash256.SizeBytes];
        foreach (Hash256 owner in changes.Dropped)
        {
            byte[] prefix = Schema.NodeKeyPrefix(place, owner).ToArray();
            using IKeyValueIterator nodes = store.Iterate(Column.TrieNodes, prefix, Schema.AfterPrefix(prefix));
            while (nodes.MoveNext())
            {
                byte[] key = nodes.Key.ToArray();
                byte[] node = nodes.Value.ToArray();
                foreach (PastTrie trie in _tries) trie.Keep(key, node);
            }
        }
    }

    private PastTrie FindOrAdd(BlockId block, in Hash256 root)
    {
        SpinWait spin = default;
        while (true)
        {
            lock (_lock)
            {
                int index = _tries.FindIndex(t => t.Block == block);
                if (index >= 0)
                {
                    PastTrie found = _tries[index];
                    _tries.RemoveAt(index);
                    _tries.Insert(0, found);
                    found.IdleMerges = 0;
                    return found;
                }
                // A merge lasts as long as one commit; only between merges is the base one state.
                if (!_isMerging)
                {
                    PastTrie trie = new(store, states, states.Base, block, root, bytesMax);
                    _tries.Insert(0, trie);
                    return trie;
                }
            }
            spin.SpinOnce();
        }
    }

    private void Drop(PastTrie trie)
    {
        lock (_lock)
        {
            trie.Drop();
            _tries.Remove(trie);
        }
    }

    /// <summary>Drops those beyond the limits, and those named; never one that is being built, of which there are as many as requests that wait.</summary>
    private void Shrink(Func<PastTrie, bool> isUnwanted, PastTrie? wanted = null)
    {
        long size = 0;
        int count = 0;
        for (int i = 0; i < _tries.Count; i++)
        {
            PastTrie trie = _tries[i];
            size += trie.SizeBytes;
            count++;
            if (trie == wanted || !trie.IsBuilt || (size <= bytesMax && count <= CountMax && !isUnwanted(trie))) continue;
            trie.Drop();
            _tries.RemoveAt(i--);
        }
    }
}
