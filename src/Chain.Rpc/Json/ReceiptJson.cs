using System.Text.Json;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Rpc.Json;

/// <summary>A log object (execution-apis, Log).</summary>
/// <param name="Log">The log.</param>
/// <param name="Place">Its transaction's place.</param>
/// <param name="TransactionHash">Its transaction.</param>
/// <param name="LogIndex">Index of the log in the block.</param>
/// <param name="Removed">True when its block left the canonical chain.</param>
public sealed record LogJson(LogEntry Log, TransactionPlace Place, Hash256 TransactionHash, int LogIndex, bool Removed = false) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteAddress("address"u8, Log.Address);
        writer.WriteStartArray("topics"u8);
        foreach (Hash256 topic in Log.Topics) writer.WriteDataValue(topic.Bytes);
        writer.WriteEndArray();
        writer.WriteData("data"u8, Log.Data.Span);
        writer.WriteQuantity("blockNumber"u8, Place.BlockNumber);
        writer.WriteHash("transactionHash"u8, TransactionHash);
        writer.WriteQuantity("transactionIndex"u8, (ulong)Place.Index);
        writer.WriteHash("blockHash"u8, Place.BlockHash);
        writer.WriteQuantity("blockTimestamp"u8, Place.BlockTimestamp);
        writer.WriteQuantity("logIndex"u8, (ulong)LogIndex);
        writer.WriteBoolean("removed"u8, Removed);
        writer.WriteEndObject();
    }
}

/// <summary>A receipt object (execution-apis, ReceiptInfo).</summary>
/// <param name="Receipt">The receipt.</param>
/// <param name="Transaction">Its transaction.</param>
/// <param name="TransactionHash">Hash of the transaction.</param>
/// <param name="From">Sender of the transaction.</param>
/// <param name="Place">Place of the transaction.</param>
/// <param name="GasUsed">Gas used by this transaction alone.</param>
/// <param name="FirstLogIndex">Index in the block of its first log.</param>
/// <param name="ContractAddress">The contract it made; null when it made none.</param>
/// <param name="BlobGasPrice">Blob base fee of the block, wei; used for blob transactions.</param>
public sealed record ReceiptJson(
    Receipt Receipt, Transaction Transaction, Hash256 TransactionHash, Address From, TransactionPlace Place, ulong GasUsed, int FirstLogIndex,
    Address? ContractAddress, UInt256 BlobGasPrice) : IJsonWritable
{
    /// <summary>False to write null in place of logs and bloom.</summary>
    internal bool WithLogs { get; init; } = true;

    /// <summary>Time of the block, seconds, where it is wanted.</summary>
    internal ulong? Timestamp { get; init; }

    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (Transaction.Type == TransactionType.Blob)
        {
            writer.WriteQuantity("blobGasPrice"u8, BlobGasPrice);
            writer.WriteQuantity("blobGasUsed"u8, FeeMarket.GasPerBlob * (ulong)Transaction.BlobVersionedHashes.Count);
        }
        writer.WriteHash("blockHash"u8, Place.BlockHash);
        writer.WriteQuantity("blockNumber"u8, Place.BlockNumber);
        writer.WriteAddress("contractAddress"u8, ContractAddress);
        writer.WriteQuantity("cumulativeGasUsed"u8, Receipt.CumulativeGasUsed);
        writer.WriteQuantity("effectiveGasPrice"u8, TransactionJson.EffectiveGasPrice(Transaction, Place.BaseFee));
        writer.WriteAddress("from"u8, From);
        writer.WriteQuantity("gasUsed"u8, GasUsed);
        WriteLogs(writer);
        if (Receipt.PostStateRoot is { } root) writer.WriteHash("root"u8, root);
        else writer.WriteQuantity("status"u8, Receipt.Succeeded ? 1UL : 0UL);
        writer.WriteAddress("to"u8, Transaction.To);
        writer.WriteHash("transactionHash"u8, TransactionHash);
        writer.WriteQuantity("transactionIndex"u8, (ulong)Place.Index);
        writer.WriteQuantity("type"u8, (ulong)Transaction.Type);
        if (Timestamp is { } time) writer.WriteNumber("timestamp"u8, time);
        writer.WriteEndObject();
    }

    private void WriteLogs(Utf8JsonWriter writer)
    {
        if (!WithLogs)
        {
            writer.WriteNull("logs"u8);
            writer.WriteNull("logsBloom"u8);
            return;
        }
        writer.WriteStartArray("logs"u8);
        for (int i = 0; i < Receipt.Logs.Count; i++) new LogJson(Receipt.Logs[i], Place, TransactionHash, FirstLogIndex + i).WriteTo(writer);
        writer.WriteEndArray();
        writer.WriteData("logsBloom"u8, Receipt.LogsBloom.Bytes);
    }
}
