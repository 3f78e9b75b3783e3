using Chain.Core.Numeric;
using Chain.Core.Results;
using Chain.Core.Rlp;

namespace Chain.Core.Types.Transactions;

/// <summary>Kind 0: rlp([nonce, gasPrice, gasLimit, to, value, data, v, r, s]), no type byte (Yellow Paper, section 4.3).</summary>
internal static class LegacyTransaction
{
    /// <summary>v of y parity 0 without replay protection.</summary>
    public const ulong VBase = 27;

    /// <summary>v of y parity 0 and chain id 0 with replay protection (EIP-155).</summary>
    public const ulong ProtectedVBase = 35;

    public static Transaction Decode(ref TransactionReader fields)
    {
        ulong nonce = fields.ReadNonce();
        UInt256 gasPrice = fields.ReadMaxFee(TransactionError.RlpLeadingZerosGasprice);
        return new Transaction
        {
            Type = TransactionType.Legacy,
            Nonce = nonce,
            MaxFeePerGas = gasPrice,
            MaxPriorityFeePerGas = gasPrice,
            GasLimit = fields.ReadGasLimit(),
            To = fields.ReadTo(),
            Value = fields.ReadValue(),
            Data = fields.ReadData(),
            Signature = fields.ReadLegacySignature(out ulong? chainId),
            ChainId = chainId,
        };
    }

    public static void Encode(ref RlpWriter writer, Transaction tx, bool forSigning)
    {
        int list = writer.BeginList();
        writer.WriteUInt64(tx.Nonce);
        writer.WriteUInt256(tx.MaxFeePerGas);
        writer.WriteUInt64(tx.GasLimit);
        writer.WriteOptionalAddress(tx.To);
        writer.WriteUInt256(tx.Value);
        writer.WriteBytes(tx.Data.Span);
        if (!forSigning)
        {
            writer.WriteUInt256(V(tx));
            writer.WriteUInt256(tx.Signature.R);
            writer.WriteUInt256(tx.Signature.S);
        }
        else if (tx.ChainId is { } chainId)
        {
            writer.WriteUInt64(chainId);
            writer.WriteUInt64(0);
            writer.WriteUInt64(0);
        }
        writer.EndList(list);
    }

    /// <summary>v as it stands in the encoding; 0 for a transaction that is not signed (simulations).</summary>
    public static UInt256 V(Transaction tx)
    {
        ulong yParity = tx.Signature.YParity;
        if (tx.ChainId is not { } chainId) return tx.Signature == TransactionSignature.None ? UInt256.Zero : VBase + yParity;
        return new UInt256(chainId << 1, chainId >> 63) + (ProtectedVBase + yParity);
    }
}
