using Chain.Consensus.Pool;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;

namespace Chain.Consensus.Tests;

/// <summary>Admission, nonce queues, replacement, eviction, policy.</summary>
public sealed class TransactionPoolTests
{
    [Test]
    public void Transactions_wait_for_missing_nonces_and_run_in_order()
    {
        using TestChain chain = new();
        Address sender = TestChain.Wallets[0].Address;
        foreach (ulong nonce in new ulong[] { 3, 1, 4 }) chain.Pool.Add(TestChain.Transfer(0, nonce), isLocal: true);
        Assert.That(chain.Pool.HasExecutable, Is.False);
        Assert.That(chain.Pool.NextNonce(sender), Is.Zero);

        chain.Pool.Add(TestChain.Transfer(0, 0), isLocal: true);

        Assert.That(chain.Pool.NextNonce(sender), Is.EqualTo(2));
        (Address _, IReadOnlyList<PooledTransaction> executable, IReadOnlyList<PooledTransaction> queued) = chain.Pool.Content().Single();
        Assert.That(executable.Select(t => t.Transaction.Nonce), Is.EqualTo(new ulong[] { 0, 1 }));
        Assert.That(queued.Select(t => t.Transaction.Nonce), Is.EqualTo(new ulong[] { 3, 4 }));
        Assert.That(chain.Produce().Block.Transactions.Select(t => t.Nonce), Is.EqualTo(new ulong[] { 0, 1 }));
        chain.Pool.Add(TestChain.Transfer(0, 2), isLocal: true);
        Assert.That(chain.Produce().Block.Transactions.Select(t => t.Nonce), Is.EqualTo(new ulong[] { 2, 3, 4 }));
    }

    [TestCase(109UL, 11UL, PoolStatus.ReplacementUnderpriced)]
    [TestCase(110UL, 10UL, PoolStatus.ReplacementUnderpriced)]
    [TestCase(110UL, 11UL, PoolStatus.Replaced)]
    public void A_replacement_raises_both_fees_by_a_tenth(ulong maxFeeGwei, ulong priorityGwei, PoolStatus expected)
    {
        using TestChain chain = new();
        Transaction first = TestChain.Transfer(0, 0, priorityGwei: 10, maxFeeGwei: 100);
        chain.Pool.Add(first, isLocal: true);
        List<PoolDropReason> reasons = [];
        chain.Pool.Dropped += (_, reason) => reasons.Add(reason);

        PoolAddResult result = chain.Pool.Add(TestChain.Transfer(0, 0, priorityGwei, maxFeeGwei), isLocal: true);

        Assert.That(result.Status, Is.EqualTo(expected));
        Assert.That(chain.Pool.Count, Is.EqualTo(1));
        Assert.That(chain.Pool.TryGet(first.Hash, out _), Is.EqualTo(expected != PoolStatus.Replaced));
        Assert.That(reasons, Is.EqualTo(expected == PoolStatus.Replaced ? new[] { PoolDropReason.Replaced } : []));
    }

    [Test]
    public void One_sender_may_queue_five_thousand()
    {
        using TestChain chain = new();
        const int Count = 5_000;
        Transaction[] all = [.. Enumerable.Range(0, Count).Select(n => TestChain.Transfer(0, (ulong)n))];
        Random random = new(1);
        random.Shuffle(all);

        Assert.That(all.Select(t => chain.Pool.Add(t, isLocal: true).Status), Is.All.EqualTo(PoolStatus.Added));

        Assert.That(chain.Pool.NextNonce(TestChain.Wallets[0].Address), Is.EqualTo(Count));
        ulong mined = 0;
        while (chain.Pool.HasExecutable)
        {
            foreach (Transaction transaction in chain.Produce().Block.Transactions) Assert.That(transaction.Nonce, Is.EqualTo(mined++));
        }
        Assert.That(mined, Is.EqualTo(Count));
        Assert.That(chain.Pool.Count, Is.Zero);
    }

    [Test]
    public void A_full_pool_evicts_the_cheapest_and_youngest_and_refuses_what_is_cheaper_still()
    {
        using TestChain chain = new(pool: new PoolOptions { TransactionsMax = 3 });
        Transaction cheap = TestChain.Transfer(0, 0, priorityGwei: 2), sameButLater = TestChain.Transfer(1, 0, priorityGwei: 2), dear = TestChain.Transfer(2, 0, priorityGwei: 5);
        foreach (Transaction transaction in new[] { cheap, sameButLater, dear }) chain.Pool.Add(transaction, isLocal: false);
        List<Hash256> evicted = [];
        chain.Pool.Dropped += (t, reason) => evicted.Add(reason == PoolDropReason.Evicted ? t.Transaction.Hash : default);

        Assert.That(chain.Pool.Add(TestChain.Transfer(3, 0, priorityGwei: 1), isLocal: false).Status, Is.EqualTo(PoolStatus.PoolFull));
        Assert.That(chain.Pool.Add(TestChain.Transfer(3, 0, priorityGwei: 3), isLocal: false).Status, Is.EqualTo(PoolStatus.Added));

        Assert.That(evicted, Is.EqualTo(new[] { sameButLater.Hash }));
        Assert.That(chain.Pool.Count, Is.EqualTo(3));
    }

    [Test]
    public void Local_transactions_are_evicted_last()
    {
        using TestChain chain = new(pool: new PoolOptions { TransactionsMax = 2 });
        Transaction local = TestChain.Transfer(0, 0, priorityGwei: 1), remote = TestChain.Transfer(1, 0, priorityGwei: 50);
        chain.Pool.Add(local, isLocal: true);
        chain.Pool.Add(remote, isLocal: false);

        chain.Pool.Add(TestChain.Transfer(2, 0, priorityGwei: 60), isLocal: false);

        Assert.That(chain.Pool.TryGet(local.Hash, out _), Is.True);
        Assert.That(chain.Pool.TryGet(remote.Hash, out _), Is.False);
    }

    [Test]
    public void The_byte_limit_holds()
    {
        Transaction[] all = [.. Enumerable.Range(0, 8).Select(i => TestChain.Transfer(i, 0, priorityGwei: (ulong)i + 1))];
        using TestChain chain = new(pool: new PoolOptions { SizeBytesMax = all[5..].Sum(t => t.EncodedSizeBytes) });

        foreach (Transaction transaction in all) chain.Pool.Add(transaction, isLocal: false);

        Assert.That(chain.Pool.Count, Is.EqualTo(3));
        Assert.That(chain.Pool.Content().SelectMany(c => c.Executable).Select(t => t.Transaction.MaxPriorityFeePerGas / TestChain.GweiWei), Is.EquivalentTo(new UInt256[] { 6, 7, 8 }));
    }

    [Test]
    public void Each_refusal_says_why()
    {
        using TestChain chain = new(pool: new PoolOptions { TransactionsPerSenderMax = 2, TransactionSizeBytesMax = 4_096, PriorityFeeMin = TestChain.GweiWei });
        PoolAddResult Add(Transaction transaction) => chain.Pool.Add(transaction, isLocal: false);
        chain.ProduceWith(TestChain.Transfer(1, 0));
        Transaction known = TestChain.Transfer(0, 0);

        Assert.That(Add(known).Status, Is.EqualTo(PoolStatus.Added));
        Assert.That(Add(known), Has.Property(nameof(PoolAddResult.Status)).EqualTo(PoolStatus.AlreadyKnown).And.Property(nameof(PoolAddResult.Message)).EqualTo("already known"));
        Assert.That(Add(TestChain.Transfer(0, 1)).Status, Is.EqualTo(PoolStatus.Added));
        Assert.That(Add(TestChain.Transfer(0, 2)).Status, Is.EqualTo(PoolStatus.SenderLimitExceeded));
        Assert.That(Add(TestChain.Transfer(1, 0)).TransactionError, Is.EqualTo(TransactionError.NonceMismatchTooLow));
        Assert.That(Add(TestChain.Transfer(2, 0, priorityGwei: 0)).Status, Is.EqualTo(PoolStatus.Underpriced));
        Assert.That(Add(TestChain.Transfer(2, 0, data: new byte[5_000], gasLimit: 500_000)).Status, Is.EqualTo(PoolStatus.Oversized));
        Assert.That(Add(TestChain.Transfer(2, 0, gasLimit: 20_999)).TransactionError, Is.EqualTo(TransactionError.IntrinsicGasTooLow));
        Assert.That(Add(TestChain.Transfer(2, 0, value: TestChain.Ether * 1_000)).TransactionError, Is.EqualTo(TransactionError.InsufficientAccountFunds));
        Assert.That(Add(TestChain.Transfer(2, 0, gasLimit: (1 << 24) + 1)).TransactionError, Is.EqualTo(TransactionError.GasLimitExceedsMaximum));
        Assert.That(Add(TestChain.Transfer(2, 0, priorityGwei: 101)).TransactionError, Is.EqualTo(TransactionError.PriorityGreaterThanMaxFeePerGas));
        Assert.That(chain.Pool.Count, Is.EqualTo(2));
    }

    [Test]
    public void What_the_sender_can_no_longer_pay_is_dropped_at_the_new_head()
    {
        using TestChain chain = new();
        Transaction spending = TestChain.Transfer(0, 0, value: TestChain.Ether * 900, priorityGwei: 50), waiting = TestChain.Transfer(0, 1, value: TestChain.Ether * 500);
        List<(Hash256, PoolDropReason)> dropped = [];
        chain.Pool.Dropped += (t, reason) => dropped.Add((t.Transaction.Hash, reason));
        chain.Pool.Add(spending, isLocal: true);
        Assert.That(chain.Pool.Add(waiting, isLocal: true).IsAccepted, Is.True, "each is affordable alone");

        Assert.That(chain.Produce().Block.Transactions, Has.Count.EqualTo(1));

        Assert.That(dropped, Is.EquivalentTo(new[] { (spending.Hash, PoolDropReason.Mined), (waiting.Hash, PoolDropReason.Unfunded) }));
        Assert.That(chain.Pool.Count, Is.Zero);
    }

    [Test]
    public void The_policy_refuses_at_the_door_and_drops_at_a_new_head()
    {
        BlockedSenders policy = new();
        using TestChain chain = new(policy: policy);
        policy.Blocked.Add(TestChain.Wallets[0].Address);
        Transaction refused = TestChain.Transfer(0, 0), taken = TestChain.Transfer(1, 0);

        PoolAddResult result = chain.Pool.Add(refused, isLocal: true);
        Assert.That(result.Status, Is.EqualTo(PoolStatus.NotAuthorized));
        Assert.That(result.Message, Is.EqualTo("Sender account not authorized to send transactions"));
        Assert.That(result.Refusal, Is.EqualTo(new ComplianceRefusal('S', TestChain.Wallets[0].Address, 4)));

        Assert.That(chain.Pool.Add(taken, isLocal: true).IsAccepted, Is.True);
        List<PoolDropReason> reasons = [];
        chain.Pool.Dropped += (_, reason) => reasons.Add(reason);
        policy.Blocked.Add(TestChain.Wallets[1].Address);
        Assert.That(chain.Produce().Block.Transactions, Is.Empty, "building asks the same policy");
        Assert.That(reasons, Is.EqualTo(new[] { PoolDropReason.NotAuthorized }));
        Assert.That(chain.Pool.Count, Is.Zero);
    }

    [Test]
    public void A_block_with_a_refused_sender_is_invalid_by_the_same_policy()
    {
        BlockedSenders policy = new();
        using TestChain producer = new();
        using TestChain chain = new(policy: policy);
        policy.Blocked.Add(TestChain.Wallets[0].Address);

        ImportResult result = chain.Manager.Import(producer.ProduceWith(TestChain.Transfer(0, 0)).Block);

        Assert.That(result.ErrorName, Is.EqualTo("TransactionException.SENDER_NOT_AUTHORIZED"));
    }

    [Test]
    public void Money_moved_by_a_delegated_account_is_noticed()
    {
        // A call without calldata runs this code in the name of the account: it sends 999 ether away.
        Address thief = Address.Parse("0x00000000000000000000000000000000000beef0");
        byte[] code = [0x5f, 0x5f, 0x5f, 0x5f, 0x69, .. (TestChain.Ether * 999).ToBigEndian()[22..], 0x61, 0xdd, 0xdd, 0x5a, 0xf1, 0x00];
        using TestChain chain = new(contracts: new Dictionary<Address, byte[]> { [thief] = code });
        Address victim = TestChain.Wallets[0].Address;
        chain.Manager.EditState(state => state.SetCode(state.GetAccount(victim), (byte[])[0xef, 0x01, 0x00, .. thief.Bytes]));
        chain.Produce();
        Transaction waiting = TestChain.Transfer(0, 1, value: TestChain.Ether * 500);
        chain.Pool.Add(waiting, isLocal: true);

        chain.ProduceWith(TestChain.Transfer(1, 0, to: victim, gasLimit: 200_000));

        Assert.That(chain.BalanceOf(victim) < TestChain.Ether * 2, Is.True);
        Assert.That(chain.Pool.Count, Is.Zero);
    }
}
