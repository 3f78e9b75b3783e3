using System.Buffers.Binary;
using Chain.Consensus.Building;
using Chain.Consensus.Pool;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.State;
using Chain.Storage;

namespace Chain.Consensus.Engines;

/// <summary>
/// The engine of development chains: makes a block as soon as a transaction waits, at intervals, or when asked, and lets a developer move time, edit state, take snapshots and go back.
/// Safe for concurrent use.
/// </summary>
public sealed partial class DevEngine : IDisposable
{
    /// <summary>Most blocks one request may mine.</summary>
    public const int MineCountMax = 100_000;

    /// <summary>Most snapshots kept.</summary>
    public const int SnapshotsMax = 10_000;

    // Taken before the chain's lock, and that before _lock: the chain asks for a request while it produces.
    private readonly Lock _producing = new();
    private readonly Lock _lock = new();
    private readonly ChainManager _chain;
    private readonly Action<string> _reportFailure;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly List<Snapshot> _snapshots = [];
    private readonly Dictionary<Address, bool> _impersonated = [];
    private DevOptions _options;
    private Task _loop = Task.CompletedTask;
    private long _timeOffsetSeconds;
    private ulong? _nextTimestamp;
    private ulong? _blockTimestampInterval;
    private UInt256? _nextBaseFee;
    private Hash256? _nextPrevRandao;
    private ulong _nextSnapshotId = 1;

    /// <summary>An engine that does nothing until <see cref="Start"/>.</summary>
    /// <param name="chain">The chain it produces on.</param>
    /// <param name="options">Settings.</param>
    /// <param name="reportFailure">Receives one sentence when a block could not be made.</param>
    public DevEngine(ChainManager chain, DevOptions options, Action<string> reportFailure)
    {
        _chain = chain;
        _options = options;
        _reportFailure = reportFailure;
        _chain.GasLimitOverride = options.GasLimit;
        _chain.BaseFeeOverride = options.BaseFee;
        _chain.RefreshPool();
        _chain.Pool.Added += _ => Wake();
    }

    /// <summary>Current settings.</summary>
    public DevOptions Options
    {
        get
        {
            lock (_lock) return _options;
        }
    }

    /// <summary>True when every sender is treated as impersonated.</summary>
    public bool AutoImpersonate { get; set; }

    /// <summary>Seconds by which the chain's time is ahead of the clock.</summary>
    public long TimeOffsetSeconds
    {
        get
        {
            lock (_lock) return _timeOffsetSeconds;
        }
    }

    /// <summary>Begins to make blocks.</summary>
    public void Start()
    {
        _loop = Task.Run(RunAsync);
        Wake();
    }

    /// <summary>Changes when blocks are made.</summary>
    public void SetMode(MiningMode mode, int blockTimeMs = 1_000)
    {
        lock (_lock) _options = _options with { Mode = mode, BlockTimeMs = blockTimeMs };
        Wake();
    }

    /// <summary>Sets the gas limit of the next blocks.</summary>
    public void SetGasLimit(ulong gasLimit)
    {
        lock (_lock) _options = _options with { GasLimit = gasLimit };
        _chain.GasLimitOverride = gasLimit;
        _chain.RefreshPool();
    }

    /// <summary>Sets the fee recipient of the next blocks.</summary>
    public void SetCoinbase(in Address coinbase)
    {
        lock (_lock) _options = _options with { Coinbase = coinbase };
    }

    /// <summary>Sets the extra data of the next blocks.</summary>
    public void SetExtraData(ReadOnlyMemory<byte> extraData)
    {
        lock (_lock) _options = _options with { ExtraData = extraData };
    }

    /// <summary>Sets the base fee of the next block only, wei.</summary>
    public void SetNextBaseFee(in UInt256 baseFee)
    {
        lock (_lock) _nextBaseFee = baseFee;
        _chain.BaseFeeOverride = baseFee;
        _chain.RefreshPool();
    }

    /// <summary>Sets PREVRANDAO of the next block only.</summary>
    public void SetNextPrevRandao(in Hash256 value)
    {
        lock (_lock) _nextPrevRandao = value;
    }

    /// <summary>Moves the chain's time forward (or back), counted from the head block where that is ahead; returns the whole offset in seconds.</summary>
    public long IncreaseTime(long seconds)
    {
        long headOffset = (long)_chain.Head.Timestamp - ClockSeconds();
        lock (_lock) return _timeOffsetSeconds = Math.Max(_timeOffsetSeconds, headOffset) + seconds;
    }

    /// <summary>Sets the timestamp of the next block; false when it is not above the head's.</summary>
    public bool SetNextTimestamp(ulong timestamp)
    {
        if (timestamp <= _chain.Head.Timestamp) return false;
        lock (_lock) _nextTimestamp = timestamp;
        return true;
    }

    /// <summary>Sets the chain's clock; later blocks count on from it.</summary>
    public void SetTime(ulong timestamp)
    {
        lock (_lock) _timeOffsetSeconds = (long)timestamp - ClockSeconds();
    }

    /// <summary>Fixes the seconds between blocks; null follows the clock.</summary>
    public void SetTimestampInterval(ulong? seconds)
    {
        lock (_lock) _blockTimestampInterval = seconds;
    }

    /// <summary>Mines blocks now, with what waits in the pool.</summary>
    /// <param name="count">How many, at most <see cref="MineCountMax"/>.</param>
    /// <param name="intervalSeconds">Seconds between them; null for the usual time.</param>
    public void Mine(int count = 1, ulong? intervalSeconds = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MineCountMax);
        for (int i = 0; i < count; i++)
        {
            if (i > 0 && intervalSeconds is { } interval) SetNextTimestamp(_chain.Head.Timestamp + interval);
            MineOne();
        }
    }

    /// <summary>Remembers the present state of the chain; returns the snapshot's number.</summary>
    public ulong TakeSnapshot()
    {
        lock (_producing)
        {
            lock (_lock)
            {
                if (_snapshots.Count == SnapshotsMax) _snapshots.RemoveAt(0);
                Snapshot snapshot = new(_nextSnapshotId++, _chain.Database.Head.Number, _timeOffsetSeconds, _chain.Edits, [.. _chain.Pool.Content().SelectMany(c => c.Executable.Concat(c.Queued))]);
                _snapshots.Add(snapshot);
                return snapshot.Id;
            }
        }
    }

    /// <summary>Goes back to a snapshot and forgets it and later ones; false when there is no such snapshot or its block can no longer be reached.</summary>
    public bool RevertTo(ulong id)
    {
        lock (_producing)
        {
            Snapshot? snapshot;
            lock (_lock) snapshot = _snapshots.Find(s => s.Id == id);
            if (snapshot is null || _chain.Rewind(snapshot.BlockNumber) != Storage.MoveResult.Done) return false;
            _chain.RestoreEdits(snapshot.Edits);
            lock (_lock)
            {
                _snapshots.RemoveAll(s => s.Id >= id);
                _timeOffsetSeconds = snapshot.TimeOffsetSeconds;
                _nextTimestamp = null;
                _nextBaseFee = null;
                _nextPrevRandao = null;
            }
            _chain.BaseFeeOverride = Options.BaseFee;
            _chain.Pool.Clear();
            _chain.RefreshPool();
            foreach (PooledTransaction pooled in snapshot.Pooled)
            {
                if (pooled.IsImpersonated) _chain.Pool.AddImpersonated(pooled.Transaction, pooled.Sender);
                else _chain.Pool.Add(pooled.Transaction, pooled.IsLocal);
            }
            return true;
        }
    }

    /// <summary>Edits the state of the head outside any block: seen at once, and part of the next block.</summary>
    public void EditState(Action<WorldState> edit) => _chain.EditState(edit);

    /// <summary>Lets transactions be sent in this account's name without its key, or stops that.</summary>
    public void SetImpersonated(in Address account, bool impersonated)
    {
        lock (_lock)
        {
            if (impersonated) _impersonated[account] = true;
            else _impersonated.Remove(account);
        }
    }

    /// <summary>True when transactions may be sent in this account's name.</summary>
    public bool IsImpersonated(in Address account)
    {
        lock (_lock) return AutoImpersonate || _impersonated.ContainsKey(account);
    }

    /// <summary>Timestamp the next block would get now, seconds.</summary>
    public ulong NextTimestamp()
    {
        BlockHeader head = _chain.Head;
        lock (_lock) return ChooseTimestamp(head);
    }

    /// <summary>What the next block would be built with now; also used for the pending block.</summary>
    public BuildRequest NextRequest(BlockHeader head)
    {
        lock (_lock)
        {
            return new BuildRequest
            {
                ParentHash = _chain.Database.Head.Hash,
                Timestamp = ChooseTimestamp(head),
                Coinbase = _options.Coinbase,
                GasLimit = _options.GasLimit,
                PrevRandao = _nextPrevRandao ?? PrevRandaoAfter(head),
                BaseFeeOverride = _nextBaseFee ?? _options.BaseFee,
                ExtraData = _options.ExtraData,
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        Wake();
        _loop.Wait();
        _stop.Dispose();
        _work.Dispose();
    }

    /// <summary>Makes one block when a transaction waits. It is asked while nobody else can move the chain: a snapshot gone back to meanwhile leaves nothing to mine.</summary>
    private int MineWaiting()
    {
        lock (_producing) return _chain.Pool.HasExecutable ? MineOne() : 0;
    }

    /// <summary>Makes one block; returns how many transactions it has.</summary>
    private int MineOne()
    {
        lock (_producing)
        {
            ExecutedBlock made = _chain.Produce(NextRequest);
            lock (_lock)
            {
                // Later blocks count on from a timestamp that was asked for.
                if (_nextTimestamp is not null) _timeOffsetSeconds = (long)made.Block.Header.Timestamp - ClockSeconds();
                _nextTimestamp = null;
                _nextBaseFee = null;
                _nextPrevRandao = null;
            }
            if (_chain.BaseFeeOverride != Options.BaseFee)
            {
                _chain.BaseFeeOverride = Options.BaseFee;
                _chain.RefreshPool();
            }
            return made.Block.Transactions.Count;
        }
    }

    private ulong ChooseTimestamp(BlockHeader head)
    {
        if (_nextTimestamp is { } fixedTimestamp) return Math.Max(fixedTimestamp, head.Timestamp + 1);
        if (_blockTimestampInterval is { } interval) return head.Timestamp + Math.Max(interval, 1);
        long now = Math.Max(0, ClockSeconds() + _timeOffsetSeconds);
        return Math.Max((ulong)now, head.Timestamp + 1);
    }

    /// <summary>Deterministic and different in every block: a development chain has no beacon to take it from.</summary>
    private static Hash256 PrevRandaoAfter(BlockHeader head)
    {
        Span<byte> seed = stackalloc byte[Hash256.SizeBytes + sizeof(ulong)];
        head.MixHash.Bytes.CopyTo(seed);
        BinaryPrimitives.WriteUInt64BigEndian(seed[Hash256.SizeBytes..], head.Number + 1);
        return Keccak256.Hash(seed);
    }

    private static long ClockSeconds() => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private void Wake()
    {
        if (_work.CurrentCount == 0) _work.Release();
    }

    private async Task RunAsync()
    {
        const int RetryMs = 1_000;
        long nextBlockAtMs = Environment.TickCount64 + Options.BlockTimeMs;
        string? failing = null;
        while (!_stop.IsCancellationRequested)
        {
            DevOptions options = Options;
            try
            {
                if (options.Mode == MiningMode.Interval)
                {
                    long waitMs = nextBlockAtMs - Environment.TickCount64;
                    if (waitMs > 0)
                    {
                        await Task.Delay((int)Math.Min(waitMs, 200), _stop.Token).ConfigureAwait(false);
                        continue;
                    }
                    MineOne();
                    Recovered();
                    nextBlockAtMs = Math.Max(nextBlockAtMs + options.BlockTimeMs, Environment.TickCount64);
                    continue;
                }
                await _work.WaitAsync(_stop.Token).ConfigureAwait(false);
                nextBlockAtMs = Environment.TickCount64 + Options.BlockTimeMs;
                // An empty block means that what waits does not fit (its blob fee, a lowered gas limit): more of them would not help.
                while (Options.Mode == MiningMode.Instant && !_stop.IsCancellationRequested && MineWaiting() > 0) Recovered();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                // Said once for each cause; tried again until it works, since a full disk gets space again without anybody telling.
                string cause = (e as StorageException)?.Error.ToString() ?? e.Message;
                if (failing != cause) _reportFailure($"No block could be made, and it is tried again every {RetryMs / 1_000} s: {e.Message}");
                failing = cause;
                await Task.WhenAny(Task.Delay(RetryMs, _stop.Token)).ConfigureAwait(false);
                nextBlockAtMs = Environment.TickCount64;
                Wake();
            }
        }

        void Recovered()
        {
            if (failing is not null) _reportFailure("Blocks are made again.");
            failing = null;
        }
    }

    private sealed record Snapshot(ulong Id, ulong BlockNumber, long TimeOffsetSeconds, StateEdits Edits, IReadOnlyList<PooledTransaction> Pooled);
}
