using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.Tracing;

namespace Chain.Rpc.Tracers;

/// <summary>geth's muxTracer: several tracers in one execution; each member of the options is a tracer's name with its options.</summary>
internal sealed class MuxTracer : ITransactionTracer
{
    private readonly List<(string Name, ITransactionTracer Tracer)> _tracers = [];

    public MuxTracer(TraceSubject subject, JsonElement config)
    {
        if (config.ValueKind != JsonValueKind.Object) return;
        foreach (JsonProperty inner in config.EnumerateObject()) _tracers.Add((inner.Name, TracerTable.Make(inner.Name, subject, inner.Value)));
    }

    public bool TracesOpcodes => _tracers.Exists(t => t.Tracer.TracesOpcodes);

    public void OnFrameEnter(in FrameStart start)
    {
        foreach ((_, ITransactionTracer tracer) in _tracers) tracer.OnFrameEnter(start);
    }

    public void OnFrameExit(FrameStatus status, ulong gasLeft, ReadOnlySpan<byte> output)
    {
        foreach ((_, ITransactionTracer tracer) in _tracers) tracer.OnFrameExit(status, gasLeft, output);
    }

    public void OnOpcode(in OpcodeStep step)
    {
        foreach ((_, ITransactionTracer tracer) in _tracers) tracer.OnOpcode(step);
    }

    public void OnOpcodeEnd(ulong gasLeft, FrameStatus fault)
    {
        foreach ((_, ITransactionTracer tracer) in _tracers) tracer.OnOpcodeEnd(gasLeft, fault);
    }

    public void OnStorageAccess(in Address account, in UInt256 key, bool isWrite)
    {
        foreach ((_, ITransactionTracer tracer) in _tracers) tracer.OnStorageAccess(account, key, isWrite);
    }

    public void OnAccountAccess(in Address account)
    {
        foreach ((_, ITransactionTracer tracer) in _tracers) tracer.OnAccountAccess(account);
    }

    public void OnLog(LogEntry log)
    {
        foreach ((_, ITransactionTracer tracer) in _tracers) tracer.OnLog(log);
    }

    public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance)
    {
        foreach ((_, ITransactionTracer tracer) in _tracers) tracer.OnSelfDestruct(account, beneficiary, balance);
    }

    public void Finish(Utf8JsonWriter writer, TransactionResult result)
    {
        writer.WriteStartObject();
        foreach ((string name, ITransactionTracer tracer) in _tracers)
        {
            writer.WritePropertyName(name);
            tracer.Finish(writer, result);
        }
        writer.WriteEndObject();
    }
}
