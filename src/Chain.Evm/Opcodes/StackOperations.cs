using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Chain.Core.Numeric;

namespace Chain.Evm.Opcodes;

/// <summary>0x50 and 0x5f to 0x9f: POP, PUSH, DUP, SWAP.</summary>
internal static unsafe class StackOperations
{
    internal readonly struct Pop : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp) { }
    }

    internal readonly struct Push0 : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp) => *sp = default;
    }

    /// <summary>The n bytes behind the opcode. Each limb is one 8-byte read; with a constant n no branch is left.</summary>
    internal readonly struct Push : INumberedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(byte* pc, UInt256* sp, int n)
        {
            byte* immediate = pc + 1;
            *sp = new UInt256(Limb(immediate, n), Limb(immediate, n - 8), Limb(immediate, n - 16), Limb(immediate, n - 24));
        }

        /// <summary>The limb whose last byte is just before <paramref name="end"/>.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static ulong Limb(byte* immediate, int end)
        {
            if (end <= 0) return 0;
            return end >= 8 ? Words.ReadBigEndian(immediate + end - 8) : Words.ReadBigEndian(immediate) >> (64 - (8 * end));
        }
    }

    internal readonly struct Dup : INumberedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(byte* pc, UInt256* sp, int n) => Vector256.Store(Vector256.Load((ulong*)(sp - n)), (ulong*)sp);
    }

    internal readonly struct Swap : INumberedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(byte* pc, UInt256* sp, int n)
        {
            Vector256<ulong> top = Vector256.Load((ulong*)(sp - 1));
            Vector256<ulong> other = Vector256.Load((ulong*)(sp - 1 - n));
            Vector256.Store(other, (ulong*)(sp - 1));
            Vector256.Store(top, (ulong*)(sp - 1 - n));
        }
    }
}
