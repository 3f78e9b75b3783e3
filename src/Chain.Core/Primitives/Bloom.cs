using Chain.Core.Crypto;

namespace Chain.Core.Primitives;

/// <summary>
/// The 2,048-bit log filter of headers and receipts (Yellow Paper, section 4.3.1, M3:2048): an entry sets the bits that the first three
/// 16-bit words of its Keccak-256 name, modulo 2,048, counted from the least significant bit of the last byte. Immutable;
/// <see cref="BloomBuilder"/> makes one.
/// </summary>
public sealed class Bloom : IEquatable<Bloom>
{
    /// <summary>Size in bytes.</summary>
    public const int SizeBytes = 256;

    private const int BitsPerEntry = 3;
    private const int BitMask = SizeBytes * 8 - 1;

    private readonly byte[] _bits;

    /// <summary>Copies 256 bytes.</summary>
    /// <exception cref="ArgumentException">Not 256 bytes.</exception>
    public Bloom(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SizeBytes) throw new ArgumentException($"A bloom has {SizeBytes} bytes, not {bytes.Length}.", nameof(bytes));
        _bits = bytes.ToArray();
    }

    /// <summary>The filter of no logs.</summary>
    public static Bloom Empty { get; } = new(new byte[SizeBytes]);

    /// <summary>Copies 256 bytes; <see cref="Empty"/> itself when no bit is set, or for an empty span (a decoder that already failed).</summary>
    internal static Bloom FromSpan(ReadOnlySpan<byte> bytes) => bytes.ContainsAnyExcept((byte)0) ? new Bloom(bytes) : Empty;

    /// <summary>The 256 bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bits;

    /// <summary>True when no bit is set.</summary>
    public bool IsEmpty => !_bits.AsSpan().ContainsAnyExcept((byte)0);

    /// <summary>False when no log has the entry as its address or a topic; true when one may have.</summary>
    public bool Contains(ReadOnlySpan<byte> entry)
    {
        Hash256 hash = Keccak256.Hash(entry);
        for (int i = 0; i < BitsPerEntry; i++)
        {
            int bit = BitOf(hash, i);
            if ((_bits[SizeBytes - 1 - (bit >> 3)] & (1 << (bit & 7))) == 0) return false;
        }
        return true;
    }

    /// <summary>False when the address emitted no log; true when it may have.</summary>
    public bool Contains(in Address address) => Contains(address.Bytes);

    /// <summary>False when no log has the topic; true when one may have.</summary>
    public bool Contains(in Hash256 topic) => Contains(topic.Bytes);

    /// <inheritdoc/>
    public bool Equals(Bloom? other) => other is not null && (ReferenceEquals(this, other) || _bits.AsSpan().SequenceEqual(other._bits));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Bloom);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = new();
        hash.AddBytes(_bits);
        return hash.ToHashCode();
    }

    /// <summary><c>0x</c> and 512 lower-case hex digits.</summary>
    public override string ToString() => Hex.Encode(_bits);

    /// <summary>Sets the bits of an entry in 256 bytes.</summary>
    internal static void Set(Span<byte> bits, ReadOnlySpan<byte> entry)
    {
        Hash256 hash = Keccak256.Hash(entry);
        for (int i = 0; i < BitsPerEntry; i++)
        {
            int bit = BitOf(hash, i);
            bits[SizeBytes - 1 - (bit >> 3)] |= (byte)(1 << (bit & 7));
        }
    }

    private static int BitOf(in Hash256 hash, int word)
    {
        ReadOnlySpan<byte> bytes = hash.Bytes;
        return ((bytes[2 * word] << 8) | bytes[2 * word + 1]) & BitMask;
    }
}
