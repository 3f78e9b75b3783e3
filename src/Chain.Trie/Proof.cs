using Chain.Core.Crypto;
using Chain.Core.Primitives;
using Chain.Core.State;

namespace Chain.Trie;

/// <summary>What a proof shows.</summary>
public enum ProofResult : byte
{
    /// <summary>The key is in the trie with the returned value.</summary>
    Included,

    /// <summary>The key is not in the trie.</summary>
    Absent,

    /// <summary>Nothing: a node has another hash than its parent (or the root) names.</summary>
    WrongHash,

    /// <summary>Nothing: the proof ends before the question is decided.</summary>
    NodeMissing,

    /// <summary>Nothing: nodes follow after the question is decided.</summary>
    NodeUnused,

    /// <summary>Nothing: a node is not a trie node.</summary>
    Malformed,

    /// <summary>Nothing: the key or the proof is larger than <see cref="TriePath.KeyBytesMax"/>, <see cref="Proof.NodesMax"/> or <see cref="Proof.NodeBytesMax"/> allows.</summary>
    TooLarge,
}

/// <summary>Merkle proofs that a key is, or is not, in a trie: the stored nodes from the root towards the key, as <c>eth_getProof</c> gives them (EIP-1186).</summary>
public static class Proof
{
    /// <summary>Most nodes in a proof: one a nibble, and the leaf.</summary>
    public const int NodesMax = TriePath.NibblesMax + 1;

    /// <summary>Largest node in a proof, bytes. State nodes stay below 1 KiB; a leaf of a receipts trie holds a whole receipt.</summary>
    public const int NodeBytesMax = 16 << 20;

    /// <summary>Builds the proof for a key; empty for the empty trie.</summary>
    /// <exception cref="InvalidDataException">The database is damaged.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Build(ITrieNodeReader reader, in Hash256 owner, in Hash256 root, ReadOnlySpan<byte> key)
    {
        if (root == Account.EmptyTrieRoot) return [];
        Span<byte> nibbles = stackalloc byte[TriePath.NibblesMax];
        nibbles = nibbles[..TriePath.Unpack(key, nibbles)];
        List<ReadOnlyMemory<byte>> proof = [];
        Hash256 expected = root;
        int depth = 0;
        while (true)
        {
            ReadOnlyMemory<byte> rlp = TrieNodeDecoder.LoadRlp(reader, owner, nibbles[..depth], expected);
            proof.Add(rlp);
            NodeStep step = NodeStep.Through(rlp.Span, nibbles[depth..]);
            depth += step.Consumed;
            if (step.Kind == NodeStepKind.Malformed)
                throw new InvalidDataException($"The trie node {expected} of owner {owner} above path '{TriePath.Format(nibbles[..depth])}' is not a trie node: the database is damaged. Restore it from a backup or synchronise anew.");
            if (step.Kind != NodeStepKind.Hash) return proof;
            expected = new Hash256(step.Item);
        }
    }

    /// <summary>Checks a proof from anywhere. Never throws.</summary>
    /// <param name="root">Trusted root.</param>
    /// <param name="key">Key as the trie has it (hashed, in the state tries).</param>
    /// <param name="proof">Nodes, root first.</param>
    /// <param name="value">The value when the key is in the trie, a part of the last node; else empty.</param>
    public static ProofResult Verify(in Hash256 root, ReadOnlySpan<byte> key, IReadOnlyList<ReadOnlyMemory<byte>> proof, out ReadOnlyMemory<byte> value)
    {
        value = default;
        if (key.Length > TriePath.KeyBytesMax || proof.Count > NodesMax) return ProofResult.TooLarge;
        if (root == Account.EmptyTrieRoot) return proof.Count == 0 ? ProofResult.Absent : ProofResult.NodeUnused;
        Span<byte> nibbles = stackalloc byte[TriePath.NibblesMax];
        ReadOnlySpan<byte> rest = nibbles[..TriePath.Unpack(key, nibbles)];
        Hash256 expected = root;
        for (int i = 0; i < proof.Count; i++)
        {
            ReadOnlyMemory<byte> node = proof[i];
            if (node.Length > NodeBytesMax) return ProofResult.TooLarge;
            if (Keccak256.Hash(node.Span) != expected) return ProofResult.WrongHash;
            NodeStep step = NodeStep.Through(node.Span, rest);
            bool isLast = i == proof.Count - 1;
            switch (step.Kind)
            {
                case NodeStepKind.Malformed:
                    return ProofResult.Malformed;
                case NodeStepKind.Hash:
                    expected = new Hash256(step.Item);
                    rest = rest[step.Consumed..];
                    break;
                case NodeStepKind.Absent:
                    return isLast ? ProofResult.Absent : ProofResult.NodeUnused;
                case NodeStepKind.Value:
                    if (!isLast) return ProofResult.NodeUnused;
                    node.Span.Overlaps(step.Item, out int offset);
                    value = node.Slice(offset, step.Item.Length);
                    return ProofResult.Included;
            }
        }
        return ProofResult.NodeMissing;
    }
}
