using System.Text.RegularExpressions;

namespace Chain.Contracts.Tests;

/// <summary>A test function.</summary>
/// <param name="Contract">Its contract, as <c>source:name</c>.</param>
/// <param name="Function">Its name.</param>
/// <param name="HasParameters">True when it takes arguments.</param>
public sealed record SolidityTest(string Contract, string Function, bool HasParameters)
{
    /// <summary>The start of the names of invariant tests.</summary>
    public const string InvariantPrefix = "invariant";

    /// <summary>The start of the names of unit and fuzz tests.</summary>
    public const string TestPrefix = "test";

    /// <summary>True for an invariant test.</summary>
    public bool IsInvariant => Function.StartsWith(InvariantPrefix, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => $"{Contract}.{Function}";
}

/// <summary>
/// The tests under <c>contracts/test</c>, read from the sources by the runner's naming: test cases have names before anything is compiled.
/// <see cref="SolidityTests.Every_compiled_test_is_listed"/> compares with the compiled contracts.
/// </summary>
public static partial class TestCatalogue
{
    private static readonly Lazy<List<SolidityTest>> Lazily = new(Read);

    /// <summary>All tests.</summary>
    public static IReadOnlyList<SolidityTest> All => Lazily.Value;

    /// <summary>Tests that run once.</summary>
    public static IEnumerable<TestCaseData> Units => Cases(t => !t.IsInvariant && !t.HasParameters);

    /// <summary>Tests that run with random arguments.</summary>
    public static IEnumerable<TestCaseData> Fuzzed => Cases(t => !t.IsInvariant && t.HasParameters);

    /// <summary>Tests that hold after every call of random sequences.</summary>
    public static IEnumerable<TestCaseData> Invariants => Cases(t => t.IsInvariant);

    private static IEnumerable<TestCaseData> Cases(Func<SolidityTest, bool> isWanted) =>
        All.Where(isWanted).Select(t => new TestCaseData(t).SetArgDisplayNames(t.Contract[(t.Contract.IndexOf(':', StringComparison.Ordinal) + 1)..], t.Function));

    private static List<SolidityTest> Read()
    {
        List<SolidityTest> tests = [];
        foreach (string path in Directory.EnumerateFiles(Path.Combine(Repository.Contracts, "test"), "*.t.sol", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string contract = "";
            foreach (Match match in Declarations().Matches(File.ReadAllText(path)))
            {
                if (match.Groups["contract"].Success) contract = $"{Path.GetRelativePath(Repository.Contracts, path).Replace('\\', '/')}:{match.Groups["contract"].Value}";
                else tests.Add(new SolidityTest(contract, match.Groups["function"].Value, match.Groups["parameters"].Length > 0));
            }
        }
        return tests;
    }

    [GeneratedRegex(@"^(?:abstract )?contract (?<contract>\w+)|^    function (?<function>(?:test|invariant)\w*)\((?<parameters>[^)]*)\)", RegexOptions.Multiline)]
    private static partial Regex Declarations();
}
