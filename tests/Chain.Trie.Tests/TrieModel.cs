using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Rlp;

namespace Chain.Trie.Tests;

/// <summary>The content of a trie as a sorted dictionary, with roots and stores made from scratch to compare against.</summary>
internal sealed class TrieModel : SortedDictionary<byte[], byte[]>
{
    internal TrieModel() : base(Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b)))
    {
    }

    internal void Set(byte[] key, byte[] value)
    {
        if (value.Length == 0) Remove(key);
        else this[key] = value;
    }

    internal Hash256 SortedRoot() => SortedTrie.ComputeRoot(new Items([.. this]));

    internal MemoryTrieNodes Rebuild(Hash256 owner)
    {
        MemoryTrieNodes nodes = new();
        PatriciaTrie trie = new(nodes, owner, Core.State.Account.EmptyTrieRoot);
        foreach ((byte[] key, byte[] value) in this) trie.Set(key, value);
        trie.Commit(nodes);
        return nodes;
    }

    internal static Dictionary<string, string> Content(MemoryTrieNodes nodes) =>
        nodes.Nodes.ToDictionary(static n => $"{n.Owner} {TriePath.Format(n.NibblePath.Span)}", static n => Hex.Encode(n.Rlp.Span));

    /// <summary>Random keys: 0 to 3 bytes of few values (prefixes of each other, branches with values), or hashes (as in the state), some sharing long prefixes.</summary>
    internal static byte[] RandomKey(Random random, bool hashed)
    {
        if (!hashed)
        {
            byte[] key = new byte[random.Next(4)];
            for (int i = 0; i < key.Length; i++) key[i] = (byte)(random.Next(3) * 0x10 + random.Next(3));
            return key;
        }
        Span<byte> seed = stackalloc byte[UInt256.SizeBytes];
        new UInt256((ulong)random.Next(60)).WriteBigEndian(seed);
        byte[] hash = Keccak256.Hash(seed).Bytes.ToArray();
        if (random.Next(4) == 0) hash[^1] ^= (byte)random.Next(4);
        return hash;
    }

    internal static byte[] RandomValue(Random random)
    {
        byte[] value = new byte[random.Next(5) == 0 ? random.Next(30, 70) : random.Next(1, 4)];
        random.NextBytes(value);
        return value;
    }

    private readonly struct Items(KeyValuePair<byte[], byte[]>[] items) : ISortedItems
    {
        public int Count => items.Length;

        public int CopyKey(int position, Span<byte> destination)
        {
            items[position].Key.CopyTo(destination);
            return items[position].Key.Length;
        }

        public void WriteValue(int position, ref RlpWriter value) => value.WriteRaw(items[position].Value);
    }
}
