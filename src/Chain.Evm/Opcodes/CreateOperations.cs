using System.Runtime.CompilerServices;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.State;

namespace Chain.Evm.Opcodes;

/// <summary>CREATE, CREATE2, SELFDESTRUCT.</summary>
internal static unsafe class CreateOperations
{
    internal readonly struct Create : ILeaveOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas) => Prepare(frame, sp, gas, CallKind.Create);
    }

    internal readonly struct Create2 : ILeaveOperation
    {
        public static long Run(Frame frame, UInt256* sp, long gas) => Prepare(frame, sp, gas, CallKind.Create2);
    }

    /// <summary>SELFDESTRUCT; from Cancun on it deletes only what the same transaction created (EIP-6780).</summary>
    internal readonly struct SelfDestruct : ILeaveOperation
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static long Run(Frame frame, UInt256* sp, long gas)
        {
            if (frame.IsStatic) return frame.Halt(FrameStatus.WriteProtection);
            VirtualMachine machine = frame.Machine;
            WorldState state = machine.State;
            ForkRules rules = machine.Rules;
            AccountEntry self = frame.Account;
            AccountEntry beneficiary = state.GetAccount(Words.ToAddress(sp[-1]));
            UInt256 balance = self.Balance;

            if (rules.Fork >= Fork.Berlin && state.WarmAccount(beneficiary)) gas -= (long)rules.ColdAccountGas;
            bool makesAccount = rules.Fork >= Fork.SpuriousDragon ? !balance.IsZero && beneficiary.IsEmpty : !beneficiary.Exists;
            if (makesAccount) gas -= (long)rules.SelfDestructNewAccountGas;
            if (gas < 0) return frame.Halt(FrameStatus.OutOfGas);

            if (machine.Block.Policy is { } policy && !balance.IsZero && beneficiary != self
                && policy.CheckValue(state, self.Address, beneficiary.Address, fromIsEligibleSender: false) is { } error)
            {
                machine.RecordRefusal(DecisionKind.ValueRefused, self.Address, beneficiary.Address, balance, error);
                frame.SetOutput(error);
                return Control.End(frame, gas, FrameStatus.Revert);
            }

            bool deletes = rules.Fork < Fork.Cancun || self.IsCreatedInTransaction;
            if (deletes && !self.IsDestroyed && rules.SelfDestructRefund != 0) state.AddRefund((long)rules.SelfDestructRefund);
            if (!balance.IsZero) state.SubtractBalance(self, balance);
            // Deleting in favour of itself burns the balance.
            if (beneficiary != self || !deletes) state.AddBalance(beneficiary, balance);
            if (deletes) state.Destroy(self);
            frame.OutputSize = 0;
            return Control.End(frame, gas, FrameStatus.Success);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Prepare(Frame frame, UInt256* sp, long gas, CallKind kind)
    {
        // Stack: value, offset, size [, salt].
        if (frame.IsStatic) return frame.Halt(FrameStatus.WriteProtection);
        VirtualMachine machine = frame.Machine;
        WorldState state = machine.State;
        ForkRules rules = machine.Rules;
        UInt256 value = sp[-1];
        UInt256* result = kind == CallKind.Create2 ? sp - 4 : sp - 3;

        gas = frame.Expand(gas, sp[-2], sp[-3]);
        if (gas < 0) return gas;
        ulong size = sp[-3].U0;
        if (size > (ulong)rules.InitCodeSizeMax) return frame.Halt(FrameStatus.OutOfGas);
        ulong wordGas = rules.InitCodeWordGas + (kind == CallKind.Create2 ? GasCosts.KeccakWord : 0);
        gas -= (long)(wordGas * Words.Count(size));
        if (gas < 0) return frame.Halt(FrameStatus.OutOfGas);

        frame.ReturnDataSize = 0;
        frame.ChildOutputSize = 0;
        AccountEntry creator = frame.Account;
        if (machine.Interceptor is { } interceptor) creator = state.GetAccount(interceptor.CallerOf(frame.Depth, kind, creator.Address, default));
        if (creator.Balance < value || frame.Depth == CallOperations.DepthMax || creator.Nonce == ulong.MaxValue)
            return CallOperations.Resume(frame, result, gas);

        ReadOnlySpan<byte> initCode = size == 0 ? default : new ReadOnlySpan<byte>(frame.Memory + sp[-2].U0, (int)size);
        Address address = kind == CallKind.Create2 ? ContractAddress.OfCreate2(creator.Address, sp[-4], initCode) : ContractAddress.OfCreate(creator.Address, creator.Nonce);
        Frame child = machine.FrameAt(frame.Depth + 1);
        if (machine.Block.Policy is { } policy)
        {
            byte[]? error = policy.CheckDeploy(state, machine.Transaction.Origin, creator.Address);
            if (error is not null) machine.RecordRefusal(DecisionKind.DeployRefused, machine.Transaction.Origin, creator.Address, value, error);
            else if (!value.IsZero)
            {
                error = policy.CheckEndowment(state, creator.Address, address, fromIsEligibleSender: false);
                if (error is not null) machine.RecordRefusal(DecisionKind.ValueRefused, creator.Address, address, value, error);
            }
            if (error is not null)
            {
                frame.Refuse(child, error);
                return CallOperations.Resume(frame, result, gas);
            }
        }

        state.SetNonce(creator, creator.Nonce + 1);
        AccountEntry created = state.GetAccount(address);
        if (rules.Fork >= Fork.Berlin) state.WarmAccount(created);
        long childGas = rules.Fork >= Fork.TangerineWhistle ? gas - (gas >> GasCosts.CallRetainedShift) : gas;
        gas -= childGas;
        if (VirtualMachine.IsTaken(created)) return CallOperations.Resume(frame, result, gas);

        child.Kind = kind;
        child.CodeAddress = address;
        child.Account = created;
        child.Caller = creator.Address;
        child.Value = value;
        child.IsStatic = false;
        child.InputSize = 0;
        child.Input = null;
        child.Gas = childGas;
        child.Native = null;
        child.Begin(child.LoadInitCode(initCode));
        frame.Exit = FrameExit.Child;
        return gas;
    }
}
