using Chain.Core.Primitives;

namespace Chain.Compliance.Audit;

/// <summary>That an entry is in the log (compliance specification, section 5): entry, path in its block, path among the blocks. A storage proof of S+1 anchors the root.</summary>
/// <param name="Entry">Bytes of the entry.</param>
/// <param name="Block">Height of its block.</param>
/// <param name="EntryIndex">Its index among the block's entries.</param>
/// <param name="EntryCount">Number of the block's entries.</param>
/// <param name="BlockPath">Siblings up to the block's root.</param>
/// <param name="LeafIndex">Index of the block among blocks with entries.</param>
/// <param name="GlobalPath">Siblings up to the root of the log.</param>
public sealed record AuditProof(
    ReadOnlyMemory<byte> Entry, ulong Block, uint EntryIndex, uint EntryCount, IReadOnlyList<Hash256> BlockPath, ulong LeafIndex, IReadOnlyList<Hash256> GlobalPath)
{
    /// <summary>True when the proof leads to this root of the log.</summary>
    public bool Verify(in Hash256 root)
    {
        bool hasShape = Entry.Length == AuditEntry.SizeBytes && EntryIndex < EntryCount && EntryCount <= int.MaxValue
            && BlockPath.Count == AuditTree.HeightOf((int)EntryCount) && GlobalPath.Count == AuditTree.Depth && LeafIndex <= uint.MaxValue;
        if (!hasShape) return false;
        Hash256 blockRoot = AuditTree.RootOf(AuditTree.Leaf(Entry.Span), EntryIndex, [.. BlockPath]);
        return AuditTree.RootOf(AuditTree.BlockLeaf(Block, EntryCount, blockRoot), LeafIndex, [.. GlobalPath]) == root;
    }

    /// <summary>The proof of one entry.</summary>
    /// <param name="block">Height of the block.</param>
    /// <param name="entries">All entries of the block in order.</param>
    /// <param name="index">Which of them.</param>
    /// <param name="blockLeaves">Leaves of all blocks with entries, up to the block whose root anchors the proof.</param>
    /// <param name="leafIndex">Index of the block among them.</param>
    public static AuditProof Of(ulong block, IReadOnlyList<byte[]> entries, int index, IReadOnlyList<Hash256> blockLeaves, int leafIndex)
    {
        Hash256[] leaves = [.. entries.Select(e => AuditTree.Leaf(e))];
        return new AuditProof(
            entries[index], block, (uint)index, (uint)entries.Count, AuditTree.BlockPath(leaves, index), (ulong)leafIndex, AuditTree.GlobalPath(blockLeaves, leafIndex));
    }
}
