using System.Text.Json;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Tracers;

/// <summary>The one table of tracers: a new one is a file and a line here.</summary>
internal static class TracerTable
{
    private const int MuxDepthMax = 4;

    private static readonly Dictionary<string, Func<TraceSubject, JsonElement, ITransactionTracer>> Named = new(StringComparer.Ordinal)
    {
        ["callTracer"] = (subject, config) => new CallTracer(subject, config),
        ["flatCallTracer"] = (subject, config) => new FlatCallTracer(subject, config),
        ["prestateTracer"] = (subject, config) => new PrestateTracer(subject, config),
        ["4byteTracer"] = (subject, _) => new FourByteTracer(subject),
        ["noopTracer"] = (_, _) => new NoopTracer(),
        ["muxTracer"] = (subject, config) => new MuxTracer(subject, config),
    };

    /// <summary>Why the options cannot be served; null when they can.</summary>
    public static RpcError? Check(TraceOptions options) => options.Tracer.Length == 0 ? null : Check(options.Tracer, options.TracerConfig, 0);

    /// <summary>The tracer that the options ask for, which <see cref="Check(TraceOptions)"/> accepts.</summary>
    public static ITransactionTracer Make(TraceSubject subject) =>
        subject.Options.Tracer.Length == 0 ? new StructLogTracer(subject) : Make(subject.Options.Tracer, subject, subject.Options.TracerConfig);

    /// <summary>A tracer by name.</summary>
    public static ITransactionTracer Make(string name, TraceSubject subject, JsonElement config) => Named[name](subject, config);

    /// <summary>A switch of a tracer's options; false when it is not given.</summary>
    public static bool Flag(JsonElement config, ReadOnlySpan<byte> name) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static RpcError? Check(string name, JsonElement config, int depth)
    {
        if (!Named.ContainsKey(name))
            return RpcError.Server($"tracer not found: \"{(name.Length > 64 ? name[..64] : name)}\" is none of {string.Join(", ", Named.Keys)}; tracers in JavaScript are not run");
        if (config.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined or JsonValueKind.Null)) return RpcError.InvalidParams(HexReader.WrongKind(config, "tracerConfig object"));
        if (name != "muxTracer" || config.ValueKind != JsonValueKind.Object) return null;
        if (depth == MuxDepthMax) return RpcError.InvalidParams($"muxTracer nested deeper than {MuxDepthMax} levels");
        foreach (JsonProperty inner in config.EnumerateObject())
        {
            if (Check(inner.Name, inner.Value, depth + 1) is { } error) return error;
        }
        return null;
    }
}
