using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;

namespace Chain.Trie;

/// <summary>The proof of one slot.</summary>
/// <param name="Slot">Slot.</param>
/// <param name="Value">Its value; zero when it is not set.</param>
/// <param name="Nodes">Nodes of the storage trie, root first.</param>
public sealed record SlotProof(UInt256 Slot, UInt256 Value, IReadOnlyList<ReadOnlyMemory<byte>> Nodes);

/// <summary>The answer of <c>eth_getProof</c> (EIP-1186): an account, some of its slots, and the nodes that prove them.</summary>
/// <param name="Account">The account; null when it does not exist.</param>
/// <param name="Nodes">Nodes of the account trie, root first.</param>
/// <param name="Slots">Slots in the order they were asked for.</param>
public sealed record AccountProof(Account? Account, IReadOnlyList<ReadOnlyMemory<byte>> Nodes, IReadOnlyList<SlotProof> Slots)
{
    /// <summary>Most slots in one proof.</summary>
    public const int SlotsMax = 1024;

    /// <summary>Builds the proof of an account and some of its slots.</summary>
    /// <exception cref="ArgumentException">More than <see cref="SlotsMax"/> slots.</exception>
    /// <exception cref="InvalidDataException">The database is damaged.</exception>
    public static AccountProof Build(ITrieNodeReader reader, in Hash256 stateRoot, in Address address, IReadOnlyList<UInt256> slots)
    {
        if (slots.Count > SlotsMax) throw new ArgumentException($"A proof has at most {SlotsMax} slots, not {slots.Count}: ask in parts.", nameof(slots));
        Hash256 key = StateEncoding.AccountKey(address);
        IReadOnlyList<ReadOnlyMemory<byte>> nodes = Proof.Build(reader, Hash256.Zero, stateRoot, key.Bytes);
        Account? account = null;
        if (Proof.Verify(stateRoot, key.Bytes, nodes, out ReadOnlyMemory<byte> value) == ProofResult.Included)
            account = StateEncoding.TryDecodeAccount(value.Span, out Account found) ? found : throw NotReadable("account", address.ToString(), value);
        Hash256 storageRoot = account?.StorageRoot ?? Core.State.Account.EmptyTrieRoot;

        SlotProof[] slotProofs = new SlotProof[slots.Count];
        for (int i = 0; i < slotProofs.Length; i++)
        {
            Hash256 slotKey = StateEncoding.SlotKey(slots[i]);
            IReadOnlyList<ReadOnlyMemory<byte>> slotNodes = Proof.Build(reader, key, storageRoot, slotKey.Bytes);
            UInt256 slotValue = default;
            if (Proof.Verify(storageRoot, slotKey.Bytes, slotNodes, out ReadOnlyMemory<byte> content) == ProofResult.Included && !StateEncoding.TryDecodeSlot(content.Span, out slotValue))
                throw NotReadable("slot", slots[i].ToString()!, content);
            slotProofs[i] = new SlotProof(slots[i], slotValue, slotNodes);
        }
        return new AccountProof(account, nodes, slotProofs);
    }

    private static InvalidDataException NotReadable(string what, string name, ReadOnlyMemory<byte> value) =>
        new($"The trie holds {Hex.Encode(value.Span)} for {what} {name}, which is not an {what}: the database is damaged. Restore it from a backup or synchronise anew.");
}
