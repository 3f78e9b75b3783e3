using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Evm.State;
using static Chain.Evm.Tests.StateFixtures;

namespace Chain.Evm.Tests;

/// <summary>Accounts and slots over transactions of one block: creation, destruction, emptiness, original values, deltas.</summary>
public sealed class StateLifecycleTests
{
    private static readonly ForkRules Homestead = ForkTable.Rules(Fork.Homestead);
    private static readonly ForkRules Shanghai = ForkTable.Rules(Fork.Shanghai);
    private static readonly Address Ripemd160 = Address.FromNumber(3);

    [Test]
    public void Reading_changes_nothing()
    {
        WorldState state = Begun(Parent());
        AccountEntry absent = state.GetAccount(Bob);
        UInt256 value = state.GetSlot(absent, 1).Value;
        UInt256 stored = state.SlotValue(Contract, 2);
        state.EndTransaction(Shanghai);

        Assert.That(absent.Exists, Is.False);
        Assert.That(absent.IsEmpty, Is.True);
        Assert.That(value, Is.EqualTo(UInt256.Zero));
        Assert.That(stored, Is.EqualTo((UInt256)22));
        Assert.That(state.ToDelta().Accounts, Is.Empty);
    }

    [Test]
    public void The_original_value_is_that_at_the_start_of_the_transaction()
    {
        WorldState state = Begun(Parent());
        SlotEntry slot = state.GetSlot(state.GetAccount(Contract), 1);
        state.SetStorage(slot, 12);
        Assert.That(slot.Original, Is.EqualTo((UInt256)11));
        state.EndTransaction(Shanghai);

        state.BeginTransaction();
        SlotEntry again = state.GetSlot(state.GetAccount(Contract), 1);
        Assert.That(again.Original, Is.EqualTo((UInt256)12));
    }

    [Test]
    public void Warmth_and_transient_storage_end_with_the_transaction()
    {
        WorldState state = Begun(Parent());
        AccountEntry account = state.GetAccount(Contract);
        SlotEntry slot = state.GetSlot(account, 1);
        bool[] first = [state.WarmAccount(account), state.WarmSlot(slot), state.WarmAccount(account), state.WarmSlot(slot)];
        state.SetTransient(account, 1, 9);
        state.EndTransaction(Shanghai);
        state.BeginTransaction();

        Assert.That(first, Is.EqualTo(new[] { true, true, false, false }));
        Assert.That(state.GetTransient(account, 1), Is.EqualTo(UInt256.Zero));
        Assert.That(state.WarmAccount(account), Is.True);
        Assert.That(state.WarmSlot(slot), Is.True);
    }

    [TestCase(Fork.TangerineWhistle, true)]
    [TestCase(Fork.SpuriousDragon, false)]
    public void A_touched_empty_account_stays_only_before_Spurious_Dragon(Fork fork, bool stays)
    {
        WorldState state = Begun(Parent());
        state.AddBalance(state.GetAccount(Bob), 0);
        state.EndTransaction(ForkTable.Rules(fork));

        Assert.That(state.GetAccount(Bob).Exists, Is.EqualTo(stays));
        Assert.That(state.ToDelta().Accounts.ContainsKey(Bob), Is.EqualTo(stays));
    }

    [Test]
    public void An_empty_account_of_the_parent_goes_when_touched_and_stays_otherwise()
    {
        MemoryState parent = Parent();
        parent.SetAccount(Bob, 0, 0, default);
        WorldState state = Begun(parent);
        int mark = state.Snapshot();
        state.Touch(state.GetAccount(Bob));
        state.Revert(mark);
        state.EndTransaction(Shanghai);
        bool staysUntouched = state.GetAccount(Bob).Exists;
        state.BeginTransaction();
        state.Touch(state.GetAccount(Bob));
        state.EndTransaction(Shanghai);

        Assert.That(staysUntouched, Is.True);
        Assert.That(state.ToDelta().Accounts[Bob].Exists, Is.False);
    }

    [Test]
    public void The_empty_Ripemd160_account_goes_even_when_its_touch_was_undone()
    {
        MemoryState parent = Parent();
        parent.SetAccount(Ripemd160, 0, 0, default);
        WorldState state = Begun(parent);
        int mark = state.Snapshot();
        state.Touch(state.GetAccount(Ripemd160));
        state.Revert(mark);
        state.EndTransaction(Shanghai);

        Assert.That(state.GetAccount(Ripemd160).Exists, Is.False);
    }

    [Test]
    public void A_destroyed_account_lives_until_the_transaction_ends_and_takes_its_storage_along()
    {
        WorldState state = Begun(Parent());
        AccountEntry account = state.GetAccount(Contract);
        state.Destroy(account);
        bool during = account.Exists && state.SlotValue(Contract, 1) == 11;
        state.EndTransaction(Homestead);

        Assert.That(during, Is.True);
        Assert.That(account.Exists, Is.False);
        Assert.That(account.HasStorage, Is.False);
        Assert.That(state.SlotValue(Contract, 1), Is.EqualTo(UInt256.Zero));
        Assert.That(state.SlotValue(Contract, 2), Is.EqualTo(UInt256.Zero));
        Assert.That(state.ToDelta().Accounts[Contract].Exists, Is.False);
    }

    [Test]
    public void An_account_destroyed_and_made_again_in_a_later_transaction_drops_its_old_storage()
    {
        MemoryState parent = Parent();
        WorldState state = Begun(parent);
        AccountEntry account = state.GetAccount(Contract);
        state.Destroy(account);
        state.EndTransaction(Shanghai);
        state.BeginTransaction();
        state.CreateContract(account, 1);
        state.SetStorage(state.GetSlot(account, 1), 33);
        state.EndTransaction(Shanghai);
        StateDelta delta = state.ToDelta();
        parent.Apply(delta);

        Assert.That(delta.Accounts[Contract].StorageCleared, Is.True);
        Assert.That(parent.GetStorage(Contract, 1), Is.EqualTo((UInt256)33));
        Assert.That(parent.GetStorage(Contract, 2), Is.EqualTo(UInt256.Zero));
    }

    [Test]
    public void Leftover_storage_is_zero_in_a_new_contract_and_back_after_a_revert()
    {
        WorldState state = Begun(Parent());
        AccountEntry account = state.GetAccount(Contract);
        state.SetStorage(state.GetSlot(account, 1), 12);
        int mark = state.Snapshot();
        state.CreateContract(account, 1);
        UInt256[] during = [state.SlotValue(Contract, 1), state.SlotValue(Contract, 2), state.GetSlot(account, 1).Original];
        state.Revert(mark);

        Assert.That(during, Is.All.EqualTo(UInt256.Zero));
        Assert.That(account.IsCreatedInTransaction, Is.False);
        Assert.That(account.HasStorage, Is.True);
        Assert.That(state.SlotValue(Contract, 1), Is.EqualTo((UInt256)12));
        Assert.That(state.GetSlot(account, 1).Original, Is.EqualTo((UInt256)11));
        Assert.That(state.SlotValue(Contract, 2), Is.EqualTo((UInt256)22));
    }

    [Test]
    public void A_contract_counts_as_created_in_its_transaction_only()
    {
        WorldState state = Begun(Parent());
        AccountEntry account = state.GetAccount(Bob);
        state.CreateContract(account, 1);
        bool during = account.IsCreatedInTransaction;
        state.EndTransaction(Shanghai);

        Assert.That(during, Is.True);
        Assert.That(account.IsCreatedInTransaction, Is.False);
    }

    [Test]
    public void Changes_that_cancel_out_are_not_in_the_delta()
    {
        WorldState state = Begun(Parent());
        AccountEntry alice = state.GetAccount(Alice);
        state.AddBalance(alice, 7);
        state.SubtractBalance(alice, 7);
        SlotEntry slot = state.GetSlot(state.GetAccount(Contract), 1);
        state.SetStorage(slot, 99);
        state.SetStorage(slot, 11);
        state.EndTransaction(Shanghai);

        Assert.That(state.ToDelta().Accounts, Is.Empty);
    }

    [Test]
    public void The_delta_carries_new_code_of_living_accounts_only()
    {
        WorldState state = Begun(Parent());
        int mark = state.Snapshot();
        state.SetCode(state.GetAccount(Bob), new byte[] { 1 });
        state.Revert(mark);
        state.SetCode(state.GetAccount(Bob), new byte[] { 2 });
        state.EndTransaction(Shanghai);
        StateDelta delta = state.ToDelta();

        Assert.That(delta.Code.Keys, Is.EqualTo(new[] { delta.Accounts[Bob].CodeHash }));
        Assert.That(delta.Code.Values.Single().ToArray(), Is.EqualTo(new byte[] { 2 }));
    }

    [Test]
    public void A_steady_block_allocates_nothing()
    {
        MemoryState parent = Parent();
        WorldState state = new(parent);
        for (int i = 0; i < 200; i++) RunSteadyBlock(state, parent);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) RunSteadyBlock(state, parent);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static void RunSteadyBlock(WorldState state, IStateReader parent)
    {
        state.Reset(parent);
        for (int transaction = 0; transaction < 10; transaction++)
        {
            state.BeginTransaction();
            AccountEntry alice = state.GetAccount(Alice);
            AccountEntry contract = state.GetAccount(Contract);
            state.WarmAccount(contract);
            state.SubtractBalance(alice, 1);
            state.AddBalance(contract, 1);
            int mark = state.Snapshot();
            for (int key = 0; key < 50; key++)
            {
                SlotEntry slot = state.GetSlot(contract, (ulong)key);
                state.WarmSlot(slot);
                state.SetStorage(slot, slot.Value + 1);
                state.SetTransient(contract, (ulong)key, slot.Value);
            }
            if (transaction % 2 == 0) state.Revert(mark);
            state.EndTransaction(Shanghai);
        }
    }
}
