using Chain.Node.Chains;
using Chain.Node.Servers;
using Chain.Rpc.Server;

namespace Chain.Node.Run;

/// <summary>Settings of a node that a consensus client drives.</summary>
public sealed record RunSettings
{
    /// <summary>Genesis file; null for the one stored in the folder.</summary>
    public string? GenesisFile { get; init; }

    /// <summary>Upgrade file; null for the one beside the genesis file, or the stored one.</summary>
    public string? UpgradeFile { get; init; }

    /// <summary>Data folder.</summary>
    public required string Folder { get; init; }

    /// <summary>History, caches and durability.</summary>
    public StorageSettings Storage { get; init; } = new();

    /// <summary>Address of the public side.</summary>
    public string HttpAddress { get; init; } = "127.0.0.1";

    /// <summary>Port of the public side.</summary>
    public int HttpPort { get; init; } = 8_545;

    /// <summary>Namespaces of the public side.</summary>
    public IReadOnlyList<string> HttpNamespaces { get; init; } = DefaultNamespaces;

    /// <summary>Origins that browsers may call from.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>Host names that requests may name.</summary>
    public IReadOnlyList<string> VirtualHosts { get; init; } = ["localhost"];

    /// <summary>Address of the consensus client's side.</summary>
    public string EngineAddress { get; init; } = "127.0.0.1";

    /// <summary>Port of the consensus client's side.</summary>
    public int EnginePort { get; init; } = 8_551;

    /// <summary>File of the secret shared with the consensus client; null makes one in the folder.</summary>
    public string? JwtSecretFile { get; init; }

    /// <summary>How the node is reached and watched, beyond address and port.</summary>
    public ServerSettings Server { get; init; } = new();

    /// <summary>Limits of the JSON-RPC front.</summary>
    public RpcLimits RpcLimits { get; init; } = new();

    /// <summary>Most gas of a call.</summary>
    public ulong RpcGasCap { get; init; } = 50_000_000;

    /// <summary>Gas limit that built blocks move towards.</summary>
    public ulong GasLimit { get; init; } = Rpc.Engine.PayloadAttributes.GasLimitWanted;

    /// <summary>Namespaces served where none are named.</summary>
    public static IReadOnlyList<string> DefaultNamespaces { get; } = [.. Rpc.Methods.RpcModules.DefaultNamespaces, "debug", "trace", "testing"];
}
