using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Chain.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Evm;

namespace Chain.Node.Conformance;

/// <summary>How fast the last payload of an engine test was imported: checked, executed, its root computed and stored.</summary>
/// <param name="Case">File and test.</param>
/// <param name="Dispatcher">Dispatcher.</param>
/// <param name="GasUsed">Gas of the payload.</param>
/// <param name="Elapsed">Time from the decoded block to the moved head.</param>
public sealed record EngineTestTiming(string Case, DispatcherKind Dispatcher, ulong GasUsed, TimeSpan Elapsed)
{
    /// <summary>Million gas per second.</summary>
    public double MgasPerSecond => GasUsed / Math.Max(Elapsed.TotalSeconds, 1e-9) / 1e6;
}

/// <summary>
/// Runs engine-format fixtures in process: each payload becomes a block, is imported and must be the head. Prints the speed of each case, which means something with one
/// worker on a quiet machine only.
/// </summary>
public static class EngineTestRunner
{
    private const int SlowestShown = 10;

    /// <summary>The command <c>chain conformance engine</c>: a table of speeds, the slowest cases, failures and the totals to one writer, progress to the other.</summary>
    /// <returns>0 when all passed, 1 when something failed or nothing was found.</returns>
    public static int Run(BlockchainTestOptions options, TextWriter output, TextWriter progress)
    {
        if (!Directory.Exists(options.Folder) && !File.Exists(options.Folder))
        {
            progress.WriteLine($"There is no folder '{options.Folder}'. Name a folder of engine-format tests, such as eest-benchmark.");
            return 1;
        }
        ConformanceReport report = RunFolder(options, progress);
        if (options.JsonReportPath is { } path) report.WriteJson(path);
        foreach (EngineTestTiming timing in report.Timings) output.WriteLine(Line(timing));
        foreach (IGrouping<DispatcherKind, EngineTestTiming> group in report.Timings.GroupBy(t => t.Dispatcher))
        {
            output.WriteLine($"slowest under {group.Key}:");
            foreach (EngineTestTiming timing in group.Where(t => t.GasUsed > 0).OrderBy(t => t.MgasPerSecond).Take(SlowestShown)) output.WriteLine(Line(timing));
        }
        return FixtureFolder.Conclude(report, options.Folder, output, progress);
    }

    /// <summary>Runs all cases of a folder.</summary>
    public static ConformanceReport RunFolder(BlockchainTestOptions options, TextWriter? progress = null)
    {
        ConcurrentBag<EngineTestTiming> timings = [];
        ConformanceReport report = FixtureFolder.Run(options.Folder, options.Workers, () => new EngineTestWorker(options, timings), progress);
        return report.With([.. timings.OrderBy(t => t.Dispatcher).ThenBy(t => t.Case, StringComparer.Ordinal)]);
    }

    private static string Line(EngineTestTiming timing) =>
        string.Create(CultureInfo.InvariantCulture, $"{timing.MgasPerSecond,9:F1} Mgas/s {timing.GasUsed / 1e6,9:F2} Mgas {timing.Elapsed.TotalMilliseconds,9:F1} ms  {timing.Dispatcher,-9} {timing.Case[(timing.Case.LastIndexOf("::", StringComparison.Ordinal) + 2)..]}");
}

/// <summary>One thread's machines.</summary>
internal sealed class EngineTestWorker(BlockchainTestOptions options, ConcurrentBag<EngineTestTiming> timings) : BlockchainTestWorker(options)
{
    protected override string? Import(JsonElement test, string name, DispatcherKind kind, BlockchainTestChain chain)
    {
        EngineTestTiming? last = null;
        int index = 0;
        foreach (JsonElement call in test.GetProperty("engineNewPayloads").EnumerateArray())
        {
            string? expected = call.TryMember("validationError", out JsonElement value) ? value.GetString() : null;
            bool mustFail = expected is not null || call.TryMember("errorCode", out _);
            BlockError error = EngineTestPayload.Read(call.GetProperty("params"), out Block? block, out TransactionError transactionError);
            Stopwatch clock = Stopwatch.StartNew();
            ImportResult result = block is null ? new ImportResult(ImportStatus.Invalid, Hash256.Zero, error, transactionError) : chain.Manager.Import(block);
            if (block is not null) last = new EngineTestTiming(name, kind, block.Header.GasUsed, clock.Elapsed);
            string where = $"engineNewPayloads[{index++}]";
            if (mustFail && result.IsAccepted) return $"{where}: expected a refusal ({expected}), but it was accepted";
            if ((!mustFail || expected is not null) && BlockchainTestChain.JudgeVerdict(expected, result, isUndecodable: block is null) is { } reason) return $"{where}: {reason}";
            if (!mustFail && result.Status != ImportStatus.BecameHead) return $"{where}: expected it to become the head, got {result.Status}";
        }
        if (last is not null) timings.Add(last);
        return null;
    }
}
