using Chain.Core.Primitives;

namespace Chain.Trie;

/// <summary>
/// Reads trie nodes by their place: the trie they belong to and the path from its root. Only one version of each trie is visible.
/// Implementations are safe for concurrent readers.
/// </summary>
public interface ITrieNodeReader
{
    /// <summary>Reads one node; false when none is stored there.</summary>
    /// <param name="owner">keccak256(address) of the account whose storage trie it is, or <see cref="Hash256.Zero"/> for the account trie.</param>
    /// <param name="nibblePath">Path from the root, one nibble (0 to 15) a byte, at most <see cref="TriePath.NibblesMax"/>; the root has the empty path.</param>
    /// <param name="rlp">RLP of the node. The caller keeps it as long as it likes: its bytes must never change.</param>
    bool TryReadNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, out ReadOnlyMemory<byte> rlp);
}
