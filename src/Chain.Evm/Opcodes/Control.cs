using System.Runtime.CompilerServices;
using Chain.Core.Numeric;
using Chain.Evm.Frames;

namespace Chain.Evm.Opcodes;

/// <summary>Jumps, ends, and the opcodes that read registers.</summary>
internal static unsafe class Control
{
    private const byte JumpDestCode = 0x5b;

    internal readonly struct Jump : IFastControlOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static byte* TryRun(Frame frame, byte* pc, UInt256* sp) => TryTarget(frame, sp - 1);

        public static byte* Run(Frame frame, byte* pc, UInt256* sp) => Target(frame, sp - 1);
    }

    internal readonly struct JumpI : IFastControlOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static byte* TryRun(Frame frame, byte* pc, UInt256* sp) => sp[-2].IsZero ? pc + 1 : TryTarget(frame, sp - 1);

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

    /// <summary>The destination when the map knows it; null when there is no map yet or the jump is invalid.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* TryTarget(Frame frame, UInt256* destination)
    {
        ulong target = destination->U0;
        ulong* map = frame.JumpMap;
        bool isKnown = map != null && destination->FitsUInt64 && target < frame.CodeSize && (map[target >> 6] >> (int)(target & 63) & 1) != 0;
        return isKnown ? frame.Code + target : null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* Target(Frame frame, UInt256* destination)
    {
        // The byte is tested first, so that code without a valid jump never pays for the map.
        if (frame.JumpMap == null && destination->FitsUInt64 && destination->U0 < frame.CodeSize && frame.Code[destination->U0] == JumpDestCode)
            frame.JumpMap = frame.CodeInfo.GetJumpMap();
        byte* target = TryTarget(frame, destination);
        if (target == null) frame.Halt(FrameStatus.InvalidJump);
        return target;
    }
}
