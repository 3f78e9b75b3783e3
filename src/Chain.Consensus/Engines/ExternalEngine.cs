using Chain.Consensus.Building;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Storage;
using Chain.Storage.Blocks;

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

    /// <summary>Its ancestors are known, but it lies on a branch whose state is no longer kept, so that it was not executed.</summary>
    Accepted,
}

/// <summary>Verdict with what belongs to it.</summary>
/// <param name="Verdict">Verdict.</param>
/// <param name="LatestValid">Hash of the newest valid block among the block and its ancestors; zero when that is one of proof of work, null when unknown.</param>
/// <param name="Problem">What is wrong, for the operator.</param>
public readonly record struct PayloadStatus(PayloadVerdict Verdict, Hash256? LatestValid, string? Problem = null);

/// <summary>Outcome of a forkchoice.</summary>
public enum ForkchoiceOutcome : byte
{
    /// <summary>Judged; see the status. Where it is valid, the head is there now.</summary>
    Judged,

    /// <summary>The head is valid and older than what is final: nothing moved, and nothing is to be built on it.</summary>
    Skipped,

    /// <summary>Safe or finalised block are not ancestors of the head.</summary>
    Inconsistent,

    /// <summary>The head's state is no longer kept.</summary>
    TooDeep,
}

/// <summary>
/// The engine of chains that a consensus client drives (Engine API): it inserts the client's blocks, moves the head, the safe and the finalised block where the client says, and
/// builds blocks that go on improving until the client asks for them. Safe for concurrent use.
/// </summary>
public sealed class ExternalEngine : IDisposable
{
    private const int PayloadsMax = 16;
    private const int InvalidMax = 1_024;

    private readonly Lock _lock = new();

    // Forkchoices are judged and applied one after the other. Always taken before the chain's locks.
    private readonly Lock _forkchoice = new();
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
        ImportResult result = _chain.Insert(block);
        if (result.IsAccepted) return new PayloadStatus(PayloadVerdict.Valid, hash);
        if (result.Status == ImportStatus.UnknownParent) return new PayloadStatus(PayloadVerdict.Syncing, null);
        if (result.Status == ImportStatus.TooOld) return new PayloadStatus(PayloadVerdict.Accepted, null);
        // The client follows no block of proof of work: zero stands for it.
        Hash256 latestValid = _chain.Contexts.IsPostMerge(_chain.Database.Blocks.GetHeader(parentHash)!) ? parentHash : Hash256.Zero;
        Remember(hash, latestValid);
        return new PayloadStatus(PayloadVerdict.Invalid, latestValid, result.Detail.Length > 0 ? $"{result.ErrorName}: {result.Detail}" : result.ErrorName);
    }

    /// <summary>Moves head, safe and finalised block in one step; zero hashes leave the latter two.</summary>
    /// <param name="head">Head.</param>
    /// <param name="safe">Safe block.</param>
    /// <param name="finalized">Finalised block.</param>
    /// <param name="status">The head's status.</param>
    public ForkchoiceOutcome SetForkchoice(in Hash256 head, in Hash256 safe, in Hash256 finalized, out PayloadStatus status)
    {
        if (InvalidAncestorOf(head) is { } valid)
        {
            status = new PayloadStatus(PayloadVerdict.Invalid, valid, "the head is invalid");
            return ForkchoiceOutcome.Judged;
        }
        lock (_forkchoice)
        {
            ChainDatabase database = _chain.Database;
            status = new PayloadStatus(PayloadVerdict.Syncing, null);
            if (database.Blocks.GetHeader(head) is not { } header) return ForkchoiceOutcome.Judged;
            if (!_chain.Contexts.IsPostMerge(header) && !IsTerminal(header, head))
            {
                status = new PayloadStatus(PayloadVerdict.Invalid, Hash256.Zero, "the head is a block of proof of work that does not end it (terminal total difficulty)");
                return ForkchoiceOutcome.Judged;
            }
            status = new PayloadStatus(PayloadVerdict.Valid, head);
            if (!IsAncestor(safe, head) || !IsAncestor(finalized, head)) return ForkchoiceOutcome.Inconsistent;
            if (header.Number < database.Finalized.Number && database.Blocks.IsCanonical(head)) return ForkchoiceOutcome.Skipped;
            Hash256 final = finalized.IsZero ? database.Finalized.Hash : finalized;
            // What is final here stays, whatever else the client names.
            if (!IsAncestor(database.Finalized.Hash, head)) return ForkchoiceOutcome.TooDeep;
            // A safe block that the new head left behind gives way to the final one.
            Hash256 secure = !safe.IsZero ? safe : IsAncestor(database.Safe.Hash, head) ? database.Safe.Hash : final;
            return _chain.SetForkchoice(head, secure, final) == MoveResult.Done ? ForkchoiceOutcome.Judged : ForkchoiceOutcome.TooDeep;
        }
    }

    /// <summary>Begins to build a block; the same id begins it once.</summary>
    /// <exception cref="InvalidOperationException">The parent's state is no longer kept.</exception>
    public void StartPayload(ulong id, BuildRequest request)
    {
        lock (_lock)
        {
            if (_payloads.ContainsKey(id)) return;
            PayloadJob job = new(_chain, request, _stop.Token);
            if (_payloadOrder.Count == PayloadsMax && _payloads.Remove(_payloadOrder.Dequeue(), out PayloadJob? oldest)) oldest.Stop();
            _payloadOrder.Enqueue(id);
            _payloads.Add(id, job);
        }
    }

    /// <summary>The best block built so far, which is not improved further; null when there is no such id.</summary>
    public async ValueTask<BuiltBlock?> TakePayloadAsync(ulong id)
    {
        PayloadJob? job;
        lock (_lock) _payloads.TryGetValue(id, out job);
        return job is null ? null : await job.TakeAsync().ConfigureAwait(false);
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

    /// <summary>True when a block of proof of work reached the terminal total difficulty and its parent did not (EIP-3675, "transition block validity").</summary>
    private bool IsTerminal(BlockHeader header, in Hash256 hash)
    {
        if (_chain.Spec.TerminalTotalDifficulty is not { } terminal) return false;
        BlockStore blocks = _chain.Database.Blocks;
        return blocks.TryGetTotalDifficulty(hash, out UInt256 total) && total >= terminal
            && (header.Number == 0 || (blocks.TryGetTotalDifficulty(header.ParentHash, out UInt256 before) && before < terminal));
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
}
