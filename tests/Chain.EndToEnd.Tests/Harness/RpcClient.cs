using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chain.EndToEnd.Tests.Harness;

/// <summary>A JSON-RPC client that hides nothing: what was sent is what the test wrote.</summary>
internal sealed class RpcClient(string url) : IDisposable
{
    private const int MinedTimeoutMs = 30_000;

    private readonly HttpClient _http = new() { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(100) };

    /// <summary>Posts a body; returns the answer's text.</summary>
    public async Task<string> PostAsync(string body)
    {
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage response = await _http.PostAsync((Uri?)null, content);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>The whole answer to a request.</summary>
    public async Task<JsonElement> AnswerAsync(string method, params object?[] parameters) =>
        JsonDocument.Parse(await PostAsync(Request(1, method, parameters))).RootElement;

    /// <summary>The result of a request; fails on an error.</summary>
    public async Task<JsonElement> CallAsync(string method, params object?[] parameters)
    {
        JsonElement answer = await AnswerAsync(method, parameters);
        if (answer.TryGetProperty("error", out JsonElement error)) Assert.Fail($"{method}: {error}");
        return answer.GetProperty("result");
    }

    /// <summary>A number that a method gives as hex.</summary>
    public async Task<ulong> NumberAsync(string method, params object?[] parameters) => ParseQuantity((await CallAsync(method, parameters)).GetString()!);

    /// <summary>The error of a request that must be refused.</summary>
    public async Task<(int Code, string Message)> ErrorAsync(string method, params object?[] parameters)
    {
        JsonElement answer = await AnswerAsync(method, parameters);
        Assert.That(answer.TryGetProperty("error", out JsonElement error), Is.True, $"{method} was not refused: {answer}");
        return (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()!);
    }

    /// <summary>Sends from an account whose key the node holds, and waits until it is mined; returns the receipt.</summary>
    public async Task<JsonElement> SendMinedAsync(JsonObject transaction) => await ReceiptAsync((await CallAsync("eth_sendTransaction", transaction)).GetString()!);

    /// <summary>Waits for a receipt.</summary>
    public async Task<JsonElement> ReceiptAsync(string hash)
    {
        long deadlineMs = Environment.TickCount64 + MinedTimeoutMs;
        while (true)
        {
            JsonElement receipt = await CallAsync("eth_getTransactionReceipt", hash);
            if (receipt.ValueKind != JsonValueKind.Null) return receipt;
            Assert.That(Environment.TickCount64, Is.LessThan(deadlineMs), $"{hash} was not mined in {MinedTimeoutMs} ms");
            await Task.Delay(20);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>A request's text.</summary>
    public static string Request(int id, string method, params object?[] parameters)
    {
        JsonArray array = [.. parameters.Select(p => p is JsonNode node ? node.DeepClone() : JsonSerializer.SerializeToNode(p))];
        return new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = array }.ToJsonString();
    }

    public static ulong ParseQuantity(string text) => ulong.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
