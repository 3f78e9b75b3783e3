using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Evm.State;

/// <summary>What a <see cref="Decision"/> is about; the numbers are consensus data (compliance specification, section 5).</summary>
public enum DecisionKind : byte
{
    /// <summary>A token transfer.</summary>
    Transfer = 1,

    /// <summary>A mint.</summary>
    Mint = 2,

    /// <summary>A burn.</summary>
    Burn = 3,

    /// <summary>A forced transfer.</summary>
    Forced = 4,

    /// <summary>A recovery.</summary>
    Recovery = 5,

    /// <summary>Native value refused.</summary>
    ValueRefused = 6,

    /// <summary>A deployment refused.</summary>
    DeployRefused = 7,

    /// <summary>A call refused.</summary>
    CallRefused = 8,

    /// <summary>A write of a module.</summary>
    ModuleWrite = 9,

    /// <summary>An authorization skipped.</summary>
    AuthorizationSkipped = 10,
}

/// <summary>One decision of a module or of the chain's policy, for the audit log (compliance specification, section 5). Absent fields are zero.</summary>
public readonly record struct Decision
{
    /// <summary>What it is about.</summary>
    public required DecisionKind Kind { get; init; }

    /// <summary>Token or module; zero for a rule of the policy.</summary>
    public Address Subject { get; init; }

    /// <summary>Who moves or asks.</summary>
    public Address From { get; init; }

    /// <summary>Whom it reaches.</summary>
    public Address To { get; init; }

    /// <summary>Amount, value or selector.</summary>
    public UInt256 Amount { get; init; }

    /// <summary>Reason code; 0 for accepted.</summary>
    public byte Code { get; init; }

    /// <summary>Reference.</summary>
    public UInt256 Reference { get; init; }

    /// <summary>True when the frame that asked, and every ancestor, ended in success.</summary>
    public bool IsEffective { get; init; }
}

/// <summary>A decision and its place in the block.</summary>
/// <param name="TransactionIndex">Index of the transaction in the block.</param>
/// <param name="Sequence">Number within the transaction, from 0.</param>
/// <param name="Decision">The decision.</param>
public readonly record struct PlacedDecision(uint TransactionIndex, uint Sequence, Decision Decision);

/// <summary>Takes the decisions of each block into the state.</summary>
public interface IDecisionLog
{
    /// <summary>Writes what a block leaves in the state after its last transaction: nothing without a decision. No gas.</summary>
    /// <param name="state">State.</param>
    /// <param name="number">Height of the block.</param>
    /// <param name="decisions">Its decisions in order.</param>
    /// <returns>What a node keeps of the block beside the state, so that entries are found and proved without executing again.</returns>
    ReadOnlyMemory<byte> Append(WorldState state, ulong number, IReadOnlyList<PlacedDecision> decisions);
}
