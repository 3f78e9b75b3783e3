using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;

namespace Chain.Core.Forks;

/// <summary>What can be said of a transaction without state or block: the pool, the builder and the block executor ask the same code.</summary>
public static class TransactionRules
{
    /// <summary>Version byte of a KZG versioned hash (EIP-4844).</summary>
    public const byte BlobVersionKzg = 0x01;

    /// <summary>Fork that knows each kind, and the refusal before it; index is the type byte.</summary>
    private static readonly (Fork Since, TransactionError Before)[] Kinds =
    [
        (Fork.Frontier, TransactionError.None),
        (Fork.Berlin, TransactionError.Type1TxPreFork),
        (Fork.London, TransactionError.Type2TxPreFork),
        (Fork.Cancun, TransactionError.Type3TxPreFork),
        (Fork.Prague, TransactionError.Type4TxPreFork),
    ];

    /// <summary>
    /// Checks kind, chain id, signature range, gas limit, nonce, initcode, fees, blobs and authorizations. Signature recovery is left to
    /// the sender's cache; nonce, balance, code of the sender and the block's fees to the executor.
    /// </summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="rules">Rules of the block it shall be in.</param>
    /// <param name="chainId">The chain's id (EIP-155).</param>
    /// <returns>The first refusal, or <see cref="TransactionError.None"/>.</returns>
    public static TransactionError ValidateStatic(Transaction tx, ForkRules rules, ulong chainId)
    {
        TransactionError error = ValidateKind(tx, rules, chainId);
        if (error != TransactionError.None) return error;
        return tx.Signature.IsInRange(allowHighS: rules.Fork < Fork.Homestead) ? ValidateContent(tx, rules) : TransactionError.InvalidSignatureVrs;
    }

    /// <summary>The same without the signature, for a transaction that only simulates.</summary>
    public static TransactionError ValidateUnsigned(Transaction tx, ForkRules rules, ulong chainId)
    {
        TransactionError error = ValidateKind(tx, rules, chainId);
        return error != TransactionError.None ? error : ValidateContent(tx, rules);
    }

    private static TransactionError ValidateKind(Transaction tx, ForkRules rules, ulong chainId)
    {
        if ((int)tx.Type >= Kinds.Length) return TransactionError.TypeNotSupported;
        (Fork since, TransactionError before) = Kinds[(int)tx.Type];
        if (rules.Fork < since) return before;
        if (tx.ChainId is not { } id) return tx.Type == TransactionType.Legacy ? TransactionError.None : TransactionError.InvalidChainid;
        // Before EIP-155 a v that carries a chain id is no signature.
        if (rules.Fork < Fork.SpuriousDragon) return TransactionError.InvalidSignatureVrs;
        return id == chainId ? TransactionError.None : TransactionError.InvalidChainid;
    }

    private static TransactionError ValidateContent(Transaction tx, ForkRules rules)
    {
        if (tx.GasLimit > rules.TransactionGasLimitMax) return TransactionError.GasLimitExceedsMaximum;
        // An initcode that is too long is named so, although its gas is mostly too low as well.
        if (tx.IsContractCreation && tx.Data.Length > rules.InitCodeSizeMax) return TransactionError.InitcodeSizeExceeded;
        ulong intrinsicGas = IntrinsicGas.Compute(tx, rules, out ulong floorGas);
        if (tx.GasLimit < intrinsicGas) return TransactionError.IntrinsicGasTooLow;
        if (tx.GasLimit < floorGas) return TransactionError.IntrinsicGasBelowFloorGasCost;
        if (tx.Nonce == ulong.MaxValue) return TransactionError.NonceIsMax;
        if (tx.MaxPriorityFeePerGas > tx.MaxFeePerGas) return TransactionError.PriorityGreaterThanMaxFeePerGas;

        TransactionError error = tx.Type switch
        {
            TransactionType.Blob => ValidateBlobs(tx, rules),
            TransactionType.SetCode => ValidateSetCode(tx),
            _ => TransactionError.None,
        };
        if (error != TransactionError.None) return error;
        return UInt256.MultiplyOverflow(tx.GasLimit, tx.MaxFeePerGas, out _) ? TransactionError.GaslimitPriceProductOverflow : TransactionError.None;
    }

    private static TransactionError ValidateBlobs(Transaction tx, ForkRules rules)
    {
        if (tx.IsContractCreation) return TransactionError.Type3TxContractCreation;
        ulong count = (ulong)tx.BlobVersionedHashes.Count;
        if (count == 0) return TransactionError.Type3TxZeroBlobs;
        if (rules.Blobs is { } blobs && count > blobs.Max) return TransactionError.Type3TxMaxBlobGasAllowanceExceeded;
        if (count > rules.TransactionBlobsMax) return TransactionError.Type3TxBlobCountExceeded;
        for (int i = 0; i < tx.BlobVersionedHashes.Count; i++)
        {
            Hash256 hash = tx.BlobVersionedHashes[i];
            if (hash.Bytes[0] != BlobVersionKzg) return TransactionError.Type3TxInvalidBlobVersionedHash;
        }
        return TransactionError.None;
    }

    private static TransactionError ValidateSetCode(Transaction tx)
    {
        if (tx.IsContractCreation) return TransactionError.Type4TxContractCreation;
        return tx.AuthorizationList.Count == 0 ? TransactionError.Type4EmptyAuthorizationList : TransactionError.None;
    }
}
