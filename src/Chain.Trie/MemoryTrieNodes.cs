using Chain.Core.Primitives;

namespace Chain.Trie;

/// <summary>Trie nodes in memory. Readers may be concurrent as long as nobody writes.</summary>
public sealed class MemoryTrieNodes : ITrieNodeReader, ITrieNodeWriter
{
    private readonly Dictionary<Hash256, Dictionary<byte[], byte[]>> _tries = [];

    /// <summary>Number of nodes of all tries.</summary>
    public int Count => _tries.Values.Sum(static trie => trie.Count);

    /// <summary>All nodes, in no particular order.</summary>
    public IEnumerable<(Hash256 Owner, ReadOnlyMemory<byte> NibblePath, ReadOnlyMemory<byte> Rlp)> Nodes
    {
        get
        {
            foreach ((Hash256 owner, Dictionary<byte[], byte[]> trie) in _tries)
                foreach ((byte[] path, byte[] rlp) in trie) yield return (owner, path, rlp);
        }
    }

    /// <inheritdoc/>
    public bool TryReadNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, out ReadOnlyMemory<byte> rlp)
    {
        byte[]? found = null;
        bool ok = _tries.TryGetValue(owner, out Dictionary<byte[], byte[]>? trie) && trie.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(nibblePath, out found);
        rlp = found;
        return ok;
    }

    /// <inheritdoc/>
    public void WriteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, ReadOnlySpan<byte> rlp)
    {
        if (!_tries.TryGetValue(owner, out Dictionary<byte[], byte[]>? trie)) _tries.Add(owner, trie = new(PathComparer.Instance));
        trie.GetAlternateLookup<ReadOnlySpan<byte>>()[nibblePath] = rlp.ToArray();
    }

    /// <inheritdoc/>
    public void DeleteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath)
    {
        if (_tries.TryGetValue(owner, out Dictionary<byte[], byte[]>? trie)) trie.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(nibblePath);
    }

    /// <inheritdoc/>
    public void DeleteStorageTrie(in Hash256 owner) => _tries.Remove(owner);

    private sealed class PathComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        internal static readonly PathComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            HashCode hash = new();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
