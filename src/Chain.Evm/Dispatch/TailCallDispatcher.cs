using Chain.Core.Numeric;
using Chain.Evm.Frames;
using Chain.Evm.Opcodes;

namespace Chain.Evm.Dispatch;

/// <summary>
/// The fast dispatcher: a chain of handlers, one per opcode. A handler tests the stack and the gas against constants, runs the inlined body, and jumps to the
/// handler of the next byte with pc, stack pointer and gas in argument registers. C# cannot write the <c>tail.</c> prefix that makes the jump certain
/// (without it a Debug build overflows the native stack), so the handlers are emitted, once per opcode and static gas.
/// </summary>
internal sealed unsafe class TailCallDispatcher : IDispatcher
{
    /// <inheritdoc/>
    public void Run(Frame frame, OpcodeSet opcodes)
    {
        nint* handlers = opcodes.Handlers;
        if (handlers == null) handlers = HandlerChain.Build(opcodes);
        if (frame.Machine.Stop is { } stop) handlers = stop.Over(handlers);
        byte* pc = frame.Pc;
        ((delegate*<Frame, byte*, UInt256*, long, nint*, void>)handlers[*pc])(frame, pc, frame.Sp, frame.Gas, handlers);
    }
}
