using System.Text.RegularExpressions;
using Chain.Core.Results;

namespace Chain.Conformance.Tests.Basic;

/// <summary>Every name of an expected exception in the fixtures is the name of an error code.</summary>
public sealed partial class ErrorNameTests
{
    [TestCase("eest-blockchain")]
    [TestCase("eest-state")]
    [TestCase("ethereum-tests-basic")]
    public void Every_exception_of_the_fixtures_is_an_error_code(string archive)
    {
        HashSet<string> known =
        [
            .. Enum.GetValues<TransactionError>().Select(code => $"TransactionException.{ErrorNames.ToFixtureName(code)}"),
            .. Enum.GetValues<BlockError>().Select(code => $"BlockException.{ErrorNames.ToFixtureName(code)}"),
        ];
        HashSet<string> used = [];
        foreach (string file in Directory.EnumerateFiles(EthereumTestData.Folder(archive), "*.json", SearchOption.AllDirectories))
        {
            foreach (Match match in ExceptionName().Matches(File.ReadAllText(file))) used.Add(match.Value);
        }
        Assert.That(used, Is.Not.Empty);
        Assert.That(used.Except(known), Is.Empty);
    }

    [GeneratedRegex("(Transaction|Block)Exception\\.[A-Z0-9_]+")]
    private static partial Regex ExceptionName();
}
