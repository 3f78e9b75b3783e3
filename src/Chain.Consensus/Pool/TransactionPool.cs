using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Evm.State;

namespace Chain.Consensus.Pool;

/// <summary>
/// Transactions waiting for a block: a queue per sender, replacement by price, eviction of the cheapest, re-examination at each new head.
/// Admission applies the same rules, the compliance policy among them, that building and validation apply. Safe for concurrent use.
/// </summary>
public sealed partial class TransactionPool
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Hash256, PooledTransaction> _byHash = [];
    private readonly Dictionary<Address, SenderQueue> _bySender = [];
    private readonly Dictionary<Hash256, (PooledTransaction Transaction, int Index)> _byBlob = [];
    private readonly PoolOptions _options;
    private readonly PoolJournal? _journal;
    private PoolHead _head;
    private readonly WorldState _state;
    private long _sequence;
    private long _sizeBytes;

    /// <summary>An empty pool on a head.</summary>
    /// <param name="options">Limits.</param>
    /// <param name="head">First head.</param>
    /// <param name="journal">Where local transactions are kept over a restart; null for nowhere.</param>
    public TransactionPool(PoolOptions options, PoolHead head, PoolJournal? journal = null)
    {
        _options = options;
        PriorityFeeMin = options.PriorityFeeMin;
        _journal = journal;
        _head = head;
        _state = new WorldState(head.State);
        _drops = new PoolDrops(options.DropsRememberedMax, options.DropsRememberedSeconds);
        RenewPolicy();
    }

    /// <summary>Raised, outside the pool's lock, after a transaction was taken.</summary>
    public event Action<PooledTransaction>? Added;

    /// <summary>Raised, outside the pool's lock, after a transaction left.</summary>
    public event Action<PooledTransaction, PoolDropReason>? Dropped;

    /// <summary>Number of pooled transactions.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _byHash.Count;
        }
    }

    /// <summary>The head the pool judges by.</summary>
    public PoolHead Head
    {
        get
        {
            lock (_lock) return _head;
        }
    }

    /// <summary>Offers a transaction. Recovers its sender if that was not done yet, unless the policy refused it at this head already.</summary>
    public PoolAddResult Add(Transaction transaction, bool isLocal, BlobSidecar? sidecar = null)
    {
        lock (_lock)
        {
            if (_refused.TryGetValue(transaction.Hash, out ComplianceRefusal? refusal)) return Refused(transaction.Hash, refusal);
        }
        return transaction.TryRecoverSender(out Address sender)
            ? Add(transaction, sender, isLocal, isImpersonated: false, sidecar)
            : new PoolAddResult(PoolStatus.Invalid, transaction.Hash, TransactionError.InvalidSignatureVrs, "invalid sender");
    }

    /// <summary>Offers a transaction of an impersonated sender (development chains). Its signature proves nothing, but must be in range, as in any block.</summary>
    public PoolAddResult AddImpersonated(Transaction transaction, Address sender) => Add(transaction, sender, isLocal: true, isImpersonated: true);

    /// <summary>Takes in what the journal kept over a restart; what no longer fits the head is left out, there too.</summary>
    public void RestoreJournal()
    {
        if (_journal is null) return;
        foreach ((Transaction transaction, BlobSidecar? sidecar) in _journal.Load())
        {
            if (transaction.TryRecoverSender(out Address sender)) Add(transaction, sender, isLocal: true, isImpersonated: false, sidecar, isJournaled: true);
        }
        _journal.Rewrite(LocalTransactions());
    }

    private PoolAddResult Add(Transaction transaction, Address sender, bool isLocal, bool isImpersonated, BlobSidecar? sidecar = null, bool isJournaled = false)
    {
        if (SidecarProblem(transaction, sidecar) is { } wrong) return new PoolAddResult(PoolStatus.InvalidSidecar, transaction.Hash, Message: wrong);
        PooledTransaction pooled;
        List<PooledTransaction> evicted = [];
        PooledTransaction? replaced;
        lock (_lock)
        {
            RenewPolicy();
            PoolAddResult? refusal = Examine(transaction, sender, out SenderQueue? queue, out UInt256 costMax);
            if (refusal is { } no) return no;

            replaced = queue?.Find(transaction.Nonce);
            pooled = new PooledTransaction
            {
                Transaction = transaction,
                Sender = sender,
                Sequence = _sequence++,
                IsLocal = isLocal,
                IsImpersonated = isImpersonated,
                CostMax = costMax,
                Sidecar = sidecar,
            };
            if (replaced is not null) Forget(replaced);
            if (!MakeRoom(pooled, evicted))
            {
                if (replaced is not null) Remember(replaced);
                return new PoolAddResult(PoolStatus.PoolFull, transaction.Hash, Message: $"txpool is full: {_byHash.Count} transactions");
            }
            Remember(pooled);
        }
        if (isLocal && !isImpersonated && !isJournaled) _journal?.Append(transaction, sidecar);
        if (replaced is not null) Dropped?.Invoke(replaced, PoolDropReason.Replaced);
        foreach (PooledTransaction gone in evicted) Dropped?.Invoke(gone, PoolDropReason.Evicted);
        Added?.Invoke(pooled);
        return new PoolAddResult(replaced is null ? PoolStatus.Added : PoolStatus.Replaced, transaction.Hash);
    }

    /// <summary>Judges the pool by a new head: drops what was mined, what can no longer be paid and whose sender may no longer send.</summary>
    public void SetHead(PoolHead head, IReadOnlyCollection<Hash256> minedHashes)
    {
        List<(PooledTransaction Transaction, PoolDropReason Reason)> dropped = [];
        lock (_lock)
        {
            _head = head;
            _state.Reset(head.State);
            _policyTime = 0;
            RenewPolicy();
            _refused.Clear();
            foreach (Hash256 hash in minedHashes)
            {
                if (!_byHash.TryGetValue(hash, out PooledTransaction? mined)) continue;
                Forget(mined);
                dropped.Add((mined, PoolDropReason.Mined));
            }
            foreach (Address sender in ChangedSenders(head.Changes))
            {
                if (_bySender.TryGetValue(sender, out SenderQueue? queue)) Refresh(queue, _state.GetAccount(sender), dropped);
            }
            DropUnauthorized(dropped);
        }
        foreach ((PooledTransaction transaction, PoolDropReason reason) in dropped) Dropped?.Invoke(transaction, reason);
        if (_journal is not null && _journal.NeedsCompaction) _journal.Rewrite(LocalTransactions());
    }

    /// <summary>Removes one transaction, by request or because a builder found it invalid. False when it is not there.</summary>
    public bool Remove(in Hash256 hash, PoolDropReason reason)
    {
        PooledTransaction? pooled;
        lock (_lock)
        {
            if (!_byHash.TryGetValue(hash, out pooled)) return false;
            Forget(pooled);
        }
        Dropped?.Invoke(pooled, reason);
        return true;
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        List<PooledTransaction> all;
        lock (_lock)
        {
            all = [.. _byHash.Values];
            _byHash.Clear();
            _bySender.Clear();
            _byBlob.Clear();
            _watch.Clear();
            _sizeBytes = 0;
        }
        foreach (PooledTransaction transaction in all) Dropped?.Invoke(transaction, PoolDropReason.Removed);
    }

    /// <summary>Finds a transaction.</summary>
    public bool TryGet(in Hash256 hash, out PooledTransaction transaction)
    {
        lock (_lock) return _byHash.TryGetValue(hash, out transaction!);
    }

    /// <summary>Finds the transaction that carries a blob, and the blob's index in its sidecar.</summary>
    public bool TryGetBlob(in Hash256 versionedHash, out PooledTransaction transaction, out int index)
    {
        lock (_lock)
        {
            bool found = _byBlob.TryGetValue(versionedHash, out (PooledTransaction Transaction, int Index) place);
            (transaction, index) = place;
            return found;
        }
    }

    /// <summary>The nonce a sender's next transaction takes: the account's, plus the executable run that waits here.</summary>
    public ulong NextNonce(in Address sender)
    {
        lock (_lock) return _bySender.TryGetValue(sender, out SenderQueue? queue) ? queue.NextNonce : _state.GetAccount(sender).Nonce;
    }

    /// <summary>The executable transactions of all senders, for a builder.</summary>
    public BuildOrder BestTransactions(in UInt256 baseFee)
    {
        lock (_lock)
        {
            List<PooledTransaction[]> runs = new(_bySender.Count);
            foreach (SenderQueue queue in _bySender.Values)
            {
                PooledTransaction[] run = queue.Executable();
                if (run.Length > 0) runs.Add(run);
            }
            return new BuildOrder(runs, baseFee);
        }
    }

    /// <summary>True when some transaction can go into the next block.</summary>
    public bool HasExecutable
    {
        get
        {
            lock (_lock)
            {
                foreach (SenderQueue queue in _bySender.Values)
                {
                    if (queue.ExecutableCount > 0 && queue.Find(queue.AccountNonce)!.EffectiveTip(_head.BaseFee) is not null) return true;
                }
                return false;
            }
        }
    }

    /// <summary>All transactions by sender and nonce, executable ones apart from those that wait for a nonce.</summary>
    public IReadOnlyList<(Address Sender, IReadOnlyList<PooledTransaction> Executable, IReadOnlyList<PooledTransaction> Queued)> Content()
    {
        lock (_lock)
        {
            List<(Address, IReadOnlyList<PooledTransaction>, IReadOnlyList<PooledTransaction>)> content = new(_bySender.Count);
            foreach ((Address sender, SenderQueue queue) in _bySender.OrderBy(pair => pair.Key))
            {
                PooledTransaction[] executable = queue.Executable();
                content.Add((sender, executable, [.. queue.InNonceOrder.Skip(executable.Length)]));
            }
            return content;
        }
    }

    private PooledTransaction[] LocalTransactions()
    {
        lock (_lock) return [.. _byHash.Values.Where(t => t.IsLocal && !t.IsImpersonated).OrderBy(t => t.Sequence)];
    }

    /// <summary>Looked at outside the lock: checking proofs takes milliseconds.</summary>
    private string? SidecarProblem(Transaction transaction, BlobSidecar? sidecar)
    {
        if (transaction.Type != TransactionType.Blob || _options.VerifySidecar is not { } verify) return null;
        if (sidecar is null) return "missing blob sidecar: send the transaction in its network form";
        byte version = BlobSidecar.VersionAt(Head.Rules.Fork);
        if (sidecar.Version != version) return $"blob sidecar version {sidecar.Version}: the next block's fork has version {version}";
        if (!sidecar.Matches(transaction)) return "blob sidecar does not match the transaction's versioned hashes";
        return verify(sidecar) ? null : "invalid blob proofs";
    }

    private PoolAddResult? Examine(Transaction transaction, Address sender, out SenderQueue? queue, out UInt256 costMax)
    {
        queue = null;
        costMax = default;
        Hash256 hash = transaction.Hash;
        if (_byHash.ContainsKey(hash)) return new PoolAddResult(PoolStatus.AlreadyKnown, hash, Message: "already known");
        if (transaction.EncodedSizeBytes > _options.TransactionSizeBytesMax)
        {
            return new PoolAddResult(PoolStatus.Oversized, hash, Message: $"oversized data: transaction size {transaction.EncodedSizeBytes}, limit {_options.TransactionSizeBytesMax}");
        }
        TransactionError error = TransactionRules.ValidateStatic(transaction, _head.Rules, _head.ChainId);
        if (error != TransactionError.None) return new PoolAddResult(PoolStatus.Invalid, hash, error, PoolMessages.Describe(error, transaction, _head));
        if (transaction.GasLimit > _head.GasLimit)
        {
            return new PoolAddResult(PoolStatus.Invalid, hash, TransactionError.GasAllowanceExceeded, PoolMessages.Describe(TransactionError.GasAllowanceExceeded, transaction, _head));
        }
        if (transaction.MaxPriorityFeePerGas < PriorityFeeMin)
        {
            return new PoolAddResult(PoolStatus.Underpriced, hash, Message: $"transaction underpriced: gas tip cap {transaction.MaxPriorityFeePerGas}, minimum needed {PriorityFeeMin}");
        }
        if (PolicyRefusal(transaction, sender) is { } refusal)
        {
            if (_refused.Count < _options.RefusedHashesMax) _refused[hash] = refusal;
            return Refused(hash, refusal);
        }
        AccountEntry account = _state.GetAccount(sender);
        if (transaction.Nonce < account.Nonce)
        {
            return new PoolAddResult(PoolStatus.Invalid, hash, TransactionError.NonceMismatchTooLow, $"nonce too low: next nonce {account.Nonce}, tx nonce {transaction.Nonce}");
        }
        costMax = MaximumCost(transaction);
        if (account.Balance < costMax)
        {
            return new PoolAddResult(PoolStatus.Invalid, hash, TransactionError.InsufficientAccountFunds,
                $"insufficient funds for gas * price + value: balance {account.Balance}, tx cost {costMax}, overshot {costMax - account.Balance}");
        }
        if (!_bySender.TryGetValue(sender, out queue)) return null;
        if (queue.Find(transaction.Nonce) is { } present)
        {
            return IsRaisedEnough(present.Transaction, transaction) ? null : new PoolAddResult(PoolStatus.ReplacementUnderpriced, hash, Message: "replacement transaction underpriced");
        }
        return queue.Count < _options.TransactionsPerSenderMax
            ? null
            : new PoolAddResult(PoolStatus.SenderLimitExceeded, hash, Message: $"account limit exceeded: sender has {queue.Count} transactions queued, limit {_options.TransactionsPerSenderMax}");
    }

    private bool IsRaisedEnough(Transaction old, Transaction offered)
    {
        uint percent = old.Type == TransactionType.Blob ? _options.BlobPriceBumpPercent : _options.PriceBumpPercent;
        return IsRaised(old.MaxFeePerGas, offered.MaxFeePerGas, percent)
            && IsRaised(old.MaxPriorityFeePerGas, offered.MaxPriorityFeePerGas, percent)
            && (old.Type != TransactionType.Blob || IsRaised(old.MaxFeePerBlobGas, offered.MaxFeePerBlobGas, percent));
    }

    private static bool IsRaised(in UInt256 old, in UInt256 offered, uint percent) =>
        !UInt256.MultiplyOverflow(offered, 100, out UInt256 scaled)
            ? !UInt256.MultiplyOverflow(old, 100 + percent, out UInt256 needed) && scaled >= needed && offered > old
            : offered > old;

    private static UInt256 MaximumCost(Transaction transaction)
    {
        bool overflow = UInt256.MultiplyOverflow(transaction.MaxFeePerGas, transaction.GasLimit, out UInt256 gas);
        overflow |= UInt256.MultiplyOverflow(transaction.MaxFeePerBlobGas, (ulong)transaction.BlobVersionedHashes.Count * FeeMarket.GasPerBlob, out UInt256 blobs);
        overflow |= UInt256.AddOverflow(gas, blobs, out UInt256 fees);
        overflow |= UInt256.AddOverflow(fees, transaction.Value, out UInt256 total);
        return overflow ? UInt256.MaxValue : total;
    }

    /// <summary>Evicts, cheapest and youngest first, until the newcomer fits. False when it would itself be the first to go.</summary>
    private bool MakeRoom(PooledTransaction newcomer, List<PooledTransaction> evicted)
    {
        while (_byHash.Count >= _options.TransactionsMax || _sizeBytes + newcomer.Transaction.EncodedSizeBytes > _options.SizeBytesMax)
        {
            // Only the last nonce of a sender can go without making its others unusable.
            PooledTransaction? worst = null;
            foreach (SenderQueue queue in _bySender.Values)
            {
                if (queue.Count > 0 && (worst is null || IsWorse(queue.Last, worst))) worst = queue.Last;
            }
            if (worst is null || !IsWorse(worst, newcomer))
            {
                foreach (PooledTransaction gone in evicted) Remember(gone);
                evicted.Clear();
                return false;
            }
            Forget(worst);
            evicted.Add(worst);
        }
        return true;
    }

    private static bool IsWorse(PooledTransaction a, PooledTransaction b)
    {
        if (a.IsLocal != b.IsLocal) return b.IsLocal;
        int byFee = a.Transaction.MaxPriorityFeePerGas.CompareTo(b.Transaction.MaxPriorityFeePerGas);
        return byFee != 0 ? byFee < 0 : a.Sequence > b.Sequence;
    }

    private void Refresh(SenderQueue queue, AccountEntry account, List<(PooledTransaction, PoolDropReason)> dropped)
    {
        queue.AccountNonce = account.Nonce;
        queue.AccountBalance = account.Balance;
        foreach (PooledTransaction pooled in queue.InNonceOrder.ToArray())
        {
            PoolDropReason? reason = pooled.Transaction.Nonce < account.Nonce ? PoolDropReason.Stale
                : pooled.CostMax > account.Balance ? PoolDropReason.Unfunded
                : null;
            if (reason is null) continue;
            Forget(pooled);
            dropped.Add((pooled, reason.Value));
        }
    }

    private void DropAll(SenderQueue queue, PoolDropReason reason, List<(PooledTransaction, PoolDropReason)> dropped)
    {
        foreach (PooledTransaction pooled in queue.InNonceOrder.ToArray())
        {
            Forget(pooled);
            dropped.Add((pooled, reason));
        }
    }

    private void Remember(PooledTransaction pooled)
    {
        if (!_bySender.TryGetValue(pooled.Sender, out SenderQueue? queue))
        {
            AccountEntry account = _state.GetAccount(pooled.Sender);
            queue = new SenderQueue { AccountNonce = account.Nonce, AccountBalance = account.Balance };
            _bySender.Add(pooled.Sender, queue);
            Watch(pooled.Sender);
        }
        queue.Set(pooled);
        _byHash[pooled.Transaction.Hash] = pooled;
        for (int i = 0; pooled.Sidecar is not null && i < pooled.Transaction.BlobVersionedHashes.Count; i++) _byBlob[pooled.Transaction.BlobVersionedHashes[i]] = (pooled, i);
        _sizeBytes += pooled.Transaction.EncodedSizeBytes;
    }

    private void Forget(PooledTransaction pooled)
    {
        _byHash.Remove(pooled.Transaction.Hash);
        foreach (Hash256 hash in pooled.Transaction.BlobVersionedHashes) _byBlob.Remove(hash);
        _sizeBytes -= pooled.Transaction.EncodedSizeBytes;
        SenderQueue queue = _bySender[pooled.Sender];
        queue.Remove(pooled.Transaction.Nonce);
        if (queue.Count > 0) return;
        _bySender.Remove(pooled.Sender);
        _watch.Remove(pooled.Sender);
    }
}
