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
            if (rules.StorageMetering == StorageMetering.NetWithSentry && gas <= GasCosts.StorageSentry) return frame.Halt(FrameStatus.OutOfGas);

            SlotEntry slot = state.GetSlot(frame.Account, sp[-1]);
            UInt256 value = sp[-2];
            ulong cost = rules.Fork >= Fork.Berlin && state.WarmSlot(slot) ? rules.ColdSlotGas : 0;
            long refund = 0;
            cost += rules.StorageMetering == StorageMetering.Simple
                ? SimpleCost(rules, slot.Value, value, ref refund)
                : NetCost(rules, slot, value, ref refund);

            gas -= (long)cost;
            if (gas < 0) return frame.Halt(FrameStatus.OutOfGas);
            if (refund != 0) state.AddRefund(refund);
            if (slot.Value != value) state.SetStorage(slot, value);
            return gas;
        }

        private static ulong SimpleCost(ForkRules rules, in UInt256 current, in UInt256 value, ref long refund)
        {
            if (!current.IsZero && value.IsZero) refund = (long)rules.StorageClearRefund;
            return current.IsZero && !value.IsZero ? GasCosts.StorageSet : GasCosts.StorageReset;
        }

        /// <summary>EIP-1283 and EIP-2200, with the warm prices of EIP-2929 from Berlin on.</summary>
        private static ulong NetCost(ForkRules rules, SlotEntry slot, in UInt256 value, ref long refund)
        {
            ulong dirty = rules.StorageMetering == StorageMetering.Net ? GasCosts.StorageDirtyNet : rules.SloadGas;
            ulong reset = GasCosts.StorageReset - rules.ColdSlotGas;
            UInt256 original = slot.Original;
            UInt256 current = slot.Value;
            if (current == value) return dirty;

            long clear = (long)rules.StorageClearRefund;
            if (original == current)
            {
                if (original.IsZero) return GasCosts.StorageSet;
                if (value.IsZero) refund = clear;
                return reset;
            }
            if (!original.IsZero)
            {
                if (current.IsZero) refund -= clear;
                else if (value.IsZero) refund += clear;
            }
            if (original == value) refund += (long)((original.IsZero ? GasCosts.StorageSet : reset) - dirty);
            return dirty;
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
