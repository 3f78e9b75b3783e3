using Chain.Core.Numeric;
using Chain.Core.Results;
using Chain.Core.Rlp;

namespace Chain.Core.Types.Transactions;

/// <summary>Kind 1: 0x01 || rlp([chainId, nonce, gasPrice, gasLimit, to, value, data, accessList, yParity, r, s]) (EIP-2930).</summary>
internal static class AccessListTransaction
{
    public static Transaction Decode(ref TransactionReader fields)
    {
        ulong chainId = fields.ReadChainId();
        ulong nonce = fields.ReadNonce();
        UInt256 gasPrice = fields.ReadMaxFee(TransactionError.RlpLeadingZerosGasprice);
        return new Transaction
        {
            Type = TransactionType.AccessList,
            ChainId = chainId,
            Nonce = nonce,
            MaxFeePerGas = gasPrice,
            MaxPriorityFeePerGas = gasPrice,
            GasLimit = fields.ReadGasLimit(),
            To = fields.ReadTo(),
            Value = fields.ReadValue(),
            Data = fields.ReadData(),
            AccessList = fields.ReadAccessList(),
            Signature = fields.ReadSignature(),
        };
    }

    public static void Encode(ref RlpWriter writer, Transaction tx, bool forSigning)
    {
        int list = writer.BeginList();
        writer.WriteUInt64(tx.ChainId ?? 0);
        writer.WriteUInt64(tx.Nonce);
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
