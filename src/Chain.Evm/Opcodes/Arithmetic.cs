using System.Runtime.CompilerServices;
using Chain.Core.Numeric;
using Chain.Evm.Frames;

namespace Chain.Evm.Opcodes;

/// <summary>0x01 to 0x0b: arithmetic modulo 2^256.</summary>
internal static unsafe class Arithmetic
{
    internal readonly struct Add : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp) => UInt256.Add(sp[-1], sp[-2], out sp[-2]);
    }

    internal readonly struct Mul : IStackOperation
    {
        public static void Run(UInt256* sp) => UInt256.Multiply(sp[-1], sp[-2], out sp[-2]);
    }

    internal readonly struct Sub : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp) => UInt256.Subtract(sp[-1], sp[-2], out sp[-2]);
    }

    internal readonly struct Div : IStackOperation
    {
        public static void Run(UInt256* sp) => UInt256.Divide(sp[-1], sp[-2], out sp[-2]);
    }

    internal readonly struct SDiv : IStackOperation
    {
        public static void Run(UInt256* sp) => UInt256.SDiv(sp[-1], sp[-2], out sp[-2]);
    }

    internal readonly struct Mod : IStackOperation
    {
        public static void Run(UInt256* sp) => UInt256.Mod(sp[-1], sp[-2], out sp[-2]);
    }

    internal readonly struct SMod : IStackOperation
    {
        public static void Run(UInt256* sp) => UInt256.SMod(sp[-1], sp[-2], out sp[-2]);
    }

    internal readonly struct AddMod : IStackOperation
    {
        public static void Run(UInt256* sp) => UInt256.AddMod(sp[-1], sp[-2], sp[-3], out sp[-3]);
    }

    internal readonly struct MulMod : IStackOperation
    {
        public static void Run(UInt256* sp) => UInt256.MulMod(sp[-1], sp[-2], sp[-3], out sp[-3]);
    }

    internal readonly struct Exp : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            ulong exponentBytes = (ulong)(sp[-2].BitLength + 7) / 8;
            gas -= (long)(frame.Machine.Rules.ExpByteGas * exponentBytes);
            if (gas < 0) return frame.Halt(FrameStatus.OutOfGas);
            UInt256.Exp(sp[-1], sp[-2], out sp[-2]);
            return gas;
        }
    }

    internal readonly struct SignExtend : IStackOperation
    {
        public static void Run(UInt256* sp) => UInt256.SignExtend(sp[-2], sp[-1], out sp[-2]);
    }
}
