using Chain.Core.Crypto;
using Chain.Core.Primitives;
using Chain.Core.Rlp;

namespace Chain.Trie;

/// <summary>Reads nodes from a store, checks them against the hash their parent names, and decodes them.</summary>
internal static class TrieNodeDecoder
{
    private const byte ListPrefixMin = 0xc0;

    /// <summary>Reads and checks the RLP of the node at a path.</summary>
    /// <exception cref="InvalidDataException">It is missing or has another hash: the database is damaged.</exception>
    internal static ReadOnlyMemory<byte> LoadRlp(ITrieNodeReader reader, in Hash256 owner, ReadOnlySpan<byte> path, in Hash256 expected)
    {
        if (!reader.TryReadNode(owner, path, out ReadOnlyMemory<byte> rlp)) throw Damaged(owner, path, expected, "nothing");
        Hash256 found = Keccak256.Hash(rlp.Span);
        return found == expected ? rlp : throw Damaged(owner, path, expected, found.ToString());
    }

    /// <summary>Reads, checks and decodes the node at a path.</summary>
    /// <exception cref="InvalidDataException">It is missing, has another hash or is no node: the database is damaged.</exception>
    internal static TrieNode Load(ITrieNodeReader reader, in Hash256 owner, ReadOnlySpan<byte> path, in Hash256 expected)
    {
        ReadOnlyMemory<byte> rlp = LoadRlp(reader, owner, path, expected);
        if (!TryDecode(rlp, out TrieNode? node)) throw Damaged(owner, path, expected, "bytes that are not a trie node");
        node!.MarkLoaded(expected);
        return node;
    }

    /// <summary>The child of a branch, loaded when it is not in memory; null when there is none.</summary>
    internal static TrieNode? ResolveChild(BranchNode branch, int nibble, ITrieNodeReader reader, in Hash256 owner, ReadOnlySpan<byte> childPath)
    {
        if (!branch.IsUnresolved(nibble))
        {
            TrieNode? known = branch.Children[nibble];
            if (known is not HashNode hashNode) return known;
            TrieNode loaded = Load(reader, owner, childPath, hashNode.Hash);
            branch.SetChild(nibble, loaded);
            return loaded;
        }
        RlpReader items = new(branch.SourceRlp.Span);
        items.EnterList();
        for (int i = 0; i < nibble; i++) items.ReadItem();
        int start = items.Position;
        ReadOnlySpan<byte> item = items.ReadItem();
        TrieNode? child;
        if (item[0] < ListPrefixMin)
            child = Load(reader, owner, childPath, new Hash256(item[1..]));
        else if (!TryDecode(branch.SourceRlp.Slice(start, item.Length), out child))
            throw new InvalidDataException(
                $"The trie node of owner {owner} embedded at path '{TriePath.Format(childPath)}' is not a trie node: the database is damaged. Restore it from a backup or synchronise anew.");
        branch.SetChild(nibble, child);
        return child;
    }

    /// <summary>Decodes a node; false when the bytes are not one.</summary>
    internal static bool TryDecode(ReadOnlyMemory<byte> rlp, out TrieNode? node)
    {
        node = null;
        RlpReader items = new(rlp.Span);
        RlpScope scope = items.EnterList();
        ReadOnlySpan<byte> first = items.ReadItem();
        ReadOnlySpan<byte> second = items.ReadItem();
        if (items.Error != RlpError.None) return false;
        int secondEnd = items.Position;
        if (!items.AtEnd) return TryDecodeBranch(rlp, out node);
        items.LeaveList(scope);
        if (!items.Complete()) return false;

        Span<byte> nibbles = stackalloc byte[TriePath.NibblesMax];
        RlpReader compact = new(first);
        if (!TriePath.TryDecodeCompact(compact.ReadBytes(), nibbles, out int length, out bool isLeaf)) return false;
        byte[] path = nibbles[..length].ToArray();
        if (isLeaf)
        {
            RlpReader content = new(second);
            int valueLength = content.ReadBytes().Length;
            if (content.Error != RlpError.None || valueLength == 0) return false;
            node = new LeafNode(path, rlp.Slice(secondEnd - valueLength, valueLength));
            return true;
        }
        if (length == 0 || !IsReference(second, mayBeEmpty: false)) return false;
        TrieNode? child;
        if (second[0] < ListPrefixMin) child = new HashNode(new Hash256(second[1..]));
        else if (!TryDecode(rlp.Slice(secondEnd - second.Length, second.Length), out child)) return false;
        node = new ExtensionNode(path, child!);
        return true;
    }

    /// <summary>True for an item that names a child: a 32-byte hash, a list shorter than that, or (in a branch) the empty string.</summary>
    internal static bool IsReference(ReadOnlySpan<byte> item, bool mayBeEmpty)
    {
        if (item.IsEmpty) return false;
        if (item[0] >= ListPrefixMin) return item.Length < Hash256.SizeBytes;
        return item.Length == Hash256.SizeBytes + 1 || (mayBeEmpty && item[0] == 0x80);
    }

    private static bool TryDecodeBranch(ReadOnlyMemory<byte> rlp, out TrieNode? node)
    {
        node = null;
        BranchNode branch = new() { SourceRlp = rlp };
        RlpReader items = new(rlp.Span);
        RlpScope scope = items.EnterList();
        for (int i = 0; i < BranchNode.Width; i++)
        {
            ReadOnlySpan<byte> item = items.ReadItem();
            if (!IsReference(item, mayBeEmpty: true)) return false;
            if (item.Length > 1) branch.Unresolved |= (ushort)(1 << i);
        }
        int valueLength = items.ReadBytes().Length;
        branch.Value = rlp.Slice(items.Position - valueLength, valueLength);
        items.LeaveList(scope);
        node = branch;
        return items.Complete();
    }

    private static InvalidDataException Damaged(in Hash256 owner, ReadOnlySpan<byte> path, in Hash256 expected, string found) =>
        new($"The trie node of owner {owner} at path '{TriePath.Format(path)}' should have hash {expected}, found {found}: the database is damaged. Restore it from a backup or synchronise anew.");
}
