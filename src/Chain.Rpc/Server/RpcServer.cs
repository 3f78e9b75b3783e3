using System.Net;
using System.Net.Sockets;
using System.Text;
using Chain.Rpc.Model;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Chain.Rpc.Server;

/// <summary>The server could not start; the message is one sentence for the user.</summary>
public sealed class RpcStartException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The JSON-RPC server: HTTP/1.1, HTTP/2 and WebSocket on one port, or a local socket.</summary>
public sealed class RpcServer : IAsyncDisposable
{
    /// <summary>Longest path of a local socket on Linux, without its final zero (unix(7)).</summary>
    private const int IpcPathBytesMax = 107;

    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(500);

    private readonly RpcServerOptions _options;
    private readonly RpcProcessor _processor;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SessionSet _sessions;
    private readonly WebSocketFront _webSockets;
    private readonly Http2Handover _transport;
    private readonly HttpFront _front;
    private readonly KestrelServer _kestrel;
    private bool _stopped;

    /// <summary>A server that is not started yet.</summary>
    /// <param name="methods">What it serves.</param>
    /// <param name="options">Where and to whom.</param>
    /// <param name="log">Where unexpected failures are told.</param>
    public RpcServer(RpcMethodTable methods, RpcServerOptions options, ILogger? log = null)
    {
        _options = options;
        _processor = new RpcProcessor(methods, options.Limits, log ?? NullLogger.Instance);
        _sessions = new SessionSet(_stopping.Token);
        _webSockets = new WebSocketFront(_processor, options.Limits, _sessions);
        _front = new HttpFront(_processor, options, _webSockets);
        SocketTransportFactory sockets = new(Options.Create(new SocketTransportOptions { Backlog = 4_096, NoDelay = true }), NullLoggerFactory.Instance);
        _transport = new Http2Handover(sockets, options.Limits.KeepAliveTimeoutMs);
        _kestrel = new KestrelServer(Options.Create(KestrelOptions()), _transport, NullLoggerFactory.Instance);
    }

    /// <summary>Port that is listened on, once started.</summary>
    public int Port { get; private set; }

    /// <summary>URL of the HTTP side, once started.</summary>
    public string HttpUrl => $"http{Secure}://{UrlHost}:{Port}";

    /// <summary>URL of the WebSocket side, once started.</summary>
    public string WebSocketUrl => $"ws{Secure}://{UrlHost}:{Port}";

    /// <summary>Open connections that can be pushed to: WebSocket and IPC.</summary>
    public int WebSocketCount => _sessions.OpenCount;

    /// <summary>Calls that wait for their turn.</summary>
    public int WaitingCalls => _processor.WaitingCount;

    /// <summary>Calls in work, light ones aside.</summary>
    public int RunningCalls => _processor.RunningCount;

    /// <summary>Time since the last request that was let in; null before the first. Kept where a secret is asked for.</summary>
    public TimeSpan? SinceLastRequest => _front.LastRequestAtMs is > 0 and var at ? TimeSpan.FromMilliseconds(Environment.TickCount64 - at) : null;

    private string Secure => _options.Certificate is null ? "" : "s";

    private string UrlHost => _options.Address.Contains(':') ? $"[{_options.Address}]" : _options.Address;

    private string AddressFlag => $"--{_options.FlagPrefix}.addr";

    private string PortFlag => $"--{_options.FlagPrefix}.port";

    /// <summary>Starts to listen.</summary>
    /// <exception cref="RpcStartException">The address is wrong or the port is taken; the message says so in one sentence.</exception>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        if (_options.IpcPath is { } path)
        {
            await StartIpcAsync(path, cancellation);
            return;
        }
        if (_options.Port is < 0 or > 65_535) throw new RpcStartException($"{PortFlag} {_options.Port} is not a port: 0 to 65535 is expected.");
        if (!_options.Address.Equals("localhost", StringComparison.OrdinalIgnoreCase) && !IPAddress.TryParse(_options.Address, out _))
            throw new RpcStartException($"{AddressFlag} {_options.Address} is not an IP address: use for example 127.0.0.1, 0.0.0.0 or ::1.");
        try
        {
            await _kestrel.StartAsync(_front, cancellation);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new RpcStartException(Explain(SocketError.AddressAlreadyInUse), e);
        }
        catch (SocketException e)
        {
            throw new RpcStartException(Explain(e.SocketErrorCode), e);
        }
        catch (IOException e)
        {
            throw new RpcStartException($"Cannot listen on {_options.Address}:{_options.Port}: choose another address with {AddressFlag} or another port with {PortFlag}.", e);
        }
        string bound = _kestrel.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Port = new Uri(bound).Port;
    }

    /// <summary>Stops to listen, closes WebSocket connections with a reason, and gives requests in work a short time to end.</summary>
    public async Task StopAsync()
    {
        if (_stopped) return;
        _stopped = true;
        await _stopping.CancelAsync();
        // One patience for both: who stops the node waits for them together.
        using CancellationTokenSource patience = new(DrainTime);
        await _sessions.DrainAsync(patience.Token);
        await _kestrel.StopAsync(patience.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _kestrel.Dispose();
        _processor.Dispose();
        _stopping.Dispose();
    }

    private KestrelServerOptions KestrelOptions()
    {
        RpcLimits limits = _options.Limits;
        KestrelServerOptions kestrel = new() { AddServerHeader = false, AllowSynchronousIO = false };
        kestrel.ApplicationServices = _options.Certificate is null
            ? new ServiceCollection().AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).BuildServiceProvider()
            // TLS asks for services that only a host can make; it is never started.
            : new HostBuilder().ConfigureWebHost(web => web.UseKestrelCore().UseKestrelHttpsConfiguration()).Build().Services;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxConcurrentConnections = limits.ConnectionsMax;
        kestrel.Limits.MaxConcurrentUpgradedConnections = limits.ConnectionsMax;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(limits.HeadersTimeoutMs);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMilliseconds(limits.KeepAliveTimeoutMs);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(limits.BodyBytesPerSecondMin, TimeSpan.FromSeconds(5));
        if (_options.IpcPath is { } path)
        {
            if (Encoding.UTF8.GetByteCount(path) <= IpcPathBytesMax) kestrel.ListenUnixSocket(path, listen => listen.Run(ServeIpcAsync));
            return kestrel;
        }
        if (!IPAddress.TryParse(_options.Address, out IPAddress? address)) address = IPAddress.Loopback;
        if (_options.Port is < 0 or > 65_535) return kestrel;
        if (_options.Certificate is { } certificate)
        {
            kestrel.Listen(address, _options.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(certificate);
            });
            return kestrel;
        }
        kestrel.Listen(address, _options.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(_transport.Choose);
        });
        kestrel.Listen(_transport.EndPoint, listen => listen.Protocols = HttpProtocols.Http2);
        return kestrel;
    }

    private async Task ServeIpcAsync(ConnectionContext connection)
    {
        using MessageSession session = new(new IpcChannel(connection), _processor, _options.Limits);
        await _sessions.RunAsync(session);
    }

    private async Task StartIpcAsync(string path, CancellationToken cancellation)
    {
        try
        {
            if (Encoding.UTF8.GetByteCount(path) > IpcPathBytesMax) throw new RpcStartException($"--ipcpath '{path}' is longer than the {IpcPathBytesMax} bytes that the system takes: choose a shorter one.");
            if (File.Exists(path))
            {
                if (await IsServedAsync(path)) throw new RpcStartException($"--ipcpath '{path}' is served by another program: stop it or choose another path.");
                // Left behind by a process that was killed.
                File.Delete(path);
            }
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await _kestrel.StartAsync(_front, cancellation);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
        {
            throw new RpcStartException($"--ipcpath '{path}' cannot be listened on ({e.Message.TrimEnd('.')}): choose another path.", e);
        }
    }

    private static async Task<bool> IsServedAsync(string path)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string Explain(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => $"Port {_options.Port} of {_options.Address} is in use: stop the other program or choose another port with {PortFlag}.",
        SocketError.AddressNotAvailable => $"{_options.Address} is not an address of this machine: choose another with {AddressFlag}.",
        SocketError.AccessDenied => $"Port {_options.Port} may not be opened by this user: choose one above 1023 with {PortFlag}.",
        _ => $"Cannot listen on {_options.Address}:{_options.Port} ({error}): choose another address with {AddressFlag} or another port with {PortFlag}.",
    };
}
