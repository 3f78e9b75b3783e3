namespace Chain.Rpc.Server;

/// <summary>What a read of a message channel brought.</summary>
internal enum Received : byte
{
    /// <summary>A part of a message was appended.</summary>
    Part,

    /// <summary>The last part of a message was appended.</summary>
    Message,

    /// <summary>The client closed the connection.</summary>
    Closed,
}

/// <summary>Why the node closes a connection.</summary>
internal enum CloseCause : byte
{
    /// <summary>The client did.</summary>
    Normal,

    /// <summary>Too much waits for a client that does not read.</summary>
    SlowReader,

    /// <summary>A message over the limit.</summary>
    TooBig,

    /// <summary>The node stops.</summary>
    Stopping,
}

/// <summary>A transport of messages in both directions. One reader and one sender at a time; any member may throw when the client is gone.</summary>
internal interface IMessageChannel
{
    /// <summary>True when a client that closed its side may still read the answers to what it asked.</summary>
    bool AnswersAfterClose { get; }

    /// <summary>Appends what comes next; nothing that belongs to a later message.</summary>
    ValueTask<Received> ReceiveAsync(PooledBufferWriter input, CancellationToken gone);

    /// <summary>Sends a message; returns when the transport has it.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken gone);

    /// <summary>Tells the client why the connection ends, as far as the transport can.</summary>
    ValueTask CloseAsync(CloseCause cause, string reason, CancellationToken gone);

    /// <summary>Cuts the connection.</summary>
    void Abort();
}
