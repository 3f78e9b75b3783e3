using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.State;

namespace Chain.Evm.Tests;

/// <summary>CREATE, CREATE2, creation messages, SELFDESTRUCT.</summary>
[TestFixture(DispatcherKind.Loop)]
[TestFixture(DispatcherKind.TailCalls)]
public sealed class MachineCreateTests(DispatcherKind dispatcher)
{
    private static readonly byte[] Deployed = [0x60, 0x01, 0x00];

    [Test]
    public void CREATE_deploys_at_the_address_of_creator_and_nonce()
    {
        using MachineHarness machine = new(dispatcher);
        Address expected = ContractAddress.OfCreate(MachineHarness.Target, 1);
        UInt256 created = machine.Top(Create(Bytecode.Deploying(Deployed), value: 5));
        Assert.That(created, Is.EqualTo(UInt256.FromBigEndian(expected.Bytes)));
        AccountEntry account = machine.State.GetAccount(expected);
        Assert.That(machine.State.GetCode(account).ToArray(), Is.EqualTo(Deployed));
        Assert.That((account.Nonce, account.Balance), Is.EqualTo((1UL, (UInt256)5)));
        Assert.That(machine.State.GetAccount(MachineHarness.Target).Nonce, Is.EqualTo(2));
    }

    [Test]
    public void CREATE2_deploys_at_the_address_of_salt_and_initcode_once()
    {
        using MachineHarness machine = new(dispatcher);
        byte[] initCode = Bytecode.Deploying(Deployed);
        Address expected = ContractAddress.OfCreate2(MachineHarness.Target, 77, initCode);
        Bytecode code = new Bytecode().Store(initCode).Push(77, (ulong)initCode.Length, 0, 0).Op("CREATE2");
        Assert.That(machine.Top(code), Is.EqualTo(UInt256.FromBigEndian(expected.Bytes)));
        Bytecode twice = new Bytecode().Store(initCode).Push(77, (ulong)initCode.Length, 0, 0).Op("CREATE2 POP").Push(77, (ulong)initCode.Length, 0, 0).Op("CREATE2");
        Assert.That(machine.Top(twice), Is.EqualTo(UInt256.Zero));
        Assert.That(machine.State.GetAccount(MachineHarness.Target).Nonce, Is.EqualTo(3));
    }

    [Test]
    public void A_reverted_creation_gives_its_data_and_leaves_only_the_nonce()
    {
        using MachineHarness machine = new(dispatcher);
        byte[] initCode = new Bytecode().Push(0xab, 0).Op("MSTORE").Push(32, 0).Op("REVERT");
        Assert.That(machine.Top(Create(initCode).Op("RETURNDATASIZE ADD")), Is.EqualTo((UInt256)32));
        Assert.That(machine.State.GetAccount(MachineHarness.Target).Nonce, Is.EqualTo(2));
        Assert.That(machine.State.GetAccount(ContractAddress.OfCreate(MachineHarness.Target, 1)).Exists, Is.False);
    }

    [Test]
    public void A_successful_creation_leaves_no_return_data()
    {
        using MachineHarness machine = new(dispatcher);
        Assert.That(machine.Top(Create(Bytecode.Deploying(Deployed)).Op("POP RETURNDATASIZE")), Is.EqualTo(UInt256.Zero));
    }

    [TestCase(Fork.Frontier, FrameStatus.Success, 0)]
    [TestCase(Fork.Homestead, FrameStatus.OutOfGas, 0)]
    public void Without_gas_for_the_code_only_Frontier_succeeds(Fork fork, FrameStatus expected, int codeSize)
    {
        using MachineHarness machine = new(dispatcher, fork);
        ExecutionResult result = machine.Create(Bytecode.Deploying(Deployed), gas: 500);
        Assert.That(result.Status, Is.EqualTo(expected));
        Assert.That(machine.State.GetCode(machine.State.GetAccount(MachineHarness.Other)).Length, Is.EqualTo(codeSize));
        Assert.That(machine.State.GetAccount(MachineHarness.Other).Exists, Is.EqualTo(expected == FrameStatus.Success));
    }

    [TestCase(Fork.Berlin, FrameStatus.Success)]
    [TestCase(Fork.London, FrameStatus.InvalidCodePrefix)]
    public void Code_beginning_with_EF_is_refused_from_London_on(Fork fork, FrameStatus expected)
    {
        using MachineHarness machine = new(dispatcher, fork);
        Assert.That(machine.Create(Bytecode.Deploying([0xef])).Status, Is.EqualTo(expected));
    }

    [TestCase(Fork.TangerineWhistle, 24_577, FrameStatus.Success)]
    [TestCase(Fork.SpuriousDragon, 24_576, FrameStatus.Success)]
    [TestCase(Fork.SpuriousDragon, 24_577, FrameStatus.CodeSizeExceeded)]
    public void Code_has_a_largest_size_from_Spurious_Dragon_on(Fork fork, int size, FrameStatus expected)
    {
        using MachineHarness machine = new(dispatcher, fork);
        Assert.That(machine.Create(new Bytecode().Push((ulong)size, 0).Op("RETURN")).Status, Is.EqualTo(expected));
    }

    [TestCase(Fork.Paris, 49_153, FrameStatus.Success)]
    [TestCase(Fork.Shanghai, 49_152, FrameStatus.Success)]
    [TestCase(Fork.Shanghai, 49_153, FrameStatus.OutOfGas)]
    public void Initcode_has_a_largest_size_from_Shanghai_on(Fork fork, int size, FrameStatus expected)
    {
        using MachineHarness machine = new(dispatcher, fork);
        Assert.That(machine.Run(new Bytecode().Push((ulong)size, 0, 0).Op("CREATE")).Status, Is.EqualTo(expected));
    }

    [Test]
    public void A_creation_message_to_a_taken_address_takes_all_gas()
    {
        using MachineHarness machine = new(dispatcher);
        machine.Put(MachineHarness.Other, [1]);
        ExecutionResult result = machine.Create([0]);
        Assert.That((result.Status, result.GasLeft), Is.EqualTo((FrameStatus.AddressCollision, 0UL)));
    }

    [TestCase(Fork.Shanghai, false)]
    [TestCase(Fork.Cancun, true)]
    public void SELFDESTRUCT_deletes_an_older_contract_only_before_Cancun(Fork fork, bool survives)
    {
        using MachineHarness machine = new(dispatcher, fork);
        machine.Run(new Bytecode().Push(MachineHarness.Other).Op("SELFDESTRUCT"));
        Assert.That(machine.State.GetAccount(MachineHarness.Other).Balance, Is.EqualTo((UInt256)1_000));
        Assert.That(machine.State.GetAccount(MachineHarness.Target).Balance, Is.EqualTo(UInt256.Zero));
        machine.State.EndTransaction(machine.Rules);
        Assert.That(machine.State.GetAccount(MachineHarness.Target).Exists, Is.EqualTo(survives));
    }

    [TestCase(Fork.Shanghai, 0UL)]
    [TestCase(Fork.Cancun, 1_000UL)]
    public void SELFDESTRUCT_to_itself_burns_only_what_it_deletes(Fork fork, ulong balance)
    {
        using MachineHarness machine = new(dispatcher, fork);
        machine.Run(new Bytecode().Op("ADDRESS SELFDESTRUCT"));
        Assert.That(machine.State.GetAccount(MachineHarness.Target).Balance, Is.EqualTo((UInt256)balance));
    }

    [Test]
    public void SELFDESTRUCT_in_the_creating_transaction_deletes_at_Cancun()
    {
        using MachineHarness machine = new(dispatcher, Fork.Cancun);
        machine.Run(Create(new Bytecode().Push(MachineHarness.Other).Op("SELFDESTRUCT"), value: 9));
        machine.State.EndTransaction(machine.Rules);
        Assert.That(machine.State.GetAccount(ContractAddress.OfCreate(MachineHarness.Target, 1)).Exists, Is.False);
        Assert.That(machine.State.GetAccount(MachineHarness.Other).Balance, Is.EqualTo((UInt256)9));
    }

    [TestCase(Fork.Frontier, 0UL, 24_000L)]
    [TestCase(Fork.TangerineWhistle, 30_000UL, 24_000L)]
    [TestCase(Fork.Berlin, 32_600UL, 24_000L)]
    [TestCase(Fork.London, 32_600UL, 0L)]
    public void SELFDESTRUCT_costs_and_refunds_by_fork(Fork fork, ulong gas, long refund)
    {
        using MachineHarness machine = new(dispatcher, fork);
        Assert.That(machine.GasUsed(new Bytecode().Push(MachineHarness.Other).Op("SELFDESTRUCT")), Is.EqualTo(3 + gas));
        Assert.That(machine.State.Refund, Is.EqualTo(refund));
    }

    private static Bytecode Create(byte[] initCode, ulong value = 0) =>
        new Bytecode().Store(initCode).Push((ulong)initCode.Length, 0, value).Op("CREATE");
}
