using System.Runtime.CompilerServices;
using Chain.Core.Numeric;
using Chain.Evm.Frames;

namespace Chain.Evm.Opcodes;

/// <summary>0x01 to 0x0b: arithmetic modulo 2^256.</summary>
internal static unsafe class Arithmetic
{
    internal readonly struct Add : IStackOperation
    {
        /// <summary>In place and limb by limb: few registers are live, so that the handler saves none.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp)
        {
            ulong* a = (ulong*)(sp - 1);
            ulong* b = (ulong*)(sp - 2);
            ulong sum = a[0] + b[0];
            ulong carry = sum < a[0] ? 1UL : 0;
            b[0] = sum;
            sum = a[1] + b[1];
            ulong out1 = sum < a[1] ? 1UL : 0;
            sum += carry;
            carry = out1 | (sum < carry ? 1UL : 0);
            b[1] = sum;
            sum = a[2] + b[2];
            out1 = sum < a[2] ? 1UL : 0;
            sum += carry;
            carry = out1 | (sum < carry ? 1UL : 0);
            b[2] = sum;
            b[3] += a[3] + carry;
        }
    }

    internal readonly struct Mul : IStackOperation
    {
        public static void Run(UInt256* sp) => UInt256.Multiply(sp[-1], sp[-2], out sp[-2]);
    }

    internal readonly struct Sub : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp)
        {
            ulong* a = (ulong*)(sp - 1);
            ulong* b = (ulong*)(sp - 2);
            ulong x = a[0];
            ulong y = b[0];
            ulong borrow = x < y ? 1UL : 0;
            b[0] = x - y;
            x = a[1];
            y = b[1];
            ulong difference = x - y;
            b[1] = difference - borrow;
            borrow = (x < y ? 1UL : 0) | (difference < borrow ? 1UL : 0);
            x = a[2];
            y = b[2];
            difference = x - y;
            b[2] = difference - borrow;
            borrow = (x < y ? 1UL : 0) | (difference < borrow ? 1UL : 0);
            b[3] = a[3] - b[3] - borrow;
        }
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
