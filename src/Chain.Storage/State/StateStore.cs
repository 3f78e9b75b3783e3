using System.Buffers.Binary;
using System.Collections.Concurrent;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Storage.Blocks;
using Chain.Storage.Caching;
using Chain.Storage.Engines;
using Chain.Trie;

namespace Chain.Storage.State;

/// <summary>States by block: layers over the base on disk, and history below it. Readers are concurrent; writing goes through <see cref="ChainDatabase"/>.</summary>
public sealed partial class StateStore
{
    // Memory of one cached entry with its object headers and references.
    private const int AccountEntrySizeBytes = 192;
    private const int SlotEntrySizeBytes = 128;
    private const int OldValueSizeBytes = 200;

    private readonly IKeyValueStore _store;
    private readonly StorageOptions _options;
    private readonly BlockStore _blocks;
    private readonly ByteLruCache<Hash256, ReadOnlyMemory<byte>> _code;
    private readonly FlatCache<Hash256, Account?> _flatAccounts;
    private readonly FlatCache<(Hash256 Account, Hash256 Slot), UInt256> _flatSlots;
    private readonly ConcurrentDictionary<Hash256, StateLayer> _layers = [];
    private readonly PastTries _pastTries;
    private readonly WarmTries _warmTries;
    private volatile StateLayer _base;
    private volatile StateLayer _head;
    private ulong _oldestNumber;
    private long _layersSizeBytes;

    internal StateStore(IKeyValueStore store, StorageOptions options, BlockStore blocks)
    {
        _store = store;
        _options = options;
        _blocks = blocks;
        _code = new ByteLruCache<Hash256, ReadOnlyMemory<byte>>(options.CodeCacheBytes);
        _flatAccounts = new FlatCache<Hash256, Account?>(options.FlatCacheBytes / 2, AccountEntrySizeBytes);
        _flatSlots = new FlatCache<(Hash256, Hash256), UInt256>(options.FlatCacheBytes / 2, SlotEntrySizeBytes);
        _warmTries = new WarmTries(options.TrieCacheBytes);
        _pastTries = new PastTries(store, this, options.ProofCacheBytes);
        _base = _head = new StateLayer(this, null, 0);
    }

    /// <summary>State after the head block.</summary>
    public IStateView Head => _head;

    /// <summary>Oldest block whose state can be read.</summary>
    public ulong OldestNumber => Volatile.Read(ref _oldestNumber);

    /// <summary>Block of the merged state: a new block can be added on it or on a later one.</summary>
    public ulong BaseNumber => _base.Number;

    /// <summary>Layers above the base, on all branches.</summary>
    public int LayerCount => _layers.Count - 1;

    /// <summary>Memory of the layers on all branches and of the newest merged one, bytes by an estimate; kept in bounds by <see cref="StorageOptions.LayerBytesMax"/>.</summary>
    public long LayersSizeBytes => Interlocked.Read(ref _layersSizeBytes);

    /// <summary>The state after a block on any branch.</summary>
    public StateLookup TryGetStateAt(in Hash256 blockHash)
    {
        if (_layers.TryGetValue(blockHash, out StateLayer? layer)) return Found(layer);
        if (_blocks.GetHeader(blockHash) is not { } header) return Missing(StateAvailability.UnknownBlock);
        if (header.Number >= _base.Number || header.Number < OldestNumber || !_blocks.IsCanonical(blockHash)) return Missing(StateAvailability.NotKept);
        return Found(new HistoricalView(this, header.Number, blockHash, header.StateRoot));
    }

    /// <summary>The state after a canonical block.</summary>
    public StateLookup TryGetStateAt(ulong number) =>
        _blocks.TryGetCanonicalHash(number, out Hash256 hash) ? TryGetStateAt(hash) : Missing(StateAvailability.UnknownBlock);

    /// <summary>
    /// Computes the state that a delta makes of its parent, and its root, without writing anything. Thread-safe. The delta must not change until the state is committed or dropped.
    /// </summary>
    /// <exception cref="ArgumentException">The parent is not a view of this store with a trie.</exception>
    /// <exception cref="StateUnavailableException">The parent's state is gone.</exception>
    public PendingState Prepare(IStateView parent, StateDelta delta)
    {
        StateLayer? layer = parent as StateLayer ?? (parent as PendingState)?.Layer;
        if (layer is null || layer.Store != this) throw new ArgumentException("The parent is not a state of this store that has a trie.", nameof(parent));
        return Prepare(layer, delta, layer.Number + 1);
    }

    /// <summary>State root after a change to any view, history too; nothing is kept of it.</summary>
    /// <exception cref="StateUnavailableException">The view's state is gone meanwhile, or its tries take more memory than they may.</exception>
    public static Hash256 ComputeRoot(IStateView parent, StateDelta delta) =>
        StateTrie.Apply(parent.Root, parent, parent, delta, NoNodes.Instance, new Dictionary<Address, Hash256>(delta.Accounts.Count));

    /// <summary>State root of a genesis allocation, before any database exists (the genesis header needs it).</summary>
    public static Hash256 ComputeGenesisRoot(StateDelta allocation) => StateTrie.ComputeRoot(allocation);

    internal ReadOnlyMemory<byte> GetCode(in Hash256 codeHash)
    {
        if (codeHash == Keccak256.EmptyHash) return default;
        if (_code.TryGet(codeHash, out ReadOnlyMemory<byte> code)) return code;
        if (!_store.TryGet(Column.Code, codeHash.Bytes, out byte[] stored))
            throw new InvalidDataException($"The code with hash {codeHash} is not in the database in '{_store.Location}', which is damaged: restore it from a backup, or import the chain again.");
        if (Keccak256.Hash(stored) != codeHash) throw StorageErrors.Damaged(_store.Location, $"the code stored for {codeHash} has another hash");
        _code.Set(codeHash, stored, stored.Length + Hash256.SizeBytes);
        return stored;
    }

    internal bool TryReadBaseAccount(in Hash256 key, out Account account)
    {
        ulong hash = StateLayer.AccountHash(key);
        if (!_flatAccounts.TryGet(key, hash, out Account? cached))
        {
            long generation = _flatAccounts.Generation;
            Span<byte> value = stackalloc byte[FlatCodec.AccountSizeBytesMax];
            cached = Decode(key, value, _store.Read(Column.FlatAccounts, key.Bytes, value), out Account stored) ? stored : null;
            _flatAccounts.Fill(key, hash, cached, generation);
        }
        account = cached.GetValueOrDefault();
        return cached.HasValue;
    }

    internal UInt256 ReadBaseSlot(in Hash256 account, in Hash256 slot)
    {
        ulong hash = StateLayer.SlotHash(account, slot);
        if (_flatSlots.TryGet((account, slot), hash, out UInt256 cached)) return cached;
        long generation = _flatSlots.Generation;
        Span<byte> value = stackalloc byte[UInt256.SizeBytes];
        ReadOnlySpan<byte> key = Schema.SlotKey(stackalloc byte[2 * Hash256.SizeBytes], account, slot);
        int size = _store.Read(Column.FlatSlots, key, value);
        if (size > value.Length) throw StorageErrors.Damaged(_store.Location, $"slot {slot} of account {account} has {size} bytes");
        cached = size < 0 ? UInt256.Zero : UInt256.FromBigEndian(value[..size]);
        _flatSlots.Fill((account, slot), hash, cached, generation);
        return cached;
    }

    internal bool TryReadBaseNode(ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> rlp)
    {
        bool found = _store.TryGet(Column.TrieNodes, key, out byte[] node);
        rlp = node;
        return found;
    }

    /// <summary>An account at a layer that is, or was, the base.</summary>
    internal bool TryReadAccount(StateLayer origin, in Hash256 key, out Account account)
    {
        // The base is read first: a merge between the two reads then shows in history.
        bool found = TryReadBaseAccount(key, out account);
        return origin.Fate == LayerFate.Live ? found : TryReadPastAccount(origin, key, found, ref account);
    }

    /// <summary>A trie node after a canonical block below the base.</summary>
    internal bool TryReadPastNode(BlockId block, in Hash256 root, in Hash256 owner, ReadOnlySpan<byte> nibblePath, out ReadOnlyMemory<byte> rlp)
    {
        while (true)
        {
            if (block.Number < OldestNumber) throw Unavailable(block);
            PastTrie trie = _pastTries.Get(block, root);
            bool found = trie.TryReadNode(owner, nibblePath, out rlp);
            if (!trie.IsDropped) return found;
        }
    }

    /// <summary>The values that a block had of all that changed after it, up to a later block that is or was the base.</summary>
    /// <param name="block">The block.</param>
    /// <param name="last">Last block whose changes count.</param>
    /// <param name="checkSize">Is told the bytes collected so far; throws when they are too many.</param>
    internal SortedDictionary<byte[], byte[]> ReadOldValues(BlockId block, ulong last, Action<long> checkSize)
    {
        SortedDictionary<byte[], byte[]> oldValues = new(OldState.KeyOrder);
        HashSet<byte[]> seen = new(LayerNodes.KeyComparer.Instance);
        HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> seenByKey = seen.GetAlternateLookup<ReadOnlySpan<byte>>();
        Span<byte> historyKey = stackalloc byte[Schema.HistoryKeySizeBytesMax];
        long size = 0;
        using IKeyValueIterator blocks = _store.Iterate(Column.HistoryKeys, Schema.NumberKey(stackalloc byte[8], block.Number + 1), Schema.NumberKey(stackalloc byte[8], last + 1));
        while (blocks.MoveNext())
        {
            ulong number = BinaryPrimitives.ReadUInt64BigEndian(blocks.Key);
            ReadOnlySpan<byte> keys = blocks.Value;
            while (!keys.IsEmpty)
            {
                ReadOnlySpan<byte> kindAndKey = keys[..HistoryEntrySize(keys[0])];
                keys = keys[kindAndKey.Length..];
                // The first block that changed a value recorded the one asked for.
                if (!seenByKey.Add(kindAndKey)) continue;
                if (!_store.TryGet(Column.History, Schema.HistoryKey(historyKey, kindAndKey, number), out byte[] value))
                    throw block.Number < OldestNumber ? Unavailable(block) : StorageErrors.Damaged(_store.Location, $"an old value of block {number} is missing in column {Column.History}");
                oldValues[kindAndKey.ToArray()] = value;
                checkSize(size += (2 * kindAndKey.Length) + value.Length + OldValueSizeBytes);
            }
        }
        // Looked at last: pruning raises it before it deletes.
        if (block.Number < OldestNumber) throw Unavailable(block);
        return oldValues;
    }

    /// <summary>An account as history has it; false when it did not exist.</summary>
    internal bool DecodeOld(in Hash256 key, byte[] value, out Account account) => Decode(key, value, value.Length == 0 ? -1 : value.Length, out account);

    internal bool TryReadPastAccount(StateLayer layer, in Hash256 key, bool foundInBase, ref Account account) =>
        layer.Fate == LayerFate.Merged ? TryReadPastAccount(layer.Number, layer.BlockHash, key, foundInBase, ref account) : throw Unavailable(layer);

    internal UInt256 ReadPastSlot(StateLayer layer, in Hash256 account, in Hash256 slot, in UInt256 baseValue) =>
        layer.Fate == LayerFate.Merged ? ReadPastSlot(layer.Number, layer.BlockHash, account, slot, baseValue) : throw Unavailable(layer);

    internal bool TryReadPastAccount(ulong number, in Hash256 blockHash, in Hash256 key, bool foundInBase, ref Account account)
    {
        Span<byte> kindAndKey = stackalloc byte[1 + Hash256.SizeBytes];
        kindAndKey[0] = Schema.HistoryAccount;
        key.Bytes.CopyTo(kindAndKey[1..]);
        Span<byte> value = stackalloc byte[FlatCodec.AccountSizeBytesMax];
        int size = ReadHistory(number, blockHash, kindAndKey, value);
        if (size < 0) return foundInBase;
        return Decode(key, value, size == 0 ? -1 : size, out account);
    }

    internal UInt256 ReadPastSlot(ulong number, in Hash256 blockHash, in Hash256 account, in Hash256 slot, in UInt256 baseValue)
    {
        Span<byte> kindAndKey = stackalloc byte[1 + (2 * Hash256.SizeBytes)];
        kindAndKey[0] = Schema.HistorySlot;
        Schema.SlotKey(kindAndKey[1..], account, slot);
        Span<byte> value = stackalloc byte[UInt256.SizeBytes];
        int size = ReadHistory(number, blockHash, kindAndKey, value);
        return size < 0 ? baseValue : UInt256.FromBigEndian(value[..Math.Min(size, value.Length)]);
    }

    internal StateUnavailableException Unavailable(IStateView view) => Unavailable(new BlockId(view.Number, view.BlockHash));

    internal StateUnavailableException Unavailable(BlockId block) => new(block.Number, block.Hash, OldestNumber);

    internal bool TryGetLayer(in Hash256 blockHash, out StateLayer layer) => _layers.TryGetValue(blockHash, out layer!);

    private static StateLookup Found(IStateView view, StateStore store) => new(StateAvailability.Available, view, store.OldestNumber, store.BaseNumber);

    private StateLookup Found(IStateView view) => Found(view, this);

    private StateLookup Missing(StateAvailability availability) => new(availability, null, OldestNumber, BaseNumber);

    private PendingState Prepare(StateLayer parent, StateDelta delta, ulong number)
    {
        StateLayer layer = new(this, parent, number);
        Dictionary<Address, Hash256> storageRoots = new(delta.Accounts.Count);
        layer.Root = StateTrie.Apply(parent.Root, parent, parent, delta, layer.Nodes, storageRoots, _warmTries);
        foreach ((Address address, AccountDelta change) in delta.Accounts)
        {
            // A new account with nothing to clear is not marked: marks cost every later read and a range scan at the merge.
            bool cleared = (!change.Exists || change.StorageCleared) && parent.TryGetAccount(address, out Account before) && before.HasStorage;
            AccountChange entry = change.Exists
                ? new AccountChange(true, new Account(change.Nonce, change.Balance, change.CodeHash, storageRoots[address]), cleared)
                : new AccountChange(false, default, cleared);
            if (change.Exists && change.Storage.Count > 0)
            {
                entry.Slots = new Dictionary<Hash256, UInt256>(change.Storage.Count);
                foreach ((UInt256 slot, UInt256 value) in change.Storage) entry.Slots[KeyHashes.Of(slot)] = value;
            }
            layer.Accounts[KeyHashes.Of(address)] = entry;
        }
        foreach ((Hash256 hash, ReadOnlyMemory<byte> code) in delta.Code) layer.Code[hash] = code;
        layer.Seal();
        if (layer.Fate != LayerFate.Live) throw Unavailable(parent);
        return new PendingState(layer, delta);
    }

    private bool Decode(in Hash256 key, ReadOnlySpan<byte> value, int size, out Account account)
    {
        account = default;
        if (size < 0) return false;
        if (size > value.Length || !FlatCodec.TryDecodeAccount(value[..size], out account))
            throw StorageErrors.Damaged(_store.Location, $"the account with key {key} cannot be decoded");
        return true;
    }

    private int ReadHistory(ulong number, in Hash256 blockHash, ReadOnlySpan<byte> kindAndKey, Span<byte> value)
    {
        ReadOnlySpan<byte> lower = Schema.HistoryKey(stackalloc byte[Schema.HistoryKeySizeBytesMax], kindAndKey, number + 1);
        Span<byte> upper = stackalloc byte[Schema.HistoryKeySizeBytesMax];
        using IKeyValueIterator later = _store.Iterate(Column.History, lower, Schema.HistoryKey(upper, kindAndKey, ulong.MaxValue));
        int size = -1;
        if (later.MoveNext())
        {
            size = later.Value.Length;
            if (size > value.Length) throw StorageErrors.Damaged(_store.Location, $"an old value in column {Column.History} has {size} bytes");
            later.Value.CopyTo(value);
        }
        // Looked at last: pruning raises it before it deletes.
        if (number < OldestNumber) throw new StateUnavailableException(number, blockHash, OldestNumber);
        return size;
    }

    /// <summary>Where nodes go that nobody wants.</summary>
    private sealed class NoNodes : ITrieNodeWriter
    {
        public static readonly NoNodes Instance = new();

        public void WriteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, ReadOnlySpan<byte> rlp)
        {
        }

        public void DeleteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath)
        {
        }

        public void DeleteStorageTrie(in Hash256 owner)
        {
        }
    }
}
