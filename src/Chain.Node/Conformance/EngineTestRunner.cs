using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Chain.Consensus.Engines;
using Chain.Evm;
using Chain.Rpc.Engine;
using Chain.Rpc.Methods;
using Chain.Rpc.Model;

namespace Chain.Node.Conformance;

/// <summary>How fast the last payload of an engine test was imported: checked, executed, its root computed and stored.</summary>
/// <param name="Case">File and test.</param>
/// <param name="Dispatcher">Dispatcher.</param>
/// <param name="GasUsed">Gas of the payload.</param>
/// <param name="Elapsed">Time from the call's parameters to the moved head.</param>
public sealed record EngineTestTiming(string Case, DispatcherKind Dispatcher, ulong GasUsed, TimeSpan Elapsed)
{
    /// <summary>Million gas per second.</summary>
    public double MgasPerSecond => GasUsed / Math.Max(Elapsed.TotalSeconds, 1e-9) / 1e6;
}

/// <summary>
/// Runs engine-format fixtures through the methods of the Engine API in process: each payload is inserted and made the head, as a consensus client does it. Prints the speed of each
/// case, which means something with one worker on a quiet machine only.
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
        using EngineTestApi api = new(chain, kind);
        JsonElement calls = test.GetProperty("engineNewPayloads");
        if (calls.GetArrayLength() > 0 && api.SetHead(Version(calls[0], "forkchoiceUpdatedVersion"), chain.Manager.Database.GenesisHash) is { } refused) return $"the genesis as head: {refused}";
        EngineTestTiming? last = null;
        int index = 0;
        foreach (JsonElement call in calls.EnumerateArray())
        {
            string where = $"engineNewPayloads[{index++}]";
            Func<RpcResult<PayloadStatusJson>> insert = api.ReadNewPayload(Version(call, "newPayloadVersion"), call.GetProperty("params"), out PayloadArgument payload);
            Stopwatch clock = Stopwatch.StartNew();
            RpcResult<PayloadStatusJson> answer = insert();
            if (Judge(call, answer) is { } reason) return $"{where}: {reason}";
            if (answer.Error is not null || answer.Value.Status.Verdict != PayloadVerdict.Valid) continue;
            if (api.SetHead(Version(call, "forkchoiceUpdatedVersion"), payload.BlockHash) is { } problem) return $"{where}: expected it to become the head, got {problem}";
            last = new EngineTestTiming(name, kind, payload.Header.GasUsed, clock.Elapsed);
        }
        if (last is not null) timings.Add(last);
        return null;
    }

    private static string Version(JsonElement call, string name) => call.TryMember(name, out JsonElement version) ? version.ToString() : "missing";

    /// <summary>What engine_newPayload answered against what the test expects: an error by its code, a refusal by the rule's name, or VALID; null when that agrees.</summary>
    private static string? Judge(JsonElement call, RpcResult<PayloadStatusJson> answer)
    {
        string got = answer.Error is { } error ? $"error {error.Code} {error.Message}" : $"{answer.Value.Status.Verdict} {answer.Value.Status.Problem}";
        if (call.TryMember("errorCode", out JsonElement code)) return answer.Error is { } wrong && code.ToString() == wrong.Code.ToString(CultureInfo.InvariantCulture) ? null : $"expected error {code}, got {got}";
        bool mustFail = call.TryMember("validationError", out JsonElement expected);
        if (answer.Error is not null || answer.Value.Status.Verdict != (mustFail ? PayloadVerdict.Invalid : PayloadVerdict.Valid)) return $"expected {(mustFail ? $"INVALID ({expected})" : "VALID")}, got {got}";
        return !mustFail || RefusalNames.Agree(expected.GetString()!, answer.Value.Status.Problem!.Split(':')[0]) ? null : $"expected {expected}, got {got}";
    }
}
