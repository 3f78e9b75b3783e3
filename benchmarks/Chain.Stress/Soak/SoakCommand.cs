using System.Diagnostics;
using System.Globalization;

namespace Chain.Stress.Soak;

/// <summary>The command <c>chain soak</c>.</summary>
internal static class SoakCommand
{
    private const int SampleMs = 5_000;
    private const int ReportEverySamples = 6;
    private const int LastHeadTimeoutMs = 20_000;
    private const int ConnectAtOnce = 50;

    /// <summary>How much the last third's memory may lie above the middle third's: block caches fill on, a leak would show more.</summary>
    private const double GrowthMax = 0.15;

    public static async Task<int> RunAsync(string program, TimeSpan length, int subscriberCount, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("chain-soak-").FullName;
        try
        {
            await using NodeUnderTest node = await NodeUnderTest.StartAsync(program, "--datadir", folder, "--block-time", "1");
            return await RunAsync(node, length, subscriberCount, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> RunAsync(NodeUnderTest node, TimeSpan length, int subscriberCount, CancellationToken cancellation)
    {
        using SoakLoad load = new(node.Url);
        await load.PrepareAsync();
        List<HeadSubscriber> subscribers = [.. Enumerable.Range(0, subscriberCount).Select(_ => new HeadSubscriber())];
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            List<Task> reading = [];
            foreach (HeadSubscriber[] some in subscribers.Chunk(ConnectAtOnce))
            {
                await Task.WhenAll(some.Select(subscriber => subscriber.OpenAsync(node.WebSocketUrl, cancellation)));
                reading.AddRange(some.Select(subscriber => Task.Run(() => subscriber.ReadAsync(silence.Token), CancellationToken.None)));
            }
            Console.Error.WriteLine($"{subscriberCount} subscribers are connected.");
            List<long> memory = await LoadAsync(node, load, length, cancellation);
            List<string> problems = [];
            await SeeTheLastHeadAsync(load, subscribers, problems);
            await silence.CancelAsync();
            await Task.WhenAll(reading);
            return Report(node, load, subscribers, memory, problems);
        }
        finally
        {
            foreach (HeadSubscriber subscriber in subscribers) subscriber.Dispose();
        }
    }

    private static async Task<List<long>> LoadAsync(NodeUnderTest node, SoakLoad load, TimeSpan length, CancellationToken cancellation)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        end.CancelAfter(length);
        Task calls = load.RunAsync(end.Token);
        Stopwatch clock = Stopwatch.StartNew();
        List<long> memory = [];
        while (!end.IsCancellationRequested && !node.HasExited)
        {
            await Task.WhenAny(Task.Delay(SampleMs, end.Token));
            memory.Add(node.MemoryBytes);
            if (memory.Count % ReportEverySamples == 0)
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds,5:F0} s, {load.Times.Values.Sum(times => times.Count),8:N0} calls, {load.Failures.Count} failed, {memory[^1] >> 20} MiB"));
        }
        await calls;
        return memory;
    }

    /// <summary>Blocks go on every second, so the head now must come to everybody.</summary>
    private static async Task SeeTheLastHeadAsync(SoakLoad load, List<HeadSubscriber> subscribers, List<string> problems)
    {
        long head = await load.HeadAsync();
        long deadline = Environment.TickCount64 + LastHeadTimeoutMs;
        while (subscribers.Any(subscriber => subscriber.Last < head) && Environment.TickCount64 < deadline) await Task.Delay(100);
        int late = subscribers.Count(subscriber => subscriber.Last < head);
        if (late > 0) problems.Add($"{late} subscribers were not sent head {head}");
    }

    private static int Report(NodeUnderTest node, SoakLoad load, List<HeadSubscriber> subscribers, List<long> memory, List<string> problems)
    {
        Console.WriteLine("  calls      p50 ms     p99 ms     max ms  method");
        foreach ((string method, Latencies times) in load.Times.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            float[] at = times.Percentiles(0.5, 0.99, 1);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times.Count,7:N0} {at[0],11:F2}{at[1],11:F2}{at[2],11:F2}  {method}"));
        }
        long heads = subscribers.Sum(subscriber => (long)subscriber.Seen);
        int[] seen = [.. subscribers.Select(subscriber => subscriber.Seen).Order()];
        Console.WriteLine($"heads: {heads:N0} notifications to {subscribers.Count:N0} subscribers, {seen[0]} to {seen[^1]} each");
        Console.WriteLine($"memory, MiB, every {SampleMs / 1_000} s: {string.Join(' ', memory.Select(bytes => bytes >> 20))}");

        string[] broken = [.. subscribers.Select(subscriber => subscriber.Problem).OfType<string>()];
        if (broken.Length > 0) problems.Add($"{broken.Length} subscribers had trouble, the first: {broken[0]}");
        if (!load.Failures.IsEmpty) problems.Add($"{load.Failures.Count} calls failed, the first: {load.Failures.First()}");
        int third = memory.Count / 3;
        if (third > 0)
        {
            double middle = Median(memory[third..(2 * third)]);
            double last = Median(memory[(2 * third)..]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory of the middle third {middle / (1 << 20):F0} MiB, of the last third {last / (1 << 20):F0} MiB"));
            if (last > middle * (1 + GrowthMax)) problems.Add("memory goes on growing");
        }
        if (node.HasExited) problems.Add("the node ended");
        if (node.Errors.Length > 0) problems.Add($"the node wrote to standard error: {node.Errors[..Math.Min(2_000, node.Errors.Length)]}");
        Console.WriteLine(problems.Count == 0 ? "The soak passed." : $"The soak FAILED: {string.Join("; ", problems)}.");
        return problems.Count == 0 ? 0 : 1;
    }

    private static double Median(List<long> values) => values.Order().ElementAt(values.Count / 2);
}
