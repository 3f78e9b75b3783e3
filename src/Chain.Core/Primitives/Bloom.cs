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
    public bool Contains(ReadOnlySpan<byte> entry) => Contains(BloomEntry.Of(entry));

    /// <summary>False when no log has the entry; true when one may have.</summary>
    public bool Contains(in BloomEntry entry) => Has(entry.Bit0) && Has(entry.Bit1) && Has(entry.Bit2);

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
        BloomEntry named = BloomEntry.Of(entry);
        bits[ByteOf(named.Bit0)] |= MaskOf(named.Bit0);
        bits[ByteOf(named.Bit1)] |= MaskOf(named.Bit1);
        bits[ByteOf(named.Bit2)] |= MaskOf(named.Bit2);
    }

    private bool Has(ushort bit) => (_bits[ByteOf(bit)] & MaskOf(bit)) != 0;

    private static int ByteOf(ushort bit) => SizeBytes - 1 - (bit >> 3);

    private static byte MaskOf(ushort bit) => (byte)(1 << (bit & 7));
}

/// <summary>The bits that an entry sets in a <see cref="Bloom"/>, found once for many questions.</summary>
/// <param name="Bit0">Number of a bit, from the least significant of the last byte.</param>
/// <param name="Bit1">The second.</param>
/// <param name="Bit2">The third.</param>
public readonly record struct BloomEntry(ushort Bit0, ushort Bit1, ushort Bit2)
{
    private const int BitMask = Bloom.SizeBytes * 8 - 1;

    /// <summary>The bits of an address or a topic.</summary>
    public static BloomEntry Of(ReadOnlySpan<byte> entry)
    {
        Hash256 hash = Keccak256.Hash(entry);
        return new BloomEntry(BitOf(hash, 0), BitOf(hash, 1), BitOf(hash, 2));
    }

    private static ushort BitOf(in Hash256 hash, int word) => (ushort)(((hash.Bytes[2 * word] << 8) | hash.Bytes[2 * word + 1]) & BitMask);
}
