using System.Text.Json;
using Chain.Consensus.Engines;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Ports;
using Chain.Storage;

namespace Chain.Rpc.Methods;

/// <summary>The namespaces <c>anvil</c> and <c>hardhat</c>: the development chain as a whole. The chain forks no other, so that methods about forking are not here.</summary>
/// <param name="chain">The chain.</param>
/// <param name="dev">The development engine.</param>
/// <param name="ports">What the program lends.</param>
/// <param name="clientVersion">Name, version and platform of the node.</param>
public sealed class DevChainMethods(RpcChain chain, DevEngine dev, NodePorts ports, string clientVersion)
{
    private const int ReorganisedTransactionsMax = 10_000;

    private readonly EthAccountMethods _accounts = new(chain);
    private uint _resets;

    /// <summary>Leaves the newest blocks (default 1); their transactions are dropped.</summary>
    [RpcMethod("anvil_rollback", "hardhat_rollback", Heavy = true, Example = """[1]""", Mutating = true)]
    public RpcResult<string?> RollBack(LooseNumber? depth = null)
    {
        ulong blocks = depth?.Value ?? 1;
        return ToError(dev.RollBack(blocks), blocks) is { } error ? error : (string?)null;
    }

    /// <summary>
    /// Leaves the newest blocks and makes as many others in their place, so that a listener sees a reorganisation. The second argument is a list of pairs, a transaction and the index
    /// of the new block it goes into: signed bytes, or an object of an account of this node with its nonce.
    /// </summary>
    [RpcMethod("anvil_reorg", "hardhat_reorg", Heavy = true, Example = """[1,[]]""", Mutating = true)]
    public RpcResult<string?> Reorganise(LooseNumber depth, JsonElement? pairs = null)
    {
        Dictionary<int, IReadOnlyList<Transaction>> transactions = [];
        if (pairs is { } list && ReadPairs(list, depth.Value, transactions) is { } wrong) return wrong;
        ReorganiseResult result = dev.Reorganise(depth.Value, transactions);
        if (ToError(result.Result, depth.Value) is { } error) return error;
        return result.Block < 0
            ? (string?)null
            : RpcError.Server($"transaction {result.Transaction} of the new block {result.Block} is not valid there: {ErrorNames.ToFixtureName(result.Error)}; the chain ends before that block");
    }

    /// <summary>Goes back to the genesis block as it was made. An object that asks for a fork of another chain is refused: this node forks none.</summary>
    [RpcMethod("anvil_reset", "hardhat_reset", Heavy = true, Mutating = true)]
    public RpcResult<bool> Reset(JsonElement? options = null)
    {
        if (options is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty("forking"u8, out JsonElement forking) && forking.ValueKind != JsonValueKind.Null)
            return RpcError.InvalidParams("this node does not fork other chains: call without \"forking\" to go back to its own genesis");
        if (ToError(dev.Reset(), chain.HeadNumber) is { } error) return error;
        _resets++;
        return true;
    }

    /// <summary>The chain's head, fork and fees.</summary>
    [RpcMethod("anvil_nodeInfo", "hardhat_nodeInfo", Result = "DevNodeInfo")]
    public IJsonWritable NodeInfo() => new NodeInfoJson(chain, dev.Options);

    /// <summary>The node's version, its chain and its snapshots.</summary>
    [RpcMethod("anvil_metadata", "hardhat_metadata", Result = "DevMetadata", Volatile = true)]
    public IJsonWritable Metadata() => new MetadataJson(chain, dev, clientVersion, InstanceId());

    /// <summary>Sets the smallest priority fee that the pool takes from now on, wei per gas.</summary>
    [RpcMethod("anvil_setMinGasPrice", "hardhat_setMinGasPrice", Example = """["0x0"]""", Mutating = true)]
    public void SetMinGasPrice(UInt256 priorityFee) => chain.Pool.PriorityFeeMin = priorityFee;

    /// <summary>Lets the log tell of blocks, or only of warnings.</summary>
    [RpcMethod("anvil_setLoggingEnabled", "hardhat_setLoggingEnabled", Example = """[true]""", Faults = RpcFaults.Absent, Mutating = true)]
    public RpcResult<bool> SetLoggingEnabled(bool enabled)
    {
        if (ports.Log is not { } log) return RpcError.Server("the level of the log cannot be changed here");
        return log.TrySet(enabled ? "INFO" : "WARN");
    }

    private RpcError? ReadPairs(JsonElement pairs, ulong depth, Dictionary<int, IReadOnlyList<Transaction>> transactions)
    {
        if (pairs.ValueKind != JsonValueKind.Array) return RpcError.InvalidArgument(1, HexReader.WrongKind(pairs, "an array of pairs"));
        if (pairs.GetArrayLength() > ReorganisedTransactionsMax) return RpcError.InvalidArgument(1, $"{pairs.GetArrayLength()} transactions: at most {ReorganisedTransactionsMax}");
        foreach (JsonElement pair in pairs.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2) return RpcError.InvalidArgument(1, HexReader.WrongKind(pair, "an array [transaction, block index]"));
            if (LooseNumber.Read(pair[1], out LooseNumber index) is { } wrongIndex) return RpcError.InvalidArgument(1, wrongIndex);
            if (index.Value >= depth) return RpcError.InvalidArgument(1, $"block index {index.Value} is not below the depth {depth}");
            if (ReadTransaction(pair[0], out Transaction transaction) is { } wrong) return wrong;
            int block = (int)index.Value;
            transactions[block] = [.. transactions.GetValueOrDefault(block) ?? [], transaction];
        }
        return null;
    }

    private RpcError? ReadTransaction(JsonElement element, out Transaction transaction)
    {
        transaction = null!;
        if (element.ValueKind != JsonValueKind.Object)
        {
            if (HexReader.ReadData(element, out ReadOnlyMemory<byte> raw) is { } notData) return RpcError.InvalidArgument(1, notData);
            return TransactionCodec.TryDecodeNetwork(raw.Span, out transaction!, out _, out TransactionError error)
                ? null
                : RpcError.InvalidArgument(1, $"the {raw.Length} bytes are not a signed transaction: {ErrorNames.ToFixtureName(error)}");
        }
        if (SimulationReaders.ReadTransaction(element, out TransactionRequest request) is { } wrong) return RpcError.InvalidArgument(1, wrong.TrimStart(ArgumentReaders.WholeMessage));
        if (request.Call.Nonce is null) return RpcError.InvalidArgument(1, "a transaction object needs \"nonce\" here: the nonces after the reorganisation are not known yet");
        RpcResult<Transaction> signed = _accounts.FillAndSign(request);
        transaction = signed.Value;
        return signed.Error;
    }

    private RpcError? ToError(MoveResult result, ulong depth) => result switch
    {
        MoveResult.Done => null,
        MoveResult.UnknownBlock => RpcError.InvalidParams($"depth {depth} is more than the chain's {chain.HeadNumber} blocks"),
        _ => RpcError.Server($"depth {depth} is too deep: the oldest block that can be gone back to is {chain.Manager.Database.States.BaseNumber}"),
    };

    private Hash256 InstanceId()
    {
        Span<byte> seed = stackalloc byte[Hash256.SizeBytes + sizeof(uint)];
        chain.Manager.Database.GenesisHash.Bytes.CopyTo(seed);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(seed[Hash256.SizeBytes..], _resets);
        return Keccak256.Hash(seed);
    }

    private sealed record NodeInfoJson(RpcChain Chain, DevOptions Options) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            BlockHeader head = Chain.Manager.Head;
            writer.WriteStartObject();
            writer.WriteQuantity("currentBlockNumber"u8, head.Number);
            writer.WriteNumber("currentBlockTimestamp"u8, head.Timestamp);
            writer.WriteHash("currentBlockHash"u8, Chain.Manager.Database.Head.Hash);
            writer.WriteString("hardFork"u8, Chain.Manager.Contexts.RulesOf(head).Fork.ToString().ToLowerInvariant());
            writer.WriteString("transactionOrder"u8, "fees"u8);
            writer.WriteStartObject("environment"u8);
            writer.WriteQuantity("baseFee"u8, head.BaseFeePerGas ?? UInt256.Zero);
            writer.WriteNumber("chainId"u8, Chain.Manager.Spec.ChainId);
            writer.WriteQuantity("gasLimit"u8, Options.GasLimit);
            writer.WriteQuantity("gasPrice"u8, Chain.Pool.Head.BaseFee + Chain.Pool.PriorityFeeMin);
            writer.WriteEndObject();
            writer.WriteStartObject("forkConfig"u8);
            writer.WriteNull("forkUrl"u8);
            writer.WriteNull("forkBlockNumber"u8);
            writer.WriteNull("forkRetryBackoff"u8);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }

    private sealed record MetadataJson(RpcChain Chain, DevEngine Dev, string ClientVersion, Hash256 InstanceId) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteString("clientVersion"u8, ClientVersion);
            writer.WriteNumber("chainId"u8, Chain.Manager.Spec.ChainId);
            writer.WriteHash("instanceId"u8, InstanceId);
            writer.WriteNumber("latestBlockNumber"u8, Chain.HeadNumber);
            writer.WriteHash("latestBlockHash"u8, Chain.Manager.Database.Head.Hash);
            writer.WriteStartObject("snapshots"u8);
            foreach ((ulong id, ulong blockNumber) in Dev.Snapshots)
            {
                writer.WriteStartArray($"0x{id:x}");
                writer.WriteNumberValue(blockNumber);
                if (Chain.Blocks.TryGetCanonicalHash(blockNumber, out Hash256 hash)) writer.WriteDataValue(hash.Bytes);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }
}
