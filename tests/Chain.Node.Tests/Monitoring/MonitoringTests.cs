using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Chain.Node.Dev;
using Chain.Node.Logging;
using Chain.Node.Servers;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Tests.Monitoring;

/// <summary>Probes, metrics, traces, log and lock of a whole node.</summary>
[NonParallelizable]
public sealed partial class MonitoringTests
{
    [Test]
    public async Task The_page_of_metrics_is_prometheus_text_and_what_dashboard_and_alerts_ask_is_on_it()
    {
        await using DevNode node = await StartAsync(new ServerSettings { MetricsEnabled = true, MetricsPort = 0 });
        using HttpClient http = new();
        await CallAsync(http, node.HttpUrl, "eth_blockNumber");
        await CallAsync(http, node.HttpUrl, "eth_sendTransaction", new { from = node.Plan.Accounts[0].Address.ToString(), to = node.Plan.Accounts[1].Address.ToString(), value = "0x1" });
        await CallAsync(http, node.HttpUrl, "eth_getBlockByNumber", "nonsense");
        // The block is made beside the answer.
        Assert.That(() => node.Chain.Head.Number, Is.EqualTo(1).After(20_000, 20));
        using HttpResponseMessage response = await http.GetAsync(node.MetricsUrl);
        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/plain; version=0.0.4; charset=utf-8"));
        string page = await response.Content.ReadAsStringAsync();

        HashSet<string> names = [];
        foreach (string line in page.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('#'))
            {
                Assert.That(line, Does.Match("^# (HELP|TYPE) [a-z_]+ .+$"));
                continue;
            }
            Match sample = Sample().Match(line);
            Assert.That(sample.Success, Is.True, line);
            names.Add(sample.Groups[1].Value);
        }
        Assert.That(page, Does.Contain("chain_head_number 1\n").And.Contain("chain_rpc_duration_seconds_count{method=\"eth_blockNumber\",outcome=\"ok\"} 1"));
        Assert.That(page, Does.Contain("chain_rpc_duration_seconds_count{method=\"eth_getBlockByNumber\",outcome=\"error\"} 1").And.Contain("chain_block_transactions_total{source=\"produced\"}"));

        string ops = Path.Combine(RepositoryRoot(), "ops");
        string asked = await File.ReadAllTextAsync(Path.Combine(ops, "grafana", "defactor-chain.json")) + await File.ReadAllTextAsync(Path.Combine(ops, "prometheus", "alerts.yml"));
        string[] metrics = [.. Metric().Matches(asked).Select(match => match.Value).Distinct()];
        Assert.That(metrics, Has.Length.GreaterThan(15));
        Assert.That(metrics.Where(metric => !names.Contains(metric)), Is.Empty, "asked for, but not on the page");
    }

    [Test]
    public async Task Probes_follow_the_life_of_the_node()
    {
        DevNode node = await StartAsync(new ServerSettings());
        using HttpClient http = new();
        foreach (string path in (string[])["/livez", "/readyz"])
        {
            using HttpResponseMessage response = await http.GetAsync(node.HttpUrl + path);
            Assert.That((response.StatusCode, await response.Content.ReadAsStringAsync()), Is.EqualTo((HttpStatusCode.OK, "ok\n")));
        }
        JsonElement health = await http.GetFromJsonAsync<JsonElement>(node.HttpUrl + "/health");
        Assert.That(health.GetProperty("status").GetString(), Is.EqualTo("ok"));
        Assert.That(health.GetProperty("head").GetProperty("number").GetInt64(), Is.Zero);
        await node.DisposeAsync();
    }

    [Test]
    public async Task A_node_that_nobody_drives_is_live_and_not_ready()
    {
        using TempFolder folder = new();
        await File.WriteAllBytesAsync(folder.File("genesis.json"), TestChain.Plan.GenesisJson);
        await using Run.RunNode node = new(
            new Run.RunSettings { GenesisFile = folder.File("genesis.json"), Folder = folder.File("data"), HttpPort = 0, EnginePort = 0 }, new ConsoleLog(LogLevel.Error));
        await node.StartAsync();
        using HttpClient http = new();
        Assert.That((await http.GetAsync(node.HttpUrl + "/livez")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        using HttpResponseMessage silent = await http.GetAsync(node.HttpUrl + "/readyz");
        Assert.That((silent.StatusCode, await silent.Content.ReadAsStringAsync()), Is.EqualTo((HttpStatusCode.ServiceUnavailable, "no consensus client has called yet (--authrpc.port)\n")));
        Assert.That(Rpc.Server.JwtSecret.TryParse(await File.ReadAllTextAsync(folder.File("data/jwt.hex")), out Rpc.Server.JwtSecret secret), Is.True);
        using HttpRequestMessage call = new(HttpMethod.Post, node.EngineUrl) { Content = JsonContent.Create(new { jsonrpc = "2.0", id = 1, method = "engine_exchangeCapabilities", @params = new[] { Array.Empty<string>() } }) };
        call.Headers.Authorization = new("Bearer", secret.MakeToken(DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
        using HttpResponseMessage answer = await http.SendAsync(call);
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("engine_newPayloadV4"));
        Assert.That((await http.GetAsync(node.HttpUrl + "/readyz")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Traces_of_blocks_and_requests_reach_a_collector()
    {
        using TcpListener collector = new(IPAddress.Loopback, 0);
        collector.Start();
        StringBuilder received = new();
        Task listening = CollectAsync(collector, received);
        await using (DevNode node = await StartAsync(new ServerSettings { OtlpEndpoint = $"http://127.0.0.1:{((IPEndPoint)collector.LocalEndpoint).Port}" }))
        {
            using HttpClient http = new();
            // A trace id of readable bytes, which the collector's protocol carries as they are.
            http.DefaultRequestHeaders.Add("traceparent", $"00-{Convert.ToHexStringLower("trace-of-client!"u8)}-b7ad6b7169203331-01");
            await CallAsync(http, node.HttpUrl, "eth_sendTransaction", new { from = node.Plan.Accounts[0].Address.ToString(), to = node.Plan.Accounts[1].Address.ToString(), value = "0x1" });
            // The block is made beside the answer.
            Assert.That(() => node.Chain.Head.Number, Is.EqualTo(1).After(20_000, 20));
        }
        Assert.That(() => Text(received), Does.Contain("POST /v1/traces").And.Contain("eth_sendTransaction").And.Contain("chain.block.number").And.Contain("defactor-chain").And.Contain("trace-of-client!").After(10_000, 50));
        collector.Stop();
        await listening;
    }

    [Test]
    public async Task A_block_is_one_line_and_one_json_object_with_its_fields()
    {
        using TempFolder folder = new();
        using NodeProcess node = await NodeProcess.StartDevAsync(folder.File("data"), "--log.format json");
        await node.CallAsync("evm_mine");
        Assert.That(() => node.Output, Does.Contain("\"event\":\"block\"").After(10_000, 50));
        string line = node.Output.Split('\n').Single(l => l.Contains("\"event\":\"block\"", StringComparison.Ordinal));
        JsonElement json = JsonDocument.Parse(line).RootElement;
        Assert.That(json.GetProperty("message").GetString(), Does.Match(@"^block 1 0x[0-9a-f]{64} txs 0 gas 0 [0-9.]+ Mgas/s [0-9.]+ ms base fee [0-9]+ wei peers 0$"));
        Assert.That((json.GetProperty("number").GetInt32(), json.GetProperty("level").GetString()), Is.EqualTo((1, "INFO")));
    }

    [Test]
    public async Task A_folder_in_use_is_refused_with_the_process_and_sigterm_ends_the_holder_in_seconds()
    {
        using TempFolder folder = new();
        using NodeProcess node = await NodeProcess.StartDevAsync(folder.File("data"));
        await node.CallAsync("evm_mine");
        (int code, _, string error) = NodeProcess.Run($"dev --http.port 0 --datadir {folder.File("data")}");
        Assert.That((code, error.Trim()), Is.EqualTo((1, $"The data folder '{folder.File("data")}' is in use by process {node.Id}: stop that node, or name another folder with --datadir.")));
        long asked = Environment.TickCount64;
        Assert.That(node.Terminate(), Is.Zero);
        Assert.That(Environment.TickCount64 - asked, Is.LessThan(5_000));
        using NodeProcess again = await NodeProcess.StartDevAsync(folder.File("data"));
        Assert.That(await again.BlockNumberAsync(), Is.EqualTo(1));
    }

    private static async Task<DevNode> StartAsync(ServerSettings server)
    {
        DevNode node = new(new DevSettings { HttpPort = 0, ComplianceMode = 0, Server = server }, new ConsoleLog(LogLevel.Error));
        await node.StartAsync();
        return node;
    }

    private static async Task CallAsync(HttpClient http, string url, string method, params object[] parameters)
    {
        using HttpResponseMessage response = await http.PostAsJsonAsync(url, new { jsonrpc = "2.0", id = 1, method, @params = parameters });
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    private static string Text(StringBuilder received)
    {
        lock (received) return received.ToString();
    }

    /// <summary>Takes whatever comes and answers each connection's requests with an empty success.</summary>
    private static async Task CollectAsync(TcpListener collector, StringBuilder received)
    {
        try
        {
            while (true)
            {
                using TcpClient client = await collector.AcceptTcpClientAsync();
                NetworkStream stream = client.GetStream();
                byte[] buffer = new byte[65_536];
                int length = 0;
                while (await stream.ReadAsync(buffer.AsMemory(length)) is > 0 and int count)
                {
                    length += count;
                    string text = Encoding.Latin1.GetString(buffer, 0, length);
                    int head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                    Match size = ContentLength().Match(text);
                    if (head < 0 || !size.Success || length < head + 4 + int.Parse(size.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)) continue;
                    lock (received) received.Append(text);
                    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
                    break;
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // Stopped.
        }
    }

    internal static string RepositoryRoot()
    {
        string folder = TestContext.CurrentContext.TestDirectory;
        while (!File.Exists(Path.Combine(folder, "Chain.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex(@"^([a-z_]+)(\{([a-zA-Z_]+=""[^""\n]*"",?)+\})? -?[0-9.e+E-]+$")]
    private static partial Regex Sample();

    [GeneratedRegex(@"\b(chain|process)_[a-z_]+\b(?=[{\[ )])")]
    private static partial Regex Metric();

    [GeneratedRegex(@"Content-Length: (\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex ContentLength();
}
