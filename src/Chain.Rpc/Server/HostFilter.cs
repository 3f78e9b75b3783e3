using System.Net;

namespace Chain.Rpc.Server;

/// <summary>Decides which Host names and browser origins are answered (against DNS rebinding and foreign pages).</summary>
internal sealed class HostFilter(RpcServerOptions options)
{
    private readonly bool _anyHost = options.VirtualHosts.Contains("*");
    private readonly bool _anyOrigin = options.CorsOrigins.Contains("*");
    private readonly HashSet<string> _hosts = new(options.VirtualHosts, StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _origins = new(options.CorsOrigins.Select(origin => origin.TrimEnd('/')), StringComparer.OrdinalIgnoreCase);

    public bool IsHostAllowed(string? host)
    {
        if (_anyHost || string.IsNullOrEmpty(host)) return true;
        ReadOnlySpan<char> name = WithoutPort(host);
        return _hosts.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name) || IPAddress.TryParse(name, out _);
    }

    public bool IsOriginAllowed(string origin) => _anyOrigin || _origins.Contains(origin.TrimEnd('/'));

    /// <summary>A WebSocket has no CORS: its origin is checked here, with pages of this machine let in.</summary>
    public bool IsWebSocketOriginAllowed(string? origin) =>
        string.IsNullOrEmpty(origin) || IsOriginAllowed(origin) || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && uri.IsLoopback);

    private static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> host)
    {
        if (host[0] == '[') return host.IndexOf(']') is > 0 and int end ? host[1..end] : host;
        int colon = host.LastIndexOf(':');
        return colon < 0 || host.IndexOf(':') != colon ? host : host[..colon];
    }
}
