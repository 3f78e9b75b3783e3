using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Node.Chains;
using Chain.Storage.Engines;
using Chain.Trie;

namespace Chain.Node.Tests.Chains;

/// <summary>Queries and proofs at every kept block of a chain on disk, over JSON-RPC.</summary>
public class HistoryTests
{
    private const ulong Blocks = 200;
    private const ulong History = 20;
    private const ulong Layers = 128;

    [Test]
    public async Task Every_kept_block_answers_queries_and_proofs()
    {
        using TempFolder folder = new();
        string data = folder.File("data");
        File.WriteAllBytes(folder.File("genesis.json"), TestChain.Plan.GenesisJson);
        using (TestChain chain = new(new MemoryStore()))
        {
            for (ulong i = 0; i < Blocks; i++) chain.Produce();
            ChainExporter.Run(chain.Database, 1, Blocks, folder.File("blocks.rlp"));
        }
        Assert.That(NodeProcess.Run($"import {folder.File("blocks.rlp")} --genesis {folder.File("genesis.json")} --datadir {data} --history {History}").ExitCode, Is.Zero);

        using NodeProcess node = await NodeProcess.StartAsync($"run --datadir {data} --http.port 0 --authrpc.port 0 --quiet");
        ulong oldest = Blocks - Layers - History;
        foreach (ulong number in new[] { oldest, oldest + 1, Blocks - Layers - 1, Blocks - Layers, Blocks - 50, Blocks, oldest })
        {
            string block = $"0x{number:x}";
            Hash256 root = Hash256.Parse((await node.CallAsync("eth_getBlockByNumber", block, false)).GetProperty("stateRoot").GetString()!);
            foreach (Address address in new[] { TestChain.Plan.Accounts[1].Address, TestChain.Contract, Address.FromNumber(0x5003), Address.FromNumber(0xabcdef) })
            {
                JsonElement proof = await node.CallAsync("eth_getProof", address.ToString(), Enumerable.Range(0, 5).Select(i => $"0x{i:x}").ToArray(), block);
                Account account = VerifyAccount(root, address, proof);
                Assert.That(UInt256.Parse((await node.CallAsync("eth_getBalance", address.ToString(), block)).GetString()), Is.EqualTo(account.Balance), $"block {number}");
                foreach (JsonElement slot in proof.GetProperty("storageProof").EnumerateArray())
                {
                    UInt256 value = VerifySlot(account.StorageRoot, slot);
                    string stored = (await node.CallAsync("eth_getStorageAt", address.ToString(), slot.GetProperty("key").GetString(), block)).GetString()!;
                    Assert.That(UInt256.FromBigEndian(Convert.FromHexString(stored[2..])), Is.EqualTo(value), $"block {number}");
                }
            }
            Assert.That((await node.CallAsync("eth_call", new { to = Address.FromNumber(4).ToString(), data = "0x1234" }, block)).GetString(), Is.EqualTo("0x1234"));
        }
    }

    /// <summary>What reads a state does so at the oldest kept block, after the node was started anew, and the block before that is refused with its number.</summary>
    [TestCase("full", 0UL)]
    [TestCase("archive", 0UL)]
    [TestCase("20", Blocks - Layers - 20)]
    [TestCase("0", Blocks - Layers)]
    public async Task The_oldest_kept_block_answers_every_kind_of_read_and_the_one_before_names_it(string history, ulong oldest)
    {
        using TempFolder folder = new();
        string data = folder.File("data");
        File.WriteAllBytes(folder.File("genesis.json"), TestChain.Plan.GenesisJson);
        Dictionary<ulong, (UInt256 Balance, UInt256 Slot)> expected = [];
        using (TestChain chain = new(new MemoryStore()))
        {
            void Remember() => expected[chain.Database.Head.Number] = (
                chain.Database.States.Head.TryGetAccount(TestChain.Plan.Accounts[1].Address, out Account account) ? account.Balance : default,
                chain.Database.States.Head.GetStorage(TestChain.Contract, (UInt256)7));
            Remember();
            for (ulong i = 0; i < Blocks; i++)
            {
                chain.Produce();
                Remember();
            }
            ChainExporter.Run(chain.Database, 1, Blocks, folder.File("blocks.rlp"));
        }
        Assert.That(NodeProcess.Run($"import {folder.File("blocks.rlp")} --genesis {folder.File("genesis.json")} --datadir {data} --history {history}").ExitCode, Is.Zero);

        // --history is remembered.
        using NodeProcess node = await NodeProcess.StartAsync($"run --datadir {data} --http.port 0 --authrpc.port 0 --http.api eth,debug --quiet");
        string account = TestChain.Plan.Accounts[1].Address.ToString();
        (string Method, Func<string, object?[]> Parameters)[] reads =
        [
            ("eth_getBalance", block => [account, block]),
            ("eth_getStorageAt", block => [TestChain.Contract.ToString(), "0x7", block]),
            ("eth_getProof", block => [TestChain.Contract.ToString(), new[] { "0x7" }, block]),
            // Returns the balance of the account.
            ("eth_call", block => [new { data = $"0x73{account[2..]}315f5260205ff3" }, block]),
            ("debug_traceCall", block => [new { data = $"0x73{account[2..]}315f5260205ff3" }, block, new { tracer = "callTracer" }]),
        ];
        string at = $"0x{oldest:x}";
        (UInt256 balance, UInt256 slot) = expected[oldest];
        string balanceWord = $"0x{Convert.ToHexStringLower(balance.ToBigEndian())}";
        Dictionary<string, JsonElement> answers = [];
        foreach ((string method, Func<string, object?[]> parameters) in reads) answers[method] = await node.CallAsync(method, parameters(at));
        Assert.That(UInt256.Parse(answers["eth_getBalance"].GetString()), Is.EqualTo(balance));
        Assert.That(UInt256.FromBigEndian(Convert.FromHexString(answers["eth_getStorageAt"].GetString()![2..])), Is.EqualTo(slot));
        Assert.That(answers["eth_call"].GetString(), Is.EqualTo(balanceWord));
        Assert.That(answers["debug_traceCall"].GetProperty("output").GetString(), Is.EqualTo(balanceWord));
        Hash256 root = Hash256.Parse((await node.CallAsync("eth_getBlockByNumber", at, false)).GetProperty("stateRoot").GetString()!);
        Account contract = VerifyAccount(root, TestChain.Contract, answers["eth_getProof"]);
        Assert.That(VerifySlot(contract.StorageRoot, answers["eth_getProof"].GetProperty("storageProof")[0]), Is.EqualTo(slot));

        if (oldest == 0) return;
        foreach ((string method, Func<string, object?[]> parameters) in reads)
        {
            InvalidOperationException? e = await Assert.ThrowsAsync<InvalidOperationException>(() => node.CallAsync(method, parameters($"0x{oldest - 1:x}")));
            Assert.That(e!.Message, Does.Contain($"state of block {oldest - 1} is not available: the oldest block with state is {oldest}"), method);
        }
    }

    private static Account VerifyAccount(in Hash256 root, in Address address, JsonElement proof)
    {
        ProofResult result = Proof.Verify(root, StateEncoding.AccountKey(address).Bytes, Nodes(proof.GetProperty("accountProof")), out ReadOnlyMemory<byte> value);
        if (result == ProofResult.Absent) return Account.Empty;
        Assert.That(result, Is.EqualTo(ProofResult.Included));
        Assert.That(StateEncoding.TryDecodeAccount(value.Span, out Account account), Is.True);
        return account;
    }

    private static UInt256 VerifySlot(in Hash256 root, JsonElement slot)
    {
        UInt256 key = UInt256.FromBigEndian(Convert.FromHexString(slot.GetProperty("key").GetString()![2..].PadLeft(64, '0')));
        ProofResult result = Proof.Verify(root, StateEncoding.SlotKey(key).Bytes, Nodes(slot.GetProperty("proof")), out ReadOnlyMemory<byte> value);
        if (result == ProofResult.Absent) return UInt256.Zero;
        Assert.That(result, Is.EqualTo(ProofResult.Included));
        Assert.That(StateEncoding.TryDecodeSlot(value.Span, out UInt256 found), Is.True);
        return found;
    }

    private static ReadOnlyMemory<byte>[] Nodes(JsonElement proof) => [.. proof.EnumerateArray().Select(node => new ReadOnlyMemory<byte>(Convert.FromHexString(node.GetString()![2..])))];
}
