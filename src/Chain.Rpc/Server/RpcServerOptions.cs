namespace Chain.Rpc.Server;

/// <summary>Where and to whom the server answers.</summary>
public sealed record RpcServerOptions
{
    /// <summary>Address to listen on: an IP address or <c>localhost</c> (<c>--http.addr</c>).</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>TCP port for HTTP and WebSocket, 0 for any free one (<c>--http.port</c>).</summary>
    public int Port { get; init; } = 8545;

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

    /// <summary>Limits.</summary>
    public RpcLimits Limits { get; init; } = new();
}
