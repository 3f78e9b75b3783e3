using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;

namespace Chain.Storage.State;

/// <summary>
/// A computed state that belongs to no block yet: the parent's state with one delta applied, and its root. It can be read like any view and be the parent of another pending
/// state; <see cref="ChainDatabase.CommitBlock"/> attaches it to its block. One that is never committed is simply dropped.
/// </summary>
public sealed class PendingState : IStateView
{
    /// <inheritdoc/>
    public Hash256 Root => throw new NotImplementedException();

    /// <inheritdoc/>
    public Hash256 BlockHash => throw new NotImplementedException();

    /// <inheritdoc/>
    public ulong Number => throw new NotImplementedException();

    /// <inheritdoc/>
    public bool HasTrie => throw new NotImplementedException();

    /// <inheritdoc/>
    public bool TryGetAccount(in Address address, out Account account) => throw new NotImplementedException();

    /// <inheritdoc/>
    public UInt256 GetStorage(in Address address, in UInt256 slot) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> GetCode(in Hash256 codeHash) => throw new NotImplementedException();
}
