using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Chain.Stress.Soak;

/// <summary>The calls of a soak: transfers and contract calls, light reads, heavy reads, each kind at its pace.</summary>
internal sealed class SoakLoad : IDisposable
{
    private const int LightWorkers = 6;
    private const int LightPauseMs = 10;
    private const int HeavyWorkers = 3;
    private const int HeavyPauseMs = 100;
    private const int SenderPauseMs = 40;
    private const int Accounts = 10;

    /// <summary>Stores, counts and logs at each call: init code that copies 22 bytes.</summary>
    private const string ContractCode = "0x6016600c60003960166000f3602a600052600760206000a160005460010160005500";

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly Uri _url;
    private string[] _accounts = [];
    private string _contract = "";
    private string _lastHash = "0x" + new string('0', 64);
    private long _id;

    public SoakLoad(Uri url) => _url = url;

    /// <summary>Times by method.</summary>
    public ConcurrentDictionary<string, Latencies> Times { get; } = new(StringComparer.Ordinal);

    /// <summary>Calls that failed.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    public async Task PrepareAsync()
    {
        _accounts = [.. (await CallAsync("eth_accounts", "[]")).EnumerateArray().Take(Accounts).Select(account => account.GetString()!)];
        string hash = (await CallAsync("eth_sendTransaction", $$"""[{"from":"{{_accounts[0]}}","data":"{{ContractCode}}","gas":"0x30d40"}]""")).GetString()!;
        while (true)
        {
            JsonElement receipt = await CallAsync("eth_getTransactionReceipt", $"[\"{hash}\"]");
            if (receipt.ValueKind == JsonValueKind.Object)
            {
                _contract = receipt.GetProperty("contractAddress").GetString()!;
                break;
            }
            await Task.Delay(100);
        }
        Times.Clear();
    }

    /// <summary>Calls until cancelled.</summary>
    public Task RunAsync(CancellationToken end)
    {
        IEnumerable<Task> light = Enumerable.Range(0, LightWorkers).Select(worker => LoopAsync(i => Light(i + worker), LightPauseMs, end));
        IEnumerable<Task> heavy = Enumerable.Range(0, HeavyWorkers).Select(worker => LoopAsync(i => Heavy(i + worker), HeavyPauseMs, end));
        return Task.WhenAll([.. light, .. heavy, LoopAsync(Send, SenderPauseMs, end)]);
    }

    /// <summary>The number of the head block.</summary>
    public async Task<long> HeadAsync() => long.Parse((await CallAsync("eth_blockNumber", "[]")).GetString().AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    public void Dispose() => _http.Dispose();

    private (string Method, string Parameters) Light(int i) => (i % 8) switch
    {
        0 => ("eth_blockNumber", "[]"),
        1 => ("eth_getBalance", $"[\"{_accounts[i % Accounts]}\",\"latest\"]"),
        2 => ("eth_getTransactionByHash", $"[\"{_lastHash}\"]"),
        3 => ("eth_getTransactionReceipt", $"[\"{_lastHash}\"]"),
        4 => ("eth_call", $$"""[{"from":"{{_accounts[1]}}","to":"{{_contract}}"},"latest"]"""),
        5 => ("eth_getBlockByNumber", "[\"latest\",false]"),
        6 => ("eth_gasPrice", "[]"),
        _ => ("eth_getStorageAt", $"[\"{_contract}\",\"0x0\",\"latest\"]"),
    };

    private (string Method, string Parameters) Heavy(int i) => (i % 9) switch
    {
        // Counts down from 2^19: PUSH3, JUMPDEST, PUSH1 1, SWAP1, SUB, DUP1, PUSH1 4, JUMPI.
        8 => ("eth_call", $$"""[{"from":"{{_accounts[4]}}","data":"0x6207ffff5b60019003806004570000"},"latest"]"""),
        0 => ("eth_getLogs", $$"""[{"fromBlock":"0x0","toBlock":"latest","address":"{{_accounts[3]}}"}]"""),
        1 => ("debug_traceBlockByNumber", "[\"latest\",{\"tracer\":\"callTracer\"}]"),
        2 => ("eth_getProof", $"[\"{_contract}\",[\"0x0\",\"0x1\"],\"latest\"]"),
        3 => ("eth_getBlockReceipts", "[\"latest\"]"),
        4 => ("eth_feeHistory", "[\"0x40\",\"latest\",[10,50,90]]"),
        5 => ("eth_estimateGas", $$"""[{"from":"{{_accounts[2]}}","to":"{{_contract}}"}]"""),
        6 => ("debug_traceBlockByNumber", "[\"latest\"]"),
        _ => ("eth_getBlockByNumber", "[\"latest\",true]"),
    };

    private (string Method, string Parameters) Send(int i) => i % 2 == 0
        ? ("eth_sendTransaction", $$"""[{"from":"{{_accounts[i % Accounts]}}","to":"{{_accounts[(i + 1) % Accounts]}}","value":"0x1"}]""")
        : ("eth_sendTransaction", $$"""[{"from":"{{_accounts[i % Accounts]}}","to":"{{_contract}}","gas":"0x186a0"}]""");

    private async Task LoopAsync(Func<int, (string Method, string Parameters)> choose, int pauseMs, CancellationToken end)
    {
        for (int i = 0; !end.IsCancellationRequested; i++)
        {
            (string method, string parameters) = choose(i);
            try
            {
                JsonElement result = await CallAsync(method, parameters);
                if (method == "eth_sendTransaction") _lastHash = result.GetString()!;
            }
            catch (Exception e) when (e is HttpRequestException or InvalidOperationException or JsonException or TaskCanceledException)
            {
                Failures.Enqueue($"{method}: {e.Message}");
            }
            await Task.Delay(pauseMs, CancellationToken.None);
        }
    }

    private async Task<JsonElement> CallAsync(string method, string parameters)
    {
        string request = string.Create(CultureInfo.InvariantCulture, $$"""{"jsonrpc":"2.0","id":{{Interlocked.Increment(ref _id)}},"method":"{{method}}","params":{{parameters}}}""");
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes(request));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await _http.PostAsync(_url, content);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        string name = method == "eth_call" && parameters.Contains("6207ffff", StringComparison.Ordinal) ? "eth_call of 14 million gas" : method;
        Times.GetOrAdd(name, _ => new Latencies()).Add(Stopwatch.GetElapsedTime(start));
        using JsonDocument answer = JsonDocument.Parse(body);
        if (answer.RootElement.TryGetProperty("error", out JsonElement error)) throw new InvalidOperationException(error.GetRawText());
        return answer.RootElement.GetProperty("result").Clone();
    }
}
