using System.Text.Json;
using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Rlp;
using Chain.Core.Types;

namespace Chain.Conformance.Tests.Basic;

/// <summary>Blocks of the blockchain fixtures through the codecs and the fee market; nothing is executed.</summary>
public sealed class BlockCodecTests
{
    [TestCase("eest-blockchain", 6_817)]
    [TestCase("ethereum-tests-basic/BlockchainTests", 594)]
    public void Blocks_encode_to_the_same_bytes_and_their_fees_follow_from_the_parent(string folder, int tests)
    {
        List<string> failures = [];
        int seen = 0;
        int blocks = 0;
        foreach ((string name, JsonElement test) in Fixtures.Read(folder))
        {
            seen++;
            ChainSpec spec = Spec(test);
            Dictionary<Hash256, BlockHeader> headers = [];
            byte[] genesisBytes = Hex.Decode(test.GetProperty("genesisRLP").GetString());
            if (RoundTrip(genesisBytes, test.GetProperty("genesisBlockHeader"), failures, name) is not { } genesis) continue;
            headers.Add(genesis.Header.Hash, genesis.Header);
            foreach (JsonElement block in test.GetProperty("blocks").EnumerateArray())
            {
                byte[] bytes = Hex.Decode(block.GetProperty("rlp").GetString());
                if (block.TryGetProperty("expectException", out _) || !block.TryGetProperty("blockHeader", out JsonElement header))
                {
                    // Whatever is wrong with it, decoding must answer with a value.
                    Block.TryDecode(bytes, out _, out _, out _);
                    continue;
                }
                blocks++;
                if (RoundTrip(bytes, header, failures, name) is not { } decoded) continue;
                headers[decoded.Header.Hash] = decoded.Header;
                CheckAgainstParent(decoded, headers, spec, failures, name);
            }
        }
        TestContext.Out.WriteLine($"{blocks} valid blocks of {seen} tests");
        Assert.That(failures, Is.Empty, string.Join('\n', failures.Take(20)));
        Assert.That(seen, Is.EqualTo(tests));
    }

    private static ChainSpec Spec(JsonElement test)
    {
        Dictionary<Fork, BlobSchedule> blobs = [];
        ulong chainId = 1;
        if (test.TryGetProperty("config", out JsonElement config))
        {
            if (config.TryGetProperty("chainid", out _)) chainId = config.UInt64("chainid");
            if (config.TryGetProperty("blobSchedule", out JsonElement schedules))
            {
                foreach (JsonProperty entry in schedules.EnumerateObject())
                {
                    Assert.That(FixtureNetworks.TryParseFork(entry.Name, out Fork fork), entry.Name);
                    blobs.Add(fork, new(entry.Value.UInt64("target"), entry.Value.UInt64("max"), entry.Value.UInt64("baseFeeUpdateFraction")));
                }
            }
        }
        string network = test.GetProperty("network").GetString()!;
        Assert.That(FixtureNetworks.TryGet(network, chainId, blobs, out ChainSpec? spec), network);
        Assert.That(ForkOrder.Check(spec!.Activations), Is.Null);
        return spec;
    }

    private static Block? RoundTrip(byte[] bytes, JsonElement header, List<string> failures, string name)
    {
        if (!Block.TryDecode(bytes, out Block? block, out BlockError error, out TransactionError transactionError))
        {
            failures.Add($"{name}: {error} {transactionError}");
            return null;
        }
        if (block.Header.Hash != Hash256.Parse(header.GetProperty("hash").GetString())) failures.Add($"{name}: hash {block.Header.Hash}");
        if (!block.Encode().AsSpan().SequenceEqual(bytes)) failures.Add($"{name}: other bytes");
        if ((block.Header with { }).Hash != block.Header.Hash) failures.Add($"{name}: the encoded header has another hash");
        if (block.EncodedSizeBytes != bytes.Length) failures.Add($"{name}: size {block.EncodedSizeBytes}");
        if (BlockHeader.ComputeOmmersHash(block.Ommers) != block.Header.OmmersHash) failures.Add($"{name}: ommers hash");
        foreach (Transaction tx in block.Transactions)
        {
            RlpWriter writer = new(256);
            Core.Types.Transactions.TransactionCodec.Encode(ref writer, tx);
            if (Core.Crypto.Keccak256.Hash(writer.Written) != tx.Hash || writer.Length != tx.EncodedSizeBytes) failures.Add($"{name}: transaction identity");
            writer.Dispose();
            if (!tx.TryRecoverSender(out _)) failures.Add($"{name}: no sender");
        }
        return block;
    }

    private static void CheckAgainstParent(Block block, Dictionary<Hash256, BlockHeader> headers, ChainSpec spec, List<string> failures, string name)
    {
        BlockHeader header = block.Header;
        if (!headers.TryGetValue(header.ParentHash, out BlockHeader? parent))
        {
            failures.Add($"{name}: no parent");
            return;
        }
        bool isPostMerge = header.Difficulty.IsZero && spec.CanBePostMerge;
        ForkRules rules = spec.RulesAt(header.Number, header.Timestamp, isPostMerge);
        if (rules.Fork >= Fork.London && header.BaseFeePerGas != FeeMarket.NextBaseFee(parent, rules)) failures.Add($"{name}: base fee {header.BaseFeePerGas}");
        if (rules.Fork >= Fork.Cancun && header.ExcessBlobGas != FeeMarket.NextExcessBlobGas(parent, rules)) failures.Add($"{name}: excess {header.ExcessBlobGas}");
        ulong parentLimit = spec.IsLondonBlock(header.Number) ? parent.GasLimit * rules.BaseFeeElasticity : parent.GasLimit;
        if (!FeeMarket.IsGasLimitAllowed(header.GasLimit, parentLimit)) failures.Add($"{name}: gas limit {header.GasLimit}");
        if (!isPostMerge && header.Difficulty != Difficulty.Next(
            rules, header.Number, header.Timestamp, parent.Timestamp, parent.Difficulty, parent.OmmersHash != BlockHeader.EmptyOmmersHash))
        {
            failures.Add($"{name}: difficulty {header.Difficulty}");
        }
        foreach (Transaction tx in block.Transactions)
        {
            TransactionError error = TransactionRules.ValidateStatic(tx, rules, spec.ChainId);
            if (error != TransactionError.None) failures.Add($"{name}: {error}");
        }
    }
}
