using System.Text.Json;
using Chain.Consensus;
using Chain.Consensus.Simulation;
using Chain.Core.Results;
using Chain.Evm;
using Chain.Rpc.Model;
using Chain.Rpc.Tracers;

namespace Chain.Rpc.Methods;

/// <summary>Executes transactions of a stored block again and hands out their frames.</summary>
internal static class FrameTraces
{
    /// <summary>Told of a transaction: its index, its outermost frame, its result. False ends the walk.</summary>
    public delegate bool Visitor(int index, CallFrame root, TransactionResult result);

    /// <summary>Visits the transactions of a block in order.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="block">The block.</param>
    /// <param name="only">Index of the one transaction wanted; null for all.</param>
    /// <param name="visit">Receives each.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static RpcError? Visit(RpcChain chain, ExecutedBlock block, int? only, Visitor visit, CancellationToken cancellation)
    {
        if (block.Block.Transactions.Count == 0) return null;
        if (!BlockReplay.TryOpen(chain.Simulator, block.Block, block.Senders, out BlockReplay replay, out string problem)) return RpcError.Server(problem);
        using (replay)
        using (Utf8JsonWriter nowhere = new(Stream.Null))
        {
            if (only is { } first) replay.SkipTo(first, cancellation);
            while (replay.Next < block.Block.Transactions.Count)
            {
                cancellation.ThrowIfCancellationRequested();
                int index = replay.Next;
                CallRecorder recorder = new(new TraceSubject
                {
                    State = replay.State,
                    Block = replay.Context,
                    Transaction = replay.Block.Transactions[index],
                    Sender = replay.Senders[index],
                    BlockHash = block.Hash,
                    Index = index,
                    Options = new TraceOptions(),
                    Writer = nowhere,
                    Cancellation = cancellation,
                    BytesMax = chain.Limits.TraceBytesMax,
                });
                TransactionResult result = replay.Execute(recorder, cancellation);
                if (result.Error != TransactionError.None)
                    return RpcError.Server($"transaction {index} of block {block.Block.Header.Number} cannot be executed again: {ErrorNames.ToFixtureName(result.Error)}");
                if (!visit(index, recorder.Finish(result), result) || only is not null) return null;
            }
        }
        return null;
    }
}
