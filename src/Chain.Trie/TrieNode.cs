using System.Runtime.CompilerServices;
using Chain.Core.Primitives;

// Scratch buffers of encoders live on the stack and are read only where they were written.
[module: SkipLocalsInit]

namespace Chain.Trie;

/// <summary>A node in memory. Nodes shorter than a hash live inside their parent's encoding and are never stored on their own.</summary>
internal abstract class TrieNode
{
    /// <summary>Hash of the node's RLP, when <see cref="HasHash"/>.</summary>
    internal Hash256 Hash;

    /// <summary>True when <see cref="Hash"/> is that of the present content; always false for an embedded node.</summary>
    internal bool HasHash;

    /// <summary>True when the store has a node, of this or an earlier content, at this node's place.</summary>
    internal bool IsStored;

    /// <summary>True when the store has the present content.</summary>
    internal bool IsWritten;

    /// <summary>Marks the content as changed.</summary>
    internal void Touch()
    {
        HasHash = false;
        IsWritten = false;
    }

    /// <summary>Marks the node as just read from the store.</summary>
    internal void MarkLoaded(in Hash256 hash)
    {
        Hash = hash;
        HasHash = IsStored = IsWritten = true;
    }
}

/// <summary>A node that is known by its hash only and not loaded yet.</summary>
internal sealed class HashNode : TrieNode
{
    internal HashNode(in Hash256 hash) => MarkLoaded(hash);
}

/// <summary>The rest of a key and its value.</summary>
internal sealed class LeafNode(byte[] path, ReadOnlyMemory<byte> value) : TrieNode
{
    internal readonly byte[] Path = path;
    internal ReadOnlyMemory<byte> Value = value;
}

/// <summary>A stretch of path without choice, before a branch.</summary>
internal sealed class ExtensionNode(byte[] path, TrieNode child) : TrieNode
{
    internal readonly byte[] Path = path;
    internal TrieNode Child = child;
}

/// <summary>A choice by nibble, with the value of the key that ends here. Children nobody asked for stay in the RLP the node was read from.</summary>
internal sealed class BranchNode : TrieNode
{
    internal const int Width = 16;

    internal BranchChildren Children;
    internal ReadOnlyMemory<byte> Value;

    /// <summary>What the node was read from; its item n is the reference to child n when bit n of <see cref="Unresolved"/> is set.</summary>
    internal ReadOnlyMemory<byte> SourceRlp;
    internal ushort Unresolved;

    internal bool IsUnresolved(int nibble) => ((Unresolved >> nibble) & 1) != 0;

    internal bool HasChild(int nibble) => Children[nibble] is not null || IsUnresolved(nibble);

    internal void SetChild(int nibble, TrieNode? child)
    {
        Children[nibble] = child;
        Unresolved &= (ushort)~(1 << nibble);
    }
}

/// <summary>The sixteen children of a branch, inside its object.</summary>
[InlineArray(BranchNode.Width)]
internal struct BranchChildren
{
    private TrieNode? _first;
}
