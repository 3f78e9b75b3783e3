namespace Chain.Core.Results;

/// <summary>
/// Why a block is refused. Names map one to one to the fixtures' <c>BlockException.*</c> (<see cref="ErrorNames.ToFixtureName{T}"/>);
/// the last two are this client's own.
/// </summary>
public enum BlockError : byte
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>More ommers than two.</summary>
    TooManyUncles,

    /// <summary>An ommer that is already in the chain.</summary>
    UncleInChain,

    /// <summary>An ommer that is an ancestor of the block.</summary>
    UncleIsAncestor,

    /// <summary>The same ommer twice.</summary>
    UncleIsBrother,

    /// <summary>An ommer too old, or with a parent that does not fit.</summary>
    UncleParentIncorrect,

    /// <summary>Extra data longer than 32 bytes.</summary>
    ExtraDataTooBig,

    /// <summary>Extra data without the DAO fork marker.</summary>
    ExtraDataInvalidDao,

    /// <summary>The parent is not known.</summary>
    UnknownParent,

    /// <summary>The parent of an ommer is not known.</summary>
    UncleUnknownParent,

    /// <summary>The parent hash is zero.</summary>
    UnknownParentZero,

    /// <summary>Gas limit above 2^63 - 1.</summary>
    GaslimitTooBig,

    /// <summary>The number is not the parent's plus one.</summary>
    InvalidBlockNumber,

    /// <summary>The timestamp is not above the parent's.</summary>
    InvalidBlockTimestampOlderThanParent,

    /// <summary>The difficulty does not follow from the parent.</summary>
    InvalidDifficulty,

    /// <summary>The bloom is not that of the logs.</summary>
    InvalidLogBloom,

    /// <summary>The state root differs from the computed one.</summary>
    InvalidStateRoot,

    /// <summary>The receipts root differs from the computed one.</summary>
    InvalidReceiptsRoot,

    /// <summary>The transactions root differs from the computed one.</summary>
    InvalidTransactionsRoot,

    /// <summary>The ommers hash differs from the computed one.</summary>
    InvalidUnclesHash,

    /// <summary>The transactions use more gas than the block has.</summary>
    GasUsedOverflow,

    /// <summary>The gas limit moves too far from the parent's, or is too low.</summary>
    InvalidGaslimit,

    /// <summary>The base fee does not follow from the parent (EIP-1559).</summary>
    InvalidBasefeePerGas,

    /// <summary>Gas used differs from the computed one.</summary>
    InvalidGasUsed,

    /// <summary>Gas used above the gas limit.</summary>
    InvalidGasUsedAboveLimit,

    /// <summary>The withdrawals root differs from the computed one.</summary>
    InvalidWithdrawalsRoot,

    /// <summary>Fields are missing, or belong to another fork.</summary>
    IncorrectBlockFormat,

    /// <summary>Blob gas used above the limit.</summary>
    BlobGasUsedAboveLimit,

    /// <summary>Blob gas used differs from that of the transactions.</summary>
    IncorrectBlobGasUsed,

    /// <summary>Excess blob gas does not follow from the parent.</summary>
    IncorrectExcessBlobGas,

    /// <summary>The versioned hashes differ from those of the transactions.</summary>
    InvalidVersionedHashes,

    /// <summary>The bytes are not a canonical block.</summary>
    RlpStructuresEncoding,

    /// <summary>The withdrawals are missing.</summary>
    RlpWithdrawalsNotRead,

    /// <summary>A field does not fit 64 bits.</summary>
    RlpInvalidFieldOverflow64,

    /// <summary>An address is not 20 bytes.</summary>
    RlpInvalidAddress,

    /// <summary>The block is larger than allowed (EIP-7934).</summary>
    RlpBlockLimitExceeded,

    /// <summary>The requests hash differs from the computed one (EIP-7685).</summary>
    InvalidRequests,

    /// <summary>A block without base fee where the fork has one.</summary>
    ImportImpossibleLegacy,

    /// <summary>A block without base fee on a parent with one.</summary>
    ImportImpossibleLegacyWrongParent,

    /// <summary>A block with base fee on a parent without one, not at the fork.</summary>
    ImportImpossibleLondonWrongParent,

    /// <summary>A proof-of-stake block where proof of work is expected.</summary>
    ImportImpossibleParisWrongPow,

    /// <summary>A proof-of-stake block before the terminal total difficulty.</summary>
    ImportImpossibleParisWrongPos,

    /// <summary>A proof-of-work block after the merge.</summary>
    ImportImpossibleLondonOverParis,

    /// <summary>A block without withdrawals on a parent with them.</summary>
    ImportImpossibleParisOverShanghai,

    /// <summary>A block with withdrawals before their fork.</summary>
    ImportImpossibleShanghai,

    /// <summary>Ommers after the merge.</summary>
    ImportImpossibleUnclesOverParis,

    /// <summary>Difficulty after the merge.</summary>
    ImportImpossibleDifficultyOverParis,

    /// <summary>A system contract has no code (EIP-7002, EIP-7251).</summary>
    SystemContractEmpty,

    /// <summary>A system contract call fails (EIP-7002, EIP-7251).</summary>
    SystemContractCallFailed,

    /// <summary>The block hash differs from the computed one.</summary>
    InvalidBlockHash,

    /// <summary>A deposit log with another layout than the deposit contract's (EIP-6110).</summary>
    InvalidDepositEventLayout,

    /// <summary>A transaction is refused; its <see cref="TransactionError"/> says why.</summary>
    InvalidTransaction,

    /// <summary>The consensus engine refuses the header's seal.</summary>
    InvalidSeal,
}
