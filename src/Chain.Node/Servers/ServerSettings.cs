using Chain.Node.Logging;
using Chain.Rpc.Server;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Servers;

/// <summary>How a node is reached and watched, beyond address and port.</summary>
public sealed record ServerSettings
{
    /// <summary>True when WebSocket connections are taken on the HTTP port.</summary>
    public bool WebSocketEnabled { get; init; } = true;

    /// <summary>Path of the local socket; null for none.</summary>
    public string? IpcPath { get; init; }

    /// <summary>File of the keys that open the public side; null lets all in.</summary>
    public string? KeysFile { get; init; }

    /// <summary>Certificate (PEM) for TLS; null for plain HTTP.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Private key (PEM) of the certificate; null when it stands in the same file.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>Methods served and not served over HTTP and WebSocket.</summary>
    public MethodAccess Access { get; init; } = new([], []);

    /// <summary>True when the page of metrics is served.</summary>
    public bool MetricsEnabled { get; init; }

    /// <summary>Address of the page of metrics.</summary>
    public string MetricsAddress { get; init; } = "127.0.0.1";

    /// <summary>Port of the page of metrics.</summary>
    public int MetricsPort { get; init; } = 6_060;

    /// <summary>Collector of traces; null for none.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>Level of the log.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Form of the log.</summary>
    public LogFormat LogFormat { get; init; }
}
