using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Chain.Rpc.Server;

/// <summary>
/// One connection that can be pushed to, WebSocket or IPC: one reader, one sender, a bounded number of requests in work, a bounded queue of messages to send. A client
/// that does not read its answers or notifications is closed with a reason; it never makes the node wait or hold more than the queue and the answers to the requests in work.
/// </summary>
/// <param name="channel">The transport; owned by the caller.</param>
/// <param name="processor">Answers.</param>
/// <param name="limits">Limits.</param>
/// <param name="access">Methods the client may call; null for all.</param>
internal sealed class MessageSession(IMessageChannel channel, RpcProcessor processor, RpcLimits limits, MethodAccess? access = null) : IRpcSession, IDisposable
{
    /// <summary>The slowest reader that large messages are meant for, bytes a millisecond.</summary>
    private const int BytesPerMsMin = 256;

    private readonly Channel<Outgoing> _outgoing = Channel.CreateUnbounded<Outgoing>(new() { SingleReader = true });
    private readonly SemaphoreSlim _inFlight = new(limits.WebSocketInFlightMax);
    private readonly ConcurrentDictionary<string, IDisposable> _subscriptions = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _queuedItems;
    private long _queuedBytes;
    private CloseCause _closeCause = CloseCause.Normal;
    private string? _closeReason;

    public IDictionary<string, IDisposable> Subscriptions => _subscriptions;

    public bool TryPush(ReadOnlyMemory<byte> message)
    {
        if (_closeReason is not null) return false;
        if (Volatile.Read(ref _queuedItems) >= limits.WebSocketQueueItemsMax)
        {
            Close(CloseCause.SlowReader, $"slow reader: {limits.WebSocketQueueItemsMax} messages wait (--ws.queue)");
            return false;
        }
        if (Interlocked.Read(ref _queuedBytes) + message.Length > limits.WebSocketQueueBytesMax)
        {
            Close(CloseCause.SlowReader, $"slow reader: {limits.WebSocketQueueBytesMax} bytes wait (--ws.queue-size)");
            return false;
        }
        return Enqueue(new Outgoing(message, IsAnswer: false));
    }

    /// <summary>Serves the connection until it closes; never throws for what the client does.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using CancellationTokenRegistration stop = stopping.Register(() => Close(CloseCause.Stopping, "the node stops"));
        using CancellationTokenSource gone = new();
        Task sender = SendAllAsync(gone.Token);
        Task receiver = ReceiveAllAsync(gone.Token);
        await Task.WhenAny(receiver, _closing.Task);
        Close(CloseCause.Normal, string.Empty);
        foreach (IDisposable subscription in _subscriptions.Values) subscription.Dispose();
        _subscriptions.Clear();
        Task both = Task.WhenAll(sender, receiver);
        await Task.WhenAny(both, Task.Delay(limits.WebSocketCloseTimeoutMs, CancellationToken.None));
        // A connection whose two sides ended by themselves is not cut: the last answer may still be on its way.
        if (!both.IsCompleted) channel.Abort();
        await gone.CancelAsync();
        await both;
        // Requests in work hold the semaphore: with all places taken back, none is left.
        for (int i = 0; i < limits.WebSocketInFlightMax; i++) await _inFlight.WaitAsync(CancellationToken.None);
        // What they subscribed to since.
        foreach (IDisposable late in _subscriptions.Values) late.Dispose();
        _subscriptions.Clear();
    }

    public void Dispose() => _inFlight.Dispose();

    private async Task ReceiveAllAsync(CancellationToken gone)
    {
        PooledBufferWriter input = new();
        try
        {
            while (true)
            {
                Received received = await channel.ReceiveAsync(input, gone);
                if (received == Received.Closed)
                {
                    if (channel.AnswersAfterClose) await AwaitAnswersAsync(gone);
                    return;
                }
                if (input.Length > limits.WebSocketMessageBytesMax)
                    Close(CloseCause.TooBig, $"at most {limits.WebSocketMessageBytesMax} bytes a message (--ws.message-limit)");
                // What comes after the decision to close is read and dropped: an unread byte would reset the connection and lose the reason.
                if (_closing.Task.IsCompleted) input.Length = 0;
                else if (received == Received.Message)
                {
                    await _inFlight.WaitAsync(gone);
                    PooledBufferWriter message = input;
                    input = new PooledBufferWriter();
                    _ = Task.Run(() => AnswerAsync(message, gone), CancellationToken.None);
                }
            }
        }
        catch (Exception e) when (IsGone(e))
        {
            // The client is gone, or did not answer the close in time.
        }
        finally
        {
            input.Dispose();
        }
    }

    private async Task AwaitAnswersAsync(CancellationToken gone)
    {
        for (int i = 0; i < limits.WebSocketInFlightMax; i++) await _inFlight.WaitAsync(gone);
        _inFlight.Release(limits.WebSocketInFlightMax);
    }

    private async Task AnswerAsync(PooledBufferWriter message, CancellationToken gone)
    {
        using PooledBufferWriter output = new();
        bool isQueued = false;
        try
        {
            RpcCall call = await processor.ProcessAsync(message.Written, this, output, gone, access);
            // An answer is owed, so it is queued over the limit; it keeps its place in work until it is sent, which bounds how many can be.
            if (output.Length > 0) isQueued = Enqueue(new Outgoing(output.Written.ToArray(), IsAnswer: true));
            call.Responded();
        }
        finally
        {
            message.Dispose();
            if (!isQueued) _inFlight.Release();
        }
    }

    private async Task SendAllAsync(CancellationToken gone)
    {
        try
        {
            await foreach (Outgoing item in _outgoing.Reader.ReadAllAsync(gone))
            {
                try
                {
                    if (_closing.Task.IsCompleted && _closeCause == CloseCause.SlowReader) break;
                    await SendAsync(item.Message, gone);
                }
                finally
                {
                    Sent(item);
                }
            }
            await channel.CloseAsync(_closeCause, _closeReason!, gone);
        }
        catch (Exception e) when (IsGone(e))
        {
            // The client is gone.
        }
        finally
        {
            // Answers that nobody takes any more give their places back.
            _outgoing.Writer.TryComplete();
            while (_outgoing.Reader.TryRead(out Outgoing left)) Sent(left);
        }
    }

    /// <summary>Sends a message; a client that does not take it in time is closed, with the reason if it reads on before the connection is cut.</summary>
    private async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken gone)
    {
        ValueTask sending = channel.SendAsync(message, gone);
        if (sending.IsCompleted)
        {
            await sending;
            return;
        }
        Task sent = sending.AsTask();
        int timeoutMs = (int)Math.Min(int.MaxValue, limits.WebSocketSendTimeoutMs + (long)message.Length / BytesPerMsMin);
        try
        {
            await sent.WaitAsync(TimeSpan.FromMilliseconds(timeoutMs), gone);
        }
        catch (TimeoutException)
        {
            Close(CloseCause.SlowReader, $"slow reader: a message was not taken in {timeoutMs} ms (--ws.send-timeout)");
            await sent;
        }
    }

    private static bool IsGone(Exception e) =>
        e is System.Net.WebSockets.WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException { Source: "System.IO.Pipelines" };

    private bool Enqueue(in Outgoing item)
    {
        Interlocked.Increment(ref _queuedItems);
        Interlocked.Add(ref _queuedBytes, item.Message.Length);
        return _outgoing.Writer.TryWrite(item);
    }

    private void Sent(in Outgoing item)
    {
        Interlocked.Decrement(ref _queuedItems);
        Interlocked.Add(ref _queuedBytes, -item.Message.Length);
        if (item.IsAnswer) _inFlight.Release();
    }

    private void Close(CloseCause cause, string reason)
    {
        if (Interlocked.CompareExchange(ref _closeReason, reason, null) is not null) return;
        _closeCause = cause;
        _outgoing.Writer.TryComplete();
        _closing.TrySetResult();
    }

    /// <summary>A message on its way.</summary>
    private readonly record struct Outgoing(ReadOnlyMemory<byte> Message, bool IsAnswer);
}
