using System.Collections.Concurrent;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Storage.Engines;
using Chain.Trie;

namespace Chain.Storage.State;

/// <summary>
/// The tries after one canonical block below the base, as the nodes in which they differ from the base's: the old values of history put back into the base's tries, in memory.
/// It stays true while the base moves on, because each merge first leaves the nodes here that it is going to overwrite (<see cref="PastTries.BeginMerge"/>).
/// </summary>
internal sealed class PastTrie : ITrieNodeReader
{
    /// <summary>Memory of an entry beside its key and value, bytes.</summary>
    private const int EntrySizeBytes = 120;

    private readonly IKeyValueStore _store;
    private readonly StateStore _states;
    private readonly StateLayer _origin;
    private readonly long _bytesMax;
    private readonly Lock _building = new();
    private readonly ConcurrentDictionary<byte[], byte[]> _kept = new(LayerNodes.KeyComparer.Instance);
    private readonly ConcurrentDictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> _keptByKey;
    private volatile LayerNodes? _changes;
    private volatile bool _isDropped;
    private long _sizeBytes;

    /// <param name="store">Where the base is.</param>
    /// <param name="states">Its states.</param>
    /// <param name="origin">The base at this moment.</param>
    /// <param name="block">The block.</param>
    /// <param name="root">Its state root.</param>
    /// <param name="bytesMax">Memory at most, bytes.</param>
    public PastTrie(IKeyValueStore store, StateStore states, StateLayer origin, BlockId block, in Hash256 root, long bytesMax)
    {
        _store = store;
        _states = states;
        _origin = origin;
        _bytesMax = bytesMax;
        Block = block;
        Root = root;
        _keptByKey = _kept.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public BlockId Block { get; }

    public Hash256 Root { get; }

    public long SizeBytes => Interlocked.Read(ref _sizeBytes);

    /// <summary>Merges since it was asked for last; touched under the lock of <see cref="PastTries"/>.</summary>
    public int IdleMerges { get; set; }

    public bool IsBuilt => _changes is not null;

    /// <summary>True when merges no longer leave their nodes here: what was read after that is not to be used.</summary>
    public bool IsDropped => _isDropped;

    public void Drop() => _isDropped = true;

    /// <summary>Puts the old values back; the first caller does it, others wait.</summary>
    /// <exception cref="StateUnavailableException">History was pruned meanwhile, or it takes more memory than allowed.</exception>
    /// <exception cref="StorageException">History is damaged: it does not give the block's root.</exception>
    public void Build()
    {
        if (IsBuilt) return;
        lock (_building)
        {
            if (!IsBuilt) _changes = PutBack();
        }
    }

    public bool TryReadNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, out ReadOnlyMemory<byte> rlp)
    {
        ReadOnlySpan<byte> key = Schema.NodeKey(stackalloc byte[Schema.NodeKeySizeBytesMax], owner, nibblePath);
        if (_changes is { } changes && changes.TryGet(key, owner, out byte[] node))
        {
            rlp = node;
            return node.Length > 0;
        }
        if (_keptByKey.TryGetValue(key, out node!))
        {
            rlp = node;
            return node.Length > 0;
        }
        bool found = _states.TryReadBaseNode(key, out rlp);
        // Looked at last: a merge leaves the old node here before it changes the base.
        if (!_keptByKey.TryGetValue(key, out node!)) return found;
        rlp = node;
        return node.Length > 0;
    }

    /// <summary>True when the base's node is the one that this trie has, so that it has to be kept before a merge overwrites it.</summary>
    public bool NeedsFromBase(byte[] key) => !_kept.ContainsKey(key) && _changes?.Nodes.ContainsKey(key) != true;

    /// <summary>Keeps a node of the base, empty where there is none; called by the writer before it merges a layer. The arrays may be shared and do not change.</summary>
    public void Keep(byte[] key, byte[] node)
    {
        if (_kept.TryAdd(key, node)) Interlocked.Add(ref _sizeBytes, key.Length + node.Length + EntrySizeBytes);
    }

    private LayerNodes PutBack()
    {
        SortedDictionary<byte[], byte[]> oldValues = _states.ReadOldValues(Block, _origin.Number, size => CheckSize(size));
        LayerNodes changes = new();
        PatriciaTrie accounts = new(this, Hash256.Zero, _origin.Root);
        foreach ((Hash256 key, byte[] stored, List<KeyValuePair<byte[], byte[]>> slots) in OldState.ByAccount(oldValues))
        {
            bool existed = _states.DecodeOld(key, stored, out Account past);
            if (existed && slots.Count > 0 && past.StorageRoot != Account.EmptyTrieRoot)
            {
                Hash256 originRoot = _states.TryReadAccount(_origin, key, out Account present) ? present.StorageRoot : Account.EmptyTrieRoot;
                PatriciaTrie storage = new(this, key, originRoot);
                OldState.PutBack(storage, slots);
                Check($"storage of account {key}", storage.Commit(changes), past.StorageRoot);
            }
            accounts.Set(key.Bytes, existed ? StateEncoding.EncodeAccount(past) : default);
        }
        Check("state", accounts.Commit(changes), Root);
        long size = 0;
        foreach ((byte[] key, byte[] node) in changes.Nodes) size += key.Length + node.Length + EntrySizeBytes;
        CheckSize(Interlocked.Add(ref _sizeBytes, size));
        return changes;
    }

    private void Check(string what, in Hash256 found, in Hash256 expected)
    {
        if (found == expected) return;
        if (_isDropped) throw _states.Unavailable(Block);
        throw StorageErrors.Damaged(_store.Location, $"the history of the {what} gives root {found} at block {Block.Number}, and {expected} was recorded");
    }

    private void CheckSize(long sizeBytes)
    {
        if (sizeBytes > _bytesMax) throw StateUnavailableException.OfProofs(Block.Number, sizeBytes, _bytesMax);
    }
}
