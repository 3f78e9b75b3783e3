using System.Text.Json;
using Chain.Consensus.Building;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Rpc.Json;

namespace Chain.Rpc.Engine;

/// <summary>What a consensus client decides of the block to build (Engine API, PayloadAttributesV1 to V3).</summary>
public sealed record PayloadAttributes
{
    /// <summary>Gas limit that built blocks move towards.</summary>
    public const ulong GasLimitWanted = 60_000_000;

    /// <summary>Timestamp, seconds.</summary>
    public ulong Timestamp { get; init; }

    /// <summary>PREVRANDAO.</summary>
    public Hash256 PrevRandao { get; init; }

    /// <summary>Fee recipient.</summary>
    public Address FeeRecipient { get; init; }

    /// <summary>Withdrawals; null before V2.</summary>
    public IReadOnlyList<Withdrawal>? Withdrawals { get; init; }

    /// <summary>Parent beacon block root; null before V3.</summary>
    public Hash256? ParentBeaconBlockRoot { get; init; }

    /// <summary>The block to build.</summary>
    public BuildRequest ToRequest(in Hash256 parentHash, ulong gasLimit) => new()
    {
        ParentHash = parentHash,
        Timestamp = Timestamp,
        Coinbase = FeeRecipient,
        GasLimit = gasLimit,
        PrevRandao = PrevRandao,
        Withdrawals = Withdrawals,
        ParentBeaconBlockRoot = ParentBeaconBlockRoot ?? default,
    };

    internal static string? Read(JsonElement element, out PayloadAttributes value)
    {
        ObjectReader reader = new(element, "payload attributes");
        ulong? timestamp = reader.Value<ulong>("timestamp"u8);
        Hash256? randao = reader.Value<Hash256>("prevRandao"u8);
        Address? recipient = reader.Value<Address>("suggestedFeeRecipient"u8);
        value = new PayloadAttributes
        {
            Timestamp = timestamp ?? 0,
            PrevRandao = randao ?? default,
            FeeRecipient = recipient ?? default,
            Withdrawals = reader.Withdrawals("withdrawals"u8),
            ParentBeaconBlockRoot = reader.Value<Hash256>("parentBeaconBlockRoot"u8),
        };
        return reader.Error ?? (timestamp is null || randao is null || recipient is null ? "payload attributes need \"timestamp\", \"prevRandao\" and \"suggestedFeeRecipient\"" : null);
    }
}

/// <summary>Where the chain is (Engine API, ForkchoiceStateV1). Zero hashes mean none.</summary>
/// <param name="Head">Head.</param>
/// <param name="Safe">Safe block.</param>
/// <param name="Finalized">Finalised block.</param>
public sealed record ForkchoiceState(Hash256 Head, Hash256 Safe, Hash256 Finalized)
{
    internal static string? Read(JsonElement element, out ForkchoiceState value)
    {
        ObjectReader reader = new(element, "forkchoice state");
        Hash256? head = reader.Value<Hash256>("headBlockHash"u8);
        Hash256? safe = reader.Value<Hash256>("safeBlockHash"u8);
        Hash256? finalized = reader.Value<Hash256>("finalizedBlockHash"u8);
        value = new ForkchoiceState(head ?? default, safe ?? default, finalized ?? default);
        return reader.Error ?? (head is null || safe is null || finalized is null ? "a forkchoice state needs \"headBlockHash\", \"safeBlockHash\" and \"finalizedBlockHash\"" : null);
    }
}
