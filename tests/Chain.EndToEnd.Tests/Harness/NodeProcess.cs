using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Chain.EndToEnd.Tests.Harness;

/// <summary>A signal, by its number on Linux.</summary>
public enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
}

/// <summary>A running <c>chain dev</c>, or <c>chain run</c>, in a process of its own.</summary>
internal sealed partial class NodeProcess : IAsyncDisposable
{
    private const int StartTimeoutMs = 60_000;
    private const int StopTimeoutMs = 20_000;

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Match> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NodeProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data, _output);
        process.ErrorDataReceived += (_, line) => Take(line.Data, _errors);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>HTTP URL.</summary>
    public string Url { get; private set; } = "";

    /// <summary>WebSocket URL.</summary>
    public string WebSocketUrl => Url.Replace("http://", "ws://", StringComparison.Ordinal);

    /// <summary>URL of the consensus client's side (<c>chain run</c>).</summary>
    public string EngineUrl { get; private set; } = "";

    public int Port => new Uri(Url).Port;

    /// <summary>JSON-RPC over HTTP.</summary>
    public RpcClient Rpc { get; private set; } = null!;

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a chain in memory on a free port.</summary>
    public static Task<NodeProcess> InMemoryAsync(params string[] flags) => StartAsync("dev", ["--in-memory", .. flags]);

    /// <summary>Starts a chain in a folder on a free port.</summary>
    public static Task<NodeProcess> InFolderAsync(string folder, params string[] flags) => StartAsync("dev", ["--datadir", folder, .. flags]);

    /// <summary>Starts <c>chain run</c> in a folder on two free ports.</summary>
    public static Task<NodeProcess> DrivenAsync(string folder, params string[] flags) => StartAsync("run", ["--authrpc.port", "0", "--datadir", folder, .. flags]);

    /// <summary>Runs <c>chain</c> until it ends by itself.</summary>
    public static Task<ToolResult> RunToEndAsync(params string[] arguments) => Tools.RunAsync("dotnet", [Repository.Program, .. arguments], Path.GetTempPath());

    /// <summary>Sends a signal.</summary>
    public void Send(Signal signal) => Assert.That(Kill(_process.Id, (int)signal), Is.Zero);

    /// <summary>Waits for the end; returns exit code and milliseconds waited.</summary>
    public async Task<(int ExitCode, long ElapsedMs)> WaitForExitAsync()
    {
        long start = Stopwatch.GetTimestamp();
        using CancellationTokenSource patience = new(StopTimeoutMs);
        await _process.WaitForExitAsync(patience.Token);
        return (_process.ExitCode, (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>Stops it as a user does and expects a clean end.</summary>
    public async Task StopAsync()
    {
        Send(Signal.Terminate);
        Assert.That((await WaitForExitAsync()).ExitCode, Is.Zero, Errors);
    }

    public async ValueTask DisposeAsync()
    {
        Rpc.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [GeneratedRegex("^Listening on (http://[^\\s,]+)(?: and|, for the consensus client on (http://\\S+)\\. )")]
    private static partial Regex ListeningLine();

    private static async Task<NodeProcess> StartAsync(string verb, string[] flags)
    {
        // Of a shell in the background or under nohup the node would inherit that these signals are ignored.
        ProcessStartInfo start = new("env", ["--default-signal=INT,HUP", "dotnet", Repository.Program, verb, "--http.port", "0", .. flags])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        NodeProcess node = new(Process.Start(start)!);
        Task end = node._process.WaitForExitAsync();
        Task first = await Task.WhenAny(node._listening.Task, end, Task.Delay(StartTimeoutMs));
        if (first != node._listening.Task)
        {
            if (!node._process.HasExited) node._process.Kill();
            throw new InvalidOperationException($"chain {verb} {string.Join(' ', flags)} did not start: {node.Output} {node.Errors}");
        }
        Match listening = await node._listening.Task;
        node.Url = listening.Groups[1].Value;
        node.EngineUrl = listening.Groups[2].Value;
        node.Rpc = new RpcClient(node.Url);
        return node;
    }

    private void Take(string? line, StringBuilder text)
    {
        if (line is null) return;
        lock (text) text.AppendLine(line);
        if (ListeningLine().Match(line) is { Success: true } match) _listening.TrySetResult(match);
    }
}
