using System.Text.Json;
using Chain.Consensus;
using Chain.Consensus.Simulation;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Evm;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Tracers;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>trace</c> in the form of OpenEthereum: frames in one list, and differences of the state. Traces of the machine (<c>vmTrace</c>) are not made.</summary>
/// <param name="chain">The chain.</param>
public sealed class TraceMethods(RpcChain chain)
{
    private const int CallsMax = 1_000;
    private const ulong BlocksMax = 1_000;

    /// <summary>All frames of a block; null when there is no such block.</summary>
    [RpcMethod("trace_block", Heavy = true, Example = """["latest"]""", Faults = RpcFaults.Trace, Result = "FlatFrame[]?")]
    public RpcError? TraceBlock(Utf8JsonWriter writer, BlockParameter block, CancellationToken cancellation = default)
    {
        if (TryLoad(block) is not { } loaded)
        {
            writer.WriteNullValue();
            return null;
        }
        writer.WriteStartArray();
        RpcError? error = WriteFlat(writer, loaded, _ => true, null, cancellation);
        writer.WriteEndArray();
        return error;
    }

    /// <summary>The frames of a transaction; null when it is unknown.</summary>
    [RpcMethod("trace_transaction", Heavy = true, Example = """["{tx}"]""", Faults = RpcFaults.Trace, Result = "FlatFrame[]?")]
    public RpcError? TraceTransaction(Utf8JsonWriter writer, [RpcParameter("Transaction hash")] Hash256 hash, CancellationToken cancellation = default)
    {
        if (!chain.TryLocate(hash, out ExecutedBlock block, out int index))
        {
            writer.WriteNullValue();
            return null;
        }
        writer.WriteStartArray();
        RpcError? error = WriteFlat(writer, block, i => i == index, null, cancellation);
        writer.WriteEndArray();
        return error;
    }

    /// <summary>One frame of a transaction by its place in the tree; null when there is none.</summary>
    [RpcMethod("trace_get", Heavy = true, Example = """["{tx}",["0x0"]]""", Faults = RpcFaults.Trace, Result = "FlatFrame?")]
    public RpcError? Get(Utf8JsonWriter writer, [RpcParameter("Transaction hash")] Hash256 hash, JsonElement path, CancellationToken cancellation = default)
    {
        if (path.ValueKind != JsonValueKind.Array) return RpcError.InvalidArgument(1, HexReader.WrongKind(path, "an array of indices"));
        List<int> wanted = [];
        foreach (JsonElement item in path.EnumerateArray())
        {
            if (LooseNumber.Read(item, out LooseNumber number) is { } wrong) return RpcError.InvalidArgument(1, wrong);
            wanted.Add((int)Math.Min(number.Value, int.MaxValue));
        }
        bool found = false;
        if (chain.TryLocate(hash, out ExecutedBlock block, out int index))
        {
            RpcError? error = WriteFlat(writer, block, i => i == index, flat => !found && (found = flat.Address.AsSpan().SequenceEqual(wanted.ToArray())), cancellation);
            if (error is not null) return error;
        }
        if (!found) writer.WriteNullValue();
        return null;
    }

    /// <summary>Frames of a range of blocks by sender and recipient: fromBlock, toBlock, fromAddress, toAddress, after, count.</summary>
    [RpcMethod("trace_filter", Heavy = true, Example = """[{"fromBlock":"0x1","toAddress":["{contract}"],"count":1}]""", Faults = RpcFaults.Block | RpcFaults.Trace | RpcFaults.Limit, Result = "FlatFrame[]")]
    public RpcError? Filter(Utf8JsonWriter writer, TraceFilter filter, CancellationToken cancellation = default)
    {
        if (chain.TryFind(filter.From ?? new BlockParameter(BlockTag.Earliest), out NamedBlock first) is { } fromError) return fromError;
        if (chain.TryFind(filter.To ?? BlockParameter.Latest, out NamedBlock last) is { } toError) return toError;
        if (last.Header.Number < first.Header.Number) return RpcError.InvalidParams($"fromBlock {first.Header.Number} is above toBlock {last.Header.Number}");
        if (last.Header.Number - first.Header.Number >= BlocksMax) return RpcError.LimitExceeded($"trace_filter spans at most {BlocksMax} blocks: ask for a smaller range");
        ulong skip = filter.After;
        ulong left = filter.Count;
        bool Wanted(FlatFrame flat)
        {
            if (left == 0 || !filter.Matches(flat.Frame)) return false;
            if (skip > 0)
            {
                skip--;
                return false;
            }
            left--;
            return true;
        }
        writer.WriteStartArray();
        for (ulong number = Math.Max(first.Header.Number, 1); number <= last.Header.Number && left > 0; number++)
        {
            if (TryLoad(new BlockParameter(BlockTag.Number, number)) is not { } block) break;
            if (WriteFlat(writer, block, _ => true, Wanted, cancellation) is { } error) return error;
        }
        writer.WriteEndArray();
        return null;
    }

    /// <summary>Traces of all transactions of a block, of the kinds asked for.</summary>
    [RpcMethod("trace_replayBlockTransactions", Heavy = true, Example = """["latest",["stateDiff"]]""", Faults = RpcFaults.Trace, Result = "Replay[]?")]
    public RpcError? ReplayBlock(Utf8JsonWriter writer, BlockParameter block, TraceKinds kinds, CancellationToken cancellation = default)
    {
        if (TryLoad(block) is not { } loaded)
        {
            writer.WriteNullValue();
            return null;
        }
        writer.WriteStartArray();
        RpcError? error = Replay(writer, loaded, kinds, _ => true, withHash: true, cancellation);
        writer.WriteEndArray();
        return error;
    }

    /// <summary>Traces of a transaction, of the kinds asked for.</summary>
    [RpcMethod("trace_replayTransaction", Heavy = true, Example = """["{tx}",["trace"]]""", Faults = RpcFaults.Trace, Result = "Replay")]
    public RpcError? ReplayTransaction(Utf8JsonWriter writer, [RpcParameter("Transaction hash")] Hash256 hash, TraceKinds kinds, CancellationToken cancellation = default) =>
        chain.TryLocate(hash, out ExecutedBlock block, out int index)
            ? Replay(writer, block, kinds, i => i == index, withHash: false, cancellation)
            : RpcError.Server("transaction not found");

    /// <summary>Traces of a call, of the kinds asked for.</summary>
    [RpcMethod("trace_call", Heavy = true, Example = """[{"from":"{account}","to":"{contract}"},["trace"],"latest"]""", Faults = RpcFaults.State | RpcFaults.Execution, Result = "Replay")]
    public RpcError? Call(Utf8JsonWriter writer, [RpcParameter("Transaction")] CallRequest call, TraceKinds kinds, BlockParameter block = default, CancellationToken cancellation = default)
    {
        if (chain.TryFindTarget(block, out SimulationTarget target) is { } error) return error;
        return Call(writer, chain.Simulator.Open(target), call, kinds, cancellation);
    }

    /// <summary>Traces of calls that follow one another: each item is a call and its kinds.</summary>
    [RpcMethod("trace_callMany", Heavy = true, Example = """[[[{"from":"{account}","to":"{contract}"},["trace"]]],"latest"]""", Faults = RpcFaults.State | RpcFaults.Execution, Result = "Replay[]")]
    public RpcError? CallMany(Utf8JsonWriter writer, JsonElement calls, BlockParameter block = default, CancellationToken cancellation = default)
    {
        if (calls.ValueKind != JsonValueKind.Array) return RpcError.InvalidArgument(0, HexReader.WrongKind(calls, "an array of [call, kinds]"));
        if (calls.GetArrayLength() > CallsMax) return RpcError.LimitExceeded($"{calls.GetArrayLength()} calls: at most {CallsMax} are traced at once");
        if (chain.TryFindTarget(block, out SimulationTarget target) is { } error) return error;
        SimulationSession session = chain.Simulator.Open(target);
        writer.WriteStartArray();
        foreach (JsonElement item in calls.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != 2) return RpcError.InvalidArgument(0, HexReader.WrongKind(item, "an array [call, kinds]"));
            if (SimulationReaders.ReadCall(item[0], out CallRequest call) is { } wrong) return RpcError.InvalidArgument(0, wrong.TrimStart(ArgumentReaders.WholeMessage));
            if (TraceKinds.Read(item[1], out TraceKinds kinds) is { } wrongKinds) return RpcError.InvalidArgument(0, wrongKinds);
            if (Call(writer, session, call, kinds, cancellation) is { } failed) return failed;
        }
        writer.WriteEndArray();
        return null;
    }

    /// <summary>Traces of a signed transaction on the head, without sending it.</summary>
    [RpcMethod("trace_rawTransaction", Heavy = true, Example = """["{raw}",["trace"]]""", Faults = RpcFaults.State | RpcFaults.Execution, Result = "Replay")]
    public RpcError? RawTransaction(Utf8JsonWriter writer, [RpcParameter("Transaction")] ReadOnlyMemory<byte> encoded, TraceKinds kinds, CancellationToken cancellation = default)
    {
        if (!TransactionCodec.TryDecodeNetwork(encoded.Span, out Transaction? transaction, out _, out TransactionError error) || !transaction.TryRecoverSender(out Address sender))
            return RpcError.InvalidArgument(0, $"the {encoded.Length} bytes are not a signed transaction: {ErrorNames.ToFixtureName(error)}");
        CallRequest call = new()
        {
            From = sender,
            To = transaction.To,
            Gas = transaction.GasLimit,
            Value = transaction.Value,
            Nonce = transaction.Nonce,
            Data = transaction.Data,
            AccessList = transaction.AccessList.Count > 0 ? transaction.AccessList : null,
            AuthorizationList = transaction.AuthorizationList.Count > 0 ? transaction.AuthorizationList : null,
            MaxFeePerGas = transaction.MaxFeePerGas,
            MaxPriorityFeePerGas = transaction.MaxPriorityFeePerGas,
        };
        return Call(writer, call, kinds, BlockParameter.Latest, cancellation);
    }

    private ExecutedBlock? TryLoad(BlockParameter block) => chain.TryFind(block, out NamedBlock found) is null ? chain.TryLoad(found) : null;

    private RpcError? Call(Utf8JsonWriter writer, SimulationSession session, CallRequest call, TraceKinds kinds, CancellationToken cancellation)
    {
        Address from = call.From ?? default;
        ulong gas = Math.Min(call.Gas ?? chain.Simulator.GasCap, chain.Simulator.GasCap);
        Transaction transaction = call.ToTransaction(gas, call.Nonce ?? session.State.GetAccount(from).Nonce, session.Block.ChainId);
        ReplayTracer tracer = new(Subject(session.State, session.Block, transaction, from, null, 0, writer, cancellation), kinds);
        TransactionResult result = chain.Simulator.Call(session, call with { Gas = gas }, default, tracer, cancellation);
        if (result.Error != TransactionError.None) return ExecutionErrors.OfCall(result, from, gas, chain.ReasonName);
        tracer.Finish(writer, result);
        return null;
    }

    private RpcError? Replay(Utf8JsonWriter writer, ExecutedBlock block, TraceKinds kinds, Func<int, bool> isWanted, bool withHash, CancellationToken cancellation) =>
        Visit(block, isWanted, replay =>
        {
            Transaction transaction = replay.Block.Transactions[replay.Next];
            ReplayTracer tracer = new(Subject(replay.State, replay.Context, transaction, replay.Senders[replay.Next], block.Hash, replay.Next, writer, cancellation), kinds)
            {
                TransactionHash = withHash ? transaction.Hash : null,
            };
            return tracer;
        }, (tracer, result) => tracer.Finish(writer, result), cancellation);

    private RpcError? WriteFlat(Utf8JsonWriter writer, ExecutedBlock block, Func<int, bool> isWanted, Func<FlatFrame, bool>? isFrameWanted, CancellationToken cancellation)
    {
        int index = 0;
        return Visit(block, isWanted, replay =>
        {
            index = replay.Next;
            return new ReplayTracer(Subject(replay.State, replay.Context, replay.Block.Transactions[index], replay.Senders[index], block.Hash, index, writer, cancellation), TraceKinds.FramesOnly);
        }, (tracer, result) =>
        {
            FlatPlace place = new(block.Hash, block.Block.Header.Number, block.Block.Transactions[index].Hash, index);
            foreach (FlatFrame flat in FlatCallWriter.Flatten(tracer.Recorder.Finish(result)))
            {
                if (isFrameWanted is null || isFrameWanted(flat)) FlatCallWriter.Write(writer, flat, flat.Frame.Gas, flat.Frame.GasUsed, place);
            }
        }, cancellation);
    }

    private RpcError? Visit(ExecutedBlock block, Func<int, bool> isWanted, Func<BlockReplay, ReplayTracer> make, Action<ReplayTracer, TransactionResult> finish, CancellationToken cancellation)
    {
        if (block.Block.Transactions.Count == 0) return null;
        if (!BlockReplay.TryOpen(chain.Simulator, block.Block, block.Senders, out BlockReplay replay, out string problem)) return RpcError.Server(problem);
        using (replay)
        {
            int last = Enumerable.Range(0, block.Block.Transactions.Count).LastOrDefault(isWanted, -1);
            while (replay.Next <= last)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!isWanted(replay.Next))
                {
                    replay.Execute(null, cancellation);
                    continue;
                }
                ReplayTracer tracer = make(replay);
                TransactionResult result = replay.Execute(tracer, cancellation);
                if (result.Error != TransactionError.None) return RpcError.Server($"a transaction of block {block.Block.Header.Number} cannot be executed again: {ErrorNames.ToFixtureName(result.Error)}");
                finish(tracer, result);
            }
        }
        return null;
    }

    private TraceSubject Subject(
        Evm.State.WorldState state, Evm.State.BlockContext block, Transaction transaction, in Address sender, Hash256? blockHash, int index, Utf8JsonWriter writer, CancellationToken cancellation) => new()
        {
            State = state,
            Block = block,
            Transaction = transaction,
            Sender = sender,
            BlockHash = blockHash,
            Index = index,
            Options = new TraceOptions(),
            Writer = writer,
            Cancellation = cancellation,
            BytesMax = chain.Limits.TraceBytesMax,
        };
}
