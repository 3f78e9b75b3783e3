using Chain.Core.Primitives;
using Chain.Core.State;

namespace Chain.Trie;

/// <summary>One change of a trie whose keys are hashes.</summary>
/// <param name="Key">Hashed key.</param>
/// <param name="Value">New value; empty deletes. It is kept, so its bytes must not change.</param>
public readonly record struct TrieEntry(Hash256 Key, ReadOnlyMemory<byte> Value);

/// <summary>
/// A modified Merkle Patricia trie (Yellow Paper, appendix D) over a store of nodes keyed by path. Nodes are loaded when a key leads through them and
/// checked against the hash their parent names; only changed nodes are encoded and hashed again. A node that a parent embeds (shorter than 32 bytes) is not stored.
/// Loaded nodes stay in memory as long as the trie does, also over commits; after a commit the reader has to show what was written. Not thread safe, reads included. After an exception the trie is to be dropped.
/// </summary>
public sealed partial class PatriciaTrie
{
    private ITrieNodeReader _reader;
    private readonly Hash256 _owner;
    private readonly List<byte[]> _vacated = [];
    private readonly byte[] _key = new byte[TriePath.NibblesMax];
    private int _keyLength;
    private TrieNode? _root;
    private bool _isChanged;

    /// <summary>Opens a trie.</summary>
    /// <param name="reader">Stored nodes.</param>
    /// <param name="owner">keccak256(address) of the account whose storage trie it is, or <see cref="Hash256.Zero"/> for the account trie.</param>
    /// <param name="rootHash">Root; with <see cref="Account.EmptyTrieRoot"/> the reader is never asked.</param>
    public PatriciaTrie(ITrieNodeReader reader, in Hash256 owner, in Hash256 rootHash)
    {
        _reader = reader;
        _owner = owner;
        _root = rootHash == Account.EmptyTrieRoot ? null : new HashNode(rootHash);
    }

    /// <summary>Nodes in memory, about.</summary>
    internal long NodesHeld { get; private set; }

    /// <summary>True when nothing was changed since the trie was opened or committed, and this is its root.</summary>
    internal bool HasRoot(in Hash256 rootHash) => _changesSinceHashed == 0 && _vacated.Count == 0 && (_root is null ? rootHash == Account.EmptyTrieRoot : _root.HasHash && _root.Hash == rootHash);

    /// <summary>Goes on with another reader, which shows the same trie.</summary>
    internal void ReadFrom(ITrieNodeReader reader) => _reader = reader;

    /// <summary>Looks a key up; false when it is not there.</summary>
    /// <exception cref="InvalidDataException">The database is damaged.</exception>
    public bool TryGet(ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> value)
    {
        _keyLength = TriePath.Unpack(key, _key);
        value = default;
        int depth = 0;
        TrieNode? node = _root = LoadIfHash(_root, 0);
        while (node is not null)
        {
            ReadOnlySpan<byte> rest = _key.AsSpan(depth, _keyLength - depth);
            switch (node)
            {
                case LeafNode leaf:
                    if (!rest.SequenceEqual(leaf.Path)) return false;
                    value = leaf.Value;
                    return true;
                case ExtensionNode extension:
                    if (!rest.StartsWith(extension.Path)) return false;
                    depth += extension.Path.Length;
                    node = extension.Child = LoadIfHash(extension.Child, depth)!;
                    break;
                case BranchNode branch when rest.IsEmpty:
                    value = branch.Value;
                    return !value.IsEmpty;
                case BranchNode branch:
                    node = ResolveChild(branch, rest[0], ++depth);
                    break;
            }
        }
        return false;
    }

    /// <summary>Sets or, with an empty value, deletes one key of at most <see cref="TriePath.KeyBytesMax"/> bytes. The value is kept: its bytes must not change.</summary>
    /// <exception cref="InvalidDataException">The database is damaged.</exception>
    public void Set(ReadOnlySpan<byte> key, ReadOnlyMemory<byte> value)
    {
        _keyLength = TriePath.Unpack(key, _key);
        _isChanged = false;
        if (!value.IsEmpty) _root = Insert(_root, 0, value);
        else if (_root is not null) _root = Remove(LoadIfHash(_root, 0)!, 0);
        if (!_isChanged) return;
        _changesSinceHashed++;
        NodesHeld++;
    }

    /// <summary>Sets and deletes many keys. Sorted keys read the store in order; another order gives the same trie. Of equal keys the last counts.</summary>
    /// <exception cref="InvalidDataException">The database is damaged.</exception>
    public void Update(ReadOnlySpan<TrieEntry> entries)
    {
        foreach (ref readonly TrieEntry entry in entries) Set(entry.Key.Bytes, entry.Value);
    }

    private TrieNode Insert(TrieNode? node, int depth, ReadOnlyMemory<byte> value)
    {
        ReadOnlySpan<byte> rest = _key.AsSpan(depth, _keyLength - depth);
        switch (LoadIfHash(node, depth))
        {
            case LeafNode leaf:
                return InsertAtLeaf(leaf, rest, value);
            case ExtensionNode extension:
                return InsertAtExtension(extension, depth, value);
            case BranchNode branch when rest.IsEmpty:
                if (branch.Value.Span.SequenceEqual(value.Span)) return branch;
                branch.Value = value;
                return Changed(branch);
            case BranchNode branch:
                branch.SetChild(rest[0], Insert(ResolveChild(branch, rest[0], depth + 1), depth + 1, value));
                if (_isChanged) branch.Touch();
                return branch;
            default:
                return Changed(new LeafNode(rest.ToArray(), value));
        }
    }

    private TrieNode InsertAtLeaf(LeafNode leaf, ReadOnlySpan<byte> rest, ReadOnlyMemory<byte> value)
    {
        int common = rest.CommonPrefixLength(leaf.Path);
        if (common == rest.Length && common == leaf.Path.Length)
        {
            if (leaf.Value.Span.SequenceEqual(value.Span)) return leaf;
            leaf.Value = value;
            return Changed(leaf);
        }
        BranchNode branch = new();
        AddLeaf(branch, leaf.Path.AsSpan(common), leaf.Value);
        AddLeaf(branch, rest[common..], value);
        return Changed(Replace(leaf, Prefixed(rest[..common], branch)));
    }

    private TrieNode InsertAtExtension(ExtensionNode extension, int depth, ReadOnlyMemory<byte> value)
    {
        ReadOnlySpan<byte> rest = _key.AsSpan(depth, _keyLength - depth);
        byte[] path = extension.Path;
        int common = rest.CommonPrefixLength(path);
        if (common == path.Length)
        {
            extension.Child = Insert(extension.Child, depth + common, value);
            if (_isChanged) extension.Touch();
            return extension;
        }
        // The child keeps its place below the new branch, so it stays stored and need not be loaded.
        BranchNode branch = new();
        branch.SetChild(path[common], Prefixed(path.AsSpan(common + 1), extension.Child));
        AddLeaf(branch, rest[common..], value);
        return Changed(Replace(extension, Prefixed(rest[..common], branch)));
    }

    private static void AddLeaf(BranchNode branch, ReadOnlySpan<byte> rest, ReadOnlyMemory<byte> value)
    {
        if (rest.IsEmpty) branch.Value = value;
        else branch.SetChild(rest[0], new LeafNode(rest[1..].ToArray(), value));
    }

    private static TrieNode Prefixed(ReadOnlySpan<byte> path, TrieNode child) => path.IsEmpty ? child : new ExtensionNode(path.ToArray(), child);

    private TrieNode? Remove(TrieNode node, int depth)
    {
        ReadOnlySpan<byte> rest = _key.AsSpan(depth, _keyLength - depth);
        switch (node)
        {
            case LeafNode leaf:
                if (!rest.SequenceEqual(leaf.Path)) return leaf;
                Vacate(leaf, _key.AsSpan(0, depth));
                _isChanged = true;
                return null;
            case ExtensionNode extension:
                if (!rest.StartsWith(extension.Path)) return extension;
                int childDepth = depth + extension.Path.Length;
                TrieNode child = Remove(extension.Child = LoadIfHash(extension.Child, childDepth)!, childDepth)
                    ?? throw new InvalidDataException($"The trie of owner {_owner} has an extension without a branch at path '{TriePath.Format(_key.AsSpan(0, depth))}': the database is damaged. Restore it from a backup or synchronise anew.");
                if (!_isChanged) return extension;
                extension.Child = child;
                return child is BranchNode ? Changed(extension) : Changed(Replace(extension, Merge(extension.Path, child, _key.AsSpan(0, childDepth))));
            default:
                return RemoveAtBranch((BranchNode)node, depth);
        }
    }

    private TrieNode RemoveAtBranch(BranchNode branch, int depth)
    {
        if (depth == _keyLength)
        {
            if (branch.Value.IsEmpty) return branch;
            branch.Value = default;
            _isChanged = true;
        }
        else
        {
            int nibble = _key[depth];
            if (ResolveChild(branch, nibble, depth + 1) is not { } child) return branch;
            child = Remove(child, depth + 1)!;
            if (!_isChanged) return branch;
            branch.SetChild(nibble, child);
        }

        int only = -1;
        int count = branch.Value.IsEmpty ? 0 : 1;
        for (int i = 0; i < BranchNode.Width; i++)
        {
            if (!branch.HasChild(i)) continue;
            only = i;
            count++;
        }
        if (count > 1) return Changed(branch);
        if (only < 0) return Changed(Replace(branch, new LeafNode([], branch.Value)));

        // What is left decides the form of the node that takes this place, so it has to be known.
        Span<byte> childPath = stackalloc byte[TriePath.NibblesMax];
        _key.AsSpan(0, depth).CopyTo(childPath);
        childPath[depth] = (byte)only;
        childPath = childPath[..(depth + 1)];
        TrieNode last = TrieNodeDecoder.ResolveChild(branch, only, _reader, _owner, childPath)!;
        return Changed(Replace(branch, Merge([(byte)only], last, childPath)));
    }

    /// <summary>The node for a path without choice before this child; a leaf or extension leaves its own place for that.</summary>
    private TrieNode Merge(byte[] prefix, TrieNode child, ReadOnlySpan<byte> childPath)
    {
        if (child is BranchNode) return new ExtensionNode(prefix, child);
        Vacate(child, childPath);
        return child is LeafNode leaf
            ? new LeafNode([.. prefix, .. leaf.Path], leaf.Value)
            : new ExtensionNode([.. prefix, .. ((ExtensionNode)child).Path], ((ExtensionNode)child).Child);
    }

    /// <summary>The new node takes the place of the old one, and with it the duty to overwrite or delete what is stored there.</summary>
    private static TrieNode Replace(TrieNode old, TrieNode replacement)
    {
        replacement.IsStored = old.IsStored;
        return replacement;
    }

    private void Vacate(TrieNode node, ReadOnlySpan<byte> path)
    {
        if (node.IsStored) _vacated.Add(path.ToArray());
    }

    private TrieNode Changed(TrieNode node)
    {
        node.Touch();
        _isChanged = true;
        return node;
    }

    private TrieNode? LoadIfHash(TrieNode? node, int depth)
    {
        if (node is not HashNode) return node;
        NodesHeld++;
        return TrieNodeDecoder.Load(_reader, _owner, _key.AsSpan(0, depth), node.Hash);
    }

    private TrieNode? ResolveChild(BranchNode branch, int nibble, int childDepth)
    {
        if (branch.IsUnresolved(nibble)) NodesHeld++;
        return TrieNodeDecoder.ResolveChild(branch, nibble, _reader, _owner, _key.AsSpan(0, childDepth));
    }
}
