using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;

namespace Chain.Trie.Tests;

/// <summary>State roots over random changes, against the same state from scratch.</summary>
public sealed class StateTrieTests
{
    [Test]
    public void An_empty_state_has_the_empty_root() => Assert.That(StateTrie.ComputeRoot(new StateDelta()), Is.EqualTo(Account.EmptyTrieRoot));

    [Test]
    public void Changes_give_the_root_the_storage_roots_and_the_nodes_of_the_state_from_scratch([Values(3, 60)] int slotsMax, [Range(1, 12)] int seed, [Values(-1, 20_000, 64 << 20)] long warmBytesMax)
    {
        WarmTries? warm = warmBytesMax < 0 ? null : new WarmTries(warmBytesMax);
        Random random = new(seed);
        StateModel state = new();
        MemoryTrieNodes nodes = new();
        Hash256 root = Account.EmptyTrieRoot;
        for (int block = 0; block < 12; block++)
        {
            (StateDelta delta, StateModel after) = RandomChange(random, state, slotsMax);
            Dictionary<Address, Hash256> changedRoots = [];
            root = StateTrie.Apply(root, nodes, state, delta, nodes, changedRoots, warm);
            Assert.That(root, Is.EqualTo(StateTrie.ComputeRoot(after.AsDelta())), $"block {block}");
            Assert.That(changedRoots.Keys, Is.EquivalentTo(delta.Accounts.Where(static a => a.Value.Exists).Select(static a => a.Key)));

            MemoryTrieNodes fresh = new();
            Dictionary<Address, Hash256> allRoots = [];
            Assert.That(StateTrie.Apply(Account.EmptyTrieRoot, fresh, new StateModel(), after.AsDelta(), fresh, allRoots), Is.EqualTo(root));
            Assert.That(TrieModel.Content(nodes), Is.EquivalentTo(TrieModel.Content(fresh)), $"block {block}");
            foreach ((Address address, Hash256 storageRoot) in changedRoots) Assert.That(storageRoot, Is.EqualTo(allRoots[address]));
            after.StorageRoots = allRoots;
            state = after;
        }
    }

    [Test]
    public void Warm_tries_go_from_branch_to_branch_and_over_changes_that_are_dropped([Range(1, 8)] int seed)
    {
        Random random = new(seed);
        WarmTries warm = new(64 << 20);
        List<(StateModel State, Hash256 Root, MemoryTrieNodes Nodes)> known = [(new StateModel(), Account.EmptyTrieRoot, new MemoryTrieNodes())];
        for (int block = 0; block < 40; block++)
        {
            (StateModel state, Hash256 root, MemoryTrieNodes before) = known[random.Next(Math.Max(0, known.Count - 4), known.Count)];
            (StateDelta delta, StateModel after) = RandomChange(random, state, 20);
            MemoryTrieNodes nodes = new();
            foreach ((Hash256 owner, ReadOnlyMemory<byte> path, ReadOnlyMemory<byte> rlp) in before.Nodes) nodes.WriteNode(owner, path.Span, rlp.Span);
            Hash256 found = StateTrie.Apply(root, before, state, delta, nodes, new Dictionary<Address, Hash256>(), warm);
            Assert.That(found, Is.EqualTo(StateTrie.ComputeRoot(after.AsDelta())), $"block {block}");
            if (random.Next(4) == 0) continue;
            MemoryTrieNodes fresh = new();
            Dictionary<Address, Hash256> storageRoots = [];
            StateTrie.Apply(Account.EmptyTrieRoot, fresh, new StateModel(), after.AsDelta(), fresh, storageRoots);
            Assert.That(TrieModel.Content(nodes), Is.EquivalentTo(TrieModel.Content(fresh)), $"block {block}");
            after.StorageRoots = storageRoots;
            known.Add((after, found, nodes));
        }
    }

    [Test]
    public void Many_storage_tries_are_written_in_the_same_order_every_time()
    {
        StateModel state = RandomState(new Random(9), accounts: 40, slotsMax: 50);
        StateDelta delta = state.AsDelta();
        List<string>[] logs = [[], []];
        foreach (List<string> log in logs) StateTrie.Apply(Account.EmptyTrieRoot, new MemoryTrieNodes(), new StateModel(), delta, new LogWriter(log), new Dictionary<Address, Hash256>());
        Assert.That(delta.Accounts.Sum(static a => a.Value.Storage.Count), Is.GreaterThan(StateTrie.ParallelSlotsMin));
        Assert.That(logs[1], Is.EqualTo(logs[0]));
        Assert.That(logs[0], Is.Not.Empty);
    }

    [Test]
    public void A_damaged_storage_trie_is_reported_the_same_way_serial_and_parallel([Values(1, 40)] int slotsEach)
    {
        StateModel state = new();
        StateDelta change = new();
        for (int i = 1; i <= 4; i++)
        {
            Dictionary<UInt256, UInt256> storage = Enumerable.Range(0, 50).ToDictionary(static s => new UInt256((ulong)s), static s => new UInt256((ulong)s + 1));
            state.Accounts[Address.FromNumber((ulong)i)] = new StateModel.Entry(1, UInt256.One, Keccak256.EmptyHash, storage);
            AccountDelta delta = new() { Exists = true, Nonce = 1, Balance = UInt256.One, CodeHash = Keccak256.EmptyHash };
            for (int s = 0; s < slotsEach; s++) delta.Storage[new UInt256((ulong)s)] = UInt256.MaxValue;
            change.Accounts[Address.FromNumber((ulong)i)] = delta;
        }
        MemoryTrieNodes nodes = new();
        Hash256 root = StateTrie.Apply(Account.EmptyTrieRoot, nodes, new StateModel(), state.AsDelta(), nodes, state.StorageRoots);
        Hash256 owner = StateEncoding.AccountKey(Address.FromNumber(3));
        nodes.DeleteNode(owner, default);
        InvalidDataException damage = Assert.Throws<InvalidDataException>(() => StateTrie.Apply(root, nodes, state, change, new PatriciaTrieTests.CountingWriter(), new Dictionary<Address, Hash256>()))!;
        Assert.That(damage.Message, Does.Contain(owner.ToString()));
    }

    [Test]
    public void Accounts_and_slots_survive_their_encoding()
    {
        Account account = new(ulong.MaxValue, UInt256.MaxValue, Keccak256.Hash("a"u8), Keccak256.Hash("b"u8));
        Assert.That(StateEncoding.TryDecodeAccount(StateEncoding.EncodeAccount(account), out Account back), Is.True);
        Assert.That(back, Is.EqualTo(account));
        Assert.That(StateEncoding.TryDecodeAccount([0xc0], out _), Is.False);
        Assert.That(StateEncoding.EncodeSlot(UInt256.Zero), Is.Empty);
        Assert.That(StateEncoding.TryDecodeSlot(StateEncoding.EncodeSlot(UInt256.MaxValue), out UInt256 value), Is.True);
        Assert.That(value, Is.EqualTo(UInt256.MaxValue));
        Assert.That(StateEncoding.TryDecodeSlot([0x80], out _), Is.False);
    }

    internal static StateModel RandomState(Random random, int accounts, int slotsMax)
    {
        StateModel state = new();
        for (int i = 1; i <= accounts; i++) state.Accounts[Address.FromNumber((ulong)i)] = RandomEntry(random, slotsMax);
        return state;
    }

    private static StateModel.Entry RandomEntry(Random random, int slotsMax)
    {
        Dictionary<UInt256, UInt256> storage = [];
        if (random.Next(2) == 0)
            for (int i = random.Next(slotsMax); i >= 0; i--) storage[RandomSlot(random, slotsMax)] = RandomSlotValue(random);
        return new StateModel.Entry((ulong)random.Next(5), new UInt256((ulong)random.NextInt64()), random.Next(2) == 0 ? Keccak256.EmptyHash : Keccak256.Hash([(byte)random.Next(4)]), storage);
    }

    private static UInt256 RandomSlot(Random random, int slotsMax) => new((ulong)random.Next(2 * slotsMax));

    private static UInt256 RandomSlotValue(Random random) => random.Next(3) == 0 ? UInt256.MaxValue : new UInt256((ulong)random.Next(1, 1000));

    private static (StateDelta Delta, StateModel After) RandomChange(Random random, StateModel before, int slotsMax)
    {
        StateModel after = new() { Accounts = before.Accounts.ToDictionary(static a => a.Key, static a => a.Value with { Storage = new(a.Value.Storage) }) };
        StateDelta delta = new();
        for (int i = random.Next(1, 10); i > 0; i--)
        {
            Address address = Address.FromNumber((ulong)random.Next(1, 25));
            if (delta.Accounts.ContainsKey(address)) continue;
            int kind = random.Next(10);
            if (kind < 2)
            {
                // A deleted account's other members mean nothing, so they are filled with noise.
                AccountDelta gone = new() { Exists = false, StorageCleared = kind == 0, Nonce = 3 };
                gone.Storage[UInt256.One] = UInt256.One;
                delta.Accounts[address] = gone;
                after.Accounts.Remove(address);
                continue;
            }
            bool isCleared = kind == 2 || !before.Accounts.ContainsKey(address);
            StateModel.Entry next = RandomEntry(random, slotsMax);
            AccountDelta change = new() { Exists = true, Nonce = next.Nonce, Balance = next.Balance, CodeHash = next.CodeHash, StorageCleared = isCleared && random.Next(2) == 0 };
            if (kind == 2) change.StorageCleared = true;
            Dictionary<UInt256, UInt256> storage = change.StorageCleared || !before.Accounts.TryGetValue(address, out StateModel.Entry? old) ? [] : new(old.Storage);
            foreach ((UInt256 slot, UInt256 value) in next.Storage)
            {
                change.Storage[slot] = random.Next(3) == 0 ? UInt256.Zero : value;
                if (change.Storage[slot].IsZero) storage.Remove(slot);
                else storage[slot] = value;
            }
            delta.Accounts[address] = change;
            after.Accounts[address] = next with { Storage = storage };
        }
        return (delta, after);
    }

    private sealed class LogWriter(List<string> log) : ITrieNodeWriter
    {
        public void WriteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, ReadOnlySpan<byte> rlp) => log.Add($"w {owner} {TriePath.Format(nibblePath)} {Hex.Encode(rlp)}");

        public void DeleteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath) => log.Add($"d {owner} {TriePath.Format(nibblePath)}");

        public void DeleteStorageTrie(in Hash256 owner) => log.Add($"x {owner}");
    }
}
