using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Core.Tests.Primitives;

/// <summary>The log filter.</summary>
public sealed class BloomTests
{
    private static readonly Address Emitter = Address.Parse("0x095e7baea6a6c7c4c2dfeb977efac326af552d87");

    private static Hash256 Topic(byte value) => new(Enumerable.Repeat(value, 32).ToArray());

    /// <summary>Bits 1323, 431 and 1319 of an address, as an independent computation of M3:2048 gives them.</summary>
    [Test]
    public void An_address_sets_its_three_bits()
    {
        BloomBuilder builder = new();
        builder.Add(Address.Parse("0x0f572e5295c57f15886f9b263e2f6d2d6c7b5ec6").Bytes);
        byte[] expected = new byte[Bloom.SizeBytes];
        foreach (int bit in (int[])[1323, 431, 1319]) expected[255 - bit / 8] |= (byte)(1 << (bit % 8));
        Assert.That(builder.Bytes.ToArray(), Is.EqualTo(expected));
    }

    [Test]
    public void A_filter_contains_what_was_added_and_not_what_was_not()
    {
        BloomBuilder builder = new();
        builder.Add(Emitter, [Topic(1), Topic(2)]);
        Bloom bloom = builder.ToBloom();
        Assert.That(bloom.Contains(Emitter) && bloom.Contains(Topic(1)) && bloom.Contains(Topic(2)), Is.True);
        Assert.That(bloom.Contains(Address.Zero) || bloom.Contains(Topic(3)), Is.False);
    }

    [Test]
    public void A_log_entry_and_its_parts_give_equal_filters()
    {
        BloomBuilder parts = new(), entry = new();
        parts.Add(Emitter, [Topic(1), Topic(2)]);
        entry.Add(new LogEntry(Emitter, [Topic(1), Topic(2)], default));
        Assert.That(entry.ToBloom(), Is.EqualTo(parts.ToBloom()));
        Assert.That(entry.ToBloom().GetHashCode(), Is.EqualTo(parts.ToBloom().GetHashCode()));
    }

    [Test]
    public void Merged_filters_equal_the_filter_of_all_entries()
    {
        BloomBuilder first = new(), second = new(), all = new(), merged = new();
        first.Add(Emitter, [Topic(1)]);
        second.Add(Address.Zero, [Topic(9)]);
        all.Add(Emitter, [Topic(1)]);
        all.Add(Address.Zero, [Topic(9)]);
        merged.Add(first.ToBloom());
        merged.Add(second.ToBloom());
        merged.Add(Bloom.Empty);
        Assert.That(merged.ToBloom(), Is.EqualTo(all.ToBloom()));
        Assert.That(merged.ToBloom(), Is.Not.EqualTo(first.ToBloom()));
    }

    [Test]
    public void A_published_filter_does_not_change_and_a_cleared_builder_is_empty()
    {
        BloomBuilder builder = new();
        builder.Add(Topic(1).Bytes);
        Bloom published = builder.ToBloom();
        builder.Add(Topic(2).Bytes);
        Assert.That(published.Contains(Topic(2)), Is.False);
        builder.Clear();
        Assert.That(builder.ToBloom(), Is.SameAs(Bloom.Empty));
        Assert.That(Bloom.Empty.IsEmpty && !published.IsEmpty, Is.True);
    }

    [Test]
    public void Another_size_is_refused() => Assert.That(() => new Bloom(new byte[255]), Throws.ArgumentException);
}
