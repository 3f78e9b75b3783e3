using System.Text.Json;
using Chain.Contracts.Tests.Runner;
using Chain.Evm;

namespace Chain.Contracts.Tests;

/// <summary>forge runs the same tests: both say the same of each, and count the same gas, to the unit, for each unit test.</summary>
public sealed class ForgeAgreementTests
{
    // What is compared of these is that they hold; npm test runs them at full length.
    private static readonly Dictionary<string, string> Short = new() { ["FOUNDRY_FUZZ_RUNS"] = "16", ["FOUNDRY_INVARIANT_RUNS"] = "2", ["FOUNDRY_INVARIANT_DEPTH"] = "16" };

    private static readonly Lazy<List<ForgeResult>> Lazily = new(() => Parse(Forge.Run(Short, "test", "--json")));

    private static readonly string[] Copied = ["test/base/Test.sol", "test/base/Vm.sol", CheatcodeTests.Source];

    private static List<ForgeResult> Results => Lazily.Value;

    [TestCase(DispatcherKind.TailCalls)]
    [TestCase(DispatcherKind.Loop)]
    public void Unit_tests_use_the_gas_that_forge_counts(DispatcherKind dispatcher)
    {
        List<string> differences = [];
        foreach (IGrouping<string, ForgeResult> contract in Results.Where(r => r.Gas is not null).GroupBy(r => r.Contract))
        {
            using TestSuite suite = new(Artifact.All[contract.Key], dispatcher);
            foreach (ForgeResult theirs in contract)
            {
                Outcome ours = suite.Run(theirs.Signature);
                if (ours.Gas != theirs.Gas || ours.Succeeded != theirs.Succeeded) differences.Add($"{theirs.Contract}.{theirs.Signature}: {ours.Status} with {ours.Gas} gas, forge {theirs}");
            }
        }
        Assert.That(differences, Is.Empty);
    }

    [Test]
    public void Forge_finds_and_passes_the_tests_of_the_catalogue() =>
        Assert.That(Results.Where(r => r.Succeeded).Select(r => r.Name), Is.EquivalentTo(TestCatalogue.All.Select(t => t.ToString())));

    /// <summary>forge is given the functions that must fail under the names of tests.</summary>
    [Test]
    public void Forge_fails_what_fails_here()
    {
        string folder = Directory.CreateTempSubdirectory("cheatcodes").FullName;
        try
        {
            foreach (string source in Copied)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, source))!);
                string text = File.ReadAllText(Path.Combine(Repository.Contracts, source)).Replace($"function {CheatcodeTests.FailingPrefix}", $"function test_{CheatcodeTests.FailingPrefix}", StringComparison.Ordinal);
                File.WriteAllText(Path.Combine(folder, source), text);
            }
            string settings = File.ReadAllText(Path.Combine(Repository.Contracts, "foundry.toml")).Replace("scripts/solc-native.mjs", Path.Combine(Repository.Contracts, "scripts", "solc-native.mjs"), StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(folder, "foundry.toml"), settings);

            List<ForgeResult> results = Parse(Forge.Run("test", "--json", "--root", folder));
            ForgeResult[] failing = [.. results.Where(r => r.Signature.StartsWith("test_" + CheatcodeTests.FailingPrefix, StringComparison.Ordinal))];
            Assert.That(failing.Select(r => r.Signature["test_".Length..]), Is.EquivalentTo(CheatcodeTests.Failing.Select(f => f + "()")));
            Assert.That(failing.Where(r => r.Succeeded).Select(r => r.Signature), Is.Empty);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<ForgeResult> Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return
        [
            .. from contract in document.RootElement.EnumerateObject()
               from test in contract.Value.GetProperty("test_results").EnumerateObject()
               let kind = test.Value.GetProperty("kind")
               select new ForgeResult(contract.Name, test.Name, test.Value.GetProperty("status").ValueEquals("Success"), kind.TryGetProperty("Unit", out JsonElement unit) ? unit.GetProperty("gas").GetUInt64() : null),
        ];
    }

    private sealed record ForgeResult(string Contract, string Signature, bool Succeeded, ulong? Gas)
    {
        public string Name => $"{Contract}.{Signature[..Signature.IndexOf('(', StringComparison.Ordinal)]}";
    }
}
