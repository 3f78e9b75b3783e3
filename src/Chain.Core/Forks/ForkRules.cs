using Chain.Core.Numeric;

namespace Chain.Core.Forks;

/// <summary>
/// The numbers that forks change. Behaviour that is there or not is asked of <see cref="Fork"/> (<c>rules.Fork >= Fork.Cancun</c>);
/// the values per fork stand in <see cref="ForkTable"/> alone. Opcode availability and static gas stand in the opcode table.
/// </summary>
public sealed record ForkRules
{
    /// <summary>The fork.</summary>
    public required Fork Fork { get; init; }

    /// <summary>Blob parameters; null before Cancun.</summary>
    public BlobSchedule? Blobs { get; init; }

    // --- transactions -------------------------------------------------------------------------------------------

    /// <summary>Gas of any transaction.</summary>
    public ulong TransactionGas { get; init; } = 21_000;

    /// <summary>Additional gas of a creation transaction (EIP-2).</summary>
    public ulong CreationTransactionGas { get; init; }

    /// <summary>Gas per zero byte of calldata.</summary>
    public ulong CalldataZeroByteGas { get; init; } = 4;

    /// <summary>Gas per non-zero byte of calldata (EIP-2028).</summary>
    public ulong CalldataNonZeroByteGas { get; init; } = 68;

    /// <summary>Floor gas per calldata token (EIP-7623); 0 for none.</summary>
    public ulong CalldataFloorGasPerToken { get; init; }

    /// <summary>Gas per 32-byte word of initcode (EIP-3860).</summary>
    public ulong InitCodeWordGas { get; init; }

    /// <summary>Gas per access-list address (EIP-2930).</summary>
    public ulong AccessListAddressGas { get; init; } = 2_400;

    /// <summary>Gas per access-list slot (EIP-2930).</summary>
    public ulong AccessListSlotGas { get; init; } = 1_900;

    /// <summary>Intrinsic gas per authorization tuple (EIP-7702).</summary>
    public ulong AuthorizationGas { get; init; } = 25_000;

    /// <summary>Part of <see cref="AuthorizationGas"/> that an existing authority does not get back (EIP-7702).</summary>
    public ulong AuthorizationBaseGas { get; init; } = 12_500;

    /// <summary>Largest gas limit of a transaction (EIP-7825).</summary>
    public ulong TransactionGasLimitMax { get; init; } = ulong.MaxValue;

    /// <summary>Most blobs per transaction (EIP-7594).</summary>
    public ulong TransactionBlobsMax { get; init; } = ulong.MaxValue;

    /// <summary>Gas used divided by this is the most that is refunded (EIP-3529).</summary>
    public ulong RefundQuotient { get; init; } = 2;

    // --- code ---------------------------------------------------------------------------------------------------

    /// <summary>Largest deployed code in bytes (EIP-170).</summary>
    public int CodeSizeMax { get; init; } = int.MaxValue;

    /// <summary>Largest initcode in bytes (EIP-3860).</summary>
    public int InitCodeSizeMax { get; init; } = int.MaxValue;

    /// <summary>Nonce of a new contract (EIP-161).</summary>
    public ulong ContractStartNonce { get; init; }

    // --- opcodes whose price depends on the fork --------------------------------------------------------------------

    /// <summary>SLOAD; a warm slot from Berlin on.</summary>
    public ulong SloadGas { get; init; } = 50;

    /// <summary>BALANCE; a warm account from Berlin on.</summary>
    public ulong BalanceGas { get; init; } = 20;

    /// <summary>EXTCODESIZE and the base of EXTCODECOPY; a warm account from Berlin on.</summary>
    public ulong ExtCodeGas { get; init; } = 20;

    /// <summary>EXTCODEHASH; a warm account from Berlin on.</summary>
    public ulong ExtCodeHashGas { get; init; } = 400;

    /// <summary>Base of the CALL family; a warm account from Berlin on.</summary>
    public ulong CallGas { get; init; } = 40;

    /// <summary>Base of SELFDESTRUCT (EIP-150).</summary>
    public ulong SelfDestructGas { get; init; }

    /// <summary>SELFDESTRUCT that makes a new account (EIP-150).</summary>
    public ulong SelfDestructNewAccountGas { get; init; }

    /// <summary>EXP per byte of exponent (EIP-160).</summary>
    public ulong ExpByteGas { get; init; } = 10;

    /// <summary>First touch of an account in a transaction, in all (EIP-2929); 0 before Berlin.</summary>
    public ulong ColdAccountGas { get; init; }

    /// <summary>First touch of a slot in a transaction, in all (EIP-2929); 0 before Berlin.</summary>
    public ulong ColdSlotGas { get; init; }

    /// <summary>Later touches (EIP-2929); 0 before Berlin.</summary>
    public ulong WarmGas { get; init; }

    /// <summary>How SSTORE is metered.</summary>
    public StorageMetering StorageMetering { get; init; }

    /// <summary>Refund for clearing a slot.</summary>
    public ulong StorageClearRefund { get; init; } = 15_000;

    /// <summary>Refund for a self-destruct (EIP-3529 removes it).</summary>
    public ulong SelfDestructRefund { get; init; } = 24_000;

    // --- blocks -------------------------------------------------------------------------------------------------

    /// <summary>Reward of a block, wei.</summary>
    public UInt256 BlockReward { get; init; } = 5_000_000_000_000_000_000;

    /// <summary>Blocks by which the difficulty bomb is delayed.</summary>
    public ulong DifficultyBombDelayBlocks { get; init; }

    /// <summary>Largest RLP of a block in bytes (EIP-7934).</summary>
    public int BlockSizeBytesMax { get; init; } = int.MaxValue;

    /// <summary>Gas limit over gas target (EIP-1559).</summary>
    public ulong BaseFeeElasticity { get; init; } = 2;

    /// <summary>Largest change of the base fee is its 1/this (EIP-1559).</summary>
    public ulong BaseFeeChangeDenominator { get; init; } = 8;

    /// <summary>Gas that prices a blob's execution side: blob fees keep a reserve price from it (EIP-7918); 0 for none.</summary>
    public ulong BlobBaseCostGas { get; init; }
}

/// <summary>How SSTORE is metered.</summary>
public enum StorageMetering : byte
{
    /// <summary>By current value only (Frontier; Petersburg again).</summary>
    Simple,

    /// <summary>Net (EIP-1283, Constantinople).</summary>
    Net,

    /// <summary>Net with the 2,300 gas sentry (EIP-2200, Istanbul), with cold slots from Berlin on (EIP-2929).</summary>
    NetWithSentry,
}
