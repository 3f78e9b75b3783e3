using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Chain.Consensus.Engines;
using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Rpc.Engine;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Storage;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>engine</c>: a consensus client brings blocks, says where the chain is, and has blocks built (Engine API, Paris to Osaka).</summary>
/// <param name="chain">The chain.</param>
/// <param name="engine">The engine.</param>
/// <param name="gasLimitWanted">Gas limit that built blocks move towards.</param>
public sealed class EngineMethods(RpcChain chain, ExternalEngine engine, ulong gasLimitWanted)
{
    private const string Forkchoice = """[{"headBlockHash":"{head}","safeBlockHash":"{head}","finalizedBlockHash":"{zero}"},{attributes}]""";

    /// <summary>Takes a block (Paris).</summary>
    [RpcMethod("engine_newPayloadV1", Heavy = true, Example = "[{payload}]", Result = "PayloadStatus")]
    public RpcResult<PayloadStatusJson> NewPayloadV1([RpcParameter("Execution payload")] PayloadArgument payload)
    {
        if (payload.Withdrawals is not null) return RpcError.InvalidParams("withdrawals belong to engine_newPayloadV2");
        if (UnexpectedBlobFields(payload) is { } unexpected) return unexpected;
        return ForkAt(payload) > Fork.Paris ? EngineErrors.UnsupportedFork : Insert(payload, null, null, null, namesWrongHash: true);
    }

    /// <summary>Takes a block (Paris, Shanghai).</summary>
    [RpcMethod("engine_newPayloadV2", Heavy = true, Example = "[{payload}]", Faults = RpcFaults.Engine, Result = "PayloadStatus")]
    public RpcResult<PayloadStatusJson> NewPayloadV2([RpcParameter("Execution payload")] PayloadArgument payload)
    {
        Fork fork = ForkAt(payload);
        if (fork >= Fork.Cancun) return EngineErrors.UnsupportedFork;
        if (UnexpectedBlobFields(payload) is { } unexpected) return unexpected;
        if ((fork >= Fork.Shanghai) != (payload.Withdrawals is not null)) return RpcError.InvalidParams(fork >= Fork.Shanghai ? "withdrawals are missing (Shanghai)" : "withdrawals before Shanghai");
        return Insert(payload, null, null, null);
    }

    /// <summary>Takes a block (Cancun).</summary>
    [RpcMethod("engine_newPayloadV3", Heavy = true, Example = """[{payload},[],"{beaconRoot}"]""", Faults = RpcFaults.Engine, Result = "PayloadStatus")]
    public RpcResult<PayloadStatusJson> NewPayloadV3([RpcParameter("Execution payload")] PayloadArgument payload, [RpcParameter("Expected blob versioned hashes")] Hash256[] expectedBlobVersionedHashes, [RpcParameter("Root of the parent beacon block")] Hash256 parentBeaconBlockRoot)
    {
        if (MissingBlobFields(payload) is { } missing) return missing;
        return ForkAt(payload) != Fork.Cancun ? EngineErrors.UnsupportedFork : Insert(payload, expectedBlobVersionedHashes, parentBeaconBlockRoot, null);
    }

    /// <summary>Takes a block (Prague, Osaka).</summary>
    [RpcMethod("engine_newPayloadV4", Heavy = true, Example = """[{payload},[],"{beaconRoot}",[]]""", Faults = RpcFaults.Engine, Result = "PayloadStatus")]
    public RpcResult<PayloadStatusJson> NewPayloadV4([RpcParameter("Execution payload")] PayloadArgument payload, [RpcParameter("Expected blob versioned hashes")] Hash256[] expectedBlobVersionedHashes, [RpcParameter("Root of the parent beacon block")] Hash256 parentBeaconBlockRoot, [RpcParameter("Execution requests")] ReadOnlyMemory<byte>[] executionRequests)
    {
        if (MissingBlobFields(payload) is { } missing) return missing;
        for (int i = 0; i < executionRequests.Length; i++)
        {
            if (executionRequests[i].Length < 2) return RpcError.InvalidParams($"execution request {i} is empty");
            if (i > 0 && executionRequests[i].Span[0] <= executionRequests[i - 1].Span[0]) return RpcError.InvalidParams("execution requests are not in ascending order of their types");
        }
        return ForkAt(payload) < Fork.Prague ? EngineErrors.UnsupportedFork : Insert(payload, expectedBlobVersionedHashes, parentBeaconBlockRoot, executionRequests);
    }

    /// <summary>Moves the head (Paris).</summary>
    [RpcMethod("engine_forkchoiceUpdatedV1", Heavy = true, Example = Forkchoice, Faults = RpcFaults.Engine, Result = "ForkchoiceUpdated")]
    public RpcResult<ForkchoiceJson> ForkchoiceUpdatedV1([RpcParameter("Forkchoice state")] ForkchoiceState state, [RpcParameter("Payload attributes")] JsonElement? attributes = null) => Update(state, attributes, 1);

    /// <summary>Moves the head (Paris, Shanghai).</summary>
    [RpcMethod("engine_forkchoiceUpdatedV2", Heavy = true, Example = Forkchoice, Faults = RpcFaults.Engine, Result = "ForkchoiceUpdated")]
    public RpcResult<ForkchoiceJson> ForkchoiceUpdatedV2([RpcParameter("Forkchoice state")] ForkchoiceState state, [RpcParameter("Payload attributes")] JsonElement? attributes = null) => Update(state, attributes, 2);

    /// <summary>Moves the head (Cancun and later).</summary>
    [RpcMethod("engine_forkchoiceUpdatedV3", Heavy = true, Example = Forkchoice, Faults = RpcFaults.Engine, Result = "ForkchoiceUpdated")]
    public RpcResult<ForkchoiceJson> ForkchoiceUpdatedV3([RpcParameter("Forkchoice state")] ForkchoiceState state, [RpcParameter("Payload attributes")] JsonElement? attributes = null) => Update(state, attributes, 3);

    /// <summary>A built block (Paris).</summary>
    [RpcMethod("engine_getPayloadV1", Heavy = true, Example = """["{payloadId}"]""", Faults = RpcFaults.Engine, Result = "Payload")]
    public ValueTask<RpcResult<IJsonWritable>> GetPayloadV1([RpcParameter("Payload id")] ReadOnlyMemory<byte> payloadId) => TakeAsync(payloadId, PayloadVersion.V1, Fork.Paris, Fork.Paris);

    /// <summary>A built block (Paris, Shanghai).</summary>
    [RpcMethod("engine_getPayloadV2", Heavy = true, Example = """["{payloadId}"]""", Faults = RpcFaults.Engine, Result = "{executionPayload: Payload, blockValue: Quantity}")]
    public ValueTask<RpcResult<IJsonWritable>> GetPayloadV2([RpcParameter("Payload id")] ReadOnlyMemory<byte> payloadId) => TakeAsync(payloadId, PayloadVersion.V2, Fork.Paris, Fork.Shanghai);

    /// <summary>A built block (Cancun).</summary>
    [RpcMethod("engine_getPayloadV3", Heavy = true, Example = """["{payloadId}"]""", Faults = RpcFaults.Engine, Result = "{executionPayload: Payload, blockValue: Quantity, blobsBundle: BlobsBundle, shouldOverrideBuilder: Bool}")]
    public ValueTask<RpcResult<IJsonWritable>> GetPayloadV3([RpcParameter("Payload id")] ReadOnlyMemory<byte> payloadId) => TakeAsync(payloadId, PayloadVersion.V3, Fork.Cancun, Fork.Cancun);

    /// <summary>A built block (Prague).</summary>
    [RpcMethod("engine_getPayloadV4", Heavy = true, Example = """["{payloadId}"]""", Faults = RpcFaults.Engine, Result = "BuiltPayload")]
    public ValueTask<RpcResult<IJsonWritable>> GetPayloadV4([RpcParameter("Payload id")] ReadOnlyMemory<byte> payloadId) => TakeAsync(payloadId, PayloadVersion.V4, Fork.Prague, Fork.Prague);

    /// <summary>A built block (Osaka).</summary>
    [RpcMethod("engine_getPayloadV5", Heavy = true, Example = """["{payloadId}"]""", Faults = RpcFaults.Engine, Result = "BuiltPayload")]
    public ValueTask<RpcResult<IJsonWritable>> GetPayloadV5([RpcParameter("Payload id")] ReadOnlyMemory<byte> payloadId) => TakeAsync(payloadId, PayloadVersion.V5, Fork.Osaka, Fork.Bpo5);

    private Fork ForkAt(PayloadArgument payload) => ForkAt(payload.Header.Timestamp);

    private Fork ForkAt(ulong timestamp) => chain.Manager.Spec.RulesAt(0, timestamp, isPostMerge: true).Fork;

    private static RpcError? UnexpectedBlobFields(PayloadArgument payload) =>
        payload.Header.BlobGasUsed is not null || payload.Header.ExcessBlobGas is not null ? RpcError.InvalidParams("blob gas fields belong to engine_newPayloadV3") : null;

    private static RpcError? MissingBlobFields(PayloadArgument payload) =>
        payload.Withdrawals is null ? RpcError.InvalidParams("an execution payload of this version needs \"withdrawals\"")
        : payload.Header.BlobGasUsed is null ? RpcError.InvalidParams("an execution payload of this version needs \"blobGasUsed\"")
        : payload.Header.ExcessBlobGas is null ? RpcError.InvalidParams("an execution payload of this version needs \"excessBlobGas\"")
        : null;

    private RpcResult<PayloadStatusJson> Insert(
        PayloadArgument payload, Hash256[]? blobHashes, Hash256? beaconRoot, IReadOnlyList<ReadOnlyMemory<byte>>? requests, bool namesWrongHash = false)
    {
        if (!payload.TryMakeBlock(beaconRoot, requests, out Block block, out string problem)) return new PayloadStatusJson(new PayloadStatus(PayloadVerdict.Invalid, null, problem));
        if (block.Header.Hash != payload.BlockHash) return Invalid(BlockError.InvalidBlockHash, $"block hash {block.Header.Hash}, the payload says {payload.BlockHash}", namesWrongHash);
        if (blobHashes is not null && !block.Transactions.SelectMany(t => t.BlobVersionedHashes).SequenceEqual(blobHashes)) return Invalid(BlockError.InvalidVersionedHashes, "the blob hashes expected are not those of the transactions");
        try
        {
            return new PayloadStatusJson(engine.Insert(block));
        }
        catch (StorageException e)
        {
            return EngineErrors.Server(e.Message);
        }
    }

    private static PayloadStatusJson Invalid(BlockError error, string problem, bool isWrongHash = false) =>
        new(new PayloadStatus(PayloadVerdict.Invalid, null, $"BlockException.{ErrorNames.ToFixtureName(error)}: {problem}"), isWrongHash);

    private RpcResult<ForkchoiceJson> Update(ForkchoiceState state, JsonElement? attributes, int version)
    {
        if (state.Head.IsZero) return EngineErrors.InvalidForkchoice("the head is the zero hash");
        switch (engine.SetForkchoice(state.Head, state.Safe, state.Finalized, out PayloadStatus status))
        {
            case ForkchoiceOutcome.Inconsistent: return EngineErrors.InvalidForkchoice("safe and finalised block must be ancestors of the head");
            case ForkchoiceOutcome.TooDeep: return EngineErrors.TooDeepReorganisation;
            case ForkchoiceOutcome.Skipped: return new ForkchoiceJson(status, null);
            case ForkchoiceOutcome.Judged when attributes is null || status.Verdict != PayloadVerdict.Valid: return new ForkchoiceJson(status, null);
            default: return Build(state.Head, attributes!.Value, version, status);
        }
    }

    /// <summary>Begins to build. Whatever is wrong with the attributes, the forkchoice stays.</summary>
    private RpcResult<ForkchoiceJson> Build(in Hash256 head, JsonElement attributes, int version, PayloadStatus status)
    {
        if (PayloadAttributes.Read(attributes, out PayloadAttributes read) is { } problem) return EngineErrors.InvalidAttributes(problem);
        if (CheckAttributes(read, version) is { } error) return error;
        BlockHeader parent = chain.Blocks.GetHeader(head)!;
        if (read.Timestamp <= parent.Timestamp) return EngineErrors.InvalidAttributes($"timestamp {read.Timestamp} is not above the head's, {parent.Timestamp}");
        ulong id = IdOf(head, read, version);
        try
        {
            engine.StartPayload(id, read.ToRequest(head, FeeMarket.GasLimitTowards(parent.GasLimit, gasLimitWanted)));
        }
        catch (InvalidOperationException e)
        {
            return EngineErrors.Server(e.Message);
        }
        return new ForkchoiceJson(status, id);
    }

    private RpcError? CheckAttributes(PayloadAttributes attributes, int version)
    {
        Fork fork = ForkAt(attributes.Timestamp);
        bool hasRoot = attributes.ParentBeaconBlockRoot is not null;
        bool hasWithdrawals = attributes.Withdrawals is not null;
        switch (version)
        {
            case 3:
                if (!hasRoot) return EngineErrors.InvalidAttributes("parentBeaconBlockRoot is missing");
                if (!hasWithdrawals) return EngineErrors.InvalidAttributes("withdrawals are missing");
                return fork < Fork.Cancun ? EngineErrors.UnsupportedFork : null;
            case 2:
                if (fork >= Fork.Cancun) return EngineErrors.UnsupportedFork;
                if (hasRoot) return EngineErrors.InvalidAttributes("parentBeaconBlockRoot belongs to engine_forkchoiceUpdatedV3");
                return (fork >= Fork.Shanghai) != hasWithdrawals ? EngineErrors.InvalidAttributes(hasWithdrawals ? "withdrawals before Shanghai" : "withdrawals are missing (Shanghai)") : null;
            default:
                if (fork > Fork.Paris) return EngineErrors.UnsupportedFork;
                return hasRoot || hasWithdrawals ? EngineErrors.InvalidAttributes("withdrawals and parentBeaconBlockRoot belong to later versions of the method") : null;
        }
    }

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

    private async ValueTask<RpcResult<IJsonWritable>> TakeAsync(ReadOnlyMemory<byte> payloadId, PayloadVersion version, Fork first, Fork last)
    {
        if (payloadId.Length != 8) return RpcError.InvalidArgument(0, $"a payload id has 8 bytes, not {payloadId.Length}");
        if (await engine.TakePayloadAsync(BinaryPrimitives.ReadUInt64BigEndian(payloadId.Span)) is not { } built) return EngineErrors.UnknownPayload;
        Fork fork = ForkAt(built.Executed.Block.Header.Timestamp);
        if (fork < first || fork > last) return EngineErrors.UnsupportedFork;
        return new PayloadEnvelopeJson(built, version);
    }
}

/// <summary>A status (Engine API, PayloadStatusV1).</summary>
/// <param name="Status">The status.</param>
/// <param name="IsWrongHash">True to say so by the status that engine_newPayloadV1 has for a wrong block hash.</param>
public sealed record PayloadStatusJson(PayloadStatus Status, bool IsWrongHash = false) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("status"u8, Status.Verdict switch
        {
            PayloadVerdict.Valid => "VALID"u8,
            PayloadVerdict.Invalid => IsWrongHash ? "INVALID_BLOCK_HASH"u8 : "INVALID"u8,
            PayloadVerdict.Accepted => "ACCEPTED"u8,
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
