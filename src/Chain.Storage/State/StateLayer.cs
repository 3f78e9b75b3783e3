using System.Buffers.Binary;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Storage.Caching;

namespace Chain.Storage.State;

/// <summary>What happened to a layer with respect to the base.</summary>
internal enum LayerFate
{
    /// <summary>The base is this layer or an ancestor.</summary>
    Live,

    /// <summary>The base moved on above it: what its layers do not answer comes from history.</summary>
    Merged,

    /// <summary>Another branch was merged: its state is gone.</summary>
    Orphaned,
}

/// <summary>One account in a layer. Written while the layer is made, then only read.</summary>
internal sealed class AccountChange(bool exists, in Account account, bool isStorageCleared)
{
    public readonly bool Exists = exists;
    public readonly Account Account = account;
    public readonly bool IsStorageCleared = isStorageCleared;
    public Dictionary<Hash256, UInt256>? Slots;
}

/// <summary>
/// The state after one block as its differences to the parent's. Its contents never change after it is made; only its links do: <see cref="Parent"/> is cut when it becomes the base,
/// <see cref="Fate"/> is set before the base moves past it. A reader therefore walks layers, then reads the base, and looks at the fate last: if it is still live then, the base
/// had not moved past this layer when it was read.
/// </summary>
internal sealed class StateLayer : IStateView
{
    private const ulong SlotSalt = 0x9e3779b97f4a7c15UL;
    private const ulong ClearedSalt = 0xc2b2ae3d27d4eb4fUL;

    // What entries and objects take in memory beside the bytes they hold, with their share of a table's free places; a test compares the sum with the heap.
    private const int LayerSizeBytes = 1_024;
    private const int AccountSizeBytes = 240;
    private const int SlotTableSizeBytes = 128;
    private const int SlotSizeBytes = 104;
    private const int NodeSizeBytes = 96;
    private const int CodeSizeBytes = 128;

    /// <summary>A key's share of the filter that the layers have in common.</summary>
    private const int SharedFilterBytesPerKey = 6;

    private volatile StateLayer? _madeOn;
    private volatile bool _isCommitted;
    private volatile StateLayer? _parent;
    private volatile int _fate;

    public StateLayer(StateStore store, StateLayer? parent, ulong number)
    {
        Store = store;
        _parent = _madeOn = parent;
        Number = number;
        Filter = parent?.Filter ?? KeyFilter.CreateShared(0);
        OwnFilter = KeyFilter.Create(0);
    }

    public StateStore Store { get; }

    public StateLayer? Parent
    {
        get => _parent;
        set => _parent = value;
    }

    public List<StateLayer> Children { get; } = [];

    public Hash256 Root { get; set; } = Account.EmptyTrieRoot;

    public Hash256 BlockHash { get; private set; }

    public ulong Number { get; }

    public bool CanBuildOn => Fate == LayerFate.Live;

    /// <summary>True when it belongs to a stored block (or is the base).</summary>
    public bool IsCommitted => _isCommitted;

    public Dictionary<Hash256, AccountChange> Accounts { get; } = [];

    public LayerNodes Nodes { get; } = new();

    public Dictionary<Hash256, ReadOnlyMemory<byte>> Code { get; } = [];

    /// <summary>Keys of this layer and all below it, and perhaps of others.</summary>
    public KeyFilter Filter { get; private set; }

    /// <summary>Keys of this layer alone: a walk skips a layer by it at a fraction of the cost of a dictionary.</summary>
    public KeyFilter OwnFilter { get; private set; }

    public LayerFate Fate
    {
        get
        {
            // A pending layer is in no list: it lives as long as the layer it was made on does.
            if (_madeOn is { } madeOn && madeOn.Fate != LayerFate.Live) return LayerFate.Orphaned;
            return (LayerFate)_fate;
        }
        set => _fate = (int)value;
    }

    public bool TryGetAccount(in Address address, out Account account)
    {
        Hash256 key = KeyHashes.Of(address);
        ulong hash = AccountHash(key);
        if (Filter.MayContain(hash))
        {
            for (StateLayer? layer = this; layer is not null; layer = layer.Parent)
            {
                if (!layer.OwnFilter.MayContain(hash) || !layer.Accounts.TryGetValue(key, out AccountChange? change)) continue;
                account = change.Account;
                return change.Exists;
            }
        }
        bool found = Store.TryReadBaseAccount(key, out account);
        return Fate == LayerFate.Live ? found : Store.TryReadPastAccount(this, key, found, ref account);
    }

    public UInt256 GetStorage(in Address address, in UInt256 slot)
    {
        Hash256 key = KeyHashes.Of(address);
        Hash256 slotKey = KeyHashes.Of(slot);
        ulong hash = SlotHash(key, slotKey);
        ulong cleared = ClearedHash(key);
        if (Filter.MayContain(hash) || Filter.MayContain(cleared))
        {
            for (StateLayer? layer = this; layer is not null; layer = layer.Parent)
            {
                if (!layer.OwnFilter.MayContain(hash) && !layer.OwnFilter.MayContain(cleared)) continue;
                if (!layer.Accounts.TryGetValue(key, out AccountChange? change)) continue;
                if (change.Slots is { } slots && slots.TryGetValue(slotKey, out UInt256 changed)) return changed;
                if (change.IsStorageCleared) return UInt256.Zero;
            }
        }
        UInt256 value = Store.ReadBaseSlot(key, slotKey);
        return Fate == LayerFate.Live ? value : Store.ReadPastSlot(this, key, slotKey, value);
    }

    public ReadOnlyMemory<byte> GetCode(in Hash256 codeHash)
    {
        if (codeHash == Keccak256.EmptyHash) return default;
        for (StateLayer? layer = this; layer is { IsCommitted: false }; layer = layer.Parent)
            if (layer.Code.TryGetValue(codeHash, out ReadOnlyMemory<byte> code)) return code;
        return Store.GetCode(codeHash);
    }

    public bool TryReadNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, out ReadOnlyMemory<byte> rlp)
    {
        ReadOnlySpan<byte> key = Schema.NodeKey(stackalloc byte[Schema.NodeKeySizeBytesMax], owner, nibblePath);
        ulong hash = LayerNodes.HashOf(key);
        ulong cleared = ClearedHash(owner);
        if (Filter.MayContain(hash) || Filter.MayContain(cleared))
        {
            for (StateLayer? layer = this; layer is not null; layer = layer.Parent)
            {
                if (!layer.OwnFilter.MayContain(hash) && !layer.OwnFilter.MayContain(cleared)) continue;
                if (!layer.Nodes.TryGet(key, owner, out byte[] node)) continue;
                rlp = node;
                return node.Length > 0;
            }
        }
        bool found = Store.TryReadBaseNode(key, out rlp);
        return Fate switch
        {
            LayerFate.Live => found,
            LayerFate.Merged => Store.TryReadPastNode(new BlockId(Number, BlockHash), Root, owner, nibblePath, out rlp),
            _ => throw Store.Unavailable(this),
        };
    }

    /// <summary>Attaches the layer to its stored block.</summary>
    public void Commit(in Hash256 blockHash)
    {
        BlockHash = blockHash;
        _isCommitted = true;
        _madeOn = null;
    }

    /// <summary>Goes on with the parent's filter, or makes a new one of the living layers when that one is full of keys of merged ones.</summary>
    private void BuildFilter()
    {
        int own = KeyCount;
        KeyFilter? inherited = _parent?.Filter;
        if (inherited is not null && inherited.Count + own <= inherited.Capacity)
        {
            Filter = inherited;
            AddKeys(Filter);
            return;
        }
        int all = 0;
        for (StateLayer? layer = this; layer is not null; layer = layer.Parent) all += layer.KeyCount;
        Filter = KeyFilter.CreateShared(2 * all);
        for (StateLayer? layer = this; layer is not null; layer = layer.Parent) layer.AddKeys(Filter);
    }

    private int KeyCount { get; set; }

    /// <summary>Memory that the layer takes, bytes by an estimate.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Counts keys and memory, once the layer is complete.</summary>
    public void Seal()
    {
        int count = Nodes.Nodes.Count + Nodes.Dropped.Count;
        long size = LayerSizeBytes;
        foreach (AccountChange change in Accounts.Values)
        {
            count += 1 + (change.IsStorageCleared ? 1 : 0) + (change.Slots?.Count ?? 0);
            size += AccountSizeBytes + (change.Slots is { } slots ? SlotTableSizeBytes + ((long)slots.Count * SlotSizeBytes) : 0);
        }
        foreach ((byte[] key, byte[] node) in Nodes.Nodes) size += NodeSizeBytes + key.Length + node.Length;
        foreach (ReadOnlyMemory<byte> code in Code.Values) size += CodeSizeBytes + code.Length;
        KeyCount = count;
        OwnFilter = KeyFilter.Create(count);
        AddKeys(OwnFilter);
        BuildFilter();
        SizeBytes = size + OwnFilter.SizeBytes + ((long)count * SharedFilterBytesPerKey);
    }

    private void AddKeys(KeyFilter filter)
    {
        foreach ((Hash256 key, AccountChange change) in Accounts)
        {
            filter.Add(AccountHash(key));
            if (change.IsStorageCleared) filter.Add(ClearedHash(key));
            if (change.Slots is null) continue;
            foreach (Hash256 slot in change.Slots.Keys) filter.Add(SlotHash(key, slot));
        }
        foreach (byte[] key in Nodes.Nodes.Keys) filter.Add(LayerNodes.HashOf(key));
        foreach (Hash256 owner in Nodes.Dropped) filter.Add(ClearedHash(owner));
    }

    // The keys are Keccak hashes, hence already evenly spread; the salts keep the kinds apart.
    internal static ulong AccountHash(in Hash256 key) => BinaryPrimitives.ReadUInt64LittleEndian(key.Bytes);

    internal static ulong SlotHash(in Hash256 key, in Hash256 slot) =>
        (BinaryPrimitives.ReadUInt64LittleEndian(key.Bytes) * SlotSalt) ^ BinaryPrimitives.ReadUInt64LittleEndian(slot.Bytes);

    private static ulong ClearedHash(in Hash256 key) => BinaryPrimitives.ReadUInt64LittleEndian(key.Bytes) ^ ClearedSalt;
}
