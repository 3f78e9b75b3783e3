using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.State;

namespace Chain.Compliance.Tests.Mirror;

/// <summary>What a call must cost.</summary>
/// <param name="Gas">Gas used.</param>
/// <param name="LeastGas">Gas without which it halts: more than is used where the sentry of SSTORE binds.</param>
/// <param name="Refund">Change of the refund counter.</param>
internal readonly record struct ExpectedGas(ulong Gas, ulong LeastGas, long Refund);

/// <summary>
/// Section 1.2 of the compliance specification, applied to the trace of a mirror; with EIP-2929, 2200 and 3529 written out once more, so that nothing is shared with the machine under test.
/// Lives as long as a transaction.
/// </summary>
internal sealed class GasModel(IEnumerable<Address> warmAccounts)
{
    private readonly Dictionary<ModuleSlot, UInt256> _original = [];
    private readonly HashSet<ModuleSlot> _warmSlots = [];
    private readonly HashSet<Address> _warmAccounts = [.. warmAccounts];

    /// <summary>Gas of a call that ended in success; what it warmed stays warm.</summary>
    /// <param name="trace">What the mirror did.</param>
    /// <param name="state">State of the mirror afterwards.</param>
    /// <param name="inputSizeBytes">Size of the calldata.</param>
    /// <param name="outputSizeBytes">Size of the return data.</param>
    /// <param name="logs">Logs of the call.</param>
    /// <param name="extraGas">Gas of the journal entry and of a deployment.</param>
    public ExpectedGas Success(MirrorTrace trace, WorldState state, int inputSizeBytes, int outputSizeBytes, IReadOnlyList<LogEntry> logs, ulong extraGas)
    {
        foreach ((ModuleSlot slot, UInt256 value) in trace.Before) _original.TryAdd(slot, value);
        ulong before = 200 + (3 * Words(inputSizeBytes)) + trace.HashGas + (3_000 * trace.Recoveries);
        foreach (Address account in trace.CodeReads.Keys) before += _warmAccounts.Add(account) ? 2_600ul : 100;
        foreach (ModuleSlot slot in trace.Before.Keys) before += _warmSlots.Add(slot) ? 2_100ul : 100;
        ulong stores = 0;
        long refund = 0;
        foreach ((ModuleSlot slot, UInt256 current) in trace.Before)
        {
            UInt256 value = state.GetSlot(state.GetAccount(slot.Module), slot.Key).Value;
            if (value != current) stores += Store(_original[slot], current, value, ref refund);
        }
        ulong after = extraGas + (3 * Words(outputSizeBytes));
        foreach (LogEntry log in logs) after += 375 + (375 * (ulong)log.Topics.Count) + (8 * (ulong)log.Data.Length);
        ulong gas = before + stores + after;
        // A deployment is charged before the stores, so its gas does not help to pass the sentry; it is part of what must be there already.
        ulong sentry = stores == 0 ? 0 : before + 2_301;
        return new ExpectedGas(gas, Math.Max(gas, sentry), refund);
    }

    /// <summary>Gas of a call that was refused; what it warmed is cold again.</summary>
    public ExpectedGas Refusal(MirrorTrace trace, int inputSizeBytes, int outputSizeBytes, ulong extraGas)
    {
        ulong gas = 200 + (3 * Words(inputSizeBytes)) + trace.TestedHashGas + (3_000 * trace.Recoveries);
        foreach ((Address account, bool isTested) in trace.CodeReads)
        {
            if (isTested) gas += _warmAccounts.Contains(account) ? 100ul : 2_600;
        }
        foreach (ModuleSlot slot in trace.Tested) gas += _warmSlots.Contains(slot) ? 100ul : 2_100;
        gas += extraGas + (3 * Words(outputSizeBytes));
        return new ExpectedGas(gas, gas, 0);
    }

    /// <summary>SSTORE of a warm slot to another value (EIP-2200 with the numbers of EIP-2929 and EIP-3529).</summary>
    private static ulong Store(in UInt256 original, in UInt256 current, in UInt256 value, ref long refund)
    {
        if (original == current)
        {
            if (original.IsZero) return 20_000;
            if (value.IsZero) refund += 4_800;
            return 2_900;
        }
        if (!original.IsZero)
        {
            if (current.IsZero) refund -= 4_800;
            if (value.IsZero) refund += 4_800;
        }
        if (value == original) refund += original.IsZero ? 19_900 : 2_800;
        return 100;
    }

    private static ulong Words(int sizeBytes) => ((ulong)sizeBytes + 31) / 32;
}
