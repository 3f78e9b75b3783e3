using System.Net;
using System.Net.Sockets;
using Chain.Rpc.Model;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Chain.Rpc.Server;

/// <summary>The server could not start; the message is one sentence for the user.</summary>
public sealed class RpcStartException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The JSON-RPC server: HTTP/1.1 and WebSocket on one port.</summary>
public sealed class RpcServer : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(500);

    private readonly RpcServerOptions _options;
    private readonly RpcProcessor _processor;
    private readonly CancellationTokenSource _stopping = new();
    private readonly WebSocketFront _webSockets;
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
        _webSockets = new WebSocketFront(_processor, options.Limits, _stopping.Token);
        SocketTransportFactory transport = new(Options.Create(new SocketTransportOptions { Backlog = 4_096, NoDelay = true }), NullLoggerFactory.Instance);
        _kestrel = new KestrelServer(Options.Create(KestrelOptions()), transport, NullLoggerFactory.Instance);
    }

    /// <summary>Port that is listened on, once started.</summary>
    public int Port { get; private set; }

    /// <summary>URL of the HTTP side, once started.</summary>
    public string HttpUrl => $"http://{UrlHost}:{Port}";

    /// <summary>URL of the WebSocket side, once started.</summary>
    public string WebSocketUrl => $"ws://{UrlHost}:{Port}";

    /// <summary>Open WebSocket connections.</summary>
    public int WebSocketCount => _webSockets.OpenCount;

    private string UrlHost => _options.Address.Contains(':') ? $"[{_options.Address}]" : _options.Address;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="RpcStartException">The address is wrong or the port is taken; the message says so in one sentence.</exception>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        if (_options.Port is < 0 or > 65_535) throw new RpcStartException($"--http.port {_options.Port} is not a port: 0 to 65535 is expected.");
        if (!_options.Address.Equals("localhost", StringComparison.OrdinalIgnoreCase) && !IPAddress.TryParse(_options.Address, out _))
            throw new RpcStartException($"--http.addr {_options.Address} is not an IP address: use for example 127.0.0.1, 0.0.0.0 or ::1.");
        try
        {
            await _kestrel.StartAsync(new HttpFront(_processor, _options, _webSockets), cancellation);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new RpcStartException($"Port {_options.Port} of {_options.Address} is in use: stop the other program or choose another port with --http.port.", e);
        }
        catch (SocketException e)
        {
            throw new RpcStartException(Explain(e.SocketErrorCode), e);
        }
        catch (IOException e)
        {
            throw new RpcStartException($"Cannot listen on {_options.Address}:{_options.Port}: choose another address with --http.addr or another port with --http.port.", e);
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
        await _webSockets.DrainAsync(patience.Token);
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
        kestrel.ApplicationServices = new ServiceCollection().AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).BuildServiceProvider();
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxConcurrentConnections = limits.ConnectionsMax;
        kestrel.Limits.MaxConcurrentUpgradedConnections = limits.ConnectionsMax;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(limits.HeadersTimeoutMs);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMilliseconds(limits.KeepAliveTimeoutMs);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(limits.BodyBytesPerSecondMin, TimeSpan.FromSeconds(5));
        void Http1(ListenOptions listen) => listen.Protocols = HttpProtocols.Http1;
        if (!IPAddress.TryParse(_options.Address, out IPAddress? address)) address = IPAddress.Loopback;
        if (_options.Port is >= 0 and <= 65_535) kestrel.Listen(address, _options.Port, Http1);
        return kestrel;
    }

    private string Explain(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => $"Port {_options.Port} of {_options.Address} is in use: stop the other program or choose another port with --http.port.",
        SocketError.AddressNotAvailable => $"{_options.Address} is not an address of this machine: choose another with --http.addr.",
        SocketError.AccessDenied => $"Port {_options.Port} may not be opened by this user: choose one above 1023 with --http.port.",
        _ => $"Cannot listen on {_options.Address}:{_options.Port} ({error}): choose another address with --http.addr or another port with --http.port.",
    };
}
