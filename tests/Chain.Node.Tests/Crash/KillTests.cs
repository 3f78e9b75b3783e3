using System.Diagnostics;
using System.Text.Json;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Node.Chains;
using Chain.Storage;

namespace Chain.Node.Tests.Crash;

/// <summary>
/// A node under transaction load, killed (SIGKILL) at random moments. The short form runs with all tests; the long one by <c>./chain crash --kills N --seed N</c>.
/// </summary>
public class KillTests
{
    private const int SeedDefault = 20_260;
    private const int KillsLong = 250;

    [Test]
    public Task A_node_killed_10_times_under_load_loses_nothing() => RunAsync(10, "");

    [Test]
    public Task A_node_that_makes_blocks_at_intervals_loses_nothing_when_killed() => RunAsync(3, "--block-time 0.05");

    [Test]
    [Explicit("Takes a quarter of an hour.")]
    [Category("CrashLong")]
    public Task A_node_killed_hundreds_of_times_loses_nothing() =>
        RunAsync(int.TryParse(Environment.GetEnvironmentVariable("CHAIN_CRASH_KILLS"), out int kills) ? kills : KillsLong, "");

    private static async Task RunAsync(int kills, string flags)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("CHAIN_CRASH_SEED"), out int given) ? given : SeedDefault;
        Random random = new(seed);
        using TempFolder folder = new();
        Ledger ledger = new();
        long started = Stopwatch.GetTimestamp();
        for (int run = 0; run < kills; run++)
        {
            using (NodeProcess node = await NodeProcess.StartDevAsync(folder.Path, flags))
            {
                await ledger.CheckAsync(node, $"kill {run}, seed {seed}");
                int lifeMs = random.Next(20, 700);
                using CancellationTokenSource end = new();
                Task load = ledger.LoadAsync(node, random.Next(), end.Token);
                await Task.Delay(lifeMs);
                node.Kill();
                await end.CancelAsync();
                await load;
            }
            CheckDatabase(folder.Path, $"kill {run}, seed {seed}");
            if (run % 10 == 9) TestContext.Progress.WriteLine($"{run + 1} of {kills} kills; {ledger.Accepted} transactions accepted, head {ledger.Head}");
        }
        using (NodeProcess node = await NodeProcess.StartDevAsync(folder.Path, flags)) await ledger.CheckAsync(node, "the last start", all: true);
        TestContext.Out.WriteLine($"{kills} kills in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s, seed {seed}: {ledger.Accepted} transactions accepted, {ledger.Acknowledged} seen in blocks, head {ledger.Head}; all there.");
        Assert.That(ledger.Acknowledged, Is.GreaterThan(kills), "the load was real");
    }

    /// <summary>The head is a committed block whose state root re-computes: all layers at opening, everything below by the walk.</summary>
    private static void CheckDatabase(string path, string context)
    {
        using OpenChain open = OpenChain.Existing(ChainFolder.Existing(path), null);
        VerifyReport report = open.Database.Verify();
        Assert.That(report.Difference, Is.Null, context);
        Assert.That(report.Blocks, Is.EqualTo((long)open.Database.Head.Number + 1), context);
    }

    /// <summary>What the node told its users: it must stay true.</summary>
    private sealed class Ledger
    {
        private readonly Lock _lock = new();
        private readonly ulong[] _nextNonce = new ulong[TestChain.AccountCount];
        private readonly List<string> _accepted = [];
        private readonly Dictionary<string, string> _blockOf = [];

        // Transactions before this one were in blocks at two starts, and are looked at again at the last.
        private int _settled;
        private int _seenBefore;

        public int Accepted => _accepted.Count;

        public int Acknowledged => _blockOf.Count;

        public ulong Head { get; private set; }

        /// <summary>Sends transfers from all accounts and asks for receipts until the node is gone.</summary>
        public async Task LoadAsync(NodeProcess node, int seed, CancellationToken end)
        {
            List<Task> senders = [];
            for (int account = 0; account < TestChain.AccountCount; account++)
            {
                int from = account;
                senders.Add(Task.Run(() => SendAsync(node, from, new Random(seed + from), end), CancellationToken.None));
            }
            await Task.WhenAll(senders);
        }

        /// <summary>
        /// Every transaction that was accepted is in a block or waits, those seen in a block are still in that one, and blocks are made. Those that two starts have found in their
        /// blocks are left to the last one, which looks at <paramref name="all"/>.
        /// </summary>
        public async Task CheckAsync(NodeProcess node, string context, bool all = false)
        {
            ulong head = await node.BlockNumberAsync();
            Assert.That(head, Is.GreaterThanOrEqualTo(Head), $"{context}: the head went back");
            for (int i = all ? 0 : _settled; i < _accepted.Count; i++)
            {
                string hash = _accepted[i];
                JsonElement transaction = await node.CallAsync("eth_getTransactionByHash", hash);
                Assert.That(transaction.ValueKind, Is.EqualTo(JsonValueKind.Object), $"{context}: accepted transaction {hash} is lost");
                string? block = transaction.GetProperty("blockHash").GetString();
                if (block is not null)
                {
                    JsonElement receipt = await node.CallAsync("eth_getTransactionReceipt", hash);
                    Assert.That(receipt.ValueKind == JsonValueKind.Object && receipt.GetProperty("blockHash").GetString() == block, Is.True, $"{context}: the receipt of {hash} is lost");
                }
                if (_blockOf.TryGetValue(hash, out string? before)) Assert.That(block, Is.EqualTo(before), $"{context}: {hash} is in another block");
                else if (block is not null) _blockOf[hash] = block;
            }
            while (_settled < _seenBefore && _blockOf.ContainsKey(_accepted[_settled])) _settled++;
            _seenBefore = _accepted.Count;

            // Production goes on: one more transaction of every account comes into a block.
            for (int from = 0; from < TestChain.AccountCount; from++)
            {
                string nonce = (await node.CallAsync("eth_getTransactionCount", TestChain.Plan.Accounts[from].Address.ToString(), "pending")).GetString()!;
                _nextNonce[from] = Convert.ToUInt64(nonce, 16);
                string hash = await SendOneAsync(node, from, 1);
                Assert.That(await WaitForBlockAsync(node, hash, 20_000, CancellationToken.None), Is.True, $"{context}: no block is made\n{node.Output}");
            }
            Head = await node.BlockNumberAsync();
        }

        private async Task SendAsync(NodeProcess node, int from, Random random, CancellationToken end)
        {
            try
            {
                while (!end.IsCancellationRequested)
                {
                    string hash = await SendOneAsync(node, from, (ulong)random.Next(1, 1_000));
                    if (random.Next(3) == 0) await WaitForBlockAsync(node, hash, 2_000, end);
                }
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or InvalidOperationException or IOException or JsonException)
            {
                // The node was killed. A request that was not answered promised nothing.
            }
        }

        private async Task<string> SendOneAsync(NodeProcess node, int from, ulong value)
        {
            Transaction transaction = TestChain.Transfer(from, _nextNonce[from], Address.FromNumber(0x5000 + value), value);
            string raw = "0x" + Convert.ToHexStringLower(TransactionCodec.Encode(transaction));
            string hash = (await node.CallAsync("eth_sendRawTransaction", raw)).GetString()!;
            _nextNonce[from]++;
            lock (_lock) _accepted.Add(hash);
            return hash;
        }

        private async Task<bool> WaitForBlockAsync(NodeProcess node, string hash, int timeoutMs, CancellationToken end)
        {
            long deadline = Environment.TickCount64 + timeoutMs;
            while (Environment.TickCount64 < deadline && !end.IsCancellationRequested)
            {
                JsonElement receipt = await node.CallAsync("eth_getTransactionReceipt", hash);
                if (receipt.ValueKind == JsonValueKind.Object)
                {
                    lock (_lock) _blockOf[hash] = receipt.GetProperty("blockHash").GetString()!;
                    return true;
                }
                await Task.Delay(5, CancellationToken.None);
            }
            return false;
        }
    }
}
