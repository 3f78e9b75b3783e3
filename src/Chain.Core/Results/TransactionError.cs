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

    /// <summary>A recipient shorter than 20 bytes.</summary>
    AddressTooShort,

    /// <summary>A recipient longer than 20 bytes.</summary>
    AddressTooLong,

    /// <summary>The nonce is 2^64 - 1, as stand-alone transaction tests name it (EIP-2681).</summary>
    NonceTooBig,

    /// <summary>The nonce does not fit 64 bits.</summary>
    NonceOverflow,

    /// <summary>The gas limit does not fit 64 bits.</summary>
    GaslimitOverflow,

    /// <summary>The value does not fit 256 bits.</summary>
    ValueOverflow,

    /// <summary>The gas price or maximum fee does not fit 256 bits.</summary>
    GaspriceOverflow,

    /// <summary>The maximum priority fee does not fit 256 bits.</summary>
    PriorityOverflow,

    /// <summary>Priority fee above the maximum fee, as stand-alone transaction tests name it.</summary>
    PriorityGreaterThanMaxFeePerGas2,

    /// <summary>The signature is in range and no key recovers from it.</summary>
    EcRecoveryFail,

    /// <summary>Signature r is not a number.</summary>
    RlpInvalidSignatureR,

    /// <summary>Signature s is not a number.</summary>
    RlpInvalidSignatureS,

    /// <summary>The gas limit has leading zeros.</summary>
    RlpLeadingZerosGaslimit,

    /// <summary>The gas price has leading zeros.</summary>
    RlpLeadingZerosGasprice,

    /// <summary>The value has leading zeros.</summary>
    RlpLeadingZerosValue,

    /// <summary>The nonce has leading zeros.</summary>
    RlpLeadingZerosNonce,

    /// <summary>Signature r has leading zeros.</summary>
    RlpLeadingZerosR,

    /// <summary>Signature s has leading zeros.</summary>
    RlpLeadingZerosS,

    /// <summary>Signature v has leading zeros.</summary>
    RlpLeadingZerosV,

    /// <summary>The maximum fee has leading zeros.</summary>
    RlpLeadingZerosBasefee,

    /// <summary>The maximum priority fee has leading zeros.</summary>
    RlpLeadingZerosPriorityFee,

    /// <summary>The length of the data is not in its shortest form.</summary>
    RlpLeadingZerosDataSize,

    /// <summary>The nonce is not in its shortest form.</summary>
    RlpLeadingZerosNonceSize,

    /// <summary>The transaction has too few fields.</summary>
    RlpTooFewElements,

    /// <summary>The transaction has too many fields.</summary>
    RlpTooManyElements,

    /// <summary>The bytes end inside the transaction.</summary>
    RlpErrorEof,

    /// <summary>A length does not agree with the bytes.</summary>
    RlpErrorSize,

    /// <summary>The length of the transaction is not in its shortest form.</summary>
    RlpErrorSizeLeadingZeros,

    /// <summary>The data is not a byte string.</summary>
    RlpInvalidData,

    /// <summary>The gas limit is not a number.</summary>
    RlpInvalidGaslimit,

    /// <summary>The nonce is not a number.</summary>
    RlpInvalidNonce,

    /// <summary>The recipient is not an address.</summary>
    RlpInvalidTo,

    /// <summary>The value is not a number.</summary>
    RlpInvalidValue,

    /// <summary>An access-list address longer than 20 bytes.</summary>
    RlpInvalidAccessListAddressTooLong,

    /// <summary>An access-list address shorter than 20 bytes.</summary>
    RlpInvalidAccessListAddressTooShort,

    /// <summary>An access-list key longer than 32 bytes.</summary>
    RlpInvalidAccessListStorageTooLong,

    /// <summary>An access-list key shorter than 32 bytes.</summary>
    RlpInvalidAccessListStorageTooShort,

    /// <summary>The transaction is not a list.</summary>
    RlpInvalidHeader,

    /// <summary>A blob transaction without blobs before Cancun.</summary>
    Type3TxZeroBlobsPreFork,

    /// <summary>A blob transaction in its network form, with blobs, where the plain form is expected.</summary>
    Type3TxWithFullBlobs,

    /// <summary>An authorization signature out of its domain.</summary>
    Type4InvalidAuthoritySignature,

    /// <summary>An authorization signature with s above half the order.</summary>
    Type4InvalidAuthoritySignatureSTooHigh,

    /// <summary>An authorization that is not six fields in their domains.</summary>
    Type4InvalidAuthorizationFormat,

    /// <summary>The chain's compliance policy refuses the sender (rule S).</summary>
    SenderNotAuthorized,
}
