using Chain.Core.Numeric;

namespace Chain.Consensus.Pool;

/// <summary>The transactions of one sender by nonce. The executable ones are the unbroken run that begins at the account's nonce.</summary>
internal sealed class SenderQueue
{
    private readonly SortedList<ulong, PooledTransaction> _byNonce = [];

    private ulong _accountNonce;
    private ulong _nextNonce;

    /// <summary>The account's nonce at the head.</summary>
    public ulong AccountNonce
    {
        get => _accountNonce;
        set
        {
            _accountNonce = value;
            _nextNonce = value;
            ExtendRun();
        }
    }

    /// <summary>The account's balance at the head, wei.</summary>
    public UInt256 AccountBalance { get; set; }

    public int Count => _byNonce.Count;

    public IList<PooledTransaction> InNonceOrder => _byNonce.Values;

    public PooledTransaction? Find(ulong nonce) => _byNonce.GetValueOrDefault(nonce);

    public void Set(PooledTransaction transaction)
    {
        _byNonce[transaction.Transaction.Nonce] = transaction;
        if (transaction.Transaction.Nonce == _nextNonce) ExtendRun();
    }

    public bool Remove(ulong nonce)
    {
        bool removed = _byNonce.Remove(nonce);
        if (removed && nonce >= _accountNonce && nonce < _nextNonce) _nextNonce = nonce;
        return removed;
    }

    /// <summary>First nonce at or after the account's that is not in the queue: what a wallet uses next.</summary>
    public ulong NextNonce => _nextNonce;

    /// <summary>How many transactions can be executed one after another from the account's nonce.</summary>
    public int ExecutableCount => (int)(_nextNonce - _accountNonce);

    /// <summary>The executable run, in nonce order.</summary>
    public PooledTransaction[] Executable()
    {
        int count = ExecutableCount;
        if (count == 0) return [];
        PooledTransaction[] run = new PooledTransaction[count];
        int first = FirstIndexAtOrAfter(_accountNonce);
        for (int i = 0; i < count; i++) run[i] = _byNonce.GetValueAtIndex(first + i);
        return run;
    }

    /// <summary>The last one: the first to go when room is needed.</summary>
    public PooledTransaction Last => _byNonce.GetValueAtIndex(_byNonce.Count - 1);

    private void ExtendRun()
    {
        for (int i = FirstIndexAtOrAfter(_nextNonce); i < _byNonce.Count && _byNonce.GetKeyAtIndex(i) == _nextNonce; i++) _nextNonce++;
    }

    private int FirstIndexAtOrAfter(ulong nonce)
    {
        int low = 0, high = _byNonce.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_byNonce.GetKeyAtIndex(middle) < nonce) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
