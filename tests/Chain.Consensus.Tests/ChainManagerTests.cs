using Chain.Consensus.Pool;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Storage;

namespace Chain.Consensus.Tests;

/// <summary>Import, side chains, reorganisation, rewinding, and what the pool and listeners learn of it.</summary>
public sealed class ChainManagerTests
{
    [Test]
    public void A_valid_child_of_the_head_becomes_the_head_and_is_known_afterwards()
    {
        using TestChain producer = new();
        using TestChain chain = new();
        Block block = producer.ProduceWith(TestChain.Transfer(0, 0, value: 7)).Block;
        List<HeadChange> changes = [];
        chain.Manager.HeadChanged += changes.Add;

        Assert.That(chain.Manager.Import(block).Status, Is.EqualTo(ImportStatus.BecameHead));
        Assert.That(chain.Manager.Import(block).Status, Is.EqualTo(ImportStatus.AlreadyKnown));

        Assert.That(changes, Has.Count.EqualTo(1));
        Assert.That(changes[0].Removed, Is.Empty);
        Assert.That(changes[0].Added.Select(b => b.Hash), Is.EqualTo(new[] { block.Header.Hash }));
        Assert.That(chain.BalanceOf(TestChain.Nobody), Is.EqualTo((UInt256)7));
        Assert.That(chain.Manager.Load(block.Header.Hash).Senders, Is.EqualTo(new[] { TestChain.Wallets[0].Address }));
    }

    [Test]
    public void A_refused_block_changes_nothing()
    {
        using TestChain producer = new();
        using TestChain chain = new();
        Block block = producer.ProduceWith(TestChain.Transfer(0, 0)).Block;
        Block wrong = new() { Header = block.Header with { StateRoot = Hash256.Zero }, Transactions = block.Transactions, Withdrawals = block.Withdrawals };

        ImportResult result = chain.Manager.Import(wrong);

        Assert.That(result.Status, Is.EqualTo(ImportStatus.Invalid));
        Assert.That(result.ErrorName, Is.EqualTo("BlockException.INVALID_STATE_ROOT"));
        Assert.That(result.Detail, Does.Contain(block.Header.StateRoot.ToString()));
        Assert.That(chain.Manager.Head.Number, Is.Zero);
        Assert.That(chain.Database.Blocks.Contains(wrong.Header.Hash), Is.False);
    }

    [Test]
    public void A_refused_transaction_is_named_with_its_place()
    {
        using TestChain producer = new();
        using TestChain chain = new();
        Block block = producer.ProduceWith(TestChain.Transfer(0, 0), TestChain.Transfer(1, 0)).Block;
        Block wrong = new() { Header = block.Header, Transactions = [block.Transactions[0], block.Transactions[0]], Withdrawals = block.Withdrawals };

        ImportResult result = chain.Manager.Import(wrong);

        Assert.That(result.TransactionError, Is.EqualTo(TransactionError.NonceMismatchTooLow));
        Assert.That(result.TransactionIndex, Is.EqualTo(1));
    }

    [Test]
    public void Before_the_merge_the_most_total_difficulty_leads()
    {
        using TestChain fast = new(Fork.London);
        using TestChain slow = new(Fork.London);
        using TestChain chain = new(Fork.London);
        Block[] light = [.. Enumerable.Range(0, 3).Select(_ => slow.Produce(0xaa, seconds: 100).Block)];
        Block[] heavy = [.. Enumerable.Range(0, 3).Select(_ => fast.Produce(0xbb, seconds: 1).Block)];

        Assert.That(light.Select(b => chain.Manager.Import(b).Status), Is.All.EqualTo(ImportStatus.BecameHead));
        List<HeadChange> changes = [];
        chain.Manager.HeadChanged += changes.Add;
        Assert.That(chain.Manager.Import(heavy[0]).Status, Is.EqualTo(ImportStatus.SideChain));
        Assert.That(chain.Manager.Import(heavy[1]).Status, Is.EqualTo(ImportStatus.SideChain));
        Assert.That(chain.Manager.Import(heavy[2]).Status, Is.EqualTo(ImportStatus.BecameHead));

        Assert.That(changes, Has.Count.EqualTo(1));
        Assert.That(changes[0].Removed.Select(b => b.Hash), Is.EqualTo(light.Reverse().Select(b => b.Header.Hash)), "highest first");
        Assert.That(changes[0].Added.Select(b => b.Hash), Is.EqualTo(heavy.Select(b => b.Header.Hash)), "lowest first");
        Assert.That(chain.Manager.Head.Hash, Is.EqualTo(heavy[2].Header.Hash));
    }

    [Test]
    public void A_reorganisation_moves_the_state_and_returns_the_transactions_to_the_pool()
    {
        using TestChain left = new();
        using TestChain right = new();
        using TestChain chain = new();
        Transaction lost = TestChain.Transfer(0, 0, value: 5), alsoLost = TestChain.Transfer(0, 1, value: 6), common = TestChain.Transfer(1, 0, value: 100);
        Block a1 = left.ProduceWith(lost, common).Block;
        Block a2 = left.ProduceWith(alsoLost).Block;
        Block[] b = [right.ProduceWith(common).Block, right.Produce().Block, right.Produce().Block];
        chain.Manager.Import(a1);
        chain.Manager.Import(a2);
        Assert.That(chain.BalanceOf(TestChain.Nobody), Is.EqualTo((UInt256)111));

        Assert.That(b.Select(x => chain.Manager.Import(x).Status), Is.EqualTo(new[] { ImportStatus.SideChain, ImportStatus.SideChain, ImportStatus.BecameHead }));

        Assert.That(chain.BalanceOf(TestChain.Nobody), Is.EqualTo((UInt256)100));
        Assert.That(chain.NonceOf(0), Is.Zero);
        Assert.That(chain.Pool.Count, Is.EqualTo(2));
        Assert.That(chain.Pool.TryGet(lost.Hash, out _) && chain.Pool.TryGet(alsoLost.Hash, out _), Is.True);
        Assert.That(chain.Pool.TryGet(common.Hash, out _), Is.False);
        Assert.That(chain.Produce().Block.Transactions.Select(t => t.Hash), Is.EqualTo(new[] { lost.Hash, alsoLost.Hash }));
    }

    [Test]
    public void Rewinding_forgets_blocks_and_returns_their_transactions()
    {
        using TestChain chain = new();
        chain.ProduceWith(TestChain.Transfer(0, 0, value: 1));
        Hash256 kept = chain.Manager.Head.Hash;
        Transaction second = TestChain.Transfer(0, 1, value: 2), third = TestChain.Transfer(0, 2, value: 4);
        chain.ProduceWith(second);
        Hash256 gone = chain.ProduceWith(third).Hash;

        Assert.That(chain.Manager.Rewind(1), Is.EqualTo(MoveResult.Done));

        Assert.That(chain.Manager.Head.Hash, Is.EqualTo(kept));
        Assert.That(chain.Database.Blocks.Contains(gone), Is.False);
        Assert.That(chain.BalanceOf(TestChain.Nobody), Is.EqualTo((UInt256)1));
        Assert.That(chain.Pool.NextNonce(TestChain.Wallets[0].Address), Is.EqualTo(3));
        Assert.That(chain.Produce().Block.Transactions.Select(t => t.Hash), Is.EqualTo(new[] { second.Hash, third.Hash }));
        Assert.That(chain.Manager.Rewind(99), Is.EqualTo(MoveResult.UnknownBlock));
    }

    [Test]
    public void Edits_are_seen_at_once_and_are_part_of_the_next_block()
    {
        using TestChain chain = new();
        Address contract = Address.Parse("0x00000000000000000000000000000000000c0de0");
        byte[] code = [0x5f, 0x54, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3];
        chain.Manager.EditState(state => state.SetBalance(state.GetAccount(contract), 77));
        chain.Manager.EditState(state => state.SetCode(state.GetAccount(contract), code));
        chain.Manager.EditState(state => state.SetStorage(state.GetSlot(state.GetAccount(contract), 3), 9));

        Assert.That(chain.BalanceOf(contract), Is.EqualTo((UInt256)77));
        Assert.That(chain.Manager.HeadState.GetStorage(contract, 3), Is.EqualTo((UInt256)9));
        Assert.That(chain.Database.States.Head.TryGetAccount(contract, out _), Is.False, "the block before stays as it was");
        chain.Produce();

        Assert.That(chain.Manager.Edits.IsEmpty, Is.True);
        Assert.That(chain.Database.States.Head.TryGetAccount(contract, out Core.State.Account account), Is.True);
        Assert.That(account.Balance, Is.EqualTo((UInt256)77));
        Assert.That(chain.Database.States.Head.GetStorage(contract, 3), Is.EqualTo((UInt256)9));
        Assert.That(chain.Database.States.Head.GetCode(account.CodeHash).ToArray(), Is.EqualTo(code));
    }

    [Test]
    public void A_mined_block_leaves_the_rest_of_the_pool()
    {
        using TestChain producer = new();
        using TestChain chain = new();
        Transaction mined = TestChain.Transfer(0, 0), next = TestChain.Transfer(0, 1), other = TestChain.Transfer(1, 0), sameNonce = TestChain.Transfer(2, 0, priorityGwei: 9);
        Block block = producer.ProduceWith(mined, TestChain.Transfer(2, 0)).Block;
        List<PoolDropReason> reasons = [];
        chain.Pool.Dropped += (_, reason) => reasons.Add(reason);
        foreach (Transaction transaction in new[] { mined, next, other, sameNonce }) chain.Pool.Add(transaction, isLocal: false);

        chain.Manager.Import(block);

        Assert.That(chain.Pool.Count, Is.EqualTo(2));
        Assert.That(chain.Pool.TryGet(next.Hash, out _) && chain.Pool.TryGet(other.Hash, out _), Is.True);
        Assert.That(reasons, Is.EquivalentTo(new[] { PoolDropReason.Mined, PoolDropReason.Stale }));
    }

    [Test]
    public void A_block_on_a_state_no_longer_kept_is_too_old_and_not_called_invalid()
    {
        using TestChain chain = new();
        BlockHeader first = chain.Produce().Block.Header;
        Block late = chain.BuildEmpty(first, coinbase: 0xaa);
        for (int i = 0; i < 140; i++) chain.Produce();
        BlockId head = chain.Database.Head;

        ImportResult result = chain.Manager.Import(late);

        Assert.That(result.Status, Is.EqualTo(ImportStatus.TooOld));
        Assert.That(result.Detail, Does.Contain("block 2 is too old"));
        Assert.That(chain.Database.Head, Is.EqualTo(head));
        Assert.That(() => chain.BuildEmpty(first), Throws.InvalidOperationException);
    }

    [Test]
    public void Listeners_hear_of_heads_in_order_whoever_imports()
    {
        using TestChain producer = new();
        using TestChain chain = new();
        Block[] blocks = [.. Enumerable.Range(0, 200).Select(_ => producer.Produce().Block)];
        List<ulong> heard = [];
        chain.Manager.HeadChanged += change => heard.Add(change.Head.Number);

        void ImportEvery(int start)
        {
            for (int i = start; i < blocks.Length; i += 2) SpinWait.SpinUntil(() => chain.Manager.Import(blocks[i]).IsAccepted);
        }
        Task.WaitAll(Task.Run(() => ImportEvery(0)), Task.Run(() => ImportEvery(1)));

        Assert.That(heard, Is.EqualTo(Enumerable.Range(1, blocks.Length).Select(n => (ulong)n)));
    }

    [Test]
    public void A_listener_may_move_the_head_itself()
    {
        using TestChain chain = new();
        List<ulong> heard = [];
        chain.Manager.HeadChanged += change =>
        {
            heard.Add(change.Head.Number);
            if (change.Head.Number < 3) chain.Produce();
        };

        chain.Produce();

        Assert.That(heard, Is.EqualTo(new ulong[] { 1, 2, 3 }));
    }
}
