namespace Chain.Trie.Tests;

/// <summary>Where the official test data is. Data that is not there makes a case that is reported as skipped, by name.</summary>
internal static class EthereumTests
{
    private static readonly string Root = Environment.GetEnvironmentVariable("CHAIN_ETHEREUM_TESTS")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "ethereum-tests");

    /// <summary>Full path of a file or folder, or null.</summary>
    internal static string? Find(string relativePath)
    {
        string path = Path.Combine(Root, relativePath);
        return Path.Exists(path) ? path : null;
    }

    internal static TestCaseData Skipped(string relativePath) =>
        new TestCaseData(null, null).SetArgDisplayNames(relativePath).Ignore($"{relativePath} is not in {Root}: set CHAIN_ETHEREUM_TESTS to the folder of the unpacked data.");
}
