using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.Tracing;
using Chain.Rpc.Abi;
using Chain.Rpc.Json;
using Chain.Rpc.Methods;

namespace Chain.Rpc.Tracers;

/// <summary>geth's callTracer: the tree of calls. Options: onlyTopCall, withLog (logs of failed frames are left out).</summary>
internal sealed class CallTracer(TraceSubject subject, JsonElement config) : ITransactionTracer
{
    private readonly CallRecorder _recorder = new(subject, TracerTable.Flag(config, "withLog"u8), TracerTable.Flag(config, "onlyTopCall"u8));

    public void OnFrameEnter(in FrameStart start) => _recorder.OnFrameEnter(start);

    public void OnFrameExit(FrameStatus status, ulong gasLeft, ReadOnlySpan<byte> output) => _recorder.OnFrameExit(status, gasLeft, output);

    public void OnLog(LogEntry log) => _recorder.OnLog(log);

    public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance) => _recorder.OnSelfDestruct(account, beneficiary, balance);

    public void Finish(Utf8JsonWriter writer, TransactionResult result) =>
        Write(writer, _recorder.Finish(result), subject.Transaction.GasLimit, result.GasUsed, parentFailed: false);

    /// <summary>Frames nest at most 1,025 deep, and each level costs a small stack frame here.</summary>
    private static void Write(Utf8JsonWriter writer, CallFrame frame, ulong gas, ulong gasUsed, bool parentFailed)
    {
        bool failed = frame.Status != FrameStatus.Success;
        writer.WriteStartObject();
        writer.WriteAddress("from"u8, frame.From);
        writer.WriteQuantity("gas"u8, gas);
        writer.WriteQuantity("gasUsed"u8, gasUsed);
        if (!(failed && frame.IsCreation)) writer.WriteAddress("to"u8, frame.To);
        writer.WriteData("input"u8, frame.Input);
        if (frame.Output.Length > 0) writer.WriteData("output"u8, frame.Output);
        if (failed)
        {
            writer.WriteString("error"u8, ExecutionErrors.Describe(frame.Status));
            if (frame.Status == FrameStatus.Revert && RevertReason.TryDecode(frame.Output, out string reason)) writer.WriteString("revertReason"u8, reason);
        }
        if (frame.Calls.Count > 0)
        {
            writer.WriteStartArray("calls"u8);
            foreach (CallFrame call in frame.Calls) Write(writer, call, call.Gas, call.GasUsed, failed || parentFailed);
            writer.WriteEndArray();
        }
        if (frame.Logs.Count > 0 && !failed && !parentFailed) WriteLogs(writer, frame);
        if (frame.Type != "STATICCALL") writer.WriteQuantity("value"u8, frame.Value);
        writer.WriteString("type"u8, frame.Type);
        writer.WriteEndObject();
    }

    private static void WriteLogs(Utf8JsonWriter writer, CallFrame frame)
    {
        writer.WriteStartArray("logs"u8);
        foreach ((LogEntry log, int index, int position) in frame.Logs)
        {
            writer.WriteStartObject();
            writer.WriteAddress("address"u8, log.Address);
            writer.WriteStartArray("topics"u8);
            foreach (Hash256 topic in log.Topics) writer.WriteDataValue(topic.Bytes);
            writer.WriteEndArray();
            writer.WriteData("data"u8, log.Data.Span);
            writer.WriteQuantity("index"u8, (ulong)index);
            writer.WriteQuantity("position"u8, (ulong)position);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
