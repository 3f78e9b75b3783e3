namespace Chain.Evm.Opcodes;

/// <summary>Gas that no fork changes (Yellow Paper, appendix G). Static gas of opcodes stands in <see cref="OpcodeTable"/>, changing gas in the fork rules.</summary>
internal static class GasCosts
{
    /// <summary>Per word of memory, linear part.</summary>
    public const ulong MemoryWord = 3;

    /// <summary>Divisor of the squared words: the other part of the memory price.</summary>
    public const ulong MemoryQuadraticDivisor = 512;

    /// <summary>Per word copied.</summary>
    public const ulong CopyWord = 3;

    /// <summary>Per word hashed by KECCAK256 and CREATE2.</summary>
    public const ulong KeccakWord = 6;

    /// <summary>Per byte of log data.</summary>
    public const ulong LogByte = 8;

    /// <summary>A call that sends value.</summary>
    public const ulong CallValue = 9_000;

    /// <summary>Gas given to the callee of a call that sends value.</summary>
    public const ulong CallStipend = 2_300;

    /// <summary>A call that makes an account.</summary>
    public const ulong NewAccount = 25_000;

    /// <summary>Per byte of deployed code.</summary>
    public const ulong CodeDepositByte = 200;

    /// <summary>SSTORE from zero to non-zero.</summary>
    public const ulong StorageSet = 20_000;

    /// <summary>SSTORE of any other change, the access to a cold slot included (EIP-2929).</summary>
    public const ulong StorageReset = 5_000;

    /// <summary>SSTORE in later changes of a slot under EIP-1283.</summary>
    public const ulong StorageDirtyNet = 200;

    /// <summary>A caller keeps 1/64 of its gas (EIP-150).</summary>
    public const int CallRetainedShift = 6;
}
