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
