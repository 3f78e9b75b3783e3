using System.Collections.Concurrent;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Consensus.Tests;

/// <summary>A long import lets others at the chain, and judges each block by the chain that they leave.</summary>
public sealed class ImportAllTests
{
    private const int PatienceMs = 20_000;

    [Test]
    public void While_the_next_block_is_not_here_others_read_and_change_the_chain()
    {
        using TestChain producer = new();
        using TestChain chain = new();
        Block[] blocks = [.. Enumerable.Range(0, 2).Select(_ => producer.Produce().Block)];
        bool letIn = false;
        Script script = new([
            () => blocks[0],
            () =>
            {
                letIn = Task.Run(() =>
                {
                    chain.Manager.WaitForListeners();
                    chain.Manager.EditsAfter(chain.Manager.Head.Hash);
                    chain.Manager.SetHead(chain.Manager.Head.ParentHash);
                    chain.Manager.SetHead(blocks[0].Header.Hash);
                }).Wait(PatienceMs);
                return blocks[1];
            },
        ]);

        List<ImportStatus> results = Import(chain, script);

        Assert.That(letIn, Is.True, "nobody waits for an import that waits itself");
        Assert.That(results, Is.EqualTo(new[] { ImportStatus.BecameHead, ImportStatus.BecameHead }));
    }

    [Test]
    public void Whoever_waits_is_let_in_though_the_next_block_is_always_here()
    {
        using TestChain producer = new();
        using TestChain chain = new();
        Block block = producer.Produce().Block;
        chain.Manager.Import(block);
        Task? visitor = null;
        Endless endless = new(block, () =>
        {
            visitor ??= Task.Run(() => chain.Manager.SetHead(block.Header.ParentHash));
            return !visitor.IsCompleted;
        });

        List<ImportStatus> results = Import(chain, endless);

        Assert.That(endless.WasLate, Is.False, "the visitor came to the chain before the import ended");
        Assert.That(chain.Manager.Head.Number, Is.Zero);
        Assert.That(results, Is.All.EqualTo(ImportStatus.AlreadyKnown));
    }

    [Test]
    public void Blocks_after_another_head_was_made_meanwhile_win_by_the_rules_of_any_branch()
    {
        using TestChain producer = new();
        using TestChain chain = new();
        Block[] blocks = [.. Enumerable.Range(0, 4).Select(_ => producer.Produce().Block)];
        Hash256 rival = default;
        List<HeadChange> changes = [];
        Script script = new([
            () => blocks[0],
            () => blocks[1],
            () =>
            {
                rival = OnAnotherThread(() => chain.Produce(coinbase: 0xdd).Hash);
                return blocks[2];
            },
            () => blocks[3],
        ]);
        chain.Manager.HeadChanged += changes.Add;

        List<ImportStatus> results = Import(chain, script);

        Assert.That(results, Is.EqualTo(new[] { ImportStatus.BecameHead, ImportStatus.BecameHead, ImportStatus.SideChain, ImportStatus.BecameHead }));
        Assert.That(chain.Manager.Head.Hash, Is.EqualTo(blocks[3].Header.Hash));
        Assert.That(chain.Database.Blocks.TryGetCanonicalHash(3, out Hash256 third) && third == blocks[2].Header.Hash, Is.True);
        Assert.That(changes, Has.Count.EqualTo(4));
        Assert.That(changes[^1].Removed.Select(b => b.Hash), Is.EqualTo(new[] { rival }));
        Assert.That(changes[^1].Added.Select(b => b.Hash), Is.EqualTo(new[] { blocks[2].Header.Hash, blocks[3].Header.Hash }));
        Assert.That(chain.Database.States.Head.Root, Is.EqualTo(blocks[3].Header.StateRoot));
    }

    [Test]
    public void A_block_whose_parent_was_forgotten_meanwhile_is_refused()
    {
        using TestChain producer = new();
        using TestChain chain = new();
        Block[] blocks = [.. Enumerable.Range(0, 4).Select(_ => producer.Produce().Block)];
        Script script = new([
            () => blocks[0],
            () => blocks[1],
            () =>
            {
                OnAnotherThread(() => chain.Manager.Rewind(1));
                return blocks[2];
            },
            () => blocks[3],
        ]);

        List<ImportStatus> results = Import(chain, script);

        Assert.That(results, Is.EqualTo(new[] { ImportStatus.BecameHead, ImportStatus.BecameHead, ImportStatus.UnknownParent }));
        Assert.That(chain.Manager.Head.Hash, Is.EqualTo(blocks[0].Header.Hash));
    }

    private static List<ImportStatus> Import(TestChain chain, IBlockQueue blocks)
    {
        List<ImportStatus> results = [];
        chain.Manager.ImportAll(blocks, (_, result) => results.Add(result.Status));
        return results;
    }

    private static T OnAnotherThread<T>(Func<T> work)
    {
        Task<T> task = Task.Run(work);
        Assert.That(task.Wait(PatienceMs), Is.True, "the import kept the chain while it waited");
        return task.Result;
    }

    /// <summary>Blocks that come one at a time, each after something happened elsewhere.</summary>
    private sealed class Script(IReadOnlyList<Func<Block>> steps) : IBlockQueue
    {
        private readonly ConcurrentQueue<Block> _here = [];
        private int _step;

        public Block? TryTake() => _here.TryDequeue(out Block? block) ? block : null;

        public bool Wait()
        {
            if (_step == steps.Count) return false;
            _here.Enqueue(steps[_step++]());
            return true;
        }
    }

    /// <summary>The same block again and again while it is wanted.</summary>
    private sealed class Endless(Block block, Func<bool> isWanted) : IBlockQueue
    {
        private readonly long _endAt = Environment.TickCount64 + PatienceMs;

        public bool WasLate { get; private set; }

        public Block? TryTake() => Wait() ? block : null;

        public bool Wait()
        {
            WasLate |= Environment.TickCount64 > _endAt;
            return !WasLate && isWanted();
        }
    }
}
