using Chain.Core.Primitives;
using Chain.Core.Results;

namespace Chain.Consensus.Pool;

/// <summary>What became of a transaction offered to the pool.</summary>
public enum PoolStatus : byte
{
    /// <summary>Taken; executable now or when earlier nonces arrive.</summary>
    Added,

    /// <summary>Taken in place of another with the same nonce.</summary>
    Replaced,

    /// <summary>Already there.</summary>
    AlreadyKnown,

    /// <summary>Breaks a rule of the chain: see <see cref="PoolAddResult.TransactionError"/>.</summary>
    Invalid,

    /// <summary>Breaks the chain's compliance policy: see <see cref="PoolAddResult.Refusal"/>.</summary>
    NotAuthorized,

    /// <summary>Same nonce as a pooled one, fees not raised enough.</summary>
    ReplacementUnderpriced,

    /// <summary>Priority fee below the node's minimum.</summary>
    Underpriced,

    /// <summary>No room, and nothing cheaper to evict.</summary>
    PoolFull,

    /// <summary>The sender has as many transactions queued as one may have.</summary>
    SenderLimitExceeded,

    /// <summary>Larger than the node takes.</summary>
    Oversized,

    /// <summary>Blobs, commitments and proofs do not fit together, or are missing.</summary>
    InvalidSidecar,
}

/// <summary>A refusal by the compliance policy.</summary>
/// <param name="Rule">S, D, V or A.</param>
/// <param name="Account">Account that fails.</param>
/// <param name="Code">Reason code (table 4.4 of the compliance specification).</param>
public sealed record ComplianceRefusal(char Rule, Address Account, byte Code);

/// <summary>Answer of the pool.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Hash">Hash of the transaction.</param>
/// <param name="TransactionError">The rule broken, with <see cref="PoolStatus.Invalid"/>.</param>
/// <param name="Message">Text for the user, as geth words it.</param>
/// <param name="Refusal">The refusal, with <see cref="PoolStatus.NotAuthorized"/>.</param>
public readonly record struct PoolAddResult(PoolStatus Status, Hash256 Hash, TransactionError TransactionError = TransactionError.None, string Message = "", ComplianceRefusal? Refusal = null)
{
    /// <summary>True when the transaction is in the pool because of this call.</summary>
    public bool IsAccepted => Status is PoolStatus.Added or PoolStatus.Replaced;
}

/// <summary>Why a pooled transaction left the pool.</summary>
public enum PoolDropReason : byte
{
    /// <summary>Part of a block.</summary>
    Mined,

    /// <summary>Its nonce was used by another transaction.</summary>
    Stale,

    /// <summary>Replaced by one with higher fees.</summary>
    Replaced,

    /// <summary>Room was needed.</summary>
    Evicted,

    /// <summary>The sender's balance no longer pays for it.</summary>
    Unfunded,

    /// <summary>The sender lost the right to send (rule S).</summary>
    NotAuthorized,

    /// <summary>A block builder found it invalid.</summary>
    Invalid,

    /// <summary>Removed by request.</summary>
    Removed,
}
