using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Chain.Rpc.Server;

/// <summary>
/// Sends the beginning of a large answer while its method still writes the rest, so that a trace of a whole block does not lie in memory. What was sent cannot be taken back: a method
/// that fails afterwards breaks the connection off, and a client never takes half an answer for a whole one.
/// </summary>
/// <param name="context">The HTTP exchange.</param>
internal sealed class AnswerSink(IFeatureCollection context)
{
    /// <summary>Bytes that are gathered before they are sent.</summary>
    public const int GatheredBytes = 1 << 20;

    /// <summary>Time the client has to take what was gathered, milliseconds; it then counts as gone.</summary>
    private const int StallTimeoutMs = 10_000;

    /// <summary>True when something was sent.</summary>
    public bool IsBegun { get; private set; }

    /// <summary>Sends bytes and waits until the client takes them.</summary>
    /// <exception cref="OperationCanceledException">The client is gone or takes nothing.</exception>
    public void Send(ReadOnlyMemory<byte> bytes)
    {
        using CancellationTokenSource stall = CancellationTokenSource.CreateLinkedTokenSource(context.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted);
        stall.CancelAfter(StallTimeoutMs);
        IHttpResponseFeature response = context.GetRequiredFeature<IHttpResponseFeature>();
        IHttpResponseBodyFeature body = context.GetRequiredFeature<IHttpResponseBodyFeature>();
        if (!IsBegun)
        {
            response.StatusCode = StatusCodes.Status200OK;
            response.Headers.ContentType = "application/json";
        }
        IsBegun = true;
        // The method runs on a thread of the heavy lane and waits here for a slow client, as it would for a slow disk.
        body.Writer.WriteAsync(bytes, stall.Token).AsTask().GetAwaiter().GetResult();
        stall.Token.ThrowIfCancellationRequested();
    }

    /// <summary>Sends the rest.</summary>
    public async ValueTask EndAsync(ReadOnlyMemory<byte> rest)
    {
        IHttpResponseBodyFeature body = context.GetRequiredFeature<IHttpResponseBodyFeature>();
        await body.Writer.WriteAsync(rest);
        await body.CompleteAsync();
    }
}

/// <summary>An answer failed after its beginning was sent: the connection must be broken off.</summary>
internal sealed class AnswerBrokenException : Exception;
