using System.Globalization;
using Chain.Network.Peers;
using Chain.Rpc.Ports;

namespace Chain.Node.Operators;

/// <summary>Lends the directory of peers to the methods of operators.</summary>
/// <param name="peers">The directory.</param>
public sealed class PeerControl(PeerDirectory peers) : IPeerControl
{
    /// <inheritdoc/>
    public int ConnectedCount => peers.ConnectedCount;

    /// <inheritdoc/>
    public IReadOnlyList<(string Enode, bool IsConnected)> Named => [.. peers.Named.Select(peer => (peer.ToString(), peers.IsConnected(peer)))];

    /// <inheritdoc/>
    public string? Add(string enode)
    {
        if (!EnodeUrl.TryParse(enode, out EnodeUrl? peer, out string? error)) return error;
        return peers.TryAdd(peer) ? null : string.Create(CultureInfo.InvariantCulture, $"{PeerDirectory.PeersMax} peers are named already: remove one first.");
    }

    /// <inheritdoc/>
    public string? Remove(string enode, out bool wasThere)
    {
        wasThere = EnodeUrl.TryParse(enode, out EnodeUrl? peer, out string? error) && peers.Remove(peer);
        return error;
    }
}
