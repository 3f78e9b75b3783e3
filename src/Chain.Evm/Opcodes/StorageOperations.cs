using System.Runtime.CompilerServices;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Evm.Frames;
using Chain.Evm.State;

namespace Chain.Evm.Opcodes;

/// <summary>Persistent and transient storage.</summary>
internal static unsafe class StorageOperations
{
    internal readonly struct SLoad : IFrameOperation
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            VirtualMachine machine = frame.Machine;
            SlotEntry slot = machine.State.GetSlot(frame.Account, sp[-1]);
            if (machine.Rules.Fork >= Fork.Berlin && machine.State.WarmSlot(slot))
            {
                gas -= (long)(machine.Rules.ColdSlotGas - machine.Rules.WarmGas);
                if (gas < 0) return frame.Halt(FrameStatus.OutOfGas);
            }
            sp[-1] = slot.Value;
            return gas;
        }
    }

    internal readonly struct SStore : IFrameOperation
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            if (frame.IsStatic) return frame.Halt(FrameStatus.WriteProtection);
            WorldState state = frame.Machine.State;
            ForkRules rules = frame.Machine.Rules;
            if (rules.StorageMetering == StorageMetering.NetWithSentry && gas <= StorageGas.Sentry) return frame.Halt(FrameStatus.OutOfGas);

            SlotEntry slot = state.GetSlot(frame.Account, sp[-1]);
            UInt256 value = sp[-2];
            ulong cost = rules.Fork >= Fork.Berlin && state.WarmSlot(slot) ? rules.ColdSlotGas : 0;
            cost += StorageGas.Store(rules, slot, value, out long refund);

            gas -= (long)cost;
            if (gas < 0) return frame.Halt(FrameStatus.OutOfGas);
            if (refund != 0) state.AddRefund(refund);
            if (slot.Value != value) state.SetStorage(slot, value);
            return gas;
        }
    }

    internal readonly struct TLoad : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            sp[-1] = frame.Machine.State.GetTransient(frame.Account, sp[-1]);
            return gas;
        }
    }

    internal readonly struct TStore : IFrameOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            if (frame.IsStatic) return frame.Halt(FrameStatus.WriteProtection);
            frame.Machine.State.SetTransient(frame.Account, sp[-1], sp[-2]);
            return gas;
        }
    }
}
