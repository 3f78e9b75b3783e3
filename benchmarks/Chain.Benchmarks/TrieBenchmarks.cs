using BenchmarkDotNet.Attributes;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Trie;

namespace Chain.Benchmarks;

/// <summary>Building a trie of accounts from nothing, and its root.</summary>
public class TrieBenchmarks
{
    private readonly MemoryTrieNodes _none = new();
    private TrieEntry[] _entries = [];
    private StateDelta _state = new();

    [Params(100, 1_000, 10_000)]
    public int Accounts { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _entries = Entries(Accounts, balance: 1);
        _state = new StateDelta();
        for (int i = 0; i < Accounts; i++)
            _state.Accounts.Add(Samples.Recipient(i), new AccountDelta { Exists = true, Balance = (ulong)i + 1, CodeHash = Keccak256.EmptyHash });
    }

    [Benchmark]
    public PatriciaTrie Insert()
    {
        PatriciaTrie trie = new(_none, Hash256.Zero, Account.EmptyTrieRoot);
        trie.Update(_entries);
        return trie;
    }

    [Benchmark]
    public Hash256 InsertAndRoot() => Insert().ComputeRoot();

    /// <summary>The same root without node objects, key hashing and sorting included.</summary>
    [Benchmark]
    public Hash256 SortedRoot() => StateTrie.ComputeRoot(_state);

    internal static TrieEntry[] Entries(int count, ulong balance)
    {
        TrieEntry[] entries = new TrieEntry[count];
        for (int i = 0; i < count; i++)
        {
            Account account = new((ulong)i, new UInt256(balance + (ulong)i, 1), Keccak256.EmptyHash, Account.EmptyTrieRoot);
            entries[i] = new TrieEntry(StateEncoding.AccountKey(Samples.Recipient(i)), StateEncoding.EncodeAccount(account));
        }
        Array.Sort(entries, static (a, b) => a.Key.CompareTo(b.Key));
        return entries;
    }
}

/// <summary>A block's worth of changes on a stored trie: 1,000 accounts of 100,000, loaded, changed, hashed and written.</summary>
public class TrieUpdateBenchmarks : ITrieNodeWriter
{
    private const int Accounts = 100_000;
    private const int Changes = 1_000;

    private readonly MemoryTrieNodes _nodes = new();
    private readonly TrieEntry[] _changes = new TrieEntry[Changes];
    private Hash256 _root;
    private long _writtenBytes;

    [GlobalSetup]
    public void Setup()
    {
        PatriciaTrie trie = new(_nodes, Hash256.Zero, Account.EmptyTrieRoot);
        trie.Update(TrieBenchmarks.Entries(Accounts, balance: 1));
        _root = trie.Commit(_nodes);
        TrieEntry[] changed = TrieBenchmarks.Entries(Accounts, balance: 2);
        for (int i = 0; i < Changes; i++) _changes[i] = changed[i * (Accounts / Changes)];
    }

    [Benchmark]
    public Hash256 Update_1000_of_100000()
    {
        PatriciaTrie trie = new(_nodes, Hash256.Zero, _root);
        trie.Update(_changes);
        return trie.Commit(this);
    }

    // What is written is thrown away, so that each run starts from the same trie.
    void ITrieNodeWriter.WriteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, ReadOnlySpan<byte> rlp) => _writtenBytes += rlp.Length;

    void ITrieNodeWriter.DeleteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath) => _writtenBytes--;

    void ITrieNodeWriter.DeleteStorageTrie(in Hash256 owner) => _writtenBytes--;
}
