using System.Text.Json;
using Chain.Consensus;
using Chain.Consensus.Execution;
using Chain.Consensus.Simulation;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Rlp;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Evm;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Tracers;
using Chain.Storage;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>debug</c>: raw parts of the chain, traces, and moves of the head.</summary>
/// <param name="chain">The chain.</param>
public sealed class DebugMethods(RpcChain chain)
{
    /// <summary>RLP of a header.</summary>
    [RpcMethod("debug_getRawHeader", Example = """["latest"]""", Faults = RpcFaults.Block)]
    public RpcResult<ReadOnlyMemory<byte>> GetRawHeader(BlockParameter block) =>
        chain.TryFind(block, out NamedBlock found) is { } error ? error : new ReadOnlyMemory<byte>(Encode(found.Header));

    /// <summary>RLP of a block.</summary>
    [RpcMethod("debug_getRawBlock", Example = """["latest"]""", Faults = RpcFaults.Block)]
    public RpcResult<ReadOnlyMemory<byte>> GetRawBlock(BlockParameter block) =>
        chain.TryFind(block, out NamedBlock found) is { } error ? error : new ReadOnlyMemory<byte>(chain.TryLoad(found)!.Block.Encode());

    /// <summary>Receipts of a block as the receipts trie holds them.</summary>
    [RpcMethod("debug_getRawReceipts", Example = """["latest"]""", Faults = RpcFaults.Block, Result = "Data[]")]
    public RpcResult<IJsonWritable> GetRawReceipts(BlockParameter block)
    {
        if (chain.TryFind(block, out NamedBlock found) is { } error) return error;
        if (found.Hash is not { } hash) return RpcError.Server("the pending block has no stored receipts");
        return new RawListJson(chain.Blocks.GetRawReceipts(hash) ?? []);
    }

    /// <summary>Bytes of a transaction; <c>0x</c> when unknown.</summary>
    [RpcMethod("debug_getRawTransaction", Example = """["{tx}"]""")]
    public ReadOnlyMemory<byte> GetRawTransaction([RpcParameter("Transaction hash")] Hash256 hash)
    {
        if (chain.TryLocate(hash, out ExecutedBlock block, out int index)) return TransactionCodec.Encode(block.Block.Transactions[index]);
        return chain.Pool.TryGet(hash, out Consensus.Pool.PooledTransaction pooled) ? TransactionCodec.Encode(pooled.Transaction) : ReadOnlyMemory<byte>.Empty;
    }

    /// <summary>The blocks last refused as invalid.</summary>
    [RpcMethod("debug_getBadBlocks", Result = "BadBlock[]")]
    public IReadOnlyList<IJsonWritable> GetBadBlocks() => [.. chain.Manager.BadBlocks.Select(block => new BadBlockJson(block))];

    /// <summary>Makes a canonical block the head and forgets those above it; their transactions return to the pool.</summary>
    [RpcMethod("debug_setHead", Work = RpcWork.Operator, Example = """["0x1"]""", Faults = RpcFaults.Block, Mutating = true)]
    public RpcResult<string?> SetHead(LooseNumber number) => chain.Manager.Rewind(number.Value) switch
    {
        MoveResult.Done => (string?)null,
        MoveResult.UnknownBlock => RpcError.Server($"block {number.Value} not found: the head is block {chain.HeadNumber}"),
        _ => RpcError.Server($"block {number.Value} is too old: the state after it is no longer kept in layers (the oldest possible is {chain.Manager.Database.States.BaseNumber})"),
    };

    /// <summary>Traces a mined transaction.</summary>
    [RpcMethod("debug_traceTransaction", Heavy = true, Example = """["{tx}",{"tracer":"callTracer"}]""", Faults = RpcFaults.Trace, Result = "Trace")]
    public RpcError? TraceTransaction(Utf8JsonWriter writer, [RpcParameter("Transaction hash")] Hash256 hash, [RpcParameter("TraceConfig")] TraceOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new TraceOptions();
        if (TracerTable.Check(options) is { } wrong) return wrong;
        if (!chain.TryLocate(hash, out ExecutedBlock block, out int index)) return RpcError.Server("transaction not found");
        using CancellationTokenSource timeout = Limit(options, cancellation);
        if (!BlockReplay.TryOpen(chain.Simulator, block.Block, block.Senders, out BlockReplay replay, out string problem)) return RpcError.Server(problem);
        using (replay)
        {
            replay.SkipTo(index, timeout.Token);
            return Trace(writer, replay, block.Hash, options, timeout.Token);
        }
    }

    /// <summary>Traces the transactions of a block.</summary>
    [RpcMethod("debug_traceBlockByNumber", Heavy = true, Example = """["latest",{"tracer":"prestateTracer"}]""", Faults = RpcFaults.Block | RpcFaults.Trace, Result = "BlockTraces")]
    public RpcError? TraceBlockByNumber(Utf8JsonWriter writer, BlockParameter block, [RpcParameter("TraceConfig")] TraceOptions? options = null, CancellationToken cancellation = default)
    {
        if (chain.TryFind(block, out NamedBlock found) is { } error) return error;
        ExecutedBlock loaded = chain.TryLoad(found)!;
        return TraceBlock(writer, loaded.Block, loaded.Hash, loaded.Senders, options, cancellation);
    }

    /// <summary>Traces the transactions of a block.</summary>
    [RpcMethod("debug_traceBlockByHash", Heavy = true, Example = """["{block}",{"tracer":"4byteTracer"}]""", Faults = RpcFaults.Trace, Result = "BlockTraces")]
    public RpcError? TraceBlockByHash(Utf8JsonWriter writer, [RpcParameter("Block hash")] Hash256 hash, [RpcParameter("TraceConfig")] TraceOptions? options = null, CancellationToken cancellation = default) =>
        chain.Blocks.Contains(hash)
            ? TraceBlockByNumber(writer, new BlockParameter(BlockTag.Hash, 0, hash), options, cancellation)
            : RpcError.Server($"block {hash} not found");

    /// <summary>Traces the transactions of a block given as RLP, whose parent is here.</summary>
    [RpcMethod("debug_traceBlock", Heavy = true, Example = """["{rlp}",{"tracer":"callTracer"}]""", Faults = RpcFaults.Trace, Result = "BlockTraces")]
    public RpcError? TraceBlock(Utf8JsonWriter writer, ReadOnlyMemory<byte> rlp, [RpcParameter("TraceConfig")] TraceOptions? options = null, CancellationToken cancellation = default)
    {
        if (!Block.TryDecode(rlp.Span, out Block? block, out BlockError error, out TransactionError transactionError))
        {
            string reason = transactionError != TransactionError.None ? ErrorNames.ToFixtureName(transactionError) : ErrorNames.ToFixtureName(error);
            return RpcError.InvalidArgument(0, $"the {rlp.Length} bytes are not a block: {reason}");
        }
        Address[] senders = new Address[block.Transactions.Count];
        int unsigned = SenderRecovery.RecoverAll(block.Transactions, senders);
        return unsigned >= 0
            ? RpcError.InvalidArgument(0, $"transaction {unsigned} of the block has no valid signature")
            : TraceBlock(writer, block, block.Header.Hash, senders, options, cancellation);
    }

    /// <summary>Traces a call on the state of a block, or before one of its transactions (txIndex).</summary>
    [RpcMethod("debug_traceCall", Heavy = true, Example = """[{"from":"{account}","to":"{contract}"},"latest",{"tracer":"callTracer"}]""", Faults = RpcFaults.State | RpcFaults.Trace | RpcFaults.Execution, Result = "Trace")]
    public RpcError? TraceCall(Utf8JsonWriter writer, [RpcParameter("Transaction")] CallRequest call, BlockParameter block = default, [RpcParameter("TraceConfig")] TraceOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new TraceOptions();
        if (TracerTable.Check(options) is { } wrong) return wrong;
        using CancellationTokenSource timeout = Limit(options, cancellation);
        if (CallSession.TryOpen(chain, new CallPlace(block, options.TransactionIndex), options.State, options.Block, timeout.Token, out CallSession place) is { } error) return error;
        using (place) return TraceCall(writer, place.Session, call, options, timeout.Token);
    }

    /// <summary>Traces bundles of calls one after another on the state of a block, or before one of its transactions.</summary>
    [RpcMethod("debug_traceCallMany", Heavy = true, Example = """[[{"transactions":[{"from":"{account}","to":"{contract}"}]}],{"blockNumber":"latest"},{"tracer":"callTracer"}]""", Faults = RpcFaults.State | RpcFaults.Trace | RpcFaults.Execution, Result = "Trace[][]")]
    public RpcError? TraceCallMany(
        Utf8JsonWriter writer, CallBundle[] bundles, CallPlace? stateContext = null, [RpcParameter("TraceConfig")] TraceOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new TraceOptions();
        if (TracerTable.Check(options) is { } wrong) return wrong;
        using CancellationTokenSource timeout = Limit(options, cancellation);
        CallPlace at = stateContext ?? new CallPlace(BlockParameter.Latest, options.TransactionIndex);
        if (CallSession.TryOpen(chain, at, options.State, options.Block, timeout.Token, out CallSession place) is { } error) return error;
        using (place)
        {
            writer.WriteStartArray();
            foreach (CallBundle bundle in bundles)
            {
                SimulationSession session = place.Session.With(bundle.Block);
                writer.WriteStartArray();
                foreach (CallRequest call in bundle.Calls)
                {
                    if (TraceCall(writer, session, call, options, timeout.Token) is { } failed) return failed;
                }
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
        }
        return null;
    }

    private RpcError? TraceCall(Utf8JsonWriter writer, SimulationSession session, CallRequest call, TraceOptions options, CancellationToken cancellation)
    {
        Address from = call.From ?? default;
        ulong gas = Math.Min(call.Gas ?? chain.Simulator.GasCap, chain.Simulator.GasCap);
        ITransactionTracer tracer = TracerTable.Make(new TraceSubject
        {
            State = session.State,
            Block = session.Block,
            Transaction = call.ToTransaction(gas, call.Nonce ?? session.State.GetAccount(from).Nonce, session.Block.ChainId),
            Sender = from,
            Options = options,
            Writer = writer,
            Cancellation = cancellation,
            BytesMax = chain.Limits.TraceBytesMax,
        });
        TransactionResult result = chain.Simulator.Call(session, call with { Gas = gas }, default, tracer, cancellation);
        if (result.Error != TransactionError.None) return ExecutionErrors.OfCall(result, from, gas, chain.ReasonName);
        tracer.Finish(writer, result);
        return null;
    }

    private RpcError? TraceBlock(Utf8JsonWriter writer, Block block, in Hash256 blockHash, IReadOnlyList<Address> senders, TraceOptions? options, CancellationToken cancellation)
    {
        options ??= new TraceOptions();
        if (TracerTable.Check(options) is { } wrong) return wrong;
        if (!BlockReplay.TryOpen(chain.Simulator, block, senders, out BlockReplay replay, out string problem)) return RpcError.Server(problem);
        using CancellationTokenSource timeout = Limit(options, cancellation);
        using (replay)
        {
            writer.WriteStartArray();
            foreach (Transaction transaction in block.Transactions)
            {
                writer.WriteStartObject();
                writer.WriteHash("txHash"u8, transaction.Hash);
                writer.WritePropertyName("result"u8);
                if (Trace(writer, replay, blockHash, options, timeout.Token) is { } error) return error;
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        return null;
    }

    private RpcError? Trace(Utf8JsonWriter writer, BlockReplay replay, in Hash256 blockHash, TraceOptions options, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        int index = replay.Next;
        ITransactionTracer tracer = TracerTable.Make(new TraceSubject
        {
            State = replay.State,
            Block = replay.Context,
            Transaction = replay.Block.Transactions[index],
            Sender = replay.Senders[index],
            BlockHash = blockHash,
            Index = index,
            Options = options,
            Writer = writer,
            Cancellation = cancellation,
            BytesMax = chain.Limits.TraceBytesMax,
        });
        TransactionResult result = replay.Execute(tracer, cancellation);
        if (result.Error != TransactionError.None)
            return RpcError.Server($"transaction {index} of the block cannot be executed again: {ErrorNames.ToFixtureName(result.Error)}");
        tracer.Finish(writer, result);
        return null;
    }

    private static byte[] Encode(BlockHeader header)
    {
        RlpWriter writer = new(1_024);
        header.Encode(ref writer);
        byte[] bytes = writer.ToArray();
        writer.Dispose();
        return bytes;
    }

    private static CancellationTokenSource Limit(TraceOptions options, CancellationToken cancellation)
    {
        CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (options.Timeout is { } timeout) source.CancelAfter(timeout);
        return source;
    }

    private sealed record RawListJson(IReadOnlyList<byte[]> Items) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartArray();
            foreach (byte[] item in Items) writer.WriteDataValue(item);
            writer.WriteEndArray();
        }
    }

    private sealed record BadBlockJson(Block Block) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            BlockTransactions transactions = new([.. Block.Transactions.Select(t => t.Hash)], null);
            writer.WriteStartObject();
            writer.WritePropertyName("block"u8);
            new BlockJson(Block, Block.Header.Hash, (ulong)Block.EncodedSizeBytes, transactions, [.. Block.Ommers.Select(o => o.Hash)]).WriteTo(writer);
            writer.WriteHash("hash"u8, Block.Header.Hash);
            writer.WriteData("rlp"u8, Block.Encode());
            writer.WriteEndObject();
        }
    }
}
