using System.Diagnostics;
using System.Globalization;

namespace Chain.Stress.Hostile;

/// <summary>The command <c>chain hostile</c>: a node, a million requests, and what both have come to.</summary>
internal static class HostileCommand
{
    private const int Steps = 50;

    /// <summary>Requests before memory counts: code is compiled and pools of buffers fill meanwhile.</summary>
    private const int WarmUpRequests = 100_000;

    private const long GrowthBytesMax = 150L << 20;
    private const int SettleMs = 5_000;
    private const int OpenFilesMoreMax = 50;

    public static async Task<int> RunAsync(string program, int count, int seed, CancellationToken cancellation)
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync(program, "--in-memory");
        int filesBefore = node.OpenFiles;
        using HostileFront front = new(node.Url);
        Stopwatch clock = Stopwatch.StartNew();
        List<long> memory = [];
        HostileReport report = new(new Dictionary<(string, string), long>(), [], 0);
        int step = Math.Max(1, count / Steps);
        for (int done = 0; done < count && !node.HasExited && !cancellation.IsCancellationRequested; done += step)
        {
            report = await front.RunAsync(seed, done, Math.Min(step, count - done), cancellation);
            if (node.HasExited) break;
            memory.Add(node.MemoryBytes);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Total,9:N0} requests, {report.FailureCount} wrong, {clock.Elapsed.TotalSeconds,6:F0} s, {memory[^1] >> 20} MiB"));
        }
        foreach (((string kind, string code), long times) in report.Counts.OrderBy(pair => pair.Key.Kind, StringComparer.Ordinal).ThenBy(pair => pair.Key.Code, StringComparer.Ordinal))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times,9:N0}  {code,-8} {kind}"));
        foreach (string failure in report.Failures) Console.WriteLine($"WRONG: {failure}");

        List<string> problems = [];
        if (report.FailureCount > 0) problems.Add($"{report.FailureCount} wrong answers");
        if (report.Total < count) problems.Add($"only {report.Total} of {count} requests were sent");
        if (node.HasExited) problems.Add("the node ended");
        else await LookAtAsync(node, filesBefore, memory.Take(WarmUpRequests / step).DefaultIfEmpty().Max(), count >= 2 * WarmUpRequests, problems);
        if (node.Errors.Length > 0) problems.Add($"the node wrote to standard error: {node.Errors[..Math.Min(2_000, node.Errors.Length)]}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Total:N0} requests of seed {seed} in {clock.Elapsed.TotalSeconds:F0} s: {(problems.Count == 0 ? "every answer was right" : string.Join("; ", problems))}."));
        return problems.Count == 0 ? 0 : 1;
    }

    private static async Task LookAtAsync(NodeUnderTest node, int filesBefore, long warm, bool isLong, List<string> problems)
    {
        await Task.Delay(SettleMs);
        long last = node.MemoryBytes;
        Console.WriteLine($"memory after the warm-up {warm >> 20} MiB, at the end {last >> 20} MiB; open files {filesBefore} before, {node.OpenFiles} after");
        if (isLong && last > warm + GrowthBytesMax) problems.Add($"memory grew from {warm >> 20} to {last >> 20} MiB");
        if (node.OpenFiles > filesBefore + OpenFilesMoreMax) problems.Add($"{node.OpenFiles - filesBefore} files or sockets stay open");
    }
}
