using Chain.Consensus;
using Chain.Consensus.Engines;
using Chain.Consensus.Simulation;
using Chain.Evm;
using Chain.Network.Peers;
using Chain.Node.Chains;
using Chain.Node.Dev;
using Chain.Node.Logging;
using Chain.Node.Operators;
using Chain.Node.Servers;
using Chain.Rpc.Docs;
using Chain.Rpc.Filters;
using Chain.Rpc.Methods;
using Chain.Rpc.Model;
using Chain.Rpc.Ports;
using Chain.Rpc.Server;

namespace Chain.Node.Run;

/// <summary>A node driven by a consensus client: the composition of all rooms, with the public side and the client's side on two ports.</summary>
public sealed class RunNode : IAsyncDisposable
{
    /// <summary>Namespaces of the consensus client's side (Engine API, "underlying protocol").</summary>
    private static readonly string[] EngineNamespaces = ["engine", "eth", "net", "web3", "rpc"];

    private readonly OpenChain _chain;
    private readonly ExternalEngine _engine;
    private readonly Simulator _simulator;
    private readonly FilterStore _filters;
    private readonly SubscriptionHub _subscriptions;
    private readonly PeerDirectory _peers = new();
    private readonly NodeServers _servers;
    private readonly RpcServer _private;
    private readonly FolderLock _lock;

    /// <summary>Opens or makes the chain; nothing listens yet.</summary>
    /// <exception cref="UserException">The genesis, the folder or the secret do not work.</exception>
    public RunNode(RunSettings settings, ConsoleLog log)
    {
        ChainFolder folder = ChainFolder.Create(settings.Folder);
        _lock = FolderLock.Take(folder);
        JwtSecret secret = ReadSecret(settings.JwtSecretFile, folder);
        _chain = OpenChain.Create(folder, settings.GenesisFile, settings.Storage, settings.UpgradeFile);
        _chain.KeepLocalTransactions(folder.JournalPath, log.Warn);
        ChainManager manager = _chain.Manager;
        _engine = new ExternalEngine(manager);
        _simulator = new Simulator(manager, DispatcherKind.TailCalls, settings.RpcGasCap);
        RpcLimits limits = settings.RpcLimits;
        RpcChain rpc = new(manager, _simulator, limits, reasonName: Compliance.Registry.ReasonCodes.NameOf);
        _filters = new FilterStore(rpc);
        _subscriptions = new SubscriptionHub(rpc, log.Warn);
        RpcServerOptions options = new() { Address = settings.HttpAddress, Port = settings.HttpPort, CorsOrigins = settings.CorsOrigins, VirtualHosts = settings.VirtualHosts, Limits = limits };
        NodePorts ports = new() { Peers = new PeerControl(_peers), Files = new ChainFiles(manager), Log = new LogLevelControl(log), DataFolder = folder.Location };
        RpcMethodTable Served(IReadOnlyCollection<string>? namespaces) => RpcModules.Build(rpc, _filters, _subscriptions, DevNode.ClientVersion, () => _peers.ConnectedCount, namespaces, ports: ports);
        RpcMethodTable engine = RpcModules.Build(rpc, _filters, _subscriptions, DevNode.ClientVersion, () => 0, EngineNamespaces, _engine, settings.GasLimit, new NodePorts { Warn = log.Warn });
        EngineMethods = [.. engine.Descriptions.Where(method => method.Name.StartsWith("engine_", StringComparison.Ordinal))];
        _private = new RpcServer(
            engine,
            new RpcServerOptions { Address = settings.EngineAddress, Port = settings.EnginePort, FlagPrefix = "authrpc", VirtualHosts = ["*"], Limits = OneAtATime(limits), Secret = secret },
            log);
        _servers = new NodeServers(
            settings.Server,
            options,
            settings.HttpNamespaces,
            Served,
            manager,
            _private,
            () => _subscriptions.Count,
            () => _peers.ConnectedCount,
            DevNode.ClientVersion,
            log);
        StorageLog.Watch(manager.Database, log);
        manager.HeadChanged += new BlockLog(log, manager.Timings, () => _peers.ConnectedCount).OnHeadChanged;
    }

    /// <summary>The methods of the Engine API, by name.</summary>
    public IReadOnlyList<MethodDescription> EngineMethods { get; }

    /// <summary>URL of the public side, once started.</summary>
    public string HttpUrl => _servers.Public.HttpUrl;

    /// <summary>URL of the consensus client's side, once started.</summary>
    public string EngineUrl => _private.HttpUrl;

    /// <summary>URL of the page of metrics, once started; null without.</summary>
    public string? MetricsUrl => _servers.MetricsUrl;

    /// <summary>Number of the head block.</summary>
    public ulong HeadNumber => _chain.Database.Head.Number;

    /// <summary>Starts to listen on both ports.</summary>
    /// <exception cref="RpcStartException">A port is taken or an address is wrong.</exception>
    public async Task StartAsync()
    {
        await _private.StartAsync().ConfigureAwait(false);
        await _servers.StartAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _servers.DisposeAsync().ConfigureAwait(false);
        await _private.DisposeAsync().ConfigureAwait(false);
        _engine.Dispose();
        await _subscriptions.DisposeAsync().ConfigureAwait(false);
        _filters.Dispose();
        _simulator.Dispose();
        _chain.Dispose();
        _lock.Dispose();
    }

    /// <summary>The client's forkchoices are processed in the order they came (Engine API, "message ordering"), so a connection has one request in work.</summary>
    private static RpcLimits OneAtATime(RpcLimits limits) => limits with { WebSocketInFlightMax = 1 };

    private static JwtSecret ReadSecret(string? file, ChainFolder folder)
    {
        string path = file ?? Path.Combine(folder.Location, "jwt.hex");
        try
        {
            if (!File.Exists(path))
            {
                if (file is not null) throw new UserException($"--authrpc.jwtsecret '{file}' does not exist: make it with 'openssl rand -hex 32 > {file}', or leave the flag out to have one made in the data folder.");
                (JwtSecret made, string text) = JwtSecret.Generate();
                FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                using StreamWriter writer = new(path, options);
                writer.Write(text);
                return made;
            }
            return JwtSecret.TryParse(File.ReadAllText(path), out JwtSecret secret) ? secret : throw new UserException($"'{path}' holds no secret: 64 hex digits are expected.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The secret '{path}' cannot be read: {e.Message}");
        }
    }
}
