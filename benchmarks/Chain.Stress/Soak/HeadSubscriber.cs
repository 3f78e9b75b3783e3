using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Chain.Stress.Soak;

/// <summary>A WebSocket client that is sent new heads and checks that each follows the one before.</summary>
internal sealed class HeadSubscriber : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private string _lastHash = "";
    private long _last = -1;

    /// <summary>Number of the last head seen; -1 for none.</summary>
    public long Last => Interlocked.Read(ref _last);

    /// <summary>Heads seen.</summary>
    public int Seen { get; private set; }

    /// <summary>What went wrong; null when nothing did.</summary>
    public string? Problem { get; private set; }

    public async Task OpenAsync(Uri url, CancellationToken cancellation)
    {
        await _socket.ConnectAsync(url, cancellation);
        await _socket.SendAsync("""{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}"""u8.ToArray(), WebSocketMessageType.Text, true, cancellation);
    }

    /// <summary>Reads until cancelled or closed.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        byte[] buffer = new byte[8 * 1_024];
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                int length = 0;
                WebSocketReceiveResult part;
                do
                {
                    part = await _socket.ReceiveAsync(new ArraySegment<byte>(buffer, length, buffer.Length - length), cancellation);
                    length += part.Count;
                }
                while (!part.EndOfMessage && part.MessageType != WebSocketMessageType.Close);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    Problem ??= $"closed by the node: {_socket.CloseStatusDescription}";
                    return;
                }
                Take(buffer.AsSpan(0, length));
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
        catch (WebSocketException e)
        {
            Problem ??= e.Message;
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Take(ReadOnlySpan<byte> message)
    {
        Utf8JsonReader reader = new(message);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        if (!document.RootElement.TryGetProperty("params", out JsonElement parameters))
        {
            if (!document.RootElement.TryGetProperty("result", out _)) Problem ??= $"not subscribed: {Encoding.UTF8.GetString(message)}";
            return;
        }
        JsonElement head = parameters.GetProperty("result");
        long number = long.Parse(head.GetProperty("number").GetString().AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (_last >= 0 && (number != _last + 1 || head.GetProperty("parentHash").GetString() != _lastHash)) Problem ??= $"head {number} came after head {_last}";
        _lastHash = head.GetProperty("hash").GetString()!;
        Seen++;
        Interlocked.Exchange(ref _last, number);
    }
}
