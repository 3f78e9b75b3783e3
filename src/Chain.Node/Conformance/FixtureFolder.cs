using System.Diagnostics;

namespace Chain.Node.Conformance;

/// <summary>Runs the fixture files of one thread.</summary>
internal interface IFixtureWorker : IDisposable
{
    /// <summary>Runs every case of a file. A file that cannot be read counts as one failure.</summary>
    FixtureFileResult RunFile(string path, string name);
}

/// <summary>Outcome of one file.</summary>
internal readonly record struct FixtureFileResult(int Passed, int Failed, IReadOnlyList<ConformanceFailure> Failures);

/// <summary>Walks a folder of fixtures on several threads and gathers what comes of it.</summary>
internal static class FixtureFolder
{
    private const int ProgressLines = 50;

    /// <summary>Runs all files.</summary>
    public static ConformanceReport Run(string folder, int workers, Func<IFixtureWorker> makeWorker, TextWriter? progress)
    {
        Stopwatch clock = Stopwatch.StartNew();
        string[] files = FindFiles(folder);
        List<ConformanceFailure> failures = [];
        int passed = 0, failed = 0, done = 0, nextFile = -1;
        int filesPerLine = Math.Max(1, files.Length / ProgressLines);
        Lock turn = new();

        void Work()
        {
            using IFixtureWorker worker = makeWorker();
            int index;
            while ((index = Interlocked.Increment(ref nextFile)) < files.Length)
            {
                FixtureFileResult result = worker.RunFile(files[index], Path.GetRelativePath(folder, files[index]));
                lock (turn)
                {
                    passed += result.Passed;
                    failed += result.Failed;
                    failures.AddRange(result.Failures);
                    if (++done % filesPerLine == 0 || done == files.Length)
                        progress?.WriteLine($"{done}/{files.Length} files, {passed} passed, {failed} failed, {clock.Elapsed.TotalSeconds:F0} s");
                }
            }
        }

        Thread[] threads = [.. Enumerable.Range(0, Math.Max(1, workers)).Select(_ => new Thread(Work) { IsBackground = true })];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        failures.Sort((a, b) => string.CompareOrdinal(a.Case + a.Dispatcher, b.Case + b.Dispatcher));
        return new ConformanceReport { Passed = passed, Failed = failed, Failures = failures, Elapsed = clock.Elapsed };
    }

    /// <summary>Says what a command found: failures, then the totals as the last line.</summary>
    /// <returns>0 when all passed, 1 when something failed or nothing was found.</returns>
    public static int Conclude(ConformanceReport report, string folder, TextWriter output, TextWriter progress)
    {
        foreach (ConformanceFailure failure in report.Failures) output.WriteLine($"FAILED {failure}");
        if (report.Passed + report.Failed == 0) progress.WriteLine($"No case in '{folder}' matches.");
        output.WriteLine($"{report.Passed} passed, {report.Failed} failed");
        return report.Failed == 0 && report.Passed > 0 ? 0 : 1;
    }

    private static string[] FindFiles(string folder)
    {
        if (File.Exists(folder)) return [folder];
        // Folders such as .meta hold indexes, not tests.
        string[] files = [.. Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Where(f => !Path.GetRelativePath(folder, f).Split('/', '\\').Any(p => p.StartsWith('.') && p.Length > 1))];
        Array.Sort(files, string.CompareOrdinal);
        return files;
    }
}
