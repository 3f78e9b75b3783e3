using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Audit;

/// <summary>
/// The trees of the audit log (compliance specification, section 5): one per block over its entries, padded with zeros to a power of two,
/// and one of depth 32 over the blocks. Leaves, nodes and blocks have different prefixes, so that none passes for another.
/// </summary>
public static class AuditTree
{
    /// <summary>Depth of the tree of blocks.</summary>
    public const int Depth = 32;

    private const byte EntryPrefix = 0;
    private const byte NodePrefix = 1;
    private const byte BlockPrefix = 2;

    private static readonly Hash256[] Zeros = MakeZeros();

    /// <summary>Root of the tree of blocks without a leaf.</summary>
    public static Hash256 EmptyRoot => Zeros[Depth];

    /// <summary>Root of an empty subtree of a height, 0 to <see cref="Depth"/>.</summary>
    public static Hash256 Zero(int height) => Zeros[height];

    /// <summary>Leaf of an entry.</summary>
    public static Hash256 Leaf(ReadOnlySpan<byte> entry)
    {
        byte[] preimage = new byte[1 + entry.Length];
        preimage[0] = EntryPrefix;
        entry.CopyTo(preimage.AsSpan(1));
        return Keccak256.Hash(preimage);
    }

    /// <summary>Parent of two nodes.</summary>
    public static Hash256 Node(in Hash256 left, in Hash256 right)
    {
        Span<byte> preimage = stackalloc byte[1 + (2 * Hash256.SizeBytes)];
        preimage[0] = NodePrefix;
        left.Bytes.CopyTo(preimage[1..]);
        right.Bytes.CopyTo(preimage[(1 + Hash256.SizeBytes)..]);
        return Keccak256.Hash(preimage);
    }

    /// <summary>Leaf of a block in the tree of blocks.</summary>
    public static Hash256 BlockLeaf(ulong block, ulong count, in Hash256 blockRoot)
    {
        Span<byte> preimage = stackalloc byte[1 + (3 * UInt256.SizeBytes)];
        preimage[0] = BlockPrefix;
        new UInt256(block).WriteBigEndian(preimage.Slice(1, UInt256.SizeBytes));
        new UInt256(count).WriteBigEndian(preimage.Slice(1 + UInt256.SizeBytes, UInt256.SizeBytes));
        blockRoot.Bytes.CopyTo(preimage[(1 + (2 * UInt256.SizeBytes))..]);
        return Keccak256.Hash(preimage);
    }

    /// <summary>Root over the leaves of a block, at least one.</summary>
    public static Hash256 BlockRoot(IReadOnlyList<Hash256> leaves) => RootAndPath(leaves, 0, HeightOf(leaves.Count), []);

    /// <summary>Siblings from a leaf of a block up to its root.</summary>
    public static Hash256[] BlockPath(IReadOnlyList<Hash256> leaves, int index)
    {
        List<Hash256> path = [];
        RootAndPath(leaves, index, HeightOf(leaves.Count), path);
        return [.. path];
    }

    /// <summary>Siblings from a block's leaf up to the root of the tree of these blocks.</summary>
    public static Hash256[] GlobalPath(IReadOnlyList<Hash256> blockLeaves, int index)
    {
        List<Hash256> path = [];
        RootAndPath(blockLeaves, index, Depth, path);
        return [.. path];
    }

    /// <summary>The root that a leaf at an index and its siblings give.</summary>
    public static Hash256 RootOf(in Hash256 leaf, ulong index, ReadOnlySpan<Hash256> siblings)
    {
        Hash256 node = leaf;
        for (int height = 0; height < siblings.Length; height++)
        {
            bool isRight = (index >> height & 1) != 0;
            node = isRight ? Node(siblings[height], node) : Node(node, siblings[height]);
        }
        return node;
    }

    /// <summary>Height of the smallest tree with so many leaves.</summary>
    public static int HeightOf(int count)
    {
        int height = 0;
        while (1L << height < count) height++;
        return height;
    }

    private static Hash256 RootAndPath(IReadOnlyList<Hash256> leaves, int index, int height, List<Hash256> path)
    {
        List<Hash256> level = [.. leaves];
        for (int h = 0; h < height; h++)
        {
            int sibling = index ^ 1;
            path.Add(sibling < level.Count ? level[sibling] : Zeros[h]);
            List<Hash256> next = new((level.Count + 1) / 2);
            for (int i = 0; i < level.Count; i += 2) next.Add(Node(level[i], i + 1 < level.Count ? level[i + 1] : Zeros[h]));
            level = next;
            index >>= 1;
        }
        return level.Count == 0 ? Zeros[height] : level[0];
    }

    private static Hash256[] MakeZeros()
    {
        Hash256[] zeros = new Hash256[Depth + 1];
        for (int height = 0; height < Depth; height++) zeros[height + 1] = Node(zeros[height], zeros[height]);
        return zeros;
    }
}
