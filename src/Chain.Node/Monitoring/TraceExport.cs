using Chain.Consensus;
using Chain.Rpc.Server;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Chain.Node.Monitoring;

/// <summary>Sends traces of blocks and requests to a collector (OpenTelemetry protocol).</summary>
public static class TraceExport
{
    /// <summary>Starts to send; null when there is no endpoint.</summary>
    /// <param name="endpoint"><c>http://HOST:4318</c> for HTTP, <c>http://HOST:4317</c> for gRPC; null for none.</param>
    /// <param name="version">Version of the node.</param>
    /// <exception cref="UserException">The endpoint is no URL.</exception>
    public static IDisposable? Start(string? endpoint, string version)
    {
        const int GrpcPort = 4_317;
        if (endpoint is null) return null;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
            throw new UserException($"--otlp.endpoint '{endpoint}' is no URL: give for example http://127.0.0.1:4318 (HTTP) or http://127.0.0.1:4317 (gRPC).");
        return Sdk.CreateTracerProviderBuilder()
            .AddSource(BlockTimings.SourceName, RpcTelemetry.SourceName)
            .ConfigureResource(resource => resource.AddService("defactor-chain", serviceVersion: version))
            .AddOtlpExporter(options =>
            {
                options.Protocol = uri.Port == GrpcPort ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                // The exporter takes a given HTTP endpoint as it is, path included.
                options.Endpoint = uri.Port == GrpcPort || uri.AbsolutePath.Length > 1 ? uri : new Uri(uri, "/v1/traces");
            })
            .Build();
    }
}
