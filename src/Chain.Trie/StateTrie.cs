using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Core.State;
using Chain.Core.Threading;

namespace Chain.Trie;

/// <summary>State roots: of a change on top of a stored state, and of a whole small state without a store.</summary>
public static class StateTrie
{
    /// <summary>From this many changed slots in at least two accounts on, storage tries are updated in parallel.</summary>
    public const int ParallelSlotsMin = 64;

    /// <summary>
    /// Applies a change to the stored tries: storage tries first, then the account trie. The calls to the writer are ordered by hashed address, whatever ran in parallel.
    /// </summary>
    /// <param name="parentRoot">Root of the account trie that <paramref name="reader"/> shows.</param>
    /// <param name="reader">Trie nodes before the change; read by several threads.</param>
    /// <param name="parentState">Accounts before the change, for their storage roots; the same state as <paramref name="reader"/>.</param>
    /// <param name="delta">The change.</param>
    /// <param name="writer">Receives the changed nodes, from the calling thread.</param>
    /// <param name="newStorageRoots">Receives the storage root of each account of the change that exists after it.</param>
    /// <param name="warm">Tries in memory from changes before; null to begin with none.</param>
    /// <returns>Root of the account trie after the change.</returns>
    /// <exception cref="InvalidDataException">The database is damaged.</exception>
    public static Hash256 Apply(in Hash256 parentRoot, ITrieNodeReader reader, IStateReader parentState, StateDelta delta, ITrieNodeWriter writer, IDictionary<Address, Hash256> newStorageRoots, WarmTries? warm = null)
    {
        Dictionary<Hash256, PatriciaTrie>? tries = warm?.Rent();
        try
        {
            Hash256 root = Apply(parentRoot, reader, parentState, delta, writer, newStorageRoots, tries ?? []);
            if (tries is not null) warm!.Return(tries);
            return root;
        }
        catch
        {
            if (tries is not null) warm!.Renew();
            throw;
        }
    }

    private static Hash256 Apply(
        in Hash256 parentRoot, ITrieNodeReader reader, IStateReader parentState, StateDelta delta, ITrieNodeWriter writer, IDictionary<Address, Hash256> newStorageRoots, Dictionary<Hash256, PatriciaTrie> tries)
    {
        AccountWork[] works = SortByKey(delta);
        int storageTries = 0;
        long slots = 0;
        foreach (AccountWork work in works)
        {
            work.ParentStorageRoot = parentState.TryGetAccount(work.Address, out Account parent) ? parent.StorageRoot : Account.EmptyTrieRoot;
            work.StorageRoot = work.BaseStorageRoot;
            if (!work.HasSlots)
            {
                // A trie that is dropped must not be gone on with.
                if (work.BaseStorageRoot != work.ParentStorageRoot) tries.Remove(work.Key);
                continue;
            }
            work.Trie = TrieOf(tries, reader, work.Key, work.BaseStorageRoot);
            storageTries++;
            slots += work.Delta.Storage.Count;
        }

        bool inParallel = storageTries > 1 && slots >= ParallelSlotsMin;
        if (inParallel) UpdateStorageInParallel(works);

        PatriciaTrie accounts = TrieOf(tries, reader, Hash256.Zero, parentRoot);
        foreach (AccountWork work in works)
        {
            if (work.ParentStorageRoot != Account.EmptyTrieRoot && work.BaseStorageRoot == Account.EmptyTrieRoot) writer.DeleteStorageTrie(work.Key);
            if (work.HasSlots)
            {
                if (inParallel) work.Buffer!.Replay(work.Key, writer);
                else UpdateStorage(work, writer);
            }
            if (work.Delta.Exists) newStorageRoots[work.Address] = work.StorageRoot;
            accounts.Set(work.Key.Bytes, work.Delta.Exists ? StateEncoding.EncodeAccount(work.NewAccount) : default);
        }
        return accounts.Commit(writer);
    }

    /// <summary>The root of a state that has nothing but this: a genesis, or the state of a test. No store, no node objects.</summary>
    public static Hash256 ComputeRoot(StateDelta state)
    {
        AccountWork[] works = SortByKey(state);
        int count = 0;
        foreach (AccountWork work in works)
        {
            if (!work.Delta.Exists) continue;
            work.StorageRoot = work.Delta.Storage.Count == 0 ? Account.EmptyTrieRoot : SortedTrie.ComputeRoot(SortedSlots.Of(work.Delta.Storage));
            works[count++] = work;
        }
        return SortedTrie.ComputeRoot(new SortedAccounts(works, count));
    }

    private static AccountWork[] SortByKey(StateDelta delta)
    {
        AccountWork[] works = new AccountWork[delta.Accounts.Count];
        int count = 0;
        foreach ((Address address, AccountDelta account) in delta.Accounts) works[count++] = new AccountWork(address, account);
        Array.Sort(works, static (a, b) => a.Key.CompareTo(b.Key));
        return works;
    }

    private static PatriciaTrie TrieOf(Dictionary<Hash256, PatriciaTrie> tries, ITrieNodeReader reader, in Hash256 owner, in Hash256 root)
    {
        if (tries.TryGetValue(owner, out PatriciaTrie? trie) && trie.HasRoot(root)) trie.ReadFrom(reader);
        else tries[owner] = trie = new PatriciaTrie(reader, owner, root);
        return trie;
    }

    private static void UpdateStorageInParallel(AccountWork[] works)
    {
        SharedWork.Run(works.Length, i =>
        {
            AccountWork work = works[i];
            if (work.HasSlots) UpdateStorage(work, work.Buffer = new NodeBuffer());
        });
    }

    private static void UpdateStorage(AccountWork work, ITrieNodeWriter writer)
    {
        TrieEntry[] entries = new TrieEntry[work.Delta.Storage.Count];
        int count = 0;
        foreach ((UInt256 slot, UInt256 value) in work.Delta.Storage) entries[count++] = new TrieEntry(StateEncoding.SlotKey(slot), StateEncoding.EncodeSlot(value));
        Array.Sort(entries, static (a, b) => a.Key.CompareTo(b.Key));
        work.Trie!.Update(entries);
        work.StorageRoot = work.Trie.Commit(writer);
    }

    private sealed class AccountWork(in Address address, AccountDelta delta)
    {
        internal readonly Address Address = address;
        internal readonly AccountDelta Delta = delta;
        internal readonly Hash256 Key = StateEncoding.AccountKey(address);
        internal Hash256 ParentStorageRoot = Account.EmptyTrieRoot;
        internal Hash256 StorageRoot = Account.EmptyTrieRoot;
        internal PatriciaTrie? Trie;
        internal NodeBuffer? Buffer;

        internal bool HasSlots => Delta.Exists && Delta.Storage.Count > 0;

        /// <summary>What the slots of the change are put on.</summary>
        internal Hash256 BaseStorageRoot => Delta.Exists && !Delta.StorageCleared ? ParentStorageRoot : Account.EmptyTrieRoot;

        internal Account NewAccount => new(Delta.Nonce, Delta.Balance, Delta.CodeHash, StorageRoot);
    }

    private readonly struct SortedAccounts(AccountWork[] works, int count) : ISortedItems
    {
        public int Count => count;

        public int CopyKey(int position, Span<byte> destination)
        {
            works[position].Key.Bytes.CopyTo(destination);
            return Hash256.SizeBytes;
        }

        public void WriteValue(int position, ref RlpWriter value) => StateEncoding.WriteAccount(works[position].NewAccount, ref value);
    }

    private readonly struct SortedSlots((Hash256 Key, UInt256 Value)[] slots, int count) : ISortedItems
    {
        public int Count => count;

        internal static SortedSlots Of(Dictionary<UInt256, UInt256> storage)
        {
            (Hash256 Key, UInt256 Value)[] slots = new (Hash256, UInt256)[storage.Count];
            int count = 0;
            foreach ((UInt256 slot, UInt256 value) in storage)
                if (!value.IsZero) slots[count++] = (StateEncoding.SlotKey(slot), value);
            Array.Sort(slots, 0, count, Comparer<(Hash256 Key, UInt256 Value)>.Create(static (a, b) => a.Key.CompareTo(b.Key)));
            return new SortedSlots(slots, count);
        }

        public int CopyKey(int position, Span<byte> destination)
        {
            slots[position].Key.Bytes.CopyTo(destination);
            return Hash256.SizeBytes;
        }

        public void WriteValue(int position, ref RlpWriter value) => value.WriteUInt256(slots[position].Value);
    }
}
