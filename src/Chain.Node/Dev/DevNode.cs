using System.Reflection;
using System.Runtime.InteropServices;
using Chain.Consensus;
using Chain.Consensus.Engines;
using Chain.Consensus.Pool;
using Chain.Consensus.Simulation;
using Chain.Evm;
using Chain.Network.Peers;
using Chain.Node.Chains;
using Chain.Node.Logging;
using Chain.Node.Operators;
using Chain.Node.Servers;
using Chain.Rpc.Filters;
using Chain.Rpc.Methods;
using Chain.Rpc.Model;
using Chain.Rpc.Ports;
using Chain.Rpc.Server;
using Chain.Storage;
using Chain.Storage.Engines;
using Chain.Storage.RocksDb;

namespace Chain.Node.Dev;

/// <summary>A running development node: the composition of all rooms, in the order in which they start; stopped in the reverse order.</summary>
public sealed class DevNode : IAsyncDisposable
{
    /// <summary>States kept in memory, so that snapshots can be gone back to over many blocks.</summary>
    private const int LayersMax = 1_024;

    private readonly ChainDatabase _database;
    private readonly PoolJournal? _journal;
    private readonly ChainManager _chain;
    private readonly DevEngine _engine;
    private readonly Simulator _simulator;
    private readonly RpcChain _rpc;
    private readonly FilterStore _filters;
    private readonly SubscriptionHub _subscriptions;
    private readonly PeerDirectory _peers = new();
    private readonly NodeServers _servers;
    private readonly FolderLock? _lock;

    /// <summary>Opens or makes the chain and prepares everything; nothing runs yet.</summary>
    /// <exception cref="UserException">The settings, the genesis or the data folder do not work.</exception>
    public DevNode(DevSettings settings, ConsoleLog log)
    {
        ChainFolder? folder = settings.DataFolder is { } path ? ChainFolder.Create(path) : null;
        _lock = folder is null ? null : FolderLock.Take(folder);
        DevChainPlan plan = DevChainPlan.Make(settings, folder, settings.GenesisTimestamp ?? (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        Plan = plan;
        ChainModules modules = ChainModules.For(plan.Spec, plan.Genesis);
        if (GenesisBuilder.MissingForBlocks(plan.Spec, plan.Genesis) is { } missing) throw new UserException(missing);
        GenesisBlock genesis = GenesisBuilder.Build(plan.Spec, plan.Genesis, modules);

        if (plan.IsNew)
        {
            // Before the database: a kill between the two would leave a chain whose generated genesis nobody knows.
            folder?.WriteDev(plan.Memory);
            folder?.WriteGenesis(plan.GenesisJson);
        }
        _database = Open(folder, genesis, settings.Storage);
        _journal = folder is null ? null : new PoolJournal(folder.JournalPath, log.Warn);
        _chain = new ChainManager(plan.Spec, _database, modules, DispatcherKind.TailCalls, new PoolOptions { VerifySidecar = OpenChain.VerifySidecar }, _journal);
        _engine = new DevEngine(_chain, EngineOptions(settings, plan), log.Warn);
        _simulator = new Simulator(_chain, DispatcherKind.TailCalls, settings.RpcGasCap);

        RpcLimits limits = settings.RpcLimits;
        _rpc = new RpcChain(_chain, _simulator, limits, _engine, new DevAccounts(plan.Accounts.Select(a => a.PrivateKey)), Compliance.Registry.ReasonCodes.NameOf);
        _filters = new FilterStore(_rpc);
        _subscriptions = new SubscriptionHub(_rpc, log.Warn);
        NodePorts ports = new()
        {
            Peers = new PeerControl(_peers),
            Files = new ChainFiles(_chain),
            Log = new LogLevelControl(log),
            DataFolder = folder?.Location,
            GenesisAllocation = genesis.Allocation,
        };
        RpcMethodTable Served(IReadOnlyCollection<string>? namespaces) => RpcModules.Build(_rpc, _filters, _subscriptions, ClientVersion, () => _peers.ConnectedCount, namespaces, ports: ports);
        Methods = Served(null);
        _servers = new NodeServers(
            settings.Server,
            new RpcServerOptions
            {
                Address = settings.HttpAddress,
                Port = settings.HttpPort,
                CorsOrigins = settings.CorsOrigins,
                VirtualHosts = settings.VirtualHosts,
                Limits = limits,
            },
            settings.HttpNamespaces,
            Served,
            _chain,
            null,
            () => _subscriptions.Count,
            () => _peers.ConnectedCount,
            ClientVersion,
            log);
        StorageLog.Watch(_database, log);
        _chain.HeadChanged += new BlockLog(log, _chain.Timings, () => _peers.ConnectedCount).OnHeadChanged;
    }

    /// <summary>Name, version and platform, as web3_clientVersion gives it.</summary>
    public static string ClientVersion { get; } =
        $"DefactorChain/v{Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}"
        + $"/{RuntimeInformation.RuntimeIdentifier}/dotnet{Environment.Version}";

    /// <summary>What is run.</summary>
    public DevChainPlan Plan { get; }

    /// <summary>Served methods.</summary>
    public RpcMethodTable Methods { get; }

    /// <summary>The chain.</summary>
    public ChainManager Chain => _chain;

    /// <summary>URL of the HTTP side, once started.</summary>
    public string HttpUrl => _servers.Public.HttpUrl;

    /// <summary>URL of the WebSocket side, once started.</summary>
    public string WebSocketUrl => _servers.Public.WebSocketUrl;

    /// <summary>URL of the page of metrics, once started; null without.</summary>
    public string? MetricsUrl => _servers.MetricsUrl;

    /// <summary>Starts to listen and to make blocks.</summary>
    /// <exception cref="RpcStartException">The port is taken or the address is wrong.</exception>
    public async Task StartAsync()
    {
        await _servers.StartAsync().ConfigureAwait(false);
        _chain.Pool.RestoreJournal();
        _engine.Start();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _servers.DisposeAsync().ConfigureAwait(false);
        _engine.Dispose();
        await _subscriptions.DisposeAsync().ConfigureAwait(false);
        _filters.Dispose();
        _simulator.Dispose();
        _chain.Dispose();
        _journal?.Dispose();
        _database.Dispose();
        _lock?.Dispose();
    }

    private static ChainDatabase Open(ChainFolder? folder, GenesisBlock genesis, StorageSettings settings)
    {
        try
        {
            IKeyValueStore store = folder is null ? new MemoryStore() : RocksDbStore.Open(folder.DatabasePath, settings.RocksDb);
            StorageOptions options = settings.Choose(folder, StorageOptions.KeepAllHistory) with { LayersMax = LayersMax, FinalLayersKept = LayersMax, LayersTotalMax = LayersMax * 4 };
            ChainDatabase database = ChainDatabase.Open(store, genesis, options);
            if (folder is not null) StorageSettings.Remember(folder, options);
            return database;
        }
        catch (StorageException e)
        {
            throw new UserException(e.Message);
        }
    }

    private static DevOptions EngineOptions(DevSettings settings, DevChainPlan plan) => new()
    {
        Mode = settings.Mining,
        BlockTimeMs = Math.Max(1, settings.BlockTimeMs),
        GasLimit = settings.GasLimit,
        Coinbase = plan.Accounts[0].Address,
        BaseFee = settings.BaseFee,
    };
}
