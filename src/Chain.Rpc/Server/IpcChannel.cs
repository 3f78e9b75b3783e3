using System.Buffers;
using System.IO.Pipelines;
using Chain.Rpc.Model;
using Microsoft.AspNetCore.Connections;

namespace Chain.Rpc.Server;

/// <summary>Messages over a local socket as geth frames them: JSON values back to back, in both directions, spaces between them or not.</summary>
internal sealed class IpcChannel(ConnectionContext connection) : IMessageChannel
{
    private JsonBoundary _boundary;

    public bool AnswersAfterClose => true;

    public async ValueTask<Received> ReceiveAsync(PooledBufferWriter input, CancellationToken gone)
    {
        PipeReader reader = connection.Transport.Input;
        ReadResult read = await reader.ReadAsync(gone);
        if (read.Buffer.IsEmpty) return Received.Closed;
        long consumed = 0;
        bool isWhole = false;
        foreach (ReadOnlyMemory<byte> segment in read.Buffer)
        {
            int count = _boundary.Scan(segment.Span, out isWhole);
            input.Write(segment.Span[..count]);
            consumed += count;
            if (isWhole) break;
        }
        reader.AdvanceTo(read.Buffer.GetPosition(consumed));
        if (isWhole) _boundary = default;
        return isWhole ? Received.Message : Received.Part;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken gone)
    {
        PipeWriter writer = connection.Transport.Output;
        writer.Write(message.Span);
        writer.Write("\n"u8);
        await writer.FlushAsync(gone);
    }

    public async ValueTask CloseAsync(CloseCause cause, string reason, CancellationToken gone)
    {
        if (cause != CloseCause.Normal)
        {
            using PooledBufferWriter last = new();
            RpcProcessor.WriteError(last, new RpcError(RpcErrorCodes.LimitExceeded, reason));
            await SendAsync(last.Written, gone);
        }
        await connection.Transport.Output.CompleteAsync();
    }

    public void Abort() => connection.Abort();
}

/// <summary>Finds where a JSON value ends in a stream of them, whatever the pieces it comes in. What is no object or array ends at its line, and is no JSON-RPC anyway.</summary>
internal struct JsonBoundary
{
    private int _depth;
    private bool _hasBegun;
    private bool _isInString;
    private bool _isEscaped;

    /// <summary>Bytes of the piece that belong to the value.</summary>
    public int Scan(ReadOnlySpan<byte> bytes, out bool isWhole)
    {
        isWhole = true;
        for (int i = 0; i < bytes.Length; i++)
        {
            byte c = bytes[i];
            if (_isInString)
            {
                if (_isEscaped) _isEscaped = false;
                else if (c == '\\') _isEscaped = true;
                else if (c == '"') _isInString = false;
                continue;
            }
            if (c == '"')
            {
                _isInString = true;
                _hasBegun = true;
            }
            else if (c is (byte)'{' or (byte)'[')
            {
                _depth++;
                _hasBegun = true;
            }
            else if (c is (byte)'}' or (byte)']')
            {
                if (--_depth <= 0) return i + 1;
            }
            else if (c == '\n')
            {
                if (_hasBegun && _depth == 0) return i + 1;
            }
            else if (c is not ((byte)' ' or (byte)'\t' or (byte)'\r'))
            {
                _hasBegun = true;
            }
        }
        isWhole = false;
        return bytes.Length;
    }
}
