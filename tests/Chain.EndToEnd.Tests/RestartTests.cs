using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.EndToEnd.Tests.Harness;

namespace Chain.EndToEnd.Tests;

/// <summary>Stopping, being killed, and going on.</summary>
[NonParallelizable]
public sealed class RestartTests
{
    private const int StopMsMax = 1_000;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task A_restart_continues_where_the_chain_was()
    {
        string[] before, after;
        string hash;
        await using (NodeProcess node = await NodeProcess.InFolderAsync(_folder.Path))
        {
            for (int i = 0; i < 5; i++) await node.Rpc.SendMinedAsync(Transfer(0, DevWallet.Address(1), 5));
            JsonElement deployed = await node.Rpc.SendMinedAsync(new JsonObject { ["from"] = DevWallet.Address(2), ["data"] = "0x602a600055600160005260206000a060206000f3", ["gas"] = "0x30d40" });
            hash = deployed.GetProperty("transactionHash").GetString()!;
            before = await ObserveAsync(node.Rpc, hash);
            await node.StopAsync();
        }
        await using (NodeProcess node = await NodeProcess.InFolderAsync(_folder.Path))
        {
            after = await ObserveAsync(node.Rpc, hash);
            Assert.That(after, Is.EqualTo(before));
            JsonElement next = await node.Rpc.SendMinedAsync(Transfer(0, DevWallet.Address(1), 5));
            Assert.That(next.GetProperty("blockNumber").GetString(), Is.EqualTo("0x7"));
        }
    }

    [Test]
    public async Task The_flags_of_the_first_start_are_not_needed_again()
    {
        const string OtherMnemonic = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        string accounts;
        await using (NodeProcess node = await NodeProcess.InFolderAsync(_folder.Path, "--chain-id", "4242", "--accounts", "3", "--balance", "5", "--mnemonic", OtherMnemonic, "--fork", "Prague"))
        {
            accounts = (await node.Rpc.CallAsync("eth_accounts")).ToString();
            await node.StopAsync();
        }
        await using NodeProcess again = await NodeProcess.InFolderAsync(_folder.Path);
        Assert.That(await again.Rpc.NumberAsync("eth_chainId"), Is.EqualTo(4242));
        Assert.That((await again.Rpc.CallAsync("eth_accounts")).ToString(), Is.EqualTo(accounts));
    }

    [Test]
    public async Task Waiting_transactions_survive_a_restart()
    {
        string[] hashes;
        await using (NodeProcess node = await NodeProcess.InFolderAsync(_folder.Path, "--no-mining"))
        {
            string first = (await node.Rpc.CallAsync("eth_sendTransaction", Transfer(0, DevWallet.Address(1), 1))).GetString()!;
            string second = (await node.Rpc.CallAsync("eth_sendRawTransaction", DevWallet.SignTransfer(DevWallet.Key(1), 0))).GetString()!;
            string gapped = (await node.Rpc.CallAsync("eth_sendRawTransaction", DevWallet.SignTransfer(DevWallet.Key(1), 2))).GetString()!;
            hashes = [first, second, gapped];
            await node.StopAsync();
        }
        await using (NodeProcess node = await NodeProcess.InFolderAsync(_folder.Path, "--no-mining"))
        {
            JsonElement status = await node.Rpc.CallAsync("txpool_status");
            Assert.That((status.GetProperty("pending").GetString(), status.GetProperty("queued").GetString()), Is.EqualTo(("0x2", "0x1")));
            await node.Rpc.CallAsync("evm_mine");
            Assert.That((await node.Rpc.ReceiptAsync(hashes[0])).GetProperty("blockNumber").GetString(), Is.EqualTo("0x1"));
            Assert.That((await node.Rpc.ReceiptAsync(hashes[1])).GetProperty("blockNumber").GetString(), Is.EqualTo("0x1"));
            Assert.That((await node.Rpc.CallAsync("eth_getTransactionReceipt", hashes[2])).ValueKind, Is.EqualTo(JsonValueKind.Null));
            node.Send(Signal.Kill);
            await node.WaitForExitAsync();
        }
        await using (NodeProcess node = await NodeProcess.InFolderAsync(_folder.Path))
        {
            Assert.That((await node.Rpc.CallAsync("txpool_status")).GetProperty("queued").GetString(), Is.EqualTo("0x1"));
            await node.Rpc.CallAsync("eth_sendRawTransaction", DevWallet.SignTransfer(DevWallet.Key(1), 1));
            Assert.That((await node.Rpc.ReceiptAsync(hashes[2])).GetProperty("status").GetString(), Is.EqualTo("0x1"));
        }
    }

    [TestCase(Signal.Terminate)]
    [TestCase(Signal.Interrupt)]
    public async Task A_signal_stops_it_within_a_second_while_clients_are_connected(Signal signal)
    {
        await using NodeProcess node = await NodeProcess.InFolderAsync(_folder.Path, "--block-time", "0.05");
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri(node.WebSocketUrl), CancellationToken.None);
        await socket.SendAsync(Encoding.UTF8.GetBytes(RpcClient.Request(1, "eth_subscribe", "newHeads")), WebSocketMessageType.Text, true, CancellationToken.None);
        await node.Rpc.CallAsync("eth_blockNumber");
        node.Send(signal);
        (int exitCode, long elapsedMs) = await node.WaitForExitAsync();
        Assert.That(exitCode, Is.Zero, node.Errors);
        Assert.That(elapsedMs, Is.LessThan(StopMsMax));
        Assert.That(node.Errors, Is.Empty);
    }

    [TestCase(Signal.Terminate)]
    [TestCase(Signal.Interrupt)]
    public async Task A_signal_right_after_the_start_stops_it(Signal signal)
    {
        await using NodeProcess node = await NodeProcess.InMemoryAsync();
        node.Send(signal);
        (int exitCode, long elapsedMs) = await node.WaitForExitAsync();
        Assert.That((exitCode, elapsedMs < StopMsMax), Is.EqualTo((0, true)), $"{elapsedMs} ms {node.Errors}");
    }

    [Test]
    public async Task Twenty_kills_lose_no_block_that_a_client_saw()
    {
        const int Kills = 20;
        const int Seed = 7;
        Random random = new(Seed);
        byte[] key = DevWallet.Key(0);
        Dictionary<ulong, string> seen = [];
        ulong nonce = 0;
        for (int kill = 0; kill <= Kills; kill++)
        {
            await using NodeProcess node = await NodeProcess.InFolderAsync(_folder.Path);
            foreach ((ulong number, string hash) in seen)
            {
                JsonElement block = await node.Rpc.CallAsync("eth_getBlockByNumber", $"0x{number:x}", false);
                Assert.That(block.ValueKind, Is.EqualTo(JsonValueKind.Object), $"block {number} is gone after kill {kill}");
                Assert.That(block.GetProperty("hash").GetString(), Is.EqualTo(hash), $"block {number} after kill {kill}");
            }
            seen = seen.TakeLast(20).ToDictionary();
            nonce = await node.Rpc.NumberAsync("eth_getTransactionCount", DevWallet.Address(0), "pending");
            if (kill == Kills) break;

            Task sending = SendUntilGoneAsync(node, key, nonce, seen);
            await Task.Delay(random.Next(20, 250));
            node.Send(Signal.Kill);
            await node.WaitForExitAsync();
            await sending;
        }
        Assert.That(nonce, Is.GreaterThan((ulong)Kills), "too few transactions were mined for the kills to mean anything");
    }

    [Test]
    public async Task A_second_process_on_the_folder_gets_one_sentence()
    {
        await using NodeProcess node = await NodeProcess.InFolderAsync(_folder.Path);
        ToolResult second = await NodeProcess.RunToEndAsync("dev", "--datadir", _folder.Path, "--http.port", "0");
        StartErrorTests.AssertOneSentence(second, _folder.Path, "in use by process");
        await node.Rpc.SendMinedAsync(Transfer(0, DevWallet.Address(1), 1));
    }

    private static async Task SendUntilGoneAsync(NodeProcess node, byte[] key, ulong nonce, Dictionary<ulong, string> seen)
    {
        try
        {
            while (true)
            {
                string hash = (await node.Rpc.CallAsync("eth_sendRawTransaction", DevWallet.SignTransfer(key, nonce++))).GetString()!;
                JsonElement receipt = await node.Rpc.ReceiptAsync(hash);
                seen[RpcClient.ParseQuantity(receipt.GetProperty("blockNumber").GetString()!)] = receipt.GetProperty("blockHash").GetString()!;
            }
        }
        catch (HttpRequestException)
        {
            // The node was killed: what was seen until now is what must be there.
        }
    }

    private static JsonObject Transfer(int from, string to, ulong wei) => new() { ["from"] = DevWallet.Address(from), ["to"] = to, ["value"] = $"0x{wei:x}" };

    private static async Task<string[]> ObserveAsync(RpcClient rpc, string hash)
    {
        JsonElement receipt = await rpc.CallAsync("eth_getTransactionReceipt", hash);
        string contract = receipt.GetProperty("contractAddress").GetString()!;
        return
        [
            receipt.ToString(),
            (await rpc.CallAsync("eth_getBlockByNumber", "latest", true)).ToString(),
            (await rpc.CallAsync("eth_getBlockByNumber", "0x2", true)).ToString(),
            (await rpc.CallAsync("eth_getTransactionCount", DevWallet.Address(0), "latest")).ToString(),
            (await rpc.CallAsync("eth_getBalance", DevWallet.Address(1), "latest")).ToString(),
            (await rpc.CallAsync("eth_getBalance", DevWallet.Address(1), "0x2")).ToString(),
            (await rpc.CallAsync("eth_getCode", contract, "latest")).ToString(),
            (await rpc.CallAsync("eth_getProof", contract, new JsonArray("0x0"), "latest")).ToString(),
            (await rpc.CallAsync("eth_getProof", DevWallet.Address(1), new JsonArray(), "0x3")).ToString(),
            (await rpc.CallAsync("eth_getLogs", new JsonObject { ["fromBlock"] = "0x0" })).ToString(),
            (await rpc.CallAsync("eth_accounts")).ToString(),
        ];
    }
}
