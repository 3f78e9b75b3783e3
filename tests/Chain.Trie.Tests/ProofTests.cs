using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;

namespace Chain.Trie.Tests;

/// <summary>Proofs prove what is so, and nothing else, whatever the bytes.</summary>
public sealed class ProofTests
{
    [Test]
    public void Proofs_of_present_and_absent_keys_verify_and_altered_ones_do_not([Values] bool hashed, [Range(1, 15)] int seed)
    {
        Random random = new(seed);
        TrieModel model = [];
        for (int i = random.Next(1, 80); i > 0; i--) model.Set(TrieModel.RandomKey(random, hashed), TrieModel.RandomValue(random));
        MemoryTrieNodes nodes = model.Rebuild(Hash256.Zero);
        Hash256 root = model.SortedRoot();
        for (int i = 0; i < 40; i++)
        {
            byte[] key = TrieModel.RandomKey(random, hashed);
            IReadOnlyList<ReadOnlyMemory<byte>> proof = Proof.Build(nodes, Hash256.Zero, root, key);
            bool isThere = model.TryGetValue(key, out byte[]? expected);
            Assert.That(Proof.Verify(root, key, proof, out ReadOnlyMemory<byte> value), Is.EqualTo(isThere ? ProofResult.Included : ProofResult.Absent));
            Assert.That(value.ToArray(), Is.EqualTo(expected ?? []));

            ReadOnlyMemory<byte>[] altered = [.. proof];
            int at = random.Next(altered.Length);
            byte[] node = altered[at].ToArray();
            node[random.Next(node.Length)] ^= (byte)random.Next(1, 256);
            altered[at] = node;
            Assert.That(Proof.Verify(root, key, altered, out value), Is.EqualTo(ProofResult.WrongHash));
            Assert.That(value.IsEmpty, Is.True);

            Assert.That(Proof.Verify(root, key, [.. proof.SkipLast(1)], out _), Is.EqualTo(ProofResult.NodeMissing));
            Assert.That(Proof.Verify(root, key, [.. proof, proof[0]], out _), Is.EqualTo(ProofResult.NodeUnused));
        }
    }

    [Test]
    public void Hostile_nodes_with_the_right_hash_never_throw([Range(1, 4)] int seed)
    {
        Random random = new(seed);
        TrieModel model = [];
        for (int i = 0; i < 40; i++) model.Set(TrieModel.RandomKey(random, false), TrieModel.RandomValue(random));
        byte[][] samples = [.. model.Rebuild(Hash256.Zero).Nodes.Select(static n => n.Rlp.ToArray())];
        HashSet<ProofResult> seen = [];
        for (int i = 0; i < 5_000; i++)
        {
            byte[] node = (byte[])samples[random.Next(samples.Length)].Clone();
            for (int flips = random.Next(1, 4); flips > 0; flips--) node[random.Next(node.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) node = node[..random.Next(node.Length)];
            seen.Add(Proof.Verify(Keccak256.Hash(node), TrieModel.RandomKey(random, false), [node], out _));
        }
        Assert.That(seen, Does.Contain(ProofResult.Malformed).And.Contain(ProofResult.Absent).And.Contain(ProofResult.Included));
    }

    [Test]
    public void Sizes_beyond_the_limits_are_refused()
    {
        ReadOnlyMemory<byte>[] many = new ReadOnlyMemory<byte>[Proof.NodesMax + 1];
        Assert.That(Proof.Verify(Keccak256.EmptyHash, new byte[32], many, out _), Is.EqualTo(ProofResult.TooLarge));
        Assert.That(Proof.Verify(Keccak256.EmptyHash, new byte[33], [], out _), Is.EqualTo(ProofResult.TooLarge));
        Assert.That(Proof.Verify(Keccak256.EmptyHash, new byte[32], [new byte[Proof.NodeBytesMax + 1]], out _), Is.EqualTo(ProofResult.TooLarge));
    }

    [Test]
    public void The_empty_trie_proves_absence_with_no_node()
    {
        Assert.That(Proof.Build(new MemoryTrieNodes(), Hash256.Zero, Account.EmptyTrieRoot, new byte[32]), Is.Empty);
        Assert.That(Proof.Verify(Account.EmptyTrieRoot, new byte[32], [], out _), Is.EqualTo(ProofResult.Absent));
        Assert.That(Proof.Verify(Account.EmptyTrieRoot, new byte[32], [new byte[] { 0x80 }], out _), Is.EqualTo(ProofResult.NodeUnused));
    }

    [Test]
    public void An_account_proof_carries_account_and_slots_that_verify()
    {
        StateModel state = StateTrieTests.RandomState(new Random(5), accounts: 60, slotsMax: 40);
        MemoryTrieNodes nodes = new();
        Dictionary<Address, Hash256> storageRoots = [];
        Hash256 root = StateTrie.Apply(Account.EmptyTrieRoot, nodes, new StateModel(), state.AsDelta(), nodes, storageRoots);
        (Address address, StateModel.Entry entry) = state.Accounts.First(static a => a.Value.Storage.Count > 5);
        UInt256 present = entry.Storage.Keys.First();
        UInt256 absent = new(123_456_789);

        AccountProof proof = AccountProof.Build(nodes, root, address, [present, absent]);
        Assert.That(proof.Account, Is.EqualTo(new Account(entry.Nonce, entry.Balance, entry.CodeHash, storageRoots[address])));
        Assert.That(Proof.Verify(root, StateEncoding.AccountKey(address).Bytes, proof.Nodes, out _), Is.EqualTo(ProofResult.Included));
        Assert.That(proof.Slots.Select(static s => s.Value), Is.EqualTo(new[] { entry.Storage[present], UInt256.Zero }));
        Assert.That(Proof.Verify(storageRoots[address], StateEncoding.SlotKey(present).Bytes, proof.Slots[0].Nodes, out _), Is.EqualTo(ProofResult.Included));
        Assert.That(Proof.Verify(storageRoots[address], StateEncoding.SlotKey(absent).Bytes, proof.Slots[1].Nodes, out _), Is.EqualTo(ProofResult.Absent));

        AccountProof nobody = AccountProof.Build(nodes, root, Address.FromNumber(0xdead), [present]);
        Assert.That(nobody.Account, Is.Null);
        Assert.That(nobody.Slots[0].Nodes, Is.Empty);
        Assert.That(Proof.Verify(root, StateEncoding.AccountKey(Address.FromNumber(0xdead)).Bytes, nobody.Nodes, out _), Is.EqualTo(ProofResult.Absent));
        Assert.Throws<ArgumentException>(() => AccountProof.Build(nodes, root, address, new UInt256[AccountProof.SlotsMax + 1]));
    }
}
