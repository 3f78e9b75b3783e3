using Chain.Core.Numeric;
using Chain.Evm.Frames;

namespace Chain.Evm.Opcodes;

// The shapes of opcode bodies. In all of them `sp` points to the first free word of the stack, so that sp[-1] is the top item; the dispatcher has
// already checked the stack limits and charged the static gas of the opcode's row, and moves sp (by the row's items) and pc itself.
// What makes the pointers safe: sp stays inside the frame's 1,024 words by those checks, pc inside code that ends with zero padding.

/// <summary>Works on the stack alone and cannot fail.</summary>
internal unsafe interface IStackOperation
{
    static abstract void Run(UInt256* sp);
}

/// <summary>A family of opcodes told apart by a number: PUSH1 to PUSH32, DUP1 to DUP16, SWAP1 to SWAP16.</summary>
internal unsafe interface INumberedOperation
{
    static abstract void Run(byte* pc, UInt256* sp, int n);
}

/// <summary>Needs the frame or dynamic gas. Returns the gas left, or <see cref="Frame.Halt"/>.</summary>
internal unsafe interface IFrameOperation
{
    static abstract long Run(Frame frame, UInt256* sp, long gas);
}

/// <summary>
/// The common case of a hot opcode apart, free of any call: a call anywhere in a handler makes it save registers on every execution.
/// </summary>
internal unsafe interface IFastFrameOperation : IFrameOperation
{
    /// <summary>Does all the opcode does, without dynamic gas; or returns false, nothing changed, for <see cref="IFrameOperation.Run"/> to do it.</summary>
    static abstract bool TryRun(Frame frame, UInt256* sp);
}

/// <summary>The common case of a jump apart, free of any call.</summary>
internal unsafe interface IFastControlOperation : IControlOperation
{
    /// <summary>The next pc; or null, nothing changed, for <see cref="IControlOperation.Run"/> to find it.</summary>
    static abstract byte* TryRun(Frame frame, byte* pc, UInt256* sp);
}

/// <summary>Chooses the next pc: returns it, or null after <see cref="Frame.Halt"/>.</summary>
internal unsafe interface IControlOperation
{
    static abstract byte* Run(Frame frame, byte* pc, UInt256* sp);
}

/// <summary>Leaves the dispatcher: ends the frame, or suspends it for a child frame. Sets <see cref="Frame.Exit"/>; returns the gas left, or <see cref="Frame.Halt"/>.</summary>
internal unsafe interface ILeaveOperation
{
    static abstract long Run(Frame frame, UInt256* sp, long gas);
}
