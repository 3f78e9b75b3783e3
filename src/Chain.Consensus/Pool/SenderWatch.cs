using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Evm.State;

namespace Chain.Consensus.Pool;

/// <summary>
/// Which pooled senders have to be judged again at a new head (compliance specification, section 3.7): those one of whose slots changed, those whose time came, and all of them when a setting
/// for all changed. Work grows with what a block changed, not with the pool.
/// </summary>
internal sealed class SenderWatch
{
    private readonly Dictionary<SlotPlace, HashSet<Address>> _bySlot = [];
    private readonly Dictionary<Address, SenderBasis> _bases = [];
    private readonly HashSet<Address> _unknown = [];
    private readonly PriorityQueue<Address, ulong> _byTime = new();

    /// <summary>Watches a sender, in place of what was known of it.</summary>
    public void Set(in Address sender, in SenderBasis basis)
    {
        Remove(sender);
        _bases.Add(sender, basis);
        if (basis.Slots is null) _unknown.Add(sender);
        foreach (SlotPlace place in basis.Slots ?? [])
        {
            if (!_bySlot.TryGetValue(place, out HashSet<Address>? senders)) _bySlot.Add(place, senders = []);
            senders.Add(sender);
        }
        if (basis.ChangesAt != ulong.MaxValue) _byTime.Enqueue(sender, basis.ChangesAt);
    }

    public void Remove(in Address sender)
    {
        if (!_bases.Remove(sender, out SenderBasis basis)) return;
        _unknown.Remove(sender);
        foreach (SlotPlace place in basis.Slots ?? [])
        {
            HashSet<Address> senders = _bySlot[place];
            senders.Remove(sender);
            if (senders.Count == 0) _bySlot.Remove(place);
        }
        // Its entry in the queue of times is passed over when its time comes; there is no more than one for each Set.
        if (_byTime.Count > 2 * (_bases.Count + 1_024)) RebuildTimes();
    }

    public void Clear()
    {
        _bySlot.Clear();
        _bases.Clear();
        _unknown.Clear();
        _byTime.Clear();
    }

    /// <summary>Senders to be judged again.</summary>
    /// <param name="changes">What the new blocks changed; null when it is not known.</param>
    /// <param name="shared">Slots whose change concerns every sender.</param>
    /// <param name="now">Time of the next block.</param>
    public List<Address> Affected(IReadOnlyCollection<StateDelta>? changes, IReadOnlyList<SlotPlace> shared, ulong now)
    {
        if (changes is null || shared.Any(place => changes.Any(delta => Touches(delta, place)))) return [.. _bases.Keys];
        HashSet<Address> affected = [.. _unknown];
        foreach (StateDelta delta in changes)
        {
            foreach ((Address account, AccountDelta change) in delta.Accounts)
            {
                foreach (Core.Numeric.UInt256 slot in change.Storage.Keys)
                {
                    if (_bySlot.TryGetValue(new SlotPlace(account, slot), out HashSet<Address>? senders)) affected.UnionWith(senders);
                }
            }
        }
        while (_byTime.TryPeek(out Address sender, out ulong time) && time <= now)
        {
            _byTime.Dequeue();
            if (_bases.TryGetValue(sender, out SenderBasis basis) && basis.ChangesAt <= now) affected.Add(sender);
        }
        return [.. affected];
    }

    private void RebuildTimes()
    {
        _byTime.Clear();
        foreach ((Address sender, SenderBasis basis) in _bases)
        {
            if (basis.ChangesAt != ulong.MaxValue) _byTime.Enqueue(sender, basis.ChangesAt);
        }
    }

    private static bool Touches(StateDelta delta, in SlotPlace place) =>
        delta.Accounts.TryGetValue(place.Account, out AccountDelta? change) && change.Storage.ContainsKey(place.Slot);
}
