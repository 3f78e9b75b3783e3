using System.Text.Json;

namespace Chain.EndToEnd.Tests.Harness;

/// <summary>The Solidity contracts that clients are tried on, each compiled once a run.</summary>
internal static class Artifacts
{
    private static readonly Lazy<Task<string>> Ledger = new(() => CompileAsync("Ledger"));
    private static readonly Lazy<Task<string>> Guesses = new(() => CompileAsync("Guesses"));

    /// <summary>The JSON file with ABI and code.</summary>
    public static Task<string> LedgerAsync() => Ledger.Value;

    /// <summary>Creation code as hex, for a constructor argument to be appended.</summary>
    public static async Task<string> LedgerCodeAsync() => await CodeAsync(await LedgerAsync());

    /// <summary>Creation code of the contract whose gas is hard to guess, for a constructor argument to be appended.</summary>
    public static async Task<string> GuessesCodeAsync() => await CodeAsync(await Guesses.Value);

    private static async Task<string> CodeAsync(string path) => JsonDocument.Parse(await File.ReadAllTextAsync(path)).RootElement.GetProperty("bytecode").GetString()!;

    private static async Task<string> CompileAsync(string name)
    {
        Tools.RequirePackages(Repository.Clients);
        ToolResult result = await Tools.RunAsync(Tools.Node, ["compile.mjs", name], Repository.Clients);
        if (result.ExitCode != 0) throw new InvalidOperationException(result.All);
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{name}.json");
        await File.WriteAllTextAsync(path, result.Output);
        return path;
    }
}
