using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Chain.Rpc.Server;

/// <summary>
/// Serves HTTP/2 without TLS on the port of HTTP/1.1. Kestrel fixes the protocol of an endpoint without TLS, so there are two: the real one looks at the first bytes of each connection and
/// hands those that begin with HTTP/2's preface (RFC 9113, section 3.4) to the other, which exists in this process only.
/// </summary>
/// <param name="sockets">Makes the listeners of real endpoints.</param>
/// <param name="patienceMs">Time a new connection may stay silent.</param>
internal sealed class Http2Handover(IConnectionListenerFactory sockets, int patienceMs) : IConnectionListenerFactory
{
    private const int WaitingMax = 1_024;

    private readonly Channel<ConnectionContext> _connections = Channel.CreateBounded<ConnectionContext>(WaitingMax);

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>The endpoint inside the process.</summary>
    public EndPoint EndPoint { get; } = new InnerEndPoint();

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        endpoint == EndPoint ? new(new InnerListener(EndPoint, _connections)) : sockets.BindAsync(endpoint, cancellationToken);

    /// <summary>The step of the real endpoint's pipeline that looks at the first bytes.</summary>
    public ConnectionDelegate Choose(ConnectionDelegate http1) => async connection =>
    {
        bool isHttp2;
        using (CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed))
        {
            patience.CancelAfter(patienceMs);
            try
            {
                isHttp2 = await BeginsWithPrefaceAsync(connection.Transport.Input, patience.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                return;
            }
        }
        if (!isHttp2)
        {
            await http1(connection);
            return;
        }
        HandedConnection handed = new(connection);
        if (_connections.Writer.TryWrite(handed)) await handed.Done;
    };

    private static async ValueTask<bool> BeginsWithPrefaceAsync(PipeReader input, CancellationToken patience)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync(patience);
            int compared = (int)Math.Min(read.Buffer.Length, Preface.Length);
            bool fits = Fits(read.Buffer.Slice(0, compared));
            bool isDecided = !fits || compared == Preface.Length || read.IsCompleted;
            // Nothing is consumed: whoever serves the connection reads all of it. A byte that is not looked at again may be read at once.
            input.AdvanceTo(read.Buffer.Start, isDecided ? read.Buffer.Start : read.Buffer.End);
            if (isDecided) return fits && compared == Preface.Length;
        }
    }

    private static bool Fits(in ReadOnlySequence<byte> beginning)
    {
        Span<byte> bytes = stackalloc byte[Preface.Length];
        beginning.CopyTo(bytes);
        return Preface.StartsWith(bytes[..(int)beginning.Length]);
    }

    private sealed class InnerEndPoint : EndPoint
    {
        public override string ToString() => "in-process";
    }

    private sealed class InnerListener(EndPoint endPoint, Channel<ConnectionContext> connections) : IConnectionListener
    {
        public EndPoint EndPoint => endPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await connections.Reader.WaitToReadAsync(cancellationToken))
            {
                if (connections.Reader.TryRead(out ConnectionContext? connection)) return connection;
            }
            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            connections.Writer.TryComplete();
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }

    /// <summary>A connection under its second server; disposing it gives it back to the first, which owns it.</summary>
    private sealed class HandedConnection(ConnectionContext inner) : ConnectionContext
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public override string ConnectionId
        {
            get => inner.ConnectionId;
            set => inner.ConnectionId = value;
        }

        public override IFeatureCollection Features { get; } = new FeatureCollection(inner.Features);

        public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

        public override IDuplexPipe Transport { get; set; } = inner.Transport;

        public override CancellationToken ConnectionClosed
        {
            get => inner.ConnectionClosed;
            set => inner.ConnectionClosed = value;
        }

        public override EndPoint? LocalEndPoint
        {
            get => inner.LocalEndPoint;
            set => inner.LocalEndPoint = value;
        }

        public override EndPoint? RemoteEndPoint
        {
            get => inner.RemoteEndPoint;
            set => inner.RemoteEndPoint = value;
        }

        public override void Abort(ConnectionAbortedException abortReason) => inner.Abort(abortReason);

        public override ValueTask DisposeAsync()
        {
            _done.TrySetResult();
            return base.DisposeAsync();
        }
    }
}
