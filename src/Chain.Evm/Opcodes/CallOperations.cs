using System.Runtime.CompilerServices;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Code;
using Chain.Evm.Frames;
using Chain.Evm.State;

namespace Chain.Evm.Opcodes;

/// <summary>CALL, CALLCODE, DELEGATECALL, STATICCALL: they charge, test, fill the next frame and leave; the machine runs it.</summary>
internal static unsafe class CallOperations
{
    /// <summary>Deepest frame; the outermost has depth 0.</summary>
    public const int DepthMax = 1024;

    internal readonly struct Call : ILeaveOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas) => Prepare(frame, sp, gas, CallKind.Call);
    }

    internal readonly struct CallCode : ILeaveOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas) => Prepare(frame, sp, gas, CallKind.CallCode);
    }

    internal readonly struct DelegateCall : ILeaveOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas) => Prepare(frame, sp, gas, CallKind.DelegateCall);
    }

    internal readonly struct StaticCall : ILeaveOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas) => Prepare(frame, sp, gas, CallKind.StaticCall);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Prepare(Frame frame, UInt256* sp, long gas, CallKind kind)
    {
        // Stack: gas, address, [value,] input offset, input size, output offset, output size.
        VirtualMachine machine = frame.Machine;
        WorldState state = machine.State;
        ForkRules rules = machine.Rules;
        bool hasValueItem = kind is CallKind.Call or CallKind.CallCode;
        UInt256* areas = hasValueItem ? sp - 4 : sp - 3;
        UInt256* result = areas - 3;
        UInt256 value = hasValueItem ? sp[-3] : default;
        bool sendsValue = !value.IsZero;
        if (kind == CallKind.Call && frame.IsStatic && sendsValue) return frame.Halt(FrameStatus.WriteProtection);

        gas = frame.Expand(gas, areas[0], areas[-1]);
        if (gas < 0) return gas;
        gas = frame.Expand(gas, areas[-2], areas[-3]);
        if (gas < 0) return gas;

        AccountEntry account = state.GetAccount(Words.ToAddress(sp[-2]));
        gas = EnvironmentOperations.ChargeCold(frame, gas, account);
        if (gas < 0) return gas;
        if (sendsValue) gas -= (long)GasCosts.CallValue;
        if (kind == CallKind.Call && MakesAccount(rules, account, sendsValue)) gas -= (long)GasCosts.NewAccount;
        if (gas < 0) return frame.Halt(FrameStatus.OutOfGas);

        CodeInfo code = account.HasCode ? machine.CodeOf(account) : CodeInfo.Empty;
        bool isDelegated = rules.Fork >= Fork.Prague && code.DelegationTarget is not null;
        if (isDelegated)
        {
            AccountEntry target = state.GetAccount(code.DelegationTarget!.Value);
            gas -= (long)(state.WarmAccount(target) ? rules.ColdAccountGas : rules.WarmGas);
            if (gas < 0) return frame.Halt(FrameStatus.OutOfGas);
            code = machine.DelegatedCodeOf(target);
        }

        ulong childGas = sp[-1].SaturateToUInt64();
        if (rules.Fork >= Fork.TangerineWhistle) childGas = Math.Min(childGas, (ulong)(gas - (gas >> GasCosts.CallRetainedShift)));
        else if (childGas > (ulong)gas) return frame.Halt(FrameStatus.OutOfGas);
        gas -= (long)childGas;
        if (sendsValue) childGas += GasCosts.CallStipend;

        AccountEntry payer = frame.Account;
        Address caller = kind == CallKind.DelegateCall ? frame.Caller : payer.Address;
        if (machine.Interceptor is { } interceptor)
        {
            caller = interceptor.CallerOf(frame.Depth, kind, caller, account.Address);
            if (hasValueItem) payer = state.GetAccount(caller);
        }
        if (frame.Depth == DepthMax || (sendsValue && payer.Balance < value))
        {
            frame.ReturnDataSize = 0;
            return Resume(frame, result, gas + (long)childGas);
        }

        frame.ChildOutputOffset = areas[-2].U0;
        frame.ChildOutputSize = areas[-3].U0;
        Frame child = machine.FrameAt(frame.Depth + 1);
        if (machine.Block.Policy is { } policy && Refuses(policy, frame, account, kind, value) is { } error)
        {
            frame.Refuse(child, error);
            return Resume(frame, result, gas + (long)childGas);
        }

        child.Kind = kind;
        child.CodeAddress = account.Address;
        child.Account = kind is CallKind.Call or CallKind.StaticCall ? account : frame.Account;
        child.Caller = caller;
        child.Value = kind == CallKind.DelegateCall ? frame.Value : value;
        child.IsStatic = frame.IsStatic || kind == CallKind.StaticCall;
        child.InputSize = areas[-1].U0;
        child.Input = child.InputSize == 0 ? null : frame.Memory + areas[0].U0;
        child.Gas = (long)childGas;
        child.Native = isDelegated ? null : account.NativeContract;
        child.Begin(code);
        frame.Exit = FrameExit.Child;
        return gas;
    }

    /// <summary>Goes on without a child: 0 in the place of the result.</summary>
    public static long Resume(Frame frame, UInt256* result, long gas)
    {
        *result = default;
        frame.Exit = FrameExit.Resume;
        return gas;
    }

    /// <summary>EIP-161: an account is made only by value to a dead one; before, by any call to one that does not exist.</summary>
    private static bool MakesAccount(ForkRules rules, AccountEntry account, bool sendsValue) =>
        rules.Fork >= Fork.SpuriousDragon ? sendsValue && account.IsEmpty : !account.Exists;

    private static byte[]? Refuses(ITxPolicy policy, Frame frame, AccountEntry callee, CallKind kind, in UInt256 value)
    {
        WorldState state = frame.Machine.State;
        Address self = frame.Account.Address;
        if (kind == CallKind.Call && callee.HasCode && policy.CheckCall(state, callee.Address) is { } blocked)
        {
            frame.Machine.RecordRefusal(DecisionKind.CallRefused, self, callee.Address, value, blocked);
            return blocked;
        }
        if (value.IsZero) return null;
        Address recipient = kind == CallKind.Call ? callee.Address : self;
        byte[]? denied = policy.CheckValue(state, self, recipient, fromIsEligibleSender: false);
        if (denied is not null) frame.Machine.RecordRefusal(DecisionKind.ValueRefused, self, recipient, value, denied);
        return denied;
    }
}
