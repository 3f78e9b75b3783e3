using System.Diagnostics;
using Chain.Core.Primitives;
using Chain.Node.Chains;
using Chain.Storage;
using Chain.Storage.Engines;

namespace Chain.Node.Tests.Crash;

/// <summary><c>chain import</c>, killed (SIGKILL) at random moments and started again until all blocks are there.</summary>
public class ImportKillTests
{
    private const int BlockCount = 4_000;

    [Test]
    public void An_import_killed_3_times_goes_on_where_it_was() => Run(3);

    [Test]
    [Explicit("Takes minutes.")]
    [Category("CrashLong")]
    public void An_import_killed_dozens_of_times_goes_on_where_it_was() => Run(50);

    private static void Run(int kills)
    {
        using TempFolder folder = new();
        string blocks = folder.File("blocks.rlp");
        string data = folder.File("data");
        List<Hash256> hashes = [TestChain.Genesis.Build().Hash];
        using (TestChain chain = new(new MemoryStore()))
        {
            for (int i = 0; i < BlockCount; i++) hashes.Add(chain.Produce().Hash);
            ChainExporter.Run(chain.Database, 1, BlockCount, blocks);
        }
        File.WriteAllBytes(folder.File("genesis.json"), TestChain.Plan.GenesisJson);
        Assert.That(NodeProcess.Run($"init --genesis {folder.File("genesis.json")} --datadir {data} --history 100").ExitCode, Is.Zero);

        Random random = new(kills);
        ulong reached = 0;
        int killed = 0;
        for (int run = 0; run < kills; run++)
        {
            using Process import = NodeProcess.Begin($"import {blocks} --datadir {data}");
            // A part of the runs ends while the program starts or the database opens.
            if (!import.WaitForExit(random.Next(100, 2_500)))
            {
                import.Kill();
                killed++;
            }
            import.WaitForExit();
            using OpenChain open = OpenChain.Existing(ChainFolder.Existing(data), null);
            ulong head = open.Database.Head.Number;
            Assert.That(head, Is.GreaterThanOrEqualTo(reached), $"kill {run}: the head went back");
            Assert.That(open.Database.Head.Hash, Is.EqualTo(hashes[(int)head]), $"kill {run}");
            VerifyReport report = open.Database.Verify();
            Assert.That((report.Difference, report.Blocks), Is.EqualTo(((string?)null, (long)head + 1)), $"kill {run}");
            reached = head;
            if (reached != BlockCount) continue;
            // All there already: go back, so that the next kill meets an import at work.
            Assert.That(open.Database.RollBack(BlockCount - 50), Is.EqualTo(MoveResult.Done));
            reached = BlockCount - 50;
        }
        Assert.That(killed, Is.Positive, "an import was killed");
        (int exitCode, string output, string error) = NodeProcess.Run($"import {blocks} --datadir {data}");
        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Does.Contain($"The head is block {BlockCount}."));
        TestContext.Out.WriteLine($"{killed} imports killed, {reached} blocks there after the last kill, all {BlockCount} at the end.");
    }
}
