using System.Text.Json;
using Chain.Consensus;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Rpc.Json;

namespace Chain.Rpc.Methods;

/// <summary>Answers questions about fees from the last blocks.</summary>
internal sealed class FeeOracle(RpcChain chain)
{
    private const int SampledBlocks = 20;
    private const int SampledPerBlock = 3;
    private const int Percentile = 60;

    // What wallets offer by themselves; used while the chain is too young or too quiet to tell.
    private static readonly UInt256 DefaultTip = 1_000_000_000;

    private readonly Lock _lock = new();
    private Hash256 _head;
    private UInt256 _tip = DefaultTip;

    /// <summary>The 60th percentile of the lowest tips of the last 20 blocks (as geth asks), wei.</summary>
    public UInt256 SuggestTip()
    {
        lock (_lock)
        {
            Hash256 head = chain.Manager.Database.Head.Hash;
            if (head == _head) return _tip;
            List<UInt256> tips = [];
            ulong number = chain.HeadNumber;
            for (int i = 0; i < SampledBlocks && number > 0; i++, number--)
            {
                if (chain.Blocks.GetBlock(number) is not { } block) break;
                UInt256 baseFee = block.Header.BaseFeePerGas ?? UInt256.Zero;
                tips.AddRange(block.Transactions.Select(t => FeeMarket.EffectiveGasPrice(t, baseFee) - baseFee).Order().Take(SampledPerBlock));
            }
            tips.Sort();
            _head = head;
            return _tip = tips.Count == 0 ? DefaultTip : tips[(tips.Count - 1) * Percentile / 100];
        }
    }

    /// <summary>Fees of the canonical blocks from first to last.</summary>
    public FeeHistoryJson History(ulong first, ulong last, double[]? percentiles)
    {
        int count = (int)(last - first + 1);
        FeeHistoryJson history = new(first, new UInt256[count + 1], new UInt256[count + 1], new double[count], new double[count], percentiles is null ? null : new UInt256[count][]);
        for (int i = 0; i < count; i++)
        {
            BlockHeader header = chain.Blocks.GetHeader(first + (ulong)i)!;
            Note(history, i, header);
            if (percentiles is not null) history.Rewards![i] = Rewards(header, percentiles);
        }
        if (last < chain.HeadNumber)
        {
            Note(history, count, chain.Blocks.GetHeader(last + 1)!);
        }
        else
        {
            history.BaseFees[count] = chain.Pool.Head.BaseFee;
            history.BlobBaseFees[count] = chain.Pool.Head.BlobBaseFee;
        }
        return history;
    }

    private void Note(FeeHistoryJson history, int index, BlockHeader header)
    {
        ForkRules rules = chain.Manager.Contexts.RulesOf(header);
        history.BaseFees[index] = header.BaseFeePerGas ?? UInt256.Zero;
        history.BlobBaseFees[index] = rules.Blobs is not null && header.ExcessBlobGas is { } excess ? FeeMarket.BlobBaseFee(excess, rules) : UInt256.Zero;
        if (index == history.GasUsedRatios.Length) return;
        history.GasUsedRatios[index] = (double)header.GasUsed / header.GasLimit;
        if (rules.Blobs is { Max: > 0 } blobs) history.BlobGasUsedRatios[index] = (double)(header.BlobGasUsed ?? 0) / (blobs.Max * FeeMarket.GasPerBlob);
    }

    private UInt256[] Rewards(BlockHeader header, double[] percentiles)
    {
        UInt256[] rewards = new UInt256[percentiles.Length];
        if (header.GasUsed == 0 || !chain.Blocks.TryGetCanonicalHash(header.Number, out Hash256 hash)) return rewards;
        ExecutedBlock block = chain.Manager.Load(hash);
        if (block.Receipts.Count == 0) return rewards;
        UInt256 baseFee = header.BaseFeePerGas ?? UInt256.Zero;
        ulong before = 0;
        List<(UInt256 Tip, ulong Gas)> paid = [];
        for (int i = 0; i < block.Receipts.Count; i++)
        {
            paid.Add((FeeMarket.EffectiveGasPrice(block.Block.Transactions[i], baseFee) - baseFee, block.Receipts[i].CumulativeGasUsed - before));
            before = block.Receipts[i].CumulativeGasUsed;
        }
        paid.Sort((a, b) => a.Tip.CompareTo(b.Tip));
        int at = 0;
        ulong sum = paid[0].Gas;
        for (int i = 0; i < percentiles.Length; i++)
        {
            double threshold = header.GasUsed * percentiles[i] / 100;
            while (sum < threshold && at < paid.Count - 1) sum += paid[++at].Gas;
            rewards[i] = paid[at].Tip;
        }
        return rewards;
    }
}

/// <summary>The answer of eth_feeHistory.</summary>
/// <param name="OldestBlock">First block.</param>
/// <param name="BaseFees">Base fees, wei; one more than blocks.</param>
/// <param name="BlobBaseFees">Blob base fees, wei; one more than blocks.</param>
/// <param name="GasUsedRatios">Gas used by gas limit.</param>
/// <param name="BlobGasUsedRatios">Blob gas used by its maximum.</param>
/// <param name="Rewards">Tips at the percentiles asked for, wei; null when none were asked for.</param>
public sealed record FeeHistoryJson(ulong OldestBlock, UInt256[] BaseFees, UInt256[] BlobBaseFees, double[] GasUsedRatios, double[] BlobGasUsedRatios, UInt256[][]? Rewards) : IJsonWritable
{
    /// <summary>The history of no blocks.</summary>
    public static FeeHistoryJson Empty { get; } = new(0, [], [], [], [], null);

    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteQuantity("oldestBlock"u8, OldestBlock);
        if (Rewards is not null)
        {
            writer.WriteStartArray("reward"u8);
            foreach (UInt256[] rewards in Rewards) WriteQuantities(writer, rewards);
            writer.WriteEndArray();
        }
        writer.WritePropertyName("baseFeePerGas"u8);
        WriteQuantities(writer, BaseFees);
        WriteNumbers(writer, "gasUsedRatio"u8, GasUsedRatios);
        writer.WritePropertyName("baseFeePerBlobGas"u8);
        WriteQuantities(writer, BlobBaseFees);
        WriteNumbers(writer, "blobGasUsedRatio"u8, BlobGasUsedRatios);
        writer.WriteEndObject();
    }

    private static void WriteQuantities(Utf8JsonWriter writer, UInt256[] values)
    {
        writer.WriteStartArray();
        foreach (UInt256 value in values) writer.WriteQuantityValue(value);
        writer.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double[] values)
    {
        writer.WriteStartArray(name);
        foreach (double value in values) writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }
}
