using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Chain.Evm;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tests;

/// <summary>Work of all kinds, as long as its caller wants it.</summary>
public sealed class BusyMethods
{
    private int _spinning;

    public int Spinning => Volatile.Read(ref _spinning);

    [RpcMethod("busy_light")]
    public ulong Light() => 7;

    [RpcMethod("busy_heavy", Heavy = true)]
    public bool Heavy(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _spinning);
        try
        {
            while (true) cancellation.ThrowIfCancellationRequested();
        }
        finally
        {
            Interlocked.Decrement(ref _spinning);
        }
    }

    [RpcMethod("busy_operator", Work = RpcWork.Operator)]
    public string Operate(LooseNumber milliseconds, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _spinning);
        try
        {
            if (cancellation.WaitHandle.WaitOne((int)milliseconds.Value)) cancellation.ThrowIfCancellationRequested();
            return Thread.CurrentThread.Name!;
        }
        finally
        {
            Interlocked.Decrement(ref _spinning);
        }
    }

    [RpcMethod("engine_test", Heavy = true)]
    public ulong Engine() => (ulong)(Thread.CurrentThread.Name == "rpc-engine" ? 1 : 0);
}

/// <summary>Heavy calls starve nobody, and every call ends with its time or its client.</summary>
public sealed class SchedulingTests
{
    private const string LightRequest = """{"jsonrpc":"2.0","id":1,"method":"busy_light"}""";
    private const string HeavyRequest = """{"jsonrpc":"2.0","id":1,"method":"busy_heavy"}""";

    /// <summary>An endless loop: JUMPDEST PUSH0 JUMP.</summary>
    private const string Loop = "0x5b5f56";

    [Test]
    public async Task Light_and_engine_calls_pass_hundreds_of_heavy_ones()
    {
        BusyMethods methods = new();
        RpcLimits limits = new() { HeavyCallTimeoutMs = 60_000 };
        await using RpcServer server = new(RpcMethodTable.Build([methods]), new RpcServerOptions { Port = 0, Limits = limits });
        await server.StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(server.HttpUrl) };
        using CancellationTokenSource leave = new();
        Task[] heavy = [.. Enumerable.Range(0, 200).Select(_ => PostQuietlyAsync(client, HeavyRequest, leave.Token))];
        Assert.That(() => methods.Spinning, Is.EqualTo(limits.HeavyCallsMax).After(5_000, 10), "as many as may run do, on both cores");

        List<double> timesMs = [];
        for (int i = 0; i < 200; i++)
        {
            long started = Stopwatch.GetTimestamp();
            Assert.That(await PostAsync(client, LightRequest), Does.Contain("0x7"));
            timesMs.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        Assert.That(await PostAsync(client, """{"jsonrpc":"2.0","id":1,"method":"engine_test"}"""), Does.Contain("0x1"), "on a thread of its own");
        timesMs.Sort();
        TestContext.Progress.WriteLine($"light calls beside 200 heavy ones: p50 {timesMs[100]:f2} ms, p99 {timesMs[198]:f2} ms");
        Assert.That(timesMs[198], Is.LessThan(1_000), "a starved pool would take seconds");
        Assert.That(methods.Spinning, Is.EqualTo(limits.HeavyCallsMax), "they were running all the time");

        await leave.CancelAsync();
        Assert.That(() => methods.Spinning, Is.Zero.After(10_000, 10), "a client that leaves takes its call along");
        await Task.WhenAll(heavy);
    }

    [TestCase(DispatcherKind.TailCalls, "eth_call", "\"latest\"")]
    [TestCase(DispatcherKind.Loop, "eth_call", "\"latest\"")]
    [TestCase(DispatcherKind.TailCalls, "eth_estimateGas", "\"latest\"")]
    [TestCase(DispatcherKind.TailCalls, "eth_createAccessList", "\"latest\"")]
    [TestCase(DispatcherKind.TailCalls, "debug_traceCall", "\"latest\", {\"tracer\":\"callTracer\"}")]
    [TestCase(DispatcherKind.TailCalls, "trace_call", "[\"trace\"], \"latest\"")]
    public async Task An_endless_loop_ends_with_its_time(DispatcherKind dispatcher, string method, string rest)
    {
        await using ChainFixture chain = ChainFixture.Development(limits: new RpcLimits { HeavyCallTimeoutMs = 300 }, dispatcher: dispatcher, gasCap: 1_000_000_000_000);
        await using RpcServer server = new(chain.Table, new RpcServerOptions { Port = 0, Limits = chain.Chain.Limits });
        await server.StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(server.HttpUrl) };
        string request = $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":[{"data":"{{Loop}}","gas":"0xe8d4a51000"}, {{rest}}]}""";
        for (int i = 0; i < 2; i++)
        {
            long started = Stopwatch.GetTimestamp();
            JsonElement error = JsonDocument.Parse(await PostAsync(client, request)).RootElement.GetProperty("error");
            Assert.That(error.GetProperty("message").GetString(), Does.Contain("timeout = 300 ms").And.Contain("--rpc.evmtimeout"));
            Assert.That(Stopwatch.GetElapsedTime(started).TotalMilliseconds, Is.InRange(250, 3_000));
        }
        // The machine that was stopped serves the next call whole.
        string plain = await PostAsync(client, """{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"data":"0x60015f5360015ff3"}]}""");
        Assert.That(plain, Does.Contain("\"result\":\"0x01\""));
    }

    /// <summary>Tries of old blocks are rebuilt, which can take seconds: such a proof waits with the heavy calls, those of new blocks and plain reads of old ones do not.</summary>
    [Test]
    public async Task Proofs_of_blocks_below_the_merged_state_are_heavy()
    {
        RpcLimits limits = new() { HeavyCallsMax = 1, HeavyQueueMax = 0, HeavyCallTimeoutMs = 60_000 };
        await using ChainFixture chain = ChainFixture.Development(limits: limits, dispatcher: DispatcherKind.TailCalls, gasCap: 1_000_000_000_000, historyBlocks: 100);
        for (int i = 0; i < 12; i++) chain.Dev!.Mine();
        await using RpcServer server = new(chain.Table, new RpcServerOptions { Port = 0, Limits = limits });
        await server.StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(server.HttpUrl) };
        string account = chain.Chain.Accounts.Addresses[0].ToString();
        string Proof(string block) => $$"""{"jsonrpc":"2.0","id":1,"method":"eth_getProof","params":["{{account}}",[],"{{block}}"]}""";
        string alone = await PostAsync(client, Proof("0x2"));
        Assert.That(alone, Does.Contain("accountProof"));

        using CancellationTokenSource leave = new();
        Task heavy = PostQuietlyAsync(client, $$"""{"jsonrpc":"2.0","id":1,"method":"debug_traceCall","params":[{"data":"{{Loop}}","gas":"0xe8d4a51000"}, "latest", {"tracer":"callTracer"}]}""", leave.Token);
        Assert.That(() => server.RunningCalls, Is.EqualTo(1).After(5_000, 10));
        Assert.That(await PostAsync(client, Proof("0x2")), Does.Contain("--rpc.heavy-queue"));
        Assert.That(await PostAsync(client, Proof("latest")), Does.Contain("accountProof"));
        Assert.That(await PostAsync(client, $$"""{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["{{account}}","0x2"]}"""), Does.Contain("result"));

        await leave.CancelAsync();
        await heavy;
        Assert.That(() => server.RunningCalls, Is.Zero.After(10_000, 10));
        Assert.That(await PostAsync(client, Proof("0x2")), Is.EqualTo(alone));
    }

    [Test]
    public async Task Simulated_blocks_end_with_their_time()
    {
        await using ChainFixture chain = ChainFixture.Development(limits: new RpcLimits { HeavyCallTimeoutMs = 300 }, dispatcher: DispatcherKind.TailCalls, gasCap: 1_000_000_000_000);
        await using RpcServer server = new(chain.Table, new RpcServerOptions { Port = 0, Limits = chain.Chain.Limits });
        await server.StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(server.HttpUrl) };
        string request = $$"""{"jsonrpc":"2.0","id":1,"method":"eth_simulateV1","params":[{"blockStateCalls":[{"blockOverrides":{"gasLimit":"0xe8d4a51000"},"calls":[{"data":"{{Loop}}"}]}]}]}""";
        Assert.That(await PostAsync(client, request), Does.Contain("timeout = 300 ms"));
    }

    [Test]
    public async Task What_operators_ask_takes_its_time_beside_heavy_calls()
    {
        BusyMethods methods = new();
        await using RpcServer server = new(RpcMethodTable.Build([methods]), new RpcServerOptions { Port = 0, Limits = new RpcLimits { HeavyCallTimeoutMs = 200, HeavyCallsMax = 1 } });
        await server.StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(server.HttpUrl) };
        Task heavy = PostQuietlyAsync(client, HeavyRequest, CancellationToken.None);
        Assert.That(await PostAsync(client, Operator(800)), Does.Contain("\"rpc-operator\""), "four times as long as a heavy call may take");
        await heavy;
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task What_operators_ask_ends_when_they_leave_or_the_node_stops(bool leaves)
    {
        BusyMethods methods = new();
        await using RpcServer server = new(RpcMethodTable.Build([methods]), new RpcServerOptions { Port = 0 });
        await server.StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(server.HttpUrl) };
        using CancellationTokenSource leave = new();
        Task asked = PostQuietlyAsync(client, Operator(60_000), leave.Token);
        Assert.That(() => methods.Spinning, Is.EqualTo(1).After(5_000, 10));
        if (leaves) await leave.CancelAsync();
        else await server.StopAsync();
        Assert.That(() => methods.Spinning, Is.Zero.After(5_000, 10));
        await asked;
    }

    [Test]
    public void Files_of_blocks_and_moves_of_the_head_are_what_operators_ask()
    {
        string[] methods = [.. typeof(Methods.RpcModules).Assembly.GetTypes().SelectMany(type => type.GetMethods()).SelectMany(method => method.GetCustomAttributes(false).OfType<RpcMethodAttribute>())
            .Where(attribute => attribute.Work == RpcWork.Operator).Select(attribute => attribute.Name)];
        Assert.That(methods, Is.EquivalentTo(new[] { "admin_exportChain", "admin_importChain", "debug_setHead" }));
    }

    [Test]
    public async Task A_short_range_of_logs_waits_for_no_heavy_call()
    {
        await using ChainFixture chain = ChainFixture.Development(Consensus.Engines.MiningMode.Manual, new RpcLimits { HeavyCallsMax = 1, HeavyQueueMax = 0, HeavyCallTimeoutMs = 20_000 });
        using RpcCaller rpc = new(chain.Table);
        await rpc.ResultAsync("anvil_mine", "[100]");
        BusyMethods methods = new();
        await using RpcServer server = new(RpcMethodTable.Build([methods, new Methods.EthFilterMethods(chain.Chain, chain.Filters)]), new RpcServerOptions { Port = 0, Limits = chain.Chain.Limits });
        await server.StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(server.HttpUrl) };
        using CancellationTokenSource leave = new();
        Task heavy = PostQuietlyAsync(client, HeavyRequest, leave.Token);
        Assert.That(() => methods.Spinning, Is.EqualTo(1).After(5_000, 10));
        Assert.That(await PostAsync(client, LogRequest(40)), Does.Contain("\"result\":[]"));
        Assert.That(await PostAsync(client, LogRequest(1)), Does.Contain("--rpc.heavy-queue"), "a hundred blocks are a heavy call");
        await leave.CancelAsync();
        await heavy;
    }

    private static string Operator(int milliseconds) => $$"""{"jsonrpc":"2.0","id":1,"method":"busy_operator","params":[{{milliseconds}}]}""";

    private static string LogRequest(int from) => $$"""{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[{"fromBlock":"0x{{from:x}}","toBlock":"0x64"}]}""";

    private static async Task PostQuietlyAsync(HttpClient client, string body, CancellationToken leave)
    {
        try
        {
            await PostAsync(client, body, leave);
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
        {
            // Asked to leave, or left alone by a server that stops.
        }
    }

    private static async Task<string> PostAsync(HttpClient client, string body, CancellationToken cancellation = default)
    {
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage response = await client.PostAsync((Uri?)null, content, cancellation);
        return await response.Content.ReadAsStringAsync(cancellation);
    }
}
