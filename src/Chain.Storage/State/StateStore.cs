using Chain.Core.Primitives;
using Chain.Core.State;

namespace Chain.Storage.State;

/// <summary>States by block: layers over the base on disk, and history below it. Readers are concurrent; writing goes through <see cref="ChainDatabase"/>.</summary>
public sealed class StateStore
{
    /// <summary>State after the head block.</summary>
    public IStateView Head => throw new NotImplementedException();

    /// <summary>Oldest block whose state can be read.</summary>
    public ulong OldestNumber => throw new NotImplementedException();

    /// <summary>Oldest block whose trie, hence proofs, can be read: the base.</summary>
    public ulong OldestTrieNumber => throw new NotImplementedException();

    /// <summary>The state after a block on any branch.</summary>
    public StateLookup TryGetStateAt(in Hash256 blockHash) => throw new NotImplementedException();

    /// <summary>The state after a canonical block.</summary>
    public StateLookup TryGetStateAt(ulong number) => throw new NotImplementedException();

    /// <summary>
    /// Computes the state that a delta makes of its parent, and its root, without writing anything. Thread-safe.
    /// </summary>
    public PendingState Prepare(IStateView parent, StateDelta delta) => throw new NotImplementedException();

    /// <summary>State root of a genesis allocation, before any database exists (the genesis header needs it).</summary>
    public static Hash256 ComputeGenesisRoot(StateDelta allocation) => throw new NotImplementedException();
}
