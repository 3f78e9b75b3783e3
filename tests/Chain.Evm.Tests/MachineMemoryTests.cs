using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Evm.Frames;

namespace Chain.Evm.Tests;

/// <summary>Memory, copies, hashing, logs: content and gas.</summary>
[TestFixture(DispatcherKind.Loop)]
[TestFixture(DispatcherKind.TailCalls)]
public sealed class MachineMemoryTests(DispatcherKind dispatcher)
{
    private static readonly UInt256 Sample = UInt256.FromBigEndian([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    [TestCase(0UL)]
    [TestCase(1UL)]
    [TestCase(31UL)]
    [TestCase(1_000UL)]
    public void A_stored_word_is_loaded_again(ulong offset)
    {
        using MachineHarness machine = new(dispatcher);
        Assert.That(machine.Top(new Bytecode().Push(Sample, offset).Op("MSTORE").Push(offset).Op("MLOAD")), Is.EqualTo(Sample));
    }

    [Test]
    public void Words_overlap_byte_by_byte()
    {
        using MachineHarness machine = new(dispatcher);
        UInt256 expected = UInt256.FromBigEndian([.. Enumerable.Range(2, 31).Select(i => (byte)i), 0]);
        Assert.That(machine.Top(new Bytecode().Push(Sample, 0).Op("MSTORE").Push(1).Op("MLOAD")), Is.EqualTo(expected));
        Assert.That(machine.Top(new Bytecode().Push(0x1234, 31).Op("MSTORE8").Push(0).Op("MLOAD")), Is.EqualTo((UInt256)0x34));
    }

    [TestCase(0UL, 3UL)]
    [TestCase(1UL, 6UL)]
    [TestCase(32UL, 6UL)]
    [TestCase(992UL, 98UL)]
    [TestCase(31_744UL, 4_904UL)]
    public void Memory_costs_linear_and_quadratic(ulong offset, ulong expected)
    {
        using MachineHarness machine = new(dispatcher);
        Assert.That(machine.GasUsed(new Bytecode().Push(offset).Op("MLOAD")), Is.EqualTo(3 + 3 + expected));
    }

    [Test]
    public void Offsets_and_sizes_beyond_any_gas_run_out_of_it()
    {
        using MachineHarness machine = new(dispatcher);
        foreach (UInt256 huge in new UInt256[] { uint.MaxValue, ulong.MaxValue, ulong.MaxValue - 31, new UInt256(0, 1), UInt256.MaxValue, (UInt256)int.MaxValue })
        {
            Assert.That(machine.Run(new Bytecode().Push(huge).Op("MLOAD")).Status, Is.EqualTo(FrameStatus.OutOfGas));
            Assert.That(machine.Run(new Bytecode().Push(0, huge).Op("RETURN")).Status, Is.EqualTo(FrameStatus.Success));
            Assert.That(machine.Run(new Bytecode().Push(1, huge).Op("RETURN")).Status, Is.EqualTo(FrameStatus.OutOfGas));
            Assert.That(machine.Run(new Bytecode().Push(huge, 0, 0).Op("CALLDATACOPY")).Status, Is.EqualTo(FrameStatus.OutOfGas));
            Assert.That(machine.Run(new Bytecode().Push(0, 0, huge).Op("CALLDATACOPY")).Status, Is.EqualTo(FrameStatus.Success));
            Assert.That(machine.Run(new Bytecode().Push(0, huge, huge).Op("MCOPY")).Status, Is.EqualTo(FrameStatus.Success));
            Assert.That(machine.Run(new Bytecode().Push(1, huge, 0).Op("MCOPY")).Status, Is.EqualTo(FrameStatus.OutOfGas));
        }
    }

    [Test]
    public void Memory_is_clean_again_in_the_next_run()
    {
        using MachineHarness machine = new(dispatcher);
        machine.Run(new Bytecode().Push(UInt256.MaxValue, 64).Op("MSTORE"));
        Assert.That(machine.Top(new Bytecode().Push(64).Op("MLOAD")), Is.EqualTo(UInt256.Zero));
    }

    [TestCase(0, 0, 32)]
    [TestCase(5, 3, 10)]
    [TestCase(0, 30, 10)]
    [TestCase(0, 100, 10)]
    public void Call_data_is_copied_with_zeros_behind(int to, int from, int size)
    {
        using MachineHarness machine = new(dispatcher);
        byte[] input = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        Bytecode code = new Bytecode().Push(UInt256.MaxValue, 0).Op("MSTORE").Push((ulong)size, (ulong)from, (ulong)to).Op("CALLDATACOPY").Push(64, 0).Op("RETURN");
        byte[] expected = new byte[64];
        Array.Fill(expected, (byte)0xff, 0, 32);
        for (int i = 0; i < size; i++) expected[to + i] = from + i < input.Length ? input[from + i] : (byte)0;
        Assert.That(machine.Run(code, input).Output.ToArray(), Is.EqualTo(expected));
    }

    [TestCase(0UL, 32)]
    [TestCase(1UL, 32)]
    [TestCase(31UL, 33)]
    [TestCase(3UL, 5)]
    [TestCase(40UL, 5)]
    public void Call_data_loads_with_zeros_behind(ulong offset, int inputSize)
    {
        using MachineHarness machine = new(dispatcher);
        byte[] input = [.. Enumerable.Range(1, inputSize).Select(i => (byte)i)];
        byte[] expected = new byte[32];
        for (int i = 0; i < 32 && (int)offset + i < input.Length; i++) expected[i] = input[(int)offset + i];
        Assert.That(machine.Top(new Bytecode().Push(offset).Op("CALLDATALOAD"), input), Is.EqualTo(UInt256.FromBigEndian(expected)));
    }

    [Test]
    public void Memory_copies_overlap_like_memmove()
    {
        using MachineHarness machine = new(dispatcher);
        byte[] forward = machine.Run(new Bytecode().Push(Sample, 0).Op("MSTORE").Push(16, 0, 4).Op("MCOPY").Push(32, 0).Op("RETURN")).Output.ToArray();
        byte[] bytes = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        Buffer.BlockCopy(bytes, 0, bytes, 4, 16);
        Assert.That(forward, Is.EqualTo(bytes));
        Assert.That(machine.GasUsed(new Bytecode().Push(33, 0, 0).Op("MCOPY")), Is.EqualTo(9 + 3 + 6 + 6));
    }

    [Test]
    public void Hash_of_memory_and_of_nothing()
    {
        using MachineHarness machine = new(dispatcher);
        Assert.That(machine.Top(new Bytecode().Push(0, 0).Op("KECCAK256")), Is.EqualTo(UInt256.FromBigEndian(Keccak256.EmptyHash.Bytes)));
        UInt256 expected = UInt256.FromBigEndian(Keccak256.Hash(Sample.ToBigEndian()).Bytes);
        Assert.That(machine.Top(new Bytecode().Push(Sample, 0).Op("MSTORE").Push(32, 0).Op("KECCAK256")), Is.EqualTo(expected));
        Assert.That(machine.GasUsed(new Bytecode().Push(33, 0).Op("KECCAK256")), Is.EqualTo(6 + 30 + 12 + 6));
    }

    [Test]
    public void Code_of_this_and_another_account_is_copied()
    {
        using MachineHarness machine = new(dispatcher);
        machine.Put(MachineHarness.Other, [1, 2, 3]);
        Bytecode code = new Bytecode().Push(4, 1, 0).Push(MachineHarness.Other).Op("EXTCODECOPY").Push(4, 0).Op("RETURN");
        Assert.That(machine.Run(code).Output.ToArray(), Is.EqualTo(new byte[] { 2, 3, 0, 0 }));
        Bytecode own = new Bytecode().Push(2, 0, 0).Op("CODECOPY").Push(2, 0).Op("RETURN");
        Assert.That(machine.Run(own).Output.ToArray(), Is.EqualTo(own.Bytes[..2]));
        Assert.That(machine.Top(new Bytecode().Push(MachineHarness.Other).Op("EXTCODESIZE")), Is.EqualTo((UInt256)3));
    }

    [Test]
    public void Logs_carry_address_topics_and_data([Range(0, 4)] int topics)
    {
        using MachineHarness machine = new(dispatcher);
        Bytecode code = new Bytecode().Push(Sample, 0).Op("MSTORE");
        for (int i = topics; i >= 1; i--) code.Push((ulong)i);
        code.Push(5, 0).Op($"LOG{topics}");
        ExecutionResult result = machine.Run(code);
        Assert.That(machine.State.Logs, Has.Count.EqualTo(1));
        Assert.That(machine.State.Logs[0].Address, Is.EqualTo(MachineHarness.Target));
        Assert.That(machine.State.Logs[0].Data.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3, 4, 5 }));
        Assert.That(machine.State.Logs[0].Topics.Select(t => UInt256.FromBigEndian(t.Bytes)), Is.EqualTo(Enumerable.Range(1, topics).Select(i => (UInt256)(ulong)i)));
        ulong pushes = (ulong)(4 + topics) * 3;
        Assert.That(MachineHarness.Gas - result.GasLeft, Is.EqualTo(pushes + 3 + 3 + 375 + (375 * (ulong)topics) + 40));
    }
}
