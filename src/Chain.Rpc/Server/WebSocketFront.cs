using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Chain.Rpc.Server;

/// <summary>The WebSocket side: the handshake of RFC 6455.</summary>
internal sealed class WebSocketFront(RpcProcessor processor, RpcLimits limits, SessionSet sessions)
{
    /// <summary>Takes the connection over until it closes; false when the handshake is wrong.</summary>
    public async ValueTask<bool> ServeAsync(IFeatureCollection context, IHttpRequestFeature request, MethodAccess? access)
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
        using MessageSession session = new(new WebSocketChannel(socket), processor, limits, access);
        await sessions.RunAsync(session);
        return true;
    }

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
