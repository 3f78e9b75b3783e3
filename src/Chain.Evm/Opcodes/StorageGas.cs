using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Evm.State;

namespace Chain.Evm.Opcodes;

/// <summary>Prices of storage access: one function for the opcodes and for native modules, so that a module's storage costs what a contract's does.</summary>
public static class StorageGas
{
    /// <summary>SSTORE needs more gas than this left (EIP-2200).</summary>
    public const long Sentry = 2_300;

    /// <summary>SLOAD of a slot, in gas; makes it warm (EIP-2929).</summary>
    public static ulong Load(WorldState state, ForkRules rules, SlotEntry slot) =>
        rules.Fork >= Fork.Berlin && state.WarmSlot(slot) ? rules.ColdSlotGas : rules.SloadGas;

    /// <summary>SSTORE of a slot, in gas, without the surcharge of a cold one and without the test of <see cref="Sentry"/>; the slot is not changed.</summary>
    /// <param name="rules">Rules of the fork.</param>
    /// <param name="slot">The slot before the write.</param>
    /// <param name="value">The value to write.</param>
    /// <param name="refund">What it adds to the refund counter; may be negative.</param>
    public static ulong Store(ForkRules rules, SlotEntry slot, in UInt256 value, out long refund) =>
        rules.StorageMetering == StorageMetering.Simple ? SimpleCost(rules, slot.Value, value, out refund) : NetCost(rules, slot, value, out refund);

    private static ulong SimpleCost(ForkRules rules, in UInt256 current, in UInt256 value, out long refund)
    {
        refund = !current.IsZero && value.IsZero ? (long)rules.StorageClearRefund : 0;
        return current.IsZero && !value.IsZero ? GasCosts.StorageSet : GasCosts.StorageReset;
    }

    /// <summary>EIP-1283 and EIP-2200, with the warm prices of EIP-2929 from Berlin on.</summary>
    private static ulong NetCost(ForkRules rules, SlotEntry slot, in UInt256 value, out long refund)
    {
        refund = 0;
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
