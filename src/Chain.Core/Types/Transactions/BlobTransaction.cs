using Chain.Core.Results;
using Chain.Core.Rlp;

namespace Chain.Core.Types.Transactions;

/// <summary>Kind 3: 0x03 || rlp([kind 2 up to accessList, maxFeePerBlobGas, blobVersionedHashes, yParity, r, s]) (EIP-4844).</summary>
internal static class BlobTransaction
{
    public static Transaction Decode(ref TransactionReader fields) =>
        // Initializers run in this order, which is the order of the fields.
        new()
        {
            Type = TransactionType.Blob,
            ChainId = fields.ReadChainId(),
            Nonce = fields.ReadNonce(),
            MaxPriorityFeePerGas = fields.ReadPriorityFee(),
            MaxFeePerGas = fields.ReadMaxFee(TransactionError.RlpLeadingZerosBasefee),
            GasLimit = fields.ReadGasLimit(),
            To = fields.ReadTo(),
            Value = fields.ReadValue(),
            Data = fields.ReadData(),
            AccessList = fields.ReadAccessList(),
            MaxFeePerBlobGas = fields.ReadBlobFee(),
            BlobVersionedHashes = fields.ReadHashes(),
            Signature = fields.ReadSignature(),
        };

    public static void Encode(ref RlpWriter writer, Transaction tx, bool forSigning)
    {
        int list = writer.BeginList();
        writer.WriteUInt64(tx.ChainId ?? 0);
        writer.WriteUInt64(tx.Nonce);
        writer.WriteUInt256(tx.MaxPriorityFeePerGas);
        writer.WriteUInt256(tx.MaxFeePerGas);
        writer.WriteUInt64(tx.GasLimit);
        writer.WriteOptionalAddress(tx.To);
        writer.WriteUInt256(tx.Value);
        writer.WriteBytes(tx.Data.Span);
        writer.WriteAccessList(tx.AccessList);
        writer.WriteUInt256(tx.MaxFeePerBlobGas);
        writer.WriteHashes(tx.BlobVersionedHashes);
        if (!forSigning) writer.WriteSignature(tx.Signature);
        writer.EndList(list);
    }
}
