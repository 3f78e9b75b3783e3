using System.Text;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm.Frames;
using Chain.Evm.Opcodes;
using Chain.Evm.Tracing;

namespace Chain.Evm.Tests;

/// <summary>Random programs end alike under both dispatchers, and with a tracer: status, gas, output, refund, logs, state.</summary>
public sealed class MachineDifferentialTests
{
    private const int ProgramsPerSeed = 60;

    [Test]
    public void Random_programs_end_alike_under_every_dispatcher(
        [Values(Fork.Frontier, Fork.SpuriousDragon, Fork.Constantinople, Fork.Istanbul, Fork.Berlin, Fork.Cancun, Fork.Prague, Fork.Osaka)] Fork fork,
        [Range(1, 5)] int seed)
    {
        Random random = new((seed * 1_000) + (int)fork);
        using MachineHarness loop = new(DispatcherKind.Loop, fork);
        using MachineHarness fast = new(DispatcherKind.TailCalls, fork);
        using MachineHarness traced = new(DispatcherKind.TailCalls, fork);
        int succeeded = 0;
        for (int i = 0; i < ProgramsPerSeed; i++)
        {
            byte[] program = Program(random), callee = Program(random), library = Program(random);
            byte[] input = new byte[random.Next(100)];
            random.NextBytes(input);
            ulong gas = (ulong)random.Next(500, 300_000);
            foreach (MachineHarness machine in new[] { loop, fast, traced })
            {
                machine.Put(MachineHarness.Other, callee, 50);
                machine.Put(Address.FromNumber(0x11b), library);
            }
            CountingTracer tracer = new();
            string expected = Describe(loop, loop.Run(program, input, gas));
            string context = $"program {Convert.ToHexString(program)}, callee {Convert.ToHexString(callee)}, gas {gas}";
            Assert.That(Describe(fast, fast.Run(program, input, gas)), Is.EqualTo(expected), context);
            Assert.That(Describe(traced, traced.Run(program, input, gas, tracer: tracer)), Is.EqualTo(expected), context);
            Assert.That(tracer.Depth, Is.Zero, context);
            if (expected.StartsWith("Success", StringComparison.Ordinal)) succeeded++;
        }
        Assert.That(succeeded, Is.InRange(1, ProgramsPerSeed - 1), "the programs explore both success and failure");
    }

    /// <summary>Mostly valid code: the generator knows the height of the stack, jumps forward to real destinations, and now and then writes noise.</summary>
    private static byte[] Program(Random random)
    {
        Bytecode code = new();
        int height = 0;
        int length = random.Next(5, 60);
        for (int i = 0; i < length; i++)
        {
            if (random.Next(60) == 0)
            {
                code.Raw((byte)random.Next(256));
                continue;
            }
            if (random.Next(12) == 0)
            {
                AppendCall(random, code);
                height++;
                continue;
            }
            if (random.Next(15) == 0)
            {
                // PUSH2 target, JUMP or JUMPI over a few bytes.
                bool conditional = random.Next(2) == 0;
                int skipped = random.Next(4);
                if (conditional) code.Push((ulong)random.Next(2));
                int target = code.Length + 4 + skipped;
                code.Raw(0x61, (byte)(target >> 8), (byte)target).Op(conditional ? "JUMPI" : "JUMP");
                for (int s = 0; s < skipped; s++) code.Op("JUMPDEST");
                code.Op("JUMPDEST");
                continue;
            }
            Opcode? opcode = OpcodeTable.Find((byte)random.Next(256));
            if (opcode is null || opcode.Shape is OpcodeShape.Leave or OpcodeShape.Jump && opcode.Name != "PC" || opcode.ImmediateBytes > 0 || height + opcode.Given > 1_000)
            {
                code.Push(Operand(random));
                height++;
                continue;
            }
            for (; height < opcode.Taken; height++) code.Push(Operand(random));
            code.Op(opcode.Name);
            height += opcode.Given - opcode.Taken;
        }
        if (random.Next(3) == 0) code.Push(64, 0).Op(random.Next(3) == 0 ? "REVERT" : "RETURN");
        else if (random.Next(15) == 0) code.Push(MachineHarness.Other).Op("SELFDESTRUCT");
        return code;
    }

    private static void AppendCall(Random random, Bytecode code)
    {
        if (random.Next(4) == 0)
        {
            byte[] initCode = random.Next(2) == 0 ? Bytecode.Deploying([0x60, 0x01, 0x50]) : [.. Enumerable.Range(0, 10).Select(_ => (byte)random.Next(256))];
            code.Store(initCode);
            if (random.Next(2) == 0) code.Push((ulong)initCode.Length, 0, (ulong)random.Next(3)).Op("CREATE");
            else code.Push((ulong)random.Next(2), (ulong)initCode.Length, 0, 0).Op("CREATE2");
            return;
        }
        string name = new[] { "CALL", "CALLCODE", "DELEGATECALL", "STATICCALL" }[random.Next(4)];
        code.Push((ulong)random.Next(70), (ulong)random.Next(70), (ulong)random.Next(70), (ulong)random.Next(70));
        if (name is "CALL" or "CALLCODE") code.Push((ulong)random.Next(3));
        Address[] targets = [MachineHarness.Other, MachineHarness.Target, Address.FromNumber(0x11b), Address.FromNumber((ulong)random.Next(20))];
        code.Push(targets[random.Next(4)]).Push((ulong)random.Next(60_000)).Op(name);
    }

    private static UInt256 Operand(Random random)
    {
        switch (random.Next(8))
        {
            case 0: return UInt256.MaxValue - (ulong)random.Next(40);
            case 1: return UInt256.FromBigEndian(MachineHarness.Other.Bytes);
            case 2:
                byte[] bytes = new byte[random.Next(1, 33)];
                random.NextBytes(bytes);
                return UInt256.FromBigEndian(bytes);
            default: return (ulong)random.Next(100);
        }
    }

    private static string Describe(MachineHarness machine, ExecutionResult result)
    {
        StringBuilder text = new();
        text.Append($"{result.Status} {result.GasLeft} {Convert.ToHexString(result.Output.Span)} {machine.State.Refund}\n");
        foreach (LogEntry log in machine.State.Logs)
            text.Append($"log {log.Address} {string.Join(',', log.Topics)} {Convert.ToHexString(log.Data.Span)}\n");
        machine.State.EndTransaction(machine.Rules);
        StateDelta delta = machine.State.ToDelta();
        foreach ((Address address, AccountDelta account) in delta.Accounts.OrderBy(a => a.Key))
        {
            text.Append($"{address} {account.Exists} {account.Nonce} {account.Balance} {account.CodeHash} {account.StorageCleared}\n");
            foreach ((UInt256 key, UInt256 value) in account.Storage.OrderBy(s => s.Key)) text.Append($"  {key} = {value}\n");
        }
        return text.ToString();
    }

    private sealed class CountingTracer : ITracer
    {
        public int Depth { get; private set; }

        public bool TracesOpcodes => true;

        public void OnFrameEnter(in FrameStart start) => Assert.That(start.Depth, Is.EqualTo(Depth++));

        public void OnFrameExit(FrameStatus status, ulong gasLeft, ReadOnlySpan<byte> output) => Depth--;

        public void OnOpcode(in OpcodeStep step) => Assert.That(step.Depth, Is.EqualTo(Depth - 1));

        public void OnOpcodeEnd(ulong gasLeft, FrameStatus fault) { }

        public void OnStorageAccess(in Address account, in UInt256 key, bool isWrite) { }

        public void OnAccountAccess(in Address account) { }

        public void OnLog(LogEntry log) { }

        public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance) { }
    }
}
