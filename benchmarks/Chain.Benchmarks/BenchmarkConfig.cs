using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using Perfolizer.Horology;

namespace Chain.Benchmarks;

/// <summary>
/// The default run: each benchmark in its own process, iterations short enough that all of them take about a quarter of an hour on two cores.
/// Results go to <c>benchmarks/results</c>, the machine in the head of each. Any job option of the command line adds a job of its own.
/// </summary>
internal sealed class BenchmarkConfig : ManualConfig
{
    public BenchmarkConfig()
    {
        // Warm-up is long in count, not in time: the just-in-time compiler replaces a method twice, the second time by its profile.
        // The cost of the empty call is not subtracted: it is below a nanosecond, and measuring it takes as long as the benchmark.
        AddJob(Job.Default.WithId("Quick").AsDefault().WithLaunchCount(1).WithWarmupCount(6).WithIterationCount(7).WithIterationTime(TimeInterval.FromMilliseconds(100)).WithEvaluateOverhead(false));
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddLogger(ConsoleLogger.Default);
        AddExporter(MarkdownExporter.GitHub, JsonExporter.Brief);
        // Each benchmark is built before it runs, which a busy machine takes its time for.
        WithBuildTimeout(TimeSpan.FromMinutes(15));
        WithOptions(ConfigOptions.DisableLogFile);
        // The program of the benchmarks is built with all that it refers to; on a busy machine that takes minutes.
        WithBuildTimeout(TimeSpan.FromMinutes(10));
        WithArtifactsPath(Path.Combine(Root(), "benchmarks"));
    }

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Chain.sln"))) return folder.FullName;
        }
        return Directory.GetCurrentDirectory();
    }
}
