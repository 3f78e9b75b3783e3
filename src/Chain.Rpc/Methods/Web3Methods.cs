using Chain.Core.Crypto;
using Chain.Core.Primitives;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>web3</c>.</summary>
/// <param name="clientVersion">Name, version and platform of the node.</param>
public sealed class Web3Methods(string clientVersion)
{
    /// <summary>Name, version and platform of the node.</summary>
    [RpcMethod("web3_clientVersion", Volatile = true)]
    public string ClientVersion() => clientVersion;

    /// <summary>Keccak-256 of the data.</summary>
    [RpcMethod("web3_sha3", Example = """["0x68656c6c6f"]""")]
    public static Hash256 Sha3(ReadOnlyMemory<byte> data) => Keccak256.Hash(data.Span);
}
