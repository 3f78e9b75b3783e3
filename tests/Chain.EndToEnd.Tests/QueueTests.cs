using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.EndToEnd.Tests.Harness;

namespace Chain.EndToEnd.Tests;

/// <summary>One sender with thousands of transactions.</summary>
public sealed class QueueTests
{
    private const int Transactions = 5_000;
    private const int BatchItems = 500;
    private const int MinedTimeoutMs = 60_000;

    [TestCase(false, "")]
    [TestCase(true, "")]
    [TestCase(true, "--datadir")]
    public async Task Five_thousand_transactions_of_one_sender_are_all_mined(bool inReverse, string storage)
    {
        using TemporaryFolder folder = new();
        await using NodeProcess node = storage.Length > 0 ? await NodeProcess.InFolderAsync(folder.Path) : await NodeProcess.InMemoryAsync();
        byte[] key = DevWallet.Key(0);
        IEnumerable<int> nonces = Enumerable.Range(0, Transactions);
        List<string> hashes = [];
        foreach (int[] chunk in (inReverse ? nonces.Reverse() : nonces).Chunk(BatchItems))
        {
            JsonArray batch = [.. chunk.Select(nonce => JsonNode.Parse(RpcClient.Request(nonce, "eth_sendRawTransaction", DevWallet.SignTransfer(key, (ulong)nonce))))];
            foreach (JsonElement answer in JsonDocument.Parse(await node.Rpc.PostAsync(batch.ToJsonString())).RootElement.EnumerateArray())
            {
                Assert.That(answer.TryGetProperty("result", out JsonElement hash), Is.True, answer.ToString());
                hashes.Add(hash.GetString()!);
            }
        }
        long deadlineMs = Environment.TickCount64 + MinedTimeoutMs;
        while (await node.Rpc.NumberAsync("eth_getTransactionCount", DevWallet.Address(0), "latest") < Transactions)
        {
            Assert.That(Environment.TickCount64, Is.LessThan(deadlineMs), (await node.Rpc.CallAsync("txpool_status")).ToString());
            await Task.Delay(50);
        }
        Assert.That(hashes.Distinct().Count(), Is.EqualTo(Transactions));
        foreach (string hash in hashes.Where((_, i) => i % 250 == 0))
            Assert.That((await node.Rpc.ReceiptAsync(hash)).GetProperty("status").GetString(), Is.EqualTo("0x1"));
        JsonElement status = await node.Rpc.CallAsync("txpool_status");
        Assert.That((status.GetProperty("pending").GetString(), status.GetProperty("queued").GetString()), Is.EqualTo(("0x0", "0x0")));
        Assert.That(node.Errors, Is.Empty);
    }
}
