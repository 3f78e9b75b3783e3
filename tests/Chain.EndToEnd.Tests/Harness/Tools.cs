using System.Diagnostics;

namespace Chain.EndToEnd.Tests.Harness;

/// <summary>What a program said.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Errors)
{
    public string All => $"{Output}\n{Errors}";
}

/// <summary>The third-party programs that scripts/node-tools.sh installs. A missing one is a failure with the command that mends it.</summary>
internal static class Tools
{
    private const int TimeoutMs = 70_000;

    private static string OwnNode => Path.Combine(Repository.Clients, "node_modules", ".node", "bin", "node");

    public static string Node => File.Exists(OwnNode) ? OwnNode : OnPath("node") ?? throw Missing("Node.js");

    public static string Cast => Foundry("cast");

    public static string Forge => Foundry("forge");

    public static string Anvil => Foundry("anvil");

    /// <summary>Fails when the packages of a folder are not there.</summary>
    public static void RequirePackages(string folder)
    {
        if (!Directory.Exists(Path.Combine(folder, "node_modules"))) throw Missing($"{folder}/node_modules");
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ToolResult> RunAsync(string program, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? variables = null, int timeoutMs = TimeoutMs)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Repository.Root };
        start.Environment["NO_COLOR"] = "1";
        start.Environment["FOUNDRY_DISABLE_NIGHTLY_WARNING"] = "1";
        foreach ((string name, string value) in variables ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource patience = new(timeoutMs);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{Path.GetFileName(program)} did not end in {timeoutMs} ms: {await output} {await errors}");
        }
        return new ToolResult(process.ExitCode, await output, await errors);
    }

    private static string Foundry(string name)
    {
        string packaged = Path.Combine(Repository.Clients, "node_modules", "@foundry-rs", $"{name}-linux-amd64", "bin", name);
        return File.Exists(packaged) ? packaged : OnPath(name) ?? throw Missing(name);
    }

    private static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static InvalidOperationException Missing(string what) => new($"{what} is missing: run scripts/node-tools.sh, which installs the clients of these tests.");
}
