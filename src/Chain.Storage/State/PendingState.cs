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
    internal PendingState(StateLayer layer, StateDelta delta)
    {
        Layer = layer;
        Delta = delta;
    }

    internal StateLayer Layer { get; }

    internal StateDelta Delta { get; }

    /// <inheritdoc/>
    public Hash256 Root => Layer.Root;

    /// <inheritdoc/>
    public Hash256 BlockHash => Layer.BlockHash;

    /// <inheritdoc/>
    public ulong Number => Layer.Number;

    /// <inheritdoc/>
    public bool CanBuildOn => Layer.CanBuildOn;

    /// <inheritdoc/>
    public bool TryGetAccount(in Address address, out Account account) => Layer.TryGetAccount(address, out account);

    /// <inheritdoc/>
    public UInt256 GetStorage(in Address address, in UInt256 slot) => Layer.GetStorage(address, slot);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> GetCode(in Hash256 codeHash) => Layer.GetCode(codeHash);

    /// <inheritdoc/>
    public bool TryReadNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, out ReadOnlyMemory<byte> rlp) => Layer.TryReadNode(owner, nibblePath, out rlp);
}
