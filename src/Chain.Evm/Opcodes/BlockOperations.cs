using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.State;

namespace Chain.Evm.Opcodes;

/// <summary>0x40 to 0x4a: what the opcodes ask of the block.</summary>
internal static unsafe class BlockOperations
{
    private const ulong BlockHashesMax = 256;

    internal readonly struct BlockHash : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            BlockContext block = frame.Machine.Block;
            ulong number = sp[-1].SaturateToUInt64();
            bool isKnown = number < block.Number && block.Number - number <= BlockHashesMax;
            Hash256 hash = isKnown ? block.BlockHashes.GetBlockHash(number) : default;
            sp[-1] = UInt256.FromBigEndian(hash.Bytes);
            return gas;
        }
    }

    internal readonly struct Coinbase : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            Words.Load(frame.Machine.Block.Coinbase, sp);
            return gas;
        }
    }

    internal readonly struct Timestamp : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            *sp = new UInt256(frame.Machine.Block.Timestamp);
            return gas;
        }
    }

    internal readonly struct Number : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            *sp = new UInt256(frame.Machine.Block.Number);
            return gas;
        }
    }

    /// <summary>DIFFICULTY, from Paris on PREVRANDAO (EIP-4399).</summary>
    internal readonly struct PrevRandao : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            BlockContext block = frame.Machine.Block;
            Hash256 random = block.PrevRandao;
            *sp = block.Rules.Fork >= Fork.Paris ? UInt256.FromBigEndian(random.Bytes) : block.Difficulty;
            return gas;
        }
    }

    internal readonly struct GasLimit : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            *sp = new UInt256(frame.Machine.Block.GasLimit);
            return gas;
        }
    }

    internal readonly struct ChainId : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            *sp = new UInt256(frame.Machine.Block.ChainId);
            return gas;
        }
    }

    internal readonly struct BaseFee : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            *sp = frame.Machine.Block.BaseFee;
            return gas;
        }
    }

    internal readonly struct BlobHash : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            IReadOnlyList<Hash256> hashes = frame.Machine.Transaction.BlobVersionedHashes;
            ulong index = sp[-1].SaturateToUInt64();
            Hash256 hash = index < (ulong)hashes.Count ? hashes[(int)index] : default;
            sp[-1] = UInt256.FromBigEndian(hash.Bytes);
            return gas;
        }
    }

    internal readonly struct BlobBaseFee : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            *sp = frame.Machine.Block.BlobBaseFee;
            return gas;
        }
    }
}
