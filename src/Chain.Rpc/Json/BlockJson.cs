using System.Text.Json;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Rpc.Json;

/// <summary>A block object (execution-apis, Block).</summary>
/// <param name="Block">The block.</param>
/// <param name="Hash">Its hash; null for the pending block, which has none.</param>
/// <param name="SizeBytes">Size of its RLP.</param>
/// <param name="Transactions">Its transactions: hashes or objects.</param>
/// <param name="OmmerHashes">Hashes of its ommers.</param>
public sealed record BlockJson(Block Block, Hash256? Hash, ulong SizeBytes, BlockTransactions Transactions, IReadOnlyList<Hash256> OmmerHashes) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteMembers(writer);
        writer.WriteEndObject();
    }

    /// <summary>Writes the members without the braces.</summary>
    internal void WriteMembers(Utf8JsonWriter writer)
    {
        HeaderJson.WriteMembers(writer, Block.Header, Hash);
        writer.WriteQuantity("size"u8, SizeBytes);
        writer.WriteStartArray("transactions"u8);
        if (Transactions.Objects is { } objects)
        {
            foreach (TransactionJson transaction in objects) transaction.WriteTo(writer);
        }
        else
        {
            foreach (Hash256 hash in Transactions.Hashes!) writer.WriteDataValue(hash.Bytes);
        }
        writer.WriteEndArray();
        writer.WriteStartArray("uncles"u8);
        foreach (Hash256 hash in OmmerHashes) writer.WriteDataValue(hash.Bytes);
        writer.WriteEndArray();
        if (Block.Withdrawals is { } withdrawals)
        {
            writer.WriteStartArray("withdrawals"u8);
            foreach (Withdrawal withdrawal in withdrawals) WriteWithdrawal(writer, withdrawal);
            writer.WriteEndArray();
        }
    }

    internal static void WriteWithdrawal(Utf8JsonWriter writer, Withdrawal withdrawal)
    {
        writer.WriteStartObject();
        writer.WriteQuantity("index"u8, withdrawal.Index);
        writer.WriteQuantity("validatorIndex"u8, withdrawal.ValidatorIndex);
        writer.WriteAddress("address"u8, withdrawal.Address);
        writer.WriteQuantity("amount"u8, withdrawal.AmountGwei);
        writer.WriteEndObject();
    }
}

/// <summary>The transactions of a block object: one of the two lists.</summary>
/// <param name="Hashes">Hashes.</param>
/// <param name="Objects">Objects.</param>
public readonly record struct BlockTransactions(IReadOnlyList<Hash256>? Hashes, IReadOnlyList<TransactionJson>? Objects);

/// <summary>A header object, as the subscription newHeads pushes it.</summary>
/// <param name="Header">The header.</param>
/// <param name="Hash">Its hash.</param>
public sealed record HeaderJson(BlockHeader Header, Hash256 Hash) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteMembers(writer, Header, Hash);
        writer.WriteEndObject();
    }

    internal static void WriteMembers(Utf8JsonWriter writer, BlockHeader header, Hash256? hash)
    {
        Span<byte> nonce = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(nonce, header.Nonce);
        if (header.BaseFeePerGas is { } baseFee) writer.WriteQuantity("baseFeePerGas"u8, baseFee);
        if (header.BlobGasUsed is { } blobGasUsed) writer.WriteQuantity("blobGasUsed"u8, blobGasUsed);
        writer.WriteQuantity("difficulty"u8, header.Difficulty);
        if (header.ExcessBlobGas is { } excessBlobGas) writer.WriteQuantity("excessBlobGas"u8, excessBlobGas);
        writer.WriteData("extraData"u8, header.ExtraData.Span);
        writer.WriteQuantity("gasLimit"u8, header.GasLimit);
        writer.WriteQuantity("gasUsed"u8, header.GasUsed);
        writer.WriteHash("hash"u8, hash);
        writer.WriteData("logsBloom"u8, header.LogsBloom.Bytes);
        writer.WriteAddress("miner"u8, header.Beneficiary);
        writer.WriteHash("mixHash"u8, header.MixHash);
        if (hash is null) writer.WriteNull("nonce"u8);
        else writer.WriteData("nonce"u8, nonce);
        writer.WriteQuantity("number"u8, header.Number);
        if (header.ParentBeaconBlockRoot is { } beaconRoot) writer.WriteHash("parentBeaconBlockRoot"u8, beaconRoot);
        writer.WriteHash("parentHash"u8, header.ParentHash);
        writer.WriteHash("receiptsRoot"u8, header.ReceiptsRoot);
        if (header.RequestsHash is { } requestsHash) writer.WriteHash("requestsHash"u8, requestsHash);
        writer.WriteHash("sha3Uncles"u8, header.OmmersHash);
        writer.WriteHash("stateRoot"u8, header.StateRoot);
        writer.WriteQuantity("timestamp"u8, header.Timestamp);
        writer.WriteHash("transactionsRoot"u8, header.TransactionsRoot);
        if (header.WithdrawalsRoot is { } withdrawalsRoot) writer.WriteHash("withdrawalsRoot"u8, withdrawalsRoot);
    }
}
