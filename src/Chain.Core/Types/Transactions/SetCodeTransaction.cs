using Chain.Core.Results;
using Chain.Core.Rlp;

namespace Chain.Core.Types.Transactions;

/// <summary>Kind 4: 0x04 || rlp([kind 2 up to accessList, authorizationList, yParity, r, s]) (EIP-7702).</summary>
internal static class SetCodeTransaction
{
    public static Transaction Decode(ref TransactionReader fields) =>
        // Initializers run in this order, which is the order of the fields.
        new()
        {
            Type = TransactionType.SetCode,
            ChainId = fields.ReadChainId(),
            Nonce = fields.ReadNonce(),
            MaxPriorityFeePerGas = fields.ReadPriorityFee(),
            MaxFeePerGas = fields.ReadMaxFee(TransactionError.RlpLeadingZerosBasefee),
            GasLimit = fields.ReadGasLimit(),
            To = fields.ReadTo(),
            Value = fields.ReadValue(),
            Data = fields.ReadData(),
            AccessList = fields.ReadAccessList(),
            AuthorizationList = fields.ReadAuthorizations(),
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
        writer.WriteAuthorizations(tx.AuthorizationList);
        if (!forSigning) writer.WriteSignature(tx.Signature);
        writer.EndList(list);
    }
}
