namespace Chain.Core.Results;

/// <summary>
/// Why a transaction is refused. Names map one to one to the fixtures' <c>TransactionException.*</c>
/// (<see cref="ErrorNames.ToFixtureName{T}"/>): <c>Type3TxBlobCountExceeded</c> is <c>TYPE_3_TX_BLOB_COUNT_EXCEEDED</c>.
/// </summary>
public enum TransactionError : byte
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>The bytes are not a canonical transaction.</summary>
    RlpInvalid,

    /// <summary>A type byte that no fork knows.</summary>
    TypeNotSupported,

    /// <summary>Kind 1 before Berlin.</summary>
    Type1TxPreFork,

    /// <summary>Kind 2 before London.</summary>
    Type2TxPreFork,

    /// <summary>Kind 3 before Cancun.</summary>
    Type3TxPreFork,

    /// <summary>Kind 4 before Prague.</summary>
    Type4TxPreFork,

    /// <summary>Signature values out of range, or no key recovers.</summary>
    InvalidSignatureVrs,

    /// <summary>Another chain's id, or replay protection before EIP-155.</summary>
    InvalidChainid,

    /// <summary>The nonce is below the account's.</summary>
    NonceMismatchTooLow,

    /// <summary>The nonce is above the account's.</summary>
    NonceMismatchTooHigh,

    /// <summary>The nonce is 2^64 - 1 (EIP-2681).</summary>
    NonceIsMax,

    /// <summary>The sender has code (EIP-3607).</summary>
    SenderNotEoa,

    /// <summary>Balance below gas limit * price + value + blob fee.</summary>
    InsufficientAccountFunds,

    /// <summary>gas limit * price does not fit 256 bits.</summary>
    GaslimitPriceProductOverflow,

    /// <summary>Gas limit below the intrinsic gas.</summary>
    IntrinsicGasTooLow,

    /// <summary>Gas limit below the calldata floor (EIP-7623).</summary>
    IntrinsicGasBelowFloorGasCost,

    /// <summary>Gas limit above what the block has left.</summary>
    GasAllowanceExceeded,

    /// <summary>Gas limit above the cap per transaction (EIP-7825).</summary>
    GasLimitExceedsMaximum,

    /// <summary>Maximum fee below the base fee.</summary>
    InsufficientMaxFeePerGas,

    /// <summary>Priority fee above the maximum fee.</summary>
    PriorityGreaterThanMaxFeePerGas,

    /// <summary>Maximum blob fee below the blob base fee.</summary>
    InsufficientMaxFeePerBlobGas,

    /// <summary>Initcode longer than allowed (EIP-3860).</summary>
    InitcodeSizeExceeded,

    /// <summary>A blob transaction without blobs.</summary>
    Type3TxZeroBlobs,

    /// <summary>A blob transaction that creates a contract.</summary>
    Type3TxContractCreation,

    /// <summary>A versioned hash with an unknown version.</summary>
    Type3TxInvalidBlobVersionedHash,

    /// <summary>More blobs than one transaction may carry.</summary>
    Type3TxBlobCountExceeded,

    /// <summary>More blobs than the block has room for.</summary>
    Type3TxMaxBlobGasAllowanceExceeded,

    /// <summary>A set-code transaction that creates a contract.</summary>
    Type4TxContractCreation,

    /// <summary>A set-code transaction without authorizations.</summary>
    Type4EmptyAuthorizationList,

    /// <summary>The chain's compliance policy refuses the sender (rule S).</summary>
    SenderNotAuthorized,
}
