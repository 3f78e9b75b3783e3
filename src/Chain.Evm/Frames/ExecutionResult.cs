using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Evm.Frames;

/// <summary>What is constant over one transaction.</summary>
public sealed class TransactionContext
{
    /// <summary>ORIGIN.</summary>
    public Address Origin { get; set; }

    /// <summary>GASPRICE: the effective gas price, wei.</summary>
    public UInt256 GasPrice { get; set; }

    /// <summary>BLOBHASH values.</summary>
    public IReadOnlyList<Hash256> BlobVersionedHashes { get; set; } = [];
}

/// <summary>The outermost message of a transaction, a system call or a simulation.</summary>
public readonly struct Message
{
    /// <summary><see cref="CallKind.Call"/> or <see cref="CallKind.Create"/>.</summary>
    public required CallKind Kind { get; init; }

    /// <summary>CALLER.</summary>
    public required Address Caller { get; init; }

    /// <summary>Account called, or the address that the creation will have (computed by the caller of the machine).</summary>
    public required Address Recipient { get; init; }

    /// <summary>Value in wei; moved by the machine at frame start.</summary>
    public UInt256 Value { get; init; }

    /// <summary>Call data, or initcode.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Gas of the frame: gas limit less intrinsic gas.</summary>
    public required ulong Gas { get; init; }
}

/// <summary>How the outermost frame ended.</summary>
/// <param name="Status">Status.</param>
/// <param name="GasLeft">Unused gas, before refunds.</param>
/// <param name="Output">Return or revert data; a copy.</param>
public readonly record struct ExecutionResult(FrameStatus Status, ulong GasLeft, ReadOnlyMemory<byte> Output);
