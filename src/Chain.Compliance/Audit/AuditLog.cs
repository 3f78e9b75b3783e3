using Chain.Compliance.Abi;
using Chain.Compliance.Storage;
using Chain.Core.Primitives;
using Chain.Evm.State;

namespace Chain.Compliance.Audit;

/// <summary>Writes the log's root at the end of each block with an entry (compliance specification, section 5): three slots, no gas.</summary>
public sealed class AuditLog : IDecisionLog
{
    private AuditLog()
    {
    }

    /// <summary>The one instance; the log itself is in the state.</summary>
    public static AuditLog Instance { get; } = new();

    /// <summary>Leaf of a block in the tree of blocks.</summary>
    public static Hash256 BlockLeaf(ulong number, IReadOnlyList<PlacedDecision> decisions)
    {
        Hash256[] leaves = [.. decisions.Select(d => AuditTree.Leaf(AuditEntry.Encode(number, d)))];
        return AuditTree.BlockLeaf(number, (ulong)leaves.Length, AuditTree.BlockRoot(leaves));
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Append(WorldState state, ulong number, IReadOnlyList<PlacedDecision> decisions)
    {
        DirectStorage storage = new(state, ModuleAddresses.Audit);
        AuditWord word = AuditWord.Unpack(storage.Read(AuditLayout.State));
        if (decisions.Count == 0) return new AuditRecord(word.LeafCount, [], []).Encode();
        ulong size = word.LeafCount + 1;
        Hash256 node = BlockLeaf(number, decisions);
        List<Hash256> completed = [node];
        // The branch keeps, for each bit set in the size, the root of the full subtree of that height.
        int lowest = 0;
        for (; (size >> lowest & 1) == 0; lowest++) completed.Add(node = AuditTree.Node(Branch(storage, lowest), node));
        storage.Write(AuditLayout.Branch + (ulong)lowest, AbiWords.ToWord(node));

        Hash256 root = default;
        for (int height = 0; height < AuditTree.Depth; height++)
        {
            root = (size >> height & 1) != 0 ? AuditTree.Node(Branch(storage, height), root) : AuditTree.Node(root, AuditTree.Zero(height));
        }
        storage.Write(AuditLayout.Root, AbiWords.ToWord(root));
        storage.Write(AuditLayout.State, new AuditWord(size, word.EntryCount + (ulong)decisions.Count, number).Pack());
        return new AuditRecord(size, completed, decisions).Encode();
    }

    private static Hash256 Branch(in DirectStorage storage, int height) => AbiWords.ToHash(storage.Read(AuditLayout.Branch + (ulong)height));
}
