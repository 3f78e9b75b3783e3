using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.Frames;
using Chain.Evm.State;

namespace Chain.Evm.Tracing;

/// <summary>
/// Watches an execution. A machine given a tracer runs the plain loop and calls it at every step; without one nothing of this costs anything.
/// Spans are valid only during the call. Members that a tracer does not need it may leave out.
/// </summary>
public interface ITracer
{
    /// <summary>False to skip the calls per opcode (<see cref="OnOpcode"/>, <see cref="OnOpcodeEnd"/>): they cost most.</summary>
    bool TracesOpcodes => false;

    /// <summary>A frame begins: before its value moves, before a precompile runs.</summary>
    void OnFrameEnter(in FrameStart start)
    {
    }

    /// <summary>The innermost frame ended; its changes are undone already unless it succeeded. For creations the output is the deployed code.</summary>
    void OnFrameExit(FrameStatus status, ulong gasLeft, ReadOnlySpan<byte> output)
    {
    }

    /// <summary>An opcode is about to run.</summary>
    void OnOpcode(in OpcodeStep step)
    {
    }

    /// <summary>
    /// The opcode ran, or halted the frame.
    /// </summary>
    /// <param name="gasLeft">Gas of the frame afterwards; after a call or creation less what was given to the child. 0 after an exceptional halt.</param>
    /// <param name="fault">The halt, else <see cref="FrameStatus.Success"/>.</param>
    void OnOpcodeEnd(ulong gasLeft, FrameStatus fault)
    {
    }

    /// <summary>A slot is read or written (SLOAD, SSTORE), before it happens.</summary>
    void OnStorageAccess(in Address account, in UInt256 key, bool isWrite)
    {
    }

    /// <summary>Another account is looked at or called, before it happens.</summary>
    void OnAccountAccess(in Address account)
    {
    }

    /// <summary>A log was emitted.</summary>
    void OnLog(LogEntry log)
    {
    }

    /// <summary>SELFDESTRUCT is about to move the balance.</summary>
    void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance)
    {
    }
}

/// <summary>The start of a frame.</summary>
public readonly ref struct FrameStart
{
    /// <summary>Depth, 0 for the outermost.</summary>
    public required int Depth { get; init; }

    /// <summary>How it is entered.</summary>
    public required CallKind Kind { get; init; }

    /// <summary>CALLER.</summary>
    public required Address Caller { get; init; }

    /// <summary>ADDRESS: the executing account.</summary>
    public required Address Recipient { get; init; }

    /// <summary>The account called: differs from the recipient for DELEGATECALL and CALLCODE.</summary>
    public required Address CodeAddress { get; init; }

    /// <summary>CALLVALUE, wei.</summary>
    public required UInt256 Value { get; init; }

    /// <summary>Gas given.</summary>
    public required ulong Gas { get; init; }

    /// <summary>Call data, or initcode.</summary>
    public required ReadOnlySpan<byte> Input { get; init; }

    /// <summary>True when a native contract runs.</summary>
    public required bool IsPrecompile { get; init; }
}

/// <summary>The machine before an opcode.</summary>
public readonly ref struct OpcodeStep
{
    /// <summary>Depth, 0 for the outermost.</summary>
    public required int Depth { get; init; }

    /// <summary>Offset in the code.</summary>
    public required int Pc { get; init; }

    /// <summary>Byte.</summary>
    public required byte Code { get; init; }

    /// <summary>Mnemonic; INVALID when the fork has no such opcode.</summary>
    public required string Name { get; init; }

    /// <summary>Gas before it.</summary>
    public required ulong Gas { get; init; }

    /// <summary>The executing account.</summary>
    public required AccountEntry Account { get; init; }

    /// <summary>Stack, the top item last.</summary>
    public required ReadOnlySpan<UInt256> Stack { get; init; }

    /// <summary>Active memory.</summary>
    public required ReadOnlySpan<byte> Memory { get; init; }

    /// <summary>Return data of the last child.</summary>
    public required ReadOnlySpan<byte> ReturnData { get; init; }

    /// <summary>Refund counter of the transaction.</summary>
    public required long Refund { get; init; }
}
