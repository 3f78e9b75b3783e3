using System.Text.Json;
using Chain.Consensus.Building;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Rpc.Json;

namespace Chain.Rpc.Engine;

/// <summary>Versions of engine_getPayload, each with what it adds.</summary>
public enum PayloadVersion : byte
{
    /// <summary>The payload alone (Paris).</summary>
    V1 = 1,

    /// <summary>An envelope with the block's value (Shanghai).</summary>
    V2,

    /// <summary>Blobs with a proof each (Cancun).</summary>
    V3,

    /// <summary>Execution requests (Prague).</summary>
    V4,

    /// <summary>Blobs with cell proofs (Osaka).</summary>
    V5,
}

/// <summary>A built block as engine_getPayload answers.</summary>
/// <param name="Built">The block.</param>
/// <param name="Version">Version asked for.</param>
internal sealed record PayloadEnvelopeJson(BuiltBlock Built, PayloadVersion Version) : IJsonWritable
{
    public void WriteTo(Utf8JsonWriter writer)
    {
        if (Version == PayloadVersion.V1)
        {
            WritePayload(writer, Built.Executed.Block, Built.Executed.Hash);
            return;
        }
        writer.WriteStartObject();
        writer.WritePropertyName("executionPayload"u8);
        WritePayload(writer, Built.Executed.Block, Built.Executed.Hash);
        writer.WriteQuantity("blockValue"u8, Built.Value);
        if (Version >= PayloadVersion.V3)
        {
            WriteBundle(writer);
            writer.WriteBoolean("shouldOverrideBuilder"u8, false);
        }
        if (Version >= PayloadVersion.V4)
        {
            writer.WriteStartArray("executionRequests"u8);
            foreach (ReadOnlyMemory<byte> request in Built.Requests ?? []) writer.WriteDataValue(request.Span);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private static void WritePayload(Utf8JsonWriter writer, Block block, in Hash256 hash)
    {
        BlockHeader header = block.Header;
        writer.WriteStartObject();
        writer.WriteHash("parentHash"u8, header.ParentHash);
        writer.WriteAddress("feeRecipient"u8, header.Beneficiary);
        writer.WriteHash("stateRoot"u8, header.StateRoot);
        writer.WriteHash("receiptsRoot"u8, header.ReceiptsRoot);
        writer.WriteData("logsBloom"u8, header.LogsBloom.Bytes);
        writer.WriteHash("prevRandao"u8, header.MixHash);
        writer.WriteQuantity("blockNumber"u8, header.Number);
        writer.WriteQuantity("gasLimit"u8, header.GasLimit);
        writer.WriteQuantity("gasUsed"u8, header.GasUsed);
        writer.WriteQuantity("timestamp"u8, header.Timestamp);
        writer.WriteData("extraData"u8, header.ExtraData.Span);
        writer.WriteQuantity("baseFeePerGas"u8, header.BaseFeePerGas ?? default);
        writer.WriteHash("blockHash"u8, hash);
        PayloadBodyJson.WriteMembers(writer, block, writesMissingWithdrawals: false);
        if (header.BlobGasUsed is { } blobGasUsed) writer.WriteQuantity("blobGasUsed"u8, blobGasUsed);
        if (header.ExcessBlobGas is { } excessBlobGas) writer.WriteQuantity("excessBlobGas"u8, excessBlobGas);
        writer.WriteEndObject();
    }

    private void WriteBundle(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("blobsBundle"u8);
        Write(writer, "commitments"u8, sidecar => sidecar.Commitments);
        Write(writer, "proofs"u8, sidecar => sidecar.Proofs);
        Write(writer, "blobs"u8, sidecar => sidecar.Blobs);
        writer.WriteEndObject();
    }

    private void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, Func<BlobSidecar, IReadOnlyList<ReadOnlyMemory<byte>>> part)
    {
        writer.WriteStartArray(name);
        foreach (BlobSidecar sidecar in Built.Sidecars)
        {
            foreach (ReadOnlyMemory<byte> item in part(sidecar)) writer.WriteDataValue(item.Span);
        }
        writer.WriteEndArray();
    }
}

/// <summary>The body of a block (Engine API, ExecutionPayloadBodyV1).</summary>
/// <param name="Block">The block.</param>
internal sealed record PayloadBodyJson(Block Block) : IJsonWritable
{
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteMembers(writer, Block, writesMissingWithdrawals: true);
        writer.WriteEndObject();
    }

    internal static void WriteMembers(Utf8JsonWriter writer, Block block, bool writesMissingWithdrawals)
    {
        writer.WriteStartArray("transactions"u8);
        foreach (Transaction transaction in block.Transactions) writer.WriteDataValue(TransactionCodec.Encode(transaction));
        writer.WriteEndArray();
        if (block.Withdrawals is null && !writesMissingWithdrawals) return;
        if (block.Withdrawals is not { } withdrawals)
        {
            writer.WriteNull("withdrawals"u8);
            return;
        }
        writer.WriteStartArray("withdrawals"u8);
        foreach (Withdrawal withdrawal in withdrawals) BlockJson.WriteWithdrawal(writer, withdrawal);
        writer.WriteEndArray();
    }
}
