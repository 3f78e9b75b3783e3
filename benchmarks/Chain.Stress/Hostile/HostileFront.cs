using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Chain.Stress.Hostile;

/// <summary>What a run of hostile requests found.</summary>
/// <param name="Counts">Requests by kind and code.</param>
/// <param name="Failures">Answers that were wrong, each with its index.</param>
/// <param name="FailureCount">How many there were.</param>
public sealed record HostileReport(IReadOnlyDictionary<(string Kind, string Code), long> Counts, IReadOnlyList<string> Failures, long FailureCount)
{
    /// <summary>Requests sent.</summary>
    public long Total => Counts.Values.Sum();
}

/// <summary>Sends hostile requests to a node that listens, over HTTP, WebSocket and bare sockets, and judges each answer.</summary>
public sealed class HostileFront : IDisposable
{
    private const int FailuresKept = 20;
    private const int AnswerTimeoutMs = 30_000;
    private const int Workers = 12;

    /// <summary>One request in so many goes over a WebSocket, and one over a bare socket as <see cref="SocketAttacks"/> has it.</summary>
    private const int WebSocketShare = 8;

    private const int AttackShare = 500;

    private readonly Uri _url;
    private readonly HttpClient _http;
    private readonly ConcurrentDictionary<(string, string), long> _counts = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private long _failureCount;

    /// <summary>A front against a node.</summary>
    public HostileFront(Uri url)
    {
        _url = url;
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Workers }) { Timeout = TimeSpan.FromMilliseconds(AnswerTimeoutMs) };
    }

    /// <summary>Sends the requests with the indices from one to another of a seed.</summary>
    /// <param name="seed">Seed.</param>
    /// <param name="first">First index.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellation">Ends the run early.</param>
    public async Task<HostileReport> RunAsync(int seed, int first, int count, CancellationToken cancellation)
    {
        int next = first - 1;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(
            async () =>
            {
                using WebSocketLine line = new(new UriBuilder(_url) { Scheme = "ws" }.Uri);
                while (!cancellation.IsCancellationRequested && Interlocked.Increment(ref next) is int index && index < first + count)
                {
                    try
                    {
                        if (index % AttackShare == 0) await AttackAsync(seed, index);
                        else await SendAsync(HostileGenerator.Make(seed, index), index, index % WebSocketShare == 0 ? line : null);
                    }
                    catch (Exception e) when (e is HttpRequestException or WebSocketException or IOException or OperationCanceledException)
                    {
                        Fail(index, "no answer", e.Message);
                    }
                }
            },
            cancellation)));
        return new HostileReport(new Dictionary<(string, string), long>(_counts), [.. _failures], _failureCount);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task AttackAsync(int seed, int index)
    {
        (string kind, string? problem) = await SocketAttacks.RunAsync(_url, seed, index);
        Count(kind, problem is null ? "ended" : "failed");
        if (problem is not null) Fail(index, kind, problem);
    }

    private async Task SendAsync(HostileRequest request, int index, WebSocketLine? line)
    {
        string? answer = line is null ? await PostAsync(request.Body) : await line.AskAsync(request);
        if (answer is null)
        {
            Count($"{request.Kind}, WebSocket", "closed");
            return;
        }
        if (Judge(request, answer, out string code) is { } problem) Fail(index, request.Kind, $"{problem}: {Shorten(answer)} to {Shorten(Encoding.UTF8.GetString(request.Body))}");
        Count(line is null ? request.Kind : $"{request.Kind}, WebSocket", code);
    }

    private async Task<string> PostAsync(byte[] body)
    {
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage response = await _http.PostAsync(_url, content);
        return await response.Content.ReadAsStringAsync();
    }

    private static string? Judge(HostileRequest request, string answer, out string code)
    {
        code = "nothing";
        if (answer.Contains("   at ", StringComparison.Ordinal) || answer.Contains("Exception", StringComparison.Ordinal)) return "a stack trace or an exception's name";
        if (answer.Length == 0) return request.MayBeSilent ? null : "no answer";
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(answer);
        }
        catch (JsonException)
        {
            return "the answer is no JSON";
        }
        using (document)
        {
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Array) return JudgeOne(root, request.Codes, out code);
            code = "several";
            foreach (JsonElement item in root.EnumerateArray())
            {
                if (JudgeOne(item, request.Codes, out _) is { } problem) return problem;
            }
            return null;
        }
    }

    private static string? JudgeOne(JsonElement answer, int[] codes, out string code)
    {
        code = "malformed";
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("jsonrpc", out JsonElement version) || version.ValueKind != JsonValueKind.String || !answer.TryGetProperty("id", out _))
            return "the answer is no response";
        bool hasResult = answer.TryGetProperty("result", out _);
        bool hasError = answer.TryGetProperty("error", out JsonElement error);
        if (hasResult == hasError) return "a response has a result or an error";
        if (hasResult)
        {
            code = "result";
            return codes.Contains(0) ? null : "a result where an error was owed";
        }
        int number = error.GetProperty("code").GetInt32();
        code = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (string.IsNullOrEmpty(error.GetProperty("message").GetString())) return "an error without a message";
        return codes.Contains(number) ? null : $"code {number}, not {string.Join(" or ", codes)}";
    }

    private void Count(string kind, string code) => _counts.AddOrUpdate((kind, code), 1, (_, count) => count + 1);

    private void Fail(int index, string kind, string problem)
    {
        if (Interlocked.Increment(ref _failureCount) <= FailuresKept) _failures.Enqueue($"request {index} ({kind}): {problem}");
    }

    private static string Shorten(string text) => text.Length <= 300 ? text : $"{text[..300]}...";

    /// <summary>A WebSocket that is opened again when the node has closed it.</summary>
    private sealed class WebSocketLine(Uri url) : IDisposable
    {
        /// <summary>Asked when an answer may be missing: what comes before its own answer within the silence belongs to the message.</summary>
        private static readonly byte[] Marker = """{"jsonrpc":"2.0","id":"marker","method":"net_version"}"""u8.ToArray();

        private ClientWebSocket? _socket;

        /// <summary>The answer; empty for silence, null when the node rightly closed the connection.</summary>
        public async Task<string?> AskAsync(HostileRequest request)
        {
            using CancellationTokenSource patience = new(AnswerTimeoutMs);
            if (_socket is not { State: WebSocketState.Open })
            {
                _socket?.Dispose();
                _socket = new ClientWebSocket();
                await _socket.ConnectAsync(url, patience.Token);
            }
            await _socket.SendAsync(request.Body, WebSocketMessageType.Text, true, patience.Token);
            if (!request.IsText) return await ReceiveAsync(patience.Token) is { } unexpected ? unexpected : _socket.CloseStatus == WebSocketCloseStatus.InvalidPayloadData ? null : "";
            if (!request.MayBeSilent) return await ReceiveAsync(patience.Token) ?? throw Closed();
            await _socket.SendAsync(Marker, WebSocketMessageType.Text, true, patience.Token);
            string first = await ReceiveAsync(patience.Token) ?? throw Closed();
            if (!first.Contains("\"marker\"", StringComparison.Ordinal))
            {
                await ReceiveAsync(patience.Token);
                return first;
            }
            // Silence, or an answer that the marker's overtook: a new connection has neither.
            _socket.Dispose();
            _socket = null;
            return "";
        }

        private WebSocketException Closed() => new($"the node closed the connection: {_socket!.CloseStatus} {_socket.CloseStatusDescription}");

        private async Task<string?> ReceiveAsync(CancellationToken cancellation)
        {
            using MemoryStream message = new();
            byte[] buffer = new byte[16 * 1_024];
            while (true)
            {
                WebSocketReceiveResult part = await _socket!.ReceiveAsync(buffer, cancellation);
                if (part.MessageType == WebSocketMessageType.Close) return null;
                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage) return Encoding.UTF8.GetString(message.ToArray());
            }
        }

        public void Dispose() => _socket?.Dispose();
    }
}
