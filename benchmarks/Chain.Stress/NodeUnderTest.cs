using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Chain.Stress;

/// <summary>A development chain in a process of its own, with what can be seen of it from outside.</summary>
internal sealed partial class NodeUnderTest : IAsyncDisposable
{
    private const int StartTimeoutMs = 60_000;
    private const int StopTimeoutMs = 20_000;

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NodeUnderTest(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null && ListeningLine().Match(line.Data) is { Success: true } match) _listening.TrySetResult(match.Groups[1].Value);
        };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) return;
            lock (_errors) _errors.AppendLine(line.Data);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>HTTP URL; WebSocket is on the same port.</summary>
    public Uri Url { get; private set; } = null!;

    public Uri WebSocketUrl => new UriBuilder(Url) { Scheme = "ws" }.Uri;

    /// <summary>What it wrote to standard error.</summary>
    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Resident memory, bytes.</summary>
    public long MemoryBytes
    {
        get
        {
            string line = File.ReadLines($"/proc/{_process.Id}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1_024;
        }
    }

    /// <summary>Open files and sockets.</summary>
    public int OpenFiles => Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;

    public static async Task<NodeUnderTest> StartAsync(string program, params string[] flags)
    {
        ProcessStartInfo start = new("dotnet", [program, "dev", "--quiet", "--http.port", "0", .. flags]) { RedirectStandardOutput = true, RedirectStandardError = true };
        NodeUnderTest node = new(Process.Start(start)!);
        if (await Task.WhenAny(node._listening.Task, Task.Delay(StartTimeoutMs)) != node._listening.Task)
        {
            await node.DisposeAsync();
            throw new InvalidOperationException($"The node did not start: {node.Errors}");
        }
        node.Url = new Uri(await node._listening.Task);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            using CancellationTokenSource patience = new(StopTimeoutMs);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }
        _process.Dispose();
    }

    [GeneratedRegex("^Listening on (http://\\S+) and")]
    private static partial Regex ListeningLine();
}
