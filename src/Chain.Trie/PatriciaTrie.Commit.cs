using Chain.Core.Crypto;
using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Core.State;
using Chain.Core.Threading;

namespace Chain.Trie;

public sealed partial class PatriciaTrie
{
    /// <summary>From this many changed keys on, the subtrees below the root branch are hashed in parallel.</summary>
    public const int ParallelKeysMin = 256;

    /// <summary>Scratch for one encoded node: a branch of hashes without value has 532 bytes; larger nodes rent.</summary>
    private const int ScratchBytes = 576;

    private const int ReferenceBytesMax = Hash256.SizeBytes + 1;

    private int _changesSinceHashed;

    /// <summary>The root of the present content. Nothing is written; a later <see cref="Commit"/> does not hash again.</summary>
    /// <param name="parallel">Null lets the number of changes decide; false and true force it.</param>
    public Hash256 ComputeRoot(bool? parallel = null)
    {
        if (_root is null) return Account.EmptyTrieRoot;
        if (parallel ?? _changesSinceHashed >= ParallelKeysMin) HashSubtreesInParallel(null);
        Span<byte> path = stackalloc byte[TriePath.NibblesMax];
        Span<byte> reference = stackalloc byte[ReferenceBytesMax];
        WriteReference(_root, path, 0, null, reference);
        _changesSinceHashed = 0;
        return _root.Hash;
    }

    /// <summary>Writes all changes since the last commit: first the places left empty, then the changed nodes, children before parents. Returns the root.</summary>
    public Hash256 Commit(ITrieNodeWriter writer)
    {
        foreach (byte[] vacated in _vacated) writer.DeleteNode(_owner, vacated);
        _vacated.Clear();
        if (_root is null) return Account.EmptyTrieRoot;
        if (_changesSinceHashed >= ParallelKeysMin) HashSubtreesInParallel(writer);
        Span<byte> path = stackalloc byte[TriePath.NibblesMax];
        Span<byte> reference = stackalloc byte[ReferenceBytesMax];
        WriteReference(_root, path, 0, writer, reference);
        _changesSinceHashed = 0;
        return _root.Hash;
    }

    /// <summary>
    /// Subtrees share no node in memory, and hashing reads no store, so the threads meet nowhere. With a writer, changed nodes are encoded once, for hash and store, and stored in the
    /// same order as one thread would.
    /// </summary>
    private void HashSubtreesInParallel(ITrieNodeWriter? writer)
    {
        if (_root is not BranchNode root) return;
        NodeBuffer?[] buffers = new NodeBuffer?[BranchNode.Width];
        SharedWork.Run(BranchNode.Width, nibble =>
        {
            if (root.Children[nibble] is not { } child) return;
            if (writer is not null) buffers[nibble] = new NodeBuffer();
            Span<byte> path = stackalloc byte[TriePath.NibblesMax];
            path[0] = (byte)nibble;
            Span<byte> reference = stackalloc byte[ReferenceBytesMax];
            WriteReference(child, path, 1, buffers[nibble], reference);
        });
        if (writer is null) return;
        foreach (NodeBuffer? buffer in buffers) buffer?.Replay(_owner, writer);
    }

    /// <summary>
    /// Writes how a parent names this node, its hash or, when shorter, itself; returns the size. Hashes what changed; with a writer, also stores what changed.
    /// The path is used with a writer only.
    /// </summary>
    private int WriteReference(TrieNode node, Span<byte> path, int depth, ITrieNodeWriter? writer, Span<byte> reference)
    {
        if (!node.HasHash || (writer is not null && !node.IsWritten))
        {
            Span<byte> scratch = stackalloc byte[ScratchBytes];
            RlpWriter rlp = new(scratch);
            Encode(node, path, depth, writer, ref rlp);
            if (rlp.Length < Hash256.SizeBytes && depth > 0)
            {
                if (writer is not null && node.IsStored)
                {
                    writer.DeleteNode(_owner, path[..depth]);
                    node.IsStored = false;
                }
                rlp.Written.CopyTo(reference);
                int size = rlp.Length;
                rlp.Dispose();
                return size;
            }
            if (!node.HasHash)
            {
                node.Hash = Keccak256.Hash(rlp.Written);
                node.HasHash = true;
            }
            if (writer is not null)
            {
                writer.WriteNode(_owner, path[..depth], rlp.Written);
                node.IsStored = node.IsWritten = true;
            }
            rlp.Dispose();
        }
        reference[0] = 0x80 + Hash256.SizeBytes;
        node.Hash.Bytes.CopyTo(reference[1..]);
        return ReferenceBytesMax;
    }

    private void Encode(TrieNode node, Span<byte> path, int depth, ITrieNodeWriter? writer, ref RlpWriter rlp)
    {
        int list = rlp.BeginList();
        switch (node)
        {
            case LeafNode leaf:
                TriePath.WriteCompact(leaf.Path, isLeaf: true, ref rlp);
                rlp.WriteBytes(leaf.Value.Span);
                break;
            case ExtensionNode extension:
                TriePath.WriteCompact(extension.Path, isLeaf: false, ref rlp);
                if (writer is not null) extension.Path.CopyTo(path[depth..]);
                Span<byte> reference = stackalloc byte[ReferenceBytesMax];
                int size = WriteReference(extension.Child, path, depth + extension.Path.Length, writer, reference);
                rlp.WriteRaw(reference[..size]);
                break;
            case BranchNode branch:
                EncodeBranch(branch, path, depth, writer, ref rlp);
                break;
        }
        rlp.EndList(list);
    }

    private void EncodeBranch(BranchNode branch, Span<byte> path, int depth, ITrieNodeWriter? writer, ref RlpWriter rlp)
    {
        Span<byte> reference = stackalloc byte[ReferenceBytesMax];
        RlpReader source = new(branch.SourceRlp.Span);
        if (branch.Unresolved != 0) source.EnterList();
        for (int i = 0; i < BranchNode.Width; i++)
        {
            ReadOnlySpan<byte> item = branch.Unresolved != 0 ? source.ReadItem() : default;
            if (branch.Children[i] is { } child)
            {
                if (writer is not null) path[depth] = (byte)i;
                int size = WriteReference(child, path, depth + 1, writer, reference);
                rlp.WriteRaw(reference[..size]);
            }
            else if (branch.IsUnresolved(i))
            {
                rlp.WriteRaw(item);
            }
            else
            {
                rlp.WriteBytes(default);
            }
        }
        rlp.WriteBytes(branch.Value.Span);
    }
}
