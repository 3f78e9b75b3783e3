using System.Text.Json;

namespace Chain.EndToEnd.Tests.Harness;

/// <summary>The Solidity contract that clients are tried on, compiled once a run.</summary>
internal static class Artifacts
{
    private static readonly Lazy<Task<string>> Compiled = new(CompileAsync);

    /// <summary>The JSON file with ABI and code.</summary>
    public static Task<string> LedgerAsync() => Compiled.Value;

    /// <summary>Creation code as hex, for a constructor argument to be appended.</summary>
    public static async Task<string> LedgerCodeAsync() =>
        JsonDocument.Parse(await File.ReadAllTextAsync(await LedgerAsync())).RootElement.GetProperty("bytecode").GetString()!;

    private static async Task<string> CompileAsync()
    {
        Tools.RequirePackages(Repository.Clients);
        ToolResult result = await Tools.RunAsync(Tools.Node, ["compile.mjs"], Repository.Clients);
        if (result.ExitCode != 0) throw new InvalidOperationException(result.All);
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "Ledger.json");
        await File.WriteAllTextAsync(path, result.Output);
        return path;
    }
}
