using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.Frames;
using Chain.Evm.Tracing;

namespace Chain.Evm.Tests;

/// <summary>What a tracer is told.</summary>
public sealed class MachineTracingTests
{
    [Test]
    public void A_tracer_sees_frames_steps_storage_and_logs_in_order()
    {
        using MachineHarness machine = new(DispatcherKind.TailCalls);
        machine.Put(MachineHarness.Other, new Bytecode().Push(0, 0).Op("LOG0").Push(5).Op("SLOAD INVALID"));
        Recorder recorder = new();
        machine.Run(new Bytecode().Call("CALL", MachineHarness.Other, 20_000).Op("POP"), tracer: recorder);
        Assert.That(recorder.Lines, Is.EqualTo(new[]
        {
            "enter 0 Call 0x0000000000000000000000000000000000007a60", "0 PUSH1 0", "cost 3 Success", "0 PUSH1 1", "cost 3 Success", "0 PUSH1 2", "cost 3 Success",
            "0 PUSH1 3", "cost 3 Success", "0 PUSH1 4", "cost 3 Success", "0 PUSH2 5", "cost 3 Success", "0 PUSH2 6", "cost 3 Success",
            "0 CALL 7", "access 0x00000000000000000000000000000000000007e4", "cost 22600 Success",
            "enter 1 Call 0x00000000000000000000000000000000000007e4", "1 PUSH1 0", "cost 3 Success", "1 PUSH1 1", "cost 3 Success",
            "1 LOG0 2", "log", "cost 375 Success", "1 PUSH1 0", "cost 3 Success", "1 SLOAD 1", "read 5", "cost 2100 Success",
            "1 INVALID 1", "cost 17516 InvalidOpcode", "exit InvalidOpcode 0", "0 POP 1", "cost 2 Success", "0 STOP 0", "cost 0 Success", "exit Success 9977377",
        }));
    }

    private sealed class Recorder : ITracer
    {
        private ulong _gas;

        public List<string> Lines { get; } = [];

        public bool TracesOpcodes => true;

        public void OnFrameEnter(in FrameStart start) => Lines.Add($"enter {start.Depth} {start.Kind} {start.Recipient}");

        public void OnFrameExit(FrameStatus status, ulong gasLeft, ReadOnlySpan<byte> output) => Lines.Add($"exit {status} {gasLeft}");

        public void OnOpcode(in OpcodeStep step)
        {
            _gas = step.Gas;
            Lines.Add($"{step.Depth} {step.Name} {step.Stack.Length}");
        }

        public void OnOpcodeEnd(ulong gasLeft, FrameStatus fault) => Lines.Add($"cost {_gas - gasLeft} {fault}");

        public void OnStorageAccess(in Address account, in UInt256 key, bool isWrite) => Lines.Add($"{(isWrite ? "write" : "read")} {key}");

        public void OnAccountAccess(in Address account) => Lines.Add($"access {account}");

        public void OnLog(LogEntry log) => Lines.Add("log");

        public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance) => Lines.Add("selfdestruct");
    }
}
