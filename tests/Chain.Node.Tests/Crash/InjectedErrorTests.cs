using Chain.Core.Primitives;
using Chain.Node.Chains;
using Chain.Storage;
using Chain.Storage.Engines;
using Chain.Storage.Tests;

namespace Chain.Node.Tests.Crash;

/// <summary>A whole chain, pool and builder included, over a store whose writes fail at a chosen call.</summary>
public class InjectedErrorTests
{
    private const int Blocks = 10;

    /// <summary>The short form takes every so-manieth call position, beginning somewhere else in each of the two tests.</summary>
    private const int Stride = 9;

    [Test]
    public void A_write_error_leaves_the_last_block_and_everything_below_it() => RunAll(0, Stride, isPermanent: true);

    [Test]
    public void After_a_write_error_that_passes_the_same_node_goes_on() => RunAll(4, Stride, isPermanent: false);

    [Test]
    [Explicit("Every call position in turn takes minutes.")]
    [Category("CrashLong")]
    public void A_write_error_at_every_call_position_loses_nothing([Values] bool isPermanent) => RunAll(0, 1, isPermanent);

    [Test]
    public void An_import_that_meets_a_write_error_keeps_whole_blocks_and_goes_on_from_there()
    {
        using TempFolder folder = new();
        string file = folder.File("blocks.rlp");
        using (TestChain chain = new(new MemoryStore()))
        {
            for (int i = 0; i < Blocks; i++) chain.Produce();
            ChainExporter.Run(chain.Database, 1, Blocks, file);
        }
        int failures = 0;
        for (long failAt = 150; failAt < 600; failAt += 2 * Stride)
        {
            using MemoryStore memory = new();
            using FaultInjectingStore store = new(memory, failAt);
            try
            {
                using TestChain chain = new(store);
                Import(chain, file);
            }
            catch (StorageException)
            {
                failures++;
            }
            using TestChain reopened = new(memory);
            ulong head = reopened.Database.Head.Number;
            Assert.That(reopened.Database.Verify().Difference, Is.Null, $"failure at {failAt}");
            Assert.That(Import(reopened, file), Is.EqualTo(Blocks - (long)head), $"failure at {failAt}: nothing lost, nothing twice");
            Assert.That(reopened.Database.Head.Number, Is.EqualTo((ulong)Blocks));
        }
        Assert.That(failures, Is.GreaterThan(Blocks));
    }

    private static long Import(TestChain chain, string file)
    {
        using BlockStreamReader reader = new(file);
        return new ChainImporter(chain.Manager).Run(reader).Imported;
    }

    private static void RunAll(long first, int stride, bool isPermanent)
    {
        List<Hash256> expected = [];
        long calls;
        using (MemoryStore memory = new())
        using (FaultInjectingStore store = new(memory, long.MaxValue))
        using (TestChain chain = new(store))
        {
            for (int i = 0; i < Blocks; i++) expected.Add(chain.Produce().Hash);
            calls = store.Calls;
        }
        int runs = 0;
        for (long failAt = first; failAt < calls; failAt += stride, runs++) Run(failAt, isPermanent, expected);
        TestContext.Out.WriteLine($"{runs} of {calls} call positions failed in turn; nothing lost.");
        Assert.That(runs, Is.GreaterThan(Blocks));
    }

    private static void Run(long failAt, bool isPermanent, List<Hash256> expected)
    {
        using MemoryStore memory = new();
        using FaultInjectingStore store = new(memory, failAt, isPermanent ? long.MaxValue : 1);
        int made = 0;
        int failures = 0;
        try
        {
            using TestChain chain = new(store);
            while (made < Blocks && failures < 2)
            {
                try
                {
                    Assert.That(chain.Produce().Hash, Is.EqualTo(expected[made]), $"failure at {failAt}: block {made + 1} is the same as without it");
                    made++;
                }
                catch (StorageException)
                {
                    failures++;
                    Assert.That(chain.Database.Head.Number, Is.EqualTo((ulong)made), $"failure at {failAt}: the head stays");
                    Assert.That(chain.Database.States.Head.Root, Is.EqualTo(chain.Manager.Head.StateRoot), $"failure at {failAt}");
                }
            }
            Assert.That(failures, Is.EqualTo(isPermanent ? 2 : 1), $"failure at {failAt}");
        }
        catch (StorageException)
        {
            Assert.That(made, Is.Zero, $"failure at {failAt}: only making the chain may fail as a whole");
        }
        using TestChain reopened = new(memory);
        Assert.That(reopened.Database.Head.Number, Is.EqualTo((ulong)made), $"failure at {failAt}: nothing lost, nothing half");
        Assert.That(reopened.Database.Verify().Difference, Is.Null, $"failure at {failAt}");
        if (made < Blocks) Assert.That(reopened.Produce().Hash, Is.EqualTo(expected[made]), $"failure at {failAt}: production goes on");
    }
}
