using System.Text.Json;
using Chain.Core.Primitives;
using Chain.Rpc.Filters;

namespace Chain.Rpc.Json;

/// <summary>Reads <see cref="LogFilter"/>.</summary>
internal static class LogFilterReader
{
    private const int AddressesMax = 1_000;
    private const int AlternativesMax = 1_000;

    public static string? Read(JsonElement element, out LogFilter value)
    {
        value = new LogFilter();
        ObjectReader reader = new(element, "filter");
        Hash256? blockHash = reader.Value<Hash256>("blockHash"u8);
        BlockParameter? from = reader.Value<BlockParameter>("fromBlock"u8);
        BlockParameter? to = reader.Value<BlockParameter>("toBlock"u8);
        if (reader.Error is not null) return reader.Error;
        if (blockHash is not null && (from is not null || to is not null))
            return "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other";
        if (from is { Tag: BlockTag.Hash } || to is { Tag: BlockTag.Hash }) return "fromBlock and toBlock are numbers or tags; a hash goes to \"blockHash\"";
        List<Address> addresses = [];
        if (ReadAddresses(element, addresses) is { } addressError) return addressError;
        List<IReadOnlyList<Hash256>> topics = [];
        if (ReadTopics(element, topics) is { } topicError) return topicError;
        value = new LogFilter
        {
            BlockHash = blockHash,
            FromBlock = from ?? BlockParameter.Latest,
            ToBlock = to ?? BlockParameter.Latest,
            Addresses = addresses,
            Topics = topics,
        };
        return null;
    }

    private static string? ReadAddresses(JsonElement element, List<Address> addresses)
    {
        if (!element.TryGetProperty("address"u8, out JsonElement found) || found.ValueKind == JsonValueKind.Null) return null;
        if (found.ValueKind != JsonValueKind.Array)
        {
            string? error = HexReader.ReadAddress(found, out Address single);
            addresses.Add(single);
            return error is null ? null : $"invalid address: {error}";
        }
        if (found.GetArrayLength() > AddressesMax) return $"exceed max addresses: {found.GetArrayLength()}, at most {AddressesMax}";
        int index = 0;
        foreach (JsonElement item in found.EnumerateArray())
        {
            if (HexReader.ReadAddress(item, out Address address) is { } error) return $"invalid address at index {index}: {error}";
            addresses.Add(address);
            index++;
        }
        return null;
    }

    private static string? ReadTopics(JsonElement element, List<IReadOnlyList<Hash256>> topics)
    {
        if (!element.TryGetProperty("topics"u8, out JsonElement found) || found.ValueKind == JsonValueKind.Null) return null;
        if (found.ValueKind != JsonValueKind.Array) return HexReader.WrongKind(found, "an array of topics");
        if (found.GetArrayLength() > LogFilter.TopicsMax) return $"exceed max topics: {found.GetArrayLength()}, at most {LogFilter.TopicsMax}";
        foreach (JsonElement position in found.EnumerateArray())
        {
            List<Hash256> alternatives = [];
            topics.Add(alternatives);
            if (position.ValueKind == JsonValueKind.Null) continue;
            if (position.ValueKind != JsonValueKind.Array)
            {
                if (HexReader.ReadHash(position, out Hash256 single) is { } error) return $"invalid topic(s): {error}";
                alternatives.Add(single);
                continue;
            }
            if (position.GetArrayLength() > AlternativesMax) return $"exceed max topics: {position.GetArrayLength()} alternatives, at most {AlternativesMax}";
            foreach (JsonElement item in position.EnumerateArray())
            {
                // A null among the alternatives makes the position match anything (geth).
                if (item.ValueKind == JsonValueKind.Null)
                {
                    alternatives.Clear();
                    break;
                }
                if (HexReader.ReadHash(item, out Hash256 topic) is { } error) return $"invalid topic(s): {error}";
                alternatives.Add(topic);
            }
        }
        return null;
    }
}
