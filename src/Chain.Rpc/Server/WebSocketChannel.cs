using System.Net.WebSockets;

namespace Chain.Rpc.Server;

/// <summary>Messages over a WebSocket (RFC 6455): one text frame sequence each.</summary>
internal sealed class WebSocketChannel(WebSocket socket) : IMessageChannel
{
    private const int ReceiveBytesMin = 4_096;

    public bool AnswersAfterClose => false;

    public async ValueTask<Received> ReceiveAsync(PooledBufferWriter input, CancellationToken gone)
    {
        ValueWebSocketReceiveResult result = await socket.ReceiveAsync(input.GetMemory(ReceiveBytesMin), gone);
        if (result.MessageType == WebSocketMessageType.Close) return Received.Closed;
        input.Advance(result.Count);
        return result.EndOfMessage ? Received.Message : Received.Part;
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken gone) =>
        socket.SendAsync(message, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, gone);

    public async ValueTask CloseAsync(CloseCause cause, string reason, CancellationToken gone)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        WebSocketCloseStatus status = cause switch
        {
            CloseCause.SlowReader => WebSocketCloseStatus.PolicyViolation,
            CloseCause.TooBig => WebSocketCloseStatus.MessageTooBig,
            CloseCause.Stopping => WebSocketCloseStatus.EndpointUnavailable,
            _ => WebSocketCloseStatus.NormalClosure,
        };
        await socket.CloseOutputAsync(status, reason, gone);
    }

    public void Abort() => socket.Abort();
}
