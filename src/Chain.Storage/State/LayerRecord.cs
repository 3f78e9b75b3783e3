using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Core.State;

namespace Chain.Storage.State;

/// <summary>
/// The stored form of a layer: [parent hash, state root, [[address, nonce, balance, code hash, flags, [[slot, value], ...]], ...]]. Trie nodes are left out: opening applies
/// the change again, which makes the record several times smaller and checks its root. Code is stored by hash with the block.
/// </summary>
internal static class LayerRecord
{
    private const ulong ExistsFlag = 1;
    private const ulong ClearedFlag = 2;

    public static void Write(ref RlpWriter rlp, in Hash256 parentHash, in Hash256 root, StateDelta delta)
    {
        int record = rlp.BeginList();
        rlp.WriteHash(parentHash);
        rlp.WriteHash(root);
        int accounts = rlp.BeginList();
        foreach ((Address address, AccountDelta account) in delta.Accounts)
        {
            int item = rlp.BeginList();
            rlp.WriteAddress(address);
            rlp.WriteUInt64(account.Nonce);
            rlp.WriteUInt256(account.Balance);
            rlp.WriteHash(account.CodeHash);
            rlp.WriteUInt64((account.Exists ? ExistsFlag : 0) | (account.StorageCleared ? ClearedFlag : 0));
            int slots = rlp.BeginList();
            foreach ((UInt256 slot, UInt256 value) in account.Storage)
            {
                int pair = rlp.BeginList();
                rlp.WriteUInt256(slot);
                rlp.WriteUInt256(value);
                rlp.EndList(pair);
            }
            rlp.EndList(slots);
            rlp.EndList(item);
        }
        rlp.EndList(accounts);
        rlp.EndList(record);
    }

    public static bool TryRead(ReadOnlySpan<byte> data, out Hash256 parentHash, out Hash256 root, out StateDelta delta)
    {
        RlpReader rlp = new(data);
        delta = new StateDelta();
        RlpScope record = rlp.EnterList();
        parentHash = rlp.ReadHash();
        root = rlp.ReadHash();
        RlpScope accounts = rlp.EnterList();
        while (!rlp.AtEnd)
        {
            RlpScope item = rlp.EnterList();
            Address address = rlp.ReadAddress();
            AccountDelta account = new() { Nonce = rlp.ReadUInt64(), Balance = rlp.ReadUInt256(), CodeHash = rlp.ReadHash() };
            ulong flags = rlp.ReadUInt64();
            account.Exists = (flags & ExistsFlag) != 0;
            account.StorageCleared = (flags & ClearedFlag) != 0;
            RlpScope slots = rlp.EnterList();
            while (!rlp.AtEnd)
            {
                RlpScope pair = rlp.EnterList();
                UInt256 slot = rlp.ReadUInt256();
                account.Storage[slot] = rlp.ReadUInt256();
                rlp.LeaveList(pair);
            }
            rlp.LeaveList(slots);
            rlp.LeaveList(item);
            delta.Accounts[address] = account;
        }
        rlp.LeaveList(accounts);
        rlp.LeaveList(record);
        return rlp.Complete();
    }
}
