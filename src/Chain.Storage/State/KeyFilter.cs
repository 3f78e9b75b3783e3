using System.Numerics;

namespace Chain.Storage.State;

/// <summary>
/// A Bloom filter over every key changed in a layer or below it, down to the base: a read that no layer answers costs three bit tests instead of a walk. 16 bits a key and three
/// probes let about 0.5 % of absent keys through. Immutable once its layer is published.
/// </summary>
internal sealed class KeyFilter
{
    private const int KeysMin = 4096;
    private const int BitsPerKey = 16;

    private readonly ulong[] _bits;
    private readonly ulong _mask;

    private KeyFilter(ulong[] bits, int count)
    {
        _bits = bits;
        _mask = ((ulong)bits.Length * 64) - 1;
        Count = count;
    }

    public int Count { get; private set; }

    public int Capacity => _bits.Length * 64 / BitsPerKey;

    /// <summary>For the keys of many layers, with room for more.</summary>
    public static KeyFilter CreateShared(int keys) => Create(Math.Max(keys, KeysMin));

    /// <summary>For exactly so many keys.</summary>
    public static KeyFilter Create(int keys)
    {
        ulong bits = Math.Max(BitOperations.RoundUpToPowerOf2((ulong)keys * BitsPerKey), 64);
        return new KeyFilter(new ulong[bits / 64], 0);
    }

    public KeyFilter Clone() => new(_bits.AsSpan().ToArray(), Count);

    public void Add(ulong hash)
    {
        Set(hash);
        Set(hash >> 21);
        Set(BitOperations.RotateLeft(hash, 22));
        Count++;
    }

    public bool MayContain(ulong hash) => Test(hash) && Test(hash >> 21) && Test(BitOperations.RotateLeft(hash, 22));

    private void Set(ulong hash) => _bits[(hash & _mask) >> 6] |= 1UL << (int)(hash & 63);

    private bool Test(ulong hash) => (_bits[(hash & _mask) >> 6] & (1UL << (int)(hash & 63))) != 0;
}
