using System.Runtime.CompilerServices;
using Chain.Core.Numeric;

namespace Chain.Evm.Opcodes;

/// <summary>0x10 to 0x1e: comparison and bits.</summary>
internal static unsafe class Bitwise
{
    internal readonly struct Lt : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp) => SetBoolean(sp - 2, IsBelow(sp - 1, sp - 2));
    }

    internal readonly struct Gt : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp) => SetBoolean(sp - 2, IsBelow(sp - 2, sp - 1));
    }

    internal readonly struct Slt : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp) => SetBoolean(sp - 2, IsBelowSigned(sp - 1, sp - 2));
    }

    internal readonly struct Sgt : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp) => SetBoolean(sp - 2, IsBelowSigned(sp - 2, sp - 1));
    }

    internal readonly struct Eq : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp)
        {
            ulong* a = (ulong*)(sp - 1);
            ulong* b = (ulong*)(sp - 2);
            SetBoolean(sp - 2, ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3])) == 0);
        }
    }

    internal readonly struct IsZero : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp) => SetBoolean(sp - 1, sp[-1].IsZero);
    }

    internal readonly struct And : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp)
        {
            ulong* a = (ulong*)(sp - 1);
            ulong* b = (ulong*)(sp - 2);
            b[0] &= a[0];
            b[1] &= a[1];
            b[2] &= a[2];
            b[3] &= a[3];
        }
    }

    internal readonly struct Or : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp)
        {
            ulong* a = (ulong*)(sp - 1);
            ulong* b = (ulong*)(sp - 2);
            b[0] |= a[0];
            b[1] |= a[1];
            b[2] |= a[2];
            b[3] |= a[3];
        }
    }

    internal readonly struct Xor : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp)
        {
            ulong* a = (ulong*)(sp - 1);
            ulong* b = (ulong*)(sp - 2);
            b[0] ^= a[0];
            b[1] ^= a[1];
            b[2] ^= a[2];
            b[3] ^= a[3];
        }
    }

    internal readonly struct Not : IStackOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(UInt256* sp)
        {
            ulong* a = (ulong*)(sp - 1);
            a[0] = ~a[0];
            a[1] = ~a[1];
            a[2] = ~a[2];
            a[3] = ~a[3];
        }
    }

    internal readonly struct Byte : IStackOperation
    {
        public static void Run(UInt256* sp)
        {
            UInt256 index = sp[-1];
            ulong value = 0;
            if (index.FitsUInt64 && index.U0 < 32)
            {
                ulong fromLow = 31 - index.U0;
                value = (((ulong*)(sp - 2))[fromLow >> 3] >> (int)((fromLow & 7) << 3)) & 0xff;
            }
            sp[-2] = new UInt256(value);
        }
    }

    internal readonly struct Shl : IStackOperation
    {
        public static void Run(UInt256* sp) => UInt256.ShiftLeft(sp[-2], sp[-1], out sp[-2]);
    }

    internal readonly struct Shr : IStackOperation
    {
        public static void Run(UInt256* sp) => UInt256.ShiftRight(sp[-2], sp[-1], out sp[-2]);
    }

    internal readonly struct Sar : IStackOperation
    {
        public static void Run(UInt256* sp) => UInt256.ShiftRightArithmetic(sp[-2], sp[-1], out sp[-2]);
    }

    /// <summary>Count leading zeros (EIP-7939).</summary>
    internal readonly struct Clz : IStackOperation
    {
        public static void Run(UInt256* sp) => sp[-1] = new UInt256((ulong)(256 - sp[-1].BitLength));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetBoolean(UInt256* word, bool value)
    {
        ulong* limbs = (ulong*)word;
        limbs[0] = value ? 1UL : 0UL;
        limbs[1] = 0;
        limbs[2] = 0;
        limbs[3] = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsBelow(UInt256* a, UInt256* b)
    {
        if (a->U3 != b->U3) return a->U3 < b->U3;
        if (a->U2 != b->U2) return a->U2 < b->U2;
        if (a->U1 != b->U1) return a->U1 < b->U1;
        return a->U0 < b->U0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsBelowSigned(UInt256* a, UInt256* b) =>
        (long)(a->U3 ^ b->U3) < 0 ? (long)a->U3 < 0 : IsBelow(a, b);
}
