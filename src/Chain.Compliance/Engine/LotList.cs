using Chain.Compliance.Storage;
using Chain.Core.Numeric;

namespace Chain.Compliance.Engine;

/// <summary>The locked amounts of a holder, at most 16, in no order (compliance specification, section 4.3). Worked on in memory, then written back whole.</summary>
internal ref struct LotList
{
    private static readonly UInt256 AmountMax = (UInt256.One << EngineLimits.AmountBitsMax) - UInt256.One;

    private readonly IModuleStorage _storage;
    private readonly UInt256 _token;
    private readonly UInt256 _key;
    private readonly Span<Lot> _lots;
    private readonly int _storedCount;

    /// <summary>Reads the lots.</summary>
    /// <param name="storage">The engine's storage.</param>
    /// <param name="token">Token.</param>
    /// <param name="key">Holder.</param>
    /// <param name="count">Number of lots, from the holder's record.</param>
    /// <param name="buffer">Room for <see cref="EngineLimits.LotsMax"/> lots.</param>
    public LotList(IModuleStorage storage, UInt256 token, UInt256 key, int count, Span<Lot> buffer)
    {
        _storage = storage;
        _token = token;
        _key = key;
        _lots = buffer;
        _storedCount = Count = count;
        for (int i = 0; i < count; i++) buffer[i] = Lot.Unpack(storage.Read(Slot(i)));
    }

    /// <summary>Number of lots.</summary>
    public int Count { get; private set; }

    /// <summary>Total still locked.</summary>
    public readonly UInt256 LockedAt(ulong now)
    {
        UInt256 locked = default;
        foreach (Lot lot in _lots[..Count])
        {
            if (lot.UnlockAt > now) locked += lot.Amount;
        }
        return locked;
    }

    /// <summary>Adds an amount. Expired lots go first; of 16 others the smallest joins the one that unlocks next, so that nothing unlocks early.</summary>
    public void Push(in UInt256 amount, ulong unlockAt, ulong now)
    {
        for (int i = Count - 1; i >= 0; i--)
        {
            if (_lots[i].UnlockAt <= now) RemoveAt(i);
        }
        int equal = IndexOf(unlockAt);
        if (equal >= 0)
        {
            AddTo(ref _lots[equal], amount);
            return;
        }
        Lot added = new(amount, unlockAt);
        if (Count == EngineLimits.LotsMax)
        {
            int smallest = Smallest();
            int next = NextAfter(_lots[smallest].UnlockAt);
            bool isAddedNext = unlockAt > _lots[smallest].UnlockAt && (next < 0 || unlockAt < _lots[next].UnlockAt);
            if (next < 0 && !isAddedNext)
            {
                AddTo(ref _lots[smallest], amount);
                return;
            }
            AddTo(ref (isAddedNext ? ref added : ref _lots[next]), _lots[smallest].Amount);
            RemoveAt(smallest);
        }
        _lots[Count++] = added;
    }

    /// <summary>Takes from the lots that unlock earliest until they total no more than the balance.</summary>
    public void Reduce(in UInt256 balance)
    {
        UInt256 total = default;
        foreach (Lot lot in _lots[..Count]) total += lot.Amount;
        while (total > balance)
        {
            UInt256 excess = total - balance;
            int earliest = NextAfter(null);
            if (_lots[earliest].Amount > excess)
            {
                _lots[earliest].Amount -= excess;
                return;
            }
            total -= _lots[earliest].Amount;
            RemoveAt(earliest);
        }
    }

    /// <summary>Writes the lots; slots no longer in use become zero.</summary>
    public readonly void Store()
    {
        for (int i = 0; i < Math.Max(Count, _storedCount); i++) _storage.Write(Slot(i), i < Count ? _lots[i].Pack() : default);
    }

    private static void AddTo(ref Lot lot, in UInt256 amount) => lot.Amount = UInt256.Min(lot.Amount + amount, AmountMax);

    private readonly UInt256 Slot(int index) => _storage.Map(EngineLayout.Lots, _storage.Hash(_token, _key, (ulong)index));

    private void RemoveAt(int index)
    {
        Count--;
        _lots[index] = _lots[Count];
        _lots[Count] = default;
    }

    private readonly int IndexOf(ulong unlockAt)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_lots[i].UnlockAt == unlockAt) return i;
        }
        return -1;
    }

    /// <summary>Index of the smallest lot; of equal ones that which unlocks earliest.</summary>
    private readonly int Smallest()
    {
        int best = 0;
        for (int i = 1; i < Count; i++)
        {
            int order = UInt256.Compare(_lots[i].Amount, _lots[best].Amount);
            if (order < 0 || (order == 0 && _lots[i].UnlockAt < _lots[best].UnlockAt)) best = i;
        }
        return best;
    }

    /// <summary>Index of the lot that unlocks next after a time, or first of all; -1 when there is none.</summary>
    private readonly int NextAfter(ulong? time)
    {
        int best = -1;
        for (int i = 0; i < Count; i++)
        {
            ulong unlockAt = _lots[i].UnlockAt;
            if ((time is null || unlockAt > time) && (best < 0 || unlockAt < _lots[best].UnlockAt)) best = i;
        }
        return best;
    }
}
