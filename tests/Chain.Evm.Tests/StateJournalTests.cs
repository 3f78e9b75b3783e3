using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm.State;

namespace Chain.Evm.Tests;

/// <summary>The journal against deep copies: after any nest of snapshots and reverts the state reads as the copy taken at the snapshot.</summary>
public sealed class StateJournalTests
{
    private const int AddressCount = 6;
    private const int KeyCount = 5;

    private static readonly Address[] Addresses = [.. Enumerable.Range(1, AddressCount).Select(i => Address.FromNumber((ulong)i))];

    [Test]
    public void Reverting_restores_what_a_deep_copy_holds([Range(1, 40)] int seed)
    {
        Random random = new(seed);
        WorldState state = new(RandomParent(random));
        for (int transaction = 0; transaction < 4; transaction++)
        {
            state.BeginTransaction();
            Stack<(int Mark, string Copy)> snapshots = new();
            for (int step = 0; step < 300; step++)
            {
                int choice = random.Next(12);
                if (choice == 0)
                {
                    snapshots.Push((state.Snapshot(), Describe(state)));
                }
                else if (choice == 1 && snapshots.Count > 0)
                {
                    (int mark, string copy) = snapshots.Pop();
                    state.Revert(mark);
                    Assert.That(Describe(state), Is.EqualTo(copy), $"seed {seed}, transaction {transaction}, step {step}");
                }
                else if (choice == 2 && snapshots.Count > 0)
                {
                    snapshots.Pop();
                }
                else
                {
                    Mutate(state, random);
                }
            }
            while (snapshots.TryPop(out (int Mark, string Copy) last))
            {
                state.Revert(last.Mark);
                Assert.That(Describe(state), Is.EqualTo(last.Copy), $"seed {seed}, transaction {transaction}, end");
            }
            state.EndTransaction(Chain.Core.Forks.ForkTable.Rules(Chain.Core.Forks.Fork.Cancun));
        }
    }

    [Test]
    public void The_delta_turns_the_parent_into_the_state([Range(1, 40)] int seed)
    {
        Random random = new(seed);
        MemoryState parent = RandomParent(random);
        WorldState state = new(parent);
        for (int transaction = 0; transaction < 4; transaction++)
        {
            state.BeginTransaction();
            for (int step = 0; step < 60; step++)
            {
                int mark = state.Snapshot();
                Mutate(state, random);
                if (random.Next(3) == 0) state.Revert(mark);
            }
            state.EndTransaction(Chain.Core.Forks.ForkTable.Rules(Chain.Core.Forks.Fork.Shanghai));
        }
        state.BeginTransaction();
        string expected = DescribeDurable(state);

        parent.Apply(state.ToDelta());

        WorldState applied = new(parent);
        applied.BeginTransaction();
        Assert.That(DescribeDurable(applied), Is.EqualTo(expected));
    }

    [Test]
    public void A_reset_state_shows_only_its_new_parent()
    {
        Random random = new(7);
        WorldState state = new(RandomParent(random));
        state.BeginTransaction();
        for (int step = 0; step < 200; step++) Mutate(state, random);
        MemoryState parent = RandomParent(random);

        state.Reset(parent);
        WorldState fresh = new(parent);

        Assert.That(Describe(state), Is.EqualTo(Describe(fresh)));
        Assert.That(state.ToDelta().Accounts, Is.Empty);
    }

    private static MemoryState RandomParent(Random random)
    {
        MemoryState parent = new();
        foreach (Address address in Addresses)
        {
            if (random.Next(2) == 0) continue;
            byte[] code = random.Next(2) == 0 ? [] : [(byte)random.Next(4)];
            parent.SetAccount(address, (ulong)random.Next(3), (ulong)random.Next(100), code);
            for (int key = 0; key < KeyCount; key++) parent.SetStorage(address, (ulong)key, (ulong)random.Next(3));
        }
        return parent;
    }

    private static void Mutate(WorldState state, Random random)
    {
        AccountEntry account = state.GetAccount(Addresses[random.Next(AddressCount)]);
        UInt256 key = (ulong)random.Next(KeyCount);
        switch (random.Next(14))
        {
            case 0: state.AddBalance(account, (ulong)random.Next(3)); break;
            case 1: state.SubtractBalance(account, account.Balance.IsZero ? 0ul : 1ul); break;
            case 2: state.SetNonce(account, (ulong)random.Next(3)); break;
            case 3: state.SetCode(account, random.Next(2) == 0 ? default : new byte[] { (byte)random.Next(4) }); break;
            case 4 or 5: SetStorage(state, account, key, (ulong)random.Next(3)); break;
            case 6: state.SetTransient(account, key, (ulong)random.Next(3)); break;
            case 7: state.WarmAccount(account); break;
            case 8: state.WarmSlot(state.GetSlot(account, key)); break;
            case 9: state.AddRefund(random.Next(-10, 10)); break;
            case 10: state.AddLog(new LogEntry(account.Address, [], default)); break;
            case 11: state.CreateContract(account, 1); break;
            case 12: state.Destroy(account); break;
            case 13: state.Touch(account); break;
        }
    }

    /// <summary>Only an existing account has storage written; an absent one could not have run.</summary>
    private static void SetStorage(WorldState state, AccountEntry account, in UInt256 key, in UInt256 value)
    {
        if (account.Exists) state.SetStorage(state.GetSlot(account, key), value);
    }

    private static string Describe(WorldState state) =>
        string.Join('\n', Addresses.Select(a => DescribeTransient(state, state.GetAccount(a))))
        + $"\n{DescribeDurable(state)}\nrefund {state.Refund} logs {string.Join(',', state.Logs.Select(l => l.Address))}";

    private static string DescribeDurable(WorldState state) => string.Join('\n', Addresses.Select(a => DescribeDurable(state, state.GetAccount(a))));

    private static string DescribeDurable(WorldState state, AccountEntry account) =>
        $"{account.Address} {account.Exists} {account.Nonce} {account.Balance.ToBigInteger()} {account.CodeHash} {Hex.Encode(state.GetCode(account).Span)} "
        + string.Join(',', Enumerable.Range(0, KeyCount).Select(k => account.Exists ? state.GetSlot(account, (ulong)k).Value.U0 : 0));

    private static string DescribeTransient(WorldState state, AccountEntry account)
    {
        // Warmth is read by warming and undoing.
        int mark = state.Snapshot();
        string text = $"{account.IsCreatedInTransaction} {account.IsDestroyed} {account.HasStorage} {state.WarmAccount(account)}";
        for (int k = 0; k < KeyCount; k++)
        {
            SlotEntry slot = state.GetSlot(account, (ulong)k);
            text += $" {slot.Original.U0} {state.WarmSlot(slot)} {state.GetTransient(account, (ulong)k).U0}";
        }
        state.Revert(mark);
        return text;
    }
}
