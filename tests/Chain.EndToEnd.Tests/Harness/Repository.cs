namespace Chain.EndToEnd.Tests.Harness;

/// <summary>Where the files of this repository lie.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The node program that was built with these tests.</summary>
    public static string Program => Path.Combine(TestContext.CurrentContext.TestDirectory, "chain.dll");

    public static string Clients => Path.Combine(Root, "tests", "Chain.EndToEnd.Tests", "clients");

    public static string Example => Path.Combine(Root, "examples", "permissioned-token");

    public static string Contracts => Path.Combine(Root, "contracts");

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Chain.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("Chain.sln was not found above the test's folder.");
    }
}
