using System.Globalization;
using System.Text.Json;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.Tracing;

namespace Chain.Rpc.Tracers;

/// <summary>geth's 4byteTracer: how often which function selector was called with how many bytes of arguments.</summary>
internal sealed class FourByteTracer(TraceSubject subject) : ITransactionTracer
{
    private const int SelectorBytes = 4;

    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public void OnFrameEnter(in FrameStart start)
    {
        subject.Cancellation.ThrowIfCancellationRequested();
        if (start.Input.Length < SelectorBytes || start.IsPrecompile || start.Kind is CallKind.Create or CallKind.Create2) return;
        string key = string.Create(CultureInfo.InvariantCulture, $"0x{Convert.ToHexStringLower(start.Input[..SelectorBytes])}-{start.Input.Length - SelectorBytes}");
        _counts[key] = _counts.GetValueOrDefault(key) + 1;
    }

    public void Finish(Utf8JsonWriter writer, TransactionResult result)
    {
        writer.WriteStartObject();
        foreach ((string key, int count) in _counts) writer.WriteNumber(key, count);
        writer.WriteEndObject();
    }
}
