using System.Runtime.CompilerServices;
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

    // DUP and SWAP move limb by limb: most words were just written by limbs, and a 32-byte load right after four 8-byte stores
    // waits for the stores to reach the cache (measured in a counting loop: 3.3 against 2.0 ns per opcode).

    internal readonly struct Dup : INumberedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(byte* pc, UInt256* sp, int n)
        {
            ulong* from = (ulong*)(sp - n);
            ulong* to = (ulong*)sp;
            to[0] = from[0];
            to[1] = from[1];
            to[2] = from[2];
            to[3] = from[3];
        }
    }

    internal readonly struct Swap : INumberedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(byte* pc, UInt256* sp, int n)
        {
            ulong* top = (ulong*)(sp - 1);
            ulong* other = (ulong*)(sp - 1 - n);
            (top[0], other[0]) = (other[0], top[0]);
            (top[1], other[1]) = (other[1], top[1]);
            (top[2], other[2]) = (other[2], top[2]);
            (top[3], other[3]) = (other[3], top[3]);
        }
    }
}
