using System.Numerics;
using System.Runtime.CompilerServices;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Evm.State;

/// <summary>
/// Accounts by address: open addressing with linear probing, at most half full, entries pooled over <see cref="Clear"/>.
/// Enumeration is in the order of first use, so that nothing depends on the hash, whose seed differs in every process.
/// </summary>
internal sealed class AccountTable
{
    private AccountEntry?[] _buckets = new AccountEntry?[256];
    private AccountEntry[] _entries = new AccountEntry[128];
    private int _count;

    /// <summary>The entries in use.</summary>
    public ReadOnlySpan<AccountEntry> Entries => _entries.AsSpan(0, _count);

    /// <summary>The entry of an address; a new one has only its address set and may carry old values.</summary>
    public AccountEntry GetOrAdd(in Address address, out bool isNew)
    {
        uint hash = (uint)address.GetHashCode();
        AccountEntry?[] buckets = _buckets;
        int mask = buckets.Length - 1;
        int bucket = (int)hash & mask;
        while (true)
        {
            AccountEntry? entry = buckets[bucket];
            if (entry is null) break;
            if (entry.Hash == hash && entry.Address.Equals(address))
            {
                isNew = false;
                return entry;
            }
            bucket = (bucket + 1) & mask;
        }
        isNew = true;
        return Add(address, hash, bucket);
    }

    /// <summary>Empties the table; costs in proportion to the entries in use.</summary>
    public void Clear()
    {
        foreach (AccountEntry entry in Entries) _buckets[entry.Bucket] = null;
        _count = 0;
    }

    private AccountEntry Add(in Address address, uint hash, int bucket)
    {
        if (_count == _entries.Length)
        {
            Grow();
            bucket = FreeBucket(hash);
        }
        AccountEntry entry = _entries[_count] ??= new AccountEntry();
        _count++;
        entry.Address = address;
        entry.Hash = hash;
        entry.Bucket = bucket;
        _buckets[bucket] = entry;
        return entry;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        _buckets = new AccountEntry?[_buckets.Length * 2];
        foreach (AccountEntry entry in Entries)
        {
            entry.Bucket = FreeBucket(entry.Hash);
            _buckets[entry.Bucket] = entry;
        }
    }

    private int FreeBucket(uint hash)
    {
        int mask = _buckets.Length - 1;
        int bucket = (int)hash & mask;
        while (_buckets[bucket] is not null) bucket = (bucket + 1) & mask;
        return bucket;
    }
}

/// <summary>Slots of all accounts by account and key; built as <see cref="AccountTable"/>.</summary>
internal sealed class SlotTable
{
    private SlotEntry?[] _buckets = new SlotEntry?[256];
    private SlotEntry[] _entries = new SlotEntry[128];
    private int _count;

    /// <summary>The entries in use.</summary>
    public ReadOnlySpan<SlotEntry> Entries => _entries.AsSpan(0, _count);

    /// <summary>The entry, or null.</summary>
    public SlotEntry? Find(AccountEntry account, in UInt256 key)
    {
        uint hash = HashOf(account, key);
        int mask = _buckets.Length - 1;
        for (int bucket = (int)hash & mask; _buckets[bucket] is { } entry; bucket = (bucket + 1) & mask)
        {
            if (entry.Hash == hash && entry.Account == account && entry.Key.Equals(key)) return entry;
        }
        return null;
    }

    /// <summary>The entry of a slot; a new one has only its account and key set and may carry old values.</summary>
    public SlotEntry GetOrAdd(AccountEntry account, in UInt256 key, out bool isNew)
    {
        uint hash = HashOf(account, key);
        SlotEntry?[] buckets = _buckets;
        int mask = buckets.Length - 1;
        int bucket = (int)hash & mask;
        while (true)
        {
            SlotEntry? entry = buckets[bucket];
            if (entry is null) break;
            if (entry.Hash == hash && entry.Account == account && entry.Key.Equals(key))
            {
                isNew = false;
                return entry;
            }
            bucket = (bucket + 1) & mask;
        }
        isNew = true;
        return Add(account, key, hash, bucket);
    }

    /// <summary>Empties the table; costs in proportion to the entries in use.</summary>
    public void Clear()
    {
        foreach (SlotEntry entry in Entries) _buckets[entry.Bucket] = null;
        _count = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint HashOf(AccountEntry account, in UInt256 key) => BitOperations.RotateLeft(account.Hash, 13) + (uint)key.GetHashCode();

    private SlotEntry Add(AccountEntry account, in UInt256 key, uint hash, int bucket)
    {
        if (_count == _entries.Length)
        {
            Grow();
            bucket = FreeBucket(hash);
        }
        SlotEntry entry = _entries[_count] ??= new SlotEntry();
        _count++;
        entry.Account = account;
        entry.Key = key;
        entry.Hash = hash;
        entry.Bucket = bucket;
        _buckets[bucket] = entry;
        return entry;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        _buckets = new SlotEntry?[_buckets.Length * 2];
        foreach (SlotEntry entry in Entries)
        {
            entry.Bucket = FreeBucket(entry.Hash);
            _buckets[entry.Bucket] = entry;
        }
    }

    private int FreeBucket(uint hash)
    {
        int mask = _buckets.Length - 1;
        int bucket = (int)hash & mask;
        while (_buckets[bucket] is not null) bucket = (bucket + 1) & mask;
        return bucket;
    }
}
