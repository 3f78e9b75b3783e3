using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.ObjectPool;

namespace Chain.Rpc.Server;

/// <summary>The HTTP side, written straight on Kestrel's features: no middleware, no HttpContext.</summary>
internal sealed class HttpFront(RpcProcessor processor, RpcServerOptions options, WebSocketFront webSockets) : IHttpApplication<IFeatureCollection>
{
    private const int BuffersPooledMax = 64;

    private readonly HostFilter _filter = new(options);
    private readonly DefaultObjectPool<PooledBufferWriter> _buffers = new(new BufferPolicy(), BuffersPooledMax);

    private long _lastRequestAtMs;

    /// <summary>When the last holder of the secret was let in (<see cref="Environment.TickCount64"/>); 0 before the first.</summary>
    public long LastRequestAtMs => Volatile.Read(ref _lastRequestAtMs);

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        try
        {
            await ServeAsync(context);
        }
        catch (Exception e) when (e is IOException or ConnectionAbortedException or ConnectionResetException or OperationCanceledException or InvalidOperationException { Source: "System.IO.Pipelines" })
        {
            // The client went away; there is nobody to tell.
            context.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort();
        }
    }

    private ValueTask ServeAsync(IFeatureCollection context)
    {
        IHttpRequestFeature request = context.GetRequiredFeature<IHttpRequestFeature>();
        if (!_filter.IsHostAllowed(request.Headers.Host))
            return TextAsync(context, StatusCodes.Status403Forbidden, $"invalid host specified: add it with --http.vhosts, or use an IP address or localhost\n");
        if (options.Probes is { } probes && (request.Method is "GET" or "HEAD") && request.Path.Length > 1 && probes(request.Path) is { } probe)
            return WriteAsync(context, probe.Status, probe.ContentType, probe.Content);
        MethodAccess? access = null;
        // Preflights carry no credentials.
        if ((options.Secret is not null || options.Keys is not null) && request.Method != "OPTIONS" && Refusal(request, out access) is { } problem)
            return TextAsync(context, StatusCodes.Status401Unauthorized, problem + "\n");
        string? origin = request.Headers.Origin;
        if (!string.IsNullOrEmpty(origin)) AddCors(context, request, origin);
        return request.Method switch
        {
            "POST" => PostAsync(context, request, access),
            "GET" when IsWebSocket(request) => UpgradeAsync(context, request, origin, access),
            "GET" or "HEAD" => TextAsync(context, StatusCodes.Status200OK, "Defactor Chain JSON-RPC: send requests by POST with Content-Type: application/json, or open a WebSocket here.\n"),
            "OPTIONS" => TextAsync(context, StatusCodes.Status200OK, string.Empty),
            _ => MethodNotAllowedAsync(context),
        };
    }

    private string? Refusal(IHttpRequestFeature request, out MethodAccess? access)
    {
        access = null;
        long nowSeconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string? authorization = request.Headers.Authorization;
        if (options.Secret?.Problem(authorization, nowSeconds) is { } problem) return problem;
        if (options.Secret is not null) Volatile.Write(ref _lastRequestAtMs, Environment.TickCount64);
        if (options.Keys is not { } keys) return null;
        access = keys.Check(authorization, nowSeconds, out problem);
        return problem;
    }

    private async ValueTask PostAsync(IFeatureCollection context, IHttpRequestFeature request, MethodAccess? access)
    {
        if (!IsJson(request.Headers.ContentType))
        {
            await TextAsync(context, StatusCodes.Status415UnsupportedMediaType, "invalid content type, only application/json is supported\n");
            return;
        }
        int bodyMax = options.Limits.BodyBytesMax;
        if (request.Headers.ContentLength > bodyMax)
        {
            await TooLargeAsync(context);
            return;
        }
        PipeReader reader = context.Get<IRequestBodyPipeFeature>()!.Reader;
        ReadResult body;
        try
        {
            while (true)
            {
                body = await reader.ReadAsync();
                if (body.IsCompleted || body.Buffer.Length > bodyMax) break;
                reader.AdvanceTo(body.Buffer.Start, body.Buffer.End);
            }
        }
        catch (BadHttpRequestException e)
        {
            await TextAsync(context, e.StatusCode, e.StatusCode == StatusCodes.Status408RequestTimeout ? "the body came too slowly (--http.body-rate)\n" : "bad request body\n");
            return;
        }
        if (body.Buffer.Length > bodyMax)
        {
            reader.AdvanceTo(body.Buffer.End);
            await TooLargeAsync(context);
            return;
        }
        string? encoding = request.Headers.ContentEncoding;
        PooledBufferWriter? plain = null;
        PooledBufferWriter output = _buffers.Get();
        byte[]? copy = null;
        try
        {
            ReadOnlyMemory<byte> message = body.Buffer.First;
            if (encoding is not null and not "" and not "identity")
            {
                plain = _buffers.Get();
                bool isTooLarge = false;
                bool isGzip = encoding is "gzip" or "x-gzip";
                if (!isGzip || !GzipCodec.TryDecompress(body.Buffer, plain, bodyMax, out isTooLarge))
                {
                    reader.AdvanceTo(body.Buffer.End);
                    if (isTooLarge) await TooLargeAsync(context);
                    else if (isGzip) await TextAsync(context, StatusCodes.Status400BadRequest, "the body is not gzip, as Content-Encoding says\n");
                    else await TextAsync(context, StatusCodes.Status415UnsupportedMediaType, "invalid content encoding, only gzip and identity are supported\n");
                    return;
                }
                message = plain.Written;
            }
            else if (!body.Buffer.IsSingleSegment)
            {
                copy = MessageMemory.Rent((int)body.Buffer.Length);
                body.Buffer.CopyTo(copy);
                message = copy.AsMemory(0, (int)body.Buffer.Length);
            }
            CancellationToken aborted = context.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted;
            AnswerSink sink = new(context);
            RpcCall call = await processor.ProcessAsync(message, null, output, aborted, access, sink, RpcTelemetry.ReadTrace(request.Headers));
            reader.AdvanceTo(body.Buffer.End);
            if (sink.IsBegun) await sink.EndAsync(output.Written);
            else await AnswerAsync(context, request, output);
            call.Responded();
        }
        catch (AnswerBrokenException)
        {
            context.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort();
        }
        finally
        {
            if (copy is not null) MessageMemory.Return(copy);
            if (plain is not null) _buffers.Return(plain);
            _buffers.Return(output);
        }
    }

    private async ValueTask AnswerAsync(IFeatureCollection context, IHttpRequestFeature request, PooledBufferWriter output)
    {
        if (output.Length < GzipCodec.AnswerBytesMin || !GzipCodec.IsAccepted(request.Headers.AcceptEncoding))
        {
            await WriteAsync(context, StatusCodes.Status200OK, "application/json", output.Written);
            return;
        }
        PooledBufferWriter compressed = _buffers.Get();
        try
        {
            GzipCodec.Compress(output.Written.Span, compressed);
            context.GetRequiredFeature<IHttpResponseFeature>().Headers.ContentEncoding = "gzip";
            await WriteAsync(context, StatusCodes.Status200OK, "application/json", compressed.Written);
        }
        finally
        {
            _buffers.Return(compressed);
        }
    }

    private async ValueTask TooLargeAsync(IFeatureCollection context)
    {
        // The rest of the body is not read: HTTP/1 ends the connection, HTTP/2 the stream.
        if (context.GetRequiredFeature<IHttpRequestFeature>().Protocol != "HTTP/2") context.GetRequiredFeature<IHttpResponseFeature>().Headers.Connection = "close";
        PooledBufferWriter output = _buffers.Get();
        RpcProcessor.WriteError(output, new RpcError(RpcErrorCodes.InvalidRequest,
            $"request body too large: at most {options.Limits.BodyBytesMax} bytes are taken (--http.body-limit)"));
        await WriteAsync(context, StatusCodes.Status413PayloadTooLarge, "application/json", output.Written);
        _buffers.Return(output);
    }

    private static ValueTask MethodNotAllowedAsync(IFeatureCollection context)
    {
        context.GetRequiredFeature<IHttpResponseFeature>().Headers.Allow = "POST, GET, HEAD, OPTIONS";
        return TextAsync(context, StatusCodes.Status405MethodNotAllowed, "method not allowed: JSON-RPC requests are sent by POST\n");
    }

    private async ValueTask UpgradeAsync(IFeatureCollection context, IHttpRequestFeature request, string? origin, MethodAccess? access)
    {
        if (!options.WebSocketEnabled) await TextAsync(context, StatusCodes.Status400BadRequest, "WebSocket connections are switched off\n");
        else if (!_filter.IsWebSocketOriginAllowed(origin)) await TextAsync(context, StatusCodes.Status403Forbidden, "origin not allowed: add it with --http.corsdomain\n");
        else if (!await webSockets.ServeAsync(context, request, access)) await TextAsync(context, StatusCodes.Status400BadRequest, "bad WebSocket handshake: version 13 and a key of 16 bytes are expected\n");
    }

    private void AddCors(IFeatureCollection context, IHttpRequestFeature request, string origin)
    {
        if (!_filter.IsOriginAllowed(origin)) return;
        IHeaderDictionary headers = context.GetRequiredFeature<IHttpResponseFeature>().Headers;
        headers.AccessControlAllowOrigin = options.CorsOrigins.Contains("*") ? "*" : origin;
        headers.Vary = "Origin, Accept-Encoding";
        if (request.Method != "OPTIONS") return;
        headers.AccessControlAllowMethods = "POST, GET, OPTIONS";
        headers.AccessControlAllowHeaders = "*, Content-Type, Authorization";
        headers.AccessControlMaxAge = "600";
        if (request.Headers.ContainsKey("Access-Control-Request-Private-Network")) headers["Access-Control-Allow-Private-Network"] = "true";
    }

    private static ValueTask TextAsync(IFeatureCollection context, int status, string text) =>
        WriteAsync(context, status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    private static async ValueTask WriteAsync(IFeatureCollection context, int status, string contentType, ReadOnlyMemory<byte> content)
    {
        IHttpResponseFeature response = context.GetRequiredFeature<IHttpResponseFeature>();
        IHttpResponseBodyFeature body = context.GetRequiredFeature<IHttpResponseBodyFeature>();
        response.StatusCode = status;
        response.Headers.ContentType = contentType;
        response.Headers.ContentLength = content.Length;
        await body.StartAsync();
        if (context.GetRequiredFeature<IHttpRequestFeature>().Method != "HEAD") await body.Writer.WriteAsync(content);
    }

    private static bool IsWebSocket(IHttpRequestFeature request) =>
        string.Equals(request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase);

    private static bool IsJson(string? contentType)
    {
        if (contentType is "application/json") return true;
        ReadOnlySpan<char> type = contentType;
        int end = type.IndexOf(';');
        if (end >= 0) type = type[..end];
        type = type.Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/json-rpc", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/jsonrequest", StringComparison.OrdinalIgnoreCase);
    }

    private sealed class BufferPolicy : PooledObjectPolicy<PooledBufferWriter>
    {
        public override PooledBufferWriter Create() => new();

        public override bool Return(PooledBufferWriter obj)
        {
            obj.Clear();
            return true;
        }
    }
}
