using System.Text.Json;
using Chain.Consensus.Simulation;

namespace Chain.Rpc.Json;

/// <summary>Calls that follow one another in one block (eth_callMany, debug_traceCallMany).</summary>
/// <param name="Calls">The calls.</param>
/// <param name="Block">Fields of the block that differ.</param>
public sealed record CallBundle(IReadOnlyList<CallRequest> Calls, BlockOverride? Block)
{
    /// <summary>Most calls of one request, over all bundles.</summary>
    public const int CallsMax = 1_000;

    internal static string? ReadList(JsonElement element, out CallBundle[] value)
    {
        value = [];
        if (element.ValueKind != JsonValueKind.Array) return HexReader.WrongKind(element, "an array of bundles");
        List<CallBundle> bundles = [];
        int calls = 0;
        foreach (JsonElement item in element.EnumerateArray())
        {
            ObjectReader reader = new(item, "bundle");
            List<CallRequest> list = reader.List<CallRequest>("transactions"u8, SimulationReaders.ReadCall) ?? [];
            BlockOverride? block = reader.Object<BlockOverride>("blockOverride"u8, SimulationReaders.ReadBlockOverride)
                ?? reader.Object<BlockOverride>("blockOverrides"u8, SimulationReaders.ReadBlockOverride);
            if (reader.Error is not null) return reader.Error;
            calls += list.Count;
            if (calls > CallsMax) return $"more than {CallsMax} calls";
            bundles.Add(new CallBundle(list, block));
        }
        value = [.. bundles];
        return null;
    }
}

/// <summary>The place in the chain at which calls run.</summary>
/// <param name="Block">Block.</param>
/// <param name="TransactionIndex">Index of the transaction of the block before which they run; null for after the whole block.</param>
public sealed record CallPlace(BlockParameter Block, ulong? TransactionIndex)
{
    internal static string? Read(JsonElement element, out CallPlace value)
    {
        value = new CallPlace(BlockParameter.Latest, null);
        ObjectReader reader = new(element, "state context");
        BlockParameter? block = reader.Value<BlockParameter>("blockNumber"u8) ?? reader.Value<BlockParameter>("block"u8);
        JsonElement index = reader.Any("transactionIndex"u8);
        if (reader.Error is not null) return reader.Error;
        // -1 stands for the end of the block (Erigon, reth).
        bool isEnd = index.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
            || (index.ValueKind == JsonValueKind.Number && index.TryGetInt64(out long number) && number == -1)
            || (index.ValueKind == JsonValueKind.String && index.ValueEquals("-1"u8));
        LooseNumber place = default;
        if (!isEnd && LooseNumber.Read(index, out place) is { } error) return $"{error} (field transactionIndex)";
        value = new CallPlace(block ?? BlockParameter.Latest, isEnd ? null : place.Value);
        return null;
    }
}
