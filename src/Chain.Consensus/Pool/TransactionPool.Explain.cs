using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Consensus.Pool;

/// <summary>Where a pooled transaction stands, so that its owner can be told why it is not mined.</summary>
/// <param name="Pooled">The transaction.</param>
/// <param name="AccountNonce">Nonce of its sender at the head.</param>
/// <param name="NextNonce">First nonce of the sender that is neither used nor here.</param>
/// <param name="Balance">Balance of the sender at the head, wei.</param>
/// <param name="CostBefore">Most that the sender's earlier transactions here may cost, wei; saturated.</param>
/// <param name="Refusal">Why the chain's policy would refuse it now; null when it would not.</param>
public sealed record PoolPosition(PooledTransaction Pooled, ulong AccountNonce, ulong NextNonce, UInt256 Balance, UInt256 CostBefore, ComplianceRefusal? Refusal)
{
    /// <summary>True when all nonces before it are used or here.</summary>
    public bool IsExecutable => Pooled.Transaction.Nonce < NextNonce;
}

public sealed partial class TransactionPool
{
    /// <summary>Smallest priority fee taken, wei; may be changed while the node runs, for transactions to come.</summary>
    public UInt256 PriorityFeeMin
    {
        get
        {
            lock (_lock) return field;
        }

        set
        {
            lock (_lock) field = value;
        }
    }

    /// <summary>Where a transaction stands; null when it is not here.</summary>
    public PoolPosition? Locate(in Hash256 hash)
    {
        lock (_lock)
        {
            if (!_byHash.TryGetValue(hash, out PooledTransaction? pooled)) return null;
            SenderQueue queue = _bySender[pooled.Sender];
            UInt256 before = UInt256.Zero;
            foreach (PooledTransaction other in queue.InNonceOrder)
            {
                if (other.Transaction.Nonce >= pooled.Transaction.Nonce) break;
                if (UInt256.AddOverflow(before, other.CostMax, out before)) before = UInt256.MaxValue;
            }
            return new PoolPosition(pooled, queue.AccountNonce, queue.NextNonce, queue.AccountBalance, before, PolicyRefusal(pooled.Transaction, pooled.Sender));
        }
    }
}
