using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Chain.Core.Numeric;

namespace Chain.Core.Primitives;

/// <summary>A 20-byte account address, bytes in their wire order.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct Address : IEquatable<Address>, IComparable<Address>
{
    /// <summary>Size in bytes.</summary>
    public const int SizeBytes = 20;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly uint _c;

    /// <summary>Copies 20 bytes.</summary>
    /// <exception cref="ArgumentException">Not 20 bytes.</exception>
    public Address(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SizeBytes) throw new ArgumentException($"An address has {SizeBytes} bytes, not {bytes.Length}.", nameof(bytes));
        this = MemoryMarshal.Read<Address>(bytes);
    }

    /// <summary>The zero address.</summary>
    public static Address Zero => default;

    /// <summary>True for the zero address.</summary>
    public bool IsZero => (_a | _b | _c) == 0;

    /// <summary>The 20 bytes, in place: valid only while the referenced variable lives.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<Address>(in this));

    /// <summary>An address whose last bytes are the big-endian number, as precompiles are named.</summary>
    public static Address FromNumber(ulong number)
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        bytes.Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[12..], number);
        return new Address(bytes);
    }

    /// <summary>Parses 40 hex digits with or without <c>0x</c>, any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Address address)
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        bool ok = Hex.TryDecodeExact(text, bytes);
        address = ok ? new Address(bytes) : default;
        return ok;
    }

    /// <summary>Parses 40 hex digits with or without <c>0x</c>, any case.</summary>
    /// <exception cref="FormatException">Not an address.</exception>
    public static Address Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out Address address) ? address : throw new FormatException($"'{text}' is not an address: 0x and 40 hex digits are expected.");

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(Address other) => ((_a ^ other._a) | (_b ^ other._b) | (_c ^ other._c)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Address other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => TableHash.Mix(_a, _b, _c, 0);

    /// <summary>Lexicographic order of the bytes.</summary>
    public int CompareTo(Address other) => Bytes.SequenceCompareTo(other.Bytes);

    /// <summary><c>0x</c> and 40 lower-case hex digits.</summary>
    public override string ToString() => Hex.Encode(Bytes);

    /// <summary><c>0x</c> and 40 hex digits whose letters' case is a checksum (EIP-55).</summary>
    public string ToChecksumString()
    {
        string lower = ToString();
        Span<byte> ascii = stackalloc byte[SizeBytes * 2];
        System.Text.Encoding.ASCII.GetBytes(lower.AsSpan(2), ascii);
        Hash256 hash = Crypto.Keccak256.Hash(ascii);
        Span<char> text = stackalloc char[2 + (SizeBytes * 2)];
        lower.CopyTo(text);
        for (int i = 0; i < SizeBytes * 2; i++)
        {
            int nibble = (hash.Bytes[i / 2] >> ((i & 1) == 0 ? 4 : 0)) & 0xf;
            if (nibble >= 8) text[i + 2] = char.ToUpperInvariant(text[i + 2]);
        }
        return new string(text);
    }

    /// <summary>True when equal.</summary>
    public static bool operator ==(Address a, Address b) => a.Equals(b);

    /// <summary>True when different.</summary>
    public static bool operator !=(Address a, Address b) => !a.Equals(b);

    /// <summary>Order of the bytes.</summary>
    public static bool operator <(Address a, Address b) => a.CompareTo(b) < 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator >(Address a, Address b) => a.CompareTo(b) > 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator <=(Address a, Address b) => a.CompareTo(b) <= 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator >=(Address a, Address b) => a.CompareTo(b) >= 0;
}
