using Chain.Core.Primitives;

namespace Chain.Core.Types;

/// <summary>A block: header and body.</summary>
public sealed partial class Block
{
    /// <summary>Header.</summary>
    public required BlockHeader Header { get; init; }

    /// <summary>Transactions in order.</summary>
    public IReadOnlyList<Transaction> Transactions { get; init; } = [];

    /// <summary>Ommer headers; empty after the merge.</summary>
    public IReadOnlyList<BlockHeader> Ommers { get; init; } = [];

    /// <summary>Withdrawals; null before Shanghai.</summary>
    public IReadOnlyList<Withdrawal>? Withdrawals { get; init; }
}

/// <summary>A validator withdrawal (EIP-4895).</summary>
/// <param name="Index">Running index.</param>
/// <param name="ValidatorIndex">Validator.</param>
/// <param name="Address">Recipient.</param>
/// <param name="AmountGwei">Amount in gwei.</param>
public sealed record Withdrawal(ulong Index, ulong ValidatorIndex, Address Address, ulong AmountGwei);

/// <summary>One event log.</summary>
/// <param name="Address">Emitting account.</param>
/// <param name="Topics">0 to 4 topics.</param>
/// <param name="Data">Data.</param>
public sealed record LogEntry(Address Address, IReadOnlyList<Hash256> Topics, ReadOnlyMemory<byte> Data);

/// <summary>The consensus part of a transaction receipt.</summary>
public sealed partial class Receipt
{
    /// <summary>Kind of the transaction.</summary>
    public TransactionType Type { get; init; }

    /// <summary>True on success (Byzantium on).</summary>
    public bool Succeeded { get; init; }

    /// <summary>Intermediate state root in place of the status, before Byzantium.</summary>
    public Hash256? PostStateRoot { get; init; }

    /// <summary>Gas used by this and all earlier transactions of the block.</summary>
    public ulong CumulativeGasUsed { get; init; }

    /// <summary>Logs.</summary>
    public IReadOnlyList<LogEntry> Logs { get; init; } = [];

    /// <summary>Bloom of the logs.</summary>
    public Bloom LogsBloom { get; init; } = Bloom.Empty;
}
