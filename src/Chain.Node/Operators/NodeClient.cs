using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Node.Operators;

/// <summary>An answer that is an error.</summary>
/// <param name="Code">JSON-RPC error code.</param>
/// <param name="Message">The node's sentence.</param>
/// <param name="Data">Its data; null without.</param>
internal sealed record NodeError(int Code, string Message, JsonNode? Data);

/// <summary>JSON-RPC over HTTP to any Ethereum node.</summary>
internal sealed class NodeClient : IDisposable
{
    /// <summary>Longest answer, bytes.</summary>
    private const long AnswerSizeBytesMax = 64 << 20;

    /// <summary>Most requests of one batch.</summary>
    private const int BatchMax = 100;

    private const int TimeoutSeconds = 60;
    private const int MethodNotFound = -32601;

    private readonly HttpClient _http;
    private readonly Uri _url;

    public NodeClient(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) || parsed.Scheme is not ("http" or "https"))
        {
            throw new UserException($"--rpc-url {url} is not a URL of JSON-RPC over HTTP: one like http://127.0.0.1:8545 is expected.");
        }
        _url = parsed;
        _http = new HttpClient { Timeout = TimeSpan.FromSeconds(TimeoutSeconds), MaxResponseContentBufferSize = AnswerSizeBytesMax };
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The result of a method; a failure is the user's.</summary>
    public JsonNode? Call(string method, params JsonNode?[] parameters) =>
        TryCall(out JsonNode? result, method, parameters) is { } error ? throw new UserException(Describe(method, error)) : result;

    /// <summary>The result of a method, or the node's error.</summary>
    public NodeError? TryCall(out JsonNode? result, string method, params JsonNode?[] parameters)
    {
        JsonNode answer = Post(Request(1, method, parameters));
        result = answer["result"];
        return ErrorOf(answer);
    }

    /// <summary>Results of the same method for many parameter lists, in their order.</summary>
    public IReadOnlyList<JsonNode?> CallMany(string method, IReadOnlyList<JsonNode?[]> parameters)
    {
        List<JsonNode?> results = [];
        foreach (JsonNode?[][] part in parameters.Chunk(BatchMax))
        {
            JsonNode answer = Post(new JsonArray([.. part.Select((p, i) => Request(i, method, p))]));
            if (answer is not JsonArray array) throw new UserException($"{_url} does not answer batches of requests.");
            JsonNode?[] ordered = new JsonNode?[part.Length];
            foreach (JsonNode? item in array)
            {
                if (item is null) continue;
                if (ErrorOf(item) is { } error) throw new UserException(Describe(method, error));
                int id = (int?)item["id"] ?? -1;
                if (id >= 0 && id < ordered.Length) ordered[id] = item["result"];
            }
            results.AddRange(ordered);
        }
        return results;
    }

    /// <summary>The words that a view returns at the head; its revert is the user's error.</summary>
    public UInt256[] View(in Address module, byte[] calldata) => ReturnedWords.Split(Hex.Decode((string)Call("eth_call", Transaction(module, calldata), "latest")!));

    /// <summary>The answers of one view for many calldata.</summary>
    public UInt256[][] ViewMany(Address module, IReadOnlyList<byte[]> calldata) =>
        [.. CallMany("eth_call", [.. calldata.Select(c => new JsonNode?[] { Transaction(module, c), "latest" })]).Select(r => ReturnedWords.Split(Hex.Decode((string)r!)))];

    /// <summary>About the time of the next block, seconds since the Unix epoch: now, or the head's time where the chain's clock is ahead. The head of an idle chain may be old.</summary>
    public ulong Now() => Math.Max(Number(Call("eth_getBlockByNumber", "latest", false)?["timestamp"]), (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    /// <summary>A quantity.</summary>
    public static ulong Number(JsonNode? node) =>
        node is not null && UInt256.TryParse((string)node!, out UInt256 value) && value.FitsUInt64 ? value.U0 : throw new UserException($"The node answered '{node?.ToJsonString()}' where a number was expected.");

    /// <summary>A call object.</summary>
    public static JsonObject Transaction(in Address to, byte[] data, Address? from = null)
    {
        JsonObject transaction = new() { ["to"] = to.ToString(), ["data"] = Hex.Encode(data) };
        if (from is { } sender) transaction["from"] = sender.ToString();
        return transaction;
    }

    /// <summary>One sentence for the user.</summary>
    public string Describe(string method, NodeError error)
    {
        if (error.Code == MethodNotFound) return $"{_url} does not serve {method}: ask a node of this project, with that namespace enabled.";
        return ModuleErrors.Describe(error) ?? $"The node refused {method}: {error.Message}{(error.Data is null ? "" : $" ({error.Data.ToJsonString()})")}";
    }

    private static JsonObject Request(int id, string method, JsonNode?[] parameters) =>
        new() { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = new JsonArray([.. parameters.Select(p => p?.DeepClone())]) };

    private static NodeError? ErrorOf(JsonNode answer) => answer["error"] is { } error ? new NodeError((int?)error["code"] ?? 0, (string?)error["message"] ?? "no reason given", error["data"]?.DeepClone()) : null;

    private JsonNode Post(JsonNode request)
    {
        try
        {
            using ByteArrayContent content = new(JsonSerializer.SerializeToUtf8Bytes(request, NodeJson.Default.JsonNode));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpRequestMessage message = new(HttpMethod.Post, _url) { Content = content };
            using HttpResponseMessage response = _http.Send(message);
            using Stream body = response.Content.ReadAsStream();
            return JsonNode.Parse(body) ?? throw new JsonException();
        }
        catch (HttpRequestException)
        {
            throw new UserException($"No node answers at {_url}: start one ('chain dev') or name another with --rpc-url.");
        }
        catch (TaskCanceledException)
        {
            throw new UserException($"{_url} gave no answer within {TimeoutSeconds} s.");
        }
        catch (JsonException)
        {
            throw new UserException($"{_url} does not speak JSON-RPC: check --rpc-url.");
        }
    }
}
