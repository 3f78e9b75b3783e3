using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.Tracing;

namespace Chain.Rpc.Tracers;

/// <summary>geth's flatCallTracer: the frames in one list, as the trace namespace has them. Option: includePrecompiles.</summary>
internal sealed class FlatCallTracer(TraceSubject subject, JsonElement config) : ITransactionTracer
{
    private readonly CallRecorder _recorder = new(subject);

    public void OnFrameEnter(in FrameStart start) => _recorder.OnFrameEnter(start);

    public void OnFrameExit(FrameStatus status, ulong gasLeft, ReadOnlySpan<byte> output) => _recorder.OnFrameExit(status, gasLeft, output);

    public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance) => _recorder.OnSelfDestruct(account, beneficiary, balance);

    public void Finish(Utf8JsonWriter writer, TransactionResult result)
    {
        FlatPlace? place = subject.BlockHash is { } hash ? new FlatPlace(hash, subject.Block.Number, subject.Transaction.Hash, subject.Index) : null;
        CallFrame root = _recorder.Finish(result);
        writer.WriteStartArray();
        foreach (FlatFrame flat in FlatCallWriter.Flatten(root, TracerTable.Flag(config, "includePrecompiles"u8)))
        {
            bool isRoot = ReferenceEquals(flat.Frame, root);
            FlatCallWriter.Write(writer, flat, isRoot ? subject.Transaction.GasLimit : flat.Frame.Gas, isRoot ? result.GasUsed : flat.Frame.GasUsed, place);
        }
        writer.WriteEndArray();
    }
}
