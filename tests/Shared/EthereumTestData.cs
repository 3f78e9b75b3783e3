using System.Diagnostics;

namespace Chain.Testing;

/// <summary>Where the official Ethereum test data lies.</summary>
internal static class EthereumTestData
{
    private const string FolderVariable = "CHAIN_ETHEREUM_TESTS";

    private static readonly Lazy<string?> Lazily = new(Find);

    /// <summary>The folder of all archives, or null when there is none on this machine.</summary>
    public static string? Root => Lazily.Value;

    /// <summary>A folder of the data; without the data the test is reported as skipped.</summary>
    public static string Folder(string path)
    {
        if (Root is not { } root)
        {
            Assert.Ignore($"The Ethereum test data is not here: set {FolderVariable} to its folder.");
            return "";
        }
        string folder = Path.Combine(root, path);
        Assert.That(Directory.Exists(folder), Is.True, $"{folder} does not exist, although {root} does.");
        return folder;
    }

    /// <summary>Full path of a file or folder of the data; null where it is not.</summary>
    public static string? Find(string relativePath) => Root is { } root && Path.Combine(root, relativePath) is var path && Path.Exists(path) ? path : null;

    /// <summary>The one case of a source whose data is not here: reported as skipped, by name.</summary>
    public static TestCaseData Skipped(string relativePath, int parameters) =>
        new TestCaseData(new object?[parameters]).SetArgDisplayNames(relativePath).Ignore($"{relativePath} is not here: set {FolderVariable} to the folder of the unpacked data.");

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named) return named;
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } home
            ? home
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        string unpacked = Path.Combine(cache, "ethereum-tests");
        if (Directory.Exists(unpacked)) return unpacked;
        return Unpack() ? unpacked : null;
    }

    /// <summary>Unpacks the archives that lie beside the repository, when they do.</summary>
    private static bool Unpack()
    {
        for (DirectoryInfo? folder = new(TestContext.CurrentContext.TestDirectory); folder is not null; folder = folder.Parent)
        {
            string script = Path.Combine(folder.FullName, "..", "shared", "ethereum", "unpack.sh");
            if (!File.Exists(Path.Combine(folder.FullName, "Chain.sln")) || !File.Exists(script)) continue;
            using Process process = Process.Start(new ProcessStartInfo(script) { RedirectStandardOutput = true })!;
            _ = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        return false;
    }
}
