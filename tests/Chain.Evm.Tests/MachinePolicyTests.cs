using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.State;

namespace Chain.Evm.Tests;

/// <summary>The chain's policy at the level of opcodes: a refusal is as if the child had reverted at once with the error.</summary>
[TestFixture(DispatcherKind.Loop)]
[TestFixture(DispatcherKind.TailCalls)]
public sealed class MachinePolicyTests(DispatcherKind dispatcher)
{
    [Test]
    public void A_refused_call_returns_its_gas_and_the_error_and_runs_nothing()
    {
        Policy policy = new() { RefusedCallee = MachineHarness.Other };
        using MachineHarness machine = new(dispatcher) { Policy = policy };
        machine.Put(MachineHarness.Other, new Bytecode().Push(1, 1).Op("SSTORE"));
        Assert.That(machine.GasUsed(new Bytecode().Call("CALL", MachineHarness.Other, 100_000)), Is.EqualTo(21 + 2_600));
        Assert.That(machine.Slot(MachineHarness.Other, 1), Is.EqualTo(UInt256.Zero));
        Bytecode code = new Bytecode().Push(32, 0, 0, 0, 0).Push(MachineHarness.Other).Op("GAS CALL RETURNDATASIZE ADD").Push(0).Op("MLOAD ADD");
        UInt256 errorWord = UInt256.FromBigEndian([0xee, 0x01, .. new byte[30]]);
        Assert.That(machine.Top(code), Is.EqualTo(errorWord + 2));
    }

    [TestCase("STATICCALL")]
    [TestCase("DELEGATECALL")]
    [TestCase("CALLCODE")]
    public void Only_CALL_asks_for_the_callee(string name)
    {
        using MachineHarness machine = new(dispatcher) { Policy = new Policy { RefusedCallee = MachineHarness.Other } };
        machine.Put(MachineHarness.Other, [0]);
        Assert.That(machine.Top(new Bytecode().Call(name, MachineHarness.Other)), Is.EqualTo(UInt256.One));
    }

    [TestCase("CALL", "F 0x00000000000000000000000000000000000007e4,V 0x0000000000000000000000000000000000007a60 0x00000000000000000000000000000000000007e4")]
    [TestCase("CALLCODE", "V 0x0000000000000000000000000000000000007a60 0x0000000000000000000000000000000000007a60")]
    public void Value_is_asked_after_the_callee(string name, string expected)
    {
        Policy policy = new();
        using MachineHarness machine = new(dispatcher) { Policy = policy };
        machine.Put(MachineHarness.Other, [0]);
        machine.Run(new Bytecode().Call(name, MachineHarness.Other, value: 1));
        Assert.That(string.Join(',', policy.Asked), Is.EqualTo(expected));
        policy.Asked.Clear();
        machine.Run(new Bytecode().Call(name, MachineHarness.Other, value: 1_000_000));
        Assert.That(policy.Asked, Is.Empty, "a call beyond the balance asks nothing");
    }

    [Test]
    public void A_refused_value_moves_nothing_and_costs_no_stipend()
    {
        using MachineHarness machine = new(dispatcher) { Policy = new Policy { RefusesValue = true } };
        machine.Put(MachineHarness.Other, [0]);
        Assert.That(machine.GasUsed(new Bytecode().Call("CALL", MachineHarness.Other, 100_000, value: 1)), Is.EqualTo(21 + 2_600 + 9_000 - 2_300));
        Assert.That(machine.State.GetAccount(MachineHarness.Other).Balance, Is.EqualTo(UInt256.Zero));
        Assert.That(machine.Top(new Bytecode().Call("CALL", MachineHarness.Other)), Is.EqualTo(UInt256.One), "no value, no question");
    }

    [TestCase(true, 0UL)]
    [TestCase(false, 1UL)]
    public void A_refused_creation_leaves_the_nonce(bool refusesDeploy, ulong endowment)
    {
        using MachineHarness machine = new(dispatcher) { Policy = new Policy { RefusesDeploy = refusesDeploy, RefusesValue = true } };
        Bytecode code = new Bytecode().Push(0, 0, endowment).Op("CREATE RETURNDATASIZE ADD");
        Assert.That(machine.Top(code), Is.EqualTo((UInt256)2));
        Assert.That(machine.State.GetAccount(MachineHarness.Target).Nonce, Is.EqualTo(1));
    }

    [Test]
    public void A_refused_SELFDESTRUCT_reverts_the_frame()
    {
        using MachineHarness machine = new(dispatcher) { Policy = new Policy { RefusesValue = true } };
        ExecutionResult result = machine.Run(new Bytecode().Push(MachineHarness.Other).Op("SELFDESTRUCT"));
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Revert));
        Assert.That(result.Output.ToArray(), Is.EqualTo(new byte[] { 0xee, 0x01 }));
        Assert.That(MachineHarness.Gas - result.GasLeft, Is.EqualTo(3 + 5_000 + 2_600 + 25_000));
        Assert.That(machine.Run(new Bytecode().Op("ADDRESS SELFDESTRUCT")).Status, Is.EqualTo(FrameStatus.Success));
    }

    private sealed class Policy : ITxPolicy
    {
        private static readonly byte[] Error = [0xee, 0x01];

        public Address? RefusedCallee { get; init; }

        public bool RefusesValue { get; init; }

        public bool RefusesDeploy { get; init; }

        public List<string> Asked { get; } = [];

        public byte CheckSender(WorldState state, in Address sender) => 0;

        public byte CheckAuthority(WorldState state, in Address authority) => 0;

        public byte[]? CheckDeploy(WorldState state, in Address origin, in Address creator) => RefusesDeploy ? Error : null;

        public byte[]? CheckCall(WorldState state, in Address callee)
        {
            Asked.Add($"F {callee}");
            return callee == RefusedCallee ? Error : null;
        }

        public byte[]? CheckValue(WorldState state, in Address from, in Address to, bool fromIsEligibleSender)
        {
            Asked.Add($"V {from} {to}");
            return RefusesValue ? Error : null;
        }

        public byte[]? CheckEndowment(WorldState state, in Address from, in Address created, bool fromIsEligibleSender) => RefusesValue ? Error : null;

        public Address? RedirectCredit(WorldState state, in Address recipient) => recipient;
    }
}
