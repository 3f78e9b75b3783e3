using System.Text.Json;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Rpc.Json;

/// <summary>Where a transaction is mined.</summary>
/// <param name="BlockHash">Block.</param>
/// <param name="BlockNumber">Its height.</param>
/// <param name="BlockTimestamp">Its time, seconds.</param>
/// <param name="BaseFee">Its base fee, wei; null before London.</param>
/// <param name="Index">Index of the transaction in it.</param>
public readonly record struct TransactionPlace(Hash256 BlockHash, ulong BlockNumber, ulong BlockTimestamp, UInt256? BaseFee, int Index);

/// <summary>A transaction object (execution-apis, TransactionInfo), mined or pending.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="From">Its sender.</param>
/// <param name="Place">Where it is mined; null while it is pending.</param>
public sealed record TransactionJson(Transaction Transaction, Hash256 Hash, Address From, TransactionPlace? Place) : IJsonWritable
{
    /// <summary>Bytes of the input that are shown, where not all are.</summary>
    internal int? InputBytesShown { get; init; }

    /// <summary>Price per gas that is paid under a base fee, wei.</summary>
    public static UInt256 EffectiveGasPrice(Transaction transaction, in UInt256? baseFee) =>
        baseFee is { } fee ? FeeMarket.EffectiveGasPrice(transaction, fee) : transaction.MaxFeePerGas;

    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        Transaction t = Transaction;
        writer.WriteStartObject();
        if (Place is { } place)
        {
            writer.WriteHash("blockHash"u8, place.BlockHash);
            writer.WriteQuantity("blockNumber"u8, place.BlockNumber);
            writer.WriteQuantity("blockTimestamp"u8, place.BlockTimestamp);
        }
        else
        {
            writer.WriteNull("blockHash"u8);
            writer.WriteNull("blockNumber"u8);
            writer.WriteNull("blockTimestamp"u8);
        }
        writer.WriteAddress("from"u8, From);
        writer.WriteQuantity("gas"u8, t.GasLimit);
        writer.WriteQuantity("gasPrice"u8, Place is { } mined ? EffectiveGasPrice(t, mined.BaseFee) : t.MaxFeePerGas);
        if (t.Type >= TransactionType.DynamicFee)
        {
            writer.WriteQuantity("maxFeePerGas"u8, t.MaxFeePerGas);
            writer.WriteQuantity("maxPriorityFeePerGas"u8, t.MaxPriorityFeePerGas);
        }
        if (t.Type == TransactionType.Blob) writer.WriteQuantity("maxFeePerBlobGas"u8, t.MaxFeePerBlobGas);
        writer.WriteHash("hash"u8, Hash);
        writer.WriteData("input"u8, InputBytesShown < t.Data.Length ? t.Data.Span[..InputBytesShown.Value] : t.Data.Span);
        writer.WriteQuantity("nonce"u8, t.Nonce);
        writer.WriteAddress("to"u8, t.To);
        if (Place is { } at) writer.WriteQuantity("transactionIndex"u8, (ulong)at.Index);
        else writer.WriteNull("transactionIndex"u8);
        writer.WriteQuantity("value"u8, t.Value);
        writer.WriteQuantity("type"u8, (ulong)t.Type);
        if (t.Type != TransactionType.Legacy) WriteAccessList(writer, t.AccessList);
        if (t.ChainId is { } chainId) writer.WriteQuantity("chainId"u8, chainId);
        if (t.Type == TransactionType.Blob) WriteBlobHashes(writer, t.BlobVersionedHashes);
        if (t.Type == TransactionType.SetCode) WriteAuthorizations(writer, t.AuthorizationList);
        WriteSignature(writer, t);
        writer.WriteEndObject();
    }

    /// <summary>Writes the member <c>accessList</c>.</summary>
    internal static void WriteAccessList(Utf8JsonWriter writer, IReadOnlyList<AccessListEntry> list)
    {
        writer.WriteStartArray("accessList"u8);
        foreach (AccessListEntry entry in list)
        {
            writer.WriteStartObject();
            writer.WriteAddress("address"u8, entry.Address);
            writer.WriteStartArray("storageKeys"u8);
            foreach (UInt256 key in entry.StorageKeys) writer.WriteWordValue(key);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteBlobHashes(Utf8JsonWriter writer, IReadOnlyList<Hash256> hashes)
    {
        writer.WriteStartArray("blobVersionedHashes"u8);
        foreach (Hash256 hash in hashes) writer.WriteDataValue(hash.Bytes);
        writer.WriteEndArray();
    }

    private static void WriteAuthorizations(Utf8JsonWriter writer, IReadOnlyList<Authorization> list)
    {
        writer.WriteStartArray("authorizationList"u8);
        foreach (Authorization authorization in list)
        {
            writer.WriteStartObject();
            writer.WriteQuantity("chainId"u8, authorization.ChainId);
            writer.WriteAddress("address"u8, authorization.Address);
            writer.WriteQuantity("nonce"u8, authorization.Nonce);
            writer.WriteQuantity("yParity"u8, authorization.YParity);
            writer.WriteQuantity("r"u8, authorization.R);
            writer.WriteQuantity("s"u8, authorization.S);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteSignature(Utf8JsonWriter writer, Transaction t)
    {
        ulong parity = t.Signature.YParity;
        if (t.Type == TransactionType.Legacy)
        {
            // EIP-155 puts the chain id into v: 2 * id + 35 + parity, which outgrows 64 bits for large ids.
            if (t.ChainId is { } chainId) writer.WriteQuantity("v"u8, (UInt256)chainId + chainId + (35 + parity));
            else writer.WriteQuantity("v"u8, t.Signature == TransactionSignature.None ? 0 : 27 + parity);
        }
        else
        {
            writer.WriteQuantity("v"u8, parity);
        }
        writer.WriteQuantity("r"u8, t.Signature.R);
        writer.WriteQuantity("s"u8, t.Signature.S);
        if (t.Type != TransactionType.Legacy) writer.WriteQuantity("yParity"u8, parity);
    }
}
