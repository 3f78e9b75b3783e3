using Chain.Core.Primitives;

namespace Chain.Trie;

/// <summary>
/// Receives changed trie nodes. Calls come from one thread and take effect in their order: a place may be deleted and then written, a storage trie
/// dropped and then begun anew. Spans are valid during the call only.
/// </summary>
public interface ITrieNodeWriter
{
    /// <summary>Stores a node, replacing the one at its place.</summary>
    /// <param name="owner">keccak256(address) of the account whose storage trie it is, or <see cref="Hash256.Zero"/> for the account trie.</param>
    /// <param name="nibblePath">Path from the root, one nibble (0 to 15) a byte, at most <see cref="TriePath.NibblesMax"/>.</param>
    /// <param name="rlp">RLP of the node; never empty.</param>
    void WriteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, ReadOnlySpan<byte> rlp);

    /// <summary>Deletes the node at this place, if there is one.</summary>
    void DeleteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath);

    /// <summary>Deletes all nodes of one account's storage trie.</summary>
    /// <param name="owner">keccak256(address); never <see cref="Hash256.Zero"/>.</param>
    void DeleteStorageTrie(in Hash256 owner);
}
