using Chain.Core.Primitives;
using Chain.Core.Results;

namespace Chain.Consensus;

/// <summary>What became of a block offered to the chain.</summary>
public enum ImportStatus : byte
{
    /// <summary>Valid and the new head.</summary>
    BecameHead,

    /// <summary>Valid and stored, on a side chain.</summary>
    SideChain,

    /// <summary>Was here before.</summary>
    AlreadyKnown,

    /// <summary>Its parent is not here.</summary>
    UnknownParent,

    /// <summary>The state of its parent is no longer kept: it lies deeper than a reorganisation may go. Neither valid nor invalid.</summary>
    TooOld,

    /// <summary>Breaks a rule.</summary>
    Invalid,
}

/// <summary>Outcome of an import.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Hash">The block's hash.</param>
/// <param name="BlockError">The block rule broken.</param>
/// <param name="TransactionError">The transaction rule broken.</param>
/// <param name="TransactionIndex">Which transaction broke it; -1 for none.</param>
/// <param name="Detail">Found and expected values, for the operator.</param>
public readonly record struct ImportResult(
    ImportStatus Status,
    Hash256 Hash,
    BlockError BlockError = BlockError.None,
    TransactionError TransactionError = TransactionError.None,
    int TransactionIndex = -1,
    string Detail = "")
{
    /// <summary>True unless the block was refused.</summary>
    public bool IsAccepted => Status is ImportStatus.BecameHead or ImportStatus.SideChain or ImportStatus.AlreadyKnown;

    /// <summary>The broken rule as the fixtures name it, such as <c>BlockException.INVALID_STATE_ROOT</c>; empty when none is.</summary>
    public string ErrorName =>
        TransactionError != TransactionError.None ? $"TransactionException.{ErrorNames.ToFixtureName(TransactionError)}"
        : BlockError != BlockError.None ? $"BlockException.{ErrorNames.ToFixtureName(BlockError)}"
        : "";
}
