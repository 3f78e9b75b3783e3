using Chain.Core.Primitives;
using Chain.Core.Rlp;

namespace Chain.Trie;

/// <summary>Where a node leads for a key.</summary>
internal enum NodeStepKind : byte
{
    /// <summary>The bytes are not a trie node.</summary>
    Malformed,

    /// <summary>The key is not in the trie.</summary>
    Absent,

    /// <summary>The key is here.</summary>
    Value,

    /// <summary>On to the node with this hash.</summary>
    Hash,
}

/// <summary>The way of one key through one stored node and the nodes embedded in it, on bytes that may be hostile.</summary>
internal readonly ref struct NodeStep
{
    private NodeStep(NodeStepKind kind, int consumed, ReadOnlySpan<byte> item)
    {
        Kind = kind;
        Consumed = consumed;
        Item = item;
    }

    /// <summary>Where it leads.</summary>
    internal NodeStepKind Kind { get; }

    /// <summary>Nibbles of the key that are behind now.</summary>
    internal int Consumed { get; }

    /// <summary>The value or the hash; empty for the other kinds.</summary>
    internal ReadOnlySpan<byte> Item { get; }

    /// <summary>Goes through a node. Each embedded node is smaller than the one around it, so this ends.</summary>
    internal static NodeStep Through(ReadOnlySpan<byte> node, ReadOnlySpan<byte> path)
    {
        Span<byte> nibbles = stackalloc byte[TriePath.NibblesMax];
        int consumed = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = path[consumed..];
            RlpReader items = new(node);
            RlpScope scope = items.EnterList();
            ReadOnlySpan<byte> first = items.ReadItem();
            ReadOnlySpan<byte> child = items.ReadItem();
            if (items.Error != RlpError.None) return default;
            if (items.AtEnd)
            {
                items.LeaveList(scope);
                if (!items.Complete()) return default;
                if (!TryReadString(first, out ReadOnlySpan<byte> compact) || !TriePath.TryDecodeCompact(compact, nibbles, out int length, out bool isLeaf)) return default;
                if (isLeaf) return !TryReadString(child, out ReadOnlySpan<byte> value) || value.IsEmpty ? default : Found(value, rest.SequenceEqual(nibbles[..length]), consumed);
                if (length == 0 || !TrieNodeDecoder.IsReference(child, mayBeEmpty: false)) return default;
                if (!rest.StartsWith(nibbles[..length])) return new(NodeStepKind.Absent, consumed, default);
                consumed += length;
            }
            else
            {
                int wanted = rest.IsEmpty ? BranchNode.Width : rest[0];
                if (wanted == 0) child = first;
                for (int i = 2; i <= BranchNode.Width; i++)
                {
                    ReadOnlySpan<byte> item = items.ReadItem();
                    if (i == wanted) child = item;
                }
                items.LeaveList(scope);
                if (!items.Complete()) return default;
                if (wanted == BranchNode.Width) return TryReadString(child, out ReadOnlySpan<byte> value) ? Found(value, !value.IsEmpty, consumed) : default;
                if (!TrieNodeDecoder.IsReference(child, mayBeEmpty: true)) return default;
                if (child.Length == 1) return new(NodeStepKind.Absent, consumed, default);
                consumed++;
            }
            if (child.Length == Hash256.SizeBytes + 1) return new(NodeStepKind.Hash, consumed, child[1..]);
            node = child;
        }
    }

    private static NodeStep Found(ReadOnlySpan<byte> value, bool isIt, int consumed) =>
        isIt ? new(NodeStepKind.Value, consumed, value) : new(NodeStepKind.Absent, consumed, default);

    private static bool TryReadString(ReadOnlySpan<byte> item, out ReadOnlySpan<byte> content)
    {
        RlpReader reader = new(item);
        content = reader.ReadBytes();
        return reader.Complete();
    }
}
