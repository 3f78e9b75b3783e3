using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Evm.Frames;

namespace Chain.Evm.Tests;

/// <summary>SLOAD, SSTORE, TLOAD, TSTORE: values, gas and refunds by fork.</summary>
[TestFixture(DispatcherKind.Loop)]
[TestFixture(DispatcherKind.TailCalls)]
public sealed class MachineStorageTests(DispatcherKind dispatcher)
{
    // EIP-2200 and EIP-3529 list these programs: values stored one after another in slot 0, its original value, gas used, refund.
    [TestCase(Fork.Istanbul, "0,0", 0UL, 1_612UL, 0L)]
    [TestCase(Fork.Istanbul, "0,1", 0UL, 20_812UL, 0L)]
    [TestCase(Fork.Istanbul, "1,0", 0UL, 20_812UL, 19_200L)]
    [TestCase(Fork.Istanbul, "1,2", 0UL, 20_812UL, 0L)]
    [TestCase(Fork.Istanbul, "1,1", 0UL, 20_812UL, 0L)]
    [TestCase(Fork.Istanbul, "0,0", 1UL, 5_812UL, 15_000L)]
    [TestCase(Fork.Istanbul, "0,1", 1UL, 5_812UL, 4_200L)]
    [TestCase(Fork.Istanbul, "0,2", 1UL, 5_812UL, 0L)]
    [TestCase(Fork.Istanbul, "2,0", 1UL, 5_812UL, 15_000L)]
    [TestCase(Fork.Istanbul, "2,3", 1UL, 5_812UL, 0L)]
    [TestCase(Fork.Istanbul, "2,1", 1UL, 5_812UL, 4_200L)]
    [TestCase(Fork.Istanbul, "1,0", 1UL, 5_812UL, 15_000L)]
    [TestCase(Fork.Istanbul, "0,1,0", 1UL, 10_818UL, 19_200L)]
    [TestCase(Fork.Istanbul, "1,0,1", 0UL, 40_818UL, 19_200L)]
    [TestCase(Fork.Berlin, "0,0", 0UL, 2_312UL, 0L)]
    [TestCase(Fork.Berlin, "1,0", 0UL, 22_212UL, 19_900L)]
    [TestCase(Fork.Berlin, "0,1", 1UL, 5_112UL, 2_800L)]
    [TestCase(Fork.Berlin, "0,1,0", 1UL, 8_018UL, 17_800L)]
    [TestCase(Fork.London, "0,0", 1UL, 5_112UL, 4_800L)]
    [TestCase(Fork.London, "0,1,0", 1UL, 8_018UL, 7_600L)]
    [TestCase(Fork.Constantinople, "0,0", 0UL, 412UL, 0L)]
    [TestCase(Fork.Constantinople, "1,0", 0UL, 20_212UL, 19_800L)]
    [TestCase(Fork.Constantinople, "0,1", 1UL, 5_212UL, 4_800L)]
    [TestCase(Fork.Petersburg, "0,0", 0UL, 10_012UL, 0L)]
    [TestCase(Fork.Petersburg, "1,0", 0UL, 25_012UL, 15_000L)]
    [TestCase(Fork.Frontier, "0,1", 1UL, 25_012UL, 15_000L)]
    public void Stores_cost_and_refund_by_fork(Fork fork, string values, ulong original, ulong gas, long refund)
    {
        using MachineHarness machine = new(dispatcher, fork);
        machine.TargetStorage[0] = original;
        Bytecode code = new();
        foreach (string value in values.Split(',')) code.Push(ulong.Parse(value, System.Globalization.CultureInfo.InvariantCulture), 0).Op("SSTORE");
        Assert.That(machine.GasUsed(code), Is.EqualTo(gas));
        Assert.That(machine.State.Refund, Is.EqualTo(refund));
        Assert.That(machine.Slot(MachineHarness.Target, 0).ToString(), Is.EqualTo(values.Split(',')[^1]));
    }

    [Test]
    public void The_sentry_refuses_a_store_with_2300_gas()
    {
        using MachineHarness machine = new(dispatcher, Fork.Istanbul);
        byte[] noChange = new Bytecode().Push(0, 0).Op("SSTORE");
        Assert.That(machine.Run(noChange, gas: 2_306).Status, Is.EqualTo(FrameStatus.OutOfGas));
        Assert.That(machine.Run(noChange, gas: 2_307).Status, Is.EqualTo(FrameStatus.Success));
    }

    [TestCase(Fork.Frontier, 50UL, 50UL)]
    [TestCase(Fork.TangerineWhistle, 200UL, 200UL)]
    [TestCase(Fork.Istanbul, 800UL, 800UL)]
    [TestCase(Fork.Berlin, 2_100UL, 100UL)]
    public void Loads_cost_by_fork_and_warmth(Fork fork, ulong first, ulong second)
    {
        using MachineHarness machine = new(dispatcher, fork);
        Assert.That(machine.GasUsed(new Bytecode().Push(5).Op("SLOAD")), Is.EqualTo(3 + first));
        Assert.That(machine.GasUsed(new Bytecode().Push(5).Op("SLOAD").Push(5).Op("SLOAD")), Is.EqualTo(6 + first + second));
    }

    [TestCase("BALANCE", Fork.Frontier, 20UL, 20UL)]
    [TestCase("BALANCE", Fork.TangerineWhistle, 400UL, 400UL)]
    [TestCase("BALANCE", Fork.Istanbul, 700UL, 700UL)]
    [TestCase("BALANCE", Fork.Berlin, 2_600UL, 100UL)]
    [TestCase("EXTCODESIZE", Fork.Frontier, 20UL, 20UL)]
    [TestCase("EXTCODESIZE", Fork.Istanbul, 700UL, 700UL)]
    [TestCase("EXTCODESIZE", Fork.Berlin, 2_600UL, 100UL)]
    [TestCase("EXTCODEHASH", Fork.Constantinople, 400UL, 400UL)]
    [TestCase("EXTCODEHASH", Fork.Istanbul, 700UL, 700UL)]
    [TestCase("EXTCODEHASH", Fork.Berlin, 2_600UL, 100UL)]
    public void Account_reads_cost_by_fork_and_warmth(string name, Fork fork, ulong first, ulong second)
    {
        using MachineHarness machine = new(dispatcher, fork);
        Assert.That(machine.GasUsed(new Bytecode().Push(MachineHarness.Other).Op(name)), Is.EqualTo(3 + first));
        Assert.That(machine.GasUsed(new Bytecode().Push(MachineHarness.Other).Op(name).Push(MachineHarness.Other).Op(name)), Is.EqualTo(6 + first + second));
    }

    [Test]
    public void Transient_storage_is_read_again_and_belongs_to_the_account()
    {
        using MachineHarness machine = new(dispatcher);
        Assert.That(machine.Top(new Bytecode().Push(42, 7).Op("TSTORE").Push(7).Op("TLOAD")), Is.EqualTo((UInt256)42));
        machine.Put(MachineHarness.Other, new Bytecode().Push(7).Op("TLOAD").ReturnTop());
        Bytecode caller = new Bytecode().Push(42, 7).Op("TSTORE").Push(32, 0, 0, 0, 0).Push(MachineHarness.Other).Op("GAS CALL").Push(0).Op("MLOAD");
        Assert.That(machine.Top(caller), Is.EqualTo(UInt256.Zero));
        Assert.That(machine.GasUsed(new Bytecode().Push(42, 7).Op("TSTORE").Push(7).Op("TLOAD")), Is.EqualTo(209));
    }

    [Test]
    public void The_hash_of_a_dead_account_is_zero()
    {
        using MachineHarness machine = new(dispatcher);
        machine.Put(MachineHarness.Other, [1]);
        UInt256 expected = UInt256.FromBigEndian(Core.Crypto.Keccak256.Hash([1]).Bytes);
        UInt256 ofNoCode = UInt256.FromBigEndian(Core.Crypto.Keccak256.EmptyHash.Bytes);
        Assert.That(machine.Top(new Bytecode().Push(MachineHarness.Other).Op("EXTCODEHASH")), Is.EqualTo(expected));
        Assert.That(machine.Top(new Bytecode().Push(MachineHarness.Sender).Op("EXTCODEHASH")), Is.EqualTo(ofNoCode));
        Assert.That(machine.Top(new Bytecode().Push(0xdead).Op("EXTCODEHASH")), Is.EqualTo(UInt256.Zero));
    }
}
