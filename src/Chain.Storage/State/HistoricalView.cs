using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Storage.Caching;

namespace Chain.Storage.State;

/// <summary>The state after a canonical block below the base: the base's values, unless a later block changed them, then what they were before it.</summary>
internal sealed class HistoricalView(StateStore store, ulong number, in Hash256 blockHash, in Hash256 root) : IStateView
{
    public Hash256 Root { get; } = root;

    public Hash256 BlockHash { get; } = blockHash;

    public ulong Number => number;

    public bool CanBuildOn => false;

    public bool TryGetAccount(in Address address, out Account account)
    {
        Hash256 key = KeyHashes.Of(address);
        // The base is read first: a merge between the two reads then shows in history.
        bool found = store.TryReadBaseAccount(key, out account);
        return store.TryReadPastAccount(number, BlockHash, key, found, ref account);
    }

    public UInt256 GetStorage(in Address address, in UInt256 slot)
    {
        Hash256 key = KeyHashes.Of(address);
        Hash256 slotKey = KeyHashes.Of(slot);
        return store.ReadPastSlot(number, BlockHash, key, slotKey, store.ReadBaseSlot(key, slotKey));
    }

    public ReadOnlyMemory<byte> GetCode(in Hash256 codeHash) => store.GetCode(codeHash);

    public bool TryReadNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, out ReadOnlyMemory<byte> rlp) =>
        store.TryReadPastNode(new BlockId(number, BlockHash), Root, owner, nibblePath, out rlp);
}
