using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Trie;

namespace Chain.Storage.State;

/// <summary>Old values of history, by kind and key, on their way back into tries.</summary>
internal static class OldState
{
    /// <summary>An order of keys by their bytes: accounts first, then the slots of each account together.</summary>
    public static readonly Comparer<byte[]> KeyOrder = Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b));

    /// <summary>Each account that changed, in the order of keys, with its old value (empty: it did not exist) and its slots that changed.</summary>
    public static IEnumerable<(Hash256 Key, byte[] Account, List<KeyValuePair<byte[], byte[]>> Slots)> ByAccount(SortedDictionary<byte[], byte[]> oldValues)
    {
        Dictionary<Hash256, List<KeyValuePair<byte[], byte[]>>> slots = [];
        foreach (KeyValuePair<byte[], byte[]> value in oldValues)
        {
            if (value.Key[0] != Schema.HistorySlot) continue;
            Hash256 account = new(value.Key.AsSpan(1, Hash256.SizeBytes));
            if (!slots.TryGetValue(account, out List<KeyValuePair<byte[], byte[]>>? list)) slots[account] = list = [];
            list.Add(value);
        }
        foreach ((byte[] kindAndKey, byte[] value) in oldValues)
        {
            if (kindAndKey[0] != Schema.HistoryAccount) break;
            Hash256 key = new(kindAndKey.AsSpan(1));
            // A slot never changes without the storage root, hence the account.
            yield return (key, value, slots.GetValueOrDefault(key) ?? []);
        }
    }

    /// <summary>Sets the old slots of one account.</summary>
    public static void PutBack(PatriciaTrie storage, List<KeyValuePair<byte[], byte[]>> slots)
    {
        foreach ((byte[] kindAndKey, byte[] value) in slots)
            storage.Set(kindAndKey.AsSpan(1 + Hash256.SizeBytes), StateEncoding.EncodeSlot(UInt256.FromBigEndian(value)));
    }
}
