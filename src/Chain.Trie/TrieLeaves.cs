using Chain.Core.Primitives;
using Chain.Core.State;

namespace Chain.Trie;

/// <summary>Walks the entries of a stored trie in the order of their keys. Each node read is checked against the hash its parent names.</summary>
public static class TrieLeaves
{
    /// <summary>The entries from a key on. Memory is bounded by the depth of the trie.</summary>
    /// <param name="reader">Stored nodes; they must not change during the walk.</param>
    /// <param name="owner">keccak256(address) of the account whose storage trie it is, or <see cref="Hash256.Zero"/> for the account trie.</param>
    /// <param name="root">Root.</param>
    /// <param name="startKey">First key wanted, whether it is there or not; empty for all.</param>
    /// <exception cref="InvalidDataException">The database is damaged.</exception>
    public static IEnumerable<(byte[] Key, ReadOnlyMemory<byte> Value)> Enumerate(ITrieNodeReader reader, Hash256 owner, Hash256 root, ReadOnlyMemory<byte> startKey = default)
    {
        if (root == Account.EmptyTrieRoot) yield break;
        byte[] start = new byte[2 * startKey.Length];
        TriePath.Unpack(startKey.Span, start);
        byte[] path = new byte[TriePath.NibblesMax];
        Stack<Frame> stack = new();
        stack.Push(new Frame(TrieNodeDecoder.Load(reader, owner, default, root), 0));
        while (stack.TryPop(out Frame frame))
        {
            int depth = frame.Depth;
            switch (frame.Node)
            {
                case LeafNode leaf:
                    Append(path, depth, leaf.Path, owner);
                    ReadOnlyMemory<byte> full = path.AsMemory(0, depth + leaf.Path.Length);
                    if (full.Span.SequenceCompareTo(start) >= 0) yield return (TriePath.Pack(full.Span), leaf.Value);
                    break;
                case ExtensionNode extension:
                    Append(path, depth, extension.Path, owner);
                    depth += extension.Path.Length;
                    if (IsBefore(path.AsSpan(0, depth), start)) break;
                    TrieNode child = extension.Child is HashNode hash ? TrieNodeDecoder.Load(reader, owner, path.AsSpan(0, depth), hash.Hash) : extension.Child;
                    stack.Push(new Frame(child, depth));
                    break;
                case BranchNode branch:
                    if (frame.Next == 0 && !branch.Value.IsEmpty && path.AsSpan(0, depth).SequenceCompareTo(start) >= 0)
                        yield return (TriePath.Pack(path.AsSpan(0, depth)), branch.Value);
                    for (int nibble = frame.Next; nibble < BranchNode.Width; nibble++)
                    {
                        if (!branch.HasChild(nibble)) continue;
                        Append(path, depth, [(byte)nibble], owner);
                        if (IsBefore(path.AsSpan(0, depth + 1), start)) continue;
                        TrieNode next = TrieNodeDecoder.ResolveChild(branch, nibble, reader, owner, path.AsSpan(0, depth + 1))!;
                        branch.SetChild(nibble, null);
                        stack.Push(new Frame(branch, depth, nibble + 1));
                        stack.Push(new Frame(next, depth + 1));
                        break;
                    }
                    break;
            }
        }
    }

    /// <summary>True when all keys with this prefix come before the start.</summary>
    private static bool IsBefore(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> start) => prefix.SequenceCompareTo(start) < 0 && !start.StartsWith(prefix);

    private static void Append(byte[] path, int depth, ReadOnlySpan<byte> nibbles, in Hash256 owner)
    {
        if (depth + nibbles.Length > path.Length)
            throw new InvalidDataException($"The trie of owner {owner} goes deeper than {TriePath.NibblesMax} nibbles at path '{TriePath.Format(path.AsSpan(0, depth))}': the database is damaged. Restore it from a backup or synchronise anew.");
        nibbles.CopyTo(path.AsSpan(depth));
    }

    private readonly record struct Frame(TrieNode Node, int Depth, int Next = 0);
}
