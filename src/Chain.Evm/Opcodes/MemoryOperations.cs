using System.Runtime.CompilerServices;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Evm.Frames;

namespace Chain.Evm.Opcodes;

/// <summary>Memory, hashing and copies into memory.</summary>
internal static unsafe class MemoryOperations
{
    internal readonly struct MLoad : IFastFrameOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool TryRun(Frame frame, UInt256* sp)
        {
            if (!IsActive(frame, sp, Words.SizeBytes)) return false;
            Words.Load(frame.Memory + sp[-1].U0, sp - 1);
            return true;
        }

        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            gas = ExpandWord(frame, sp, gas, Words.SizeBytes);
            if (gas >= 0) Words.Load(frame.Memory + sp[-1].U0, sp - 1);
            return gas;
        }
    }

    internal readonly struct MStore : IFastFrameOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool TryRun(Frame frame, UInt256* sp)
        {
            if (!IsActive(frame, sp, Words.SizeBytes)) return false;
            Words.Store(sp - 2, frame.Memory + sp[-1].U0);
            return true;
        }

        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            gas = ExpandWord(frame, sp, gas, Words.SizeBytes);
            if (gas >= 0) Words.Store(sp - 2, frame.Memory + sp[-1].U0);
            return gas;
        }
    }

    internal readonly struct MStore8 : IFastFrameOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool TryRun(Frame frame, UInt256* sp)
        {
            if (!IsActive(frame, sp, 1)) return false;
            frame.Memory[sp[-1].U0] = (byte)sp[-2].U0;
            return true;
        }

        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            gas = ExpandWord(frame, sp, gas, 1);
            if (gas >= 0) frame.Memory[sp[-1].U0] = (byte)sp[-2].U0;
            return gas;
        }
    }

    internal readonly struct MSize : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            *sp = new UInt256(frame.MemorySize);
            return gas;
        }
    }

    /// <summary>MCOPY (EIP-5656).</summary>
    internal readonly struct MCopy : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            UInt256 size = sp[-3];
            UInt256 farther = sp[-1] > sp[-2] ? sp[-1] : sp[-2];
            gas = ChargeCopy(frame, gas, farther, size);
            if (gas >= 0 && !size.IsZero) Buffer.MemoryCopy(frame.Memory + sp[-2].U0, frame.Memory + sp[-1].U0, size.U0, size.U0);
            return gas;
        }
    }

    internal readonly struct CallDataCopy : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            gas = ChargeCopy(frame, gas, sp[-1], sp[-3]);
            if (gas >= 0 && !sp[-3].IsZero) frame.CopyToMemory(sp[-1].U0, frame.Input, frame.InputSize, sp[-2], sp[-3].U0);
            return gas;
        }
    }

    internal readonly struct CodeCopy : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            gas = ChargeCopy(frame, gas, sp[-1], sp[-3]);
            if (gas >= 0 && !sp[-3].IsZero) frame.CopyToMemory(sp[-1].U0, frame.Code, frame.CodeSize, sp[-2], sp[-3].U0);
            return gas;
        }
    }

    /// <summary>RETURNDATACOPY (EIP-211): reading past the end halts, even for a size of zero.</summary>
    internal readonly struct ReturnDataCopy : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            ulong offset = sp[-2].SaturateToUInt64();
            ulong size = sp[-3].SaturateToUInt64();
            if (offset > frame.ReturnDataSize || size > frame.ReturnDataSize - offset) return frame.Halt(FrameStatus.ReturnDataOutOfBounds);
            gas = ChargeCopy(frame, gas, sp[-1], sp[-3]);
            if (gas >= 0 && size != 0) frame.CopyToMemory(sp[-1].U0, frame.ReturnData, frame.ReturnDataSize, sp[-2], size);
            return gas;
        }
    }

    internal readonly struct Keccak : IFrameOperation
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            gas = frame.Expand(gas, sp[-1], sp[-2]);
            if (gas < 0) return gas;
            ulong size = sp[-2].U0;
            gas -= (long)(GasCosts.KeccakWord * Words.Count(size));
            if (gas < 0) return frame.Halt(FrameStatus.OutOfGas);
            byte* data = size == 0 ? null : frame.Memory + sp[-1].U0;
            UInt256* result = sp - 2;
            Keccak256.Hash(new ReadOnlySpan<byte>(data, (int)size), new Span<byte>(result, UInt256.SizeBytes));
            Words.Load((byte*)result, result);
            return gas;
        }
    }

    /// <summary>Charges the words copied and the memory they go to. Afterwards the offsets fit when the size is not zero.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long ChargeCopy(Frame frame, long gas, in UInt256 offset, in UInt256 size)
    {
        gas = frame.Expand(gas, offset, size);
        if (gas < 0) return gas;
        // The size fits: the expansion was charged.
        gas -= (long)(GasCosts.CopyWord * Words.Count(size.U0));
        return gas < 0 ? frame.Halt(FrameStatus.OutOfGas) : gas;
    }

    /// <summary>True when the bytes at the offset on top are active memory. Memory is below 2^31 bytes: the sum cannot wrap where the test passes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsActive(Frame frame, UInt256* sp, ulong size)
    {
        ulong offset = sp[-1].U0;
        return sp[-1].FitsUInt64 && offset < frame.MemorySize && offset + size <= frame.MemorySize;
    }

    private static long ExpandWord(Frame frame, UInt256* sp, long gas, ulong size) =>
        sp[-1].FitsUInt64 ? frame.Expand(gas, sp[-1].U0, size) : frame.Halt(FrameStatus.OutOfGas);
}
