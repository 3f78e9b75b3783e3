using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Core.Rlp;

/// <summary>
/// Writes RLP into a growing pooled buffer (or into the caller's span, for small items). A list is opened before its length is known: one header byte is reserved,
/// and <see cref="EndList"/> moves the payload when the header turns out longer. Dispose returns the buffer to the pool.
/// </summary>
public ref struct RlpWriter
{
    private Span<byte> _buffer;
    private byte[]? _rented;

    /// <summary>A writer that rents its buffer.</summary>
    public RlpWriter(int capacityHintBytes)
    {
        _rented = ArrayPool<byte>.Shared.Rent(Math.Max(capacityHintBytes, 64));
        _buffer = _rented;
        Length = 0;
    }

    /// <summary>A writer that begins in the caller's span and rents only when that is full.</summary>
    public RlpWriter(Span<byte> initial)
    {
        _rented = null;
        _buffer = initial;
        Length = 0;
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written, in place; invalid after the next write or <see cref="Dispose"/>.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    /// <summary>A copy of what was written.</summary>
    public readonly byte[] ToArray() => Written.ToArray();

    /// <summary>Opens a list; pass the result to <see cref="EndList"/>.</summary>
    public int BeginList()
    {
        Reserve(1);
        return Length++;
    }

    /// <summary>Closes the list opened at this mark and writes its header.</summary>
    public void EndList(int mark)
    {
        int payload = Length - mark - 1;
        if (payload <= 55)
        {
            _buffer[mark] = (byte)(0xc0 + payload);
            return;
        }
        int lengthBytes = ByteCount((ulong)payload);
        Reserve(lengthBytes);
        _buffer.Slice(mark + 1, payload).CopyTo(_buffer[(mark + 1 + lengthBytes)..]);
        _buffer[mark] = (byte)(0xf7 + lengthBytes);
        WriteBigEndian((ulong)payload, lengthBytes, _buffer[(mark + 1)..]);
        Length += lengthBytes;
    }

    /// <summary>Writes a byte string.</summary>
    public void WriteBytes(scoped ReadOnlySpan<byte> value)
    {
        if (value.Length == 1 && value[0] < 0x80)
        {
            WriteRaw(value);
            return;
        }
        Reserve(value.Length + 9);
        if (value.Length <= 55)
        {
            _buffer[Length++] = (byte)(0x80 + value.Length);
        }
        else
        {
            int lengthBytes = ByteCount((ulong)value.Length);
            _buffer[Length++] = (byte)(0xb7 + lengthBytes);
            WriteBigEndian((ulong)value.Length, lengthBytes, _buffer[Length..]);
            Length += lengthBytes;
        }
        value.CopyTo(_buffer[Length..]);
        Length += value.Length;
    }

    /// <summary>Writes bytes that already are RLP, or a type prefix, unchanged.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> encoded)
    {
        Reserve(encoded.Length);
        encoded.CopyTo(_buffer[Length..]);
        Length += encoded.Length;
    }

    /// <summary>Writes one byte unchanged (the type prefix of EIP-2718).</summary>
    public void WriteRaw(byte value)
    {
        Reserve(1);
        _buffer[Length++] = value;
    }

    /// <summary>Writes a number without leading zeros.</summary>
    public void WriteUInt64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        WriteBytes(bytes[(8 - ByteCount(value))..]);
    }

    /// <summary>Writes a number without leading zeros.</summary>
    public void WriteUInt256(scoped in UInt256 value)
    {
        Span<byte> bytes = stackalloc byte[UInt256.SizeBytes];
        value.WriteBigEndian(bytes);
        WriteBytes(bytes[(UInt256.SizeBytes - ((value.BitLength + 7) / 8))..]);
    }

    /// <summary>Writes a 20-byte address.</summary>
    public void WriteAddress(scoped in Address value) => WriteBytes(value.Bytes);

    /// <summary>Writes an address, or the empty string for null (contract creation).</summary>
    public void WriteOptionalAddress(scoped in Address? value)
    {
        if (value is { } address) WriteBytes(address.Bytes);
        else WriteBytes(default);
    }

    /// <summary>Writes a 32-byte value.</summary>
    public void WriteHash(scoped in Hash256 value) => WriteBytes(value.Bytes);

    /// <summary>Returns the rented buffer.</summary>
    public void Dispose()
    {
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
        _rented = null;
        _buffer = default;
        Length = 0;
    }

    private static int ByteCount(ulong value) => (64 - BitOperations.LeadingZeroCount(value) + 7) / 8;

    private static void WriteBigEndian(ulong value, int byteCount, Span<byte> destination)
    {
        for (int i = 0; i < byteCount; i++) destination[i] = (byte)(value >> (8 * (byteCount - 1 - i)));
    }

    private void Reserve(int more)
    {
        if (Length + more <= _buffer.Length) return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + more), _buffer.Length * 2));
        Written.CopyTo(larger);
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
        _rented = larger;
        _buffer = larger;
    }
}
