using Chain.Core.Results;
using Chain.Core.Rlp;

namespace Chain.Core.Types.Transactions;

/// <summary>Kind 2: 0x02 || rlp([chainId, nonce, maxPriorityFee, maxFee, gasLimit, to, value, data, accessList, yParity, r, s]) (EIP-1559).</summary>
internal static class DynamicFeeTransaction
{
    public static Transaction Decode(ref TransactionReader fields) =>
        // Initializers run in this order, which is the order of the fields.
        new()
        {
            Type = TransactionType.DynamicFee,
            ChainId = fields.ReadChainId(),
            Nonce = fields.ReadNonce(),
            MaxPriorityFeePerGas = fields.ReadPriorityFee(),
            MaxFeePerGas = fields.ReadMaxFee(TransactionError.RlpLeadingZerosBasefee),
            GasLimit = fields.ReadGasLimit(),
            To = fields.ReadTo(),
            Value = fields.ReadValue(),
            Data = fields.ReadData(),
            AccessList = fields.ReadAccessList(),
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
        if (!forSigning) writer.WriteSignature(tx.Signature);
        writer.EndList(list);
    }
}
