using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Evm.State;

namespace Chain.Evm.Tests;

/// <summary>The CALL family: context, gas, return data, limits, delegation, precompiles.</summary>
[TestFixture(DispatcherKind.Loop)]
[TestFixture(DispatcherKind.TailCalls)]
public sealed class MachineCallTests(DispatcherKind dispatcher)
{
    private static readonly UInt256 TargetWord = UInt256.FromBigEndian(MachineHarness.Target.Bytes);
    private static readonly UInt256 OtherWord = UInt256.FromBigEndian(MachineHarness.Other.Bytes);
    private static readonly UInt256 SenderWord = UInt256.FromBigEndian(MachineHarness.Sender.Bytes);

    private static readonly byte[] ReportContext =
        new Bytecode().Op("ADDRESS").Push(0).Op("MSTORE CALLER").Push(32).Op("MSTORE CALLVALUE").Push(64).Op("MSTORE").Push(96, 0).Op("RETURN");

    private static IEnumerable<TestCaseData> Contexts()
    {
        yield return new TestCaseData("CALL", new[] { OtherWord, TargetWord, (UInt256)9 });
        yield return new TestCaseData("CALLCODE", new[] { TargetWord, TargetWord, (UInt256)9 });
        yield return new TestCaseData("DELEGATECALL", new[] { TargetWord, SenderWord, (UInt256)5 });
        yield return new TestCaseData("STATICCALL", new[] { OtherWord, TargetWord, (UInt256)0 });
    }

    [TestCaseSource(nameof(Contexts))]
    public void Each_call_gives_its_context(string name, UInt256[] expected)
    {
        using MachineHarness machine = new(dispatcher);
        machine.Put(MachineHarness.Other, ReportContext);
        Bytecode code = new Bytecode().Push(96, 0, 0, 0);
        if (name is "CALL" or "CALLCODE") code.Push(9);
        code.Push(MachineHarness.Other).Push(1_000_000).Op(name).Push(96, 0).Op("RETURN");
        byte[] output = machine.Run(code, value: 5).Output.ToArray();
        Assert.That(Enumerable.Range(0, 3).Select(i => UInt256.FromBigEndian(output.AsSpan(32 * i, 32))), Is.EqualTo(expected));
    }

    [Test]
    public void A_call_passes_input_and_fills_only_its_output_area()
    {
        using MachineHarness machine = new(dispatcher);
        machine.Put(MachineHarness.Other, new Bytecode().Op("CALLDATASIZE").Push(0, 0).Op("CALLDATACOPY CALLDATASIZE").Push(0).Op("RETURN"));
        byte[] data = [1, 2, 3, 4, 5, 6, 7, 8];
        Bytecode code = new Bytecode().Store(data).Push(4, 64, 8, 0, 0).Push(MachineHarness.Other).Op("GAS CALL POP RETURNDATASIZE").Push(32).Op("MSTORE").Push(96, 0).Op("RETURN");
        byte[] output = machine.Run(code).Output.ToArray();
        Assert.That(output[63], Is.EqualTo(8));
        Assert.That(output[64..72], Is.EqualTo(new byte[] { 1, 2, 3, 4, 0, 0, 0, 0 }));
    }

    [Test]
    public void A_reverted_child_gives_data_and_gas_back_and_its_changes_are_undone()
    {
        using MachineHarness machine = new(dispatcher);
        machine.Put(MachineHarness.Other, new Bytecode().Push(1, 1).Op("SSTORE").Push(0, 0).Op("LOG0").Push(0xee, 0).Op("MSTORE").Push(32, 0).Op("REVERT"));
        Bytecode code = new Bytecode().Call("CALL", MachineHarness.Other).Push(32, 0, 0).Op("RETURNDATACOPY").Push(0).Op("MLOAD ADD");
        Assert.That(machine.Top(code), Is.EqualTo((UInt256)0xee));
        Assert.That(machine.State.Logs, Is.Empty);
        Assert.That(machine.Slot(MachineHarness.Other, 1), Is.EqualTo(UInt256.Zero));
    }

    [Test]
    public void A_halted_child_takes_its_gas_and_gives_no_data()
    {
        using MachineHarness machine = new(dispatcher);
        machine.Put(MachineHarness.Other, new Bytecode().Op("INVALID"));
        ExecutionResult result = machine.Run(new Bytecode().Call("CALL", MachineHarness.Other, 50_000).Op("RETURNDATASIZE ADD").ReturnTop());
        Assert.That(UInt256.FromBigEndian(result.Output.Span), Is.EqualTo(UInt256.Zero));
        Assert.That(MachineHarness.Gas - result.GasLeft, Is.EqualTo(21 + 2_600 + 50_000 + 2 + 3 + 3 + 3 + 3 + 3 + 3));
    }

    [Test]
    public void Return_data_beyond_its_end_halts()
    {
        using MachineHarness machine = new(dispatcher);
        machine.Put(MachineHarness.Other, new Bytecode().Push(32, 0).Op("RETURN"));
        Bytecode Copy(UInt256 offset, UInt256 size) => new Bytecode().Call("CALL", MachineHarness.Other).Push(size, offset, 0).Op("RETURNDATACOPY");
        Assert.That(machine.Run(Copy(0, 32)).Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(machine.Run(Copy(32, 0)).Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(machine.Run(Copy(1, 32)).Status, Is.EqualTo(FrameStatus.ReturnDataOutOfBounds));
        Assert.That(machine.Run(Copy(33, 0)).Status, Is.EqualTo(FrameStatus.ReturnDataOutOfBounds));
        Assert.That(machine.Run(Copy(UInt256.MaxValue, 1)).Status, Is.EqualTo(FrameStatus.ReturnDataOutOfBounds));
    }

    [TestCase("SSTORE", 2)]
    [TestCase("TSTORE", 2)]
    [TestCase("LOG0", 2)]
    [TestCase("CREATE", 3)]
    [TestCase("CREATE2", 4)]
    [TestCase("SELFDESTRUCT", 1)]
    public void A_static_frame_refuses_changes(string name, int items)
    {
        using MachineHarness machine = new(dispatcher);
        Bytecode change = new();
        for (int i = 0; i < items; i++) change.Push(0);
        machine.Put(MachineHarness.Other, change.Op(name));
        Assert.That(machine.Top(new Bytecode().Call("STATICCALL", MachineHarness.Other, 100_000)), Is.EqualTo(UInt256.Zero));
        Assert.That(machine.Top(new Bytecode().Call("CALL", MachineHarness.Other, 100_000)), Is.EqualTo(UInt256.One));
    }

    [Test]
    public void Static_is_inherited_and_forbids_value()
    {
        using MachineHarness machine = new(dispatcher);
        Address third = Address.FromNumber(0x333);
        machine.Put(third, new Bytecode().Push(1, 1).Op("SSTORE"));
        machine.Put(MachineHarness.Other, new Bytecode().Call("CALL", third, 50_000).ReturnTop(), 100);
        Assert.That(machine.Top(new Bytecode().Push(32, 0, 0, 0).Push(MachineHarness.Other).Op("GAS STATICCALL POP").Push(0).Op("MLOAD")), Is.EqualTo(UInt256.Zero));
        machine.Put(MachineHarness.Other, new Bytecode().Call("CALL", third, 0, value: 1), 100);
        Assert.That(machine.Top(new Bytecode().Call("STATICCALL", MachineHarness.Other, 100_000)), Is.EqualTo(UInt256.Zero));
    }

    // The recipient does not exist; gas of the opcode alone, all of the child's gas comes back.
    [TestCase(Fork.Frontier, 0UL, 40UL + 25_000)]
    [TestCase(Fork.Frontier, 1UL, 40UL + 25_000 + 9_000 - 2_300)]
    [TestCase(Fork.TangerineWhistle, 0UL, 700UL + 25_000)]
    [TestCase(Fork.SpuriousDragon, 0UL, 700UL)]
    [TestCase(Fork.SpuriousDragon, 1UL, 700UL + 25_000 + 9_000 - 2_300)]
    [TestCase(Fork.Berlin, 0UL, 2_600UL)]
    [TestCase(Fork.Berlin, 1UL, 2_600UL + 25_000 + 9_000 - 2_300)]
    public void A_call_to_nobody_costs_by_fork(Fork fork, ulong value, ulong expected)
    {
        using MachineHarness machine = new(dispatcher, fork);
        Assert.That(machine.GasUsed(new Bytecode().Call("CALL", MachineHarness.Other, 0, value)), Is.EqualTo(21 + expected));
    }

    [Test]
    public void A_caller_keeps_a_64th_from_Tangerine_Whistle_on()
    {
        byte[] code = new Bytecode().Call("CALL", MachineHarness.Other, ulong.MaxValue);
        byte[] burner = new Bytecode().Op("INVALID");
        using MachineHarness before = new(dispatcher, Fork.Homestead);
        Assert.That(before.Put(MachineHarness.Other, burner).Run(code).Status, Is.EqualTo(FrameStatus.OutOfGas));
        using MachineHarness from = new(dispatcher, Fork.TangerineWhistle);
        ExecutionResult result = from.Put(MachineHarness.Other, burner).Run(code);
        Assert.That(result.GasLeft, Is.EqualTo((MachineHarness.Gas - 21 - 700) / 64));
    }

    [Test]
    public void A_call_beyond_the_balance_fails_and_returns_its_gas()
    {
        using MachineHarness machine = new(dispatcher);
        machine.Put(MachineHarness.Other, []);
        machine.Parent.SetAccount(MachineHarness.Other, 1, 0, default);
        Assert.That(machine.GasUsed(new Bytecode().Call("CALL", MachineHarness.Other, 10_000, value: 1_001)), Is.EqualTo(21 + 2_600 + 9_000 - 2_300));
        Assert.That(machine.Top(new Bytecode().Call("CALL", MachineHarness.Other, 10_000, value: 1_001)), Is.EqualTo(UInt256.Zero));
        Assert.That(machine.Top(new Bytecode().Call("CALL", MachineHarness.Other, 10_000, value: 1_000)), Is.EqualTo(UInt256.One));
        Assert.That(machine.State.GetAccount(MachineHarness.Other).Balance, Is.EqualTo((UInt256)1_000));
    }

    [Test]
    public void Calls_nest_1024_deep_and_no_deeper()
    {
        // Each frame calls itself with all gas and adds 1 to slot 0 afterwards, at a depth counted in transient storage.
        using MachineHarness machine = new(dispatcher, Fork.Homestead);
        Bytecode code = new Bytecode().Push(0, 0, 0, 0, 0).Op("ADDRESS").Push(30_000).Op("GAS SUB CALL").Push(0).Op("SLOAD ADD").Push(0).Op("SSTORE");
        ExecutionResult result = machine.Run(code, gas: 1_000_000_000);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(machine.Slot(MachineHarness.Target, 0), Is.EqualTo((UInt256)1_024));
    }

    [Test]
    public void A_delegation_runs_the_code_of_its_target_as_the_account()
    {
        using MachineHarness machine = new(dispatcher, Fork.Prague);
        Address delegated = Address.FromNumber(0xde1e);
        machine.Put(MachineHarness.Other, new Bytecode().Op("ADDRESS").ReturnTop());
        machine.Put(delegated, Delegation.Encode(MachineHarness.Other));
        Bytecode call = new Bytecode().Push(32, 0, 0, 0, 0).Push(delegated).Op("GAS CALL POP").Push(0).Op("MLOAD");
        Assert.That(machine.Top(call), Is.EqualTo(UInt256.FromBigEndian(delegated.Bytes)));
        Assert.That(machine.Top(new Bytecode().Push(delegated).Op("EXTCODESIZE")), Is.EqualTo((UInt256)23));
        Assert.That(machine.Send(new Message { Kind = CallKind.Call, Caller = MachineHarness.Sender, Recipient = delegated, Gas = 100_000 }).Output.ToArray(),
            Is.EqualTo(UInt256.FromBigEndian(delegated.Bytes).ToBigEndian()));

        machine.Put(MachineHarness.Other, [0]);
        Assert.That(machine.GasUsed(new Bytecode().Call("CALL", delegated)), Is.EqualTo(21 + 2_600 + 2_600));
        Assert.That(machine.GasUsed(new Bytecode().Push(MachineHarness.Other).Op("BALANCE").Call("CALL", delegated)), Is.EqualTo(3 + 2_600 + 21 + 2_600 + 100));
    }

    [Test]
    public void A_delegation_chain_is_followed_once()
    {
        using MachineHarness machine = new(dispatcher, Fork.Prague);
        Address first = Address.FromNumber(0xd1), second = Address.FromNumber(0xd2);
        machine.Put(first, Delegation.Encode(second)).Put(second, Delegation.Encode(MachineHarness.Other)).Put(MachineHarness.Other, [0]);
        Assert.That(machine.Top(new Bytecode().Call("CALL", first, 1_000)), Is.EqualTo(UInt256.Zero));
        Assert.That(machine.Top(new Bytecode().Call("CALL", second, 1_000)), Is.EqualTo(UInt256.One));
    }

    [Test]
    public void A_delegation_to_a_precompile_runs_nothing()
    {
        using MachineHarness machine = new(dispatcher, Fork.Prague) { Precompiles = new([new Doubler()]) };
        Address delegated = Address.FromNumber(0xd1);
        machine.Put(delegated, Delegation.Encode(Doubler.At));
        Bytecode code = new Bytecode().Call("CALL", delegated, 1_000).Op("RETURNDATASIZE ADD");
        Assert.That(machine.Top(code), Is.EqualTo(UInt256.One));
    }

    [TestCase(100UL, 1, 2)]
    [TestCase(99UL, 0, 0)]
    public void A_precompile_charges_and_answers(ulong gas, int success, int output)
    {
        using MachineHarness machine = new(dispatcher) { Precompiles = new([new Doubler()]) };
        Bytecode Call() => new Bytecode().Push(1, 0).Op("MSTORE8").Push(1, 32, 1, 0, 0).Push(Doubler.At).Push(gas).Op("CALL");
        Assert.That(machine.Top(Call()), Is.EqualTo((UInt256)(ulong)success));
        Assert.That(machine.Top(Call().Op("POP").Push(1).Op("MLOAD")), Is.EqualTo((UInt256)(ulong)output));
        Assert.That(machine.Top(Call().Op("POP RETURNDATASIZE")), Is.EqualTo((UInt256)(ulong)success));
    }

    [Test]
    public void The_outermost_message_may_call_a_precompile()
    {
        using MachineHarness machine = new(dispatcher) { Precompiles = new([new Doubler()]) };
        ExecutionResult result = machine.Send(new Message { Kind = CallKind.Call, Caller = MachineHarness.Sender, Recipient = Doubler.At, Gas = 500, Input = new byte[] { 4 }, Value = 3 });
        Assert.That((result.Status, result.GasLeft, result.Output.ToArray()[0]), Is.EqualTo((FrameStatus.Success, 400UL, (byte)8)));
        Assert.That(machine.State.GetAccount(Doubler.At).Balance, Is.EqualTo((UInt256)3));
    }

    [TestCase("CALL", 0, FrameStatus.Success)]
    [TestCase("STATICCALL", 0, FrameStatus.WriteProtection)]
    [TestCase("CALL", 1, FrameStatus.Revert)]
    public void A_module_sees_its_call_and_is_undone_when_it_fails(string kind, byte input, FrameStatus expected)
    {
        Module module = new();
        using MachineHarness machine = new(dispatcher) { Precompiles = new([module]) };
        Bytecode code = new Bytecode().Push(input, 0).Op("MSTORE8").Push(0, 0, 1, 0);
        if (kind == "CALL") code.Push(0);
        code.Push(Module.At).Push(5_000).Op(kind);
        ExecutionResult result = machine.Run(code);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(module.Last, Is.EqualTo((MachineHarness.Target, 5_000UL, expected)));
        Assert.That(machine.Slot(Module.At, 1), Is.EqualTo((UInt256)(expected == FrameStatus.Success ? 7UL : 0UL)));
    }

    /// <summary>Doubles the first byte for 100 gas.</summary>
    private sealed class Doubler : IPrecompile
    {
        public static readonly Address At = Address.FromNumber(9);

        public Address Address => At;

        public string Name => "DOUBLE";

        public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => 100;

        public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
        {
            output.Set([(byte)(input[0] * 2)]);
            return true;
        }
    }

    /// <summary>Writes 7 to its slot 1; reverts on input 1.</summary>
    private sealed class Module : IStatefulPrecompile
    {
        public static readonly Address At = Address.FromNumber(0x100);

        public (Address Caller, ulong Gas, FrameStatus Status) Last { get; private set; }

        public Address Address => At;

        public string Name => "MODULE";

        public FrameStatus Run(ref NativeCall call, ReadOnlySpan<byte> input, OutputBuffer output)
        {
            FrameStatus status = call.IsStatic ? FrameStatus.WriteProtection : input[0] == 1 ? FrameStatus.Revert : FrameStatus.Success;
            Last = (call.Caller, call.GasLeft, status);
            if (!call.IsStatic) call.State.SetStorage(call.State.GetSlot(call.State.GetAccount(At), 1), 7);
            return status;
        }
    }
}
