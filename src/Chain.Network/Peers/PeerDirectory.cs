namespace Chain.Network.Peers;

/// <summary>The peers an operator named and those that are connected. Bounded; safe for concurrent use.</summary>
public sealed class PeerDirectory
{
    /// <summary>Most peers kept.</summary>
    public const int PeersMax = 1_024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, EnodeUrl> _named = [];
    private readonly HashSet<string> _connected = [];

    /// <summary>Number of connected peers.</summary>
    public int ConnectedCount
    {
        get
        {
            lock (_lock) return _connected.Count;
        }
    }

    /// <summary>Peers to keep connected, ordered by public key.</summary>
    public IReadOnlyList<EnodeUrl> Named
    {
        get
        {
            lock (_lock) return [.. _named.Values.OrderBy(p => p.PublicKey, StringComparer.Ordinal)];
        }
    }

    /// <summary>Adds or re-addresses a peer; false when the directory is full.</summary>
    public bool TryAdd(EnodeUrl peer)
    {
        lock (_lock)
        {
            if (_named.Count >= PeersMax && !_named.ContainsKey(peer.PublicKey)) return false;
            _named[peer.PublicKey] = peer;
            return true;
        }
    }

    /// <summary>Removes a peer; false when it was not there.</summary>
    public bool Remove(EnodeUrl peer)
    {
        lock (_lock) return _named.Remove(peer.PublicKey);
    }

    /// <summary>True when the peer is connected.</summary>
    public bool IsConnected(EnodeUrl peer)
    {
        lock (_lock) return _connected.Contains(peer.PublicKey);
    }

    /// <summary>Records that a peer is connected, or no longer; only named peers count.</summary>
    public void SetConnected(EnodeUrl peer, bool isConnected)
    {
        lock (_lock)
        {
            if (isConnected && _named.ContainsKey(peer.PublicKey)) _connected.Add(peer.PublicKey);
            else _connected.Remove(peer.PublicKey);
        }
    }
}
