using Chain.Core.Primitives;
using Chain.Core.Threading;
using Chain.Core.Types;

namespace Chain.Consensus.Execution;

/// <summary>Recovers the senders of a block's transactions on all cores; a transaction that came through the pool has its sender already.</summary>
public static class SenderRecovery
{
    /// <summary>Below this many unknown senders the threads cost more than they give (about 35 us a recovery).</summary>
    private const int ParallelCountMin = 4;

    /// <summary>Fills the senders; returns the index of the first transaction whose signature gives none, or -1.</summary>
    public static int RecoverAll(IReadOnlyList<Transaction> transactions, Address[] senders)
    {
        int firstBad = int.MaxValue;
        int unknown = 0;
        for (int i = 0; i < senders.Length; i++)
            if (!transactions[i].HasRecoveredSender) unknown++;
        if (unknown < ParallelCountMin)
        {
            for (int i = 0; i < senders.Length; i++) Recover(i);
        }
        else
        {
            SharedWork.Run(senders.Length, Recover);
        }
        return firstBad == int.MaxValue ? -1 : firstBad;

        void Recover(int i)
        {
            if (transactions[i].TryRecoverSender(out senders[i])) return;
            int seen = Volatile.Read(ref firstBad);
            while (i < seen)
            {
                int before = Interlocked.CompareExchange(ref firstBad, i, seen);
                if (before == seen) break;
                seen = before;
            }
        }
    }
}
