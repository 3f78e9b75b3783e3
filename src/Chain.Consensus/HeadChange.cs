using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;

namespace Chain.Consensus;

/// <summary>A block with what its execution gave.</summary>
/// <param name="Block">The block.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Receipts">Receipts in order.</param>
/// <param name="Senders">Senders in order.</param>
public sealed record ExecutedBlock(Block Block, Hash256 Hash, IReadOnlyList<Receipt> Receipts, IReadOnlyList<Address> Senders)
{
    /// <summary>What the audit log keeps of the block; empty without one, and for a block that was loaded (<see cref="Chain.Storage.Blocks.BlockStore.GetAuditRecord"/>).</summary>
    public ReadOnlyMemory<byte> AuditRecord { get; init; }

    /// <summary>What the block changed of the state; null for a block that was loaded.</summary>
    public StateDelta? Changes { get; init; }
}

/// <summary>The canonical chain's head moved.</summary>
/// <param name="Removed">Blocks no longer canonical, highest first; empty unless the chain reorganised.</param>
/// <param name="Added">Blocks newly canonical, lowest first.</param>
/// <param name="Head">The new head.</param>
public sealed record HeadChange(IReadOnlyList<ExecutedBlock> Removed, IReadOnlyList<ExecutedBlock> Added, BlockHeader Head);
