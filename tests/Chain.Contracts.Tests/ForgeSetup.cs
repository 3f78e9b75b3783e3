namespace Chain.Contracts.Tests;

/// <summary>Compiles the contracts and their tests to <c>contracts/out</c> with the pinned npm compiler: about two minutes the first time, two seconds when no source changed.</summary>
[SetUpFixture]
public sealed class ForgeSetup
{
    [OneTimeSetUp]
    public void Compile() => Forge.Run("build", "--quiet");
}

/// <summary>forge of the contracts package: the compiler's driver, and the second opinion on every test.</summary>
internal static class Forge
{
    private const int TestsFailedExitCode = 1;

    /// <summary>Runs a command and returns its standard output; failed tests are an answer too.</summary>
    public static string Run(params string[] arguments) => Run(new Dictionary<string, string>(), arguments);

    /// <summary>Runs a command with settings of foundry.toml changed, as <c>FOUNDRY_…</c>.</summary>
    public static string Run(IReadOnlyDictionary<string, string> settings, params string[] arguments) =>
        Repository.Run(Path.Combine(Repository.Root, "scripts", "contracts.sh"), ["--forge", .. arguments], settings, exitCodeMax: arguments[0] == "test" ? TestsFailedExitCode : 0);
}
