using System.Globalization;
using System.Text.Json;
using Chain.Consensus.Simulation;
using Chain.Core.Primitives;
using Chain.Rpc.Json;

namespace Chain.Rpc.Tracers;

/// <summary>How something is to be traced (execution-apis, TraceConfig, and geth's additions for debug_traceCall).</summary>
public sealed record TraceOptions
{
    /// <summary>Name of the tracer; empty for the log of opcodes.</summary>
    public string Tracer { get; init; } = "";

    /// <summary>The tracer's own options; undefined for none.</summary>
    public JsonElement TracerConfig { get; init; }

    /// <summary>Log of opcodes: leave the stack out.</summary>
    public bool DisableStack { get; init; }

    /// <summary>Log of opcodes: leave storage out.</summary>
    public bool DisableStorage { get; init; }

    /// <summary>Log of opcodes: give memory.</summary>
    public bool EnableMemory { get; init; }

    /// <summary>Log of opcodes: give return data.</summary>
    public bool EnableReturnData { get; init; }

    /// <summary>Log of opcodes: most steps; 0 for all.</summary>
    public ulong Limit { get; init; }

    /// <summary>Index of the transaction of the block before which a call runs (debug_traceCall); null for after the block.</summary>
    public ulong? TransactionIndex { get; init; }

    /// <summary>Time the trace may take; null for the server's limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Changes to the state (debug_traceCall).</summary>
    public IReadOnlyDictionary<Address, StateOverride>? State { get; init; }

    /// <summary>Changes to the block (debug_traceCall).</summary>
    public BlockOverride? Block { get; init; }

    internal static string? Read(JsonElement element, out TraceOptions value)
    {
        ObjectReader reader = new(element, "trace configuration");
        TimeSpan? timeout = null;
        string? timeoutError = null;
        if (reader.Text("timeout"u8) is { } text)
        {
            if (TryParseDuration(text, out TimeSpan parsed)) timeout = parsed;
            else timeoutError = $"\"{text}\" is not a duration such as \"5s\", \"300ms\" or \"2m\" (field timeout)";
        }
        value = new TraceOptions
        {
            Tracer = reader.Text("tracer"u8) ?? "",
            TracerConfig = reader.Any("tracerConfig"u8),
            DisableStack = reader.Value<bool>("disableStack"u8) ?? false,
            DisableStorage = reader.Value<bool>("disableStorage"u8) ?? false,
            EnableMemory = reader.Value<bool>("enableMemory"u8) ?? false,
            EnableReturnData = reader.Value<bool>("enableReturnData"u8) ?? false,
            Limit = reader.Value<LooseNumber>("limit"u8)?.Value ?? 0,
            TransactionIndex = reader.Value<LooseNumber>("txIndex"u8)?.Value,
            Timeout = timeout,
            State = reader.Object<IReadOnlyDictionary<Address, StateOverride>>("stateOverrides"u8, SimulationReaders.ReadStateOverrides),
            Block = reader.Object<BlockOverride>("blockOverrides"u8, SimulationReaders.ReadBlockOverride),
        };
        return reader.Error ?? timeoutError;
    }

    /// <summary>Durations as Go writes them, with one unit.</summary>
    private static bool TryParseDuration(string text, out TimeSpan value)
    {
        value = default;
        (string Unit, double Seconds)[] units = [("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9), ("s", 1), ("m", 60), ("h", 3_600)];
        foreach ((string unit, double seconds) in units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal)) continue;
            if (!double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) return false;
            value = TimeSpan.FromSeconds(Math.Min(number * seconds, 86_400));
            return true;
        }
        return false;
    }
}
