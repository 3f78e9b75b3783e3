using Chain.Consensus.Building;
using Chain.Consensus.Pool;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Storage;

namespace Chain.Consensus.Engines;

/// <summary>How a block or a forkchoice was judged (Engine API, PayloadStatusV1).</summary>
public enum PayloadVerdict : byte
{
    /// <summary>The block is valid.</summary>
    Valid,

    /// <summary>The block, or an ancestor, is not.</summary>
    Invalid,

    /// <summary>Something before it is missing here.</summary>
    Syncing,
}

/// <summary>Verdict with what belongs to it.</summary>
/// <param name="Verdict">Verdict.</param>
/// <param name="LatestValid">Hash of the newest valid block among the block and its ancestors; null when unknown.</param>
/// <param name="Problem">What is wrong, for the operator.</param>
public readonly record struct PayloadStatus(PayloadVerdict Verdict, Hash256? LatestValid, string? Problem = null);

/// <summary>Outcome of a forkchoice.</summary>
public enum ForkchoiceOutcome : byte
{
    /// <summary>Judged; see the status.</summary>
    Judged,

    /// <summary>Safe or finalised block are not ancestors of the head.</summary>
    Inconsistent,
}

/// <summary>
/// The engine of chains that a consensus client drives (Engine API): it inserts the client's blocks, moves the head, the safe and the finalised block where the client says, and
/// builds blocks that go on improving until the client asks for them. Safe for concurrent use.
/// </summary>
public sealed class ExternalEngine : IDisposable
{
    /// <summary>Time over which a block being built is improved, milliseconds: one slot.</summary>
    public const int ImproveMs = 12_000;

    private const int ImproveIntervalMs = 250;
    private const int PayloadsMax = 16;
    private const int InvalidMax = 1_024;

    private readonly Lock _lock = new();
    private readonly ChainManager _chain;
    private readonly Dictionary<Hash256, Hash256> _latestValidOfInvalid = [];
    private readonly Queue<Hash256> _invalidOrder = [];
    private readonly Dictionary<ulong, PayloadJob> _payloads = [];
    private readonly Queue<ulong> _payloadOrder = [];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>An engine on a chain.</summary>
    public ExternalEngine(ChainManager chain) => _chain = chain;

    /// <summary>Validates a block and stores it; the head stays.</summary>
    public PayloadStatus Insert(Block block)
    {
        Hash256 hash = block.Header.Hash;
        Hash256 parentHash = block.Header.ParentHash;
        if (InvalidAncestorOf(hash) is { } known) return new PayloadStatus(PayloadVerdict.Invalid, known, "the block was found invalid before");
        if (InvalidAncestorOf(parentHash) is { } valid)
        {
            Remember(hash, valid);
            return new PayloadStatus(PayloadVerdict.Invalid, valid, $"its ancestor {parentHash} is invalid");
        }
        if (!_chain.Database.Blocks.Contains(hash) && !_chain.Database.States.TryGetStateAt(parentHash).TryGet(out _))
            return new PayloadStatus(PayloadVerdict.Syncing, null);
        ImportResult result = _chain.Insert(block);
        if (result.IsAccepted) return new PayloadStatus(PayloadVerdict.Valid, hash);
        if (result.Status == ImportStatus.UnknownParent) return new PayloadStatus(PayloadVerdict.Syncing, null);
        // A parent before the merge is no valid block of the chain that the client follows (EIP-3675).
        BlockHeader parent = _chain.Database.Blocks.GetHeader(parentHash)!;
        Hash256 latestValid = _chain.Contexts.IsPostMerge(parent) || parent.Number == 0 ? parentHash : Hash256.Zero;
        Remember(hash, latestValid);
        return new PayloadStatus(PayloadVerdict.Invalid, latestValid, result.Detail.Length > 0 ? $"{result.ErrorName}: {result.Detail}" : result.ErrorName);
    }

    /// <summary>Moves head, safe and finalised block; zero hashes leave the latter two.</summary>
    /// <param name="head">Head.</param>
    /// <param name="safe">Safe block.</param>
    /// <param name="finalized">Finalised block.</param>
    /// <param name="status">The head's status.</param>
    /// <param name="isOld">True when the head is an ancestor of the present one, so that nothing moved and nothing is to be built.</param>
    public ForkchoiceOutcome SetForkchoice(in Hash256 head, in Hash256 safe, in Hash256 finalized, out PayloadStatus status, out bool isOld)
    {
        isOld = false;
        if (InvalidAncestorOf(head) is { } valid)
        {
            status = new PayloadStatus(PayloadVerdict.Invalid, valid, "the head is invalid");
            return ForkchoiceOutcome.Judged;
        }
        status = new PayloadStatus(PayloadVerdict.Syncing, null);
        if (!_chain.Database.Blocks.TryGetNumber(head, out _)) return ForkchoiceOutcome.Judged;
        if (!IsAncestor(safe, head) || !IsAncestor(finalized, head)) return ForkchoiceOutcome.Inconsistent;
        isOld = head != _chain.Database.Head.Hash && _chain.Database.Blocks.IsCanonical(head);
        if (!isOld && _chain.SetHead(head) != MoveResult.Done) return ForkchoiceOutcome.Judged;
        if (!safe.IsZero) _chain.Database.SetSafe(safe);
        if (!finalized.IsZero) _chain.Database.Finalize(finalized);
        status = new PayloadStatus(PayloadVerdict.Valid, head);
        return ForkchoiceOutcome.Judged;
    }

    /// <summary>Begins to build a block; the same id begins it once.</summary>
    public void StartPayload(ulong id, BuildRequest request)
    {
        lock (_lock)
        {
            if (_payloads.ContainsKey(id)) return;
            if (_payloadOrder.Count == PayloadsMax && _payloads.Remove(_payloadOrder.Dequeue(), out PayloadJob? oldest)) oldest.Stop();
            _payloadOrder.Enqueue(id);
            _payloads.Add(id, new PayloadJob(_chain, request, _stop.Token));
        }
    }

    /// <summary>The best block built so far, which is not improved further; null when there is no such id.</summary>
    public BuiltBlock? TakePayload(ulong id)
    {
        PayloadJob? job;
        lock (_lock) _payloads.TryGetValue(id, out job);
        return job?.Take();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        lock (_lock)
        {
            foreach (PayloadJob job in _payloads.Values) job.Stop();
        }
        _stop.Dispose();
    }

    private bool IsAncestor(in Hash256 hash, in Hash256 head)
    {
        if (hash.IsZero || hash == head) return true;
        if (!_chain.Database.Blocks.TryGetNumber(hash, out ulong number)) return false;
        // Above the canonical chain there are only the few blocks of a branch.
        Hash256 walk = head;
        while (!_chain.Database.Blocks.IsCanonical(walk))
        {
            if (walk == hash) return true;
            if (_chain.Database.Blocks.GetHeader(walk) is not { } header || header.Number <= number) return false;
            walk = header.ParentHash;
        }
        return _chain.Database.Blocks.IsCanonical(hash) && _chain.Database.Blocks.TryGetNumber(walk, out ulong top) && number <= top;
    }

    private Hash256? InvalidAncestorOf(in Hash256 hash)
    {
        lock (_lock) return _latestValidOfInvalid.TryGetValue(hash, out Hash256 valid) ? valid : null;
    }

    private void Remember(in Hash256 invalid, in Hash256 latestValid)
    {
        lock (_lock)
        {
            if (!_latestValidOfInvalid.TryAdd(invalid, latestValid)) return;
            if (_invalidOrder.Count == InvalidMax) _latestValidOfInvalid.Remove(_invalidOrder.Dequeue());
            _invalidOrder.Enqueue(invalid);
        }
    }

    /// <summary>A block being built: at once, and again whenever the pool has got transactions since.</summary>
    private sealed class PayloadJob
    {
        private readonly ChainManager _chain;
        private readonly BuildRequest _request;
        private readonly CancellationTokenSource _stop;
        private readonly Action<PooledTransaction> _onAdded;
        private BuiltBlock _best;
        private int _isStale;

        public PayloadJob(ChainManager chain, BuildRequest request, CancellationToken stop)
        {
            _chain = chain;
            _request = request;
            _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
            _best = chain.Build(request, cancellation: CancellationToken.None);
            _onAdded = _ => Volatile.Write(ref _isStale, 1);
            chain.Pool.Added += _onAdded;
            _stop.CancelAfter(ImproveMs);
            _ = Task.Run(ImproveAsync, CancellationToken.None);
        }

        public BuiltBlock Take()
        {
            Stop();
            return Volatile.Read(ref _best);
        }

        public void Stop() => _stop.Cancel();

        private async Task ImproveAsync()
        {
            try
            {
                while (true)
                {
                    await Task.Delay(ImproveIntervalMs, _stop.Token).ConfigureAwait(false);
                    if (Interlocked.Exchange(ref _isStale, 0) == 0) continue;
                    BuiltBlock next = _chain.Build(_request, cancellation: _stop.Token);
                    if (!_stop.IsCancellationRequested && next.Value >= _best.Value) Volatile.Write(ref _best, next);
                }
            }
            catch (OperationCanceledException)
            {
                // Asked for, out of time, or the node stops.
            }
            catch (InvalidOperationException)
            {
                // The parent's state is gone: the block that is there stays the best.
            }
            finally
            {
                _chain.Pool.Added -= _onAdded;
            }
        }
    }
}
