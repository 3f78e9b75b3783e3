using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Chain.Consensus.Engines;
using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Rpc.Engine;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>engine</c>: a consensus client brings blocks, says where the chain is, and has blocks built (Engine API, Paris to Osaka).</summary>
/// <param name="chain">The chain.</param>
/// <param name="engine">The engine.</param>
/// <param name="gasLimitWanted">Gas limit that built blocks move towards.</param>
public sealed class EngineMethods(RpcChain chain, ExternalEngine engine, ulong gasLimitWanted)
{
    private static readonly RpcError UnsupportedFork = new(RpcErrorCodes.EngineUnsupportedFork, "Unsupported fork");

    /// <summary>Takes a block (Paris).</summary>
    [RpcMethod("engine_newPayloadV1", Heavy = true)]
    public RpcResult<PayloadStatusJson> NewPayloadV1(PayloadArgument payload)
    {
        if (payload.Withdrawals is not null) return RpcError.InvalidParams("withdrawals belong to engine_newPayloadV2");
        return ForkAt(payload) > Fork.Paris ? UnsupportedFork : Insert(payload, null, null, null);
    }

    /// <summary>Takes a block (Paris, Shanghai).</summary>
    [RpcMethod("engine_newPayloadV2", Heavy = true)]
    public RpcResult<PayloadStatusJson> NewPayloadV2(PayloadArgument payload)
    {
        Fork fork = ForkAt(payload);
        if (fork >= Fork.Cancun) return UnsupportedFork;
        if (payload.Header.BlobGasUsed is not null || payload.Header.ExcessBlobGas is not null) return RpcError.InvalidParams("blob gas fields belong to engine_newPayloadV3");
        if ((fork >= Fork.Shanghai) != (payload.Withdrawals is not null)) return RpcError.InvalidParams(fork >= Fork.Shanghai ? "withdrawals are missing (Shanghai)" : "withdrawals before Shanghai");
        return Insert(payload, null, null, null);
    }

    /// <summary>Takes a block (Cancun).</summary>
    [RpcMethod("engine_newPayloadV3", Heavy = true)]
    public RpcResult<PayloadStatusJson> NewPayloadV3(PayloadArgument payload, Hash256[] expectedBlobVersionedHashes, Hash256 parentBeaconBlockRoot)
    {
        if (MissingBlobFields(payload) is { } missing) return missing;
        return ForkAt(payload) != Fork.Cancun ? UnsupportedFork : Insert(payload, expectedBlobVersionedHashes, parentBeaconBlockRoot, null);
    }

    /// <summary>Takes a block (Prague, Osaka).</summary>
    [RpcMethod("engine_newPayloadV4", Heavy = true)]
    public RpcResult<PayloadStatusJson> NewPayloadV4(PayloadArgument payload, Hash256[] expectedBlobVersionedHashes, Hash256 parentBeaconBlockRoot, ReadOnlyMemory<byte>[] executionRequests)
    {
        if (MissingBlobFields(payload) is { } missing) return missing;
        for (int i = 0; i < executionRequests.Length; i++)
        {
            if (executionRequests[i].Length < 2) return RpcError.InvalidParams($"execution request {i} is empty");
            if (i > 0 && executionRequests[i].Span[0] <= executionRequests[i - 1].Span[0]) return RpcError.InvalidParams("execution requests are not in ascending order of their types");
        }
        return ForkAt(payload) < Fork.Prague ? UnsupportedFork : Insert(payload, expectedBlobVersionedHashes, parentBeaconBlockRoot, executionRequests);
    }

    /// <summary>Moves the head (Paris).</summary>
    [RpcMethod("engine_forkchoiceUpdatedV1", Heavy = true)]
    public RpcResult<ForkchoiceJson> ForkchoiceUpdatedV1(ForkchoiceState state, PayloadAttributes? attributes = null) => Update(state, attributes, 1);

    /// <summary>Moves the head (Paris, Shanghai).</summary>
    [RpcMethod("engine_forkchoiceUpdatedV2", Heavy = true)]
    public RpcResult<ForkchoiceJson> ForkchoiceUpdatedV2(ForkchoiceState state, PayloadAttributes? attributes = null) => Update(state, attributes, 2);

    /// <summary>Moves the head (Cancun and later).</summary>
    [RpcMethod("engine_forkchoiceUpdatedV3", Heavy = true)]
    public RpcResult<ForkchoiceJson> ForkchoiceUpdatedV3(ForkchoiceState state, PayloadAttributes? attributes = null) => Update(state, attributes, 3);

    /// <summary>A built block (Paris).</summary>
    [RpcMethod("engine_getPayloadV1", Heavy = true)]
    public RpcResult<IJsonWritable> GetPayloadV1(ReadOnlyMemory<byte> payloadId) => Take(payloadId, PayloadVersion.V1, Fork.Paris, Fork.Paris);

    /// <summary>A built block (Paris, Shanghai).</summary>
    [RpcMethod("engine_getPayloadV2", Heavy = true)]
    public RpcResult<IJsonWritable> GetPayloadV2(ReadOnlyMemory<byte> payloadId) => Take(payloadId, PayloadVersion.V2, Fork.Paris, Fork.Shanghai);

    /// <summary>A built block (Cancun).</summary>
    [RpcMethod("engine_getPayloadV3", Heavy = true)]
    public RpcResult<IJsonWritable> GetPayloadV3(ReadOnlyMemory<byte> payloadId) => Take(payloadId, PayloadVersion.V3, Fork.Cancun, Fork.Cancun);

    /// <summary>A built block (Prague).</summary>
    [RpcMethod("engine_getPayloadV4", Heavy = true)]
    public RpcResult<IJsonWritable> GetPayloadV4(ReadOnlyMemory<byte> payloadId) => Take(payloadId, PayloadVersion.V4, Fork.Prague, Fork.Prague);

    /// <summary>A built block (Osaka).</summary>
    [RpcMethod("engine_getPayloadV5", Heavy = true)]
    public RpcResult<IJsonWritable> GetPayloadV5(ReadOnlyMemory<byte> payloadId) => Take(payloadId, PayloadVersion.V5, Fork.Osaka, Fork.Bpo5);

    private Fork ForkAt(PayloadArgument payload) => ForkAt(payload.Header.Timestamp);

    private Fork ForkAt(ulong timestamp) => chain.Manager.Spec.RulesAt(0, timestamp, isPostMerge: true).Fork;

    private static RpcError? MissingBlobFields(PayloadArgument payload) =>
        payload.Withdrawals is null ? RpcError.InvalidParams("an execution payload of this version needs \"withdrawals\"")
        : payload.Header.BlobGasUsed is null ? RpcError.InvalidParams("an execution payload of this version needs \"blobGasUsed\"")
        : payload.Header.ExcessBlobGas is null ? RpcError.InvalidParams("an execution payload of this version needs \"excessBlobGas\"")
        : null;

    private RpcResult<PayloadStatusJson> Insert(PayloadArgument payload, Hash256[]? blobHashes, Hash256? beaconRoot, IReadOnlyList<ReadOnlyMemory<byte>>? requests)
    {
        if (!payload.TryMakeBlock(beaconRoot, requests, out Block block, out string problem)) return Invalid(payload, problem);
        if (block.Header.Hash != payload.BlockHash) return new PayloadStatusJson(new PayloadStatus(PayloadVerdict.Invalid, null, $"block hash {block.Header.Hash}, the payload says {payload.BlockHash}"));
        if (blobHashes is not null && !block.Transactions.SelectMany(t => t.BlobVersionedHashes).SequenceEqual(blobHashes)) return Invalid(payload, "the blob hashes expected are not those of the transactions");
        return new PayloadStatusJson(engine.Insert(block));
    }

    private PayloadStatusJson Invalid(PayloadArgument payload, string problem) =>
        new(new PayloadStatus(PayloadVerdict.Invalid, chain.Blocks.Contains(payload.Header.ParentHash) ? payload.Header.ParentHash : null, problem));

    private RpcResult<ForkchoiceJson> Update(ForkchoiceState state, PayloadAttributes? attributes, int version)
    {
        if (attributes is not null && version < 3 && attributes.ParentBeaconBlockRoot is not null) return InvalidAttributes("parentBeaconBlockRoot belongs to engine_forkchoiceUpdatedV3");
        if (state.Head.IsZero) return new RpcError(RpcErrorCodes.EngineInvalidForkchoice, "Invalid forkchoice state: the head is the zero hash");
        ForkchoiceOutcome outcome = engine.SetForkchoice(state.Head, state.Safe, state.Finalized, out PayloadStatus status, out bool isOld);
        if (outcome == ForkchoiceOutcome.Inconsistent) return new RpcError(RpcErrorCodes.EngineInvalidForkchoice, "Invalid forkchoice state: safe and finalised block must be ancestors of the head");
        if (attributes is null || isOld || status.Verdict != PayloadVerdict.Valid) return new ForkchoiceJson(status, null);

        // From here on the forkchoice stays, whatever is wrong with the attributes.
        if (CheckAttributes(attributes, version) is { } error) return error;
        BlockHeader parent = chain.Blocks.GetHeader(state.Head)!;
        if (attributes.Timestamp <= parent.Timestamp) return InvalidAttributes($"timestamp {attributes.Timestamp} is not above the head's, {parent.Timestamp}");
        ulong id = IdOf(state.Head, attributes, version);
        engine.StartPayload(id, attributes.ToRequest(state.Head, FeeMarket.GasLimitTowards(parent.GasLimit, gasLimitWanted)));
        return new ForkchoiceJson(status, id);
    }

    private RpcError? CheckAttributes(PayloadAttributes attributes, int version)
    {
        Fork fork = ForkAt(attributes.Timestamp);
        switch (version)
        {
            case 3:
                if (attributes.ParentBeaconBlockRoot is null) return InvalidAttributes("parentBeaconBlockRoot is missing");
                if (attributes.Withdrawals is null) return InvalidAttributes("withdrawals are missing");
                return fork < Fork.Cancun ? UnsupportedFork : null;
            case 2:
                if (fork >= Fork.Cancun) return UnsupportedFork;
                return (fork >= Fork.Shanghai) != (attributes.Withdrawals is not null) ? InvalidAttributes(fork >= Fork.Shanghai ? "withdrawals are missing (Shanghai)" : "withdrawals before Shanghai") : null;
            default:
                if (fork > Fork.Paris) return UnsupportedFork;
                return attributes.Withdrawals is not null ? InvalidAttributes("withdrawals belong to engine_forkchoiceUpdatedV2") : null;
        }
    }

    private static RpcError InvalidAttributes(string reason) => new(RpcErrorCodes.EngineInvalidAttributes, $"Invalid payload attributes: {reason}");

    /// <summary>The same request gets the same id, so that a repeated forkchoice goes on with the block begun.</summary>
    private static ulong IdOf(in Hash256 head, PayloadAttributes attributes, int version)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        hash.AppendData(head.Bytes);
        BinaryPrimitives.WriteUInt64BigEndian(number, attributes.Timestamp);
        hash.AppendData(number);
        hash.AppendData(attributes.PrevRandao.Bytes);
        hash.AppendData(attributes.FeeRecipient.Bytes);
        if (attributes.Withdrawals is { } withdrawals) hash.AppendData(Consensus.Execution.Roots.Withdrawals(withdrawals).Bytes);
        if (attributes.ParentBeaconBlockRoot is { } root) hash.AppendData(root.Bytes);
        byte[] digest = hash.GetHashAndReset();
        digest[0] = (byte)version;
        return BinaryPrimitives.ReadUInt64BigEndian(digest);
    }

    private RpcResult<IJsonWritable> Take(ReadOnlyMemory<byte> payloadId, PayloadVersion version, Fork first, Fork last)
    {
        if (payloadId.Length != 8) return RpcError.InvalidArgument(0, $"a payload id has 8 bytes, not {payloadId.Length}");
        if (engine.TakePayload(BinaryPrimitives.ReadUInt64BigEndian(payloadId.Span)) is not { } built) return new RpcError(RpcErrorCodes.EngineUnknownPayload, "Unknown payload");
        Fork fork = ForkAt(built.Executed.Block.Header.Timestamp);
        if (fork < first || fork > last) return UnsupportedFork;
        List<BlobSidecar> sidecars = [];
        foreach (Transaction transaction in built.Executed.Block.Transactions)
        {
            if (transaction.Type == TransactionType.Blob && chain.Pool.TryGet(transaction.Hash, out Consensus.Pool.PooledTransaction pooled) && pooled.Sidecar is { } sidecar) sidecars.Add(sidecar);
        }
        return new PayloadEnvelopeJson(built, version, sidecars);
    }
}

/// <summary>A status (Engine API, PayloadStatusV1).</summary>
/// <param name="Status">The status.</param>
public sealed record PayloadStatusJson(PayloadStatus Status) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("status"u8, Status.Verdict switch
        {
            PayloadVerdict.Valid => "VALID"u8,
            PayloadVerdict.Invalid => "INVALID"u8,
            _ => "SYNCING"u8,
        });
        writer.WriteHash("latestValidHash"u8, Status.LatestValid);
        writer.WriteString("validationError"u8, Status.Problem);
        writer.WriteEndObject();
    }
}

/// <summary>The answer to a forkchoice.</summary>
/// <param name="Status">Status of the head.</param>
/// <param name="PayloadId">Id of the block begun; null for none.</param>
public sealed record ForkchoiceJson(PayloadStatus Status, ulong? PayloadId) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("payloadStatus"u8);
        new PayloadStatusJson(Status).WriteTo(writer);
        if (PayloadId is { } id)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, id);
            writer.WriteData("payloadId"u8, bytes);
        }
        else
        {
            writer.WriteNull("payloadId"u8);
        }
        writer.WriteEndObject();
    }
}
