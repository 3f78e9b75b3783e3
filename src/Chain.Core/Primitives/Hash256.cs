using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Chain.Core.Numeric;

namespace Chain.Core.Primitives;

/// <summary>A 32-byte hash or other fixed 32-byte value, bytes in their wire order.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Hash256 : IEquatable<Hash256>, IComparable<Hash256>
{
    /// <summary>Size in bytes.</summary>
    public const int SizeBytes = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public Hash256(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SizeBytes) throw new ArgumentException($"A hash has {SizeBytes} bytes, not {bytes.Length}.", nameof(bytes));
        this = MemoryMarshal.Read<Hash256>(bytes);
    }

    /// <summary>The zero hash.</summary>
    public static Hash256 Zero => default;

    /// <summary>True for the zero hash.</summary>
    public bool IsZero => (_a | _b | _c | _d) == 0;

    /// <summary>The 32 bytes, in place: valid only while the referenced variable lives.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<Hash256>(in this));

    /// <summary>Parses 64 hex digits with or without <c>0x</c>, any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Hash256 hash)
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        bool ok = Hex.TryDecodeExact(text, bytes);
        hash = ok ? new Hash256(bytes) : default;
        return ok;
    }

    /// <summary>Parses 64 hex digits with or without <c>0x</c>, any case.</summary>
    /// <exception cref="FormatException">Not a hash.</exception>
    public static Hash256 Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out Hash256 hash) ? hash : throw new FormatException($"'{text}' is not a hash: 0x and 64 hex digits are expected.");

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(Hash256 other) => ((_a ^ other._a) | (_b ^ other._b) | (_c ^ other._c) | (_d ^ other._d)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Hash256 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => TableHash.Mix(_a, _b, _c, _d);

    /// <summary>Lexicographic order of the bytes.</summary>
    public int CompareTo(Hash256 other) => Bytes.SequenceCompareTo(other.Bytes);

    /// <summary><c>0x</c> and 64 lower-case hex digits.</summary>
    public override string ToString() => Hex.Encode(Bytes);

    /// <summary>True when equal.</summary>
    public static bool operator ==(Hash256 a, Hash256 b) => a.Equals(b);

    /// <summary>True when different.</summary>
    public static bool operator !=(Hash256 a, Hash256 b) => !a.Equals(b);

    /// <summary>Order of the bytes.</summary>
    public static bool operator <(Hash256 a, Hash256 b) => a.CompareTo(b) < 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator >(Hash256 a, Hash256 b) => a.CompareTo(b) > 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator <=(Hash256 a, Hash256 b) => a.CompareTo(b) <= 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator >=(Hash256 a, Hash256 b) => a.CompareTo(b) >= 0;
}
