using Chain.Consensus.Simulation;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;

namespace Chain.Consensus.Tests;

/// <summary>Calls and estimates on a block's state, with overrides.</summary>
public sealed class SimulatorTests
{
    private static readonly Address Contract = Address.Parse("0x00000000000000000000000000000000000c0de1");

    /// <summary>Returns slot 0.</summary>
    private static readonly byte[] ReadSlot = [0x5f, 0x54, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3];

    private TestChain _chain = null!;
    private Simulator _simulator = null!;

    [SetUp]
    public void Open()
    {
        _chain = new TestChain(contracts: new Dictionary<Address, byte[]> { [Contract] = ReadSlot });
        _chain.Produce();
        _simulator = new Simulator(_chain.Manager, DispatcherKind.TailCalls, gasCap: 20_000_000);
    }

    [TearDown]
    public void Close()
    {
        _simulator.Dispose();
        _chain.Dispose();
    }

    [Test]
    public void State_overrides_are_seen_and_leave_the_chain_as_it_was()
    {
        Dictionary<UInt256, UInt256> slots = new() { [0] = 42 };

        Assert.That(Call(new StateOverride { StateDiff = slots }), Is.EqualTo((UInt256)42));
        Assert.That(Call(new StateOverride { State = slots }), Is.EqualTo((UInt256)42));
        Assert.That(Call(null), Is.EqualTo(UInt256.Zero));
        Assert.That(_chain.Manager.HeadState.GetStorage(Contract, 0), Is.EqualTo(UInt256.Zero));
    }

    [Test]
    public void The_whole_storage_is_replaced_by_State_and_kept_by_StateDiff()
    {
        _chain.Manager.EditState(state => state.SetStorage(state.GetSlot(state.GetAccount(Contract), 0), 7));
        Dictionary<UInt256, UInt256> other = new() { [1] = 1 };

        Assert.That(Call(null), Is.EqualTo((UInt256)7), "an edit of the head is seen");
        Assert.That(Call(new StateOverride { StateDiff = other }), Is.EqualTo((UInt256)7));
        Assert.That(Call(new StateOverride { State = other }), Is.EqualTo(UInt256.Zero));
    }

    // SELFBALANCE and return; NUMBER and return; nonce is not visible to code, so a creation shows it.
    [Test]
    public void Code_balance_and_block_overrides_are_seen()
    {
        byte[] selfBalance = [0x47, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3];
        byte[] number = [0x43, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3];

        Assert.That(Call(new StateOverride { Code = selfBalance, Balance = 99 }), Is.EqualTo((UInt256)99));
        Assert.That(Call(new StateOverride { Code = number }), Is.EqualTo(UInt256.One));
        Assert.That(Call(new StateOverride { Code = number }, new BlockOverride { Number = 1_234 }), Is.EqualTo((UInt256)1_234));
    }

    [Test]
    public void A_moved_precompile_runs_at_its_new_place_and_no_longer_at_the_old()
    {
        Address identity = Address.Parse("0x0000000000000000000000000000000000000004");
        Dictionary<Address, StateOverride> overrides = new() { [identity] = new StateOverride { MovePrecompileTo = Contract } };
        SimulationSession session = _simulator.Open(Target(), overrides);
        byte[] data = [1, 2, 3];

        Assert.That(_simulator.Call(session, new CallRequest { To = Contract, Data = data }).Output.ToArray(), Is.EqualTo(data));
        Assert.That(_simulator.Call(session, new CallRequest { To = identity, Data = data }).Output.IsEmpty, Is.True);
    }

    [Test]
    public void Calls_of_one_session_follow_one_another()
    {
        byte[] counter = [0x5f, 0x54, 0x60, 0x01, 0x01, 0x80, 0x5f, 0x55, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3];
        SimulationSession session = _simulator.Open(Target(), new Dictionary<Address, StateOverride> { [Contract] = new StateOverride { Code = counter } });
        UInt256 Count() => UInt256.FromBigEndian(_simulator.Call(session, new CallRequest { To = Contract }).Output.Span);

        Assert.That(new[] { Count(), Count(), Count() }, Is.EqualTo(new UInt256[] { 1, 2, 3 }));
        session.Reset();
        Assert.That(Count(), Is.EqualTo(UInt256.One));
    }

    [Test]
    public void A_plain_transfer_is_estimated_exactly()
    {
        EstimateResult result = _simulator.Estimate(_simulator.Open(Target()), new CallRequest { From = TestChain.Wallets[0].Address, To = TestChain.Nobody, Value = 1 });

        Assert.That(result.Failure, Is.Null);
        Assert.That(result.Gas, Is.EqualTo(21_000));
    }

    [Test]
    public void An_estimate_suffices_and_a_little_less_than_the_least_does_not()
    {
        // Stores, and demands half a million gas to be left on the way.
        byte[] greedy = [0x62, 0x07, 0xa1, 0x20, 0x5a, 0x11, 0x60, 0x0c, 0x57, 0x5f, 0x5f, 0xfd, 0x5b, 0x60, 0x2a, 0x5f, 0x55, 0x00];
        Dictionary<Address, StateOverride> overrides = new() { [Contract] = new StateOverride { Code = greedy } };
        CallRequest request = new() { From = TestChain.Wallets[0].Address, To = Contract };

        EstimateResult result = _simulator.Estimate(_simulator.Open(Target(), overrides), request);

        Assert.That(result.Failure, Is.Null);
        Assert.That(_simulator.Call(_simulator.Open(Target(), overrides), request with { Gas = result.Gas }).Succeeded, Is.True);
        Assert.That(_simulator.Call(_simulator.Open(Target(), overrides), request with { Gas = (ulong)(result.Gas * 0.98) }).Succeeded, Is.False);
        Assert.That(result.Gas, Is.GreaterThan(521_000));
    }

    [Test]
    public void A_call_that_reverts_has_no_estimate_but_its_output()
    {
        byte[] reverts = [0x60, 0xab, 0x5f, 0x53, 0x60, 0x01, 0x5f, 0xfd];
        SimulationSession session = _simulator.Open(Target(), new Dictionary<Address, StateOverride> { [Contract] = new StateOverride { Code = reverts } });

        EstimateResult result = _simulator.Estimate(session, new CallRequest { To = Contract });

        Assert.That(result.Failure!.Status, Is.EqualTo(FrameStatus.Revert));
        Assert.That(result.Failure!.Output.ToArray(), Is.EqualTo(new byte[] { 0xab }));
    }

    [Test]
    public void An_estimate_is_bounded_by_what_the_sender_can_pay()
    {
        CallRequest request = new() { From = TestChain.Wallets[0].Address, To = Contract, GasPrice = TestChain.Ether / 21_000, Value = 0 };

        EstimateResult result = _simulator.Estimate(_simulator.Open(Target(), new Dictionary<Address, StateOverride> { [TestChain.Wallets[0].Address] = new StateOverride { Balance = TestChain.Ether } }), request);

        Assert.That(result.Failure, Is.Not.Null);
        Assert.That(result.Allowance, Is.EqualTo(21_000));
    }

    private UInt256 Call(StateOverride? change, BlockOverride? block = null)
    {
        Dictionary<Address, StateOverride>? overrides = change is null ? null : new() { [Contract] = change };
        return UInt256.FromBigEndian(_simulator.Call(_simulator.Open(Target(), overrides, block), new CallRequest { To = Contract }).Output.Span);
    }

    private SimulationTarget Target()
    {
        BlockHeader head = _chain.Manager.Head;
        return new SimulationTarget(head, _chain.Manager.HeadState, head.ParentHash);
    }
}
