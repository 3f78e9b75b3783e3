namespace Chain.Consensus;

/// <summary>A lock whose holder sees that others wait for it, so that long work can let them in between its steps. Re-entrant.</summary>
internal sealed class YieldingLock
{
    private readonly Lock _lock = new();
    private int _waitingCount;

    /// <summary>True while a thread waits for the lock.</summary>
    public bool HasWaiters => Volatile.Read(ref _waitingCount) > 0;

    /// <summary>Takes the lock until the scope is disposed.</summary>
    public Lock.Scope EnterScope()
    {
        Interlocked.Increment(ref _waitingCount);
        try
        {
            return _lock.EnterScope();
        }
        finally
        {
            Interlocked.Decrement(ref _waitingCount);
        }
    }
}
