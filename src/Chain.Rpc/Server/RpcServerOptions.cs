using System.Security.Cryptography.X509Certificates;

namespace Chain.Rpc.Server;

/// <summary>Where and to whom the server answers.</summary>
public sealed record RpcServerOptions
{
    /// <summary>Address to listen on: an IP address or <c>localhost</c> (<c>--http.addr</c>).</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>TCP port for HTTP and WebSocket, 0 for any free one (<c>--http.port</c>).</summary>
    public int Port { get; init; } = 8545;

    /// <summary>What the flags of address and port begin with, for the errors that name them: <c>http</c>, <c>authrpc</c> or <c>metrics</c>.</summary>
    public string FlagPrefix { get; init; } = "http";

    /// <summary>Path of a local socket to listen on in place of a TCP port (<c>--ipcpath</c>): its file's rights decide who comes in; null for TCP.</summary>
    public string? IpcPath { get; init; }

    /// <summary>Origins that browsers may call from, <c>*</c> for any (<c>--http.corsdomain</c>).</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>
    /// Host names that requests may name, <c>*</c> for any (<c>--http.vhosts</c>). IP addresses are always taken; the list defends
    /// against DNS rebinding.
    /// </summary>
    public IReadOnlyList<string> VirtualHosts { get; init; } = ["localhost"];

    /// <summary>True when WebSocket connections are taken on the same port.</summary>
    public bool WebSocketEnabled { get; init; } = true;

    /// <summary>Secret whose tokens every request must carry (<c>--authrpc.jwtsecret</c>); null lets all in.</summary>
    public JwtSecret? Secret { get; init; }

    /// <summary>Keys whose tokens every request must carry (<c>--http.keys</c>), with what each may call; null lets all in.</summary>
    public RpcKeys? Keys { get; init; }

    /// <summary>Certificate with its private key: TLS on the port, with HTTP/2 by ALPN (<c>--http.tls-cert</c>); null for plain HTTP.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Answers GET requests for paths other than / without any key, such as <c>/livez</c>; null or a null answer for none.</summary>
    public Func<string, ProbeAnswer?>? Probes { get; init; }

    /// <summary>Limits.</summary>
    public RpcLimits Limits { get; init; } = new();
}

/// <summary>The answer to a probe.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Type of the content.</param>
/// <param name="Content">The content, UTF-8.</param>
public sealed record ProbeAnswer(int Status, string ContentType, ReadOnlyMemory<byte> Content);
