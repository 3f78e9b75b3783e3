using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Evm.Frames;
using Chain.Evm.State;

namespace Chain.Evm;

/// <summary>What is left in the block for its next transactions.</summary>
/// <param name="Gas">Gas limit less the gas used so far.</param>
/// <param name="BlobGas">Blob gas maximum less the blob gas used so far; 0 before Cancun.</param>
public readonly record struct BlockGas(ulong Gas, ulong BlobGas);

/// <summary>How a transaction or call ended. With an <see cref="Error"/> nothing was executed or charged, and the other members have no meaning.</summary>
public sealed class TransactionResult
{
    /// <summary>Why it was refused; <see cref="TransactionError.None"/> when it ran.</summary>
    public TransactionError Error { get; init; }

    /// <summary>Reason code of rule S when the error is <see cref="TransactionError.SenderNotAuthorized"/>.</summary>
    public byte PolicyCode { get; init; }

    /// <summary>How the first frame ended.</summary>
    public FrameStatus Status { get; init; }

    /// <summary>True when it ran and its first frame succeeded: the status of the receipt.</summary>
    public bool Succeeded => Error == TransactionError.None && Status == FrameStatus.Success;

    /// <summary>Gas used: after refunds, and at least the calldata floor (EIP-7623).</summary>
    public ulong GasUsed { get; init; }

    /// <summary>Gas used before refunds and floor: what the gas limit must cover.</summary>
    public ulong GasUsedBeforeRefund { get; init; }

    /// <summary>Gas given back from the refund counter.</summary>
    public ulong GasRefunded { get; init; }

    /// <summary>Return or revert data.</summary>
    public ReadOnlyMemory<byte> Output { get; init; }

    /// <summary>Address of the new contract of a creation, successful or not; null for a call.</summary>
    public Address? ContractAddress { get; init; }

    /// <summary>Logs; owned by the result.</summary>
    public IReadOnlyList<LogEntry> Logs { get; init; } = [];

    /// <summary>Decisions for the audit log, also those of reverted frames; owned by the result.</summary>
    public IReadOnlyList<Decision> Decisions { get; init; } = [];

    /// <summary>Price paid per gas, wei.</summary>
    public UInt256 EffectiveGasPrice { get; init; }

    /// <summary>A refusal.</summary>
    public static TransactionResult Refused(TransactionError error, byte policyCode = 0) => new() { Error = error, PolicyCode = policyCode };
}
