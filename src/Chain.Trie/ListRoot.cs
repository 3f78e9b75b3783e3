using Chain.Core.Primitives;
using Chain.Core.Rlp;

namespace Chain.Trie;

/// <summary>Writes one item of a list in the form the trie holds: for a transaction or receipt the EIP-2718 envelope.</summary>
public delegate void ListItemEncoder<in T>(ref RlpWriter rlp, T item);

/// <summary>Roots of the lists in a block: transactions, receipts, withdrawals. The key of an item is the RLP of its index (Yellow Paper, section 4.3.2).</summary>
public static class ListRoot
{
    /// <summary>The root of a list.</summary>
    public static Hash256 Compute<T>(IReadOnlyList<T> items, ListItemEncoder<T> encode) => SortedTrie.ComputeRoot(new IndexedItems<T>(items, encode));

    private readonly struct IndexedItems<T>(IReadOnlyList<T> items, ListItemEncoder<T> encode) : ISortedItems
    {
        public int Count => items.Count;

        public int CopyKey(int position, Span<byte> destination)
        {
            RlpWriter key = new(destination);
            key.WriteUInt64((ulong)IndexAt(position));
            return key.Length;
        }

        public void WriteValue(int position, ref RlpWriter value) => encode(ref value, items[IndexAt(position)]);

        /// <summary>In key order, 1 to 127 (0x01 to 0x7f) come first, then 0 (0x80), then the rest (0x8180 and up).</summary>
        private int IndexAt(int position)
        {
            int zeroPosition = Math.Min(items.Count - 1, 127);
            return position < zeroPosition ? position + 1 : position == zeroPosition ? 0 : position;
        }
    }
}
