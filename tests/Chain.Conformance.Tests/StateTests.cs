using Chain.Evm;
using Chain.Node.Conformance;

namespace Chain.Conformance.Tests;

/// <summary>The official state tests: every case of every folder, under each dispatcher.</summary>
public sealed class StateTests
{
    private const string Archive = "eest-state/state_tests";

    /// <summary>Cases per top folder, as the data's own description counts them: a case that is skipped silently fails the count.</summary>
    private static readonly (string Folder, int Cases)[] Folders =
    [
        ("static", 17_445), ("frontier", 2_121), ("homestead", 91), ("byzantium", 450), ("constantinople", 219), ("istanbul", 963), ("berlin", 215),
        ("london", 12), ("paris", 225), ("shanghai", 176), ("cancun", 2_697), ("prague", 2_218), ("osaka", 2_122),
    ];

    private static IEnumerable<TestCaseData> AllRuns() =>
        from folder in Folders
        from dispatcher in Enum.GetValues<DispatcherKind>()
        select new TestCaseData(folder.Folder, folder.Cases, dispatcher).SetArgDisplayNames(folder.Folder, dispatcher.ToString());

    [TestCaseSource(nameof(AllRuns))]
    public void Every_state_test_passes(string folder, int cases, DispatcherKind dispatcher)
    {
        StateTestOptions options = new() { Folder = Path.Combine(EthereumTestData.Folder(Archive), folder), Dispatchers = [dispatcher] };

        ConformanceReport report = StateTestRunner.RunFolder(options);

        Assert.That(report.Failed, Is.Zero, string.Join('\n', report.Failures));
        Assert.That(report.Passed, Is.EqualTo(cases));
    }

    [TestCase("frontier")]
    [TestCase("berlin")]
    [TestCase("london")]
    [TestCase("cancun")]
    [TestCase("prague")]
    public void Every_state_test_passes_with_its_transaction_built_from_the_fields(string folder)
    {
        StateTestOptions options = new()
        {
            Folder = Path.Combine(EthereumTestData.Folder(Archive), folder),
            Dispatchers = [DispatcherKind.TailCalls],
            IgnoresTransactionBytes = true,
        };

        ConformanceReport report = StateTestRunner.RunFolder(options);

        Assert.That(report.Failed, Is.Zero, string.Join('\n', report.Failures));
        Assert.That(report.Passed, Is.EqualTo(Folders.Single(f => f.Folder == folder).Cases));
    }

    /// <summary>Acceptance test 8 of the compliance specification; the whole archive runs by <c>chain conformance state DIR --with-modules</c>.</summary>
    [TestCase("homestead")]
    [TestCase("istanbul")]
    [TestCase("berlin")]
    [TestCase("paris")]
    [TestCase("shanghai")]
    [TestCase("cancun")]
    [TestCase("prague")]
    [TestCase("osaka")]
    [Category("Acceptance 8")]
    public void Modules_in_mode_0_change_nothing_but_their_own_accounts(string folder)
    {
        StateTestOptions options = new() { Folder = Path.Combine(EthereumTestData.Folder(Archive), folder), Dispatchers = [DispatcherKind.TailCalls], HasModules = true };

        ConformanceReport report = StateTestRunner.RunFolder(options);

        Assert.That(report.Failed, Is.Zero, string.Join('\n', report.Failures));
        Assert.That(report.Passed, Is.EqualTo(Folders.Single(f => f.Folder == folder).Cases));
    }

    [Test]
    public void The_folders_add_up_to_the_whole_archive()
    {
        string[] there = [.. Directory.EnumerateDirectories(EthereumTestData.Folder(Archive)).Select(d => Path.GetFileName(d)!).Where(d => d[0] != '.')];

        Assert.That(there, Is.EquivalentTo(Folders.Select(f => f.Folder)));
        Assert.That(Folders.Sum(f => f.Cases), Is.EqualTo(28_954));
    }
}
