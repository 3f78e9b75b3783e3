using System.Globalization;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>net</c>.</summary>
/// <param name="networkId">Network id: the chain id.</param>
/// <param name="peerCount">Number of connected peers.</param>
public sealed class NetMethods(ulong networkId, Func<int> peerCount)
{
    /// <summary>Network id, in decimal.</summary>
    [RpcMethod("net_version")]
    public string Version() => networkId.ToString(CultureInfo.InvariantCulture);

    /// <summary>True: the node takes connections.</summary>
    [RpcMethod("net_listening")]
    public static bool Listening() => true;

    /// <summary>Number of connected peers.</summary>
    [RpcMethod("net_peerCount")]
    public ulong PeerCount() => (ulong)peerCount();
}
