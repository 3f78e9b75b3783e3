using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Chain.Core.Numeric;
using Chain.Evm.Frames;
using Chain.Evm.Opcodes;
using Chain.Evm.State;
using Chain.Evm.Tracing;

namespace Chain.Evm.Dispatch;

/// <summary>A compile-time switch.</summary>
internal interface IFlag
{
    static abstract bool IsOn { get; }
}

/// <summary>Off: the code behind it is not generated.</summary>
internal readonly struct Off : IFlag
{
    public static bool IsOn => false;
}

/// <summary>On.</summary>
internal readonly struct On : IFlag
{
    public static bool IsOn => true;
}

/// <summary>The plain loop: the oracle of the fast dispatcher, and the one that traces.</summary>
internal sealed unsafe class LoopDispatcher<TTrace> : IDispatcher where TTrace : struct, IFlag
{
    /// <inheritdoc/>
    public void Run(Frame frame, OpcodeSet opcodes)
    {
        ref OpcodeRow rows = ref MemoryMarshal.GetArrayDataReference(opcodes.Rows);
        Registers registers = new() { Pc = frame.Pc, Sp = frame.Sp, Gas = frame.Gas };
        StopSwitch? stop = frame.Machine.Stop;
        bool goesOn;
        do
        {
            if (stop is { IsOn: true })
            {
                Halt(frame, FrameStatus.Stopped);
                break;
            }
            // A byte indexes the 256 rows.
            ref readonly OpcodeRow row = ref Unsafe.Add(ref rows, (nint)(*registers.Pc));
            if (TTrace.IsOn) LoopTracing.Before(frame, opcodes, registers);
            goesOn = Step(frame, row, ref registers);
            if (TTrace.IsOn) LoopTracing.After(frame, goesOn, registers);
        }
        while (goesOn);
        frame.Pc = registers.Pc;
        frame.Sp = registers.Sp;
        frame.Gas = registers.Gas;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Step(Frame frame, in OpcodeRow row, ref Registers registers)
    {
        long height = (byte*)registers.Sp - (byte*)frame.Stack;
        if (height < row.HeightMinBytes) return Halt(frame, FrameStatus.StackUnderflow);
        if (height > row.HeightMaxBytes) return Halt(frame, FrameStatus.StackOverflow);
        registers.Gas -= row.Gas;
        if (registers.Gas < 0) return Halt(frame, FrameStatus.OutOfGas);
        bool goesOn = row.Step(frame, ref registers, row.Number);
        registers.Sp += row.ItemsChange;
        registers.Pc += row.Length;
        return goesOn;
    }

    private static bool Halt(Frame frame, FrameStatus status)
    {
        frame.Halt(status);
        return false;
    }
}

/// <summary>Turns the steps of the plain loop into calls of the tracer, so that the opcode bodies know nothing of it.</summary>
internal static unsafe class LoopTracing
{
    /// <summary>Before an opcode.</summary>
    public static void Before(Frame frame, OpcodeSet opcodes, in Registers registers)
    {
        ITracer tracer = frame.Machine.Tracer!;
        byte code = *registers.Pc;
        int items = (int)(registers.Sp - frame.Stack);
        Opcode opcode = opcodes.Opcodes[code];
        if (tracer.TracesOpcodes)
        {
            tracer.OnOpcode(new OpcodeStep
            {
                Depth = frame.Depth,
                Pc = (int)(registers.Pc - frame.Code),
                Code = code,
                Name = opcode.Name,
                Gas = (ulong)registers.Gas,
                Account = frame.Account,
                Stack = new ReadOnlySpan<UInt256>(frame.Stack, items),
                Memory = new ReadOnlySpan<byte>(frame.Memory, (int)frame.MemorySize),
                ReturnData = new ReadOnlySpan<byte>(frame.ReturnData, (int)frame.ReturnDataSize),
                Refund = frame.Machine.State.Refund,
            });
        }
        frame.Machine.LogCountBefore = frame.Machine.State.Logs.Count;
        if (items < opcode.Taken) return;
        UInt256* sp = registers.Sp;
        switch (opcode.Name)
        {
            case "SLOAD":
            case "SSTORE":
                tracer.OnStorageAccess(frame.Account.Address, sp[-1], opcode.Name == "SSTORE");
                break;
            case "BALANCE":
            case "EXTCODESIZE":
            case "EXTCODECOPY":
            case "EXTCODEHASH":
                tracer.OnAccountAccess(Words.ToAddress(sp[-1]));
                break;
            case "CALL":
            case "CALLCODE":
            case "DELEGATECALL":
            case "STATICCALL":
                tracer.OnAccountAccess(Words.ToAddress(sp[-2]));
                break;
            case "SELFDESTRUCT" when !frame.IsStatic:
                tracer.OnAccountAccess(Words.ToAddress(sp[-1]));
                tracer.OnSelfDestruct(frame.Account.Address, Words.ToAddress(sp[-1]), frame.Account.Balance);
                break;
        }
    }

    /// <summary>After an opcode.</summary>
    public static void After(Frame frame, bool goesOn, in Registers registers)
    {
        VirtualMachine machine = frame.Machine;
        ITracer tracer = machine.Tracer!;
        WorldState state = machine.State;
        for (int i = machine.LogCountBefore; goesOn && i < state.Logs.Count; i++) tracer.OnLog(state.Logs[i]);
        if (!tracer.TracesOpcodes) return;
        bool halted = !goesOn && frame.Exit == FrameExit.Halted;
        FrameStatus fault = halted && frame.Status != FrameStatus.Revert ? frame.Status : FrameStatus.Success;
        tracer.OnOpcodeEnd(fault == FrameStatus.Success ? (ulong)registers.Gas : 0, fault);
    }
}
