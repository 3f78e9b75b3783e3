using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Audit;
using Chain.Compliance.Storage;
using Chain.Consensus.Simulation;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.State;
using Chain.Storage.State;

namespace Chain.Consensus.Audit;

/// <summary>
/// The entries of the audit log by block, and their proofs (compliance specification, section 5). Records are stored with their blocks; one that is lost is made again by executing its block,
/// as long as the state before it is kept. Safe for concurrent use.
/// </summary>
/// <param name="simulator">Executes blocks whose record is lost.</param>
public sealed class AuditIndex(Simulator simulator)
{
    /// <summary>A move of the head during the first attempt is over in the second.</summary>
    private const int AttemptsMax = 2;

    private ChainManager Chain => simulator.Chain;

    /// <summary>The record of a stored block.</summary>
    /// <param name="header">The block.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="record">Its record; of a block without an audit log one without decisions.</param>
    /// <param name="problem">Why there is none.</param>
    /// <param name="cancellation">Ends an execution.</param>
    public bool TryGet(BlockHeader header, in Hash256 hash, out AuditRecord record, out string problem, CancellationToken cancellation = default)
    {
        problem = "";
        if (Chain.Database.Blocks.GetAuditRecord(hash) is { } stored && AuditRecord.TryDecode(stored, out record)) return true;
        record = new AuditRecord(0, [], []);
        INativeModules modules = Chain.Contexts.Modules;
        if (header.Number == 0 || !modules.HasDecisionsUntil(header.Timestamp)) return true;
        if (modules.DecisionLogAt(header.Timestamp) is not null) return TryExecute(hash, ref record, out problem, cancellation);
        record = record with { LeafCount = CountWhileOff(header, hash, cancellation) };
        return true;
    }

    /// <summary>
    /// Proves that an entry is in the log as it is after a later block. The proof is held against the root in that block's state before it is given: the chain may be reorganised while it is made, and a proof
    /// out of two branches proves nothing.
    /// </summary>
    /// <param name="block">Canonical block of the entry.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="entryIndex">Index of the entry in the block.</param>
    /// <param name="anchor">Canonical block, the entry's or a later one, whose state has the root.</param>
    /// <param name="proof">The proof.</param>
    /// <param name="problem">Why there is none.</param>
    /// <param name="cancellation">Ends executions.</param>
    public bool TryProve(BlockHeader block, in Hash256 hash, int entryIndex, BlockHeader anchor, out AuditProof proof, out string problem, CancellationToken cancellation = default)
    {
        proof = null!;
        if (!Chain.StateAt(anchor.Hash).TryGet(out IStateView? state))
        {
            problem = $"the state of block {anchor.Number}, whose root the proof ends in, is not available";
            return false;
        }
        Hash256 root = AbiWords.ToHash(new DirectStorage(new WorldState(state), ModuleAddresses.Audit).Read(AuditLayout.Root));
        problem = "";
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (!TryMakeProof(block, hash, entryIndex, anchor, out proof, out problem, cancellation)) return false;
            if (proof.Verify(root)) return true;
            problem = $"the proof does not lead to the root of block {anchor.Number}: the chain was reorganised while it was made; ask again for blocks of the present chain";
        }
        return false;
    }

    private bool TryMakeProof(BlockHeader block, in Hash256 hash, int entryIndex, BlockHeader anchor, out AuditProof proof, out string problem, CancellationToken cancellation)
    {
        proof = null!;
        if (!TryGet(block, hash, out AuditRecord record, out problem, cancellation)) return false;
        if (!TryGet(anchor, anchor.Hash, out AuditRecord last, out problem, cancellation)) return false;
        LogTree tree = new(this, anchor.Number, last.LeafCount, cancellation);
        ulong leafIndex = record.LeafCount - 1;
        Hash256[] path = tree.PathOf(leafIndex);
        problem = tree.Problem;
        if (problem.Length > 0) return false;
        byte[][] entries = [.. record.Decisions.Select(d => AuditEntry.Encode(block.Number, d))];
        proof = new AuditProof(
            entries[entryIndex], block.Number, (uint)entryIndex, (uint)entries.Length, AuditTree.BlockPath([.. entries.Select(e => AuditTree.Leaf(e))], entryIndex), leafIndex, path);
        return true;
    }

    /// <summary>While the log is off it does not grow: its size stands in the state, and in the record of the last block in which it was on.</summary>
    private ulong CountWhileOff(BlockHeader header, in Hash256 hash, CancellationToken cancellation)
    {
        if (Chain.StateAt(hash).TryGet(out IStateView? view))
            return AuditWord.Unpack(new DirectStorage(new WorldState(view), ModuleAddresses.Audit).Read(AuditLayout.State)).LeafCount;
        BlockHeader? below = header;
        while (below is { Number: > 0 } && Chain.Contexts.Modules.DecisionLogAt(below.Timestamp) is null)
        {
            cancellation.ThrowIfCancellationRequested();
            below = Chain.Database.Blocks.GetHeader(below.ParentHash);
        }
        return below is not null && Chain.Database.Blocks.GetAuditRecord(below.Hash) is { } stored && AuditRecord.TryDecode(stored, out AuditRecord last) ? last.LeafCount : 0;
    }

    private bool TryExecute(in Hash256 hash, ref AuditRecord record, out string problem, CancellationToken cancellation)
    {
        ExecutedBlock block = Chain.Load(hash);
        if (!BlockReplay.TryOpen(simulator, block.Block, block.Senders, out BlockReplay replay, out problem))
        {
            problem = $"the audit index has no record of block {block.Block.Header.Number}, and it cannot be made again: {problem}";
            return false;
        }
        using (replay) return AuditRecord.TryDecode(replay.Finish(cancellation).Span, out record);
    }

    /// <summary>The tree of blocks at one size. Full subtrees are in the records of the blocks that completed them; the others lie on its right edge.</summary>
    private sealed class LogTree(AuditIndex index, ulong headNumber, ulong size, CancellationToken cancellation)
    {
        public string Problem { get; private set; } = "";

        public Hash256[] PathOf(ulong leafIndex)
        {
            Hash256[] path = new Hash256[AuditTree.Depth];
            for (int height = 0; height < path.Length && Problem.Length == 0; height++) path[height] = Node(height, (leafIndex >> height) ^ 1);
            return path;
        }

        private Hash256 Node(int height, ulong position)
        {
            if (position << height >= size) return AuditTree.Zero(height);
            ulong end = (position + 1) << height;
            if (end > size) return AuditTree.Node(Node(height - 1, 2 * position), Node(height - 1, (2 * position) + 1));
            return TryFindRecord(end) is { } record && record.Nodes.Count > height ? record.Nodes[height] : default;
        }

        /// <summary>The record of the canonical block whose leaf made the log so large.</summary>
        private AuditRecord? TryFindRecord(ulong leafCount)
        {
            ulong low = 1, high = headNumber;
            AuditRecord? found = null;
            while (low <= high)
            {
                ulong middle = low + ((high - low) / 2);
                if (!TryRead(middle, out AuditRecord record)) return null;
                if (record.LeafCount >= leafCount)
                {
                    found = record;
                    high = middle - 1;
                }
                else
                {
                    low = middle + 1;
                }
            }
            return found;
        }

        private bool TryRead(ulong number, out AuditRecord record)
        {
            record = null!;
            string problem = $"block {number} left the chain while the proof was made: ask again";
            bool found = Problem.Length == 0 && index.Chain.Database.Blocks.TryGetCanonicalHash(number, out Hash256 hash)
                && index.TryGet(index.Chain.Database.Blocks.GetHeader(hash)!, hash, out record, out problem, cancellation);
            if (!found && Problem.Length == 0) Problem = problem;
            return found;
        }
    }
}
