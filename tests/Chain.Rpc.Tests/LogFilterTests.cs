using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Rpc.Filters;

namespace Chain.Rpc.Tests;

/// <summary>Filters of logs held against blooms.</summary>
public sealed class LogFilterTests
{
    [Test]
    public void A_bloom_answers_a_filter_as_it_answers_its_items()
    {
        Random random = new(7);
        for (int round = 0; round < 500; round++)
        {
            // Few items, so that filters match about as often as they do not.
            LogEntry[] logs = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new LogEntry(AddressOf(random.Next(6)), [.. Enumerable.Range(0, random.Next(4)).Select(_ => TopicOf(random.Next(6)))], default))];
            Bloom bloom = BloomOf(logs);
            LogFilter filter = new()
            {
                Addresses = [.. Enumerable.Range(0, random.Next(3)).Select(_ => AddressOf(random.Next(6)))],
                Topics = [.. Enumerable.Range(0, random.Next(3)).Select(_ => (IReadOnlyList<Hash256>)[.. Enumerable.Range(0, random.Next(3)).Select(_ => TopicOf(random.Next(6)))])],
            };
            bool expected = (filter.Addresses.Count == 0 || filter.Addresses.Any(address => bloom.Contains(address)))
                && filter.Topics.All(alternatives => alternatives.Count == 0 || alternatives.Any(topic => bloom.Contains(topic)));
            for (int time = 0; time < 2; time++) Assert.That(filter.MayMatch(bloom), Is.EqualTo(expected));
            Assert.That(filter.MayMatch(bloom) || !logs.Any(filter.Matches), Is.True, "what has a wanted log is never passed over");
        }
    }

    [Test]
    public void Blooms_of_further_blocks_cost_no_memory()
    {
        LogFilter filter = new() { Addresses = [.. Enumerable.Range(0, 1_000).Select(AddressOf)] };
        Bloom bloom = BloomOf([new LogEntry(AddressOf(5_000), [], default)]);
        filter.MayMatch(bloom);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) filter.MayMatch(bloom);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000));
    }

    private static Address AddressOf(int number) => Address.FromNumber((ulong)number + 1_000);

    private static Hash256 TopicOf(int number) => Core.Crypto.Keccak256.Hash([(byte)number]);

    private static Bloom BloomOf(IEnumerable<LogEntry> logs)
    {
        BloomBuilder builder = new();
        foreach (LogEntry log in logs) builder.Add(log);
        return builder.ToBloom();
    }
}
