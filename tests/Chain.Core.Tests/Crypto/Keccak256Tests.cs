using System.Runtime.Intrinsics.X86;
using System.Text;
using Chain.Core.Crypto;
using Chain.Core.Primitives;

namespace Chain.Core.Tests.Crypto;

/// <summary>Known hashes, and the pieces against the whole.</summary>
public sealed class Keccak256Tests
{
    [TestCase("", "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [TestCase("abc", "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [TestCase("testing", "0x5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02")]
    [TestCase("Transfer(address,address,uint256)", "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")]
    [TestCase("The quick brown fox jumps over the lazy dog", "0x4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15")]
    public void A_known_text_has_its_known_hash(string text, string expected) =>
        Assert.That(Keccak256.Hash(Encoding.UTF8.GetBytes(text)), Is.EqualTo(Hash256.Parse(expected)));

    [Test]
    public unsafe void Every_form_of_the_permutation_gives_the_same_lanes()
    {
        if (!Avx512F.VL.IsSupported) Assert.Ignore("This processor has no AVX-512VL.");
        ulong* scalar = stackalloc ulong[Keccak256.Lanes];
        ulong* vector = stackalloc ulong[Keccak256.Lanes];
        new Span<byte>(scalar, Keccak256.Lanes * sizeof(ulong)).Fill(0x5a);
        new Span<byte>(vector, Keccak256.Lanes * sizeof(ulong)).Fill(0x5a);
        for (int turn = 0; turn < 100; turn++)
        {
            Keccak256.PermuteScalar(scalar);
            Keccak256.PermuteVector(vector);
            Assert.That(new Span<ulong>(vector, Keccak256.Lanes).SequenceEqual(new Span<ulong>(scalar, Keccak256.Lanes)), Is.True, $"turn {turn}");
        }
    }

    [Test]
    public void Every_split_of_every_length_hashes_as_the_whole()
    {
        byte[] data = RandomBytes(1000);
        byte[] digest = new byte[Hash256.SizeBytes];
        for (int length = 0; length <= data.Length; length++)
        {
            ReadOnlySpan<byte> message = data.AsSpan(0, length);
            Hash256 whole = Keccak256.Hash(message);
            // All splits up to two blocks, then every 37th.
            for (int split = 0; split <= length; split += length < 300 ? 1 : 37)
            {
                KeccakHasher hasher = default;
                hasher.Update(message[..split]);
                hasher.Update(message[split..]);
                hasher.Finish(digest);
                if (!digest.AsSpan().SequenceEqual(whole.Bytes)) Assert.Fail($"length {length}, split {split}");
            }
        }
    }

    [Test]
    public void Bytes_one_by_one_hash_as_the_whole_and_the_hasher_starts_again()
    {
        byte[] data = RandomBytes(700);
        KeccakHasher hasher = default;
        for (int turn = 0; turn < 2; turn++)
        {
            foreach (byte b in data) hasher.Update([b]);
            Assert.That(hasher.Finish(), Is.EqualTo(Keccak256.Hash(data)));
        }
    }

    /// <summary>The sponge written plainly from its definition is the oracle of the fast one.</summary>
    [Test]
    public void The_hash_equals_the_plain_sponge_for_every_length()
    {
        byte[] data = RandomBytes(1000);
        for (int length = 0; length <= data.Length; length++)
        {
            ReadOnlySpan<byte> message = data.AsSpan(0, length);
            if (!Keccak256.Hash(message).Bytes.SequenceEqual(PlainKeccak.Hash(message))) Assert.Fail($"length {length}");
        }
    }

    [Test]
    public void A_digest_may_overlap_the_data()
    {
        byte[] data = RandomBytes(64);
        Hash256 expected = Keccak256.Hash(data);
        Keccak256.Hash(data, data);
        Assert.That(new Hash256(data.AsSpan(0, 32)), Is.EqualTo(expected));
    }

    [Test]
    public void Hashing_allocates_nothing()
    {
        byte[] data = RandomBytes(500);
        byte[] digest = new byte[32];
        KeccakHasher hasher = default;
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Run()
        {
            Keccak256.Hash(data, digest);
            hasher.Update(data);
            hasher.Finish(digest);
        }
    }

    [Test]
    public void A_short_digest_is_refused() => Assert.That(() => Keccak256.Hash([1], new byte[31]), Throws.InstanceOf<ArgumentException>());

    private static byte[] RandomBytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
