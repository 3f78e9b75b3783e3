using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Storage.Blocks;
using Chain.Storage.Engines;
using Chain.Storage.State;

namespace Chain.Storage;

/// <summary>
/// The chain on disk: blocks and states that agree with one another after a kill at any moment. One writer at a time (members that write take a lock), any number of concurrent readers,
/// who see a block wholly or not at all. A failed write throws <see cref="StorageException"/> and leaves memory and disk as before.
/// </summary>
public sealed class ChainDatabase : IDisposable
{
    /// <summary>
    /// Opens the chain in a store, or creates it when the store is empty. Verifies schema, chain, the roots of the base and of every layer above it.
    /// </summary>
    /// <param name="store">Engine; owned from now on: disposed with the database, or when opening fails.</param>
    /// <param name="genesis">The chain expected; null accepts any chain that is there.</param>
    /// <param name="options">Options; null for defaults.</param>
    /// <exception cref="StorageException">Wrong schema or chain, damage, or an empty store without a genesis.</exception>
    public static ChainDatabase Open(IKeyValueStore store, GenesisBlock? genesis, StorageOptions? options = null) => throw new NotImplementedException();

    /// <summary>Chain id (EIP-155).</summary>
    public ulong ChainId => throw new NotImplementedException();

    /// <summary>Hash of block 0.</summary>
    public Hash256 GenesisHash => throw new NotImplementedException();

    /// <summary>Blocks.</summary>
    public BlockStore Blocks => throw new NotImplementedException();

    /// <summary>States.</summary>
    public StateStore States => throw new NotImplementedException();

    /// <summary>Head of the canonical chain.</summary>
    public BlockId Head => throw new NotImplementedException();

    /// <summary>Newest block said to be safe; the genesis at first.</summary>
    public BlockId Safe => throw new NotImplementedException();

    /// <summary>Newest final block; the genesis at first.</summary>
    public BlockId Finalized => throw new NotImplementedException();

    /// <summary>
    /// Stores a block with its receipts, senders and state in one atomic batch, and makes it the head when asked (rewriting the canonical index if it is on another branch).
    /// Committing a stored block again does nothing but move the head.
    /// </summary>
    /// <param name="block">Block, valid.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="receipts">One for each transaction.</param>
    /// <param name="senders">One for each transaction.</param>
    /// <param name="state">Prepared on the state of the parent block; its root is the header's.</param>
    /// <param name="makeHead">True to move the head to this block.</param>
    /// <exception cref="ArgumentException">The parts do not belong together.</exception>
    /// <exception cref="StorageException">Nothing was written.</exception>
    public void CommitBlock(Block block, in Hash256 hash, IReadOnlyList<Receipt> receipts, IReadOnlyList<Address> senders, PendingState state, bool makeHead) => throw new NotImplementedException();

    /// <summary>Moves the head to a stored block on any branch: rewrites the canonical index over the difference, and nothing of the state.</summary>
    public MoveResult SetHead(in Hash256 hash) => throw new NotImplementedException();

    /// <summary>Moves the safe pointer to a canonical block.</summary>
    public MoveResult SetSafe(in Hash256 hash) => throw new NotImplementedException();

    /// <summary>Moves the finalised pointer to a canonical block (never back) and merges layers that are no longer needed. Layers of other branches below it are dropped.</summary>
    public MoveResult Finalize(in Hash256 hash) => throw new NotImplementedException();

    /// <summary>
    /// Makes the canonical block with this number the head and forgets all blocks above it, on all branches. For development chains. Possible while the state is in a layer or the base.
    /// </summary>
    public MoveResult DropBlocksAbove(ulong number) => throw new NotImplementedException();

    /// <summary>Makes everything durable against loss of power.</summary>
    public void Flush() => throw new NotImplementedException();

    /// <summary>Flushes and closes the store.</summary>
    public void Dispose() => throw new NotImplementedException();
}

/// <summary>A block by number and hash.</summary>
/// <param name="Number">Height.</param>
/// <param name="Hash">Hash.</param>
public readonly record struct BlockId(ulong Number, Hash256 Hash);

/// <summary>What a chain begins with.</summary>
/// <param name="ChainId">Chain id (EIP-155).</param>
/// <param name="Block">Block 0; its state root is that of the allocation.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Allocation">Accounts, storage and code at genesis.</param>
public sealed record GenesisBlock(ulong ChainId, Block Block, Hash256 Hash, StateDelta Allocation);

/// <summary>Outcome of moving a pointer.</summary>
public enum MoveResult
{
    /// <summary>The pointer is there now.</summary>
    Done,

    /// <summary>The block is not stored.</summary>
    UnknownBlock,

    /// <summary>The block is not on the canonical chain.</summary>
    NotCanonical,

    /// <summary>The block lies below, or beside, what is already merged or final and cannot be reached any more.</summary>
    TooOld,
}
