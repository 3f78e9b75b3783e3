using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Chain.Rpc.Server;

/// <summary>The WebSocket side: the handshake of RFC 6455 and the life of each connection.</summary>
internal sealed class WebSocketFront(RpcProcessor processor, RpcLimits limits, CancellationToken stopping)
{
    private readonly ConcurrentDictionary<WebSocketSession, Task> _open = new();

    public int OpenCount => _open.Count;

    /// <summary>Takes the connection over until it closes; false when the handshake is wrong.</summary>
    public async ValueTask<bool> ServeAsync(IFeatureCollection context, IHttpRequestFeature request)
    {
        IHttpUpgradeFeature? upgrade = context.Get<IHttpUpgradeFeature>();
        string? key = request.Headers.SecWebSocketKey;
        if (upgrade is not { IsUpgradableRequest: true } || request.Headers.SecWebSocketVersion != "13" || !IsKey(key)) return false;
        IHeaderDictionary headers = context.GetRequiredFeature<IHttpResponseFeature>().Headers;
        headers.Connection = "Upgrade";
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = Accept(key!);
        Stream stream = await upgrade.UpgradeAsync();
        TimeSpan ping = TimeSpan.FromMilliseconds(limits.WebSocketPingMs);
        using WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = ping, KeepAliveTimeout = ping });
        using WebSocketSession session = new(socket, processor, limits);
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[session] = done.Task;
        try
        {
            await session.RunAsync(stopping);
        }
        finally
        {
            _open.TryRemove(session, out _);
            done.SetResult();
        }
        return true;
    }

    /// <summary>Waits until the connections are closed, after the stopping token was cancelled.</summary>
    public Task DrainAsync(CancellationToken patience) => Task.WhenAny(Task.WhenAll(_open.Values), Task.Delay(Timeout.Infinite, patience));

    private static bool IsKey(string? key)
    {
        Span<byte> bytes = stackalloc byte[18];
        return key is { Length: 24 } && Convert.TryFromBase64String(key, bytes, out int written) && written == 16;
    }

    private static string Accept(string key)
    {
#pragma warning disable CA5350 // RFC 6455 prescribes SHA-1 here; nothing is secured by it.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }
}
