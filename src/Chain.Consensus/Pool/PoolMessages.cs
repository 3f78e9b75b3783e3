using Chain.Core.Forks;
using Chain.Core.Results;
using Chain.Core.Types;

namespace Chain.Consensus.Pool;

/// <summary>Texts of refusals, as geth words them: wallets and libraries match on them.</summary>
public static class PoolMessages
{
    /// <summary>Text for a broken rule.</summary>
    public static string Describe(TransactionError error, Transaction transaction, PoolHead head) => error switch
    {
        TransactionError.Type1TxPreFork or TransactionError.Type2TxPreFork or TransactionError.Type3TxPreFork or TransactionError.Type4TxPreFork or TransactionError.TypeNotSupported =>
            $"transaction type not supported: type {(byte)transaction.Type} in fork {head.Rules.Fork}",
        TransactionError.InvalidSignatureVrs => "invalid sender: invalid transaction v, r, s values",
        TransactionError.InvalidChainid => $"invalid sender: invalid chain id for signer: have {transaction.ChainId} want {head.ChainId}",
        TransactionError.NonceIsMax => "nonce has max value",
        TransactionError.IntrinsicGasTooLow =>
            $"intrinsic gas too low: gas {transaction.GasLimit}, minimum needed {IntrinsicGas.Compute(transaction, head.Rules, out _)}",
        TransactionError.IntrinsicGasBelowFloorGasCost => FloorText(transaction, head),
        TransactionError.GasAllowanceExceeded => $"exceeds block gas limit: gas {transaction.GasLimit}, block gas limit {head.GasLimit}",
        TransactionError.GasLimitExceedsMaximum => $"transaction gas limit too high (cap: {head.Rules.TransactionGasLimitMax}, tx: {transaction.GasLimit})",
        TransactionError.PriorityGreaterThanMaxFeePerGas =>
            $"max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: {transaction.MaxPriorityFeePerGas}, maxFeePerGas: {transaction.MaxFeePerGas}",
        TransactionError.InsufficientMaxFeePerGas => $"max fee per gas less than block base fee: maxFeePerGas: {transaction.MaxFeePerGas}, baseFee: {head.BaseFee}",
        TransactionError.InsufficientMaxFeePerBlobGas => $"max fee per blob gas less than block blob gas fee: maxFeePerBlobGas: {transaction.MaxFeePerBlobGas}, blobBaseFee: {head.BlobBaseFee}",
        TransactionError.InitcodeSizeExceeded => $"max initcode size exceeded: code size {transaction.Data.Length}, limit {head.Rules.InitCodeSizeMax}",
        TransactionError.GaslimitPriceProductOverflow => "max fee per gas higher than 2^256-1: gas limit * price overflows",
        TransactionError.InsufficientAccountFunds => "insufficient funds for gas * price + value",
        TransactionError.SenderNotEoa => "sender not an eoa",
        TransactionError.Type3TxZeroBlobs => "blob transaction missing blob hashes",
        TransactionError.Type3TxContractCreation => "blob transaction of type create",
        TransactionError.Type3TxInvalidBlobVersionedHash => "blob hash has invalid version: version 1 is expected",
        TransactionError.Type3TxBlobCountExceeded or TransactionError.Type3TxMaxBlobGasAllowanceExceeded => $"too many blobs in transaction: have {transaction.BlobVersionedHashes.Count}",
        TransactionError.Type4TxContractCreation => "set code transaction of type create",
        TransactionError.Type4EmptyAuthorizationList => "set code tx must have at least one authorization tuple",
        TransactionError.SenderNotAuthorized => "Sender account not authorized to send transactions",
        _ => $"invalid transaction: {ErrorNames.ToFixtureName(error)}",
    };

    /// <summary>Text for a compliance refusal (compliance specification, section 3.8).</summary>
    public static string Describe(ComplianceRefusal refusal) => refusal.Rule switch
    {
        'S' => "Sender account not authorized to send transactions",
        'D' => "transaction rejected: deployer not authorized",
        'A' => "transaction rejected: authorization not allowed",
        _ => "transaction rejected: recipient not authorized",
    };

    private static string FloorText(Transaction transaction, PoolHead head)
    {
        _ = IntrinsicGas.Compute(transaction, head.Rules, out ulong floorGas);
        return $"insufficient gas for floor data gas cost: gas {transaction.GasLimit}, minimum needed {floorGas}";
    }
}
