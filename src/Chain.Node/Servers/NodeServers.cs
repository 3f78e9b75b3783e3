using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Chain.Consensus;
using Chain.Node.Monitoring;
using Chain.Rpc.Model;
using Chain.Rpc.Server;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Servers;

/// <summary>The servers every node has: the public side, the local socket, probes and metrics, traces. What a consensus client needs besides is the caller's.</summary>
public sealed class NodeServers : IAsyncDisposable
{
    private readonly RpcServer? _ipc;
    private readonly RpcServer? _monitor;
    private readonly PrometheusPage? _page;
    private readonly NodeMetrics? _metrics;
    private readonly IDisposable? _traces;

    /// <summary>Prepares the servers; nothing listens yet.</summary>
    /// <param name="settings">What is wanted.</param>
    /// <param name="options">Address, port and limits of the public side.</param>
    /// <param name="served">Methods of the public side.</param>
    /// <param name="all">Methods of the local socket.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="engine">The consensus client's side; null without.</param>
    /// <param name="subscriptionCount">Number of open subscriptions.</param>
    /// <param name="peerCount">Number of connected peers.</param>
    /// <param name="version">Name and version of the node.</param>
    /// <param name="log">The log.</param>
    /// <exception cref="UserException">A file or a list of methods does not work.</exception>
    public NodeServers(
        ServerSettings settings, RpcServerOptions options, RpcMethodTable served, RpcMethodTable all, ChainManager chain, RpcServer? engine, Func<int> subscriptionCount,
        Func<int> peerCount, string version, ILogger log)
    {
        if (settings.Access.Unmatched(served.Names) is { } pattern)
            throw new UserException($"'{pattern}' in --rpc.allow or --rpc.deny names no method that is served: give names or beginnings with *, for example debug_*.");
        served.Restrict(settings.Access);
        Health = new NodeHealth(chain, engine is null ? null : () => engine.SinceLastRequest, version);
        RpcKeys? keys = settings.KeysFile is { } file ? LoadKeys(file, served) : null;
        Public = new RpcServer(
            served, options with { WebSocketEnabled = settings.WebSocketEnabled, Keys = keys, Certificate = LoadCertificate(settings), Probes = Health.Answer }, log);
        if (settings.IpcPath is { } path) _ipc = new RpcServer(all, options with { IpcPath = path }, log);
        if (settings.MetricsEnabled)
        {
            _page = new PrometheusPage();
            List<(string Name, RpcServer Server)> servers = [("http", Public)];
            if (_ipc is not null) servers.Add(("ipc", _ipc));
            if (engine is not null) servers.Add(("authrpc", engine));
            _metrics = new NodeMetrics(chain, servers, subscriptionCount, peerCount, version);
            _monitor = new RpcServer(
                RpcMethodTable.Build([]),
                new RpcServerOptions { Address = settings.MetricsAddress, Port = settings.MetricsPort, FlagPrefix = "metrics", WebSocketEnabled = false, VirtualHosts = ["*"], Probes = AnswerMonitor },
                log);
        }
        _traces = TraceExport.Start(settings.OtlpEndpoint, version);
    }

    /// <summary>The public side.</summary>
    public RpcServer Public { get; }

    /// <summary>Answers probes.</summary>
    public NodeHealth Health { get; }

    /// <summary>URL of the page of metrics, once started; null without.</summary>
    public string? MetricsUrl => _monitor is null ? null : _monitor.HttpUrl + "/metrics";

    /// <summary>Starts to listen.</summary>
    /// <exception cref="RpcStartException">A port is taken, or an address is wrong.</exception>
    public async Task StartAsync()
    {
        if (_monitor is not null) await _monitor.StartAsync().ConfigureAwait(false);
        if (_ipc is not null) await _ipc.StartAsync().ConfigureAwait(false);
        await Public.StartAsync().ConfigureAwait(false);
        Health.IsServing = true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Health.IsServing = false;
        await Task.WhenAll(Public.StopAsync(), _ipc?.StopAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        await Public.DisposeAsync().ConfigureAwait(false);
        if (_ipc is not null) await _ipc.DisposeAsync().ConfigureAwait(false);
        if (_monitor is not null) await _monitor.DisposeAsync().ConfigureAwait(false);
        _metrics?.Dispose();
        _page?.Dispose();
        _traces?.Dispose();
    }

    private ProbeAnswer? AnswerMonitor(string path) => path is "/metrics" or "/debug/metrics/prometheus"
        ? new ProbeAnswer(200, PrometheusPage.ContentType, Encoding.UTF8.GetBytes(_page!.Write()))
        : Health.Answer(path);

    private static RpcKeys LoadKeys(string file, RpcMethodTable served)
    {
        try
        {
            RpcKeys keys = RpcKeys.Load(file);
            foreach ((string id, MethodAccess access) in keys.Access)
            {
                if (access.Unmatched(served.Names) is { } pattern) throw new UserException($"In '{file}', '{pattern}' of key '{id}' names no method that is served.");
            }
            return keys;
        }
        catch (RpcStartException e)
        {
            throw new UserException(e.Message);
        }
    }

    private static X509Certificate2? LoadCertificate(ServerSettings settings)
    {
        if (settings.CertificateFile is not { } file) return null;
        try
        {
            return X509Certificate2.CreateFromPemFile(file, settings.CertificateKeyFile ?? file);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new UserException($"--http.tls-cert '{file}' does not work with the key in '{settings.CertificateKeyFile ?? file}' ({e.Message.TrimEnd('.')}): give PEM files, the certificate first, and its private key by --http.tls-key.");
        }
    }
}
