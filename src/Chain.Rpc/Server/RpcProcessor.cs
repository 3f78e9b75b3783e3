using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Storage.State;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace Chain.Rpc.Server;

/// <summary>
/// Turns one message (a request or a batch, JSON-RPC 2.0) into one answer: the same path for every transport. Safe for concurrent use.
/// </summary>
public sealed partial class RpcProcessor : IDisposable
{
    private const int WritersPooledMax = 64;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly RpcMethodTable _methods;
    private readonly RpcLimits _limits;
    private readonly ILogger _log;
    private readonly CallScheduler _scheduler;
    private readonly DefaultObjectPool<Utf8JsonWriter> _writers = new(new WriterPolicy(), WritersPooledMax);
    private readonly JsonDocumentOptions _documentOptions;
    private readonly AnswerLimit _single;
    private readonly AnswerLimit _stream;
    private readonly AnswerLimit _batch;
    private int _failures;

    /// <summary>A processor over a table of methods.</summary>
    public RpcProcessor(RpcMethodTable methods, RpcLimits limits, ILogger log)
    {
        _methods = methods;
        _limits = limits;
        _log = log;
        _scheduler = new CallScheduler(limits);
        _documentOptions = new JsonDocumentOptions { MaxDepth = limits.JsonDepthMax };
        _single = new AnswerLimit(limits.ResponseBytesMax, "the answer", "--rpc.response-max-size");
        _stream = new AnswerLimit(limits.StreamBytesMax, "the answer", "--rpc.stream-max-size");
        _batch = new AnswerLimit(limits.BatchResponseBytesMax, "the batch's answer", "--rpc.batch-response-max-size");
    }

    /// <summary>Limits.</summary>
    public RpcLimits Limits => _limits;

    /// <summary>Calls that wait for their turn.</summary>
    public int WaitingCount => _scheduler.WaitingCount;

    /// <summary>Calls in work, light ones aside.</summary>
    public int RunningCount => _scheduler.RunningCount;

    /// <summary>Answers one message; nothing is written when it holds notifications only.</summary>
    /// <param name="message">UTF-8, unchanged until the task is done.</param>
    /// <param name="session">The connection, when it can be pushed to.</param>
    /// <param name="output">Where the answer is appended.</param>
    /// <param name="cancellation">Cancelled when the client is gone.</param>
    /// <param name="access">Methods the client may call; null for all.</param>
    /// <param name="sink">Sends the beginning of a large answer early; null where answers are sent whole.</param>
    /// <param name="trace">The trace that the message belongs to; the default begins one for each request.</param>
    /// <exception cref="AnswerBrokenException">The answer failed after its beginning was sent.</exception>
    /// <returns>The call object, whose <see cref="RpcCall.Responded"/> is to be called once the answer is on its way.</returns>
    internal async ValueTask<RpcCall> ProcessAsync(ReadOnlyMemory<byte> message, IRpcSession? session, PooledBufferWriter output, CancellationToken cancellation, MethodAccess? access = null, AnswerSink? sink = null, ActivityContext trace = default)
    {
        RpcCall call = new(_methods) { Session = session, Cancellation = cancellation, Access = access, Trace = trace };
        if (!TryParse(message, output, out JsonElement root, out JsonDocument? pooled)) return call;
        using JsonDocument? document = pooled;
        Utf8JsonWriter writer = _writers.Get();
        try
        {
            if (root.ValueKind != JsonValueKind.Array) await AnswerAsync(root, call, output, writer, _single, _limits.ResponseBytesMax, sink);
            else await AnswerBatchAsync(root, call, output, writer);
        }
        finally
        {
            _writers.Return(writer);
        }
        return call;
    }

    /// <summary>Appends an error that answers no request in particular.</summary>
    internal static void WriteError(PooledBufferWriter output, RpcError error)
    {
        using Utf8JsonWriter writer = new(output, WriterOptions);
        WriteError(output, writer, "null"u8, error);
    }

    /// <inheritdoc/>
    public void Dispose() => _scheduler.Dispose();

    /// <summary>Reads a message; writes an error when it is not JSON.</summary>
    /// <param name="message">The message, in use as long as the document is.</param>
    /// <param name="output">Where the error goes.</param>
    /// <param name="root">What the message says.</param>
    /// <param name="pooled">To be disposed after use; null for a large message, whose tables of tokens, many times its size, do not go into the pool.</param>
    private bool TryParse(ReadOnlyMemory<byte> message, PooledBufferWriter output, out JsonElement root, out JsonDocument? pooled)
    {
        root = default;
        pooled = null;
        RpcError error;
        if (!Utf8.IsValid(message.Span))
        {
            error = new RpcError(RpcErrorCodes.ParseError, "parse error: the message is not UTF-8");
        }
        else if (JsonEscapes.HasUnpairedSurrogate(message.Span))
        {
            error = new RpcError(RpcErrorCodes.ParseError, "parse error: a string holds an unpaired surrogate");
        }
        else
        {
            try
            {
                if (message.Length <= MessageMemory.PooledBytesMax) pooled = JsonDocument.Parse(message, _documentOptions);
                root = pooled?.RootElement ?? JsonElement.Parse(message.Span, _documentOptions);
                return true;
            }
            catch (JsonException e)
            {
                error = IsTooDeep(message.Span, _limits.JsonDepthMax)
                    ? new RpcError(RpcErrorCodes.ParseError, $"parse error: nested deeper than {_limits.JsonDepthMax} levels (--rpc.json-depth)")
                    : new RpcError(RpcErrorCodes.ParseError, $"parse error: not JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
            }
        }
        WriteError(output, error);
        return false;
    }

    private async ValueTask AnswerBatchAsync(JsonElement batch, RpcCall call, PooledBufferWriter output, Utf8JsonWriter writer)
    {
        int count = batch.GetArrayLength();
        if (count == 0)
        {
            WriteError(output, writer, "null"u8, new RpcError(RpcErrorCodes.InvalidRequest, "empty batch"));
            return;
        }
        int start = output.Length;
        output.Write("["u8);
        if (count > _limits.BatchItemsMax)
        {
            WriteError(output, writer, "null"u8, new RpcError(RpcErrorCodes.InvalidRequest,
                $"batch too large: {count} requests, at most {_limits.BatchItemsMax} are served (--rpc.batch-request-limit)"));
            output.Write("]"u8);
            return;
        }
        bool full = false;
        foreach (JsonElement item in batch.EnumerateArray())
        {
            int before = output.Length;
            if (before > start + 1) output.Write(","u8);
            int answerStart = output.Length;
            // The two ends of the list are counted with its items.
            int room = _limits.BatchResponseBytesMax - (answerStart - start) - 1;
            AnswerLimit limit = room < _limits.ResponseBytesMax ? _batch : _single;
            if (!full) full = !await AnswerAsync(item, call, output, writer, limit, Math.Min(room, limit.BytesMax)) && limit == _batch;
            else if (IsRequest(item, out JsonElement id, out _, out _) && id.ValueKind != JsonValueKind.Undefined) WriteError(output, writer, JsonMarshal.GetRawUtf8Value(id), _batch.Passed);
            if (output.Length == answerStart) output.Length = before;
        }
        if (output.Length == start + 1) output.Length = start;
        else output.Write("]"u8);
    }

    /// <summary>Answers one request; false when its answer did not fit and an error says so in its place.</summary>
    /// <param name="request">The request.</param>
    /// <param name="call">Its client.</param>
    /// <param name="output">Where the answer is appended.</param>
    /// <param name="writer">A writer to use.</param>
    /// <param name="limit">What the answer's size is held against.</param>
    /// <param name="room">Bytes the answer may have: what is left of the limit.</param>
    /// <param name="sink">Sends the beginning of a large answer early; null where answers are sent whole.</param>
    private async ValueTask<bool> AnswerAsync(JsonElement request, RpcCall call, PooledBufferWriter output, Utf8JsonWriter writer, AnswerLimit limit, long room, AnswerSink? sink = null)
    {
        if (!IsRequest(request, out JsonElement id, out JsonElement name, out JsonElement parameters))
        {
            ReadOnlySpan<byte> known = IsId(id) ? JsonMarshal.GetRawUtf8Value(id) : "null"u8;
            WriteError(output, writer, known, new RpcError(RpcErrorCodes.InvalidRequest,
                "invalid request: an object with \"jsonrpc\": \"2.0\", a string \"method\" and an \"id\" (number, string or null) is expected"));
            return true;
        }
        bool notification = id.ValueKind == JsonValueKind.Undefined;
        int start = output.Length;
        RpcError? error;
        if (!_methods.TryGet(MethodName(name), out RpcMethod method))
        {
            error = RpcError.MethodNotFound(Shorten(name));
        }
        else if (call.Refuse(method) is { } refusal)
        {
            error = refusal;
        }
        else if (!call.Begin(parameters))
        {
            error = RpcError.InvalidParams("non-array args");
        }
        else
        {
            WriteStart(output, id);
            output.Write(",\"result\":"u8);
            writer.Reset(output);
            if (method.IsWriting && !notification && sink is not null)
            {
                output.Sink = sink;
                limit = _stream;
                room = limit.BytesMax;
            }
            output.Limit(room - (output.Length - start));
            long since = RpcTelemetry.Begin();
            using Activity? trace = RpcTelemetry.Traces.HasListeners() ? RpcTelemetry.Traces.StartActivity(method.Name, ActivityKind.Server, call.Trace) : null;
            try
            {
                error = method.Work == RpcWork.Light ? await method.Handler(call, writer) : await _scheduler.RunAsync(method, call, writer);
                writer.Flush();
                if (error is null)
                {
                    output.Write("}"u8);
                    output.CheckLimit();
                }
            }
            catch (ResponseTooLargeException)
            {
                error = limit.Passed;
            }
            catch (StateUnavailableException e)
            {
                // Pruned, or left behind by another branch, while it was read; or a proof that takes too much memory.
                error = RpcError.Server(e.Message);
            }
            catch (OperationCanceledException)
            {
                error = RpcError.Server($"execution aborted: {method.Name} was cancelled");
            }
#pragma warning disable CA1031 // The border of the server: any bug becomes one answer and one line in the log.
            catch (Exception e)
#pragma warning restore CA1031
            {
                string reference = Interlocked.Increment(ref _failures).ToString("x6", null);
                LogFailure(_log, method.Name, reference, e);
                error = new RpcError(RpcErrorCodes.InternalError, $"internal error (reference {reference})");
            }
            RpcTelemetry.End(method, since, error);
            trace?.SetTag("rpc.system", "jsonrpc").SetTag("rpc.method", method.Name).SetTag("rpc.jsonrpc.error_code", error?.Code);
            if (error is not null) trace?.SetStatus(ActivityStatusCode.Error, error.Message);
        }
        output.Sink = null;
        output.Unlimit();
        if (error is not null && sink is { IsBegun: true })
        {
            if (!call.Cancellation.IsCancellationRequested) LogBroken(_log, Shorten(name), error.Message);
            throw new AnswerBrokenException();
        }
        if (error is null && !notification) return true;
        writer.Reset(Stream.Null);
        output.Length = start;
        if (notification || error is null) return true;
        ReadOnlySpan<byte> of = JsonMarshal.GetRawUtf8Value(id);
        if (error != limit.Passed && TryWriteError(output, writer, of, error, room)) return true;
        WriteError(output, writer, of, limit.Passed);
        return false;
    }

    private static bool IsRequest(JsonElement request, out JsonElement id, out JsonElement method, out JsonElement parameters)
    {
        id = method = parameters = default;
        if (request.ValueKind != JsonValueKind.Object) return false;
        request.TryGetProperty("id"u8, out id);
        request.TryGetProperty("params"u8, out parameters);
        return (id.ValueKind == JsonValueKind.Undefined || IsId(id))
            && request.TryGetProperty("jsonrpc"u8, out JsonElement version) && version.ValueKind == JsonValueKind.String && version.ValueEquals("2.0"u8)
            && request.TryGetProperty("method"u8, out method) && method.ValueKind == JsonValueKind.String;
    }

    private static bool IsId(JsonElement id) => id.ValueKind is JsonValueKind.Number or JsonValueKind.String or JsonValueKind.Null;

    private static ReadOnlySpan<byte> MethodName(JsonElement name)
    {
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(name)[1..^1];
        return raw.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(name.GetString()!) : raw;
    }

    private static string Shorten(JsonElement name)
    {
        const int CharsMax = 64;
        string text = name.GetString()!;
        return text.Length <= CharsMax ? text : string.Concat(text.AsSpan(0, CharsMax), "...");
    }

    private static void WriteStart(PooledBufferWriter output, JsonElement id)
    {
        output.Write("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        output.Write(id.ValueKind == JsonValueKind.Undefined ? "null"u8 : JsonMarshal.GetRawUtf8Value(id));
    }

    /// <summary>An error holds what the chain gives too, a revert's reason and bytes: it keeps to the limit, or nothing is written.</summary>
    private static bool TryWriteError(PooledBufferWriter output, Utf8JsonWriter writer, ReadOnlySpan<byte> id, RpcError error, long room)
    {
        int start = output.Length;
        try
        {
            output.Limit(room);
            WriteError(output, writer, id, error);
            output.CheckLimit();
            return true;
        }
        catch (ResponseTooLargeException)
        {
            writer.Reset(Stream.Null);
            output.Length = start;
            return false;
        }
        finally
        {
            output.Unlimit();
        }
    }

    private static void WriteError(PooledBufferWriter output, Utf8JsonWriter writer, ReadOnlySpan<byte> id, RpcError error)
    {
        output.Write("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        output.Write(id);
        output.Write(",\"error\":"u8);
        writer.Reset(output);
        writer.WriteStartObject();
        writer.WriteNumber("code"u8, error.Code);
        writer.WriteString("message"u8, error.Message);
        if (error.Data is not null)
        {
            writer.WritePropertyName("data"u8);
            error.Data.WriteTo(writer);
        }
        writer.WriteEndObject();
        writer.Flush();
        output.Write("}"u8);
    }

    private static bool IsTooDeep(ReadOnlySpan<byte> json, int depthMax)
    {
        int depth = 0;
        bool inString = false;
        for (int i = 0; i < json.Length; i++)
        {
            byte c = json[i];
            if (inString)
            {
                if (c == '\\') i++;
                else if (c == '"') inString = false;
            }
            else if (c == '"') inString = true;
            else if (c is (byte)'[' or (byte)'{' && ++depth > depthMax) return true;
            else if (c is (byte)']' or (byte)'}') depth--;
        }
        return false;
    }

    /// <summary>A limit of an answer's size.</summary>
    /// <param name="BytesMax">The limit.</param>
    /// <param name="Subject">What is held against it.</param>
    /// <param name="Flag">What changes it.</param>
    private sealed record AnswerLimit(long BytesMax, string Subject, string Flag)
    {
        /// <summary>The error in place of an answer that passes it. Its own size is bounded by that of the request's id.</summary>
        public RpcError Passed { get; } = new(RpcErrorCodes.TransactionRejected, $"response too large: {Subject} passes {BytesMax} bytes ({Flag})");
    }

    private sealed class WriterPolicy : PooledObjectPolicy<Utf8JsonWriter>
    {
        public override Utf8JsonWriter Create() => new(Stream.Null, WriterOptions);

        public override bool Return(Utf8JsonWriter obj)
        {
            obj.Reset(Stream.Null);
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer to {Method} was broken off after its beginning was sent: {Reason}")]
    private static partial void LogBroken(ILogger log, string method, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed (reference {Reference})")]
    private static partial void LogFailure(ILogger log, string method, string reference, Exception e);
}
