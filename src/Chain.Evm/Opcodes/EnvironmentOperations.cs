using System.Runtime.CompilerServices;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.State;

namespace Chain.Evm.Opcodes;

/// <summary>What the opcodes ask of the frame, the transaction and other accounts.</summary>
internal static unsafe class EnvironmentOperations
{
    internal readonly struct ThisAddress : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            Words.Load(frame.Account.Address, sp);
            return gas;
        }
    }

    internal readonly struct Balance : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            gas = ChargeAccess(frame, gas, sp[-1], out AccountEntry account);
            if (gas >= 0) sp[-1] = account.Balance;
            return gas;
        }
    }

    internal readonly struct Origin : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            Words.Load(frame.Machine.Transaction.Origin, sp);
            return gas;
        }
    }

    internal readonly struct Caller : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            Words.Load(frame.Caller, sp);
            return gas;
        }
    }

    internal readonly struct CallValue : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            *sp = frame.Value;
            return gas;
        }
    }

    internal readonly struct CallDataLoad : IFastFrameOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool TryRun(Frame frame, UInt256* sp)
        {
            ulong offset = sp[-1].U0;
            // The sum cannot wrap where the first test passes: input is below 2^31 bytes.
            if (!sp[-1].FitsUInt64 || offset >= frame.InputSize || offset + Words.SizeBytes > frame.InputSize) return false;
            Words.Load(frame.Input + offset, sp - 1);
            return true;
        }

        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            if (!TryRun(frame, sp)) LoadTail(frame, sp - 1, sp[-1].SaturateToUInt64());
            return gas;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void LoadTail(Frame frame, UInt256* word, ulong offset)
        {
            *word = default;
            if (offset >= frame.InputSize) return;
            Buffer.MemoryCopy(frame.Input + offset, word, Words.SizeBytes, frame.InputSize - offset);
            Words.Load((byte*)word, word);
        }
    }

    internal readonly struct CallDataSize : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            *sp = new UInt256(frame.InputSize);
            return gas;
        }
    }

    internal readonly struct CodeSize : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            *sp = new UInt256(frame.CodeSize);
            return gas;
        }
    }

    internal readonly struct GasPrice : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            *sp = frame.Machine.Transaction.GasPrice;
            return gas;
        }
    }

    internal readonly struct ReturnDataSize : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            *sp = new UInt256(frame.ReturnDataSize);
            return gas;
        }
    }

    internal readonly struct SelfBalance : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            *sp = frame.Account.Balance;
            return gas;
        }
    }

    internal readonly struct ExtCodeSize : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            gas = ChargeAccess(frame, gas, sp[-1], out AccountEntry account);
            if (gas >= 0) sp[-1] = new UInt256(account.HasCode ? (ulong)frame.Machine.CodeOf(account).Size : 0);
            return gas;
        }
    }

    internal readonly struct ExtCodeCopy : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            gas = ChargeAccess(frame, gas, sp[-1], out AccountEntry account);
            if (gas < 0) return gas;
            gas = MemoryOperations.ChargeCopy(frame, gas, sp[-2], sp[-4]);
            if (gas < 0 || sp[-4].IsZero) return gas;
            Code.CodeInfo code = account.HasCode ? frame.Machine.CodeOf(account) : Code.CodeInfo.Empty;
            frame.CopyToMemory(sp[-2].U0, code.Bytes, (ulong)code.Size, sp[-3], sp[-4].U0);
            GC.KeepAlive(code);
            return gas;
        }
    }

    /// <summary>EXTCODEHASH (EIP-1052): 0 for an account that is empty or absent.</summary>
    internal readonly struct ExtCodeHash : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            gas = ChargeAccess(frame, gas, sp[-1], out AccountEntry account);
            if (gas < 0) return gas;
            Hash256 hash = account.IsEmpty ? default : account.CodeHash;
            sp[-1] = UInt256.FromBigEndian(hash.Bytes);
            return gas;
        }
    }

    /// <summary>The account a word names; from Berlin on warms it and charges what a cold one costs above the static gas (EIP-2929).</summary>
    private static long ChargeAccess(Frame frame, long gas, in UInt256 word, out AccountEntry account)
    {
        account = frame.Machine.State.GetAccount(Words.ToAddress(word));
        return ChargeCold(frame, gas, account);
    }

    /// <summary>From Berlin on warms an account and charges what a cold one costs above a warm one.</summary>
    public static long ChargeCold(Frame frame, long gas, AccountEntry account)
    {
        ForkRules rules = frame.Machine.Rules;
        if (rules.Fork < Fork.Berlin || !frame.Machine.State.WarmAccount(account)) return gas;
        gas -= (long)(rules.ColdAccountGas - rules.WarmGas);
        return gas < 0 ? frame.Halt(FrameStatus.OutOfGas) : gas;
    }
}
