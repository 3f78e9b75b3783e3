using System.Text;
using System.Text.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Server;
using Microsoft.Extensions.Logging;

namespace Chain.Rpc.Tests;

/// <summary>Answers that are sent while their methods still write: whole when all goes well, broken off when not, and bounded in memory.</summary>
public sealed class StreamingTests
{
    private RpcServer _server = null!;
    private HttpClient _client = null!;
    private Methods _methods = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _methods = new Methods();
        _server = new RpcServer(RpcMethodTable.Build([_methods]), new RpcServerOptions { Port = 0 });
        await _server.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_server.HttpUrl) };
    }

    [TearDown]
    public async Task StopAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task A_large_answer_arrives_whole_and_begins_before_it_is_finished()
    {
        _methods.Gate = new TaskCompletionSource();
        using HttpRequestMessage request = Request("test_pieces", "[64]");
        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.That(_methods.IsFinished, Is.False, "the headers are here while the method works");
        _methods.Gate.SetResult();
        JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.That(answer.GetProperty("id").GetInt32(), Is.EqualTo(1));
        Assert.That(answer.GetProperty("result").GetArrayLength(), Is.EqualTo(64));
        Assert.That(answer.GetProperty("result")[63].GetString(), Has.Length.EqualTo(Methods.PieceChars));
    }

    [Test]
    public async Task A_small_answer_that_fails_is_an_error_object()
    {
        using HttpRequestMessage request = Request("test_failing", "[1]");
        using HttpResponseMessage response = await _client.SendAsync(request);
        JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.That(answer.GetProperty("error").GetProperty("message").GetString(), Is.EqualTo("it failed in the end"));
        Assert.That(answer.TryGetProperty("result", out _), Is.False);
    }

    [Test]
    public async Task A_large_answer_that_fails_breaks_the_connection_off()
    {
        await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            using HttpRequestMessage request = Request("test_failing", "[64]");
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            await response.Content.ReadAsStringAsync();
        });
    }

    [Test]
    public async Task A_large_answer_over_its_limit_is_broken_off_and_the_log_says_why()
    {
        ListLog log = new();
        await using RpcServer server = new(RpcMethodTable.Build([_methods]), new RpcServerOptions { Port = 0, Limits = new RpcLimits { StreamBytesMax = 4_000_000 } }, log);
        await server.StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(server.HttpUrl) };
        foreach ((int pieces, bool fits) in ((int, bool)[])[(39, true), (41, false), (400, false)])
        {
            using HttpRequestMessage request = Request("test_pieces", $"[{pieces}]");
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (fits) Assert.That(await response.Content.ReadAsStringAsync(), Has.Length.GreaterThan(pieces * Methods.PieceChars));
            else await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync());
        }
        Assert.That(log.Lines, Has.Count.EqualTo(2));
        Assert.That(log.Lines, Is.All.Contain("test_pieces").And.Contains("passes 4000000 bytes (--rpc.stream-max-size)"));
    }

    [Test]
    public async Task Batches_are_sent_whole_with_an_error_object_for_what_failed()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, (Uri?)null)
        {
            Content = new StringContent("""[{"jsonrpc":"2.0","id":1,"method":"test_failing","params":[20]},{"jsonrpc":"2.0","id":2,"method":"test_pieces","params":[2]}]""", Encoding.UTF8, "application/json"),
        };
        using HttpResponseMessage response = await _client.SendAsync(request);
        JsonElement answers = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.That(answers[0].TryGetProperty("error", out _), Is.True);
        Assert.That(answers[1].GetProperty("result").GetArrayLength(), Is.EqualTo(2));
    }

    private static HttpRequestMessage Request(string method, string parameters) => new(HttpMethod.Post, (Uri?)null)
    {
        Content = new StringContent($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""", Encoding.UTF8, "application/json"),
    };

    private sealed class ListLog : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Lines) Lines.Add(formatter(state, exception));
        }
    }

    public sealed class Methods
    {
        public const int PieceChars = 100_000;

        public TaskCompletionSource? Gate { get; set; }

        public bool IsFinished { get; private set; }

        [RpcMethod("test_pieces", Heavy = true)]
        public RpcError? Pieces(Utf8JsonWriter writer, Json.LooseNumber count)
        {
            writer.WriteStartArray();
            for (ulong i = 0; i < count.Value; i++)
            {
                writer.WriteStringValue(new string('x', PieceChars));
                if (i == count.Value / 2) Gate?.Task.Wait(TimeSpan.FromSeconds(20));
            }
            writer.WriteEndArray();
            IsFinished = true;
            return null;
        }

        [RpcMethod("test_failing", Heavy = true)]
        public RpcError? Failing(Utf8JsonWriter writer, Json.LooseNumber count)
        {
            writer.WriteStartArray();
            for (ulong i = 0; i < count.Value; i++) writer.WriteStringValue(new string('x', PieceChars));
            return RpcError.Server("it failed in the end");
        }
    }
}
