using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Core.State;

namespace Chain.Trie;

/// <summary>How accounts and storage slots stand in the state trie (Yellow Paper, section 4.1): hashed keys, RLP values.</summary>
public static class StateEncoding
{
    /// <summary>Key of an account in the account trie, and owner of its storage trie.</summary>
    public static Hash256 AccountKey(in Address address) => Keccak256.Hash(address.Bytes);

    /// <summary>Key of a slot in a storage trie.</summary>
    public static Hash256 SlotKey(in UInt256 slot)
    {
        Span<byte> bytes = stackalloc byte[UInt256.SizeBytes];
        slot.WriteBigEndian(bytes);
        return Keccak256.Hash(bytes);
    }

    /// <summary>Writes [nonce, balance, storageRoot, codeHash].</summary>
    public static void WriteAccount(in Account account, ref RlpWriter rlp)
    {
        int list = rlp.BeginList();
        rlp.WriteUInt64(account.Nonce);
        rlp.WriteUInt256(account.Balance);
        rlp.WriteHash(account.StorageRoot);
        rlp.WriteHash(account.CodeHash);
        rlp.EndList(list);
    }

    /// <summary>RLP of an account.</summary>
    public static byte[] EncodeAccount(in Account account)
    {
        RlpWriter rlp = new(stackalloc byte[128]);
        WriteAccount(account, ref rlp);
        return rlp.ToArray();
    }

    /// <summary>Reads an account; false when the bytes are not one.</summary>
    public static bool TryDecodeAccount(ReadOnlySpan<byte> rlp, out Account account)
    {
        RlpReader reader = new(rlp);
        RlpScope scope = reader.EnterList();
        ulong nonce = reader.ReadUInt64();
        UInt256 balance = reader.ReadUInt256();
        Hash256 storageRoot = reader.ReadHash();
        Hash256 codeHash = reader.ReadHash();
        reader.LeaveList(scope);
        bool ok = reader.Complete();
        account = ok ? new Account(nonce, balance, codeHash, storageRoot) : default;
        return ok;
    }

    /// <summary>RLP of a slot's value; empty (no entry) for zero.</summary>
    public static byte[] EncodeSlot(in UInt256 value)
    {
        if (value.IsZero) return [];
        RlpWriter rlp = new(stackalloc byte[UInt256.SizeBytes + 1]);
        rlp.WriteUInt256(value);
        return rlp.ToArray();
    }

    /// <summary>Reads a slot's value; false when the bytes are not one.</summary>
    public static bool TryDecodeSlot(ReadOnlySpan<byte> rlp, out UInt256 value)
    {
        RlpReader reader = new(rlp);
        value = reader.ReadUInt256();
        return reader.Complete() && !value.IsZero;
    }
}
