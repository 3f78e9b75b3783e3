using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.State;

namespace Chain.Evm.Precompiles;

/// <summary>The circumstances of one call of a stateful precompile, and its gas.</summary>
public ref struct NativeCall
{
    /// <summary>Journaled state.</summary>
    public required WorldState State { get; init; }

    /// <summary>Block.</summary>
    public required BlockContext Block { get; init; }

    /// <summary>Transaction.</summary>
    public required TransactionContext Transaction { get; init; }

    /// <summary>Immediate caller.</summary>
    public required Address Caller { get; init; }

    /// <summary>How it was called.</summary>
    public required CallKind Kind { get; init; }

    /// <summary>Value sent, wei. For DELEGATECALL the inherited one.</summary>
    public required UInt256 Value { get; init; }

    /// <summary>True inside a static frame (STATICCALL itself included): nothing may be written.</summary>
    public required bool IsStatic { get; init; }

    /// <summary>Gas left; the module lowers it. On <see cref="FrameStatus.Revert"/> what is left goes back to the caller.</summary>
    public ulong GasLeft { get; set; }

    /// <summary>The decision to journal, of a call that succeeds or reverts; the module has charged for it. Its effect is told by the frames around the call.</summary>
    public Decision? Decision { get; set; }

    /// <summary>Takes gas; false (and nothing taken) when there is not enough.</summary>
    public bool TryCharge(ulong gas)
    {
        if (GasLeft < gas) return false;
        GasLeft -= gas;
        return true;
    }
}
