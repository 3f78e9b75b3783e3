using System.Text;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Core.State;

namespace Chain.Trie.Tests;

/// <summary>The trie against a dictionary, and against tries built from scratch.</summary>
public sealed class PatriciaTrieTests
{
    private static readonly Hash256 Owner = Keccak256.Hash("owner"u8);

    [Test]
    public void The_empty_trie_has_the_known_root()
    {
        MemoryTrieNodes nodes = new();
        PatriciaTrie trie = new(nodes, Hash256.Zero, Account.EmptyTrieRoot);
        Assert.That(trie.ComputeRoot(), Is.EqualTo(Hash256.Parse("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421")));
        Assert.That(trie.ComputeRoot(), Is.EqualTo(Keccak256.Hash([0x80])));
        Assert.That(trie.Commit(nodes), Is.EqualTo(Account.EmptyTrieRoot));
        Assert.That(nodes.Count, Is.Zero);
    }

    [Test]
    public void Random_histories_give_the_roots_and_stores_of_a_rebuild([Values] bool hashed, [Range(1, 40)] int seed)
    {
        Random random = new(seed);
        TrieModel model = [];
        MemoryTrieNodes nodes = new();
        PatriciaTrie trie = new(nodes, Owner, Account.EmptyTrieRoot);
        for (int batch = 0; batch < 25; batch++)
        {
            int deletePercent = random.Next(10, 90);
            for (int i = random.Next(12); i >= 0; i--)
            {
                byte[] key = TrieModel.RandomKey(random, hashed);
                byte[] value = random.Next(100) < deletePercent ? [] : TrieModel.RandomValue(random);
                trie.Set(key, value);
                model.Set(key, value);
            }
            if (random.Next(3) == 0) Assert.That(trie.ComputeRoot(), Is.EqualTo(model.SortedRoot()));
            if (random.Next(4) == 0) continue;

            Hash256 root = trie.Commit(nodes);
            Assert.That(root, Is.EqualTo(model.SortedRoot()), $"batch {batch}");
            Assert.That(TrieModel.Content(nodes), Is.EquivalentTo(TrieModel.Content(model.Rebuild(Owner))), $"batch {batch}");
            if (random.Next(2) == 0) trie = new PatriciaTrie(nodes, Owner, root);
            byte[] probe = TrieModel.RandomKey(random, hashed);
            bool found = trie.TryGet(probe, out ReadOnlyMemory<byte> got);
            Assert.That(found, Is.EqualTo(model.ContainsKey(probe)));
            if (found) Assert.That(got.ToArray(), Is.EqualTo(model[probe]));
        }
    }

    [Test]
    public void Deleting_everything_leaves_no_node([Values] bool hashed)
    {
        Random random = new(7);
        TrieModel model = [];
        for (int i = 0; i < 200; i++) model.Set(TrieModel.RandomKey(random, hashed), TrieModel.RandomValue(random));
        MemoryTrieNodes nodes = model.Rebuild(Owner);
        Assert.That(nodes.Count, Is.GreaterThan(1));
        PatriciaTrie trie = new(nodes, Owner, model.SortedRoot());
        foreach (byte[] key in model.Keys) trie.Set(key, default);
        Assert.That(trie.Commit(nodes), Is.EqualTo(Account.EmptyTrieRoot));
        Assert.That(nodes.Count, Is.Zero);
    }

    [Test]
    public void An_update_without_effect_writes_nothing()
    {
        (MemoryTrieNodes nodes, Hash256 root, TrieEntry[] entries) = Large(500);
        PatriciaTrie trie = new(nodes, Hash256.Zero, root);
        trie.Update(entries);
        trie.Set(Keccak256.Hash("absent"u8).Bytes, default);
        CountingWriter writer = new();
        Assert.That(trie.Commit(writer), Is.EqualTo(root));
        Assert.That(writer.Calls, Is.Zero);
    }

    [Test]
    public void One_change_writes_one_path_only()
    {
        (MemoryTrieNodes nodes, Hash256 root, TrieEntry[] entries) = Large(5000);
        PatriciaTrie trie = new(nodes, Hash256.Zero, root);
        trie.Set(entries[17].Key.Bytes, new byte[] { 9 });
        CountingWriter writer = new();
        trie.Commit(writer);
        Assert.That(writer.Calls, Is.InRange(3, 7));
        writer.Calls = 0;
        trie.Commit(writer);
        Assert.That(writer.Calls, Is.Zero);
    }

    [Test]
    public void Parallel_hashing_gives_the_serial_root([Values(1, 15, 255, 256, 3000)] int count)
    {
        TrieEntry[] entries = Entries(count, 3);
        PatriciaTrie serial = new(new MemoryTrieNodes(), Hash256.Zero, Account.EmptyTrieRoot);
        PatriciaTrie parallel = new(new MemoryTrieNodes(), Hash256.Zero, Account.EmptyTrieRoot);
        serial.Update(entries);
        parallel.Update(entries);
        Assert.That(parallel.ComputeRoot(parallel: true), Is.EqualTo(serial.ComputeRoot(parallel: false)));

        MemoryTrieNodes afterRoot = new();
        MemoryTrieNodes direct = new();
        parallel.Commit(afterRoot);
        PatriciaTrie third = new(direct, Hash256.Zero, Account.EmptyTrieRoot);
        third.Update(entries);
        third.Commit(direct);
        Assert.That(TrieModel.Content(afterRoot), Is.EquivalentTo(TrieModel.Content(direct)));
    }

    [Test]
    public void Hashing_allocates_nothing()
    {
        TrieEntry[] entries = Entries(2000, 4);
        PatriciaTrie trie = new(new MemoryTrieNodes(), Hash256.Zero, Account.EmptyTrieRoot);
        trie.Update(entries);
        trie.ComputeRoot(parallel: false);
        foreach (TrieEntry entry in entries) trie.Set(entry.Key.Bytes, entries[0].Value);
        long before = GC.GetAllocatedBytesForCurrentThread();
        trie.ComputeRoot(parallel: false);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void A_list_root_allocates_nothing()
    {
        byte[][] items = [.. Enumerable.Range(0, 200).Select(static i => new byte[100 + i])];
        Hash256 first = ListRoot.Compute(items, static (ref RlpWriter rlp, byte[] item) => rlp.WriteRaw(item));
        Hash256 second = default;
        long allocated = long.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            second = ListRoot.Compute(items, WriteItem);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.That(second, Is.EqualTo(first));
        Assert.That(allocated, Is.Zero);
    }

    private static void WriteItem(ref RlpWriter rlp, byte[] item) => rlp.WriteRaw(item);

    [Test]
    public void The_order_of_a_batch_does_not_matter_and_of_equal_keys_the_last_counts()
    {
        TrieEntry[] entries = Entries(300, 5);
        PatriciaTrie ordered = new(new MemoryTrieNodes(), Hash256.Zero, Account.EmptyTrieRoot);
        ordered.Update(entries);
        TrieEntry[] shuffled = [.. entries.Select(e => e with { Value = entries[0].Value }), .. entries];
        new Random(1).Shuffle(shuffled.AsSpan(300));
        PatriciaTrie other = new(new MemoryTrieNodes(), Hash256.Zero, Account.EmptyTrieRoot);
        other.Update(shuffled);
        Assert.That(other.ComputeRoot(), Is.EqualTo(ordered.ComputeRoot()));
    }

    [Test]
    public void A_damaged_store_is_named()
    {
        (MemoryTrieNodes nodes, Hash256 root, TrieEntry[] entries) = Large(300);
        byte first = (byte)(entries[0].Key.Bytes[0] >> 4);
        Assert.That(nodes.TryReadNode(Hash256.Zero, [first], out ReadOnlyMemory<byte> rlp), Is.True);
        byte[] bad = rlp.ToArray();
        bad[^20] ^= 1;
        nodes.WriteNode(Hash256.Zero, [first], bad);
        InvalidDataException changed = Assert.Throws<InvalidDataException>(() => new PatriciaTrie(nodes, Hash256.Zero, root).TryGet(entries[0].Key.Bytes, out _))!;
        Assert.That(changed.Message, Does.Contain($"path '{first:x}'").And.Contain(Keccak256.Hash(rlp.Span).ToString()).And.Contain(Keccak256.Hash(bad).ToString()).And.Contain(Hash256.Zero.ToString()));

        nodes.DeleteNode(Hash256.Zero, [first]);
        InvalidDataException missing = Assert.Throws<InvalidDataException>(() => new PatriciaTrie(nodes, Hash256.Zero, root).Set(entries[0].Key.Bytes, default))!;
        Assert.That(missing.Message, Does.Contain("found nothing"));
        Assert.Throws<InvalidDataException>(() => TrieLeaves.Enumerate(nodes, Hash256.Zero, root).Count());
        Assert.Throws<InvalidDataException>(() => Proof.Build(nodes, Hash256.Zero, root, entries[0].Key.Bytes));
    }

    [Test]
    public void A_key_longer_than_a_hash_is_refused() =>
        Assert.Throws<ArgumentException>(() => new PatriciaTrie(new MemoryTrieNodes(), Hash256.Zero, Account.EmptyTrieRoot).Set(new byte[33], new byte[] { 1 }));

    [Test]
    public void The_walk_gives_the_entries_from_any_start_in_order([Values] bool hashed, [Range(1, 10)] int seed)
    {
        Random random = new(seed);
        TrieModel model = [];
        for (int i = 0; i < 60; i++) model.Set(TrieModel.RandomKey(random, hashed), TrieModel.RandomValue(random));
        MemoryTrieNodes nodes = model.Rebuild(Owner);
        for (int i = 0; i < 20; i++)
        {
            byte[] start = i == 0 ? [] : TrieModel.RandomKey(random, hashed);
            string[] expected = [.. model.Where(e => e.Key.AsSpan().SequenceCompareTo(start) >= 0).Select(static e => $"{Hex.Encode(e.Key)}={Hex.Encode(e.Value)}")];
            string[] walked = [.. TrieLeaves.Enumerate(nodes, Owner, model.SortedRoot(), start).Select(static e => $"{Hex.Encode(e.Key)}={Hex.Encode(e.Value.Span)}")];
            Assert.That(walked, Is.EqualTo(expected));
        }
    }

    [Test]
    public void List_roots_are_those_of_the_trie_over_rlp_indexes([Values(0, 1, 2, 3, 16, 17, 126, 127, 128, 129, 130, 255, 256, 257, 400)] int count)
    {
        byte[][] items = [.. Enumerable.Range(0, count).Select(static i => Encoding.UTF8.GetBytes(new string('x', 1 + (i * 7 % 90)) + i))];
        PatriciaTrie trie = new(new MemoryTrieNodes(), Hash256.Zero, Account.EmptyTrieRoot);
        for (int i = 0; i < count; i++)
        {
            using RlpWriter key = new(16);
            key.WriteUInt64((ulong)i);
            trie.Set(key.Written, items[i]);
        }
        Assert.That(ListRoot.Compute(items, static (ref RlpWriter rlp, byte[] item) => rlp.WriteRaw(item)), Is.EqualTo(trie.ComputeRoot()));
    }

    [Test]
    public void Keys_out_of_order_are_refused_where_order_matters() =>
        Assert.Throws<ArgumentException>(static () => SortedTrie.ComputeRoot(new Unsorted()));

    internal static TrieEntry[] Entries(int count, int seed)
    {
        TrieEntry[] entries = new TrieEntry[count];
        byte[] preimage = new byte[UInt256.SizeBytes];
        for (int i = 0; i < count; i++)
        {
            new UInt256((ulong)((seed << 24) + i)).WriteBigEndian(preimage);
            entries[i] = new TrieEntry(Keccak256.Hash(preimage), StateEncoding.EncodeAccount(Account.Empty with { Nonce = (ulong)i, Balance = new UInt256(1_000_000_007UL * (ulong)i) }));
        }
        return entries;
    }

    private static (MemoryTrieNodes Nodes, Hash256 Root, TrieEntry[] Entries) Large(int count)
    {
        TrieEntry[] entries = Entries(count, 2);
        MemoryTrieNodes nodes = new();
        PatriciaTrie trie = new(nodes, Hash256.Zero, Account.EmptyTrieRoot);
        trie.Update(entries);
        return (nodes, trie.Commit(nodes), entries);
    }

    private readonly struct Unsorted : ISortedItems
    {
        public int Count => 3;

        public int CopyKey(int position, Span<byte> destination)
        {
            destination[0] = (byte)(position * 0x50 % 0x90);
            return 1;
        }

        public void WriteValue(int position, ref RlpWriter value) => value.WriteRaw(1);
    }

    internal sealed class CountingWriter : ITrieNodeWriter
    {
        internal int Calls { get; set; }

        public void WriteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, ReadOnlySpan<byte> rlp) => Calls++;

        public void DeleteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath) => Calls++;

        public void DeleteStorageTrie(in Hash256 owner) => Calls++;
    }
}
