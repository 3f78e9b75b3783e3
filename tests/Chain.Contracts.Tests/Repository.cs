using System.Diagnostics;

namespace Chain.Contracts.Tests;

/// <summary>Where the contracts package lies, and its programs.</summary>
internal static class Repository
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    public static string Root { get; } = FindRoot();

    public static string Contracts { get; } = Path.Combine(Root, "contracts");

    /// <summary>Runs a program to its end and returns what it wrote to its standard output; fails when it fails.</summary>
    public static string Run(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> variables, int exitCodeMax)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end in {Patience}: {errors.Result}");
        }
        return process.ExitCode <= exitCodeMax ? output.Result : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors.Result}\n{output.Result}");
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Chain.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("Chain.sln was not found above the test's folder.");
    }
}
