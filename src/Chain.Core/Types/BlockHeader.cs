using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Core.Types;

/// <summary>A block header (Yellow Paper, section 4.4, and the EIPs that appended fields). Null: the fork has no such field.</summary>
public sealed partial record BlockHeader
{
    /// <summary>Hash of the parent's header.</summary>
    public Hash256 ParentHash { get; init; }

    /// <summary>Hash of the ommer list.</summary>
    public Hash256 OmmersHash { get; init; }

    /// <summary>Fee recipient (coinbase).</summary>
    public Address Beneficiary { get; init; }

    /// <summary>Root of the state after the block.</summary>
    public Hash256 StateRoot { get; init; }

    /// <summary>Root of the transaction list.</summary>
    public Hash256 TransactionsRoot { get; init; }

    /// <summary>Root of the receipt list.</summary>
    public Hash256 ReceiptsRoot { get; init; }

    /// <summary>Bloom of all logs.</summary>
    public Bloom LogsBloom { get; init; } = Bloom.Empty;

    /// <summary>Difficulty; 0 after the merge.</summary>
    public UInt256 Difficulty { get; init; }

    /// <summary>Height.</summary>
    public ulong Number { get; init; }

    /// <summary>Gas limit.</summary>
    public ulong GasLimit { get; init; }

    /// <summary>Gas used.</summary>
    public ulong GasUsed { get; init; }

    /// <summary>Seconds since the Unix epoch.</summary>
    public ulong Timestamp { get; init; }

    /// <summary>Extra data, 32 bytes at most (consensus engines may allow more).</summary>
    public ReadOnlyMemory<byte> ExtraData { get; init; }

    /// <summary>Mix hash, or the PREVRANDAO value after the merge.</summary>
    public Hash256 MixHash { get; init; }

    /// <summary>Seal nonce; 0 after the merge.</summary>
    public ulong Nonce { get; init; }

    /// <summary>Base fee per gas, wei (London).</summary>
    public UInt256? BaseFeePerGas { get; init; }

    /// <summary>Root of the withdrawal list (Shanghai).</summary>
    public Hash256? WithdrawalsRoot { get; init; }

    /// <summary>Blob gas used (Cancun).</summary>
    public ulong? BlobGasUsed { get; init; }

    /// <summary>Excess blob gas (Cancun).</summary>
    public ulong? ExcessBlobGas { get; init; }

    /// <summary>Parent beacon block root (Cancun).</summary>
    public Hash256? ParentBeaconBlockRoot { get; init; }

    /// <summary>Hash of the execution requests (Prague).</summary>
    public Hash256? RequestsHash { get; init; }
}
