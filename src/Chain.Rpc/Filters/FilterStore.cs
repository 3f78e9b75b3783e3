using System.Security.Cryptography;
using Chain.Consensus;
using Chain.Consensus.Pool;
using Chain.Core.Primitives;
using Chain.Rpc.Json;
using Chain.Rpc.Methods;

namespace Chain.Rpc.Filters;

/// <summary>
/// The polled filters. Heads and transactions are noted in them at once, so that whoever saw a block also finds it in a filter. A filter
/// that nobody asks is dropped after a time, one that holds too much at once.
/// </summary>
public sealed class FilterStore : IDisposable
{
    /// <summary>Results that all filters together hold until they are asked for.</summary>
    public const int HeldMax = 1_000_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Filter> _filters = [];
    private readonly RpcChain _chain;
    private readonly TimeProvider _clock;
    private readonly long _heldMax;
    private long _held;

    /// <summary>An empty store that listens to a chain.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="clock">Clock; null for the system's.</param>
    /// <param name="heldMax">Results that all filters together hold until they are asked for.</param>
    public FilterStore(RpcChain chain, TimeProvider? clock = null, long heldMax = HeldMax)
    {
        _chain = chain;
        _heldMax = heldMax;
        _clock = clock ?? TimeProvider.System;
        chain.Manager.HeadChanged += OnHeadChanged;
        chain.Pool.Added += OnAdded;
    }

    private enum FilterKind : byte
    {
        Logs,
        Blocks,
        Transactions,
        FullTransactions,
    }

    /// <summary>Number of installed filters.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _filters.Count;
        }
    }

    /// <summary>Installs a filter of logs; null when there are too many filters.</summary>
    public string? InstallLogs(LogFilter logs) => Install(FilterKind.Logs, logs);

    /// <summary>Installs a filter of block hashes.</summary>
    public string? InstallBlocks() => Install(FilterKind.Blocks, null);

    /// <summary>Installs a filter of pending transactions.</summary>
    public string? InstallTransactions(bool full) => Install(full ? FilterKind.FullTransactions : FilterKind.Transactions, null);

    /// <summary>Removes a filter; false when there is none.</summary>
    public bool Uninstall(string id)
    {
        lock (_lock) return TryParse(id, out UInt128 key) && Remove(key);
    }

    /// <summary>Takes what came since the last time; null when there is no such filter.</summary>
    public IReadOnlyList<IJsonWritable>? TakeChanges(string id)
    {
        _chain.Manager.WaitForListeners();
        lock (_lock)
        {
            if (!TryParse(id, out UInt128 key) || !_filters.TryGetValue(key, out Filter? filter)) return null;
            filter.AskedAt = _clock.GetTimestamp();
            List<IJsonWritable> changes = filter.Changes;
            filter.Changes = [];
            _held -= changes.Count;
            return changes;
        }
    }

    /// <summary>The criteria of a filter of logs; null when there is no such filter.</summary>
    public LogFilter? LogsOf(string id)
    {
        lock (_lock)
        {
            if (!TryParse(id, out UInt128 key) || !_filters.TryGetValue(key, out Filter? filter)) return null;
            filter.AskedAt = _clock.GetTimestamp();
            return filter.Logs;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _chain.Manager.HeadChanged -= OnHeadChanged;
        _chain.Pool.Added -= OnAdded;
    }

    private string? Install(FilterKind kind, LogFilter? logs)
    {
        lock (_lock)
        {
            DropIdle();
            if (_filters.Count >= _chain.Limits.FiltersMax) return null;
            Span<byte> random = stackalloc byte[16];
            RandomNumberGenerator.Fill(random);
            UInt128 key = new(BitConverter.ToUInt64(random), BitConverter.ToUInt64(random[8..]));
            _filters[key] = new Filter { Kind = kind, Logs = logs, AskedAt = _clock.GetTimestamp() };
            return $"0x{key:x}";
        }
    }

    private void OnHeadChanged(HeadChange change)
    {
        lock (_lock)
        {
            if (_filters.Count == 0) return;
            DropIdle();
            foreach ((UInt128 key, Filter filter) in _filters)
            {
                _held -= filter.Changes.Count;
                if (filter.Kind == FilterKind.Blocks)
                {
                    foreach (ExecutedBlock block in change.Added) filter.Changes.Add(new HexDataItem(block.Hash));
                }
                else if (filter.Kind == FilterKind.Logs)
                {
                    foreach (ExecutedBlock block in change.Removed) Collect(filter, block, removed: true);
                    foreach (ExecutedBlock block in change.Added) Collect(filter, block, removed: false);
                }
                _held += filter.Changes.Count;
                if (filter.Changes.Count > _chain.Limits.FilterResultsMax) Remove(key);
            }
            Bound();
        }
    }

    private void Collect(Filter filter, ExecutedBlock block, bool removed)
    {
        LogFilter wanted = filter.Logs!;
        ulong number = block.Block.Header.Number;
        if (wanted.FromBlock.Tag == BlockTag.Number && number < wanted.FromBlock.Number) return;
        if (wanted.ToBlock.Tag == BlockTag.Number && number > wanted.ToBlock.Number) return;
        if (!wanted.MayMatch(block.Block.Header.LogsBloom)) return;
        List<LogJson> logs = [];
        RpcChain.TryCollectLogs(block, wanted, removed, logs, _chain.Limits.FilterResultsMax + 1);
        filter.Changes.AddRange(logs);
    }

    private void OnAdded(PooledTransaction pooled)
    {
        lock (_lock)
        {
            IJsonWritable? hash = null, whole = null;
            foreach ((UInt128 key, Filter filter) in _filters)
            {
                if (filter.Kind == FilterKind.Transactions) filter.Changes.Add(hash ??= new HexDataItem(pooled.Transaction.Hash));
                else if (filter.Kind == FilterKind.FullTransactions) filter.Changes.Add(whole ??= RpcChain.ToJson(pooled));
                else continue;
                _held++;
                if (filter.Changes.Count > _chain.Limits.FilterResultsMax) Remove(key);
            }
            Bound();
        }
    }

    private bool Remove(UInt128 key)
    {
        if (!_filters.Remove(key, out Filter? filter)) return false;
        _held -= filter.Changes.Count;
        return true;
    }

    /// <summary>Drops the filters that were not asked for longest while all together hold too much.</summary>
    private void Bound()
    {
        while (_held > _heldMax) Remove(_filters.MinBy(entry => entry.Value.AskedAt).Key);
    }

    private void DropIdle()
    {
        TimeSpan idle = TimeSpan.FromMilliseconds(_chain.Limits.FilterIdleMs);
        foreach ((UInt128 key, Filter filter) in _filters)
        {
            if (_clock.GetElapsedTime(filter.AskedAt) > idle) Remove(key);
        }
    }

    private static bool TryParse(string id, out UInt128 key)
    {
        key = default;
        return id.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && UInt128.TryParse(id.AsSpan(2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out key);
    }

    private sealed class Filter
    {
        public required FilterKind Kind { get; init; }

        public LogFilter? Logs { get; init; }

        public long AskedAt { get; set; }

        public List<IJsonWritable> Changes { get; set; } = [];
    }
}

/// <summary>A hash in a list of wire objects.</summary>
/// <param name="Hash">The hash.</param>
internal sealed record HexDataItem(Hash256 Hash) : IJsonWritable
{
    public void WriteTo(System.Text.Json.Utf8JsonWriter writer) => writer.WriteDataValue(Hash.Bytes);
}
