using System.Runtime.CompilerServices;
using Chain.Core.Numeric;
using Chain.Evm.Frames;

namespace Chain.Evm.Opcodes;

/// <summary>Jumps, ends, and the opcodes that read registers.</summary>
internal static unsafe class Control
{
    private const byte JumpDestCode = 0x5b;

    internal readonly struct Jump : IControlOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static byte* Run(Frame frame, byte* pc, UInt256* sp) => Target(frame, sp - 1);
    }

    internal readonly struct JumpI : IControlOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static byte* Run(Frame frame, byte* pc, UInt256* sp) => sp[-2].IsZero ? pc + 1 : Target(frame, sp - 1);
    }

    internal readonly struct JumpDest : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp) { }
    }

    internal readonly struct Pc : IControlOperation
    {
        public static byte* Run(Frame frame, byte* pc, UInt256* sp)
        {
            *sp = new UInt256((ulong)(pc - frame.Code));
            return pc + 1;
        }
    }

    internal readonly struct Gas : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            *sp = new UInt256((ulong)gas);
            return gas;
        }
    }

    internal readonly struct Stop : ILeaveOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            frame.OutputSize = 0;
            return End(frame, gas, FrameStatus.Success);
        }
    }

    internal readonly struct Return : ILeaveOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas) => EndWithOutput(frame, sp, gas, FrameStatus.Success);
    }

    internal readonly struct Revert : ILeaveOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas) => EndWithOutput(frame, sp, gas, FrameStatus.Revert);
    }

    /// <summary>INVALID, and every byte that is no opcode of the fork.</summary>
    internal readonly struct Invalid : ILeaveOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas) => frame.Halt(FrameStatus.InvalidOpcode);
    }

    /// <summary>Ends the frame, its output already set.</summary>
    public static long End(Frame frame, long gas, FrameStatus status)
    {
        frame.Status = status;
        frame.Exit = FrameExit.Halted;
        return gas;
    }

    private static long EndWithOutput(Frame frame, UInt256* sp, long gas, FrameStatus status)
    {
        gas = frame.Expand(gas, sp[-1], sp[-2]);
        if (gas < 0) return gas;
        frame.OutputSize = sp[-2].U0;
        frame.Output = frame.OutputSize == 0 ? null : frame.Memory + sp[-1].U0;
        return End(frame, gas, status);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Target(Frame frame, UInt256* destination)
    {
        ulong target = destination->U0;
        ulong* map = frame.JumpMap;
        if (map != null && destination->FitsUInt64 && target < frame.CodeSize && (map[target >> 6] >> (int)(target & 63) & 1) != 0)
            return frame.Code + target;
        return TargetSlow(frame, destination);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* TargetSlow(Frame frame, UInt256* destination)
    {
        ulong target = destination->U0;
        if (destination->FitsUInt64 && target < frame.CodeSize && frame.Code[target] == JumpDestCode)
        {
            frame.JumpMap = frame.CodeInfo.GetJumpMap();
            if ((frame.JumpMap[target >> 6] >> (int)(target & 63) & 1) != 0) return frame.Code + target;
        }
        frame.Halt(FrameStatus.InvalidJump);
        return null;
    }
}
