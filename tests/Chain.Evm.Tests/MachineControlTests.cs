using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Evm.Frames;

namespace Chain.Evm.Tests;

/// <summary>Stack, jumps, halts and limits.</summary>
[TestFixture(DispatcherKind.Loop)]
[TestFixture(DispatcherKind.TailCalls)]
public sealed class MachineControlTests(DispatcherKind dispatcher)
{
    [Test]
    public void Every_push_reads_its_immediate([Range(1, 32)] int n)
    {
        using MachineHarness machine = new(dispatcher);
        byte[] immediate = [.. Enumerable.Range(1, n).Select(i => (byte)(i * 7))];
        Bytecode code = new Bytecode().Raw((byte)(0x5f + n)).Raw(immediate);
        Assert.That(machine.Top(code), Is.EqualTo(UInt256.FromBigEndian(immediate)));
    }

    [TestCase(1)]
    [TestCase(20)]
    [TestCase(32)]
    public void A_push_past_the_end_of_code_reads_zeros(int n)
    {
        using MachineHarness machine = new(dispatcher);
        ExecutionResult result = machine.Run([(byte)(0x5f + n), 0xab]);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(result.GasLeft, Is.EqualTo(MachineHarness.Gas - 3));
    }

    [Test]
    public void Dup_and_swap_reach_their_item([Range(1, 16)] int n)
    {
        using MachineHarness machine = new(dispatcher);
        UInt256[] items = [.. Enumerable.Range(1, 17).Select(i => (UInt256)(ulong)i)];
        Assert.That(machine.Top(new Bytecode().Push(items).Op($"DUP{n}")), Is.EqualTo((UInt256)(ulong)(18 - n)));
        Assert.That(machine.Top(new Bytecode().Push(items).Op($"SWAP{n}")), Is.EqualTo((UInt256)(ulong)(17 - n)));
        Bytecode swappedBack = new Bytecode().Push(items).Op($"SWAP{n}");
        for (int i = 0; i < n; i++) swappedBack.Op("POP");
        Assert.That(machine.Top(swappedBack), Is.EqualTo((UInt256)17));
    }

    [Test]
    public void The_stack_holds_1024_items_and_no_more()
    {
        using MachineHarness machine = new(dispatcher);
        byte[] full = [.. Enumerable.Repeat((byte)0x5f, 1024)];
        Assert.That(machine.Run(full).Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(machine.Run([.. full, 0x5f]).Status, Is.EqualTo(FrameStatus.StackOverflow));
        Assert.That(machine.Run([.. full, 0x80]).Status, Is.EqualTo(FrameStatus.StackOverflow));
        Assert.That(machine.Run([.. full, 0x90, 0x50, 0x80]).Status, Is.EqualTo(FrameStatus.Success));
    }

    [Test]
    public void Every_opcode_underflows_with_one_item_too_few([Values] bool empty)
    {
        using MachineHarness machine = new(dispatcher);
        int tested = 0;
        for (int code = 0; code < 256; code++)
        {
            if (Opcodes.OpcodeTable.Find((byte)code) is not { Taken: > 0 } opcode) continue;
            byte[] program = [.. Enumerable.Repeat((byte)0x5f, empty ? 0 : opcode.Taken - 1), (byte)code];
            Assert.That(machine.Run(program).Status, Is.EqualTo(FrameStatus.StackUnderflow), opcode.Name);
            tested++;
        }
        Assert.That(tested, Is.GreaterThan(90));
    }

    [Test]
    public void A_jump_needs_a_jumpdest_that_is_no_immediate()
    {
        using MachineHarness machine = new(dispatcher);
        Assert.That(machine.Run(new Bytecode().Push(4).Op("JUMP INVALID JUMPDEST")).Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(machine.Run(new Bytecode().Push(3).Op("JUMP INVALID JUMPDEST")).Status, Is.EqualTo(FrameStatus.InvalidJump));
        Assert.That(machine.Run(new Bytecode().Push(4).Op("JUMP").Raw(0x60, 0x5b)).Status, Is.EqualTo(FrameStatus.InvalidJump));
        Assert.That(machine.Run(new Bytecode().Push(100).Op("JUMP")).Status, Is.EqualTo(FrameStatus.InvalidJump));
        Assert.That(machine.Run(new Bytecode().Push(UInt256.MaxValue).Op("JUMP")).Status, Is.EqualTo(FrameStatus.InvalidJump));
        Assert.That(machine.Run(new Bytecode().Push(new UInt256(7, 1)).Op("JUMP JUMPDEST JUMPDEST")).Status, Is.EqualTo(FrameStatus.InvalidJump));
    }

    [Test]
    public void A_conditional_jump_jumps_when_any_bit_is_set()
    {
        using MachineHarness machine = new(dispatcher);
        UInt256 high = new(0, 0, 0, 1UL << 63);
        Assert.That(machine.Run(new Bytecode().Push(0, 99).Op("JUMPI")).Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(machine.Run(new Bytecode().Push(high, 99).Op("JUMPI")).Status, Is.EqualTo(FrameStatus.InvalidJump));
        Assert.That(machine.Run(new Bytecode().Push(high).Raw(0x60, 37, 0x57, 0xfe, 0x5b)).Status, Is.EqualTo(FrameStatus.Success));
    }

    [Test]
    public void Registers_read_as_they_are()
    {
        using MachineHarness machine = new(dispatcher);
        Assert.That(machine.Top(new Bytecode().Push(1, 2).Op("PC")), Is.EqualTo((UInt256)4));
        Assert.That(machine.Top(new Bytecode().Push(1).Op("GAS")), Is.EqualTo((UInt256)(MachineHarness.Gas - 5)));
        Assert.That(machine.Top(new Bytecode().Push(1, 33).Op("MSTORE8 MSIZE")), Is.EqualTo((UInt256)64));
    }

    [Test]
    public void Gas_runs_out_exactly([Range(0, 9)] int missing)
    {
        using MachineHarness machine = new(dispatcher);
        byte[] code = new Bytecode().Push(1, 2).Op("ADD");
        ExecutionResult result = machine.Run(code, gas: (ulong)(9 - missing));
        Assert.That(result.Status, Is.EqualTo(missing == 0 ? FrameStatus.Success : FrameStatus.OutOfGas));
        Assert.That(result.GasLeft, Is.Zero);
    }

    [Test]
    public void Revert_returns_its_data_and_the_gas()
    {
        using MachineHarness machine = new(dispatcher);
        ExecutionResult result = machine.Run(new Bytecode().Push(7, 1).Op("SSTORE").Push(0xab, 0).Op("MSTORE").Push(1, 31).Op("REVERT"));
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Revert));
        Assert.That(result.Output.ToArray(), Is.EqualTo(new byte[] { 0xab }));
        Assert.That(result.GasLeft, Is.GreaterThan(MachineHarness.Gas - 30_000));
        Assert.That(machine.Slot(MachineHarness.Target, 1), Is.EqualTo(UInt256.Zero));
    }

    [Test]
    public void Undefined_bytes_and_INVALID_take_all_gas()
    {
        using MachineHarness machine = new(dispatcher);
        foreach (byte code in new byte[] { 0x0c, 0x1f, 0x21, 0x4b, 0xa5, 0xef, 0xfe })
        {
            ExecutionResult result = machine.Run([code]);
            Assert.That(result.Status, Is.EqualTo(FrameStatus.InvalidOpcode));
            Assert.That(result.GasLeft, Is.Zero);
        }
    }

    [Test]
    public void Ten_million_iterations_do_not_grow_the_native_stack()
    {
        using MachineHarness machine = new(dispatcher);
        // counter; loop: counter - 1, until it is zero.
        byte[] code = new Bytecode().Push(10_000_000).Op("JUMPDEST").Push(1).Op("SWAP1 SUB DUP1").Push(4).Op("JUMPI");
        ExecutionResult result = machine.Run(code, gas: 1_000_000_000);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(1_000_000_000 - result.GasLeft, Is.EqualTo(3 + (10_000_000UL * 26)));
    }

    [Test]
    public void Block_and_transaction_values_are_on_hand()
    {
        using MachineHarness machine = new(dispatcher);
        Dictionary<string, UInt256> expected = new()
        {
            ["NUMBER"] = 1_000,
            ["TIMESTAMP"] = 1_700_000_000,
            ["GASLIMIT"] = 30_000_000,
            ["COINBASE"] = 0xc01,
            ["CHAINID"] = 1337,
            ["PREVRANDAO"] = 99,
            ["BASEFEE"] = 8,
            ["BLOBBASEFEE"] = 9,
            ["GASPRICE"] = 7,
            ["ORIGIN"] = 0x5e4d,
            ["CALLER"] = 0x5e4d,
            ["ADDRESS"] = 0x7a60,
            ["SELFBALANCE"] = 1_000,
            ["CALLVALUE"] = 0,
            ["CALLDATASIZE"] = 3,
            ["RETURNDATASIZE"] = 0,
            ["CODESIZE"] = 9,
        };
        foreach ((string name, UInt256 value) in expected)
            Assert.That(machine.Top(new Bytecode().Op(name), [1, 2, 3]), Is.EqualTo(value), name);
        Assert.That(machine.Top(new Bytecode().Push(999).Op("BLOCKHASH")), Is.EqualTo((UInt256)(999 & 0xff)));
        Assert.That(machine.Top(new Bytecode().Push(744).Op("BLOCKHASH")), Is.EqualTo((UInt256)(744 & 0xff)));
        Assert.That(machine.Top(new Bytecode().Push(743).Op("BLOCKHASH")), Is.EqualTo(UInt256.Zero));
        Assert.That(machine.Top(new Bytecode().Push(1_000).Op("BLOCKHASH")), Is.EqualTo(UInt256.Zero));
    }

    [Test]
    public void DIFFICULTY_turns_into_PREVRANDAO_at_Paris()
    {
        using MachineHarness before = new(dispatcher, Fork.London);
        Assert.That(before.Top(new Bytecode().Op("PREVRANDAO")), Is.EqualTo((UInt256)131_072));
    }
}
