using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm.State;

namespace Chain.Consensus.Pool;

/// <content>The chain's policy in the pool (compliance specification, section 3.7).</content>
public sealed partial class TransactionPool
{
    private readonly SenderWatch _watch = new();
    private readonly PoolDrops _drops;
    private readonly Dictionary<Hash256, ComplianceRefusal> _refused = [];
    private ITxPolicy? _policy;
    private ulong _policyTime;
    private bool _judgesAll;

    /// <summary>Transactions that left because their sender lost the right to send, newest first (compliance specification, section 3.7).</summary>
    /// <param name="sender">Of this sender; null for all.</param>
    /// <param name="hash">This transaction; null for all.</param>
    public IReadOnlyList<PoolDrop> DropsOf(Address? sender, Hash256? hash)
    {
        lock (_lock) return _drops.Find(sender, hash, _options.ClockSeconds());
    }

    private static PoolAddResult Refused(in Hash256 hash, ComplianceRefusal refusal) =>
        new(PoolStatus.NotAuthorized, hash, TransactionError.SenderNotAuthorized, PoolMessages.Describe(refusal), refusal);

    /// <summary>Judges by the time of the next block, which moves on while no block comes.</summary>
    private void RenewPolicy()
    {
        ulong time = Math.Max(_head.TimestampMin, _options.ClockSeconds());
        if (time == _policyTime) return;
        _policyTime = time;
        (bool HasPolicy, object? Terms) before = (_policy is not null, _policy?.Terms);
        _policy = _head.Policy(_state, time);
        if (before.HasPolicy == _policy is not null && Equals(before.Terms, _policy?.Terms)) return;
        _watch.Clear();
        foreach (Address sender in _bySender.Keys) Watch(sender);
        _judgesAll = true;
    }

    /// <summary>Pooled senders among the changed accounts.</summary>
    private List<Address> ChangedSenders(IReadOnlyCollection<StateDelta>? changes) =>
        changes is null ? [.. _bySender.Keys] : [.. changes.SelectMany(delta => delta.Accounts.Keys).Where(_bySender.ContainsKey)];

    private void Watch(in Address sender)
    {
        if (_policy is not null) _watch.Set(sender, _policy.BasisOf(_state, sender));
    }

    /// <summary>Drops everything of senders who may no longer send, at every nonce: what comes back later would be stale intent.</summary>
    private void DropUnauthorized(List<(PooledTransaction, PoolDropReason)> dropped)
    {
        if (_policy is null) return;
        List<Address> senders = _watch.Affected(_judgesAll ? null : _head.Changes, _policy.SharedSlots, _policyTime);
        _judgesAll = false;
        foreach (Address sender in senders)
        {
            if (!_bySender.TryGetValue(sender, out SenderQueue? queue)) continue;
            byte code = _policy.CheckSender(_state, sender);
            if (code == 0)
            {
                Watch(sender);
                continue;
            }
            ulong now = _options.ClockSeconds();
            foreach (PooledTransaction pooled in queue.InNonceOrder)
                _drops.Add(new PoolDrop(pooled.Transaction.Hash, sender, pooled.Transaction.Nonce, code, _head.Number, now));
            DropAll(queue, PoolDropReason.NotAuthorized, dropped);
        }
    }

    private ComplianceRefusal? PolicyRefusal(Transaction transaction, Address sender)
    {
        if (_policy is null) return null;
        byte code = _policy.CheckSender(_state, sender);
        if (code != 0) return new ComplianceRefusal('S', sender, code);
        if (transaction.AuthorizationList.Count > 0 && transaction.AuthorizationList.All(tuple => AuthorityRefusal(tuple) is not null)) return AuthorityRefusal(transaction.AuthorizationList[0]);
        // The reason code is the last argument of the policy's errors, hence the last byte of their data.
        if (transaction.To is null && _policy.CheckDeploy(_state, sender, sender) is { } deployError) return new ComplianceRefusal('D', sender, deployError[^1]);
        if (transaction.To is { } to && !transaction.Value.IsZero && _policy.CheckValue(_state, sender, to, fromIsEligibleSender: true) is { } valueError) return new ComplianceRefusal('V', to, valueError[^1]);
        return null;
    }

    private ComplianceRefusal? AuthorityRefusal(Authorization authorization)
    {
        if (!authorization.TryRecoverAuthority(out Address authority)) return null;
        byte code = _policy!.CheckAuthority(_state, authority);
        return code == 0 ? null : new ComplianceRefusal('A', authority, code);
    }
}
