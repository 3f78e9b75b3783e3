using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Core.Rlp;

/// <summary>
/// Reads canonical RLP (Yellow Paper, appendix B) from a span without allocating. The first error sticks: later reads return empty
/// values and move nothing, so a decoder reads all its fields and looks at <see cref="Error"/> once, at the end.
/// </summary>
public ref struct RlpReader
{
    /// <summary>Deepest list nesting accepted; block data needs five levels.</summary>
    public const int DepthMax = 32;

    private readonly ReadOnlySpan<byte> _data;
    private int _position;
    private int _end;
    private int _depth;

    /// <summary>A reader over exactly these bytes.</summary>
    public RlpReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        _position = 0;
        _end = data.Length;
        _depth = 0;
        Error = RlpError.None;
    }

    /// <summary>The first error met, or <see cref="RlpError.None"/>.</summary>
    public RlpError Error { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    /// <summary>True when nothing is left in the current list (or in the input, at the top), or after an error.</summary>
    public readonly bool AtEnd => _position >= _end || Error != RlpError.None;

    /// <summary>True when the next item is a list.</summary>
    public readonly bool IsListNext => _position < _end && _data[_position] >= 0xc0;

    /// <summary>Opens the list that comes next. Pass the returned scope to <see cref="LeaveList"/>.</summary>
    public RlpScope EnterList()
    {
        if (!TryReadHeader(out bool isList, out int length)) return default;
        if (!isList) return Fail<RlpScope>(RlpError.ExpectedList);
        if (++_depth > DepthMax) return Fail<RlpScope>(RlpError.TooDeep);
        RlpScope scope = new(_end);
        _end = _position + length;
        return scope;
    }

    /// <summary>Closes a list; items left unread in it are an error.</summary>
    public void LeaveList(RlpScope scope)
    {
        if (Error != RlpError.None) return;
        if (_position != _end) Error = RlpError.TrailingBytes;
        _end = scope.OuterEnd;
        _depth--;
    }

    /// <summary>Checks that the whole input was read. True when no error happened.</summary>
    public bool Complete()
    {
        if (Error == RlpError.None && _position != _data.Length) Error = RlpError.TrailingBytes;
        return Error == RlpError.None;
    }

    /// <summary>The next byte string, in place.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        if (!TryReadHeader(out bool isList, out int length)) return default;
        if (isList)
        {
            Fail<int>(RlpError.ExpectedString);
            return default;
        }
        ReadOnlySpan<byte> value = _data.Slice(_position, length);
        _position += length;
        return value;
    }

    /// <summary>The next byte string of exactly this many bytes.</summary>
    public ReadOnlySpan<byte> ReadBytes(int exactLength)
    {
        ReadOnlySpan<byte> value = ReadBytes();
        if (Error == RlpError.None && value.Length != exactLength)
        {
            Fail<int>(RlpError.WrongLength);
            return default;
        }
        return value;
    }

    /// <summary>The next item, header included, string or list, in place; its inside is not checked.</summary>
    public ReadOnlySpan<byte> ReadItem()
    {
        int start = _position;
        if (!TryReadHeader(out _, out int length)) return default;
        _position += length;
        return _data[start.._position];
    }

    /// <summary>A number below 2^64 without leading zeros.</summary>
    public ulong ReadUInt64()
    {
        ReadOnlySpan<byte> bytes = ReadInteger(8);
        ulong value = 0;
        foreach (byte b in bytes) value = (value << 8) | b;
        return value;
    }

    /// <summary>A number below 2^256 without leading zeros.</summary>
    public UInt256 ReadUInt256() => UInt256.FromBigEndian(ReadInteger(UInt256.SizeBytes));

    /// <summary>A 20-byte address.</summary>
    public Address ReadAddress()
    {
        ReadOnlySpan<byte> bytes = ReadBytes(Address.SizeBytes);
        return Error == RlpError.None ? new Address(bytes) : default;
    }

    /// <summary>A 20-byte address, or null for the empty string (contract creation).</summary>
    public Address? ReadOptionalAddress()
    {
        ReadOnlySpan<byte> bytes = ReadBytes();
        if (Error != RlpError.None || bytes.IsEmpty) return null;
        return bytes.Length == Address.SizeBytes ? new Address(bytes) : Fail<Address?>(RlpError.WrongLength);
    }

    /// <summary>A 32-byte value.</summary>
    public Hash256 ReadHash()
    {
        ReadOnlySpan<byte> bytes = ReadBytes(Hash256.SizeBytes);
        return Error == RlpError.None ? new Hash256(bytes) : default;
    }

    /// <summary>Records an error found by a decoder in the meaning of what it read.</summary>
    public void Reject(RlpError error)
    {
        if (Error == RlpError.None) Error = error;
    }

    private ReadOnlySpan<byte> ReadInteger(int sizeMax)
    {
        ReadOnlySpan<byte> bytes = ReadBytes();
        if (bytes.Length > 0 && bytes[0] == 0)
        {
            Fail<int>(RlpError.LeadingZero);
            return default;
        }
        if (bytes.Length > sizeMax)
        {
            Fail<int>(RlpError.IntegerTooLarge);
            return default;
        }
        return bytes;
    }

    private bool TryReadHeader(out bool isList, out int length)
    {
        isList = false;
        length = 0;
        if (Error != RlpError.None) return false;
        if (_position >= _end) return Fail<bool>(RlpError.EndOfList);
        byte prefix = _data[_position];
        if (prefix < 0x80)
        {
            length = 1;
            return true;
        }
        isList = prefix >= 0xc0;
        int shortLength = prefix - (isList ? 0xc0 : 0x80);
        int available = _end - _position - 1;
        if (shortLength <= 55)
        {
            if (shortLength > available) return Fail<bool>(RlpError.UnexpectedEnd);
            if (!isList && shortLength == 1 && _data[_position + 1] < 0x80) return Fail<bool>(RlpError.NotCanonical);
            _position++;
            length = shortLength;
            return true;
        }
        int lengthBytes = shortLength - 55;
        if (lengthBytes > available) return Fail<bool>(RlpError.UnexpectedEnd);
        if (_data[_position + 1] == 0) return Fail<bool>(RlpError.NotCanonical);
        ulong longLength = 0;
        for (int i = 0; i < lengthBytes; i++) longLength = (longLength << 8) | _data[_position + 1 + i];
        if (longLength <= 55) return Fail<bool>(RlpError.NotCanonical);
        if (longLength > (ulong)(available - lengthBytes)) return Fail<bool>(RlpError.UnexpectedEnd);
        _position += 1 + lengthBytes;
        length = (int)longLength;
        return true;
    }

    private T? Fail<T>(RlpError error)
    {
        Error = error;
        return default;
    }
}

/// <summary>What <see cref="RlpReader.EnterList"/> hands to <see cref="RlpReader.LeaveList"/>.</summary>
public readonly record struct RlpScope(int OuterEnd);
