using System.Diagnostics;
using System.Diagnostics.Metrics;
using Chain.Rpc.Model;
using Microsoft.AspNetCore.Http;

namespace Chain.Rpc.Server;

/// <summary>Metrics <c>chain.rpc.*</c> and traces of requests; nearly free while nobody listens.</summary>
public static class RpcTelemetry
{
    /// <summary>Name of the meter and of the source of traces.</summary>
    public const string SourceName = "Chain.Rpc";

    internal static readonly ActivitySource Traces = new(SourceName);

    internal static readonly Meter Meter = new(SourceName);

    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>("chain.rpc.duration", "s", "Time of a request, waiting included.");

    // Boxed once: a tag's value is an object.
    private static readonly object Succeeded = "ok";
    private static readonly object Failed = "error";

    /// <summary>The trace that a client's headers name (W3C Trace Context); the default when they name none, or while nobody listens.</summary>
    internal static ActivityContext ReadTrace(IHeaderDictionary headers) =>
        Traces.HasListeners() && ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out ActivityContext trace) ? trace : default;

    /// <summary>The moment a request begins; 0 while nobody listens.</summary>
    internal static long Begin() => Durations.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Notes a request that was answered.</summary>
    internal static void End(RpcMethod method, long since, RpcError? error)
    {
        if (since == 0) return;
        Durations.Record(Stopwatch.GetElapsedTime(since).TotalSeconds, new KeyValuePair<string, object?>("method", method.Name), new KeyValuePair<string, object?>("outcome", error is null ? Succeeded : Failed));
    }
}
