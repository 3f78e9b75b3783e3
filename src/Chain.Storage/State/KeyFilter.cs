using System.Numerics;

namespace Chain.Storage.State;

/// <summary>
/// A Bloom filter of keys: a read that no layer answers costs three bit tests instead of a walk. 16 bits a key and three probes let about 0.5 % of absent keys through. One filter
/// is shared by all layers of a chain: a key of a newer layer, or of one that was dropped, is no more than another false positive to an older one. Threads may add and test at once.
/// </summary>
internal sealed class KeyFilter
{
    private const int KeysMin = 4096;
    private const int BitsPerKey = 16;

    private readonly ulong[] _bits;
    private readonly ulong _mask;
    private int _count;

    private KeyFilter(ulong[] bits)
    {
        _bits = bits;
        _mask = ((ulong)bits.Length * 64) - 1;
    }

    /// <summary>Keys in it, equal ones counted once.</summary>
    public int Count => Volatile.Read(ref _count);

    public int SizeBytes => _bits.Length * sizeof(ulong);

    public int Capacity => _bits.Length * 64 / BitsPerKey;

    /// <summary>For the keys of many layers, with room for more.</summary>
    public static KeyFilter CreateShared(int keys) => Create(Math.Max(keys, KeysMin));

    /// <summary>For exactly so many keys.</summary>
    public static KeyFilter Create(int keys)
    {
        ulong bits = Math.Max(BitOperations.RoundUpToPowerOf2((ulong)keys * BitsPerKey), 64);
        return new KeyFilter(new ulong[bits / 64]);
    }

    public void Add(ulong hash)
    {
        if (Set(hash) | Set(hash >> 21) | Set(BitOperations.RotateLeft(hash, 22))) Interlocked.Increment(ref _count);
    }

    public bool MayContain(ulong hash) => Test(hash) && Test(hash >> 21) && Test(BitOperations.RotateLeft(hash, 22));

    private bool Set(ulong hash)
    {
        if (Test(hash)) return false;
        Interlocked.Or(ref _bits[(hash & _mask) >> 6], 1UL << (int)(hash & 63));
        return true;
    }

    private bool Test(ulong hash) => (_bits[(hash & _mask) >> 6] & (1UL << (int)(hash & 63))) != 0;
}
