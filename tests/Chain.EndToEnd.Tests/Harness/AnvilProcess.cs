using System.Diagnostics;

namespace Chain.EndToEnd.Tests.Harness;

/// <summary>anvil, the development node that others measure themselves by, in a process of its own; with the same accounts and chain id.</summary>
internal sealed class AnvilProcess : IAsyncDisposable
{
    private const int StartTimeoutMs = 60_000;

    private readonly Process _process;

    private AnvilProcess(Process process, string url)
    {
        _process = process;
        Rpc = new RpcClient(url);
    }

    /// <summary>JSON-RPC over HTTP.</summary>
    public RpcClient Rpc { get; }

    /// <summary>Starts it on a free port.</summary>
    public static async Task<AnvilProcess> StartAsync(params string[] flags)
    {
        const string Listening = "Listening on ";
        Process process = Process.Start(new ProcessStartInfo(Tools.Anvil, ["--port", "0", "--mnemonic", DevWallet.Mnemonic, .. flags]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        TaskCompletionSource<string> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith(Listening, StringComparison.Ordinal) == true) address.TrySetResult(line.Data[Listening.Length..].Trim());
        };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new AnvilProcess(process, $"http://{await address.Task.WaitAsync(TimeSpan.FromMilliseconds(StartTimeoutMs))}");
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw new InvalidOperationException($"anvil did not listen within {StartTimeoutMs} ms.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Rpc.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
