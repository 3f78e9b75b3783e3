using System.Buffers.Binary;
using Chain.Core.Primitives;
using Chain.Trie;

namespace Chain.Storage.State;

/// <summary>The trie nodes that one block changed, by their database key. An empty array marks a deleted node; a dropped owner hides all nodes of its trie below.</summary>
internal sealed class LayerNodes : ITrieNodeWriter
{
    private readonly Dictionary<byte[], byte[]> _nodes = new(KeyComparer.Instance);
    private readonly Dictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public LayerNodes() => _lookup = _nodes.GetAlternateLookup<ReadOnlySpan<byte>>();

    public Dictionary<byte[], byte[]> Nodes => _nodes;

    public HashSet<Hash256> Dropped { get; } = [];

    public void WriteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, ReadOnlySpan<byte> rlp) =>
        _lookup[Schema.NodeKey(stackalloc byte[Schema.NodeKeySizeBytesMax], owner, nibblePath)] = rlp.ToArray();

    public void DeleteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath) =>
        _lookup[Schema.NodeKey(stackalloc byte[Schema.NodeKeySizeBytesMax], owner, nibblePath)] = [];

    public void DeleteStorageTrie(in Hash256 owner)
    {
        Dropped.Add(owner);
        byte[] prefix = Schema.NodeKeyPrefix(stackalloc byte[1 + Hash256.SizeBytes], owner).ToArray();
        foreach (byte[] key in _nodes.Keys)
            if (key.AsSpan().StartsWith(prefix)) _nodes.Remove(key);
    }

    /// <summary>True when this layer decides the node: found with its bytes, or empty for deleted.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, in Hash256 owner, out byte[] rlp)
    {
        if (_lookup.TryGetValue(key, out rlp!)) return true;
        rlp = [];
        return Dropped.Count > 0 && Dropped.Contains(owner);
    }

    /// <summary>A well-mixed 64-bit hash of a short key.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> key)
    {
        ulong hash = 0x9e3779b97f4a7c15UL ^ (ulong)key.Length;
        while (key.Length >= 8)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key));
            key = key[8..];
        }
        ulong rest = 0;
        foreach (byte b in key) rest = (rest << 8) | b;
        return Mix(hash ^ rest);
    }

    private static ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value, 0xa0761d6478bd642fUL, out ulong low);
        return high ^ low ^ (value >> 32);
    }

    internal sealed class KeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly KeyComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => (int)HashOf(obj);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)HashOf(alternate);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
