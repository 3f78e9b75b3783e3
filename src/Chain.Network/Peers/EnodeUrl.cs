using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Chain.Core.Primitives;

namespace Chain.Network.Peers;

/// <summary>
/// The address of a peer as operators write it: <c>enode://PUBLICKEY@HOST:PORT?discport=PORT</c> (devp2p, enode URL format). The public key is 64 bytes,
/// the host an IP address; without <c>discport</c> discovery listens on the same port.
/// </summary>
public sealed record EnodeUrl
{
    /// <summary>Longest text accepted, characters.</summary>
    public const int LengthMax = 512;

    private const string Scheme = "enode://";
    private const string DiscoveryKey = "discport=";
    private const int PublicKeySizeBytes = 64;

    private EnodeUrl(string publicKey, IPAddress host, ushort port, ushort discoveryPort)
    {
        PublicKey = publicKey;
        Host = host;
        Port = port;
        DiscoveryPort = discoveryPort;
    }

    /// <summary>Public key, 128 lower-case hex digits: the identity of the peer.</summary>
    public string PublicKey { get; }

    /// <summary>IP address.</summary>
    public IPAddress Host { get; }

    /// <summary>TCP port.</summary>
    public ushort Port { get; }

    /// <summary>UDP port of discovery.</summary>
    public ushort DiscoveryPort { get; }

    /// <summary>Parses the text; on failure the error names the part that is wrong and what is expected.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out EnodeUrl? url, [NotNullWhen(false)] out string? error)
    {
        url = null;
        error = null;
        if (text.Length > LengthMax) error = $"The peer address has {text.Length} characters; at most {LengthMax} are taken.";
        else if (!text.StartsWith(Scheme, StringComparison.Ordinal)) error = $"'{text}' is not a peer address: it begins with {Scheme}.";
        if (error is not null) return false;

        string rest = text[Scheme.Length..];
        int at = rest.IndexOf('@', StringComparison.Ordinal);
        if (at < 0 || !Hex.TryDecodeExact(rest.AsSpan(0, at), stackalloc byte[PublicKeySizeBytes]))
        {
            error = $"'{text}' has no public key: {PublicKeySizeBytes * 2} hex digits are expected between {Scheme} and @.";
            return false;
        }
        string publicKey = rest[..at].ToLowerInvariant();
        string endpoint = rest[(at + 1)..];
        ushort? discovery = null;
        int query = endpoint.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0)
        {
            if (!endpoint[(query + 1)..].StartsWith(DiscoveryKey, StringComparison.Ordinal) || ParsePort(endpoint[(query + 1 + DiscoveryKey.Length)..]) is not { } port)
            {
                error = $"'{endpoint[query..]}' is not a discovery port: ?{DiscoveryKey}PORT is expected, 1 to 65535.";
                return false;
            }
            discovery = port;
            endpoint = endpoint[..query];
        }
        int colon = endpoint.LastIndexOf(':');
        if (colon < 0 || ParsePort(endpoint[(colon + 1)..]) is not { } tcpPort)
        {
            error = $"'{endpoint}' has no port: HOST:PORT is expected, the port 1 to 65535.";
            return false;
        }
        if (!IPAddress.TryParse(endpoint[..colon], out IPAddress? host))
        {
            error = $"'{endpoint[..colon]}' is not an IP address: names are not looked up, give the address, an IPv6 one in brackets.";
            return false;
        }
        url = new EnodeUrl(publicKey, host, tcpPort, discovery ?? tcpPort);
        return true;
    }

    /// <summary>The URL, in its shortest form.</summary>
    public override string ToString()
    {
        string text = $"{Scheme}{PublicKey}@{new IPEndPoint(Host, Port)}";
        return DiscoveryPort == Port ? text : string.Create(CultureInfo.InvariantCulture, $"{text}?{DiscoveryKey}{DiscoveryPort}");
    }

    private static ushort? ParsePort(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0 ? port : null;
}
