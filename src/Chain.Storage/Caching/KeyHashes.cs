using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Trie;

namespace Chain.Storage.Caching;

/// <summary>
/// Hashed keys of recently read accounts and slots: one hash would otherwise be most of the cost of a read that a layer answers. Direct-mapped, lock-free: an entry is immutable
/// and replaced as a whole.
/// </summary>
internal static class KeyHashes
{
    private const int EntryCount = 1 << 14;

    private static readonly AccountEntry?[] Accounts = new AccountEntry?[EntryCount];
    private static readonly SlotEntry?[] Slots = new SlotEntry?[EntryCount];

    public static Hash256 Of(in Address address)
    {
        ref AccountEntry? place = ref Accounts[address.GetHashCode() & (EntryCount - 1)];
        AccountEntry? entry = Volatile.Read(ref place);
        if (entry is null || entry.Address != address) Volatile.Write(ref place, entry = new AccountEntry(address, StateEncoding.AccountKey(address)));
        return entry.Hash;
    }

    public static Hash256 Of(in UInt256 slot)
    {
        ref SlotEntry? place = ref Slots[slot.GetHashCode() & (EntryCount - 1)];
        SlotEntry? entry = Volatile.Read(ref place);
        if (entry is null || entry.Slot != slot) Volatile.Write(ref place, entry = new SlotEntry(slot, StateEncoding.SlotKey(slot)));
        return entry.Hash;
    }

    private sealed class AccountEntry(in Address address, in Hash256 hash)
    {
        public readonly Address Address = address;
        public readonly Hash256 Hash = hash;
    }

    private sealed class SlotEntry(in UInt256 slot, in Hash256 hash)
    {
        public readonly UInt256 Slot = slot;
        public readonly Hash256 Hash = hash;
    }
}
