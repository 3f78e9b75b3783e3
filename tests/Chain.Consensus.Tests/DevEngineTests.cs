using System.Diagnostics;
using Chain.Consensus.Engines;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;

namespace Chain.Consensus.Tests;

/// <summary>The development engine: when it makes blocks, its clock, snapshots and edits.</summary>
public sealed class DevEngineTests
{
    private const int PatienceMs = 20_000;

    private readonly List<string> _failures = [];
    private TestChain _chain = null!;

    [SetUp]
    public void Open()
    {
        _failures.Clear();
        _chain = new TestChain();
    }

    [TearDown]
    public void Close()
    {
        _chain.Dispose();
        Assert.That(_failures, Is.Empty);
    }

    [Test]
    public void Instant_mode_makes_a_block_for_each_waiting_transaction_and_none_otherwise()
    {
        using DevEngine engine = Make(MiningMode.Instant);
        engine.Start();

        for (ulong nonce = 0; nonce < 5; nonce++)
        {
            _chain.Pool.Add(TestChain.Transfer(0, nonce), isLocal: true);
            WaitFor(() => _chain.NonceOf(0) == nonce + 1);
        }

        Assert.That(_chain.Manager.Head.Number, Is.EqualTo(5));
    }

    [Test]
    public void Instant_mode_does_not_spin_on_what_does_not_fit()
    {
        using DevEngine engine = Make(MiningMode.Instant);
        _chain.Pool.Add(TestChain.Transfer(0, 0, gasLimit: 10_000_000), isLocal: true);
        engine.SetGasLimit(1_000_000);
        engine.Start();
        WaitFor(() => _chain.Manager.Head.Number > 0);
        _chain.Pool.Add(TestChain.Transfer(1, 0), isLocal: true);

        WaitFor(() => _chain.NonceOf(1) == 1);

        Assert.That(_chain.Manager.Head.Number, Is.LessThanOrEqualTo(4));
        Assert.That(_chain.NonceOf(0), Is.Zero);
    }

    [Test]
    public void Interval_mode_makes_blocks_without_transactions()
    {
        using DevEngine engine = Make(MiningMode.Interval, blockTimeMs: 20);
        engine.Start();

        WaitFor(() => _chain.Manager.Head.Number >= 3);

        Assert.That(_chain.Manager.Load(_chain.Manager.Head.Hash).Block.Transactions, Is.Empty);
    }

    [Test]
    public void Manual_mode_waits_to_be_asked()
    {
        using DevEngine engine = Make(MiningMode.Manual);
        engine.Start();
        _chain.Pool.Add(TestChain.Transfer(0, 0), isLocal: true);
        Assert.That(_chain.Manager.Head.Number, Is.Zero);

        engine.Mine(3, intervalSeconds: 60);

        Assert.That(_chain.Manager.Head.Number, Is.EqualTo(3));
        Assert.That(_chain.NonceOf(0), Is.EqualTo(1));
        BlockHeader last = _chain.Manager.Head;
        Assert.That(last.Timestamp - _chain.Database.Blocks.GetHeader(last.ParentHash)!.Timestamp, Is.EqualTo(60));
    }

    [Test]
    public void The_clock_can_be_moved()
    {
        using DevEngine engine = Make(MiningMode.Manual);
        ulong next = _chain.Manager.Head.Timestamp + 1_000_000_000;

        Assert.That(engine.SetNextTimestamp(_chain.Manager.Head.Timestamp), Is.False);
        Assert.That(engine.SetNextTimestamp(next), Is.True);
        engine.Mine();
        Assert.That(_chain.Manager.Head.Timestamp, Is.EqualTo(next));
        engine.SetTimestampInterval(7);
        engine.Mine(2);
        Assert.That(_chain.Manager.Head.Timestamp, Is.EqualTo(next + 14));
        engine.SetTimestampInterval(null);
        engine.SetTime(next + 1_000_000);
        Assert.That(engine.NextTimestamp(), Is.InRange(next + 1_000_000, next + 1_000_010));
        long offset = engine.TimeOffsetSeconds;
        Assert.That(engine.IncreaseTime(500), Is.EqualTo(offset + 500));
        Assert.That(engine.NextTimestamp(), Is.InRange(next + 1_000_500, next + 1_000_510));
    }

    [Test]
    public void Base_fee_and_randomness_are_set_for_one_block()
    {
        using DevEngine engine = Make(MiningMode.Manual);
        Hash256 random = Hash256.Parse("0x1111111111111111111111111111111111111111111111111111111111111111");
        engine.SetNextBaseFee(12_345);
        engine.SetNextPrevRandao(random);

        engine.Mine();
        Assert.That((_chain.Manager.Head.BaseFeePerGas, _chain.Manager.Head.MixHash), Is.EqualTo(((UInt256?)12_345, random)));

        engine.Mine();
        Assert.That(_chain.Manager.Head.MixHash, Is.Not.EqualTo(random));
        Assert.That(_chain.Manager.Head.BaseFeePerGas, Is.Not.EqualTo((UInt256?)12_345));
    }

    [Test]
    public void Reverting_restores_chain_pool_time_and_edits()
    {
        using DevEngine engine = Make(MiningMode.Manual);
        _chain.ProduceWith(TestChain.Transfer(0, 0, value: 3));
        Transaction waiting = TestChain.Transfer(1, 0);
        _chain.Pool.Add(waiting, isLocal: true);
        engine.EditState(state => state.SetBalance(state.GetAccount(TestChain.Nobody), 50));
        engine.IncreaseTime(1_000);
        Hash256 head = _chain.Manager.Head.Hash;
        ulong first = engine.TakeSnapshot();
        ulong second = engine.TakeSnapshot();

        engine.IncreaseTime(9_000);
        engine.Mine();
        _chain.ProduceWith(TestChain.Transfer(0, 1, value: 4));
        engine.EditState(state => state.SetBalance(state.GetAccount(TestChain.Nobody), 999));

        Assert.That(engine.RevertTo(first), Is.True);
        Assert.That(_chain.Manager.Head.Hash, Is.EqualTo(head));
        Assert.That(_chain.BalanceOf(TestChain.Nobody), Is.EqualTo((UInt256)50));
        Assert.That(engine.TimeOffsetSeconds, Is.EqualTo(1_000));
        Assert.That(_chain.Pool.Count, Is.EqualTo(1));
        Assert.That(_chain.Pool.TryGet(waiting.Hash, out _), Is.True);
        Assert.That(engine.RevertTo(first), Is.False, "a snapshot is good for one return");
        Assert.That(engine.RevertTo(second), Is.False, "later ones are gone with it");
    }

    [Test]
    public void Reverting_while_blocks_are_made_does_not_hang()
    {
        using DevEngine engine = Make(MiningMode.Interval, blockTimeMs: 1);
        engine.Start();
        Task work = Task.Run(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                ulong id = engine.TakeSnapshot();
                engine.Mine();
                Assert.That(engine.RevertTo(id), Is.True);
            }
        });

        Assert.That(work.Wait(PatienceMs), Is.True);
    }

    [Test]
    public void Impersonated_senders_need_no_key()
    {
        using DevEngine engine = Make(MiningMode.Manual);
        engine.SetImpersonated(TestChain.Wallets[2].Address, true);
        Assert.That(engine.IsImpersonated(TestChain.Wallets[2].Address), Is.True);
        Transaction unsigned = new() { GasLimit = 21_000, MaxFeePerGas = TestChain.GweiWei * 10, MaxPriorityFeePerGas = TestChain.GweiWei, To = TestChain.Nobody, Value = 8 };
        Assert.That(_chain.Pool.AddImpersonated(unsigned, TestChain.Wallets[2].Address).TransactionError, Is.EqualTo(TransactionError.InvalidSignatureVrs));
        Transaction placeholder = unsigned.WithSignature(new TransactionSignature(0, 5, 1));
        Assert.That(_chain.Pool.AddImpersonated(placeholder, TestChain.Wallets[2].Address).IsAccepted, Is.True);

        engine.Mine();

        Assert.That(_chain.BalanceOf(TestChain.Nobody), Is.EqualTo((UInt256)8));
        Assert.That(_chain.NonceOf(2), Is.EqualTo(1));
        engine.SetImpersonated(TestChain.Wallets[2].Address, false);
        Assert.That(engine.IsImpersonated(TestChain.Wallets[2].Address), Is.False);
    }

    private DevEngine Make(MiningMode mode, int blockTimeMs = 1_000) => new(_chain.Manager, new DevOptions { Mode = mode, BlockTimeMs = blockTimeMs }, _failures.Add);

    private static void WaitFor(Func<bool> condition)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.That(clock.ElapsedMilliseconds, Is.LessThan(PatienceMs), "waited in vain");
            Thread.Sleep(5);
        }
    }
}
