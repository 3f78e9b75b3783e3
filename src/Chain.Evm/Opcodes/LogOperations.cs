using System.Runtime.CompilerServices;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.Frames;

namespace Chain.Evm.Opcodes;

/// <summary>LOG0 to LOG4.</summary>
internal static unsafe class LogOperations
{
    internal readonly struct Log0 : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas) => Log(frame, sp, gas, 0);
    }

    internal readonly struct Log1 : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas) => Log(frame, sp, gas, 1);
    }

    internal readonly struct Log2 : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas) => Log(frame, sp, gas, 2);
    }

    internal readonly struct Log3 : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas) => Log(frame, sp, gas, 3);
    }

    internal readonly struct Log4 : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas) => Log(frame, sp, gas, 4);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Log(Frame frame, UInt256* sp, long gas, int topicCount)
    {
        if (frame.IsStatic) return frame.Halt(FrameStatus.WriteProtection);
        gas = frame.Expand(gas, sp[-1], sp[-2]);
        if (gas < 0) return gas;
        ulong size = sp[-2].U0;
        gas -= (long)(GasCosts.LogByte * size);
        if (gas < 0) return frame.Halt(FrameStatus.OutOfGas);

        Hash256[] topics = topicCount == 0 ? [] : new Hash256[topicCount];
        for (int i = 0; i < topicCount; i++) topics[i] = Words.ToHash(sp[-3 - i]);
        byte[] data = size == 0 ? [] : new ReadOnlySpan<byte>(frame.Memory + sp[-1].U0, (int)size).ToArray();
        frame.Machine.State.AddLog(new LogEntry(frame.Account.Address, topics, data));
        return gas;
    }
}
