using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Storage.Engines;
using Chain.Storage.State;
using Chain.Trie;

namespace Chain.Storage.Maintenance;

/// <summary>
/// Walks the account trie and every storage trie in key order, side by side with the flat columns, which have the same order: one pass, memory of one path. Code is hashed once
/// for each hash. At the end the nodes reached are counted against the nodes stored, so that none is left that no trie names.
/// </summary>
internal sealed class StateVerifier(IKeyValueReader store, Action<Func<string>>? progress, CancellationToken cancellation) : ITrieNodeReader
{
    private readonly HashSet<Hash256> _codes = [];

    public long Accounts { get; private set; }

    public long Slots { get; private set; }

    public long Codes => _codes.Count;

    public long TrieNodes { get; private set; }

    public bool TryReadNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, out ReadOnlyMemory<byte> rlp)
    {
        bool found = store.TryGet(Column.TrieNodes, Schema.NodeKey(stackalloc byte[Schema.NodeKeySizeBytesMax], owner, nibblePath), out byte[] node);
        rlp = node;
        if (found) TrieNodes++;
        return found;
    }

    public void Run(Hash256 root)
    {
        using IKeyValueIterator flatAccounts = store.Iterate(Column.FlatAccounts);
        using IKeyValueIterator flatSlots = store.Iterate(Column.FlatSlots);
        bool hasAccount = flatAccounts.MoveNext();
        bool hasSlot = flatSlots.MoveNext();
        foreach ((byte[] keyBytes, ReadOnlyMemory<byte> value) in TrieLeaves.Enumerate(this, Hash256.Zero, root))
        {
            cancellation.ThrowIfCancellationRequested();
            Hash256 key = new(keyBytes);
            if (!StateEncoding.TryDecodeAccount(value.Span, out Account account)) throw new DifferenceException($"the account trie holds no account at key {key}");
            CompareAccount(hasAccount, flatAccounts, key, account);
            hasAccount = flatAccounts.MoveNext();
            if (account.HasCode) CheckCode(key, account.CodeHash);
            if (hasSlot && flatSlots.Key[..Hash256.SizeBytes].SequenceCompareTo(keyBytes) < 0) throw OrphanSlot(flatSlots.Key);
            hasSlot = CompareSlots(hasSlot, flatSlots, key, account.StorageRoot);
            Accounts++;
            progress?.Invoke(() => $"state: {Accounts} accounts and {Slots} slots, {(keyBytes[0] * 256 + keyBytes[1]) * 100 / 65536} %");
        }
        if (hasAccount) throw new DifferenceException($"the flat state has an account at key {new Hash256(flatAccounts.Key)}, and the account trie has none");
        if (hasSlot) throw OrphanSlot(flatSlots.Key);
        CountNodes();
    }

    private static DifferenceException OrphanSlot(ReadOnlySpan<byte> key) =>
        new($"the flat state has slot {new Hash256(key[Hash256.SizeBytes..])} of account {new Hash256(key[..Hash256.SizeBytes])}, and the tries have no such slot");

    private static void CompareAccount(bool hasFlat, IKeyValueIterator flat, in Hash256 key, in Account account)
    {
        int order = hasFlat ? flat.Key.SequenceCompareTo(key.Bytes) : 1;
        if (order < 0) throw new DifferenceException($"the flat state has an account at key {new Hash256(flat.Key)}, and the account trie has none");
        if (order > 0) throw new DifferenceException($"the account trie has an account at key {key}, and the flat state has none");
        if (!FlatCodec.TryDecodeAccount(flat.Value, out Account stored)) throw new DifferenceException($"the flat account at key {key} cannot be decoded");
        if (stored != account) throw new DifferenceException($"the account at key {key} is {Describe(account)} in the trie and {Describe(stored)} in the flat state");
    }

    private static string Describe(in Account account) => $"(nonce {account.Nonce}, balance {account.Balance}, code {account.CodeHash}, storage {account.StorageRoot})";

    private bool CompareSlots(bool hasFlat, IKeyValueIterator flat, Hash256 account, Hash256 storageRoot)
    {
        foreach ((byte[] keyBytes, ReadOnlyMemory<byte> rlp) in TrieLeaves.Enumerate(this, account, storageRoot))
        {
            cancellation.ThrowIfCancellationRequested();
            Hash256 slot = new(keyBytes);
            if (!StateEncoding.TryDecodeSlot(rlp.Span, out UInt256 value)) throw new DifferenceException($"the storage trie of account {account} holds no value at slot {slot}");
            bool isOfAccount = hasFlat && flat.Key.StartsWith(account.Bytes);
            int order = isOfAccount ? flat.Key[Hash256.SizeBytes..].SequenceCompareTo(keyBytes) : 1;
            if (order < 0) throw OrphanSlot(flat.Key);
            if (order > 0) throw new DifferenceException($"the storage trie of account {account} has slot {slot}, and the flat state has not");
            if (flat.Value.Length > UInt256.SizeBytes || UInt256.FromBigEndian(flat.Value) != value)
                throw new DifferenceException($"slot {slot} of account {account} is {value} in the trie and 0x{Convert.ToHexStringLower(flat.Value)} in the flat state");
            hasFlat = flat.MoveNext();
            Slots++;
            if (Slots % 1024 == 0) progress?.Invoke(() => $"state: {Accounts} accounts and {Slots} slots");
        }
        if (hasFlat && flat.Key.StartsWith(account.Bytes)) throw OrphanSlot(flat.Key);
        return hasFlat;
    }

    private void CheckCode(in Hash256 key, in Hash256 codeHash)
    {
        if (!_codes.Add(codeHash)) return;
        if (!store.TryGet(Column.Code, codeHash.Bytes, out byte[] code)) throw new DifferenceException($"the code {codeHash} of account {key} is missing");
        Hash256 found = Keccak256.Hash(code);
        if (found != codeHash) throw new DifferenceException($"the code of account {key} has hash {found}, and {codeHash} is its name");
    }

    private void CountNodes()
    {
        long stored = 0;
        using IKeyValueIterator nodes = store.Iterate(Column.TrieNodes);
        while (nodes.MoveNext())
        {
            if (++stored % 4096 == 0) cancellation.ThrowIfCancellationRequested();
        }
        if (stored != TrieNodes) throw new DifferenceException($"{stored} trie nodes are stored, and the tries reach {TrieNodes}");
    }
}
