using Chain.Evm.Frames;
using Chain.Evm.Opcodes;

namespace Chain.Evm.Dispatch;

/// <summary>Runs a frame from its registers at rest until it ends or is suspended.</summary>
internal interface IDispatcher
{
    /// <summary>Runs; the reason of the return is in <see cref="Frame.Exit"/>.</summary>
    void Run(Frame frame, OpcodeSet opcodes);
}
