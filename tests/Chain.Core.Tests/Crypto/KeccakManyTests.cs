using Chain.Core.Crypto;
using Chain.Core.Primitives;

namespace Chain.Core.Tests.Crypto;

/// <summary>Batches against single hashes.</summary>
public sealed class KeccakManyTests
{
    [Test]
    public void A_batch_of_any_count_and_lengths_equals_the_single_hashes()
    {
        Random random = new(3);
        for (int count = 0; count < 60; count++)
        {
            int[] ends = new int[count];
            int end = 0;
            // Equal keys, trie nodes of one to four blocks, and lengths around the block border.
            for (int i = 0; i < count; i++)
                ends[i] = end += (count % 3) switch { 0 => 32, 1 => random.Next(0, 600), _ => 136 * random.Next(1, 3) + random.Next(-1, 2) };
            byte[] buffer = new byte[end + 5];
            random.NextBytes(buffer);
            Hash256[] batch = new Hash256[count], single = new Hash256[count];
            Keccak256.HashMany(buffer, ends, batch);
            Keccak256.HashManyScalar(buffer, ends, single);
            Assert.That(batch, Is.EqualTo(single), $"{count} messages");
            for (int i = 0; i < count; i++)
                Assert.That(single[i], Is.EqualTo(Keccak256.Hash(buffer.AsSpan((i == 0 ? 0 : ends[i - 1])..ends[i]))));
        }
    }

    [TestCase(new[] { 4, 3 }, 2)]
    [TestCase(new[] { 11 }, 1)]
    [TestCase(new[] { -1 }, 1)]
    [TestCase(new[] { 1, 2 }, 1)]
    public void Ends_outside_the_buffer_and_missing_room_are_refused(int[] ends, int room) =>
        Assert.That(() => Keccak256.HashMany(new byte[10], ends, new Hash256[room]), Throws.ArgumentException);

    [Test]
    public void A_batch_allocates_nothing()
    {
        byte[] buffer = new byte[3200];
        int[] ends = [.. Enumerable.Range(1, 100).Select(i => i * 32)];
        Hash256[] hashes = new Hash256[100];
        Keccak256.HashMany(buffer, ends, hashes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Keccak256.HashMany(buffer, ends, hashes);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
