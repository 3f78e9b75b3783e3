using Chain.Consensus.Engines;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Node.Chains;
using Chain.Node.Servers;
using Chain.Rpc.Server;

namespace Chain.Node.Dev;

/// <summary>Everything that <c>chain dev</c> can be told. Null: not told, the stored chain's value or the default holds.</summary>
public sealed record DevSettings
{
    /// <summary>Mnemonic of the accounts that development nodes share.</summary>
    public const string DefaultMnemonic = "test test test test test test test test test test test junk";

    /// <summary>Chain id that development nodes share.</summary>
    public const ulong DefaultChainId = 31_337;

    /// <summary>Most accounts derived.</summary>
    public const int AccountsMax = 1_000;

    /// <summary>Address that is listened on.</summary>
    public string HttpAddress { get; init; } = "127.0.0.1";

    /// <summary>Port for HTTP and WebSocket; 0 takes any free one.</summary>
    public int HttpPort { get; init; } = 8_545;

    /// <summary>Origins that browsers may call from.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = ["*"];

    /// <summary>Host names accepted in requests.</summary>
    public IReadOnlyList<string> VirtualHosts { get; init; } = ["localhost"];

    /// <summary>Data folder; null keeps everything in memory.</summary>
    public string? DataFolder { get; init; }

    /// <summary>When blocks are made.</summary>
    public MiningMode Mining { get; init; }

    /// <summary>Time between blocks, milliseconds, in <see cref="MiningMode.Interval"/>.</summary>
    public int BlockTimeMs { get; init; }

    /// <summary>Chain id.</summary>
    public ulong? ChainId { get; init; }

    /// <summary>Fork of all blocks.</summary>
    public Fork? Fork { get; init; }

    /// <summary>Timestamp of a new genesis block, seconds; null for the present time.</summary>
    public ulong? GenesisTimestamp { get; init; }

    /// <summary>Gas limit of blocks.</summary>
    public ulong GasLimit { get; init; } = 30_000_000;

    /// <summary>Fixed base fee, wei; null follows EIP-1559.</summary>
    public UInt256? BaseFee { get; init; }

    /// <summary>Number of funded accounts.</summary>
    public int? Accounts { get; init; }

    /// <summary>Balance of each, whole ETH.</summary>
    public ulong? BalanceEther { get; init; }

    /// <summary>Mnemonic of the accounts.</summary>
    public string? Mnemonic { get; init; }

    /// <summary>Compliance mode of the generated genesis.</summary>
    public byte? ComplianceMode { get; init; }

    /// <summary>Whether the generated genesis has the contracts of the platform; null: yes, from Cancun on.</summary>
    public bool? Predeploys { get; init; }

    /// <summary>Genesis file in place of the generated one.</summary>
    public string? GenesisFile { get; init; }

    /// <summary>Most gas of eth_call and eth_estimateGas.</summary>
    public ulong RpcGasCap { get; init; } = 2_000_000_000;

    /// <summary>How the node is reached and watched, beyond address and port.</summary>
    public ServerSettings Server { get; init; } = new();

    /// <summary>Limits of the JSON-RPC front.</summary>
    public RpcLimits RpcLimits { get; init; } = new();

    /// <summary>History (all of it by default), caches and durability.</summary>
    public StorageSettings Storage { get; init; } = new();
}
