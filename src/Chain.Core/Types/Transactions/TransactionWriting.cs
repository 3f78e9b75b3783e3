using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Rlp;

namespace Chain.Core.Types.Transactions;

/// <summary>Fields that several kinds write alike.</summary>
internal static class TransactionWriting
{
    public static void WriteSignature(this ref RlpWriter writer, in TransactionSignature signature)
    {
        writer.WriteUInt64(signature.YParity);
        writer.WriteUInt256(signature.R);
        writer.WriteUInt256(signature.S);
    }

    public static void WriteAccessList(this ref RlpWriter writer, IReadOnlyList<AccessListEntry> entries)
    {
        Span<byte> key = stackalloc byte[UInt256.SizeBytes];
        int list = writer.BeginList();
        for (int i = 0; i < entries.Count; i++)
        {
            AccessListEntry entry = entries[i];
            int pair = writer.BeginList();
            writer.WriteAddress(entry.Address);
            int keys = writer.BeginList();
            for (int j = 0; j < entry.StorageKeys.Count; j++)
            {
                entry.StorageKeys[j].WriteBigEndian(key);
                writer.WriteBytes(key);
            }
            writer.EndList(keys);
            writer.EndList(pair);
        }
        writer.EndList(list);
    }

    public static void WriteHashes(this ref RlpWriter writer, IReadOnlyList<Hash256> hashes)
    {
        int list = writer.BeginList();
        for (int i = 0; i < hashes.Count; i++) writer.WriteHash(hashes[i]);
        writer.EndList(list);
    }

    public static void WriteAuthorizations(this ref RlpWriter writer, IReadOnlyList<Authorization> tuples)
    {
        int list = writer.BeginList();
        for (int i = 0; i < tuples.Count; i++)
        {
            Authorization tuple = tuples[i];
            int fields = writer.BeginList();
            writer.WriteUInt256(tuple.ChainId);
            writer.WriteAddress(tuple.Address);
            writer.WriteUInt64(tuple.Nonce);
            writer.WriteUInt64(tuple.YParity);
            writer.WriteUInt256(tuple.R);
            writer.WriteUInt256(tuple.S);
            writer.EndList(fields);
        }
        writer.EndList(list);
    }
}
