using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Chain.Node.Dev;

namespace Chain.Node.Tests;

/// <summary>The node program as its own process.</summary>
internal sealed class NodeProcess : IDisposable
{
    private const int StartMsMax = 60_000;

    private readonly Process _process;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<string> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NodeProcess(string arguments)
    {
        _process = Start(arguments);
        _process.OutputDataReceived += (_, line) => Receive(line.Data);
        _process.ErrorDataReceived += (_, line) => Receive(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.Exited += (_, _) => _url.TrySetException(new InvalidOperationException($"The node ended: {Output}"));
        _process.EnableRaisingEvents = true;
    }

    public int Id => _process.Id;

    public string Output => string.Join('\n', _output);

    /// <summary>A development chain on a free port; answers when this returns.</summary>
    public static Task<NodeProcess> StartDevAsync(string folder, string more = "") => StartAsync($"dev --http.port 0 --accounts {TestChain.AccountCount} --compliance-mode 0 --datadir {folder} {more}");

    /// <summary>Starts a node; it answers when this returns.</summary>
    public static async Task<NodeProcess> StartAsync(string arguments)
    {
        NodeProcess node = new(arguments);
        string url = await node._url.Task.WaitAsync(TimeSpan.FromMilliseconds(StartMsMax));
        node._http.BaseAddress = new Uri(url);
        return node;
    }

    /// <summary>Begins a command, to be killed.</summary>
    public static Process Begin(string arguments)
    {
        Process process = Start(arguments);
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Runs a command to its end.</summary>
    public static (int ExitCode, string Output, string Error) Run(string arguments)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    public async Task<JsonElement> CallAsync(string method, params object?[] parameters)
    {
        using HttpResponseMessage response = await _http.PostAsJsonAsync("", new { jsonrpc = "2.0", id = 1, method, @params = parameters });
        JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return answer.TryGetProperty("result", out JsonElement result) ? result : throw new InvalidOperationException(answer.GetProperty("error").GetRawText());
    }

    public async Task<ulong> BlockNumberAsync() => Convert.ToUInt64((await CallAsync("eth_blockNumber")).GetString(), 16);

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", $"-{name} {_process.Id}");
        kill.WaitForExit();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public int Terminate()
    {
        Signal("TERM");
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
        _http.Dispose();
    }

    // Of a shell in the background or under nohup the node would inherit that these signals are ignored.
    private static Process Start(string arguments) => Process.Start(new ProcessStartInfo("env", $"--default-signal=INT,HUP dotnet {typeof(DevNode).Assembly.Location} {arguments}")
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private void Receive(string? line)
    {
        const string Listening = "Listening on ";
        if (line is null) return;
        _output.Enqueue(line);
        if (line.StartsWith(Listening, StringComparison.Ordinal)) _url.TrySetResult(line[Listening.Length..].Split(' ', ',')[0]);
    }
}
