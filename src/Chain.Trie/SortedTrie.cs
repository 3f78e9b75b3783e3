using Chain.Core.Crypto;
using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Core.State;

namespace Chain.Trie;

/// <summary>Keys, in ascending order and without repetition, and their values.</summary>
public interface ISortedItems
{
    /// <summary>Number of items.</summary>
    int Count { get; }

    /// <summary>Writes the key at this position, at most <see cref="TriePath.KeyBytesMax"/> bytes; returns its size.</summary>
    int CopyKey(int position, Span<byte> destination);

    /// <summary>Writes the value at this position, never empty.</summary>
    void WriteValue(int position, ref RlpWriter value);
}

/// <summary>
/// The root of a trie whose content is known and sorted: no node becomes an object, no store is touched. A node is a range of positions and a depth;
/// the recursion goes as deep as the tree.
/// </summary>
public static class SortedTrie
{
    private const int ScratchBytes = 576;
    private const int ReferenceBytesMax = Hash256.SizeBytes + 1;

    /// <summary>Computes the root.</summary>
    /// <exception cref="ArgumentException">The keys are not in ascending order.</exception>
    public static Hash256 ComputeRoot<TItems>(in TItems items) where TItems : ISortedItems
    {
        if (items.Count == 0) return Account.EmptyTrieRoot;
        Span<byte> reference = stackalloc byte[ReferenceBytesMax];
        WriteReference(items, 0, items.Count, 0, reference);
        return new Hash256(reference[1..]);
    }

    private static int WriteReference<TItems>(in TItems items, int start, int end, int depth, Span<byte> reference) where TItems : ISortedItems
    {
        Span<byte> scratch = stackalloc byte[ScratchBytes];
        RlpWriter rlp = new(scratch);
        int list = rlp.BeginList();
        WriteNode(items, start, end, depth, ref rlp);
        rlp.EndList(list);
        int size = rlp.Length;
        if (size < Hash256.SizeBytes && depth > 0)
        {
            rlp.Written.CopyTo(reference);
        }
        else
        {
            reference[0] = 0x80 + Hash256.SizeBytes;
            Keccak256.Hash(rlp.Written, reference[1..]);
            size = ReferenceBytesMax;
        }
        rlp.Dispose();
        return size;
    }

    private static void WriteNode<TItems>(in TItems items, int start, int end, int depth, ref RlpWriter rlp) where TItems : ISortedItems
    {
        Span<byte> first = stackalloc byte[TriePath.NibblesMax];
        Span<byte> last = stackalloc byte[TriePath.NibblesMax];
        int firstLength = CopyPath(items, start, first);
        if (end - start == 1)
        {
            TriePath.WriteCompact(first[depth..firstLength], isLeaf: true, ref rlp);
            WriteValue(items, start, ref rlp);
            return;
        }
        int lastLength = CopyPath(items, end - 1, last);
        int common = depth + first[depth..firstLength].CommonPrefixLength(last[depth..lastLength]);
        Span<byte> reference = stackalloc byte[ReferenceBytesMax];
        if (common > depth)
        {
            TriePath.WriteCompact(first[depth..common], isLeaf: false, ref rlp);
            int size = WriteReference(items, start, end, common, reference);
            rlp.WriteRaw(reference[..size]);
            return;
        }
        bool hasValue = firstLength == depth;
        int position = hasValue ? start + 1 : start;
        for (int nibble = 0; nibble < BranchNode.Width; nibble++)
        {
            int childEnd = position;
            while (childEnd < end && Nibble(items, childEnd, depth) == nibble) childEnd++;
            int size = childEnd > position ? WriteReference(items, position, childEnd, depth + 1, reference) : 0;
            if (size > 0) rlp.WriteRaw(reference[..size]);
            else rlp.WriteBytes(default);
            position = childEnd;
        }
        if (position != end) throw new ArgumentException($"The key at position {position} is out of order: keys must ascend.", nameof(items));
        if (hasValue) WriteValue(items, start, ref rlp);
        else rlp.WriteBytes(default);
    }

    private static int CopyPath<TItems>(in TItems items, int position, Span<byte> nibbles) where TItems : ISortedItems
    {
        Span<byte> key = stackalloc byte[TriePath.KeyBytesMax];
        return TriePath.Unpack(key[..items.CopyKey(position, key)], nibbles);
    }

    /// <summary>The nibble of a key at a depth, or -1 when the key ends there.</summary>
    private static int Nibble<TItems>(in TItems items, int position, int depth) where TItems : ISortedItems
    {
        Span<byte> key = stackalloc byte[TriePath.KeyBytesMax];
        if (depth / 2 >= items.CopyKey(position, key)) return -1;
        byte pair = key[depth / 2];
        return (depth & 1) == 0 ? pair >> 4 : pair & 15;
    }

    private static void WriteValue<TItems>(in TItems items, int position, ref RlpWriter rlp) where TItems : ISortedItems
    {
        Span<byte> scratch = stackalloc byte[ScratchBytes];
        RlpWriter value = new(scratch);
        items.WriteValue(position, ref value);
        rlp.WriteBytes(value.Written);
        value.Dispose();
    }
}
